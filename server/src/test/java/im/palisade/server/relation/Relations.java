package im.palisade.server.relation;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import im.palisade.server.app.AppSettings;
import im.palisade.server.protocol.Json;
import im.palisade.server.testing.TestApp;
import im.palisade.server.testing.TestServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** Relations of an app of its own, as its back end changes and sees them. */
final class Relations {
  private final TestApp app;

  Relations(String settings, String... users) {
    app = TestServer.shared().newApp(AppSettings.parse(settings)).withUsers(users);
  }

  TestApp app() {
    return app;
  }

  /** Calls a command; single quotes stand for double ones. */
  JsonNode call(String path, String body) {
    return app.rest(path, body.replace('\'', '"'));
  }

  /** Calls a command that must succeed as a whole. */
  JsonNode ok(String path, String body) {
    JsonNode reply = call(path, body);
    assertEquals(0, reply.path("ErrorCode").asInt(-1), reply::toString);
    assertEquals("OK", reply.path("ActionStatus").asText());
    assertEquals("", reply.path("ErrorDisplay").asText("absent"));
    return reply;
  }

  /** The code a whole call is refused with. */
  int code(String path, String body) {
    return call(path, body).path("ErrorCode").asInt(-1);
  }

  /** Adds a friend with more members in the call; returns the item's code. */
  int add(String from, String to, String more) {
    return item(
        ok(
            "sns/friend_add",
            "{'From_Account':'%s','AddFriendItem':[{'To_Account':'%s'}]%s}"
                .formatted(from, to, more)));
  }

  void allow(String user, String type) {
    profile(user, "Tag_Profile_IM_AllowType", type);
  }

  void profile(String user, String tag, String value) {
    ok(
        "profile/portrait_set",
        "{'From_Account':'%s','ProfileItem':[{'Tag':'%s','Value':'%s'}]}"
            .formatted(user, tag, value));
  }

  int block(String from, String to) {
    return item(
        ok("sns/black_list_add", "{'From_Account':'%s','To_Account':['%s']}".formatted(from, to)));
  }

  int follow(String from, String to) {
    return item(
        ok(
            "follow/follow_add",
            "{'From_Account':'%s','FollowItem':[{'To_Account':'%s'}]}".formatted(from, to)));
  }

  /** How two accounts stand as friends, without the word's beginning. */
  String relation(String from, String to) {
    return ok(
            "sns/friend_check",
            "{'From_Account':'%s','To_Account':['%s'],'CheckType':'CheckResult_Type_Both'}"
                .formatted(from, to))
        .at("/InfoItem/0/Relation")
        .asText()
        .substring("CheckResult_Type_".length());
  }

  JsonNode friends(String user) {
    return ok("sns/friend_get", "{'From_Account':'%s','StartIndex':0}".formatted(user));
  }

  /** UserIDs of an array of items. */
  static List<String> names(JsonNode items) {
    List<String> names = new ArrayList<>();
    items.forEach(item -> names.add(item.path("To_Account").asText()));
    return names;
  }

  /** A field of a friend, as JSON; missing when it has none. */
  JsonNode field(String user, String friend, String tag) {
    for (JsonNode item : friends(user).path("UserDataItem")) {
      if (item.path("To_Account").asText().equals(friend)) {
        return value(item.path("ValueItem"), tag);
      }
    }
    throw new AssertionError(friend + " is no friend of " + user);
  }

  static JsonNode value(JsonNode items, String tag) {
    for (JsonNode each : items) {
      if (each.path("Tag").asText().equals(tag)) {
        return each.path("Value");
      }
    }
    return MissingNode.getInstance();
  }

  /** The code of a reply's only item, which must also stand under Fail_Account when it failed. */
  static int item(JsonNode reply) {
    assertEquals(1, reply.path("ResultItem").size(), reply::toString);
    JsonNode item = reply.at("/ResultItem/0");
    int code = item.path("ResultCode").asInt(-1);
    assertEquals(code == 0, item.path("ResultInfo").asText("absent").isEmpty(), item::toString);
    assertEquals(
        code == 0 ? "" : "[" + item.path("To_Account") + "]",
        reply.path("Fail_Account").isMissingNode() ? "" : reply.path("Fail_Account").toString());
    return code;
  }

  /** Imports that many accounts of that name and a number from 0 on. */
  List<String> users(String name, int count) {
    List<String> users = IntStream.range(0, count).mapToObj(i -> name + i).toList();
    for (int done = 0; done < count; done += 100) {
      app.withUsers(users.subList(done, Math.min(count, done + 100)).toArray(String[]::new));
    }
    return users;
  }

  /** A call with one list of accounts. */
  static String body(String from, List<String> to, String more) {
    ObjectNode body = parse("{'From_Account':'%s'%s}".formatted(from, more));
    to.forEach(body.putArray("To_Account")::add);
    return body.toString();
  }

  /** Imports friends in calls of a thousand; returns the last reply. */
  JsonNode importFriends(String from, List<String> to) {
    JsonNode reply = Json.object();
    for (int done = 0; done < to.size(); done += 1000) {
      ObjectNode body = Json.object().put("From_Account", from);
      ArrayNode items = body.putArray("AddFriendItem");
      to.subList(done, Math.min(to.size(), done + 1000))
          .forEach(user -> items.addObject().put("To_Account", user));
      reply = ok("sns/friend_import", body.toString());
    }
    return reply;
  }

  private static ObjectNode parse(String json) {
    try {
      return (ObjectNode) Json.mapper().readTree(json.replace('\'', '"'));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
