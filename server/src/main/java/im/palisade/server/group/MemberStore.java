package im.palisade.server.group;

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
import java.util.Optional;
import java.util.OptionalLong;

/**
 * SQL of who belongs to groups. Public for what features above must ask within a transaction that
 * holds the conversation's lock.
 */
public final class MemberStore {
  private static final String COLUMNS =
      """
      SELECT m.conversation_id, m.account_id, m.role, m.join_time, m.from_seq, m.read_seq,
        m.clear_seq, m.hidden_seq, m.msg_flag, m.name_card, m.last_send_time, m.custom
      FROM group_member m
      """;

  private static final Sql SOME =
      new Sql(COLUMNS + "WHERE m.conversation_id = ? AND m.account_id IN (", "?", ")");

  /** One member, by primary key. */
  public Optional<GroupMember> find(Connection connection, long groupId, long accountId)
      throws SQLException {
    try (PreparedStatement select =
        connection.prepareStatement(COLUMNS + "WHERE m.conversation_id = ? AND m.account_id = ?")) {
      select.setLong(1, groupId);
      select.setLong(2, accountId);
      try (ResultSet rows = select.executeQuery()) {
        return rows.next() ? Optional.of(read(rows)) : Optional.empty();
      }
    }
  }

  /** Those of the accounts that are members, in no order. */
  public List<GroupMember> find(Connection connection, long groupId, Collection<Long> accountIds)
      throws SQLException {
    List<GroupMember> found = new ArrayList<>();
    SOME.select(connection, List.of(groupId), accountIds, Sql.ID, row -> found.add(read(row)));
    return found;
  }

  /** UNIX seconds until which an account may not send there, as stored; empty when never muted. */
  public OptionalLong muteEnd(Connection connection, long conversationId, long accountId)
      throws SQLException {
    try (PreparedStatement select =
        connection.prepareStatement(
            "SELECT until FROM group_mute WHERE conversation_id = ? AND account_id = ?")) {
      select.setLong(1, conversationId);
      select.setLong(2, accountId);
      try (ResultSet rows = select.executeQuery()) {
        return rows.next() ? OptionalLong.of(rows.getLong(1)) : OptionalLong.empty();
      }
    }
  }

  private static final Sql INSERT =
      new Sql(
          """
          INSERT INTO group_member
            (conversation_id, account_id, role, join_time, from_seq, read_seq, read_counted,
             msg_flag, name_card, custom)
          VALUES \
          """,
          "(?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
          "");

  private static final Sql PAST =
      new Sql(
          """
          INSERT INTO group_past_member
            (conversation_id, account_id, from_seq, to_seq, read_seq, clear_seq, hidden_seq)
          SELECT m.conversation_id, m.account_id, m.from_seq, c.last_seq, m.read_seq, m.clear_seq,
            m.hidden_seq
          FROM group_member m JOIN conversation c ON c.id = m.conversation_id
          WHERE m.conversation_id = ? AND m.account_id IN (\
          """,
          "?",
          """
          )
          ON DUPLICATE KEY UPDATE
            to_seq = VALUES(to_seq), read_seq = VALUES(read_seq), clear_seq = VALUES(clear_seq),
            hidden_seq = VALUES(hidden_seq)
          """);

  /**
   * Newcomers have read what was there before them; it comes onto their lists with what follows.
   */
  private static final Sql ENTER_TOPICS =
      new Sql(
          """
          INSERT INTO group_topic_member
            (conversation_id, account_id, read_seq, read_counted, floor_seen, hidden_seq)
          SELECT t.conversation_id, m.account_id, c.last_seq, c.counted_1, c.floor_seq, c.last_seq
          FROM group_topic t
          JOIN conversation c ON c.id = t.conversation_id AND c.last_seq > 0
          JOIN group_member m ON m.conversation_id = t.community_id
          WHERE t.community_id = ? AND t.gone_id = 0 AND m.account_id IN (\
          """,
          "?",
          """
          )
          ON DUPLICATE KEY UPDATE
            read_seq = VALUES(read_seq), read_counted = VALUES(read_counted), own_after = 0,
            floor_seen = VALUES(floor_seen), hidden_seq = VALUES(hidden_seq)
          """);

  private static final Sql LEAVE_TOPICS =
      new Sql(
          """
          DELETE place FROM group_topic t JOIN group_topic_member place
            ON place.conversation_id = t.conversation_id
          WHERE t.community_id = ? AND place.account_id IN (\
          """,
          "?",
          ")");

  private static final Sql DELETE =
      new Sql("DELETE FROM group_member WHERE conversation_id = ? AND account_id IN (", "?", ")");

  private static final Sql JOINED =
      new Sql(
          """
          SELECT account_id, COUNT(*) FROM group_member WHERE account_id IN (\
          """,
          "?",
          ") GROUP BY account_id");

  private static final Sql MUTE =
      new Sql(
          "INSERT INTO group_mute (conversation_id, account_id, until) VALUES ",
          "(?, ?, ?)",
          " ON DUPLICATE KEY UPDATE until = VALUES(until)");

  private static final Sql UNMUTE =
      new Sql("DELETE FROM group_mute WHERE conversation_id = ? AND account_id IN (", "?", ")");

  /**
   * Enters new members.
   *
   * @param counted the conversation's number of countable messages, all of which they have read
   */
  void insert(Connection connection, Collection<GroupMember> members, long counted)
      throws SQLException {
    INSERT.update(
        connection,
        List.of(),
        members,
        (statement, at, member) -> {
          statement.setLong(at, member.groupId());
          statement.setLong(at + 1, member.accountId());
          statement.setInt(at + 2, member.role().code());
          statement.setLong(at + 3, member.joinTime());
          statement.setLong(at + 4, member.fromSeq());
          statement.setLong(at + 5, member.readSeq());
          statement.setLong(at + 6, counted);
          statement.setInt(at + 7, member.msgFlag().code());
          statement.setBytes(at + 8, GroupStore.bytes(member.nameCard()));
          statement.setBytes(at + 9, FieldValues.encode(member.custom()));
          return at + 10;
        });
  }

  /** Gives new members of a community their places in those of its topics that have messages. */
  void enterTopics(Connection connection, long communityId, Collection<Long> accountIds)
      throws SQLException {
    ENTER_TOPICS.update(connection, List.of(communityId), accountIds, Sql.ID);
  }

  /** The topics a community has. */
  List<Long> topics(Connection connection, long communityId) throws SQLException {
    try (PreparedStatement select =
        connection.prepareStatement(
            "SELECT conversation_id FROM group_topic WHERE community_id = ? AND gone_id = 0")) {
      select.setLong(1, communityId);
      List<Long> ids = new ArrayList<>();
      try (ResultSet rows = select.executeQuery()) {
        while (rows.next()) {
          ids.add(rows.getLong(1));
        }
      }
      return ids;
    }
  }

  /** Takes the places in a community's topics from those who leave it. */
  void leaveTopics(Connection connection, long communityId, Collection<Long> accountIds)
      throws SQLException {
    LEAVE_TOPICS.update(connection, List.of(communityId), accountIds, Sql.ID);
  }

  /** Whoever sends into a topic of a community asks again whether it may. */
  void moveTopicVersions(Connection connection, long communityId) throws SQLException {
    try (PreparedStatement update =
        connection.prepareStatement(
            """
            UPDATE conversation c JOIN group_topic t ON t.conversation_id = c.id
            SET c.version = c.version + 1 WHERE t.community_id = ? AND t.gone_id = 0
            """)) {
      update.setLong(1, communityId);
      update.executeUpdate();
    }
  }

  /** Ends memberships: what they were allowed to read stays known. */
  void end(Connection connection, long groupId, Collection<Long> accountIds) throws SQLException {
    PAST.update(connection, List.of(groupId), accountIds, Sql.ID);
    DELETE.update(connection, List.of(groupId), accountIds, Sql.ID);
  }

  /** How many groups each account is in, by an index alone; none for an account in none. */
  Map<Long, Integer> joined(Connection connection, Collection<Long> accountIds)
      throws SQLException {
    Map<Long, Integer> counts = new HashMap<>();
    JOINED.select(
        connection,
        List.of(),
        accountIds,
        Sql.ID,
        row -> counts.put(row.getLong(1), row.getInt(2)));
    return counts;
  }

  /** The groups whose messages an account gets, and the topics whose messages it discards. */
  record Followed(List<Long> groups, List<Long> deafTo) {}

  /** In one statement: every login asks. */
  Followed followed(Connection connection, long accountId) throws SQLException {
    Followed found = new Followed(new ArrayList<>(), new ArrayList<>());
    try (PreparedStatement select =
        connection.prepareStatement(
            """
            SELECT conversation_id, 0 FROM group_member WHERE account_id = ? AND msg_flag <> ?
            UNION ALL
            SELECT conversation_id, 1 FROM group_topic_member WHERE account_id = ? AND msg_flag = ?
            """)) {
      select.setLong(1, accountId);
      select.setInt(2, MsgFlag.DISCARD.code());
      select.setLong(3, accountId);
      select.setInt(4, MsgFlag.DISCARD.code());
      try (ResultSet rows = select.executeQuery()) {
        while (rows.next()) {
          (rows.getInt(2) == 0 ? found.groups() : found.deafTo()).add(rows.getLong(1));
        }
      }
    }
    return found;
  }

  /**
   * A group that is discarded stays on its member's list as it is, or off it: nothing moves it.
   *
   * @param discards whether it is from now on
   */
  void holdOnList(Connection connection, long groupId, long accountId, boolean discards)
      throws SQLException {
    try (PreparedStatement update =
        connection.prepareStatement(
            discards
                ? """
                UPDATE group_member m JOIN conversation c ON c.id = m.conversation_id
                SET m.hidden_seq = IF(c.shown_1 > m.hidden_seq, 0, 4294967295)
                WHERE m.conversation_id = ? AND m.account_id = ?
                """
                : """
                UPDATE group_member m JOIN conversation c ON c.id = m.conversation_id
                SET m.hidden_seq = IF(m.hidden_seq = 4294967295, c.last_seq, m.hidden_seq)
                WHERE m.conversation_id = ? AND m.account_id = ?
                """)) {
      update.setLong(1, groupId);
      update.setLong(2, accountId);
      update.executeUpdate();
    }
  }

  /** Writes what may be changed of a member. */
  void update(Connection connection, GroupMember member) throws SQLException {
    try (PreparedStatement update =
        connection.prepareStatement(
            """
            UPDATE group_member SET role = ?, msg_flag = ?, name_card = ?, custom = ?
            WHERE conversation_id = ? AND account_id = ?
            """)) {
      update.setInt(1, member.role().code());
      update.setInt(2, member.msgFlag().code());
      update.setBytes(3, GroupStore.bytes(member.nameCard()));
      update.setBytes(4, FieldValues.encode(member.custom()));
      update.setLong(5, member.groupId());
      update.setLong(6, member.accountId());
      update.executeUpdate();
    }
  }

  /** Mutes accounts in a group or topic until then, instead of what was before. */
  void mute(Connection connection, long conversationId, Collection<Long> accountIds, long until)
      throws SQLException {
    MUTE.update(
        connection,
        List.of(),
        accountIds,
        (statement, at, account) -> {
          statement.setLong(at, conversationId);
          statement.setLong(at + 1, account);
          statement.setLong(at + 2, until);
          return at + 3;
        });
  }

  /** Lifts mutes; accounts that have none are passed over. */
  void unmute(Connection connection, long conversationId, Collection<Long> accountIds)
      throws SQLException {
    UNMUTE.update(connection, List.of(conversationId), accountIds, Sql.ID);
  }

  /** Mutes that end later than that, the latest end first; by an index in that order. */
  List<GroupMutes.Muted> muted(Connection connection, long conversationId, long now)
      throws SQLException {
    List<GroupMutes.Muted> found = new ArrayList<>();
    try (PreparedStatement select =
        connection.prepareStatement(
            """
            SELECT a.user_id, m.until
            FROM group_mute m FORCE INDEX (group_mute_end) JOIN account a ON a.id = m.account_id
            WHERE m.conversation_id = ? AND m.until > ? AND a.deleted_id = 0
            ORDER BY m.until DESC
            """)) {
      select.setLong(1, conversationId);
      select.setLong(2, now);
      try (ResultSet rows = select.executeQuery()) {
        while (rows.next()) {
          found.add(
              new GroupMutes.Muted(
                  GroupStore.text(rows, 1), GroupMutes.shown(rows.getLong(2), now)));
        }
      }
    }
    return found;
  }

  /** Any members, at most so many. */
  List<Long> some(Connection connection, long groupId, int limit) throws SQLException {
    List<Long> found = new ArrayList<>();
    try (PreparedStatement select =
        connection.prepareStatement(
            "SELECT account_id FROM group_member WHERE conversation_id = ? LIMIT ?")) {
      select.setLong(1, groupId);
      select.setInt(2, limit);
      try (ResultSet rows = select.executeQuery()) {
        while (rows.next()) {
          found.add(rows.getLong(1));
        }
      }
    }
    return found;
  }

  /** Owner and admins. */
  List<Long> managers(Connection connection, long groupId) throws SQLException {
    List<Long> found = new ArrayList<>();
    try (PreparedStatement select =
        connection.prepareStatement(
            """
            SELECT account_id FROM group_member FORCE INDEX (group_member_role)
            WHERE conversation_id = ? AND role IN (?, ?)
            """)) {
      select.setLong(1, groupId);
      select.setInt(2, Role.ADMIN.code());
      select.setInt(3, Role.OWNER.code());
      try (ResultSet rows = select.executeQuery()) {
        while (rows.next()) {
          found.add(rows.getLong(1));
        }
      }
    }
    return found;
  }

  /** UserIDs of all members, in the order in which they came. */
  List<String> userIds(Connection connection, long groupId) throws SQLException {
    List<String> found = new ArrayList<>();
    try (PreparedStatement select =
        connection.prepareStatement(
            """
            SELECT a.user_id FROM group_member m JOIN account a ON a.id = m.account_id
            WHERE m.conversation_id = ? ORDER BY m.join_time, m.account_id
            """)) {
      select.setLong(1, groupId);
      try (ResultSet rows = select.executeQuery()) {
        while (rows.next()) {
          found.add(GroupStore.text(rows, 1));
        }
      }
    }
    return found;
  }

  /** UserID of an account; empty for 0 and for one that is not there. */
  String userId(Connection connection, long accountId) throws SQLException {
    try (PreparedStatement select =
        connection.prepareStatement("SELECT user_id FROM account WHERE id = ?")) {
      select.setLong(1, accountId);
      try (ResultSet rows = select.executeQuery()) {
        return rows.next() ? GroupStore.text(rows, 1) : "";
      }
    }
  }

  static GroupMember read(ResultSet row) throws SQLException {
    return new GroupMember(
        row.getLong(1),
        row.getLong(2),
        Role.ofCode(row.getInt(3)),
        row.getLong(4),
        row.getLong(5),
        row.getLong(6),
        row.getLong(7),
        row.getLong(8),
        MsgFlag.ofCode(row.getInt(9)),
        GroupStore.text(row, 10),
        row.getLong(11),
        FieldValues.decode(row.getBytes(12)));
  }
}
