package im.palisade.compliance.cli;

import im.palisade.compliance.checkpoint.Ed25519Signer;
import im.palisade.compliance.checkpoint.NoteSigner;
import im.palisade.compliance.checkpoint.SignedNote;
import im.palisade.compliance.file.ReadOnlyDisk;
import im.palisade.compliance.log.LogReader;
import im.palisade.compliance.pack.Pack;
import im.palisade.compliance.pack.PackManifest.Request;
import im.palisade.compliance.pack.PackManifest.Selection;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Writes a pack out of a log's folder, beside a running server or from a copy. */
@Command(
    name = "pack",
    mixinStandardHelpOptions = true,
    description = "Write a pack of events with their proofs, for somebody to check elsewhere.")
public final class PackCommand implements Callable<Integer> {
  @Parameters(paramLabel = "DIR", description = "Folder of the log.")
  Path folder = Path.of("");

  @Option(names = "--epoch", description = "Epoch; default the newest.")
  Optional<Integer> epoch = Optional.empty();

  @Option(names = "--from", description = "First leaf index; default the lowest there is.")
  Optional<Long> from = Optional.empty();

  @Option(names = "--to", description = "Leaf index behind the last; default the end.")
  Optional<Long> to = Optional.empty();

  @Option(
      names = "--index",
      paramLabel = "N",
      split = ",",
      description = "Only these events, each with a proof of its own; --query says by which rule.")
  List<Long> indexes = new ArrayList<>();

  @Option(names = "--query", description = "What was asked for, in words.")
  String query = "";

  @Option(names = "--requester", required = true, description = "Who asked.")
  String requester = "";

  @Option(names = "--approver", required = true, description = "Who allowed it.")
  String approver = "";

  @Option(
      names = "--sign-with",
      required = true,
      paramLabel = "FILE",
      description = "Sealed key that signs the manifest: the log's, or one that the log records.")
  Path key = Path.of("");

  @Option(
      names = "--key-recorded-at",
      paramLabel = "N",
      description = "Index of the event key.create that records it, when it is not the log's.")
  Optional<Long> recordedAt = Optional.empty();

  @Option(
      names = "--previous",
      paramLabel = "FILE",
      description = "Checkpoint of the pack before; the pack proves that it continues it.")
  Optional<Path> previous = Optional.empty();

  @Option(
      names = {"-o", "--output"},
      required = true,
      paramLabel = "FILE",
      description = "A new file.")
  Path output = Path.of("");

  @Spec CommandSpec spec;

  @Override
  public Integer call() throws IOException {
    ReadOnlyDisk files = new ReadOnlyDisk(folder);
    LogReader log =
        epoch.isPresent() ? LogReader.open(files, epoch.get()) : LogReader.newest(files);
    NoteSigner signer = Ed25519Signer.unseal(key);
    Optional<SignedNote> before = Optional.empty();
    if (previous.isPresent()) {
      before = Optional.of(Trust.notes(List.of(previous.get())).getFirst());
    }
    Selection selection =
        indexes.isEmpty()
            ? new Selection.Range(from.orElse(log.minimum()), to.orElse(log.size()))
            : new Selection.Filtered(query, indexes.stream().sorted().distinct().toList());
    Pack.Sealed sealed;
    try (OutputStream out =
        new BufferedOutputStream(
            Files.newOutputStream(output, StandardOpenOption.CREATE_NEW), 1 << 16)) {
      sealed =
          Pack.write(
              out,
              log,
              "audit",
              Instant.now(),
              new Request(query, "", "", requester, approver),
              selection,
              new Pack.ExportKey(
                  signer,
                  recordedAt.isPresent()
                      ? OptionalLong.of(recordedAt.get())
                      : OptionalLong.empty()),
              before,
              Map.of());
    }
    spec.commandLine()
        .getOut()
        .println(
            "wrote %s: %d events, manifest %s"
                .formatted(output, sealed.events(), sealed.manifestSha256()));
    return 0;
  }
}
