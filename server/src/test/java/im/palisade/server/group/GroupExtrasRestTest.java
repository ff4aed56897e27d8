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
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Attributes, counters and topics as rest-groups-advanced Parts D, E and I describe them. */
class GroupExtrasRestTest {
  private static final String CLUB = "@TGS#_club";
  private static final String TOPIC = CLUB + "@TOPIC#_openings";

  private final Groups groups =
      new Groups(TestServer.shared().newApp().withUsers("ann", "bo", "cy"));

  @Test
  void attributesAreMergedReplacedAndCleared() {
    String id = groups.create("Public", "ann");
    groups.ok("modify_group_attr", attributes(id, "seat1", "ann"));
    groups.ok("modify_group_attr", attributes(id, "seat2", "bo"));
    assertEquals(2, read(id).size());
    groups.ok("set_group_attr", attributes(id, "seat1", "cy"));
    assertEquals(Json.object().put("key", "seat1").put("value", "cy"), read(id).get(0));
    assertEquals(1, read(id).size());
    groups.ok("clear_group_attr", "{'GroupId':'" + id + "'}");
    assertTrue(read(id).isEmpty());
    assertTrue(
        groups
            .app()
            .rest("group_open_attr_http_svc/get_group_attr", "{\"GroupId\":\"" + id + "\"}")
            .path("GroupAttrAry")
            .isEmpty());
  }

  @Test
  void attributeLimitsAreExact() {
    assertEquals(0, fresh(attributes("$", "k".repeat(32), "v".repeat(4_000))));
    assertEquals(10045, fresh(attributes("$", "k".repeat(33), "v")));
    assertEquals(10045, fresh(attributes("$", "", "v")));
    assertEquals(10046, fresh(attributes("$", "k", "v".repeat(4_001))));
    assertEquals(0, fresh(attributes("$", 16, 1_000)));
    assertEquals(10048, fresh(attributes("$", 16, 1_001)));
    assertEquals(10047, fresh(attributes("$", 17, 1)));
  }

  @Test
  void aSixthWriteWithinASecondIsRefused() {
    String id = groups.create("Public", "ann");
    List<Integer> codes = new ArrayList<>();
    for (int i = 0; i < 30; i++) {
      codes.add(groups.code("set_group_attr", attributes(id, "k", "v" + i)));
    }
    assertEquals(List.of(0, 0, 0, 0, 0), codes.subList(0, 5));
    assertTrue(codes.contains(10049), codes.toString());
  }

  @Test
  void membersLearnOfAttributesAndCounters() {
    String id = groups.create("Public", "ann", "bo");
    try (TestUser bo = groups.app().login("bo");
        TestUser cy = groups.app().login("cy")) {
      groups.ok("modify_group_attr", attributes(id, "seat1", "ann"));
      String event = bo.nextEvent();
      assertTrue(event.startsWith("group.attributes"), event);
      assertTrue(event.contains("\"seat1\":\"ann\"") && event.contains("\"version\":1"), event);
      groups.ok("update_group_counter", counters(id, "Set", "like", "41"));
      assertTrue(bo.nextEvent().startsWith("group.counters"));
      assertFalse(cy.settle().hasEvent());
    }
  }

  @Test
  void aClientThatSawAnOlderVersionIsRefused() {
    String id = groups.create("Public", "ann", "bo");
    try (TestUser bo = groups.app().login("bo")) {
      groups.ok("modify_group_attr", attributes(id, "k", "1"));
      ObjectNode write = Json.object().put("groupId", id).put("op", "set").put("version", 0);
      write.putObject("attributes").put("k", "2");
      assertEquals(10056, TestUser.code(bo.client().request("group.attributes", write)));
      write.put("version", 1);
      assertEquals(0, TestUser.code(bo.client().request("group.attributes", write)));
      ObjectNode delete = Json.object().put("groupId", id).put("op", "delete");
      delete.putArray("keys").add("none");
      assertEquals(10050, TestUser.code(bo.client().request("group.attributes", delete)));
    }
    assertEquals("2", read(id).get(0).path("value").asText());
  }

  @Test
  void countersCountFromZeroAllOrNone() {
    String id = groups.create("Public", "ann");
    assertEquals(
        2,
        groups
            .ok("update_group_counter", counters(id, "Increase", "like", "2"))
            .path("GroupCounter")
            .get(0)
            .path("Value")
            .asLong());
    assertEquals(
        1,
        groups
            .ok(
                "get_group_counter",
                "{'GroupId':'" + id + "','GroupCounterKeys':['like','never set']}")
            .path("GroupCounter")
            .size(),
        "only what is there");
    groups.ok(
        "update_group_counter", counters(id, "Set", "like", "7").replace("'Mode':'Set',", ""));
    assertEquals(7, counter(id, "like"), "to set is the default");
    groups.ok("update_group_counter", counters(id, "Decrease", "like", "5"));
    groups.ok("update_group_counter", counters(id, "Decrease", "like", "-3"));
    assertEquals(5, counter(id, "like"));
    groups.ok("update_group_counter", counters(id, "Set", "max", "9223372036854775807"));
    assertEquals(
        10004,
        groups.code(
            "update_group_counter",
            "{'GroupId':'"
                + id
                + "','Mode':'Increase','GroupCounter':"
                + "[{'Key':'like','Value':1},{'Key':'max','Value':1}]}"));
    assertEquals(5, counter(id, "like"), "none of them");
    ObjectNode many = Json.object().put("GroupId", id);
    for (int i = 0; i < 18; i++) {
      many.withArray("GroupCounter").addObject().put("Key", "k" + i).put("Value", i);
    }
    groups.ok("update_group_counter", many.toString());
    assertEquals(10063, groups.code("update_group_counter", counters(id, "Set", "one", "1")));
    assertEquals(
        10004, groups.code("update_group_counter", counters(id, "Set", "k".repeat(129), "1")));
    groups.ok("delete_group_counter", "{'GroupId':'" + id + "','GroupCounterKeys':['max','no']}");
    groups.ok("update_group_counter", counters(id, "Set", "one", "1"));
    groups.ok("delete_group_counter", "{'GroupId':'" + id + "'}");
    assertTrue(
        groups.ok("get_group_counter", "{'GroupId':'" + id + "'}").path("GroupCounter").isEmpty());
    Groups off =
        new Groups(
            TestServer.shared().newApp(AppSettings.parse("{\"groups\":{\"counters\":false}}")));
    String other = off.create("Public", "");
    assertEquals(10059, off.code("get_group_counter", "{'GroupId':'" + other + "'}"));
  }

  @Test
  void topicsLiveInTheirCommunity() {
    club();
    JsonNode made = topic("create_topic", "'TopicName':'Openings','TopicId':'" + TOPIC + "'");
    assertEquals(TOPIC, made.path("TopicId").asText());
    assertEquals(10021, code("create_topic", "'TopicName':'Openings','TopicId':'" + TOPIC + "'"));
    String assigned = topic("create_topic", "'TopicName':'n'").path("TopicId").asText();
    assertTrue(assigned.startsWith(CLUB + "@TOPIC#_@TOPIC#c"), assigned);
    for (String bad :
        List.of(
            "'TopicName':''",
            "'TopicName':'n','TopicId':'other@TOPIC#_x'",
            "'TopicName':'n','TopicId':'" + CLUB + "@TOPIC#_'",
            "'TopicName':'n','TopicId':'" + CLUB + "@TOPIC#_@TOPIC#x'",
            "'TopicName':'n','TopicId':'" + CLUB + "@TOPIC#_x@TGS#_y'",
            "'TopicName':'n','TopicId':'" + CLUB + "@TOPIC#_x@TOPIC#_@TOPIC#y'",
            "'TopicName':'n','CustomString':'" + "x".repeat(3_001) + "'")) {
      assertEquals(10004, code("create_topic", bad), bad);
    }
    topic("create_topic", "'TopicName':'n','TopicId':'" + CLUB + "@TOPIC#_x@TOPIC#y'");
    topic(
        "modify_topic",
        "'TopicId':'" + TOPIC + "','Notification':'Read the rules','MuteAllMember':'On'");
    JsonNode read =
        topic(
                "get_topic",
                "'From_Account':'ann','TopicIdList':['" + TOPIC + "','" + CLUB + "@TOPIC#_no']")
            .path("TopicAndSelfInfo");
    JsonNode info = read.get(0).path("TopicInfo");
    assertEquals("Openings", info.path("TopicName").asText());
    assertEquals(CLUB, info.path("GroupID").asText());
    assertEquals("Read the rules", info.path("Notification").asText());
    assertEquals("On", info.path("MuteAllMember").asText());
    assertEquals(1, info.path("ShutUpAllFlag").asInt());
    assertEquals(1, info.path("NextMsgSeq").asInt());
    assertEquals("AcceptAndNotify", read.get(0).path("SelfInfo").path("MsgFlag").asText());
    assertEquals(110003, read.get(1).path("ErrorCode").asInt());
    JsonNode ended =
        topic("destroy_topic", "'TopicIdList':['" + TOPIC + "','" + CLUB + "@TOPIC#_no']")
            .path("DestroyResultItem");
    assertEquals(0, ended.get(0).path("ErrorCode").asInt());
    assertEquals(110003, ended.get(1).path("ErrorCode").asInt());
    assertEquals(10010, code("modify_topic", "'TopicId':'" + TOPIC + "','Notification':'x'"));
    assertEquals(
        10007,
        groups.code("get_group_counter", "{'GroupId':'" + CLUB + "'}"),
        "no counters with topics");
    assertEquals(0, code("create_topic", "'TopicName':'again','TopicId':'" + TOPIC + "'"));
  }

  @Test
  void aTopicHasMutesOfItsOwn() {
    club();
    topic("create_topic", "'TopicName':'Openings','TopicId':'" + TOPIC + "'");
    groups.ok(
        "forbid_send_msg",
        "{'GroupId':'"
            + CLUB
            + "','TopicId':'"
            + TOPIC
            + "','Members_Account':['bo'],'MuteTime':600}");
    assertEquals(
        1,
        groups
            .ok("get_group_muted_account", "{'GroupId':'" + CLUB + "','TopicId':'" + TOPIC + "'}")
            .path("MutedAccountList")
            .size());
    assertTrue(
        groups
            .ok("get_group_muted_account", "{'GroupId':'" + CLUB + "'}")
            .path("MutedAccountList")
            .isEmpty());
    assertTrue(
        topic("get_topic", "'From_Account':'bo'")
                .path("TopicAndSelfInfo")
                .get(0)
                .path("SelfInfo")
                .path("ShutUpTime")
                .asLong()
            > 0);
    String plain = groups.create("Public", "ann");
    assertEquals(
        10004, groups.code("get_group_muted_account", "{'GroupId':'" + plain + "','TopicId':'t'}"));
  }

  @Test
  void membersLearnOfTopicsAndImportsAreSilent() {
    club();
    try (TestUser bo = groups.app().login("bo")) {
      groups.ok(
          "import_topic",
          "{'GroupId':'" + CLUB + "','TopicName':'Endgames','CreateTime':1700000000}");
      topic("create_topic", "'TopicName':'Openings','TopicId':'" + TOPIC + "'");
      String event = bo.nextEvent();
      assertTrue(event.startsWith("group.topic") && event.contains("Openings"), event);
    }
    JsonNode all = topic("get_topic", "'From_Account':'bo'").path("TopicAndSelfInfo");
    assertEquals("Endgames", all.get(0).path("TopicInfo").path("TopicName").asText());
    assertEquals(
        10004,
        groups.code(
            "import_topic", "{'GroupId':'" + CLUB + "','TopicName':'x','CreateTime':4000000000}"));
  }

  @Test
  void whatIsSaidInATopicReachesTheMembersOfItsCommunity() {
    club();
    topic("create_topic", "'TopicName':'Openings','TopicId':'" + TOPIC + "'");
    try (TestUser bo = groups.app().login("bo")) {
      groups.ok(
          "send_group_msg",
          "{'GroupId':'"
              + CLUB
              + "','TopicId':'"
              + TOPIC
              + "','Random':1,'From_Account':'ann','MsgBody':"
              + "[{'MsgType':'TIMTextElem','MsgContent':{'Text':'e4'}}]}");
      String message = bo.nextMessage().toString();
      assertTrue(message.contains("GROUP" + TOPIC), message);
    }
    JsonNode info = topic("get_topic", "'From_Account':'bo'").path("TopicAndSelfInfo").get(0);
    assertEquals(2, info.path("TopicInfo").path("NextMsgSeq").asInt());
    assertEquals(1, groups.info(CLUB).path("NextMsgSeq").asInt(), "the community's own");
  }

  @Test
  void aCommunityHasTwoHundredTopics() {
    club();
    for (int i = 0; i < 200; i++) {
      topic("create_topic", "'TopicName':'t" + i + "'");
    }
    assertEquals(10037, code("create_topic", "'TopicName':'one more'"));
    JsonNode joined =
        groups.ok("get_joined_group_list", "{'Member_Account':'bo','SupportTopic':1}");
    assertEquals(1, joined.path("TotalCount").asInt());
    assertEquals(1, joined.path("GroupIdList").get(0).path("GrossTopicNextMsgSeq").asInt());
  }

  private void club() {
    groups.ok(
        "create_group",
        "{'Type':'Community','Name':'Club','GroupId':'"
            + CLUB
            + "','SupportTopic':1,'Owner_Account':'ann','MemberList':[{'Member_Account':'bo'}]}");
  }

  private JsonNode topic(String command, String fields) {
    JsonNode reply = call(command, fields);
    assertEquals(0, reply.path("ErrorCode").asInt(), command + fields + reply);
    return reply;
  }

  private int code(String command, String fields) {
    return call(command, fields).path("ErrorCode").asInt();
  }

  private JsonNode call(String command, String fields) {
    return groups
        .app()
        .rest(
            "million_group_open_http_svc/" + command,
            ("{'GroupId':'" + CLUB + "'," + fields + "}").replace('\'', '"'));
  }

  private JsonNode read(String id) {
    return groups.ok("get_group_attr", "{'GroupId':'" + id + "'}").path("GroupAttrAry");
  }

  private long counter(String id, String key) {
    return groups
        .ok("get_group_counter", "{'GroupId':'" + id + "','GroupCounterKeys':['" + key + "']}")
        .path("GroupCounter")
        .get(0)
        .path("Value")
        .asLong();
  }

  /** The code of a write into a new group. */
  private int fresh(String body) {
    return groups.code("modify_group_attr", body.replace("$", groups.create("Public", "")));
  }

  private static String attributes(String id, String key, String value) {
    return "{'GroupId':'" + id + "','GroupAttr':[{'key':'" + key + "','value':'" + value + "'}]}";
  }

  private static String attributes(String id, int keys, int bytes) {
    ObjectNode body = Json.object().put("GroupId", id);
    for (int i = 0; i < keys; i++) {
      body.withArray("GroupAttr").addObject().put("key", "k" + i).put("value", "v".repeat(bytes));
    }
    return body.toString();
  }

  private static String counters(String id, String mode, String key, String value) {
    return "{'GroupId':'"
        + id
        + "','Mode':'"
        + mode
        + "','GroupCounter':[{'Key':'"
        + key
        + "','Value':"
        + value
        + "}]}";
  }
}
