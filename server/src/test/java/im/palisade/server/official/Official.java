package im.palisade.server.official;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import im.palisade.server.protocol.Json;
import im.palisade.server.testing.TestApp;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/** What tests of official accounts ask of an app's REST again and again. */
record Official(TestApp app) {
  private static final AtomicLong RANDOM = new AtomicLong(1);

  JsonNode call(String command, ObjectNode body) {
    return call(command, body.toString());
  }

  JsonNode call(String command, String body) {
    return app.rest("official_account_open_http_svc/" + command, body);
  }

  JsonNode ok(String command, ObjectNode body) {
    JsonNode reply = call(command, body);
    assertEquals(0, reply.path("ErrorCode").asInt(), reply::toString);
    assertEquals("OK", reply.path("ActionStatus").asText());
    return reply;
  }

  int code(String command, ObjectNode body) {
    return call(command, body).path("ErrorCode").asInt();
  }

  int code(String command, String body) {
    return call(command, body).path("ErrorCode").asInt();
  }

  /** Creates one of that id, owned by mia. */
  void create(String account) {
    ok(
        "create_official_account",
        Json.object()
            .put("Owner_Account", "mia")
            .put("OfficialAccountUserID", account)
            .put("Name", "News"));
  }

  /** What is told of one of them. */
  JsonNode info(String account) {
    ObjectNode body = Json.object();
    body.putArray("OfficialAccountIdList").addObject().put("Official_Account", account);
    return ok("get_official_account_info", body).at("/OfficialAccountInfoList/0");
  }

  List<Integer> subscribe(String account, String... users) {
    ObjectNode body = named(account);
    ArrayNode list = body.putArray("SubscriberList");
    for (String user : users) {
      list.addObject().put("Subscriber_Account", user);
    }
    return results(ok("add_subscriber", body));
  }

  List<Integer> unsubscribe(String account, String... users) {
    ObjectNode body = named(account);
    ArrayNode list = body.putArray("SubscriberToDel_Account");
    for (String user : users) {
      list.add(user);
    }
    return results(ok("delete_subscriber", body));
  }

  List<String> subscribers(String account) {
    List<String> users = new ArrayList<>();
    ok("get_subscriber_info", named(account))
        .path("SubscriberList")
        .forEach(each -> users.add(each.path("Subscriber_Account").asText()));
    return users;
  }

  /** A text message to publish. */
  static ObjectNode text(String account, String text) {
    ObjectNode body = named(account).put("Random", RANDOM.incrementAndGet());
    body.putArray("MsgBody")
        .addObject()
        .put("MsgType", "TIMTextElem")
        .putObject("MsgContent")
        .put("Text", text);
    return body;
  }

  /** Publishes a text and returns its key. */
  String publish(String account, String text) {
    return ok("send_official_account_msg", text(account, text)).path("MsgKey").asText();
  }

  static ObjectNode named(String account) {
    return Json.object().put("Official_Account", account);
  }

  private static List<Integer> results(JsonNode reply) {
    List<Integer> results = new ArrayList<>();
    reply.path("SubscriberList").forEach(each -> results.add(each.path("Result").asInt(-1)));
    return results;
  }
}
