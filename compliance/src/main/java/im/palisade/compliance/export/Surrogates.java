package im.palisade.compliance.export;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** UTF-8 has no form for half a character; the log takes none, a damaged file may hold one. */
final class Surrogates {
  private Surrogates() {}

  /** The same JSON with U+FFFD for each lone surrogate. */
  static JsonNode without(JsonNode node) {
    if (node.isTextual()) {
      String text = node.textValue();
      return text.chars().anyMatch(c -> Character.isSurrogate((char) c))
          ? JsonNodeFactory.instance.textNode(without(text))
          : node;
    }
    if (node.isArray()) {
      ArrayNode copy = JsonNodeFactory.instance.arrayNode();
      node.forEach(item -> copy.add(without(item)));
      return copy;
    }
    if (node.isObject()) {
      ObjectNode copy = JsonNodeFactory.instance.objectNode();
      node.properties()
          .forEach(field -> copy.set(without(field.getKey()), without(field.getValue())));
      return copy;
    }
    return node;
  }

  private static String without(String text) {
    return text.codePoints()
        .map(
            point ->
                point >= Character.MIN_SURROGATE && point <= Character.MAX_SURROGATE
                    ? 0xFFFD
                    : point)
        .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
        .toString();
  }
}
