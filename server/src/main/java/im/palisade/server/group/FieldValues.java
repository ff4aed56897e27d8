package im.palisade.server.group;

import com.fasterxml.jackson.databind.node.ObjectNode;
import im.palisade.server.protocol.Json;
import java.util.LinkedHashMap;
import java.util.Map;

/** Texts by key as one envelope in a column; never read by SQL. No texts are no bytes. */
final class FieldValues {
  private static final byte[] NONE = {};

  private FieldValues() {}

  static byte[] encode(Map<String, String> values) {
    if (values.isEmpty()) {
      return NONE;
    }
    ObjectNode node = Json.object();
    values.forEach(node::put);
    return Json.bytes(node);
  }

  static Map<String, String> decode(byte[] envelope) {
    if (envelope.length == 0) {
      return Map.of();
    }
    Map<String, String> values = new LinkedHashMap<>();
    Json.parseObject(envelope)
        .orElseThrow(() -> new IllegalStateException("an envelope of fields cannot be read"))
        .properties()
        .forEach(field -> values.put(field.getKey(), field.getValue().textValue()));
    return values;
  }
}
