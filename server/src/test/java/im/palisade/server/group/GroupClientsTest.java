package im.palisade.server.group;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import im.palisade.server.protocol.Json;
import im.palisade.server.testing.TestServer;
import im.palisade.server.testing.TestUser;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Joining, inviting and leaving as clients see it (group-semantics §8, §9, §11). */
class GroupClientsTest {
  private final Groups groups =
      new Groups(TestServer.shared().newApp().withUsers("ann", "bo", "cy", "di"));

  @Test
  void aRequestWaitsForTheFirstAnswer() {
    String id = groups.create("Public", "ann", "bo");
    groups.makeAdmin(id, "bo");
    try (TestUser ann = groups.app().login("ann");
        TestUser bo = groups.app().login("bo");
        TestUser cy = groups.app().login("cy")) {
      assertEquals(
          "waiting",
          ask(cy, "group.join", group(id).put("message", "let me in")).path("status").asText());
      String notice = ann.nextEvent();
      assertTrue(notice.contains("\"code\":1") && notice.contains("let me in"), notice);
      assertTrue(bo.nextEvent().contains("\"applicant\":\"cy\""));
      JsonNode pending = ask(bo, "group.applications", Json.object()).path("applications");
      assertEquals("cy", pending.get(0).path("userId").asText());
      ObjectNode answer = Json.object().put("requestId", pending.get(0).path("requestId").asLong());
      assertEquals(10007, code(cy, "group.approve", answer));
      ask(bo, "group.approve", answer);
      assertEquals(10024, code(ann, "group.refuse", answer));
      assertTrue(cy.nextMessage().toString().contains("GROUP" + id));
      assertTrue(cy.nextEvent().contains("\"code\":2"));
      assertEquals(List.of("ann", "bo", "cy"), groups.members(id));
      assertTrue(ask(bo, "group.applications", Json.object()).path("applications").isEmpty());
    }
  }

  @Test
  void aRefusedOneStaysOutside() {
    String id = groups.create("Public", "ann");
    try (TestUser ann = groups.app().login("ann");
        TestUser cy = groups.app().login("cy")) {
      ask(cy, "group.join", group(id));
      long request =
          ask(ann, "group.applications", Json.object())
              .path("applications")
              .get(0)
              .path("requestId")
              .asLong();
      ask(ann, "group.refuse", Json.object().put("requestId", request).put("message", "full"));
      String notice = cy.nextEvent();
      assertTrue(notice.contains("\"code\":3") && notice.contains("full"), notice);
      assertEquals(List.of("ann"), groups.members(id));
    }
  }

  @Test
  void aMembersInvitationMayWaitForAnAdmin() {
    String id =
        groups
            .ok(
                "create_group",
                "{'Type':'Public','Name':'n','Owner_Account':'ann',"
                    + "'InviteJoinOption':'NeedPermission',"
                    + "'MemberList':[{'Member_Account':'bo'}]}")
            .path("GroupId")
            .asText();
    try (TestUser ann = groups.app().login("ann");
        TestUser bo = groups.app().login("bo")) {
      ObjectNode invite = group(id);
      invite.putArray("userIds").add("cy");
      assertEquals(
          3, ask(bo, "group.invite", invite).path("results").get(0).path("result").asInt());
      JsonNode pending = ask(ann, "group.applications", Json.object()).path("applications");
      assertEquals("bo", pending.get(0).path("inviter").asText());
      ask(
          ann,
          "group.approve",
          Json.object().put("requestId", pending.get(0).path("requestId").asLong()));
      assertTrue(groups.members(id).contains("cy"));
      assertTrue(bo.nextMessage().toString().contains(id));
      assertTrue(bo.nextEvent().contains("\"code\":13"));
    }
  }

  @Test
  void onlyTheNewestFiftyRequestsAreKept() {
    String[] users = new String[51];
    for (int i = 0; i < users.length; i++) {
      users[i] = "u" + i;
    }
    groups.app().withUsers(users);
    String id = groups.create("Public", "ann");
    for (String user : users) {
      try (TestUser each = groups.app().login(user)) {
        ask(each, "group.join", group(id));
      }
    }
    try (TestUser ann = groups.app().login("ann")) {
      JsonNode pending = ask(ann, "group.applications", Json.object()).path("applications");
      assertEquals(50, pending.size());
      assertEquals("u50", pending.get(0).path("userId").asText());
      assertEquals("u1", pending.get(49).path("userId").asText());
    }
  }

  @Test
  void aWorkGroupShowsWithItsFirstMessage() {
    try (TestUser ann = groups.app().login("ann");
        TestUser bo = groups.app().login("bo")) {
      String id = groups.create("Private", "ann", "bo");
      assertTrue(ann.nextEvent().contains("\"code\":6"));
      assertFalse(bo.settle().hasEvent());
      assertTrue(ask(bo, "group.list", Json.object()).path("groups").isEmpty());
      assertEquals(1, ask(ann, "group.list", Json.object()).path("groups").size());
      TestUser.await(
          ann.client()
              .request(
                  "message.send",
                  Json.object()
                      .put("conversation", "GROUP" + id)
                      .put("random", 1)
                      .set(
                          "body",
                          Json.mapper()
                              .createArrayNode()
                              .add(
                                  Json.object()
                                      .put("MsgType", "TIMTextElem")
                                      .set("MsgContent", Json.object().put("Text", "hi"))))));
      assertTrue(bo.nextEvent().contains("\"code\":7"));
      assertEquals(1, ask(bo, "group.list", Json.object()).path("groups").size());
      assertEquals(
          1,
          groups.ok("get_joined_group_list", "{'Member_Account':'bo'}").path("TotalCount").asInt());
    }
  }

  @Test
  void anyStoredMessageWakesAWorkGroupAndOneOfNobodyOrFromElsewhereIsAwake() {
    String awake = groups.create("Private", "", "bo");
    String imported =
        groups
            .ok("import_group", "{'Type':'Private','Name':'n','Owner_Account':'ann'}")
            .path("GroupId")
            .asText();
    groups.ok(
        "import_group_member",
        "{'GroupId':'" + imported + "','MemberList':[{'Member_Account':'bo'}]}");
    assertEquals(2, joined("bo"));
    String asleep = groups.create("Private", "ann", "bo");
    assertEquals(3, groups.info(asleep).path("MemberList").size() + 1, "by its id it is there");
    assertEquals(2, joined("bo"));
    groups.ok(
        "send_group_msg",
        "{'GroupId':'"
            + asleep
            + "','From_Account':'bo','Random':1,'MsgBody':[{'MsgType':'TIMTextElem',"
            + "'MsgContent':{'Text':'hi'}}]}");
    assertEquals(3, joined("bo"), "whoever said it");
    assertEquals(0, groups.info(awake).path("ErrorCode").asInt());
    groups.ok("create_group", "{'Type':'Public','Name':'empty','GroupId':'empty'}");
    assertEquals(0, groups.info("empty").path("MemberNum").asInt(-1), "created empty it stays");
  }

  private int joined(String userId) {
    return groups
        .ok("get_joined_group_list", "{'Member_Account':'" + userId + "'}")
        .path("TotalCount")
        .asInt();
  }

  @Test
  void theLastToQuitDissolves() {
    String id = groups.create("Private", "ann", "bo");
    try (TestUser ann = groups.app().login("ann");
        TestUser bo = groups.app().login("bo")) {
      ask(ann, "group.quit", group(id));
      assertTrue(ann.nextEvent().contains("\"code\":8"));
      assertEquals("", groups.info(id).path("Owner_Account").asText());
      ask(bo, "group.quit", group(id));
      assertEquals(10010, groups.info(id).path("ErrorCode").asInt());
    }
    String emptied = groups.create("Public", "", "bo");
    groups.ok("delete_group_member", "{'GroupId':'" + emptied + "','MemberToDel_Account':['bo']}");
    assertEquals(0, groups.info(emptied).path("ErrorCode").asInt(), "removal dissolves nothing");
  }

  @Test
  void membersHearOfDissolutionAndNothingAfterIt() {
    String id = groups.create("Public", "ann", "bo");
    try (TestUser bo = groups.app().login("bo")) {
      groups.ok("destroy_group", "{'GroupId':'" + id + "'}");
      String notice = bo.nextEvent();
      assertTrue(notice.contains("\"code\":5") && notice.contains(id), notice);
    }
  }

  @Test
  void aMemberWhoDiscardsHearsNoTips() {
    String id = groups.create("Public", "ann", "bo");
    try (TestUser bo = groups.app().login("bo")) {
      ask(bo, "group.member", group(id).put("msgFlag", "Discard"));
      assertTrue(bo.nextEvent().startsWith("group.self"));
      groups.ok("modify_group_base_info", "{'GroupId':'" + id + "','Name':'quiet'}");
      assertFalse(bo.settle().hasMessage());
      ask(bo, "group.member", group(id).put("msgFlag", "AcceptAndNotify"));
      assertTrue(bo.nextEvent().startsWith("group.self"));
      groups.ok("modify_group_base_info", "{'GroupId':'" + id + "','Name':'loud'}");
      assertTrue(bo.nextMessage().toString().contains(id));
    }
  }

  @Test
  void hostileInputIsRefusedAndNothingHappens() {
    String id = groups.create("Public", "ann", "bo");
    JsonNode before = groups.info(id);
    try (TestUser ann = groups.app().login("ann")) {
      for (String command :
          List.of(
              "group.kick",
              "group.invite",
              "group.mute",
              "group.role",
              "group.transfer",
              "group.create",
              "group.approve",
              "group.info")) {
        assertEquals(10004, code(ann, command, group(id)), command);
        ObjectNode odd = group(id).put("userIds", 7).put("userId", 7).put("requestId", "x");
        odd.put("groupIds", "x").put("name", 1).put("type", 1);
        assertEquals(10004, code(ann, command, odd), command);
      }
      assertEquals(10004, code(ann, "group.counters", group(id).put("op", "no")));
      assertEquals(10004, code(ann, "group.counters", group(id).put("op", "set")));
      assertEquals(10015, code(ann, "group.join", Json.object().put("groupId", "ü")));
      assertEquals(10010, code(ann, "group.join", Json.object().put("groupId", "no such")));
    }
    assertEquals(before, groups.info(id));
  }

  private static ObjectNode group(String id) {
    return Json.object().put("groupId", id);
  }

  private static JsonNode ask(TestUser user, String command, ObjectNode data) {
    return TestUser.await(user.client().request(command, data));
  }

  private static int code(TestUser user, String command, ObjectNode data) {
    return TestUser.code(user.client().request(command, data));
  }
}
