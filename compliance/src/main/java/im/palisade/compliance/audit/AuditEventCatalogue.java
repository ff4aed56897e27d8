package im.palisade.compliance.audit;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import im.palisade.compliance.audit.AuditEventType.Severity;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Every audit event type there is, read from {@code audit-events.yaml}. */
public final class AuditEventCatalogue {
  private final Map<String, AuditEventType> types;

  private AuditEventCatalogue(Map<String, AuditEventType> types) {
    this.types = types;
  }

  /** The catalogue this build ships. */
  public static AuditEventCatalogue shipped() {
    return Holder.SHIPPED;
  }

  /**
   * The type of that id.
   *
   * @throws IllegalArgumentException when the catalogue has no such id
   */
  public AuditEventType type(String id) {
    AuditEventType type = types.get(id);
    if (type == null) {
      throw new IllegalArgumentException("unknown audit event type: " + id);
    }
    return type;
  }

  /** All types in catalogue order. */
  public Collection<AuditEventType> all() {
    return types.values();
  }

  private static AuditEventCatalogue read() {
    try (InputStream in = AuditEventCatalogue.class.getResourceAsStream("audit-events.yaml")) {
      JsonNode events = new ObjectMapper(new YAMLFactory()).readTree(in).required("events");
      Map<String, AuditEventType> types = new LinkedHashMap<>();
      for (JsonNode event : events) {
        AuditEventType type = type(event);
        if (types.put(type.id(), type) != null) {
          throw new IllegalStateException("audit event type declared twice: " + type.id());
        }
      }
      return new AuditEventCatalogue(Collections.unmodifiableMap(types));
    } catch (IOException e) {
      throw new UncheckedIOException("audit-events.yaml", e);
    }
  }

  private static AuditEventType type(JsonNode event) {
    List<String> categories = new ArrayList<>();
    event.required("ecs").forEach(category -> categories.add(category.asText()));
    return new AuditEventType(
        event.required("id").asText(),
        event.required("group").asText(),
        Severity.valueOf(event.required("severity").asText().toUpperCase(Locale.ROOT)),
        event.required("mandatory").asBoolean(),
        event.required("fail_closed").asBoolean(),
        event.required("default").asText().equals("on"),
        event.required("ocsf").get(0).asInt(),
        event.required("ocsf").get(1).asInt(),
        List.copyOf(categories),
        event.required("title").asText());
  }

  private static final class Holder {
    static final AuditEventCatalogue SHIPPED = read();
  }
}
