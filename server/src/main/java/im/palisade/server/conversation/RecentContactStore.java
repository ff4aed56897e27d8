package im.palisade.server.conversation;

import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** SQL of recent contacts: the account's member rows joined to what they are members of. */
final class RecentContactStore {
  /** The flag of messages that are not to be a conversation's last. */
  private static final int NOT_LAST = 1 << 7;

  /**
   * An entry of a list.
   *
   * @param peerId internal id of the other account, which may be deleted
   * @param time UNIX seconds of the last message shown
   * @param cleared whether no message is left in this side's history
   * @param option receive option, 0 for none of its own
   */
  record Row(
      long conversationId,
      long peerId,
      String peer,
      long time,
      boolean pinned,
      boolean cleared,
      ConversationNumbers numbers,
      String name,
      String faceUrl,
      int option) {}

  /**
   * An account's newest conversations, pinned ones first. A message's lowest two flags say whether
   * its sender's and its recipient's side have a copy. Reads all member rows of the account, since
   * a message must not write to them: one conversation and one message by primary key each.
   */
  List<Row> list(Connection connection, long accountId, int limit) throws SQLException {
    try (PreparedStatement select =
        connection.prepareStatement(
            """
            SELECT peer.id, peer.user_id, COALESCE(message.time, entry.last_time) AS shown_time,
              pin.account_id IS NOT NULL AS pinned, entry.id, entry.last_seq, entry.change_seq,
              entry.shown, entry.cleared, entry.read_seq, COALESCE(other_side.read_seq, 0),
              peer.nick, peer.face_url, entry.options,
              CASE
                WHEN message.seq IS NULL OR entry.shown <= entry.cleared THEN 1
                WHEN message.flags & IF(message.sender_id = ?, 1, 2) <> 0 THEN 0
                ELSE NOT EXISTS (
                  SELECT 1 FROM message other WHERE other.conversation_id = entry.id
                    AND other.seq > entry.cleared
                    AND other.flags & IF(other.sender_id = ?, 1, 2) <> 0)
              END
            FROM (
              SELECT c.id, c.last_time, c.last_seq, c.change_seq, member.hidden_seq,
                member.read_seq,
                IF(c.account_1 = member.account_id, c.options & 3, c.options >> 2 & 3) AS options,
                GREATEST(member.clear_seq, c.clear_seq) AS cleared,
                IF(c.account_1 = member.account_id, c.account_2, c.account_1) AS peer_id,
                IF(c.account_1 = member.account_id, c.shown_1, c.shown_2) AS shown
              FROM member JOIN conversation c ON c.id = member.conversation_id
              WHERE member.account_id = ? AND c.kind = 1
            ) entry
            JOIN account peer ON peer.id = entry.peer_id
            LEFT JOIN member other_side
              ON other_side.account_id = entry.peer_id AND other_side.conversation_id = entry.id
            LEFT JOIN message ON message.conversation_id = entry.id AND message.seq = entry.shown
            LEFT JOIN pinned_conversation pin
              ON pin.account_id = ? AND pin.conversation_id = entry.id
            WHERE entry.shown > entry.hidden_seq
            ORDER BY pinned DESC, shown_time DESC, peer.user_id LIMIT ?
            """)) {
      for (int i = 1; i <= 4; i++) {
        select.setLong(i, accountId);
      }
      select.setInt(5, limit);
      List<Row> found = new ArrayList<>();
      try (ResultSet rows = select.executeQuery()) {
        while (rows.next()) {
          found.add(
              new Row(
                  rows.getLong(5),
                  rows.getLong(1),
                  text(rows.getBytes(2)),
                  rows.getLong(3),
                  rows.getBoolean(4),
                  rows.getBoolean(15),
                  numbers(rows, 6),
                  text(rows.getBytes(12)),
                  text(rows.getBytes(13)),
                  rows.getInt(14)));
        }
      }
      return found;
    }
  }

  /**
   * A group on a list.
   *
   * @param time UNIX seconds of the last message shown
   * @param cleared whether no message is left that the account may load
   * @param type code of its base type
   * @param member whether the account belongs to it now
   */
  record GroupRow(
      String groupId,
      long time,
      boolean pinned,
      boolean cleared,
      long conversationId,
      ConversationNumbers numbers,
      String name,
      String faceUrl,
      int option,
      int type,
      boolean member) {}

  /**
   * The newest groups of an account, pinned ones first: those it belongs to, a Work group that
   * nobody has sent into yet for its owner alone, and those it has left or that were dissolved, as
   * they were when it last belonged (rest-groups A5): nobody tells it of changes any more. Of
   * several groups that bore one id the account's last is meant. Reads all memberships of the
   * account, present and past, one conversation and one message by primary key each.
   *
   * @param withTopics whether the topics of its communities stand among them
   */
  List<GroupRow> groups(Connection connection, long accountId, int limit, boolean withTopics)
      throws SQLException {
    try (PreparedStatement select =
        connection.prepareStatement(
            """
            SELECT entry.group_id, COALESCE(message.time, entry.last_time) AS shown_time,
              pin.account_id IS NOT NULL AS pinned,
              message.seq IS NULL OR entry.shown <= entry.cleared, entry.id, entry.last_seq,
              entry.change_seq, entry.shown, entry.cleared, entry.read_seq, 0, entry.name,
              entry.face_url, entry.msg_flag, entry.type, entry.present
            FROM (
              SELECT g.group_id, m.account_id, c.id, c.last_time, c.shown_1 AS shown,
                GREATEST(m.clear_seq, c.clear_seq) AS cleared, c.last_seq, c.change_seq,
                IF(m.floor_seen = c.floor_seq, m.read_seq, GREATEST(m.read_seq, c.floor_seq))
                  AS read_seq,
                g.name, g.face_url, m.msg_flag, g.type, 1 AS present
              FROM group_member m
              JOIN im_group g ON g.conversation_id = m.conversation_id
              JOIN conversation c ON c.id = m.conversation_id
              WHERE m.account_id = ? AND g.gone_id = 0 AND c.shown_1 > m.hidden_seq
                AND (g.active = 1 OR g.owner_id = m.account_id)
              UNION ALL
              SELECT g.group_id, past.account_id, c.id, c.last_time,
                IF(c.shown_1 <= past.to_seq, c.shown_1, (
                  SELECT MAX(last.seq) FROM message last
                  WHERE last.conversation_id = c.id AND last.seq <= past.to_seq
                    AND last.flags & ? = 0)) AS shown,
                GREATEST(past.clear_seq, c.clear_seq) AS cleared,
                LEAST(c.last_seq, past.to_seq) AS last_seq, 0 AS change_seq, past.to_seq AS read_seq,
                g.name, g.face_url, 1 AS msg_flag, g.type, 0 AS present
              FROM group_past_member past
              JOIN im_group g ON g.conversation_id = past.conversation_id
              JOIN conversation c ON c.id = past.conversation_id
              LEFT JOIN group_member m
                ON m.conversation_id = past.conversation_id AND m.account_id = past.account_id
              WHERE past.account_id = ? AND m.account_id IS NULL
                AND past.to_seq > past.hidden_seq
                AND NOT EXISTS (
                  SELECT 1 FROM group_past_member later
                  WHERE later.conversation_id = past.conversation_id
                    AND later.account_id = past.account_id AND later.from_seq > past.from_seq)
            """
                + (withTopics ? "UNION ALL " + TopicContactStore.ENTRIES : "")
                + """
                ) entry
                LEFT JOIN message ON message.conversation_id = entry.id AND message.seq = entry.shown
                LEFT JOIN pinned_conversation pin
                  ON pin.account_id = entry.account_id AND pin.conversation_id = entry.id
                WHERE entry.shown > 0
                ORDER BY entry.id DESC
                """)) {
      select.setLong(1, accountId);
      select.setInt(2, NOT_LAST);
      select.setLong(3, accountId);
      if (withTopics) {
        select.setLong(4, accountId);
      }
      Map<String, GroupRow> found = new LinkedHashMap<>();
      try (ResultSet rows = select.executeQuery()) {
        while (rows.next()) {
          GroupRow row =
              new GroupRow(
                  text(rows.getBytes(1)),
                  rows.getLong(2),
                  rows.getBoolean(3),
                  rows.getBoolean(4),
                  rows.getLong(5),
                  numbers(rows, 6),
                  text(rows.getBytes(12)),
                  text(rows.getBytes(13)),
                  rows.getInt(14),
                  rows.getInt(15),
                  rows.getBoolean(16));
          found.merge(
              row.groupId(), row, (a, b) -> a.conversationId() > b.conversationId() ? a : b);
        }
      }
      return found.values().stream()
          .sorted(
              Comparator.comparing((GroupRow row) -> !row.pinned())
                  .thenComparing(Comparator.comparingLong(GroupRow::time).reversed())
                  .thenComparing(GroupRow::groupId))
          .limit(limit)
          .toList();
    }
  }

  /** The conversation of a group that the account belongs to; 0 for none. */
  long groupOf(Connection connection, long appId, String groupId, long accountId)
      throws SQLException {
    try (PreparedStatement select =
        connection.prepareStatement(
            """
            SELECT m.conversation_id FROM im_group g
            JOIN group_member m ON m.conversation_id = g.conversation_id AND m.account_id = ?
            WHERE g.app_id = ? AND g.group_id = ? AND g.gone_id = 0
            """)) {
      select.setLong(1, accountId);
      select.setLong(2, appId);
      select.setBytes(3, groupId.getBytes(StandardCharsets.UTF_8));
      try (ResultSet rows = select.executeQuery()) {
        return rows.next() ? rows.getLong(1) : 0;
      }
    }
  }

  /** The conversations of all groups of that id, live or not, that the account ever belonged to. */
  List<Long> groupsOf(Connection connection, long appId, String groupId, long accountId)
      throws SQLException {
    List<Long> found = new ArrayList<>();
    try (PreparedStatement select =
        connection.prepareStatement(
            """
            SELECT g.conversation_id FROM im_group g
            WHERE g.app_id = ? AND g.group_id = ? AND (
              EXISTS (SELECT 1 FROM group_member m
                WHERE m.conversation_id = g.conversation_id AND m.account_id = ?)
              OR EXISTS (SELECT 1 FROM group_past_member past
                WHERE past.conversation_id = g.conversation_id AND past.account_id = ?))
            """)) {
      select.setLong(1, appId);
      select.setBytes(2, groupId.getBytes(StandardCharsets.UTF_8));
      select.setLong(3, accountId);
      select.setLong(4, accountId);
      try (ResultSet rows = select.executeQuery()) {
        while (rows.next()) {
          found.add(rows.getLong(1));
        }
      }
    }
    return found;
  }

  /**
   * Hides a group up to its newest message, which is read then, and unpins it; one that is
   * discarded stays hidden until it is wanted again.
   */
  void hideGroup(Connection connection, long accountId, long conversationId, boolean clear)
      throws SQLException {
    unpin(connection, accountId, conversationId);
    try (PreparedStatement update =
            connection.prepareStatement(
                """
                UPDATE group_member m JOIN conversation c ON c.id = m.conversation_id
                SET m.hidden_seq = IF(m.msg_flag = 3, 4294967295, c.last_seq),
                  m.read_seq = c.last_seq,
                  m.read_counted = c.counted_1, m.own_after = 0, m.floor_seen = c.floor_seq,
                  m.clear_seq = IF(?, c.last_seq, m.clear_seq)
                WHERE m.account_id = ? AND m.conversation_id = ?
                """);
        PreparedStatement past =
            connection.prepareStatement(
                """
                UPDATE group_past_member SET hidden_seq = to_seq,
                  clear_seq = IF(?, to_seq, clear_seq)
                WHERE account_id = ? AND conversation_id = ?
                """)) {
      for (PreparedStatement each : List.of(update, past)) {
        each.setBoolean(1, clear);
        each.setLong(2, accountId);
        each.setLong(3, conversationId);
        each.executeUpdate();
      }
    }
  }

  /** Internal ids of every account that bears or bore that UserID. */
  List<Long> bearers(Connection connection, long appId, String userId) throws SQLException {
    try (PreparedStatement select =
        connection.prepareStatement("SELECT id FROM account WHERE app_id = ? AND user_id = ?")) {
      select.setLong(1, appId);
      select.setBytes(2, userId.getBytes(StandardCharsets.UTF_8));
      List<Long> ids = new ArrayList<>();
      try (ResultSet rows = select.executeQuery()) {
        while (rows.next()) {
          ids.add(rows.getLong(1));
        }
      }
      return ids;
    }
  }

  /** Hides a conversation up to its newest message, which is read then, and unpins it. */
  void hide(Connection connection, long accountId, long peerId, boolean clear) throws SQLException {
    try (PreparedStatement unpin =
            connection.prepareStatement(
                """
                DELETE pin FROM pinned_conversation pin
                JOIN conversation c ON c.id = pin.conversation_id
                WHERE pin.account_id = ? AND c.account_1 = ? AND c.account_2 = ?
                """);
        PreparedStatement update =
            connection.prepareStatement(
                """
                UPDATE member JOIN conversation c ON c.id = member.conversation_id
                SET member.hidden_seq = c.last_seq,
                  member.read_seq = GREATEST(member.read_seq, c.last_seq),
                  member.clear_seq = IF(?, c.last_seq, member.clear_seq)
                WHERE member.account_id = ? AND c.account_1 = ? AND c.account_2 = ?
                """)) {
      unpin.setLong(1, accountId);
      unpin.setLong(2, Math.min(accountId, peerId));
      unpin.setLong(3, Math.max(accountId, peerId));
      unpin.executeUpdate();
      update.setBoolean(1, clear);
      update.setLong(2, accountId);
      update.setLong(3, Math.min(accountId, peerId));
      update.setLong(4, Math.max(accountId, peerId));
      update.executeUpdate();
    }
  }

  int pins(Connection connection, long accountId) throws SQLException {
    try (PreparedStatement select =
        connection.prepareStatement(
            "SELECT COUNT(*) FROM pinned_conversation WHERE account_id = ?")) {
      select.setLong(1, accountId);
      try (ResultSet rows = select.executeQuery()) {
        rows.next();
        return rows.getInt(1);
      }
    }
  }

  /** Pins; true when it was not pinned. */
  boolean pin(Connection connection, long accountId, long conversationId, long now)
      throws SQLException {
    try (PreparedStatement insert =
        connection.prepareStatement(
            """
            INSERT IGNORE INTO pinned_conversation (account_id, conversation_id, pinned_at)
            VALUES (?, ?, ?)
            """)) {
      insert.setLong(1, accountId);
      insert.setLong(2, conversationId);
      insert.setLong(3, now);
      return insert.executeUpdate() > 0;
    }
  }

  void unpin(Connection connection, long accountId, long conversationId) throws SQLException {
    try (PreparedStatement delete =
        connection.prepareStatement(
            "DELETE FROM pinned_conversation WHERE account_id = ? AND conversation_id = ?")) {
      delete.setLong(1, accountId);
      delete.setLong(2, conversationId);
      delete.executeUpdate();
    }
  }

  void deleteAll(Connection connection, long accountId) throws SQLException {
    try (PreparedStatement delete =
        connection.prepareStatement("DELETE FROM pinned_conversation WHERE account_id = ?")) {
      delete.setLong(1, accountId);
      delete.executeUpdate();
    }
  }

  /** Takes what there is out of the account's history; everything is read then. */
  void clear(Connection connection, long accountId, long conversationId) throws SQLException {
    for (String statement :
        List.of(
            """
            UPDATE member JOIN conversation c ON c.id = member.conversation_id
            SET member.clear_seq = c.last_seq,
              member.read_seq = GREATEST(member.read_seq, c.last_seq)
            WHERE member.account_id = ? AND member.conversation_id = ?
            """,
            """
            UPDATE group_member m JOIN conversation c ON c.id = m.conversation_id
            SET m.read_seq = c.last_seq, m.read_counted = c.counted_1, m.own_after = 0,
              m.floor_seen = c.floor_seq, m.clear_seq = c.last_seq
            WHERE m.account_id = ? AND m.conversation_id = ?
            """,
            """
            UPDATE group_past_member SET clear_seq = to_seq
            WHERE account_id = ? AND conversation_id = ?
            """)) {
      try (PreparedStatement update = connection.prepareStatement(statement)) {
        update.setLong(1, accountId);
        update.setLong(2, conversationId);
        update.executeUpdate();
      }
    }
  }

  /** Sets the receive option of a pair for one side; whoever has it cached must look again. */
  void setOption(Connection connection, long conversationId, int side, ReceiveOption option)
      throws SQLException {
    int shift = ReceiveOption.shift(side);
    try (PreparedStatement update =
        connection.prepareStatement(
            """
            UPDATE conversation SET options = (options & ?) | ?, version = version + 1 WHERE id = ?
            """)) {
      update.setInt(1, 0xFF & ~(3 << shift));
      update.setInt(2, option.code() << shift);
      update.setLong(3, conversationId);
      update.executeUpdate();
    }
  }

  private static ConversationNumbers numbers(ResultSet rows, int from) throws SQLException {
    return new ConversationNumbers(
        rows.getLong(from),
        rows.getLong(from + 1),
        rows.getLong(from + 2),
        rows.getLong(from + 3),
        rows.getLong(from + 4),
        rows.getLong(from + 5));
  }

  private static String text(byte[] utf8) {
    return new String(utf8, StandardCharsets.UTF_8);
  }
}
