package im.palisade.server.auditlog;

import im.palisade.server.store.StoreException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * Takes outbox rows away that the log has: many at once, and before the log could forget the ids of
 * what it would meet again after a crash. For the relay's thread.
 */
final class RowRemoval {
  private static final long EVERY_NANOS = Duration.ofSeconds(2).toNanos();
  private static final long RETRY_NANOS = Duration.ofSeconds(1).toNanos();

  /** Half of the ids that the log knows (16,384), so that a crash repeats none it has forgotten. */
  private static final int MOST_UNREMOVED = 8192;

  private final OutboxStore outbox;

  /** Rows in the hands of this process. */
  private final Set<Long> held;

  private final BooleanSupplier closing;
  private final Consumer<Exception> trouble;
  private final List<Long> rows = new ArrayList<>();
  private int appended;
  private long at;

  RowRemoval(
      OutboxStore outbox, Set<Long> held, BooleanSupplier closing, Consumer<Exception> trouble) {
    this.outbox = outbox;
    this.held = held;
    this.closing = closing;
    this.trouble = trouble;
  }

  /** Such a row is in the log. */
  void add(long row) {
    rows.add(row);
  }

  /** So many records went to the log since. */
  void appended(int records) {
    appended += rows.isEmpty() ? 0 : records;
  }

  boolean isDue(long now) {
    return !rows.isEmpty() && (now >= at || appended > MOST_UNREMOVED / 2);
  }

  void now() {
    while (!rows.isEmpty()) {
      try {
        outbox.delete(rows);
        rows.forEach(held::remove);
        rows.clear();
        appended = 0;
        at = System.nanoTime() + EVERY_NANOS;
        return;
      } catch (StoreException e) {
        trouble.accept(e);
        if (closing.getAsBoolean() || appended <= MOST_UNREMOVED) {
          at = System.nanoTime() + RETRY_NANOS;
          return;
        }
        // More must not be appended before these are gone: after a crash the log would not know
        // the first of them again.
        pause();
      }
    }
  }

  private static void pause() {
    try {
      TimeUnit.NANOSECONDS.sleep(RETRY_NANOS / 10);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
