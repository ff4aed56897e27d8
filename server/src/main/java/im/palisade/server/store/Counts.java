package im.palisade.server.store;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What a transaction adds to the statistics of apps: one row of the same transaction, or a part of
 * the feed's row of a batch of messages, so that a server that is killed loses none. Statistics sum
 * such rows up within seconds; a counter's own row would have every writer of an app wait for the
 * others.
 */
public final class Counts {
  /** Kinds of what an account did, as bits. */
  public static final int LOGIN = 1;

  public static final int SENT_C2C = 1 << 1;
  public static final int SENT_GROUP = 1 << 2;

  private static final byte FORMAT = 1;
  private static final byte ADDED = 1;
  private static final byte SEEN = 2;
  private static final byte SAID = 3;

  private final Map<Added, Integer> added = new LinkedHashMap<>();
  private final Map<Seen, Integer> seen = new LinkedHashMap<>();
  private final Map<Said, Integer> said = new LinkedHashMap<>();

  /** A counter of an app. */
  public record Added(long appId, Counter counter) {}

  /** An account of an app. */
  public record Seen(long appId, long accountId) {}

  /** A group of an app. */
  public record Said(long appId, long groupId) {}

  /** Adds to a counter that is no peak. */
  public void add(long appId, Counter counter, int amount) {
    if (amount != 0) {
      added.merge(new Added(appId, counter), amount, Integer::sum);
    }
  }

  /** An account did something. */
  public void seen(long appId, long accountId, int kinds) {
    seen.merge(new Seen(appId, accountId), kinds, (a, b) -> a | b);
  }

  /**
   * Something was said in a group.
   *
   * @param toAll messages that all members get
   */
  public void said(long appId, long groupId, int toAll) {
    said.merge(new Said(appId, groupId), toAll, Integer::sum);
  }

  /** What was added to counters. */
  public Map<Added, Integer> added() {
    return added;
  }

  /** What accounts did. */
  public Map<Seen, Integer> seen() {
    return seen;
  }

  /** Messages to all members, by group. */
  public Map<Said, Integer> said() {
    return said;
  }

  /** Whether there is nothing to count. */
  public boolean isEmpty() {
    return added.isEmpty() && seen.isEmpty() && said.isEmpty();
  }

  /** Adds the row, if there is anything to count. */
  public void write(Connection connection) throws SQLException {
    if (isEmpty()) {
      return;
    }
    try (PreparedStatement insert =
        connection.prepareStatement(
            "INSERT INTO statistic_pending (counted_at, counts) VALUES (UTC_TIMESTAMP(), ?)")) {
      insert.setBytes(1, encode());
      insert.executeUpdate();
    }
  }

  /** As a row holds it. */
  public byte[] encode() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(64);
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      out.writeByte(FORMAT);
      for (Map.Entry<Added, Integer> each : added.entrySet()) {
        out.writeByte(ADDED);
        out.writeLong(each.getKey().appId());
        out.writeByte(each.getKey().counter().code());
        out.writeInt(each.getValue());
      }
      for (Map.Entry<Seen, Integer> each : seen.entrySet()) {
        out.writeByte(SEEN);
        out.writeLong(each.getKey().appId());
        out.writeLong(each.getKey().accountId());
        out.writeByte(each.getValue());
      }
      for (Map.Entry<Said, Integer> each : said.entrySet()) {
        out.writeByte(SAID);
        out.writeLong(each.getKey().appId());
        out.writeLong(each.getKey().groupId());
        out.writeInt(each.getValue());
      }
    } catch (IOException e) {
      throw new UncheckedIOException("memory does not fail", e);
    }
    return bytes.toByteArray();
  }

  /** What a row holds. */
  public static Counts decode(byte[] row) {
    ByteBuffer in = ByteBuffer.wrap(row);
    if (in.get() != FORMAT) {
      throw new IllegalStateException("pending statistics of another format");
    }
    Counts counts = new Counts();
    while (in.hasRemaining()) {
      byte kind = in.get();
      long appId = in.getLong();
      switch (kind) {
        case ADDED -> counts.add(appId, Counter.ofCode(in.get()), in.getInt());
        case SEEN -> counts.seen(appId, in.getLong(), in.get());
        case SAID -> counts.said(appId, in.getLong(), in.getInt());
        default -> throw new IllegalStateException("pending statistics of another format");
      }
    }
    return counts;
  }
}
