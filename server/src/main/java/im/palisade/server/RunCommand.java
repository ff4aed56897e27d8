package im.palisade.server;

import im.palisade.server.config.DataPath;
import im.palisade.server.config.DurableFiles;
import im.palisade.server.config.Settings;
import im.palisade.server.config.SettingsReference;
import im.palisade.server.config.StartException;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Runs the server until it is told to stop. */
@Command(
    name = "run",
    mixinStandardHelpOptions = true,
    description = "Starts the server and everything it needs; Ctrl-C stops it.")
final class RunCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description = "Where everything is kept; as root /var/lib/palisade unless given.")
  private Path data = DataPath.standard();

  @Option(
      names = "--config",
      paramLabel = "FILE",
      description = "Settings; DIR/palisade.yaml unless given.")
  private Optional<Path> config = Optional.empty();

  @Option(names = "--rest-port", paramLabel = "N", description = "rest.port; 0 takes a free one.")
  private Optional<Integer> restPort = Optional.empty();

  @Option(names = "--im-port", paramLabel = "N", description = "im.port; 0 takes a free one.")
  private Optional<Integer> imPort = Optional.empty();

  @Option(
      names = "--console-port",
      paramLabel = "N",
      description = "console.port; 0 takes a free one.")
  private Optional<Integer> consolePort = Optional.empty();

  @Option(
      names = "--set",
      paramLabel = "KEY=VALUE",
      description = "Any other setting; may be repeated.")
  private Map<String, String> overrides = new HashMap<>();

  @Override
  public Integer call() throws IOException, InterruptedException {
    Path file = config.orElse(data.resolve("palisade.yaml"));
    if (config.isPresent() && !Files.isReadable(file)) {
      throw new StartException("--config: " + file + " cannot be read");
    }
    restPort.ifPresent(port -> overrides.put("rest.port", port.toString()));
    imPort.ifPresent(port -> overrides.put("im.port", port.toString()));
    consolePort.ifPresent(port -> overrides.put("console.port", port.toString()));
    Settings settings = Settings.read(ServerSettings.ALL, file, System.getenv(), overrides);
    PalisadeServer server = PalisadeServer.start(data, settings, Clock.systemUTC());
    CountDownLatch stopped = new CountDownLatch(1);
    Runtime.getRuntime()
        .addShutdownHook(
            Thread.ofPlatform()
                .name("shutdown")
                .unstarted(
                    () -> {
                      server.close();
                      stopped.countDown();
                    }));
    if (config.isEmpty() && !Files.exists(file)) {
      DurableFiles.write(file, SettingsReference.yaml(ServerSettings.ALL), "rw-------");
    }
    greet(server.facts(), file);
    stopped.await();
    return 0;
  }

  private void greet(PalisadeServer.Facts facts, Path settingsFile) {
    String palisade = quoted(System.getProperty("palisade.command", "./palisade"));
    String sig = palisade + " sig " + quoted(facts.administrator()) + dataOption();
    PrintWriter out = spec.commandLine().getOut();
    out.printf(
        """

        Palisade is ready.
          REST      %s/v4/
          clients   %s
          console   %s/console/
        %s  app       SDKAppID %d, administrator "%s"
          key       in %s (for your eyes only)
          settings  %s

        Create a user, then talk to each other in two terminals:
          curl -s "%s/v4/im_open_login_svc/account_import?sdkappid=%d&identifier=%s&usersig=$(%s)&random=1&contenttype=json" -d '{"UserID":"alice","Nick":"Alice"}'
          %s chat bob --to alice%s
          %s chat alice --to bob%s

        """,
        facts.restUrl(),
        facts.imUrl(),
        facts.consoleUrl(),
        facts.chatUrl().map(url -> "  chat      " + url + "\n").orElse(""),
        facts.app().appId(),
        facts.administrator(),
        facts.connectionFile(),
        settingsFile,
        facts.restUrl(),
        facts.app().appId(),
        facts.administrator(),
        sig,
        palisade,
        dataOption(),
        palisade,
        dataOption());
    facts
        .firstAdministratorLink()
        .ifPresent(
            link ->
                out.printf(
                    """
                    The console has no administrator yet. This link makes the first one, once:
                      %s

                    """,
                    link));
    out.flush();
  }

  private String dataOption() {
    return data.equals(DataPath.standard()) ? "" : " --data " + quoted(data.toString());
  }

  /** The word as a shell reads it back. */
  static String quoted(String word) {
    return word.matches("[A-Za-z0-9_./@%+=:,-]+") ? word : "'" + word.replace("'", "'\\''") + "'";
  }
}
