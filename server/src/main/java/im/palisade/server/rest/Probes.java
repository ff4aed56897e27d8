package im.palisade.server.rest;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import im.palisade.server.metrics.Metrics;
import im.palisade.server.protocol.Json;
import im.palisade.server.security.AddressBlock;
import io.helidon.http.HeaderNames;
import io.helidon.http.Status;
import io.helidon.webserver.http.HttpRules;
import io.helidon.webserver.http.HttpService;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.util.List;
import java.util.function.BooleanSupplier;

/** What load balancers and monitoring ask; nothing here says anything about the host. */
final class Probes implements HttpService {
  private final Readiness readiness;
  private final BooleanSupplier stopping;
  private final Metrics metrics;
  private final Callers callers;
  private final List<AddressBlock> metricsAllowed;

  Probes(
      Readiness readiness,
      BooleanSupplier stopping,
      Metrics metrics,
      Callers callers,
      List<AddressBlock> metricsAllowed) {
    this.readiness = readiness;
    this.stopping = stopping;
    this.metrics = metrics;
    this.callers = callers;
    this.metricsAllowed = metricsAllowed;
  }

  @Override
  public void routing(HttpRules rules) {
    rules
        .get("/healthz/live", this::live)
        .get("/healthz/ready", this::ready)
        .get("/metrics", this::metrics);
  }

  private void live(ServerRequest request, ServerResponse response) {
    send(response, Status.OK_200, Json.object().put("status", "up"));
  }

  private void ready(ServerRequest request, ServerResponse response) {
    List<Readiness.Check> checks =
        stopping.getAsBoolean()
            ? List.of(Readiness.Check.failed("server", "is stopping"))
            : readiness.checks();
    boolean ready = checks.stream().allMatch(check -> check.problem().isEmpty());
    ObjectNode body = Json.object().put("status", ready ? "up" : "down");
    ArrayNode list = body.putArray("checks");
    for (Readiness.Check check : checks) {
      ObjectNode entry = list.addObject().put("name", check.name());
      entry.put("ok", check.problem().isEmpty());
      check.problem().ifPresent(problem -> entry.put("reason", problem));
    }
    send(response, ready ? Status.OK_200 : Status.SERVICE_UNAVAILABLE_503, body);
  }

  private void metrics(ServerRequest request, ServerResponse response) {
    if (Addresses.within(callers.address(request), metricsAllowed)) {
      response.header(HeaderNames.CONTENT_TYPE, Metrics.CONTENT_TYPE).send(metrics.text());
    } else {
      response.status(Status.FORBIDDEN_403).send();
    }
  }

  private static void send(ServerResponse response, Status status, ObjectNode body) {
    response
        .status(status)
        .header(HeaderNames.CONTENT_TYPE, "application/json")
        .header(HeaderNames.CACHE_CONTROL, "no-store")
        .send(Json.bytes(body));
  }
}
