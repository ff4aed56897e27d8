package im.palisade.server.auditlog;

import im.palisade.compliance.audit.AuditEvent.Target;
import im.palisade.compliance.log.AuditLog;
import im.palisade.server.audit.AuditDeclaration;
import im.palisade.server.audit.Cause;
import im.palisade.server.config.DurableFiles;
import im.palisade.server.config.SettingException;
import im.palisade.server.config.StartException;
import im.palisade.server.jobs.Job;
import im.palisade.server.message.SequenceHeads;
import im.palisade.server.metrics.Metrics;
import im.palisade.server.security.SecretBox;
import im.palisade.server.store.DataDirectory;
import im.palisade.server.store.Region;
import im.palisade.server.store.Regions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The audit logs of all regions: opened before anything records, closed after everything else. Each
 * region's events go to a log of its own and never leave it.
 */
public final class AuditLogFeature implements AutoCloseable {
  private static final Duration HEAD_EVERY = Duration.ofSeconds(10);

  private final Map<String, RegionLog> logs = new LinkedHashMap<>();
  private final Regions regions;
  private final AuditLogSettings settings;
  private final Clock clock;
  private final Path data;
  private final SecretBox box;

  /**
   * Opens the logs and takes what earlier runs have left.
   *
   * @param anchored folder that checkpoints are anchored at: the logs must continue what is there
   * @throws StartException when a log is not what was signed
   */
  public AuditLogFeature(
      Regions regions,
      DataDirectory directory,
      AuditLogSettings settings,
      Optional<Path> anchored,
      String version,
      Metrics metrics,
      Clock clock) {
    this.regions = regions;
    this.settings = settings;
    this.clock = clock;
    Path folder = settings.directory().orElseGet(() -> directory.resolve("audit"));
    Path spill = settings.spillDirectory().orElseGet(() -> directory.resolve("audit-spill"));
    LogNames names = LogNames.of(directory.resolve("audit-names"), settings.deployment());
    this.data = directory.root();
    this.box = new SecretBox(directory.secret("audit-journal"));
    for (Region region : regions.all()) {
      String name = region.name();
      SigningKeys signing =
          SigningKeys.of(directory.resolve("secrets"), name, folder.resolve(name), clock);
      LogKeeper keeper =
          new LogKeeper(
              folder.resolve(name),
              AuditLog.Settings.of(names.deployment(), name, names.node()),
              signing,
              new KnownHeads(directory.root(), name, anchored),
              HexFormat.of().parseHex(directory.secret("audit-region-" + name)),
              version,
              clock);
      Relay relay =
          new Relay(
              keeper,
              new OutboxStore(region),
              new SpillJournal(spill.resolve(name), box),
              box,
              settings,
              clock);
      logs.put(name, new RegionLog(keeper, relay));
      relay.start();
      region.recordTo(new RegionTrail(keeper, relay, box, settings.optional()));
      if (signing.isFresh()) {
        region
            .trail()
            .offer(
                Cause.system(clock.instant())
                    .event("key.create", new Target("audit-key", keyId(signing))));
      }
    }
    metrics.register(new AuditLogMetrics(logs));
  }

  /** Makes what is kept aside of deleted accounts unreadable. */
  public Erasure erasure(Erasure.Forgetting forgetting) {
    return new Erasure(regions, this, settings.eraseDeleted(), forgetting, clock);
  }

  /** Signs hour by hour what was added. */
  public Job digests(SequenceHeads heads) {
    return new DigestWriting(regions, this, heads, clock).job();
  }

  /**
   * Remembers outside the logs how far they reach, so that an older copy is known for what it is.
   */
  public Job heads() {
    return new Job(
        "audit-head",
        HEAD_EVERY,
        AuditDeclaration.none("keeps a copy of what is signed already"),
        () -> logs.values().forEach(AuditLogFeature::rememberHead));
  }

  /** Takes over what commands on the machine left on record. */
  public Job commands() {
    return new CommandHandOver(data, logs, box).job();
  }

  private static void rememberHead(RegionLog log) {
    try {
      log.keeper().rememberHead();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The log of a region. */
  public RegionLog of(Region region) {
    return logs.get(region.name());
  }

  /** Why acts are refused that must be on record; empty when none is. */
  public Optional<String> problem() {
    return logs.values().stream().anyMatch(RegionLog::refuses)
        ? Optional.of("the audit log cannot be written")
        : Optional.empty();
  }

  /** Appends what has come, records the end, closes. */
  @Override
  public void close() {
    logs.values().forEach(log -> log.relay().close());
  }

  private static String keyId(SigningKeys signing) {
    try {
      return signing.verifierKey().idHex();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What this installation and this node are called in the log, for good. */
  record LogNames(String deployment, String node) {
    static LogNames of(Path file, Optional<String> wanted) {
      try {
        if (!Files.exists(file)) {
          String text = wanted.orElseGet(() -> "site-" + random()) + "\nnode-" + random() + "\n";
          DurableFiles.write(file, text, "rw-------");
        }
        List<String> lines = Files.readAllLines(file);
        if (lines.size() != 2) {
          throw new StartException(file + " does not hold the two names of the audit log");
        }
        if (wanted.isPresent() && !wanted.get().equals(lines.getFirst())) {
          throw new SettingException(
              "audit.deployment",
              "the audit log's name is " + lines.getFirst() + " and cannot be changed");
        }
        return new LogNames(lines.getFirst(), lines.getLast());
      } catch (IOException e) {
        throw new StartException("the names of the audit log cannot be kept: " + e.getMessage(), e);
      }
    }

    private static String random() {
      byte[] bytes = new byte[4];
      new SecureRandom().nextBytes(bytes);
      return HexFormat.of().formatHex(bytes);
    }
  }
}
