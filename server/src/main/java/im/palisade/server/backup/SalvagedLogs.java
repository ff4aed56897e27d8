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
import java.util.List;
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
  private static final String AUDIT = "audit";
  private static final String SECRETS = "secrets";
  private static final String SIGNING = "audit-signing-";
  private static final String HEAD = "audit-head-";
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("uuuuMMdd'T'HHmmss").withZone(ZoneOffset.UTC);

  private final Path data;
  private final Path folder;

  private SalvagedLogs(Path data) {
    this.data = data;
    this.folder = data.resolve(FOLDER);
  }

  /** Takes them out of a data directory, unless an interrupted restore already has. */
  static SalvagedLogs of(Path data) throws IOException {
    SalvagedLogs logs = new SalvagedLogs(data);
    if (!Files.isDirectory(logs.folder)) {
      Path fresh = data.resolve(FOLDER + ".new");
      Files.createDirectories(fresh.resolve(SECRETS));
      copy(data, fresh, HEAD);
      copy(data.resolve(SECRETS), fresh.resolve(SECRETS), SIGNING);
      if (Files.isDirectory(data.resolve(AUDIT)) && !Files.exists(fresh.resolve(AUDIT))) {
        Files.move(data.resolve(AUDIT), fresh.resolve(AUDIT));
      }
      DurableFiles.forceTree(fresh);
      Files.move(fresh, logs.folder);
    }
    return logs;
  }

  /** What they and what stood beside them say was signed. */
  List<SignedNote> heads() throws IOException {
    return RestoredLogs.heads(folder);
  }

  /** Takes a log instead of the restored one where it continues that; whether it does. */
  boolean replace(String region) throws IOException {
    Path mine = folder.resolve(AUDIT).resolve(region);
    Path restored = data.resolve(AUDIT).resolve(region);
    if (!continues(mine, restored)) {
      return false;
    }
    DurableFiles.deleteTree(restored);
    Files.move(mine, restored);
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
    Path logs = folder.resolve(AUDIT);
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
