package im.palisade.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import im.palisade.compliance.file.ReadOnlyDisk;
import im.palisade.compliance.log.EpochFiles;
import im.palisade.compliance.log.LogKey;
import im.palisade.compliance.log.LogReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * {@code palisade audit …}: looks at the audit log's files. It only reads, beside a running server
 * or without one.
 */
@Command(
    name = "audit",
    mixinStandardHelpOptions = true,
    description = "The audit log: how it stands, whether it was changed, proofs and packs of it.",
    subcommands = {
      AuditCommand.Status.class,
      AuditCommand.CheckpointText.class,
      AuditCommand.Keys.class
    })
public final class AuditCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    spec.commandLine().usage(spec.commandLine().getOut());
    return CommandLine.ExitCode.USAGE;
  }

  /** Which log is meant. */
  static final class Where {
    @Mixin private AuditLogOption of = new AuditLogOption();

    Path log() {
      return of.log();
    }

    /** What the server keeps of how things stand, in a file of the data directory. */
    Optional<JsonNode> kept(String name) throws IOException {
      Path file = of.data().resolve(name + of.region() + ".json");
      return Files.exists(file)
          ? Optional.of(new ObjectMapper().readTree(file.toFile()))
          : Optional.empty();
    }

    /** Events that wait for the log. */
    List<Path> spilled() throws IOException {
      Path spill = of.data().resolve("audit-spill").resolve(of.region());
      if (!Files.isDirectory(spill)) {
        return List.of();
      }
      try (Stream<Path> files = Files.list(spill)) {
        return files.filter(file -> file.getFileName().toString().matches("[0-9]{16}")).toList();
      }
    }
  }

  /** One command: a body that prints. */
  abstract static class Body implements Callable<Integer> {
    @Spec private CommandSpec spec;
    @Mixin private Where where = new Where();

    @Override
    public Integer call() throws Exception {
      return CliException.orExplain(
          spec,
          () -> {
            PrintWriter out = spec.commandLine().getOut();
            try {
              return print(where, out);
            } catch (IOException | IllegalArgumentException e) {
              throw new CliException("the audit log cannot be read: " + e.getMessage(), e);
            } finally {
              out.flush();
            }
          });
    }

    abstract int print(Where log, PrintWriter out) throws IOException;
  }

  /** How it stands. */
  @Command(
      name = "status",
      mixinStandardHelpOptions = true,
      description = "Say how the log stands: origin, epoch, entries, newest checkpoint and digest.")
  static final class Status extends Body {
    @Option(names = "--json", description = "for machines")
    private boolean json;

    @Override
    int print(Where where, PrintWriter out) throws IOException {
      Path folder = where.log();
      ReadOnlyDisk files = new ReadOnlyDisk(folder);
      LogReader log = LogReader.newest(files);
      int epoch = log.files().epoch();
      ObjectNode status = JsonNodeFactory.instance.objectNode();
      status.put("origin", log.head().origin());
      status.put("epoch", epoch);
      status.put("entries", log.size());
      status.put("root", log.head().rootText());
      status.put(
          "checkpointWritten",
          Files.getLastModifiedTime(folder.resolve(epoch + "/checkpoint")).toInstant().toString());
      newestDigest(log.files()).ifPresent(hour -> status.put("newestDigest", hour));
      List<Path> spilled = where.spilled();
      status.put("filesWaiting", spilled.size());
      ArrayNode keys = status.putArray("keys");
      keys(log.files()).forEach(key -> keys.add(key.key().idHex()));
      Optional<JsonNode> anchors = where.kept("audit-anchors-");
      anchors.ifPresent(states -> status.set("anchors", states));
      Optional<JsonNode> checked = where.kept("audit-check-");
      checked.ifPresent(result -> status.set("verified", result));
      AuditFollowers.add(status, where.of.data(), where.of.region());
      if (json) {
        out.println(status);
      } else {
        status.properties().stream()
            .filter(field -> field.getValue().isValueNode() || field.getKey().equals("keys"))
            .forEach(
                field ->
                    out.printf(
                        "%-18s %s%n",
                        field.getKey(),
                        field.getValue().isTextual()
                            ? field.getValue().textValue()
                            : field.getValue()));
        status.path("anchors").forEach(anchor -> out.println(anchor(anchor)));
        JsonNode check = status.path("verified");
        if (!check.path("good").asBoolean(true)) {
          out.println("the last verification found damage: palisade audit verify says more");
        }
        if (!spilled.isEmpty()) {
          out.println("events wait in the spill journal: the log could not be written");
        }
      }
      return 0;
    }
  }

  /** The newest checkpoint. */
  @Command(
      name = "checkpoint",
      mixinStandardHelpOptions = true,
      description = "Print the newest signed checkpoint: what an auditor keeps.")
  static final class CheckpointText extends Body {
    @Override
    int print(Where where, PrintWriter out) throws IOException {
      out.print(LogReader.newest(new ReadOnlyDisk(where.log())).checkpoint());
      return 0;
    }
  }

  /** The verifier keys. */
  @Command(
      name = "keys",
      mixinStandardHelpOptions = true,
      description = "Print the verifier keys with their validity: to be given to an auditor.")
  static final class Keys extends Body {
    @Override
    int print(Where where, PrintWriter out) throws IOException {
      LogReader log = LogReader.newest(new ReadOnlyDisk(where.log()));
      for (LogKey key : keys(log.files())) {
        out.println(key.file());
      }
      return 0;
    }
  }

  /** How an anchor stands, as a line. */
  private static String anchor(JsonNode anchor) {
    StringBuilder line = new StringBuilder("anchor ").append(anchor.path("kind").asText());
    line.append(' ').append(anchor.path("address").asText()).append(": ");
    if (anchor.has("anchoredAt")) {
      line.append(anchor.path("size").asLong()).append(" entries at ");
      line.append(anchor.path("anchoredAt").asText());
      Instant current = Instant.parse(anchor.path("currentAt").asText());
      line.append(", nothing newer ");
      line.append(Duration.between(current, Instant.now()).toSeconds()).append(" s ago");
    } else {
      line.append("never yet");
    }
    int failures = anchor.path("failures").asInt();
    return failures == 0
        ? line.toString()
        : line + "; failed " + failures + " times: " + anchor.path("problem").asText();
  }

  private static List<LogKey> keys(EpochFiles epoch) throws IOException {
    List<LogKey> keys = new ArrayList<>();
    for (String name : epoch.list("keys")) {
      keys.add(LogKey.parse(epoch.text("keys/" + name).orElseThrow()));
    }
    return keys;
  }

  private static Optional<String> newestDigest(EpochFiles epoch) throws IOException {
    List<String> days = epoch.list("digest");
    return days.isEmpty()
        ? Optional.empty()
        : epoch.list("digest/" + days.getLast()).stream()
            .filter(name -> name.endsWith(".json"))
            .reduce((_, last) -> last)
            .map(name -> days.getLast() + "T" + name.substring(0, 2));
  }
}
