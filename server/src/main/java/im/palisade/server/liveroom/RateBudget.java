package im.palisade.server.liveroom;

import im.palisade.server.message.Priority;

/**
 * Messages that a room takes in a sliding second (group-semantics §7.4). So that those of higher
 * priority are served first, the last fifth is kept for High and the fifth before it for High and
 * Normal: of 40 the last 8 and the 8 before. Not safe for several threads at once.
 */
final class RateBudget {
  private static final long SECOND = 1_000_000_000L;
  private static final int FIRST_CAPACITY = 8;

  /** When the tokens of the last second were given out, oldest at {@code head}; a ring. */
  private long[] given = new long[FIRST_CAPACITY];

  private int head;
  private int count;

  /**
   * Takes a token.
   *
   * @param perSecond tokens of a second
   * @param now nanoseconds of a clock that only goes forward
   * @return false when there is none for that priority
   */
  boolean take(Priority priority, int perSecond, long now) {
    while (count > 0 && now - given[head] >= SECOND) {
      head = (head + 1) % given.length;
      count--;
    }
    if (count >= share(priority, perSecond)) {
      return false;
    }
    if (count == given.length) {
      grow();
    }
    given[(head + count) % given.length] = now;
    count++;
    return true;
  }

  private static int share(Priority priority, int perSecond) {
    int reserved = perSecond / 5;
    return switch (priority) {
      case HIGH -> perSecond;
      case NORMAL -> perSecond - reserved;
      case LOW, LOWEST -> perSecond - 2 * reserved;
    };
  }

  private void grow() {
    long[] larger = new long[given.length * 2];
    for (int i = 0; i < count; i++) {
      larger[i] = given[(head + i) % given.length];
    }
    given = larger;
    head = 0;
  }
}
