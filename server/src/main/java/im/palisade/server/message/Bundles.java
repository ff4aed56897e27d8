package im.palisade.server.message;

import im.palisade.server.app.App;
import im.palisade.server.protocol.ErrorCode;
import im.palisade.server.protocol.ImException;
import java.util.Set;

/**
 * The lists of merged messages that were too large to stand in their message: a message may name
 * those of its own app alone (message-formats §1.2).
 */
@FunctionalInterface
public interface Bundles {
  /** Whether the app keeps all of these. */
  boolean keeps(App app, Set<String> keys);

  /** Whether every bundle that a body names is one of the app. */
  default boolean keepsThoseOf(App app, MessageBody body) {
    return body.bundles().isEmpty() || keeps(app, body.bundles());
  }

  /**
   * Holds a body to that.
   *
   * @param otherwise how the family refuses a malformed element
   * @throws ImException {@code otherwise}
   */
  default void require(App app, MessageBody body, ErrorCode otherwise) {
    if (!keepsThoseOf(app, body)) {
      throw new ImException(otherwise, "JsonMsgKey names no bundle of this app");
    }
  }
}
