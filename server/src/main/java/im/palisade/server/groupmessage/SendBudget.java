package im.palisade.server.groupmessage;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import im.palisade.server.message.Priority;
import java.time.Duration;

/**
 * How many messages a group takes in any second (group-semantics §7.4). Of the budget a fifth is
 * kept for high priority, another fifth for high and normal; of 40 those are 8 each. Kept in
 * memory, for groups in use only.
 */
public final class SendBudget {
  private static final long SECOND_NANOS = 1_000_000_000L;
  private static final Duration FORGOTTEN = Duration.ofSeconds(10);
  private static final int PARTS = 5;

  private final Cache<Long, Window> windows =
      Caffeine.newBuilder().expireAfterAccess(FORGOTTEN).build();

  /**
   * Takes one message of the budget if it is left for that priority.
   *
   * @param perSecond the whole budget
   * @param nanos now, of a clock that never goes back
   */
  public boolean admits(long conversationId, Priority priority, int perSecond, long nanos) {
    int share =
        switch (priority) {
          case HIGH -> perSecond;
          case NORMAL -> perSecond - perSecond / PARTS;
          case LOW, LOWEST -> perSecond - 2 * (perSecond / PARTS);
        };
    return windows.get(conversationId, id -> new Window()).admits(share, perSecond, nanos);
  }

  /** The times of what was admitted within the last second, oldest first, in a ring. */
  private static final class Window {
    private long[] times = {};
    private int first;
    private int size;

    private synchronized boolean admits(int share, int perSecond, long nanos) {
      if (times.length != perSecond) {
        times = new long[perSecond];
        first = 0;
        size = 0;
      }
      while (size > 0 && nanos - times[first] >= SECOND_NANOS) {
        first = (first + 1) % times.length;
        size--;
      }
      if (size >= share) {
        return false;
      }
      times[(first + size) % times.length] = nanos;
      size++;
      return true;
    }
  }
}
