package im.palisade.compliance.cli;

import im.palisade.compliance.bench.AuditLogBench;
import im.palisade.compliance.bench.ProofBench;
import im.palisade.compliance.bench.VerifyBench;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Measures the log on this machine; the folder is filled and not removed. */
@Command(
    name = "bench",
    mixinStandardHelpOptions = true,
    description = "Measure appending, proofs and verification on this machine.",
    subcommands = {
      BenchCommand.Append.class,
      BenchCommand.Proof.class,
      BenchCommand.Verification.class
    })
final class BenchCommand {
  @Command(
      name = "append",
      mixinStandardHelpOptions = true,
      description = "Events a second that become durable in an empty folder.")
  static final class Append implements Callable<Integer> {
    @Parameters(paramLabel = "DIR", description = "An empty folder.")
    Path folder;

    @Option(names = "--writers", description = "Default 32.")
    int writers = 32;

    @Option(names = "--window", description = "Unanswered events of each writer; default 64.")
    int window = 64;

    @Option(names = "--seconds", description = "Default 20.")
    long seconds = 20;

    @Override
    public Integer call() throws Exception {
      AuditLogBench.run(folder, writers, window, seconds);
      return 0;
    }
  }

  @Command(
      name = "proof",
      mixinStandardHelpOptions = true,
      description = "Milliseconds for a proof out of hash tiles of a log made up for it.")
  static final class Proof implements Callable<Integer> {
    @Parameters(paramLabel = "DIR", description = "An empty folder; 32 bytes for each leaf.")
    Path folder;

    @Option(names = "--leaves", description = "Default 100 million.")
    long leaves = 100_000_000;

    @Option(names = "--proofs", description = "Default 2000.")
    int proofs = 2000;

    @Override
    public Integer call() throws Exception {
      ProofBench.run(folder, leaves, proofs);
      return 0;
    }
  }

  @Command(
      name = "verify",
      mixinStandardHelpOptions = true,
      description = "Leaves a second in a verification of a log, such as bench append made.")
  static final class Verification implements Callable<Integer> {
    @Parameters(paramLabel = "DIR", description = "Folder of a log.")
    Path folder;

    @Override
    public Integer call() {
      VerifyBench.run(folder);
      return 0;
    }
  }
}
