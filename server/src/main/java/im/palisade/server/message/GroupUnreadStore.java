package im.palisade.server.message;

import im.palisade.server.store.Sql;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * SQL of unread group messages: differences of running numbers in the member's and the
 * conversation's row, less what was recalled behind the position. Groups that are set to discard
 * have none.
 */
public final class GroupUnreadStore {
  private static final int DISCARD = 3;

  /** Membership rows of the account, each with one conversation row by primary key. */
  private static final String UNREAD =
      """
      SELECT place.conversation_id, place.position, place.unread - (
          SELECT COUNT(*)
          FROM message_change changed FORCE INDEX (message_change_of)
          JOIN message gone
            ON gone.conversation_id = changed.conversation_id AND gone.seq = changed.seq
          WHERE changed.conversation_id = place.conversation_id AND changed.seq > place.position
            AND gone.sender_id <> place.account_id
            AND gone.flags & %1$d <> 0 AND gone.flags & %2$d <> 0)
      FROM (
        SELECT m.conversation_id, m.account_id,
          IF(m.floor_seen = c.floor_seq, m.read_seq, GREATEST(m.read_seq, c.floor_seq)) AS position,
          CAST(c.counted_1 AS SIGNED) - m.own_after
            - IF(m.floor_seen = c.floor_seq OR m.read_seq >= c.floor_seq,
                m.read_counted, c.floor_counted) AS unread
        FROM group_member m JOIN conversation c ON c.id = m.conversation_id
        JOIN im_group g ON g.conversation_id = m.conversation_id AND g.gone_id = 0
        WHERE m.account_id = ? AND m.msg_flag <> %3$d\
      """
          .formatted(MessageFlags.COUNTED, MessageFlags.RECALLED, DISCARD);

  private static final String WITH_NEWS = ") place WHERE place.unread > 0";

  private static final Sql OF_SOME =
      new Sql(UNREAD + " AND m.conversation_id IN (", "?", ")" + WITH_NEWS);

  private static final Sql MENTIONS =
      new Sql(
          """
          SELECT mention.conversation_id, mention.seq, mention.account_id = 0
          FROM message_mention mention
          JOIN group_member m ON m.conversation_id = mention.conversation_id AND m.account_id = ?
          JOIN message ON message.conversation_id = mention.conversation_id
            AND message.seq = mention.seq
          WHERE mention.account_id IN (0, m.account_id) AND mention.seq > m.read_seq
            AND message.sender_id <> m.account_id AND mention.conversation_id IN (\
          """,
          "?",
          ") ORDER BY mention.conversation_id, mention.seq");

  /** A mention that has not been read past. */
  public record Mention(long seq, boolean everybody) {}

  /** Unread of every group of an account that has any. */
  public Map<Long, Long> unread(Connection connection, long accountId) throws SQLException {
    try (PreparedStatement select = connection.prepareStatement(UNREAD + WITH_NEWS)) {
      select.setLong(1, accountId);
      return unread(select);
    }
  }

  /** Unread of these groups; one that has none is missing. */
  public Map<Long, Long> unread(Connection connection, long accountId, List<Long> groupIds)
      throws SQLException {
    if (groupIds.isEmpty()) {
      return Map.of();
    }
    int size = Sql.padded(groupIds.size());
    try (PreparedStatement select = connection.prepareStatement(OF_SOME.exactly(size))) {
      select.setLong(1, accountId);
      for (int i = 0; i < size; i++) {
        select.setLong(2 + i, groupIds.get(Math.min(i, groupIds.size() - 1)));
      }
      return unread(select);
    }
  }

  /** Mentions of an account in these groups behind its read position, by group. */
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

  private static Map<Long, Long> unread(PreparedStatement select) throws SQLException {
    Map<Long, Long> unread = new HashMap<>();
    try (ResultSet rows = select.executeQuery()) {
      while (rows.next()) {
        long count = rows.getLong(3);
        if (count > 0) {
          unread.put(rows.getLong(1), count);
        }
      }
    }
    return unread;
  }
}
