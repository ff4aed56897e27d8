package im.palisade.server.group;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import im.palisade.client.ImMessage;
import im.palisade.server.app.AppSettings;
import im.palisade.server.protocol.Json;
import im.palisade.server.testing.TestServer;
import im.palisade.server.testing.TestUser;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Sentences of group-semantics about who is told of what, and what a newcomer finds. */
class GroupSentencesTest {
  private final Groups groups =
      new Groups(
          TestServer.shared()
              .newApp(AppSettings.parse("{\"groups\":{\"memberList\":true}}"))
              .withUsers("ann", "bo", "cy", "di"));

  @ParameterizedTest
  @CsvSource({
    "Public, , 0",
    "Public, On, 1",
    "Private, , 0",
    "Private, On, 1",
    "ChatRoom, , 1",
    "ChatRoom, Off, 0"
  })
  void aGroupMayShowNewcomersWhatWasSaidBeforeOrNot(String type, String option, int seen) {
    String id = groups.create(type, "ann", "bo");
    if (option != null) {
      groups.ok(
          "modify_group_base_info",
          "{'GroupId':'" + id + "','HistoryMsgBeforeJoin':'" + option + "'}");
    }
    say(id, "ann", 1);
    groups.ok(
        "add_group_member",
        "{'GroupId':'" + id + "','MemberList':[{'Member_Account':'di'}],'Silence':1}");
    try (TestUser di = groups.app().login("di")) {
      JsonNode page =
          TestUser.await(
              di.client()
                  .request("message.history", Json.object().put("conversation", "GROUP" + id)));
      assertEquals(seen, page.path("messages").size(), page::toString);
    }
    assertEquals(0, member(id, "di").path("UnreadMsgNum").asInt(), "nothing is unread");
    assertEquals(1, member(id, "di").path("MsgSeq").asLong());
  }

  @Test
  void whoIsRemovedInSilenceIsToldAndNobodyElse() {
    String id = groups.create("Public", "ann", "bo", "cy");
    try (TestUser ann = groups.app().login("ann");
        TestUser cy = groups.app().login("cy")) {
      groups.ok(
          "delete_group_member",
          "{'GroupId':'" + id + "','MemberToDel_Account':['cy'],'Silence':1,'Reason':'r'}");
      String notice = cy.nextEvent();
      assertTrue(notice.startsWith("group.notice") && notice.contains("\"code\":4"), notice);
      assertFalse(ann.settle().hasMessage(), "no tip");
    }
    assertEquals(1, groups.info(id).path("NextMsgSeq").asInt());
  }

  @Test
  void whoBecomesAnAdminOrIsNoneAnyMoreIsToldAndTheGroupSeesATip() {
    String id = groups.create("Public", "ann", "bo");
    try (TestUser ann = groups.app().login("ann");
        TestUser bo = groups.app().login("bo")) {
      String change = "{'GroupId':'" + id + "','Member_Account':'bo','Role':'%s'}";
      groups.ok("modify_group_member_info", change.formatted("Admin"));
      assertTrue(notice(bo).contains("\"code\":9"));
      assertEquals(4, tip(ann).path("OpType").asInt());
      groups.ok("modify_group_member_info", change.formatted("Member"));
      assertTrue(notice(bo).contains("\"code\":10"));
      JsonNode tip = tip(ann);
      assertEquals(5, tip.path("OpType").asInt());
      assertEquals("administrator", tip.path("Operator_Account").asText());
      assertEquals("bo", tip.at("/MemberList/0/Member_Account").asText());
      assertEquals("a group", tip.path("GroupName").asText());
    }
  }

  @Test
  void aRoomSeesBansAndTheirEndsAsTipsThatAreKeptNowhere() {
    String id = groups.create("AVChatRoom", "ann");
    ObjectNode room = Json.object().put("groupId", id);
    try (TestUser ann = groups.app().login("ann");
        TestUser bo = groups.app().login("bo")) {
      for (TestUser each : List.of(ann, bo)) {
        TestUser.await(each.client().request("group.join", room));
      }
      groups.ok(
          "ban_group_member", "{'GroupId':'" + id + "','Members_Account':['bo'],'Duration':60}");
      groups.ok("unban_group_member", "{'GroupId':'" + id + "','Members_Account':['bo']}");
      List<Integer> seen = new ArrayList<>();
      while (!seen.contains(11)) {
        seen.add(tip(ann).path("OpType").asInt());
      }
      assertTrue(seen.contains(10), seen::toString);
    }
  }

  @Test
  void anImportedMemberHasAsMuchUnreadAsTheOtherSystemSaid() {
    groups.ok(
        "import_group",
        "{'Type':'Public','Name':'n','GroupId':'old','Owner_Account':'ann','CreateTime':1600000000}");
    for (int i = 1; i <= 4; i++) {
      groups.ok(
          "import_group_msg",
          "{'GroupId':'old','MsgList':[{'From_Account':'ann','SendTime':"
              + (1_700_000_000 + i)
              + ",'MsgBody':[{'MsgType':'TIMTextElem','MsgContent':{'Text':'x'}}]}]}");
    }
    groups.ok(
        "import_group_member",
        "{'GroupId':'old','MemberList':[{'Member_Account':'bo','UnreadMsgNum':3},"
            + "{'Member_Account':'cy','UnreadMsgNum':99},{'Member_Account':'di'}]}");
    assertEquals(1, member("old", "bo").path("MsgSeq").asLong());
    assertEquals(0, member("old", "cy").path("MsgSeq").asLong(), "no more than there is");
  }

  @Test
  void aMembersLastWordAndItsPresenceAreReadOnRequest() {
    String id = groups.create("Public", "ann", "bo");
    assertEquals(0, member(id, "bo").path("LastSendMsgTime").asLong());
    say(id, "bo", 1);
    long now = Instant.now().getEpochSecond();
    assertTrue(Math.abs(member(id, "bo").path("LastSendMsgTime").asLong() - now) < 60);
    assertFalse(member(id, "bo").has("OnlineStatus"), "only where it is asked for");
    try (TestUser bo = groups.app().login("bo")) {
      bo.settle();
      JsonNode asked =
          groups
              .ok(
                  "get_group_member_info",
                  "{'GroupId':'" + id + "','MemberInfoFilter':['OnlineStatus']}")
              .path("MemberList");
      assertEquals("Offline", asked.at("/0/OnlineStatus").asText());
      assertEquals("Online", asked.at("/1/OnlineStatus").asText());
    }
  }

  private static String notice(TestUser user) {
    String event = user.nextEvent();
    while (!event.startsWith("group.notice")) {
      event = user.nextEvent();
    }
    return event;
  }

  /** What the next tip says. */
  private static JsonNode tip(TestUser user) {
    while (true) {
      ImMessage message = user.nextMessage();
      for (JsonNode element : message.body()) {
        if (element.path("MsgType").asText().equals("TIMGroupTipElem")) {
          return element.path("MsgContent");
        }
      }
    }
  }

  private JsonNode member(String group, String userId) {
    return groups
        .ok(
            "get_specified_group_member_info",
            "{'GroupId':'" + group + "','Member_List_Account':['" + userId + "']}")
        .at("/MemberList/0");
  }

  private void say(String group, String from, int random) {
    groups.ok(
        "send_group_msg",
        "{'GroupId':'"
            + group
            + "','From_Account':'"
            + from
            + "','Random':"
            + random
            + ",'MsgBody':[{'MsgType':'TIMTextElem','MsgContent':{'Text':'x'}}]}");
  }
}
