package im.palisade.server.group;

import im.palisade.server.app.App;
import im.palisade.server.store.Sql;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/** Rows of when accounts were last connected. */
final class AbsenceStore {
  private static final Sql SEEN =
      new Sql(
          """
          INSERT INTO group_last_seen (account_id, day)
          SELECT id, ? FROM account WHERE deleted_id = 0 AND id IN (\
          """,
          "?",
          ") ON DUPLICATE KEY UPDATE day = VALUES(day)");

  /** A group whose members are looked at. */
  record Place(long id, String groupId) {}

  /** The accounts were connected on that day. */
  void seen(Connection connection, Collection<Long> accountIds, long day) throws SQLException {
    SEEN.update(connection, List.of(day), accountIds, Sql.ID);
  }

  /** Groups of a type with a higher id, by id. */
  List<Place> groups(Connection connection, App app, GroupType type, long after, int limit)
      throws SQLException {
    List<Place> found = new ArrayList<>();
    try (PreparedStatement select =
        connection.prepareStatement(
            """
            SELECT conversation_id, group_id FROM im_group
            WHERE app_id = ? AND gone_id = 0 AND type = ? AND custom_type = ?
              AND conversation_id > ?
            ORDER BY conversation_id LIMIT ?
            """)) {
      select.setLong(1, app.appId());
      select.setInt(2, type.base().code());
      select.setBytes(3, GroupStore.custom(type).getBytes(StandardCharsets.UTF_8));
      select.setLong(4, after);
      select.setInt(5, limit);
      try (ResultSet rows = select.executeQuery()) {
        while (rows.next()) {
          found.add(
              new Place(rows.getLong(1), new String(rows.getBytes(2), StandardCharsets.UTF_8)));
        }
      }
    }
    return found;
  }

  /** Members of whom nothing is known are taken for connected that day. */
  void begin(Connection connection, long groupId, long day) throws SQLException {
    try (PreparedStatement insert =
        connection.prepareStatement(
            """
            INSERT IGNORE INTO group_last_seen (account_id, day)
            SELECT m.account_id, ? FROM group_member m
            LEFT JOIN group_last_seen s ON s.account_id = m.account_id
            WHERE m.conversation_id = ? AND s.account_id IS NULL
            """)) {
      insert.setLong(1, day);
      insert.setLong(2, groupId);
      insert.executeUpdate();
    }
  }

  /** Members last connected before a day who came before a second, the owner left out. */
  List<Long> away(Connection connection, long groupId, long beforeDay, long joinedBefore, int limit)
      throws SQLException {
    List<Long> found = new ArrayList<>();
    try (PreparedStatement select =
        connection.prepareStatement(
            """
            SELECT m.account_id FROM group_member m
            JOIN group_last_seen s ON s.account_id = m.account_id
            WHERE m.conversation_id = ? AND m.role <> ? AND m.join_time < ? AND s.day < ?
            ORDER BY m.account_id LIMIT ?
            """)) {
      select.setLong(1, groupId);
      select.setInt(2, Role.OWNER.code());
      select.setLong(3, joinedBefore);
      select.setLong(4, beforeDay);
      select.setInt(5, limit);
      try (ResultSet rows = select.executeQuery()) {
        while (rows.next()) {
          found.add(rows.getLong(1));
        }
      }
    }
    return found;
  }
}
