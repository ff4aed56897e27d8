package im.palisade.cli;

import im.palisade.client.ImLogin;
import java.io.BufferedReader;
import java.io.Console;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.ZoneId;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/**
 * {@code palisade chat USER}: a terminal client. It signs its own UserSig, so it is for whoever may
 * read the app's secret key: administrators and newcomers, not end users.
 */
@Command(
    name = "chat",
    mixinStandardHelpOptions = true,
    description = {
      "Chat in the terminal as USER, over the same protocol as every client.",
      "Reads lines from standard input when it is not a terminal: echo hi | palisade chat alice"
          + " --to bob"
    })
public final class ChatCommand implements Callable<Integer> {
  private static final Duration SIG_VALIDITY = Duration.ofDays(1);

  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "USER", description = "UserID to chat as; created at its first login")
  private String user = "";

  @Option(names = "--to", paramLabel = "USER", description = "whom to talk to")
  private Optional<String> peer = Optional.empty();

  @Mixin private DataOption data = new DataOption();

  @ArgGroup(exclusive = false, heading = "A server elsewhere:%n")
  private Elsewhere elsewhere; // null unless one of its options was given

  private static final class Elsewhere {
    @Option(
        names = "--url",
        required = true,
        paramLabel = "ws://HOST:PORT/im",
        description = "address of the access gateway")
    private URI url = URI.create("");

    @Option(names = "--sdk-app-id", required = true, paramLabel = "ID", description = "SDKAppID")
    private long sdkAppId;

    @Option(
        names = "--secret-key",
        required = true,
        interactive = true,
        arity = "0",
        echo = false,
        description = "ask for the app's secret key, which would be seen on a command line")
    private String secretKey = "";
  }

  private record Target(URI url, long sdkAppId, String secretKey) {}

  @Override
  public Integer call() throws Exception {
    return CliException.orExplain(spec, this::chat);
  }

  private int chat() throws IOException, InterruptedException {
    try (ChatSession session =
        new ChatSession(user, this::entrance, openScreen(), Clock.system(ZoneId.systemDefault()))) {
      return session.run(peer);
    }
  }

  private Target target() {
    return Optional.ofNullable(elsewhere)
        .map(e -> new Target(e.url, e.sdkAppId, e.secretKey))
        .orElseGet(
            () -> {
              ConnectionFile local = ConnectionFile.read(data.resolve());
              return new Target(local.imUrl(), local.sdkAppId(), local.secretKey());
            });
  }

  private ChatLink.Entrance entrance() {
    Target target = target();
    String sig = ConnectionFile.sign(target.sdkAppId(), target.secretKey(), user, SIG_VALIDITY);
    return new ChatLink.Entrance(
        target.url(), new ImLogin(target.sdkAppId(), user, sig, "linux", deviceId()));
  }

  /** The same for every run of this person on this machine, and no clue to either. */
  private static String deviceId() {
    String installation = System.getProperty("user.name") + "@" + System.getProperty("user.home");
    return "chat-" + UUID.nameUUIDFromBytes(installation.getBytes(StandardCharsets.UTF_8));
  }

  private static Screen openScreen() throws IOException {
    // JDK 25 returns null when either side is a pipe; other console providers say so themselves.
    return Optional.ofNullable(System.console()).map(Console::isTerminal).orElse(false)
        ? new TerminalScreen()
        : new PlainScreen(
            new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8)),
            new PrintStream(
                new FileOutputStream(FileDescriptor.out), false, StandardCharsets.UTF_8));
  }
}
