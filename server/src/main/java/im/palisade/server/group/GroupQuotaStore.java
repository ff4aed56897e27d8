package im.palisade.server.group;

import im.palisade.server.app.App;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.LocalDate;
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

  /** How many groups were made on a day, less those dissolved. */
  int madeOn(Connection connection, App app, LocalDate day) throws SQLException {
    try (PreparedStatement select =
        connection.prepareStatement("SELECT net FROM group_day WHERE app_id = ? AND day = ?")) {
      select.setLong(1, app.appId());
      select.setObject(2, day);
      try (ResultSet rows = select.executeQuery()) {
        return rows.next() ? rows.getInt(1) : 0;
      }
    }
  }

  /** Notes that an app came so near its quota on that day; false when that was noted before. */
  boolean note(Connection connection, App app, LocalDate day, int percent) throws SQLException {
    try (PreparedStatement insert =
            connection.prepareStatement(
                "INSERT IGNORE INTO group_quota_alarm (app_id, day, percent) VALUES (?, ?, ?)");
        PreparedStatement forget =
            connection.prepareStatement(
                "DELETE FROM group_quota_alarm WHERE app_id = ? AND day < ?")) {
      insert.setLong(1, app.appId());
      insert.setLong(2, day.toEpochDay());
      insert.setInt(3, percent);
      boolean first = insert.executeUpdate() == 1;
      if (first) {
        forget.setLong(1, app.appId());
        forget.setLong(2, day.toEpochDay());
        forget.executeUpdate();
      }
      return first;
    }
  }
}
