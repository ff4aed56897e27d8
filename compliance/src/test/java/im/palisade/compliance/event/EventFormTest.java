package im.palisade.compliance.event;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import im.palisade.compliance.audit.AuditEvent;
import im.palisade.compliance.log.Events;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class EventFormTest {
  private static final ObjectMapper MAPPER = new ObjectMapper();
  private final EventEncoder encoder = new EventEncoder("im-1", "eu-1");

  @Test
  void textIsEscapedAndKeysSortedAsTheStandardSays() throws Exception {
    // RFC 8785 section 3.2.2 (text) and 3.2.3 (keys).
    assertEquals(
        "{\"string\":\"€$\\u000f\\nA'B\\\"\\\\\\\\\\\"/\"}",
        CanonicalJson.text(
            MAPPER.readTree(
                "{\"string\":\"\\u20ac$\\u000F\\u000aA'\\u0042\\u0022\\u005c\\\\\\\"\\/\"}")));
    assertEquals(
        "{\"\\r\":1,\"1\":2,\"\u0080\":3,\"ö\":4,\"€\":5,\"\ud83d\ude00\":6,\"\ufb33\":7}",
        CanonicalJson.text(
            MAPPER.readTree(
                "{\"\\u20ac\":5,\"\\r"
                    + "\":1,\"\\ufb33\":7,\"1\":2,\"\\ud83d\\ude00\":6,\"\\u0080\":3,\"\\u00f6\":4}")));
  }

  @Test
  void whatImplementationsMightPrintDifferentlyIsRefused() throws Exception {
    for (String bad : List.of("1.5", "1e30", "9007199254740993", "\"\\ud800\"")) {
      assertThrows(
          IllegalArgumentException.class, () -> CanonicalJson.text(MAPPER.readTree(bad)), bad);
    }
  }

  @Test
  void theCounterIsTheOnlyThingThatTheLogAdds() throws Exception {
    AuditEvent tricky =
        Events.event(1)
            .withChange(Map.of("name", "\"node\":{\"id\":\"im-1\",\"n\":1}", "rate", 0.5));
    DraftEntry draft = DraftEntry.of(encoder.encode(Ulid.next(Events.NOW), tricky), List.of());
    byte[] entry = draft.entry(123_456);
    ObjectNode event = (ObjectNode) MAPPER.readTree(entry);
    assertEquals(123_456, event.at("/node/n").asLong());
    assertEquals("0.5", event.at("/change/after/rate").textValue());
    assertEquals(CanonicalJson.text(event), new String(entry, StandardCharsets.UTF_8));
  }

  @Test
  void whatTheSchemaDoesNotKnowIsRefusedByName() {
    assertRefused("event.extra", event -> event.put("extra", 1));
    assertRefused("event.type", event -> event.put("type", "user.vanish"));
    assertRefused("event.severity", event -> event.put("severity", "info"));
    assertRefused("event.time", event -> event.put("time", "2026-11-23T01:02:03Z"));
    assertRefused("event.id", event -> event.put("id", "1"));
    assertRefused("event.actor.ref", event -> ((ObjectNode) event.get("actor")).remove("ref"));
    assertRefused(
        "event.source.net", event -> ((ObjectNode) event.get("source")).put("net", "203.0.113.7"));
    assertRefused(
        "event",
        event -> event.putObject("change").putObject("after").put("a", "x".repeat(17_000)));
  }

  private void assertRefused(String field, java.util.function.Consumer<ObjectNode> change) {
    ObjectNode event = encoder.encode(Ulid.next(Events.NOW), Events.event(1));
    change.accept(event);
    EventRefusedException refused =
        assertThrows(EventRefusedException.class, () -> DraftEntry.of(event, List.of()));
    assertTrue(
        String.valueOf(refused.getMessage()).startsWith(field + ":"),
        String.valueOf(refused.getMessage()));
  }
}
