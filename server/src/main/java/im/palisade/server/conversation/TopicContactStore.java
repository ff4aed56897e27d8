package im.palisade.server.conversation;

import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/**
 * SQL of topics among an account's conversations. A topic's id begins with that of its community,
 * by which it is found.
 */
final class TopicContactStore {
  /** Stands in a topic's id behind that of its community. */
  private static final String MARK = "@TOPIC#_";

  /**
   * Entries of a conversation list for the topics of the account's communities, with the columns of
   * {@link RecentContactStore#groups}. Where the account has no place yet it has read nothing; one
   * without an option of its own follows the community's, which outweighs any when it is to discard
   * (message-formats §5.6).
   */
  static final String ENTRIES =
      """
      SELECT t.topic_id, m.account_id, c.id, c.last_time, c.shown_1 AS shown,
        GREATEST(COALESCE(place.clear_seq, 0), c.clear_seq) AS cleared, c.last_seq, c.change_seq,
        IF(COALESCE(place.floor_seen, 0) = c.floor_seq, COALESCE(place.read_seq, 0),
          GREATEST(COALESCE(place.read_seq, 0), c.floor_seq)) AS read_seq,
        t.name, t.face_url,
        IF(m.msg_flag = 3, 3, COALESCE(NULLIF(place.msg_flag, 0), m.msg_flag)) AS msg_flag,
        g.type, 1 AS present
      FROM group_member m
      JOIN im_group g ON g.conversation_id = m.conversation_id AND g.gone_id = 0
        AND g.support_topic = 1
      JOIN group_topic t ON t.community_id = m.conversation_id AND t.gone_id = 0
      JOIN conversation c ON c.id = t.conversation_id
      LEFT JOIN group_topic_member place
        ON place.conversation_id = t.conversation_id AND place.account_id = m.account_id
      WHERE m.account_id = ? AND c.shown_1 > COALESCE(place.hidden_seq, IF(m.msg_flag = 3, 4294967295, 0))
      """;

  /** The live topic of that id, whoever belongs to its community. */
  OptionalLong find(Connection connection, long appId, String topicId) throws SQLException {
    return find(connection, appId, topicId, "");
  }

  /** The live topic of that id if the account belongs to its community. */
  OptionalLong of(Connection connection, long appId, String topicId, long accountId)
      throws SQLException {
    return find(
        connection,
        appId,
        topicId,
        " JOIN group_member m ON m.conversation_id = g.conversation_id AND m.account_id = "
            + accountId);
  }

  private static OptionalLong find(
      Connection connection, long appId, String topicId, String condition) throws SQLException {
    for (String community : communities(topicId)) {
      try (PreparedStatement select =
          connection.prepareStatement(
              """
              SELECT t.conversation_id FROM im_group g
              JOIN group_topic t ON t.community_id = g.conversation_id AND t.gone_id = 0
                AND t.topic_id = ?
              """
                  + condition
                  + " WHERE g.app_id = ? AND g.group_id = ? AND g.gone_id = 0")) {
        select.setBytes(1, topicId.getBytes(StandardCharsets.UTF_8));
        select.setLong(2, appId);
        select.setBytes(3, community.getBytes(StandardCharsets.UTF_8));
        try (ResultSet rows = select.executeQuery()) {
          if (rows.next()) {
            return OptionalLong.of(rows.getLong(1));
          }
        }
      }
    }
    return OptionalLong.empty();
  }

  /**
   * Hides a topic up to its newest message, which is read then; one that is discarded stays hidden
   * until it is wanted again.
   */
  void hide(Connection connection, long accountId, long topicId) throws SQLException {
    try (PreparedStatement upsert =
        connection.prepareStatement(
            """
            INSERT INTO group_topic_member
              (conversation_id, account_id, read_seq, read_counted, floor_seen, hidden_seq)
            SELECT c.id, m.account_id, c.last_seq, c.counted_1, c.floor_seq,
              IF(m.msg_flag = 3 OR COALESCE(place.msg_flag, 0) = 3, 4294967295, c.last_seq)
            FROM group_topic t
            JOIN conversation c ON c.id = t.conversation_id
            JOIN group_member m ON m.conversation_id = t.community_id AND m.account_id = ?
            LEFT JOIN group_topic_member place
              ON place.conversation_id = t.conversation_id AND place.account_id = m.account_id
            WHERE t.conversation_id = ?
            ON DUPLICATE KEY UPDATE
              read_seq = VALUES(read_seq), read_counted = VALUES(read_counted), own_after = 0,
              floor_seen = VALUES(floor_seen), hidden_seq = VALUES(hidden_seq)
            """)) {
      upsert.setLong(1, accountId);
      upsert.setLong(2, topicId);
      upsert.executeUpdate();
    }
  }

  /** The communities a topic of that id may belong to: a group may bear such an id itself. */
  private static List<String> communities(String topicId) {
    List<String> found = new ArrayList<>();
    for (int at = topicId.indexOf(MARK, 1); at > 0; at = topicId.indexOf(MARK, at + 1)) {
      found.add(topicId.substring(0, at));
    }
    return found;
  }
}
