package im.palisade.server.message;

import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells of a message that changes often no more than ten times a second. What comes faster is
 * replaced by what comes after it; the newest is always told, none after a newer one.
 */
final class PacedEvents implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(PacedEvents.class);
  private static final long PACE_MILLIS = 100;

  private final ConcurrentHashMap<Subject, Told> open = new ConcurrentHashMap<>();
  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("paced-events").factory());

  /** What is told of. */
  record Subject(long conversationId, long seq) {}

  /** How far a subject was told of, and what waits. */
  private record Told(long changeSeq, Optional<Runnable> waiting) {}

  /**
   * Tells now, or as soon as the pace allows.
   *
   * @param event must not block
   */
  void tell(Subject subject, long changeSeq, Runnable event) {
    open.compute(
        subject,
        (key, told) -> {
          if (told == null) {
            run(event);
            again(key);
            return new Told(changeSeq, Optional.empty());
          }
          return changeSeq < told.changeSeq() ? told : new Told(changeSeq, Optional.of(event));
        });
  }

  private void due(Subject subject) {
    open.computeIfPresent(
        subject,
        (key, told) -> {
          if (told.waiting().isEmpty()) {
            return null;
          }
          run(told.waiting().get());
          again(key);
          return new Told(told.changeSeq(), Optional.empty());
        });
  }

  private void again(Subject subject) {
    if (!timer.isShutdown()) {
      var _ = timer.schedule(() -> due(subject), PACE_MILLIS, TimeUnit.MILLISECONDS);
    }
  }

  private static void run(Runnable event) {
    try {
      event.run();
    } catch (RuntimeException e) {
      log.warn("a growing message could not be told of", e);
    }
  }

  @Override
  public void close() {
    timer.shutdownNow();
  }
}
