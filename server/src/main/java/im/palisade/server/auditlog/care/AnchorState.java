package im.palisade.server.auditlog.care;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import im.palisade.server.protocol.Json;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * How anchoring a region's log at one place stands.
 *
 * @param kind as in the receipts' names
 * @param address where it is
 * @param origin the log with its epoch that was anchored last; empty before the first
 * @param size its entries then
 * @param anchoredAt when that was
 * @param currentAt when everything but the records of anchoring was last known to be anchored
 * @param failures attempts in a row that failed
 * @param problem what the last of them said; empty when none failed
 * @param nextAt when it is tried again
 */
public record AnchorState(
    String kind,
    String address,
    String origin,
    long size,
    Optional<Instant> anchoredAt,
    Optional<Instant> currentAt,
    int failures,
    String problem,
    Instant nextAt) {
  private static final Duration FIRST_RETRY = Duration.ofSeconds(30);
  private static final Duration LAST_RETRY = Duration.ofHours(1);
  private static final int MOST_DOUBLINGS = 7;

  static AnchorState fresh(AnchorPlace place) {
    return new AnchorState(
        place.kind(),
        place.address(),
        "",
        0,
        Optional.empty(),
        Optional.empty(),
        0,
        "",
        Instant.EPOCH);
  }

  AnchorState anchored(String ofOrigin, long entries, Instant now, Duration every) {
    return new AnchorState(
        kind,
        address,
        ofOrigin,
        entries,
        Optional.of(now),
        Optional.of(now),
        0,
        "",
        now.plus(every));
  }

  /** There was nothing new. */
  AnchorState current(Instant now, Duration every) {
    return new AnchorState(
        kind, address, origin, size, anchoredAt, Optional.of(now), 0, "", now.plus(every));
  }

  /** Tries again after twice as long each time, up to an hour. */
  AnchorState failed(String why, Instant now) {
    Duration wait = FIRST_RETRY.multipliedBy(1L << Math.min(failures, MOST_DOUBLINGS));
    return new AnchorState(
        kind,
        address,
        origin,
        size,
        anchoredAt,
        currentAt,
        failures + 1,
        why,
        now.plus(wait.compareTo(LAST_RETRY) < 0 ? wait : LAST_RETRY));
  }

  ObjectNode json() {
    ObjectNode out = Json.object().put("kind", kind).put("address", address);
    out.put("origin", origin).put("size", size);
    anchoredAt.ifPresent(at -> out.put("anchoredAt", at.toString()));
    currentAt.ifPresent(at -> out.put("currentAt", at.toString()));
    return out.put("failures", failures).put("problem", problem).put("nextAt", nextAt.toString());
  }

  static AnchorState of(JsonNode json) {
    return new AnchorState(
        json.path("kind").asText(),
        json.path("address").asText(),
        json.path("origin").asText(),
        json.path("size").asLong(),
        instant(json.path("anchoredAt")),
        instant(json.path("currentAt")),
        json.path("failures").asInt(),
        json.path("problem").asText(),
        instant(json.path("nextAt")).orElse(Instant.EPOCH));
  }

  private static Optional<Instant> instant(JsonNode node) {
    return node.isTextual() ? Optional.of(Instant.parse(node.asText())) : Optional.empty();
  }
}
