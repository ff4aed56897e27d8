package im.palisade.compliance.log;

import im.palisade.compliance.checkpoint.NoteSigner;
import im.palisade.compliance.checkpoint.SignedNote;
import im.palisade.compliance.checkpoint.VerifierKey;
import im.palisade.compliance.event.EventEncoder;
import im.palisade.compliance.file.LogFiles;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;

/** The verifier keys of one epoch, as they stand in its folder {@code keys}. */
final class KeyRing {
  /**
   * A key with its validity; {@code endorsement} is the line's rest, without {@code endorsed-by}.
   */
  record Key(VerifierKey key, Instant from, Optional<Instant> until, Optional<String> endorsement) {
    String file() {
      return key.line()
          + "\nvalid-from "
          + EventEncoder.time(from)
          + "\n"
          + until.map(end -> "valid-until " + EventEncoder.time(end) + "\n").orElse("")
          + endorsement.map(line -> "endorsed-by " + line + "\n").orElse("");
    }

    static Key parse(String file) {
      List<String> lines = file.lines().toList();
      Instant from = Instant.EPOCH;
      Optional<Instant> until = Optional.empty();
      Optional<String> endorsement = Optional.empty();
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
      return new Key(VerifierKey.parse(lines.getFirst()), from, until, endorsement);
    }
  }

  private final LogFiles files;
  private final String folder;
  private final List<Key> keys = new ArrayList<>();

  KeyRing(LogFiles files, int epoch) throws IOException {
    this.files = files;
    this.folder = epoch + "/keys/";
    for (String name : files.list(epoch + "/keys")) {
      if (!name.endsWith(".new")) {
        byte[] file = files.read(folder + name).orElseThrow();
        keys.add(Key.parse(new String(file, StandardCharsets.UTF_8)));
      }
    }
  }

  boolean isEmpty() {
    return keys.isEmpty();
  }

  List<Key> keys() {
    return List.copyOf(keys);
  }

  boolean signs(SignedNote note) {
    return keys.stream().anyMatch(key -> note.isSignedBy(key.key()));
  }

  /** Whether the key may sign at that time. */
  boolean isValid(VerifierKey key, Instant now) {
    return keys.stream()
        .anyMatch(
            each ->
                each.key().equals(key)
                    && !now.isBefore(each.from())
                    && each.until().map(now::isBefore).orElse(true));
  }

  void put(Key key) throws IOException {
    files.replace(folder + key.key().idHex(), key.file().getBytes(StandardCharsets.UTF_8));
    keys.removeIf(old -> old.key().equals(key.key()));
    keys.add(key);
  }

  /** {@code <key id> <base64>}: the old key vouches for the new one. */
  static String endorse(NoteSigner old, VerifierKey fresh, Instant from) {
    String text =
        "palisade audit key\n" + fresh.line() + "\nvalid-from " + EventEncoder.time(from) + "\n";
    return old.verifierKey().idHex()
        + " "
        + Base64.getEncoder().encodeToString(old.sign(text.getBytes(StandardCharsets.UTF_8)));
  }
}
