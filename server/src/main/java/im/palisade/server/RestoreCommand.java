package im.palisade.server;

import im.palisade.server.backup.BackupException;
import im.palisade.server.backup.Restore;
import im.palisade.server.config.DataPath;
import im.palisade.server.config.Settings;
import im.palisade.server.store.DatabaseSettings;
import java.nio.file.Path;
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

  @Override
  public Integer call() throws InterruptedException {
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
                  () ->
                      DatabaseSettings.from(
                          Settings.read(
                              ServerSettings.ALL, settingsFile, System.getenv(), Map.of())));
      spec.commandLine().getOut().println(done);
      spec.commandLine().getOut().flush();
      return 0;
    } catch (BackupException e) {
      spec.commandLine().getErr().println("palisade: " + e.getMessage());
      return 1;
    }
  }
}
