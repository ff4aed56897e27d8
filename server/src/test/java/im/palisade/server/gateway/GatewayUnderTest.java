package im.palisade.server.gateway;

import im.palisade.server.app.App;
import im.palisade.server.app.AppSettings;
import im.palisade.server.app.MultiLogin;
import im.palisade.server.app.Principal;
import im.palisade.server.app.SignOn;
import im.palisade.server.audit.AuditDeclaration;
import im.palisade.server.protocol.ErrorCode;
import im.palisade.server.protocol.ImException;
import im.palisade.server.protocol.Json;
import im.palisade.server.security.AddressBlock;
import io.netty.handler.ssl.SslContext;
import io.prometheus.client.CollectorRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/** A real gateway on a free port, with a sign-on that knows the signatures below. */
final class GatewayUnderTest implements AutoCloseable {
  static final long APP = 1_400_000_001L;
  static final String GOOD = "good";
  static final String BAD = "bad";

  /** A signature that is good until the second that follows. */
  static final String UNTIL = "until:";

  static final GatewaySettings SETTINGS =
      new GatewaySettings(
          "127.0.0.1",
          0,
          2,
          Duration.ofSeconds(30),
          Duration.ofSeconds(10),
          0,
          200,
          1 << 20,
          Duration.ofSeconds(10),
          1000,
          List.of());

  final SessionDirectory directory = new SessionDirectory();
  final CollectorRegistry metrics = new CollectorRegistry();
  final List<String> happenings = new CopyOnWriteArrayList<>();
  final List<String> audited = new CopyOnWriteArrayList<>();

  /** Done before each login's reply. */
  volatile Consumer<Session> entering = session -> {};

  final Gateway gateway;
  final int port;
  private final Map<String, Long> accounts = new ConcurrentHashMap<>();
  private volatile AppSettings appSettings = AppSettings.DEFAULT;

  private GatewayUnderTest(
      GatewaySettings settings, List<Command> commands, Optional<SslContext> tls) {
    List<Command> all = new ArrayList<>(commands);
    all.add(command("echo", call -> call.reply(call.data())));
    gateway =
        new Gateway(
            settings,
            new TestSignOn(),
            new CommandTable(all),
            directory,
            List.of(new Listener()),
            new Audit(),
            () -> tls,
            metrics);
    port = gateway.start();
  }

  static GatewayUnderTest start(Command... commands) {
    return start(it -> it, commands);
  }

  static GatewayUnderTest start(UnaryOperator<Knobs> change, Command... commands) {
    return new GatewayUnderTest(
        change.apply(new Knobs(SETTINGS)).settings(), List.of(commands), Optional.empty());
  }

  static GatewayUnderTest startOnPort(int port) {
    GatewaySettings s = SETTINGS;
    return new GatewayUnderTest(
        new GatewaySettings(
            s.host(),
            port,
            s.eventLoops(),
            s.heartbeat(),
            s.loginTimeout(),
            s.framesPerSecond(),
            s.frameBurst(),
            s.outboundHighWater(),
            s.slowReaderTimeout(),
            s.maxConnections(),
            List.of()),
        List.of(),
        Optional.empty());
  }

  static GatewayUnderTest startTls(SslContext tls) {
    return startTls(it -> it, tls);
  }

  static GatewayUnderTest startTls(UnaryOperator<Knobs> change, SslContext tls) {
    return new GatewayUnderTest(
        change.apply(new Knobs(SETTINGS)).settings(), List.of(), Optional.of(tls));
  }

  static Command command(String name, CommandHandler handler) {
    return Command.of(name, ErrorCode.MESSAGE_INVALID)
        .handledBy(AuditDeclaration.none("a test"), handler);
  }

  void multiLogin(MultiLogin rule) {
    appSettings = AppSettings.parse(Json.object().putPOJO("multiLogin", rule).toString());
  }

  long accountId(String userId) {
    return accounts.computeIfAbsent(userId, u -> accounts.size() + 1L);
  }

  double metric(String name, String... labelsAndValues) {
    int half = labelsAndValues.length / 2;
    String[] labels = new String[half];
    String[] values = new String[half];
    for (int i = 0; i < half; i++) {
      labels[i] = labelsAndValues[2 * i];
      values[i] = labelsAndValues[2 * i + 1];
    }
    Double value = metrics.getSampleValue("palisade_gateway_" + name, labels, values);
    return value == null ? 0 : value;
  }

  @Override
  public void close() {
    gateway.stop(Duration.ofSeconds(1));
  }

  /** Changes to the settings, by name. */
  record Knobs(GatewaySettings settings) {
    Knobs heartbeat(int millis) {
      return with(millis, 0, 0, 0, 0, 0, 0);
    }

    Knobs loginTimeout(int millis) {
      return with(0, millis, 0, 0, 0, 0, 0);
    }

    Knobs rate(int perSecond, int burst) {
      return with(0, 0, perSecond, burst, 0, 0, 0);
    }

    Knobs outbound(int highWater, int timeoutMillis) {
      return with(0, 0, 0, 0, highWater, timeoutMillis, 0);
    }

    Knobs maxConnections(int most) {
      return with(0, 0, 0, 0, 0, 0, most);
    }

    Knobs balancers(AddressBlock... blocks) {
      GatewaySettings s = settings;
      return new Knobs(
          new GatewaySettings(
              s.host(),
              s.port(),
              s.eventLoops(),
              s.heartbeat(),
              s.loginTimeout(),
              s.framesPerSecond(),
              s.frameBurst(),
              s.outboundHighWater(),
              s.slowReaderTimeout(),
              s.maxConnections(),
              List.of(blocks)));
    }

    private Knobs with(
        int heartbeat, int login, int rate, int burst, int highWater, int slow, int connections) {
      GatewaySettings s = settings;
      return new Knobs(
          new GatewaySettings(
              s.host(),
              s.port(),
              s.eventLoops(),
              heartbeat == 0 ? s.heartbeat() : Duration.ofMillis(heartbeat),
              login == 0 ? s.loginTimeout() : Duration.ofMillis(login),
              rate == 0 ? s.framesPerSecond() : rate,
              burst == 0 ? s.frameBurst() : burst,
              highWater == 0 ? s.outboundHighWater() : highWater,
              slow == 0 ? s.slowReaderTimeout() : Duration.ofMillis(slow),
              connections == 0 ? s.maxConnections() : connections,
              s.balancers()));
    }
  }

  private final class TestSignOn implements SignOn {
    @Override
    public Principal verify(App app, String userId, String userSig, String address) {
      throw new UnsupportedOperationException("REST only");
    }

    @Override
    public Principal login(long sdkAppId, String userId, String userSig, String address) {
      if (sdkAppId != APP) {
        throw new ImException(ErrorCode.APP_INVALID);
      }
      if (userSig.equals(BAD)) {
        throw new ImException(ErrorCode.SIG_MISMATCH);
      }
      long expires =
          userSig.startsWith(UNTIL)
              ? Long.parseLong(userSig.substring(UNTIL.length()))
              : Long.MAX_VALUE;
      App app =
          new App(APP, "test", App.Status.ACTIVE, "default", appSettings, List.of(), Set.of());
      return new Principal(app, accountId(userId), userId, "usr_" + userId, 0, expires);
    }
  }

  private final class Listener implements SessionListener {
    @Override
    public void entering(Session session) {
      entering.accept(session);
    }

    @Override
    public void opened(Session session, List<Session> kicked) {
      happenings.add(
          "opened "
              + session.deviceId()
              + (kicked.isEmpty() ? "" : " kicking ")
              + String.join(",", kicked.stream().map(Session::deviceId).toList()));
    }

    @Override
    public void closed(Session session, CloseCause cause) {
      happenings.add("closed " + session.deviceId() + " " + cause);
    }
  }

  private final class Audit implements LoginAudit {
    @Override
    public void loggedOut(Session session) {}

    @Override
    public void accepted(Session session) {
      audited.add("accepted " + session.principal().userId() + " " + session.address());
    }

    @Override
    public void refused(long sdkAppId, String userId, String address, int code) {
      audited.add("refused " + sdkAppId + " " + userId + " " + address + " " + code);
    }

    @Override
    public void kicked(Session session, KickReason reason) {
      audited.add("kicked " + session.deviceId() + " " + reason.wireName());
    }
  }
}
