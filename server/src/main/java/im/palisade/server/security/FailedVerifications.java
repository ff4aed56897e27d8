package im.palisade.server.security;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import im.palisade.server.protocol.ErrorCode;
import im.palisade.server.protocol.ImException;
import java.time.Clock;

/** Stops guessing: 30 failed verifications a minute per app and identifier (conventions §6.4). */
public final class FailedVerifications {
  private static final int LIMIT = 30;
  private static final long WINDOW_MILLIS = 60_000;

  private final Clock clock;
  private final Cache<Key, Window> windows = Caffeine.newBuilder().maximumSize(100_000).build();

  public FailedVerifications(Clock clock) {
    this.clock = clock;
  }

  /**
   * Lets a verification begin.
   *
   * @throws ImException SIG_TOO_MANY_FAILURES
   */
  public void check(long appId, String identifier) {
    Window window = windows.getIfPresent(new Key(appId, identifier));
    if (window != null
        && window.failures() >= LIMIT
        && clock.millis() - window.startedAt() < WINDOW_MILLIS) {
      throw new ImException(ErrorCode.SIG_TOO_MANY_FAILURES);
    }
  }

  /** Counts a failure. */
  public void failed(long appId, String identifier) {
    long now = clock.millis();
    windows
        .asMap()
        .compute(
            new Key(appId, identifier),
            (key, window) ->
                window == null || now - window.startedAt() >= WINDOW_MILLIS
                    ? new Window(now, 1)
                    : new Window(window.startedAt(), window.failures() + 1));
  }

  private record Key(long appId, String identifier) {}

  private record Window(long startedAt, int failures) {}
}
