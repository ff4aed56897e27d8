package im.palisade.server.auditlog;

import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** SQL of erasures that are due. */
final class ErasureStore {
  /** An erasure whose time has come. */
  record Due(long id, long appId, long accountId, String subjectRef, boolean recorded) {}

  void insert(Connection connection, Due due, Instant at) throws SQLException {
    try (PreparedStatement insert =
        connection.prepareStatement(
            "INSERT INTO audit_erasure (app_id, account_id, subject_ref, due_at, recorded)"
                + " VALUES (?, ?, ?, ?, 0)")) {
      insert.setLong(1, due.appId());
      insert.setLong(2, due.accountId());
      insert.setBytes(3, due.subjectRef().getBytes(StandardCharsets.US_ASCII));
      insert.setLong(4, at.toEpochMilli());
      insert.executeUpdate();
    }
  }

  List<Due> due(Connection connection, Instant now, int limit) throws SQLException {
    try (PreparedStatement select =
        connection.prepareStatement(
            "SELECT id, app_id, account_id, subject_ref, recorded FROM audit_erasure"
                + " WHERE due_at <= ? ORDER BY due_at LIMIT ?")) {
      select.setLong(1, now.toEpochMilli());
      select.setInt(2, limit);
      try (ResultSet rows = select.executeQuery()) {
        List<Due> found = new ArrayList<>();
        while (rows.next()) {
          found.add(
              new Due(
                  rows.getLong(1),
                  rows.getLong(2),
                  rows.getLong(3),
                  new String(rows.getBytes(4), StandardCharsets.US_ASCII),
                  rows.getBoolean(5)));
        }
        return found;
      }
    }
  }

  void markRecorded(Connection connection, long id) throws SQLException {
    change(connection, "UPDATE audit_erasure SET recorded = 1 WHERE id = ?", id);
  }

  void delete(Connection connection, long id) throws SQLException {
    change(connection, "DELETE FROM audit_erasure WHERE id = ?", id);
  }

  private static void change(Connection connection, String sql, long id) throws SQLException {
    try (PreparedStatement change = connection.prepareStatement(sql)) {
      change.setLong(1, id);
      change.executeUpdate();
    }
  }
}
