package im.palisade.server.group;

import im.palisade.server.group.GroupRoster.Listed;
import im.palisade.server.protocol.ErrorCode;
import im.palisade.server.protocol.ImException;
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
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/** SQL of member lists: every page walks an index in its order. */
final class RosterStore {
  private static final String COLUMNS =
      """
      SELECT m.conversation_id, m.account_id, m.role, m.join_time, m.from_seq, m.read_seq,
        m.clear_seq, m.hidden_seq, m.msg_flag, m.name_card, m.last_send_time, m.custom, a.user_id,
        COALESCE(mute.until, 0)
      FROM group_member m %s
        JOIN account a ON a.id = m.account_id
        LEFT JOIN group_mute mute
          ON mute.conversation_id = m.conversation_id AND mute.account_id = m.account_id
      """;

  private static final Sql SOME =
      new Sql(
          COLUMNS.formatted("") + " WHERE m.conversation_id = ? AND m.account_id IN (", "?", ")");

  /** A place in the order of joining: the member at it. */
  record Place(long joinTime, long accountId) {
    private static final Place BEGIN = new Place(-1, 0);

    static Place of(GroupMember member) {
      return new Place(member.joinTime(), member.accountId());
    }

    static Place parse(String cursor) {
      if (cursor.isEmpty()) {
        return BEGIN;
      }
      if (!cursor.matches("[0-9]{1,10}-[0-9]{1,18}")) {
        throw new ImException(ErrorCode.GROUP_INVALID_PARAMETER, "Next is no cursor");
      }
      int at = cursor.indexOf('-');
      return new Place(
          Long.parseLong(cursor.substring(0, at)), Long.parseLong(cursor.substring(at + 1)));
    }

    @Override
    public String toString() {
      return joinTime + "-" + accountId;
    }
  }

  private static final Sql TOPICS =
      new Sql(
          """
          SELECT t.community_id, SUM(c.last_seq) + 1, SUM(COALESCE(m.read_seq, 0))
          FROM group_topic t
            JOIN conversation c ON c.id = t.conversation_id
            LEFT JOIN group_topic_member m
              ON m.conversation_id = t.conversation_id AND m.account_id = ?
          WHERE t.gone_id = 0 AND t.community_id IN (\
          """,
          "?",
          ") GROUP BY t.community_id");

  /** How far the topics of communities have come, and an account in them. */
  Map<Long, GroupRoster.TopicTotals> topicTotals(
      Connection connection, long accountId, Collection<Long> communityIds) throws SQLException {
    Map<Long, GroupRoster.TopicTotals> totals = new HashMap<>();
    TOPICS.select(
        connection,
        List.of(accountId),
        communityIds,
        Sql.ID,
        row ->
            totals.put(
                row.getLong(1), new GroupRoster.TopicTotals(row.getLong(2), row.getLong(3))));
    return totals;
  }

  /** One membership of an account. */
  record Membership(GroupMember member, long muteUntil) {}

  void page(
      Connection connection,
      long groupId,
      Set<Role> roles,
      int offset,
      int limit,
      long now,
      Consumer<Listed> each)
      throws SQLException {
    try (PreparedStatement select =
        connection.prepareStatement(
            text(roles, "") + " ORDER BY m.join_time, m.account_id LIMIT ? OFFSET ?")) {
      select.setLong(1, groupId);
      select.setInt(2, limit);
      select.setInt(3, offset);
      try (ResultSet rows = select.executeQuery()) {
        while (rows.next()) {
          each.accept(listed(rows, now));
        }
      }
    }
  }

  List<Listed> behind(
      Connection connection, long groupId, Set<Role> roles, Place after, int limit, long now)
      throws SQLException {
    String place = " AND m.join_time >= ? AND (m.join_time > ? OR m.account_id > ?)";
    try (PreparedStatement select =
        connection.prepareStatement(
            text(roles, place) + " ORDER BY m.join_time, m.account_id LIMIT ?")) {
      select.setLong(1, groupId);
      select.setLong(2, Math.max(after.joinTime(), 0));
      select.setLong(3, after.joinTime());
      select.setLong(4, after.accountId());
      select.setInt(5, limit);
      List<Listed> found = new ArrayList<>();
      try (ResultSet rows = select.executeQuery()) {
        while (rows.next()) {
          found.add(listed(rows, now));
        }
      }
      return found;
    }
  }

  List<Listed> some(Connection connection, long groupId, Collection<Long> accountIds, long now)
      throws SQLException {
    List<Listed> found = new ArrayList<>();
    SOME.select(
        connection, List.of(groupId), accountIds, Sql.ID, row -> found.add(listed(row, now)));
    return found;
  }

  /**
   * All memberships of an account in the order of joining: sorted in memory, being no more than the
   * groups one account may be in.
   */
  List<Membership> of(Connection connection, long accountId, long now) throws SQLException {
    List<Membership> found = new ArrayList<>();
    try (PreparedStatement select =
        connection.prepareStatement(
            COLUMNS.formatted("FORCE INDEX (group_member_of)")
                + " WHERE m.account_id = ? ORDER BY m.join_time, m.conversation_id")) {
      select.setLong(1, accountId);
      try (ResultSet rows = select.executeQuery()) {
        while (rows.next()) {
          found.add(
              new Membership(MemberStore.read(rows), GroupMutes.shown(rows.getLong(14), now)));
        }
      }
    }
    return found;
  }

  /**
   * All roles, or one, walk an index in its order. Two walk the index of all and pass over the
   * third: only Owner and Admin alone are few among many, and their index is sorted for.
   */
  private static String text(Set<Role> roles, String place) {
    boolean all = roles.size() == Role.values().length;
    boolean few = !all && !roles.contains(Role.MEMBER);
    boolean byRole = few || roles.size() == 1;
    // Whoever asks for roles that there are not finds nobody.
    String codes =
        roles.isEmpty()
            ? "NULL"
            : roles.stream()
                .map(role -> Integer.toString(role.code()))
                .collect(Collectors.joining(", "));
    return COLUMNS.formatted(
            "FORCE INDEX (" + (byRole ? "group_member_role" : "group_member_order") + ")")
        + " WHERE m.conversation_id = ?"
        + (all ? "" : " AND m.role IN (" + codes + ")")
        + place;
  }

  private static Listed listed(ResultSet row, long now) throws SQLException {
    return new Listed(
        MemberStore.read(row), GroupStore.text(row, 13), GroupMutes.shown(row.getLong(14), now));
  }
}
