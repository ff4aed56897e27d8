package im.palisade.compliance.log;

import im.palisade.compliance.checkpoint.SignedNote;
import im.palisade.compliance.checkpoint.VerifierKey;
import im.palisade.compliance.file.LogFiles;
import im.palisade.compliance.log.AuditLogException.Reason;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** The verifier keys of one epoch, as they stand in its folder {@code keys}. */
final class KeyRing {
  private final LogFiles files;
  private final String folder;
  private final List<LogKey> keys = new ArrayList<>();

  KeyRing(LogFiles files, int epoch) throws IOException {
    this.files = files;
    this.folder = epoch + "/keys/";
    for (String name : files.list(epoch + "/keys")) {
      if (!name.endsWith(".new")) {
        byte[] file = files.read(folder + name).orElseThrow();
        try {
          keys.add(LogKey.parse(new String(file, StandardCharsets.UTF_8)));
        } catch (IllegalArgumentException e) {
          throw new AuditLogException(Reason.DAMAGED, "not a key file: " + folder + name, e);
        }
      }
    }
  }

  boolean isEmpty() {
    return keys.isEmpty();
  }

  List<LogKey> keys() {
    return List.copyOf(keys);
  }

  boolean signs(SignedNote note) {
    return keys.stream().anyMatch(key -> note.isSignedBy(key.key()));
  }

  /** Whether the key may sign at that time. */
  boolean isValid(VerifierKey key, Instant now) {
    return keys.stream().anyMatch(each -> each.key().equals(key) && each.isValid(now));
  }

  void put(LogKey key) throws IOException {
    files.replace(folder + key.key().idHex(), key.file().getBytes(StandardCharsets.UTF_8));
    keys.removeIf(old -> old.key().equals(key.key()));
    keys.add(key);
  }
}
