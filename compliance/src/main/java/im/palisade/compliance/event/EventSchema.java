package im.palisade.compliance.event;

import com.fasterxml.jackson.databind.JsonNode;
import im.palisade.compliance.audit.AuditEventCatalogue;
import im.palisade.compliance.audit.AuditEventType;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** The schema of audit events, version 1: every field there is, and nothing else. */
public final class EventSchema {
  /** Longest entry in bytes. */
  public static final int MAX_ENTRY = 16_384;

  private static final int MAX_DEPTH = 8;
  private static final Pattern ULID = Pattern.compile("[0-7][0-9A-HJKMNP-TV-Z]{25}");
  private static final Pattern TIME =
      Pattern.compile("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{6}Z");
  private static final Pattern NET = Pattern.compile("local|any|[0-9.]+/24|[0-9a-f:]+/48");
  private static final Pattern BASE64 = Pattern.compile("[A-Za-z0-9+/]{43}=");

  private record Field(boolean required, BiConsumer<String, JsonNode> rule) {}

  private static final Map<String, Field> EVENT =
      Map.ofEntries(
          must("v", EventSchema::versionOne),
          must("id", matching(ULID)),
          must("time", matching(TIME)),
          must("node", object(Map.ofEntries(must("id", text(64)), must("n", integer(1))))),
          must("region", text(64)),
          may("app", text(32)),
          must("type", EventSchema::knownType),
          must("severity", oneOf("info", "low", "medium", "high", "critical")),
          must(
              "outcome",
              object(
                  Map.ofEntries(
                      must("result", oneOf("success", "failure", "denied", "partial", "intent")),
                      may("code", integer(0)),
                      may("reason", text(200))))),
          must(
              "actor",
              object(
                  Map.ofEntries(
                      must(
                          "kind",
                          oneOf(
                              "admin", "auditor", "operator", "user", "service", "job", "system")),
                      must("ref", text(128)),
                      may("roles", list(text(64), 32)),
                      may("auth", list(text(32), 8)),
                      may("session", text(128)),
                      may("on_behalf_of", text(128))))),
          must(
              "source",
              object(
                  Map.ofEntries(
                      must(
                          "channel",
                          oneOf("console", "rest", "client", "cli", "job", "cluster", "webhook")),
                      must("net", matching(NET))))),
          must(
              "target",
              list(
                  object(
                      Map.ofEntries(
                          must("kind", text(64)),
                          may("id", text(512)),
                          may("ref", text(128)),
                          may("label", text(64)))),
                  500)),
          may(
              "change",
              object(
                  Map.ofEntries(
                      may("before", EventSchema::freeForm), may("after", EventSchema::freeForm)))),
          may("count", integer(0)),
          may("bytes", integer(0)),
          must(
              "context",
              object(
                  Map.ofEntries(
                      must("request", text(128)),
                      may("trace", text(128)),
                      may("case", text(128)),
                      may("approval", text(128)),
                      may("ticket", text(128)),
                      may("policy", text(128))))),
          may(
              "commit",
              list(
                  object(
                      Map.ofEntries(
                          must("slot", text(64)),
                          must("alg", oneOf("hmac-sha256")),
                          must("value", matching(BASE64)))),
                  64)));

  private static final BiConsumer<String, JsonNode> WHOLE = object(EVENT);

  /** Paths cost more than all rules together, and hardly any event is refused. */
  private static final String NOWHERE = "";

  private EventSchema() {}

  /**
   * Checks an event.
   *
   * @throws EventRefusedException naming the first field that is wrong
   */
  public static void check(JsonNode event) {
    try {
      WHOLE.accept(NOWHERE, event);
    } catch (EventRefusedException e) {
      // Once more with names: they are made for events that are refused only.
      WHOLE.accept("event", event);
      throw e;
    }
    AuditEventType type = AuditEventCatalogue.shipped().type(event.get("type").textValue());
    if (!type.severity().name().toLowerCase(Locale.ROOT).equals(event.get("severity").asText())) {
      throw new EventRefusedException("event.severity", "is not that of the type");
    }
  }

  private static Map.Entry<String, Field> must(String name, BiConsumer<String, JsonNode> rule) {
    return Map.entry(name, new Field(true, rule));
  }

  private static Map.Entry<String, Field> may(String name, BiConsumer<String, JsonNode> rule) {
    return Map.entry(name, new Field(false, rule));
  }

  private static BiConsumer<String, JsonNode> object(Map<String, Field> fields) {
    Set<String> required =
        fields.entrySet().stream()
            .filter(field -> field.getValue().required())
            .map(Map.Entry::getKey)
            .collect(Collectors.toUnmodifiableSet());
    return (path, node) -> {
      need(node.isObject(), path, "is not an object");
      for (Map.Entry<String, JsonNode> given : node.properties()) {
        Field field = fields.get(given.getKey());
        need(field != null, below(path, given.getKey()), "is not a field of the schema");
        field.rule().accept(below(path, given.getKey()), given.getValue());
      }
      for (String name : required) {
        need(node.has(name), below(path, name), "is missing");
      }
    };
  }

  private static String below(String path, String name) {
    return path.isEmpty() ? NOWHERE : path + "." + name;
  }

  private static BiConsumer<String, JsonNode> list(BiConsumer<String, JsonNode> item, int max) {
    return (path, node) -> {
      need(node.isArray(), path, "is not a list");
      need(node.size() <= max, path, "has more than " + max + " items");
      String each = path.isEmpty() ? NOWHERE : path + "[]";
      node.forEach(one -> item.accept(each, one));
    };
  }

  private static BiConsumer<String, JsonNode> text(int max) {
    return (path, node) -> {
      need(node.isTextual(), path, "is not text");
      need(!node.textValue().isEmpty(), path, "is empty");
      need(node.textValue().length() <= max, path, "is longer than " + max);
    };
  }

  private static BiConsumer<String, JsonNode> matching(Pattern pattern) {
    return (path, node) ->
        need(
            node.isTextual() && pattern.matcher(node.textValue()).matches(),
            path,
            "does not have its form");
  }

  private static BiConsumer<String, JsonNode> oneOf(String... values) {
    Set<String> allowed = Set.copyOf(List.of(values));
    return (path, node) ->
        need(
            node.isTextual() && allowed.contains(node.textValue()),
            path,
            "is not one of its values");
  }

  private static BiConsumer<String, JsonNode> integer(long min) {
    return (path, node) ->
        need(
            node.isIntegralNumber() && node.canConvertToLong() && node.longValue() >= min,
            path,
            "is not an integer from " + min);
  }

  private static void versionOne(String path, JsonNode node) {
    need(node.isIntegralNumber() && node.longValue() == 1, path, "is not 1");
  }

  private static void knownType(String path, JsonNode node) {
    need(node.isTextual(), path, "is not text");
    try {
      AuditEventCatalogue.shipped().type(node.textValue());
    } catch (IllegalArgumentException e) {
      throw new EventRefusedException(path, "is not in the catalogue");
    }
  }

  private static void freeForm(String path, JsonNode node) {
    need(node.isObject(), path, "is not an object");
    need(depth(node) <= MAX_DEPTH, path, "is deeper than " + MAX_DEPTH);
  }

  private static int depth(JsonNode node) {
    int deepest = 0;
    for (JsonNode child : node) {
      deepest = Math.max(deepest, depth(child));
    }
    return node.isContainerNode() ? deepest + 1 : 0;
  }

  private static void need(boolean held, String path, String why) {
    if (!held) {
      throw new EventRefusedException(path, why);
    }
  }
}
