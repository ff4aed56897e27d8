package im.palisade.server.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/** What the rest of the server relies on, whichever server is behind it. */
abstract class DatabaseContract {

  abstract Database database();

  @Test
  void connectionsReadCommittedRowsInUtcAndAreStrict() throws SQLException {
    // Twice: the second connection takes the server's variables from the driver's cache.
    for (int i = 0; i < 2; i++) {
      try (Connection one = database().dataSource().getConnection();
          Connection two = database().dataSource().getConnection()) {
        for (Connection connection : List.of(one, two)) {
          assertTrue(connection.getAutoCommit());
          assertEquals(
              "READ-COMMITTED", text(connection, "SELECT @@SESSION.transaction_isolation"));
          assertEquals("+00:00", text(connection, "SELECT @@SESSION.time_zone"));
          assertEquals("utf8mb4_bin", text(connection, "SELECT @@SESSION.collation_connection"));
          assertTrue(text(connection, "SELECT @@SESSION.sql_mode").contains("STRICT_TRANS_TABLES"));
          assertEquals("10", text(connection, "SELECT @@SESSION.innodb_lock_wait_timeout"));
        }
      }
    }
  }

  @Test
  void whatOneTransactionCommitsAnotherSeesInItsMidst() throws SQLException {
    execute("CREATE TABLE contract_isolation (id INT PRIMARY KEY) ENGINE=InnoDB");
    try (Connection reader = database().dataSource().getConnection()) {
      reader.setAutoCommit(false);
      assertEquals("0", text(reader, "SELECT COUNT(*) FROM contract_isolation"));
      execute("INSERT INTO contract_isolation VALUES (1)");
      assertEquals("1", text(reader, "SELECT COUNT(*) FROM contract_isolation"));
      reader.rollback();
    }
  }

  @Test
  void textOfEveryPlaneAndBytesComeBackAsTheyWent() throws SQLException {
    execute(
        "CREATE TABLE contract_text (id VARBINARY(32) PRIMARY KEY, t VARCHAR(50)) ENGINE=InnoDB"
            + " DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin");
    String text = "名前 😀 \u0000 ' \" \\ %";
    try (Connection connection = database().dataSource().getConnection();
        PreparedStatement insert =
            connection.prepareStatement("INSERT INTO contract_text VALUES (?, ?)")) {
      for (String id : List.of("a", "a ", "A")) {
        insert.setBytes(1, id.getBytes(java.nio.charset.StandardCharsets.UTF_8));
        insert.setString(2, text);
        insert.executeUpdate();
      }
      assertEquals(text, text(connection, "SELECT t FROM contract_text WHERE id = 'a '"));
    }
  }

  @Test
  void anAbandonedUnitOfWorkLeavesNothingAndItsConnectionIsFitForUse() throws SQLException {
    execute("CREATE TABLE contract_unit (id INT PRIMARY KEY) ENGINE=InnoDB");
    Region region = new Region(Regions.HOME, database().dataSource());
    assertThrows(
        IllegalStateException.class,
        () ->
            region.inUnitOfWork(
                unit -> {
                  insert(unit.connection(), "contract_unit", 1);
                  throw new IllegalStateException("changed my mind");
                }));
    assertEquals("0", region.read(c -> text(c, "SELECT COUNT(*) FROM contract_unit")));
    region.inUnitOfWork(unit -> insert(unit.connection(), "contract_unit", 2));
    assertEquals("2", region.read(c -> text(c, "SELECT id FROM contract_unit")));
  }

  @Test
  void deadlocksAreRetriedSoThatBothUnitsOfWorkSucceed() throws Exception {
    execute("CREATE TABLE contract_lock (id INT PRIMARY KEY, n INT) ENGINE=InnoDB");
    execute("INSERT INTO contract_lock VALUES (1, 0), (2, 0)");
    Region region = new Region(Regions.HOME, database().dataSource());
    CyclicBarrier bothHoldOne = new CyclicBarrier(2);
    try (var executor = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Integer>> units = new ArrayList<>();
      for (int first = 1; first <= 2; first++) {
        int mine = first;
        boolean[] met = {false};
        units.add(
            executor.submit(
                () ->
                    region.inUnitOfWork(
                        unit -> {
                          add(unit.connection(), mine);
                          if (!met[0]) {
                            met[0] = true;
                            meet(bothHoldOne);
                          }
                          return add(unit.connection(), 3 - mine);
                        })));
      }
      for (Future<Integer> unit : units) {
        assertEquals(1, unit.get());
      }
    }
    assertEquals("4", region.read(c -> text(c, "SELECT SUM(n) FROM contract_lock")));
  }

  @Test
  void itIsReachable() {
    assertTrue(database().isReachable());
  }

  void execute(String sql) throws SQLException {
    try (Connection connection = database().dataSource().getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  static String text(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      row.next();
      return row.getString(1);
    }
  }

  private static int insert(Connection connection, String table, int id) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      return statement.executeUpdate("INSERT INTO " + table + " VALUES (" + id + ")");
    }
  }

  private static int add(Connection connection, int id) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      return statement.executeUpdate("UPDATE contract_lock SET n = n + 1 WHERE id = " + id);
    }
  }

  private static void meet(CyclicBarrier barrier) {
    try {
      barrier.await();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }
}
