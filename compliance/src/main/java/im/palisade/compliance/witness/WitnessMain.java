package im.palisade.compliance.witness;

import im.palisade.compliance.checkpoint.Ed25519Signer;
import im.palisade.compliance.checkpoint.VerifierKey;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The witness that an auditor runs on a machine of their own. */
@Command(
    name = "palisade-witness",
    mixinStandardHelpOptions = true,
    description = {
      "Cosigns checkpoints of audit logs, as long as each continues the one before.",
      "Give the log's operator the printed key and this machine's address."
    })
public final class WitnessMain implements Callable<Integer> {
  private static final int EX_USAGE = 64;

  @Option(
      names = "--data",
      required = true,
      paramLabel = "DIR",
      description =
          "Where it keeps its key and what it has cosigned. Keep it: a witness that"
              + " forgets can be deceived.")
  private Path data = Path.of("");

  @Option(names = "--name", required = true, description = "Its name, e.g. auditor.example/w1.")
  private String name = "";

  @Option(
      names = "--log",
      required = true,
      paramLabel = "KEY",
      description = "Verifier key line of a log to watch, from another path than the log.")
  private List<String> logs = new ArrayList<>();

  @Option(names = "--listen", description = "Address; default 127.0.0.1.")
  private String address = "127.0.0.1";

  @Option(names = "--port", description = "Port; default 8710.")
  private int port = 8710;

  @Spec private CommandSpec spec;

  /** Runs it. */
  public static void main(String[] args) {
    CommandLine line = new CommandLine(new WitnessMain());
    line.getCommandSpec().exitCodeOnInvalidInput(EX_USAGE);
    System.exit(line.execute(args));
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    List<VerifierKey> keys = logs.stream().map(VerifierKey::parse).toList();
    Files.createDirectories(data);
    Path keyFile = data.resolve("key");
    if (!Files.exists(keyFile)) {
      Ed25519Signer.generate(name).seal(keyFile);
    }
    Witness witness =
        new Witness(data, name, Ed25519Signer.unseal(keyFile), keys, InstantSource.system());
    try (WitnessServer server = new WitnessServer(witness, new InetSocketAddress(address, port))) {
      spec.commandLine().getOut().println("key " + witness.verifierKey().line());
      spec.commandLine().getOut().println("listening at " + address + ":" + server.port());
      spec.commandLine().getOut().flush();
      CountDownLatch end = new CountDownLatch(1);
      Runtime.getRuntime().addShutdownHook(new Thread(end::countDown));
      end.await();
    }
    return 0;
  }
}
