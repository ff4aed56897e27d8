package im.palisade.server.store;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import im.palisade.server.config.SettingException;
import im.palisade.server.config.StartException;
import im.palisade.server.store.embedded.DatabaseState;
import im.palisade.server.store.embedded.EmbeddedDatabase;
import im.palisade.server.store.embedded.EmbeddedOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.function.Supplier;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The database of this server, embedded or outside, and the pool of connections to it. Connections
 * come in auto-commit mode with READ COMMITTED, the session's time zone is UTC, and the SQL mode is
 * the same strict one on every server.
 */
public final class Database implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Database.class);
  private static final Duration CONNECTION_TIMEOUT = Duration.ofSeconds(3);
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final Optional<EmbeddedDatabase> embedded;
  private final HikariDataSource pool;
  private final ReachabilityProbe probe;

  private boolean migrated;

  private Database(
      Optional<EmbeddedDatabase> embedded,
      DataSource direct,
      ReachabilityProbe probe,
      int poolSize) {
    this.embedded = embedded;
    this.pool = pool(direct, poolSize);
    this.probe = probe;
    // All connections went with it: better closed now than found broken one after another.
    embedded.ifPresent(e -> e.onDeath(pool.getHikariPoolMXBean()::softEvictConnections));
  }

  /**
   * Opens the outside database that the settings name, else starts the embedded one. Returns when
   * it answers and has this version's tables.
   *
   * @throws SettingException when a setting is the reason it cannot be opened
   * @throws StartException when it cannot be opened for another reason
   */
  public static Database open(DatabaseSettings settings, DataDirectory directory) {
    if (settings.url().isPresent()) {
      DatabaseUrl url = settings.url().get();
      return connected(
          settings,
          Optional.empty(),
          url::jdbc,
          DriverProperties.of(url.properties(), settings.user(), password(settings)));
    }
    EmbeddedOptions options =
        new EmbeddedOptions(
            directory.resolve("mariadb"),
            settings.embeddedHome(),
            settings.embeddedUser(),
            settings.bufferPool(),
            settings.redoLog(),
            settings.poolSize(),
            directory.secret("database-root"),
            directory.secret("database"));
    EmbeddedDatabase embedded = EmbeddedDatabase.start(options);
    Properties properties =
        DriverProperties.of(
            Map.of("sslMode", "DISABLED"), EmbeddedOptions.NAME, options.password());
    return connected(settings, Optional.of(embedded), embedded::url, properties);
  }

  private static Database connected(
      DatabaseSettings settings,
      Optional<EmbeddedDatabase> embedded,
      Supplier<String> url,
      Properties properties) {
    boolean opened = false;
    try {
      DataSource direct = new DriverDataSource(url, properties);
      try (Connection connection = firstConnection(direct, url.get())) {
        String product = ServerCheck.check(connection, settings.allowUnsafeFlush());
        LOG.info("Database: {} at {}", product, url.get());
      }
      Database database =
          new Database(
              embedded, direct, ReachabilityProbe.of(url, properties), settings.poolSize());
      try {
        database.migrated = Migrations.run(database.dataSource());
        opened = true;
        return database;
      } finally {
        if (!opened) {
          database.close();
        }
      }
    } catch (SQLException e) {
      throw refusal(url.get(), e);
    } finally {
      if (!opened) {
        embedded.ifPresent(EmbeddedDatabase::close);
      }
    }
  }

  /** Connections; never null, never auto-commit off. */
  public DataSource dataSource() {
    return pool;
  }

  /** Whether its tables were made or changed when it was opened. */
  public boolean isMigrated() {
    return migrated;
  }

  /** Whether the database answers, for readiness; at most a second old. */
  public boolean isReachable() {
    return probe.isReachable();
  }

  /** Process id of the embedded database while it runs. */
  public Optional<Long> embeddedPid() {
    return embedded.flatMap(EmbeddedDatabase::pid);
  }

  /** What the embedded database is doing; empty when the database is an outside one. */
  public Optional<DatabaseState> embeddedState() {
    return embedded.map(EmbeddedDatabase::state);
  }

  /** Closes the connections and stops the embedded database. */
  @Override
  public void close() {
    pool.close();
    probe.close();
    embedded.ifPresent(EmbeddedDatabase::close);
  }

  private static HikariDataSource pool(DataSource direct, int size) {
    HikariConfig config = new HikariConfig();
    config.setPoolName("database");
    config.setDataSource(direct);
    config.setMaximumPoolSize(size);
    config.setAutoCommit(true);
    config.setTransactionIsolation("TRANSACTION_READ_COMMITTED");
    config.setConnectionTimeout(CONNECTION_TIMEOUT.toMillis());
    config.setValidationTimeout(1000);
    // The first connection was made and checked already.
    config.setInitializationFailTimeout(-1);
    return new HikariDataSource(config);
  }

  /** A machine that boots may start us before its database. */
  private static Connection firstConnection(DataSource direct, String url) throws SQLException {
    long end = System.nanoTime() + PATIENCE.toNanos();
    for (int attempt = 1; ; attempt++) {
      try {
        return direct.getConnection();
      } catch (SQLException e) {
        boolean away = e.getSQLState() != null && e.getSQLState().startsWith("08");
        if (!away || System.nanoTime() > end) {
          throw e;
        }
        if (attempt == 1) {
          LOG.warn("The database at {} is away; trying for {} s", url, PATIENCE.toSeconds());
        }
        pause(e);
      }
    }
  }

  private static void pause(SQLException reason) throws SQLException {
    try {
      Thread.sleep(500);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw reason;
    }
  }

  private static RuntimeException refusal(String url, SQLException e) {
    String what = e.getMessage().lines().findFirst().orElse("no message");
    return new SettingException("database.url", url + " cannot be used: " + what, e);
  }

  static String password(DatabaseSettings settings) {
    if (settings.passwordFile().isEmpty()) {
      return "";
    }
    Path file = settings.passwordFile().get();
    try {
      return Files.readString(file).strip();
    } catch (IOException e) {
      throw new SettingException("database.password-file", file + " cannot be read", e);
    }
  }
}
