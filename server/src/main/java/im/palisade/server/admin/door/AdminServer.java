package im.palisade.server.admin.door;

import im.palisade.server.admin.identity.SignInService;
import im.palisade.server.app.App;
import im.palisade.server.config.SettingException;
import im.palisade.server.protocol.Json;
import im.palisade.server.rest.HttpListener;
import im.palisade.server.security.TransportSecurity;
import im.palisade.server.store.AuditJournal;
import io.helidon.http.DirectHandler.EventType;
import io.helidon.http.DirectHandler.TransportResponse;
import io.helidon.http.HeaderNames;
import io.helidon.http.HeaderValues;
import io.helidon.http.ServerResponseHeaders;
import io.helidon.http.Status;
import io.helidon.webserver.http.HttpRouting;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.function.LongFunction;

/** The console's listener: its pages and its calls. */
public final class AdminServer {
  private static final Duration IDLE = Duration.ofSeconds(75);
  private static final int MAX_CONNECTIONS = 512;
  private static final int MAX_LINE = 8 << 10;
  private static final int MAX_HEADERS = 16 << 10;

  /** Above the limit of a body, so that the refusal is ours and arrives. */
  private static final long HANG_UP_BYTES = 8 << 20;

  private final HttpListener listener;
  private final AdminDispatcher dispatcher;
  private final ConsolePages pages;

  /** Makes a server that is not yet listening. */
  public AdminServer(
      ConsoleSettings settings,
      TransportSecurity security,
      AdminTable table,
      SignInService signIns,
      LongFunction<Optional<App>> apps,
      AuditJournal journal,
      Clock clock) {
    listener =
        new HttpListener(
            new HttpListener.Shape(
                "The console",
                "console.port",
                settings.host(),
                settings.port(),
                MAX_LINE,
                MAX_HEADERS,
                HANG_UP_BYTES,
                MAX_CONNECTIONS,
                IDLE,
                settings.balancers()),
            security.forListener("console.host", settings.host()));
    pages = new ConsolePages(listener.isEncrypted());
    dispatcher =
        new AdminDispatcher(
            table,
            signIns,
            apps,
            journal,
            settings,
            listener.readWatch(),
            listener.isEncrypted(),
            clock);
  }

  /**
   * Starts listening.
   *
   * @return the port
   * @throws SettingException when the address cannot be had
   */
  public int start() {
    return listener.start(this::routing, AdminServer::early);
  }

  /** Stops. */
  public void stop() {
    listener.stop();
  }

  private void routing(HttpRouting.Builder routing) {
    routing.any(
        (request, response) -> {
          if (request.prologue().uriPath().rawPath().startsWith(AdminTable.PREFIX + "/")) {
            dispatcher.handle(request, response);
          } else {
            pages.handle(request, response);
          }
        });
  }

  private static TransportResponse early(EventType type, ServerResponseHeaders headers) {
    Refusal refusal =
        switch (type) {
          case PAYLOAD_TOO_LARGE -> Refusal.TOO_LARGE;
          case INTERNAL_ERROR -> Refusal.INTERNAL;
          case BAD_REQUEST, FORBIDDEN, HTTP_VERSION_NOT_SUPPORTED, OTHER -> Refusal.MALFORMED;
        };
    return TransportResponse.builder()
        .status(Status.create(refusal.status()))
        .headers(headers)
        .header(HeaderValues.create(HeaderNames.CONTENT_TYPE, "application/json"))
        .keepAlive(false)
        .entity(Json.bytes(Shapes.write(Problem.of(AdminException.of(refusal), ""))))
        .build();
  }
}
