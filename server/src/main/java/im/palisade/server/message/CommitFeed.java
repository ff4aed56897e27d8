package im.palisade.server.message;

import java.nio.ByteBuffer;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The feed of committed batches: one small row per batch, written in the batch's own transaction.
 * Whatever happens after a message reads it; ids are not in the order of commits, so a reader
 * claims rows and never resumes "after the highest id".
 */
final class CommitFeed {
  /** One conversation's messages in a batch. */
  record Range(long conversationId, long fromSeq, long toSeq) {}

  private static final byte FORMAT = 1;
  private static final int RANGE_BYTES = 16;
  private static final int DELETE_ROWS = 500;

  private CommitFeed() {}

  static void append(
      Connection connection, int writer, long batch, long nowMillis, Map<Long, Range> ranges)
      throws SQLException {
    ByteBuffer entries = ByteBuffer.allocate(1 + ranges.size() * RANGE_BYTES).put(FORMAT);
    for (Range range : ranges.values()) {
      entries
          .putLong(range.conversationId())
          .putInt((int) range.fromSeq())
          .putInt((int) range.toSeq());
    }
    try (PreparedStatement insert =
        connection.prepareStatement(
            "INSERT INTO commit_feed (writer, batch, committed_at, entries) VALUES (?, ?, ?, ?)")) {
      insert.setInt(1, writer);
      insert.setLong(2, batch);
      insert.setLong(3, nowMillis);
      insert.setBytes(4, entries.array());
      insert.executeUpdate();
    }
  }

  /** Ranges committed since a time, oldest first; for tests and repair. */
  static List<Range> since(Connection connection, long millis) throws SQLException {
    try (PreparedStatement select =
        connection.prepareStatement(
            "SELECT entries FROM commit_feed WHERE committed_at >= ? ORDER BY committed_at, id")) {
      select.setLong(1, millis);
      try (ResultSet rows = select.executeQuery()) {
        List<Range> ranges = new ArrayList<>();
        while (rows.next()) {
          decode(rows.getBytes(1), ranges);
        }
        return ranges;
      }
    }
  }

  /** Deletes rows older than that in small steps; returns how many went in this step. */
  static int deleteBefore(Connection connection, long millis) throws SQLException {
    try (PreparedStatement delete =
        connection.prepareStatement(
            "DELETE FROM commit_feed WHERE committed_at < ? LIMIT " + DELETE_ROWS)) {
      delete.setLong(1, millis);
      return delete.executeUpdate();
    }
  }

  private static void decode(byte[] entries, List<Range> into) {
    ByteBuffer in = ByteBuffer.wrap(entries);
    if (in.get() != FORMAT) {
      throw new IllegalStateException("commit feed entry of another format");
    }
    while (in.hasRemaining()) {
      into.add(
          new Range(
              in.getLong(),
              Integer.toUnsignedLong(in.getInt()),
              Integer.toUnsignedLong(in.getInt())));
    }
  }
}
