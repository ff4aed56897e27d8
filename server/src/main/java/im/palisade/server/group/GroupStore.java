package im.palisade.server.group;

import im.palisade.server.app.App;
import im.palisade.server.message.GroupRef;
import im.palisade.server.store.Sql;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLIntegrityConstraintViolationException;
import java.sql.Statement;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** SQL of groups; that of their members stands in {@link MemberStore}. */
final class GroupStore {
  /** What a conversation of a group is among conversations. */
  static final int KIND_GROUP = 2;

  private static final String COLUMNS =
      """
      SELECT g.conversation_id, g.group_id, g.type, g.custom_type, g.owner_id, g.name,
        g.introduction, g.notification, g.face_url, g.create_time, g.info_seq, g.last_info_time,
        g.max_members, g.join_option, g.invite_option, g.mute_all, g.active, g.support_topic,
        g.history_before_join, g.enable_permission, g.default_permission, g.custom,
        c.version, g.member_count, c.last_seq, c.last_time, c.counted_1
      FROM im_group g JOIN conversation c ON c.id = g.conversation_id
      """;

  private static final Sql BY_GROUP_ID =
      new Sql(COLUMNS + "WHERE g.app_id = ? AND g.gone_id = 0 AND g.group_id IN (", "?", ")");

  private static final Sql BY_ID =
      new Sql(COLUMNS + "WHERE g.gone_id = 0 AND g.conversation_id IN (", "?", ")");

  private static final Sql REFS =
      new Sql(
          """
          SELECT c.id, t.topic_id, g.group_id, g.type, g.custom_type
          FROM conversation c
          LEFT JOIN group_topic t ON t.conversation_id = c.id
          JOIN im_group g ON g.conversation_id = COALESCE(t.community_id, c.id)
          WHERE c.id IN (\
          """,
          "?",
          ")");

  private final GroupTypes types;

  GroupStore(GroupTypes types) {
    this.types = types;
  }

  /** The live groups of those names, in no order. */
  List<GroupRow> find(Connection connection, App app, Collection<String> groupIds)
      throws SQLException {
    List<GroupRow> found = new ArrayList<>();
    BY_GROUP_ID.select(
        connection,
        List.of(app.appId()),
        groupIds,
        (statement, at, groupId) -> {
          statement.setBytes(at, bytes(groupId));
          return at + 1;
        },
        row -> found.add(read(app, row)));
    return found;
  }

  /** The groups of those conversations that are still live, in no order. */
  List<GroupRow> findByIds(Connection connection, App app, Collection<Long> ids)
      throws SQLException {
    List<GroupRow> found = new ArrayList<>();
    BY_ID.select(connection, List.of(), ids, Sql.ID, row -> found.add(read(app, row)));
    return found;
  }

  /** The group of that conversation if it is live. */
  Optional<GroupRow> findById(Connection connection, App app, long id) throws SQLException {
    return findByIds(connection, app, List.of(id)).stream().findFirst();
  }

  /** What groups and topics are called, by conversation, those that are gone included. */
  Map<Long, GroupRef> refs(Connection connection, App app, Collection<Long> conversationIds)
      throws SQLException {
    Map<Long, GroupRef> found = new HashMap<>();
    REFS.select(
        connection,
        List.of(),
        conversationIds,
        Sql.ID,
        row -> {
          GroupType type = types.stored(app, BaseType.ofCode(row.getInt(4)), text(row, 5));
          found.put(
              row.getLong(1),
              new GroupRef(
                  text(row, 3),
                  type.name(),
                  row.getBytes(2) == null ? Optional.empty() : Optional.of(text(row, 2))));
        });
    return found;
  }

  /** The row of a conversation of its own; returns its id. */
  static long insertConversation(Connection connection, long appId, int kind) throws SQLException {
    try (PreparedStatement insert =
        connection.prepareStatement(
            "INSERT INTO conversation (app_id, kind) VALUES (?, ?)",
            Statement.RETURN_GENERATED_KEYS)) {
      insert.setLong(1, appId);
      insert.setInt(2, kind);
      insert.executeUpdate();
      try (ResultSet generated = insert.getGeneratedKeys()) {
        generated.next();
        return generated.getLong(1);
      }
    }
  }

  /** Enters a new group; false when its name is taken. */
  boolean insert(Connection connection, Group group, int memberCount, long now)
      throws SQLException {
    try (PreparedStatement insert =
        connection.prepareStatement(
            """
            INSERT INTO im_group
              (conversation_id, app_id, group_id, type, custom_type, owner_id, name, introduction,
               notification, face_url, create_time, info_seq, last_info_time, member_count,
               member_time, max_members, join_option, invite_option, mute_all, active, support_topic,
               history_before_join, enable_permission, default_permission, custom, created_at)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?,
              UTC_TIMESTAMP(6))
            """)) {
      GroupType type = group.type();
      insert.setLong(1, group.id());
      insert.setLong(2, group.appId());
      insert.setBytes(3, bytes(group.groupId()));
      insert.setInt(4, type.base().code());
      insert.setBytes(5, bytes(custom(type)));
      insert.setLong(6, group.ownerId());
      insert.setBytes(7, bytes(group.texts().name()));
      insert.setBytes(8, bytes(group.texts().introduction()));
      insert.setBytes(9, bytes(group.texts().notification()));
      insert.setBytes(10, bytes(group.texts().faceUrl()));
      insert.setLong(11, group.createTime());
      insert.setLong(12, group.infoSeq());
      insert.setLong(13, group.lastInfoTime());
      insert.setInt(14, memberCount);
      insert.setLong(15, now);
      insert.setInt(16, group.maxMembers());
      insert.setInt(17, group.joinOption().code());
      insert.setInt(18, group.inviteOption().code());
      insert.setBoolean(19, group.muteAll());
      insert.setBoolean(20, group.active());
      insert.setBoolean(21, group.supportTopic());
      insert.setInt(22, code(group.historyBeforeJoin()));
      insert.setBoolean(23, group.enablePermission());
      insert.setLong(24, group.defaultPermission());
      insert.setBytes(25, FieldValues.encode(group.custom()));
      insert.executeUpdate();
      return true;
    } catch (SQLIntegrityConstraintViolationException e) {
      return false;
    }
  }

  /** Writes what a profile change may have changed, the owner included. */
  void update(Connection connection, Group group) throws SQLException {
    try (PreparedStatement update =
        connection.prepareStatement(
            """
            UPDATE im_group SET
              owner_id = ?, name = ?, introduction = ?, notification = ?, face_url = ?,
              info_seq = ?, last_info_time = ?, max_members = ?, join_option = ?,
              invite_option = ?, mute_all = ?, history_before_join = ?, enable_permission = ?,
              default_permission = ?, custom = ?, active = ?
            WHERE conversation_id = ?
            """)) {
      update.setLong(1, group.ownerId());
      update.setBytes(2, bytes(group.texts().name()));
      update.setBytes(3, bytes(group.texts().introduction()));
      update.setBytes(4, bytes(group.texts().notification()));
      update.setBytes(5, bytes(group.texts().faceUrl()));
      update.setLong(6, group.infoSeq());
      update.setLong(7, group.lastInfoTime());
      update.setInt(8, group.maxMembers());
      update.setInt(9, group.joinOption().code());
      update.setInt(10, group.inviteOption().code());
      update.setBoolean(11, group.muteAll());
      update.setInt(12, code(group.historyBeforeJoin()));
      update.setBoolean(13, group.enablePermission());
      update.setLong(14, group.defaultPermission());
      update.setBytes(15, FieldValues.encode(group.custom()));
      update.setBoolean(16, group.active());
      update.setLong(17, group.id());
      update.executeUpdate();
    }
  }

  /** Notes that so many members came, or went. */
  void addToCount(Connection connection, long groupId, int change, long now) throws SQLException {
    try (PreparedStatement update =
        connection.prepareStatement(
            """
            UPDATE im_group SET member_count = member_count + ?, member_time = ?
            WHERE conversation_id = ?
            """)) {
      update.setInt(1, change);
      update.setLong(2, now);
      update.setLong(3, groupId);
      update.executeUpdate();
    }
  }

  /** Dissolves: the name is free, the members are for {@link GroupRemains} to take out. */
  void markGone(Connection connection, long groupId) throws SQLException {
    try (PreparedStatement update =
            connection.prepareStatement(
                """
                UPDATE im_group SET gone_id = conversation_id, gone_at = UTC_TIMESTAMP(6)
                WHERE conversation_id = ?
                """);
        PreparedStatement topics =
            connection.prepareStatement(
                """
                UPDATE group_topic SET gone_id = conversation_id
                WHERE community_id = ? AND gone_id = 0
                """);
        PreparedStatement insert =
            connection.prepareStatement("INSERT INTO group_remains (conversation_id) VALUES (?)")) {
      for (PreparedStatement statement : List.of(update, topics, insert)) {
        statement.setLong(1, groupId);
        statement.executeUpdate();
      }
    }
  }

  /**
   * How many live groups an app has, of one type or all. Counts an index, so this costs with their
   * number; asked once a second at most, or where a cap is set.
   */
  long count(Connection connection, App app, Optional<GroupType> type) throws SQLException {
    try (PreparedStatement select =
        connection.prepareStatement(
            "SELECT COUNT(*) FROM im_group WHERE app_id = ? AND gone_id = 0"
                + (type.isPresent() ? " AND type = ? AND custom_type = ?" : ""))) {
      select.setLong(1, app.appId());
      if (type.isPresent()) {
        select.setInt(2, type.get().base().code());
        select.setBytes(3, bytes(custom(type.get())));
      }
      try (ResultSet rows = select.executeQuery()) {
        rows.next();
        return rows.getLong(1);
      }
    }
  }

  /** How many live groups of a built-in type and those based on it an app has; by index as well. */
  long countBase(Connection connection, App app, BaseType base) throws SQLException {
    try (PreparedStatement select =
        connection.prepareStatement(
            "SELECT COUNT(*) FROM im_group WHERE app_id = ? AND gone_id = 0 AND type = ?")) {
      select.setLong(1, app.appId());
      select.setInt(2, base.code());
      try (ResultSet rows = select.executeQuery()) {
        rows.next();
        return rows.getLong(1);
      }
    }
  }

  /** A name and the number that orders it. */
  record Listed(long id, String groupId) {}

  /** Live groups in the order of their creation, behind a number; by index. */
  List<Listed> list(Connection connection, App app, Optional<GroupType> type, long after, int limit)
      throws SQLException {
    List<Listed> found = new ArrayList<>();
    try (PreparedStatement select =
        connection.prepareStatement(
            "SELECT conversation_id, group_id FROM im_group WHERE app_id = ? AND gone_id = 0"
                + (type.isPresent() ? " AND type = ? AND custom_type = ?" : "")
                + " AND conversation_id > ? ORDER BY conversation_id LIMIT ?")) {
      int at = 1;
      select.setLong(at++, app.appId());
      if (type.isPresent()) {
        select.setInt(at++, type.get().base().code());
        select.setBytes(at++, bytes(custom(type.get())));
      }
      select.setLong(at++, after);
      select.setInt(at, limit);
      try (ResultSet rows = select.executeQuery()) {
        while (rows.next()) {
          found.add(new Listed(rows.getLong(1), text(rows, 2)));
        }
      }
    }
    return found;
  }

  /**
   * Groups of a type behind a number in which nothing was said and nobody came or went since a
   * time, topics included. Walks all groups of the type: asked by a job, and for single groups.
   */
  List<Listed> idle(
      Connection connection, App app, GroupType type, long since, long after, int limit)
      throws SQLException {
    List<Listed> found = new ArrayList<>();
    try (PreparedStatement select =
        connection.prepareStatement(
            """
            SELECT g.conversation_id, g.group_id
            FROM im_group g FORCE INDEX (im_group_listed_type)
            JOIN conversation c ON c.id = g.conversation_id
            WHERE g.app_id = ? AND g.gone_id = 0 AND g.type = ? AND g.custom_type = ?
              AND g.conversation_id > ? AND GREATEST(c.last_time, g.member_time) < ?
              AND NOT EXISTS (
                SELECT 1 FROM group_topic t JOIN conversation tc ON tc.id = t.conversation_id
                WHERE t.community_id = g.conversation_id AND t.gone_id = 0 AND tc.last_time >= ?)
            ORDER BY g.conversation_id LIMIT ?
            """)) {
      select.setLong(1, app.appId());
      select.setInt(2, type.base().code());
      select.setBytes(3, bytes(custom(type)));
      select.setLong(4, after);
      select.setLong(5, since);
      select.setLong(6, since);
      select.setInt(7, limit);
      try (ResultSet rows = select.executeQuery()) {
        while (rows.next()) {
          found.add(new Listed(rows.getLong(1), text(rows, 2)));
        }
      }
    }
    return found;
  }

  /** The app's day at that time. */
  static LocalDate day(App app, long epochSecond) {
    return Instant.ofEpochSecond(epochSecond).atZone(app.settings().zone()).toLocalDate();
  }

  /** Counts groups made, or dissolved, on a day; returns how many more were made then. */
  int addToDay(Connection connection, App app, LocalDate day, int change) throws SQLException {
    try (PreparedStatement upsert =
            connection.prepareStatement(
                """
                INSERT INTO group_day (app_id, day, net) VALUES (?, ?, ?)
                ON DUPLICATE KEY UPDATE net = net + VALUES(net)
                """);
        PreparedStatement select =
            connection.prepareStatement("SELECT net FROM group_day WHERE app_id = ? AND day = ?");
        PreparedStatement prune =
            connection.prepareStatement("DELETE FROM group_day WHERE app_id = ? AND day < ?")) {
      upsert.setLong(1, app.appId());
      upsert.setObject(2, day);
      upsert.setInt(3, change);
      // One changed row is the first of its day.
      if (upsert.executeUpdate() == 1) {
        prune.setLong(1, app.appId());
        prune.setObject(2, day);
        prune.executeUpdate();
      }
      select.setLong(1, app.appId());
      select.setObject(2, day);
      try (ResultSet rows = select.executeQuery()) {
        rows.next();
        return rows.getInt(1);
      }
    }
  }

  static String custom(GroupType type) {
    return type.name().equals(type.base().wireName()) ? "" : type.name();
  }

  private static int code(Optional<Boolean> word) {
    return word.map(on -> on ? 1 : 2).orElse(0);
  }

  private GroupRow read(App app, ResultSet row) throws SQLException {
    int history = row.getInt(19);
    Group group =
        new Group(
            row.getLong(1),
            app.appId(),
            text(row, 2),
            types.stored(app, BaseType.ofCode(row.getInt(3)), text(row, 4)),
            row.getLong(5),
            new GroupTexts(text(row, 6), text(row, 7), text(row, 8), text(row, 9)),
            row.getLong(10),
            row.getLong(11),
            row.getLong(12),
            row.getInt(13),
            JoinOption.ofCode(row.getInt(14)),
            JoinOption.ofCode(row.getInt(15)),
            row.getBoolean(16),
            row.getBoolean(17),
            row.getBoolean(18),
            history == 0 ? Optional.empty() : Optional.of(history == 1),
            row.getBoolean(20),
            row.getLong(21),
            FieldValues.decode(row.getBytes(22)),
            row.getLong(23));
    return new GroupRow(
        group, new GroupNumbers(row.getInt(24), row.getLong(25), row.getLong(26), row.getLong(27)));
  }

  static String text(ResultSet row, int column) throws SQLException {
    return new String(row.getBytes(column), StandardCharsets.UTF_8);
  }

  static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
