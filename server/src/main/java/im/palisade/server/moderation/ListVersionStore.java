package im.palisade.server.moderation;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;

/**
 * SQL of the numbers by which nodes notice that a list has changed. Taking the next one holds off
 * every other change of the same list until the transaction ends.
 */
final class ListVersionStore {
  /** The app's own words. */
  static final int LOCAL = 1;

  /** The words of its libraries. */
  static final int CLOUD = 2;

  private final int list;

  ListVersionStore(int list) {
    this.list = list;
  }

  void next(Connection connection, long appId) throws SQLException {
    try (PreparedStatement upsert =
        connection.prepareStatement(
            """
            INSERT INTO moderation_version (app_id, list, version) VALUES (?, ?, 1)
            ON DUPLICATE KEY UPDATE version = version + 1
            """)) {
      upsert.setLong(1, appId);
      upsert.setInt(2, list);
      upsert.executeUpdate();
    }
  }

  /** The current number; 0 for a list that has never been changed. */
  long read(Connection connection, long appId) throws SQLException {
    try (PreparedStatement select =
        connection.prepareStatement(
            "SELECT version FROM moderation_version WHERE app_id = ? AND list = ?")) {
      select.setLong(1, appId);
      select.setInt(2, list);
      try (ResultSet rows = select.executeQuery()) {
        return rows.next() ? rows.getLong(1) : 0;
      }
    }
  }
}
