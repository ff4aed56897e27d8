package im.palisade.compliance.export;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import im.palisade.compliance.audit.AuditEventType;
import im.palisade.compliance.event.CanonicalJson;
import im.palisade.compliance.export.PlacedEntry.Event;

/**
 * OCSF 1.8.0. Class and activity are those of the event list. {@code raw_data} is the entry as it
 * was hashed; the place in the tree stands in {@code unmapped.palisade} until the profile for
 * record integrity of version 1.9 is released.
 */
final class OcsfFormat {
  private static final int OTHER = 99;

  private OcsfFormat() {}

  static String line(PlacedEntry entry) {
    Event event = entry.event();
    AuditEventType type = event.catalogued();
    ObjectNode out = JsonNodeFactory.instance.objectNode();
    out.put("class_uid", type.ocsfClass());
    out.put("category_uid", type.ocsfClass() / 1000);
    out.put("activity_id", type.ocsfActivity());
    out.put("type_uid", type.ocsfClass() * 100L + type.ocsfActivity());
    out.put("severity_id", severity(event.text("/severity")));
    out.put("time", event.millis());
    out.put("message", type.title());
    status(out, event.text("/outcome/result"));
    text(out, "status_code", event.text("/outcome/code"));
    ObjectNode metadata = out.putObject("metadata");
    metadata.put("version", "1.8.0").put("uid", event.text("/id"));
    metadata.put("sequence", entry.index()).put("log_name", entry.origin());
    text(metadata, "tenant_uid", event.text("/app"));
    text(metadata, "correlation_uid", event.text("/context/request"));
    metadata.putObject("product").put("name", "Palisade").put("vendor_name", "Palisade");
    ObjectNode actor = out.putObject("actor");
    actor.putObject("user").put("uid", event.text("/actor/ref"));
    event
        .list("/actor/roles")
        .forEach(
            role -> actor.withObject("/user").withArray("groups").addObject().put("uid", role));
    if (!event.text("/actor/session").isEmpty()) {
      actor.putObject("session").put("uid", event.text("/actor/session"));
    }
    text(out.putObject("src_endpoint"), "name", event.text("/source/net"));
    out.putObject("api").put("operation", event.type());
    out.putObject("device").put("hostname", event.text("/node/id")).put("type_id", 1);
    ArrayNode resources = out.putArray("resources");
    for (JsonNode target : event.json().path("target")) {
      ObjectNode resource = resources.addObject();
      resource.put("type", target.path("kind").asText()).put("uid", Event.id(target));
      if (target.has("label")) {
        resource.putArray("labels").add(target.get("label").asText());
      }
    }
    if (!event.text("/count").isEmpty()) {
      out.put("count", event.json().path("count").asLong());
    }
    ObjectNode place = out.putObject("unmapped").putObject("palisade");
    place.put("origin", entry.origin()).put("epoch", entry.epoch());
    place.put("leaf_index", entry.index()).put("leaf_hash", entry.leafHash());
    out.put("raw_data", entry.text());
    return CanonicalJson.text(Surrogates.without(out));
  }

  private static void status(ObjectNode out, String result) {
    switch (result) {
      case "success" -> out.put("status_id", 1).put("status", "Success");
      case "failure", "denied" -> out.put("status_id", 2).put("status", "Failure");
      default -> out.put("status_id", OTHER).put("status", result);
    }
    out.put("status_detail", result);
  }

  private static void text(ObjectNode out, String name, String value) {
    if (!value.isEmpty()) {
      out.put(name, value);
    }
  }

  private static int severity(String word) {
    return switch (word) {
      case "critical" -> 5;
      case "high" -> 4;
      case "medium" -> 3;
      case "low" -> 2;
      default -> 1;
    };
  }
}
