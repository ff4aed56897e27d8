package im.palisade.server.auditlog;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class ClockWatchTest {
  private final AtomicReference<Instant> now = new AtomicReference<>(Instant.now());
  private final ClockWatch watch =
      new ClockWatch(
          new Clock() {
            @Override
            public Instant instant() {
              return now.get();
            }

            @Override
            public java.time.ZoneId getZone() {
              return ZoneOffset.UTC;
            }

            @Override
            public Clock withZone(java.time.ZoneId zone) {
              return this;
            }
          });

  @Test
  void aJumpIsSeenOnceAndTimeThatPassesIsNone() {
    long nanos = System.nanoTime();
    now.updateAndGet(time -> time.plusSeconds(60));
    nanos += Duration.ofSeconds(60).toNanos();
    assertEquals(Optional.empty(), watch.look(nanos));
    now.updateAndGet(time -> time.minusSeconds(3600));
    assertEquals(Duration.ofHours(-1), watch.look(nanos).orElseThrow());
    assertEquals(Optional.empty(), watch.look(nanos));
  }
}
