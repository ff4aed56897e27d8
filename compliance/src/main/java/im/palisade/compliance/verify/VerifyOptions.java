package im.palisade.compliance.verify;

import im.palisade.compliance.checkpoint.SignedNote;
import im.palisade.compliance.checkpoint.VerifierKey;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.Set;

/**
 * What a verifier is told by its user and not by what it checks.
 *
 * @param trusted log keys that came by another path
 * @param witnesses keys of witnesses whose cosignatures count
 * @param known checkpoints that somebody kept: the log must continue each
 * @param authorities certificates of time stamp authorities, or of those that issue them
 * @param anchorsWanted how many anchors must vouch for the newest epoch
 * @param acceptedGaps epochs whose stated loss of entries has been looked into
 * @param schema whether each entry is held against the event schema too
 * @param threads how many work at once
 * @param tolerance how far clocks may be apart before it is said
 */
public record VerifyOptions(
    List<VerifierKey> trusted,
    List<VerifierKey> witnesses,
    List<SignedNote> known,
    List<X509Certificate> authorities,
    int anchorsWanted,
    Set<Integer> acceptedGaps,
    boolean schema,
    int threads,
    Duration tolerance) {
  public VerifyOptions {
    trusted = List.copyOf(trusted);
    witnesses = List.copyOf(witnesses);
    known = List.copyOf(known);
    authorities = List.copyOf(authorities);
    acceptedGaps = Set.copyOf(acceptedGaps);
  }

  /** Trusts these log keys and asks for nothing more. */
  public static VerifyOptions trusting(List<VerifierKey> keys) {
    return new VerifyOptions(
        keys,
        List.of(),
        List.of(),
        List.of(),
        0,
        Set.of(),
        false,
        Runtime.getRuntime().availableProcessors(),
        Duration.ofHours(1));
  }

  /** The same with witnesses. */
  public VerifyOptions withWitnesses(List<VerifierKey> keys) {
    return new VerifyOptions(
        trusted, keys, known, authorities, anchorsWanted, acceptedGaps, schema, threads, tolerance);
  }

  /** The same with checkpoints that somebody kept. */
  public VerifyOptions withKnown(List<SignedNote> notes) {
    return new VerifyOptions(
        trusted,
        witnesses,
        notes,
        authorities,
        anchorsWanted,
        acceptedGaps,
        schema,
        threads,
        tolerance);
  }

  /** The same with time stamp authorities. */
  public VerifyOptions withAuthorities(List<X509Certificate> certificates) {
    return new VerifyOptions(
        trusted,
        witnesses,
        known,
        certificates,
        anchorsWanted,
        acceptedGaps,
        schema,
        threads,
        tolerance);
  }

  /** The same with gaps that have been looked into. */
  public VerifyOptions withAcceptedGaps(Set<Integer> epochs) {
    return new VerifyOptions(
        trusted, witnesses, known, authorities, anchorsWanted, epochs, schema, threads, tolerance);
  }
}
