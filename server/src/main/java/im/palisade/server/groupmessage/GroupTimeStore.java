package im.palisade.server.groupmessage;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;

/** SQL that finds a place in a group's history by time. */
final class GroupTimeStore {
  /** Sequence of the last message up to that time; 0 when there is none. */
  long lastUntil(Connection connection, long conversationId, long time) throws SQLException {
    try (PreparedStatement select =
        connection.prepareStatement(
            """
            SELECT seq FROM message FORCE INDEX (message_time)
            WHERE conversation_id = ? AND time <= ?
            ORDER BY conversation_id DESC, time DESC, msg_seq DESC, seq DESC LIMIT 1
            """)) {
      select.setLong(1, conversationId);
      select.setLong(2, time);
      try (ResultSet rows = select.executeQuery()) {
        return rows.next() ? rows.getLong(1) : 0;
      }
    }
  }
}
