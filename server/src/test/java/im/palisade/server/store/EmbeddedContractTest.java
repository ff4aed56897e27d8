package im.palisade.server.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import im.palisade.server.store.embedded.DatabaseState;
import im.palisade.server.testing.TestDatabase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** The embedded database in use. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class EmbeddedContractTest extends DatabaseContract {
  private final DataDirectory directory = DataDirectory.open(TestDatabase.newDirectory());
  private Database database;

  @BeforeAll
  void open() {
    database = Database.open(TestDatabase.settings(Map.of()), directory);
  }

  @AfterAll
  void close() {
    database.close();
    directory.close();
    assertEquals(Optional.empty(), database.embeddedPid());
    assertEquals(Optional.of(DatabaseState.STOPPED), database.embeddedState());
  }

  @Override
  Database database() {
    return database;
  }

  @Test
  void itIsDurableAndKeepsNoSecondLog() throws SQLException {
    try (Connection connection = database.dataSource().getConnection()) {
      assertEquals("1", text(connection, "SELECT @@GLOBAL.innodb_flush_log_at_trx_commit"));
      assertEquals("ON", text(connection, "SELECT @@GLOBAL.innodb_doublewrite"));
      assertEquals("0", text(connection, "SELECT @@GLOBAL.log_bin"));
      assertEquals("utf8mb4_bin", text(connection, "SELECT @@GLOBAL.collation_server"));
      assertEquals("127.0.0.1", text(connection, "SELECT @@GLOBAL.bind_address"));
    }
  }

  @Test
  void itsTemporaryTablesAreWhereNoOtherServerDeletesThem() throws SQLException {
    try (Connection connection = database.dataSource().getConnection()) {
      assertEquals(
          directory.resolve("mariadb/tmp").toString(), text(connection, "SELECT @@GLOBAL.tmpdir"));
    }
  }

  @Test
  void aKilledDatabaseIsStartedAgainAndThePoolFollows() throws SQLException {
    execute("CREATE TABLE survives (id INT PRIMARY KEY) ENGINE=InnoDB");
    execute("INSERT INTO survives VALUES (7)");
    long killed = database.embeddedPid().orElseThrow();
    ProcessHandle.of(killed).orElseThrow().destroyForcibly();
    Awaitility.await().until(() -> database.embeddedState().orElseThrow() != DatabaseState.RUNNING);
    Awaitility.await()
        .ignoreExceptionsInstanceOf(SQLException.class)
        .until(
            () -> {
              try (Connection connection = database.dataSource().getConnection()) {
                return text(connection, "SELECT id FROM survives").equals("7");
              }
            });
    Awaitility.await().until(() -> database.embeddedState().orElseThrow() == DatabaseState.RUNNING);
    assertTrue(database.embeddedPid().orElseThrow() != killed);
    Awaitility.await().until(database::isReachable);
  }

  @Test
  void aStoppedDatabaseIsNotReachable() throws Exception {
    String pid = database.embeddedPid().orElseThrow().toString();
    assertEquals(0, new ProcessBuilder("kill", "-STOP", pid).start().waitFor());
    try {
      Awaitility.await().until(() -> !database.isReachable());
    } finally {
      assertEquals(0, new ProcessBuilder("kill", "-CONT", pid).start().waitFor());
    }
    Awaitility.await().until(database::isReachable);
  }

  @Test
  void thePasswordsStandInTheSecretsAndNowhereElse() throws IOException {
    String mine = directory.secret("database");
    String root = directory.secret("database-root");
    String pid = database.embeddedPid().orElseThrow().toString();
    for (Path shown :
        new Path[] {Path.of("/proc", pid, "cmdline"), Path.of("/proc", pid, "environ")}) {
      assertFalse(Files.readString(shown).contains(mine), shown.toString());
      assertFalse(Files.readString(shown).contains(root), shown.toString());
    }
    try (Stream<Path> files = Files.list(directory.resolve("mariadb"))) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        assertFalse(Files.readString(file).contains(mine), file.toString());
        assertFalse(Files.readString(file).contains(root), file.toString());
      }
    }
  }

  @Test
  void underRootItRunsAsItsOwnUserInAGroupOfItsOwn() throws IOException {
    if (!System.getProperty("user.name").equals("root")) {
      return; // Then it runs as us, which all the other tests show.
    }
    Path process = Path.of("/proc", database.embeddedPid().orElseThrow().toString());
    assertEquals("palisade-db", Files.getOwner(process).getName());
    assertEquals("palisade-db", Files.getOwner(directory.resolve("mariadb/data")).getName());
    String status = Files.readString(process.resolve("status"));
    assertTrue(status.contains("\nGroups:\t \n"), status);
    assertTrue(status.contains("\nCapEff:\t0000000000000000\n"), status);
    assertEquals("root", Files.getOwner(directory.resolve("mariadb")).getName());
  }
}
