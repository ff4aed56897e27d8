package im.palisade.server.message;

import im.palisade.server.message.CommitFeed.Told;
import im.palisade.server.store.Sql;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What webhooks read of committed messages: the feed, and the messages it names. */
public final class CommittedMessageStore {
  private static final Sql MESSAGES =
      new Sql(
          """
          SELECT message.conversation_id, message.seq, message.sender_id, message.time,
            message.msg_seq, message.random, message.flags, message.content,
            conversation.app_id, conversation.kind, conversation.account_1, conversation.account_2
          FROM message JOIN conversation ON conversation.id = message.conversation_id
          WHERE (message.conversation_id, message.seq) IN (\
          """,
          "(?, ?)",
          ")");

  private static final Sql SETTLE =
      new Sql("UPDATE commit_feed SET webhook = 0 WHERE id IN (", "?", ")");

  private static final String READERS =
      """
      SELECT COUNT(*) FROM (
        SELECT account_id FROM group_member
        WHERE conversation_id = ? AND from_seq <= ? AND account_id <> ?
        UNION
        SELECT account_id FROM group_past_member
        WHERE conversation_id = ? AND from_seq <= ? AND to_seq >= ? AND account_id <> ?
      ) reader
      """;

  /** A batch with messages to tell of, in the order of their commit. */
  public record Batch(long id, List<Message> messages) {}

  /**
   * A message to tell of.
   *
   * @param depth webhooks that led to it
   * @param platform {@code OptPlatform} of its sender
   * @param address IP address of its sender
   * @param operator UserID of the administrator who had it sent; empty when its sender did
   */
  public record Message(
      long conversationId,
      long seq,
      boolean fromRest,
      int depth,
      String platform,
      String address,
      String operator) {}

  /**
   * A message as it is stored.
   *
   * @param recipientId the other account; 0 in a group
   * @param needsReceipt whether its sender asked for receipts
   * @param silent whether its recipient wants no push for it
   */
  public record Stored(
      long conversationId,
      long seq,
      long appId,
      long senderId,
      long recipientId,
      MsgKey key,
      boolean needsReceipt,
      boolean silent,
      MessageBody body) {

    /** Whether it lies in a group or topic. */
    public boolean isOfGroup() {
      return recipientId == 0;
    }
  }

  /**
   * Batches nobody has been told of, oldest first. Those of one conversation come in the order of
   * their commits; a batch of other conversations may appear later between them.
   */
  public List<Batch> waiting(Connection connection, int limit) throws SQLException {
    return batches(
        connection,
        "SELECT id, entries FROM commit_feed WHERE webhook = 1 ORDER BY id LIMIT ?",
        limit);
  }

  /** Batches with messages to tell of, told or not, that were committed in a time range. */
  public List<Batch> between(
      Connection connection, long fromMillis, long toMillis, long afterId, int limit)
      throws SQLException {
    return batches(
        connection,
        """
        SELECT id, entries FROM commit_feed
        WHERE committed_at >= ? AND committed_at < ? AND id > ? ORDER BY id LIMIT ?
        """,
        fromMillis,
        toMillis,
        afterId,
        limit);
  }

  /** Batches that need no telling any more. */
  public void settle(Connection connection, Collection<Long> ids) throws SQLException {
    SETTLE.update(connection, List.of(), ids, Sql.ID);
  }

  /** How many batches wait, up to a bound. */
  public int waitingCount(Connection connection, int most) throws SQLException {
    try (PreparedStatement select =
        connection.prepareStatement(
            "SELECT COUNT(*) FROM (SELECT 1 FROM commit_feed WHERE webhook = 1 LIMIT ?) waiting")) {
      select.setInt(1, most);
      try (ResultSet rows = select.executeQuery()) {
        rows.next();
        return rows.getInt(1);
      }
    }
  }

  /** Those of the messages that are still there, by conversation and sequence. */
  public Map<List<Long>, Stored> read(Connection connection, Collection<Message> messages)
      throws SQLException {
    Map<List<Long>, Stored> found = new HashMap<>();
    MESSAGES.select(
        connection,
        List.of(),
        messages,
        (statement, at, message) -> {
          statement.setLong(at, message.conversationId());
          statement.setLong(at + 1, message.seq());
          return at + 2;
        },
        row -> {
          long sender = row.getLong(3);
          long other = row.getLong(11) == sender ? row.getLong(12) : row.getLong(11);
          found.put(
              List.of(row.getLong(1), row.getLong(2)),
              new Stored(
                  row.getLong(1),
                  row.getLong(2),
                  row.getLong(9),
                  sender,
                  row.getInt(10) == 1 ? other : 0,
                  new MsgKey(row.getLong(5), row.getLong(6), row.getLong(4)),
                  (row.getInt(7) & MessageFlags.NEEDS_RECEIPT) != 0,
                  (row.getInt(7) & MessageFlags.SILENT) != 0,
                  MessageContent.decode(row.getBytes(8))));
        });
    return found;
  }

  /** How many belonged to the message's group when it was sent, but for its sender. */
  public int readers(Connection connection, Stored message) throws SQLException {
    try (PreparedStatement select = connection.prepareStatement(READERS)) {
      select.setLong(1, message.conversationId());
      select.setLong(2, message.seq());
      select.setLong(3, message.senderId());
      select.setLong(4, message.conversationId());
      select.setLong(5, message.seq());
      select.setLong(6, message.seq());
      select.setLong(7, message.senderId());
      try (ResultSet rows = select.executeQuery()) {
        rows.next();
        return rows.getInt(1);
      }
    }
  }

  private static List<Batch> batches(Connection connection, String sql, long... parameters)
      throws SQLException {
    try (PreparedStatement select = connection.prepareStatement(sql)) {
      for (int i = 0; i < parameters.length; i++) {
        select.setLong(i + 1, parameters[i]);
      }
      List<Batch> batches = new ArrayList<>();
      try (ResultSet rows = select.executeQuery()) {
        while (rows.next()) {
          List<Message> messages =
              CommitFeed.told(rows.getBytes(2)).stream().map(CommittedMessageStore::of).toList();
          batches.add(new Batch(rows.getLong(1), messages));
        }
      }
      return batches;
    }
  }

  private static Message of(Told told) {
    return new Message(
        told.conversationId(),
        told.seq(),
        told.fromRest(),
        told.depth(),
        told.platform(),
        told.address(),
        told.operator());
  }
}
