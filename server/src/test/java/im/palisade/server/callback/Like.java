package im.palisade.server.callback;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/**
 * Compares a body with an example: the same members, no more and no less, with the same values; for
 * what nobody can know before, {@code *int}, {@code *now} (milliseconds) and {@code *text} stand.
 */
final class Like {
  private static final long NEAR_MILLIS = 60_000;

  private Like() {}

  /** Apostrophes stand for quotes. */
  static void assertLike(String example, JsonNode actual) {
    JsonNode expected = Hooked.json(example.replace('\'', '"'));
    assertEquals(
        expected.properties().iterator().next().getKey(),
        actual.properties().iterator().next().getKey(),
        "the first member");
    compare("", expected, actual);
  }

  private static void compare(String path, JsonNode expected, JsonNode actual) {
    switch (expected.getNodeType()) {
      case OBJECT -> {
        assertEquals(names(expected), names(actual), path + " in " + actual);
        for (Map.Entry<String, JsonNode> each : expected.properties()) {
          compare(path + "/" + each.getKey(), each.getValue(), actual.path(each.getKey()));
        }
      }
      case ARRAY -> {
        assertEquals(expected.size(), actual.size(), path + " in " + actual);
        for (int i = 0; i < expected.size(); i++) {
          compare(path + "/" + i, expected.get(i), actual.path(i));
        }
      }
      default -> value(path, expected, actual);
    }
  }

  private static void value(String path, JsonNode expected, JsonNode actual) {
    switch (expected.asText()) {
      case "*int" -> assertTrue(actual.isIntegralNumber(), path + " is " + actual);
      case "*now" ->
          assertTrue(
              actual.isIntegralNumber()
                  && Math.abs(actual.asLong() - System.currentTimeMillis()) < NEAR_MILLIS,
              path + " is " + actual);
      case "*text" ->
          assertTrue(actual.isTextual() && !actual.asText().isEmpty(), path + " is " + actual);
      default -> assertEquals(expected, actual, path);
    }
  }

  private static List<String> names(JsonNode node) {
    TreeSet<String> names = new TreeSet<>();
    node.properties().forEach(each -> names.add(each.getKey()));
    return new ArrayList<>(names);
  }
}
