package im.palisade.server.callback;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import im.palisade.server.protocol.Json;
import java.util.Optional;

/**
 * What of an app's webhook settings nobody may read again.
 *
 * @param token requests are signed with
 * @param authorities PEM certificates trusted beside the JDK's
 * @param identity PEM certificate chain and PKCS#8 key shown to the receiver
 */
public record CallbackSecrets(
    Optional<String> token, Optional<String> authorities, Optional<String> identity) {
  /** None. */
  public static final CallbackSecrets NONE =
      new CallbackSecrets(Optional.empty(), Optional.empty(), Optional.empty());

  static CallbackSecrets parse(byte[] json) {
    ObjectNode node =
        Json.parseObject(json)
            .orElseThrow(() -> new IllegalStateException("webhook secrets are no JSON"));
    return new CallbackSecrets(
        text(node, "token"), text(node, "authorities"), text(node, "identity"));
  }

  byte[] bytes() {
    ObjectNode node = Json.object();
    token.ifPresent(text -> node.put("token", text));
    authorities.ifPresent(text -> node.put("authorities", text));
    identity.ifPresent(text -> node.put("identity", text));
    return Json.bytes(node);
  }

  private static Optional<String> text(ObjectNode node, String name) {
    return Optional.of(node.path(name)).filter(JsonNode::isTextual).map(JsonNode::textValue);
  }

  @Override
  public String toString() {
    return "CallbackSecrets";
  }
}
