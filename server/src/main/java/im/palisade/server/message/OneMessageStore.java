package im.palisade.server.message;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.Optional;

/** SQL of a single message. */
final class OneMessageStore {
  Optional<StoredMessage> find(Connection connection, long conversationId, long seq)
      throws SQLException {
    try (PreparedStatement select =
        connection.prepareStatement(
            "SELECT "
                + MessageStore.COLUMNS
                + " FROM message WHERE conversation_id = ? AND seq = ?")) {
      select.setLong(1, conversationId);
      select.setLong(2, seq);
      return MessageStore.rows(select).stream().findFirst();
    }
  }
}
