package im.palisade.server.backup;

import im.palisade.compliance.audit.AuditEvent.Outcome;
import im.palisade.compliance.audit.AuditEvent.Target;
import im.palisade.compliance.checkpoint.Checkpoint;
import im.palisade.compliance.checkpoint.SignedNote;
import im.palisade.compliance.file.ReadOnlyDisk;
import im.palisade.compliance.log.EpochFiles;
import im.palisade.compliance.verify.Finding;
import im.palisade.compliance.verify.Finding.Kind;
import im.palisade.compliance.verify.Finding.Severity;
import im.palisade.compliance.verify.LogVerifier;
import im.palisade.compliance.verify.VerifyReport;
import im.palisade.server.auditlog.CommandRecords;
import im.palisade.server.auditlog.NewEpoch;
import im.palisade.server.auditlog.OwnTrust;
import im.palisade.server.config.StartException;
import im.palisade.server.store.DataDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The audit logs in a restore: verified before anything is touched, and never continued afterwards.
 * What came after the backup is lost to the log, so a new epoch begins in which that is stated.
 */
final class RestoredLogs {
  private static final Logger LOG = LoggerFactory.getLogger(RestoredLogs.class);

  /** Stated, or not to be asked for here; and what a running server's files look like. */
  private static final Set<Kind> HARMLESS =
      EnumSet.of(
          Kind.GAP_STATED, Kind.ANCHOR_UNCHECKED, Kind.CLOCK_CONTRADICTED, Kind.DIGEST_UNFINISHED);

  private static final String AUDIT = "audit";

  private RestoredLogs() {}

  /**
   * Verifies the logs of a backup.
   *
   * @param data its data directory, unpacked
   * @param force whether damage is told and nothing more
   * @throws BackupException naming what is wrong
   */
  static void verify(Path data, boolean force) throws IOException {
    for (Path log : logs(data)) {
      List<Finding> damage = damage(log);
      if (damage.isEmpty()) {
        continue;
      }
      String said =
          damage.stream().limit(10).map(Finding::toString).collect(Collectors.joining("; "));
      if (!force) {
        throw new BackupException(
            "the audit log of region %s in the backup is damaged: %s. Nothing was touched; --force restores it all the same"
                .formatted(log.getFileName(), said));
      }
      LOG.warn(
          "the audit log of region {} is restored though damaged: {}", log.getFileName(), said);
    }
  }

  /** What a verification of a log found that is not harmless. */
  static List<Finding> damage(Path log) {
    VerifyReport report = LogVerifier.verify(log, OwnTrust.of(log, List.of()));
    return report.findings().stream()
        .filter(finding -> finding.kind().severity() != Severity.NOTICE)
        .filter(finding -> !HARMLESS.contains(finding.kind()))
        .toList();
  }

  /** The newest checkpoints of the logs in a data directory, and those it remembers beside them. */
  static List<SignedNote> heads(Path data) throws IOException {
    List<SignedNote> heads = new ArrayList<>();
    for (Path log : logs(data)) {
      ReadOnlyDisk files = new ReadOnlyDisk(log);
      for (int epoch : EpochFiles.epochs(files)) {
        add(heads, log.resolve(epoch + "/checkpoint"));
      }
    }
    if (Files.isDirectory(data)) {
      try (Stream<Path> kept = Files.list(data)) {
        kept.filter(file -> file.getFileName().toString().startsWith("audit-head-"))
            .forEach(file -> add(heads, file));
      }
    }
    return heads;
  }

  private static void add(List<SignedNote> heads, Path file) {
    try {
      if (Files.isRegularFile(file)) {
        SignedNote note = SignedNote.parse(Files.readString(file));
        Checkpoint.parse(note.text());
        heads.add(note);
      }
    } catch (IOException | IllegalArgumentException e) {
      LOG.warn("{} is passed over: {}", file, e.toString());
    }
  }

  /**
   * Begins a new epoch of each log, and leaves the restore on record.
   *
   * @param salvaged what stood there before
   * @param known checkpoints of what came after the backup
   * @return what they are called now
   */
  static List<String> begin(
      DataDirectory directory,
      Optional<Path> anchors,
      SalvagedLogs salvaged,
      List<SignedNote> known,
      String approver,
      String what,
      Clock clock)
      throws IOException {
    List<String> origins = new ArrayList<>();
    for (Path log : logs(directory.root())) {
      String region = log.getFileName().toString();
      boolean kept = salvaged.replace(region);
      try {
        origins.add(
            NewEpoch.begin(
                directory, Optional.empty(), anchors, region, "restore", known, approver, clock));
        CommandRecords.of(directory.root(), region)
            .leave(
                List.of(
                    CommandRecords.cause("restore")
                        .event(
                            "restore.run",
                            Outcome.SUCCESS,
                            List.of(new Target("data-directory", region)))
                        .withChange(
                            Map.of("backup", what, "approver", approver, "keptLog", kept))));
      } catch (StartException e) {
        throw new BackupException(
            e.getMessage() + "; everything else is restored: run 'palisade audit new-epoch'", e);
      }
    }
    return origins;
  }

  private static List<Path> logs(Path data) throws IOException {
    Path folder = data.resolve(AUDIT);
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (Stream<Path> regions = Files.list(folder)) {
      return regions.filter(region -> Files.isDirectory(region.resolve("1"))).sorted().toList();
    }
  }
}
