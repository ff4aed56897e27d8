package im.palisade.server.push;

import im.palisade.compliance.audit.AuditEvent.Target;
import im.palisade.server.account.Account;
import im.palisade.server.app.App;
import im.palisade.server.audit.Cause;
import im.palisade.server.message.PushedMessage;
import im.palisade.server.protocol.ErrorCode;
import im.palisade.server.protocol.ImException;
import im.palisade.server.push.PushTaskStore.Quota;
import im.palisade.server.store.Regions;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Accepts pushes to all, by tag or by attribute (rest-messages D1). Who calls it hands what was
 * accepted to the {@link PushRunner}.
 */
final class PushService {
  private static final Duration REPEATED = Duration.ofDays(7);

  private final Regions regions;
  private final Clock clock;
  private final PushTaskStore store = new PushTaskStore();
  private final PushReportStore reports = new PushReportStore();

  PushService(Regions regions, Clock clock) {
    this.regions = regions;
    this.clock = clock;
  }

  /**
   * A push as it is asked for.
   *
   * @param lifeTime seconds it waits for offline accounts; 0 for online ones only
   */
  record Push(
      Account sender, long random, PushCondition condition, long lifeTime, PushedMessage message) {}

  /**
   * Accepts a push, or returns the task of the last seven days that has the same random.
   *
   * @throws ImException PUSH_TOO_FREQUENT, PUSH_QUOTA_EXCEEDED
   */
  String accept(App app, Push push, long operatorId, Cause cause) {
    return regions
        .of(app)
        .inUnitOfWork(
            unit -> {
              Instant now = clock.instant();
              Quota quota = store.lock(unit.connection(), app.appId());
              Optional<PushTask> earlier =
                  store.findByRandom(
                      unit.connection(),
                      app.appId(),
                      push.random(),
                      now.minus(REPEATED).toEpochMilli());
              if (earlier.isPresent()) {
                return earlier.get().taskId();
              }
              Quota after = take(app, quota, now);
              PushTask task =
                  store.insert(
                      unit.connection(), task(app, push, now), operatorId, cause.request());
              store.saveQuota(unit.connection(), app.appId(), after);
              unit.record(
                  cause.event("message.broadcast", new Target("push", Long.toString(task.id()))));
              return task.taskId();
            });
  }

  /** How far these tasks of an app have come, in their order; unknown ones are left out. */
  List<PushReport> reports(App app, List<String> taskIds) {
    List<Long> ids =
        taskIds.stream().map(PushTask::idIn).flatMapToLong(OptionalLong::stream).boxed().toList();
    Map<String, PushReport> found =
        ids.isEmpty()
            ? Map.of()
            : regions.of(app).read(connection -> reports.find(connection, app.appId(), ids));
    return taskIds.stream().map(found::get).filter(Objects::nonNull).toList();
  }

  private static Quota take(App app, Quota quota, Instant now) {
    long interval = app.settings().pushIntervalSeconds() * 1000L;
    if (interval > 0 && now.toEpochMilli() - quota.lastPushAt() < interval) {
      throw new ImException(ErrorCode.PUSH_TOO_FREQUENT);
    }
    long day = now.atZone(app.settings().zone()).toLocalDate().toEpochDay();
    int pushes = quota.day() == day ? quota.pushes() : 0;
    if (app.settings().pushesPerDay() > 0 && pushes >= app.settings().pushesPerDay()) {
      throw new ImException(ErrorCode.PUSH_QUOTA_EXCEEDED);
    }
    return new Quota(day, pushes + 1, now.toEpochMilli());
  }

  private static PushTask task(App app, Push push, Instant now) {
    return new PushTask(
        0,
        app.appId(),
        push.random(),
        push.sender().userId(),
        push.sender().id(),
        now.toEpochMilli(),
        now.plusSeconds(push.lifeTime()).toEpochMilli(),
        push.condition(),
        push.message());
  }
}
