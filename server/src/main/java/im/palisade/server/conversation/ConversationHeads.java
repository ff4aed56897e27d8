package im.palisade.server.conversation;

import im.palisade.server.store.Sql;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Locks conversations for a writer's transaction and writes their running numbers back. */
public final class ConversationHeads {
  private static final Sql LOCK =
      new Sql(
          """
          SELECT id, version, last_seq, last_time, shown_1, shown_2, counted_1, counted_2, options
          FROM conversation WHERE id IN (\
          """,
          "?",
          ") ORDER BY id FOR UPDATE");

  /** The rows are locked and known to exist: this only ever updates, many in one statement. */
  private static final Sql SAVE =
      new Sql(
          """
          INSERT INTO conversation
            (id, app_id, kind, last_seq, last_time, shown_1, shown_2, counted_1, counted_2)
          VALUES \
          """,
          "(?, 0, 0, ?, ?, ?, ?, ?, ?)",
          """
           ON DUPLICATE KEY UPDATE
            last_seq = VALUES(last_seq), last_time = VALUES(last_time),
            shown_1 = VALUES(shown_1), shown_2 = VALUES(shown_2),
            counted_1 = VALUES(counted_1), counted_2 = VALUES(counted_2)
          """);

  private ConversationHeads() {}

  /**
   * Locks the conversations in the order of their ids until the transaction ends. Ids without a row
   * are missing from the result.
   *
   * @param ids sorted, without duplicates, at most {@link Sql#MAX_ROWS}
   */
  public static Map<Long, ConversationHead> lock(Connection connection, long[] ids)
      throws SQLException {
    int size = Sql.padded(ids.length);
    Map<Long, ConversationHead> heads = HashMap.newHashMap(ids.length);
    try (PreparedStatement select = connection.prepareStatement(LOCK.exactly(size))) {
      for (int i = 0; i < size; i++) {
        select.setLong(i + 1, ids[Math.min(i, ids.length - 1)]);
      }
      try (ResultSet rows = select.executeQuery()) {
        while (rows.next()) {
          heads.put(
              rows.getLong(1),
              new ConversationHead(
                  rows.getLong(1),
                  rows.getLong(2),
                  rows.getLong(3),
                  rows.getLong(4),
                  rows.getLong(5),
                  rows.getLong(6),
                  rows.getLong(7),
                  rows.getLong(8),
                  rows.getInt(9)));
        }
      }
    }
    return heads;
  }

  /**
   * Moves a conversation's version: somebody may have lost a right, so writers must ask for theirs
   * again.
   */
  public static void moveVersion(Connection connection, long conversationId) throws SQLException {
    try (PreparedStatement update =
        connection.prepareStatement("UPDATE conversation SET version = version + 1 WHERE id = ?")) {
      update.setLong(1, conversationId);
      update.executeUpdate();
    }
  }

  /** Writes locked heads back. */
  public static void save(Connection connection, Collection<ConversationHead> heads)
      throws SQLException {
    List<ConversationHead> all = List.copyOf(heads);
    int done = 0;
    while (done < all.size()) {
      int size = Sql.fitting(all.size() - done);
      try (PreparedStatement update = connection.prepareStatement(SAVE.exactly(size))) {
        int at = 1;
        for (ConversationHead head : all.subList(done, done + size)) {
          update.setLong(at++, head.id());
          update.setLong(at++, head.lastSeq());
          update.setLong(at++, head.lastTime());
          update.setLong(at++, head.shown(1));
          update.setLong(at++, head.shown(2));
          update.setLong(at++, head.counted(1));
          update.setLong(at++, head.counted(2));
        }
        update.executeUpdate();
      }
      done += size;
    }
  }
}
