package im.palisade.server.moderation;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import im.palisade.client.HistoryRange;
import im.palisade.client.ImClient;
import im.palisade.client.ImMessage;
import im.palisade.client.Sent;
import im.palisade.server.app.AppSettings;
import im.palisade.server.protocol.Json;
import im.palisade.server.testing.TestApp;
import im.palisade.server.testing.TestServer;
import im.palisade.server.testing.TestUser;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** rest-conversations-ops K3: what the lists do to messages. */
class ModeratedMessagesTest {

  @Test
  void aBlockedWordRefusesTheMessageAndNothingIsStored() {
    TestApp app = newApp("{}");
    add(app, "forbidden", 1, 2, "");
    try (TestUser alice = app.login("alice");
        TestUser bob = app.login("bob")) {
      assertEquals(80001, TestUser.code(alice.client().sendText("C2Cbob", 1, "so ForBidden!")));
      assertEquals(1, alice.send("bob", 1, "fine").seq());
      assertEquals("fine", bob.nextMessage().text());
      assertFalse(bob.settle().hasMessage());
      assertEquals(List.of("fine"), history(alice));
    }
  }

  @Test
  void aReplacedWordIsGoneForEverybody() {
    TestApp app = newApp("{}");
    add(app, "badword", 1, 1, "#");
    add(app, "\\d{4}", 2, 1, "[n]");
    try (TestUser alice = app.login("alice");
        TestUser tablet = app.login("alice", "ios", "t");
        TestUser bob = app.login("bob")) {
      alice.send("bob", 1, "BadWord \"12345\" 中文");
      assertEquals("# \"[n]5\" 中文", bob.nextMessage().text());
      assertEquals("# \"[n]5\" 中文", tablet.nextMessage().text());
      assertEquals(List.of("# \"[n]5\" 中文"), history(alice));
    }
  }

  @Test
  void everyTextElementIsLookedAtAndNothingElse() {
    TestApp app = newApp("{}");
    add(app, "badword", 1, 1, "***");
    try (TestUser alice = app.login("alice");
        TestUser bob = app.login("bob")) {
      ArrayNode body = Json.mapper().createArrayNode();
      body.addObject().put("MsgType", "TIMTextElem").putObject("MsgContent").put("Text", "badword");
      body.addObject()
          .put("MsgType", "TIMCustomElem")
          .putObject("MsgContent")
          .put("Data", "badword");
      body.addObject()
          .put("MsgType", "TIMTextElem")
          .putObject("MsgContent")
          .put("Text", "a badword")
          .put("Extra", 1.50);
      TestUser.await(
          alice
              .client()
              .send("C2Cbob", 1, body, ImClient.object().put("cloudCustomData", "badword")));
      ImMessage arrived = bob.nextMessage();
      assertEquals(
          "[{\"MsgType\":\"TIMTextElem\",\"MsgContent\":{\"Text\":\"***\"}},"
              + "{\"MsgType\":\"TIMCustomElem\",\"MsgContent\":{\"Data\":\"badword\"}},"
              + "{\"MsgType\":\"TIMTextElem\",\"MsgContent\":{\"Text\":\"a ***\",\"Extra\":1.5}}]",
          arrived.body().toString());
    }
  }

  @Test
  void anOnlineOnlyMessageIsLookedAtToo() {
    TestApp app = newApp("{}");
    add(app, "forbidden", 1, 2, "");
    add(app, "badword", 1, 1, "***");
    try (TestUser alice = app.login("alice");
        TestUser bob = app.login("bob")) {
      var online = ImClient.object().put("onlineOnly", true);
      assertEquals(
          80001, TestUser.code(alice.client().send("C2Cbob", 1, text("forbidden"), online)));
      TestUser.await(alice.client().send("C2Cbob", 2, text("badword"), online));
      assertEquals("***", bob.nextMessage().text());
    }
  }

  @Test
  void aChangeCountsFromTheNextMessageOn() {
    TestApp app = newApp("{}");
    try (TestUser alice = app.login("alice")) {
      alice.send("bob", 1, "badword");
      add(app, "badword", 1, 2, "");
      // A list that took long to build, on a busy machine, is built anew a moment later.
      AtomicLong random = new AtomicLong(10);
      await().until(() -> sending(alice, random.incrementAndGet()) == 80001);
      ok(
          app.rest(
              "im_msg_audit_mgr/delete_local_audit_keywords",
              "{\"SdkAppId\":"
                  + app.appId()
                  + ",\"LocalAuditWords\":[{\"Keyword\":\"badword\",\"WordType\":1}]}"));
      await().until(() -> sending(alice, random.incrementAndGet()) == 0);
    }
  }

  private static int sending(TestUser alice, long random) {
    return TestUser.code(alice.client().sendText("C2Cbob", random, "badword"));
  }

  @Test
  void whatWasAcceptedBeforeAWordWasForbiddenIsAnsweredAsItWasThen() {
    TestApp app = newApp("{}");
    try (TestUser alice = app.login("alice");
        TestUser bob = app.login("bob")) {
      Sent first = alice.send("bob", 1, "badword");
      assertEquals("badword", bob.nextMessage().text());
      add(app, "badword", 1, 2, "");
      assertEquals(first.msgKey(), alice.send("bob", 1, "badword").msgKey());
      assertEquals(80001, TestUser.code(alice.client().sendText("C2Cbob", 2, "badword")));
      assertEquals(80001, TestUser.code(bob.client().sendText("C2Calice", 1, "badword")));
      assertFalse(bob.settle().hasMessage());
      assertEquals(List.of("badword"), history(alice));
    }
  }

  @Test
  void anotherAppsWordsDoNotCount() {
    add(newApp("{}"), "badword", 1, 2, "");
    try (TestUser alice = newApp("{}").login("alice")) {
      assertEquals(1, alice.send("bob", 1, "badword").seq());
    }
  }

  @Test
  void whatABackEndSendsPassesUnlessTheAppSaysOtherwise() {
    TestApp trusting = newApp("{}");
    add(trusting, "badword", 1, 2, "");
    assertEquals(0, restSend(trusting, "badword"));
    TestApp strict = newApp("{\"moderation\":{\"rest\":true}}");
    add(strict, "forbidden", 1, 2, "");
    add(strict, "badword", 1, 1, "***");
    assertEquals(80001, restSend(strict, "forbidden"));
    assertEquals(0, restSend(strict, "badword"));
    try (TestUser mia = strict.login("alice")) {
      assertEquals(List.of("***"), history(mia));
    }
  }

  @Test
  void anAppCanSwitchItOff() {
    TestApp app = newApp("{\"moderation\":{\"text\":false,\"rest\":true}}");
    add(app, "badword", 1, 2, "");
    try (TestUser alice = app.login("alice")) {
      assertEquals(1, alice.send("bob", 1, "badword").seq());
    }
    assertEquals(0, restSend(app, "badword"));
  }

  @Test
  void replacementsMustNotMakeAMessageTooLong() {
    TestApp app = newApp("{}");
    add(app, "a", 1, 1, "z".repeat(200));
    try (TestUser alice = app.login("alice")) {
      assertEquals(80002, TestUser.code(alice.client().sendText("C2Cbob", 1, "a".repeat(100))));
      assertEquals(1, alice.send("bob", 2, "a".repeat(50)).seq());
    }
  }

  @Test
  void librariesCountForMessagesWhereTheAppSaysSo() {
    TestApp app = newApp("{\"moderation\":{\"cloudMessages\":true}}");
    library(app, "lib1", "forbidden");
    library(app, "lib2", "doubtful");
    try (TestUser alice = app.login("alice");
        TestUser bob = app.login("bob")) {
      assertEquals(80001, TestUser.code(alice.client().sendText("C2Cbob", 1, "forbidden")));
      alice.send("bob", 2, "doubtful");
      alice.send("bob", 3, "fine");
      assertEquals("doubtful", bob.nextMessage().text());
      JsonNode page =
          TestUser.await(
              bob.client()
                  .request("message.history", ImClient.object().put("conversation", "C2Calice")));
      assertTrue(page.path("messages").get(0).path("hasRiskContent").asBoolean());
      assertFalse(page.path("messages").get(1).has("hasRiskContent"));
    }
    TestApp quiet = newApp("{}");
    library(quiet, "lib1", "forbidden");
    try (TestUser alice = quiet.login("alice")) {
      assertEquals(1, alice.send("bob", 1, "forbidden").seq());
    }
  }

  private static TestApp newApp(String settings) {
    return TestServer.shared().newApp(AppSettings.parse(settings)).withUsers("alice", "bob");
  }

  private static void add(
      TestApp app, String keyword, int wordType, int filterType, String replacement) {
    var body = Json.object().put("SdkAppId", app.appId());
    body.putArray("LocalAuditWords")
        .addObject()
        .put("Keyword", keyword)
        .put("WordType", wordType)
        .put("FilterType", filterType)
        .put("ReplacedContent", replacement);
    ok(app.rest("im_msg_audit_mgr/add_local_audit_keywords", body.toString()));
  }

  private static void library(TestApp app, String library, String word) {
    var body = Json.object().put("SdkAppId", app.appId()).put("LibID", library);
    body.putArray("UserKeywords").addObject().put("Content", word);
    ok(app.rest("im_msg_audit_mgr/add_cloud_audit_keywords", body.toString()));
  }

  private static int restSend(TestApp app, String text) {
    var body =
        Json.object()
            .put("From_Account", "alice")
            .put("To_Account", "bob")
            .put("MsgRandom", text.hashCode() & 0x7FFF_FFFF);
    body.set("MsgBody", text(text));
    return app.rest("openim/sendmsg", body.toString()).path("ErrorCode").asInt();
  }

  private static List<String> history(TestUser alice) {
    return alice.history("bob", new HistoryRange.Newest(), 10).messages().stream()
        .map(ImMessage::text)
        .toList();
  }

  private static ArrayNode text(String text) {
    ArrayNode body = Json.mapper().createArrayNode();
    body.addObject().put("MsgType", "TIMTextElem").putObject("MsgContent").put("Text", text);
    return body;
  }

  private static void ok(JsonNode reply) {
    assertEquals(0, reply.path("ErrorCode").asInt(), reply::toString);
  }
}
