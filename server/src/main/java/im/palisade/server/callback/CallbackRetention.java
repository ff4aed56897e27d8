package im.palisade.server.callback;

import im.palisade.server.app.App;
import im.palisade.server.app.AppService;
import im.palisade.server.audit.AuditDeclaration;
import im.palisade.server.callback.CallbackOutboxStore.Backlog;
import im.palisade.server.jobs.Job;
import im.palisade.server.store.Region;
import im.palisade.server.store.Regions;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * Keeps the outbox within its bounds: gives up what waits too long or is too many, on record, and
 * forgets what was delivered once it can no longer be sent again.
 */
final class CallbackRetention {
  private static final Duration EVERY = Duration.ofSeconds(30);
  private static final int STEP = 500;

  private final AppService apps;
  private final Regions regions;
  private final CallbackMetrics metrics;
  private final Clock clock;
  private final CallbackOutboxStore store;

  CallbackRetention(
      AppService apps,
      Regions regions,
      CallbackMetrics metrics,
      CallbackOutboxStore store,
      Clock clock) {
    this.apps = apps;
    this.regions = regions;
    this.metrics = metrics;
    this.store = store;
    this.clock = clock;
  }

  Job job() {
    return new Job(
        "webhook-retention", EVERY, AuditDeclaration.records("callback.dropped"), this::run);
  }

  void run() {
    long waiting = 0;
    for (App app : apps.all()) {
      waiting += bound(app);
    }
    metrics.backlog(waiting);
  }

  private long bound(App app) {
    Region region = regions.of(app);
    long kept = TimeUnit.HOURS.toMillis(app.settings().webhook().keptHours());
    long before = clock.millis() - kept;
    giveUp(region, app, "age", before, Long.MAX_VALUE);
    Backlog backlog = region.read(connection -> store.backlog(connection, app.appId()));
    long surplus = backlog.waiting() - app.settings().webhook().backlog();
    if (surplus > 0) {
      giveUp(region, app, "count", Long.MAX_VALUE, surplus);
    }
    int forgotten;
    do {
      forgotten = region.inUnitOfWork(unit -> store.forget(unit.connection(), app.appId(), before));
    } while (forgotten == STEP);
    return Math.min(backlog.waiting(), app.settings().webhook().backlog());
  }

  private void giveUp(Region region, App app, String reason, long before, long most) {
    long left = most;
    int given;
    do {
      int step = (int) Math.min(STEP, left);
      given =
          region.inUnitOfWork(
              unit -> {
                int count = store.giveUp(unit.connection(), app.appId(), before, step);
                if (count > 0) {
                  unit.record(GivenUp.event(app.appId(), count, clock.instant()));
                }
                return count;
              });
      metrics.dropped(reason, given);
      left -= given;
    } while (given == STEP && left > 0);
  }
}
