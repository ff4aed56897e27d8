package im.palisade.server.backup;

import im.palisade.server.config.DurableFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Base64;

/** The passphrase that seals backups: a line in a file that is kept apart from them. */
public final class BackupKey {
  private static final int LEAST_LENGTH = 20;
  private static final int RANDOM_BYTES = 32;

  private final char[] passphrase;

  private BackupKey(String passphrase) {
    this.passphrase = passphrase.toCharArray();
  }

  /**
   * Reads a key.
   *
   * @throws BackupException when there is none or it can be guessed
   */
  public static BackupKey read(Path file) {
    try {
      String line = Files.readString(file).lines().findFirst().orElse("").strip();
      if (line.length() < LEAST_LENGTH) {
        throw new BackupException(
            file + " must hold a passphrase of " + LEAST_LENGTH + " characters or more");
      }
      return new BackupKey(line);
    } catch (IOException e) {
      throw new BackupException("the backup key " + file + " cannot be read", e);
    }
  }

  /** Reads a key; makes a random one first when the file is not there. */
  public static BackupKey readOrMake(Path file) {
    if (!Files.exists(file)) {
      byte[] random = new byte[RANDOM_BYTES];
      new SecureRandom().nextBytes(random);
      try {
        String text = Base64.getUrlEncoder().withoutPadding().encodeToString(random);
        DurableFiles.write(file, text + "\n", "rw-------");
      } catch (IOException e) {
        throw new BackupException("the backup key " + file + " cannot be made", e);
      }
    }
    return read(file);
  }

  char[] passphrase() {
    return passphrase.clone();
  }
}
