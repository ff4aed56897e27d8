package im.palisade.server.rest;

import im.palisade.server.app.App;
import im.palisade.server.app.AppSettings;
import im.palisade.server.app.Principal;
import im.palisade.server.app.SignOn;
import im.palisade.server.audit.AuditDeclaration;
import im.palisade.server.metrics.Metrics;
import im.palisade.server.protocol.ErrorCode;
import im.palisade.server.protocol.ImException;
import im.palisade.server.protocol.Json;
import im.palisade.server.security.AddressBlock;
import im.palisade.server.security.TlsSettings;
import im.palisade.server.security.TransportSecurity;
import im.palisade.server.store.StoreException;
import im.palisade.server.testing.LoggedErrors;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;

/** A REST server of its own with a few commands, apps in a map and a sign-on that knows one sig. */
final class RestFixture implements AutoCloseable {
  static {
    LoggedErrors.expect("to profile/broken failed");
    LoggedErrors.expect("unknown_outcome failed in the store");
  }

  static final long APP = 1400000001L;
  static final String SIG = "eJw*good-sig_";

  static final Field<String> TEXT =
      Field.text("Text", 20, "What to say.")
          .alias("OldText")
          .required(ErrorCode.MSG_BODY_MALFORMED)
          .whenOutOfRange(ErrorCode.MESSAGE_TOO_LONG_REST);
  static final Field<Long> RANDOM =
      Field.u32("MsgRandom", "Anything.").strict().whenWrong(ErrorCode.MSG_RANDOM_INVALID);
  static final Field<List<String>> ACCOUNTS =
      Field.userIds("To_Account", 1, 3, "Whom.").orOne().whenTooMany(ErrorCode.TOO_MANY_TARGETS);

  /** Released when a call of {@code openim/wait} may end. */
  final CountDownLatch released = new CountDownLatch(1);

  final CountDownLatch waiting = new CountDownLatch(1);
  final Map<Long, App> apps = new ConcurrentHashMap<>();
  final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 5);
  final Metrics metrics = new Metrics();
  final Queue<RefusalAudit.RefusedCall> refusals = new ConcurrentLinkedQueue<>();
  final Queue<RefusalAudit.LimitedCall> limited = new ConcurrentLinkedQueue<>();
  volatile List<Readiness.Check> checks = List.of(Readiness.Check.ok("database"));
  final RestServer server;
  final int port;

  RestFixture() {
    this(settings());
  }

  RestFixture(RestSettings settings) {
    this(settings, TransportSecurity.load(TlsSettings.none()));
  }

  RestFixture(RestSettings settings, TransportSecurity security) {
    put(AppSettings.DEFAULT);
    server =
        new RestServer(
            settings,
            security,
            new EndpointTable(endpoints()),
            signOn(),
            id -> Optional.ofNullable(apps.get(id)),
            () -> checks,
            new RefusalAudit() {
              @Override
              public void refused(RefusedCall call) {
                refusals.add(call);
              }

              @Override
              public void limited(LimitedCall call) {
                limited.add(call);
              }
            },
            metrics,
            Clock.systemUTC(),
            nanos::get);
    port = server.start();
  }

  static RestSettings settings() {
    return new RestSettings(
        "127.0.0.1",
        0,
        100,
        100,
        Duration.ofSeconds(30),
        List.of(),
        List.of(AddressBlock.parse("127.0.0.0/8")),
        true,
        List.of());
  }

  void put(AppSettings settings) {
    put(settings, App.Status.ACTIVE);
  }

  void put(AppSettings settings, App.Status status) {
    apps.put(
        APP,
        new App(
            APP,
            "test",
            status,
            "default",
            settings,
            List.of(),
            Set.of("administrator", "管理 员+", "admin_2")));
  }

  /** Path and query of a call that passes. */
  static String path(String command) {
    return "/v4/"
        + command
        + "?sdkappid="
        + APP
        + "&identifier=administrator&usersig="
        + SIG
        + "&random=1&contenttype=json";
  }

  private static SignOn signOn() {
    return new SignOn() {
      @Override
      public Principal verify(App app, String userId, String userSig, String address) {
        if (!userSig.equals(SIG)) {
          throw new ImException(ErrorCode.SIG_MISMATCH);
        }
        return new Principal(app, 7, userId, "usr_" + userId.length(), 0, Long.MAX_VALUE);
      }

      @Override
      public Principal login(long sdkAppId, String userId, String userSig, String address) {
        throw new IllegalStateException("REST does not log in");
      }
    };
  }

  private List<Endpoint> endpoints() {
    AuditDeclaration none = AuditDeclaration.none("a test");
    return List.of(
        Endpoint.of("openim", "echo", Family.MESSAGE)
            .fields(TEXT, RANDOM, ACCOUNTS)
            .aliases("old_svc/echo")
            .handledBy(none, RestFixture::echo),
        Endpoint.of("openim", "rare", Family.MESSAGE)
            .callsPerSecond(2)
            .whenTooFrequent(ErrorCode.LOGIN_TOO_FREQUENT)
            .handledBy(none, _ -> RestReply.ok()),
        Endpoint.of("openim", "succeed", Family.MESSAGE)
            .handledBy(none, _ -> RestReply.ok().withErrorInfo("succeed")),
        Endpoint.of("openim", "some", Family.MESSAGE)
            .handledBy(none, _ -> RestReply.ok().withActionStatus("SomeError")),
        Endpoint.of("openim", "verdict", Family.MESSAGE)
            .handledBy(
                none,
                _ -> {
                  throw new ImException(120_077, "the app says no");
                }),
        Endpoint.of("openim", "wait", Family.MESSAGE).handledBy(none, this::await),
        Endpoint.of("openim", "unknown_outcome", Family.MESSAGE)
            .handledBy(
                none,
                _ -> {
                  throw new StoreException("lost", new SQLException("gone"), true);
                }),
        Endpoint.of("profile", "broken", Family.PROFILE)
            .handledBy(
                none,
                _ -> {
                  throw new IllegalStateException("secret detail of the inside");
                }),
        Endpoint.of("im_open_login_svc", "check", Family.LOGIN)
            .handledBy(none, _ -> RestReply.ok()));
  }

  private static RestReply echo(RestCall call) {
    var reply = Json.object();
    reply.put("Text", call.get(TEXT));
    reply.put("MsgRandom", call.find(RANDOM).orElse(-1L));
    reply.put("To", call.find(ACCOUNTS).orElse(List.of()).size());
    reply.put("By", call.administrator().userId());
    reply.put("From", call.remoteAddress());
    reply.put("Bytes", call.body().toString().getBytes(StandardCharsets.UTF_8).length);
    return RestReply.ok(reply);
  }

  private RestReply await(RestCall call) {
    waiting.countDown();
    try {
      released.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ImException(
          call.app().isActive() ? ErrorCode.MESSAGE_TIMEOUT : ErrorCode.OVERLOADED);
    }
    return RestReply.ok();
  }

  @Override
  public void close() {
    released.countDown();
    server.stop(Duration.ofSeconds(1));
  }
}
