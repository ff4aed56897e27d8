package im.palisade.server.backup;

import im.palisade.compliance.checkpoint.Checkpoint;
import im.palisade.compliance.checkpoint.SignedNote;
import im.palisade.compliance.file.ReadOnlyDisk;
import im.palisade.compliance.log.EpochFiles;
import im.palisade.compliance.log.LogReader;
import im.palisade.server.config.DurableFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The audit logs that a restore finds in place. A log that is whole and continues the backup's is
 * taken instead of it: then nothing is lost, and keys that were destroyed since stay destroyed. Any
 * other is put aside, for somebody to look into.
 */
final class SalvagedLogs {
  /** Where they are until the restore is complete, also over an interruption. */
  static final String FOLDER = "restore.log";

  private static final Logger LOG = LoggerFactory.getLogger(SalvagedLogs.class);
  private static final String SECRETS = "secrets";
  private static final String SIGNING = "audit-signing-";
  private static final String HEAD = "audit-head-";
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("uuuuMMdd'T'HHmmss").withZone(ZoneOffset.UTC);

  private final Path data;
  private final Path folder;
  private final LogFolder before;

  private SalvagedLogs(Path data, LogFolder before) {
    this.data = data;
    this.folder = data.resolve(FOLDER);
    this.before = before;
  }

  /**
   * Takes them out of a data directory, unless an interrupted restore already has.
   *
   * @param before where they stand; outside the data directory they stay until it is decided
   */
  static SalvagedLogs of(Path data, LogFolder before) throws IOException {
    SalvagedLogs logs = new SalvagedLogs(data, before);
    if (!Files.isDirectory(logs.folder)) {
      Path fresh = data.resolve(FOLDER + ".new");
      Files.createDirectories(fresh.resolve(SECRETS));
      copy(data, fresh, HEAD);
      copy(data.resolve(SECRETS), fresh.resolve(SECRETS), SIGNING);
      boolean there = before.isWithinData() && Files.isDirectory(before.root());
      if (there && !Files.exists(fresh.resolve(LogFolder.AUDIT))) {
        Files.move(before.root(), fresh.resolve(LogFolder.AUDIT));
      }
      DurableFiles.forceTree(fresh);
      Files.move(fresh, logs.folder);
    }
    return logs;
  }

  /** What they and what stood beside them say was signed. */
  List<SignedNote> heads() throws IOException {
    List<Path> logs = new ArrayList<>(LogFolder.of(folder, Optional.empty()).logs());
    if (!before.isWithinData()) {
      logs.addAll(before.logs());
    }
    return RestoredLogs.heads(folder, logs);
  }

  /** Regions whose logs stand in that folder and stay there, whatever the backup has. */
  List<String> staying(LogFolder place) throws IOException {
    return before.isWithinData() || !before.root().equals(place.root())
        ? List.of()
        : before.logs().stream().map(log -> log.getFileName().toString()).toList();
  }

  /**
   * Puts a log where it goes on: the one in place where that continues the restored one, else the
   * restored one, and then whatever stands there is put aside.
   *
   * @return whether it is the one that was in place
   */
  boolean settle(String region, LogFolder place) throws IOException {
    Path mine =
        (before.isWithinData() ? folder.resolve(LogFolder.AUDIT) : before.root()).resolve(region);
    Path restored = data.resolve(LogFolder.AUDIT).resolve(region);
    Path target = place.region(region);
    boolean inBackup = Files.isDirectory(restored);
    boolean kept = inBackup ? continues(mine, restored) : mine.equals(target);
    if (!kept) {
      if (!restored.equals(target)) {
        place.take(restored, region);
      }
      return false;
    }
    if (inBackup) {
      DurableFiles.deleteTree(restored);
    }
    if (restored.equals(target) && before.isWithinData()) {
      Files.move(mine, target);
    } else if (!mine.equals(target)) {
      place.take(mine, region);
    }
    try (Stream<Path> keys = Files.list(data.resolve(SECRETS))) {
      for (Path key : keys.filter(file -> isOf(file, region)).toList()) {
        Files.delete(key);
      }
    }
    copy(folder.resolve(SECRETS), data.resolve(SECRETS), SIGNING + region);
    copy(folder, data, HEAD + region);
    return true;
  }

  /** Puts aside what was not taken. */
  void done() throws IOException {
    Path logs = folder.resolve(LogFolder.AUDIT);
    if (Files.isDirectory(logs)) {
      try (Stream<Path> left = Files.list(logs)) {
        if (left.findAny().isPresent()) {
          Path aside = data.resolve("audit-replaced-" + TIME.format(Instant.now()));
          Files.move(logs, aside);
          LOG.warn("the audit log that stood here is put aside in {}", aside);
        }
      }
    }
    DurableFiles.deleteTree(folder);
  }

  private static boolean continues(Path mine, Path restored) {
    if (!Files.isDirectory(mine) || !RestoredLogs.damage(mine).isEmpty()) {
      return false;
    }
    try {
      ReadOnlyDisk here = new ReadOnlyDisk(mine);
      ReadOnlyDisk there = new ReadOnlyDisk(restored);
      for (int epoch : EpochFiles.epochs(there)) {
        Checkpoint old = LogReader.open(there, epoch).head();
        LogReader log = LogReader.open(here, epoch);
        if (!log.head().origin().equals(old.origin())
            || log.size() < old.size()
            || !MessageDigest.isEqual(log.tree().root(old.size()), old.root())) {
          return false;
        }
      }
      return true;
    } catch (IOException | IllegalArgumentException e) {
      LOG.info("the audit log in place cannot be gone on with: {}", e.toString());
      return false;
    }
  }

  private static boolean isOf(Path file, String region) {
    String name = file.getFileName().toString();
    return name.equals(SIGNING + region) || name.startsWith(SIGNING + region + ".");
  }

  private static void copy(Path from, Path to, String prefix) throws IOException {
    if (!Files.isDirectory(from)) {
      return;
    }
    try (Stream<Path> files = Files.list(from)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        if (file.getFileName().toString().startsWith(prefix)) {
          Files.copy(
              file,
              to.resolve(file.getFileName()),
              StandardCopyOption.REPLACE_EXISTING,
              StandardCopyOption.COPY_ATTRIBUTES);
        }
      }
    }
  }
}
