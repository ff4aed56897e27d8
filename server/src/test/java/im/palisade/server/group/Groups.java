package im.palisade.server.group;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import im.palisade.server.protocol.Json;
import im.palisade.server.testing.TestApp;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.StreamSupport;

/** Group calls of a test's app, as its back end makes them. */
final class Groups {
  static final String SERVICE = "group_open_http_svc/";

  private final TestApp app;

  Groups(TestApp app) {
    this.app = app;
  }

  TestApp app() {
    return app;
  }

  JsonNode call(String command, String body) {
    return app.rest(SERVICE + command, body.replace('\'', '"'));
  }

  /** Calls and expects success. */
  JsonNode ok(String command, String body) {
    JsonNode reply = call(command, body);
    assertEquals(0, reply.path("ErrorCode").asInt(), command + " " + body + " -> " + reply);
    return reply;
  }

  /** Calls and returns the code. */
  int code(String command, String body) {
    return call(command, body).path("ErrorCode").asInt();
  }

  /** Makes a group with an owner and members; an empty owner for none. */
  String create(String type, String owner, String... members) {
    ObjectNode body = Json.object().put("Type", type).put("Name", "a group");
    if (!owner.isEmpty()) {
      body.put("Owner_Account", owner);
    }
    if (members.length > 0) {
      ArrayNode list = body.putArray("MemberList");
      for (String member : members) {
        list.addObject().put("Member_Account", member);
      }
    }
    return ok("create_group", body.toString()).path("GroupId").asText();
  }

  JsonNode info(String groupId) {
    return ok("get_group_info", Json.object().set("GroupIdList", list(groupId)).toString())
        .path("GroupInfo")
        .get(0);
  }

  /** UserIDs of the members in the order listed. */
  List<String> members(String groupId) {
    return names(ok("get_group_member_info", "{'GroupId':'" + groupId + "'}").path("MemberList"));
  }

  /** The roles of accounts, as text. */
  String role(String groupId, String userId) {
    return ok(
            "get_role_in_group", "{'GroupId':'" + groupId + "','User_Account':['" + userId + "']}")
        .path("UserIdList")
        .get(0)
        .path("Role")
        .asText();
  }

  void makeAdmin(String groupId, String userId) {
    ok(
        "modify_group_member_info",
        "{'GroupId':'" + groupId + "','Member_Account':'" + userId + "','Role':'Admin'}");
  }

  static List<String> names(JsonNode members) {
    List<String> names = new ArrayList<>();
    StreamSupport.stream(members.spliterator(), false)
        .forEach(each -> names.add(each.path("Member_Account").asText()));
    return names;
  }

  private static ArrayNode list(String... values) {
    ArrayNode array = Json.mapper().createArrayNode();
    for (String value : values) {
      array.add(value);
    }
    return array;
  }
}
