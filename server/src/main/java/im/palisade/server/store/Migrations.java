package im.palisade.server.store;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import im.palisade.server.config.StartException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HexFormat;
import java.util.Map;
import java.util.logging.Level;
import javax.sql.DataSource;
import liquibase.Scope;
import liquibase.command.CommandScope;
import liquibase.command.core.UpdateCommandStep;
import liquibase.command.core.helpers.DbUrlConnectionArgumentsCommandStep;
import liquibase.database.DatabaseFactory;
import liquibase.database.jvm.JdbcConnection;
import liquibase.lockservice.LockServiceFactory;
import liquibase.ui.LoggerUIService;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings a database's tables to this version. The change sets are run by Liquibase; since finding
 * that there is nothing to do takes it a second, a fingerprint of the files is kept beside them.
 */
public final class Migrations {
  private static final Logger LOG = LoggerFactory.getLogger(Migrations.class);

  /** Kept, since the logging framework forgets the level of a logger nobody holds. */
  private static final java.util.logging.Logger LIQUIBASE_LOG =
      java.util.logging.Logger.getLogger("liquibase");

  private static final String SHIPPED = "db/changelog.yaml";
  private static final int LOCK_SECONDS = 600;
  private static final int NO_SUCH_TABLE = 1146;

  static {
    LIQUIBASE_LOG.setLevel(Level.WARNING);
  }

  private final String changelog;
  private final String fingerprint;

  Migrations(String changelog) {
    this.changelog = changelog;
    this.fingerprint = fingerprint(changelog);
  }

  /**
   * Makes and changes tables until they are those of this version; at once when they already are.
   * Safe to run from several nodes at the same time and after an interrupted run.
   *
   * @return whether there was anything to do
   * @throws StoreException when a change set fails; the message names it
   */
  public static boolean run(DataSource dataSource) {
    return new Migrations(SHIPPED).bring(dataSource);
  }

  /** What identifies the tables of this version. */
  public static String shippedFingerprint() {
    return fingerprint(SHIPPED);
  }

  /** Does what {@link #run} promises and says whether Liquibase had to be asked. */
  boolean bring(DataSource dataSource) {
    try (Connection connection = dataSource.getConnection()) {
      if (isCurrent(connection)) {
        return false;
      }
      // Changing a large table takes longer than any query may.
      connection.setNetworkTimeout(Runnable::run, 0);
      lock(connection);
      try {
        if (isCurrent(connection)) {
          return false;
        }
        try (Connection changing = dataSource.getConnection()) {
          changing.setNetworkTimeout(Runnable::run, 0);
          update(changing);
        }
        remember(connection);
        return true;
      } finally {
        unlock(connection);
      }
    } catch (SQLException e) {
      throw new StoreException("migrate", e, false);
    }
  }

  private void update(Connection connection) {
    long begin = System.nanoTime();
    try {
      var database =
          DatabaseFactory.getInstance()
              .findCorrectDatabaseImplementation(new JdbcConnection(connection));
      Scope.child(
          Map.of(Scope.Attr.ui.name(), new LoggerUIService()),
          () -> {
            // Whoever held it was killed: we have the lock that dies with its holder.
            LockServiceFactory.getInstance().getLockService(database).forceReleaseLock();
            new CommandScope(UpdateCommandStep.COMMAND_NAME)
                .addArgumentValue(DbUrlConnectionArgumentsCommandStep.DATABASE_ARG, database)
                .addArgumentValue(UpdateCommandStep.CHANGELOG_FILE_ARG, changelog)
                .setOutput(OutputStream.nullOutputStream())
                .execute();
          });
    } catch (Exception e) {
      throw new StartException("the tables cannot be brought to this version: " + rootOf(e), e);
    }
    LOG.info("Tables brought to this version ({} ms)", (System.nanoTime() - begin) / 1_000_000);
  }

  private static String rootOf(Exception e) {
    return e.getMessage() == null ? e.toString() : e.getMessage().lines().findFirst().orElse("");
  }

  private boolean isCurrent(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery("SELECT sha256 FROM schema_fingerprint WHERE id = 1")) {
      return row.next() && row.getString(1).equals(fingerprint);
    } catch (SQLException e) {
      if (e.getErrorCode() == NO_SUCH_TABLE) {
        return false;
      }
      throw e;
    }
  }

  private void remember(Connection connection) throws SQLException {
    try (Statement create = connection.createStatement()) {
      create.execute(
          """
          CREATE TABLE IF NOT EXISTS schema_fingerprint (
            id TINYINT UNSIGNED NOT NULL PRIMARY KEY,
            sha256 CHAR(64) NOT NULL
          ) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin
          """);
    }
    try (PreparedStatement upsert =
        connection.prepareStatement(
            """
            INSERT INTO schema_fingerprint (id, sha256) VALUES (1, ?)
            ON DUPLICATE KEY UPDATE sha256 = VALUES(sha256)
            """)) {
      upsert.setString(1, fingerprint);
      upsert.executeUpdate();
    }
  }

  /** The server's own lock ends with the connection; Liquibase's row outlives a killed node. */
  private static void lock(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery(
                "SELECT GET_LOCK(CONCAT('palisade-', MD5(DATABASE())), " + LOCK_SECONDS + ")")) {
      row.next();
      if (row.getInt(1) != 1) {
        throw new StartException(
            "another node has been changing the tables for " + LOCK_SECONDS + " s");
      }
    }
  }

  private static void unlock(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute("DO RELEASE_LOCK(CONCAT('palisade-', MD5(DATABASE())))");
    }
  }

  /** Over the root file and what it includes, names and contents, in order. */
  private static String fingerprint(String changelog) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      byte[] root = add(digest, changelog);
      for (JsonNode entry : new YAMLMapper().readTree(root).path("databaseChangeLog")) {
        add(digest, entry.required("include").required("file").asText());
      }
      return HexFormat.of().formatHex(digest.digest());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  private static byte[] add(MessageDigest digest, String resource) throws IOException {
    try (InputStream stream = Migrations.class.getClassLoader().getResourceAsStream(resource)) {
      if (stream == null) {
        throw new IOException("missing from the program: " + resource);
      }
      byte[] content = stream.readAllBytes();
      digest.update((resource + "\0" + content.length + "\0").getBytes(StandardCharsets.UTF_8));
      digest.update(content);
      return content;
    }
  }
}
