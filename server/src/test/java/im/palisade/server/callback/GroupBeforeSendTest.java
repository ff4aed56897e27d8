package im.palisade.server.callback;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import im.palisade.server.app.Webhook;
import im.palisade.server.app.Webhook.OnFailure;
import im.palisade.server.testing.TestReceiver.Received;
import im.palisade.server.testing.TestReceiver.Reply;
import im.palisade.server.testing.TestUser;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayList;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** An app's own server decides about messages in groups, topics, rooms and publications (§2). */
class GroupBeforeSendTest {
  private static final String BEFORE = "Group.CallbackBeforeSendMsg";
  private static final String AFTER = "Group.CallbackAfterSendMsg";
  private static final String EXCEPTION = "Group.CallbackSendMsgException";
  private static final String TIP = "[TIMGroupTipElem]";
  private static final String SEND = "group_open_http_svc/send_group_msg";

  @ParameterizedTest
  @CsvSource({
    "Public,1,10016",
    "Public,3,10016",
    "Public,-1,10016",
    "Public,10099,10016",
    "Public,10100,10100",
    "Public,10200,10200",
    "Public,10201,10016",
    "Public,120001,10016",
    "AVChatRoom,1,10016",
    "AVChatRoom,10150,10150"
  })
  void aRefusalIsPassedOnAndTellsNothingMore(String type, long said, int code) {
    try (Hooked hooked = Hooked.on(BEFORE, AFTER, EXCEPTION);
        TestUser noah = hooked.app().login("noah")) {
      group(hooked, type, noah);
      hooked.receiver().answering("{\"ErrorCode\":" + said + ",\"ErrorInfo\":\"not today\"}");
      JsonNode reply = hooked.rest(SEND, message("mia", 1, "hello", ""));
      assertEquals(code, reply.path("ErrorCode").asInt(), reply::toString);
      assertEquals("not today", reply.path("ErrorInfo").asText());
      assertEquals(code, TestUser.code(noah.client().sendText("GROUPg", 2, "hello")));
      assertEquals(BEFORE, hooked.receiver().next().command());
      Received asked = hooked.receiver().next();
      assertEquals("Web", asked.query().get("OptPlatform"));
      assertEquals("noah", asked.body().path("Operator_Account").asText());
      assertEquals(0, hooked.receiver().waiting());
      noah.settle();
      while (noah.hasMessage()) {
        assertEquals(TIP, noah.nextMessage().text());
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"Public", "AVChatRoom"})
  void aDropLooksLikeSuccessWithNumberZero(String type) {
    try (Hooked hooked = Hooked.on(BEFORE, AFTER);
        TestUser noah = hooked.app().login("noah")) {
      group(hooked, type, noah);
      hooked.receiver().answering("{\"ErrorCode\":2}");
      JsonNode reply = hooked.ok(SEND, message("mia", 1, "hello", ""));
      assertEquals(0, reply.path("MsgSeq").asInt(-1), reply::toString);
      assertTrue(reply.path("MsgTime").asLong() > 0 && reply.path("MsgDropReason").isMissingNode());
      hooked.receiver().answering("{\"ErrorCode\":0}");
      JsonNode second = hooked.ok(SEND, message("mia", 2, "second", ""));
      assertTrue(second.path("MsgSeq").asInt() > 0);
      assertEquals("second", said(noah));
      assertEquals(BEFORE, hooked.receiver().next().command());
      assertEquals(BEFORE, hooked.receiver().next().command());
      Received told = hooked.receiver().next();
      assertEquals(AFTER, told.command());
      assertEquals(second.path("MsgSeq"), told.body().path("MsgSeq"));
      assertEquals(2, told.body().path("Random").asInt());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"Public", "AVChatRoom"})
  void replacedContentIsWhatEverybodyGetsAndTheSenderIsCorrected(String type) {
    try (Hooked hooked = Hooked.on(BEFORE, AFTER);
        TestUser mia = hooked.app().login("mia");
        TestUser noah = hooked.app().login("noah")) {
      group(hooked, type, mia, noah);
      hooked
          .receiver()
          .answering(
              "{\"ErrorCode\":0,\"MsgBody\":"
                  + Hooked.body("[removed]")
                  + ",\"CloudCustomData\":\"checked\"}");
      long seq = TestUser.await(mia.client().sendText("GROUPg", 1, "4111")).seq();
      assertEquals("[removed]", said(noah));
      String corrected = event(mia, "message.modified");
      assertTrue(corrected.contains("[removed]") && corrected.contains("checked"), corrected);
      assertTrue(corrected.contains("\"seq\":" + seq), corrected);
      hooked.await(CallbackCommand.GROUP_BEFORE_SEND);
      JsonNode after = hooked.await(CallbackCommand.GROUP_AFTER_SEND).body();
      assertEquals(Hooked.json(Hooked.body("[removed]")), after.path("MsgBody"));
      assertEquals("checked", after.path("CloudCustomData").asText());
      assertEquals(seq, after.path("MsgSeq").asLong());
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "[]",
        "nonsense",
        "{}",
        "{\"ErrorCode\":\"x\"}",
        "{\"ErrorCode\":0,\"MsgBody\":7}",
        "{\"ErrorCode\":0,\"MsgBody\":[]}",
        "{\"ErrorCode\":0,\"CloudCustomData\":7}"
      })
  void aWrongAnswerIsAFailureAndThePolicyDecides(String answer) {
    try (Hooked hooked = Hooked.on(BEFORE)) {
      group(hooked, "Public");
      hooked.receiver().answering(answer);
      hooked.ok(SEND, message("mia", 1, "goes on", ""));
      refuseOnFailure(hooked);
      assertEquals(80_003, hooked.rest(SEND, message("mia", 2, "x", "")).path("ErrorCode").asInt());
    }
  }

  @Test
  void whatAMessageForbidsIsNotFiredAndARepetitionAsksNobody() {
    try (Hooked hooked = Hooked.on(BEFORE, AFTER)) {
      group(hooked, "Public");
      hooked.ok(
          SEND,
          message(
              "mia",
              1,
              "quiet",
              "'ForbidCallbackControl':['ForbidBeforeSendMsgCallback',"
                  + "'ForbidAfterSendMsgCallback'],"));
      JsonNode first = hooked.ok(SEND, message("mia", 2, "loud", ""));
      assertEquals(2, hooked.next(CallbackCommand.GROUP_BEFORE_SEND).body().path("Random").asInt());
      assertEquals(2, hooked.next(CallbackCommand.GROUP_AFTER_SEND).body().path("Random").asInt());
      JsonNode again = hooked.ok(SEND, message("mia", 2, "loud", ""));
      assertEquals(first.path("MsgSeq"), again.path("MsgSeq"));
      assertEquals(0, hooked.receiver().waiting());
    }
  }

  @Test
  void aTopicIsNamedAndAnOnlineOnlyMessageIsMarked() {
    try (Hooked hooked = Hooked.on(BEFORE, AFTER)) {
      GroupCases cases = new GroupCases(hooked);
      String community = cases.community();
      String topic = cases.topic();
      hooked.ok(
          SEND,
          "{'GroupId':'%s','TopicId':'%s','From_Account':'mia','Random':1,'OnlineOnlyFlag':1,"
                  .formatted(community, topic)
              + "'MsgBody':"
              + Hooked.body("here")
              + "}");
      for (CallbackCommand command :
          List.of(CallbackCommand.GROUP_BEFORE_SEND, CallbackCommand.GROUP_AFTER_SEND)) {
        JsonNode told = hooked.next(command).body();
        assertEquals(community, told.path("GroupId").asText());
        assertEquals(topic, told.path("TopicId").asText());
        assertEquals("Community", told.path("Type").asText());
        assertEquals(1, told.path("OnlineOnlyFlag").asInt());
      }
    }
  }

  @Test
  void whatIsBeyondTheRateWasAskedAboutAndIsToldOfAsAnException() {
    try (Hooked hooked = Hooked.on(BEFORE, AFTER, EXCEPTION)) {
      hooked.settings("{\"groups\":{\"ratePerSecond\":10}}");
      group(hooked, "Public");
      int dropped = 0;
      for (int i = 1; dropped == 0 && i <= 200; i++) {
        JsonNode reply = hooked.ok(SEND, message("mia", i, "m" + i, ""));
        if (reply.path("MsgDropReason").asText().equals("MsgFreqCtrl")) {
          dropped = i;
        }
      }
      assertTrue(dropped > 0, "nothing was dropped");
      JsonNode told = hooked.await(CallbackCommand.GROUP_EXCEPTION).body();
      assertEquals(dropped, told.path("Random").asInt());
      assertEquals(10_023, told.path("ErrorCode").asInt());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"Public", "AVChatRoom"})
  void nobodyIsAskedAboutWhoMayNotSpeak(String type) {
    try (Hooked hooked = Hooked.on(BEFORE, AFTER, EXCEPTION);
        TestUser noah = hooked.app().login("noah")) {
      group(hooked, type, noah);
      hooked.ok(
          "openconfigsvr/setnospeaking", "{'Set_Account':'noah','GroupmsgNospeakingTime':600}");
      assertEquals(10_017, TestUser.code(noah.client().sendText("GROUPg", 1, "hello")));
      assertEquals(
          10_017, hooked.rest(SEND, message("noah", 2, "x", "")).path("ErrorCode").asInt());
      for (int random = 1; random <= 2; random++) {
        JsonNode told = hooked.next(CallbackCommand.GROUP_EXCEPTION).body();
        assertEquals(10_017, told.path("ErrorCode").asInt());
        assertEquals(random, told.path("Random").asInt());
      }
      assertEquals(0, hooked.receiver().waiting());
    }
  }

  @Test
  void aLoopOfAfterWebhooksEnds() {
    try (Hooked hooked = Hooked.on(AFTER);
        HttpClient http = HttpClient.newHttpClient()) {
      group(hooked, "Public");
      List<String> depths = new ArrayList<>();
      hooked
          .receiver()
          .answering(
              told -> {
                String depth = told.headers().get("X-callback-depth");
                synchronized (depths) {
                  depths.add(depth);
                }
                sendAtDepth(http, hooked, told.body().path("Random").asLong() + 1, depth);
                return new Reply(200, "{\"ErrorCode\":0}");
              });
      hooked.ok(SEND, message("mia", 1, "again", ""));
      for (int i = 0; i < 4; i++) {
        hooked.receiver().next();
      }
      Awaitility.await().until(() -> hooked.status().waiting() == 0);
      hooked.ok(SEND, message("mia", 100, "ends", "'ForbidCallbackControl':['x'],"));
      assertEquals(
          100, hooked.await(CallbackCommand.GROUP_AFTER_SEND).body().path("Random").asInt());
      synchronized (depths) {
        assertEquals(List.of("1", "2", "3", "4", "1"), depths.subList(0, 5));
      }
    }
  }

  @Test
  void aSwitchCountsForThoseWhoAreConnectedAlready() {
    try (Hooked hooked = Hooked.on();
        TestUser noah = hooked.app().login("noah")) {
      group(hooked, "Public");
      noah.settle();
      hooked.configure(now -> now.to(hooked.receiver().url(), java.util.Set.of(BEFORE)));
      hooked.receiver().answering("{\"ErrorCode\":1}");
      assertEquals(10_016, TestUser.code(noah.client().sendText("GROUPg", 1, "hello")));
    }
  }

  @ParameterizedTest
  @CsvSource({"0,0", "1,10016", "2,0", "10100,10100", "10201,10016"})
  void aPublicationIsDecidedAboutToo(long said, int code) {
    try (Hooked hooked =
        Hooked.on(
            "OfficialAccount.CallbackBeforeSendMsg", "OfficialAccount.CallbackAfterSendMsg")) {
      String account = new OfficialCases(hooked).create();
      hooked
          .receiver()
          .answering(
              "{\"ErrorCode\":%d,\"ErrorInfo\":\"no\",\"MsgBody\":%s}"
                  .formatted(said, Hooked.body("replaced")));
      JsonNode reply =
          hooked.rest(
              "official_account_open_http_svc/send_official_account_msg",
              "{'Official_Account':'%s','Random':1,'MsgBody':%s}"
                  .formatted(account, Hooked.body("said")));
      assertEquals(code, reply.path("ErrorCode").asInt(), reply::toString);
      hooked.next(CallbackCommand.OFFICIAL_BEFORE_SEND);
      if (said == 0) {
        JsonNode after = hooked.next(CallbackCommand.OFFICIAL_AFTER_SEND).body();
        assertEquals(Hooked.json(Hooked.body("replaced")), after.path("MsgBody"));
      } else {
        JsonNode list =
            hooked
                .ok(
                    "official_account_open_http_svc/official_account_msg_get_simple",
                    "{'Official_Account':'" + account + "','ReqMsgNumber':5}")
                .path("RspMsgList");
        assertEquals(0, list.size());
        assertEquals(0, hooked.receiver().waiting());
      }
      if (code == 0) {
        assertTrue(reply.path("MsgKey").asText().matches("\\d+_1_\\d+"), reply::toString);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"Create", "Apply", "Invite", "Topic"})
  void otherActsAreRefusedWithTheirCodeOrByPolicy(String act) {
    try (Hooked hooked =
            Hooked.on(
                "Group.CallbackBeforeCreateGroup",
                "Group.CallbackBeforeApplyJoinGroup",
                "Group.CallbackBeforeInviteJoinGroup");
        TestUser zoe = hooked.app().login("zoe")) {
      group(hooked, "ChatRoom");
      GroupCases cases = new GroupCases(hooked);
      cases.community();
      hooked.receiver().answering("{\"ErrorCode\":10123,\"ErrorInfo\":\"mine\"}");
      assertEquals(10_123, attempt(hooked, cases, zoe, act));
      hooked.receiver().answering("{\"ErrorCode\":2}");
      refuseOnFailure(hooked);
      assertEquals(10_016, attempt(hooked, cases, zoe, act));
      hooked.receiver().answering("{\"ErrorCode\":0}");
      assertEquals(0, attempt(hooked, cases, zoe, act));
    }
  }

  private static int attempt(Hooked hooked, GroupCases cases, TestUser zoe, String act) {
    return switch (act) {
      case "Create" ->
          code(
              hooked.rest(
                  "group_open_http_svc/create_group",
                  "{'Owner_Account':'mia','Type':'Public','GroupId':'new','Name':'n'}"));
      case "Apply" ->
          TestUser.code(
              zoe.client()
                  .request("group.join", im.palisade.client.ImClient.object().put("groupId", "g")));
      case "Invite" ->
          code(
              hooked.rest(
                  "group_open_http_svc/add_group_member",
                  "{'GroupId':'g','MemberList':[{'Member_Account':'zoe'}]}"));
      default -> code(cases.tryTopic());
    };
  }

  private static int code(JsonNode reply) {
    return reply.path("ErrorCode").asInt();
  }

  private static void group(Hooked hooked, String type, TestUser... present) {
    new GroupCases(hooked).create(type, "g");
    if (type.equals("AVChatRoom")) {
      for (TestUser user : present) {
        GroupCases.join(user, "g");
      }
    }
    for (TestUser user : present) {
      user.settle();
    }
  }

  private static String message(String from, long random, String text, String more) {
    return "{'GroupId':'g','From_Account':'%s','Random':%d,%s'MsgBody':%s}"
        .formatted(from, random, more, Hooked.body(text));
  }

  /** The next text that is no tip of who came into a room. */
  private static String said(TestUser user) {
    String text = user.nextMessage().text();
    while (text.equals(TIP)) {
      text = user.nextMessage().text();
    }
    return text;
  }

  private static String event(TestUser user, String name) {
    while (true) {
      String event = user.nextEvent();
      if (event.startsWith(name)) {
        return event;
      }
    }
  }

  private static void sendAtDepth(HttpClient http, Hooked hooked, long random, String depth) {
    var app = hooked.app();
    HttpRequest request =
        HttpRequest.newBuilder(
                URI.create(
                    app.server().facts().restUrl()
                        + "/v4/"
                        + SEND
                        + "?"
                        + app.query(app.administrator(), app.sig(app.administrator()))))
            .header("X-Callback-Depth", depth)
            .POST(BodyPublishers.ofString(message("mia", random, "x", "").replace('\'', '"')))
            .build();
    try {
      http.send(request, BodyHandlers.ofString());
    } catch (java.io.IOException e) {
      // A webhook that comes when the test is over finds the client closed.
      if (!http.isTerminated()) {
        throw new AssertionError(e);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void refuseOnFailure(Hooked hooked) {
    hooked.configure(
        now ->
            new Webhook(
                now.url(),
                now.signed(),
                now.events(),
                now.c2cFailure(),
                OnFailure.REFUSE,
                now.retried(),
                now.keptHours(),
                now.backlog(),
                now.moderation(),
                now.moderationFailure()));
  }
}
