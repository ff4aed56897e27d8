package im.palisade.compliance.event;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import im.palisade.compliance.audit.AuditEvent;
import im.palisade.compliance.audit.AuditEventCatalogue;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** Turns what the server records into the event of the log's schema. */
public final class EventEncoder {
  private static final DateTimeFormatter MICROS =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSSSS'Z'", Locale.ROOT)
          .withZone(ZoneOffset.UTC);

  /** Kinds of targets that are persons and so appear by reference. */
  private static final Set<String> PERSONS = Set.of("user", "usr", "admin");

  private static final ObjectMapper MAPPER =
      new ObjectMapper().registerModule(new JavaTimeModule());

  private final String node;
  private final String region;

  /** Encodes events of one node in one region. */
  public EventEncoder(String node, String region) {
    this.node = node;
    this.region = region;
  }

  /**
   * The event without its node's counter.
   *
   * @param id a ULID, see {@link Ulid}; the same event handed over twice must carry the same
   */
  public ObjectNode encode(String id, AuditEvent event) {
    ObjectNode out = JsonNodeFactory.instance.objectNode();
    out.put("v", 1).put("id", id).put("time", time(event.time()));
    out.putObject("node").put("id", node);
    out.put("region", region);
    if (event.app() != null && !event.app().isEmpty()) {
      out.put("app", event.app());
    }
    out.put("type", event.type());
    out.put("severity", lower(AuditEventCatalogue.shipped().type(event.type()).severity()));
    ObjectNode outcome = out.putObject("outcome").put("result", lower(event.outcome()));
    if (event.outcomeCode() != null) {
      outcome.put("code", event.outcomeCode());
    }
    out.putObject("actor").put("kind", lower(event.actor().kind())).put("ref", event.actor().ref());
    out.putObject("source")
        .put("channel", lower(event.source().channel()))
        .put("net", event.source().net());
    ArrayNode targets = out.putArray("target");
    for (AuditEvent.Target target : event.target()) {
      targets
          .addObject()
          .put("kind", target.kind())
          .put(PERSONS.contains(target.kind()) ? "ref" : "id", target.id());
    }
    if (!event.before().isEmpty()) {
      out.withObject("/change").set("before", plain(MAPPER.valueToTree(event.before())));
    }
    if (!event.change().isEmpty()) {
      out.withObject("/change").set("after", plain(MAPPER.valueToTree(event.change())));
    }
    if (event.count() != 1) {
      out.put("count", event.count());
    }
    ObjectNode context = out.putObject("context").put("request", event.context().request());
    if (!event.context().caseId().isEmpty()) {
      context.put("case", event.context().caseId());
    }
    return out;
  }

  /** RFC 3339 in UTC with microseconds. */
  public static String time(Instant time) {
    return MICROS.format(time);
  }

  private static String lower(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }

  /** Fractions and integers beyond 2^53 become text, which every implementation prints alike. */
  private static JsonNode plain(JsonNode node) {
    if (node.isObject()) {
      ObjectNode copy = JsonNodeFactory.instance.objectNode();
      for (Map.Entry<String, JsonNode> field : node.properties()) {
        copy.set(field.getKey(), plain(field.getValue()));
      }
      return copy;
    }
    if (node.isArray()) {
      ArrayNode copy = JsonNodeFactory.instance.arrayNode();
      node.forEach(item -> copy.add(plain(item)));
      return copy;
    }
    boolean safe =
        node.isIntegralNumber()
            && node.canConvertToLong()
            && Math.abs(node.longValue()) < (1L << 53);
    return node.isNumber() && !safe ? JsonNodeFactory.instance.textNode(node.asText()) : node;
  }
}
