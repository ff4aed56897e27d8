package im.palisade.server.callback;

import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;

/** SQL of who delivers: one node at a time, so that what is in order stays in order. */
final class CallbackLeaseStore {
  private static final byte[] NAME = "delivery".getBytes(StandardCharsets.US_ASCII);

  /** Takes or extends the lease; false while another has it. */
  boolean take(Connection connection, String owner, long now, long until) throws SQLException {
    return update(connection, owner, now, until) || insert(connection, owner, until);
  }

  /** Lets another have it at once. */
  void release(Connection connection, String owner) throws SQLException {
    try (PreparedStatement delete =
        connection.prepareStatement("DELETE FROM callback_lease WHERE name = ? AND owner = ?")) {
      delete.setBytes(1, NAME);
      delete.setBytes(2, owner.getBytes(StandardCharsets.US_ASCII));
      delete.executeUpdate();
    }
  }

  private static boolean update(Connection connection, String owner, long now, long until)
      throws SQLException {
    byte[] self = owner.getBytes(StandardCharsets.US_ASCII);
    try (PreparedStatement update =
        connection.prepareStatement(
            """
            UPDATE callback_lease SET owner = ?, ends_at = ?
            WHERE name = ? AND (owner = ? OR ends_at < ?)
            """)) {
      update.setBytes(1, self);
      update.setLong(2, until);
      update.setBytes(3, NAME);
      update.setBytes(4, self);
      update.setLong(5, now);
      return update.executeUpdate() == 1;
    }
  }

  private static boolean insert(Connection connection, String owner, long until)
      throws SQLException {
    try (PreparedStatement insert =
        connection.prepareStatement(
            "INSERT IGNORE INTO callback_lease (name, owner, ends_at) VALUES (?, ?, ?)")) {
      insert.setBytes(1, NAME);
      insert.setBytes(2, owner.getBytes(StandardCharsets.US_ASCII));
      insert.setLong(3, until);
      return insert.executeUpdate() == 1;
    }
  }
}
