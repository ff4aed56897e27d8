package im.palisade.server.callback;

import static im.palisade.server.callback.Like.assertLike;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import im.palisade.client.ImClient;
import im.palisade.server.testing.TestReceiver.Received;
import im.palisade.server.testing.TestUser;

/** Makes each webhook of groups and topics fire and compares it with its example (§4.5, §4.6). */
final class GroupCases {
  private final Hooked hooked;

  GroupCases(Hooked hooked) {
    this.hooked = hooked;
  }

  void beforeCreate() {
    create("Public", "first");
    create("Public", "hikers");
    hooked.next(CallbackCommand.GROUP_BEFORE_CREATE);
    assertLike(
        "{'CallbackCommand':'Group.CallbackBeforeCreateGroup','Operator_Account':'administrator',"
            + "'Owner_Account':'mia','Type':'Public','Name':'Hikers','CreateGroupNum':1,"
            + "'MemberList':[{'Member_Account':'noah'}],'CreatedGroupNum':{'Public':1},"
            + "'InviteOption':'DisableInvite','EventTime':'*now'}",
        hooked.next(CallbackCommand.GROUP_BEFORE_CREATE).body());
  }

  void created() {
    create("Public", "hikers");
    assertLike(
        "{'CallbackCommand':'Group.CallbackAfterCreateGroup','GroupId':'hikers',"
            + "'Operator_Account':'administrator','Owner_Account':'mia','Type':'Public',"
            + "'Name':'Hikers','MemberList':[{'Member_Account':'noah'}],'EventTime':'*now'}",
        hooked.next(CallbackCommand.GROUP_CREATED).body());
  }

  void beforeApply() {
    create("Public", "hikers");
    try (TestUser zoe = hooked.app().login("zoe")) {
      join(zoe, "hikers");
      Received asked = hooked.next(CallbackCommand.GROUP_BEFORE_APPLY);
      assertEquals("Web", asked.query().get("OptPlatform"));
      assertLike(
          "{'CallbackCommand':'Group.CallbackBeforeApplyJoinGroup','GroupId':'hikers',"
              + "'Type':'Public','Requestor_Account':'zoe','EventTime':'*now'}",
          asked.body());
    }
  }

  void beforeInvite() {
    create("Public", "hikers");
    hooked.receiver().answering("{\"ErrorCode\":0,\"RefusedMembers_Account\":[\"lee\",7,null]}");
    hooked.app().withUsers("lee");
    JsonNode reply =
        hooked.ok(
            "group_open_http_svc/add_group_member",
            "{'GroupId':'hikers','MemberList':[{'Member_Account':'zoe'},{'Member_Account':'lee'}]}");
    assertEquals(1, reply.path("MemberList").get(0).path("Result").asInt(), reply::toString);
    assertEquals(0, reply.path("MemberList").get(1).path("Result").asInt(), reply::toString);
    assertLike(
        "{'CallbackCommand':'Group.CallbackBeforeInviteJoinGroup','GroupId':'hikers',"
            + "'Type':'Public','Operator_Account':'administrator','DestinationMembers':["
            + "{'Member_Account':'zoe'},{'Member_Account':'lee'}],'EventTime':'*now'}",
        hooked.next(CallbackCommand.GROUP_BEFORE_INVITE).body());
  }

  void joined() {
    create("Public", "hikers");
    add("zoe");
    assertLike(
        "{'CallbackCommand':'Group.CallbackAfterNewMemberJoin','GroupId':'hikers','Type':'Public',"
            + "'JoinType':'Invited','Operator_Account':'administrator',"
            + "'NewMemberList':[{'Member_Account':'zoe'}],'EventTime':'*now'}",
        hooked.next(CallbackCommand.GROUP_JOINED).body());
    create("ChatRoom", "open");
    try (TestUser zoe = hooked.app().login("zoe")) {
      join(zoe, "open");
      JsonNode told = hooked.next(CallbackCommand.GROUP_JOINED).body();
      assertEquals("Apply", told.path("JoinType").asText());
      assertEquals("zoe", told.path("Operator_Account").asText());
      create("AVChatRoom", "live");
      join(zoe, "live");
      JsonNode room = hooked.next(CallbackCommand.GROUP_JOINED).body();
      assertEquals("AVChatRoom", room.path("Type").asText());
      assertEquals("zoe", room.path("NewMemberList").get(0).path("Member_Account").asText());
    }
  }

  void left() {
    create("Public", "hikers");
    hooked.ok(
        "group_open_http_svc/delete_group_member",
        "{'GroupId':'hikers','MemberToDel_Account':['noah']}");
    assertLike(
        "{'CallbackCommand':'Group.CallbackAfterMemberExit','GroupId':'hikers','Type':'Public',"
            + "'ExitType':'Kicked','Operator_Account':'administrator',"
            + "'ExitMemberList':[{'Member_Account':'noah'}],'EventTime':'*now'}",
        hooked.next(CallbackCommand.GROUP_LEFT).body());
    create("AVChatRoom", "live");
    try (TestUser zoe = hooked.app().login("zoe")) {
      join(zoe, "live");
      TestUser.await(zoe.client().request("group.quit", named("live")));
      assertEquals(
          "Quit", hooked.next(CallbackCommand.GROUP_LEFT).body().path("ExitType").asText());
      join(zoe, "live");
      hooked.ok(
          "group_open_http_svc/ban_group_member",
          "{'GroupId':'live','Members_Account':['zoe','noah'],'Duration':60}");
      JsonNode banned = hooked.next(CallbackCommand.GROUP_LEFT).body();
      assertEquals("Kicked", banned.path("ExitType").asText());
      assertEquals(1, banned.path("ExitMemberList").size(), "only who was there");
    }
  }

  void beforeSend() {
    create("Public", "hikers");
    send("hikers", "noah", 93_417, "7 am?");
    assertLike(
        "{'CallbackCommand':'Group.CallbackBeforeSendMsg','GroupId':'hikers','Type':'Public',"
            + "'From_Account':'noah','Operator_Account':'administrator','Random':93417,"
            + "'OnlineOnlyFlag':0,'MsgBody':"
            + Hooked.body("7 am?")
            + ",'CloudCustomData':'','EventTime':'*now'}",
        hooked.next(CallbackCommand.GROUP_BEFORE_SEND).body());
  }

  void afterSend() {
    create("Public", "hikers");
    hooked.ok(
        "group_open_http_svc/send_group_msg",
        "{'GroupId':'hikers','From_Account':'noah','Random':93417,'MsgBody':"
            + Hooked.body("7 am?")
            + ",'CloudCustomData':'cc','GroupAtInfo':[{'GroupAtAllFlag':0,'GroupAt_Account':'mia'},"
            + "{'GroupAtAllFlag':1}]}");
    assertLike(
        "{'CallbackCommand':'Group.CallbackAfterSendMsg','GroupId':'hikers','Type':'Public',"
            + "'From_Account':'noah','Operator_Account':'administrator','Random':93417,"
            + "'MsgSeq':'*int','MsgTime':'*int','OnlineOnlyFlag':0,'MsgBody':"
            + Hooked.body("7 am?")
            + ",'CloudCustomData':'cc','GroupAtInfo':[{'GroupAtAllFlag':0,'GroupAt_Account':'mia'},"
            + "{'GroupAtAllFlag':1}],'EventTime':'*now'}",
        hooked.next(CallbackCommand.GROUP_AFTER_SEND).body());
  }

  void exception() {
    create("Public", "hikers");
    hooked.ok(
        "group_open_http_svc/forbid_send_msg",
        "{'GroupId':'hikers','Members_Account':['noah'],'MuteTime':60}");
    try (TestUser noah = hooked.app().login("noah")) {
      assertEquals(10_017, TestUser.code(noah.client().sendText("GROUPhikers", 5, "?")));
      assertLike(
          "{'CallbackCommand':'Group.CallbackSendMsgException','GroupId':'hikers',"
              + "'Type':'Public','From_Account':'noah','Operator_Account':'noah','Random':5,"
              + "'OnlineOnlyFlag':0,'MsgBody':"
              + Hooked.body("?")
              + ",'CloudCustomData':'','ErrorCode':10017,'ErrorInfo':'*text',"
              + "'EventTime':'*now'}",
          hooked.next(CallbackCommand.GROUP_EXCEPTION).body());
      assertEquals(10_010, TestUser.code(noah.client().sendText("GROUPnowhere", 6, "?")));
      JsonNode lost = hooked.next(CallbackCommand.GROUP_EXCEPTION).body();
      assertEquals("nowhere", lost.path("GroupId").asText());
      assertEquals(10_010, lost.path("ErrorCode").asInt());
    }
  }

  void recall() {
    create("Public", "hikers");
    long seq = send("hikers", "noah", 1, "oops");
    hooked.ok(
        "group_open_http_svc/group_msg_recall",
        "{'GroupId':'hikers','MsgSeqList':[{'MsgSeq':" + seq + "},{'MsgSeq':99}]}");
    assertLike(
        "{'CallbackCommand':'Group.CallbackAfterRecallMsg','Operator_Account':'administrator',"
            + "'Type':'Public','GroupId':'hikers','MsgSeqList':[{'MsgSeq':"
            + seq
            + "}],'EventTime':'*now'}",
        hooked.next(CallbackCommand.GROUP_RECALL).body());
  }

  void full() {
    hooked.ok(
        "group_open_http_svc/create_group",
        "{'Owner_Account':'mia','Type':'Public','GroupId':'hikers','Name':'Hikers',"
            + "'MaxMemberCount':2}");
    add("noah");
    String example =
        "{'CallbackCommand':'Group.CallbackAfterGroupFull','GroupId':'hikers','EventTime':'*now'}";
    assertLike(example, hooked.next(CallbackCommand.GROUP_FULL).body());
    JsonNode reply =
        hooked.rest(
            "group_open_http_svc/add_group_member",
            "{'GroupId':'hikers','MemberList':[{'Member_Account':'zoe'}]}");
    assertEquals(10_014, reply.path("ErrorCode").asInt(), reply::toString);
    assertLike(example, hooked.next(CallbackCommand.GROUP_FULL).body());
  }

  void destroyed() {
    create("Public", "hikers");
    hooked.ok("group_open_http_svc/destroy_group", "{'GroupId':'hikers'}");
    assertLike(
        "{'CallbackCommand':'Group.CallbackAfterGroupDestroyed','GroupId':'hikers','Type':'Public',"
            + "'Owner_Account':'mia','Name':'Hikers','MemberList':[{'Member_Account':'mia'},"
            + "{'Member_Account':'noah'}],'EventTime':'*now'}",
        hooked.next(CallbackCommand.GROUP_DESTROYED).body());
    create("AVChatRoom", "live");
    hooked.ok("group_open_http_svc/destroy_group", "{'GroupId':'live'}");
    assertLike(
        "{'CallbackCommand':'Group.CallbackAfterGroupDestroyed','GroupId':'live',"
            + "'Type':'AVChatRoom','Owner_Account':'mia','Name':'Hikers','EventTime':'*now'}",
        hooked.next(CallbackCommand.GROUP_DESTROYED).body());
  }

  void changed() {
    create("Public", "hikers");
    hooked.ok(
        "group_open_http_svc/modify_group_base_info",
        "{'GroupId':'hikers','ApplyJoinOption':'FreeAccess'}");
    hooked.ok(
        "group_open_http_svc/modify_group_base_info",
        "{'GroupId':'hikers','Name':'Hikers','Notification':'Bring water'}");
    assertLike(
        "{'CallbackCommand':'Group.CallbackAfterGroupInfoChanged','GroupId':'hikers',"
            + "'Type':'Public','Operator_Account':'administrator','Notification':'Bring water',"
            + "'EventTime':'*now'}",
        hooked.next(CallbackCommand.GROUP_CHANGED).body());
  }

  void memberChanged() {
    create("Public", "hikers");
    hooked.ok(
        "group_open_http_svc/modify_group_member_info",
        "{'GroupId':'hikers','Member_Account':'noah','Role':'Admin'}");
    assertLike(
        "{'CallbackCommand':'Group.CallbackAfterMemberFieldChanged','GroupId':'hikers',"
            + "'Type':'Public','Operator_Account':'administrator','Modified_Account':'noah',"
            + "'Role':'Admin','EventTime':'*now'}",
        hooked.next(CallbackCommand.GROUP_MEMBER_CHANGED).body());
    hooked.ok(
        "group_open_http_svc/modify_group_member_info",
        "{'GroupId':'hikers','Member_Account':'noah','NameCard':'No.'}");
    JsonNode renamed = hooked.next(CallbackCommand.GROUP_MEMBER_CHANGED).body();
    assertEquals("No.", renamed.path("NameCard").asText());
    assertEquals(false, renamed.has("Role"));
  }

  void attributes() {
    create("Public", "hikers");
    hooked.ok(
        "group_open_http_svc/modify_group_attr",
        "{'GroupId':'hikers','GroupAttr':[{'key':'seat1','value':'zoe'}]}");
    assertLike(
        "{'CallbackCommand':'Group.CallbackAfterGroupAttrChanged','GroupId':'hikers',"
            + "'Type':'Public','Operator_Account':'administrator','OptionType':'modify',"
            + "'GroupAttr':[{'key':'seat1','value':'zoe'}],'EventTime':'*now'}",
        hooked.next(CallbackCommand.GROUP_ATTRIBUTES).body());
    hooked.ok(
        "group_open_http_svc/set_group_attr",
        "{'GroupId':'hikers','GroupAttr':[{'key':'seat2','value':'mia'}]}");
    assertEquals(
        "set", hooked.next(CallbackCommand.GROUP_ATTRIBUTES).body().path("OptionType").asText());
    hooked.ok("group_open_http_svc/clear_group_attr", "{'GroupId':'hikers'}");
    assertEquals(
        "clear", hooked.next(CallbackCommand.GROUP_ATTRIBUTES).body().path("OptionType").asText());
  }

  void receipt() {
    create("Public", "hikers");
    long seq =
        hooked
            .ok(
                "group_open_http_svc/send_group_msg",
                "{'GroupId':'hikers','From_Account':'noah','Random':1,'NeedReadReceipt':1,"
                    + "'MsgBody':"
                    + Hooked.body("seen?")
                    + "}")
            .path("MsgSeq")
            .asLong();
    String example =
        "{'CallbackCommand':'Group.CallbackAfterReadReceipt','GroupId':'hikers','Type':'Public',"
            + "'GroupMsgReceiptList':[{'MsgSeq':%d,'ReadNum':%d,'UnreadNum':%d,"
            + "'ReadReceiptMembers':[%s]}],'EventTime':'*now'}";
    assertLike(example.formatted(seq, 0, 1, ""), hooked.next(CallbackCommand.GROUP_RECEIPT).body());
    hooked.ok(
        "group_open_http_svc/group_msg_receipt",
        "{'GroupId':'hikers','From_Account':'mia','MsgSeqList':[{'MsgSeq':" + seq + "}]}");
    assertLike(
        example.formatted(seq, 1, 0, "{'Member_Account':'mia'}"),
        hooked.next(CallbackCommand.GROUP_RECEIPT).body());
  }

  void ownerChanged() {
    create("Public", "hikers");
    hooked.ok(
        "group_open_http_svc/change_group_owner", "{'GroupId':'hikers','NewOwner_Account':'noah'}");
    assertLike(
        "{'CallbackCommand':'Group.CallbackAfterChangeGroupOwner','GroupId':'hikers',"
            + "'Type':'Public','Operator_Account':'administrator','OldOwner_Account':'mia',"
            + "'NewOwner_Account':'noah','EventTime':'*now'}",
        hooked.next(CallbackCommand.GROUP_OWNER_CHANGED).body());
  }

  void modify() {
    create("Public", "hikers");
    long seq = send("hikers", "noah", 93_417, "7 am?");
    hooked.ok(
        "openim/modify_group_msg",
        "{'GroupId':'hikers','MsgSeq':" + seq + ",'MsgBody':" + Hooked.body("8 am?") + "}");
    assertLike(
        "{'CallbackCommand':'Group.CallbackAfterModifyMsg','GroupId':'hikers','Type':'Public',"
            + "'Operator_Account':'administrator','From_Account':'noah','MsgSeq':"
            + seq
            + ",'Random':93417,'MsgTime':'*int','MsgBody':"
            + Hooked.body("8 am?")
            + ",'CloudCustomData':'','EventTime':'*now'}",
        hooked.next(CallbackCommand.GROUP_MODIFY).body());
  }

  void topicBeforeCreate() {
    community();
    topic();
    assertLike(
        "{'CallbackCommand':'Group.CallbackBeforeCreateTopic','Operator_Account':'administrator',"
            + "'Type':'Community','Name':'Gear','EventTime':'*now'}",
        hooked.await(CallbackCommand.TOPIC_BEFORE_CREATE).body());
  }

  void topicCreated() {
    String community = community();
    String topic = topic();
    assertLike(
        "{'CallbackCommand':'Group.CallbackAfterCreateTopic','GroupId':'%s','TopicId':'%s',"
                .formatted(community, topic)
            + "'Operator_Account':'administrator','Owner_Account':'mia','Type':'Community',"
            + "'Name':'Gear','UserDefinedDataList':[],'EventTime':'*now'}",
        hooked.await(CallbackCommand.TOPIC_CREATED).body());
  }

  void topicDestroyed() {
    String community = community();
    String topic = topic();
    hooked.ok(
        "million_group_open_http_svc/destroy_topic",
        "{'GroupId':'%s','TopicIdList':['%s']}".formatted(community, topic));
    assertLike(
        "{'CallbackCommand':'Group.CallbackAfterTopicDestroyed','GroupId':'%s',"
                .formatted(community)
            + "'Type':'Community','TopicIdList':['%s'],'EventTime':'*now'}".formatted(topic),
        hooked.await(CallbackCommand.TOPIC_DESTROYED).body());
  }

  void topicChanged() {
    String community = community();
    String topic = topic();
    hooked.ok(
        "million_group_open_http_svc/modify_topic",
        "{'GroupId':'%s','TopicId':'%s','TopicName':'Boots & gear'}".formatted(community, topic));
    assertLike(
        "{'CallbackCommand':'Group.CallbackAfterTopicInfoChanged','GroupId':'%s','TopicId':'%s',"
                .formatted(community, topic)
            + "'Type':'Community','Operator_Account':'administrator','Name':'Boots & gear',"
            + "'EventTime':'*now'}",
        hooked.await(CallbackCommand.TOPIC_CHANGED).body());
  }

  void robotMentioned() {
    hooked.ok("openim_robot_http_svc/create_robot", "{'UserID':'@RBT#helper'}");
    create("Public", "hikers");
    hooked.ok(
        "group_open_http_svc/send_group_msg",
        "{'GroupId':'hikers','From_Account':'mia','Random':77,'MsgBody':"
            + Hooked.body("@helper weather?")
            + ",'GroupAtInfo':[{'GroupAtAllFlag':0,'GroupAt_Account':'@RBT#helper'},"
            + "{'GroupAtAllFlag':0,'GroupAt_Account':'noah'}]}");
    assertLike(
        "{'CallbackCommand':'Bot.OnGroupMessage','GroupId':'hikers','Type':'Public',"
            + "'From_Account':'mia','Operator_Account':'administrator','Random':77,"
            + "'MsgSeq':'*int','MsgTime':'*int','OnlineOnlyFlag':0,'MsgBody':"
            + Hooked.body("@helper weather?")
            + ",'AtRobotAccount':['@RBT#helper'],'CloudCustomData':'','EventTime':'*now'}",
        hooked.next(CallbackCommand.BOT_GROUP).body());
  }

  void create(String type, String groupId) {
    String members = type.equals("AVChatRoom") ? "" : ",'MemberList':[{'Member_Account':'noah'}]";
    hooked.ok(
        "group_open_http_svc/create_group",
        "{'Owner_Account':'mia','Type':'%s','GroupId':'%s','Name':'Hikers'%s}"
            .formatted(type, groupId, members));
  }

  private void add(String userId) {
    hooked.ok(
        "group_open_http_svc/add_group_member",
        "{'GroupId':'hikers','MemberList':[{'Member_Account':'" + userId + "'}]}");
  }

  long send(String groupId, String from, long random, String text) {
    return hooked
        .ok(
            "group_open_http_svc/send_group_msg",
            "{'GroupId':'%s','From_Account':'%s','Random':%d,'MsgBody':%s}"
                .formatted(groupId, from, random, Hooked.body(text)))
        .path("MsgSeq")
        .asLong();
  }

  static void join(TestUser user, String groupId) {
    TestUser.await(user.client().request("group.join", named(groupId)));
  }

  void memberState() {
    hooked.settings("{\"groups\":{\"memberList\":true}}");
    create("AVChatRoom", "live");
    TestUser zoe = hooked.app().login("zoe");
    join(zoe, "live");
    zoe.client().abort();
    String example =
        "{'CallbackCommand':'Group.CallbackOnMemberStateChange','GroupId':'live',"
            + "'Type':'AVChatRoom','EventType':'%s','MemberList':[{'Member_Account':'zoe'}],"
            + "'EventTime':'*now'}";
    Received lost = hooked.receiver().next(60);
    assertLike(example.formatted("Offline"), lost.body());
    assertEquals("127.0.0.1", lost.query().get("ClientIP"));
    try (TestUser again = hooked.app().login("zoe")) {
      join(again, "live");
      assertLike(
          example.formatted("Online"), hooked.next(CallbackCommand.GROUP_MEMBER_STATE).body());
    }
  }

  void quota() {
    hooked.settings("{\"groups\":{\"groupsPerDay\":5}}");
    for (int i = 1; i <= 5; i++) {
      create("Public", "g" + i);
    }
    hooked.ok("group_open_http_svc/destroy_group", "{'GroupId':'g5'}");
    create("Public", "g6");
    String example =
        "{'CallbackCommand':'Group.CallbackOnDailyGroupQuotaAlarm','QuotaUsed':%d,'Quota':5,"
            + "'EventTime':'*now'}";
    assertLike(example.formatted(4), hooked.next(CallbackCommand.GROUP_QUOTA).body());
    assertLike(example.formatted(5), hooked.next(CallbackCommand.GROUP_QUOTA).body());
    assertEquals(0, hooked.receiver().waiting(), "each once");
  }

  private static ObjectNode named(String groupId) {
    return ImClient.object().put("groupId", groupId);
  }

  private String community;

  String community() {
    community =
        hooked
            .ok(
                "group_open_http_svc/create_group",
                "{'Owner_Account':'mia','Type':'Community','Name':'Hike','SupportTopic':1}")
            .path("GroupId")
            .asText();
    return community;
  }

  String topic() {
    JsonNode reply = tryTopic();
    assertEquals(0, reply.path("ErrorCode").asInt(), reply::toString);
    return reply.path("TopicId").asText();
  }

  JsonNode tryTopic() {
    return hooked.rest(
        "million_group_open_http_svc/create_topic",
        "{'GroupId':'%s','TopicName':'Gear'}".formatted(community));
  }
}
