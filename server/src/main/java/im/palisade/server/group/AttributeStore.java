package im.palisade.server.group;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Map;

/** SQL of group attributes: one row holds all of a group. */
final class AttributeStore {
  /** All attributes of a group at a version, which counts writes. */
  record Attributes(long version, Map<String, String> pairs) {
    static final Attributes NONE = new Attributes(0, Map.of());
  }

  Attributes find(Connection connection, long groupId) throws SQLException {
    try (PreparedStatement select =
        connection.prepareStatement(
            "SELECT version, pairs FROM group_attributes WHERE conversation_id = ?")) {
      select.setLong(1, groupId);
      try (ResultSet rows = select.executeQuery()) {
        return rows.next()
            ? new Attributes(rows.getLong(1), FieldValues.decode(rows.getBytes(2)))
            : Attributes.NONE;
      }
    }
  }

  void save(Connection connection, long groupId, Attributes attributes) throws SQLException {
    try (PreparedStatement upsert =
        connection.prepareStatement(
            """
            INSERT INTO group_attributes (conversation_id, version, pairs) VALUES (?, ?, ?)
            ON DUPLICATE KEY UPDATE version = VALUES(version), pairs = VALUES(pairs)
            """)) {
      upsert.setLong(1, groupId);
      upsert.setLong(2, attributes.version());
      upsert.setBytes(3, FieldValues.encode(attributes.pairs()));
      upsert.executeUpdate();
    }
  }
}
