package im.palisade.server.group;

import im.palisade.server.app.App;
import im.palisade.server.store.Sql;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
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
        c.version, g.member_count, c.last_seq, c.last_time
      FROM im_group g JOIN conversation c ON c.id = g.conversation_id
      """;

  private static final Sql BY_GROUP_ID =
      new Sql(COLUMNS + "WHERE g.app_id = ? AND g.gone_id = 0 AND g.group_id IN (", "?", ")");

  private static final Sql BY_ID =
      new Sql(COLUMNS + "WHERE g.gone_id = 0 AND g.conversation_id IN (", "?", ")");

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
    return new GroupRow(group, new GroupNumbers(row.getInt(24), row.getLong(25), row.getLong(26)));
  }

  static String text(ResultSet row, int column) throws SQLException {
    return new String(row.getBytes(column), StandardCharsets.UTF_8);
  }

  static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
