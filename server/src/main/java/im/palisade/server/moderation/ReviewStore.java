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

  /**
   * Puts a message that is stored nowhere into the queue, with what it says.
   *
   * @param msgKey as its room calls it
   * @param saidAt UNIX seconds
   */
  public void insert(
      Connection connection,
      Marked message,
      String msgKey,
      long saidAt,
      byte[] content,
      Instant now)
      throws SQLException {
    insert(connection, List.of(message), now);
    try (PreparedStatement insert =
        connection.prepareStatement(
            """
            INSERT INTO moderation_review_said
              (review_id, conversation_id, app_id, msg_key, said_at, content)
            SELECT id, conversation_id, app_id, ?, ?, ? FROM moderation_review
            WHERE conversation_id = ? AND seq = ?
            """)) {
      insert.setString(1, msgKey);
      insert.setLong(2, saidAt);
      insert.setBytes(3, content);
      insert.setLong(4, message.conversationId());
      insert.setLong(5, message.seq());
      insert.executeUpdate();
    }
  }

  /** What the message of an entry said, where that is stored nowhere else. */
  public Optional<byte[]> said(Connection connection, long reviewId) throws SQLException {
    try (PreparedStatement select =
        connection.prepareStatement(
            "SELECT content FROM moderation_review_said WHERE review_id = ?")) {
      select.setLong(1, reviewId);
      try (ResultSet rows = select.executeQuery()) {
        return rows.next() ? Optional.of(rows.getBytes(1)) : Optional.empty();
      }
    }
  }

  /** Entries with what was said before a second. */
  public List<Long> due(Connection connection, long appId, long before, int limit)
      throws SQLException {
    try (PreparedStatement select =
        connection.prepareStatement(
            """
            SELECT review_id FROM moderation_review_said
            WHERE app_id = ? AND said_at < ? ORDER BY said_at LIMIT ?
            """)) {
      select.setLong(1, appId);
      select.setLong(2, before);
      select.setInt(3, limit);
      List<Long> due = new ArrayList<>();
      try (ResultSet rows = select.executeQuery()) {
        while (rows.next()) {
          due.add(rows.getLong(1));
        }
      }
      return due;
    }
  }

  /** Deletes entries with what was said. */
  public void delete(Connection connection, List<Long> ids) throws SQLException {
    try (PreparedStatement entries =
            connection.prepareStatement("DELETE FROM moderation_review WHERE id = ?");
        PreparedStatement said =
            connection.prepareStatement("DELETE FROM moderation_review_said WHERE review_id = ?")) {
      for (long id : ids) {
        entries.setLong(1, id);
        entries.addBatch();
        said.setLong(1, id);
        said.addBatch();
      }
      entries.executeBatch();
      said.executeBatch();
    }
  }

  /** A page of an app's queue in one state, oldest first. */
  List<Review> page(Connection connection, long appId, State state, long afterId, int limit)
      throws SQLException {
    try (PreparedStatement select =
        connection.prepareStatement(
            """
            SELECT r.id, r.app_id, r.conversation_id, r.seq, r.sender_id, r.created_at, r.state,
                   r.decided_at, s.msg_key
            FROM moderation_review r
            LEFT JOIN moderation_review_said s ON s.review_id = r.id
            WHERE r.app_id = ? AND r.state = ? AND r.id > ? ORDER BY r.id LIMIT ?
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
            SELECT r.id, r.app_id, r.conversation_id, r.seq, r.sender_id, r.created_at, r.state,
                   r.decided_at, s.msg_key
            FROM moderation_review r
            LEFT JOIN moderation_review_said s ON s.review_id = r.id
            WHERE r.id = ? AND r.app_id = ?
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
                Optional.ofNullable(rows.getString(9)),
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
