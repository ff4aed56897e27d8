package im.palisade.server.callback;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import im.palisade.server.testing.TestReceiver.Received;
import im.palisade.server.testing.TestUser;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import java.util.TreeSet;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * What clients do, and what happens in topics and live rooms, told by webhooks: who acted, what
 * changed, what is left out. Names and types of all members are checked when a test ends ({@link
 * WebhookFields}).
 */
class WebhookFieldsTest {
  private static final String SEND = "group_open_http_svc/send_group_msg";
  private static final String GROUPS = "group_open_http_svc/";

  @Test
  void everyCommandOfTheServerHasItsFieldsInTheListAndNoOther() {
    Set<String> sent = new TreeSet<>(Set.of("Palisade.Ping"));
    Arrays.stream(CallbackCommand.values()).map(CallbackCommand::wireName).forEach(sent::add);
    assertEquals(sent, new TreeSet<>(WebhookFields.commands()));
  }

  @ParameterizedTest
  @CsvSource({
    "web,Web",
    "mini,Web",
    "android,Android",
    "ios,iOS",
    "windows,Windows",
    "mac,Mac",
    "linux,Linux",
    "server,Unknown"
  })
  void theClientsPlatformIsNamed(String platform, String told) {
    try (Hooked hooked = Hooked.on("C2C.CallbackBeforeSendMsg", "State.StateChange");
        TestUser mia = hooked.app().login("mia", platform, "d")) {
      String state = hooked.next(CallbackCommand.STATE_CHANGE).query().get("OptPlatform");
      assertEquals(told.equals("iOS") ? "IOS" : told, state);
      mia.send("noah", 1, "hello");
      Received asked = hooked.next(CallbackCommand.C2C_BEFORE_SEND);
      assertEquals(told, asked.query().get("OptPlatform"));
      assertEquals("127.0.0.1", asked.query().get("ClientIP"));
    }
  }

  @Test
  void whatAUserDoesToAGroupNamesTheUserAndOnlyWhatChanged() {
    try (Hooked hooked = everything()) {
      hooked.settings("{\"groups\":{\"groupFields\":[{\"name\":\"GroupTestData1\"}]}}");
      try (TestUser mia = hooked.app().login("mia");
          TestUser noah = hooked.app().login("noah")) {
        life(hooked, mia, noah);
      }
    }
  }

  private static void life(Hooked hooked, TestUser mia, TestUser noah) {
    ok(
        mia,
        "group.create",
        "{'type':'Public','groupId':'g','name':'Hikers','joinOption':'NeedPermission',"
            + "'inviteOption':'FreeAccess','custom':{'GroupTestData1':'x'},"
            + "'members':[{'userId':'noah'}]}");
    JsonNode asked = hooked.await(CallbackCommand.GROUP_BEFORE_CREATE).body();
    assertEquals("mia", asked.path("Operator_Account").asText());
    assertEquals("mia", asked.path("Owner_Account").asText());
    assertEquals("FreeAccess", asked.path("InviteOption").asText());
    assertEquals(0, asked.path("CreateGroupNum").asInt(-1));
    JsonNode created = hooked.await(CallbackCommand.GROUP_CREATED).body();
    assertEquals("mia", created.path("Operator_Account").asText());
    assertEquals(
        Hooked.json("[{\"Key\":\"GroupTestData1\",\"Value\":\"x\"}]"),
        created.path("UserDefinedDataList"));

    for (String field : new String[] {"name", "introduction", "notification", "faceUrl"}) {
      ok(mia, "group.modify", "{'groupId':'g','" + field + "':'new'}");
      JsonNode changed = hooked.await(CallbackCommand.GROUP_CHANGED).body();
      assertEquals("mia", changed.path("Operator_Account").asText());
      String name = Character.toUpperCase(field.charAt(0)) + field.substring(1);
      assertEquals("new", changed.path(name).asText(), changed::toString);
      assertEquals(6, changed.size(), changed::toString);
    }
    ok(mia, "group.modify", "{'groupId':'g','custom':{'GroupTestData1':'y'},'maxMembers':50}");

    ok(noah, "group.member", "{'groupId':'g','nameCard':'No.'}");
    JsonNode card = hooked.await(CallbackCommand.GROUP_MEMBER_CHANGED).body();
    assertEquals("noah", card.path("Operator_Account").asText());
    assertEquals("noah", card.path("Modified_Account").asText());
    assertFalse(card.has("Role"));
    ok(mia, "group.role", "{'groupId':'g','userId':'noah','role':'Admin'}");
    assertEquals("Admin", role(hooked));
    ok(mia, "group.role", "{'groupId':'g','userId':'noah','role':'Member'}");
    assertEquals("Member", role(hooked));

    for (String op : new String[] {"replace", "set", "delete"}) {
      ok(
          mia,
          "group.attributes",
          "{'groupId':'g','op':'"
              + op
              + "',"
              + (op.equals("delete") ? "'keys':['seat'" + "]" : "'attributes':{'seat':'" + op)
              + (op.equals("delete") ? "}" : "'}}"));
      JsonNode attributes = hooked.await(CallbackCommand.GROUP_ATTRIBUTES).body();
      assertEquals("mia", attributes.path("Operator_Account").asText());
      assertEquals("seat", attributes.at("/GroupAttr/0/key").asText(), attributes::toString);
      assertTrue(
          Set.of("set", "modify", "delete").contains(attributes.path("OptionType").asText()));
    }

    ok(mia, "group.transfer", "{'groupId':'g','userId':'noah'}");
    JsonNode owner = hooked.await(CallbackCommand.GROUP_OWNER_CHANGED).body();
    assertEquals("mia", owner.path("Operator_Account").asText());
    assertEquals("mia", owner.path("OldOwner_Account").asText());
    assertEquals("noah", owner.path("NewOwner_Account").asText());
    ok(noah, "group.dismiss", "{'groupId':'g'}");
    Received destroyed = hooked.await(CallbackCommand.GROUP_DESTROYED);
    assertEquals("Web", destroyed.query().get("OptPlatform"));
    assertEquals("noah", destroyed.body().path("Owner_Account").asText());
    assertEquals(2, destroyed.body().path("MemberList").size());
    assertEquals(
        4,
        hooked.receiver().all().stream()
            .filter(each -> each.command().equals(CallbackCommand.GROUP_CHANGED.wireName()))
            .count(),
        "custom fields and other settings are no news");
  }

  @Test
  void whoComesAndGoesIsToldWithWhoDidIt() {
    try (Hooked hooked = everything();
        TestUser mia = hooked.app().login("mia");
        TestUser zoe = hooked.app().login("zoe")) {
      ok(
          mia,
          "group.create",
          "{'type':'Public','groupId':'g','name':'g','joinOption':'NeedPermission'}");
      assertEquals("waiting", ok(zoe, "group.join", "{'groupId':'g'}").path("status").asText());
      Received asked = hooked.await(CallbackCommand.GROUP_BEFORE_APPLY);
      assertEquals("zoe", asked.body().path("Requestor_Account").asText());
      long request = ok(mia, "group.applications", "{}").at("/applications/0/requestId").asLong();
      ok(mia, "group.approve", "{'requestId':" + request + "}");
      JsonNode joined = hooked.await(CallbackCommand.GROUP_JOINED).body();
      assertEquals("Apply", joined.path("JoinType").asText());
      assertEquals("zoe", joined.at("/NewMemberList/0/Member_Account").asText());
      assertEquals("mia", joined.path("Operator_Account").asText(), "who let zoe in");
      ok(zoe, "group.quit", "{'groupId':'g'}");
      JsonNode left = hooked.await(CallbackCommand.GROUP_LEFT).body();
      assertEquals("Quit", left.path("ExitType").asText());
      assertEquals("zoe", left.path("Operator_Account").asText());

      ok(mia, "group.create", "{'type':'Private','groupId':'w','name':'w'}");
      hooked
          .receiver()
          .answering("{\"ErrorCode\":0,\"RefusedMembers_Account\":[\"noah\",\"nobody\"]}");
      ok(mia, "group.invite", "{'groupId':'w','userIds':['zoe','noah']}");
      JsonNode invite = hooked.await(CallbackCommand.GROUP_BEFORE_INVITE).body();
      assertEquals("mia", invite.path("Operator_Account").asText());
      assertEquals("Private", invite.path("Type").asText());
      assertEquals(2, invite.path("DestinationMembers").size());
      JsonNode invited = hooked.await(CallbackCommand.GROUP_JOINED).body();
      assertEquals("Invited", invited.path("JoinType").asText());
      assertEquals("mia", invited.path("Operator_Account").asText());
      assertEquals(Hooked.json("[{\"Member_Account\":\"zoe\"}]"), invited.path("NewMemberList"));
      hooked.receiver().answering("{\"ErrorCode\":0}");
      ok(mia, "group.kick", "{'groupId':'w','userIds':['zoe']}");
      JsonNode kicked = hooked.await(CallbackCommand.GROUP_LEFT).body();
      assertEquals("Kicked", kicked.path("ExitType").asText());
      assertEquals("mia", kicked.path("Operator_Account").asText());
    }
  }

  @Test
  void whatHappensInATopicNamesIt() {
    try (Hooked hooked = everything();
        TestUser mia = hooked.app().login("mia")) {
      hooked.ok("openim_robot_http_svc/create_robot", "{'UserID':'@RBT#helper'}");
      GroupCases cases = new GroupCases(hooked);
      String community = cases.community();
      String topic = cases.topic();
      String place = "{'GroupId':'" + community + "','TopicId':'" + topic + "',";
      long seq =
          hooked
              .ok(
                  SEND,
                  place
                      + "'From_Account':'mia','Random':7,'GroupAtInfo':[{'GroupAtAllFlag':0,"
                      + "'GroupAt_Account':'@RBT#helper'}],'MsgBody':"
                      + Hooked.body("hello")
                      + "}")
              .path("MsgSeq")
              .asLong();
      for (CallbackCommand each :
          new CallbackCommand[] {
            CallbackCommand.GROUP_BEFORE_SEND,
            CallbackCommand.GROUP_AFTER_SEND,
            CallbackCommand.BOT_GROUP
          }) {
        assertEquals(topic, hooked.await(each).body().path("TopicId").asText(), each.wireName());
      }
      ok(
          mia,
          "message.modify",
          "{'conversation':'GROUP" + topic + "','seq':" + seq + ",'cloudCustomData':'c'}");
      JsonNode modified = hooked.await(CallbackCommand.GROUP_MODIFY).body();
      assertEquals(topic, modified.path("TopicId").asText());
      assertEquals("mia", modified.path("Operator_Account").asText());
      ok(mia, "message.recall", "{'conversation':'GROUP" + topic + "','seq':" + seq + "}");
      JsonNode recalled = hooked.await(CallbackCommand.GROUP_RECALL).body();
      assertEquals(topic, recalled.path("TopicId").asText());
      assertEquals(community, recalled.path("GroupId").asText());
      assertEquals("mia", recalled.path("Operator_Account").asText());
      for (String field : new String[] {"introduction", "notification", "faceUrl"}) {
        ok(
            mia,
            "group.topics",
            "{'groupId':'%s','op':'modify','topicId':'%s','%s':'new'}"
                .formatted(community, topic, field));
        JsonNode changed = hooked.await(CallbackCommand.TOPIC_CHANGED).body();
        assertEquals("mia", changed.path("Operator_Account").asText());
        assertEquals(7, changed.size(), changed::toString);
      }
      hooked.ok(GROUPS + "destroy_group", "{'GroupId':'" + community + "'}");
      assertFalse(hooked.await(CallbackCommand.GROUP_DESTROYED).body().has("MemberList"));
      assertTrue(
          hooked.receiver().all().stream()
              .noneMatch(each -> each.command().equals("Group.CallbackAfterTopicDestroyed")),
          "topics end with their community");
    }
  }

  @Test
  void whatHappensInALiveRoomIsToldAsThereWithoutStoring() {
    try (Hooked hooked = everything();
        TestUser mia = hooked.app().login("mia");
        TestUser zoe = hooked.app().login("zoe")) {
      new GroupCases(hooked).create("AVChatRoom", "live");
      GroupCases.join(zoe, "live");
      GroupCases.join(mia, "live");
      hooked.ok(
          SEND,
          "{'GroupId':'live','From_Account':'mia','Random':7,'OnlineOnlyFlag':1,'MsgBody':"
              + Hooked.body("hello")
              + "}");
      JsonNode asked = hooked.await(CallbackCommand.GROUP_BEFORE_SEND).body();
      assertEquals(0, asked.path("OnlineOnlyFlag").asInt(-1));
      JsonNode sent = hooked.await(CallbackCommand.GROUP_AFTER_SEND).body();
      assertEquals(0, sent.path("OnlineOnlyFlag").asInt(-1));
      String key = TestUser.await(mia.client().sendText("GROUPlive", 8, "oops")).msgKey();
      ok(mia, "message.recall", "{'conversation':'GROUPlive','msgKey':'" + key + "'}");
      JsonNode recalled = hooked.await(CallbackCommand.GROUP_RECALL).body();
      assertEquals("AVChatRoom", recalled.path("Type").asText());
      assertEquals("mia", recalled.path("Operator_Account").asText());
      assertEquals(key.split("_", -1)[0], recalled.at("/MsgSeqList/0/MsgSeq").asText());

      hooked.ok(
          "group_open_avchatroom_http_svc/modify_admin",
          "{'GroupId':'live','CommandType':1,'Admin_Account':['zoe']}");
      JsonNode admin = hooked.await(CallbackCommand.GROUP_MEMBER_CHANGED).body();
      assertEquals("zoe", admin.path("Modified_Account").asText());
      assertEquals("Admin", admin.path("Role").asText());
      hooked.ok(
          "group_open_avchatroom_http_svc/modify_admin",
          "{'GroupId':'live','CommandType':2,'Admin_Account':['zoe']}");
      hooked.await(CallbackCommand.GROUP_MEMBER_CHANGED);

      String ban = "{'GroupId':'live','Members_Account':['zoe','noah'],'Duration':60}";
      hooked.ok(GROUPS + "ban_group_member", ban);
      JsonNode out = hooked.await(CallbackCommand.GROUP_LEFT).body();
      assertEquals("Kicked", out.path("ExitType").asText());
      assertEquals("administrator", out.path("Operator_Account").asText());
      assertEquals(
          Hooked.json("[{\"Member_Account\":\"zoe\"}]"),
          out.path("ExitMemberList"),
          "noah was not there");
      assertEquals(10_007, TestUser.code(zoe.client().sendText("GROUPlive", 9, "x")));
      JsonNode refused = hooked.await(CallbackCommand.GROUP_EXCEPTION).body();
      assertEquals(10_007, refused.path("ErrorCode").asInt());
    }
  }

  @Test
  void whatNobodyIsToldOf() {
    try (Hooked hooked = everything();
        TestUser noah = hooked.app().login("noah")) {
      noah.settle();
      hooked.ok(
          GROUPS + "import_group",
          "{'Owner_Account':'mia','Type':'Public','GroupId':'old','Name':'old','CreateTime':1400000000}");
      hooked.ok(
          GROUPS + "import_group_member",
          "{'GroupId':'old','MemberList':[{'Member_Account':'noah','JoinTime':1400000001}]}");
      hooked.ok(
          GROUPS + "import_group_msg",
          "{'GroupId':'old','MsgList':[{'From_Account':'mia','SendTime':1400000002,'MsgBody':"
              + Hooked.body("then")
              + "}]}");
      new GroupCases(hooked).create("Public", "g");
      new GroupCases(hooked).create("AVChatRoom", "live");
      hooked.await(CallbackCommand.GROUP_CREATED);
      hooked.await(CallbackCommand.GROUP_CREATED);
      long seq =
          hooked
              .ok(
                  SEND,
                  "{'GroupId':'g','From_Account':'noah','Random':1,'SupportMessageExtension':1,"
                      + "'MsgBody':"
                      + Hooked.body("one")
                      + "}")
              .path("MsgSeq")
              .asLong();
      hooked.await(CallbackCommand.GROUP_AFTER_SEND);
      Awaitility.await().until(() -> hooked.status().waiting() == 0);
      int before = hooked.receiver().all().size();
      hooked.ok(
          GROUPS + "set_unread_msg_num",
          "{'GroupId':'g','Member_Account':'noah','UnreadMsgNum':0}");
      hooked.ok(
          GROUPS + "forbid_send_msg", "{'GroupId':'g','Members_Account':['noah'],'MuteTime':60}");
      hooked.ok(GROUPS + "send_group_system_notification", "{'GroupId':'g','Content':'attention'}");
      hooked.ok(
          GROUPS + "update_group_counter",
          "{'GroupId':'g','GroupCounter':[{'Key':'k','Value':1}],'Mode':'Set'}");
      hooked.ok(
          "openim_msg_ext_http_svc/group_set_key_values",
          "{'GroupId':'g','MsgSeq':"
              + seq
              + ",'OperateType':1,'ExtensionList':[{'Key':'k','Value':'v','Seq':0}]}");
      hooked.ok(
          GROUPS + "ban_group_member",
          "{'GroupId':'live','Members_Account':['noah'],'Duration':60}");
      hooked.ok(GROUPS + "unban_group_member", "{'GroupId':'live','Members_Account':['noah']}");
      hooked.ok(GROUPS + "delete_group_msg_by_sender", "{'GroupId':'g','Sender_Account':'noah'}");
      hooked.ok(GROUPS + "clear_group_msg", "{'GroupId':'g'}");
      hooked.ok(
          "openim/batchsendmsg",
          "{'From_Account':'mia','To_Account':['noah'],'MsgRandom':1,'MsgBody':"
              + Hooked.body("batch")
              + "}");
      hooked.ok(
          "openim/importmsg",
          "{'SyncFromOldSystem':2,'From_Account':'mia','To_Account':'noah','MsgRandom':2,"
              + "'MsgTimeStamp':1400000000,'MsgBody':"
              + Hooked.body("old")
              + "}");
      hooked.ok("openconfigsvr/setnospeaking", "{'Set_Account':'noah','C2CmsgNospeakingTime':1}");
      hooked.ok(
          "sns/friend_import",
          "{'From_Account':'mia','AddFriendItem':[{'To_Account':'zoe','AddSource':'AddSource_Type_X'}]}");
      Awaitility.await().until(() -> hooked.status().waiting() == 0);
      noah.settle();
      assertEquals(
          before,
          hooked.receiver().all().size(),
          () -> hooked.receiver().all().stream().map(Received::command).toList().toString());
    }
  }

  @Test
  void aMessageBetweenTwoThatItsSenderMayNotSendIsToldOfAsFailed() {
    try (Hooked hooked = Hooked.on("C2C.CallbackBeforeSendMsg", "C2C.CallbackAfterSendMsg")) {
      hooked.settings("{\"blockedShowsSuccess\":false,\"requireFriend\":true}");
      try (TestUser mia = hooked.app().login("mia")) {
        hooked.ok("openconfigsvr/setnospeaking", "{'Set_Account':'mia','C2CmsgNospeakingTime':60}");
        assertEquals(20_012, failed(hooked, mia, 1));
        hooked.ok("openconfigsvr/setnospeaking", "{'Set_Account':'mia','C2CmsgNospeakingTime':0}");
        assertEquals(20_009, failed(hooked, mia, 2));
        hooked.ok("sns/black_list_add", "{'From_Account':'noah','To_Account':['mia']}");
        assertEquals(20_007, failed(hooked, mia, 3));
      }
    }
  }

  private static int failed(Hooked hooked, TestUser sender, long random) {
    int code = TestUser.code(sender.client().sendText("C2Cnoah", random, "hello"));
    JsonNode told = hooked.await(CallbackCommand.C2C_AFTER_SEND).body();
    assertEquals(code, told.path("SendMsgResult").asInt(), told::toString);
    assertEquals(-1, told.path("UnreadMsgNum").asInt());
    assertEquals(random, told.path("MsgRandom").asLong());
    assertTrue(
        hooked.receiver().all().stream()
            .noneMatch(each -> each.command().equals("C2C.CallbackBeforeSendMsg")),
        "permissions come before the app is asked");
    return code;
  }

  @Test
  void whatAUserDoesToItsMessagesProfileAndFriendsNamesTheUser() {
    try (Hooked hooked = everything();
        TestUser mia = hooked.app().login("mia");
        TestUser noah = hooked.app().login("noah")) {
      long seq =
          TestUser.await(
                  mia.client()
                      .request(
                          "message.send",
                          json(
                              "{'conversation':'C2Cnoah','random':7,'needReceipt':true,'body':"
                                  + Hooked.body("hello")
                                  + "}")))
              .path("seq")
              .asLong();
      ok(noah, "message.read", "{'conversation':'C2Cmia'}");
      JsonNode read = hooked.await(CallbackCommand.C2C_READ).body();
      assertEquals("noah", read.path("Report_Account").asText());
      ok(noah, "message.receipt", "{'conversation':'C2Cmia','seqs':[" + seq + "]}");
      JsonNode receipt = hooked.await(CallbackCommand.C2C_RECEIPT).body();
      assertEquals("noah", receipt.path("Operator_Account").asText());
      ok(noah, "message.receipt", "{'conversation':'C2Cmia','seqs':[" + seq + "]}");
      ok(
          noah,
          "message.modify",
          "{'conversation':'C2Cmia','seq':" + seq + ",'cloudCustomData':'c'}");
      JsonNode modified = hooked.next(CallbackCommand.C2C_MODIFY).body();
      assertEquals("noah", modified.path("Operator_Account").asText());
      assertEquals("mia", modified.path("From_Account").asText());
      ok(mia, "message.recall", "{'conversation':'C2Cnoah','seq':" + seq + "}");
      assertEquals(
          "noah", hooked.await(CallbackCommand.C2C_RECALL).body().path("To_Account").asText());

      ok(mia, "profile.set", "{'nick':'Mia','level':3}");
      JsonNode profile = hooked.await(CallbackCommand.PROFILE_SET).body();
      assertEquals("mia", profile.path("Operator_Account").asText());
      assertEquals("mia", profile.path("From_Account").asText());
      assertEquals(2, profile.path("ProfileItem").size());

      ok(mia, "friend.add", "{'userId':'noah','single':true}");
      assertEquals(
          "Add_Type_Single",
          hooked.await(CallbackCommand.FRIEND_BEFORE_ADD).body().path("AddType").asText());
      JsonNode added = hooked.await(CallbackCommand.FRIEND_ADD).body();
      assertEquals(1, added.path("PairList").size(), added::toString);
      assertEquals("", added.path("Admin_Account").asText());
      ok(mia, "friend.delete", "{'userIds':['noah'],'single':true}");
      assertEquals(1, hooked.await(CallbackCommand.FRIEND_DELETE).body().path("PairList").size());
      ok(mia, "block.add", "{'userIds':['noah']}");
      assertEquals(
          "mia",
          hooked.await(CallbackCommand.BLOCK_ADD).body().at("/PairList/0/From_Account").asText());
      ok(mia, "session.logout", "{}");
      JsonNode logout = hooked.await(CallbackCommand.STATE_CHANGE).body();
      while (!logout.at("/Info/Action").asText().equals("Logout")) {
        logout = hooked.await(CallbackCommand.STATE_CHANGE).body();
      }
      assertEquals("Unregister", logout.at("/Info/Reason").asText());
      noah.client().abort();
      JsonNode lost = hooked.await(CallbackCommand.STATE_CHANGE).body();
      assertEquals("Disconnect", lost.at("/Info/Action").asText());
      assertEquals("LinkClose", lost.at("/Info/Reason").asText());
    }
  }

  private static String role(Hooked hooked) {
    return hooked.await(CallbackCommand.GROUP_MEMBER_CHANGED).body().path("Role").asText();
  }

  private static Hooked everything() {
    Set<String> all = new HashSet<>(CallbackCommand.switches());
    all.remove("Palisade.JudgeText");
    return Hooked.on(all.toArray(String[]::new));
  }

  private static JsonNode ok(TestUser user, String command, String data) {
    return TestUser.await(user.client().request(command, json(data)));
  }

  private static ObjectNode json(String text) {
    return (ObjectNode) Hooked.json(text.replace('\'', '"'));
  }
}
