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

  /** Whoever listens hears of more than four fifths. */
  private static final int NEAR_PARTS = 5;

  private static final int NEAR_OF = 4;

  private volatile RateListener listener = RateListener.NONE;
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

  void listener(RateListener other) {
    listener = other;
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
    int used = take(app.appId(), endpoint.path(), perCommand);
    if (used * NEAR_PARTS > perCommand * NEAR_OF) {
      listener.near(
          app, endpoint.service(), endpoint.command(), Math.min(used, perCommand), perCommand);
    }
    if (used > perCommand) {
      throw new ImException(endpoint.rateCode());
    }
    int all = app.settings().appCallsPerSecond();
    if (take(app.appId(), ALL_COMMANDS, all) > all) {
      throw new ImException(ErrorCode.APP_RATE_EXCEEDED);
    }
  }

  /**
   * Takes a call of an allowance; returns how much of it is used then, one more than there is when
   * nothing was taken.
   */
  private int take(long appId, String command, int perSecond) {
    if (perSecond <= 0) {
      return perSecond;
    }
    AtomicLong bucket = wholeAt.get(new Key(appId, command));
    long each = SECOND / perSecond;
    while (true) {
      long now = nanos.getAsLong();
      long whole = bucket.get();
      // Differences, since such a clock may overflow.
      long next = (whole - now > 0 ? whole : now) + each;
      if (next - now > SECOND) {
        return perSecond + 1;
      }
      if (bucket.compareAndSet(whole, next)) {
        return (int) ((next - now + each - 1) / each);
      }
    }
  }
}
