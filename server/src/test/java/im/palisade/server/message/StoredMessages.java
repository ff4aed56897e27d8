package im.palisade.server.message;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import im.palisade.server.protocol.Json;
import im.palisade.server.testing.TestApp;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicLong;

/** What tests of stored messages ask of an app's REST again and again. */
record StoredMessages(TestApp app) {
  private static final AtomicLong RANDOM = new AtomicLong(1);

  /** A text message to send; later ones come later in history, also within one second. */
  static ObjectNode message(String from, String to, String text) {
    long number = RANDOM.incrementAndGet();
    ObjectNode body =
        Json.object()
            .put("From_Account", from)
            .put("To_Account", to)
            .put("MsgSeq", number)
            .put("MsgRandom", number);
    body.putArray("MsgBody").add(element(text));
    return body;
  }

  /** A text element. */
  static ObjectNode element(String text) {
    ObjectNode element = Json.object().put("MsgType", "TIMTextElem");
    element.putObject("MsgContent").put("Text", text);
    return element;
  }

  /** Sends a text and returns its key. */
  String send(String from, String to, String text) {
    return send(message(from, to, text));
  }

  /** Sends and returns the key. */
  String send(ObjectNode message) {
    JsonNode reply = call("sendmsg", message);
    if (reply.path("ErrorCode").asInt() != 0) {
      throw new AssertionError(reply.toString());
    }
    return reply.path("MsgKey").asText();
  }

  JsonNode call(String command, ObjectNode body) {
    return app.rest("openim/" + command, body.toString());
  }

  int code(String command, ObjectNode body) {
    return call(command, body).path("ErrorCode").asInt();
  }

  /** The messages one side sees, oldest first. */
  JsonNode history(String operator, String peer) {
    ObjectNode body =
        Json.object()
            .put("Operator_Account", operator)
            .put("Peer_Account", peer)
            .put("MaxCnt", 100)
            .put("MinTime", 0)
            .put("MaxTime", 4_000_000_000L);
    return call("admin_getroammsg", body).path("MsgList");
  }

  /** The texts one side sees, oldest first, separated by spaces. */
  String texts(String operator, String peer) {
    StringBuilder texts = new StringBuilder();
    for (JsonNode message : history(operator, peer)) {
      texts.append(texts.isEmpty() ? "" : " ");
      texts.append(message.at("/MsgBody/0/MsgContent/Text").asText());
    }
    return texts.toString();
  }

  /** One side's unread of a conversation. */
  int unread(String user, String peer) {
    ObjectNode body = Json.object().put("To_Account", user);
    body.putArray("Peer_Account").add(peer);
    JsonNode reply = call("get_c2c_unread_msg_num", body);
    return reply.at("/C2CUnreadMsgNumList/0/C2CUnreadMsgNum").asInt(-1);
  }

  static ObjectNode of(String json) {
    return Json.parseObject(json.getBytes(StandardCharsets.UTF_8)).orElseThrow();
  }
}
