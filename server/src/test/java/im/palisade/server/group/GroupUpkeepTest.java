package im.palisade.server.group;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import im.palisade.server.app.AppSettings;
import im.palisade.server.protocol.Json;
import im.palisade.server.testing.TestServer;
import im.palisade.server.testing.TestUser;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What an app may switch on beyond the defaults (group-semantics §4, §9, §11). */
class GroupUpkeepTest {

  @Test
  void groupsThatAreSilentForTooLongAreRecycledAndTheirMembersTold() {
    Groups groups = groups("{'groups':{'recycleAfterSeconds':{'Public':3600,'Community':3600}}}");
    String silent = groups.create("Public", "ann", "bo");
    String spoken = groups.create("Public", "ann", "bo");
    String joined = groups.create("Public", "ann", "bo");
    String other = groups.create("ChatRoom", "ann", "bo");
    String club =
        groups
            .ok(
                "create_group",
                "{'Type':'Community','Name':'c','SupportTopic':1,'Owner_Account':'ann'}")
            .path("GroupId")
            .asText();
    String topic =
        groups
            .app()
            .rest(
                "million_group_open_http_svc/create_topic",
                Json.object().put("GroupId", club).put("TopicName", "t").toString())
            .path("TopicId")
            .asText();
    age(groups);
    say(groups, "'GroupId':'" + spoken + "'");
    say(groups, "'GroupId':'" + club + "','TopicId':'" + topic + "'");
    groups.ok(
        "add_group_member", "{'GroupId':'" + joined + "','MemberList':[{'Member_Account':'cy'}]}");
    try (TestUser bo = groups.app().login("bo")) {
      run(groups);
      String event = bo.nextEvent();
      assertTrue(event.contains("\"code\":11") && event.contains(silent), event);
      assertFalse(bo.settle().hasEvent(), "and of no other group");
    }
    assertEquals(10010, groups.info(silent).path("ErrorCode").asInt());
    for (String each : List.of(spoken, joined, other, club)) {
      assertEquals(0, groups.info(each).path("ErrorCode").asInt(), each);
    }
  }

  @Test
  void membersWhoStayAwayForTooLongAreRemovedButForOwnersAndThoseWhoAreThere() {
    Groups groups =
        groups("{'groups':{'removeAwayAfterDays':{'Public':30,'Private':30,'AVChatRoom':1}}}");
    String club = groups.create("Public", "ann", "bo", "cy", "dee");
    String team = groups.create("Private", "ann", "bo", "dee");
    String class1 = groups.create("ChatRoom", "ann", "bo", "dee");
    groups.makeAdmin(club, "dee");
    say(groups, "'GroupId':'" + team + "'");
    run(groups, "group-away-members");
    assertEquals(4, groups.members(club).size(), "the days are counted from now on");
    sql(
        groups,
        "UPDATE group_member m JOIN im_group g USING (conversation_id)"
            + " SET m.join_time = m.join_time - 40 * 86400 WHERE g.app_id = ?");
    run(groups, "group-away-members");
    assertEquals(4, groups.members(club).size(), "long members, and seen a moment ago");
    sql(
        groups,
        "UPDATE group_last_seen s JOIN account a ON a.id = s.account_id"
            + " SET s.day = s.day - 31 WHERE a.app_id = ?");
    String late = groups.create("Public", "ann", "dee");
    try (TestUser cy = groups.app().login("cy")) {
      run(groups, "group-away-members");
      assertEquals(List.of("ann", "cy"), groups.members(club), "cy is connected, ann owns it");
      JsonNode tip = cy.nextMessage().body().at("/0/MsgContent");
      assertEquals(3, tip.path("OpType").asInt(), tip::toString);
      assertEquals(2, tip.path("MemberList").size(), tip::toString);
      assertEquals("@TIM#SYSTEM", tip.path("Operator_Account").asText());
    }
    assertEquals(2, groups.info(club).path("MemberNum").asInt());
    assertEquals(List.of("ann"), groups.members(team));
    assertEquals(3, groups.members(class1).size(), "its type has no such setting");
    assertEquals(2, groups.members(late).size(), "who has just come stays");
    groups.ok(
        "add_group_member", "{'GroupId':'" + club + "','MemberList':[{'Member_Account':'bo'}]}");
    run(groups, "group-away-members");
    assertEquals(3, groups.members(club).size());
  }

  private static void run(Groups groups, String name) {
    groups.app().server().jobs().jobs().stream()
        .filter(job -> job.name().equals(name))
        .forEach(job -> job.work().run());
  }

  private static void sql(Groups groups, String statement) {
    groups
        .app()
        .server()
        .regions()
        .of(groups.app().app())
        .inUnitOfWork(
            unit -> {
              try (var update = unit.connection().prepareStatement(statement)) {
                update.setLong(1, groups.app().appId());
                return update.executeUpdate();
              }
            });
  }

  @Test
  void anAppMakesNoMoreGroupsADayThanItsCap() {
    Groups groups = groups("{'groups':{'groupsPerDay':2}}");
    groups.create("Public", "ann");
    String second = groups.create("ChatRoom", "");
    String third = "{'Type':'Public','Name':'n','GroupId':'third'}";
    assertEquals(10006, groups.code("create_group", third));
    assertEquals(10010, groups.info("third").path("ErrorCode").asInt());
    assertEquals(
        0, groups.code("import_group", "{'Type':'Public','Name':'n'}"), "imports are no growth");
    groups.ok("destroy_group", "{'GroupId':'" + second + "'}");
    assertEquals(0, groups.code("create_group", third), "growth is net");
    assertEquals(10006, groups.code("create_group", third.replace("third", "fourth")));
  }

  @Test
  void whoIsInvitedAgreesFirstWhereTheTypeDemandsIt() {
    Groups groups =
        groups(
            "{'groups':{'customTypes':[{'name':'Team','base':'Public',"
                + "'overrides':{'invitee-consents':'yes','invite':'free'}}]}}");
    String team = groups.create("Team", "ann");
    try (TestUser ann = groups.app().login("ann");
        TestUser bo = groups.app().login("bo");
        TestUser cy = groups.app().login("cy")) {
      assertEquals(3, add(groups, team, "bo"));
      assertEquals("NotMember", groups.role(team, "bo"));
      String event = bo.nextEvent();
      assertTrue(event.contains("\"code\":12"), event);
      JsonNode asked =
          TestUser.await(bo.client().request("group.applications", Json.object()))
              .path("applications")
              .get(0);
      long request = asked.path("requestId").asLong();
      assertEquals(team, asked.path("groupId").asText());
      for (TestUser each : List.of(ann, cy)) {
        assertEquals(10007, answer(each, "group.approve", request), "nobody agrees for another");
      }
      assertEquals(0, answer(bo, "group.approve", request));
      assertEquals("Member", groups.role(team, "bo"));
      assertEquals(10024, answer(bo, "group.refuse", request));
      assertEquals(2, add(groups, team, "bo"));

      JsonNode invited =
          TestUser.await(ann.client().request("group.invite", named(team, "cy"))).path("results");
      assertEquals(3, invited.get(0).path("result").asInt());
      request =
          TestUser.await(cy.client().request("group.applications", Json.object()))
              .at("/applications/0/requestId")
              .asLong();
      assertEquals(0, answer(cy, "group.refuse", request));
      assertEquals("NotMember", groups.role(team, "cy"));
      event = ann.nextEvent();
      assertTrue(event.contains("\"code\":14") && event.contains("\"operator\":\"cy\""), event);
    }
  }

  @Test
  void whereOwnersDecideOnInvitationsTheInviteeAgreesAfterThem() {
    Groups groups =
        groups(
            "{'groups':{'customTypes':[{'name':'Team','base':'Public',"
                + "'overrides':{'invitee-consents':'yes','invite':'approval'}}]}}");
    // Members are there from the start without being asked.
    String team = groups.create("Team", "ann", "bo");
    try (TestUser ann = groups.app().login("ann");
        TestUser bo = groups.app().login("bo");
        TestUser cy = groups.app().login("cy")) {
      TestUser.await(bo.client().request("group.invite", named(team, "cy")));
      assertTrue(
          TestUser.await(cy.client().request("group.applications", Json.object()))
              .path("applications")
              .isEmpty());
      long request =
          TestUser.await(ann.client().request("group.applications", Json.object()))
              .at("/applications/0/requestId")
              .asLong();
      assertEquals(0, answer(ann, "group.approve", request));
      assertEquals("NotMember", groups.role(team, "cy"));
      request =
          TestUser.await(cy.client().request("group.applications", Json.object()))
              .at("/applications/0/requestId")
              .asLong();
      assertEquals(0, answer(cy, "group.approve", request));
      assertEquals("Member", groups.role(team, "cy"));
    }
  }

  private static Groups groups(String settings) {
    return new Groups(
        TestServer.shared()
            .newApp(AppSettings.parse(settings.replace('\'', '"')))
            .withUsers("ann", "bo", "cy", "dee"));
  }

  private static int add(Groups groups, String group, String userId) {
    return groups
        .ok(
            "add_group_member",
            "{'GroupId':'" + group + "','MemberList':[{'Member_Account':'" + userId + "'}]}")
        .at("/MemberList/0/Result")
        .asInt();
  }

  private static com.fasterxml.jackson.databind.node.ObjectNode named(String group, String userId) {
    var data = Json.object().put("groupId", group);
    data.putArray("userIds").add(userId);
    return data;
  }

  private static int answer(TestUser user, String command, long request) {
    return TestUser.code(user.client().request(command, Json.object().put("requestId", request)));
  }

  private static void say(Groups groups, String place) {
    groups.ok(
        "send_group_msg",
        "{"
            + place
            + ",'Random':1,'MsgBody':[{'MsgType':'TIMTextElem','MsgContent':{'Text':'x'}}]}");
  }

  private static void age(Groups groups) {
    groups
        .app()
        .server()
        .regions()
        .of(groups.app().app())
        .inUnitOfWork(
            unit -> {
              try (var update =
                  unit.connection()
                      .prepareStatement(
                          "UPDATE im_group SET member_time = member_time - 4000 WHERE app_id ="
                              + " ?")) {
                update.setLong(1, groups.app().appId());
                return update.executeUpdate();
              }
            });
  }

  private static void run(Groups groups) {
    run(groups, "group-recycling");
  }
}
