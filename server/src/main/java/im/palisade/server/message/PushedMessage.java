package im.palisade.server.message;

import com.fasterxml.jackson.databind.JsonNode;
import im.palisade.server.account.Account;
import im.palisade.server.app.App;
import im.palisade.server.gateway.ClientEvent;
import im.palisade.server.gateway.EncodedFrame;
import im.palisade.server.message.MessageJson.ClientMessage;
import im.palisade.server.protocol.ErrorCode;
import java.util.Optional;

/**
 * A message that goes to many at once and into nobody's history (rest-messages D1): validated and
 * kept like any other, delivered as one encoded frame for all.
 */
public final class PushedMessage {
  private final byte[] content;

  private PushedMessage(byte[] content) {
    this.content = content;
  }

  /**
   * Validates a message from REST.
   *
   * @param msgBody the value of {@code MsgBody}; a missing node when absent
   * @throws im.palisade.server.protocol.ImException as for any REST send
   */
  public static PushedMessage of(
      App app, JsonNode msgBody, Optional<JsonNode> offlinePush, Bundles bundles) {
    offlinePush.ifPresent(OfflinePush::validate);
    MessageBody body =
        MessageBody.of(
            msgBody,
            Optional.empty(),
            app.settings().maxMessageBytes(),
            ErrorCode.MESSAGE_TOO_LONG_REST,
            app.settings().strictMedia());
    bundles.require(app, body, ErrorCode.MSG_ELEMENT_MALFORMED);
    return new PushedMessage(MessageContent.encode(body, offlinePush.map(JsonNode::toString)));
  }

  /** A message that was validated when it was stored. */
  public static PushedMessage stored(byte[] content) {
    return new PushedMessage(content);
  }

  /** Content to store; it must not be changed. */
  public byte[] content() {
    return content;
  }

  /** The event every receiver gets: a one-to-one message of the sender, without a sequence. */
  public EncodedFrame frame(Account sender, MsgKey key) {
    return EncodedFrame.event(
        ClientEvent.MESSAGE_NEW,
        MessageJson.newMessage(
            new ClientMessage(
                "C2C" + sender.userId(),
                0,
                key,
                sender.userId(),
                sender.nick(),
                sender.faceUrl(),
                MessageContent.decode(content),
                0)));
  }
}
