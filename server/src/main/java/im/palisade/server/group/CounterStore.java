package im.palisade.server.group;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;

/** SQL of group counters: at most 20 rows a group. */
final class CounterStore {
  /** All counters of a group by key. */
  Map<String, Long> all(Connection connection, long groupId) throws SQLException {
    Map<String, Long> found = new LinkedHashMap<>();
    try (PreparedStatement select =
        connection.prepareStatement(
            """
            SELECT counter_key, value FROM group_counter WHERE conversation_id = ?
            ORDER BY counter_key
            """)) {
      select.setLong(1, groupId);
      try (ResultSet rows = select.executeQuery()) {
        while (rows.next()) {
          found.put(GroupStore.text(rows, 1), rows.getLong(2));
        }
      }
    }
    return found;
  }

  void save(Connection connection, long groupId, Map<String, Long> counters) throws SQLException {
    try (PreparedStatement upsert =
        connection.prepareStatement(
            """
            INSERT INTO group_counter (conversation_id, counter_key, value) VALUES (?, ?, ?)
            ON DUPLICATE KEY UPDATE value = VALUES(value)
            """)) {
      for (Map.Entry<String, Long> each : counters.entrySet()) {
        upsert.setLong(1, groupId);
        upsert.setBytes(2, GroupStore.bytes(each.getKey()));
        upsert.setLong(3, each.getValue());
        upsert.executeUpdate();
      }
    }
  }

  void delete(Connection connection, long groupId, Collection<String> keys) throws SQLException {
    try (PreparedStatement delete =
        connection.prepareStatement(
            "DELETE FROM group_counter WHERE conversation_id = ? AND counter_key = ?")) {
      for (String key : keys) {
        delete.setLong(1, groupId);
        delete.setBytes(2, GroupStore.bytes(key));
        delete.executeUpdate();
      }
    }
  }
}
