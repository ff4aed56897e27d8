package im.palisade.server.auditlog;

import im.palisade.compliance.audit.AuditEvent.Actor;
import im.palisade.compliance.audit.AuditEvent.ActorKind;
import im.palisade.compliance.audit.AuditEvent.Channel;
import im.palisade.compliance.audit.AuditEvent.Outcome;
import im.palisade.compliance.audit.AuditEvent.Source;
import im.palisade.compliance.audit.AuditEvent.Target;
import im.palisade.server.audit.AuditDeclaration;
import im.palisade.server.audit.Cause;
import im.palisade.server.auditlog.ErasureStore.Due;
import im.palisade.server.jobs.Job;
import im.palisade.server.store.Region;
import im.palisade.server.store.Regions;
import im.palisade.server.store.UnitOfWork;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;

/**
 * Makes the personal values of deleted accounts unreadable by destroying the keys of their side
 * records (design of the audit log, section 4): the tree and its proofs stay as they are. Noted in
 * the transaction of the deletion, done when the set time has passed: first the record, then the
 * keys, then the note goes, so that a crash in between loses neither.
 */
public final class Erasure {
  private static final String NAME = "audit-erasure";
  private static final Duration EVERY = Duration.ofSeconds(30);
  private static final int BATCH = 100;

  private final Regions regions;
  private final AuditLogFeature logs;
  private final Optional<Duration> after;
  private final Clock clock;
  private final Forgetting forgetting;
  private final ErasureStore store = new ErasureStore();

  /** Takes the way from an account to its reference away. */
  @FunctionalInterface
  public interface Forgetting {
    void forget(UnitOfWork unit, long accountId) throws SQLException;
  }

  Erasure(
      Regions regions,
      AuditLogFeature logs,
      Optional<Duration> after,
      Forgetting forgetting,
      Clock clock) {
    this.forgetting = forgetting;
    this.regions = regions;
    this.logs = logs;
    this.after = after;
    this.clock = clock;
  }

  /** Notes that an account is deleted; part of that transaction. */
  public void deleted(UnitOfWork unit, long appId, long accountId, String subjectRef)
      throws SQLException {
    if (after.isPresent()) {
      store.insert(
          unit.connection(),
          new Due(0, appId, accountId, subjectRef, false),
          clock.instant().plus(after.get()));
    }
  }

  /** The job. */
  public Job job() {
    return new Job(NAME, EVERY, AuditDeclaration.records("erasure.key.destroy"), this::run);
  }

  /** Destroys the keys whose time has come. */
  void run() {
    for (Region region : regions.all()) {
      List<Due> due;
      do {
        due = region.read(connection -> store.due(connection, clock.instant(), BATCH));
        due.forEach(each -> erase(region, each));
      } while (due.size() == BATCH);
    }
  }

  private void erase(Region region, Due due) {
    Instant now = clock.instant();
    if (!due.recorded()) {
      Cause cause =
          new Cause(
              new Actor(ActorKind.JOB, NAME),
              new Source(Channel.JOB, "local"),
              Long.toString(due.appId()),
              NAME,
              now);
      region.inUnitOfWork(
          unit -> {
            unit.record(
                cause.event(
                    "erasure.key.destroy",
                    Outcome.SUCCESS,
                    List.of(new Target("user", due.subjectRef()))));
            store.markRecorded(unit.connection(), due.id());
            return null;
          });
    }
    try {
      logs.of(region).keeper().destroyKeys(due.subjectRef(), now.atZone(ZoneOffset.UTC).getYear());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    region.inUnitOfWork(
        unit -> {
          forgetting.forget(unit, due.accountId());
          store.delete(unit.connection(), due.id());
          return null;
        });
  }
}
