package im.palisade.server.message;

import im.palisade.server.store.Sql;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/** SQL of how far accounts have read their one-to-one conversations. */
final class UnreadStore {
  /** Unread of a conversation is exact up to this and then stays there (rest-messages A6). */
  static final int MOST = 250;

  /** Messages that a search for a read position looks at. */
  private static final int SEARCHED = 10_000;

  /**
   * Per conversation in which something came after the account's position: the running number of
   * countable messages now, at the position, and how many since then were recalled or deleted. The
   * running number at the position stands in the peer's next message; the account's own messages in
   * between are passed over.
   */
  private static final String UNREAD =
      """
      SELECT place.conversation_id, place.counted,
        (SELECT next.counted - IF(next.flags & %1$d <> 0, 1, 0)
         FROM message next FORCE INDEX (PRIMARY)
         WHERE next.conversation_id = place.conversation_id AND next.seq > place.position
           AND next.sender_id <> place.account_id
         ORDER BY next.seq LIMIT 1),
        (SELECT COUNT(*)
         FROM message_change changed FORCE INDEX (message_change_of)
         JOIN message gone
           ON gone.conversation_id = changed.conversation_id AND gone.seq = changed.seq
         WHERE changed.conversation_id = place.conversation_id AND changed.seq > place.position
           AND gone.sender_id <> place.account_id AND gone.flags & %1$d <> 0
           AND (gone.flags & %2$d <> 0 OR gone.flags & %3$d = 0))
      FROM
        (SELECT member.account_id, member.conversation_id, conversation.last_seq,
           GREATEST(member.read_seq, member.clear_seq, member.hidden_seq,
             conversation.first_seq - 1) AS position,
           IF(conversation.account_1 = member.account_id,
             conversation.counted_1, conversation.counted_2) AS counted
         FROM member JOIN conversation ON conversation.id = member.conversation_id
         WHERE member.account_id = ? AND conversation.kind = 1
      """
          .formatted(MessageFlags.COUNTED, MessageFlags.RECALLED, MessageFlags.RECIPIENT_COPY);

  private static final String WITH_NEWS =
      ") place WHERE place.last_seq > place.position AND place.counted > 0";

  private static final Sql OF_SOME =
      new Sql(UNREAD + " AND member.conversation_id IN (", "?", ")" + WITH_NEWS);

  /** Unread of every conversation of an account that has any. */
  Map<Long, Integer> unread(Connection connection, long accountId) throws SQLException {
    try (PreparedStatement select = connection.prepareStatement(UNREAD + WITH_NEWS)) {
      select.setLong(1, accountId);
      return unread(select);
    }
  }

  /** Unread of these conversations; one that has none may be missing. */
  Map<Long, Integer> unread(Connection connection, long accountId, List<Long> conversationIds)
      throws SQLException {
    if (conversationIds.isEmpty()) {
      return Map.of();
    }
    int size = Sql.padded(conversationIds.size());
    try (PreparedStatement select = connection.prepareStatement(OF_SOME.exactly(size))) {
      select.setLong(1, accountId);
      for (int i = 0; i < size; i++) {
        select.setLong(2 + i, conversationIds.get(Math.min(i, conversationIds.size() - 1)));
      }
      return unread(select);
    }
  }

  /**
   * The sequence up to which everything is of that second or earlier; empty when the account has
   * read as far already or is no member. In a conversation with imports out of order it may pass a
   * later message, if ten thousand others are nearer to that second.
   */
  OptionalLong position(Connection connection, long conversationId, long accountId, long time)
      throws SQLException {
    Optional<Place> found = place(connection, conversationId, accountId);
    if (found.isEmpty()) {
      return OptionalLong.empty();
    }
    Place place = found.get();
    long position =
        place.lastTime() <= time
            ? place.lastSeq()
            : firstAfter(connection, conversationId, place.readSeq(), time)
                    .orElse(place.lastSeq() + 1)
                - 1;
    return position > place.readSeq() ? OptionalLong.of(position) : OptionalLong.empty();
  }

  /** Moves an account's position forward; false when it is there or further already. */
  boolean advance(Connection connection, long conversationId, long accountId, long seq)
      throws SQLException {
    try (PreparedStatement update =
        connection.prepareStatement(
            """
            UPDATE member SET read_seq = ?
            WHERE account_id = ? AND conversation_id = ? AND read_seq < ?
            """)) {
      update.setLong(1, seq);
      update.setLong(2, accountId);
      update.setLong(3, conversationId);
      update.setLong(4, seq);
      return update.executeUpdate() > 0;
    }
  }

  record Place(long lastSeq, long lastTime, long readSeq) {}

  Optional<Place> place(Connection connection, long conversationId, long accountId)
      throws SQLException {
    try (PreparedStatement select =
        connection.prepareStatement(
            """
            SELECT conversation.last_seq, conversation.last_time, member.read_seq
            FROM member JOIN conversation ON conversation.id = member.conversation_id
            WHERE member.account_id = ? AND member.conversation_id = ?
            """)) {
      select.setLong(1, accountId);
      select.setLong(2, conversationId);
      try (ResultSet rows = select.executeQuery()) {
        return rows.next()
            ? Optional.of(new Place(rows.getLong(1), rows.getLong(2), rows.getLong(3)))
            : Optional.empty();
      }
    }
  }

  /** UNIX seconds of the newest message up to a sequence; 0 when there is none. */
  long timeOf(Connection connection, long conversationId, long seq) throws SQLException {
    try (PreparedStatement select =
        connection.prepareStatement(
            """
            SELECT time FROM message WHERE conversation_id = ? AND seq <= ?
            ORDER BY seq DESC LIMIT 1
            """)) {
      select.setLong(1, conversationId);
      select.setLong(2, seq);
      try (ResultSet rows = select.executeQuery()) {
        return rows.next() ? rows.getLong(1) : 0;
      }
    }
  }

  /** The lowest sequence of a message later than that; the index holds all it needs. */
  private static OptionalLong firstAfter(
      Connection connection, long conversationId, long readSeq, long time) throws SQLException {
    try (PreparedStatement select =
        connection.prepareStatement(
            """
            SELECT MIN(later.seq) FROM
              (SELECT seq FROM message FORCE INDEX (message_time)
               WHERE conversation_id = ? AND time > ? AND seq > ?
               ORDER BY time, msg_seq LIMIT ?) later
            """)) {
      select.setLong(1, conversationId);
      select.setLong(2, time);
      select.setLong(3, readSeq);
      select.setInt(4, SEARCHED);
      try (ResultSet rows = select.executeQuery()) {
        rows.next();
        long seq = rows.getLong(1);
        return rows.wasNull() ? OptionalLong.empty() : OptionalLong.of(seq);
      }
    }
  }

  private static Map<Long, Integer> unread(PreparedStatement select) throws SQLException {
    Map<Long, Integer> unread = new HashMap<>();
    try (ResultSet rows = select.executeQuery()) {
      while (rows.next()) {
        long counted = rows.getLong(2);
        long atPosition = rows.getLong(3);
        if (rows.wasNull()) {
          continue;
        }
        long gone = rows.getLong(4);
        unread.put(rows.getLong(1), Math.clamp(counted - atPosition - gone, 0, MOST));
      }
    }
    return unread;
  }
}
