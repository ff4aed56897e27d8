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
import java.util.TreeSet;
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

  private RestoredLogs() {}

  /**
   * Verifies the logs of a backup.
   *
   * @param data its data directory, unpacked
   * @param force whether damage is told and nothing more
   * @throws BackupException naming what is wrong
   */
  static void verify(Path data, boolean force) throws IOException {
    for (Path log : LogFolder.of(data, Optional.empty()).logs()) {
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

  /** The newest checkpoints of logs, and those that a data directory remembers beside them. */
  static List<SignedNote> heads(Path data, List<Path> logs) throws IOException {
    List<SignedNote> heads = new ArrayList<>();
    for (Path log : logs) {
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
   * The logs as they go on.
   *
   * @param note what an operator has to see to
   */
  record Begun(List<String> origins, Optional<String> note) {
    String said() {
      return (origins.isEmpty() ? "before: there is none" : String.join(", ", origins))
          + note.map(text -> "; " + text).orElse("");
    }
  }

  /**
   * Puts each log where the settings want it, begins a new epoch of it, and leaves the restore on
   * record.
   *
   * @param wanted where the settings as restored have the logs
   * @param salvaged what stood there before
   * @param known checkpoints of what came after the backup
   * @return what they are called now
   */
  static Begun begin(
      DataDirectory directory,
      LogFolder wanted,
      Optional<Path> anchors,
      SalvagedLogs salvaged,
      List<SignedNote> known,
      String approver,
      String what,
      Clock clock)
      throws IOException {
    LogFolder unpacked = LogFolder.of(directory.root(), Optional.empty());
    Set<String> regions = new TreeSet<>();
    unpacked.logs().forEach(log -> regions.add(log.getFileName().toString()));
    Optional<String> problem =
        wanted.isStandard() || regions.isEmpty() ? Optional.empty() : wanted.problem();
    LogFolder place = problem.isPresent() ? unpacked : wanted;
    // A backup that has no log is no reason to go on with the one in place as if nothing were.
    regions.addAll(salvaged.staying(place));
    List<String> origins = new ArrayList<>();
    for (String region : regions) {
      boolean kept = salvaged.settle(region, place);
      try {
        origins.add(
            NewEpoch.begin(
                directory,
                Optional.of(place.region(region)),
                anchors,
                region,
                "restore",
                known,
                approver,
                clock));
        place.own(region);
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
    if (!place.isStandard()) {
      unpacked.removeEmpty();
    }
    return new Begun(
        origins,
        problem.map(
            reason ->
                "it stands in %s, since audit.directory cannot be used (%s): move it to %s, or clear that setting, before the server starts"
                    .formatted(unpacked.root(), reason, wanted.root())));
  }
}
