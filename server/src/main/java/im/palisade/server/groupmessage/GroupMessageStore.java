package im.palisade.server.groupmessage;

import im.palisade.server.message.MessageFlags;
import im.palisade.server.message.MessageStore;
import im.palisade.server.message.StoredMessage;
import im.palisade.server.store.Sql;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/** SQL of reading stored group messages; pages go along the primary key. */
final class GroupMessageStore {
  private static final String COLUMNS =
      Arrays.stream(MessageStore.COLUMNS.split(", ", -1))
          .map(column -> "m." + column)
          .collect(Collectors.joining(", "));

  private static final String FROM =
      "SELECT "
          + COLUMNS
          + """
          , a.user_id, a.nick, a.face_url
          FROM message m FORCE INDEX (PRIMARY) LEFT JOIN account a ON a.id = m.sender_id
          WHERE m.conversation_id = ? AND m.seq > ? AND m.seq < ?
          """;

  /** A stored message with who sent it; the system's have an empty sender. */
  record Line(StoredMessage message, String from, String nick, String faceUrl) {}

  /** Sequences a reader may see, both ends included. */
  record Span(long fromSeq, long toSeq) {}

  /**
   * What of a conversation an account may see.
   *
   * @param afterSeq nothing up to it
   * @param notBefore UNIX seconds where retention begins
   * @param spans at least one
   */
  record View(
      long conversationId, long viewerId, long afterSeq, long notBefore, List<Span> spans) {}

  /** Where a conversation begins and ends. */
  record Ends(long lastSeq, long clearSeq) {}

  Ends ends(Connection connection, long conversationId) throws SQLException {
    try (PreparedStatement select =
        connection.prepareStatement("SELECT last_seq, clear_seq FROM conversation WHERE id = ?")) {
      select.setLong(1, conversationId);
      try (ResultSet rows = select.executeQuery()) {
        rows.next();
        return new Ends(rows.getLong(1), rows.getLong(2));
      }
    }
  }

  /** Every stored message between two sequences, both exclusive, newest first. */
  List<Line> all(Connection connection, long conversationId, long after, long before, long since)
      throws SQLException {
    try (PreparedStatement select =
        connection.prepareStatement(FROM + " AND m.time >= ? ORDER BY m.seq DESC")) {
      select.setLong(1, conversationId);
      select.setLong(2, after);
      select.setLong(3, before);
      select.setLong(4, since);
      return lines(select);
    }
  }

  /**
   * What an account may see between two sequences, both exclusive.
   *
   * @param newestFirst else oldest first
   */
  List<Line> seen(
      Connection connection, View view, long after, long before, boolean newestFirst, int limit)
      throws SQLException {
    return seen(connection, view, after, before, List.of(), newestFirst, limit);
  }

  /**
   * The same by sequences.
   *
   * @param wanted at least one, in their order
   */
  List<Line> some(Connection connection, View view, List<Long> wanted) throws SQLException {
    return seen(
        connection,
        view,
        wanted.getFirst() - 1,
        wanted.getLast() + 1,
        wanted,
        false,
        wanted.size());
  }

  private static List<Line> seen(
      Connection connection,
      View view,
      long after,
      long before,
      List<Long> wanted,
      boolean newestFirst,
      int limit)
      throws SQLException {
    int named = wanted.isEmpty() ? 0 : Sql.padded(wanted.size());
    StringBuilder sql = new StringBuilder(FROM);
    if (named > 0) {
      sql.append(" AND m.seq IN (?").append(", ?".repeat(named - 1)).append(')');
    }
    sql.append(
        """
         AND m.time >= ? AND (m.flags & ? = 0 OR m.sender_id = ? OR EXISTS (
           SELECT 1 FROM message_target t WHERE t.conversation_id = m.conversation_id
             AND t.seq = m.seq AND t.account_id = ?))
         AND NOT EXISTS (
           SELECT 1 FROM message_hidden h WHERE h.conversation_id = m.conversation_id
             AND h.seq = m.seq AND h.account_id = ?)
         AND (m.seq BETWEEN ? AND ?\
        """);
    sql.append(" OR m.seq BETWEEN ? AND ?".repeat(view.spans().size() - 1));
    sql.append(") ORDER BY m.seq ").append(newestFirst ? "DESC" : "ASC").append(" LIMIT ?");
    try (PreparedStatement select = connection.prepareStatement(sql.toString())) {
      int at = 1;
      select.setLong(at++, view.conversationId());
      select.setLong(at++, Math.max(after, view.afterSeq()));
      select.setLong(at++, before);
      for (int i = 0; i < named; i++) {
        select.setLong(at++, wanted.get(Math.min(i, wanted.size() - 1)));
      }
      select.setLong(at++, view.notBefore());
      select.setInt(at++, MessageFlags.TARGETED);
      select.setLong(at++, view.viewerId());
      select.setLong(at++, view.viewerId());
      select.setLong(at++, view.viewerId());
      for (Span span : view.spans()) {
        select.setLong(at++, span.fromSeq());
        select.setLong(at++, span.toSeq());
      }
      select.setInt(at, limit);
      return lines(select);
    }
  }

  private static final Sql HIDE =
      new Sql(
          "INSERT IGNORE INTO message_hidden (conversation_id, account_id, seq) VALUES ",
          "(?, ?, ?)",
          "");

  /** Takes messages from one account's view. */
  void hide(Connection connection, long conversationId, long accountId, List<Long> seqs)
      throws SQLException {
    HIDE.update(
        connection,
        List.of(),
        seqs,
        (statement, at, seq) -> {
          statement.setLong(at, conversationId);
          statement.setLong(at + 1, accountId);
          statement.setLong(at + 2, seq);
          return at + 3;
        });
  }

  /** Who sees a targeted message besides its sender. */
  List<Long> targets(Connection connection, long conversationId, long seq) throws SQLException {
    try (PreparedStatement select =
        connection.prepareStatement(
            "SELECT account_id FROM message_target WHERE conversation_id = ? AND seq = ?")) {
      select.setLong(1, conversationId);
      select.setLong(2, seq);
      try (ResultSet rows = select.executeQuery()) {
        List<Long> ids = new ArrayList<>();
        while (rows.next()) {
          ids.add(rows.getLong(1));
        }
        return ids;
      }
    }
  }

  /** Moves the mark up to which clients can load nothing; never back. */
  void clear(Connection connection, long conversationId, long seq) throws SQLException {
    try (PreparedStatement update =
        connection.prepareStatement(
            "UPDATE conversation SET clear_seq = GREATEST(clear_seq, ?) WHERE id = ?")) {
      update.setLong(1, seq);
      update.setLong(2, conversationId);
      update.executeUpdate();
    }
  }

  /** UserIDs' account, whether it lives or not. */
  String userId(Connection connection, long accountId) throws SQLException {
    try (PreparedStatement select =
        connection.prepareStatement("SELECT user_id FROM account WHERE id = ?")) {
      select.setLong(1, accountId);
      try (ResultSet rows = select.executeQuery()) {
        return rows.next() ? text(rows.getBytes(1)) : "";
      }
    }
  }

  private static List<Line> lines(PreparedStatement select) throws SQLException {
    List<Line> lines = new ArrayList<>();
    try (ResultSet rows = select.executeQuery()) {
      while (rows.next()) {
        lines.add(
            new Line(
                MessageStore.row(rows),
                text(rows.getBytes(9)),
                text(rows.getBytes(10)),
                text(rows.getBytes(11))));
      }
    }
    return lines;
  }

  private static String text(byte[] utf8) {
    return utf8 == null ? "" : new String(utf8, StandardCharsets.UTF_8);
  }
}
