package im.palisade.server.message;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;

/** SQL of message extensions. */
final class ExtensionStore {
  /** The pairs of a message; none when nobody has set any. */
  ExtensionPairs read(Connection connection, StoredMessage message) throws SQLException {
    try (PreparedStatement select =
        connection.prepareStatement(
            "SELECT pairs FROM message_extension WHERE conversation_id = ? AND seq = ?")) {
      select.setLong(1, message.conversationId());
      select.setLong(2, message.seq());
      try (ResultSet rows = select.executeQuery()) {
        return rows.next() ? ExtensionPairs.decode(rows.getBytes(1)) : new ExtensionPairs();
      }
    }
  }

  void write(Connection connection, StoredMessage message, ExtensionPairs pairs)
      throws SQLException {
    try (PreparedStatement upsert =
        connection.prepareStatement(
            """
            INSERT INTO message_extension (conversation_id, seq, pairs) VALUES (?, ?, ?)
            ON DUPLICATE KEY UPDATE pairs = VALUES(pairs)
            """)) {
      upsert.setLong(1, message.conversationId());
      upsert.setLong(2, message.seq());
      upsert.setBytes(3, pairs.encode());
      upsert.executeUpdate();
    }
  }
}
