package im.palisade.compliance.cli;

import java.io.IOException;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/**
 * The offline verifier. Exit codes: 0 good, 1 evidence of change, 2 incomplete, 3 cannot be read,
 * 64 wrong usage.
 */
@Command(
    name = "palisade-verify",
    mixinStandardHelpOptions = true,
    versionProvider = VerifyMain.Version.class,
    description = "Checks audit logs, packs and proofs offline.",
    footer = {
      "",
      "Exit codes: 0 good, 1 evidence of change, 2 incomplete (no evidence of change, but"
          + " something",
      "is missing, damaged or could not be confirmed), 3 cannot be read, 64 wrong usage."
    },
    subcommands = {
      VerifyCommands.Log.class,
      VerifyCommands.PackCheck.class,
      VerifyCommands.Proof.class,
      VerifyCommands.Copy.class,
      VerifyCommands.Consistency.class,
      VerifyCommands.RevealCheck.class,
      VerifyCommands.Diff.class,
      VerifyCommands.Prove.class,
      PackCommand.class,
      FsckCommand.class,
      SignatureCommand.class,
      BenchCommand.class,
      VerifyCommands.SelfTest.class
    })
public final class VerifyMain {
  /** Wrong usage, as in sysexits. */
  public static final int EX_USAGE = 64;

  private static final int UNREADABLE = 3;

  private VerifyMain() {}

  /** Runs it. */
  public static void main(String[] args) {
    System.exit(commandLine().execute(args));
  }

  /** The command line, with the exit codes that are documented. */
  public static CommandLine commandLine() {
    CommandLine line = new CommandLine(new VerifyMain());
    line.setExecutionExceptionHandler(
        (fault, command, parsed) -> {
          if (fault instanceof IOException || fault instanceof IllegalArgumentException) {
            command.getErr().println(command.getCommandName() + ": " + fault.getMessage());
            return UNREADABLE;
          }
          throw fault;
        });
    setUsage(line);
    return line;
  }

  private static void setUsage(CommandLine line) {
    line.getCommandSpec().exitCodeOnInvalidInput(EX_USAGE).exitCodeOnExecutionException(UNREADABLE);
    line.getSubcommands().values().forEach(VerifyMain::setUsage);
  }

  static final class Version implements CommandLine.IVersionProvider {
    @Override
    public String[] getVersion() {
      String version = VerifyMain.class.getPackage().getImplementationVersion();
      return new String[] {"palisade-verify " + (version == null ? "(development)" : version)};
    }
  }
}
