package im.palisade.server.rest;

import im.palisade.server.app.App;
import im.palisade.server.app.SignOn;
import im.palisade.server.config.SettingException;
import im.palisade.server.metrics.Metrics;
import im.palisade.server.protocol.ErrorCode;
import im.palisade.server.security.TlsMaterial;
import im.palisade.server.security.TransportSecurity;
import io.helidon.http.DirectHandler;
import io.helidon.http.DirectHandler.EventType;
import io.helidon.http.DirectHandler.TransportResponse;
import io.helidon.http.HeaderValues;
import io.helidon.http.Status;
import io.helidon.webserver.CloseConnectionException;
import io.helidon.webserver.WebServer;
import io.helidon.webserver.http.DirectHandlers;
import io.helidon.webserver.http.HttpRouting;
import io.helidon.webserver.http1.Http1Config;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongFunction;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The REST API v4, the health probes and the metrics on one listener. */
public final class RestServer {
  private static final Logger LOG = LoggerFactory.getLogger(RestServer.class);

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

  private final RestSettings settings;
  private final Optional<TlsMaterial> tls;
  private final Callers callers;
  private final List<FileRoute> files = new ArrayList<>();
  private final List<Site> sites = new ArrayList<>();
  private final Dispatcher dispatcher;
  private final Probes probes;
  private final ReadWatch readWatch;
  private final CallRates rates;
  private volatile boolean stopping;
  private Optional<WebServer> server = Optional.empty();

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
    this.settings = settings;
    this.tls = security.forListener("rest.host", settings.host());
    this.callers = new Callers(settings.trustedProxies());
    this.probes =
        new Probes(readiness, () -> stopping, metrics, callers, settings.metricsAllowed());
    this.readWatch = new ReadWatch(settings.idleTimeout());
    this.rates = new CallRates(settings.callRates(), nanos);
    this.dispatcher =
        new Dispatcher(
            endpoints,
            signOn,
            apps,
            callers,
            rates,
            new RestMetrics(metrics),
            readWatch,
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
    var builder =
        WebServer.builder()
            .host(settings.host())
            .port(settings.port())
            .shutdownHook(false)
            .featuresDiscoverServices(false)
            .protocolsDiscoverServices(false)
            .addProtocol(
                Http1Config.builder()
                    .maxPrologueLength(MAX_REQUEST_LINE)
                    .maxHeadersSize(MAX_HEADERS)
                    .validatePrologue(false)
                    .addReceiveListener(readWatch)
                    .build())
            // Helidon writes head and body of a larger answer apart; Nagle would hold the second
            // back
            // until the client acknowledges the first, which it puts off for 40 ms.
            .connectionOptions(options -> options.tcpNoDelay(true))
            .maxPayloadSize(MAX_UPLOAD_BYTES)
            .maxTcpConnections(settings.maxConnections())
            .idleConnectionTimeout(settings.idleTimeout())
            .idleConnectionPeriod(period(settings.idleTimeout()))
            .shutdownGracePeriod(Duration.ofMillis(500))
            .directHandlers(directHandlers())
            .routing(this::routing);
    tls.ifPresent(material -> builder.tls(material.helidon()));
    WebServer started = builder.build().start();
    if (!started.isRunning()) {
      // Helidon logs the cause and returns as if nothing had happened.
      throw new SettingException(
          "rest.port", "cannot listen on " + settings.host() + ":" + settings.port());
    }
    server = Optional.of(started);
    readWatch.start();
    LOG.info(
        "REST listens on {} port {}{}",
        settings.host(),
        started.port(),
        tls.isPresent() ? " with TLS" : ", not encrypted");
    return started.port();
  }

  /**
   * Stops: {@code /healthz/ready} fails from now on, connections close with their next answer, and
   * calls under way get that long to end.
   */
  public synchronized void stop(Duration grace) {
    stopping = true;
    long until = System.nanoTime() + grace.toNanos();
    while (dispatcher.inFlight() > 0 && System.nanoTime() - until < 0) {
      LockSupport.parkNanos(Duration.ofMillis(5).toNanos());
    }
    server.ifPresent(WebServer::stop);
    server = Optional.empty();
    readWatch.stop();
  }

  private void routing(HttpRouting.Builder routing) {
    routing
        .addFilter(
            (chain, request, response) -> {
              boolean last = stopping || request.headers().contains(HeaderValues.CONNECTION_CLOSE);
              if (stopping) {
                response.header(HeaderValues.CONNECTION_CLOSE);
              }
              readWatch.serving();
              chain.proceed();
              readWatch.reading();
              // Helidon sends "Connection: close" but leaves the socket open (its issue 12324).
              if (last && response.isSent()) {
                throw new CloseConnectionException("the last answer of this connection");
              }
            })
        .register(probes);
    files.forEach(route -> route.register(routing, callers, readWatch));
    sites.forEach(site -> site.register(routing));
    routing.any(dispatcher::handle);
  }

  /** For what fails before routing: a bad request line, headers or escapes, a body too large. */
  private static DirectHandlers directHandlers() {
    DirectHandler handler =
        (request, type, status, headers, message) -> {
          ErrorCode code =
              type == EventType.INTERNAL_ERROR
                  ? ErrorCode.BACKEND_TIMEOUT
                  : ErrorCode.HTTP_UNPARSABLE;
          var response = TransportResponse.builder().status(Status.OK_200).headers(headers);
          Answers.HEADERS.forEach(response::header);
          return response.keepAlive(false).entity(Answers.refusal(code, code.meaning())).build();
        };
    var handlers = DirectHandlers.builder();
    for (EventType type : EventType.values()) {
      handlers.addHandler(type, handler);
    }
    return handlers.build();
  }

  private static Duration period(Duration idleTimeout) {
    Duration quarter = idleTimeout.dividedBy(4);
    return quarter.compareTo(Duration.ofMillis(50)) < 0 ? Duration.ofMillis(50) : quarter;
  }
}
