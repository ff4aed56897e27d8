package im.palisade.server.message;

import im.palisade.server.message.Broadcasts.Draft;
import im.palisade.server.message.Broadcasts.Place;
import im.palisade.server.message.Broadcasts.Range;
import im.palisade.server.store.Sql;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** SQL of messages whose conversation has no pair; their sender is no account, so it is 0. */
final class BroadcastStore {
  private static final Sql FIND =
      new Sql(
          "SELECT "
              + MessageStore.COLUMNS
              + " FROM message WHERE conversation_id = ? AND time >= ? AND (seq, time) IN (",
          "(?, ?)",
          ") ORDER BY seq");

  private static final List<String> BESIDE = List.of("message_change", "message_extension");

  void insert(
      Connection connection, long conversationId, Place place, long counted, int flags, Draft draft)
      throws SQLException {
    try (PreparedStatement insert =
        connection.prepareStatement(
            """
            INSERT INTO message
              (conversation_id, seq, sender_id, time, msg_seq, random, counted, flags, operator_id,
               request_id, content)
            VALUES (?, ?, 0, ?, ?, ?, ?, ?, ?, ?, ?)
            """)) {
      insert.setLong(1, conversationId);
      insert.setLong(2, place.seq());
      insert.setLong(3, place.time());
      insert.setLong(4, place.seq());
      insert.setLong(5, draft.random());
      insert.setLong(6, counted);
      insert.setInt(7, flags);
      insert.setLong(8, draft.operatorId());
      insert.setBytes(9, draft.requestId().getBytes(StandardCharsets.UTF_8));
      insert.setBytes(10, MessageContent.encode(draft.body(), draft.offlinePush()));
      insert.executeUpdate();
    }
  }

  /** Those of the messages that are there. */
  List<StoredMessage> find(
      Connection connection, long conversationId, List<Place> places, long notBefore)
      throws SQLException {
    int size = Sql.padded(places.size());
    try (PreparedStatement select = connection.prepareStatement(FIND.exactly(size))) {
      select.setLong(1, conversationId);
      select.setLong(2, notBefore);
      for (int i = 0; i < size; i++) {
        Place place = places.get(Math.min(i, places.size() - 1));
        select.setLong(3 + 2 * i, place.seq());
        select.setLong(4 + 2 * i, place.time());
      }
      return MessageStore.rows(select);
    }
  }

  List<StoredMessage> page(
      Connection connection, long conversationId, Range range, long notBefore, int limit)
      throws SQLException {
    try (PreparedStatement select =
        connection.prepareStatement(
            "SELECT "
                + MessageStore.COLUMNS
                + """
                 FROM message FORCE INDEX (PRIMARY)
                WHERE conversation_id = ? AND seq < ? AND seq > ? AND time >= ? AND flags & ? = 0
                ORDER BY seq\
                """
                + (range.newestFirst() ? " DESC" : "")
                + " LIMIT ?")) {
      select.setLong(1, conversationId);
      select.setLong(2, range.before());
      select.setLong(3, range.after());
      select.setLong(4, notBefore);
      select.setInt(5, range.withRecalled() ? 0 : MessageFlags.RECALLED);
      select.setInt(6, limit);
      return MessageStore.rows(select);
    }
  }

  /** One short range of the primary key per conversation, on one connection. */
  Map<Long, Integer> unread(Connection connection, Map<Long, Long> positions, long notBefore)
      throws SQLException {
    Map<Long, Integer> unread = new HashMap<>();
    try (PreparedStatement select =
        connection.prepareStatement(
            """
            SELECT COUNT(*) FROM (
              SELECT 1 FROM message FORCE INDEX (PRIMARY)
              WHERE conversation_id = ? AND seq > ? AND time >= ? AND flags & ? = ? LIMIT ?) news
            """)) {
      for (Map.Entry<Long, Long> position : positions.entrySet()) {
        select.setLong(1, position.getKey());
        select.setLong(2, position.getValue());
        select.setLong(3, notBefore);
        select.setInt(4, MessageFlags.COUNTED | MessageFlags.RECALLED);
        select.setInt(5, MessageFlags.COUNTED);
        select.setInt(6, UnreadStore.MOST);
        try (ResultSet rows = select.executeQuery()) {
          rows.next();
          unread.put(position.getKey(), rows.getInt(1));
        }
      }
    }
    return unread;
  }

  /** Sequences and times grow together here, but for a clock that was set back. */
  long position(Connection connection, long conversationId, long second) throws SQLException {
    try (PreparedStatement select =
        connection.prepareStatement(
            """
            SELECT COALESCE(
              (SELECT MIN(seq) - 1 FROM message FORCE INDEX (message_time)
               WHERE conversation_id = ? AND time > ?),
              (SELECT last_seq FROM conversation WHERE id = ?), 0)
            """)) {
      select.setLong(1, conversationId);
      select.setLong(2, second);
      select.setLong(3, conversationId);
      try (ResultSet rows = select.executeQuery()) {
        rows.next();
        return rows.getLong(1);
      }
    }
  }

  int deleteSome(Connection connection, long conversationId, int limit) throws SQLException {
    List<Long> seqs = new ArrayList<>();
    try (PreparedStatement select =
        connection.prepareStatement(
            "SELECT seq FROM message WHERE conversation_id = ? ORDER BY seq LIMIT ?")) {
      select.setLong(1, conversationId);
      select.setInt(2, limit);
      try (ResultSet rows = select.executeQuery()) {
        while (rows.next()) {
          seqs.add(rows.getLong(1));
        }
      }
    }
    if (seqs.isEmpty()) {
      forgetRemoved(connection, conversationId);
      return 0;
    }
    deleteUpTo(connection, "message", conversationId, seqs.getLast());
    for (String table : BESIDE) {
      deleteUpTo(connection, table, conversationId, seqs.getLast());
    }
    return seqs.size();
  }

  private static void forgetRemoved(Connection connection, long conversationId)
      throws SQLException {
    try (PreparedStatement delete =
        connection.prepareStatement("DELETE FROM message_removed WHERE conversation_id = ?")) {
      delete.setLong(1, conversationId);
      delete.executeUpdate();
    }
  }

  private static void deleteUpTo(Connection connection, String table, long conversationId, long seq)
      throws SQLException {
    try (PreparedStatement delete =
        connection.prepareStatement(
            "DELETE FROM " + table + " WHERE conversation_id = ? AND seq <= ?")) {
      delete.setLong(1, conversationId);
      delete.setLong(2, seq);
      delete.executeUpdate();
    }
  }
}
