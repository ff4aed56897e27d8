package im.palisade.compliance.cli;

import im.palisade.compliance.checkpoint.SignedNote;
import im.palisade.compliance.file.ReadOnlyDisk;
import im.palisade.compliance.log.LogReader;
import im.palisade.compliance.verify.CopyCheck;
import im.palisade.compliance.verify.LogVerifier;
import im.palisade.compliance.verify.PackDiff;
import im.palisade.compliance.verify.PackVerifier;
import im.palisade.compliance.verify.ProofVerifier;
import im.palisade.compliance.verify.Reveal;
import im.palisade.compliance.verify.Vectors;
import im.palisade.compliance.verify.VerifyReport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** What the verifier does, one class a command. */
final class VerifyCommands {
  private VerifyCommands() {}

  @Command(
      name = "verify-log",
      mixinStandardHelpOptions = true,
      description = "Check a whole log: every entry, signature, digest, key, epoch and anchor.")
  static final class Log extends ReportCommand {
    @Parameters(paramLabel = "DIR", description = "Folder of the log.")
    Path folder;

    @Override
    VerifyReport report() throws IOException {
      return LogVerifier.verify(folder, trust.options());
    }
  }

  @Command(
      name = "verify-pack",
      mixinStandardHelpOptions = true,
      description = "Check a pack: its manifest, its files and that each event is in the log.")
  static final class PackCheck extends ReportCommand {
    @Parameters(paramLabel = "FILE", description = "The pack.")
    Path file;

    @Override
    VerifyReport report() throws IOException {
      return PackVerifier.verify(file, trust.options());
    }
  }

  @Command(
      name = "verify-proof",
      mixinStandardHelpOptions = true,
      description = "Check one event with its proof.")
  static final class Proof extends ReportCommand {
    @Parameters(paramLabel = "PROOF", description = "A .tlog-proof file.")
    Path proof;

    @Option(
        names = "--entry",
        required = true,
        paramLabel = "FILE",
        description = "The event, exactly as it stands in the log.")
    Path entry;

    @Option(
        names = "--keys",
        paramLabel = "FILE",
        description = "keys.txt of a pack, when the signing key was rotated.")
    Optional<Path> keys = Optional.empty();

    @Override
    VerifyReport report() throws IOException {
      return ProofVerifier.verify(
          proof.toString(),
          Files.readAllBytes(entry),
          Files.readString(proof),
          keys.isPresent() ? Files.readString(keys.get()) : "",
          trust.options());
    }
  }

  @Command(
      name = "verify-copy",
      mixinStandardHelpOptions = true,
      description = {
        "Check an export, or what another system kept, against the log line by line.",
        "Any of the forms that Palisade exports; events may be repeated and in any order."
      })
  static final class Copy extends ReportCommand {
    @Parameters(paramLabel = "FILE", description = "The copy.")
    Path copy;

    @Option(
        names = "--log",
        required = true,
        paramLabel = "DIR",
        description = "Folder of the log.")
    Path log;

    @Option(
        names = "--filtered",
        description = "The copy holds a selection: missing events between others are no finding.")
    boolean filtered;

    @Override
    VerifyReport report() throws IOException {
      return CopyCheck.check(copy, log, filtered, trust.options());
    }
  }

  @Command(
      name = "consistency",
      mixinStandardHelpOptions = true,
      description = "Check that one checkpoint continues another.")
  static final class Consistency extends ReportCommand {
    @Parameters(index = "0", paramLabel = "OLD", description = "The older checkpoint.")
    Path older;

    @Parameters(index = "1", paramLabel = "NEW", description = "The newer checkpoint.")
    Path newer;

    @Option(
        names = "--proof",
        paramLabel = "FILE",
        description = "The consistency proof: one base64 hash a line. None for equal sizes.")
    Optional<Path> proof = Optional.empty();

    @Override
    VerifyReport report() throws IOException {
      List<SignedNote> notes = Trust.notes(List.of(older, newer));
      List<byte[]> hashes =
          proof.isEmpty()
              ? List.of()
              : Files.readAllLines(proof.get()).stream().map(Base64.getDecoder()::decode).toList();
      return ProofVerifier.consistency(notes.getFirst(), notes.getLast(), hashes, trust.options());
    }
  }

  @Command(
      name = "reveal",
      mixinStandardHelpOptions = true,
      description = "Check that personal values are those that an event committed to.")
  static final class RevealCheck extends ReportCommand {
    @Parameters(paramLabel = "ENTRY", description = "The event, exactly as it stands in the log.")
    Path entry;

    @Option(
        names = "--side",
        required = true,
        paramLabel = "FILE",
        description = "JSON list of {slot, k, value} that was disclosed.")
    Path side;

    @Override
    VerifyReport report() throws IOException {
      return Reveal.check(entry.toString(), Files.readAllBytes(entry), Files.readAllBytes(side));
    }
  }

  @Command(
      name = "diff",
      mixinStandardHelpOptions = true,
      description = "Look for contradictions between two packs of one log.")
  static final class Diff extends ReportCommand {
    @Parameters(index = "0", paramLabel = "PACK", description = "A pack.")
    Path first;

    @Parameters(index = "1", paramLabel = "PACK", description = "Another pack.")
    Path second;

    @Override
    VerifyReport report() throws IOException {
      return PackDiff.diff(first, second, trust.options());
    }
  }

  @Command(
      name = "prove",
      mixinStandardHelpOptions = true,
      description = "Write the proof of one event, and the event, from a folder of a log.")
  static final class Prove implements Callable<Integer> {
    @Parameters(paramLabel = "DIR", description = "Folder of the log.")
    Path folder;

    @Option(names = "--index", required = true, description = "Leaf index of the event.")
    long index;

    @Option(names = "--epoch", description = "Epoch; default the newest.")
    Optional<Integer> epoch = Optional.empty();

    @Option(
        names = {"-o", "--output"},
        required = true,
        paramLabel = "NAME",
        description = "Writes NAME.tlog-proof and NAME.json.")
    Path output;

    @Spec CommandSpec spec;

    @Override
    public Integer call() throws IOException {
      ReadOnlyDisk files = new ReadOnlyDisk(folder);
      LogReader log =
          epoch.isPresent() ? LogReader.open(files, epoch.get()) : LogReader.newest(files);
      if (index < 0 || index >= log.size()) {
        throw new IOException("the checkpoint is of " + log.size() + " entries");
      }
      byte[] entry =
          log.entry(index).orElseThrow(() -> new IOException("entry " + index + " was pruned"));
      Path proof = output.resolveSibling(output.getFileName() + ".tlog-proof");
      Files.writeString(proof, log.prove(index).toString());
      Files.write(output.resolveSibling(output.getFileName() + ".json"), entry);
      spec.commandLine().getOut().println("wrote " + proof);
      return 0;
    }
  }

  @Command(
      name = "selftest",
      mixinStandardHelpOptions = true,
      description = "Run the test vectors that this jar carries.")
  static final class SelfTest implements Callable<Integer> {
    @Spec CommandSpec spec;

    @Override
    public Integer call() throws IOException {
      Vectors.Outcome outcome = Vectors.run();
      outcome.wrong().forEach(name -> spec.commandLine().getOut().println("WRONG: " + name));
      spec.commandLine()
          .getOut()
          .println(outcome.total() + " vectors, " + outcome.wrong().size() + " wrong");
      return outcome.wrong().isEmpty() ? 0 : 1;
    }
  }
}
