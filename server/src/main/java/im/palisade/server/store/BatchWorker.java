package im.palisade.server.store;

import im.palisade.server.jobs.Threads;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes small facts that nobody waits for in batches that grow by themselves. A full queue makes
 * the caller wait; a batch the store refuses is tried again until it succeeds or the worker closes.
 */
public final class BatchWorker<T> implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(BatchWorker.class);
  private static final int QUEUE = 16_384;
  private static final int BATCH = 256;
  private static final long IDLE_MILLIS = 100;
  private static final long RETRY_MILLIS = 1000;

  private final String name;
  private final Consumer<List<T>> write;
  private final BlockingQueue<T> queue = new ArrayBlockingQueue<>(QUEUE);
  private final Thread thread;
  private volatile boolean closing;

  /** A worker that has started. */
  public BatchWorker(String name, Consumer<List<T>> write) {
    this.name = name;
    this.write = write;
    this.thread = Thread.ofVirtual().name(name).start(this::run);
  }

  /** Hands over a fact; waits while the queue is full. */
  public void add(T fact) {
    try {
      queue.put(fact);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      log.warn("{}: interrupted, one fact lost", name);
    }
  }

  /** Writes what has come and ends. */
  @Override
  public void close() {
    closing = true;
    Threads.join(thread);
  }

  private void run() {
    List<T> batch = new ArrayList<>(BATCH);
    try {
      while (true) {
        T first = closing ? queue.poll() : queue.poll(IDLE_MILLIS, TimeUnit.MILLISECONDS);
        if (first != null) {
          batch.add(first);
          queue.drainTo(batch, BATCH - 1);
          writeUntilDone(batch);
          batch.clear();
        } else if (closing) {
          return;
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void writeUntilDone(List<T> batch) throws InterruptedException {
    while (true) {
      try {
        write.accept(batch);
        return;
      } catch (RuntimeException e) {
        if (closing) {
          log.error("{}: {} facts lost at shutdown", name, batch.size(), e);
          return;
        }
        log.warn("{}: {} facts not written, retrying", name, batch.size(), e);
        TimeUnit.MILLISECONDS.sleep(RETRY_MILLIS);
      }
    }
  }
}
