package im.palisade.server.robot;

import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/** SQL of robots and of their streams. */
final class RobotStore {
  private static final int DELETE_ROWS = 500;

  /** Holds an app's robots until the transaction ends. */
  void lock(Connection connection, long appId) throws SQLException {
    try (PreparedStatement upsert =
        connection.prepareStatement(
            """
            INSERT INTO robot_app (app_id) VALUES (?)
            ON DUPLICATE KEY UPDATE app_id = VALUES(app_id)
            """)) {
      upsert.setLong(1, appId);
      upsert.executeUpdate();
    }
  }

  /** Valid robots other than that account. */
  int countOthers(Connection connection, long appId, long accountId) throws SQLException {
    try (PreparedStatement select =
        connection.prepareStatement(
            "SELECT COUNT(*) FROM robot WHERE app_id = ? AND valid AND account_id <> ?")) {
      select.setLong(1, appId);
      select.setLong(2, accountId);
      try (ResultSet rows = select.executeQuery()) {
        rows.next();
        return rows.getInt(1);
      }
    }
  }

  /** Makes a robot valid or not; an account that is none becomes one. */
  void save(Connection connection, long appId, long accountId, boolean valid) throws SQLException {
    try (PreparedStatement upsert =
        connection.prepareStatement(
            """
            INSERT INTO robot (account_id, app_id, valid) VALUES (?, ?, ?)
            ON DUPLICATE KEY UPDATE valid = VALUES(valid)
            """)) {
      upsert.setLong(1, accountId);
      upsert.setLong(2, appId);
      upsert.setBoolean(3, valid);
      upsert.executeUpdate();
    }
  }

  boolean isValid(Connection connection, long accountId) throws SQLException {
    try (PreparedStatement select =
        connection.prepareStatement("SELECT valid FROM robot WHERE account_id = ?")) {
      select.setLong(1, accountId);
      try (ResultSet rows = select.executeQuery()) {
        return rows.next() && rows.getBoolean(1);
      }
    }
  }

  /** UserIDs of an app's valid robots, in their order. */
  List<String> valid(Connection connection, long appId) throws SQLException {
    try (PreparedStatement select =
        connection.prepareStatement(
            """
            SELECT account.user_id FROM robot JOIN account ON account.id = robot.account_id
            WHERE robot.app_id = ? AND robot.valid ORDER BY account.user_id
            """)) {
      select.setLong(1, appId);
      List<String> found = new ArrayList<>();
      try (ResultSet rows = select.executeQuery()) {
        while (rows.next()) {
          found.add(new String(rows.getBytes(1), StandardCharsets.UTF_8));
        }
      }
      return found;
    }
  }

  void forget(Connection connection, long accountId) throws SQLException {
    try (PreparedStatement delete =
        connection.prepareStatement("DELETE FROM robot WHERE account_id = ?")) {
      delete.setLong(1, accountId);
      delete.executeUpdate();
    }
  }

  void openStream(Connection connection, long conversationId, long seq, long now)
      throws SQLException {
    try (PreparedStatement insert =
        connection.prepareStatement(
            "INSERT INTO robot_stream (conversation_id, seq, grown_at) VALUES (?, ?, ?)")) {
      insert.setLong(1, conversationId);
      insert.setLong(2, seq);
      insert.setLong(3, now);
      insert.executeUpdate();
    }
  }

  /** Notes that an open stream has grown; false when it is not open or has been idle too long. */
  boolean keepOpen(Connection connection, long conversationId, long seq, long now, long since)
      throws SQLException {
    try (PreparedStatement update =
        connection.prepareStatement(
            """
            UPDATE robot_stream SET grown_at = GREATEST(grown_at, ?)
            WHERE conversation_id = ? AND seq = ? AND grown_at >= ?
            """)) {
      update.setLong(1, now);
      update.setLong(2, conversationId);
      update.setLong(3, seq);
      update.setLong(4, since);
      return update.executeUpdate() > 0;
    }
  }

  /** Ends an open stream; false when it is not open or has been idle too long. */
  boolean closeStream(Connection connection, long conversationId, long seq, long since)
      throws SQLException {
    try (PreparedStatement delete =
        connection.prepareStatement(
            """
            DELETE FROM robot_stream WHERE conversation_id = ? AND seq = ? AND grown_at >= ?
            """)) {
      delete.setLong(1, conversationId);
      delete.setLong(2, seq);
      delete.setLong(3, since);
      return delete.executeUpdate() > 0;
    }
  }

  /** Ends streams that have not grown since; returns how many in this step. */
  int closeIdle(Connection connection, long since) throws SQLException {
    try (PreparedStatement delete =
        connection.prepareStatement(
            "DELETE FROM robot_stream WHERE grown_at < ? LIMIT " + DELETE_ROWS)) {
      delete.setLong(1, since);
      return delete.executeUpdate();
    }
  }
}
