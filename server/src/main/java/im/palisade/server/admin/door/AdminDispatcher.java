package im.palisade.server.admin.door;

import com.fasterxml.jackson.databind.node.ObjectNode;
import im.palisade.compliance.audit.AuditEvent.Outcome;
import im.palisade.compliance.audit.AuditEvent.Target;
import im.palisade.server.admin.identity.SignInService;
import im.palisade.server.admin.identity.SignedIn;
import im.palisade.server.admin.identity.Visit;
import im.palisade.server.app.App;
import im.palisade.server.audit.AuditDeclaration;
import im.palisade.server.audit.Cause;
import im.palisade.server.protocol.ImException;
import im.palisade.server.protocol.Json;
import im.palisade.server.rest.Callers;
import im.palisade.server.rest.ReadWatch;
import im.palisade.server.rest.RequestIds;
import im.palisade.server.store.AuditJournal;
import im.palisade.server.store.AuditUnavailableException;
import im.palisade.server.store.StoreException;
import io.helidon.common.uri.UriQuery;
import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.http.Status;
import io.helidon.webserver.CloseConnectionException;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.io.IOException;
import java.io.InputStream;
import java.time.Clock;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.LongFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes every call of the console through the same checks, in this order: path and method, origin,
 * session, second factor and password, CSRF token, permission, confirmation, fields. What it does
 * not expressly let through is refused.
 */
final class AdminDispatcher {
  private static final Logger LOG = LoggerFactory.getLogger(AdminDispatcher.class);
  private static final int MAX_BODY_BYTES = 1 << 20;
  private static final HeaderName CSRF = HeaderNames.create("X-Csrf-Token");
  private static final HeaderName FETCH_SITE = HeaderNames.create("Sec-Fetch-Site");
  private static final HeaderName REQUEST_ID = HeaderNames.create("X-Request-Id");
  private static final HeaderName FORWARDED_PROTO = HeaderNames.create("X-Forwarded-Proto");

  private final AdminTable table;
  private final SignInService signIns;
  private final LongFunction<Optional<App>> apps;
  private final AuditJournal journal;
  private final ConsoleSettings settings;
  private final Callers callers;
  private final ReadWatch readWatch;
  private final boolean tls;
  private final Clock clock;
  private final RequestIds requestIds = new RequestIds();

  AdminDispatcher(
      AdminTable table,
      SignInService signIns,
      LongFunction<Optional<App>> apps,
      AuditJournal journal,
      ConsoleSettings settings,
      ReadWatch readWatch,
      boolean tls,
      Clock clock) {
    this.table = table;
    this.signIns = signIns;
    this.apps = apps;
    this.journal = journal;
    this.settings = settings;
    this.callers = new Callers(settings.trustedProxies());
    this.readWatch = readWatch;
    this.tls = tls;
    this.clock = clock;
  }

  void handle(ServerRequest request, ServerResponse response) {
    String id = requestIds.next();
    response.header(REQUEST_ID, id);
    response.header(HeaderNames.CACHE_CONTROL, "no-store");
    SecurityHeaders.add(response, isEncrypted(request));
    try {
      serve(request, response, id);
    } catch (AdminException refusal) {
      refuse(response, refusal, id);
    } catch (ImException refusal) {
      refuse(response, AdminException.refused(refusal.code(), refusal.info()), id);
    } catch (AuditUnavailableException e) {
      // The log of the server says why, once and not per request.
      refuse(
          response,
          AdminException.of(
              Refusal.UNAVAILABLE,
              e.outcomeUnknown() ? Reason.NOT_YET_ON_RECORD : Reason.NOT_ON_RECORD),
          id);
    } catch (StoreException e) {
      LOG.error("console request {} failed in the store", id, e);
      refuse(response, AdminException.of(Refusal.UNAVAILABLE), id);
    } catch (CloseConnectionException e) {
      // The browser has left, which is no fault of the server's: Helidon closes what is left.
      throw e;
    } catch (RuntimeException e) {
      LOG.error("console request {} failed", id, e);
      refuse(response, AdminException.of(Refusal.INTERNAL), id);
    }
  }

  private void serve(ServerRequest request, ServerResponse response, String requestId) {
    String path = request.prologue().uriPath().rawPath();
    String method = request.prologue().method().text();
    List<AdminTable.Match> matches =
        path.startsWith(AdminTable.PREFIX + "/")
            ? table.find(path.substring(AdminTable.PREFIX.length()))
            : List.of();
    if (matches.isEmpty()) {
      throw AdminException.of(Refusal.NOT_FOUND);
    }
    AdminTable.Match match =
        AdminTable.by(method, matches)
            .orElseThrow(() -> AdminException.of(Refusal.METHOD_NOT_ALLOWED));
    AdminEndpoint<?, ?> endpoint = match.endpoint();
    boolean act = endpoint.method() == AdminEndpoint.Method.POST;
    if (act) {
      checkOrigin(request);
    }
    Visit visit = visit(request, requestId);
    Optional<SignedIn> who =
        SessionCookie.read(request, isEncrypted(request))
            .flatMap(token -> signIns.find(token, visit, endpoint.passive()));
    AdminCall call = admit(match, who, visit, request, act);
    Record answer = carryOut(endpoint, call, request);
    call.cookie()
        .ifPresent(
            token ->
                response.headers().addCookie(SessionCookie.write(token, isEncrypted(request))));
    if (answer instanceof Nothing) {
      response.status(Status.NO_CONTENT_204).send();
    } else {
      response.status(Status.OK_200).header(HeaderNames.CONTENT_TYPE, "application/json");
      response.send(Json.bytes(Shapes.write(answer)));
    }
  }

  /** Everything between the path and the fields. */
  private AdminCall admit(
      AdminTable.Match match,
      Optional<SignedIn> who,
      Visit visit,
      ServerRequest request,
      boolean act) {
    AdminEndpoint<?, ?> endpoint = match.endpoint();
    if (endpoint.access() instanceof Access.Open) {
      return new AdminCall(visit, who, Optional.empty(), match.id());
    }
    SignedIn signedIn = who.orElseThrow(() -> AdminException.of(Refusal.SIGNED_OUT));
    if (act && !request.headers().first(CSRF).orElse("").equals(signedIn.csrf())) {
      throw AdminException.of(Refusal.FORGED);
    }
    if (!(endpoint.access() instanceof Access.SignedIn)) {
      checkComplete(signedIn);
    }
    // An app that is not for the administrator to see is not told from one that is not there.
    Optional<App> app = endpoint.isOfApp() ? apps.apply(match.app()) : Optional.empty();
    boolean allowed =
        switch (endpoint.access()) {
          case Access.Open _, Access.SignedIn _ -> true;
          case Access.Needs needs ->
              signedIn.rights().allow(needs.permission(), endpoint.isOfApp() ? match.app() : 0);
          case Access.NeedsSomewhere needs -> signedIn.rights().allowSomewhere(needs.permission());
        };
    if (!allowed) {
      denied(endpoint, visit.by(signedIn.administrator()), app);
      throw AdminException.of(Refusal.FORBIDDEN);
    }
    if (endpoint.isOfApp() && app.isEmpty()) {
      throw AdminException.of(Refusal.NOT_FOUND);
    }
    if (endpoint.confirmed() && !signIns.isConfirmed(signedIn)) {
      throw AdminException.of(Refusal.CONFIRMATION_NEEDED);
    }
    return new AdminCall(visit, who, app, match.id());
  }

  private void checkComplete(SignedIn who) {
    if (who.administrator().mustChangePassword()) {
      throw AdminException.of(Refusal.PASSWORD_CHANGE_NEEDED);
    }
    if (settings.secondFactor() == ConsoleSettings.SecondFactor.REQUIRED
        && !who.administrator().secondFactor()) {
      throw AdminException.of(Refusal.SECOND_FACTOR_MISSING);
    }
  }

  /** An attempt at what would have been on record is on record too. */
  private void denied(AdminEndpoint<?, ?> endpoint, Cause cause, Optional<App> app) {
    if (endpoint.audit() instanceof AuditDeclaration.Records records) {
      String type = records.types().getFirst().id();
      Cause within = app.map(each -> cause.within(each.appId())).orElse(cause);
      journal.record(
          within.event(
              type.startsWith("content.") ? "content.denied" : type,
              Outcome.DENIED,
              List.of(new Target("console-call", endpoint.path()))));
    }
  }

  private <I extends Record, O extends Record> O carryOut(
      AdminEndpoint<I, O> endpoint, AdminCall call, ServerRequest request) {
    I in =
        endpoint.method() == AdminEndpoint.Method.GET
            ? Shapes.read(endpoint.in(), query(request.query()), true)
            : Shapes.read(endpoint.in(), body(request), false);
    return endpoint.handler().handle(call, in);
  }

  /** A page of another origin cannot send these as the console's own does. */
  private static void checkOrigin(ServerRequest request) {
    Optional<String> site = request.headers().first(FETCH_SITE);
    if (site.isPresent() && !site.get().equals("same-origin")) {
      throw AdminException.of(Refusal.FORGED);
    }
    String type = request.headers().first(HeaderNames.CONTENT_TYPE).orElse("");
    String media = type.split(";", -1)[0].strip().toLowerCase(Locale.ROOT);
    if (!media.equals("application/json")) {
      throw AdminException.of(Refusal.NOT_JSON);
    }
  }

  private Visit visit(ServerRequest request, String requestId) {
    return new Visit(
        callers.address(request),
        request.headers().first(HeaderNames.USER_AGENT).orElse(""),
        requestId,
        clock.instant());
  }

  /** Whether the browser's connection is encrypted, by us or by a proxy in front. */
  private boolean isEncrypted(ServerRequest request) {
    return tls
        || (callers.isTrustedProxy(request)
            && request.headers().first(FORWARDED_PROTO).orElse("").equals("https"));
  }

  private static ObjectNode query(UriQuery query) {
    ObjectNode in = Json.object();
    try {
      for (String name : query.names()) {
        List<String> values = query.all(name);
        if (values.size() == 1) {
          in.put(name, values.getFirst());
        } else {
          values.forEach(in.withArrayProperty(name)::add);
        }
      }
    } catch (IllegalArgumentException e) {
      throw AdminException.of(Refusal.MALFORMED);
    }
    return in;
  }

  private ObjectNode body(ServerRequest request) {
    if (!request.content().hasEntity()) {
      return Json.object();
    }
    byte[] bytes;
    readWatch.reading();
    try (InputStream stream = request.content().inputStream()) {
      bytes = stream.readNBytes(MAX_BODY_BYTES + 1);
    } catch (IOException e) {
      throw AdminException.of(Refusal.MALFORMED);
    } finally {
      readWatch.serving();
    }
    if (bytes.length > MAX_BODY_BYTES) {
      throw AdminException.of(Refusal.TOO_LARGE);
    }
    return Json.parseObject(bytes).orElseThrow(() -> AdminException.of(Refusal.MALFORMED));
  }

  private static void refuse(ServerResponse response, AdminException e, String requestId) {
    response.status(Status.create(e.refusal().status()));
    response.header(HeaderNames.CONTENT_TYPE, "application/json");
    Problem problem = Problem.of(e, requestId);
    problem
        .retryAfter()
        .ifPresent(seconds -> response.header(HeaderNames.RETRY_AFTER, Long.toString(seconds)));
    response.send(Json.bytes(Shapes.write(problem)));
  }
}
