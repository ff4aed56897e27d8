package im.palisade.compliance.verify;

import im.palisade.compliance.anchor.Receipt;
import im.palisade.compliance.anchor.TimestampToken;
import im.palisade.compliance.checkpoint.SignedNote;
import im.palisade.compliance.checkpoint.VerifierKey;
import im.palisade.compliance.log.EpochFiles;
import im.palisade.compliance.verify.Finding.Kind;
import im.palisade.compliance.verify.Head.Origin;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/** Checks the receipts of anchors, and what the clocks of anchors say of the entries' times. */
final class AnchorCheck {
  /** Somebody outside vouches for a head at a time. */
  private record Vouch(String who, String source, long size, Instant time, Head head) {}

  /** A time stamp that holds, for the checkpoint kept at a size. */
  private record Stamp(TimestampToken token, String source, String size) {}

  private final EpochFiles epoch;
  private final Heads heads;
  private final VerifyOptions options;
  private final Findings findings;
  private final List<Vouch> vouches = new ArrayList<>();
  private final List<Stamp> stamps = new ArrayList<>();

  AnchorCheck(EpochFiles epoch, Heads heads, VerifyOptions options, Findings findings) {
    this.epoch = epoch;
    this.heads = heads;
    this.options = options;
    this.findings = findings;
  }

  /** Reads the receipts; cosigned checkpoints become heads. */
  void read() throws IOException {
    for (String size : epoch.list("anchors")) {
      for (String name : epoch.list("anchors/" + size)) {
        String path = "anchors/" + size + "/" + name;
        byte[] receipt = epoch.read(path).orElse(new byte[0]);
        if (name.startsWith("witness")) {
          Optional<Head> head =
              heads.parse(Origin.KEPT, epoch.path(path), epoch.text(path).orElse(""));
          if (head.isPresent() && !Long.toString(head.get().size()).equals(size)) {
            findings.add(
                Kind.ANCHOR_CHANGED, epoch.path(path), "it is of size " + head.get().size());
          }
        } else {
          Optional<byte[]> stamped = epoch.read("checkpoints/" + size);
          if (stamped.isEmpty()) {
            findings.add(
                Kind.ANCHOR_UNCHECKED, epoch.path(path), "its checkpoint is not kept here");
          } else {
            stamp(name, epoch.path(path), receipt, stamped.get(), options, findings)
                .ifPresent(token -> stamps.add(new Stamp(token, epoch.path(path), size)));
          }
        }
      }
    }
  }

  /** Checks a receipt that is no signed note; what a time stamp says when it holds. */
  private static Optional<TimestampToken> stamp(
      String name,
      String path,
      byte[] receipt,
      byte[] anchored,
      VerifyOptions options,
      Findings findings) {
    if (name.startsWith("rfc3161")) {
      if (options.authorities().isEmpty()) {
        findings.add(Kind.ANCHOR_UNCHECKED, path, "no certificate was given for its authority");
        return Optional.empty();
      }
      try {
        return Optional.of(TimestampToken.check(receipt, anchored, options.authorities()));
      } catch (GeneralSecurityException e) {
        findings.add(Kind.ANCHOR_CHANGED, path, String.valueOf(e.getMessage()));
        return Optional.empty();
      }
    }
    try {
      Receipt parsed = Receipt.parse(receipt);
      if (!parsed.kind().equals(name) || !parsed.isOf(anchored)) {
        findings.add(Kind.ANCHOR_CHANGED, path, "it is of another checkpoint or kind");
      }
    } catch (IllegalArgumentException e) {
      findings.add(Kind.ANCHOR_CHANGED, path, String.valueOf(e.getMessage()));
    }
    return Optional.empty();
  }

  /** Looks at the lines of a head that are not the log's own. */
  void cosignatures(Head head) {
    for (SignedNote.Line line : head.note().signatures()) {
      if (line.name().equals(head.checkpoint().origin())) {
        continue;
      }
      Optional<VerifierKey> witness =
          options.witnesses().stream()
              .filter(key -> key.name().equals(line.name()) && key.id() == line.keyId())
              .findFirst();
      if (witness.isEmpty()) {
        findings.add(
            Kind.ANCHOR_UNCHECKED, head.source(), "no key was given for witness " + line.name());
      } else if (!witness.get().verifies(head.note().text(), line.bytes())) {
        findings.add(
            Kind.ANCHOR_CHANGED, head.source(), "the signature of " + line.name() + " is wrong");
      } else {
        vouches.add(
            new Vouch(
                line.name(),
                head.source(),
                head.size(),
                Instant.ofEpochSecond(ByteBuffer.wrap(line.bytes()).getLong()),
                head));
      }
    }
  }

  /** Who vouches for the newest state; says where clocks outside contradict the entries. */
  List<String> judge(EpochKeys keys, LeafScan scan, List<Head> valid, Predicate<Head> holds) {
    for (Stamp stamp : stamps) {
      valid.stream()
          .filter(head -> head.source().equals(epoch.path("checkpoints/" + stamp.size())))
          .forEach(
              head ->
                  vouches.add(
                      new Vouch(
                          stamp.token().authority(),
                          stamp.source(),
                          head.size(),
                          stamp.token().time(),
                          head)));
    }
    List<String> vouching = new ArrayList<>();
    for (Vouch vouch : vouches) {
      if (!holds.test(vouch.head())) {
        continue; // The head is told of by itself.
      }
      String who = vouch.who() + " (" + vouch.size() + ", " + vouch.time() + ")";
      if (!vouching.contains(who)) {
        vouching.add(who);
      }
      compareClocks(vouch, scan.newest(vouch.size()).orElse(""));
    }
    return vouching;
  }

  private void compareClocks(Vouch vouch, String newest) {
    try {
      if (!newest.isEmpty()
          && Instant.parse(newest).isAfter(vouch.time().plus(options.tolerance()))) {
        findings.add(
            Kind.CLOCK_CONTRADICTED,
            vouch.source(),
            new Span(0, vouch.size()),
            "an entry says " + newest + " where " + vouch.who() + " says " + vouch.time());
      }
    } catch (DateTimeException e) {
      // Found as an entry that is no event.
    }
  }

  /**
   * Checks a receipt that came with a pack.
   *
   * @param checkpoint the bytes of the pack's checkpoint
   * @return who vouches
   */
  static List<String> receipt(
      String path,
      byte[] receipt,
      byte[] checkpoint,
      SignedNote note,
      VerifyOptions options,
      Findings findings) {
    String name = path.substring(path.lastIndexOf('/') + 1);
    if (!name.startsWith("witness")) {
      return stamp(name, path, receipt, checkpoint, options, findings)
          .map(TimestampToken::authority)
          .stream()
          .toList();
    }
    List<String> vouching = new ArrayList<>();
    SignedNote cosigned = SignedNote.parse(new String(receipt, StandardCharsets.UTF_8));
    if (!cosigned.text().equals(note.text())) {
      findings.add(Kind.ANCHOR_CHANGED, path, "it is of another checkpoint");
      return List.of();
    }
    for (VerifierKey witness : options.witnesses()) {
      if (cosigned.isSignedBy(witness)) {
        vouching.add(witness.name());
      }
    }
    if (vouching.isEmpty()) {
      findings.add(Kind.ANCHOR_UNCHECKED, path, "no key was given for its witness");
    }
    return vouching;
  }

  /** How many anchors vouch. */
  int count() {
    return (int) vouches.stream().map(Vouch::who).distinct().count();
  }
}
