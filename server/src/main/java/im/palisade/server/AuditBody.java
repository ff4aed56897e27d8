package im.palisade.server;

import im.palisade.cli.CliException;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** One {@code palisade audit} command: a body that prints and names its exit code. */
abstract class AuditBody implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private AuditFolder where = new AuditFolder();

  @Override
  public Integer call() throws Exception {
    return CliException.orExplain(
        spec,
        () -> {
          PrintWriter out = spec.commandLine().getOut();
          try {
            return run(where, out);
          } catch (IOException | IllegalArgumentException | IllegalStateException e) {
            String said = e.getMessage() == null ? e.toString() : e.getMessage();
            throw new CliException(said, e);
          } finally {
            out.flush();
          }
        });
  }

  abstract int run(AuditFolder where, PrintWriter out) throws IOException;
}
