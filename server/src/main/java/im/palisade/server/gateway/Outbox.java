package im.palisade.server.gateway;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import java.util.ArrayDeque;

/**
 * What waits to be written to one client. The channel is given little; the rest stays here as
 * frames that all receivers share, so that slow readers cost references and can be given up at
 * once. On the event loop.
 */
@SuppressWarnings("FutureReturnValueIgnored") // a failed write closes the channel
final class Outbox {
  private static final int FRAME_OVERHEAD = 32;

  private final Channel channel;
  private final Shard shard;
  private final GatewayMetrics metrics;

  /** Frames the channel does not take at present; null when there are none. */
  private ArrayDeque<EncodedFrame> backlog;

  private long bytes;
  private boolean touched;

  Outbox(Channel channel, Shard shard, GatewayMetrics metrics) {
    this.channel = channel;
    this.shard = shard;
    this.metrics = metrics;
  }

  /** Bytes that wait here. */
  long bytes() {
    return bytes;
  }

  /**
   * Writes a frame, or keeps it while the client is not taking any.
   *
   * @param more whether the next work of this turn is the same frame for another connection
   */
  void add(EncodedFrame frame, boolean more) {
    if (backlog == null && channel.isWritable()) {
      write(frame, more);
      return;
    }
    if (backlog == null) {
      backlog = new ArrayDeque<>();
    }
    backlog.add(frame);
    count(cost(frame));
  }

  /** Writes all frames of a section's round at once; false, and nothing, when there is no room. */
  boolean addJoined(Section section) {
    if (backlog != null || !channel.isWritable()) {
      return false;
    }
    write(section.joined(channel.alloc()));
    shard.wrote(section.frames());
    return true;
  }

  /** Writes what was kept, as far as the channel takes it. */
  void resume() {
    while (backlog != null && channel.isWritable()) {
      EncodedFrame frame = backlog.poll();
      count(-cost(frame));
      if (backlog.isEmpty()) {
        backlog = null;
      }
      write(frame, false);
    }
  }

  /** Gives up what was kept. */
  void clear() {
    count(-bytes);
    backlog = null;
  }

  void flush() {
    touched = false;
    channel.flush();
  }

  private void write(EncodedFrame frame, boolean more) {
    write(shard.buffer(channel.alloc(), frame, more));
  }

  private void write(ByteBuf buffer) {
    channel.write(buffer, channel.voidPromise());
    if (!touched) {
      touched = true;
      shard.touch(this);
    }
  }

  private void count(long change) {
    if (change != 0) {
      bytes += change;
      metrics.pendingBytes.add(change);
    }
  }

  private static long cost(EncodedFrame frame) {
    return (long) frame.size() + FRAME_OVERHEAD;
  }
}
