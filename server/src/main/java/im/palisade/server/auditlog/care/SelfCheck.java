package im.palisade.server.auditlog.care;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import im.palisade.compliance.audit.AuditEvent.Outcome;
import im.palisade.compliance.audit.AuditEvent.Target;
import im.palisade.compliance.verify.Finding;
import im.palisade.compliance.verify.Finding.Kind;
import im.palisade.compliance.verify.LogVerifier;
import im.palisade.compliance.verify.VerifyOptions;
import im.palisade.compliance.verify.VerifyReport;
import im.palisade.server.audit.AuditDeclaration;
import im.palisade.server.audit.Cause;
import im.palisade.server.auditlog.AuditLogFeature;
import im.palisade.server.auditlog.RegionLog;
import im.palisade.server.config.DurableFiles;
import im.palisade.server.jobs.Job;
import im.palisade.server.metrics.Metrics;
import im.palisade.server.protocol.Json;
import im.palisade.server.store.Region;
import im.palisade.server.store.Regions;
import io.prometheus.client.Gauge;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Verifies the logs from time to time, beside their writer: damage is to be found while there are
 * copies to mend it from. It trusts the log's own keys and the checkpoints that stand outside its
 * folder; an auditor's check, with a key of another path, says more.
 */
public final class SelfCheck {
  private static final Logger LOG = LoggerFactory.getLogger(SelfCheck.class);
  private static final String NAME = "audit-verify";
  private static final Duration TICK = Duration.ofMinutes(1);
  private static final int MOST_FINDINGS = 20;
  private static final int MOST_ATTEMPTS = 3;

  /** What was stated or could not be asked for, and speaks of no damage. */
  private static final Set<Kind> HARMLESS =
      EnumSet.of(Kind.GAP_STATED, Kind.ANCHOR_UNCHECKED, Kind.CLOCK_CONTRADICTED);

  /**
   * What came of the last check of a region's log.
   *
   * @param findings as lines; empty when all is good
   */
  public record Result(Instant at, boolean good, long entries, List<String> findings) {
    public Result {
      findings = List.copyOf(findings);
    }
  }

  private final Regions regions;
  private final AuditLogFeature logs;
  private final Optional<Duration> every;
  private final AnchorSettings anchors;
  private final Path folder;
  private final Gauge good;
  private final Beside beside;
  private final Clock clock;

  SelfCheck(
      Regions regions,
      AuditLogFeature logs,
      Optional<Duration> every,
      AnchorSettings anchors,
      Path folder,
      Metrics metrics,
      Beside beside,
      Clock clock) {
    this.regions = regions;
    this.logs = logs;
    this.every = every;
    this.anchors = anchors;
    this.folder = folder;
    this.beside = beside;
    this.clock = clock;
    this.good =
        Gauge.build(
                "palisade_audit_verified",
                "Whether the last verification of the audit log found it whole.")
            .labelNames("region")
            .create();
    metrics.register(good);
    for (Region region : regions.all()) {
      last(region).ifPresent(result -> good.labels(region.name()).set(result.good() ? 1 : 0));
    }
  }

  Job job() {
    return new Job(
        NAME, TICK, AuditDeclaration.records("audit.verify", "audit.verify.failed"), this::run);
  }

  /** What came of the last check; empty before the first. */
  public Optional<Result> last(Region region) {
    Path file = file(region);
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    try {
      JsonNode json = Json.mapper().readTree(file.toFile());
      return Optional.of(
          new Result(
              Instant.parse(json.path("at").asText()),
              json.path("good").asBoolean(),
              json.path("entries").asLong(),
              json.path("findings").valueStream().map(JsonNode::asText).toList()));
    } catch (IOException | DateTimeException e) {
      LOG.warn("{} cannot be read: {}", file, e.toString());
      return Optional.empty();
    }
  }

  private void run() {
    for (Region region : regions.all()) {
      boolean due =
          every.isPresent()
              && last(region)
                  .map(result -> !clock.instant().isBefore(result.at().plus(every.get())))
                  .orElse(true);
      if (due && logs.of(region).log().isPresent() && logs.of(region).problem().isEmpty()) {
        begin(region, AuditCare.cause(NAME, clock));
      }
    }
  }

  /** Begins to verify a log now, unless that is under way. */
  public void begin(Region region, Cause cause) {
    beside.begin(NAME + "/" + region.name(), () -> check(region, cause));
  }

  /** Verifies, records what came of it and remembers it. */
  private void check(Region region, Cause cause) {
    RegionLog log = logs.of(region);
    VerifyReport report = verify(log);
    // The writer goes on meanwhile; what is read while it is replaced may not fit together.
    for (int again = 1; again < MOST_ATTEMPTS && !isGood(report); again++) {
      report = verify(log);
    }
    if (beside.isClosed()) {
      return;
    }
    long entries = report.parts().stream().mapToLong(VerifyReport.Part::checked).sum();
    List<String> findings =
        report.findings().stream()
            .filter(finding -> finding.kind().severity() != Finding.Severity.NOTICE)
            .limit(MOST_FINDINGS)
            .map(Finding::toString)
            .toList();
    boolean whole = isGood(report);
    remember(region, new Result(clock.instant(), whole, entries, findings));
    good.labels(region.name()).set(whole ? 1 : 0);
    if (!whole) {
      LOG.error("the audit log of region {} is not what was signed: {}", region.name(), findings);
    }
    String root = report.parts().isEmpty() ? "" : report.parts().getLast().root();
    region
        .trail()
        .offer(
            cause
                .event(
                    whole ? "audit.verify" : "audit.verify.failed",
                    whole ? Outcome.SUCCESS : Outcome.FAILURE,
                    List.of(new Target("audit-log", region.name())))
                .withChange(
                    Map.of(
                        "entries",
                        entries,
                        "root",
                        root,
                        "result",
                        report.result(),
                        "findings",
                        findings.stream().map(SelfCheck::shortened).toList())));
  }

  private VerifyReport verify(RegionLog log) {
    VerifyOptions trust = log.ownTrust();
    return LogVerifier.verify(
        log.folder(),
        new VerifyOptions(
            trust.trusted(),
            anchors.witness().stream().map(AnchorSettings.WitnessAt::key).toList(),
            trust.known(),
            anchors.timeStamps().stream().flatMap(by -> by.trusted().stream()).toList(),
            0,
            Set.of(),
            false,
            1,
            trust.tolerance()));
  }

  private static boolean isGood(VerifyReport report) {
    return report.findings().stream()
        .map(Finding::kind)
        .allMatch(kind -> kind.severity() == Finding.Severity.NOTICE || HARMLESS.contains(kind));
  }

  private void remember(Region region, Result result) {
    ObjectNode json = Json.object().put("at", result.at().toString()).put("good", result.good());
    json.put("entries", result.entries());
    result.findings().forEach(json.putArray("findings")::add);
    try {
      DurableFiles.write(file(region), json.toString(), "rw-------");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Path file(Region region) {
    return folder.resolve("audit-check-" + region.name() + ".json");
  }

  private static String shortened(String text) {
    return text.length() > 300 ? text.substring(0, 300) : text;
  }
}
