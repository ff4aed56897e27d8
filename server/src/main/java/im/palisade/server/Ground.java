package im.palisade.server;

import im.palisade.server.account.RefusalJournal;
import im.palisade.server.auditlog.AuditLogFeature;
import im.palisade.server.auditlog.StartRecords;
import im.palisade.server.auditlog.care.AuditCare;
import im.palisade.server.auditlog.forward.ForwardFeature;
import im.palisade.server.auditlog.search.AuditSearchFeature;
import im.palisade.server.metrics.Metrics;
import im.palisade.server.rest.Readiness;
import im.palisade.server.security.SecretBox;
import im.palisade.server.security.TlsMaterial;
import im.palisade.server.security.TransportSecurity;
import im.palisade.server.store.AuditJournal;
import im.palisade.server.store.AuditSummary;
import im.palisade.server.store.DataDirectory;
import im.palisade.server.store.Database;
import im.palisade.server.store.DiskGuard;
import im.palisade.server.store.Region;
import im.palisade.server.store.Regions;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/** What every feature stands on: certificates, the data directory, the database, the audit log. */
final class Ground {
  final TransportSecurity transport;
  final Optional<TlsMaterial> restTls;
  final Optional<TlsMaterial> imTls;
  final DataDirectory directory;
  final DiskGuard disk;
  final Metrics metrics;
  final Regions regions;
  final AuditLogFeature audit;
  final AuditCare care;
  final AuditSearchFeature auditSearch;
  final ForwardFeature forwarders;
  final AuditJournal journal;
  final AuditSummary summaries;
  final RefusalJournal refusals;
  final SecretBox box;
  private final Database database;

  Ground(Path dataDirectory, GivenSettings settings, Parts parts, Clock clock) {
    transport = parts.add("tls", TransportSecurity.load(settings.tls()));
    restTls = transport.forListener("rest.host", settings.rest().host());
    imTls = transport.forListener("im.host", settings.gateway().host());
    directory = parts.add("data directory", DataDirectory.open(dataDirectory));
    database = parts.add("database", Database.open(settings.database(), directory));
    disk =
        parts.add("disk guard", DiskGuard.start(directory, settings.database().storageReserve()));
    metrics = new Metrics();
    regions = new Regions(Map.of(Regions.HOME, new Region(Regions.HOME, database.dataSource())));
    audit =
        parts.add(
            "audit log",
            new AuditLogFeature(
                regions,
                directory,
                settings.audit(),
                settings.care().anchors().folder(),
                Version.ofBuild(),
                metrics,
                clock));
    StartRecords startRecords =
        new StartRecords(directory.resolve("audit-seen.json"), regions.home().trail(), clock);
    startRecords.started(Version.ofBuild(), database.isMigrated(), settings.all().given());
    parts.add("node record", startRecords::stopping);
    care =
        parts.add(
            "audit care",
            new AuditCare(regions, audit, settings.care(), directory.root(), metrics, clock));
    auditSearch =
        parts.add(
            "audit index",
            new AuditSearchFeature(
                regions, audit, AuditSearchFeature.folder(directory.root()), metrics));
    forwarders =
        parts.add(
            "audit forwarders",
            new ForwardFeature(
                regions,
                audit,
                settings.forwarders(),
                ForwardFeature.folder(directory.root()),
                metrics,
                clock));
    journal = new AuditJournal(regions);

    summaries = parts.add("audit summaries", new AuditSummary(journal));
    refusals = parts.add("refusal journal", new RefusalJournal(journal, summaries));
    box = new SecretBox(directory.secret("master-key"));
  }

  /**
   * Whether the server can serve.
   *
   * @param draining whether it is about to stop
   */
  Readiness readiness(BooleanSupplier draining) {
    return () ->
        List.of(
            check("database", database.isReachable(), "the database does not answer"),
            check("audit", audit.problem().isEmpty(), audit.problem().orElse("")),
            check("storage", !disk.isLow(), "free space is below the reserve"),
            check("server", !draining.getAsBoolean(), "the server is stopping"));
  }

  private static Readiness.Check check(String name, boolean fine, String problem) {
    return fine ? Readiness.Check.ok(name) : Readiness.Check.failed(name, problem);
  }
}
