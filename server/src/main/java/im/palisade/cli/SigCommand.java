package im.palisade.cli;

import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code palisade sig USER}: prints one UserSig of the first app, and nothing else. */
@Command(
    name = "sig",
    mixinStandardHelpOptions = true,
    description = "Print a UserSig: the password of one user of the first app, for a limited time.")
public final class SigCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private DataOption data = new DataOption();

  @Parameters(paramLabel = "USER", description = "UserID to sign for")
  private String user = "";

  @Option(
      names = "--expire",
      paramLabel = "SECONDS",
      defaultValue = "604800",
      description = "how long it is valid (default: ${DEFAULT-VALUE}, a week)")
  private long expireSeconds;

  @Override
  public Integer call() throws Exception {
    return CliException.orExplain(spec, this::print);
  }

  private int print() {
    if (expireSeconds < 1) {
      throw new CliException("--expire must be at least 1 second");
    }
    String sig = ConnectionFile.read(data.resolve()).sign(user, Duration.ofSeconds(expireSeconds));
    spec.commandLine().getOut().println(sig);
    return 0;
  }
}
