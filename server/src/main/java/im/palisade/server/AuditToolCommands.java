package im.palisade.server;

import im.palisade.cli.CliException;
import im.palisade.compliance.anchor.PaperPage;
import im.palisade.compliance.audit.AuditEvent.Outcome;
import im.palisade.compliance.checkpoint.Ed25519Signer;
import im.palisade.compliance.checkpoint.SignedNote;
import im.palisade.compliance.file.DiskFiles;
import im.palisade.compliance.file.ReadOnlyDisk;
import im.palisade.compliance.fsck.Fsck;
import im.palisade.compliance.log.LogReader;
import im.palisade.compliance.pack.Pack;
import im.palisade.compliance.pack.PackManifest.Request;
import im.palisade.compliance.pack.PackManifest.Selection;
import im.palisade.compliance.verify.LogVerifier;
import im.palisade.compliance.verify.VerifyOptions;
import im.palisade.compliance.verify.VerifyReport;
import im.palisade.server.auditlog.CommandRecords;
import im.palisade.server.auditlog.KeyRotation;
import im.palisade.server.store.DataDirectory;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * The commands of {@code palisade audit} that do something: each is on record itself. Those that
 * only look stand in {@link im.palisade.cli.AuditCommand}.
 */
final class AuditToolCommands {
  private AuditToolCommands() {}

  /** Puts them under {@code audit}. */
  static void addTo(CommandLine audit) {
    audit.addSubcommand(new Verify());
    audit.addSubcommand(new FsckLog());
    audit.addSubcommand(new ExportPack());
    audit.addSubcommand(new Prove());
    audit.addSubcommand(new PrintPage());
    audit.addSubcommand(new RotateKey());
    audit.addSubcommand(new AuditEpochCommand());
  }

  @Command(
      name = "verify",
      mixinStandardHelpOptions = true,
      description = {
        "Check every entry, signature, key, digest and epoch of the log.",
        "Exit codes: 0 good, 1 evidence of change, 2 incomplete, 3 cannot be read.",
        "An auditor uses palisade-verify with a key that came by another path."
      })
  static final class Verify extends AuditBody {
    @Option(
        names = "--key",
        paramLabel = "FILE|KEY",
        description = "verifier keys to trust (default: the log's own)")
    private Optional<String> key = Optional.empty();

    @Option(names = "--json", description = "for machines")
    private boolean json;

    @Override
    int run(AuditFolder where, PrintWriter out) throws IOException {
      VerifyOptions trust =
          where.trust(key, json ? new PrintWriter(System.err, true, StandardCharsets.UTF_8) : out);
      VerifyReport report = LogVerifier.verify(where.log(), trust);
      if (report.exitCode() != 0) {
        // A server may run; what was read while it was replaced may not fit together.
        report = LogVerifier.verify(where.log(), trust);
      }
      boolean good = report.exitCode() == 0 || report.exitCode() == 2;
      where.record(
          good ? "audit.verify" : "audit.verify.failed",
          good ? Outcome.SUCCESS : Outcome.FAILURE,
          "audit verify",
          Map.of("result", report.result(), "findings", report.findings().size()));
      out.print(json ? report.json() + "\n" : report.text());
      return report.exitCode();
    }
  }

  @Command(
      name = "fsck",
      mixinStandardHelpOptions = true,
      description = {
        "Check the log and, with --mend, make anew what follows from the rest: hash tiles, bundles",
        "that the journal still holds, the minimum index, the writer's own files. What was signed",
        "is never touched. Stop the server before you mend.",
        "Exit codes are those of verify."
      })
  static final class FsckLog extends AuditBody {
    @Option(
        names = "--key",
        paramLabel = "FILE|KEY",
        description = "verifier keys to trust (default: the log's own)")
    private Optional<String> key = Optional.empty();

    @Option(names = "--mend", description = "write the files that can be made anew")
    private boolean mend;

    @Override
    int run(AuditFolder where, PrintWriter out) throws IOException {
      VerifyOptions trust = where.trust(key, out);
      VerifyReport report;
      if (mend) {
        try (DataDirectory _ = DataDirectory.open(where.data())) {
          where.record(
              "shell.command",
              Outcome.SUCCESS,
              "audit fsck",
              Map.of("command", "audit fsck --mend"));
          Fsck.Result result = Fsck.mend(where.log().toString(), new DiskFiles(where.log()), trust);
          result.mended().forEach(file -> out.println("mended " + file));
          report = result.report();
        }
      } else {
        report = LogVerifier.verify(where.log(), trust);
      }
      out.print(report.text());
      return report.exitCode();
    }
  }

  @Command(
      name = "export-pack",
      mixinStandardHelpOptions = true,
      description = {
        "Write a pack of events with their proofs, for somebody to check elsewhere by",
        "palisade-verify verify-pack. Works beside a running server; the export is on record."
      })
  static final class ExportPack extends AuditBody {
    @Option(names = "--epoch", description = "epoch (default: the newest)")
    private Optional<Integer> epoch = Optional.empty();

    @Option(names = "--from", description = "first index (default: the lowest there is)")
    private Optional<Long> from = Optional.empty();

    @Option(names = "--to", description = "index behind the last (default: the end)")
    private Optional<Long> to = Optional.empty();

    @Option(
        names = "--index",
        paramLabel = "N",
        split = ",",
        description = "only these events, each with a proof of its own")
    private List<Long> indexes = List.of();

    @Option(names = "--query", description = "what was asked for, in words")
    private String query = "";

    @Option(names = "--requester", required = true, description = "who asked")
    private String requester = "";

    @Option(names = "--approver", required = true, description = "who allowed it")
    private String approver = "";

    @Option(
        names = "--previous",
        paramLabel = "FILE",
        description = "checkpoint of the pack before; the pack proves that it continues it")
    private Optional<Path> previous = Optional.empty();

    @Option(
        names = {"-o", "--output"},
        required = true,
        paramLabel = "FILE",
        description = "a new file")
    private Path output = Path.of("");

    @Override
    int run(AuditFolder where, PrintWriter out) throws IOException {
      if (Files.exists(output)) {
        throw new CliException(output + " is there already");
      }
      LogReader log = open(where, epoch);
      Optional<SignedNote> before = Optional.empty();
      if (previous.isPresent()) {
        before = Optional.of(SignedNote.parse(Files.readString(previous.get())));
      }
      Selection selection =
          indexes.isEmpty()
              ? new Selection.Range(from.orElse(log.minimum()), to.orElse(log.size()))
              : new Selection.Filtered(query, indexes.stream().sorted().distinct().toList());
      // On record before anything is written, as for every export.
      where.record(
          "audit.export",
          Outcome.INTENT,
          "audit export-pack",
          Map.of("requester", requester, "approver", approver, "query", query));
      Pack.Sealed sealed = write(where, log, before, selection);
      where.record(
          "audit.export",
          Outcome.SUCCESS,
          "audit export-pack",
          Map.of("events", sealed.events(), "manifest", sealed.manifestSha256()));
      out.printf(
          "wrote %s: %d events, manifest %s%n", output, sealed.events(), sealed.manifestSha256());
      return 0;
    }

    private Pack.Sealed write(
        AuditFolder where, LogReader log, Optional<SignedNote> before, Selection selection)
        throws IOException {
      boolean done = false;
      try (OutputStream file =
          new BufferedOutputStream(
              Files.newOutputStream(output, StandardOpenOption.CREATE_NEW), 1 << 16)) {
        Pack.Sealed sealed =
            Pack.write(
                file,
                log,
                "audit",
                Instant.now(),
                new Request(query, "", "", requester, approver),
                selection,
                new Pack.ExportKey(Ed25519Signer.unseal(where.signingKey()), OptionalLong.empty()),
                before,
                Map.of());
        done = true;
        return sealed;
      } finally {
        if (!done) {
          Files.deleteIfExists(output);
        }
      }
    }
  }

  @Command(
      name = "prove",
      mixinStandardHelpOptions = true,
      description = {
        "Write one event and the proof that it is in the log, to hand on: NAME.json and",
        "NAME.tlog-proof, checked by palisade-verify verify-proof."
      })
  static final class Prove extends AuditBody {
    @Option(names = "--index", required = true, paramLabel = "N", description = "its index")
    private long index;

    @Option(names = "--epoch", description = "epoch (default: the newest)")
    private Optional<Integer> epoch = Optional.empty();

    @Option(
        names = {"-o", "--output"},
        required = true,
        paramLabel = "NAME",
        description = "beginning of the names of the two files")
    private Path output = Path.of("");

    @Override
    int run(AuditFolder where, PrintWriter out) throws IOException {
      LogReader log = open(where, epoch);
      if (index < 0 || index >= log.size()) {
        throw new CliException(
            "there is no entry " + index + "; the checkpoint is of " + log.size() + " entries");
      }
      byte[] entry =
          log.entry(index)
              .orElseThrow(() -> new CliException("entry " + index + " has expired and is gone"));
      where.record("audit.query", Outcome.INTENT, "audit prove", Map.of("index", index));
      Path proof = output.resolveSibling(output.getFileName() + ".tlog-proof");
      Path event = output.resolveSibling(output.getFileName() + ".json");
      Files.writeString(proof, log.prove(index).toString());
      Files.write(event, entry);
      out.println("wrote " + event + " and " + proof);
      return 0;
    }
  }

  @Command(
      name = "print-page",
      mixinStandardHelpOptions = true,
      description = {
        "Write a page to print, sign and put away: the newest checkpoint as text and QR code.",
        "One HTML file. audit.anchor.pages has the server lay out such pages by itself."
      })
  static final class PrintPage extends AuditBody {
    @Option(
        names = {"-o", "--output"},
        required = true,
        paramLabel = "FILE",
        description = "a new file")
    private Path output = Path.of("");

    @Override
    int run(AuditFolder where, PrintWriter out) throws IOException {
      LogReader log = open(where, Optional.empty());
      Files.writeString(
          output,
          PaperPage.html(log.checkpoint(), Instant.now()),
          StandardOpenOption.CREATE_NEW,
          StandardOpenOption.WRITE);
      out.println("wrote " + output + ": checkpoint of " + log.size() + " entries");
      return 0;
    }
  }

  @Command(
      name = "rotate-key",
      mixinStandardHelpOptions = true,
      description = {
        "Let a new key sign the log. The old one vouches for it and signs beside it for a day;",
        "what it signed stays good. The server must be stopped; while it runs, the console does it."
      })
  static final class RotateKey extends AuditBody {
    @Override
    int run(AuditFolder where, PrintWriter out) throws IOException {
      out.println(
          KeyRotation.ofStopped(
                  where.data(),
                  where.log(),
                  where.region(),
                  CommandRecords.cause("audit rotate-key"),
                  Clock.systemUTC())
              .line());
      out.println("give this key line to your auditors; old proofs stay good");
      return 0;
    }
  }

  private static LogReader open(AuditFolder where, Optional<Integer> epoch) throws IOException {
    ReadOnlyDisk files = new ReadOnlyDisk(where.log());
    return epoch.isPresent() ? LogReader.open(files, epoch.get()) : LogReader.newest(files);
  }
}
