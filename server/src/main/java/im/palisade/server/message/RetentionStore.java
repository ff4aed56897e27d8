package im.palisade.server.message;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/** SQL of the deletion of messages whose time is over. */
final class RetentionStore {
  private static final List<String> TABLES =
      List.of(
          "message",
          "message_change",
          "message_extension",
          "message_target",
          "message_mention",
          "message_reader",
          "message_hidden");

  /** Messages one after another by sequence, both ends included. */
  record Run(long fromSeq, long toSeq) {
    long size() {
      return toSeq - fromSeq + 1;
    }
  }

  /** Conversations that may hold messages from before a second, those with the oldest first. */
  List<Long> due(Connection connection, long appId, long before, int limit) throws SQLException {
    try (PreparedStatement select =
        connection.prepareStatement(
            """
            SELECT id FROM conversation FORCE INDEX (conversation_oldest)
            WHERE app_id = ? AND oldest_time < ? ORDER BY oldest_time LIMIT ?
            """)) {
      select.setLong(1, appId);
      select.setLong(2, before);
      select.setInt(3, limit);
      try (ResultSet rows = select.executeQuery()) {
        List<Long> ids = new ArrayList<>();
        while (rows.next()) {
          ids.add(rows.getLong(1));
        }
        return ids;
      }
    }
  }

  /**
   * Deletes up to {@code limit} messages of a locked conversation from before a second, with what
   * hangs on them; returns how many. Imports may lie out of order, so what goes is found by time
   * and deleted by runs of the primary key.
   */
  int delete(Connection connection, long conversationId, long before, int limit, long nowMillis)
      throws SQLException {
    List<Run> runs = runs(connection, conversationId, before, limit);
    int deleted = 0;
    for (Run run : runs) {
      for (String table : TABLES) {
        deleteRun(connection, table, conversationId, run);
      }
      deleted += (int) run.size();
    }
    if (!runs.isEmpty()) {
      note(connection, conversationId, runs, nowMillis);
    }
    return deleted;
  }

  /**
   * Notes where a conversation begins now.
   *
   * @param nothingBefore UNIX seconds that no later message will be older than, for a conversation
   *     without any
   */
  void settle(Connection connection, long conversationId, long nothingBefore) throws SQLException {
    try (PreparedStatement update =
            connection.prepareStatement(
                """
                UPDATE conversation SET
                  first_seq = GREATEST(first_seq, COALESCE(
                    (SELECT MIN(seq) FROM message WHERE conversation_id = ?), last_seq + 1)),
                  oldest_time = COALESCE(
                    (SELECT MIN(time) FROM message WHERE conversation_id = ?), ?)
                WHERE id = ?
                """);
        PreparedStatement absorb =
            connection.prepareStatement(
                """
                DELETE FROM message_removed WHERE conversation_id = ?
                  AND to_seq < (SELECT first_seq FROM conversation WHERE id = ?)
                """)) {
      update.setLong(1, conversationId);
      update.setLong(2, conversationId);
      update.setLong(3, nothingBefore);
      update.setLong(4, conversationId);
      update.executeUpdate();
      absorb.setLong(1, conversationId);
      absorb.setLong(2, conversationId);
      absorb.executeUpdate();
    }
  }

  /** A conversation's kind as it is stored: 1 a pair, 2 a group, 3 a topic. */
  int kind(Connection connection, long conversationId) throws SQLException {
    return (int) number(connection, "SELECT kind FROM conversation WHERE id = ?", conversationId);
  }

  /** Where a conversation begins. */
  long firstSeq(Connection connection, long conversationId) throws SQLException {
    return number(connection, "SELECT first_seq FROM conversation WHERE id = ?", conversationId);
  }

  private static long number(Connection connection, String sql, long conversationId)
      throws SQLException {
    try (PreparedStatement select = connection.prepareStatement(sql)) {
      select.setLong(1, conversationId);
      try (ResultSet rows = select.executeQuery()) {
        rows.next();
        return rows.getLong(1);
      }
    }
  }

  private static List<Run> runs(Connection connection, long conversationId, long before, int limit)
      throws SQLException {
    List<Long> seqs = new ArrayList<>();
    try (PreparedStatement select =
        connection.prepareStatement(
            """
            SELECT seq FROM message FORCE INDEX (message_time)
            WHERE conversation_id = ? AND time < ? ORDER BY time, msg_seq, seq LIMIT ?
            """)) {
      select.setLong(1, conversationId);
      select.setLong(2, before);
      select.setInt(3, limit);
      try (ResultSet rows = select.executeQuery()) {
        while (rows.next()) {
          seqs.add(rows.getLong(1));
        }
      }
    }
    seqs.sort(null);
    List<Run> runs = new ArrayList<>();
    for (long seq : seqs) {
      if (!runs.isEmpty() && runs.getLast().toSeq() == seq - 1) {
        runs.set(runs.size() - 1, new Run(runs.getLast().fromSeq(), seq));
      } else {
        runs.add(new Run(seq, seq));
      }
    }
    return runs;
  }

  private static void deleteRun(Connection connection, String table, long conversationId, Run run)
      throws SQLException {
    try (PreparedStatement delete =
        connection.prepareStatement(
            "DELETE FROM " + table + " WHERE conversation_id = ? AND seq BETWEEN ? AND ?")) {
      delete.setLong(1, conversationId);
      delete.setLong(2, run.fromSeq());
      delete.setLong(3, run.toSeq());
      delete.executeUpdate();
    }
  }

  private static void note(
      Connection connection, long conversationId, List<Run> runs, long nowMillis)
      throws SQLException {
    try (PreparedStatement insert =
        connection.prepareStatement(
            """
            INSERT INTO message_removed (conversation_id, from_seq, to_seq, removed_at)
            VALUES (?, ?, ?, ?)
            """)) {
      for (Run run : runs) {
        insert.setLong(1, conversationId);
        insert.setLong(2, run.fromSeq());
        insert.setLong(3, run.toSeq());
        insert.setLong(4, nowMillis);
        insert.addBatch();
      }
      insert.executeBatch();
    }
  }
}
