package im.palisade.server.conversation;

import static org.junit.jupiter.api.Assertions.assertEquals;

import im.palisade.server.store.DataDirectory;
import im.palisade.server.store.Database;
import im.palisade.server.store.Migrations;
import im.palisade.server.testing.Plans;
import im.palisade.server.testing.TestDatabase;
import im.palisade.server.testing.TestMySql;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.ResourceLock;

/**
 * An account's list is read by index, however many conversations others have; on both databases.
 */
class RecentContactPlansTest {
  private static final int OWNERS = 10;
  private static final int CONTACTS = 150;
  private static final int PAGE = 100;

  /** Ids nobody else has. */
  private final long first = 1_000_000_000L + ThreadLocalRandom.current().nextLong(1L << 40);

  private final RecentContactStore store = new RecentContactStore();

  @Test
  void onMariaDbAListReadsTheAccountsOwnConversationsOnly() throws SQLException {
    holdPlans(TestDatabase.dataSource());
  }

  @Test
  @ResourceLock(TestMySql.SERVER)
  void onMySqlAListReadsTheAccountsOwnConversationsOnly() throws SQLException {
    try (DataDirectory directory = DataDirectory.open(TestDatabase.newDirectory());
        Database database =
            Database.open(TestMySql.newDatabase("contact_plans", Map.of()), directory)) {
      Migrations.run(database.dataSource());
      holdPlans(database.dataSource());
    }
  }

  private void holdPlans(DataSource dataSource) throws SQLException {
    fill(dataSource);
    // Of each conversation: member, conversation, peer, last message, pin, and the sorting.
    Plans.holdNoScan(dataSource, 10 * CONTACTS, c -> store.list(c, first, PAGE));
    try (Connection connection = dataSource.getConnection()) {
      assertEquals(PAGE, store.list(connection, first, PAGE).size());
      assertEquals(0, store.groups(connection, first, PAGE, false).size());
      assertEquals(0, store.groups(connection, first, PAGE, true).size());
      assertEquals(0, store.groupsOf(connection, first, "g", first).size());
    }
  }

  private void fill(DataSource dataSource) throws SQLException {
    try (Connection connection = dataSource.getConnection()) {
      connection.setAutoCommit(false);
      // Highest first: what others insert meanwhile is numbered above it.
      for (int i = OWNERS + CONTACTS - 1; i >= 0; i--) {
        insert(
            connection,
            """
            INSERT INTO account (id, app_id, user_id, subject_ref, created_at)
            VALUES (?, ?, ?, ?, '2026-01-01')
            """,
            first + i,
            first,
            ("u" + i).getBytes(StandardCharsets.UTF_8),
            new byte[16]);
      }
      for (int owner = OWNERS - 1; owner >= 0; owner--) {
        for (int contact = CONTACTS - 1; contact >= 0; contact--) {
          converse(connection, first + owner, first + OWNERS + contact);
        }
      }
      connection.commit();
      connection.setAutoCommit(true);
      try (Statement statement = connection.createStatement()) {
        statement.execute("ANALYZE TABLE account, conversation, member, message");
      }
    }
  }

  private void converse(Connection connection, long one, long other) throws SQLException {
    long id = first + (one - first) * CONTACTS + other;
    insert(
        connection,
        """
        INSERT INTO conversation
          (id, app_id, kind, account_1, account_2, last_seq, last_time, shown_1, shown_2)
        VALUES (?, ?, 1, ?, ?, 1, 7, 1, 1)
        """,
        id,
        first,
        one,
        other);
    for (long account : new long[] {one, other}) {
      insert(
          connection,
          "INSERT INTO member (account_id, conversation_id) VALUES (?, ?)",
          account,
          id);
    }
    insert(
        connection,
        """
        INSERT INTO message
          (conversation_id, seq, sender_id, time, msg_seq, random, counted, flags, content)
        VALUES (?, 1, ?, 7, 1, 1, 1, 3, X'020078')
        """,
        id,
        one);
  }

  private static void insert(Connection connection, String sql, Object... values)
      throws SQLException {
    try (PreparedStatement insert = connection.prepareStatement(sql)) {
      for (int i = 0; i < values.length; i++) {
        insert.setObject(i + 1, values[i]);
      }
      insert.executeUpdate();
    }
  }
}
