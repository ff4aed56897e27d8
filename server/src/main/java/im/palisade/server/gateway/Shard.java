package im.palisade.server.gateway;

import com.fasterxml.jackson.databind.node.ObjectNode;
import im.palisade.server.protocol.Json;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.EventLoop;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Optional;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One event loop and its connections. Other threads queue work for them here; the loop takes all of
 * it in one turn, puts a frame with several receivers into a native buffer once, and flushes each
 * connection once. Everything but {@link #submit} runs on the loop.
 */
final class Shard implements Runnable {
  private static final Logger LOG = LoggerFactory.getLogger(Shard.class);

  /** Writes to members of audiences before the loop looks at its channels again: about 2 ms. */
  private static final int WRITES_A_TURN = 512;

  /** Writes to members of one audience before the next has its turn. */
  private static final int WRITES_AT_ONCE = 128;

  private final EventLoop loop;
  private final GatewayMetrics metrics;

  /** Newest first; the one who puts work into an empty queue wakes the loop. */
  private final AtomicReference<Work> queue = new AtomicReference<>();

  private final ArrayList<Outbox> touched = new ArrayList<>();
  private byte[] scratch = new byte[1024];

  /** Sections with something to say, by turns. */
  private final ArrayDeque<Section> speakers = new ArrayDeque<>();

  private final Runnable goOn = this::goOn;

  /** Whether the loop will come back to the speakers by itself. */
  private boolean goesOn;

  private boolean inTurn;
  private int written;
  private boolean draining;

  /** Head of the list that runs through the connections themselves. */
  private Connection first;

  /** The native copy of the frame being fanned out; null between frames. */
  private EncodedFrame shared;

  private ByteBuf sharedBuffer;

  private abstract static sealed class Work permits Task, Delivery {
    Work next;
  }

  /** Something else than a frame for a connection. */
  private static final class Task extends Work {
    final Runnable what;

    Task(Runnable what) {
      this.what = what;
    }
  }

  private static final class Delivery extends Work {
    final Connection to;
    final Outbound what;

    /** Size of the request that this answers; 0 when it answers none. */
    final int answers;

    Delivery(Connection to, Outbound what, int answers) {
      this.to = to;
      this.what = what;
      this.answers = answers;
    }
  }

  Shard(EventLoop loop, GatewayMetrics metrics) {
    this.loop = loop;
    this.metrics = metrics;
  }

  @SuppressWarnings("FutureReturnValueIgnored") // runs until the loop ends
  void start(Duration sweep) {
    loop.scheduleWithFixedDelay(
        this::sweep, sweep.toMillis(), sweep.toMillis(), TimeUnit.MILLISECONDS);
  }

  EventLoop loop() {
    return loop;
  }

  /** Queues work, from any thread. Work of one thread is done in its order. */
  void submit(Connection to, Outbound what, int answers) {
    enqueue(new Delivery(to, what, answers));
  }

  /** Queues something that the loop does in its turn, likewise. */
  void submit(Runnable what) {
    enqueue(new Task(what));
  }

  private void enqueue(Work work) {
    Work head;
    do {
      head = queue.get();
      work.next = head;
    } while (!queue.compareAndSet(head, work));
    if (head == null) {
      try {
        loop.execute(this);
      } catch (RejectedExecutionException e) {
        LOG.debug("work after the event loop ended", e);
      }
    }
  }

  @Override
  public void run() {
    Work work = inOrder(queue.getAndSet(null));
    inTurn = true;
    while (work != null) {
      Work next = work.next;
      // The stack's links must not keep done work reachable from what is still queued.
      work.next = null;
      switch (work) {
        case Delivery delivery ->
            perform(delivery, next instanceof Delivery other && other.what.equals(delivery.what));
        case Task task -> perform(task);
      }
      work = next;
    }
    speak();
    endTurn();
  }

  /** Notes that a section has something to say. */
  void speak(Section section) {
    speakers.add(section);
  }

  /**
   * Lets the sections speak by turns, so much in a turn of the loop. The rest goes on after the
   * loop has looked at its channels, which a task that is due at once would not let it do.
   */
  @SuppressWarnings("FutureReturnValueIgnored") // runs itself again until nothing is left
  private void speak() {
    int most = WRITES_A_TURN;
    while (most > 0 && !speakers.isEmpty()) {
      Section section = speakers.poll();
      most -= Math.max(1, section.speak(Math.min(most, WRITES_AT_ONCE)));
      if (section.isSpeaking()) {
        speakers.add(section);
      }
    }
    if (!speakers.isEmpty() && !goesOn) {
      goesOn = true;
      loop.schedule(goOn, 1, TimeUnit.NANOSECONDS);
    }
  }

  private void goOn() {
    goesOn = false;
    run();
  }

  private static void perform(Task task) {
    try {
      task.what.run();
    } catch (RuntimeException e) {
      LOG.error("an event loop's task failed", e);
    }
  }

  private void perform(Delivery work, boolean more) {
    try {
      work.to.perform(work.what, more);
      if (work.answers != 0) {
        work.to.answered(work.answers);
      }
    } catch (RuntimeException e) {
      LOG.error("connection {} failed while sending", work.to, e);
      work.to.abort();
    }
  }

  private static Work inOrder(Work newest) {
    Work reversed = null;
    Work work = newest;
    while (work != null) {
      Work older = work.next;
      work.next = reversed;
      reversed = work;
      work = older;
    }
    return reversed;
  }

  private void endTurn() {
    inTurn = false;
    forgetShared();
    for (int i = 0; i < touched.size(); i++) {
      touched.get(i).flush();
    }
    touched.clear();
    if (written > 0) {
      metrics.framesOut.inc(written);
      written = 0;
    }
  }

  /** Has the client's writes flushed when the turn ends, or now when there is none. */
  void touch(Outbox outbox) {
    if (inTurn) {
      touched.add(outbox);
    } else {
      outbox.flush();
    }
  }

  /**
   * A buffer of the frame to write, owned by the caller. It has no room to grow into, since TLS
   * would otherwise append the next frame to memory that others share.
   *
   * @param more whether the next work is the same frame for another connection
   */
  ByteBuf buffer(ByteBufAllocator allocator, EncodedFrame frame, boolean more) {
    written++;
    if (shared == frame) {
      return sharedBuffer.retainedDuplicate();
    }
    forgetShared();
    int size = frame.size();
    ByteBuf buffer = allocator.directBuffer(size, size).writeBytes(frame.bytes());
    if (!more || !inTurn) {
      return buffer;
    }
    shared = frame;
    sharedBuffer = buffer;
    return buffer.retainedDuplicate();
  }

  /** Counts frames that did not pass {@link #buffer}. */
  void wrote(int frames) {
    written += frames;
  }

  private void forgetShared() {
    if (shared != null) {
      sharedBuffer.release();
      shared = null;
      sharedBuffer = null;
    }
  }

  /** The JSON object in that text, or empty when it is something else. */
  Optional<ObjectNode> parse(ByteBuf text) {
    int length = text.readableBytes();
    if (scratch.length < length) {
      scratch = new byte[Math.max(length, 2 * scratch.length)];
    }
    text.getBytes(text.readerIndex(), scratch, 0, length);
    return Json.parseObject(scratch, 0, length);
  }

  void add(Connection connection) {
    connection.next = first;
    if (first != null) {
      first.previous = connection;
    }
    first = connection;
    if (draining) {
      connection.drain();
    }
  }

  void remove(Connection connection) {
    if (connection.previous != null) {
      connection.previous.next = connection.next;
    } else if (first == connection) {
      first = connection.next;
    }
    if (connection.next != null) {
      connection.next.previous = connection.previous;
    }
    connection.previous = null;
    connection.next = null;
  }

  boolean isDraining() {
    return draining;
  }

  /** From now on requests are finished but none begun; connections close as they become idle. */
  void drain() {
    draining = true;
    forEach(Connection::drain);
  }

  /** Closes what is still open, finished or not. */
  void closeAll() {
    forEach(connection -> connection.shut(CloseCode.RESTARTING, CloseCause.SHUTDOWN));
  }

  /** Ends connections whose client does not take part in closing. */
  void abortAll() {
    forEach(Connection::abort);
  }

  private void sweep() {
    long now = System.nanoTime();
    long seconds = System.currentTimeMillis() / 1000;
    forEach(connection -> connection.sweep(now, seconds));
  }

  private void forEach(Consumer<Connection> action) {
    inTurn = true;
    Connection connection = first;
    while (connection != null) {
      Connection next = connection.next;
      try {
        action.accept(connection);
      } catch (RuntimeException e) {
        LOG.error("connection {} failed", connection, e);
        connection.abort();
      }
      connection = next;
    }
    endTurn();
  }
}
