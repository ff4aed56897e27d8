package im.palisade.server.callback;

import java.util.function.LongSupplier;

/**
 * Spares a dead receiver, and those who would wait for it: opens when most of the last calls
 * failed, then lets a single one through after a pause that grows with every failed trial.
 */
final class Breaker {
  private static final int WINDOW = 20;
  private static final int ENOUGH = 10;
  private static final long FIRST_PAUSE_MILLIS = 1_000;
  private static final long LONGEST_PAUSE_MILLIS = 30_000;

  private final LongSupplier millis;
  private final boolean[] failed = new boolean[WINDOW];
  private int seen;
  private int failures;
  private boolean open;
  private boolean trialUnderWay;
  private long retryAt;
  private long pause = FIRST_PAUSE_MILLIS;

  /**
   * A closed breaker.
   *
   * @param millis a clock that does not run backwards
   */
  Breaker(LongSupplier millis) {
    this.millis = millis;
  }

  /** Whether a call may be made; whoever is let through reports how it ended. */
  synchronized boolean admits() {
    if (!open) {
      return true;
    }
    if (trialUnderWay || millis.getAsLong() < retryAt) {
      return false;
    }
    trialUnderWay = true;
    return true;
  }

  /** Whether calls are refused for now; asking uses up no trial. */
  synchronized boolean isOpen() {
    return open && (trialUnderWay || millis.getAsLong() < retryAt);
  }

  /** The receiver answered, be it with nonsense. */
  synchronized void succeeded() {
    if (open) {
      open = false;
      trialUnderWay = false;
      pause = FIRST_PAUSE_MILLIS;
      seen = 0;
      failures = 0;
      return;
    }
    note(false);
  }

  /** The receiver did not answer. */
  synchronized void failed() {
    if (open) {
      if (trialUnderWay) {
        trialUnderWay = false;
        pause = Math.min(2 * pause, LONGEST_PAUSE_MILLIS);
        retryAt = millis.getAsLong() + pause;
      }
      return;
    }
    note(true);
    if (seen >= ENOUGH && 2 * failures > Math.min(seen, WINDOW)) {
      open = true;
      retryAt = millis.getAsLong() + pause;
    }
  }

  /** The call was not made after all. */
  synchronized void withdrawn() {
    trialUnderWay = false;
  }

  private void note(boolean failure) {
    int at = seen % WINDOW;
    if (seen >= WINDOW && failed[at]) {
      failures--;
    }
    failed[at] = failure;
    if (failure) {
      failures++;
    }
    seen = seen == 2 * WINDOW - 1 ? WINDOW : seen + 1;
  }
}
