package im.palisade.server.message;

import im.palisade.server.store.Sql;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * SQL of unread group messages: differences of running numbers in the member's and the
 * conversation's row, less what was recalled behind the position. Groups that are set to discard
 * have none.
 */
public final class GroupUnreadStore {
  private static final int NOTIFIES = 1;
  private static final int DISCARD = 3;

  /** What was recalled behind the position counts no more. */
  private static final String UNREAD =
      """
      SELECT place.conversation_id, place.option_code, place.unread - (
          SELECT COUNT(*)
          FROM message_change changed FORCE INDEX (message_change_of)
          JOIN message gone
            ON gone.conversation_id = changed.conversation_id AND gone.seq = changed.seq
          WHERE changed.conversation_id = place.conversation_id AND changed.seq > place.position
            AND gone.sender_id <> place.account_id
            AND gone.flags & %d <> 0 AND gone.flags & %d <> 0)
      FROM (\
      """
          .formatted(MessageFlags.COUNTED, MessageFlags.RECALLED);

  /** Membership rows of the account, each with one conversation row by primary key. */
  private static final String GROUPS =
      UNREAD
          + """
          SELECT m.conversation_id, m.account_id, m.msg_flag AS option_code,
            IF(m.floor_seen = c.floor_seq, m.read_seq, GREATEST(m.read_seq, c.floor_seq))
              AS position,
            CAST(c.counted_1 AS SIGNED) - m.own_after
              - IF(m.floor_seen = c.floor_seq OR m.read_seq >= c.floor_seq,
                  m.read_counted, c.floor_counted) AS unread
          FROM group_member m JOIN conversation c ON c.id = m.conversation_id
          JOIN im_group g ON g.conversation_id = m.conversation_id AND g.gone_id = 0
          WHERE m.account_id = ?\
          """;

  /**
   * The topics of the account's communities. Where it has no place yet it has read nothing; one
   * without an option of its own follows the community's, and so does every one where that is to
   * discard (message-formats §5.6).
   */
  private static final String TOPICS =
      UNREAD
          + """
          SELECT t.conversation_id, cm.account_id,
            IF(cm.msg_flag = 3, 3, COALESCE(NULLIF(m.msg_flag, 0), cm.msg_flag)) AS option_code,
            IF(COALESCE(m.floor_seen, 0) = c.floor_seq, COALESCE(m.read_seq, 0),
              GREATEST(COALESCE(m.read_seq, 0), c.floor_seq)) AS position,
            CAST(c.counted_1 AS SIGNED) - COALESCE(m.own_after, 0)
              - IF(COALESCE(m.floor_seen, 0) = c.floor_seq
                  OR COALESCE(m.read_seq, 0) >= c.floor_seq,
                  COALESCE(m.read_counted, 0), c.floor_counted) AS unread
          FROM group_member cm
          JOIN im_group g ON g.conversation_id = cm.conversation_id AND g.gone_id = 0
            AND g.support_topic = 1
          JOIN group_topic t ON t.community_id = cm.conversation_id AND t.gone_id = 0
          JOIN conversation c ON c.id = t.conversation_id
          LEFT JOIN group_topic_member m
            ON m.conversation_id = t.conversation_id AND m.account_id = cm.account_id
          WHERE cm.account_id = ?\
          """;

  private static final String WITH_NEWS =
      ") place WHERE place.unread > 0 AND place.option_code <> " + DISCARD;

  private static final Sql SOME_GROUPS =
      new Sql(GROUPS + " AND m.conversation_id IN (", "?", ")" + WITH_NEWS);

  private static final Sql SOME_TOPICS =
      new Sql(TOPICS + " AND t.conversation_id IN (", "?", ")" + WITH_NEWS);

  /** Groups and topics alike; a topic's reader is one of its community. */
  private static final Sql MENTIONS =
      new Sql(
          """
          SELECT mention.conversation_id, mention.seq, mention.account_id = 0
          FROM account reader
          JOIN message_mention mention ON mention.account_id IN (0, reader.id)
          LEFT JOIN group_member m
            ON m.conversation_id = mention.conversation_id AND m.account_id = reader.id
          LEFT JOIN group_topic t ON t.conversation_id = mention.conversation_id AND t.gone_id = 0
          LEFT JOIN group_member cm
            ON cm.conversation_id = t.community_id AND cm.account_id = reader.id
          LEFT JOIN group_topic_member tm
            ON tm.conversation_id = mention.conversation_id AND tm.account_id = reader.id
          JOIN message ON message.conversation_id = mention.conversation_id
            AND message.seq = mention.seq
          WHERE reader.id = ? AND (m.account_id IS NOT NULL OR cm.account_id IS NOT NULL)
            AND mention.seq > COALESCE(m.read_seq, tm.read_seq, 0)
            AND message.sender_id <> reader.id AND mention.conversation_id IN (\
          """,
          "?",
          ") ORDER BY mention.conversation_id, mention.seq");

  /** A mention that has not been read past. */
  public record Mention(long seq, boolean everybody) {}

  /**
   * What is unread somewhere.
   *
   * @param notifies whether the account wants to be told of messages there, so that they count in
   *     the total
   */
  public record Unread(long count, boolean notifies) {}

  /** Unread of every group and topic of an account that has any, by conversation. */
  public Map<Long, Unread> unread(Connection connection, long accountId) throws SQLException {
    Map<Long, Unread> unread = new HashMap<>();
    for (String statement : List.of(GROUPS, TOPICS)) {
      add(unread, connection, statement, accountId);
    }
    return unread;
  }

  /** The same of groups alone. */
  public Map<Long, Unread> unreadOfGroups(Connection connection, long accountId)
      throws SQLException {
    Map<Long, Unread> unread = new HashMap<>();
    add(unread, connection, GROUPS, accountId);
    return unread;
  }

  private static void add(
      Map<Long, Unread> unread, Connection connection, String statement, long accountId)
      throws SQLException {
    try (PreparedStatement select = connection.prepareStatement(statement + WITH_NEWS)) {
      select.setLong(1, accountId);
      try (ResultSet rows = select.executeQuery()) {
        while (rows.next()) {
          add(unread, rows);
        }
      }
    }
  }

  /** Unread of these groups and topics; one that has none is missing. */
  public Map<Long, Unread> unread(
      Connection connection, long accountId, Collection<Long> conversationIds) throws SQLException {
    Map<Long, Unread> unread = new HashMap<>();
    for (Sql each : List.of(SOME_GROUPS, SOME_TOPICS)) {
      each.select(connection, List.of(accountId), conversationIds, Sql.ID, row -> add(unread, row));
    }
    return unread;
  }

  /**
   * Mentions of an account in these groups and topics behind its read position, by conversation.
   */
  public Map<Long, List<Mention>> mentions(
      Connection connection, long accountId, List<Long> groupIds) throws SQLException {
    Map<Long, List<Mention>> found = new HashMap<>();
    MENTIONS.select(
        connection,
        List.of(accountId),
        groupIds,
        Sql.ID,
        row ->
            found
                .computeIfAbsent(row.getLong(1), id -> new ArrayList<>())
                .add(new Mention(row.getLong(2), row.getBoolean(3))));
    return found;
  }

  private static void add(Map<Long, Unread> unread, ResultSet row) throws SQLException {
    long count = row.getLong(3);
    if (count > 0) {
      unread.put(row.getLong(1), new Unread(count, row.getInt(2) == NOTIFIES));
    }
  }
}
