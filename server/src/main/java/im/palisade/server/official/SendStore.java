package im.palisade.server.official;

import im.palisade.server.message.Broadcasts.Place;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Optional;

/** SQL of what official accounts have sent of late: for their rate and against duplicates. */
final class SendStore {
  /** An earlier message with the same content and random. */
  Optional<Place> repeated(
      Connection connection, long conversationId, long random, byte[] digest, long since)
      throws SQLException {
    try (PreparedStatement select =
        connection.prepareStatement(
            """
            SELECT seq, time FROM official_send
            WHERE conversation_id = ? AND sent_at > ? AND random = ? AND digest = ?
            ORDER BY id LIMIT 1
            """)) {
      select.setLong(1, conversationId);
      select.setLong(2, since);
      select.setLong(3, random);
      select.setBytes(4, digest);
      try (ResultSet rows = select.executeQuery()) {
        return rows.next()
            ? Optional.of(new Place(rows.getLong(1), rows.getLong(2)))
            : Optional.empty();
      }
    }
  }

  int sentSince(Connection connection, long conversationId, long since) throws SQLException {
    try (PreparedStatement select =
        connection.prepareStatement(
            "SELECT COUNT(*) FROM official_send WHERE conversation_id = ? AND sent_at > ?")) {
      select.setLong(1, conversationId);
      select.setLong(2, since);
      try (ResultSet rows = select.executeQuery()) {
        rows.next();
        return rows.getInt(1);
      }
    }
  }

  /** Notes a message and forgets those that no longer matter. */
  void note(
      Connection connection,
      long conversationId,
      long random,
      byte[] digest,
      Place place,
      long now,
      long forgetUntil)
      throws SQLException {
    try (PreparedStatement delete =
            connection.prepareStatement(
                "DELETE FROM official_send WHERE conversation_id = ? AND sent_at <= ?");
        PreparedStatement insert =
            connection.prepareStatement(
                """
                INSERT INTO official_send (conversation_id, sent_at, random, digest, seq, time)
                VALUES (?, ?, ?, ?, ?, ?)
                """)) {
      delete.setLong(1, conversationId);
      delete.setLong(2, forgetUntil);
      delete.executeUpdate();
      insert.setLong(1, conversationId);
      insert.setLong(2, now);
      insert.setLong(3, random);
      insert.setBytes(4, digest);
      insert.setLong(5, place.seq());
      insert.setLong(6, place.time());
      insert.executeUpdate();
    }
  }
}
