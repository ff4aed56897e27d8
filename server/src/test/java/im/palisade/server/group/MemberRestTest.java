package im.palisade.server.group;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import im.palisade.server.app.AppSettings;
import im.palisade.server.protocol.Json;
import im.palisade.server.testing.TestServer;
import im.palisade.server.testing.TestUser;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Members as rest-groups Part B and rest-groups-advanced J2 describe them. */
class MemberRestTest {
  private final Groups groups =
      new Groups(
          TestServer.shared()
              .newApp(
                  AppSettings.parse(
                      """
                      {"groups": {"groupsPerUser": 4, "memberFields": [{"name": "seat"}]}}
                      """))
              .withUsers("ann", "bo", "cy", "di"));

  @Test
  void accountsAreAddedOnceEach() {
    String id = groups.create("Public", "ann", "cy");
    JsonNode reply =
        groups.ok(
            "add_group_member",
            "{'GroupId':'"
                + id
                + "','MemberList':[{'Member_Account':'di'},{'Member_Account':'cy'},"
                + "{'Member_Account':'di'}]}");
    assertEquals(List.of("di", "cy"), Groups.names(reply.path("MemberList")));
    assertEquals(1, reply.path("MemberList").get(0).path("Result").asInt());
    assertEquals(2, reply.path("MemberList").get(1).path("Result").asInt());
    assertEquals(3, groups.info(id).path("MemberNum").asInt());
    assertEquals(2, groups.info(id).path("NextMsgSeq").asInt(), "one tip for all");
    JsonNode di = member(id, "di");
    assertEquals(0, di.path("MsgSeq").asInt());
    assertEquals("AcceptAndNotify", di.path("MsgFlag").asText());
  }

  @Test
  void silenceAndTypesWithoutTipsLeaveNoTip() {
    String id = groups.create("Public", "ann");
    add(id, "di", ",'Silence':1");
    assertEquals(1, groups.info(id).path("NextMsgSeq").asInt());
    String meeting = groups.create("ChatRoom", "ann");
    add(meeting, "di", "");
    assertEquals(1, groups.info(meeting).path("NextMsgSeq").asInt());
    String waiting = groups.create("Private", "ann");
    add(waiting, "di", "");
    assertEquals(1, groups.info(waiting).path("NextMsgSeq").asInt());
  }

  @Test
  void whatDoesNotFitAddsNobody() {
    String id =
        groups
            .ok(
                "create_group",
                "{'Type':'Public','Name':'n','Owner_Account':'ann','MaxMemberCount':2}")
            .path("GroupId")
            .asText();
    String two = "[{'Member_Account':'bo'},{'Member_Account':'cy'}]";
    assertEquals(10014, groups.code("add_group_member", list(id, two)));
    assertEquals(10019, groups.code("add_group_member", list(id, two.replace("cy", "nobody"))));
    for (int i = 0; i < 4; i++) {
      groups.create("Public", "di");
    }
    assertEquals(10037, groups.code("add_group_member", list(id, "[{'Member_Account':'di'}]")));
    assertEquals(List.of("ann"), groups.members(id));
    assertEquals(0, groups.code("add_group_member", list(id, "[{'Member_Account':'bo'}]")));
    assertEquals(10014, groups.code("add_group_member", list(id, "[{'Member_Account':'cy'}]")));
    assertEquals(10010, groups.code("add_group_member", list("none", two)));
    assertEquals(10015, groups.code("add_group_member", list("", two)));
    assertEquals(10005, groups.code("add_group_member", list(id, many(301))));
    assertEquals(10019, groups.code("add_group_member", list(id, many(300))));
  }

  @Test
  void theRemovedAreToldAndTheRestSeeATip() {
    String id = groups.create("Public", "ann", "bo", "cy");
    try (TestUser ann = groups.app().login("ann");
        TestUser cy = groups.app().login("cy")) {
      groups.ok(
          "delete_group_member",
          "{'GroupId':'" + id + "','MemberToDel_Account':['cy','nobody'],'Reason':'spam'}");
      String notice = cy.nextEvent();
      assertTrue(notice.startsWith("group.notice"), notice);
      assertTrue(notice.contains("\"code\":4") && notice.contains("spam"), notice);
      var tip = ann.nextMessage();
      assertTrue(tip.toString().contains("GROUP" + id), tip.toString());
      assertFalse(cy.settle().hasMessage());
    }
    assertEquals(List.of("ann", "bo"), groups.members(id));
    assertEquals("NotMember", groups.role(id, "cy"));
    assertEquals(2, groups.info(id).path("MemberNum").asInt());
  }

  @Test
  void membersArePagedInTheOrderOfJoining() {
    String id = groups.create("Public", "ann", "bo", "cy", "di");
    groups.makeAdmin(id, "cy");
    JsonNode page =
        groups.ok(
            "get_group_member_info",
            "{'GroupId':'" + id + "','MemberInfoFilter':['Role','NameCard'],'Limit':2,'Offset':1}");
    assertEquals(4, page.path("MemberNum").asInt());
    ObjectNode bo =
        Json.object().put("Member_Account", "bo").put("Role", "Member").put("NameCard", "");
    assertEquals(bo, page.path("MemberList").get(0));
    assertEquals(List.of("bo", "cy"), Groups.names(page.path("MemberList")));
    assertEquals(
        List.of("ann", "cy"),
        Groups.names(
            groups
                .ok(
                    "get_group_member_info",
                    "{'GroupId':'" + id + "','MemberRoleFilter':['Admin','Owner']}")
                .path("MemberList")));
    assertEquals(
        List.of("di"),
        Groups.names(
            groups
                .ok(
                    "get_group_member_info",
                    "{'GroupId':'" + id + "','MemberRoleFilter':['Member'],'Offset':1}")
                .path("MemberList")));
    assertEquals(
        0,
        groups
            .ok("get_group_member_info", "{'GroupId':'" + id + "','Offset':9}")
            .path("MemberList")
            .size());
  }

  @Test
  void aCommunityIsPagedByCursor() {
    String id = groups.create("Community", "ann", "bo", "cy", "di");
    List<String> walked = new ArrayList<>();
    String next = "";
    do {
      JsonNode page =
          groups.ok(
              "get_group_member_info", "{'GroupId':'" + id + "','Limit':2,'Next':'" + next + "'}");
      walked.addAll(Groups.names(page.path("MemberList")));
      next = page.path("Next").asText();
      groups.call("delete_group_member", "{'GroupId':'" + id + "','MemberToDel_Account':['bo']}");
    } while (!next.isEmpty());
    assertEquals(List.of("ann", "bo", "cy", "di"), walked);
    assertEquals(
        10004, groups.code("get_group_member_info", "{'GroupId':'" + id + "','Offset':1}"));
    assertEquals(
        10004, groups.code("get_group_member_info", "{'GroupId':'" + id + "','Next':'x'}"));
  }

  @Test
  void aMemberChangesAsAWhole() {
    String id = groups.create("Public", "ann", "cy");
    String change = "{'GroupId':'" + id + "','Member_Account':'cy',";
    groups.ok(
        "modify_group_member_info",
        change
            + "'Role':'Admin','NameCard':'Cy','MsgFlag':'Discard','MuteTime':4294967295,"
            + "'AppMemberDefinedData':[{'Key':'seat','Value':'7'}]}");
    JsonNode cy = member(id, "cy");
    assertEquals("Admin", cy.path("Role").asText());
    assertEquals("Cy", cy.path("NameCard").asText());
    assertEquals("Discard", cy.path("MsgFlag").asText());
    assertEquals(4294967295L, cy.path("MuteUntil").asLong());
    assertEquals(4294967295L, cy.path("ShutUpUntil").asLong());
    assertEquals("7", cy.path("AppMemberDefinedData").get(0).path("Value").asText());
    assertEquals(
        10004,
        groups.code(
            "modify_group_member_info",
            change + "'NameCard':'other','AppMemberDefinedData':[{'Key':'none','Value':'7'}]}"));
    assertEquals(
        10004,
        groups.code("modify_group_member_info", change + "'NameCard':'" + "x".repeat(51) + "'}"));
    assertEquals("Cy", member(id, "cy").path("NameCard").asText());
    groups.ok("modify_group_member_info", change + "'ShutUpTime':0}");
    assertEquals(0, member(id, "cy").path("MuteUntil").asLong());
    assertEquals(
        10007,
        groups.code(
            "modify_group_member_info",
            "{'GroupId':'" + id + "','Member_Account':'di','NameCard':'x'}"));
  }

  @Test
  void mutesNeedNoMembershipAndSurviveIt() {
    String id = groups.create("Public", "ann", "cy");
    groups.ok(
        "forbid_send_msg",
        "{'GroupId':'" + id + "','Members_Account':['cy','di','nobody'],'MuteTime':600}");
    long now = Instant.now().getEpochSecond();
    JsonNode muted =
        groups.ok("get_group_muted_account", "{'GroupId':'" + id + "'}").path("MutedAccountList");
    assertEquals(2, muted.size());
    long until = muted.get(0).path("MutedUntil").asLong();
    assertTrue(Math.abs(until - now - 600) < 30, muted.toString());
    groups.ok("delete_group_member", "{'GroupId':'" + id + "','MemberToDel_Account':['cy']}");
    add(id, "cy", "");
    assertEquals(until, member(id, "cy").path("MuteUntil").asLong());
    groups.ok(
        "forbid_send_msg", "{'GroupId':'" + id + "','Members_Account':['cy','di'],'MuteTime':0}");
    assertTrue(
        groups
            .ok("get_group_shutted_uin", "{'GroupId':'" + id + "'}")
            .path("ShuttedUinList")
            .isEmpty());
    String work = groups.create("Private", "ann", "cy");
    assertTrue(
        groups
            .ok("get_group_muted_account", "{'GroupId':'" + work + "'}")
            .path("MutedAccountList")
            .isEmpty());
  }

  @Test
  void rolesAndSomeMembersAreReadInTheOrderAsked() {
    String id = groups.create("Public", "ann", "bo");
    JsonNode roles =
        groups.ok(
            "get_role_in_group", "{'GroupId':'" + id + "','User_Account':['zed','bo','ann','di']}");
    assertEquals(List.of("zed", "bo", "ann", "di"), Groups.names(roles.path("UserIdList")));
    assertEquals("NotMember", roles.path("UserIdList").get(0).path("Role").asText());
    assertEquals("Owner", roles.path("UserIdList").get(2).path("Role").asText());
    JsonNode some =
        groups.ok(
            "get_specified_group_member_info",
            "{'GroupId':'"
                + id
                + "','Member_List_Account':['zed','bo','ann'],"
                + "'MemberInfoFilter':['Role','OnlineStatus']}");
    assertEquals(List.of("bo", "ann"), Groups.names(some.path("MemberList")));
    assertEquals("Offline", some.path("MemberList").get(0).path("OnlineStatus").asText());
    assertEquals(
        10004,
        groups.code(
            "get_specified_group_member_info",
            "{'GroupId':'" + id + "','Member_List_Account':[]}"));
  }

  @Test
  void aDeletedOwnerLeavesItsGroupWithoutOne() {
    String id = groups.create("Public", "bo", "cy");
    groups.app().rest("im_open_login_svc/account_delete", "{\"DeleteItem\":[{\"UserID\":\"bo\"}]}");
    assertEquals("", groups.info(id).path("Owner_Account").asText());
    assertEquals(List.of("cy"), groups.members(id));
    assertEquals(1, groups.info(id).path("MemberNum").asInt());
  }

  @Test
  void importedMembersHaveTheirTimeAndEntriesFailAlone() {
    String id =
        groups
            .ok(
                "import_group",
                "{'Type':'Public','Name':'old','Owner_Account':'ann','CreateTime':1600000000}")
            .path("GroupId")
            .asText();
    JsonNode reply =
        groups.ok(
            "import_group_member",
            "{'GroupId':'"
                + id
                + "','MemberList':["
                + "{'Member_Account':'bo','Role':'Admin','JoinTime':1600000100,'UnreadMsgNum':3},"
                + "{'Member_Account':'ann'},{'Member_Account':'nobody'},"
                + "{'Member_Account':'cy','JoinTime':1599999999},"
                + "{'Member_Account':'di','JoinTime':4000000000}]}");
    List<Integer> results = new ArrayList<>();
    reply.path("MemberList").forEach(each -> results.add(each.path("Result").asInt()));
    assertEquals(List.of(1, 2, 0, 0, 0), results);
    assertEquals(List.of("ann", "bo"), groups.members(id));
    assertEquals(1600000100, member(id, "bo").path("JoinTime").asLong());
    assertEquals(1600000000, groups.info(id).path("CreateTime").asLong());
    assertEquals(1, groups.info(id).path("NextMsgSeq").asInt(), "no tip");
    String work = groups.create("Private", "ann");
    JsonNode admin =
        groups.ok(
            "import_group_member",
            "{'GroupId':'"
                + work
                + "','MemberList':[{'Member_Account':'bo','Role':'Admin'},{'Member_Account':'cy'}]}");
    assertEquals(0, admin.at("/MemberList/0/Result").asInt(-1), "a work group has no admins");
    assertEquals(1, admin.at("/MemberList/1/Result").asInt());
  }

  private JsonNode member(String group, String userId) {
    return groups
        .ok(
            "get_specified_group_member_info",
            "{'GroupId':'" + group + "','Member_List_Account':['" + userId + "']}")
        .path("MemberList")
        .get(0);
  }

  private void add(String group, String userId, String more) {
    groups.ok(
        "add_group_member",
        "{'GroupId':'"
            + group
            + "','MemberList':[{'Member_Account':'"
            + userId
            + "'}]"
            + more
            + "}");
  }

  private static String list(String group, String members) {
    return "{'GroupId':'" + group + "','MemberList':" + members + "}";
  }

  private static String many(int count) {
    return IntStream.range(0, count)
        .mapToObj(i -> "{'Member_Account':'x" + i + "'}")
        .toList()
        .toString();
  }
}
