package im.palisade.server.group;

import im.palisade.server.app.App;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Map;
import java.util.TreeMap;

/** SQL of how many groups there are of whom and since when. */
final class GroupQuotaStore {

  /** How many live groups an account owns, by the built-in type they are of; by index. */
  Map<String, Integer> owned(Connection connection, App app, long ownerId) throws SQLException {
    Map<String, Integer> found = new TreeMap<>();
    try (PreparedStatement select =
        connection.prepareStatement(
            """
            SELECT type, COUNT(*) FROM im_group
            WHERE owner_id = ? AND app_id = ? AND gone_id = 0 GROUP BY type
            """)) {
      select.setLong(1, ownerId);
      select.setLong(2, app.appId());
      try (ResultSet rows = select.executeQuery()) {
        while (rows.next()) {
          found.put(BaseType.ofCode(rows.getInt(1)).wireName(), rows.getInt(2));
        }
      }
    }
    return found;
  }

  /**
   * How many of an app's live groups, communities apart, were made since that second. Counts an
   * index, so this costs with the number of all; asked where a quota is set only.
   */
  int madeSince(Connection connection, App app, long seconds) throws SQLException {
    try (PreparedStatement select =
        connection.prepareStatement(
            """
            SELECT COUNT(*) FROM im_group
            WHERE app_id = ? AND gone_id = 0 AND type <> ? AND create_time >= ?
            """)) {
      select.setLong(1, app.appId());
      select.setInt(2, BaseType.COMMUNITY.code());
      select.setLong(3, seconds);
      try (ResultSet rows = select.executeQuery()) {
        rows.next();
        return rows.getInt(1);
      }
    }
  }

  /** Notes that an app came so near its quota on that day; false when that was noted before. */
  boolean note(Connection connection, App app, long day, int percent) throws SQLException {
    try (PreparedStatement insert =
            connection.prepareStatement(
                "INSERT IGNORE INTO group_quota_alarm (app_id, day, percent) VALUES (?, ?, ?)");
        PreparedStatement forget =
            connection.prepareStatement(
                "DELETE FROM group_quota_alarm WHERE app_id = ? AND day < ?")) {
      insert.setLong(1, app.appId());
      insert.setLong(2, day);
      insert.setInt(3, percent);
      boolean first = insert.executeUpdate() == 1;
      if (first) {
        forget.setLong(1, app.appId());
        forget.setLong(2, day);
        forget.executeUpdate();
      }
      return first;
    }
  }
}
