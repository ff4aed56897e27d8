package im.palisade.server.testing;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.concurrent.atomic.AtomicReference;

/** The system's time, moved. */
public final class MovedClock extends Clock {
  private final AtomicReference<Duration> by = new AtomicReference<>(Duration.ZERO);

  /** Moves it on. */
  public void advance(Duration more) {
    by.updateAndGet(now -> now.plus(more));
  }

  @Override
  public Instant instant() {
    return Instant.now().plus(by.get());
  }

  @Override
  public ZoneId getZone() {
    return ZoneOffset.UTC;
  }

  @Override
  public Clock withZone(ZoneId zone) {
    return this;
  }
}
