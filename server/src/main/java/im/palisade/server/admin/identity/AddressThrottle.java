package im.palisade.server.admin.identity;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import im.palisade.server.admin.door.AdminException;
import im.palisade.server.admin.door.Refusal;
import im.palisade.server.audit.Cause;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;

/** Failures by network on this node: guesses over many names come from somewhere. */
final class AddressThrottle {
  /** Failures of one network before it must wait. */
  static final int FREE = 100;

  private static final Duration WINDOW = Duration.ofMinutes(5);
  private static final int NETWORKS = 10_000;

  private final Clock clock;
  private final Cache<String, Window> windows = Caffeine.newBuilder().maximumSize(NETWORKS).build();

  AddressThrottle(Clock clock) {
    this.clock = clock;
  }

  private record Window(Instant since, int failures) {}

  void check(String address) {
    Window window = windows.getIfPresent(Cause.networkOf(address));
    Instant now = clock.instant();
    if (window != null && window.failures() >= FREE && now.isBefore(window.since().plus(WINDOW))) {
      throw AdminException.later(
          Refusal.TOO_MANY, Duration.between(now, window.since().plus(WINDOW)));
    }
  }

  void failed(String address) {
    Instant now = clock.instant();
    windows
        .asMap()
        .merge(
            Cause.networkOf(address),
            new Window(now, 1),
            (old, fresh) ->
                now.isBefore(old.since().plus(WINDOW))
                    ? new Window(old.since(), old.failures() + 1)
                    : fresh);
  }
}
