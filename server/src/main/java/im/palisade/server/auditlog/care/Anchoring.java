package im.palisade.server.auditlog.care;

import im.palisade.compliance.audit.AuditEvent;
import im.palisade.compliance.audit.AuditEvent.Outcome;
import im.palisade.compliance.audit.AuditEvent.Target;
import im.palisade.compliance.event.EntryStamp;
import im.palisade.compliance.log.AuditLog;
import im.palisade.server.audit.AuditDeclaration;
import im.palisade.server.auditlog.AuditLogFeature;
import im.palisade.server.jobs.Job;
import im.palisade.server.metrics.Metrics;
import im.palisade.server.store.Region;
import im.palisade.server.store.Regions;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Anchors the logs at the places that the settings name. Each attempt runs beside the jobs, since a
 * place may answer late or never; what failed is told and tried again, and nothing waits for it.
 */
public final class Anchoring {
  private static final Logger LOG = LoggerFactory.getLogger(Anchoring.class);
  private static final String NAME = "audit-anchor";
  private static final Duration TICK = Duration.ofSeconds(1);
  private static final int PROBLEM_LENGTH = 300;
  private static final int PAGE = 256;

  /** Records of anchoring alone are no reason to anchor again. */
  private static final Set<String> OWN = Set.of("audit.anchor", "audit.anchor.failed");

  private final Regions regions;
  private final AuditLogFeature logs;
  private final List<AnchorPlace> places;
  private final Map<String, AnchorStates> states = new LinkedHashMap<>();
  private final Clock clock;
  private final Beside beside;

  /**
   * Anchors at the places of the settings.
   *
   * @param folder where it keeps how things stand
   */
  Anchoring(
      Regions regions,
      AuditLogFeature logs,
      AnchorSettings settings,
      Path folder,
      Metrics metrics,
      Beside beside,
      Clock clock) {
    this.beside = beside;
    this.regions = regions;
    this.logs = logs;
    this.places = settings.places(clock);
    this.clock = clock;
    for (Region region : regions.all()) {
      states.put(
          region.name(),
          new AnchorStates(folder.resolve("audit-anchors-" + region.name() + ".json"), places));
    }
    metrics.register(new AnchorMetrics(states, clock));
  }

  /** Asks each place whose time has come. */
  public Job job() {
    return new Job(
        NAME, TICK, AuditDeclaration.records("audit.anchor", "audit.anchor.failed"), this::run);
  }

  /** How it stands in a region, place by place. */
  public List<AnchorState> states(Region region) {
    AnchorStates known = states.get(region.name());
    return known == null ? List.of() : known.all();
  }

  private void run() {
    Instant now = clock.instant();
    for (Region region : regions.all()) {
      AnchorStates known = states.get(region.name());
      for (AnchorPlace place : places) {
        String attempt = region.name() + "/" + place.kind();
        if (known != null
            && !beside.isUnderWay(attempt)
            && !now.isBefore(known.of(place).nextAt())
            && logs.of(region).log().isPresent()) {
          beside.begin(attempt, () -> attempt(region, known, place));
        }
      }
    }
  }

  private void attempt(Region region, AnchorStates known, AnchorPlace place) {
    Optional<AuditLog> log = logs.of(region).log();
    if (log.isEmpty()) {
      return;
    }
    AnchorState before = known.of(place);
    String origin = log.get().origin();
    try {
      if (isNothingNew(log.get(), origin, before)) {
        known.put(before.current(clock.instant(), place.every()));
        return;
      }
      long size = log.get().anchor(place.anchor());
      known.put(before.anchored(origin, size, clock.instant(), place.every()));
      if (before.failures() > 0) {
        LOG.info("the audit log is anchored at {} {} again", place.kind(), place.address());
      }
      tell(
          region,
          event("audit.anchor", Outcome.SUCCESS, origin, place)
              .withChange(Map.of("size", size, "place", place.address())));
    } catch (IOException | RuntimeException e) {
      if (beside.isClosed() || !log.get().isOpen()) {
        return; // Of no meaning for the place.
      }
      failed(region, known, place, origin, e);
    }
  }

  private void failed(
      Region region, AnchorStates known, AnchorPlace place, String origin, Exception e) {
    String said = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    String problem = said.length() > PROBLEM_LENGTH ? said.substring(0, PROBLEM_LENGTH) : said;
    AnchorState after = known.of(place).failed(problem, clock.instant());
    known.put(after);
    LOG.warn(
        "the audit log could not be anchored at {} {} ({} in a row), next at {}: {}",
        place.kind(),
        place.address(),
        after.failures(),
        after.nextAt(),
        problem);
    tell(
        region,
        event("audit.anchor.failed", Outcome.FAILURE, origin, place)
            .withChange(
                Map.of(
                    "failures", after.failures(), "place", place.address(), "problem", problem)));
  }

  private void tell(Region region, AuditEvent event) {
    region.trail().offer(event);
  }

  private AuditEvent event(String type, Outcome outcome, String origin, AnchorPlace place) {
    return AuditCare.cause(NAME, clock)
        .event(
            type,
            outcome,
            List.of(new Target("audit-log", origin), new Target("anchor", place.kind())));
  }

  /** Whether all that came since tells of anchoring; else an idle log would grow for ever. */
  private static boolean isNothingNew(AuditLog log, String origin, AnchorState before)
      throws IOException {
    if (!before.origin().equals(origin)) {
      return false;
    }
    long size = log.size();
    for (long from = before.size(); from < size; from += PAGE) {
      for (byte[] entry : log.entries(from, (int) Math.min(PAGE, size - from))) {
        if (!OWN.contains(EntryStamp.of(entry).type())) {
          return false;
        }
      }
    }
    return true;
  }
}
