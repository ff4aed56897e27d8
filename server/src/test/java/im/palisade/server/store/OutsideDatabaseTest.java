package im.palisade.server.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import im.palisade.server.config.SettingException;
import im.palisade.server.config.StartException;
import im.palisade.server.testing.TestDatabase;
import im.palisade.server.testing.TestMySql;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A MySQL 8 reached by its URL. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@ResourceLock(TestMySql.SERVER)
class OutsideDatabaseTest extends DatabaseContract {
  private final DataDirectory directory = DataDirectory.open(TestDatabase.newDirectory());
  private Database database;

  @BeforeAll
  void open() {
    database = Database.open(TestMySql.newDatabase("outside", Map.of()), directory);
  }

  @AfterAll
  void close() {
    database.close();
    directory.close();
  }

  @Override
  Database database() {
    return database;
  }

  @Test
  void thereIsNoEmbeddedOne() {
    assertEquals(Optional.empty(), database.embeddedPid());
    assertEquals(Optional.empty(), database.embeddedState());
  }

  @Test
  void aServerThatDoesNotFlushIsRefusedUnlessThatIsAllowedByName() {
    TestMySql.asAdministrator("SET GLOBAL innodb_flush_log_at_trx_commit = 2");
    try {
      SettingException refused =
          assertThrows(
              SettingException.class,
              () -> Database.open(TestMySql.newDatabase("unsafe", Map.of()), directory));
      assertEquals(
          "database.url: the server runs with innodb_flush_log_at_trx_commit=2 and may lose"
              + " acknowledged messages: set it to 1 there, or accept that by"
              + " database.allow-unsafe-flush: true",
          refused.getMessage());
      DatabaseSettings allowed =
          TestMySql.newDatabase("unsafe_allowed", Map.of("database.allow-unsafe-flush", "true"));
      Database.open(allowed, directory).close();
    } finally {
      TestMySql.asAdministrator("SET GLOBAL innodb_flush_log_at_trx_commit = 1");
    }
  }

  @Test
  void aWrongUserIsRefusedAtOnceWithoutThePassword() {
    DatabaseSettings settings =
        TestMySql.newDatabase("wrong_user", Map.of("database.user", "nobody"));
    SettingException refused =
        assertThrows(SettingException.class, () -> Database.open(settings, directory));
    assertTrue(refused.getMessage().contains("Access denied for user 'nobody'"));
  }

  @ParameterizedTest
  @CsvSource({
    "8.0.15, MySQL 8.0.15",
    "8.4.3-log, MySQL 8.4.3-log",
    "9.1.0, MySQL 9.1.0",
    "10.11.6-MariaDB-0+deb12u1, MariaDB 10.11.6-MariaDB-0+deb12u1",
    "5.5.5-10.11.6-MariaDB, MariaDB 10.11.6-MariaDB",
    "11.4.5-MariaDB, MariaDB 11.4.5-MariaDB",
  })
  void aServerNewEnoughIsTaken(String version, String product) {
    assertEquals(product, ServerCheck.product(version));
  }

  @ParameterizedTest
  @CsvSource({"5.7.44-log", "10.6.20-MariaDB", "5.5.5-10.3.1-MariaDB", "5.5.68-MariaDB", "odd"})
  void anOlderServerIsRefused(String version) {
    assertThrows(StartException.class, () -> ServerCheck.product(version));
  }
}
