package im.palisade.server.closing;

import im.palisade.compliance.audit.AuditEvent.Actor;
import im.palisade.compliance.audit.AuditEvent.ActorKind;
import im.palisade.compliance.audit.AuditEvent.Channel;
import im.palisade.compliance.audit.AuditEvent.Outcome;
import im.palisade.compliance.audit.AuditEvent.Source;
import im.palisade.compliance.audit.AuditEvent.Target;
import im.palisade.server.app.App;
import im.palisade.server.app.AppService;
import im.palisade.server.audit.AuditDeclaration;
import im.palisade.server.audit.Cause;
import im.palisade.server.closing.AppRemovalStore.Leaving;
import im.palisade.server.closing.AppRemovalStore.Owned;
import im.palisade.server.jobs.Job;
import im.palisade.server.store.Region;
import im.palisade.server.store.Regions;
import im.palisade.server.store.UnitOfWork;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Destroys what closed apps had once their grace has passed: conversations with all that hangs on
 * them, accounts, the rest, files, and last the app itself. Everything goes in small transactions
 * and a run ends after a while, so that neither senders nor a stop of the server wait for it; what
 * was done stays done, and the next run goes on.
 */
public final class AppRemoval {
  private static final Logger log = LoggerFactory.getLogger(AppRemoval.class);
  private static final String NAME = "app-removal";
  private static final Duration EVERY = Duration.ofSeconds(15);
  private static final Duration RUN = Duration.ofSeconds(5);
  private static final int WALK = 5000;
  private static final int OWNERS = 100;
  private static final int ROWS = 1000;

  private final Regions regions;
  private final AppService apps;
  private final Departure departure;
  private final Consumer<App> files;
  private final Clock clock;
  private final AppRemovalStore store = new AppRemovalStore();

  /** By app, the last conversation that was looked at since this server began with it. */
  private final Map<Long, Long> walked = new ConcurrentHashMap<>();

  /** Is told of every account that goes, in the transaction it goes with. */
  @FunctionalInterface
  public interface Departure {
    /** Notes what the audit log must forget of it. */
    void leaving(UnitOfWork unit, long appId, long accountId, String subjectRef)
        throws SQLException;
  }

  /** When a run must have ended. */
  private record Deadline(Clock clock, Instant end) {
    boolean passed() {
      return clock.instant().isAfter(end);
    }
  }

  /**
   * The removal.
   *
   * @param files deletes what an app has outside the database
   */
  public AppRemoval(
      Regions regions, AppService apps, Departure departure, Consumer<App> files, Clock clock) {
    this.regions = regions;
    this.apps = apps;
    this.departure = departure;
    this.files = files;
    this.clock = clock;
  }

  /** The job. */
  public Job job() {
    return new Job(NAME, EVERY, AuditDeclaration.records("app.purge"), this::run);
  }

  void run() {
    Deadline deadline = new Deadline(clock, clock.instant().plus(RUN));
    apps.due(clock.instant()).forEach(app -> remove(app, deadline));
  }

  /** Removes an app whatever the time; true when nothing is left. */
  boolean remove(App app, Duration within) {
    return remove(app, new Deadline(clock, clock.instant().plus(within)));
  }

  private boolean remove(App app, Deadline deadline) {
    if (walked.putIfAbsent(app.appId(), 0L) == null) {
      record(app, Outcome.INTENT);
    }
    if (!conversations(app, deadline) || !accounts(app, deadline) || !rest(app, deadline)) {
      return false;
    }
    files.accept(app);
    finish(app);
    walked.remove(app.appId());
    log.info("everything that app {} had is destroyed", app.appId());
    return true;
  }

  private boolean conversations(App app, Deadline deadline) {
    Region region = regions.of(app);
    while (!deadline.passed()) {
      long after = walked.get(app.appId());
      List<Owned> some = region.read(connection -> store.conversations(connection, after, WALK));
      List<Long> own =
          some.stream().filter(each -> each.appId() == app.appId()).map(Owned::id).toList();
      for (int from = 0; from < own.size(); from += OWNERS) {
        List<Long> part = own.subList(from, Math.min(own.size(), from + OWNERS));
        if (!emptied(region, AppRemovalStore.OF_CONVERSATIONS, part, deadline)
            || !drained(region, "conversation", "id", part, deadline)) {
          return false;
        }
      }
      if (some.isEmpty()) {
        return true;
      }
      walked.put(app.appId(), some.getLast().id());
    }
    return false;
  }

  private boolean accounts(App app, Deadline deadline) {
    Region region = regions.of(app);
    while (!deadline.passed()) {
      List<Leaving> some =
          region.read(connection -> store.accounts(connection, app.appId(), OWNERS));
      if (some.isEmpty()) {
        return true;
      }
      List<Long> ids = some.stream().map(Leaving::id).toList();
      if (!emptied(region, AppRemovalStore.OF_ACCOUNTS, ids, deadline)) {
        return false;
      }
      region.inUnitOfWork(
          unit -> {
            for (Leaving each : some) {
              // Of those deleted before it was noted then.
              if (each.live()) {
                departure.leaving(unit, app.appId(), each.id(), each.subjectRef());
              }
            }
            return store.delete(unit.connection(), "account", "id", ids, OWNERS);
          });
    }
    return false;
  }

  private boolean rest(App app, Deadline deadline) {
    List<Long> id = List.of(app.appId());
    return AppRemovalStore.OF_APPS.stream()
        .allMatch(table -> drained(regions.of(app), table, "app_id", id, deadline));
  }

  private void finish(App app) {
    regions
        .home()
        .inUnitOfWork(
            unit -> {
              // What administrators were granted for this app alone.
              store.delete(
                  unit.connection(),
                  "administrator_grant",
                  "app_id",
                  List.of(app.appId()),
                  Integer.MAX_VALUE);
              apps.forget(unit, app.appId());
              unit.record(cause(app).event("app.purge", target(app)));
              return null;
            });
  }

  private boolean emptied(
      Region region, Map<String, String> tables, List<Long> owners, Deadline deadline) {
    return tables.entrySet().stream()
        .allMatch(table -> drained(region, table.getKey(), table.getValue(), owners, deadline));
  }

  /** Deletes rows until none is left; false when the time is up before. */
  private boolean drained(
      Region region, String table, String column, List<Long> owners, Deadline deadline) {
    int deleted = ROWS;
    while (deleted == ROWS) {
      if (deadline.passed()) {
        return false;
      }
      deleted =
          region.inUnitOfWork(unit -> store.delete(unit.connection(), table, column, owners, ROWS));
    }
    return true;
  }

  private void record(App app, Outcome outcome) {
    regions
        .home()
        .inUnitOfWork(
            unit -> {
              unit.record(cause(app).event("app.purge", outcome, List.of(target(app))));
              return null;
            });
  }

  private Cause cause(App app) {
    return new Cause(
        new Actor(ActorKind.JOB, NAME),
        new Source(Channel.JOB, "local"),
        Long.toString(app.appId()),
        NAME,
        clock.instant());
  }

  private static Target target(App app) {
    return new Target("app", Long.toString(app.appId()));
  }
}
