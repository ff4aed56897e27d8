package im.palisade.client;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * A message as it arrives or as history tells it.
 *
 * @param conversation {@code C2C<userId>} or {@code GROUP<groupId>} from the reader's side
 * @param seq number in its conversation; 0 when it is not stored
 * @param time UNIX seconds
 * @param random the sender's number
 * @param msgKey the key that, with the conversation, tells duplicates apart
 * @param from UserID of the sender
 * @param nick the sender's nickname; may be empty
 * @param body message elements as in the REST API
 */
public record ImMessage(
    String conversation,
    long seq,
    long time,
    long random,
    String msgKey,
    String from,
    String nick,
    JsonNode body) {

  static ImMessage of(JsonNode node) {
    return new ImMessage(
        node.path("conversation").asText(),
        node.path("seq").asLong(),
        node.path("time").asLong(),
        node.path("random").asLong(),
        node.path("msgKey").asText(),
        node.path("from").asText(),
        node.path("nick").asText(),
        node.path("body"));
  }

  /** The text of the text elements, other elements as their type in brackets. */
  public String text() {
    StringBuilder text = new StringBuilder();
    for (JsonNode element : body) {
      String type = element.path("MsgType").asText();
      text.append(
          type.equals("TIMTextElem")
              ? element.path("MsgContent").path("Text").asText()
              : "[" + type + "]");
    }
    return text.toString();
  }
}
