package im.palisade.server.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import im.palisade.server.config.StartException;
import im.palisade.server.testing.LoggedErrors;
import im.palisade.server.testing.TestDatabase;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** On a database of its own, since it disturbs the tables. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class MigrationsTest {
  private DataDirectory directory;
  private Database database;

  @BeforeAll
  void open() {
    directory = DataDirectory.open(TestDatabase.newDirectory());
    database = Database.open(TestDatabase.settings(Map.of()), directory);
  }

  @AfterAll
  void close() {
    database.close();
    directory.close();
  }

  @Test
  void anUnchangedSchemaIsRecognisedWithoutAskingLiquibase() {
    assertFalse(shipped().bring(dataSource()));
  }

  @Test
  void aServerKilledWhileItMadeTablesIsFollowedByOneThatGoesOn() throws SQLException {
    execute("DELETE FROM schema_fingerprint");
    execute("DELETE FROM DATABASECHANGELOG");
    execute("DROP TABLE audit_outbox");
    execute(
        "UPDATE DATABASECHANGELOGLOCK SET LOCKED = 1, LOCKGRANTED = NOW(), LOCKEDBY = 'killed'");
    assertTrue(shipped().bring(dataSource()));
    assertEquals(0, number("SELECT COUNT(*) FROM audit_outbox"));
    assertFalse(shipped().bring(dataSource()));
  }

  @Test
  void aChangeSetThatFailsIsNamedAndTriedAgainAtTheNextStart() throws SQLException {
    LoggedErrors.expect("test-broken.sql::broken");
    Migrations broken = new Migrations("db/test-broken.yaml");
    for (int start = 1; start <= 2; start++) {
      StartException refused = assertThrows(StartException.class, () -> broken.bring(dataSource()));
      assertTrue(refused.getMessage().contains("test-broken.sql::broken"), refused.getMessage());
    }
    assertTrue(new Migrations("db/test-repaired.yaml").bring(dataSource()));
    assertEquals(0, number("SELECT COUNT(*) FROM after_the_broken_one"));
    execute("DROP TABLE after_the_broken_one");
    assertTrue(shipped().bring(dataSource()));
  }

  private static Migrations shipped() {
    return new Migrations("db/changelog.yaml");
  }

  private DataSource dataSource() {
    return database.dataSource();
  }

  private void execute(String sql) throws SQLException {
    try (Connection connection = dataSource().getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private int number(String sql) throws SQLException {
    try (Connection connection = dataSource().getConnection();
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      row.next();
      return row.getInt(1);
    }
  }
}
