package im.palisade.server;

import im.palisade.compliance.checkpoint.SignedNote;
import im.palisade.server.auditlog.AuditLogSettings;
import im.palisade.server.auditlog.CommandRecords;
import im.palisade.server.auditlog.care.AnchorSettings;
import im.palisade.server.backup.BackupException;
import im.palisade.server.backup.Restore;
import im.palisade.server.config.DataPath;
import im.palisade.server.config.Settings;
import im.palisade.server.store.DatabaseSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code palisade restore FILE}: puts a backup in place of what is there. */
@Command(
    name = "restore",
    mixinStandardHelpOptions = true,
    description = {
      "Replace everything in the data directory by a backup. The server must be stopped.",
      "The backup is checked from the first to the last byte before anything is touched."
    })
final class RestoreCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "FILE", description = "the backup")
  private Path file = Path.of("");

  @Option(names = "--data", paramLabel = "DIR", description = "data directory to restore into")
  private Path data = DataPath.standard();

  @Option(names = "--config", paramLabel = "FILE", description = "settings file")
  private Optional<Path> config = Optional.empty();

  @Option(names = "--key", paramLabel = "FILE", required = true, description = "the backup key")
  private Path key = Path.of("");

  @Option(
      names = "--with-settings",
      description = "also take the settings and certificates of the backup")
  private boolean withSettings;

  @Option(
      names = "--approver",
      paramLabel = "WHO",
      description = "who approved it; stands in the audit log (default: the account of the system)")
  private Optional<String> approver = Optional.empty();

  @Option(
      names = "--known",
      paramLabel = "FILE",
      description =
          "a checkpoint that somebody kept of the audit log, so that it can be stated how much is"
              + " lost; may be repeated")
  private List<Path> known = List.of();

  @Option(names = "--force", description = "restore though the audit log of the backup is damaged")
  private boolean force;

  @Override
  public Integer call() throws InterruptedException, IOException {
    Path settingsFile = config.orElse(data.resolve("palisade.yaml"));
    Path folder = settingsFile.toAbsolutePath().normalize().getParent();
    boolean apart = !folder.equals(data.toAbsolutePath().normalize());
    try {
      String done =
          new Restore(data, Version.number())
              .from(
                  file,
                  key,
                  withSettings && apart ? Optional.of(folder) : Optional.empty(),
                  new SettingsOf(settingsFile),
                  new Restore.Decision(
                      approver.orElseGet(() -> CommandRecords.cause("restore").actor().ref()),
                      force,
                      notes()));
      spec.commandLine().getOut().println(done);
      spec.commandLine().getOut().flush();
      return 0;
    } catch (BackupException e) {
      spec.commandLine().getErr().println("palisade: " + e.getMessage());
      return 1;
    }
  }

  private List<SignedNote> notes() throws IOException {
    List<SignedNote> notes = new ArrayList<>();
    for (Path each : known) {
      try {
        notes.add(SignedNote.parse(Files.readString(each)));
      } catch (IllegalArgumentException e) {
        throw new BackupException(each + " is not a checkpoint", e);
      }
    }
    return notes;
  }

  /** Settings of a file. */
  private record SettingsOf(Path file) implements Restore.SettingsAfter {
    private Settings settings() {
      return Settings.read(ServerSettings.ALL, file, System.getenv(), Map.of());
    }

    @Override
    public DatabaseSettings read() {
      return DatabaseSettings.from(settings());
    }

    @Override
    public Optional<Path> movedLogs() {
      return AuditLogSettings.from(settings()).directory();
    }

    @Override
    public Optional<Path> anchors() {
      return AnchorSettings.folderOf(settings());
    }
  }
}
