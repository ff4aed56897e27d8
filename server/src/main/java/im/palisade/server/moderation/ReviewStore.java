package im.palisade.server.moderation;

import im.palisade.server.moderation.Review.State;
import im.palisade.server.store.Sql;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/** SQL of messages that wait to be looked at. */
public final class ReviewStore {
  /** A message that is marked anew, by an edit, waits anew. */
  private static final Sql INSERT =
      new Sql(
          """
          INSERT INTO moderation_review (app_id, conversation_id, seq, sender_id, created_at)
          VALUES \
          """,
          "(?, ?, ?, ?, ?)",
          " ON DUPLICATE KEY UPDATE state = 0, decided_at = NULL");

  /** A message just marked. */
  public record Marked(long appId, long conversationId, long seq, long senderId) {}

  /** Puts messages into the queue, in the transaction that marks them. */
  public void insert(Connection connection, Collection<Marked> messages, Instant now)
      throws SQLException {
    INSERT.update(
        connection,
        List.of(),
        messages,
        (statement, at, message) -> {
          statement.setLong(at, message.appId());
          statement.setLong(at + 1, message.conversationId());
          statement.setLong(at + 2, message.seq());
          statement.setLong(at + 3, message.senderId());
          statement.setTimestamp(at + 4, Timestamp.from(now));
          return at + 5;
        });
  }

  /** A page of an app's queue in one state, oldest first. */
  List<Review> page(Connection connection, long appId, State state, long afterId, int limit)
      throws SQLException {
    try (PreparedStatement select =
        connection.prepareStatement(
            """
            SELECT id, app_id, conversation_id, seq, sender_id, created_at, state, decided_at
            FROM moderation_review
            WHERE app_id = ? AND state = ? AND id > ? ORDER BY id LIMIT ?
            """)) {
      select.setLong(1, appId);
      select.setInt(2, state.code());
      select.setLong(3, afterId);
      select.setInt(4, limit);
      return all(select);
    }
  }

  /** The entry of that id. */
  Optional<Review> find(Connection connection, long appId, long id) throws SQLException {
    try (PreparedStatement select =
        connection.prepareStatement(
            """
            SELECT id, app_id, conversation_id, seq, sender_id, created_at, state, decided_at
            FROM moderation_review WHERE id = ? AND app_id = ?
            """)) {
      select.setLong(1, id);
      select.setLong(2, appId);
      return all(select).stream().findFirst();
    }
  }

  private static List<Review> all(PreparedStatement select) throws SQLException {
    List<Review> all = new ArrayList<>();
    try (ResultSet rows = select.executeQuery()) {
      while (rows.next()) {
        all.add(
            new Review(
                rows.getLong(1),
                rows.getLong(2),
                rows.getLong(3),
                rows.getLong(4),
                rows.getLong(5),
                rows.getTimestamp(6).toInstant(),
                State.ofCode(rows.getInt(7)),
                Optional.ofNullable(rows.getTimestamp(8)).map(Timestamp::toInstant)));
      }
    }
    return all;
  }

  /** Decides an open one; false when there is none of that id or it is decided. */
  boolean decide(Connection connection, long appId, long id, State state, Instant now)
      throws SQLException {
    try (PreparedStatement update =
        connection.prepareStatement(
            """
            UPDATE moderation_review SET state = ?, decided_at = ?
            WHERE id = ? AND app_id = ? AND state = 0
            """)) {
      update.setInt(1, state.code());
      update.setTimestamp(2, Timestamp.from(now));
      update.setLong(3, id);
      update.setLong(4, appId);
      return update.executeUpdate() == 1;
    }
  }
}
