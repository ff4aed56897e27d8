package im.palisade.server.message;

import im.palisade.server.store.Sql;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** SQL of later changes to stored messages; {@link MessageChanges} decides when. */
final class ChangeStore {
  private static final Sql FIND =
      new Sql(
          "SELECT "
              + MessageStore.COLUMNS
              + """
               FROM message FORCE INDEX (message_time)
              WHERE conversation_id = ? AND time >= ? AND (time, msg_seq) IN (\
              """,
          "(?, ?)",
          ") ORDER BY seq");

  private static final Sql BY_SEQS =
      new Sql(
          "SELECT "
              + MessageStore.COLUMNS
              + " FROM message WHERE conversation_id = ? AND time >= ? AND seq IN (",
          "?",
          ") ORDER BY seq");

  private static final Sql FLAGS =
      new Sql(
          """
          UPDATE message SET flags = (flags | ?) & ~?
          WHERE conversation_id = ? AND seq IN (\
          """,
          "?",
          ")");

  private static final Sql MARK =
      new Sql(
          "INSERT INTO message_change (conversation_id, change_seq, seq) VALUES ",
          "(?, ?, ?)",
          " ON DUPLICATE KEY UPDATE change_seq = VALUES(change_seq)");

  /** Locks a conversation until the transaction ends; its change_seq, empty when there is none. */
  OptionalLong lock(Connection connection, long conversationId) throws SQLException {
    try (PreparedStatement select =
        connection.prepareStatement(
            "SELECT change_seq FROM conversation WHERE id = ? FOR UPDATE")) {
      select.setLong(1, conversationId);
      try (ResultSet rows = select.executeQuery()) {
        return rows.next() ? OptionalLong.of(rows.getLong(1)) : OptionalLong.empty();
      }
    }
  }

  void saveChangeSeq(Connection connection, long conversationId, long changeSeq)
      throws SQLException {
    try (PreparedStatement update =
        connection.prepareStatement("UPDATE conversation SET change_seq = ? WHERE id = ?")) {
      update.setLong(1, changeSeq);
      update.setLong(2, conversationId);
      update.executeUpdate();
    }
  }

  /**
   * Messages with one of these keys, from either side, in the order of their sequences.
   *
   * @param keys 1–{@link Sql#MAX_ROWS}
   * @param notBefore UNIX seconds where the app's retention begins
   */
  List<StoredMessage> find(
      Connection connection, long conversationId, Collection<MsgKey> keys, long notBefore)
      throws SQLException {
    List<MsgKey> wanted = List.copyOf(keys);
    int size = Sql.padded(wanted.size());
    try (PreparedStatement select = connection.prepareStatement(FIND.exactly(size))) {
      select.setLong(1, conversationId);
      select.setLong(2, notBefore);
      for (int i = 0; i < size; i++) {
        MsgKey key = wanted.get(Math.min(i, wanted.size() - 1));
        select.setLong(3 + 2 * i, key.time());
        select.setLong(4 + 2 * i, key.msgSeq());
      }
      return MessageStore.rows(select).stream()
          .filter(message -> wanted.contains(message.key()))
          .toList();
    }
  }

  /** Messages by their sequences, in their order. */
  List<StoredMessage> bySeqs(
      Connection connection, long conversationId, Collection<Long> seqs, long notBefore)
      throws SQLException {
    List<Long> wanted = List.copyOf(seqs);
    if (wanted.isEmpty()) {
      return List.of();
    }
    int size = Sql.padded(wanted.size());
    try (PreparedStatement select = connection.prepareStatement(BY_SEQS.exactly(size))) {
      select.setLong(1, conversationId);
      select.setLong(2, notBefore);
      for (int i = 0; i < size; i++) {
        select.setLong(3 + i, wanted.get(Math.min(i, wanted.size() - 1)));
      }
      return MessageStore.rows(select);
    }
  }

  /** A sender's messages among the last so many sequences of a conversation. */
  List<StoredMessage> newestOf(
      Connection connection, long conversationId, long senderId, int sequences, long notBefore)
      throws SQLException {
    try (PreparedStatement select =
        connection.prepareStatement(
            "SELECT "
                + MessageStore.COLUMNS
                + """
                 FROM message WHERE conversation_id = ? AND sender_id = ? AND time >= ?
                  AND seq > (SELECT CAST(last_seq AS SIGNED) - ? FROM conversation WHERE id = ?)
                ORDER BY seq
                """)) {
      select.setLong(1, conversationId);
      select.setLong(2, senderId);
      select.setLong(3, notBefore);
      select.setInt(4, sequences);
      select.setLong(5, conversationId);
      return MessageStore.rows(select);
    }
  }

  /** A message's content as it is stored. */
  byte[] content(Connection connection, StoredMessage message) throws SQLException {
    try (PreparedStatement select =
        connection.prepareStatement(
            "SELECT content FROM message WHERE conversation_id = ? AND seq = ?")) {
      select.setLong(1, message.conversationId());
      select.setLong(2, message.seq());
      try (ResultSet rows = select.executeQuery()) {
        rows.next();
        return rows.getBytes(1);
      }
    }
  }

  /** Sets and clears bits of some messages of one conversation. */
  void changeFlags(Connection connection, List<StoredMessage> messages, int set, int clear)
      throws SQLException {
    for (int done = 0; done < messages.size(); done += Sql.MAX_ROWS) {
      changeSome(
          connection,
          messages.subList(done, Math.min(messages.size(), done + Sql.MAX_ROWS)),
          set,
          clear);
    }
  }

  private static void changeSome(
      Connection connection, List<StoredMessage> messages, int set, int clear) throws SQLException {
    int size = Sql.padded(messages.size());
    try (PreparedStatement update = connection.prepareStatement(FLAGS.exactly(size))) {
      update.setInt(1, set);
      update.setInt(2, clear);
      update.setLong(3, messages.getFirst().conversationId());
      for (int i = 0; i < size; i++) {
        update.setLong(4 + i, messages.get(Math.min(i, messages.size() - 1)).seq());
      }
      update.executeUpdate();
    }
  }

  void changeContent(Connection connection, StoredMessage message, byte[] content)
      throws SQLException {
    try (PreparedStatement update =
        connection.prepareStatement(
            "UPDATE message SET content = ? WHERE conversation_id = ? AND seq = ?")) {
      update.setBytes(1, content);
      update.setLong(2, message.conversationId());
      update.setLong(3, message.seq());
      update.executeUpdate();
    }
  }

  /** Notes the newest change of each message. */
  void mark(Connection connection, List<ChangedMessage> changed) throws SQLException {
    int done = 0;
    while (done < changed.size()) {
      int size = Sql.fitting(changed.size() - done);
      try (PreparedStatement upsert = connection.prepareStatement(MARK.exactly(size))) {
        int at = 1;
        for (ChangedMessage each : changed.subList(done, done + size)) {
          upsert.setLong(at++, each.message().conversationId());
          upsert.setLong(at++, each.changeSeq());
          upsert.setLong(at++, each.message().seq());
        }
        upsert.executeUpdate();
      }
      done += size;
    }
  }

  /** A message of that key and sender, within retention. */
  Optional<StoredMessage> find(
      Connection connection, long conversationId, MsgKey key, long senderId, long notBefore)
      throws SQLException {
    return find(connection, conversationId, List.of(key), notBefore).stream()
        .filter(message -> message.senderId() == senderId)
        .findFirst();
  }

  /** A later change of a message: its number and the message's. */
  record Mark(long changeSeq, long seq) {}

  /** The newest change of each message that was changed after a number, in their order. */
  List<Mark> after(Connection connection, long conversationId, long changeSeq, int limit)
      throws SQLException {
    try (PreparedStatement select =
        connection.prepareStatement(
            """
            SELECT change_seq, seq FROM message_change
            WHERE conversation_id = ? AND change_seq > ? ORDER BY change_seq LIMIT ?
            """)) {
      select.setLong(1, conversationId);
      select.setLong(2, changeSeq);
      select.setInt(3, limit);
      List<Mark> marks = new ArrayList<>();
      try (ResultSet rows = select.executeQuery()) {
        while (rows.next()) {
          marks.add(new Mark(rows.getLong(1), rows.getLong(2)));
        }
      }
      return marks;
    }
  }

  /** The number of a message's newest change; 0 when it was never changed. */
  long changeOf(Connection connection, long conversationId, long seq) throws SQLException {
    try (PreparedStatement select =
        connection.prepareStatement(
            "SELECT change_seq FROM message_change WHERE conversation_id = ? AND seq = ?")) {
      select.setLong(1, conversationId);
      select.setLong(2, seq);
      try (ResultSet rows = select.executeQuery()) {
        return rows.next() ? rows.getLong(1) : 0;
      }
    }
  }

  /** The first message at or after a second, by its number; empty when there is none. */
  OptionalLong firstSince(Connection connection, long conversationId, long time)
      throws SQLException {
    try (PreparedStatement select =
        connection.prepareStatement(
            """
            SELECT seq FROM message FORCE INDEX (message_time)
            WHERE conversation_id = ? AND time >= ? ORDER BY time, msg_seq, seq LIMIT 1
            """)) {
      select.setLong(1, conversationId);
      select.setLong(2, time);
      try (ResultSet rows = select.executeQuery()) {
        return rows.next() ? OptionalLong.of(rows.getLong(1)) : OptionalLong.empty();
      }
    }
  }
}
