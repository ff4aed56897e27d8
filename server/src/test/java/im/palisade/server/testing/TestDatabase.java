package im.palisade.server.testing;

import im.palisade.server.config.Settings;
import im.palisade.server.store.DataDirectory;
import im.palisade.server.store.Database;
import im.palisade.server.store.DatabaseSettings;
import im.palisade.server.store.Region;
import im.palisade.server.store.Regions;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import javax.sql.DataSource;

/**
 * The one embedded database of this test JVM, started at first use, with its tables made. Tests
 * share it: each keeps to an app or to accounts of its own.
 */
public final class TestDatabase {
  private TestDatabase() {}

  /** The home region on the shared database. */
  public static Region region() {
    return Shared.REGION;
  }

  /** Connections to the shared database. */
  public static DataSource dataSource() {
    return database().dataSource();
  }

  /** The shared database itself. It must not be closed or killed. */
  public static Database database() {
    return Shared.DATABASE;
  }

  /**
   * A new directory that the database's user can pass through, which JUnit's are not; removed when
   * the JVM ends.
   */
  public static Path newDirectory() {
    return AtJvmEnd.newDirectory();
  }

  /** Closes it when the JVM ends: the last registered first, directories removed after all. */
  public static void closeAtEnd(AutoCloseable opened) {
    AtJvmEnd.close(opened);
  }

  /** Settings for a small embedded database, changed by the given ones. */
  public static DatabaseSettings settings(Map<String, String> changes) {
    Map<String, String> all = new HashMap<>();
    all.put("database.embedded.buffer-pool", "64MiB");
    all.put("database.embedded.redo-log", "32MiB");
    all.putAll(changes);
    return DatabaseSettings.from(
        Settings.read(DatabaseSettings.SETTINGS, Path.of("/nonexistent"), Map.of(), all));
  }

  /** Loaded, and so started, at first use. */
  private static final class Shared {
    static final Database DATABASE = start();
    static final Region REGION = new Region(Regions.HOME, DATABASE.dataSource());

    private static Database start() {
      DataDirectory directory = DataDirectory.open(newDirectory().resolve("data"));
      Database database = Database.open(settings(Map.of("database.pool-size", "20")), directory);
      AtJvmEnd.close(database);
      return database;
    }
  }
}
