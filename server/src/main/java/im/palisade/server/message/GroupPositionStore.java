package im.palisade.server.message;

import im.palisade.server.conversation.Conversation;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * SQL of how far members have read their groups. A position is a sequence with the running number
 * of countable messages there and how many countable ones the member itself has sent behind it, so
 * unread is a difference of numbers and nothing is counted per receiver. Changes of a position hold
 * the member's row, and a send changes that row last: the two never overlook each other.
 */
public final class GroupPositionStore {
  /** Topics keep the positions of those who have any in a table of their own. */
  private static String table(Conversation conversation) {
    return switch (conversation.kind()) {
      case GROUP -> "group_member";
      case TOPIC -> "group_topic_member";
      case PAIR -> throw new IllegalArgumentException("a pair is no group");
    };
  }

  /**
   * Moves a member's position forward.
   *
   * @return where it is now; empty when it was there or further already, or is no member
   */
  public OptionalLong advance(
      Connection connection, Conversation conversation, long accountId, long upTo)
      throws SQLException {
    enter(connection, conversation, accountId);
    Optional<Position> locked = lock(connection, conversation, accountId);
    if (locked.isEmpty()) {
      return OptionalLong.empty();
    }
    Numbers numbers = numbers(connection, conversation.id());
    long seq = Math.min(upTo, numbers.lastSeq());
    if (seq <= locked.get().effectiveSeq(numbers)) {
      return OptionalLong.empty();
    }
    move(connection, conversation, accountId, seq, numbers);
    return OptionalLong.of(seq);
  }

  /**
   * Puts a member's position where so many messages are unread behind it, or all there are when
   * that is fewer. Looks at the messages behind that position.
   *
   * @return whether the account is a member
   */
  public boolean leaveUnread(
      Connection connection, Conversation conversation, long accountId, long unread)
      throws SQLException {
    enter(connection, conversation, accountId);
    if (lock(connection, conversation, accountId).isEmpty()) {
      return false;
    }
    Numbers numbers = numbers(connection, conversation.id());
    long seq =
        unread == 0
            ? numbers.lastSeq()
            : Math.max(
                numbers.clearSeq(), nthUnread(connection, conversation.id(), accountId, unread));
    move(connection, conversation, accountId, seq, numbers);
    return true;
  }

  /**
   * Makes everything up to a sequence read for every member. The caller holds the conversation's
   * lock. Writes the conversation's row, and those of members who have sent something they had not
   * read past.
   */
  public static void raiseFloor(Connection connection, Conversation conversation, long upTo)
      throws SQLException {
    Numbers numbers = numbers(connection, conversation.id());
    long seq = Math.min(upTo, numbers.lastSeq());
    if (seq <= numbers.floorSeq()) {
      return;
    }
    try (PreparedStatement own =
            connection.prepareStatement(
                "UPDATE "
                    + table(conversation)
                    + """
                     member LEFT JOIN (
                       SELECT sender_id, COUNT(*) AS sent FROM message
                       WHERE conversation_id = ? AND seq > ? AND flags & ? <> 0 GROUP BY sender_id
                     ) later ON later.sender_id = member.account_id
                    SET member.own_after = COALESCE(later.sent, 0)
                    WHERE member.conversation_id = ? AND member.own_after > 0
                      AND member.read_seq < ?
                    """);
        PreparedStatement floor =
            connection.prepareStatement(
                "UPDATE conversation SET floor_seq = ?, floor_counted = ? WHERE id = ?")) {
      own.setLong(1, conversation.id());
      own.setLong(2, seq);
      own.setInt(3, MessageFlags.COUNTED);
      own.setLong(4, conversation.id());
      own.setLong(5, seq);
      own.executeUpdate();
      floor.setLong(1, seq);
      floor.setLong(2, countedAt(connection, conversation.id(), seq, numbers));
      floor.setLong(3, conversation.id());
      floor.executeUpdate();
    }
  }

  /**
   * Gives a member of the community a place in its topic. Who was there before the topic's first
   * message has none until then, and has read nothing of it.
   */
  private static void enter(Connection connection, Conversation conversation, long accountId)
      throws SQLException {
    if (conversation.kind() != Conversation.Kind.TOPIC) {
      return;
    }
    try (PreparedStatement insert =
        connection.prepareStatement(
            """
            INSERT INTO group_topic_member (conversation_id, account_id)
            SELECT t.conversation_id, m.account_id
            FROM group_topic t
            JOIN group_member m ON m.conversation_id = t.community_id AND m.account_id = ?
            WHERE t.conversation_id = ? AND t.gone_id = 0
            ON DUPLICATE KEY UPDATE account_id = VALUES(account_id)
            """)) {
      insert.setLong(1, accountId);
      insert.setLong(2, conversation.id());
      insert.executeUpdate();
    }
  }

  private record Position(long readSeq, long floorSeen) {
    /** A floor that came after the position was set lies above it. */
    long effectiveSeq(Numbers numbers) {
      return floorSeen == numbers.floorSeq() ? readSeq : Math.max(readSeq, numbers.floorSeq());
    }
  }

  private record Numbers(
      long lastSeq, long counted, long floorSeq, long floorCounted, long clearSeq) {}

  private static Optional<Position> lock(
      Connection connection, Conversation conversation, long accountId) throws SQLException {
    try (PreparedStatement select =
        connection.prepareStatement(
            "SELECT read_seq, floor_seen FROM "
                + table(conversation)
                + " WHERE conversation_id = ? AND account_id = ? FOR UPDATE")) {
      select.setLong(1, conversation.id());
      select.setLong(2, accountId);
      try (ResultSet rows = select.executeQuery()) {
        return rows.next()
            ? Optional.of(new Position(rows.getLong(1), rows.getLong(2)))
            : Optional.empty();
      }
    }
  }

  private static Numbers numbers(Connection connection, long conversationId) throws SQLException {
    try (PreparedStatement select =
        connection.prepareStatement(
            """
            SELECT last_seq, counted_1, floor_seq, floor_counted, clear_seq
            FROM conversation WHERE id = ?
            """)) {
      select.setLong(1, conversationId);
      try (ResultSet rows = select.executeQuery()) {
        rows.next();
        return new Numbers(
            rows.getLong(1), rows.getLong(2), rows.getLong(3), rows.getLong(4), rows.getLong(5));
      }
    }
  }

  private static void move(
      Connection connection, Conversation conversation, long accountId, long seq, Numbers numbers)
      throws SQLException {
    boolean end = seq == numbers.lastSeq();
    try (PreparedStatement update =
        connection.prepareStatement(
            "UPDATE "
                + table(conversation)
                + """
                 SET read_seq = ?, read_counted = ?, own_after = ?, floor_seen = ?
                WHERE conversation_id = ? AND account_id = ?
                """)) {
      update.setLong(1, seq);
      update.setLong(
          2, end ? numbers.counted() : countedAt(connection, conversation.id(), seq, numbers));
      update.setLong(3, end ? 0 : ownAfter(connection, conversation.id(), accountId, seq));
      update.setLong(4, numbers.floorSeq());
      update.setLong(5, conversation.id());
      update.setLong(6, accountId);
      update.executeUpdate();
    }
  }

  /** The running number of countable messages at a sequence; it stands in the rows around it. */
  private static long countedAt(
      Connection connection, long conversationId, long seq, Numbers numbers) throws SQLException {
    if (seq >= numbers.lastSeq()) {
      return numbers.counted();
    }
    try (PreparedStatement next =
        connection.prepareStatement(
            """
            SELECT counted, flags FROM message
            WHERE conversation_id = ? AND seq > ? ORDER BY seq LIMIT 1
            """)) {
      next.setLong(1, conversationId);
      next.setLong(2, seq);
      try (ResultSet rows = next.executeQuery()) {
        if (!rows.next()) {
          return numbers.counted();
        }
        boolean counts = MessageFlags.has(rows.getInt(2), MessageFlags.COUNTED);
        return rows.getLong(1) - (counts ? 1 : 0);
      }
    }
  }

  /** Looks at the messages behind the position, of which a reader leaves few. */
  private static long ownAfter(Connection connection, long conversationId, long accountId, long seq)
      throws SQLException {
    try (PreparedStatement select =
        connection.prepareStatement(
            """
            SELECT COUNT(*) FROM message
            WHERE conversation_id = ? AND seq > ? AND sender_id = ? AND flags & ? <> 0
            """)) {
      select.setLong(1, conversationId);
      select.setLong(2, seq);
      select.setLong(3, accountId);
      select.setInt(4, MessageFlags.COUNTED);
      try (ResultSet rows = select.executeQuery()) {
        rows.next();
        return rows.getLong(1);
      }
    }
  }

  /** Right before the n-th of an account's unread messages from the end; 0 when there are fewer. */
  private static long nthUnread(
      Connection connection, long conversationId, long accountId, long unread) throws SQLException {
    try (PreparedStatement select =
        connection.prepareStatement(
            """
            SELECT seq FROM message
            WHERE conversation_id = ? AND sender_id <> ? AND flags & ? <> 0 AND flags & ? = 0
            ORDER BY seq DESC LIMIT 1 OFFSET ?
            """)) {
      select.setLong(1, conversationId);
      select.setLong(2, accountId);
      select.setInt(3, MessageFlags.COUNTED);
      select.setInt(4, MessageFlags.RECALLED);
      select.setLong(5, unread - 1);
      try (ResultSet rows = select.executeQuery()) {
        return rows.next() ? rows.getLong(1) - 1 : 0;
      }
    }
  }
}
