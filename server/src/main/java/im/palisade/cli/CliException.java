package im.palisade.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Model.CommandSpec;

/** A command cannot go on; the message is one line for the person who typed it. */
public final class CliException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public CliException(String message) {
    super(message);
  }

  public CliException(String message, Throwable cause) {
    super(message, cause);
  }

  /** Runs a command's body; a failure of this kind becomes one line on standard error and 1. */
  public static int orExplain(CommandSpec command, Callable<Integer> body) throws Exception {
    try {
      return body.call();
    } catch (CliException e) {
      command.commandLine().getErr().println("palisade: " + e.getMessage());
      return 1;
    }
  }
}
