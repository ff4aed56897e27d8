package im.palisade.server;

import im.palisade.bench.BenchCommand;
import im.palisade.cli.AuditCommand;
import im.palisade.cli.ChatCommand;
import im.palisade.cli.ReadyCommand;
import im.palisade.cli.SigCommand;
import im.palisade.cli.WebhookEchoCommand;
import im.palisade.server.config.SettingException;
import im.palisade.server.config.StartException;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The main program. Exit codes: 0 done, 1 failed, 2 wrong usage, 78 wrong settings. */
@Command(
    name = "palisade",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    description = "A private-deployment instant-messaging server.",
    subcommands = {
      RunCommand.class,
      ConfigCommand.class,
      ReadyCommand.class,
      BackupCommand.class,
      RestoreCommand.class,
      ChatCommand.class,
      SigCommand.class,
      AuditCommand.class,
      WebhookEchoCommand.class,
      BenchCommand.class
    })
public final class Palisade {
  private static final int EX_CONFIG = 78;

  private Palisade() {}

  public static void main(String[] args) {
    Logging.bridgeJavaUtilLogging();
    System.exit(commandLine().execute(args));
  }

  /** Every command, with the exit codes that are documented. */
  static CommandLine commandLine() {
    CommandLine commandLine = new CommandLine(new Palisade());
    AuditToolCommands.addTo(commandLine.getSubcommands().get("audit"));
    AuditSearchCommands.addTo(commandLine.getSubcommands().get("audit"));
    commandLine.setExecutionExceptionHandler(
        (fault, command, parsed) -> {
          if (fault instanceof SettingException || fault instanceof StartException) {
            command.getErr().println("palisade: " + fault.getMessage());
            return EX_CONFIG;
          }
          throw fault;
        });
    return commandLine;
  }
}
