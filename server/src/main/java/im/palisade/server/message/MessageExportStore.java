package im.palisade.server.message;

import im.palisade.server.store.Sql;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads every stored one-to-one message of a span of time, for archives. Rows are streamed: memory
 * does not grow with their number.
 */
public final class MessageExportStore {
  private static final int KIND_C2C = 1;

  /**
   * Without the hint the optimiser reads whole conversations by their primary key. Ordered by
   * conversation, so that nothing is sorted.
   */
  private static final Sql MESSAGES =
      new Sql(
          """
          SELECT sender.user_id, recipient.user_id, m.time, m.msg_seq, m.random, m.content
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

  /** A stored message; recalled ones keep what they said. */
  public record Exported(
      String from, String to, long time, long msgSeq, long random, MessageBody body) {}

  /** Takes one message after another. */
  @FunctionalInterface
  public interface Sink<E extends Exception> {
    void take(Exported message) throws E;
  }

  /**
   * Hands over an app's messages of a span, conversation by conversation, each in the order of
   * time. Looks at every conversation of the app that was in use since the span began.
   *
   * @param from UNIX seconds, inclusive
   * @param until exclusive
   */
  public <E extends Exception> void each(
      Connection connection, long appId, long from, long until, Sink<E> sink)
      throws SQLException, E {
    long after = 0;
    while (true) {
      List<Long> page = conversations(connection, appId, from, after);
      if (page.isEmpty()) {
        return;
      }
      messages(connection, page, from, until, sink);
      after = page.getLast();
    }
  }

  private static List<Long> conversations(Connection connection, long appId, long from, long after)
      throws SQLException {
    try (PreparedStatement select =
        connection.prepareStatement(
            """
            SELECT id FROM conversation FORCE INDEX (conversation_of_app)
            WHERE app_id = ? AND kind = ? AND id > ? AND last_time >= ? ORDER BY id LIMIT ?
            """)) {
      select.setLong(1, appId);
      select.setInt(2, KIND_C2C);
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
      Connection connection, List<Long> ids, long from, long until, Sink<E> sink)
      throws SQLException, E {
    int size = Sql.padded(ids.size());
    try (PreparedStatement select =
        connection.prepareStatement(
            MESSAGES.exactly(size), ResultSet.TYPE_FORWARD_ONLY, ResultSet.CONCUR_READ_ONLY)) {
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
                  rows.getLong(3),
                  rows.getLong(4),
                  rows.getLong(5),
                  MessageContent.decode(rows.getBytes(6))));
        }
      }
    }
  }

  private static String text(byte[] utf8) {
    return new String(utf8, StandardCharsets.UTF_8);
  }
}
