package im.palisade.compliance.log;

import im.palisade.compliance.checkpoint.NoteSigner;
import im.palisade.compliance.checkpoint.VerifierKey;
import im.palisade.compliance.event.EventEncoder;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Optional;

/**
 * A verifier key of an epoch with its validity, as its file says.
 *
 * @param endorsement {@code <key id of the old key> <base64 signature>}; empty for a first key
 */
public record LogKey(
    VerifierKey key, Instant from, Optional<Instant> until, Optional<String> endorsement) {
  /** The text of its file. */
  public String file() {
    return key.line()
        + "\nvalid-from "
        + EventEncoder.time(from)
        + "\n"
        + until.map(end -> "valid-until " + EventEncoder.time(end) + "\n").orElse("")
        + endorsement.map(line -> "endorsed-by " + line + "\n").orElse("");
  }

  /**
   * Reads a key's file.
   *
   * @throws IllegalArgumentException when it is malformed
   */
  public static LogKey parse(String file) {
    List<String> lines = file.lines().toList();
    Instant from = Instant.EPOCH;
    Optional<Instant> until = Optional.empty();
    Optional<String> endorsement = Optional.empty();
    try {
      for (int i = 1; i < lines.size(); i++) {
        String line = lines.get(i);
        String value = line.substring(line.indexOf(' ') + 1);
        if (line.startsWith("valid-from ")) {
          from = Instant.parse(value);
        } else if (line.startsWith("valid-until ")) {
          until = Optional.of(Instant.parse(value));
        } else if (line.startsWith("endorsed-by ")) {
          endorsement = Optional.of(value);
        } else {
          throw new IllegalArgumentException("not a key file");
        }
      }
    } catch (DateTimeException e) {
      throw new IllegalArgumentException("not a key file", e);
    }
    if (lines.isEmpty()) {
      throw new IllegalArgumentException("not a key file");
    }
    return new LogKey(VerifierKey.parse(lines.getFirst()), from, until, endorsement);
  }

  /** Whether it may sign at that time. */
  public boolean isValid(Instant now) {
    return !now.isBefore(from) && until.map(now::isBefore).orElse(true);
  }

  /** Whether that older key vouches for this one. */
  public boolean isEndorsedBy(VerifierKey old) {
    if (endorsement.isEmpty() || !endorsement.get().startsWith(old.idHex() + " ")) {
      return false;
    }
    try {
      byte[] signature = Base64.getDecoder().decode(endorsement.get().substring(9));
      return old.ed25519(endorsed(key, from), signature);
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  /** {@code <key id> <base64>}: the old key vouches for the new one. */
  static String endorse(NoteSigner old, VerifierKey fresh, Instant from) {
    return old.verifierKey().idHex()
        + " "
        + Base64.getEncoder().encodeToString(old.sign(endorsed(fresh, from)));
  }

  private static byte[] endorsed(VerifierKey fresh, Instant from) {
    String text =
        "palisade audit key\n" + fresh.line() + "\nvalid-from " + EventEncoder.time(from) + "\n";
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
