package im.palisade.server;

import im.palisade.server.config.DataPath;
import im.palisade.server.config.Setting;
import im.palisade.server.config.Settings;
import im.palisade.server.config.SettingsFile;
import im.palisade.server.config.SettingsReference;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code palisade config}: shows, checks and changes the settings of a server of this machine. */
@Command(
    name = "config",
    mixinStandardHelpOptions = true,
    description = "Show, check or change settings. Changes count from the next start on.")
final class ConfigCommand implements Runnable {
  @Spec private CommandSpec spec;

  @Option(
      names = "--file",
      paramLabel = "FILE",
      description = "the settings file (default: palisade.yaml of the data directory)")
  private Optional<Path> file = Optional.empty();

  @Override
  public void run() {
    throw new CommandLine.ParameterException(
        spec.commandLine(), "one of show, check, set, unset, reference is needed");
  }

  @Command(name = "show", description = "Every setting that differs from its default, as in force.")
  int show(@Option(names = "--all", description = "also those at their default") boolean all) {
    Settings settings = read();
    PrintWriter out = spec.commandLine().getOut();
    for (Setting<?> setting : ServerSettings.ALL) {
      String text = settings.text(setting);
      if (all || !text.equals(setting.defaultText())) {
        out.printf("%s: %s%n", setting.key(), text);
      }
    }
    out.flush();
    return 0;
  }

  @Command(name = "check", description = "Says whether the server would take the settings.")
  int check() {
    read();
    return 0;
  }

  @Command(name = "set", description = "Gives a setting a value; the rest of the file stays.")
  int set(
      @Parameters(paramLabel = "KEY") String key, @Parameters(paramLabel = "VALUE") String value)
      throws IOException {
    new SettingsFile(path(), ServerSettings.ALL).set(key, value);
    return 0;
  }

  @Command(name = "unset", description = "Takes a setting out, so that its default holds.")
  int unset(@Parameters(paramLabel = "KEY") String key) throws IOException {
    new SettingsFile(path(), ServerSettings.ALL).unset(key);
    return 0;
  }

  @Command(name = "reference", description = "Every setting with its meaning, form and default.")
  int reference() {
    PrintWriter out = spec.commandLine().getOut();
    out.print(SettingsReference.yaml(ServerSettings.ALL));
    out.flush();
    return 0;
  }

  private Settings read() {
    return Settings.read(ServerSettings.ALL, path(), System.getenv(), Map.of());
  }

  private Path path() {
    return file.orElseGet(() -> DataPath.standard().resolve("palisade.yaml"));
  }
}
