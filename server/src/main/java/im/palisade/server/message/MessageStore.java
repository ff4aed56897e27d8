package im.palisade.server.message;

import im.palisade.server.conversation.ConversationHead;
import im.palisade.server.message.DuplicateRule.Earlier;
import im.palisade.server.message.OutgoingMessage.Door;
import im.palisade.server.store.Sql;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** SQL of messages. */
public final class MessageStore {
  /** Without the hint the optimiser scans short conversations by their primary key. */
  private static final Sql EARLIER =
      new Sql(
          """
          SELECT conversation_id, random, seq, sender_id, time, msg_seq, flags
          FROM message FORCE INDEX (message_random)
          WHERE (conversation_id, random) IN (\
          """,
          "(?, ?)",
          ") ORDER BY conversation_id, seq");

  private static final Sql INSERT =
      new Sql(
          """
          INSERT INTO message
            (conversation_id, seq, sender_id, time, msg_seq, random, counted, flags, life_time,
             operator_id, request_id, content)
          VALUES \
          """,
          "(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
          "");

  /** What {@link #rows} reads. */
  public static final String COLUMNS =
      "conversation_id, seq, sender_id, time, msg_seq, random, flags, content";

  private static final Sql SOME =
      new Sql(
          "SELECT "
              + COLUMNS
              + """
               FROM message FORCE INDEX (PRIMARY)
              WHERE conversation_id = ? AND seq > ? AND time >= ?
                AND flags & IF(sender_id = ?, ?, ?) <> 0 AND seq IN (\
              """,
          "?",
          ") ORDER BY seq");

  /** Conversation and random: what may make a message a duplicate. */
  record RandomKey(long conversationId, long random) {}

  /** Messages already there with the same conversation and random as one of these. */
  Map<RandomKey, List<Earlier>> findEarlier(Connection connection, List<Submission> batch)
      throws SQLException {
    return earlier(
        connection,
        batch.stream()
            .map(each -> new RandomKey(each.conversation().id(), each.message().random()))
            .toList());
  }

  /** Messages already there with one of these. */
  Map<RandomKey, List<Earlier>> earlier(Connection connection, List<RandomKey> keys)
      throws SQLException {
    Map<RandomKey, List<Earlier>> found = new HashMap<>();
    int size = Sql.padded(keys.size());
    try (PreparedStatement select = connection.prepareStatement(EARLIER.exactly(size))) {
      for (int i = 0; i < size; i++) {
        RandomKey each = keys.get(Math.min(i, keys.size() - 1));
        select.setLong(2 * i + 1, each.conversationId());
        select.setLong(2 * i + 2, each.random());
      }
      try (ResultSet rows = select.executeQuery()) {
        while (rows.next()) {
          found
              .computeIfAbsent(
                  new RandomKey(rows.getLong(1), rows.getLong(2)), key -> new ArrayList<>(1))
              .add(
                  new Earlier(
                      rows.getLong(3),
                      rows.getLong(4),
                      new MsgKey(rows.getLong(6), rows.getLong(2), rows.getLong(5)),
                      rows.getInt(7)));
        }
      }
    }
    return found;
  }

  void insert(Connection connection, List<Submission> messages) throws SQLException {
    int done = 0;
    while (done < messages.size()) {
      int size = Sql.fitting(messages.size() - done);
      try (PreparedStatement insert = connection.prepareStatement(INSERT.exactly(size))) {
        int at = 1;
        for (Submission each : messages.subList(done, done + size)) {
          at = bind(insert, at, each);
        }
        insert.executeUpdate();
      }
      done += size;
    }
  }

  /** Inserts what a group is told of itself. */
  void insertTips(
      Connection connection, ConversationHead head, List<OrderedTask.Said> tips, int flags)
      throws SQLException {
    for (OrderedTask.Said tip : tips) {
      try (PreparedStatement insert = connection.prepareStatement(INSERT.exactly(1))) {
        insert.setLong(1, head.id());
        insert.setLong(2, tip.seq());
        insert.setLong(3, 0);
        insert.setLong(4, tip.time());
        insert.setLong(5, tip.seq());
        insert.setLong(6, tip.random());
        insert.setLong(7, head.counted(1));
        insert.setInt(8, flags);
        insert.setNull(9, Types.INTEGER);
        insert.setNull(10, Types.BIGINT);
        insert.setNull(11, Types.VARBINARY);
        insert.setBytes(12, MessageContent.encode(tip.body(), Optional.empty()));
        insert.executeUpdate();
      }
    }
  }

  /**
   * Messages of one side before a sequence, newest first.
   *
   * @param before exclusive
   * @param after exclusive
   */
  List<StoredMessage> before(
      Connection connection, Visibility view, long before, long after, int limit)
      throws SQLException {
    return page(connection, view, before, after, limit, "DESC");
  }

  /** Messages of one side after a sequence, oldest first. */
  List<StoredMessage> after(
      Connection connection, Visibility view, long after, long before, int limit)
      throws SQLException {
    return page(connection, view, before, after, limit, "ASC");
  }

  /** Messages of one side by their sequences, in their order. */
  List<StoredMessage> some(Connection connection, Visibility view, List<Long> seqs)
      throws SQLException {
    List<StoredMessage> found = new ArrayList<>();
    SOME.select(
        connection,
        List.of(
            view.conversationId(),
            view.clearSeq(),
            view.notBefore(),
            view.viewerId(),
            (long) MessageFlags.SENDER_COPY,
            (long) MessageFlags.RECIPIENT_COPY),
        seqs.stream().distinct().toList(),
        Sql.ID,
        row -> found.add(row(row)));
    return found;
  }

  private static List<StoredMessage> page(
      Connection connection, Visibility view, long before, long after, int limit, String order)
      throws SQLException {
    try (PreparedStatement select =
        connection.prepareStatement(
            "SELECT "
                + COLUMNS
                + " FROM message FORCE INDEX (PRIMARY) WHERE conversation_id = ?"
                + " AND seq < ? AND seq > ? AND time >= ?"
                + " AND flags & IF(sender_id = ?, ?, ?) <> 0 ORDER BY seq "
                + order
                + " LIMIT ?")) {
      select.setLong(1, view.conversationId());
      select.setLong(2, before);
      select.setLong(3, Math.max(after, view.clearSeq()));
      select.setLong(4, view.notBefore());
      view.bind(select, 5);
      select.setInt(8, limit);
      return rows(select);
    }
  }

  /**
   * Messages of one side by time, newest first: by time, then MsgSeq, then arrival.
   *
   * @param from earliest second, inclusive
   * @param position only messages before it; its time must not be after the range
   */
  List<StoredMessage> byTime(
      Connection connection, Visibility view, long from, TimePosition position, int limit)
      throws SQLException {
    try (PreparedStatement select =
        connection.prepareStatement(
            "SELECT "
                + COLUMNS
                + """
                 FROM message FORCE INDEX (message_time)
                WHERE conversation_id = ? AND time >= ? AND time <= ?
                  AND (time < ? OR msg_seq < ? OR (msg_seq = ? AND seq < ?))
                  AND seq > ? AND flags & IF(sender_id = ?, ?, ?) <> 0
                ORDER BY time DESC, msg_seq DESC, seq DESC LIMIT ?
                """)) {
      select.setLong(1, view.conversationId());
      select.setLong(2, Math.max(from, view.notBefore()));
      select.setLong(3, position.time());
      select.setLong(4, position.time());
      select.setLong(5, position.msgSeq());
      select.setLong(6, position.msgSeq());
      select.setLong(7, position.seq());
      select.setLong(8, view.clearSeq());
      view.bind(select, 9);
      select.setInt(12, limit);
      return rows(select);
    }
  }

  /** The sequences of messages with that key, from either side. */
  List<Long> seqsOf(Connection connection, long conversationId, MsgKey key) throws SQLException {
    try (PreparedStatement select =
        connection.prepareStatement(
            """
            SELECT seq FROM message FORCE INDEX (message_time)
            WHERE conversation_id = ? AND time = ? AND msg_seq = ? AND random = ? ORDER BY seq
            """)) {
      select.setLong(1, conversationId);
      select.setLong(2, key.time());
      select.setLong(3, key.msgSeq());
      select.setLong(4, key.random());
      List<Long> seqs = new ArrayList<>();
      try (ResultSet rows = select.executeQuery()) {
        while (rows.next()) {
          seqs.add(rows.getLong(1));
        }
      }
      return seqs;
    }
  }

  private static int bind(PreparedStatement insert, int first, Submission each)
      throws SQLException {
    OutgoingMessage message = each.message();
    int at = first;
    insert.setLong(at++, each.conversation().id());
    insert.setLong(at++, each.seq());
    insert.setLong(at++, message.sender().id());
    insert.setLong(at++, each.time());
    insert.setLong(at++, each.msgSeq());
    insert.setLong(at++, message.random());
    insert.setLong(at++, each.counted());
    insert.setInt(at++, each.flags());
    if (message.lifeTime() == OutgoingMessage.MAX_LIFE_TIME) {
      insert.setNull(at++, Types.INTEGER);
    } else {
      insert.setInt(at++, message.lifeTime());
    }
    switch (message.door()) {
      case Door.Client client -> {
        insert.setNull(at++, Types.BIGINT);
        insert.setNull(at++, Types.VARBINARY);
      }
      case Door.Rest rest -> {
        insert.setLong(at++, rest.operatorId());
        insert.setBytes(at++, rest.requestId().getBytes(StandardCharsets.UTF_8));
      }
      case Door.Import imported -> {
        insert.setLong(at++, imported.operatorId());
        insert.setBytes(at++, imported.requestId().getBytes(StandardCharsets.UTF_8));
      }
    }
    insert.setBytes(at++, each.content());
    return at;
  }

  /** The messages a query over {@link #COLUMNS} finds. */
  public static List<StoredMessage> rows(PreparedStatement select) throws SQLException {
    List<StoredMessage> messages = new ArrayList<>();
    try (ResultSet rows = select.executeQuery()) {
      while (rows.next()) {
        messages.add(row(rows));
      }
    }
    return messages;
  }

  /** The message in the first columns of a row, as {@link #COLUMNS} names them. */
  public static StoredMessage row(ResultSet row) throws SQLException {
    return new StoredMessage(
        row.getLong(1),
        row.getLong(2),
        row.getLong(3),
        row.getLong(4),
        row.getLong(5),
        row.getLong(6),
        row.getInt(7),
        MessageContent.decode(row.getBytes(8)));
  }

  /** A place in the order by time; everything strictly before it comes next. */
  record TimePosition(long time, long msgSeq, long seq) {
    /** Before everything later than that second. */
    static TimePosition endOf(long time) {
      return new TimePosition(time, 0x1_0000_0000L, 0);
    }
  }

  /**
   * Whose copies a reader sees.
   *
   * @param viewerId account whose side it is
   * @param clearSeq messages up to it are gone for that side
   * @param notBefore UNIX seconds where the app's retention begins
   */
  record Visibility(long conversationId, long viewerId, long clearSeq, long notBefore) {
    void bind(PreparedStatement select, int at) throws SQLException {
      select.setLong(at, viewerId);
      select.setInt(at + 1, MessageFlags.SENDER_COPY);
      select.setInt(at + 2, MessageFlags.RECIPIENT_COPY);
    }
  }
}
