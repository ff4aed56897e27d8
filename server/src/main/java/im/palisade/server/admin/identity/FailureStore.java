package im.palisade.server.admin.identity;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Optional;

/** SQL of failed sign-ins, by the hash of the name that was given. */
final class FailureStore {
  /** How often it failed in a row, and until when nobody is let in. */
  record Failures(int count, Instant lockedUntil, Instant failedAt) {}

  Optional<Failures> find(Connection connection, byte[] nameHash) throws SQLException {
    return select(
        connection,
        "SELECT failures, locked_until, failed_at FROM console_failure WHERE name_hash = ?",
        nameHash);
  }

  /** Locks the row until the transaction ends. */
  Optional<Failures> findForUpdate(Connection connection, byte[] nameHash) throws SQLException {
    return select(
        connection,
        """
        SELECT failures, locked_until, failed_at FROM console_failure
        WHERE name_hash = ? FOR UPDATE
        """,
        nameHash);
  }

  private static Optional<Failures> select(Connection connection, String sql, byte[] nameHash)
      throws SQLException {
    try (PreparedStatement select = connection.prepareStatement(sql)) {
      select.setBytes(1, nameHash);
      try (ResultSet rows = select.executeQuery()) {
        return rows.next()
            ? Optional.of(
                new Failures(
                    rows.getInt(1),
                    Instant.ofEpochMilli(rows.getLong(2)),
                    Instant.ofEpochMilli(rows.getLong(3))))
            : Optional.empty();
      }
    }
  }

  void save(Connection connection, byte[] nameHash, Failures failures) throws SQLException {
    try (PreparedStatement upsert =
        connection.prepareStatement(
            """
            INSERT INTO console_failure (name_hash, failures, locked_until, failed_at)
            VALUES (?, ?, ?, ?)
            ON DUPLICATE KEY UPDATE failures = VALUES(failures),
              locked_until = VALUES(locked_until), failed_at = VALUES(failed_at)
            """)) {
      upsert.setBytes(1, nameHash);
      upsert.setInt(2, failures.count());
      upsert.setLong(3, failures.lockedUntil().toEpochMilli());
      upsert.setLong(4, failures.failedAt().toEpochMilli());
      upsert.executeUpdate();
    }
  }

  boolean delete(Connection connection, byte[] nameHash) throws SQLException {
    try (PreparedStatement delete =
        connection.prepareStatement("DELETE FROM console_failure WHERE name_hash = ?")) {
      delete.setBytes(1, nameHash);
      return delete.executeUpdate() == 1;
    }
  }

  int deleteOlder(Connection connection, Instant than, int limit) throws SQLException {
    try (PreparedStatement delete =
        connection.prepareStatement("DELETE FROM console_failure WHERE failed_at < ? LIMIT ?")) {
      delete.setLong(1, than.toEpochMilli());
      delete.setInt(2, limit);
      return delete.executeUpdate();
    }
  }
}
