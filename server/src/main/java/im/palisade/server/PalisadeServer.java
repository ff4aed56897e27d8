package im.palisade.server;

import im.palisade.server.account.AccountService;
import im.palisade.server.account.LoginJournal;
import im.palisade.server.admin.door.AdminServer;
import im.palisade.server.admin.door.AdminTable;
import im.palisade.server.app.App;
import im.palisade.server.app.AppService;
import im.palisade.server.audit.Cause;
import im.palisade.server.auditlog.AuditLogFeature;
import im.palisade.server.auditlog.care.AuditCare;
import im.palisade.server.callback.CallbackService;
import im.palisade.server.config.LoggingSettings;
import im.palisade.server.config.Settings;
import im.palisade.server.demo.DemoFeature;
import im.palisade.server.gateway.CommandTable;
import im.palisade.server.gateway.Gateway;
import im.palisade.server.jobs.JobRunner;
import im.palisade.server.moderation.ReviewService;
import im.palisade.server.rest.EndpointTable;
import im.palisade.server.rest.RestServer;
import im.palisade.server.security.TlsSettings;
import im.palisade.server.store.AuditSummary;
import im.palisade.server.store.Regions;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * A whole server: every part made once, handed to those that need it, started from the ground up
 * and stopped in the opposite order.
 */
public final class PalisadeServer implements AutoCloseable {
  private static final Duration DRAIN = Duration.ofSeconds(5);

  private final Parts parts = new Parts();
  private volatile boolean draining;
  private Ground ground;
  private Features features;
  private Operation operation;
  private Tables tables;
  private Facts facts;

  /** Where a started server is to be reached. */
  public record Facts(
      String restUrl,
      String imUrl,
      Optional<String> chatUrl,
      String consoleUrl,
      Optional<String> firstAdministratorLink,
      App app,
      String administrator,
      Path connectionFile) {}

  private PalisadeServer() {}

  /**
   * Starts a server; it is ready when this returns.
   *
   * @param dataDirectory where everything is kept
   * @throws im.palisade.server.config.SettingException naming the setting that is wrong
   * @throws im.palisade.server.config.StartException for any other reason an operator can act on
   */
  public static PalisadeServer start(Path dataDirectory, Settings settings, Clock clock) {
    PalisadeServer server = new PalisadeServer();
    boolean done = false;
    try {
      server.startParts(dataDirectory, settings, clock);
      done = true;
      return server;
    } finally {
      if (!done) {
        server.close();
      }
    }
  }

  private void startParts(Path dataDirectory, Settings all, Clock clock) {
    Logging.configure(LoggingSettings.from(all));
    GivenSettings settings = GivenSettings.from(all);
    ground = new Ground(dataDirectory, settings, parts, clock);
    features = new Features(ground, settings, () -> facts.restUrl(), parts, clock);
    operation =
        new Operation(ground, features, settings, ground.readiness(() -> draining), parts, clock);
    App trial =
        new TrialApp(features.apps, features.accounts).ensure(Cause.system(clock.instant()));
    settings
        .trialWebhook()
        .apply(features.callbacks.service(), trial, Cause.system(clock.instant()));
    tables = Tables.of(ground, features, settings, clock);
    facts = open(settings, trial, clock);
  }

  /** Lets callers in: only now, when whatever they may ask for is there. */
  private Facts open(GivenSettings settings, App trial, Clock clock) {
    Gateway gateway =
        new Gateway(
            settings.gateway(),
            features.signOn,
            tables.commands(),
            features.sessions,
            List.of(
                features.presence,
                features.statuses,
                features.signOn.recheck(),
                features.pushes.sessionListener(),
                features.statistics,
                features.groups.sessionListener(),
                features.groups.topicOptions(),
                features.groups.presenceListener(),
                features.liveRooms.rooms(),
                features.callbacks.states()),
            new LoginJournal(ground.journal, ground.refusals, features.apps, clock),
            () -> ground.imTls.map(material -> material.netty().get()),
            ground.metrics.registry());
    int imPort = gateway.start();
    parts.add("gateway", () -> gateway.stop(DRAIN));
    RestServer rest =
        new RestServer(
            settings.rest(),
            ground.transport,
            tables.endpoints(),
            features.signOn,
            features.apps::find,
            ground.readiness(() -> draining),
            ground.refusals,
            ground.metrics,
            clock);
    rest.tellOfRates(features.callbacks.rates());
    DemoFeature demo =
        new DemoFeature(
            settings.demo(),
            settings.database().url().isEmpty(),
            TlsSettings.isLoopback("rest.host", settings.rest().host())
                && TlsSettings.isLoopback("im.host", settings.gateway().host()),
            () -> features.apps.find(trial.appId()),
            imPort,
            ground.imTls.isPresent(),
            () -> settings.files().publicUrl().orElseGet(() -> facts.restUrl()),
            clock);
    demo.site().ifPresent(rest::serve);
    int restPort = rest.serve(features.archive.route()).serve(features.files.route()).start();
    parts.add("rest", () -> rest.stop(DRAIN));
    AdminServer console = operation.admin.server(ground.transport);
    int consolePort = console.start();
    parts.add("console", console::stop);
    features.callbacks.start();
    operation.jobs.start();

    ConnectionFile connection = new ConnectionFile(ground.directory.root());
    String restScheme = ground.restTls.isPresent() ? "https" : "http";
    String imScheme = ground.imTls.isPresent() ? "wss" : "ws";
    String restUrl = restScheme + "://" + reachable(settings.rest().host()) + ":" + restPort;
    String imUrl = imScheme + "://" + reachable(settings.gateway().host()) + ":" + imPort + "/im";
    String administrator =
        trial.administrators().stream().sorted().findFirst().orElse(TrialApp.ADMINISTRATOR);
    connection.write(restUrl, imUrl, trial, administrator);
    parts.add("connection file", connection::delete);
    Optional<String> chatUrl = demo.path().map(path -> restUrl + path);
    String consoleUrl =
        restScheme + "://" + reachable(settings.console().host()) + ":" + consolePort;
    Optional<String> link = operation.admin.first().invite(consoleUrl);
    return new Facts(
        restUrl, imUrl, chatUrl, consoleUrl, link, trial, administrator, connection.path());
  }

  /** Where the server is to be reached. */
  public Facts facts() {
    return facts;
  }

  /** Every REST endpoint. */
  public EndpointTable endpoints() {
    return tables.endpoints();
  }

  /** Every call of the console. */
  public AdminTable adminTable() {
    return operation.admin.table();
  }

  /** Every client command. */
  public CommandTable commands() {
    return tables.commands();
  }

  /** Every job. */
  public JobRunner jobs() {
    return operation.jobs;
  }

  /** Apps, for the command line and the console. */
  public AppService apps() {
    return features.apps;
  }

  /** Accounts, for the command line and the console. */
  public AccountService accounts() {
    return features.accounts;
  }

  /** Webhooks, for the console. */
  public CallbackService webhooks() {
    return features.callbacks.service();
  }

  /** Messages somebody should look at, for the console. */
  public ReviewService reviews() {
    return features.moderation.reviews();
  }

  /** The audit logs, to be read. */
  public AuditLogFeature audit() {
    return ground.audit;
  }

  /** How the audit logs are looked after. */
  public AuditCare auditCare() {
    return ground.care;
  }

  /** What is counted before it goes on record. */
  public AuditSummary summaries() {
    return ground.summaries;
  }

  /** The stores. */
  public Regions regions() {
    return ground.regions;
  }

  /** Stops in the opposite order: not ready, drain, close clients with 1012, write what is left. */
  @Override
  public void close() {
    draining = true;
    parts.close();
  }

  /** An address that a client on this machine can connect to. */
  private static String reachable(String host) {
    if (host.equals("0.0.0.0") || host.equals("::")) {
      return "127.0.0.1";
    }
    return host.contains(":") ? "[" + host + "]" : host;
  }
}
