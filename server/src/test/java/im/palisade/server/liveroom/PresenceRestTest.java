package im.palisade.server.liveroom;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import im.palisade.server.protocol.Json;
import im.palisade.server.testing.TestUser;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** rest-groups-advanced F1 to F4: who is in a live room. */
class PresenceRestTest {
  private static final String LIST = "group_open_avchatroom_http_svc/get_members";
  private static final String CHECK = "group_open_avchatroom_http_svc/check_members";
  private static final String MARK = "group_open_avchatroom_http_svc/modify_user_info";

  private final LiveApp live = LiveApp.full();

  @Test
  void accountsCountOnceHoweverManyDevicesTheyHaveAndLeaveWithTheLast() {
    assertEquals(0, live.online());
    try (TestUser phone = live.app().login("ann", "android", "phone");
        TestUser web = live.app().login("ann", "web", "web");
        TestUser bo = live.in("bo")) {
      assertEquals(1, live.online());
      assertEquals(0, LiveApp.join(phone, LiveApp.ROOM));
      assertEquals(0, LiveApp.join(web, LiveApp.ROOM));
      assertEquals(0, LiveApp.join(web, LiveApp.ROOM));
      assertEquals(2, live.online());
      assertEquals(0, LiveApp.quit(phone, LiveApp.ROOM));
      assertEquals(2, live.online());
      assertEquals(0, LiveApp.quit(web, LiveApp.ROOM));
      assertEquals(1, live.online());
      assertEquals(0, LiveApp.quit(web, LiveApp.ROOM));
      assertEquals(0, LiveApp.join(bo, LiveApp.ROOM));
      assertEquals(1, live.online());
    }
    await().until(() -> live.online() == 0);
  }

  @Test
  void theListShowsTheLatestFirstWithTheirProfiles() {
    live.app()
        .rest(
            "profile/portrait_set",
            "{\"From_Account\":\"ann\",\"ProfileItem\":[{\"Tag\":\"Tag_Profile_IM_Nick\","
                + "\"Value\":\"Ann\"},{\"Tag\":\"Tag_Profile_IM_Image\",\"Value\":\"http://f\"}]}");
    try (TestUser _ = live.in("ann");
        TestUser _ = live.in("bo");
        TestUser _ = live.in("eve")) {
      JsonNode reply = list(0);
      assertEquals(List.of("eve", "bo", "ann"), names(reply));
      JsonNode ann = reply.path("MemberList").path(2);
      assertEquals("Ann", ann.path("NickName").asText());
      assertEquals("http://f", ann.path("Avatar").asText());
      assertTrue(Math.abs(ann.path("JoinTime").asLong() - System.currentTimeMillis() / 1000) < 20);
      assertEquals(0, reply.path("NextTimestamp").asInt(-1));
      assertEquals(List.of("eve", "bo", "ann"), names(list(12345)));
    }
  }

  @Test
  void withoutTheOnlineListOnlyTheLatestThirtyAreShownAndNobodyIsCheckedOrMarked() {
    LiveApp plain = LiveApp.with("{}");
    List<TestUser> users = new ArrayList<>();
    try {
      for (int i = 0; i < 32; i++) {
        plain.app().withUsers("u" + i);
        users.add(plain.in("u" + i));
      }
      JsonNode reply = plain.ok(LIST, LiveApp.room().put("Timestamp", 0));
      assertEquals(30, reply.path("MemberList").size());
      assertEquals("u31", reply.path("MemberList").path(0).path("Member_Account").asText());
      assertEquals("u2", reply.path("MemberList").path(29).path("Member_Account").asText());
      assertEquals(0, reply.path("NextTimestamp").asInt(-1));
      assertEquals(32, plain.online());
      assertEquals(10007, plain.code(CHECK, "{\"GroupId\":\"room\",\"Member_Account\":[\"u1\"]}"));
      assertEquals(10007, plain.code(MARK, marking(1, "u1", "1000")));
    } finally {
      users.forEach(TestUser::close);
    }
  }

  @Test
  void checkTellsWhoOfThemIsThere() {
    try (TestUser _ = live.in("ann");
        TestUser _ = live.app().login("bo")) {
      JsonNode reply =
          live.call(
              CHECK,
              "{\"GroupId\":\"room\",\"Member_Account\":[\"bo\",\"nobody\",\"ann\",\"ann\"]}");
      assertEquals("[\"ann\"]", reply.path("Member_Account").toString());
    }
  }

  @Test
  void marksSelectHideAndEndWithThePresence() {
    try (TestUser ann = live.in("ann");
        TestUser _ = live.in("bo")) {
      JsonNode reply = live.call(MARK, marking(1, "ann", "1000,600"));
      assertEquals(1, reply.path("CommandType").asInt());
      assertEquals(
          "[{\"Member_Account\":\"ann\",\"Marks\":[1000,600]}]",
          reply.path("MemberList").toString());
      assertEquals(List.of("bo"), names(list(0)), "600 is hidden");
      assertEquals(List.of("ann"), names(listMarked(1000)));
      assertEquals(List.of("ann"), names(listMarked(600)));
      assertEquals(List.of(), names(listMarked(1001)));
      assertEquals(2, live.online());
      assertEquals(0, live.code(MARK, marking(2, "ann", "600,5000")), "5000 nobody has");
      assertEquals(List.of("bo", "ann"), names(list(0)));
      assertEquals(0, LiveApp.quit(ann, LiveApp.ROOM));
      assertEquals(0, LiveApp.join(ann, LiveApp.ROOM));
      assertEquals(List.of(), names(listMarked(1000)));
    }
  }

  @Test
  void whoIsMarkedToStayIsThereWithoutAConnection() {
    try (TestUser _ = live.in("ann")) {
      assertEquals(0, live.code(MARK, marking(1, "ann", "500,1000")));
      assertEquals(0, live.code(MARK, marking(1, "bo", "500")), "500 needs no presence");
      assertEquals(2, live.online());
    }
    try (TestUser eve = live.in("eve")) {
      eve.settle();
      assertEquals(3, live.online());
      assertEquals(List.of("ann"), names(listMarked(1000)));
      assertEquals(0, live.code(MARK, marking(2, "ann", "500")));
      await().until(() -> live.online() == 2);
      assertEquals(0, live.code(MARK, marking(2, "bo", "500")));
      assertEquals(1, live.online());
    }
  }

  @Test
  void anEleventhMarkChangesNothing() {
    try (TestUser _ = live.in("ann");
        TestUser _ = live.in("bo")) {
      assertEquals(
          0, live.code(MARK, marking(1, "ann", "1001,1002,1003,1004,1005,1006,1007,1008,1009")));
      assertEquals(10004, live.code(MARK, marking(1, "bo", "1010,1011")));
      assertEquals(List.of(), names(listMarked(1010)));
      assertEquals(0, live.code(MARK, marking(1, "bo", "1010,1001")));
      assertEquals(10004, live.code(MARK, marking(1, "bo", "1011")));
      assertEquals(0, live.code(MARK, marking(2, "bo", "1010")));
      assertEquals(0, live.code(MARK, marking(1, "bo", "1011")));
    }
  }

  @Test
  void absentAccountsAreLeftOutAndNobodyAtAllIsAFault() {
    try (TestUser _ = live.in("ann")) {
      JsonNode reply =
          live.call(
              MARK,
              "{\"GroupId\":\"room\",\"CommandType\":1,\"MemberList\":["
                  + "{\"Member_Account\":\"ann\",\"Marks\":[1000]},"
                  + "{\"Member_Account\":\"bo\",\"Marks\":[1000]},"
                  + "{\"Member_Account\":\"nobody\",\"Marks\":[1000]}]}");
      assertEquals(
          "[{\"Member_Account\":\"ann\",\"Marks\":[1000]}]", reply.path("MemberList").toString());
      assertEquals(10004, live.code(MARK, marking(1, "bo", "1000")));
      assertEquals(10004, live.code(MARK, marking(2, "bo", "1000")));
    }
  }

  @ParameterizedTest
  @CsvSource({"1, 0", "1, 499", "1, 501", "1, 599", "1, 601", "1, 999", "1, -1", "3, 1000"})
  void marksBelowAThousandButTwoAndOtherCommandsAreRefused(int command, String mark) {
    try (TestUser _ = live.in("ann")) {
      assertEquals(10004, live.code(MARK, marking(command, "ann", mark)));
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "group_open_http_svc/get_online_member_num | {} | 10004",
        "group_open_http_svc/get_online_member_num | {\"GroupId\":\"\"} | 10015",
        "group_open_http_svc/get_online_member_num | {\"GroupId\":\"none\"} | 10010",
        "group_open_http_svc/get_online_member_num | {\"GroupId\":\"public\"} | 10007",
        "group_open_avchatroom_http_svc/get_members | {\"GroupId\":\"room\"} | 10004",
        "group_open_avchatroom_http_svc/get_members | {\"GroupId\":\"none\",\"Timestamp\":0} |"
            + " 10010",
        "group_open_avchatroom_http_svc/get_members | {\"GroupId\":\"public\",\"Timestamp\":0} |"
            + " 10007",
        "group_open_avchatroom_http_svc/check_members | {\"GroupId\":\"room\"} | 10004",
        "group_open_avchatroom_http_svc/check_members |"
            + " {\"GroupId\":\"room\",\"Member_Account\":[]} | 10005",
        "group_open_avchatroom_http_svc/check_members |"
            + " {\"GroupId\":\"public\",\"Member_Account\":[\"a\"]} | 10007",
        "group_open_avchatroom_http_svc/modify_user_info | {\"GroupId\":\"room\",\"CommandType\":1}"
            + " | 10004",
        "group_open_avchatroom_http_svc/get_admin_list | {\"GroupId\":\"public\"} | 10007",
        "group_open_http_svc/get_group_ban_member | {\"GroupId\":\"public\",\"Offset\":0} | 10007",
        "group_open_http_svc/get_group_ban_member | {\"GroupId\":\"room\"} | 10004"
      })
  void whatIsWrongIsAnsweredWithItsCode(String path, String body, int code) {
    live.create("Public", "public", "owner");
    assertEquals(code, live.code(path, body));
  }

  @Test
  void theRoomsProfileSaysWhoIsThereNowAndTheListOfGroupsFollows() {
    try (TestUser ann = live.in("ann");
        TestUser _ = live.in("bo")) {
      String info = "{\"GroupIdList\":[\"room\"]}";
      JsonNode room = live.call("group_open_http_svc/get_group_info", info).at("/GroupInfo/0");
      assertEquals(2, room.path("MemberNum").asInt(), room::toString);
      assertEquals(0, room.path("MaxMemberNum").asInt(-1));
      assertEquals(0, joined("\"Member_Account\":\"ann\""));
      assertEquals(1, joined("\"Member_Account\":\"ann\",\"WithHugeGroups\":1"));
      assertEquals(1, joined("\"Member_Account\":\"ann\",\"GroupType\":\"AVChatRoom\""));
      assertEquals(0, LiveApp.quit(ann, LiveApp.ROOM));
      assertEquals(0, joined("\"Member_Account\":\"ann\",\"WithHugeGroups\":1"));
      room = live.call("group_open_http_svc/get_group_info", info).at("/GroupInfo/0");
      assertEquals(1, room.path("MemberNum").asInt(), room::toString);
    }
  }

  private int joined(String fields) {
    return live.call("group_open_http_svc/get_joined_group_list", "{" + fields + "}")
        .path("TotalCount")
        .asInt(-1);
  }

  @Test
  void otherAppsHaveRoomsOfTheirOwn() {
    LiveApp other = LiveApp.full();
    try (TestUser _ = live.in("ann")) {
      assertEquals(1, live.online());
      assertEquals(0, other.online());
      assertNotEquals(live.app().appId(), other.app().appId());
    }
  }

  private JsonNode list(long timestamp) {
    return live.ok(LIST, LiveApp.room().put("Timestamp", timestamp));
  }

  private JsonNode listMarked(int mark) {
    return live.ok(LIST, LiveApp.room().put("Timestamp", 0).put("Mark", mark));
  }

  private static List<String> names(JsonNode reply) {
    List<String> names = new ArrayList<>();
    reply.path("MemberList").forEach(each -> names.add(each.path("Member_Account").asText()));
    return names;
  }

  private static String marking(int command, String userId, String marks) {
    return Json.object()
        .put("GroupId", "room")
        .put("CommandType", command)
        .toString()
        .replace(
            "}",
            ",\"MemberList\":[{\"Member_Account\":\"" + userId + "\",\"Marks\":[" + marks + "]}]}");
  }
}
