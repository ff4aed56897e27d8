package im.palisade.server.official;

import static im.palisade.server.official.OfficialStore.text;
import static im.palisade.server.official.OfficialStore.utf8;

import im.palisade.server.store.Sql;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** SQL of subscriptions. */
final class SubscriberStore {
  private static final Sql AMONG =
      new Sql(
          "SELECT account_id FROM official_subscriber WHERE conversation_id = ? AND account_id IN"
              + " (",
          "?",
          ")");

  /** Reads no more than the entries of these accounts in an index that holds nothing else. */
  private static final Sql COUNTS =
      new Sql(
          """
          SELECT account_id, COUNT(*) FROM official_subscriber FORCE INDEX (official_subscriber_of)
          WHERE account_id IN (\
          """,
          "?",
          ") GROUP BY account_id");

  private static final Sql INSERT =
      new Sql(
          """
          INSERT INTO official_subscriber
            (conversation_id, number, account_id, subscribed_at, clear_seq, read_seq, hidden_seq)
          VALUES \
          """,
          "(?, ?, ?, ?, ?, ?, ?)",
          "");

  private static final Sql DELETE =
      new Sql(
          "DELETE FROM official_subscriber WHERE conversation_id = ? AND account_id IN (",
          "?",
          ")");

  private static final Sql UNPIN =
      new Sql(
          "DELETE FROM pinned_conversation WHERE conversation_id = ? AND account_id IN (",
          "?",
          ")");

  /** Those of the accounts that are subscribers. */
  Set<Long> among(Connection connection, long conversationId, Collection<Long> accountIds)
      throws SQLException {
    Set<Long> found = new HashSet<>();
    AMONG.select(
        connection, List.of(conversationId), accountIds, Sql.ID, row -> found.add(row.getLong(1)));
    return found;
  }

  /** How many subscriptions these accounts have; one that has none is missing. */
  Map<Long, Integer> counts(Connection connection, Collection<Long> accountIds)
      throws SQLException {
    Map<Long, Integer> counts = new HashMap<>();
    COUNTS.select(
        connection,
        List.of(),
        accountIds,
        Sql.ID,
        row -> counts.put(row.getLong(1), row.getInt(2)));
    return counts;
  }

  /**
   * Subscribes accounts to a held official account; what was published before is not theirs.
   *
   * @param now UNIX seconds
   */
  void insert(Connection connection, OfficialAccount to, List<Long> accountIds, long now)
      throws SQLException {
    long number = takeNumbers(connection, to.conversationId(), accountIds.size());
    List<long[]> rows = new ArrayList<>();
    for (long accountId : accountIds) {
      rows.add(new long[] {++number, accountId});
    }
    INSERT.update(
        connection,
        List.of(),
        rows,
        (insert, at, row) -> {
          insert.setLong(at, to.conversationId());
          insert.setLong(at + 1, row[0]);
          insert.setLong(at + 2, row[1]);
          insert.setLong(at + 3, now);
          insert.setLong(at + 4, to.lastSeq());
          insert.setLong(at + 5, to.lastSeq());
          insert.setLong(at + 6, to.lastSeq());
          return at + 7;
        });
  }

  /** Ends subscriptions to a held official account. */
  void delete(Connection connection, long conversationId, Collection<Long> accountIds)
      throws SQLException {
    int deleted = DELETE.update(connection, List.of(conversationId), accountIds, Sql.ID);
    UNPIN.update(connection, List.of(conversationId), accountIds, Sql.ID);
    try (PreparedStatement update =
        connection.prepareStatement(
            """
            UPDATE official_account SET subscribers = subscribers - ? WHERE conversation_id = ?
            """)) {
      update.setInt(1, deleted);
      update.setLong(2, conversationId);
      update.executeUpdate();
    }
  }

  /** Ends every subscription of an account that is being deleted. */
  void forget(Connection connection, long accountId) throws SQLException {
    try (PreparedStatement update =
            connection.prepareStatement(
                """
                UPDATE official_account o
                JOIN official_subscriber s ON s.conversation_id = o.conversation_id
                SET o.subscribers = o.subscribers - 1 WHERE s.account_id = ?
                """);
        PreparedStatement delete =
            connection.prepareStatement("DELETE FROM official_subscriber WHERE account_id = ?")) {
      update.setLong(1, accountId);
      update.executeUpdate();
      delete.setLong(1, accountId);
      delete.executeUpdate();
    }
  }

  /** Sets what the app notes of a subscription; false when there is none. */
  boolean setCustom(Connection connection, long conversationId, long accountId, String custom)
      throws SQLException {
    if (among(connection, conversationId, List.of(accountId)).isEmpty()) {
      return false;
    }
    try (PreparedStatement update =
        connection.prepareStatement(
            """
            UPDATE official_subscriber SET custom = ? WHERE account_id = ? AND conversation_id = ?
            """)) {
      update.setBytes(1, utf8(custom));
      update.setLong(2, accountId);
      update.setLong(3, conversationId);
      update.executeUpdate();
      return true;
    }
  }

  void setMsgFlag(Connection connection, long conversationId, long accountId, int msgFlag)
      throws SQLException {
    try (PreparedStatement update =
        connection.prepareStatement(
            """
            UPDATE official_subscriber SET msg_flag = ?
            WHERE account_id = ? AND conversation_id = ?
            """)) {
      update.setInt(1, msgFlag);
      update.setLong(2, accountId);
      update.setLong(3, conversationId);
      update.executeUpdate();
    }
  }

  /** Subscribers behind a number, in the order of subscription. */
  List<Subscriber> page(Connection connection, long conversationId, long after, int limit)
      throws SQLException {
    try (PreparedStatement select =
        connection.prepareStatement(
            """
            SELECT s.number, account.user_id, s.subscribed_at, s.custom, s.msg_flag
            FROM official_subscriber s FORCE INDEX (PRIMARY)
            JOIN account ON account.id = s.account_id
            WHERE s.conversation_id = ? AND s.number > ? ORDER BY s.number LIMIT ?
            """)) {
      select.setLong(1, conversationId);
      select.setLong(2, after);
      select.setInt(3, limit);
      List<Subscriber> page = new ArrayList<>();
      try (ResultSet rows = select.executeQuery()) {
        while (rows.next()) {
          page.add(
              new Subscriber(
                  rows.getLong(1),
                  text(rows.getBytes(2)),
                  rows.getLong(3),
                  text(rows.getBytes(4)),
                  rows.getInt(5)));
        }
      }
      return page;
    }
  }

  /**
   * Who is to be told of something.
   *
   * @param clearSeq messages up to it are not this account's
   */
  record Receiver(long number, long accountId, int msgFlag, long clearSeq) {}

  /** Receivers behind a number: every subscriber once per message, a page at a time. */
  List<Receiver> receivers(Connection connection, long conversationId, long after, int limit)
      throws SQLException {
    try (PreparedStatement select =
        connection.prepareStatement(
            """
            SELECT number, account_id, msg_flag, clear_seq
            FROM official_subscriber FORCE INDEX (PRIMARY)
            WHERE conversation_id = ? AND number > ? ORDER BY number LIMIT ?
            """)) {
      select.setLong(1, conversationId);
      select.setLong(2, after);
      select.setInt(3, limit);
      List<Receiver> page = new ArrayList<>();
      try (ResultSet rows = select.executeQuery()) {
        while (rows.next()) {
          page.add(new Receiver(rows.getLong(1), rows.getLong(2), rows.getInt(3), rows.getLong(4)));
        }
      }
      return page;
    }
  }

  /** An official account as one of its subscribers sees it. */
  record Subscription(OfficialAccount account, long subscribedAt, String custom) {}

  /** A user's subscriptions, the oldest first. A user has few enough to sort them. */
  List<Subscription> ofUser(Connection connection, long accountId, int offset, int limit)
      throws SQLException {
    try (PreparedStatement select =
        connection.prepareStatement(
            "SELECT "
                + OfficialStore.COLUMNS
                + ", s.subscribed_at, s.custom FROM"
                + OfficialStore.TABLES
                + """
                 JOIN official_subscriber s ON s.conversation_id = o.conversation_id
                WHERE s.account_id = ? AND o.gone_id = 0
                ORDER BY s.subscribed_at, s.conversation_id LIMIT ? OFFSET ?
                """)) {
      select.setLong(1, accountId);
      select.setInt(2, limit);
      select.setInt(3, offset);
      List<Subscription> page = new ArrayList<>();
      try (ResultSet rows = select.executeQuery()) {
        while (rows.next()) {
          page.add(
              new Subscription(
                  OfficialStore.account(rows), rows.getLong(14), text(rows.getBytes(15))));
        }
      }
      return page;
    }
  }

  int countOfUser(Connection connection, long accountId) throws SQLException {
    try (PreparedStatement select =
        connection.prepareStatement(
            """
            SELECT COUNT(*) FROM official_subscriber s
            JOIN official_account o ON o.conversation_id = s.conversation_id
            WHERE s.account_id = ? AND o.gone_id = 0
            """)) {
      select.setLong(1, accountId);
      try (ResultSet rows = select.executeQuery()) {
        rows.next();
        return rows.getInt(1);
      }
    }
  }

  /** Deletes some subscriptions to a destroyed official account; returns how many. */
  int deleteSome(Connection connection, long conversationId, int limit) throws SQLException {
    List<Receiver> some = receivers(connection, conversationId, 0, limit);
    if (!some.isEmpty()) {
      delete(connection, conversationId, some.stream().map(Receiver::accountId).toList());
    }
    return some.size();
  }

  private static long takeNumbers(Connection connection, long conversationId, int count)
      throws SQLException {
    try (PreparedStatement update =
            connection.prepareStatement(
                """
                UPDATE official_account
                SET last_subscriber = last_subscriber + ?, subscribers = subscribers + ?
                WHERE conversation_id = ?
                """);
        PreparedStatement select =
            connection.prepareStatement(
                "SELECT last_subscriber FROM official_account WHERE conversation_id = ?")) {
      update.setInt(1, count);
      update.setInt(2, count);
      update.setLong(3, conversationId);
      update.executeUpdate();
      select.setLong(1, conversationId);
      try (ResultSet rows = select.executeQuery()) {
        rows.next();
        return rows.getLong(1) - count;
      }
    }
  }
}
