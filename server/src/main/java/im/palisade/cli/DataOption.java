package im.palisade.cli;

import im.palisade.server.config.DataPath;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Option;

/** The {@code --data} option of commands that talk to a server of this machine. */
public final class DataOption {
  @Option(
      names = "--data",
      paramLabel = "DIR",
      description = "data directory of the server (default: where ./palisade run keeps it)")
  Optional<Path> directory = Optional.empty();

  /** The directory given, or the one a server started without {@code --data} uses. */
  public Path resolve() {
    return directory.orElseGet(DataPath::standard);
  }
}
