package im.palisade.server.liveroom;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import im.palisade.client.ImClient;
import im.palisade.server.protocol.Json;
import im.palisade.server.testing.TestUser;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What clients learn of who is in a live room, and its owner's marks (client-features §11). */
class PresenceClientsTest {
  private final LiveApp live = LiveApp.full();

  @Test
  void whoIsInTheRoomListsTheOthersByPageLatestFirst() {
    try (TestUser ann = live.in("ann");
        TestUser _ = live.in("bo");
        TestUser _ = live.in("eve")) {
      JsonNode first = members(ann, room().put("limit", 2));
      assertEquals(List.of("eve", "bo"), names(first));
      assertTrue(first.path("members").path(0).has("nick"));
      assertTrue(first.path("members").path(0).has("faceUrl"));
      long joined = first.path("members").path(0).path("joinTime").asLong();
      assertTrue(Math.abs(joined - System.currentTimeMillis() / 1000) < 20);
      JsonNode second =
          members(ann, room().put("limit", 2).put("cursor", first.path("cursor").asText()));
      assertEquals(List.of("ann"), names(second));
      assertEquals("", second.path("cursor").asText("?"));
      for (String wrong : List.of("x", "99999999999", "-1", "12345")) {
        assertEquals(3, names(members(ann, room().put("cursor", wrong))).size(), "starts again");
      }
      ObjectNode some = room();
      some.putArray("userIds").add("bo").add("nobody").add("owner").add("bo");
      assertEquals(List.of("bo"), names(members(ann, some)));
    }
  }

  @Test
  void whoIsOutsideLearnsNothingButTheOwnerDoes() {
    try (TestUser ann = live.app().login("ann");
        TestUser owner = live.app().login("owner");
        TestUser _ = live.in("bo")) {
      assertEquals(10007, code(ann, "group.members", room()));
      assertEquals(List.of("bo"), names(members(owner, room())));
    }
  }

  @Test
  void theOwnerMarksThoseInTheRoomAndEverybodyInItIsTold() {
    try (TestUser owner = live.in("owner");
        TestUser ann = live.in("ann");
        TestUser bo = live.in("bo")) {
      assertEquals(
          "[\"bo\",\"ann\"]", mark(owner, 1_000, true, "bo", "eve", "nobody", "ann", "bo"));
      JsonNode told = marked(ann, data -> data.path("set").asBoolean());
      assertEquals("room", told.path("groupId").asText());
      assertEquals("owner", told.path("operator").asText());
      assertEquals(
          "[{\"userId\":\"bo\",\"marks\":[1000]},{\"userId\":\"ann\",\"marks\":[1000]}]",
          told.path("members").toString());
      assertEquals(List.of("bo", "ann"), names(members(ann, room().put("mark", 1_000))));
      assertEquals("[\"ann\"]", mark(owner, 1_000, false, "ann"));
      marked(ann, data -> !data.path("set").asBoolean());
      assertEquals(List.of("bo"), names(members(ann, room().put("mark", 1_000))));
      assertEquals(0, LiveApp.quit(bo, LiveApp.ROOM));
      assertEquals(List.of(), names(members(ann, room().put("mark", 1_000))), "it went with bo");
    }
  }

  @Test
  void marksOfTheRoomItselfAreSaidToNobody() {
    try (TestUser ann = live.in("ann")) {
      live.call(
          "group_open_avchatroom_http_svc/modify_user_info",
          "{\"GroupId\":\"room\",\"CommandType\":1,\"MemberList\":"
              + "[{\"Member_Account\":\"ann\",\"Marks\":[500,600]}]}");
      live.call(
          "group_open_avchatroom_http_svc/modify_user_info",
          "{\"GroupId\":\"room\",\"CommandType\":1,\"MemberList\":"
              + "[{\"Member_Account\":\"ann\",\"Marks\":[600,1001]}]}");
      JsonNode told = marked(ann, data -> true);
      assertEquals(
          "[{\"userId\":\"ann\",\"marks\":[1001]}]", told.path("members").toString(), "alone");
      assertFalse(told.path("operator").asText().isEmpty());
    }
  }

  @Test
  void nobodyButTheOwnerMarks() {
    live.ok(
        "group_open_avchatroom_http_svc/modify_admin",
        (ObjectNode) LiveApp.room().put("CommandType", 1).set("Admin_Account", array("ann")));
    try (TestUser ann = live.in("ann");
        TestUser _ = live.in("bo")) {
      assertEquals(10007, code(ann, "group.mark", marking(1_000, true, "bo")), "an admin neither");
      assertEquals(List.of(), names(members(ann, room().put("mark", 1_000))));
    }
  }

  @Test
  void anEleventhMarkAndOneNobodyIsThereForChangeNothing() {
    try (TestUser owner = live.in("owner");
        TestUser _ = live.in("ann")) {
      assertEquals(10004, code(owner, "group.mark", marking(1_000, true, "bo")));
      for (int mark = 1_000; mark < 1_010; mark++) {
        mark(owner, mark, true, "ann");
      }
      assertEquals(10004, code(owner, "group.mark", marking(1_010, true, "ann")));
      assertEquals(List.of(), names(members(owner, room().put("mark", 1_010))));
      assertEquals("[\"ann\"]", mark(owner, 2_000, false, "ann"), "a mark it does not carry");
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"groupId\":\"room\",\"userIds\":[\"ann\"],\"mark\":999}|10004",
        "{\"groupId\":\"room\",\"userIds\":[\"ann\"],\"mark\":500}|10004",
        "{\"groupId\":\"room\",\"userIds\":[\"ann\"],\"mark\":\"1000\"}|10004",
        "{\"groupId\":\"room\",\"userIds\":[\"ann\"],\"mark\":2147483648}|10004",
        "{\"groupId\":\"room\",\"userIds\":[\"ann\"]}|10004",
        "{\"groupId\":\"room\",\"userIds\":[],\"mark\":1000}|10004",
        "{\"groupId\":\"room\",\"mark\":1000}|10004",
        "{\"groupId\":\"room\",\"userIds\":[\"ann\"],\"mark\":1000,\"set\":1}|10004",
        "{\"groupId\":\"gone\",\"userIds\":[\"ann\"],\"mark\":1000}|10010",
        "{\"groupId\":\"stored\",\"userIds\":[\"ann\"],\"mark\":1000}|10007"
      })
  void whatIsWrongIsRefused(String data, int code) {
    live.create("Public", "stored", "owner");
    try (TestUser owner = live.in("owner");
        TestUser _ = live.in("ann")) {
      assertEquals(code, code(owner, "group.mark", object(data)));
    }
  }

  @Test
  void withoutTheOnlineListThirtyAreListedAndNobodyIsMarkedOrLookedUp() {
    LiveApp plain = LiveApp.with("{}");
    try (TestUser owner = plain.in("owner");
        TestUser _ = plain.in("ann")) {
      assertEquals(List.of("ann", "owner"), names(members(owner, room())));
      assertEquals(10007, code(owner, "group.mark", marking(1_000, true, "ann")));
      ObjectNode some = room();
      some.putArray("userIds").add("ann");
      assertEquals(10007, code(owner, "group.members", some));
    }
  }

  private static String mark(TestUser user, int mark, boolean set, String... userIds) {
    return TestUser.await(user.client().request("group.mark", marking(mark, set, userIds)))
        .path("userIds")
        .toString();
  }

  private static ObjectNode marking(int mark, boolean set, String... userIds) {
    ObjectNode data = room().put("mark", mark).put("set", set);
    data.set("userIds", array(userIds));
    return data;
  }

  private static JsonNode marked(TestUser user, Predicate<JsonNode> wanted) {
    while (true) {
      String event = user.nextEvent();
      if (event.startsWith("group.marked")) {
        JsonNode data = object(event.substring("group.marked".length()));
        if (wanted.test(data)) {
          return data;
        }
      }
    }
  }

  private static JsonNode array(String... values) {
    var array = ImClient.object().arrayNode();
    List.of(values).forEach(array::add);
    return array;
  }

  private static ObjectNode object(String json) {
    return Json.parseObject(json.getBytes(StandardCharsets.UTF_8)).orElseThrow();
  }

  private static ObjectNode room() {
    return ImClient.object().put("groupId", LiveApp.ROOM);
  }

  private static JsonNode members(TestUser user, ObjectNode data) {
    return TestUser.await(user.client().request("group.members", data));
  }

  private static int code(TestUser user, String command, ObjectNode data) {
    return TestUser.code(user.client().request(command, data));
  }

  private static List<String> names(JsonNode reply) {
    List<String> names = new ArrayList<>();
    reply.path("members").forEach(each -> names.add(each.path("userId").asText()));
    return names;
  }
}
