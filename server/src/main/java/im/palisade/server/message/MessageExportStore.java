package im.palisade.server.message;

import im.palisade.server.store.Sql;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Reads every stored message of a span of time, for archives. Rows are streamed: memory does not
 * grow with their number.
 */
public final class MessageExportStore {
  private static final int KIND_C2C = 1;
  private static final int KIND_GROUP = 2;
  private static final int KIND_TOPIC = 3;

  /**
   * Without the hint the optimiser reads whole conversations by their primary key. Ordered by
   * conversation, so that nothing is sorted.
   */
  private static final Sql MESSAGES =
      new Sql(
          """
          SELECT sender.user_id, recipient.user_id, NULL, m.time, m.msg_seq, m.random, m.content
          FROM message m FORCE INDEX (message_time)
          JOIN conversation c ON c.id = m.conversation_id
          JOIN account sender ON sender.id = m.sender_id
          JOIN account recipient
            ON recipient.id = IF(m.sender_id = c.account_1, c.account_2, c.account_1)
          WHERE m.conversation_id IN (\
          """,
          "?",
          """
          ) AND m.time >= ? AND m.time < ?
          ORDER BY m.conversation_id, m.time, m.msg_seq, m.seq
          """);

  /** What members said; tips are of the system, and a dissolved group has no history. */
  private static final Sql GROUP_MESSAGES =
      new Sql(
          """
          SELECT sender.user_id, g.group_id, t.topic_id, m.time, m.seq, m.random, m.content
          FROM message m FORCE INDEX (message_time)
          LEFT JOIN group_topic t ON t.conversation_id = m.conversation_id
          JOIN im_group g
            ON g.conversation_id = COALESCE(t.community_id, m.conversation_id) AND g.gone_id = 0
          JOIN account sender ON sender.id = m.sender_id
          WHERE m.conversation_id IN (\
          """,
          "?",
          """
          ) AND m.time >= ? AND m.time < ? AND m.flags & %d = 0
          ORDER BY m.conversation_id, m.time, m.msg_seq, m.seq
          """
              .formatted(MessageFlags.SYSTEM));

  /**
   * A stored message; recalled ones keep what they said.
   *
   * @param to UserID of the receiver, or the group's id
   * @param topic id of the topic it was said in
   */
  public record Exported(
      String from,
      String to,
      Optional<String> topic,
      long time,
      long msgSeq,
      long random,
      MessageBody body) {}

  /** Takes one message after another. */
  @FunctionalInterface
  public interface Sink<E extends Exception> {
    void take(Exported message) throws E;
  }

  /**
   * Hands over an app's one-to-one messages of a span, conversation by conversation, each in the
   * order of time. Looks at every conversation of the app that was in use since the span began.
   *
   * @param from UNIX seconds, inclusive
   * @param until exclusive
   */
  public <E extends Exception> void each(
      Connection connection, long appId, long from, long until, Sink<E> sink)
      throws SQLException, E {
    each(connection, KIND_C2C, MESSAGES, appId, from, until, sink);
  }

  /** The same of groups, then of topics. */
  public <E extends Exception> void eachOfGroups(
      Connection connection, long appId, long from, long until, Sink<E> sink)
      throws SQLException, E {
    each(connection, KIND_GROUP, GROUP_MESSAGES, appId, from, until, sink);
    each(connection, KIND_TOPIC, GROUP_MESSAGES, appId, from, until, sink);
  }

  private static <E extends Exception> void each(
      Connection connection, int kind, Sql sql, long appId, long from, long until, Sink<E> sink)
      throws SQLException, E {
    long after = 0;
    while (true) {
      List<Long> page = conversations(connection, appId, kind, from, after);
      if (page.isEmpty()) {
        return;
      }
      messages(connection, sql, page, from, until, sink);
      after = page.getLast();
    }
  }

  private static List<Long> conversations(
      Connection connection, long appId, int kind, long from, long after) throws SQLException {
    try (PreparedStatement select =
        connection.prepareStatement(
            """
            SELECT id FROM conversation FORCE INDEX (conversation_of_app)
            WHERE app_id = ? AND kind = ? AND id > ? AND last_time >= ? ORDER BY id LIMIT ?
            """)) {
      select.setLong(1, appId);
      select.setInt(2, kind);
      select.setLong(3, after);
      select.setLong(4, from);
      select.setInt(5, Sql.MAX_ROWS);
      List<Long> ids = new ArrayList<>();
      try (ResultSet rows = select.executeQuery()) {
        while (rows.next()) {
          ids.add(rows.getLong(1));
        }
      }
      return ids;
    }
  }

  private static <E extends Exception> void messages(
      Connection connection, Sql sql, List<Long> ids, long from, long until, Sink<E> sink)
      throws SQLException, E {
    int size = Sql.padded(ids.size());
    try (PreparedStatement select =
        connection.prepareStatement(
            sql.exactly(size), ResultSet.TYPE_FORWARD_ONLY, ResultSet.CONCUR_READ_ONLY)) {
      // The driver's way of saying: row by row.
      select.setFetchSize(Integer.MIN_VALUE);
      for (int i = 0; i < size; i++) {
        select.setLong(i + 1, ids.get(Math.min(i, ids.size() - 1)));
      }
      select.setLong(size + 1, from);
      select.setLong(size + 2, until);
      try (ResultSet rows = select.executeQuery()) {
        while (rows.next()) {
          sink.take(
              new Exported(
                  text(rows.getBytes(1)),
                  text(rows.getBytes(2)),
                  Optional.ofNullable(rows.getBytes(3)).map(MessageExportStore::text),
                  rows.getLong(4),
                  rows.getLong(5),
                  rows.getLong(6),
                  MessageContent.decode(rows.getBytes(7))));
        }
      }
    }
  }

  private static String text(byte[] utf8) {
    return new String(utf8, StandardCharsets.UTF_8);
  }
}
