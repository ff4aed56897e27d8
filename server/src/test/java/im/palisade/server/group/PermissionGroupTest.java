package im.palisade.server.group;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import im.palisade.server.protocol.Json;
import im.palisade.server.testing.TestServer;
import im.palisade.server.testing.TestUser;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** rest-groups-advanced annex K: permission groups of communities, and what they grant. */
class PermissionGroupTest {
  private static final String CLUB = "@TGS#_club";
  private static final String TOPIC = CLUB + "@TOPIC#_openings";
  private static final String OTHER = CLUB + "@TOPIC#_endgames";
  private static final String MODS = "@PMG#_mods";
  private static final AtomicLong RANDOM = new AtomicLong(1);

  private final Groups groups =
      new Groups(TestServer.shared().newApp().withUsers("ann", "bo", "cy", "di"));

  PermissionGroupTest() {
    groups.ok(
        "create_group",
        "{'Type':'Community','Name':'Club','GroupId':'"
            + CLUB
            + "','SupportTopic':1,'EnablePermission':1,'Owner_Account':'ann','MemberList':["
            + "{'Member_Account':'bo','Role':'Admin'},{'Member_Account':'cy'}]}");
    for (String topic : List.of(TOPIC, OTHER)) {
      assertEquals(
          0,
          groups
              .app()
              .rest(
                  "million_group_open_http_svc/create_topic",
                  ("{'GroupId':'" + CLUB + "','TopicName':'t','TopicId':'" + topic + "'}")
                      .replace('\'', '"'))
              .path("ErrorCode")
              .asInt());
    }
  }

  @Test
  void theyAreMadeReadChangedAndEnded() {
    assertEquals(MODS, create(MODS, 34).path("PermissionGroupId").asText());
    assertEquals(10021, code("create_permission_group", named(MODS)));
    String assigned =
        ok("create_permission_group", "'PermissionGroupName':'n'")
            .path("PermissionGroupId")
            .asText();
    assertTrue(assigned.startsWith("@PMG#_@PMG#c"), assigned);
    for (String bad :
        List.of(
            "'PermissionGroupName':''",
            "'PermissionGroupName':'" + "x".repeat(151) + "'",
            "'PermissionGroupName':'n','PermissionGroupId':'mods'",
            "'PermissionGroupName':'n','PermissionGroupId':'@PMG#_'",
            "'PermissionGroupName':'n','PermissionGroupId':'@PMG#_@PMG#x'",
            "'PermissionGroupName':'n','Permission':-1",
            "'PermissionGroupName':'n','CustomString':'" + "x".repeat(3_001) + "'",
            "'Permission':1")) {
      assertEquals(10004, code("create_permission_group", bad), bad);
    }
    ok("modify_permission_group", id() + ",'PermissionGroupName':'Moderators','CustomString':'c'");
    JsonNode read =
        ok("get_permission_group", "'PermissionGroupIdList':['" + MODS + "','@PMG#_no']")
            .path("PermissionGroupList");
    assertEquals("Moderators", read.get(0).path("PermissionGroupName").asText());
    assertEquals(34, read.get(0).path("Permission").asLong(), "what is not named stays");
    assertEquals("c", read.get(0).path("CustomString").asText());
    assertEquals(10010, read.get(1).path("ErrorCode").asInt());
    JsonNode first = ok("get_permission_group", "'Limit':1,'Next':''");
    assertEquals(MODS, first.at("/PermissionGroupList/0/PermissionGroupId").asText());
    JsonNode second =
        ok("get_permission_group", "'Limit':1,'Next':'" + first.path("Next").asText() + "'");
    assertEquals(assigned, second.at("/PermissionGroupList/0/PermissionGroupId").asText());
    assertEquals("", second.path("Next").asText());
    JsonNode ended =
        ok("destroy_permission_group", "'PermissionGroupIdList':['" + MODS + "','" + MODS + "x']")
            .path("PermissionGroupResultList");
    assertEquals(0, ended.get(0).path("ErrorCode").asInt());
    assertEquals(10010, ended.get(1).path("ErrorCode").asInt());
    assertEquals(10010, code("modify_permission_group", id() + ",'Permission':1"));
  }

  @Test
  void membersOfTheCommunityAreAddedAndTakenOut() {
    create(MODS, 0);
    JsonNode added = ok("add_permission_group_member", id() + "," + members("cy", "di", "nobody"));
    assertEquals(0, added.at("/MemberList/0/Result").asInt());
    assertEquals(10007, added.at("/MemberList/1/Result").asInt(), "no member of the community");
    assertEquals(10007, added.at("/MemberList/2/Result").asInt());
    added = ok("add_permission_group_member", id() + "," + members("cy", "bo"));
    assertEquals(10013, added.at("/MemberList/0/Result").asInt());
    JsonNode page = ok("get_permission_group_member_list", id() + ",'Limit':1");
    assertEquals(1, page.path("MemberList").size());
    page =
        ok(
            "get_permission_group_member_list",
            id() + ",'Limit':1,'Next':'" + page.path("Next").asText() + "'");
    assertEquals(1, page.path("MemberList").size());
    assertEquals("", page.path("Next").asText());
    ok("delete_permission_group_member", id() + "," + members("cy", "di"));
    assertEquals(
        List.of("bo"),
        Groups.names(ok("get_permission_group_member_list", id()).path("MemberList")));
    groups.ok("delete_group_member", "{'GroupId':'" + CLUB + "','MemberToDel_Account':['bo']}");
    assertEquals(
        List.of(), Groups.names(ok("get_permission_group_member_list", id()).path("MemberList")));
  }

  @Test
  void adminsHaveNoRightsAsSuchAndGrantedOnesHave() {
    try (TestUser ann = groups.app().login("ann");
        TestUser bo = groups.app().login("bo");
        TestUser cy = groups.app().login("cy")) {
      assertEquals(10007, notice(bo), "an admin");
      assertEquals(10007, mute(bo, "cy"));
      assertEquals(10007, kick(bo, "cy"));
      assertEquals(0, notice(ann), "the owner keeps everything");
      create(MODS, 0);
      ok("add_permission_group_member", id() + "," + members("cy"));
      assertEquals(10007, notice(cy));
      permit(1);
      assertEquals(0, notice(cy));
      assertEquals(10007, mute(cy, "bo"));
      permit(1 << 5);
      assertEquals(10007, notice(cy), "the mask is replaced");
      assertEquals(0, mute(cy, "bo"));
      assertEquals(10007, mute(cy, "ann"), "nobody stands above the owner");
      permit(1 << 1);
      assertEquals(10007, kick(cy, "ann"));
      assertEquals(0, kick(cy, "bo"));
      permit(1 << 4);
      assertEquals(0, topics(cy, "modify", TOPIC));
      permit(0);
      assertEquals(10007, topics(cy, "modify", TOPIC));
    }
  }

  @Test
  void everybodyMayWhatTheCommunityGrantsAndATopicMayGrantMore() {
    try (TestUser cy = groups.app().login("cy");
        TestUser ann = groups.app().login("ann")) {
      assertEquals(0, say(cy, TOPIC), "by default members talk and read");
      assertEquals(0, history(cy, TOPIC));
      groups.ok("modify_group_base_info", "{'GroupId':'" + CLUB + "','DefaultPermission':2048}");
      assertEquals(10007, say(cy, TOPIC));
      assertEquals(10007, history(cy, TOPIC));
      assertEquals(0, say(ann, TOPIC));
      create(MODS, 0);
      ok("add_permission_group_member", id() + "," + members("cy"));
      ok("set_topic_permission_group", id() + "," + bits(TOPIC, 8 | 16, CLUB + "@TOPIC#_no", 1));
      assertEquals(0, say(cy, TOPIC));
      assertEquals(0, history(cy, TOPIC));
      assertEquals(10007, say(cy, OTHER), "in that topic alone");
      assertEquals(10007, all(cy, TOPIC));
      ok("add_topic_permission_group", id() + "," + bits(TOPIC, 0, OTHER, 8 | 64));
      assertEquals(0, say(cy, TOPIC), "what is granted already is not touched by adding");
      assertEquals(0, all(cy, OTHER));
      JsonNode granted = ok("get_topic_permission_group", id()).path("TopicPermissionList");
      assertEquals(2, granted.size());
      assertEquals(24, granted.get(0).path("Permission").asLong());
      JsonNode withdrawn =
          ok(
                  "delete_topic_permission_group",
                  id() + ",'TopicIdList':['" + TOPIC + "','" + CLUB + "@TOPIC#_no']")
              .path("TopicPermissionResultList");
      assertEquals(0, withdrawn.get(0).path("ErrorCode").asInt());
      assertEquals(10010, withdrawn.get(1).path("ErrorCode").asInt());
      assertEquals(10007, say(cy, TOPIC));
      permit(1 << 6);
      assertEquals(0, say(cy, TOPIC), "in all topics");
    }
  }

  @Test
  void othersMessagesAreTakenBackByThoseWhoMayDoThat() {
    try (TestUser bo = groups.app().login("bo");
        TestUser cy = groups.app().login("cy")) {
      assertEquals(0, say(cy, TOPIC));
      ObjectNode data = Json.object().put("conversation", "GROUP" + TOPIC).put("seq", 1);
      assertEquals(10007, TestUser.code(bo.client().request("message.recall", data)));
      create(MODS, 1 << 9);
      ok("add_permission_group_member", id() + "," + members("bo"));
      assertEquals(0, TestUser.code(bo.client().request("message.recall", data)));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"create_permission_group", "get_permission_group"})
  void otherGroupsHaveNone(String command) {
    String body = "'PermissionGroupName':'n'";
    String plain = groups.create("Public", "ann");
    assertEquals(10007, groups.code(command, "{'GroupId':'" + plain + "'," + body + "}"));
    String without =
        groups
            .ok("create_group", "{'Type':'Community','Name':'n','SupportTopic':1}")
            .path("GroupId")
            .asText();
    assertEquals(11000, groups.code(command, "{'GroupId':'" + without + "'," + body + "}"));
  }

  private JsonNode create(String id, long permission) {
    return ok("create_permission_group", named(id) + ",'Permission':" + permission);
  }

  private void permit(long bits) {
    ok("modify_permission_group", id() + ",'Permission':" + bits);
  }

  private static String named(String id) {
    return "'PermissionGroupName':'n','PermissionGroupId':'" + id + "'";
  }

  private static String id() {
    return "'PermissionGroupId':'" + MODS + "'";
  }

  private static String members(String... userIds) {
    StringBuilder list = new StringBuilder();
    for (String each : userIds) {
      list.append(list.isEmpty() ? "" : ",").append("{'Member_Account':'" + each + "'}");
    }
    return "'MemberList':[" + list + "]";
  }

  private static String bits(String one, long first, String other, long second) {
    return "'TopicPermissionList':[{'TopicId':'"
        + one
        + "','Permission':"
        + first
        + "},{'TopicId':'"
        + other
        + "','Permission':"
        + second
        + "}]";
  }

  private JsonNode ok(String command, String fields) {
    return groups.ok(command, "{'GroupId':'" + CLUB + "'," + fields + "}");
  }

  private int code(String command, String fields) {
    return groups.code(command, "{'GroupId':'" + CLUB + "'," + fields + "}");
  }

  private static int notice(TestUser user) {
    return request(
        user, "group.modify", Json.object().put("notification", "n" + RANDOM.getAndIncrement()));
  }

  private static int mute(TestUser user, String whom) {
    ObjectNode data = Json.object().put("seconds", 1);
    data.putArray("userIds").add(whom);
    return request(user, "group.mute", data);
  }

  private static int kick(TestUser user, String whom) {
    ObjectNode data = Json.object();
    data.putArray("userIds").add(whom);
    return request(user, "group.kick", data);
  }

  private static int topics(TestUser user, String op, String topicId) {
    return request(
        user,
        "group.topics",
        Json.object()
            .put("op", op)
            .put("topicId", topicId)
            .put("notification", "n" + RANDOM.getAndIncrement()));
  }

  private static int request(TestUser user, String command, ObjectNode data) {
    return TestUser.code(user.client().request(command, data.put("groupId", CLUB)));
  }

  private static int history(TestUser user, String topicId) {
    return TestUser.code(
        user.client()
            .request("message.history", Json.object().put("conversation", "GROUP" + topicId)));
  }

  private static int say(TestUser user, String topicId) {
    return TestUser.code(user.client().request("message.send", text(topicId)));
  }

  private static int all(TestUser user, String topicId) {
    ObjectNode data = text(topicId);
    data.putArray("mentions").add("__kImSDK_MesssageAtALL__");
    return TestUser.code(user.client().request("message.send", data));
  }

  private static ObjectNode text(String topicId) {
    ObjectNode data =
        Json.object()
            .put("conversation", "GROUP" + topicId)
            .put("random", RANDOM.getAndIncrement());
    data.putArray("body")
        .addObject()
        .put("MsgType", "TIMTextElem")
        .putObject("MsgContent")
        .put("Text", "e4");
    return data;
  }
}
