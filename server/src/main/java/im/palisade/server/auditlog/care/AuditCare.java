package im.palisade.server.auditlog.care;

import im.palisade.compliance.audit.AuditEvent.Actor;
import im.palisade.compliance.audit.AuditEvent.ActorKind;
import im.palisade.compliance.audit.AuditEvent.Channel;
import im.palisade.compliance.audit.AuditEvent.Source;
import im.palisade.server.audit.Cause;
import im.palisade.server.auditlog.AuditLogFeature;
import im.palisade.server.config.Settings;
import im.palisade.server.jobs.Job;
import im.palisade.server.metrics.Metrics;
import im.palisade.server.store.Regions;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;

/** Everything that looks after the logs, put together. */
public final class AuditCare implements AutoCloseable {
  private final Beside beside = new Beside();
  private final Anchoring anchoring;
  private final SelfCheck checks;
  private final Pruning pruning;

  /** What an operator wants of it. */
  public record Wanted(AnchorSettings anchors, RetentionSettings retention) {
    /**
     * Takes it out of the settings.
     *
     * @throws im.palisade.server.config.SettingException naming the setting that is wrong
     */
    public static Wanted from(Settings settings) {
      return new Wanted(AnchorSettings.from(settings), RetentionSettings.from(settings));
    }
  }

  /** Looks after the logs; {@code folder} keeps how things stand. */
  public AuditCare(
      Regions regions,
      AuditLogFeature logs,
      Wanted wanted,
      Path folder,
      Metrics metrics,
      Clock clock) {
    anchoring = new Anchoring(regions, logs, wanted.anchors(), folder, metrics, beside, clock);
    checks =
        new SelfCheck(
            regions,
            logs,
            wanted.retention().verifyEvery(),
            wanted.anchors(),
            folder,
            metrics,
            beside,
            clock);
    pruning = new Pruning(regions, logs, wanted.retention(), beside, clock);
  }

  /** Its jobs. */
  public List<Job> jobs() {
    return List.of(anchoring.job(), checks.job(), pruning.job());
  }

  /** How the logs are anchored. */
  public Anchoring anchoring() {
    return anchoring;
  }

  /** What verifying them said. */
  public SelfCheck checks() {
    return checks;
  }

  @Override
  public void close() {
    beside.close();
  }

  /** What events of one of its jobs have in common. */
  static Cause cause(String job, Clock clock) {
    return new Cause(
        new Actor(ActorKind.JOB, job), new Source(Channel.JOB, "local"), "", job, clock.instant());
  }
}
