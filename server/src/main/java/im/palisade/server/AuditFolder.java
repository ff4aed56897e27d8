package im.palisade.server;

import im.palisade.cli.AuditLogOption;
import im.palisade.cli.CliException;
import im.palisade.compliance.audit.AuditEvent;
import im.palisade.compliance.audit.AuditEvent.Outcome;
import im.palisade.compliance.audit.AuditEvent.Target;
import im.palisade.compliance.checkpoint.VerifierKey;
import im.palisade.compliance.verify.LogVerifier;
import im.palisade.compliance.verify.VerifyOptions;
import im.palisade.server.audit.Cause;
import im.palisade.server.auditlog.CommandRecords;
import im.palisade.server.auditlog.KnownHeads;
import im.palisade.server.auditlog.OwnTrust;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Mixin;

/** Which log a command is about, whom it trusts, and where the command itself goes on record. */
final class AuditFolder {
  @Mixin private AuditLogOption option = new AuditLogOption();

  Path data() {
    return option.data();
  }

  String region() {
    return option.region();
  }

  /** The folder of the log. */
  Path log() {
    return option.log();
  }

  /** Where the key is that signs the log. */
  Path signingKey() {
    return data().resolve("secrets").resolve("audit-signing-" + region());
  }

  /**
   * The keys of a file or a line; without one the log's own, which is said, and with them the
   * checkpoints that the data directory remembers.
   */
  VerifyOptions trust(Optional<String> key, PrintWriter out) throws IOException {
    if (key.isEmpty()) {
      out.println(
          "note: trusting the log's own keys; a log replaced as a whole needs --key to be found");
      String origin = "";
      List<String> names = names();
      if (!names.isEmpty()) {
        origin = names.getFirst() + ".palisade/" + region();
      }
      return OwnTrust.of(
          log(),
          origin.isEmpty() || option.folder().isPresent()
              ? List.of()
              : new KnownHeads(data(), region(), Optional.empty()).of(origin));
    }
    Path file = Path.of(key.get());
    boolean line = key.get().indexOf('+') > 0 && !Files.exists(file);
    List<VerifierKey> keys = LogVerifier.keys(line ? key.get() : Files.readString(file));
    return VerifyOptions.trusting(keys);
  }

  /**
   * Puts a command on record that is about the log of a server of this machine; one about a copy
   * elsewhere is nobody's business.
   *
   * @throws CliException when that is not possible: then the command is not carried out
   */
  void record(String type, Outcome outcome, String command, Map<String, Object> change) {
    if (option.folder().isPresent() && names().isEmpty()) {
      return;
    }
    Cause cause = CommandRecords.cause(command);
    AuditEvent event =
        cause.event(type, outcome, List.of(new Target("audit-log", region()))).withChange(change);
    try {
      CommandRecords.of(data(), region()).leave(List.of(event));
    } catch (IOException e) {
      throw new CliException(
          "the command cannot be put on record, so it is not carried out: " + e.getMessage(), e);
    }
  }

  private List<String> names() {
    try {
      Path file = data().resolve("audit-names");
      return Files.exists(file) ? Files.readAllLines(file) : List.of();
    } catch (IOException e) {
      throw new CliException(e.getMessage(), e);
    }
  }
}
