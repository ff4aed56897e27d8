package im.palisade.server.admin.door;

import im.palisade.server.admin.identity.SignInService;
import im.palisade.server.app.App;
import im.palisade.server.config.SettingException;
import im.palisade.server.protocol.Json;
import im.palisade.server.rest.ReadWatch;
import im.palisade.server.security.TlsMaterial;
import im.palisade.server.security.TransportSecurity;
import im.palisade.server.store.AuditJournal;
import io.helidon.http.DirectHandler;
import io.helidon.http.DirectHandler.EventType;
import io.helidon.http.DirectHandler.TransportResponse;
import io.helidon.http.HeaderNames;
import io.helidon.http.HeaderValues;
import io.helidon.http.Status;
import io.helidon.webserver.CloseConnectionException;
import io.helidon.webserver.WebServer;
import io.helidon.webserver.http.DirectHandlers;
import io.helidon.webserver.http.HttpRouting;
import io.helidon.webserver.http1.Http1Config;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.function.LongFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The console's listener: its pages and its calls. */
public final class AdminServer {
  private static final Logger LOG = LoggerFactory.getLogger(AdminServer.class);
  private static final Duration IDLE = Duration.ofSeconds(75);
  private static final int MAX_CONNECTIONS = 512;
  private static final int MAX_LINE = 8 << 10;

  /** Above the limit of a body, so that the refusal is ours and arrives. */
  private static final long HANG_UP_BYTES = 8 << 20;

  private final ConsoleSettings settings;
  private final Optional<TlsMaterial> tls;
  private final AdminDispatcher dispatcher;
  private final ConsolePages pages;
  private final ReadWatch readWatch = new ReadWatch(IDLE);
  private Optional<WebServer> server = Optional.empty();

  /** Makes a server that is not yet listening. */
  public AdminServer(
      ConsoleSettings settings,
      TransportSecurity security,
      AdminTable table,
      SignInService signIns,
      LongFunction<Optional<App>> apps,
      AuditJournal journal,
      Clock clock) {
    this.settings = settings;
    this.tls = security.forListener("console.host", settings.host());
    this.pages = new ConsolePages(tls.isPresent());
    this.dispatcher =
        new AdminDispatcher(
            table, signIns, apps, journal, settings, readWatch, tls.isPresent(), clock);
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
                    .maxPrologueLength(MAX_LINE)
                    .validatePrologue(false)
                    .addReceiveListener(readWatch)
                    .build())
            .connectionOptions(options -> options.tcpNoDelay(true))
            .maxPayloadSize(HANG_UP_BYTES)
            .maxTcpConnections(MAX_CONNECTIONS)
            .idleConnectionTimeout(IDLE)
            .shutdownGracePeriod(Duration.ofMillis(500))
            .directHandlers(directHandlers())
            .routing(this::routing);
    tls.ifPresent(material -> builder.tls(material.helidon()));
    WebServer started = builder.build().start();
    if (!started.isRunning()) {
      // Helidon logs the cause and returns as if nothing had happened.
      throw new SettingException(
          "console.port", "cannot listen on " + settings.host() + ":" + settings.port());
    }
    server = Optional.of(started);
    readWatch.start();
    LOG.info(
        "The console listens on {} port {}{}",
        settings.host(),
        started.port(),
        tls.isPresent() ? " with TLS" : ", not encrypted");
    return started.port();
  }

  /** Stops. */
  public synchronized void stop() {
    server.ifPresent(WebServer::stop);
    server = Optional.empty();
    readWatch.stop();
  }

  private void routing(HttpRouting.Builder routing) {
    routing.addFilter(
        (chain, request, response) -> {
          boolean last = request.headers().contains(HeaderValues.CONNECTION_CLOSE);
          readWatch.serving();
          chain.proceed();
          readWatch.reading();
          // Helidon sends "Connection: close" but leaves the socket open (its issue 12324).
          if (last && response.isSent()) {
            throw new CloseConnectionException("the last answer of this connection");
          }
        });
    routing.any(
        (request, response) -> {
          if (request.prologue().uriPath().rawPath().startsWith(AdminTable.PREFIX + "/")) {
            dispatcher.handle(request, response);
          } else {
            pages.handle(request, response);
          }
        });
  }

  /** For what fails before routing: a bad request line, headers or escapes, a body too large. */
  private static DirectHandlers directHandlers() {
    DirectHandler handler =
        (request, type, status, headers, message) -> {
          Refusal refusal =
              switch (type) {
                case PAYLOAD_TOO_LARGE -> Refusal.TOO_LARGE;
                case INTERNAL_ERROR -> Refusal.INTERNAL;
                case BAD_REQUEST, FORBIDDEN, HTTP_VERSION_NOT_SUPPORTED, OTHER -> Refusal.MALFORMED;
              };
          byte[] body = Json.bytes(Shapes.write(Problem.of(AdminException.of(refusal), "")));
          return TransportResponse.builder()
              .status(Status.create(refusal.status()))
              .headers(headers)
              .header(HeaderValues.create(HeaderNames.CONTENT_TYPE, "application/json"))
              .keepAlive(false)
              .entity(body)
              .build();
        };
    var handlers = DirectHandlers.builder();
    for (EventType type : EventType.values()) {
      handlers.addHandler(type, handler);
    }
    return handlers.build();
  }
}
