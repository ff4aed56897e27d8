package im.palisade.server.security;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import im.palisade.server.protocol.ErrorCode;
import im.palisade.server.protocol.ImException;
import java.time.Clock;
import java.time.Duration;

/**
 * Slows down guessing: an account of an app that failed to verify 30 times within a minute is
 * refused until a minute has passed (rest-conventions §6.4, 70050). Remembers the 100,000 accounts
 * that failed last and no others.
 */
public final class FailedVerifications {
  /** Failures within {@link #WINDOW} that are still answered with their own code. */
  public static final int LIMIT = 30;

  /** How long failures count, and how long a refusal lasts. */
  public static final Duration WINDOW = Duration.ofMinutes(1);

  private record Key(long appId, String identifier) {}

  /** Failures since a time; from the last one of a full count on, the time is that one's. */
  private record Count(int failures, long sinceMillis) {}

  private final Clock clock;
  private final int limit;
  private final Cache<Key, Count> counts;

  public FailedVerifications(Clock clock) {
    this(clock, LIMIT);
  }

  /** With another limit; 0 for none. */
  public FailedVerifications(Clock clock, int limit) {
    this.clock = clock;
    this.limit = limit;
    this.counts =
        Caffeine.newBuilder().maximumSize(100_000).expireAfterWrite(WINDOW.multipliedBy(2)).build();
  }

  /**
   * To be asked before a verification.
   *
   * @throws ImException 70050 when there were too many failures
   */
  public void check(long appId, String identifier) {
    Count count = counts.getIfPresent(new Key(appId, identifier));
    if (limit > 0 && count != null && count.failures() >= limit && isCurrent(count)) {
      throw new ImException(ErrorCode.SIG_TOO_MANY_FAILURES);
    }
  }

  /** To be told of every verification that failed. */
  public void failed(long appId, String identifier) {
    counts
        .asMap()
        .compute(
            new Key(appId, identifier),
            (_, count) -> {
              if (count == null || !isCurrent(count)) {
                return new Count(1, clock.millis());
              }
              int failures = count.failures() + 1;
              return new Count(failures, failures == limit ? clock.millis() : count.sinceMillis());
            });
  }

  private boolean isCurrent(Count count) {
    return clock.millis() - count.sinceMillis() < WINDOW.toMillis();
  }
}
