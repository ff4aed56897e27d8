package im.palisade.server.store;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import im.palisade.compliance.audit.AuditEvent;
import im.palisade.compliance.audit.AuditEvent.Target;
import im.palisade.compliance.audit.AuditEventCatalogue;
import im.palisade.compliance.event.DraftEntry;
import im.palisade.compliance.event.EventEncoder;
import im.palisade.compliance.event.Ulid;
import im.palisade.compliance.side.SideRecords;
import im.palisade.compliance.side.SideRecords.Aside;
import im.palisade.server.security.SecretBox;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/**
 * An event on its way to the log: in its final form but for the counter of its node, checked
 * against the schema before anything is committed, so that the log never meets one it refuses.
 *
 * @param failClosed the act waits for it
 * @param aside personal values the event is committed to; encrypted wherever they are written
 */
public record AuditRecord(DraftEntry draft, boolean failClosed, Aside aside) {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** More would not fit into an entry; an act on more targets is several events. */
  private static final int TARGETS = 100;

  /** Encodes events. */
  public static List<AuditRecord> encode(EventEncoder encoder, List<AuditEvent> events) {
    List<AuditRecord> records = new ArrayList<>(events.size());
    for (AuditEvent event : events) {
      List<Target> targets = event.target();
      if (targets.size() <= TARGETS) {
        records.add(one(encoder, event));
      } else {
        for (int from = 0; from < targets.size(); from += TARGETS) {
          List<Target> part = targets.subList(from, Math.min(targets.size(), from + TARGETS));
          records.add(one(encoder, event.on(part).withCount(part.size())));
        }
      }
    }
    return records;
  }

  private static AuditRecord one(EventEncoder encoder, AuditEvent event) {
    ObjectNode encoded = encoder.encode(Ulid.next(event.time()), event);
    Aside aside =
        SideRecords.commit(
            encoded,
            event.personal().stream()
                .map(value -> new SideRecords.Value(value.subject(), value.slot(), value.value()))
                .toList());
    return new AuditRecord(
        DraftEntry.of(encoded, List.of()),
        AuditEventCatalogue.shipped().type(event.type()).failClosed(),
        aside);
  }

  /** Records as one text, personal values sealed. */
  public static byte[] write(List<AuditRecord> records, SecretBox box) {
    StringBuilder out = new StringBuilder(1024 * records.size()).append('[');
    for (AuditRecord record : records) {
      out.append(out.length() > 1 ? ",{" : "{").append("\"event\":");
      out.append(new String(record.draft.entry(1), StandardCharsets.UTF_8));
      if (!record.aside.values().isEmpty()) {
        byte[] values = bytes(record.aside);
        String sealed = Base64.getEncoder().encodeToString(box.seal(values, record.draft.id()));
        out.append(",\"aside\":\"").append(sealed).append('"');
      }
      out.append('}');
    }
    return out.append(']').toString().getBytes(StandardCharsets.UTF_8);
  }

  /**
   * Reads what {@link #write} wrote.
   *
   * @throws IllegalArgumentException when it was changed
   */
  public static List<AuditRecord> read(byte[] written, SecretBox box) {
    try {
      List<AuditRecord> records = new ArrayList<>();
      for (JsonNode each : JSON.readTree(written)) {
        if (!(each.get("event") instanceof ObjectNode event)
            || !(event.get("node") instanceof ObjectNode node)) {
          throw new IllegalArgumentException("not a record");
        }
        node.remove("n");
        String id = event.path("id").asText();
        Aside aside =
            each.has("aside")
                ? JSON.readValue(box.open(each.get("aside").binaryValue(), id), Aside.class)
                : new Aside(id, 0, List.of());
        boolean failClosed =
            AuditEventCatalogue.shipped().type(event.path("type").asText()).failClosed();
        records.add(new AuditRecord(DraftEntry.of(event, List.of()), failClosed, aside));
      }
      return records;
    } catch (IOException e) {
      throw new IllegalArgumentException("not audit records", e);
    }
  }

  private static byte[] bytes(Aside aside) {
    try {
      return JSON.writeValueAsBytes(aside);
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(e);
    }
  }
}
