package im.palisade.compliance.export;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import im.palisade.compliance.audit.AuditEventCatalogue;
import im.palisade.compliance.audit.AuditEventType;
import im.palisade.compliance.audit.AuditEventType.Severity;
import im.palisade.compliance.merkle.MerkleHash;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/**
 * An entry with its place in the tree.
 *
 * @param origin of the log, the epoch included
 * @param entry the bytes that were hashed
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record PlacedEntry(String origin, int epoch, long index, byte[] entry) {
  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final int BASE_CLASS = 0;
  private static final int OTHER_ACTIVITY = 99;

  /** The leaf hash in base64. */
  public String leafHash() {
    return Base64.getEncoder().encodeToString(MerkleHash.leaf(entry));
  }

  /** The very text that was hashed: JSON on one line. */
  public String text() {
    return new String(entry, StandardCharsets.UTF_8);
  }

  Event event() {
    try {
      return new Event(MAPPER.readTree(entry));
    } catch (IOException e) {
      throw new IllegalArgumentException("an entry is not JSON", e);
    }
  }

  /** The members that formats ask for; empty text for what an event does not have. */
  record Event(JsonNode json) {
    String text(String pointer) {
      JsonNode value = json.at(pointer);
      return value.isValueNode() && !value.isNull() ? value.asText() : "";
    }

    String type() {
      return text("/type");
    }

    /** Its type; of an id that this build does not know what the event itself says. */
    AuditEventType catalogued() {
      return AuditEventCatalogue.shipped().all().stream()
          .filter(type -> type.id().equals(type()))
          .findFirst()
          .orElseGet(
              () ->
                  new AuditEventType(
                      type(),
                      type().split("\\.", 2)[0],
                      Severity.INFO,
                      true,
                      false,
                      true,
                      BASE_CLASS,
                      OTHER_ACTIVITY,
                      List.of(),
                      type()));
    }

    long millis() {
      String time = text("/time");
      return time.isEmpty() ? 0 : Instant.parse(time).toEpochMilli();
    }

    List<String> list(String pointer) {
      List<String> values = new ArrayList<>();
      json.at(pointer).forEach(value -> values.add(value.asText()));
      return values;
    }

    /** Targets as {@code kind:id}. */
    List<String> targets() {
      List<String> targets = new ArrayList<>();
      json.path("target").forEach(each -> targets.add(each.path("kind").asText() + ":" + id(each)));
      return targets;
    }

    static String id(JsonNode target) {
      return target.path(target.has("ref") ? "ref" : "id").asText();
    }

    /** References of the persons among the targets. */
    List<String> persons() {
      List<String> persons = new ArrayList<>();
      json.path("target")
          .forEach(
              target -> {
                if (target.has("ref")) {
                  persons.add(target.path("ref").asText());
                }
              });
      return persons;
    }
  }
}
