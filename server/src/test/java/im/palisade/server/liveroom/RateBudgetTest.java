package im.palisade.server.liveroom;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import im.palisade.server.message.Priority;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** group-semantics §7.4. */
class RateBudgetTest {
  private static final long SECOND = 1_000_000_000L;

  private final RateBudget budget = new RateBudget();

  @ParameterizedTest
  @CsvSource({
    "HIGH, 40, 40",
    "NORMAL, 40, 32",
    "LOW, 40, 24",
    "LOWEST, 40, 24",
    "HIGH, 10, 10",
    "NORMAL, 10, 8",
    "LOW, 10, 6",
    "HIGH, 1000, 1000",
    "NORMAL, 1000, 800",
    "LOW, 1000, 600",
    "HIGH, 1, 1"
  })
  void aPriorityHasItsShareOfASecond(Priority priority, int perSecond, int share) {
    assertEquals(share, taken(priority, perSecond, 2_000, 0));
  }

  @Test
  void whatLowLeavesIsForNormalAndWhatNormalLeavesForHigh() {
    assertEquals(24, taken(Priority.LOW, 40, 100, 0));
    assertEquals(8, taken(Priority.NORMAL, 40, 100, 1));
    assertEquals(0, taken(Priority.LOWEST, 40, 100, 2));
    assertEquals(8, taken(Priority.HIGH, 40, 100, 3));
    assertEquals(0, taken(Priority.HIGH, 40, 100, SECOND - 1));
  }

  @Test
  void theSecondSlides() {
    for (int i = 0; i < 40; i++) {
      assertTrue(budget.take(Priority.HIGH, 40, i * SECOND / 40));
    }
    assertFalse(budget.take(Priority.HIGH, 40, SECOND - 1));
    assertTrue(budget.take(Priority.HIGH, 40, SECOND));
    assertFalse(budget.take(Priority.HIGH, 40, SECOND + SECOND / 40 - 1));
    assertTrue(budget.take(Priority.HIGH, 40, SECOND + SECOND / 40));
  }

  @Test
  void anyWindowOfASecondHoldsNoMoreThanTheRate() {
    long[] given = new long[400];
    int count = 0;
    for (long now = 0; now < 8 * SECOND; now += SECOND / 333) {
      if (budget.take(Priority.HIGH, 40, now)) {
        given[count++] = now;
      }
    }
    for (int i = 40; i < count; i++) {
      assertTrue(given[i] - given[i - 40] >= SECOND);
    }
    assertTrue(count >= 40 * 7, () -> "so few were let through");
  }

  private int taken(Priority priority, int perSecond, int tries, long now) {
    int taken = 0;
    for (int i = 0; i < tries; i++) {
      taken += budget.take(priority, perSecond, now) ? 1 : 0;
    }
    return taken;
  }
}
