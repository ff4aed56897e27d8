package im.palisade.server.gateway;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * What of a request must be done in turn. Requests of one connection with the same key run one
 * after another in the order in which they came, whatever their command; others run at the same
 * time.
 */
@FunctionalInterface
public interface LaneKey {
  /** Every request for itself. */
  LaneKey NONE = data -> "";

  /** The key; empty for none. Runs on the event loop: no blocking, no throwing. */
  String keyOf(ObjectNode data);

  /** The text in that field of the data; a request without it has no lane. */
  static LaneKey field(String name) {
    return data -> {
      JsonNode value = data.get(name);
      return value != null && value.isTextual() ? value.textValue() : "";
    };
  }
}
