package im.palisade.server.account;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import im.palisade.server.store.DataDirectory;
import im.palisade.server.store.Database;
import im.palisade.server.store.Migrations;
import im.palisade.server.testing.Plans;
import im.palisade.server.testing.TestDatabase;
import im.palisade.server.testing.TestMySql;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.ResourceLock;

/**
 * A page of users is a range of an index, whatever the number of accounts; on both databases.
 * {@code -Daccounts=1000000} measures it with a million.
 */
class AccountPlansTest {
  private static final int ACCOUNTS = Integer.getInteger("accounts", 4_000);
  private static final int PAGE = 50;
  private static final int RUNS = 200;
  private static final long MOST_MICROS = 100_000;

  private final AccountStore store = new AccountStore();

  /** An app that need not be there: accounts do not look. */
  private final long app = 1_000_000_000_000L + ThreadLocalRandom.current().nextLong(1L << 40);

  @Test
  void onMariaDbAPageOfUsersReadsItsRowsAndNoOthers() throws SQLException {
    hold(TestDatabase.dataSource());
  }

  @Test
  @ResourceLock(TestMySql.SERVER)
  void onMySqlAPageOfUsersReadsItsRowsAndNoOthers() throws SQLException {
    try (DataDirectory directory = DataDirectory.open(TestDatabase.newDirectory());
        Database database =
            Database.open(TestMySql.newDatabase("account_plans", Map.of()), directory)) {
      Migrations.run(database.dataSource());
      hold(database.dataSource());
    }
  }

  private void hold(DataSource dataSource) throws SQLException {
    fill(dataSource);
    String middle = userId(ACCOUNTS / 2);
    Plans.holdNoScan(dataSource, 2 * PAGE, c -> store.page(c, app, "", "", PAGE));
    Plans.holdNoScan(dataSource, 2 * PAGE, c -> store.page(c, app, "", middle, PAGE));
    Plans.holdNoScan(dataSource, 2 * PAGE, c -> store.page(c, app, "user", middle, PAGE));
    Plans.holdNoScan(dataSource, PAGE, c -> store.page(c, app, middle, "", PAGE));
    Plans.holdNoScan(dataSource, PAGE, c -> store.page(c, app, "nobody", "", PAGE));
    try (Connection connection = dataSource.getConnection()) {
      assertEquals(PAGE, store.page(connection, app, "user", middle, PAGE).size());
      assertEquals(1, store.page(connection, app, middle, "", PAGE).size());
      measure(connection);
    }
  }

  private void measure(Connection connection) throws SQLException {
    List<Long> micros = new ArrayList<>();
    for (int i = 0; i < RUNS; i++) {
      String after = userId(ThreadLocalRandom.current().nextInt(ACCOUNTS - PAGE));
      long begun = System.nanoTime();
      var _ = store.page(connection, app, "", after, PAGE);
      micros.add((System.nanoTime() - begun) / 1000);
    }
    micros.sort(Long::compare);
    if (ACCOUNTS >= 1_000_000) {
      System.out.printf(
          "a page of %d among %,d accounts: p50 %d µs, p99 %d µs%n",
          PAGE, ACCOUNTS, micros.get(RUNS / 2), micros.get(RUNS * 99 / 100));
    }
    assertTrue(micros.get(RUNS / 2) < MOST_MICROS, () -> "p50 " + micros.get(RUNS / 2) + " µs");
  }

  private void fill(DataSource dataSource) throws SQLException {
    try (Connection connection = dataSource.getConnection()) {
      connection.setAutoCommit(false);
      try (PreparedStatement insert =
          connection.prepareStatement(
              "INSERT INTO account (app_id, user_id, subject_ref, created_at)"
                  + " VALUES (?, ?, UNHEX(MD5(RAND())), NOW(6))"
                  + ", (?, ?, UNHEX(MD5(RAND())), NOW(6))".repeat(99))) {
        for (int i = 0; i < ACCOUNTS; i += 100) {
          for (int row = 0; row < 100; row++) {
            insert.setLong(2 * row + 1, app);
            insert.setString(2 * row + 2, userId(i + row));
          }
          insert.executeUpdate();
        }
      }
      connection.commit();
      connection.setAutoCommit(true);
      try (Statement statement = connection.createStatement()) {
        statement.execute("ANALYZE TABLE account");
      }
    }
  }

  private static String userId(int number) {
    return "user-%07d".formatted(number);
  }
}
