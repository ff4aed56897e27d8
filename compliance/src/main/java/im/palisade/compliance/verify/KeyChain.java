package im.palisade.compliance.verify;

import im.palisade.compliance.checkpoint.Checkpoint;
import im.palisade.compliance.checkpoint.SignedNote;
import im.palisade.compliance.checkpoint.VerifierKey;
import im.palisade.compliance.log.LogKey;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;

/** Keys of one origin of which somebody trusted vouches, for packs and proofs. */
final class KeyChain {
  private final List<VerifierKey> vouched = new ArrayList<>();

  /**
   * Follows endorsements from the trusted keys.
   *
   * @param offered keys that came with what is checked
   */
  KeyChain(String origin, List<VerifierKey> trusted, List<LogKey> offered) {
    Set<String> raws = new HashSet<>();
    for (VerifierKey key : trusted) {
      if (LogVerifier.base(key.name()).equals(LogVerifier.base(origin))) {
        raws.add(EpochKeys.hex(key));
      }
    }
    raws.forEach(
        raw ->
            vouched.add(VerifierKey.of(origin, VerifierKey.ED25519, HexFormat.of().parseHex(raw))));
    boolean more = true;
    while (more) {
      more = false;
      for (LogKey key : offered) {
        boolean endorsed =
            key.key().name().equals(origin)
                && !vouched.contains(key.key())
                && offered.stream()
                    .anyMatch(
                        old ->
                            vouched.contains(old.key())
                                && old.isValid(key.from())
                                && key.isEndorsedBy(old.key()));
        if (endorsed) {
          vouched.add(key.key());
          more = true;
        }
      }
    }
  }

  /** Key files one after the other, with an empty line between. */
  static List<LogKey> parse(String text) {
    List<LogKey> keys = new ArrayList<>();
    for (String file : text.split("\n\n", -1)) {
      if (!file.isBlank()) {
        keys.add(LogKey.parse(file.strip() + "\n"));
      }
    }
    return keys;
  }

  boolean vouchesFor(VerifierKey key) {
    return vouched.stream().anyMatch(each -> EpochKeys.hex(each).equals(EpochKeys.hex(key)));
  }

  /** Ids of the vouched-for keys that signed a checkpoint of this origin. */
  List<String> signers(SignedNote note) {
    return vouched.stream().filter(note::isSignedBy).map(VerifierKey::idHex).toList();
  }

  /** Whether a checkpoint is what it should be. */
  boolean signs(SignedNote note, String origin) {
    return Checkpoint.parse(note.text()).origin().equals(origin) && !signers(note).isEmpty();
  }
}
