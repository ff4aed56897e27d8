package im.palisade.server.backup;

import im.palisade.server.store.DatabaseAccess;
import im.palisade.server.store.Migrations;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes a backup of a server that goes on serving. The order makes the parts fit each other: the
 * database's snapshot first; the audit log after it, so that no event the snapshot takes for
 * written is missing; the media last, since a row appears only after its file.
 */
public final class Backup {
  private static final Logger LOG = LoggerFactory.getLogger(Backup.class);

  /** What belongs to a running process, can be made again, or is a copy itself. */
  private static final Set<String> LEFT_OUT =
      Set.of(
          "mariadb",
          "mariadb.failed",
          "rollback",
          "palisade.lock",
          "connection.json",
          // Derived, and in motion.
          "audit-index",
          SalvagedLogs.FOLDER,
          Restore.STAGING);

  private final Path data;
  private final Path settings;
  private final DatabaseAccess access;
  private final LogFolder logs;
  private final String version;
  private final Clock clock;

  /**
   * @param data data directory of the server
   * @param settings folder with its settings and certificates; everything in it is taken but the
   *     backup key
   * @param movedLogs where the settings have moved the audit logs
   */
  public Backup(
      Path data,
      Path settings,
      Optional<Path> movedLogs,
      DatabaseAccess access,
      String version,
      Clock clock) {
    this.logs = LogFolder.of(data, movedLogs);
    this.data = data;
    this.settings = settings;
    this.access = access;
    this.version = version;
    this.clock = clock;
  }

  /**
   * Writes a backup.
   *
   * @param file that must not exist yet
   * @param keyFile read for the key and never put into the backup
   * @param bytesPerSecond of the database's dump at most
   * @throws BackupException when it cannot be made; then there is no file
   */
  public void write(Path file, Path keyFile, long bytesPerSecond) throws InterruptedException {
    if (Files.exists(file)) {
      throw new BackupException(file + " is there already");
    }
    if (!logs.isStandard() && !Files.isDirectory(logs.root())) {
      throw new BackupException(
          "the audit log cannot be read: audit.directory says %s, and no such folder is there"
              .formatted(logs.root()));
    }
    BackupKey key = BackupKey.readOrMake(keyFile);
    Instant time = clock.instant();
    try (SealedWriter writer = new SealedWriter(file, key)) {
      new DatabaseTransfer(access)
          .dump(
              bytesPerSecond,
              (content, length) -> writer.add(piece(writer.entries().size() + 1), content, length));
      if (Files.isDirectory(logs.root())) {
        Path copy = data.resolve(Restore.STAGING).resolve(LogFolder.AUDIT);
        try (StableCopy audit = StableCopy.of(logs.root(), copy)) {
          // Wherever the settings have them: a restore asks the settings anew.
          addTree(writer, "data/" + LogFolder.AUDIT, audit.folder(), Set.of());
        }
      }
      for (Path part : sorted(data)) {
        String name = part.getFileName().toString();
        if (!LEFT_OUT.contains(name) && !name.equals(LogFolder.AUDIT)) {
          addTree(writer, "data/" + name, part, Set.of(logs.root()));
        }
      }
      if (Files.isDirectory(settings) && !settings.equals(data)) {
        addTree(
            writer,
            "settings",
            settings,
            Set.of(keyFile.toAbsolutePath().normalize(), logs.root()));
      }
      writer.finish(
          new Manifest(
              Manifest.FORMAT,
              version,
              time.toString(),
              hostName(),
              Migrations.shippedFingerprint(),
              writer.entries()));
    } catch (IOException e) {
      throw new BackupException("the backup cannot be written: " + e, e);
    }
  }

  /**
   * Reads a backup from its first to its last byte.
   *
   * @return a line that says what it is
   * @throws BackupException when anything of it was changed or is missing
   */
  public static String check(Path file, Path keyFile) {
    Manifest manifest =
        new SealedReader(file, BackupKey.read(keyFile)).read(path -> Optional.empty());
    return "%s: whole; made by Palisade %s on %s at %s, %d files"
        .formatted(
            file, manifest.version(), manifest.host(), manifest.time(), manifest.entries().size());
  }

  private static String piece(int number) {
    return "database/%06d.sql".formatted(number);
  }

  private static void addTree(SealedWriter writer, String name, Path root, Set<Path> leftOut)
      throws IOException {
    if (Files.isRegularFile(root)) {
      writer.add(name, root);
      return;
    }
    try (Stream<Path> files = Files.walk(root)) {
      for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
        Path absolute = file.toAbsolutePath().normalize();
        if (leftOut.stream().anyMatch(absolute::startsWith)) {
          continue;
        }
        try {
          writer.add(name + "/" + root.relativize(file), file);
        } catch (NoSuchFileException e) {
          LOG.info("{} expired while the backup was made", file);
        }
      }
    }
  }

  private static List<Path> sorted(Path folder) throws IOException {
    try (Stream<Path> parts = Files.list(folder)) {
      return parts.sorted().toList();
    }
  }

  private static String hostName() {
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException e) {
      return "unknown";
    }
  }
}
