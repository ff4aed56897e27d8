package im.palisade.server.presence;

import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** SQL of mobile devices, which stay reachable by push after their connection is gone. */
final class DeviceStore {
  /** A change of one device. */
  record Change(long accountId, int platform, String deviceId, boolean present, long seenAt) {}

  /** A device that logged in and neither logged out nor was kicked. */
  record Device(int platform, long seenAt) {}

  void apply(Connection connection, List<Change> changes) throws SQLException {
    try (PreparedStatement upsert =
            connection.prepareStatement(
                """
                INSERT INTO device (account_id, platform, device_id, seen_at) VALUES (?, ?, ?, ?)
                ON DUPLICATE KEY UPDATE seen_at = VALUES(seen_at)
                """);
        PreparedStatement delete =
            connection.prepareStatement(
                "DELETE FROM device WHERE account_id = ? AND platform = ? AND device_id = ?")) {
      for (Change change : changes) {
        PreparedStatement statement = change.present() ? upsert : delete;
        statement.setLong(1, change.accountId());
        statement.setInt(2, change.platform());
        statement.setBytes(3, change.deviceId().getBytes(StandardCharsets.UTF_8));
        if (change.present()) {
          statement.setLong(4, change.seenAt());
        }
        statement.executeUpdate();
      }
    }
  }

  void deleteAll(Connection connection, long accountId) throws SQLException {
    try (PreparedStatement delete =
        connection.prepareStatement("DELETE FROM device WHERE account_id = ?")) {
      delete.setLong(1, accountId);
      delete.executeUpdate();
    }
  }

  /** Devices of these accounts seen since then, by account. */
  Map<Long, List<Device>> find(Connection connection, Collection<Long> accountIds, long since)
      throws SQLException {
    Map<Long, List<Device>> devices = new HashMap<>();
    if (accountIds.isEmpty()) {
      return devices;
    }
    String marks = "?" + ", ?".repeat(accountIds.size() - 1);
    try (PreparedStatement select =
        connection.prepareStatement(
            "SELECT account_id, platform, seen_at FROM device WHERE account_id IN ("
                + marks
                + ") AND seen_at >= ?")) {
      int at = 1;
      for (long id : accountIds) {
        select.setLong(at++, id);
      }
      select.setLong(at, since);
      try (ResultSet rows = select.executeQuery()) {
        while (rows.next()) {
          devices
              .computeIfAbsent(rows.getLong(1), id -> new ArrayList<>())
              .add(new Device(rows.getInt(2), rows.getLong(3)));
        }
      }
    }
    return devices;
  }
}
