package im.palisade.server.auditlog;

import java.time.Clock;
import java.time.Duration;
import java.util.Optional;

/** Sees the wall clock jump against the one that only goes on. For one thread. */
final class ClockWatch {
  private static final long LEAST_MILLIS = 2000;

  private final Clock clock;
  private long offset;

  ClockWatch(Clock clock) {
    this.clock = clock;
    this.offset = offset(System.nanoTime());
  }

  /** By how much the clock jumped since the last look; what drifts slowly is no jump. */
  Optional<Duration> look(long nanos) {
    long now = offset(nanos);
    long moved = now - offset;
    offset = now;
    return Math.abs(moved) >= LEAST_MILLIS
        ? Optional.of(Duration.ofMillis(moved))
        : Optional.empty();
  }

  private long offset(long nanos) {
    return clock.millis() - nanos / 1_000_000;
  }
}
