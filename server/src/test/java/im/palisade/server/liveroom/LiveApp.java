package im.palisade.server.liveroom;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import im.palisade.client.ImClient;
import im.palisade.server.app.AppSettings;
import im.palisade.server.protocol.Json;
import im.palisade.server.testing.TestApp;
import im.palisade.server.testing.TestServer;
import im.palisade.server.testing.TestUser;

/** An app with a room {@code room} that {@code owner} owns, and what tests do with it. */
final class LiveApp {
  static final String ROOM = "room";
  private final TestApp app;

  private LiveApp(TestApp app) {
    this.app = app;
  }

  /** With everything that can be switched on. */
  static LiveApp full() {
    return with("{\"groups\":{\"memberList\":true,\"broadcast\":true}}");
  }

  static LiveApp with(String settings) {
    LiveApp live = new LiveApp(TestServer.shared().newApp(AppSettings.parse(settings)));
    live.app.withUsers("owner", "ann", "bo", "eve");
    live.create("AVChatRoom", ROOM, "owner");
    return live;
  }

  TestApp app() {
    return app;
  }

  void create(String type, String groupId, String owner) {
    ObjectNode body =
        Json.object()
            .put("Type", type)
            .put("GroupId", groupId)
            .put("Name", "a room")
            .put("Owner_Account", owner);
    ok("group_open_http_svc/create_group", body);
  }

  /** Somebody in the room. */
  TestUser in(String userId) {
    return in(userId, ROOM);
  }

  TestUser in(String userId, String groupId) {
    TestUser user = app.login(userId);
    assertEquals(0, join(user, groupId));
    return user;
  }

  static int join(TestUser user, String groupId) {
    return TestUser.code(
        user.client().request("group.join", ImClient.object().put("groupId", groupId)));
  }

  static int quit(TestUser user, String groupId) {
    return TestUser.code(
        user.client().request("group.quit", ImClient.object().put("groupId", groupId)));
  }

  JsonNode ok(String path, ObjectNode body) {
    JsonNode reply = app.rest(path, body.toString());
    assertEquals(0, reply.path("ErrorCode").asInt(-1), reply::toString);
    return reply;
  }

  /** The code of a call. */
  int code(String path, String body) {
    return app.rest(path, body).path("ErrorCode").asInt(-1);
  }

  JsonNode call(String path, String body) {
    return app.rest(path, body);
  }

  int online() {
    return ok("group_open_http_svc/get_online_member_num", room())
        .path("OnlineMemberNum")
        .asInt(-1);
  }

  static ObjectNode room() {
    return Json.object().put("GroupId", ROOM);
  }

  /** Sends through REST and returns the answer. */
  JsonNode send(String from, long random, String text, String priority) {
    ObjectNode body = room().put("Random", random).put("MsgPriority", priority);
    if (!from.isEmpty()) {
      body.put("From_Account", from);
    }
    element(body, text);
    return call("group_open_http_svc/send_group_msg", body.toString());
  }

  static void element(ObjectNode body, String text) {
    body.putArray("MsgBody")
        .addObject()
        .put("MsgType", "TIMTextElem")
        .putObject("MsgContent")
        .put("Text", text);
  }
}
