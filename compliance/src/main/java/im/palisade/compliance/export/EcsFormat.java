package im.palisade.compliance.export;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import im.palisade.compliance.audit.AuditEventType;
import im.palisade.compliance.event.CanonicalJson;
import im.palisade.compliance.export.PlacedEntry.Event;
import java.util.List;
import java.util.Map;

/**
 * ECS 9.4. {@code event.original} is the entry as it was hashed, {@code event.hash} its leaf hash,
 * {@code event.sequence} its leaf index.
 */
final class EcsFormat {
  /** OCSF classes of the category findings. */
  private static final int FINDINGS = 2;

  /** {@code event.type} by the last word of a type. */
  private static final Map<String, String> KINDS =
      Map.ofEntries(
          Map.entry("create", "creation"),
          Map.entry("import", "creation"),
          Map.entry("open", "creation"),
          Map.entry("place", "creation"),
          Map.entry("request", "creation"),
          Map.entry("enroll", "creation"),
          Map.entry("update", "change"),
          Map.entry("set", "change"),
          Map.entry("change", "change"),
          Map.entry("rotate", "change"),
          Map.entry("modify", "change"),
          Map.entry("state", "change"),
          Map.entry("toggle", "change"),
          Map.entry("rollback", "change"),
          Map.entry("mute", "change"),
          Map.entry("grant", "change"),
          Map.entry("revoke", "change"),
          Map.entry("enable", "change"),
          Map.entry("disable", "change"),
          Map.entry("recall", "deletion"),
          Map.entry("delete", "deletion"),
          Map.entry("destroy", "deletion"),
          Map.entry("purge", "deletion"),
          Map.entry("prune", "deletion"),
          Map.entry("remove", "deletion"),
          Map.entry("clear", "deletion"),
          Map.entry("read", "access"),
          Map.entry("view", "access"),
          Map.entry("search", "access"),
          Map.entry("query", "access"),
          Map.entry("export", "access"),
          Map.entry("download", "access"),
          Map.entry("login", "start"),
          Map.entry("start", "start"),
          Map.entry("logout", "end"),
          Map.entry("stop", "end"),
          Map.entry("close", "end"));

  private EcsFormat() {}

  static String line(PlacedEntry entry) {
    Event event = entry.event();
    AuditEventType type = event.catalogued();
    ObjectNode out = JsonNodeFactory.instance.objectNode();
    out.put("@timestamp", event.text("/time"));
    out.put("message", type.title());
    out.putObject("ecs").put("version", "9.4.0");
    event(out.putObject("event"), entry, event, type);
    ObjectNode user = out.putObject("user").put("id", event.text("/actor/ref"));
    add(user, "roles", event.list("/actor/roles"));
    event.persons().stream()
        .findFirst()
        .ifPresent(person -> user.putObject("target").put("id", person));
    text(out, "organization", "id", event.text("/app"));
    text(out, "trace", "id", event.text("/context/trace"));
    ObjectNode observer = out.putObject("observer");
    observer.put("vendor", "Palisade").put("product", "Palisade").put("type", "audit");
    observer.put("hostname", event.text("/node/id"));
    out.putObject("log").put("logger", entry.origin());
    ObjectNode labels = out.putObject("labels");
    labels.put("palisade_epoch", Integer.toString(entry.epoch()));
    label(labels, "region", event.text("/region"));
    label(labels, "case", event.text("/context/case"));
    label(labels, "approval", event.text("/context/approval"));
    label(labels, "request", event.text("/context/request"));
    label(labels, "channel", event.text("/source/channel"));
    label(labels, "net", event.text("/source/net"));
    label(labels, "target", String.join(" ", event.targets()));
    return CanonicalJson.text(Surrogates.without(out));
  }

  private static void event(ObjectNode out, PlacedEntry entry, Event event, AuditEventType type) {
    out.put("kind", type.ocsfClass() / 1000 == FINDINGS ? "alert" : "event");
    add(out, "category", type.ecsCategories());
    String result = event.text("/outcome/result");
    ArrayNode kinds = out.putArray("type");
    kinds.add(KINDS.getOrDefault(type.id().substring(type.id().lastIndexOf('.') + 1), "info"));
    if (result.equals("denied")) {
      kinds.add("denied");
    }
    if (type.group().equals("admin")) {
      kinds.add("admin");
    }
    out.put("action", type.id());
    out.put(
        "outcome",
        switch (result) {
          case "success" -> "success";
          case "failure", "denied" -> "failure";
          default -> "unknown";
        });
    out.put("id", event.text("/id"));
    out.put("sequence", entry.index()).put("hash", entry.leafHash());
    out.put("severity", severity(event.text("/severity")));
    out.put("module", "palisade").put("dataset", "palisade.audit").put("provider", "palisade");
    String code = event.text("/outcome/code");
    if (!code.isEmpty()) {
      out.put("code", code);
    }
    String reason = event.text("/outcome/reason");
    if (!reason.isEmpty()) {
      out.put("reason", reason);
    }
    out.put("original", entry.text());
  }

  private static int severity(String word) {
    return switch (word) {
      case "critical" -> 4;
      case "high" -> 3;
      case "medium" -> 2;
      case "low" -> 1;
      default -> 0;
    };
  }

  private static void add(ObjectNode out, String name, List<String> values) {
    if (!values.isEmpty()) {
      ArrayNode list = out.putArray(name);
      values.forEach(list::add);
    }
  }

  private static void text(ObjectNode out, String object, String name, String value) {
    if (!value.isEmpty()) {
      out.putObject(object).put(name, value);
    }
  }

  private static void label(ObjectNode labels, String name, String value) {
    if (!value.isEmpty()) {
      labels.put(name, value);
    }
  }
}
