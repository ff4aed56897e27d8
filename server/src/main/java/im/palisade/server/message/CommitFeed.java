package im.palisade.server.message;

import im.palisade.server.store.Counts;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
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

  /**
   * A message webhooks are to tell of, and from where it came.
   *
   * @param operator UserID of the administrator who had it sent; empty when its sender did
   * @param depth webhooks that led to it
   * @param platform at most 255 bytes, as are the address and the operator
   */
  record Told(
      long conversationId,
      long seq,
      boolean fromRest,
      int depth,
      String platform,
      String address,
      String operator) {}

  /** Ranges only. */
  private static final byte FORMAT = 1;

  /** The number of ranges, the ranges, and the messages to tell of. */
  private static final byte FORMAT_TOLD = 2;

  private static final int RANGE_BYTES = 16;
  private static final int MAX_TEXT = 255;
  private static final int DELETE_ROWS = 500;

  private CommitFeed() {}

  /** Adds a batch of which webhooks tell nothing. */
  static void append(
      Connection connection, int writer, long batch, long nowMillis, Map<Long, Range> ranges)
      throws SQLException {
    append(connection, writer, batch, nowMillis, ranges, List.of(), new Counts());
  }

  /**
   * Adds a batch.
   *
   * @param told those of its messages that webhooks tell of
   * @param counts what statistics count of it
   */
  static void append(
      Connection connection,
      int writer,
      long batch,
      long nowMillis,
      Map<Long, Range> ranges,
      List<Told> told,
      Counts counts)
      throws SQLException {
    try (PreparedStatement insert =
        connection.prepareStatement(
            """
            INSERT INTO commit_feed
              (writer, batch, committed_at, webhook, entries, uncounted, counts)
            VALUES (?, ?, ?, ?, ?, ?, ?)
            """)) {
      insert.setInt(1, writer);
      insert.setLong(2, batch);
      insert.setLong(3, nowMillis);
      insert.setInt(4, told.isEmpty() ? 0 : 1);
      insert.setBytes(5, entries(ranges, told));
      insert.setInt(6, counts.isEmpty() ? 0 : 1);
      insert.setBytes(7, counts.isEmpty() ? null : counts.encode());
      insert.executeUpdate();
    }
  }

  private static byte[] entries(Map<Long, Range> ranges, List<Told> told) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(64 + ranges.size() * RANGE_BYTES);
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      out.writeByte(told.isEmpty() ? FORMAT : FORMAT_TOLD);
      if (!told.isEmpty()) {
        out.writeInt(ranges.size());
      }
      for (Range range : ranges.values()) {
        out.writeLong(range.conversationId());
        out.writeInt((int) range.fromSeq());
        out.writeInt((int) range.toSeq());
      }
      for (Told each : told) {
        out.writeLong(each.conversationId());
        out.writeInt((int) each.seq());
        out.writeBoolean(each.fromRest());
        out.writeByte(each.depth());
        text(out, each.platform());
        text(out, each.address());
        text(out, each.operator());
      }
    } catch (IOException e) {
      throw new UncheckedIOException("memory does not fail", e);
    }
    return bytes.toByteArray();
  }

  /** Ranges committed within a time, its end exclusive, oldest first. */
  static List<Range> within(Connection connection, long fromMillis, long toMillis)
      throws SQLException {
    try (PreparedStatement select =
        connection.prepareStatement(
            "SELECT entries FROM commit_feed WHERE committed_at >= ? AND committed_at < ?"
                + " ORDER BY committed_at, id")) {
      select.setLong(1, fromMillis);
      select.setLong(2, toMillis);
      try (ResultSet rows = select.executeQuery()) {
        List<Range> ranges = new ArrayList<>();
        while (rows.next()) {
          decode(rows.getBytes(1), ranges);
        }
        return ranges;
      }
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

  /**
   * Deletes rows older than that, but for those somebody still reads; returns how many went in this
   * step.
   */
  static int deleteBefore(Connection connection, long millis) throws SQLException {
    try (PreparedStatement delete =
        connection.prepareStatement(
            "DELETE FROM commit_feed WHERE committed_at < ? AND webhook = 0 AND uncounted = 0"
                + " LIMIT "
                + DELETE_ROWS)) {
      delete.setLong(1, millis);
      return delete.executeUpdate();
    }
  }

  /** The messages of a row that webhooks are to tell of. */
  static List<Told> told(byte[] entries) {
    ByteBuffer in = ByteBuffer.wrap(entries);
    List<Told> told = new ArrayList<>();
    if (in.get() == FORMAT_TOLD) {
      in.position(in.position() + Integer.BYTES + in.getInt(in.position()) * RANGE_BYTES);
      while (in.hasRemaining()) {
        told.add(
            new Told(
                in.getLong(),
                Integer.toUnsignedLong(in.getInt()),
                in.get() != 0,
                Byte.toUnsignedInt(in.get()),
                text(in),
                text(in),
                text(in)));
      }
    }
    return told;
  }

  private static void decode(byte[] entries, List<Range> into) {
    ByteBuffer in = ByteBuffer.wrap(entries);
    int count =
        switch (in.get()) {
          case FORMAT -> in.remaining() / RANGE_BYTES;
          case FORMAT_TOLD -> in.getInt();
          default -> throw new IllegalStateException("commit feed entry of another format");
        };
    for (int i = 0; i < count; i++) {
      into.add(
          new Range(
              in.getLong(),
              Integer.toUnsignedLong(in.getInt()),
              Integer.toUnsignedLong(in.getInt())));
    }
  }

  private static void text(DataOutputStream out, String text) throws IOException {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    int length = Math.min(bytes.length, MAX_TEXT);
    out.writeByte(length);
    out.write(bytes, 0, length);
  }

  private static String text(ByteBuffer in) {
    byte[] bytes = new byte[Byte.toUnsignedInt(in.get())];
    in.get(bytes);
    return new String(bytes, StandardCharsets.UTF_8);
  }
}
