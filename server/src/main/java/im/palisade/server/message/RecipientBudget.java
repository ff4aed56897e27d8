package im.palisade.server.message;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import im.palisade.server.app.App;
import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * Recipients of batch sends per minute and app (rest-conventions §5.1), if the app's settings limit
 * them: a minute's allowance may be used up at once and grows again steadily. Each node counts by
 * itself.
 */
final class RecipientBudget {
  private static final double MINUTE = Duration.ofMinutes(1).toNanos();
  private static final int APPS = 100_000;

  private final LongSupplier nanos;
  private final Cache<Long, Left> apps =
      Caffeine.newBuilder().maximumSize(APPS).expireAfterAccess(Duration.ofMinutes(2)).build();

  private record Left(double recipients, long at) {}

  /** A budget by a clock that never goes back. */
  RecipientBudget(LongSupplier nanos) {
    this.nanos = nanos;
  }

  /** Takes all of them or none; false when there is not enough left. */
  boolean take(App app, int recipients) {
    int perMinute = app.settings().batchRecipientsPerMinute();
    if (perMinute <= 0) {
      return true;
    }
    long now = nanos.getAsLong();
    boolean[] taken = new boolean[1];
    apps.asMap()
        .compute(
            app.appId(),
            (id, left) -> {
              double grown =
                  left == null
                      ? perMinute
                      : left.recipients() + perMinute * ((now - left.at()) / MINUTE);
              double there = Math.min(grown, perMinute);
              taken[0] = there >= recipients;
              return new Left(taken[0] ? there - recipients : there, now);
            });
    return taken[0];
  }
}
