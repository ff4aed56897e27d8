package im.palisade.server;

import im.palisade.cli.AuditLogOption;
import im.palisade.server.auditlog.NewEpoch;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code palisade audit new-epoch}: after a restore, or when the signing key is gone. */
@Command(
    name = "new-epoch",
    mixinStandardHelpOptions = true,
    description = {
      "Begin a new epoch of the audit log, whose first entry states why and what is gone.",
      "The server must be stopped. The old epoch stays as it is."
    })
final class AuditEpochCommand implements Callable<Integer> {
  /** Why an epoch ends. */
  enum Reason {
    PLANNED,
    RESTORE,
    KEY_LOSS;

    String word() {
      return switch (this) {
        case PLANNED -> "planned";
        case RESTORE -> "restore";
        case KEY_LOSS -> "key-loss";
      };
    }
  }

  @Spec private CommandSpec spec;

  @Mixin private AuditLogOption log = new AuditLogOption();

  @Option(
      names = "--reason",
      required = true,
      description = "${COMPLETION-CANDIDATES}: a KEY_LOSS takes the old key out of use")
  private Reason reason = Reason.PLANNED;

  @Option(names = "--approver", required = true, description = "who approved it")
  private String approver = "";

  @Option(
      names = "--known",
      paramLabel = "FILE|DIR",
      description = "checkpoints that anybody kept of the old epoch; may be repeated")
  private List<Path> known = List.of();

  @Override
  public Integer call() {
    String origin =
        NewEpoch.begin(
            log.data(),
            log.folder(),
            log.region(),
            reason.word(),
            known,
            approver,
            Clock.systemUTC());
    spec.commandLine().getOut().println("the log goes on as " + origin);
    spec.commandLine().getOut().flush();
    return 0;
  }
}
