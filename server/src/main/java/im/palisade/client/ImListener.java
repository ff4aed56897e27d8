package im.palisade.client;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * Hears what the server says unasked. Calls come one at a time in the order of the wire and must
 * not block, since the next frame is read only after they return.
 */
public interface ImListener {
  /** A message arrived, one call for each of an event. */
  default void onMessage(ImMessage message) {}

  /** An event of messages as it came, before a call for each of them. */
  default void onMessages(JsonNode data) {}

  /** Any event other than {@code message.new}. */
  default void onEvent(String name, JsonNode data) {}

  /** The connection ended; nothing follows. */
  default void onClosed(Closed closed) {}
}
