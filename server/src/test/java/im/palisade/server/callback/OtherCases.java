package im.palisade.server.callback;

import static im.palisade.server.callback.Like.assertLike;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import im.palisade.client.ImClient;
import im.palisade.server.app.Webhook;
import im.palisade.server.testing.TestReceiver.Received;
import im.palisade.server.testing.TestUser;

/** Makes every other webhook fire and compares it with its example (§4.1–§4.4, §4.7–§4.11). */
final class OtherCases {
  private final Hooked hooked;

  OtherCases(Hooked hooked) {
    this.hooked = hooked;
  }

  void state() {
    try (TestUser mia = hooked.app().login("mia")) {
      mia.settle();
      assertLike(
          "{'CallbackCommand':'State.StateChange','EventTime':'*now','Info':{'Action':'Login',"
              + "'To_Account':'mia','Reason':'Register'}}",
          hooked.next(CallbackCommand.STATE_CHANGE).body());
    }
  }

  void profile() {
    hooked.ok(
        "profile/portrait_set",
        "{'From_Account':'mia','ProfileItem':[{'Tag':'Tag_Profile_IM_Nick','Value':'Mia B.'},"
            + "{'Tag':'Tag_Profile_IM_Level','Value':7}]}");
    assertLike(
        "{'CallbackCommand':'Profile.CallbackPortraitSet','Operator_Account':'administrator',"
            + "'From_Account':'mia','EventTime':'*now','ProfileItem':[{'Tag':"
            + "'Tag_Profile_IM_Nick','Value':'Mia B.'},{'Tag':'Tag_Profile_IM_Level','Value':7}]}",
        hooked.next(CallbackCommand.PROFILE_SET).body());
  }

  void friendBeforeAdd() {
    try (TestUser mia = hooked.app().login("mia")) {
      hooked
          .receiver()
          .answering(
              "{\"ErrorCode\":0,\"ResultItem\":[{\"To_Account\":\"noah\",\"ResultCode\":38001,"
                  + "\"ResultInfo\":\"not on this team\"}]}");
      assertEquals(38_001, TestUser.code(mia.client().request("friend.add", asking())));
      assertLike(
          "{'CallbackCommand':'Sns.CallbackPrevFriendAdd','Requester_Account':'mia',"
              + "'From_Account':'mia','FriendItem':[{'To_Account':'noah','Remark':'Noah',"
              + "'GroupName':'work','AddSource':'AddSource_Type_Web','AddWording':'hi'}],"
              + "'AddType':'Add_Type_Both','ForceAddFlags':0,'EventTime':'*now'}",
          hooked.next(CallbackCommand.FRIEND_BEFORE_ADD).body());
      hooked.receiver().answering("{\"ErrorCode\":1}");
      TestUser.await(mia.client().request("friend.add", asking()));
    }
  }

  void friendBeforeResponse() {
    hooked.ok(
        "profile/portrait_set",
        "{'From_Account':'noah','ProfileItem':[{'Tag':'Tag_Profile_IM_AllowType',"
            + "'Value':'AllowType_Type_NeedConfirm'}]}");
    try (TestUser mia = hooked.app().login("mia");
        TestUser noah = hooked.app().login("noah")) {
      assertEquals(
          30_539,
          TestUser.await(mia.client().request("friend.add", asking())).path("result").asInt());
      var answer = ImClient.object().put("userId", "mia");
      hooked.configure(
          webhook ->
              webhook.to(
                  webhook.url(),
                  java.util.Set.of("Sns.CallbackPrevFriendResponse", "Sns.CallbackFriendAdd")));
      TestUser.await(noah.client().request("friend.accept", answer));
      assertLike(
          "{'CallbackCommand':'Sns.CallbackPrevFriendResponse','Requester_Account':'noah',"
              + "'From_Account':'noah','ResponseFriendItem':[{'To_Account':'mia','Remark':'',"
              + "'TagName':'','ResponseAction':'Response_Action_AgreeAndAdd'}],"
              + "'EventTime':'*now'}",
          hooked.next(CallbackCommand.FRIEND_BEFORE_RESPONSE).body());
      Received added = hooked.next(CallbackCommand.FRIEND_ADD);
      assertEquals("friend_response", added.body().path("ClientCmd").asText());
      assertEquals("", added.body().path("Admin_Account").asText());
      assertEquals(2, added.body().path("PairList").size(), added.body()::toString);
      assertEquals("mia", added.body().path("PairList").get(0).path("Initiator_Account").asText());
      assertEquals(30_001, TestUser.code(noah.client().request("friend.accept", answer)));
    }
  }

  void friendAdded() {
    befriend();
    assertLike(
        "{'CallbackCommand':'Sns.CallbackFriendAdd','PairList':[{'From_Account':'mia',"
            + "'To_Account':'noah','Initiator_Account':'mia'},{'From_Account':'noah',"
            + "'To_Account':'mia','Initiator_Account':'mia'}],'ClientCmd':'friend_add',"
            + "'Admin_Account':'administrator','ForceFlag':0}",
        hooked.next(CallbackCommand.FRIEND_ADD).body());
  }

  void friendDeleted() {
    befriend();
    hooked.ok(
        "sns/friend_delete",
        "{'From_Account':'mia','To_Account':['noah'],'DeleteType':'Delete_Type_Both'}");
    assertLike(
        "{'CallbackCommand':'Sns.CallbackFriendDelete','PairList':[{'From_Account':'mia',"
            + "'To_Account':'noah'},{'From_Account':'noah','To_Account':'mia'}]}",
        hooked.next(CallbackCommand.FRIEND_DELETE).body());
  }

  void blocked() {
    hooked.ok("sns/black_list_add", "{'From_Account':'mia','To_Account':['zoe']}");
    assertLike(
        "{'CallbackCommand':'Sns.CallbackBlackListAdd','PairList':[{'From_Account':'mia',"
            + "'To_Account':'zoe'}]}",
        hooked.next(CallbackCommand.BLOCK_ADD).body());
  }

  void unblocked() {
    hooked.ok("sns/black_list_add", "{'From_Account':'mia','To_Account':['zoe']}");
    hooked.ok("sns/black_list_delete", "{'From_Account':'mia','To_Account':['zoe']}");
    assertLike(
        "{'CallbackCommand':'Sns.CallbackBlackListDelete','PairList':[{'From_Account':'mia',"
            + "'To_Account':'zoe'}]}",
        hooked.next(CallbackCommand.BLOCK_DELETE).body());
  }

  void beforeSend() {
    String key = hooked.send("mia", "noah", 7, "hello").path("MsgKey").asText();
    assertLike(
        message("C2C.CallbackBeforeSendMsg", "noah", key, "hello") + "}",
        hooked.next(CallbackCommand.C2C_BEFORE_SEND).body());
  }

  void afterSend() {
    String key = hooked.send("mia", "noah", 7, "hello").path("MsgKey").asText();
    String sent = ",'SendMsgResult':0,'ErrorInfo':'send msg succeed','UnreadMsgNum':1}";
    assertLike(
        message("C2C.CallbackAfterSendMsg", "noah", key, "hello") + sent,
        hooked.next(CallbackCommand.C2C_AFTER_SEND).body());
    String once =
        hooked.send("mia", "noah", 8, "now", "\"MsgLifeTime\":0,").path("MsgKey").asText();
    assertLike(
        message("C2C.CallbackAfterSendMsg", "noah", once, "now")
                .replace("'OnlineOnlyFlag':0", "'OnlineOnlyFlag':1")
                .replace("'MsgRandom':7", "'MsgRandom':8")
            + sent,
        hooked.next(CallbackCommand.C2C_AFTER_SEND).body());
  }

  void read() {
    hooked.send("mia", "noah", 7, "hello");
    hooked.ok("openim/admin_set_msg_read", "{'Report_Account':'noah','Peer_Account':'mia'}");
    assertLike(
        "{'CallbackCommand':'C2C.CallbackAfterMsgReport','Report_Account':'noah',"
            + "'Peer_Account':'mia','LastReadTime':'*int','UnreadMsgNum':0}",
        hooked.next(CallbackCommand.C2C_READ).body());
  }

  void recalled() {
    String key = hooked.send("mia", "noah", 7, "hello").path("MsgKey").asText();
    hooked.ok(
        "openim/admin_msgwithdraw",
        "{'From_Account':'mia','To_Account':'noah','MsgKey':'" + key + "'}");
    assertLike(
        "{'CallbackCommand':'C2C.CallbackAfterMsgWithDraw','From_Account':'mia',"
            + "'To_Account':'noah','MsgKey':'"
            + key
            + "','UnreadMsgNum':0}",
        hooked.next(CallbackCommand.C2C_RECALL).body());
  }

  void receipt() {
    String key =
        hooked.send("mia", "noah", 7, "hello", "\"IsNeedReadReceipt\":1,").path("MsgKey").asText();
    hooked.ok(
        "openim/c2c_msg_read_receipt",
        "{'Operator_Account':'noah','Peer_Account':'mia','C2CMsgInfo':[{'From_Account':'mia',"
            + "'To_Account':'noah','MsgKey':'"
            + key
            + "'}]}");
    assertLike(
        "{'CallbackCommand':'C2C.CallbackAfterMsgReadReceipt','Operator_Account':'noah',"
            + "'Peer_Account':'mia','C2CMsgInfo':[{'From_Account':'mia','To_Account':'noah',"
            + "'MsgKey':'"
            + key
            + "','MsgId':'*text'}],'EventTime':'*now'}",
        hooked.next(CallbackCommand.C2C_RECEIPT).body());
  }

  void modified() {
    String key = hooked.send("mia", "noah", 7, "hello").path("MsgKey").asText();
    hooked.ok(
        "openim/modify_c2c_msg",
        "{'From_Account':'mia','To_Account':'noah','MsgKey':'"
            + key
            + "','MsgBody':"
            + Hooked.body("edited")
            + "}");
    String[] parts = key.split("_", -1);
    assertLike(
        "{'CallbackCommand':'C2C.CallbackAfterModifyMsg','Operator_Account':'administrator',"
            + "'From_Account':'mia','To_Account':'noah','MsgSeq':"
            + parts[0]
            + ",'MsgRandom':7,'MsgTime':"
            + parts[2]
            + ",'MsgKey':'"
            + key
            + "','MsgBody':"
            + Hooked.body("edited")
            + ",'CloudCustomData':'','EventTime':'*now'}",
        hooked.next(CallbackCommand.C2C_MODIFY).body());
  }

  void robotAddressed() {
    robot();
    String key = hooked.send("mia", "@RBT#helper", 7, "hours?").path("MsgKey").asText();
    assertLike(
        message("Bot.OnC2CMessage", "@RBT#helper", key, "hours?")
            + ",'SendMsgResult':0,'ErrorInfo':'send msg succeed','UnreadMsgNum':1}",
        hooked.next(CallbackCommand.BOT_C2C).body());
  }

  void robotSignalled() {
    robot();
    try (TestUser mia = hooked.app().login("mia")) {
      var signal =
          ImClient.object()
              .put("robot", "@RBT#helper")
              .put("data", "{\"action\":\"clear\"}")
              .put("random", 100);
      String key =
          TestUser.await(mia.client().request("robot.signal", signal)).path("msgKey").asText();
      assertLike(
          "{'CallbackCommand':'Chatbot.OnC2CSignalMessage','From_Account':'mia',"
              + "'To_Account':'@RBT#helper','MsgSeq':"
              + key.split("_", -1)[0]
              + ",'MsgRandom':100,'MsgKey':'"
              + key
              + "','EventTime':'*now','Data':'{\\'action\\':\\'clear\\'}'}",
          hooked.next(CallbackCommand.BOT_SIGNAL).body());
      assertEquals(
          90_012,
          TestUser.code(
              mia.client().request("robot.signal", signal.deepCopy().put("robot", "noah"))));
    }
  }

  void pushedOffline() {
    String key = hooked.send("mia", "noah", 7, "hello").path("MsgKey").asText();
    String[] parts = key.split("_", -1);
    Received told = hooked.next(CallbackCommand.PUSH_OFFLINE);
    assertFalse(told.query().containsKey("ClientIP") || told.query().containsKey("OptPlatform"));
    assertLike(
        "{'Events':[{'CallbackCommand':'Push.OfflinePush','EventType':1,'EventTime':'*int',"
            + "'From_Account':'mia','To_Account':'noah','PushPlatform':0,'PushStage':1,'MsgKey':'"
            + key
            + "','GroupID':'','MsgSeq':"
            + parts[0]
            + ",'MsgRandom':7,'MsgTime':"
            + parts[2]
            + ",'ErrCode':22001,'ErrInfo':'*text'}]}",
        told.body());
  }

  void pushedToAll() {
    try (TestUser noah = hooked.app().login("noah")) {
      noah.settle();
      String task =
          hooked
              .ok(
                  "all_member_push/im_push",
                  "{'MsgRandom':7,'From_Account':'mia','MsgBody':" + Hooked.body("all") + "}")
              .path("TaskId")
              .asText();
      Received told = hooked.next(CallbackCommand.PUSH_ALL);
      assertFalse(told.query().containsKey("ClientIP"));
      assertLike(
          "{'Events':[{'CallbackCommand':'Push.AllMemberPush','EventType':2,'TaskId':'"
              + task
              + "','TaskTime':'*int','EventTime':'*int','To_Account':'noah','PushPlatform':0,"
              + "'PushStage':2,'ErrCode':0,'ErrInfo':''}]}",
          told.body());
    }
  }

  void contentResult() {
    new GroupCases(hooked).create("Public", "hikers");
    word("followers", 2);
    try (TestUser noah = hooked.app().login("noah")) {
      assertEquals(
          80_001, TestUser.code(noah.client().sendText("GROUPhikers", 1, "buy followers now")));
      Received told = hooked.next(CallbackCommand.CONTENT_RESULT);
      String example =
          "{'Scene':'Group','SdkAppId':%d,'From_Account':'noah','ContactItem':{'ContactType':2,"
              + "'ToGroupId':'hikers'},'ContentType':'Text','TextContent':['%s'],'MsgID':'%s',"
              + "'CtxcbResult':%d,'CtxcbRequestId':'*text','CtxcbKeywords':[%s],"
              + "'CtxcbSuggestion':'%s','CtxcbLabel':'*text','CloudCustomData':''}";
      long app = hooked.app().appId();
      assertLike(
          example.formatted(app, "buy followers now", "", 1, "'followers'", "Block"), told.body());
      hooked.settings("{\"moderation\":{\"cloudMessages\":true,\"provider\":\"WEBHOOK\"}}");
      hooked.configure(
          webhook ->
              new Webhook(
                  webhook.url(),
                  false,
                  webhook.events(),
                  null,
                  null,
                  null,
                  null,
                  null,
                  webhook.url() + "/judge",
                  null));
      hooked.receiver().answering("{\"ErrorCode\":0,\"Suggestion\":\"Review\"}");
      long seq = TestUser.await(noah.client().sendText("GROUPhikers", 2, "a dubious offer")).seq();
      assertLike(
          example.formatted(app, "a dubious offer", seq, 0, "", "Review"),
          hooked.await(CallbackCommand.CONTENT_RESULT).body());
    }
  }

  void rateAlert() {
    hooked.configure(webhook -> webhook.to(webhook.url(), java.util.Set.of()));
    hooked.settings("{\"callsPerSecond\":{\"openim/querystate\":2}}");
    // Few, so that a busy machine makes them in time: of ten, nine would have to come within 100
    // ms.
    for (int i = 0; i < 2; i++) {
      hooked.rest("openim/querystate", "{'To_Account':['mia']}");
    }
    Received told = hooked.next(CallbackCommand.RATE_ALERT);
    assertFalse(told.query().containsKey("ClientIP"));
    assertLike(
        "{'CallbackCommand':'Alert.RequestOverLimit','ServiceName':'openim',"
            + "'Command':'querystate','Request':'*int','Limit':2}",
        told.body());
    hooked.rest("openim/querystate", "{'To_Account':['mia']}");
    assertEquals(0, hooked.receiver().waiting(), "once a minute");
  }

  void judged() {
    hooked.configure(
        webhook ->
            new Webhook(
                "", false, null, null, null, null, null, null, hooked.receiver().url(), null));
    hooked.settings("{\"moderation\":{\"cloudMessages\":true,\"provider\":\"WEBHOOK\"}}");
    hooked.receiver().answering("{\"ErrorCode\":0,\"Suggestion\":\"Block\"}");
    try (TestUser mia = hooked.app().login("mia")) {
      assertEquals(80_001, TestUser.code(mia.client().sendText("C2Cnoah", 1, "judge me")));
      assertLike(
          "{'CallbackCommand':'Palisade.JudgeText','Scene':'C2C','Text':'judge me'}",
          hooked.next(CallbackCommand.JUDGE_TEXT).body());
    }
  }

  private void robot() {
    hooked.ok("openim_robot_http_svc/create_robot", "{'UserID':'@RBT#helper'}");
  }

  private void befriend() {
    hooked.ok("sns/friend_add", "{'From_Account':'mia','AddFriendItem':[{'To_Account':'noah'}]}");
  }

  void word(String word, int action) {
    hooked.ok(
        "im_msg_audit_mgr/add_local_audit_keywords",
        "{'SdkAppId':%d,'LocalAuditWords':[{'Keyword':'%s','WordType':1,'FilterType':%d}]}"
            .formatted(hooked.app().appId(), word, action));
  }

  private static com.fasterxml.jackson.databind.node.ObjectNode asking() {
    return ImClient.object()
        .put("userId", "noah")
        .put("remark", "Noah")
        .put("group", "work")
        .put("source", "AddSource_Type_Web")
        .put("wording", "hi");
  }

  private static String message(String command, String to, String key, String text) {
    String[] parts = key.split("_", -1);
    return "{'CallbackCommand':'"
        + command
        + "','From_Account':'mia','To_Account':'"
        + to
        + "','MsgSeq':"
        + parts[0]
        + ",'MsgRandom':7,'MsgTime':"
        + parts[2]
        + ",'MsgKey':'"
        + key
        + "','OnlineOnlyFlag':0,'MsgBody':"
        + Hooked.body(text)
        + ",'CloudCustomData':''";
  }
}
