package im.palisade.server.groupmessage;

import im.palisade.server.store.Sql;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * SQL of receipts. Who could read a message is everybody who belonged to the group when it was
 * sent, but for its sender: that follows from the memberships, so a send writes nothing for it.
 */
final class ReceiptStore {
  private static final Sql COUNTS =
      new Sql(
          """
          SELECT seq, COUNT(*) FROM message_reader
          WHERE conversation_id = ? AND seq IN (\
          """,
          "?",
          ") GROUP BY seq");

  /** Whether the account belonged when the message came; joining twice is one reader. */
  private static final String BELONGED =
      """
      SELECT account_id FROM group_member
      WHERE conversation_id = ? AND from_seq <= ? AND account_id <> ?
      UNION
      SELECT account_id FROM group_past_member
      WHERE conversation_id = ? AND from_seq <= ? AND to_seq >= ? AND account_id <> ?
      """;

  /** A reader with its place in the order of pages. */
  record Reader(long accountId, String userId) {}

  /** How many have read each of these messages; those without any are missing. */
  Map<Long, Integer> readers(Connection connection, long conversationId, List<Long> seqs)
      throws SQLException {
    Map<Long, Integer> counts = new HashMap<>();
    COUNTS.select(
        connection,
        List.of(conversationId),
        seqs,
        Sql.ID,
        row -> counts.put(row.getLong(1), row.getInt(2)));
    return counts;
  }

  /** How many could read a message. */
  int audience(Connection connection, long conversationId, long seq, long senderId)
      throws SQLException {
    try (PreparedStatement select =
        connection.prepareStatement("SELECT COUNT(*) FROM (" + BELONGED + ") reader")) {
      bind(select, 1, conversationId, seq, senderId);
      try (ResultSet rows = select.executeQuery()) {
        rows.next();
        return rows.getInt(1);
      }
    }
  }

  /** Those of the messages that came while the account belonged to the group. */
  Set<Long> belonged(Connection connection, long conversationId, long accountId, List<Long> seqs)
      throws SQLException {
    Set<Long> found = new HashSet<>();
    try (PreparedStatement select =
        connection.prepareStatement(
            """
            SELECT from_seq, 4294967295 FROM group_member
            WHERE conversation_id = ? AND account_id = ?
            UNION ALL
            SELECT from_seq, to_seq FROM group_past_member
            WHERE conversation_id = ? AND account_id = ?
            """)) {
      select.setLong(1, conversationId);
      select.setLong(2, accountId);
      select.setLong(3, conversationId);
      select.setLong(4, accountId);
      try (ResultSet rows = select.executeQuery()) {
        while (rows.next()) {
          for (long seq : seqs) {
            if (seq >= rows.getLong(1) && seq <= rows.getLong(2)) {
              found.add(seq);
            }
          }
        }
      }
    }
    return found;
  }

  /** Notes a reader; false when it was noted before. */
  boolean read(Connection connection, long conversationId, long seq, long accountId, long now)
      throws SQLException {
    try (PreparedStatement insert =
        connection.prepareStatement(
            """
            INSERT IGNORE INTO message_reader (conversation_id, seq, account_id, read_at)
            VALUES (?, ?, ?, ?)
            """)) {
      insert.setLong(1, conversationId);
      insert.setLong(2, seq);
      insert.setLong(3, accountId);
      insert.setLong(4, now);
      return insert.executeUpdate() > 0;
    }
  }

  /** Who has read a message, in the order of accounts. */
  List<Reader> readBy(Connection connection, long conversationId, long seq, long after, int limit)
      throws SQLException {
    try (PreparedStatement select =
        connection.prepareStatement(
            """
            SELECT reader.account_id, account.user_id
            FROM message_reader reader JOIN account ON account.id = reader.account_id
            WHERE reader.conversation_id = ? AND reader.seq = ? AND reader.account_id > ?
            ORDER BY reader.account_id LIMIT ?
            """)) {
      select.setLong(1, conversationId);
      select.setLong(2, seq);
      select.setLong(3, after);
      select.setInt(4, limit);
      return list(select);
    }
  }

  /** Who could read a message and has not, in the order of accounts. */
  List<Reader> notReadBy(
      Connection connection, long conversationId, long seq, long senderId, long after, int limit)
      throws SQLException {
    try (PreparedStatement select =
        connection.prepareStatement(
            "SELECT reader.account_id, account.user_id FROM ("
                + BELONGED
                + """
                ) reader JOIN account ON account.id = reader.account_id
                WHERE reader.account_id > ? AND NOT EXISTS (
                  SELECT 1 FROM message_reader done WHERE done.conversation_id = ?
                    AND done.seq = ? AND done.account_id = reader.account_id)
                ORDER BY reader.account_id LIMIT ?
                """)) {
      int at = bind(select, 1, conversationId, seq, senderId);
      select.setLong(at++, after);
      select.setLong(at++, conversationId);
      select.setLong(at++, seq);
      select.setInt(at, limit);
      return list(select);
    }
  }

  private static int bind(
      PreparedStatement select, int first, long conversationId, long seq, long senderId)
      throws SQLException {
    int at = first;
    select.setLong(at++, conversationId);
    select.setLong(at++, seq);
    select.setLong(at++, senderId);
    select.setLong(at++, conversationId);
    select.setLong(at++, seq);
    select.setLong(at++, seq);
    select.setLong(at++, senderId);
    return at;
  }

  private static List<Reader> list(PreparedStatement select) throws SQLException {
    List<Reader> readers = new ArrayList<>();
    try (ResultSet rows = select.executeQuery()) {
      while (rows.next()) {
        readers.add(
            new Reader(rows.getLong(1), new String(rows.getBytes(2), StandardCharsets.UTF_8)));
      }
    }
    return readers;
  }
}
