package im.palisade.server.auditlog.care;

import com.fasterxml.jackson.databind.JsonNode;
import im.palisade.compliance.audit.AuditEvent.Outcome;
import im.palisade.compliance.audit.AuditEvent.Target;
import im.palisade.compliance.event.EntryStamp;
import im.palisade.compliance.file.ReadOnlyDisk;
import im.palisade.compliance.log.AuditLog;
import im.palisade.compliance.log.EpochFiles;
import im.palisade.compliance.log.LogReader;
import im.palisade.compliance.log.Retention;
import im.palisade.server.audit.AuditDeclaration;
import im.palisade.server.audit.Cause;
import im.palisade.server.auditlog.AuditLogFeature;
import im.palisade.server.auditlog.RegionLog;
import im.palisade.server.config.DurableFiles;
import im.palisade.server.jobs.Job;
import im.palisade.server.protocol.Json;
import im.palisade.server.store.Region;
import im.palisade.server.store.Regions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Removes what has expired: whole bundles from the start of a log, and days of personal values
 * beside it. The record of it comes first. Does nothing unless an operator sets a period.
 */
final class Pruning {
  private static final Logger LOG = LoggerFactory.getLogger(Pruning.class);
  private static final String NAME = "audit-retention";
  private static final Duration EVERY = Duration.ofHours(1);
  private static final String POLICY = "settings:audit.retention";
  private static final DateTimeFormatter DAY = DateTimeFormatter.ofPattern("uuuuMMdd");

  private final Regions regions;
  private final AuditLogFeature logs;
  private final RetentionSettings settings;
  private final Beside beside;
  private final Clock clock;

  Pruning(
      Regions regions,
      AuditLogFeature logs,
      RetentionSettings settings,
      Beside beside,
      Clock clock) {
    this.regions = regions;
    this.logs = logs;
    this.settings = settings;
    this.beside = beside;
    this.clock = clock;
  }

  Job job() {
    return new Job(
        NAME, EVERY, AuditDeclaration.records("audit.prune", "retention.run"), this::run);
  }

  private void run() {
    for (Region region : regions.all()) {
      if (settings.keep().isPresent() || settings.keepSide().isPresent()) {
        beside.begin(NAME + "/" + region.name(), () -> prune(region));
      }
    }
  }

  private void prune(Region region) {
    RegionLog log = logs.of(region);
    try {
      if (settings.keep().isPresent() && log.log().isPresent()) {
        ReadOnlyDisk files = new ReadOnlyDisk(log.folder());
        for (int epoch : EpochFiles.epochs(files)) {
          if (new EpochFiles(files, epoch).checkpoint().isPresent()) {
            entries(LogReader.open(files, epoch), log.log().get());
          }
        }
      }
      if (settings.keepSide().isPresent() && settings.held().isEmpty()) {
        aside(region, log.folder(), settings.keepSide().get());
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void entries(LogReader reader, AuditLog log) throws IOException {
    Instant now = clock.instant();
    long before = reader.minimum();
    Retention.Plan plan = Retention.plan(reader, stamp -> hasExpired(stamp, now), this::isHeld);
    boolean unfinished = plan.minimum() > 0 && isOverWithJournal(reader, log);
    if (plan.minimum() <= before && plan.released().isEmpty() && !unfinished) {
      return;
    }
    Cause cause = AuditCare.cause(NAME, clock);
    long minimum =
        log.prune(
            plan, settings.approvers(), POLICY, cause.actor(), cause.source(), cause.request());
    if (minimum > before) {
      LOG.info(
          "removed expired entries of the audit log {} below index {}",
          reader.head().origin(),
          minimum);
    }
  }

  /** Whether the journal of an epoch that is over is still there; it goes with the first bundle. */
  private static boolean isOverWithJournal(LogReader reader, AuditLog log) throws IOException {
    return !reader.head().origin().equals(log.origin())
        && !reader.files().list("journal").isEmpty();
  }

  private boolean hasExpired(EntryStamp stamp, Instant now) {
    return Instant.parse(stamp.time()).plus(settings.of(stamp.type())).isBefore(now);
  }

  private boolean isHeld(byte[] entry) {
    if (settings.held().isEmpty()) {
      return false;
    }
    try {
      return names(Json.mapper().readTree(entry), settings.held());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Whether a text anywhere in it is one of the ids. */
  private static boolean names(JsonNode node, Set<String> ids) {
    if (node.isValueNode()) {
      return ids.contains(node.asText());
    }
    for (JsonNode child : node) {
      if (names(child, ids)) {
        return true;
      }
    }
    return false;
  }

  /** Removes days of side records; a person's key may be gone long before. */
  private void aside(Region region, Path folder, Duration keep) throws IOException {
    String limit = DAY.format(clock.instant().minus(keep).atZone(ZoneOffset.UTC));
    List<Path> expired = new ArrayList<>();
    for (int epoch : EpochFiles.epochs(new ReadOnlyDisk(folder))) {
      Path side = folder.resolve(epoch + "/side");
      if (Files.isDirectory(side)) {
        try (var days = Files.list(side)) {
          days.filter(day -> day.getFileName().toString().compareTo(limit) < 0)
              .forEach(expired::add);
        }
      }
    }
    if (expired.isEmpty()) {
      return;
    }
    region
        .trail()
        .append(
            List.of(
                AuditCare.cause(NAME, clock)
                    .event(
                        "retention.run",
                        Outcome.SUCCESS,
                        List.of(new Target("audit-side-records", region.name())))
                    .withCount(expired.size())
                    .withChange(Map.of("before", limit, "policy", POLICY))));
    for (Path day : expired) {
      DurableFiles.deleteTree(day);
    }
  }
}
