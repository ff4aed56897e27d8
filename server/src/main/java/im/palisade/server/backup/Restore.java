package im.palisade.server.backup;

import im.palisade.compliance.checkpoint.SignedNote;
import im.palisade.server.config.DurableFiles;
import im.palisade.server.config.SettingException;
import im.palisade.server.store.DataDirectory;
import im.palisade.server.store.Database;
import im.palisade.server.store.DatabaseAccess;
import im.palisade.server.store.DatabaseSettings;
import im.palisade.server.store.Migrations;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Puts a backup in place of what a data directory holds. Everything is unpacked beside and checked
 * before anything that stands is touched; what stood is kept until the new state is complete, so an
 * interrupted restore is repeated by running it again.
 */
public final class Restore {
  /** Folder in the data directory for what is not in place yet. */
  static final String STAGING = "restore.new";

  private static final Logger LOG = LoggerFactory.getLogger(Restore.class);
  private static final String REPLACED = "restore.old";

  private final Path data;
  private final String version;

  /**
   * @param data data directory; no server may be running on it
   * @param version of this Palisade; a backup of a later one is refused
   */
  public Restore(Path data, String version) {
    this.data = data;
    this.version = version;
  }

  /** Settings as they are after the backup's own are in place. */
  public interface SettingsAfter {
    DatabaseSettings read();

    /** Where the audit logs are; empty for the data directory. Also asked before. */
    default Optional<Path> movedLogs() {
      return Optional.empty();
    }

    /** Folder that the audit log is anchored at. */
    default Optional<Path> anchors() {
      return Optional.empty();
    }
  }

  /**
   * What somebody decided about the audit log.
   *
   * @param approver who approved the restore; stands in the log
   * @param force restores a damaged log too
   * @param known checkpoints that somebody kept, to state what is lost
   */
  public record Decision(String approver, boolean force, List<SignedNote> known) {
    /** Nothing out of the ordinary. */
    public static Decision by(String approver) {
      return new Decision(approver, false, List.of());
    }
  }

  /**
   * Restores.
   *
   * @param settingsFolder where the backup's settings go; empty to leave what is there
   * @param settings read once the backup's own are in place
   * @return a line that says what is there now
   * @throws BackupException when the backup or the audit log in it is damaged, when it is of a
   *     later version, or cannot be loaded
   */
  public String from(
      Path file,
      Path keyFile,
      Optional<Path> settingsFolder,
      SettingsAfter settings,
      Decision decision)
      throws InterruptedException {
    try (DataDirectory directory = DataDirectory.open(data)) {
      Path staging = directory.resolve(STAGING);
      DurableFiles.deleteTree(staging);
      Manifest manifest =
          new SealedReader(file, BackupKey.read(keyFile))
              .read(path -> Optional.of(staging.resolve(path)));
      refuseLater(manifest);
      RestoredLogs.verify(staging.resolve("data"), decision.force());
      DurableFiles.forceTree(staging);
      SalvagedLogs salvaged =
          SalvagedLogs.of(directory.root(), LogFolder.of(directory.root(), movedNow(settings)));
      List<SignedNote> known = new ArrayList<>(decision.known());
      known.addAll(salvaged.heads());
      moveAside(directory);
      putInPlace(staging.resolve("data"), directory.root());
      if (settingsFolder.isPresent()) {
        putInPlace(staging.resolve("settings"), settingsFolder.get());
      }
      int tables = load(directory, settings.read(), staging);
      RestoredLogs.Begun logs =
          RestoredLogs.begin(
              directory,
              LogFolder.of(directory.root(), settings.movedLogs()),
              settings.anchors(),
              salvaged,
              known,
              decision.approver(),
              manifest.time() + " of " + manifest.host(),
              Clock.systemUTC());
      DurableFiles.deleteTree(staging);
      DurableFiles.deleteTree(directory.resolve(REPLACED));
      salvaged.done();
      return "restored the state of %s (%s): %d tables, %d files; the audit log goes on as %s"
          .formatted(
              manifest.time(), manifest.host(), tables, manifest.entries().size(), logs.said());
    } catch (IOException e) {
      throw new BackupException("the backup cannot be put in place: " + e, e);
    }
  }

  /** Settings that cannot be read are no reason not to restore others. */
  private static Optional<Path> movedNow(SettingsAfter settings) {
    try {
      return settings.movedLogs();
    } catch (SettingException e) {
      LOG.warn("the settings in place are passed over: {}", e.getMessage());
      return Optional.empty();
    }
  }

  private void refuseLater(Manifest manifest) {
    boolean same = manifest.schema().equals(Migrations.shippedFingerprint());
    if (!same && Versions.compare(manifest.version(), version) > 0) {
      throw new BackupException(
          "the backup was made by Palisade %s; this is %s: install that version first"
              .formatted(manifest.version(), version));
    }
  }

  /** The embedded database too: its tables come from the dump, its passwords from the secrets. */
  private static void moveAside(DataDirectory directory) throws IOException {
    Path replaced = directory.resolve(REPLACED);
    DurableFiles.deleteTree(replaced);
    Files.createDirectories(replaced);
    try (Stream<Path> parts = Files.list(directory.root())) {
      for (Path part : parts.toList()) {
        String name = part.getFileName().toString();
        if (!List.of(STAGING, REPLACED, SalvagedLogs.FOLDER, "palisade.lock").contains(name)) {
          Files.move(part, replaced.resolve(name));
        }
      }
    }
  }

  private static void putInPlace(Path from, Path to) throws IOException {
    if (!Files.isDirectory(from)) {
      return;
    }
    Files.createDirectories(to);
    try (Stream<Path> parts = Files.list(from)) {
      for (Path part : parts.toList()) {
        Path target = to.resolve(part.getFileName().toString());
        DurableFiles.deleteTree(target);
        Files.move(part, target);
      }
    }
    DurableFiles.forceDirectory(to);
  }

  private int load(DataDirectory directory, DatabaseSettings settings, Path staging)
      throws IOException, InterruptedException {
    List<Path> pieces;
    try (Stream<Path> dump = Files.list(staging.resolve("database"))) {
      pieces = dump.sorted().toList();
    }
    try (Database database = Database.open(settings, directory)) {
      RestoreStore store = new RestoreStore(database.dataSource());
      store.dropTables();
      new DatabaseTransfer(DatabaseAccess.of(settings, directory.root())).load(pieces);
      Migrations.run(database.dataSource());
      return store.checkTables();
    }
  }
}
