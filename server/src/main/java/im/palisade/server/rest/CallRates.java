package im.palisade.server.rest;

import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.LoadingCache;
import im.palisade.server.app.App;
import im.palisade.server.protocol.ErrorCode;
import im.palisade.server.protocol.ImException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/**
 * Holds apps to their calls per second (rest-conventions §5.1), per command and over all. A burst
 * may take one second's allowance at once.
 */
final class CallRates {
  private static final long SECOND = Duration.ofSeconds(1).toNanos();
  private static final String ALL_COMMANDS = "";

  /** Whose calls are counted together. */
  private record Key(long appId, String command) {}

  private final boolean on;
  private final LongSupplier nanos;

  /** Per key the time at which its allowance is whole again; forgotten, it is whole. */
  private final LoadingCache<Key, AtomicLong> wholeAt;

  /**
   * Makes limits.
   *
   * @param on false lifts all of them
   * @param nanos a clock that never goes back
   */
  CallRates(boolean on, LongSupplier nanos) {
    this.on = on;
    this.nanos = nanos;
    this.wholeAt =
        Caffeine.newBuilder()
            .maximumSize(100_000)
            .expireAfterAccess(Duration.ofMinutes(1))
            .build(_ -> new AtomicLong(nanos.getAsLong()));
  }

  /**
   * Counts a call.
   *
   * @throws ImException with the endpoint's code when the command is called too often, 60011 when
   *     the app calls too often
   */
  void admit(App app, Endpoint endpoint) {
    if (!on) {
      return;
    }
    Integer set = app.settings().callsPerSecond().get(endpoint.path());
    int perCommand = set == null ? endpoint.callsPerSecond() : set;
    if (!take(app.appId(), endpoint.path(), perCommand)) {
      throw new ImException(endpoint.rateCode());
    }
    if (!take(app.appId(), ALL_COMMANDS, app.settings().appCallsPerSecond())) {
      throw new ImException(ErrorCode.APP_RATE_EXCEEDED);
    }
  }

  private boolean take(long appId, String command, int perSecond) {
    if (perSecond <= 0) {
      return true;
    }
    AtomicLong bucket = wholeAt.get(new Key(appId, command));
    long each = SECOND / perSecond;
    while (true) {
      long now = nanos.getAsLong();
      long whole = bucket.get();
      // Differences, since such a clock may overflow.
      long next = (whole - now > 0 ? whole : now) + each;
      if (next - now > SECOND) {
        return false;
      }
      if (bucket.compareAndSet(whole, next)) {
        return true;
      }
    }
  }
}
