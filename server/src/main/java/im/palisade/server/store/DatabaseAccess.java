package im.palisade.server.store;

import im.palisade.server.config.StartException;
import im.palisade.server.store.embedded.EmbeddedDatabase;
import im.palisade.server.store.embedded.EmbeddedOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * How a program beside the server reaches its database.
 *
 * @param host name or address
 * @param sslMode as the driver names it
 * @param programs folder with {@code mariadb} and {@code mariadb-dump} that came with the embedded
 *     database, or where an installed one has them
 */
public record DatabaseAccess(
    String host,
    int port,
    String name,
    String user,
    String password,
    String sslMode,
    Path programs) {

  private static final int STANDARD_PORT = 3306;

  /**
   * Access to the database that the settings name; for the embedded one it must be running.
   *
   * @throws StartException when it is not running or its password cannot be read
   */
  public static DatabaseAccess of(DatabaseSettings settings, Path dataDirectory) {
    Path programs = EmbeddedDatabase.programs(settings.embeddedHome());
    if (settings.url().isPresent()) {
      DatabaseUrl url = settings.url().get();
      if (url.address().contains(",")) {
        throw new StartException("database.url names several hosts: back up where they are kept");
      }
      int colon = url.address().lastIndexOf(':');
      boolean hasPort = colon > url.address().lastIndexOf(']');
      return new DatabaseAccess(
          hasPort ? url.address().substring(0, colon) : url.address(),
          hasPort ? Integer.parseInt(url.address().substring(colon + 1)) : STANDARD_PORT,
          url.name(),
          settings.user(),
          Database.password(settings),
          url.properties().getOrDefault("sslMode", "PREFERRED"),
          programs);
    }
    Path secret = dataDirectory.resolve("secrets").resolve("database");
    try {
      return new DatabaseAccess(
          "127.0.0.1",
          EmbeddedDatabase.runningPort(dataDirectory.resolve("mariadb")),
          EmbeddedOptions.NAME,
          EmbeddedOptions.NAME,
          Files.readString(secret).trim(),
          "DISABLED",
          programs);
    } catch (IOException e) {
      throw new StartException(secret + " cannot be read; is there a server on this directory?", e);
    }
  }

  /** Without the password. */
  @Override
  public String toString() {
    return "DatabaseAccess[" + user + "@" + host + ":" + port + "/" + name + "]";
  }
}
