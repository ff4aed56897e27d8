package im.palisade.server.testing;

import im.palisade.server.config.DurableFiles;
import im.palisade.server.config.Settings;
import im.palisade.server.store.DataDirectory;
import im.palisade.server.store.Database;
import im.palisade.server.store.DatabaseSettings;
import im.palisade.server.store.Migrations;
import im.palisade.server.store.Region;
import im.palisade.server.store.Regions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
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
    try {
      Path directory = Files.createTempDirectory("palisade-test-").toRealPath();
      Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx--x--x"));
      Cleaning.afterwards(directory);
      return directory;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Closes it when the JVM ends, before directories are removed. */
  public static void closeAtEnd(AutoCloseable opened) {
    Cleaning.before(opened);
  }

  /** Small settings for an embedded database, changed by the given ones. */
  public static DatabaseSettings settings(Map<String, String> changes) {
    Map<String, String> all = new java.util.HashMap<>();
    all.put("database.embedded.buffer-pool", "64MiB");
    all.put("database.embedded.redo-log", "32MiB");
    all.putAll(changes);
    return DatabaseSettings.from(
        Settings.read(DatabaseSettings.SETTINGS, Path.of("/nonexistent"), Map.of(), all));
  }

  /** Loaded, and so started, at first use. */
  private static final class Shared {
    static final Database DATABASE = start();
    static final Region REGION = region(DATABASE);

    private static Database start() {
      DataDirectory directory = DataDirectory.open(newDirectory().resolve("data"));
      Database database = Database.open(settings(Map.of("database.pool-size", "20")), directory);
      Cleaning.before(database);
      return database;
    }

    private static Region region(Database database) {
      Migrations.run(database.dataSource());
      return new Region(Regions.HOME, database.dataSource());
    }
  }

  /** Closes what was started, then removes directories, when the JVM ends. */
  private static final class Cleaning {
    private static final java.util.Deque<AutoCloseable> OPEN =
        new java.util.concurrent.ConcurrentLinkedDeque<>();
    private static final java.util.Deque<Path> DIRECTORIES =
        new java.util.concurrent.ConcurrentLinkedDeque<>();

    static {
      Runtime.getRuntime().addShutdownHook(new Thread(Cleaning::clean, "test-cleaning"));
    }

    static void before(AutoCloseable opened) {
      OPEN.push(opened);
    }

    static void afterwards(Path directory) {
      DIRECTORIES.push(directory);
    }

    @SuppressWarnings("CatchAndPrintStackTrace")
    private static void clean() {
      try {
        for (AutoCloseable opened : OPEN) {
          opened.close();
        }
        for (Path directory : DIRECTORIES) {
          DurableFiles.deleteTree(directory);
        }
      } catch (Exception e) {
        e.printStackTrace();
      }
    }
  }
}
