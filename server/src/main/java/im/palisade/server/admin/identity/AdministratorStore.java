package im.palisade.server.admin.identity;

import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLIntegrityConstraintViolationException;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** SQL of administrators, their second factors and grants. There are few: lists are read whole. */
final class AdministratorStore {
  private static final String COLUMNS =
      "id, ref, name, display_name, password, must_change, totp IS NOT NULL, active, created_at,"
          + " last_login_at";
  private static final SecureRandom RANDOM = new SecureRandom();

  /** Sealed secrets of a second factor and the step of the last code that was taken. */
  record Factor(Optional<byte[]> secret, Optional<byte[]> pending, long lastStep) {}

  List<Administrator> all(Connection connection) throws SQLException {
    List<Administrator> all = new ArrayList<>();
    try (PreparedStatement select =
            connection.prepareStatement("SELECT " + COLUMNS + " FROM administrator ORDER BY name");
        ResultSet rows = select.executeQuery()) {
      while (rows.next()) {
        all.add(administrator(rows));
      }
    }
    return all;
  }

  Optional<Administrator> find(Connection connection, long id) throws SQLException {
    try (PreparedStatement select =
        connection.prepareStatement("SELECT " + COLUMNS + " FROM administrator WHERE id = ?")) {
      select.setLong(1, id);
      return one(select);
    }
  }

  Optional<Administrator> findByName(Connection connection, String name) throws SQLException {
    try (PreparedStatement select =
        connection.prepareStatement("SELECT " + COLUMNS + " FROM administrator WHERE name = ?")) {
      select.setBytes(1, utf8(name));
      return one(select);
    }
  }

  boolean isEmpty(Connection connection) throws SQLException {
    try (PreparedStatement select =
            connection.prepareStatement("SELECT 1 FROM administrator LIMIT 1");
        ResultSet rows = select.executeQuery()) {
      return !rows.next();
    }
  }

  /**
   * Locks every administrator, so that nobody else changes who is the last one that may everything.
   */
  void holdAll(Connection connection) throws SQLException {
    try (PreparedStatement select =
            connection.prepareStatement("SELECT id FROM administrator ORDER BY id FOR UPDATE");
        ResultSet rows = select.executeQuery()) {
      while (rows.next()) {
        rows.getLong(1);
      }
    }
  }

  /** Inserts an administrator; empty when the name is taken. */
  OptionalLong insert(
      Connection connection,
      String name,
      String displayName,
      String passwordHash,
      boolean mustChange,
      Instant now)
      throws SQLException {
    byte[] ref = new byte[16];
    RANDOM.nextBytes(ref);
    try (PreparedStatement insert =
        connection.prepareStatement(
            """
            INSERT INTO administrator (ref, name, display_name, password, must_change, created_at)
            VALUES (?, ?, ?, ?, ?, ?)
            """,
            Statement.RETURN_GENERATED_KEYS)) {
      insert.setBytes(1, ref);
      insert.setBytes(2, utf8(name));
      insert.setBytes(3, utf8(displayName));
      insert.setBytes(4, utf8(passwordHash));
      insert.setBoolean(5, mustChange);
      insert.setLong(6, now.toEpochMilli());
      insert.executeUpdate();
      try (ResultSet generated = insert.getGeneratedKeys()) {
        generated.next();
        return OptionalLong.of(generated.getLong(1));
      }
    } catch (SQLIntegrityConstraintViolationException e) {
      return OptionalLong.empty();
    }
  }

  void updateDisplayName(Connection connection, long id, String displayName) throws SQLException {
    try (PreparedStatement update =
        connection.prepareStatement("UPDATE administrator SET display_name = ? WHERE id = ?")) {
      update.setBytes(1, utf8(displayName));
      update.setLong(2, id);
      update.executeUpdate();
    }
  }

  void updateActive(Connection connection, long id, boolean active) throws SQLException {
    try (PreparedStatement update =
        connection.prepareStatement("UPDATE administrator SET active = ? WHERE id = ?")) {
      update.setBoolean(1, active);
      update.setLong(2, id);
      update.executeUpdate();
    }
  }

  void updatePassword(Connection connection, long id, String hash, boolean mustChange)
      throws SQLException {
    try (PreparedStatement update =
        connection.prepareStatement(
            "UPDATE administrator SET password = ?, must_change = ? WHERE id = ?")) {
      update.setBytes(1, utf8(hash));
      update.setBoolean(2, mustChange);
      update.setLong(3, id);
      update.executeUpdate();
    }
  }

  void updateLastLogin(Connection connection, long id, Instant now) throws SQLException {
    try (PreparedStatement update =
        connection.prepareStatement("UPDATE administrator SET last_login_at = ? WHERE id = ?")) {
      update.setLong(1, now.toEpochMilli());
      update.setLong(2, id);
      update.executeUpdate();
    }
  }

  void delete(Connection connection, long id) throws SQLException {
    for (String sql :
        List.of(
            "DELETE FROM administrator_recovery WHERE administrator_id = ?",
            "DELETE FROM administrator_grant WHERE administrator_id = ?",
            "DELETE FROM console_session WHERE administrator_id = ?",
            "DELETE FROM administrator WHERE id = ?")) {
      try (PreparedStatement delete = connection.prepareStatement(sql)) {
        delete.setLong(1, id);
        delete.executeUpdate();
      }
    }
  }

  Factor factor(Connection connection, long id) throws SQLException {
    try (PreparedStatement select =
        connection.prepareStatement(
            "SELECT totp, totp_pending, totp_step FROM administrator WHERE id = ?")) {
      select.setLong(1, id);
      try (ResultSet rows = select.executeQuery()) {
        return rows.next()
            ? new Factor(
                Optional.ofNullable(rows.getBytes(1)),
                Optional.ofNullable(rows.getBytes(2)),
                rows.getLong(3))
            : new Factor(Optional.empty(), Optional.empty(), 0);
      }
    }
  }

  void setPendingFactor(Connection connection, long id, byte[] sealed) throws SQLException {
    try (PreparedStatement update =
        connection.prepareStatement("UPDATE administrator SET totp_pending = ? WHERE id = ?")) {
      update.setBytes(1, sealed);
      update.setLong(2, id);
      update.executeUpdate();
    }
  }

  /** Makes the pending secret the one that counts. */
  void confirmFactor(Connection connection, long id, long step) throws SQLException {
    try (PreparedStatement update =
        connection.prepareStatement(
            """
            UPDATE administrator SET totp = totp_pending, totp_pending = NULL, totp_step = ?
            WHERE id = ?
            """)) {
      update.setLong(1, step);
      update.setLong(2, id);
      update.executeUpdate();
    }
  }

  void removeFactor(Connection connection, long id) throws SQLException {
    try (PreparedStatement update =
        connection.prepareStatement(
            "UPDATE administrator SET totp = NULL, totp_pending = NULL WHERE id = ?")) {
      update.setLong(1, id);
      update.executeUpdate();
    }
    replaceRecoveryCodes(connection, id, List.of());
  }

  /** Uses up a step; false when it or a later one was used before. */
  boolean useStep(Connection connection, long id, long step) throws SQLException {
    try (PreparedStatement update =
        connection.prepareStatement(
            "UPDATE administrator SET totp_step = ? WHERE id = ? AND totp_step < ?")) {
      update.setLong(1, step);
      update.setLong(2, id);
      update.setLong(3, step);
      return update.executeUpdate() == 1;
    }
  }

  void replaceRecoveryCodes(Connection connection, long id, List<byte[]> hashes)
      throws SQLException {
    try (PreparedStatement delete =
        connection.prepareStatement(
            "DELETE FROM administrator_recovery WHERE administrator_id = ?")) {
      delete.setLong(1, id);
      delete.executeUpdate();
    }
    try (PreparedStatement insert =
        connection.prepareStatement(
            "INSERT INTO administrator_recovery (administrator_id, code_hash) VALUES (?, ?)")) {
      for (byte[] hash : hashes) {
        insert.setLong(1, id);
        insert.setBytes(2, hash);
        insert.executeUpdate();
      }
    }
  }

  /** Uses up a recovery code; false when there is no such one. */
  boolean useRecoveryCode(Connection connection, long id, byte[] hash) throws SQLException {
    try (PreparedStatement delete =
        connection.prepareStatement(
            "DELETE FROM administrator_recovery WHERE administrator_id = ? AND code_hash = ?")) {
      delete.setLong(1, id);
      delete.setBytes(2, hash);
      return delete.executeUpdate() == 1;
    }
  }

  int recoveryCodesLeft(Connection connection, long id) throws SQLException {
    try (PreparedStatement select =
        connection.prepareStatement(
            "SELECT COUNT(*) FROM administrator_recovery WHERE administrator_id = ?")) {
      select.setLong(1, id);
      try (ResultSet rows = select.executeQuery()) {
        rows.next();
        return rows.getInt(1);
      }
    }
  }

  List<Grant> grants(Connection connection, long id) throws SQLException {
    try (PreparedStatement select =
        connection.prepareStatement(
            """
            SELECT role, app_id FROM administrator_grant
            WHERE administrator_id = ? ORDER BY role, app_id
            """)) {
      select.setLong(1, id);
      try (ResultSet rows = select.executeQuery()) {
        List<Grant> grants = new ArrayList<>();
        while (rows.next()) {
          grants.add(new Grant(text(rows.getBytes(1)), rows.getLong(2)));
        }
        return grants;
      }
    }
  }

  void insertGrant(Connection connection, long id, Grant grant) throws SQLException {
    try (PreparedStatement insert =
        connection.prepareStatement(
            """
            INSERT INTO administrator_grant (administrator_id, role, app_id) VALUES (?, ?, ?)
            """)) {
      insert.setLong(1, id);
      insert.setBytes(2, utf8(grant.role()));
      insert.setLong(3, grant.app());
      insert.executeUpdate();
    }
  }

  void deleteGrant(Connection connection, long id, Grant grant) throws SQLException {
    try (PreparedStatement delete =
        connection.prepareStatement(
            """
            DELETE FROM administrator_grant WHERE administrator_id = ? AND role = ? AND app_id = ?
            """)) {
      delete.setLong(1, id);
      delete.setBytes(2, utf8(grant.role()));
      delete.setLong(3, grant.app());
      delete.executeUpdate();
    }
  }

  /** Active administrators who have the role everywhere. */
  int countActive(Connection connection, String role) throws SQLException {
    try (PreparedStatement select =
        connection.prepareStatement(
            """
            SELECT COUNT(*) FROM administrator_grant g
            JOIN administrator a ON a.id = g.administrator_id
            WHERE g.role = ? AND g.app_id = 0 AND a.active = 1
            """)) {
      select.setBytes(1, utf8(role));
      try (ResultSet rows = select.executeQuery()) {
        rows.next();
        return rows.getInt(1);
      }
    }
  }

  private static Optional<Administrator> one(PreparedStatement select) throws SQLException {
    try (ResultSet rows = select.executeQuery()) {
      return rows.next() ? Optional.of(administrator(rows)) : Optional.empty();
    }
  }

  private static Administrator administrator(ResultSet row) throws SQLException {
    long lastLogin = row.getLong(10);
    Optional<Instant> lastLoginAt =
        row.wasNull() ? Optional.empty() : Optional.of(Instant.ofEpochMilli(lastLogin));
    return new Administrator(
        row.getLong(1),
        "adm_" + Base64.getUrlEncoder().withoutPadding().encodeToString(row.getBytes(2)),
        text(row.getBytes(3)),
        text(row.getBytes(4)),
        text(row.getBytes(5)),
        row.getBoolean(6),
        row.getBoolean(7),
        row.getBoolean(8),
        Instant.ofEpochMilli(row.getLong(9)),
        lastLoginAt);
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static String text(byte[] utf8) {
    return new String(utf8, StandardCharsets.UTF_8);
  }
}
