package im.palisade.server.rest;

import io.helidon.http.HttpPrologue;
import io.helidon.webserver.CloseConnectionException;
import io.helidon.webserver.ConnectionContext;
import io.helidon.webserver.http1.Http1ConnectionListener;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Closes connections whose client takes too long to send: Helidon's own timeout covers the wait for
 * a request line only, so that headers or a body that never end would hold a connection for ever.
 * Interrupting a thread that reads closes its channel; a thread that serves is never interrupted.
 */
public final class ReadWatch implements Http1ConnectionListener {
  private static final long SERVING = 0;
  private static final long GIVEN_UP = -1;
  private static final long ORIGIN = System.nanoTime();

  private final long limitMillis;

  /** Per connection's thread since when it has been reading, in {@link #now()}. */
  private final Map<Thread, AtomicLong> readingSince = new ConcurrentHashMap<>();

  private final Thread sweeper;

  /** Makes a watch that starts with {@link #start()}. */
  public ReadWatch(Duration limit) {
    limitMillis = limit.toMillis();
    sweeper = Thread.ofPlatform().daemon().name("rest-read-watch").unstarted(this::run);
  }

  /** Begins to watch. */
  public void start() {
    sweeper.start();
  }

  /** Ends. */
  public void stop() {
    sweeper.interrupt();
  }

  @Override
  public void prologue(ConnectionContext context, HttpPrologue prologue) {
    reading();
  }

  /** The current thread goes to read what its client sends. */
  public void reading() {
    AtomicLong since =
        readingSince.computeIfAbsent(Thread.currentThread(), _ -> new AtomicLong(SERVING));
    if (since.getAndSet(now()) == GIVEN_UP) {
      throw givenUp();
    }
  }

  /** The current thread has read what it needs. */
  public void serving() {
    AtomicLong since = readingSince.get(Thread.currentThread());
    if (since != null && since.getAndSet(SERVING) == GIVEN_UP) {
      throw givenUp();
    }
  }

  private void run() {
    try {
      while (true) {
        Thread.sleep(Math.clamp(limitMillis / 4, 20, 5_000));
        readingSince.forEach(this::check);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void check(Thread connection, AtomicLong readingSince) {
    if (!connection.isAlive()) {
      this.readingSince.remove(connection);
      return;
    }
    long since = readingSince.get();
    boolean late = since > SERVING && now() - since > limitMillis;
    if (late && readingSince.compareAndSet(since, GIVEN_UP)) {
      connection.interrupt();
    }
  }

  /** Milliseconds that only grow and are never 0. */
  private static long now() {
    return 1 + (System.nanoTime() - ORIGIN) / 1_000_000;
  }

  private static CloseConnectionException givenUp() {
    return new CloseConnectionException("the client took too long to send");
  }
}
