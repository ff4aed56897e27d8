package im.palisade.server;

import im.palisade.compliance.audit.AuditEvent.Outcome;
import im.palisade.compliance.audit.AuditEvent.Target;
import im.palisade.server.auditlog.AuditLogSettings;
import im.palisade.server.auditlog.CommandRecords;
import im.palisade.server.backup.Backup;
import im.palisade.server.backup.BackupException;
import im.palisade.server.config.DataPath;
import im.palisade.server.config.Settings;
import im.palisade.server.store.DatabaseAccess;
import im.palisade.server.store.DatabaseSettings;
import im.palisade.server.store.Regions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code palisade backup}: everything in one encrypted file, while the server goes on. */
@Command(
    name = "backup",
    mixinStandardHelpOptions = true,
    description = {
      "Back up database, files, audit log, keys and settings into one encrypted file.",
      "Keep the backup key somewhere else: without it no backup can be opened."
    })
final class BackupCommand implements Callable<Integer> {
  private static final DateTimeFormatter NAME =
      DateTimeFormatter.ofPattern("'palisade-'yyyyMMdd'T'HHmmss'Z.backup'")
          .withZone(ZoneOffset.UTC);
  private static final long MIB = 1 << 20;

  @Spec private CommandSpec spec;

  @Option(names = "--data", paramLabel = "DIR", description = "data directory of the server")
  private Path data = DataPath.standard();

  @Option(names = "--config", paramLabel = "FILE", description = "its settings file")
  private Optional<Path> config = Optional.empty();

  @Option(
      names = "--to",
      paramLabel = "DIR",
      description = "where backups are kept (default: ${DEFAULT-VALUE})")
  private Path to = Path.of("/var/backups/palisade");

  @Option(
      names = "--key",
      paramLabel = "FILE",
      description =
          "file with the passphrase; made when missing (default: backup.key of the settings'"
              + " folder)")
  private Optional<Path> key = Optional.empty();

  @Option(
      names = "--keep",
      paramLabel = "N",
      description = "delete all but the newest N backups of the folder afterwards")
  private Optional<Integer> keep = Optional.empty();

  @Option(
      names = "--rate",
      paramLabel = "MIB",
      description = "MiB of the database to read a second at most (default: ${DEFAULT-VALUE})")
  private int rate = 32;

  @Option(names = "--check", paramLabel = "FILE", description = "check a backup instead")
  private Optional<Path> check = Optional.empty();

  @Override
  public Integer call() throws IOException, InterruptedException {
    Path file = config.orElse(data.resolve("palisade.yaml"));
    Path folder = file.toAbsolutePath().normalize().getParent();
    Path keyFile = key.orElse(folder.resolve("backup.key"));
    try {
      if (check.isPresent()) {
        say(Backup.check(check.get(), keyFile));
        return 0;
      }
      if (rate < 1 || keep.orElse(1) < 1) {
        throw new BackupException("--rate and --keep must be at least 1");
      }
      boolean newKey = !Files.exists(keyFile);
      Settings settings = Settings.read(ServerSettings.ALL, file, System.getenv(), Map.of());
      Files.createDirectories(
          to, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
      Path backup = to.resolve(NAME.format(Instant.now()));
      new Backup(
              data,
              folder,
              AuditLogSettings.from(settings).directory(),
              DatabaseAccess.of(DatabaseSettings.from(settings), data),
              Version.number(),
              Clock.systemUTC())
          .write(backup, keyFile, rate * MIB);
      say("%s (%d MiB)".formatted(backup, Files.size(backup) / MIB));
      record(
          "backup.complete",
          Outcome.SUCCESS,
          Map.of("file", backup.toString(), "bytes", Files.size(backup)));
      if (newKey) {
        say("made the backup key %s: copy it to another place now".formatted(keyFile));
      }
      if (keep.isPresent()) {
        deleteOlder(keep.get());
      }
      return 0;
    } catch (BackupException e) {
      if (check.isEmpty()) {
        record("backup.failed", Outcome.FAILURE, Map.of("problem", String.valueOf(e.getMessage())));
      }
      spec.commandLine().getErr().println("palisade: " + e.getMessage());
      return 1;
    }
  }

  /** A backup that was made counts, also when that cannot be put on record. */
  private void record(String type, Outcome outcome, Map<String, Object> change) {
    try {
      CommandRecords.of(data, Regions.HOME)
          .leave(
              List.of(
                  CommandRecords.cause("backup")
                      .event(type, outcome, List.of(new Target("data-directory", Regions.HOME)))
                      .withChange(change)));
    } catch (IOException e) {
      spec.commandLine().getErr().println("palisade: not on record: " + e.getMessage());
    }
  }

  private void deleteOlder(int kept) throws IOException {
    try (Stream<Path> files = Files.list(to)) {
      for (Path old :
          files
              .filter(file -> file.getFileName().toString().matches("palisade-[0-9TZ]+\\.backup"))
              .sorted(Comparator.reverseOrder())
              .skip(kept)
              .toList()) {
        Files.delete(old);
        say("deleted " + old);
      }
    }
  }

  private void say(String line) {
    spec.commandLine().getOut().println(line);
    spec.commandLine().getOut().flush();
  }
}
