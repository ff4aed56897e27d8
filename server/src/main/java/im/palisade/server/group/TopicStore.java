package im.palisade.server.group;

import im.palisade.server.store.Sql;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLIntegrityConstraintViolationException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** SQL of topics. */
final class TopicStore {
  /** What a conversation of a topic is among conversations. */
  static final int KIND_TOPIC = 3;

  private static final String COLUMNS =
      """
      SELECT t.conversation_id, t.community_id, t.topic_id, t.name, t.introduction, t.notification,
        t.face_url, t.custom_string, t.create_time, t.mute_all, c.version, c.last_seq, c.last_time
      FROM group_topic t JOIN conversation c ON c.id = t.conversation_id
      WHERE t.community_id = ? AND t.gone_id = 0
      """;

  private static final Sql SOME = new Sql(COLUMNS + " AND t.topic_id IN (", "?", ")");

  private static final Sql SELF =
      new Sql(
          """
          SELECT conversation_id, read_seq, msg_flag FROM group_topic_member
          WHERE account_id = ? AND conversation_id IN (\
          """,
          "?",
          ")");

  private static final Sql MUTES =
      new Sql(
          "SELECT conversation_id, until FROM group_mute WHERE account_id = ? AND conversation_id"
              + " IN (",
          "?",
          ")");

  /** Live topics of a community by name, in no order. */
  List<Topic> find(Connection connection, long communityId, Collection<String> topicIds)
      throws SQLException {
    List<Topic> found = new ArrayList<>();
    SOME.select(
        connection,
        List.of(communityId),
        topicIds,
        (statement, at, topicId) -> {
          statement.setBytes(at, GroupStore.bytes(topicId));
          return at + 1;
        },
        row -> found.add(read(row)));
    return found;
  }

  /** All live topics of a community in the order of their making. */
  List<Topic> all(Connection connection, long communityId) throws SQLException {
    List<Topic> found = new ArrayList<>();
    try (PreparedStatement select =
        connection.prepareStatement(COLUMNS + " ORDER BY t.create_time, t.conversation_id")) {
      select.setLong(1, communityId);
      try (ResultSet rows = select.executeQuery()) {
        while (rows.next()) {
          found.add(read(rows));
        }
      }
    }
    return found;
  }

  int count(Connection connection, long communityId) throws SQLException {
    try (PreparedStatement select =
        connection.prepareStatement(
            "SELECT COUNT(*) FROM group_topic WHERE community_id = ? AND gone_id = 0")) {
      select.setLong(1, communityId);
      try (ResultSet rows = select.executeQuery()) {
        rows.next();
        return rows.getInt(1);
      }
    }
  }

  /** Enters a topic; false when its name is taken. */
  boolean insert(Connection connection, Topic topic) throws SQLException {
    try (PreparedStatement insert =
        connection.prepareStatement(
            """
            INSERT INTO group_topic
              (conversation_id, community_id, topic_id, name, introduction, notification, face_url,
               custom_string, create_time)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
            """)) {
      insert.setLong(1, topic.id());
      insert.setLong(2, topic.communityId());
      insert.setBytes(3, GroupStore.bytes(topic.topicId()));
      insert.setBytes(4, GroupStore.bytes(topic.texts().name()));
      insert.setBytes(5, GroupStore.bytes(topic.texts().introduction()));
      insert.setBytes(6, GroupStore.bytes(topic.texts().notification()));
      insert.setBytes(7, GroupStore.bytes(topic.texts().faceUrl()));
      insert.setBytes(8, GroupStore.bytes(topic.customString()));
      insert.setLong(9, topic.createTime());
      insert.executeUpdate();
      return true;
    } catch (SQLIntegrityConstraintViolationException e) {
      return false;
    }
  }

  void update(Connection connection, Topic topic) throws SQLException {
    try (PreparedStatement update =
        connection.prepareStatement(
            """
            UPDATE group_topic SET
              name = ?, introduction = ?, notification = ?, face_url = ?, custom_string = ?,
              mute_all = ?
            WHERE conversation_id = ?
            """)) {
      update.setBytes(1, GroupStore.bytes(topic.texts().name()));
      update.setBytes(2, GroupStore.bytes(topic.texts().introduction()));
      update.setBytes(3, GroupStore.bytes(topic.texts().notification()));
      update.setBytes(4, GroupStore.bytes(topic.texts().faceUrl()));
      update.setBytes(5, GroupStore.bytes(topic.customString()));
      update.setBoolean(6, topic.muteAll());
      update.setLong(7, topic.id());
      update.executeUpdate();
    }
  }

  /** Ends a topic; false when it had ended before. What it has left is for {@link GroupRemains}. */
  boolean markGone(Connection connection, long id) throws SQLException {
    try (PreparedStatement update =
            connection.prepareStatement(
                """
                UPDATE group_topic SET gone_id = conversation_id
                WHERE conversation_id = ? AND gone_id = 0
                """);
        PreparedStatement insert =
            connection.prepareStatement("INSERT INTO group_remains (conversation_id) VALUES (?)")) {
      update.setLong(1, id);
      if (update.executeUpdate() == 0) {
        return false;
      }
      insert.setLong(1, id);
      insert.executeUpdate();
      return true;
    }
  }

  /** An account's own in a topic. */
  record Self(long readSeq, int msgFlag) {}

  /** An account's own in topics; one in which it did nothing yet is missing. */
  Map<Long, Self> self(Connection connection, long accountId, Collection<Long> ids)
      throws SQLException {
    Map<Long, Self> found = new HashMap<>();
    SELF.select(
        connection,
        List.of(accountId),
        ids,
        Sql.ID,
        row -> found.put(row.getLong(1), new Self(row.getLong(2), row.getInt(3))));
    return found;
  }

  /** Sets an account's own option in a topic; its place there is made when it has none. */
  void option(Connection connection, long topicId, long accountId, MsgFlag flag)
      throws SQLException {
    try (PreparedStatement upsert =
        connection.prepareStatement(
            """
            INSERT INTO group_topic_member (conversation_id, account_id, msg_flag) VALUES (?, ?, ?)
            ON DUPLICATE KEY UPDATE msg_flag = VALUES(msg_flag)
            """)) {
      upsert.setLong(1, topicId);
      upsert.setLong(2, accountId);
      upsert.setInt(3, flag.code());
      upsert.executeUpdate();
    }
  }

  /**
   * A topic that is discarded stays on its member's list as it is, or off it.
   *
   * @param discards whether it is from now on
   */
  void holdOnList(Connection connection, long topicId, long accountId, boolean discards)
      throws SQLException {
    try (PreparedStatement update =
        connection.prepareStatement(
            discards
                ? """
                UPDATE group_topic_member place
                JOIN conversation c ON c.id = place.conversation_id
                SET place.hidden_seq = IF(c.shown_1 > place.hidden_seq, 0, 4294967295)
                WHERE place.conversation_id = ? AND place.account_id = ?
                """
                : """
                UPDATE group_topic_member place
                JOIN conversation c ON c.id = place.conversation_id
                SET place.hidden_seq =
                  IF(place.hidden_seq = 4294967295, c.last_seq, place.hidden_seq)
                WHERE place.conversation_id = ? AND place.account_id = ?
                """)) {
      update.setLong(1, topicId);
      update.setLong(2, accountId);
      update.executeUpdate();
    }
  }

  /** A community is discarded, and with it every topic: all stay on the list as they are. */
  void holdAll(Connection connection, long communityId, long accountId) throws SQLException {
    try (PreparedStatement known =
            connection.prepareStatement(
                """
                UPDATE group_topic t
                JOIN conversation c ON c.id = t.conversation_id
                JOIN group_topic_member place
                  ON place.conversation_id = t.conversation_id AND place.account_id = ?
                SET place.hidden_seq = IF(c.shown_1 > place.hidden_seq, 0, 4294967295)
                WHERE t.community_id = ? AND t.gone_id = 0
                """);
        PreparedStatement others =
            connection.prepareStatement(
                """
                INSERT IGNORE INTO group_topic_member (conversation_id, account_id, hidden_seq)
                SELECT t.conversation_id, ?, IF(c.shown_1 > 0, 0, 4294967295)
                FROM group_topic t JOIN conversation c ON c.id = t.conversation_id
                WHERE t.community_id = ? AND t.gone_id = 0
                """)) {
      for (PreparedStatement each : List.of(known, others)) {
        each.setLong(1, accountId);
        each.setLong(2, communityId);
        each.executeUpdate();
      }
    }
  }

  /**
   * A community is wanted again: what came into its topics meanwhile is read, and brings none onto
   * the list.
   */
  void release(Connection connection, long communityId, long accountId) throws SQLException {
    try (PreparedStatement upsert =
        connection.prepareStatement(
            """
            INSERT INTO group_topic_member
              (conversation_id, account_id, read_seq, read_counted, floor_seen, hidden_seq)
            SELECT t.conversation_id, ?, c.last_seq, c.counted_1, c.floor_seq, c.last_seq
            FROM group_topic t
            JOIN conversation c ON c.id = t.conversation_id AND c.last_seq > 0
            WHERE t.community_id = ? AND t.gone_id = 0
            ON DUPLICATE KEY UPDATE
              read_seq = VALUES(read_seq), read_counted = VALUES(read_counted), own_after = 0,
              floor_seen = VALUES(floor_seen),
              hidden_seq = IF(hidden_seq = 4294967295 AND msg_flag <> 3,
                VALUES(hidden_seq), hidden_seq)
            """)) {
      upsert.setLong(1, accountId);
      upsert.setLong(2, communityId);
      upsert.executeUpdate();
    }
  }

  /** Ends of an account's mutes in topics, as stored. */
  Map<Long, Long> mutes(Connection connection, long accountId, Collection<Long> ids)
      throws SQLException {
    Map<Long, Long> found = new HashMap<>();
    MUTES.select(
        connection,
        List.of(accountId),
        ids,
        Sql.ID,
        row -> found.put(row.getLong(1), row.getLong(2)));
    return found;
  }

  private static Topic read(ResultSet row) throws SQLException {
    return new Topic(
        row.getLong(1),
        row.getLong(2),
        GroupStore.text(row, 3),
        new GroupTexts(
            GroupStore.text(row, 4),
            GroupStore.text(row, 5),
            GroupStore.text(row, 6),
            GroupStore.text(row, 7)),
        GroupStore.text(row, 8),
        row.getLong(9),
        row.getBoolean(10),
        row.getLong(11),
        row.getLong(12),
        row.getLong(13));
  }
}
