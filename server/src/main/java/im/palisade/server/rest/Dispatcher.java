package im.palisade.server.rest;

import com.fasterxml.jackson.databind.node.ObjectNode;
import im.palisade.server.app.App;
import im.palisade.server.app.Principal;
import im.palisade.server.app.SignOn;
import im.palisade.server.protocol.ErrorCode;
import im.palisade.server.protocol.ImException;
import im.palisade.server.protocol.Json;
import im.palisade.server.protocol.UserIds;
import im.palisade.server.store.AuditUnavailableException;
import im.palisade.server.store.StoreException;
import io.helidon.http.HeaderValues;
import io.helidon.http.Method;
import io.helidon.webserver.CloseConnectionException;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.io.IOException;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes every request that is not for a probe through the checks of rest-conventions §2, in that
 * order, and hands what passes to its endpoint. Whatever happens, the caller gets HTTP 200 and the
 * JSON envelope: SDKs retry or throw on anything else.
 */
final class Dispatcher {
  private static final Logger LOG = LoggerFactory.getLogger(Dispatcher.class);
  private static final Logger ACCESS = LoggerFactory.getLogger("im.palisade.access");

  private static final String PREFIX = "/v4/";

  /** Services that answer an unknown command with a code of their own (§2, check 1). */
  private static final List<String> GROUP_PREFIXES =
      List.of("/v4/group_open_http_svc/", "/v4/official_account_open_http_svc/");

  private static final byte[] NO_BODY = {};

  private final EndpointTable endpoints;
  private final SignOn signOn;
  private final LongFunction<Optional<App>> apps;
  private final Callers callers;
  private final CallRates rates;
  private final RestMetrics metrics;
  private final ReadWatch readWatch;
  private final RefusalAudit audit;
  private final Clock clock;
  private final RequestIds requestIds = new RequestIds();
  private final int maxInFlight;
  private final AtomicInteger inFlight = new AtomicInteger();

  Dispatcher(
      EndpointTable endpoints,
      SignOn signOn,
      LongFunction<Optional<App>> apps,
      Callers callers,
      CallRates rates,
      RestMetrics metrics,
      ReadWatch readWatch,
      RefusalAudit audit,
      Clock clock,
      int maxInFlight) {
    this.endpoints = endpoints;
    this.signOn = signOn;
    this.apps = apps;
    this.callers = callers;
    this.rates = rates;
    this.metrics = metrics;
    this.readWatch = readWatch;
    this.audit = audit;
    this.clock = clock;
    this.maxInFlight = maxInFlight;
  }

  /** Calls being served right now. */
  int inFlight() {
    return inFlight.get();
  }

  /** Answers a request. */
  void handle(ServerRequest request, ServerResponse response) {
    long begun = System.nanoTime();
    inFlight.incrementAndGet();
    metrics.begun();
    String path = request.prologue().uriPath().rawPath();
    Optional<Endpoint> endpoint = find(path);
    var trace = new Trace(requestIds.next(), clock.instant());
    trace.isLast = request.headers().contentLength().orElse(-1) > RestServer.HANG_UP_BYTES;
    int code = 0;
    try {
      RestReply reply = reply(path, endpoint, request, trace);
      code = reply.errorCode();
      Family family = endpoint.map(Endpoint::family).orElse(Family.GATEWAY);
      if (trace.isLast) {
        response.header(HeaderValues.CONNECTION_CLOSE);
      }
      Answers.send(response, reply.bytes(family), trace.requestId);
    } finally {
      inFlight.decrementAndGet();
      long took = System.nanoTime() - begun;
      metrics.ended(endpoint, code, took / 1e9);
      if (ACCESS.isDebugEnabled()) {
        ACCESS.debug(
            "method={} path={} app={} command={} code={} millis={} request={}",
            request.prologue().method().text(),
            path.length() > 100 ? path.substring(0, 100) : path,
            trace.app.map(App::appId).map(String::valueOf).orElse("-"),
            endpoint.map(Endpoint::path).orElse("-"),
            code,
            took / 1_000_000,
            trace.requestId);
      }
    }
    if (trace.isLast) {
      throw new CloseConnectionException("the request could not be read to its end");
    }
  }

  /** What is known of a request while it is served. */
  private static final class Trace {
    private final String requestId;
    private final Instant receivedAt;
    private Optional<App> app = Optional.empty();
    private Optional<Principal> caller = Optional.empty();
    private boolean isLast;

    Trace(String requestId, Instant receivedAt) {
      this.requestId = requestId;
      this.receivedAt = receivedAt;
    }
  }

  private Optional<Endpoint> find(String path) {
    return path.startsWith(PREFIX)
        ? endpoints.find(path.substring(PREFIX.length()))
        : Optional.empty();
  }

  private RestReply reply(
      String path, Optional<Endpoint> endpoint, ServerRequest request, Trace trace) {
    try {
      return serve(
          endpoint.orElseThrow(
              () ->
                  new ImException(
                      GROUP_PREFIXES.stream().anyMatch(path::startsWith)
                          ? ErrorCode.GROUP_UNKNOWN_COMMAND
                          : ErrorCode.UNKNOWN_RESOURCE)),
          request,
          trace);
    } catch (ImException refusal) {
      endpoint.ifPresent(called -> recordIfLimited(called, refusal, request, trace));
      return RestReply.failed(refusal);
    } catch (AuditUnavailableException e) {
      Family family = endpoint.map(Endpoint::family).orElse(Family.GATEWAY);
      ErrorCode code = e.outcomeUnknown() ? family.timeout() : family.internal();
      return RestReply.failed(new ImException(code, AuditUnavailableException.PUBLIC_REASON));
    } catch (StoreException e) {
      Family family = endpoint.map(Endpoint::family).orElse(Family.GATEWAY);
      if (e.isBusy()) {
        LOG.warn("request {} to {}: no database connection came free", trace.requestId, path);
      } else {
        LOG.error("request {} to {} failed in the store", trace.requestId, path, e);
      }
      return RestReply.failed(e.refusal(family.internal(), family.timeout()));
    }
  }

  private RestReply serve(Endpoint endpoint, ServerRequest request, Trace trace) {
    Query query = query(request);
    String address = callers.address(request);
    Principal caller = principal(endpoint, query, address, trace);
    App app = caller.app();
    if (inFlight.get() > maxInFlight) {
      throw new ImException(ErrorCode.OVERLOADED);
    }
    rates.admit(app, endpoint);
    ObjectNode body = body(endpoint.family(), request, trace);
    Fields fields = new Fields(body, endpoint.fields(), endpoint.family());
    try {
      return endpoint
          .handler()
          .handle(
              new RestCall(
                  caller,
                  trace.requestId,
                  address,
                  trace.receivedAt,
                  fields,
                  query::find,
                  callers.callbackDepth(request)));
    } catch (ImException | StoreException e) {
      throw e;
    } catch (RuntimeException e) {
      LOG.error("request {} to {} failed", trace.requestId, endpoint.path(), e);
      throw new ImException(endpoint.family().internal());
    }
  }

  /** Checks 3 to 9; what they refuse goes on record. */
  private Principal principal(Endpoint endpoint, Query query, String address, Trace trace) {
    try {
      App app = app(query);
      trace.app = Optional.of(app);
      admit(app, endpoint, address);
      Principal caller = authenticate(app, query, address);
      trace.caller = Optional.of(caller);
      if (!caller.isAdministrator()) {
        throw new ImException(ErrorCode.NOT_ADMINISTRATOR);
      }
      return caller;
    } catch (ImException refusal) {
      record(refusal, address, trace);
      throw refusal;
    }
  }

  private void record(ImException refusal, String address, Trace trace) {
    try {
      audit.refused(
          new RefusalAudit.RefusedCall(
              trace.app, trace.caller, address, trace.requestId, trace.receivedAt, refusal.code()));
    } catch (RuntimeException e) {
      LOG.error("the refusal of request {} could not be recorded", trace.requestId, e);
    }
  }

  /** A limit of the call itself, or of what it asked for: both mean that it came too soon. */
  private void recordIfLimited(
      Endpoint endpoint, ImException refusal, ServerRequest request, Trace trace) {
    boolean limited =
        refusal.code() == endpoint.rateCode().number() || ErrorCode.saysTooOften(refusal.code());
    if (limited && trace.caller.filter(Principal::isAdministrator).isPresent()) {
      try {
        audit.limited(
            new RefusalAudit.LimitedCall(
                trace.caller.get(),
                endpoint,
                callers.address(request),
                trace.requestId,
                trace.receivedAt,
                refusal.code()));
      } catch (RuntimeException e) {
        LOG.error("the limit of request {} could not be recorded", trace.requestId, e);
      }
    }
  }

  private static Query query(ServerRequest request) {
    if (!request.prologue().method().equals(Method.POST)) {
      throw new ImException(ErrorCode.HTTP_UNPARSABLE, "the method must be POST");
    }
    Query query = Query.parse(request.query().rawValue());
    if (!query.find("contenttype").orElse("json").equals("json")) {
      throw new ImException(ErrorCode.HTTP_UNPARSABLE, "contenttype must be json");
    }
    return query;
  }

  private App app(Query query) {
    String text = query.find("sdkappid").orElseThrow(() -> new ImException(ErrorCode.APP_MISSING));
    return Optional.of(text)
        .filter(Dispatcher::isAppId)
        .flatMap(digits -> apps.apply(Long.parseLong(digits)))
        .orElseThrow(() -> new ImException(ErrorCode.APP_INVALID));
  }

  /** Decimal digits of a long; parseLong alone takes signs and the digits of every script. */
  private static boolean isAppId(String text) {
    return text.length() <= 18 && text.chars().allMatch(c -> c >= '0' && c <= '9');
  }

  private void admit(App app, Endpoint endpoint, String address) {
    if (!app.isActive()) {
      throw new ImException(ErrorCode.APP_DISABLED);
    }
    if (app.settings().disabledCommands().contains(endpoint.path())) {
      throw new ImException(ErrorCode.COMMAND_DISABLED);
    }
    if (!callers.areAllowed(app, address)) {
      throw new ImException(ErrorCode.ADDRESS_REFUSED);
    }
  }

  private Principal authenticate(App app, Query query, String address) {
    String identifier =
        query
            .find("identifier")
            .filter(UserIds::isWellFormed)
            .orElseThrow(() -> new ImException(ErrorCode.NOT_AUTHENTICATED));
    String userSig =
        query.find("usersig").orElseThrow(() -> new ImException(ErrorCode.NOT_AUTHENTICATED));
    return signOn.verify(app, identifier, userSig, address);
  }

  private ObjectNode body(Family family, ServerRequest request, Trace trace) {
    byte[] bytes = request.content().hasEntity() ? read(request, trace) : NO_BODY;
    if (bytes.length == 0) {
      throw new ImException(ErrorCode.BODY_EMPTY);
    }
    return Json.parseObject(bytes).orElseThrow(() -> new ImException(family.malformedBody()));
  }

  private byte[] read(ServerRequest request, Trace trace) {
    long announced = request.headers().contentLength().orElse(-1);
    if (announced <= RestSettings.MAX_BODY_BYTES) {
      byte[] bytes;
      readWatch.reading();
      try {
        bytes =
            announced >= 0
                ? request.content().as(byte[].class)
                : request.content().inputStream().readNBytes(RestSettings.MAX_BODY_BYTES + 1);
      } catch (IOException | RuntimeException e) {
        // Cut off, too slow, or chunks that are none: what follows cannot be told from the rest.
        trace.isLast = true;
        throw new ImException(ErrorCode.HTTP_UNPARSABLE, "the body cannot be read");
      } finally {
        readWatch.serving();
      }
      if (bytes.length <= RestSettings.MAX_BODY_BYTES) {
        return bytes;
      }
    }
    throw new ImException(ErrorCode.HTTP_UNPARSABLE, "the body is larger than 1 MiB");
  }
}
