package im.palisade.server.callback;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import im.palisade.server.protocol.Json;
import im.palisade.server.security.UserSigSigner;
import im.palisade.server.security.VerificationKey;
import im.palisade.server.testing.TestReceiver.Received;
import im.palisade.server.testing.TestUser;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** After-webhooks: each says what its section of callbacks §4 says. */
class FactsTest {

  @Test
  void nobodyIsToBePushedWhoWantsNoPush() {
    try (Hooked hooked = Hooked.on("Push.OfflinePush")) {
      // Repeated within a second or five minutes, a number would name the earlier message.
      int random = 0;
      for (String flag : new String[] {"AcceptNotNotify", "Discard"}) {
        option(hooked, flag);
        try (TestUser mia = hooked.app().login("mia")) {
          mia.send("noah", ++random, flag);
        }
        hooked.send(
            "mia", "noah", ++random, flag, "\"SendMsgControl\":[\"WithMuteNotifications\"],");
        // A back end that does not ask for it is not held to it.
        hooked.send("mia", "noah", ++random, flag);
        assertEquals(random, pushed(hooked), flag);
      }
      option(hooked, "AcceptAndNotify");
      hooked.send(
          "mia", "noah", ++random, "loud", "\"SendMsgControl\":[\"WithMuteNotifications\"],");
      assertEquals(random, pushed(hooked));
    }
  }

  private static void option(Hooked hooked, String flag) {
    try (TestUser noah = hooked.app().login("noah")) {
      ObjectNode data = Json.object().put("msgFlag", flag);
      data.putArray("conversations").add("C2Cmia");
      TestUser.await(noah.client().request("conversation.option", data));
      TestUser.await(noah.client().request("session.logout", Json.object()));
    }
    Awaitility.await()
        .until(
            () ->
                hooked
                    .app()
                    .rest("openim/query_online_status", "{\"To_Account\":[\"noah\"]}")
                    .at("/QueryResult/0/Status")
                    .asText()
                    .equals("Offline"));
  }

  private static int pushed(Hooked hooked) {
    return hooked.next(CallbackCommand.PUSH_OFFLINE).body().at("/Events/0/MsgRandom").asInt();
  }

  @Test
  void aMessageIsToldOfOnceItIsStored() {
    try (Hooked hooked = Hooked.on("C2C.CallbackAfterSendMsg")) {
      JsonNode reply = hooked.send("mia", "noah", 7, "héllo \\\"x\\\"");
      String key = reply.path("MsgKey").asText();
      Received told = hooked.receiver().next();
      assertEquals("RESTAPI", told.query().get("OptPlatform"));
      assertEquals("127.0.0.1", told.query().get("ClientIP"));
      assertEquals(
          Hooked.json(
              ("{'CallbackCommand':'C2C.CallbackAfterSendMsg','From_Account':'mia',"
                      + "'To_Account':'noah','MsgSeq':%s,'MsgRandom':7,'MsgTime':%s,"
                      + "'MsgKey':'%s','OnlineOnlyFlag':0,'SendMsgResult':0,"
                      + "'ErrorInfo':'send msg succeed','MsgBody':[{'MsgType':'TIMTextElem',"
                      + "'MsgContent':{'Text':'héllo \\\"x\\\"'}}],'CloudCustomData':'',"
                      + "'UnreadMsgNum':1}")
                  .formatted(key.split("_", -1)[0], key.split("_", -1)[2], key)
                  .replace('\'', '"')),
          told.body());
      hooked.send("zoe", "noah", 8, "another");
      assertEquals(2, hooked.receiver().next().body().path("UnreadMsgNum").asInt());
    }
  }

  @Test
  void messagesOfOneConversationComeInTheirOrder() {
    try (Hooked hooked = Hooked.on("C2C.CallbackAfterSendMsg");
        TestUser mia = hooked.app().login("mia")) {
      for (int i = 1; i <= 50; i++) {
        mia.send("noah", i, "m" + i);
      }
      for (int i = 1; i <= 50; i++) {
        Received told = hooked.receiver().next();
        assertEquals(i, told.body().path("MsgRandom").asInt());
        assertEquals("Web", told.query().get("OptPlatform"));
      }
    }
  }

  @Test
  void anOnlineOnlyMessageIsToldOfAsSuch() {
    try (Hooked hooked = Hooked.on("C2C.CallbackBeforeSendMsg", "C2C.CallbackAfterSendMsg")) {
      JsonNode reply = hooked.send("mia", "noah", 7, "typing", "\"MsgLifeTime\":0,");
      Received asked = hooked.receiver().next();
      Received told = hooked.receiver().next();
      for (Received each : new Received[] {asked, told}) {
        assertEquals(1, each.body().path("OnlineOnlyFlag").asInt());
        assertEquals(reply.path("MsgKey"), each.body().path("MsgKey"));
      }
      assertEquals("C2C.CallbackAfterSendMsg", told.command());
    }
  }

  @Test
  void aMessageThatModerationRefusesIsToldOfWithItsCode() {
    try (Hooked hooked = Hooked.on("C2C.CallbackAfterSendMsg");
        TestUser mia = hooked.app().login("mia")) {
      hooked
          .app()
          .rest(
              "im_msg_audit_mgr/add_local_audit_keywords",
              "{\"SdkAppId\":"
                  + hooked.app().appId()
                  + ",\"LocalAuditWords\":[{\"Keyword\":\"bad\",\"WordType\":1,\"FilterType\":2}]}");
      assertEquals(80_001, TestUser.code(mia.client().sendText("C2Cnoah", 1, "bad word")));
      Received told = hooked.receiver().next();
      assertEquals(80_001, told.body().path("SendMsgResult").asInt());
      assertEquals(-1, told.body().path("UnreadMsgNum").asInt());
      assertTrue(told.body().path("MsgKey").asText().matches("\\d+_1_\\d+"));
    }
  }

  @Test
  void readingRecallingEditingAndReceiptsAreToldOf() {
    try (Hooked hooked =
        Hooked.on(
            "C2C.CallbackAfterMsgReport",
            "C2C.CallbackAfterMsgWithDraw",
            "C2C.CallbackAfterMsgReadReceipt",
            "C2C.CallbackAfterModifyMsg")) {
      String key =
          hooked.send("mia", "noah", 7, "one", "\"IsNeedReadReceipt\":1,").path("MsgKey").asText();
      hooked.send("mia", "noah", 8, "two");
      String message =
          "{\"From_Account\":\"mia\",\"To_Account\":\"noah\",\"MsgKey\":\"" + key + "\"";

      ok(hooked, "openim/modify_c2c_msg", message + ",\"CloudCustomData\":\"c\"}");
      ObjectNode edited = without(hooked.receiver().next(), "EventTime");
      assertEquals("administrator", edited.path("Operator_Account").asText());
      assertEquals(key, edited.path("MsgKey").asText());
      assertEquals(7, edited.path("MsgRandom").asInt());
      assertEquals(Hooked.json(Hooked.body("one")), edited.path("MsgBody"));
      assertEquals("c", edited.path("CloudCustomData").asText());

      ok(
          hooked,
          "openim/c2c_msg_read_receipt",
          "{\"Operator_Account\":\"noah\",\"Peer_Account\":\"mia\",\"C2CMsgInfo\":["
              + message
              + "}]}");
      ObjectNode receipt = without(hooked.receiver().next(), "EventTime");
      assertEquals("noah", receipt.path("Operator_Account").asText());
      assertEquals("mia", receipt.path("Peer_Account").asText());
      assertEquals(key, receipt.path("C2CMsgInfo").get(0).path("MsgKey").asText());
      assertTrue(receipt.path("C2CMsgInfo").get(0).path("MsgId").asText().startsWith("144115"));

      ok(hooked, "openim/admin_msgwithdraw", message + "}");
      assertEquals(
          Hooked.json(
              "{\"CallbackCommand\":\"C2C.CallbackAfterMsgWithDraw\",\"From_Account\":\"mia\","
                  + "\"To_Account\":\"noah\",\"MsgKey\":\""
                  + key
                  + "\",\"UnreadMsgNum\":1}"),
          hooked.receiver().next().body());

      ok(
          hooked,
          "openim/admin_set_msg_read",
          "{\"Report_Account\":\"noah\",\"Peer_Account\":\"mia\"}");
      JsonNode read = hooked.receiver().next().body();
      assertEquals("noah", read.path("Report_Account").asText());
      assertEquals("mia", read.path("Peer_Account").asText());
      assertEquals(0, read.path("UnreadMsgNum").asInt(-5));
      assertTrue(
          Math.abs(read.path("LastReadTime").asLong() - Instant.now().getEpochSecond()) < 20);
      ok(
          hooked,
          "openim/admin_set_msg_read",
          "{\"Report_Account\":\"noah\",\"Peer_Account\":\"mia\"}");
      Awaitility.await().until(() -> hooked.status().waiting() == 0);
      assertEquals(0, hooked.receiver().waiting(), "reading what was read tells nothing");
    }
  }

  @Test
  void aProfileChangeNamesOnlyWhatChanged() {
    try (Hooked hooked = Hooked.on("Profile.CallbackPortraitSet")) {
      String set =
          "{\"From_Account\":\"mia\",\"ProfileItem\":["
              + "{\"Tag\":\"Tag_Profile_IM_Nick\",\"Value\":\"Mia B.\"},"
              + "{\"Tag\":\"Tag_Profile_IM_Level\",\"Value\":7}]}";
      ok(hooked, "profile/portrait_set", set);
      assertEquals(
          Hooked.json(
              "{\"CallbackCommand\":\"Profile.CallbackPortraitSet\","
                  + "\"Operator_Account\":\"administrator\",\"From_Account\":\"mia\","
                  + "\"ProfileItem\":[{\"Tag\":\"Tag_Profile_IM_Nick\",\"Value\":\"Mia B.\"},"
                  + "{\"Tag\":\"Tag_Profile_IM_Level\",\"Value\":7}]}"),
          without(hooked.receiver().next(), "EventTime"));
      ok(hooked, "profile/portrait_set", set);
      ok(hooked, "profile/portrait_set", set.replace("Mia B.", "Mia C."));
      assertEquals(1, hooked.receiver().next().body().path("ProfileItem").size());
      ok(hooked, "im_open_login_svc/account_import", "{\"UserID\":\"mia\",\"Nick\":\"imported\"}");
      Awaitility.await().until(() -> hooked.status().waiting() == 0);
      assertEquals(0, hooked.receiver().waiting());
    }
  }

  @Test
  void friendsAndBlocksAreToldOfByPairs() {
    try (Hooked hooked =
        Hooked.on(
            "Sns.CallbackFriendAdd",
            "Sns.CallbackFriendDelete",
            "Sns.CallbackBlackListAdd",
            "Sns.CallbackBlackListDelete")) {
      ok(
          hooked,
          "sns/friend_add",
          "{\"From_Account\":\"mia\",\"AddFriendItem\":[{\"To_Account\":\"noah\"}]}");
      assertEquals(
          Hooked.json(
              "{\"CallbackCommand\":\"Sns.CallbackFriendAdd\",\"PairList\":["
                  + "{\"From_Account\":\"mia\",\"To_Account\":\"noah\","
                  + "\"Initiator_Account\":\"mia\"},"
                  + "{\"From_Account\":\"noah\",\"To_Account\":\"mia\","
                  + "\"Initiator_Account\":\"mia\"}],"
                  + "\"ClientCmd\":\"friend_add\",\"Admin_Account\":\"administrator\","
                  + "\"ForceFlag\":0}"),
          hooked.receiver().next().body());
      ok(hooked, "sns/black_list_add", "{\"From_Account\":\"noah\",\"To_Account\":[\"mia\"]}");
      Received first = hooked.receiver().next();
      assertEquals("Sns.CallbackFriendDelete", first.command());
      assertEquals(2, first.body().path("PairList").size());
      assertEquals(
          Hooked.json(
              "{\"CallbackCommand\":\"Sns.CallbackBlackListAdd\",\"PairList\":["
                  + "{\"From_Account\":\"noah\",\"To_Account\":\"mia\"}]}"),
          hooked.receiver().next().body());
      ok(hooked, "sns/black_list_delete", "{\"From_Account\":\"noah\",\"To_Account\":[\"mia\"]}");
      assertEquals("Sns.CallbackBlackListDelete", hooked.receiver().next().command());
      ok(
          hooked,
          "sns/friend_import",
          "{\"From_Account\":\"mia\",\"AddFriendItem\":[{\"To_Account\":\"zoe\"}]}");
      ok(hooked, "sns/friend_delete_all", "{\"From_Account\":\"mia\"}");
      ok(
          hooked,
          "sns/friend_add",
          "{\"From_Account\":\"mia\",\"AddType\":\"Add_Type_Single\",\"ForceAddFlags\":1,"
              + "\"AddFriendItem\":[{\"To_Account\":\"zoe\"}]}");
      Received forced = hooked.receiver().next();
      assertEquals("Sns.CallbackFriendAdd", forced.command(), "neither import nor delete all");
      assertEquals(1, forced.body().path("ForceFlag").asInt());
      assertEquals(1, forced.body().path("PairList").size());
      ok(hooked, "sns/friend_delete", "{\"From_Account\":\"mia\",\"To_Account\":[\"zoe\"]}");
      assertEquals("Sns.CallbackFriendDelete", hooked.receiver().next().command());
    }
  }

  @Test
  void comingsAndGoingsOfDevicesAreToldOf() {
    try (Hooked hooked = Hooked.on("State.StateChange")) {
      try (TestUser phone = hooked.app().login("mia", "ios", "p1")) {
        phone.settle();
        Received login = hooked.receiver().next();
        assertEquals("IOS", login.query().get("OptPlatform"));
        assertEquals("127.0.0.1", login.query().get("ClientIP"));
        assertEquals(
            Hooked.json(
                "{\"CallbackCommand\":\"State.StateChange\",\"Info\":{\"Action\":\"Login\","
                    + "\"To_Account\":\"mia\",\"Reason\":\"Register\"}}"),
            without(login, "EventTime"));
        try (TestUser other = hooked.app().login("mia", "ios", "p2")) {
          other.settle();
          Received second = hooked.receiver().next();
          assertEquals(Hooked.json("[{\"Platform\":\"iOS\"}]"), second.body().path("KickedDevice"));
          phone.closed();
          ok(hooked, "im_open_login_svc/kick", "{\"UserID\":\"mia\"}");
          Received kicked = hooked.receiver().next();
          assertEquals("Disconnect", kicked.body().path("Info").path("Action").asText());
          assertEquals("LinkClose", kicked.body().path("Info").path("Reason").asText());
        }
      }
      assertEquals(0, hooked.receiver().waiting(), "who was kicked by a login tells nothing");
    }
  }

  @Test
  void aDeviceWhoseSignatureEndsIsToldOfAsLost() {
    try (Hooked hooked = Hooked.on("State.StateChange");
        TestUser mia = TestUser.connect(hooked.app().server().facts().imUrl())) {
      var key = (VerificationKey.Hmac) hooked.app().app().keys().getFirst().key();
      ObjectNode login =
          Json.object()
              .put("sdkAppId", hooked.app().appId())
              .put("userId", "mia")
              .put(
                  "userSig",
                  new UserSigSigner(Clock.systemUTC())
                      .sign(hooked.app().appId(), key, "mia", Duration.ofSeconds(2)))
              .put("platform", "android")
              .put("deviceId", "d");
      assertEquals(0, TestUser.code(mia.client().request("session.login", login)));
      assertEquals(
          "Login", hooked.next(CallbackCommand.STATE_CHANGE).body().at("/Info/Action").asText());
      Received lost = hooked.next(CallbackCommand.STATE_CHANGE);
      assertEquals("Disconnect", lost.body().at("/Info/Action").asText());
      assertEquals("LinkClose", lost.body().at("/Info/Reason").asText());
      assertEquals("Android", lost.query().get("OptPlatform"));
    }
  }

  @Test
  void anIPadIsAnIosDeviceAndAPlatformOfItsOwn() {
    try (Hooked hooked = Hooked.on("State.StateChange", "C2C.CallbackBeforeSendMsg");
        TestUser phone = hooked.app().login("mia", "ios", "p1")) {
      assertEquals("IOS", hooked.receiver().next().query().get("OptPlatform"));
      try (TestUser pad = iPad(hooked, "pad", "ios", 0)) {
        Received login = hooked.receiver().next();
        assertEquals("iPad", login.query().get("OptPlatform"));
        assertFalse(login.body().has("KickedDevice"), "a phone has a place of its own");
        pad.send("noah", 1, "hello");
        assertEquals("iPad", hooked.receiver().next().query().get("OptPlatform"));
        JsonNode status =
            hooked
                .ok("openim/query_online_status", "{'To_Account':['mia'],'IsNeedDetail':1}")
                .at("/QueryResult/0/Detail");
        assertTrue(status.toString().contains("\"iPad\""), status::toString);
        assertTrue(status.toString().contains("\"iPhone\""), status::toString);
        try (TestUser _ = iPad(hooked, "other", "ios", 0)) {
          assertEquals(
              Hooked.json("[{\"Platform\":\"iPad\"}]"),
              hooked.receiver().next().body().path("KickedDevice"));
          pad.closed();
        }
      }
      iPad(hooked, "wrong", "android", 70_402).close();
      phone.settle();
    }
  }

  private static TestUser iPad(Hooked hooked, String device, String platform, int code) {
    TestUser user = TestUser.connect(hooked.app().server().facts().imUrl());
    ObjectNode login =
        Json.object()
            .put("sdkAppId", hooked.app().appId())
            .put("userId", "mia")
            .put("userSig", hooked.app().sig("mia"))
            .put("platform", platform)
            .put("model", "ipad")
            .put("deviceId", device);
    assertEquals(code, TestUser.code(user.client().request("session.login", login)));
    return user;
  }

  private static ObjectNode without(Received told, String time) {
    ObjectNode body = told.body().deepCopy();
    assertTrue(
        Math.abs(body.path(time).asLong() - Instant.now().toEpochMilli()) < 20_000, body::toString);
    body.remove(time);
    return body;
  }

  private static void ok(Hooked hooked, String path, String body) {
    JsonNode reply = hooked.app().rest(path, body);
    assertEquals(0, reply.path("ErrorCode").asInt(), reply::toString);
  }
}
