package im.palisade.server.message;

import im.palisade.compliance.audit.AuditEvent.Actor;
import im.palisade.compliance.audit.AuditEvent.ActorKind;
import im.palisade.compliance.audit.AuditEvent.Channel;
import im.palisade.compliance.audit.AuditEvent.Source;
import im.palisade.compliance.audit.AuditEvent.Target;
import im.palisade.server.app.App;
import im.palisade.server.audit.AuditDeclaration;
import im.palisade.server.audit.Cause;
import im.palisade.server.conversation.Conversation;
import im.palisade.server.jobs.Job;
import im.palisade.server.moderation.ReviewStore;
import im.palisade.server.store.Region;
import im.palisade.server.store.Regions;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Deletes messages for good once their app's {@code historyDays} are over, a few hundred in a
 * transaction. Until a run has come to them, an hour later or so, they are invisible already. A run
 * ends after a while and the next one goes on, so that stopping the server never waits long for it.
 */
public final class RoamingRetention {
  private static final Logger log = LoggerFactory.getLogger(RoamingRetention.class);
  private static final String NAME = "roaming-retention";
  private static final Duration EVERY = Duration.ofSeconds(15);

  /** A conversation is visited once its oldest message is over by this: a visit is to pay off. */
  private static final long SLACK_SECONDS = 3600;

  private static final Duration RUN = Duration.ofSeconds(5);
  private static final int CONVERSATIONS = 100;
  private static final int MESSAGES = 500;

  private final Regions regions;
  private final Supplier<Collection<App>> apps;
  private final Clock clock;
  private final RetentionStore store = new RetentionStore();
  private final ChangeStore locks = new ChangeStore();
  private final ReviewStore reviews = new ReviewStore();

  /**
   * The job over these apps.
   *
   * @param apps every app of the installation at the time of a run
   */
  public RoamingRetention(Regions regions, Supplier<Collection<App>> apps, Clock clock) {
    this.regions = regions;
    this.apps = apps;
    this.clock = clock;
  }

  /** The job. */
  public Job job() {
    return new Job(NAME, EVERY, AuditDeclaration.records("retention.run"), this::run);
  }

  void run() {
    Instant until = clock.instant().plus(RUN);
    for (App app : apps.get()) {
      long deleted = run(app, until);
      if (deleted > 0) {
        log.info("retention deleted {} messages of app {}", deleted, app.appId());
      }
    }
  }

  /** Deletes what is due of one app, until it is done or the time is up; returns how much. */
  long run(App app, Instant until) {
    if (app.settings().historyDays() == 0) {
      return 0;
    }
    Region region = regions.of(app);
    long before = MessageHistory.retainedSince(app, clock);
    long dueBefore = Math.max(1, before - SLACK_SECONDS);
    long deleted = 0;
    expireReviews(app, region, before);
    while (true) {
      List<Long> due = region.read(c -> store.due(c, app.appId(), dueBefore, CONVERSATIONS));
      for (long conversationId : due) {
        int step;
        do {
          if (!clock.instant().isBefore(until)) {
            return deleted;
          }
          step = delete(app, region, conversationId, before);
          deleted += step;
        } while (step == MESSAGES);
      }
      if (due.size() < CONVERSATIONS) {
        return deleted;
      }
    }
  }

  /** What waits to be looked at and is stored nowhere else is kept no longer than messages are. */
  private void expireReviews(App app, Region region, long before) {
    List<Long> due = region.read(c -> reviews.due(c, app.appId(), before, MESSAGES));
    if (due.isEmpty()) {
      return;
    }
    region.inUnitOfWork(
        unit -> {
          reviews.delete(unit.connection(), due);
          unit.record(
              cause(app, clock.instant())
                  .event("retention.run", new Target("app", Long.toString(app.appId())))
                  .withChange(Map.of("before", before))
                  .withCount(due.size()));
          return null;
        });
  }

  private int delete(App app, Region region, long conversationId, long before) {
    Instant now = clock.instant();
    return region.inUnitOfWork(
        unit -> {
          locks.lock(unit.connection(), conversationId);
          int deleted =
              store.delete(unit.connection(), conversationId, before, MESSAGES, now.toEpochMilli());
          store.settle(unit.connection(), conversationId, now.getEpochSecond());
          if (deleted > 0) {
            readForAll(unit.connection(), conversationId);
          }
          if (deleted > 0) {
            unit.record(
                cause(app, now)
                    .event(
                        "retention.run", new Target("conversation", Long.toString(conversationId)))
                    .withChange(Map.of("before", before))
                    .withCount(deleted));
          }
          return deleted;
        });
  }

  /** What is gone from a group is unread for nobody. */
  private void readForAll(Connection connection, long conversationId) throws SQLException {
    long before = store.firstSeq(connection, conversationId) - 1;
    switch (store.kind(connection, conversationId)) {
      case 2 ->
          GroupPositionStore.raiseFloor(connection, Conversation.group(conversationId, 0), before);
      case 3 ->
          GroupPositionStore.raiseFloor(connection, Conversation.topic(conversationId, 0), before);
      default -> {}
    }
  }

  private static Cause cause(App app, Instant now) {
    return new Cause(
        new Actor(ActorKind.JOB, NAME),
        new Source(Channel.JOB, "local"),
        Long.toString(app.appId()),
        NAME,
        now);
  }
}
