package im.palisade.server.testing;

import im.palisade.compliance.audit.AuditEventCatalogue;
import im.palisade.compliance.audit.AuditEventType;
import im.palisade.server.PalisadeServer;
import im.palisade.server.ServerSettings;
import im.palisade.server.account.AccountImport;
import im.palisade.server.app.App;
import im.palisade.server.app.AppSettings;
import im.palisade.server.audit.Cause;
import im.palisade.server.config.Settings;
import im.palisade.server.store.Regions;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * The one real server of a test JVM: embedded database, REST, gateway, in a temporary folder on
 * free ports. Each test takes an app of its own from it, so tests run side by side in any order.
 */
public final class TestServer {
  private static final String ADMINISTRATOR = "administrator";

  private static final String EVERY_OPTIONAL_EVENT =
      AuditEventCatalogue.shipped().all().stream()
          .filter(type -> !type.mandatory())
          .map(AuditEventType::id)
          .collect(Collectors.joining(","));

  private final PalisadeServer server;

  private TestServer(PalisadeServer server) {
    this.server = server;
  }

  /** The shared server, started when first asked for and stopped with the JVM. */
  public static TestServer shared() {
    return Shared.SERVER;
  }

  /** Starts a server of a test's own; whoever starts it closes it. */
  public static PalisadeServer start(Path dataDirectory, Map<String, String> overrides) {
    return start(dataDirectory, overrides, Clock.systemUTC());
  }

  /** Starts a server of a test's own by a clock of the test's own. */
  public static PalisadeServer start(
      Path dataDirectory, Map<String, String> overrides, Clock clock) {
    Map<String, String> all = new HashMap<>();
    all.put("rest.port", "0");
    all.put("im.port", "0");
    all.put("console.port", "0");
    all.put("console.second-factor", "optional");
    all.put("database.embedded.buffer-pool", "64MiB");
    all.put("database.embedded.redo-log", "32MiB");
    // Many tests at once, each as busy as a client that does nothing else.
    all.put("database.pool-size", "24");
    all.put("webhook.allowed-networks", "127.0.0.0/8,::1");
    for (String listener : List.of("rest", "im", "console")) {
      all.put(listener + ".proxy-protocol-from", TestBalancer.NETWORK);
    }
    all.putAll(overrides);
    Settings settings =
        Settings.read(ServerSettings.ALL, dataDirectory.resolve("palisade.yaml"), Map.of(), all);
    return PalisadeServer.start(dataDirectory, settings, clock);
  }

  /** The server itself, for what is not visible over its sockets. */
  public PalisadeServer server() {
    return server;
  }

  /** A new app with a key and an administrator, alike to what a first start makes. */
  public TestApp newApp() {
    return newApp(AppSettings.DEFAULT);
  }

  /** A new app with these settings. */
  public TestApp newApp(AppSettings settings) {
    return newApp(server, settings);
  }

  static TestApp newApp(PalisadeServer server, AppSettings settings) {
    Cause cause = Cause.system(Instant.now());
    long firstLeaf = AuditLeaves.size(server);
    App app = server.apps().create("test", Regions.HOME, settings, cause);
    server
        .accounts()
        .importAccount(app, AccountImport.of(ADMINISTRATOR), cause.within(app.appId()));
    server.apps().addAdministrator(app.appId(), ADMINISTRATOR, cause);
    return TestApp.fresh(server, app.appId(), ADMINISTRATOR, firstLeaf);
  }

  private static final class Shared {
    static final TestServer SERVER = start();

    private static TestServer start() {
      Path folder = TestDatabase.newDirectory();
      PalisadeServer server =
          TestServer.start(folder.resolve("data"), Map.of("audit.optional", EVERY_OPTIONAL_EVENT));
      TestDatabase.closeAtEnd(server);
      return new TestServer(server);
    }
  }
}
