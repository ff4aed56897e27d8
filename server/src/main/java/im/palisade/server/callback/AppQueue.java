package im.palisade.server.callback;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;

/**
 * What one app's receiver is to be told next: lanes are served side by side, within a lane one
 * after the other. Bounded in what waits and in what is under way.
 */
final class AppQueue {
  /** Most webhooks in memory of one app. */
  static final int MOST = 2_000;

  /** After-webhooks of one app under way at once. */
  private static final int WORKERS = 32;

  private final Map<Long, Deque<Runnable>> lanes = new HashMap<>();
  private final Deque<Long> ready = new ArrayDeque<>();
  private int size;
  private int workers;

  /** Adds work to the end of its lane; false when there is too much already. */
  synchronized boolean offer(long lane, Runnable work) {
    if (size >= MOST) {
      return false;
    }
    size++;
    Deque<Runnable> waiting = lanes.computeIfAbsent(lane, key -> new ArrayDeque<>(2));
    waiting.add(work);
    if (waiting.size() == 1) {
      ready.add(lane);
      if (workers < WORKERS) {
        workers++;
        Thread.ofVirtual().name("webhook").start(this::work);
      }
    }
    return true;
  }

  /** How many more are taken. */
  synchronized int room() {
    return MOST - size;
  }

  private void work() {
    for (long lane = first(); lane != 0; lane = next(lane)) {
      Runnable work;
      synchronized (this) {
        work = lanes.get(lane).getFirst();
      }
      work.run();
    }
  }

  /** The next lane to serve, after the one whose first is done; 0 ends the worker. */
  private synchronized long next(long done) {
    Deque<Runnable> waiting = lanes.get(done);
    waiting.removeFirst();
    size--;
    if (waiting.isEmpty()) {
      lanes.remove(done);
    } else {
      ready.add(done);
    }
    return first();
  }

  private synchronized long first() {
    Long lane = ready.poll();
    if (lane == null) {
      workers--;
      return 0;
    }
    return lane;
  }
}
