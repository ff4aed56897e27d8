package im.palisade.server.store.embedded;

import java.nio.file.Path;
import java.util.Optional;

/**
 * How to run the embedded database.
 *
 * @param directory for all its files; its parent exists
 * @param home where its program is; empty to look for it
 * @param systemUser operating system user to run as when started as root
 * @param bufferPool bytes
 * @param redoLog bytes
 * @param connections how many the pool may open
 * @param rootPassword for {@code root@localhost}, letters and digits
 * @param password for {@code palisade@127.0.0.1}, letters and digits
 */
public record EmbeddedOptions(
    Path directory,
    Optional<Path> home,
    String systemUser,
    long bufferPool,
    long redoLog,
    int connections,
    String rootPassword,
    String password) {

  /** Name of the database and of the account that owns it. */
  public static final String NAME = "palisade";

  public EmbeddedOptions {
    for (String secret : new String[] {rootPassword, password}) {
      if (!secret.matches("[0-9A-Za-z]{16,}")) {
        throw new IllegalArgumentException("a password must be 16 or more letters and digits");
      }
    }
  }

  /** Without the passwords. */
  @Override
  public String toString() {
    return "EmbeddedOptions[" + directory + "]";
  }
}
