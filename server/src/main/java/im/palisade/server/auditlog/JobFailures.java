package im.palisade.server.auditlog;

import im.palisade.compliance.audit.AuditEvent.Actor;
import im.palisade.compliance.audit.AuditEvent.ActorKind;
import im.palisade.compliance.audit.AuditEvent.Channel;
import im.palisade.compliance.audit.AuditEvent.Outcome;
import im.palisade.compliance.audit.AuditEvent.Source;
import im.palisade.compliance.audit.AuditEvent.Target;
import im.palisade.server.audit.AuditDeclaration;
import im.palisade.server.audit.Cause;
import im.palisade.server.jobs.Job;
import im.palisade.server.store.AuditTrail;
import java.time.Clock;
import java.util.List;
import java.util.function.Consumer;

/** Puts on record that a job failed that should have deleted what its time has come for. */
public final class JobFailures implements Consumer<Job> {
  private final AuditTrail trail;
  private final Clock clock;

  public JobFailures(AuditTrail trail, Clock clock) {
    this.trail = trail;
    this.clock = clock;
  }

  @Override
  public void accept(Job job) {
    boolean retention =
        job.audit() instanceof AuditDeclaration.Records records
            && records.types().stream().anyMatch(type -> type.id().equals("retention.run"));
    if (retention) {
      Cause cause =
          new Cause(
              new Actor(ActorKind.JOB, job.name()),
              new Source(Channel.JOB, "local"),
              "",
              job.name(),
              clock.instant());
      trail.offer(
          cause.event(
              "retention.run.failed", Outcome.FAILURE, List.of(new Target("job", job.name()))));
    }
  }
}
