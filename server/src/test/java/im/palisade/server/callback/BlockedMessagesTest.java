package im.palisade.server.callback;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import im.palisade.server.app.AppSettings;
import im.palisade.server.protocol.Json;
import im.palisade.server.testing.AuditLeaves;
import im.palisade.server.testing.TestApp;
import im.palisade.server.testing.TestReceiver;
import im.palisade.server.testing.TestServer;
import im.palisade.server.testing.TestUser;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The optional event {@code message.blocked}: counts of messages that were kept back, by what. */
class BlockedMessagesTest {
  private static final String TYPE = "message.blocked";
  private static final String GROUP = "blocked";
  private static final String ROOM = "room";
  private static final String OFFICIAL = "@TOA#_blocked";

  @Test
  void wordsAreCountedByTheListTheyStandOn() {
    TestApp app =
        TestServer.shared()
            .newApp(settings("{'moderation':{'cloudMessages':true,'rest':true}}"))
            .withUsers("mia", "noah");
    words(app);
    try (TestUser mia = app.login("mia")) {
      assertEquals(80_001, send(mia, 1, "so bad"));
      assertEquals(80_001, send(mia, 2, "bad again"));
      assertEquals(80_001, send(mia, 3, "so worse"));
      assertEquals(0, send(mia, 4, "fine"));
      String key = mia.send("noah", 5, "kept").msgKey();
      assertEquals(80_001, restSend(app, "bad"));
      JsonNode edited =
          app.rest(
              "openim/modify_c2c_msg",
              "{\"From_Account\":\"mia\",\"To_Account\":\"noah\",\"MsgKey\":\"%s\",\"MsgBody\":%s}"
                  .formatted(key, Hooked.body("bad")));
      assertEquals(80_001, edited.path("ErrorCode").asInt());
    }
    assertEquals(
        Map.of(
            "client C2C word-list 80001", 2,
            "client C2C keyword-library 80001", 1,
            "rest C2C word-list 80001", 2),
        counts(app));
  }

  @Test
  void whatTheAppsOwnServerKeepsBackIsCountedByItsAnswer() {
    try (Hooked hooked =
        Hooked.on(
            CallbackCommand.C2C_BEFORE_SEND.wireName(),
            CallbackCommand.GROUP_BEFORE_SEND.wireName(),
            CallbackCommand.OFFICIAL_BEFORE_SEND.wireName())) {
      TestApp app = hooked.app();
      create(hooked, "Public", GROUP);
      create(hooked, "AVChatRoom", ROOM);
      hooked.ok(
          "official_account_open_http_svc/create_official_account",
          "{'Owner_Account':'mia','Name':'City','OfficialAccountUserID':'" + OFFICIAL + "'}");
      hooked.receiver().answering("{\"ErrorCode\":120077,\"ErrorInfo\":\"no\"}");
      assertEquals(120_077, hooked.send("mia", "noah", 1, "a").path("ErrorCode").asInt());
      hooked.receiver().answering("{\"ErrorCode\":2}");
      assertEquals(0, hooked.send("mia", "noah", 2, "a").path("ErrorCode").asInt());
      hooked.receiver().answering("{\"ErrorCode\":10101}");
      assertEquals(10_101, groupSend(hooked, GROUP));
      assertEquals(10_101, groupSend(hooked, ROOM));
      assertEquals(10_101, publish(hooked));
      hooked.receiver().answering("{\"ErrorCode\":0}");
      assertEquals(0, hooked.send("mia", "noah", 3, "a").path("ErrorCode").asInt());
      assertEquals(
          Map.of(
              "rest C2C webhook 120077", 1,
              "rest C2C webhook", 1,
              "rest Group webhook 10101", 2,
              "rest OfficialAccount webhook 10101", 1),
          counts(app));
    }
  }

  @Test
  void theJudgingServiceIsNamed() {
    try (TestReceiver service = TestReceiver.plain()) {
      service.answering("{\"ErrorCode\":0,\"Suggestion\":\"Block\",\"Label\":\"Ad\"}");
      TestApp app =
          TestServer.shared()
              .newApp(
                  settings(
                      "{'moderation':{'provider':'WEBHOOK','cloudMessages':true},"
                          + "'webhook':{'moderation':'"
                          + service.url()
                          + "'}}"))
              .withUsers("mia", "noah");
      try (TestUser mia = app.login("mia")) {
        assertEquals(80_001, send(mia, 1, "buy"));
      }
      assertEquals(Map.of("client C2C judging-service 80001", 1), counts(app));
    }
  }

  @Test
  void aRepetitionOfWhatWasSentIsNotBlocked() {
    TestApp app = TestServer.shared().newApp().withUsers("mia", "noah");
    try (TestUser mia = app.login("mia")) {
      mia.send("noah", 1, "bad");
      words(app);
      assertEquals(0, send(mia, 1, "bad"));
      assertEquals(80_001, send(mia, 2, "bad"));
    }
    assertEquals(Map.of("client C2C word-list 80001", 1), counts(app));
  }

  @Test
  void aFloodIsAnEventOrTwoThatNameNobody() {
    TestApp app = TestServer.shared().newApp().withUsers("mia", "noah");
    words(app);
    int flood = 200;
    try (TestUser mia = app.login("mia")) {
      for (int i = 1; i <= flood; i++) {
        assertEquals(80_001, send(mia, i, "bad"));
      }
    }
    assertEquals(Map.of("client C2C word-list 80001", flood), counts(app));
    List<JsonNode> events = AuditLeaves.summaries(app, TYPE);
    assertTrue(events.size() <= 2, "one a minute: " + events.size());
    JsonNode event = events.getFirst();
    assertEquals("system", event.path("actor").path("ref").asText());
    assertEquals("any", event.path("source").path("net").asText());
    assertEquals("denied", event.path("outcome").path("result").asText());
  }

  /** Apostrophes stand for quotes. */
  private static AppSettings settings(String json) {
    return AppSettings.parse(json.replace('\'', '"'));
  }

  /** Channel, scene, what blocked it and the code, with how many. */
  private static Map<String, Integer> counts(TestApp app) {
    return AuditLeaves.counts(
        app,
        TYPE,
        event ->
            "%s %s %s %s"
                .formatted(
                    event.path("source").path("channel").asText(),
                    target(event, "scene"),
                    target(event, "rule"),
                    event.path("outcome").path("code").asText())
                .strip());
  }

  private static String target(JsonNode event, String kind) {
    for (JsonNode target : event.path("target")) {
      if (target.path("kind").asText().equals(kind)) {
        return target.path("id").asText();
      }
    }
    return "";
  }

  private static void words(TestApp app) {
    var list = Json.object().put("SdkAppId", app.appId());
    list.putArray("LocalAuditWords")
        .addObject()
        .put("Keyword", "bad")
        .put("WordType", 1)
        .put("FilterType", 2);
    ok(app.rest("im_msg_audit_mgr/add_local_audit_keywords", list.toString()));
    var library = Json.object().put("SdkAppId", app.appId()).put("LibID", "lib1");
    library.putArray("UserKeywords").addObject().put("Content", "worse");
    ok(app.rest("im_msg_audit_mgr/add_cloud_audit_keywords", library.toString()));
  }

  private static void create(Hooked hooked, String type, String id) {
    hooked.ok(
        "group_open_http_svc/create_group",
        "{'Type':'%s','Name':'n','GroupId':'%s','Owner_Account':'mia'}".formatted(type, id));
  }

  private static int groupSend(Hooked hooked, String id) {
    return hooked
        .rest(
            "group_open_http_svc/send_group_msg",
            "{'GroupId':'%s','From_Account':'mia','Random':1,'MsgBody':%s}"
                .formatted(id, Hooked.body("a")))
        .path("ErrorCode")
        .asInt(-1);
  }

  private static int publish(Hooked hooked) {
    return hooked
        .rest(
            "official_account_open_http_svc/send_official_account_msg",
            "{'Official_Account':'%s','Random':1,'MsgBody':%s}"
                .formatted(OFFICIAL, Hooked.body("a")))
        .path("ErrorCode")
        .asInt(-1);
  }

  private static int restSend(TestApp app, String text) {
    return app.rest("openim/sendmsg", Hooked.message("mia", "noah", 9, text, ""))
        .path("ErrorCode")
        .asInt(-1);
  }

  private static int send(TestUser user, long random, String text) {
    return TestUser.code(user.client().sendText("C2Cnoah", random, text));
  }

  private static void ok(JsonNode reply) {
    assertEquals(0, reply.path("ErrorCode").asInt(-1), reply::toString);
  }
}
