package im.palisade.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The options by which a command of {@code palisade audit} is told which log is meant. */
public final class AuditLogOption {
  @Mixin private DataOption data = new DataOption();

  @Option(
      names = "--dir",
      paramLabel = "DIR",
      description = "folder of the log (default: audit/REGION of the data directory)")
  private Optional<Path> folder = Optional.empty();

  @Option(
      names = "--region",
      paramLabel = "REGION",
      defaultValue = "default",
      description = "region of the log (default: ${DEFAULT-VALUE})")
  private String region = "default";

  /** The server's data directory. */
  public Path data() {
    return data.resolve();
  }

  /** The folder that was named, which need not be a server's. */
  public Optional<Path> folder() {
    return folder;
  }

  /** The region. */
  public String region() {
    return region;
  }

  /**
   * The folder of the log.
   *
   * @throws CliException when it is not there
   */
  public Path log() {
    Path log = folder.orElseGet(() -> data().resolve("audit").resolve(region));
    if (!Files.isDirectory(log)) {
      throw new CliException("there is no audit log in " + log + "; say where by --dir");
    }
    return log;
  }
}
