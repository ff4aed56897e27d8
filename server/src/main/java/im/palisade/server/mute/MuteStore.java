package im.palisade.server.mute;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Optional;

/** SQL of mutes. */
final class MuteStore {
  Mute find(Connection connection, long accountId) throws SQLException {
    try (PreparedStatement select =
        connection.prepareStatement(
            "SELECT c2c_until, group_until FROM mute WHERE account_id = ?")) {
      select.setLong(1, accountId);
      try (ResultSet rows = select.executeQuery()) {
        return rows.next() ? new Mute(rows.getLong(1), rows.getLong(2)) : Mute.NONE;
      }
    }
  }

  /** Writes what is given and leaves the rest. */
  void save(
      Connection connection, long accountId, Optional<Long> c2cUntil, Optional<Long> groupUntil)
      throws SQLException {
    try (PreparedStatement upsert =
        connection.prepareStatement(
            """
            INSERT INTO mute (account_id, c2c_until, group_until) VALUES (?, ?, ?)
            ON DUPLICATE KEY UPDATE
              c2c_until = IF(?, VALUES(c2c_until), c2c_until),
              group_until = IF(?, VALUES(group_until), group_until)
            """)) {
      upsert.setLong(1, accountId);
      upsert.setLong(2, c2cUntil.orElse(0L));
      upsert.setLong(3, groupUntil.orElse(0L));
      upsert.setBoolean(4, c2cUntil.isPresent());
      upsert.setBoolean(5, groupUntil.isPresent());
      upsert.executeUpdate();
    }
  }

  void delete(Connection connection, long accountId) throws SQLException {
    try (PreparedStatement delete =
        connection.prepareStatement("DELETE FROM mute WHERE account_id = ?")) {
      delete.setLong(1, accountId);
      delete.executeUpdate();
    }
  }
}
