package im.palisade.server.admin.identity;

import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** SQL of sessions. Tokens are kept as hashes: who reads the table can enter with none. */
final class SessionStore {
  private static final String COLUMNS =
      "id, administrator_id, created_at, seen_at, confirmed_at, address, browser";

  Optional<ConsoleSession> find(Connection connection, byte[] tokenHash) throws SQLException {
    try (PreparedStatement select =
        connection.prepareStatement(
            "SELECT " + COLUMNS + " FROM console_session WHERE token_hash = ?")) {
      select.setBytes(1, tokenHash);
      try (ResultSet rows = select.executeQuery()) {
        return rows.next() ? Optional.of(session(rows)) : Optional.empty();
      }
    }
  }

  List<ConsoleSession> of(Connection connection, long administratorId) throws SQLException {
    try (PreparedStatement select =
        connection.prepareStatement(
            "SELECT "
                + COLUMNS
                + " FROM console_session WHERE administrator_id = ? ORDER BY id DESC")) {
      select.setLong(1, administratorId);
      return all(select);
    }
  }

  /** Sessions last seen before one time or begun before another. */
  List<ConsoleSession> ended(Connection connection, Instant seen, Instant created, int limit)
      throws SQLException {
    try (PreparedStatement select =
        connection.prepareStatement(
            "SELECT "
                + COLUMNS
                + " FROM console_session WHERE seen_at < ? OR created_at < ? LIMIT ?")) {
      select.setLong(1, seen.toEpochMilli());
      select.setLong(2, created.toEpochMilli());
      select.setInt(3, limit);
      return all(select);
    }
  }

  ConsoleSession insert(
      Connection connection,
      byte[] tokenHash,
      long administratorId,
      Instant now,
      String address,
      String browser)
      throws SQLException {
    try (PreparedStatement insert =
        connection.prepareStatement(
            """
            INSERT INTO console_session
              (token_hash, administrator_id, created_at, seen_at, confirmed_at, address, browser)
            VALUES (?, ?, ?, ?, ?, ?, ?)
            """,
            Statement.RETURN_GENERATED_KEYS)) {
      insert.setBytes(1, tokenHash);
      insert.setLong(2, administratorId);
      insert.setLong(3, now.toEpochMilli());
      insert.setLong(4, now.toEpochMilli());
      insert.setLong(5, now.toEpochMilli());
      insert.setBytes(6, utf8(address));
      insert.setBytes(7, utf8(browser));
      insert.executeUpdate();
      try (ResultSet generated = insert.getGeneratedKeys()) {
        generated.next();
        return new ConsoleSession(
            generated.getLong(1), administratorId, now, now, now, address, browser);
      }
    }
  }

  void seen(Connection connection, long id, Instant now) throws SQLException {
    try (PreparedStatement update =
        connection.prepareStatement(
            "UPDATE console_session SET seen_at = GREATEST(seen_at, ?) WHERE id = ?")) {
      update.setLong(1, now.toEpochMilli());
      update.setLong(2, id);
      update.executeUpdate();
    }
  }

  void confirmed(Connection connection, long id, Instant now) throws SQLException {
    try (PreparedStatement update =
        connection.prepareStatement("UPDATE console_session SET confirmed_at = ? WHERE id = ?")) {
      update.setLong(1, now.toEpochMilli());
      update.setLong(2, id);
      update.executeUpdate();
    }
  }

  /** Ends a session; false when it had ended already. */
  boolean delete(Connection connection, long id) throws SQLException {
    try (PreparedStatement delete =
        connection.prepareStatement("DELETE FROM console_session WHERE id = ?")) {
      delete.setLong(1, id);
      return delete.executeUpdate() == 1;
    }
  }

  /** Ends every session of an administrator but one; 0 for all of them. */
  int deleteOthers(Connection connection, long administratorId, long keptId) throws SQLException {
    try (PreparedStatement delete =
        connection.prepareStatement(
            "DELETE FROM console_session WHERE administrator_id = ? AND id <> ?")) {
      delete.setLong(1, administratorId);
      delete.setLong(2, keptId);
      return delete.executeUpdate();
    }
  }

  private static List<ConsoleSession> all(PreparedStatement select) throws SQLException {
    try (ResultSet rows = select.executeQuery()) {
      List<ConsoleSession> sessions = new ArrayList<>();
      while (rows.next()) {
        sessions.add(session(rows));
      }
      return sessions;
    }
  }

  private static ConsoleSession session(ResultSet row) throws SQLException {
    return new ConsoleSession(
        row.getLong(1),
        row.getLong(2),
        Instant.ofEpochMilli(row.getLong(3)),
        Instant.ofEpochMilli(row.getLong(4)),
        Instant.ofEpochMilli(row.getLong(5)),
        new String(row.getBytes(6), StandardCharsets.UTF_8),
        new String(row.getBytes(7), StandardCharsets.UTF_8));
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
