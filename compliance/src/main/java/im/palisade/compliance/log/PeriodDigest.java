package im.palisade.compliance.log;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import im.palisade.compliance.event.CanonicalJson;
import java.io.IOException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What an hour added to the log, signed and chained to the hour before.
 *
 * @param hour {@code 2026-11-22T18}, UTC
 * @param from size of the tree when the hour's first entry came
 * @param to size of the tree behind its last
 * @param facts what the server adds
 */
public record PeriodDigest(
    String origin,
    String hour,
    long from,
    long to,
    String fromRoot,
    String toRoot,
    List<Bundle> bundles,
    Optional<Previous> previous,
    ObjectNode facts) {
  /** A bundle that became full, and the SHA-256 of its file in hexadecimal. */
  public record Bundle(long n, String sha256) {}

  /** The digest before, and the SHA-256 of its {@code .json} file in hexadecimal. */
  public record Previous(String hour, String sha256) {}

  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final DateTimeFormatter HOUR =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH").withZone(ZoneOffset.UTC);

  public PeriodDigest {
    bundles = List.copyOf(bundles);
  }

  /** The hour of a time. */
  public static String hour(Instant time) {
    return HOUR.format(time);
  }

  /** The path of its file in the epoch's folder; the signature's ends with {@code .sig}. */
  public static String path(String hour) {
    return "digest/" + hour.substring(0, 10).replace("-", "") + "/" + hour.substring(11) + ".json";
  }

  /** The canonical text with its line feed. */
  public String text() {
    ObjectNode out = JsonNodeFactory.instance.objectNode();
    out.put("v", 1).put("origin", origin).put("hour", hour).put("from", from).put("to", to);
    out.put("fromRoot", fromRoot).put("toRoot", toRoot);
    ArrayNode list = out.putArray("bundles");
    bundles.forEach(each -> list.addObject().put("n", each.n()).put("sha256", each.sha256()));
    previous.ifPresent(
        each -> out.putObject("previous").put("hour", each.hour()).put("sha256", each.sha256()));
    out.set("facts", facts);
    return CanonicalJson.text(out) + "\n";
  }

  /**
   * Reads a digest.
   *
   * @throws IllegalArgumentException when it is malformed or not in canonical form
   */
  public static PeriodDigest parse(String text) {
    JsonNode json;
    try {
      json = MAPPER.readTree(text);
    } catch (IOException e) {
      throw new IllegalArgumentException("not a period digest", e);
    }
    List<Bundle> bundles = new ArrayList<>();
    json.path("bundles")
        .forEach(
            each -> bundles.add(new Bundle(each.path("n").asLong(), each.path("sha256").asText())));
    JsonNode before = json.path("previous");
    PeriodDigest digest =
        new PeriodDigest(
            json.path("origin").asText(),
            json.path("hour").asText(),
            json.path("from").asLong(),
            json.path("to").asLong(),
            json.path("fromRoot").asText(),
            json.path("toRoot").asText(),
            bundles,
            before.isObject()
                ? Optional.of(
                    new Previous(before.path("hour").asText(), before.path("sha256").asText()))
                : Optional.empty(),
            json.path("facts") instanceof ObjectNode facts
                ? facts
                : JsonNodeFactory.instance.objectNode());
    if (!digest.hour().matches("[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}")
        || !digest.text().equals(text)) {
      throw new IllegalArgumentException("not a period digest in its canonical form");
    }
    return digest;
  }
}
