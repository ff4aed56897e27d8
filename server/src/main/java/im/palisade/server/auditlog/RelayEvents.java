package im.palisade.server.auditlog;

import im.palisade.compliance.audit.AuditEvent;
import im.palisade.compliance.audit.AuditEvent.Actor;
import im.palisade.compliance.audit.AuditEvent.Outcome;
import im.palisade.compliance.audit.AuditEvent.Source;
import im.palisade.compliance.audit.AuditEvent.Target;
import im.palisade.server.store.AuditRecord;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/** What the relay itself puts on record: trouble with the log, and with the clock. */
final class RelayEvents {
  private final LogKeeper keeper;
  private final Clock clock;

  RelayEvents(LogKeeper keeper, Clock clock) {
    this.keeper = keeper;
    this.clock = clock;
  }

  /** The log cannot be written, and events go elsewhere. */
  List<AuditRecord> holding(String problem) {
    return encoded(spill(Map.of("state", "holding", "problem", problem)));
  }

  /** It can again. */
  List<AuditRecord> drained(Instant since, long refused, long waited) {
    return encoded(
        spill(
                Map.of(
                    "state",
                    "drained",
                    "since",
                    since.toString(),
                    "seconds",
                    Duration.between(since, clock.instant()).toSeconds(),
                    "refused",
                    refused))
            .withCount((int) waited));
  }

  /** The clock was moved. */
  List<AuditRecord> jumped(Duration jump) {
    return encoded(
        event("time.jump", new Target("clock", "node"), Map.of("millis", jump.toMillis())));
  }

  private AuditEvent spill(Map<String, Object> change) {
    return event("audit.spill", new Target("audit-log", keeper.origin()), change);
  }

  private AuditEvent event(String type, Target target, Map<String, Object> change) {
    return AuditEvent.of(
            type,
            clock.instant(),
            "",
            Outcome.SUCCESS,
            Actor.SYSTEM,
            Source.LOCAL,
            List.of(target),
            "audit-relay")
        .withChange(change);
  }

  private List<AuditRecord> encoded(AuditEvent event) {
    return AuditRecord.encode(keeper.encoder(), List.of(event));
  }
}
