package im.palisade.server.security;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import im.palisade.server.protocol.ImException;
import java.time.Clock;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class FailedVerificationsTest {
  private final AtomicLong millis = new AtomicLong(1_000_000);
  private final InstantSource source = () -> Instant.ofEpochMilli(millis.get());
  private final Clock clock = source.withZone(ZoneOffset.UTC);
  private final FailedVerifications failures = new FailedVerifications(clock);

  @Test
  void thirtyFailuresInAMinuteRefuseTheAccountForAMinute() {
    fail(29);
    failures.check(1, "bob");
    millis.addAndGet(59_000);
    fail(1);
    refused();
    millis.addAndGet(59_999);
    refused();
    millis.addAndGet(1);
    failures.check(1, "bob");
  }

  @Test
  void failuresOverMoreThanAMinuteDoNot() {
    for (int i = 0; i < 10; i++) {
      fail(29);
      millis.addAndGet(60_000);
    }
    failures.check(1, "bob");
  }

  @Test
  void afterAMinuteTheCountBeginsAnew() {
    fail(30);
    millis.addAndGet(60_000);
    fail(29);
    failures.check(1, "bob");
    fail(1);
    refused();
  }

  @Test
  void oneAccountsFailuresDoNotTouchAnother() {
    fail(30);
    failures.check(2, "bob");
    failures.check(1, "Bob");
  }

  @Test
  void failuresWhileRefusedDoNotProlongTheRefusal() {
    fail(30);
    millis.addAndGet(59_999);
    fail(100);
    millis.addAndGet(1);
    failures.check(1, "bob");
  }

  @Test
  void zeroLiftsTheLimit() {
    var unlimited = new FailedVerifications(clock, 0);
    for (int i = 0; i < 100; i++) {
      unlimited.failed(1, "bob");
    }
    assertDoesNotThrow(() -> unlimited.check(1, "bob"));
  }

  private void fail(int times) {
    for (int i = 0; i < times; i++) {
      failures.failed(1, "bob");
    }
  }

  private void refused() {
    var refusal = assertThrows(ImException.class, () -> failures.check(1, "bob"));
    assertEquals(70050, refusal.code());
  }
}
