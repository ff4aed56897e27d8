package im.palisade.server.rest;

import im.palisade.server.app.App;
import im.palisade.server.app.SignOn;
import im.palisade.server.config.SettingException;
import im.palisade.server.metrics.Metrics;
import im.palisade.server.protocol.ErrorCode;
import im.palisade.server.security.TransportSecurity;
import io.helidon.http.DirectHandler.EventType;
import io.helidon.http.DirectHandler.TransportResponse;
import io.helidon.http.ServerResponseHeaders;
import io.helidon.http.Status;
import io.helidon.webserver.http.HttpRouting;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongFunction;
import java.util.function.LongSupplier;

/** The REST API v4, the health probes and the metrics on one listener. */
public final class RestServer {
  /** A UserSig of the largest size that is accepted fits, beside the other parameters. */
  private static final int MAX_REQUEST_LINE = 24 << 10;

  private static final int MAX_HEADERS = 16 << 10;

  /**
   * A body above the limit is read to its end and refused, so that the refusal arrives; one above
   * this is not, and its connection is closed.
   */
  static final int HANG_UP_BYTES = 8 * RestSettings.MAX_BODY_BYTES;

  /** Files are larger than calls: whoever takes them has limits of its own below this. */
  private static final long MAX_UPLOAD_BYTES = 128L << 20;

  private final HttpListener listener;
  private final Callers callers;
  private final List<FileRoute> files = new ArrayList<>();
  private final List<Site> sites = new ArrayList<>();
  private final Dispatcher dispatcher;
  private final Probes probes;
  private final CallRates rates;
  private volatile boolean stopping;

  /**
   * Makes a server that is not yet listening.
   *
   * @param security decides about TLS; refuses a plain listener the operator did not ask for
   * @param apps finds an app by SDKAppID
   * @param readiness what {@code /healthz/ready} asks
   * @param audit records refused calls
   */
  public RestServer(
      RestSettings settings,
      TransportSecurity security,
      EndpointTable endpoints,
      SignOn signOn,
      LongFunction<Optional<App>> apps,
      Readiness readiness,
      RefusalAudit audit,
      Metrics metrics,
      Clock clock) {
    this(
        settings,
        security,
        endpoints,
        signOn,
        apps,
        readiness,
        audit,
        metrics,
        clock,
        System::nanoTime);
  }

  /** For tests of call rates: with a clock for these. */
  RestServer(
      RestSettings settings,
      TransportSecurity security,
      EndpointTable endpoints,
      SignOn signOn,
      LongFunction<Optional<App>> apps,
      Readiness readiness,
      RefusalAudit audit,
      Metrics metrics,
      Clock clock,
      LongSupplier nanos) {
    this.listener =
        new HttpListener(
            new HttpListener.Shape(
                "REST",
                "rest.port",
                settings.host(),
                settings.port(),
                MAX_REQUEST_LINE,
                MAX_HEADERS,
                MAX_UPLOAD_BYTES,
                settings.maxConnections(),
                settings.idleTimeout(),
                settings.balancers()),
            security.forListener("rest.host", settings.host()));
    this.callers = new Callers(settings.trustedProxies());
    this.probes =
        new Probes(readiness, () -> stopping, metrics, callers, settings.metricsAllowed());
    this.rates = new CallRates(settings.callRates(), nanos);
    this.dispatcher =
        new Dispatcher(
            endpoints,
            signOn,
            apps,
            callers,
            rates,
            new RestMetrics(metrics),
            listener.readWatch(),
            audit,
            clock,
            settings.maxInFlight());
  }

  /** Tells of commands that are called nearly as often as they may be. */
  public RestServer tellOfRates(RateListener listener) {
    rates.listener(listener);
    return this;
  }

  /** Serves these files as well; to be said before the start. */
  public synchronized RestServer serve(FileRoute route) {
    files.add(route);
    return this;
  }

  /** Serves this site as well; to be said before the start. */
  public synchronized RestServer serve(Site site) {
    sites.add(site);
    return this;
  }

  /**
   * Starts listening.
   *
   * @return the port
   * @throws SettingException when the address cannot be had
   */
  public synchronized int start() {
    return listener.start(this::routing, RestServer::early);
  }

  /**
   * Stops: {@code /healthz/ready} fails from now on, connections close with their next answer, and
   * calls under way get that long to end.
   */
  public synchronized void stop(Duration grace) {
    stopping = true;
    listener.beLast();
    long until = System.nanoTime() + grace.toNanos();
    while (dispatcher.inFlight() > 0 && System.nanoTime() - until < 0) {
      LockSupport.parkNanos(Duration.ofMillis(5).toNanos());
    }
    listener.stop();
  }

  private void routing(HttpRouting.Builder routing) {
    routing.register(probes);
    files.forEach(route -> route.register(routing, callers, listener.readWatch()));
    sites.forEach(site -> site.register(routing));
    routing.any(dispatcher::handle);
  }

  private static TransportResponse early(EventType type, ServerResponseHeaders headers) {
    ErrorCode code =
        type == EventType.INTERNAL_ERROR ? ErrorCode.BACKEND_TIMEOUT : ErrorCode.HTTP_UNPARSABLE;
    var response = TransportResponse.builder().status(Status.OK_200).headers(headers);
    Answers.HEADERS.forEach(response::header);
    return response.keepAlive(false).entity(Answers.refusal(code, code.meaning())).build();
  }
}
