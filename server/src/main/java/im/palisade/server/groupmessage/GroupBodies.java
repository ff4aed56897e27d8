package im.palisade.server.groupmessage;

import com.fasterxml.jackson.databind.JsonNode;
import im.palisade.server.app.App;
import im.palisade.server.message.MessageBody;
import im.palisade.server.message.OfflinePush;
import im.palisade.server.protocol.ErrorCode;
import im.palisade.server.protocol.ImException;
import java.util.Optional;

/** Bodies of group messages: those of all messages, refused with the codes of this family. */
final class GroupBodies {
  private GroupBodies() {}

  /**
   * Validates a body.
   *
   * @throws ImException GROUP_INVALID_PARAMETER, MESSAGE_TOO_LONG
   */
  static MessageBody of(App app, JsonNode msgBody, Optional<String> cloudCustomData) {
    try {
      return MessageBody.of(
          msgBody,
          cloudCustomData,
          app.settings().maxMessageBytes(),
          ErrorCode.MESSAGE_TOO_LONG,
          app.settings().strictMedia());
    } catch (ImException e) {
      throw inFamily(e);
    }
  }

  /**
   * Validates push settings.
   *
   * @throws ImException GROUP_INVALID_PARAMETER
   */
  static Optional<String> offlinePush(Optional<JsonNode> settings) {
    try {
      settings.ifPresent(OfflinePush::validate);
    } catch (ImException e) {
      throw inFamily(e);
    }
    return settings.map(JsonNode::toString);
  }

  private static ImException inFamily(ImException e) {
    return e.code() == ErrorCode.MESSAGE_TOO_LONG.number()
        ? e
        : new ImException(ErrorCode.GROUP_INVALID_PARAMETER, e.info());
  }
}
