package im.palisade.server.callback;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import im.palisade.client.Sent;
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
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** C2C.CallbackBeforeSendMsg: what the app's own server says is done (callbacks §2). */
class BeforeSendTest {
  private static final String BEFORE = "C2C.CallbackBeforeSendMsg";
  private static final String AFTER = "C2C.CallbackAfterSendMsg";

  @Test
  void itIsAskedWithTheKeyTheMessageWillHave() {
    try (Hooked hooked = Hooked.on(BEFORE)) {
      JsonNode reply = hooked.send("mia", "noah", 7, "hello", "\"CloudCustomData\":\"cc\",");
      assertEquals(0, reply.path("ErrorCode").asInt(), reply::toString);
      Received asked = hooked.receiver().next();
      String key = reply.path("MsgKey").asText();
      String[] parts = key.split("_", -1);
      assertEquals(BEFORE, asked.command());
      assertEquals("RESTAPI", asked.query().get("OptPlatform"));
      assertEquals("127.0.0.1", asked.query().get("ClientIP"));
      assertEquals(
          Hooked.json(
              "{\"CallbackCommand\":\"C2C.CallbackBeforeSendMsg\",\"From_Account\":\"mia\","
                  + "\"To_Account\":\"noah\",\"MsgSeq\":"
                  + parts[0]
                  + ",\"MsgRandom\":7,\"MsgTime\":"
                  + parts[2]
                  + ",\"MsgKey\":\""
                  + key
                  + "\",\"OnlineOnlyFlag\":0,\"MsgBody\":"
                  + Hooked.body("hello")
                  + ",\"CloudCustomData\":\"cc\"}"),
          asked.body());
      assertEquals(key, hooked.history("mia", "noah").get(0).path("MsgKey").asText());
    }
  }

  @Test
  void aClientsMessageIsAskedAboutWithItsAddressAndPlatform() {
    try (Hooked hooked = Hooked.on(BEFORE);
        TestUser mia = hooked.app().login("mia");
        TestUser noah = hooked.app().login("noah")) {
      Sent first = mia.send("noah", 1, "one");
      Received asked = hooked.receiver().next();
      assertEquals("Web", asked.query().get("OptPlatform"));
      assertEquals("127.0.0.1", asked.query().get("ClientIP"));
      assertEquals(first.msgKey(), asked.body().path("MsgKey").asText());
      assertEquals("one", noah.nextMessage().text());
      Sent again = mia.send("noah", 1, "one");
      assertEquals(first.msgKey(), again.msgKey());
      mia.send("noah", 2, "two");
      assertEquals(
          2, hooked.receiver().next().body().path("MsgRandom").asInt(), "a repeat asks nobody");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "1,20006",
    "3,20006",
    "-1,20006",
    "120000,20006",
    "120001,120001",
    "130000,130000",
    "130001,20006",
    "10100,20006",
    "9223372036854775807,20006"
  })
  void aRefusalIsPassedOn(long said, int code) {
    try (Hooked hooked = Hooked.on(BEFORE, AFTER);
        TestUser mia = hooked.app().login("mia")) {
      hooked.receiver().answering("{\"ErrorCode\":" + said + ",\"ErrorInfo\":\"not today\"}");
      JsonNode reply = hooked.send("mia", "noah", 1, "hello");
      assertEquals(code, reply.path("ErrorCode").asInt());
      assertEquals("FAIL", reply.path("ActionStatus").asText());
      assertEquals("not today", reply.path("ErrorInfo").asText());
      assertEquals(code, TestUser.code(mia.client().sendText("C2Cnoah", 2, "hello")));
      assertTrue(hooked.history("noah", "mia").isEmpty());
      assertEquals(BEFORE, hooked.receiver().next().command());
      assertEquals(BEFORE, hooked.receiver().next().command());
      assertEquals(0, hooked.receiver().waiting(), "no after-webhook");
    }
  }

  @Test
  void aDropLooksLikeSuccessToTheSenderAlone() {
    try (Hooked hooked = Hooked.on(BEFORE, AFTER);
        TestUser noah = hooked.app().login("noah")) {
      hooked.receiver().answering("{\"ErrorCode\":2}");
      JsonNode reply = hooked.send("mia", "noah", 9, "hello");
      assertEquals(0, reply.path("ErrorCode").asInt());
      assertTrue(reply.path("MsgKey").asText().matches("\\d+_9_\\d+"), reply::toString);
      hooked.receiver().answering("{\"ErrorCode\":0}");
      hooked.send("mia", "noah", 10, "second");
      assertEquals("second", noah.nextMessage().text());
      assertEquals(1, hooked.history("noah", "mia").size());
    }
  }

  @Test
  void replacedContentIsStoredAndDeliveredAndTheSenderCorrected() {
    try (Hooked hooked = Hooked.on(BEFORE, AFTER);
        TestUser mia = hooked.app().login("mia");
        TestUser noah = hooked.app().login("noah")) {
      hooked
          .receiver()
          .answering(
              "{\"ErrorCode\":0,\"MsgBody\":"
                  + Hooked.body("my card is [removed]")
                  + ",\"CloudCustomData\":\"checked\"}");
      Sent sent = mia.send("noah", 5, "my card is 4111");
      assertEquals("my card is [removed]", noah.nextMessage().text());
      String corrected = mia.nextEvent();
      assertTrue(corrected.startsWith("message.modified"), corrected);
      assertTrue(corrected.contains("\"msgKey\":\"" + sent.msgKey() + "\""), corrected);
      assertTrue(corrected.contains("[removed]") && corrected.contains("checked"), corrected);
      JsonNode stored = hooked.history("mia", "noah").get(0);
      assertEquals(Hooked.json(Hooked.body("my card is [removed]")), stored.path("MsgBody"));
      assertEquals("checked", stored.path("CloudCustomData").asText());
      assertEquals(BEFORE, hooked.receiver().next().command());
      Received after = hooked.receiver().next();
      assertEquals(AFTER, after.command());
      assertEquals(stored.path("MsgBody"), after.body().path("MsgBody"));
    }
  }

  @Test
  void oneReplacedPartKeepsTheOther() {
    try (Hooked hooked = Hooked.on(BEFORE)) {
      hooked.receiver().answering("{\"ErrorCode\":0,\"MsgBody\":null,\"CloudCustomData\":\"new\"}");
      hooked.send("mia", "noah", 1, "kept", "\"CloudCustomData\":\"old\",");
      JsonNode stored = hooked.history("mia", "noah").get(0);
      assertEquals(Hooked.json(Hooked.body("kept")), stored.path("MsgBody"));
      assertEquals("new", stored.path("CloudCustomData").asText());
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"ErrorCode\":0,\"MsgBody\":\"text\"}",
        "{\"ErrorCode\":0,\"MsgBody\":[]}",
        "{\"ErrorCode\":0,\"MsgBody\":[{\"MsgType\":\"TIMTextElem\"}]}",
        "{\"ErrorCode\":0,\"CloudCustomData\":5}",
        "{}",
        "nonsense",
        ""
      })
  void aWrongAnswerIsAFailureAndThePolicyDecides(String answer) {
    try (Hooked hooked = Hooked.on(BEFORE)) {
      hooked.receiver().answering(answer);
      assertEquals(0, hooked.send("mia", "noah", 1, "passes").path("ErrorCode").asInt());
      refuseOnFailure(hooked);
      JsonNode refused = hooked.send("mia", "noah", 2, "does not");
      assertEquals(80_003, refused.path("ErrorCode").asInt(), refused::toString);
      assertEquals(1, hooked.history("mia", "noah").size());
    }
  }

  @Test
  void aReplacementAboveTheLimitIsAFailure() {
    try (Hooked hooked = Hooked.on(BEFORE)) {
      hooked
          .receiver()
          .answering("{\"ErrorCode\":0,\"MsgBody\":" + Hooked.body("a".repeat(12_288)) + "}");
      hooked.send("mia", "noah", 1, "original");
      assertEquals(
          Hooked.json(Hooked.body("original")),
          hooked.history("mia", "noah").get(0).path("MsgBody"));
    }
  }

  @Test
  void aReceiverThatIsLateDelaysOnlyAndThenThePolicyDecides() {
    try (Hooked hooked = Hooked.on(BEFORE)) {
      hooked
          .receiver()
          .answering(
              request -> {
                LockSupport.parkNanos(2_600_000_000L);
                return new Reply(200, "{\"ErrorCode\":1}");
              });
      long begin = System.nanoTime();
      assertEquals(0, hooked.send("mia", "noah", 1, "late").path("ErrorCode").asInt());
      long millis = (System.nanoTime() - begin) / 1_000_000;
      assertTrue(millis >= 1_900 && millis < 2_900, millis + " ms");
    }
  }

  @Test
  void aDeadReceiverIsLeftAloneAfterAWhileAndCostsNoOtherApp() {
    try (Hooked dead = Hooked.on(BEFORE);
        Hooked alive = Hooked.on(BEFORE)) {
      dead.receiver().close();
      refuseOnFailure(dead);
      for (int i = 0; i < 12; i++) {
        assertEquals(80_003, dead.send("mia", "noah", i, "x").path("ErrorCode").asInt());
      }
      assertTrue(dead.status().suspended());
      assertEquals("connection refused", dead.status().failures().getLast().diagnosis());
      assertEquals(0, alive.send("mia", "noah", 1, "y").path("ErrorCode").asInt());
      assertFalse(alive.status().suspended());
    }
  }

  @Test
  void whatAMessageForbidsIsNotFired() {
    try (Hooked hooked = Hooked.on(BEFORE, AFTER)) {
      hooked.receiver().answering("{\"ErrorCode\":0}");
      hooked.send(
          "mia", "noah", 1, "a", "\"ForbidCallbackControl\":[\"ForbidBeforeSendMsgCallback\"],");
      assertEquals(AFTER, hooked.receiver().next().command());
      hooked.send(
          "mia", "noah", 2, "b", "\"ForbidCallbackControl\":[\"ForbidAfterSendMsgCallback\"],");
      Received asked = hooked.receiver().next();
      assertEquals(BEFORE, asked.command());
      hooked.send("mia", "noah", 3, "c");
      assertEquals(3, hooked.receiver().next().body().path("MsgRandom").asInt());
      assertEquals(3, hooked.receiver().next().body().path("MsgRandom").asInt());
      assertEquals(0, hooked.receiver().waiting());
    }
  }

  @Test
  void batchesAndImportsAskNobody() {
    try (Hooked hooked = Hooked.on(BEFORE, AFTER)) {
      hooked.receiver().answering("{\"ErrorCode\":1}");
      JsonNode batch =
          hooked
              .app()
              .rest(
                  "openim/batchsendmsg",
                  "{\"To_Account\":[\"noah\"],\"MsgRandom\":1,\"MsgBody\":"
                      + Hooked.body("x")
                      + "}");
      assertEquals(0, batch.path("ErrorCode").asInt(), batch::toString);
      assertEquals(20_006, hooked.send("mia", "noah", 2, "y").path("ErrorCode").asInt());
      assertEquals("mia", hooked.receiver().next().body().path("From_Account").asText());
      assertEquals(0, hooked.receiver().waiting());
    }
  }

  @Test
  void aLoopOfWebhooksEnds() throws Exception {
    try (Hooked hooked = Hooked.on(BEFORE)) {
      hooked.receiver().answering("{\"ErrorCode\":1}");
      assertEquals(20_006, sendAtDepth(hooked, 1, "3"));
      assertEquals(0, sendAtDepth(hooked, 2, "4"));
      assertEquals(20_006, sendAtDepth(hooked, 3, "nonsense"));
      assertEquals("4", hooked.receiver().next().headers().get("X-callback-depth"));
    }
  }

  @Test
  void anotherAppsWebhooksStayItsOwn() {
    try (Hooked refusing = Hooked.on(BEFORE);
        Hooked other = Hooked.on()) {
      refusing.receiver().answering("{\"ErrorCode\":1}");
      assertEquals(0, other.send("mia", "noah", 1, "x").path("ErrorCode").asInt());
      assertEquals(0, refusing.receiver().waiting());
      assertEquals(0, other.receiver().waiting());
    }
  }

  private static int sendAtDepth(Hooked hooked, long random, String depth) throws Exception {
    var app = hooked.app();
    HttpRequest request =
        HttpRequest.newBuilder(
                URI.create(
                    app.server().facts().restUrl()
                        + "/v4/openim/sendmsg?"
                        + app.query(app.administrator(), app.sig(app.administrator()))))
            .header("X-Callback-Depth", depth)
            .POST(BodyPublishers.ofString(Hooked.message("mia", "noah", random, "x", "")))
            .build();
    try (HttpClient client = HttpClient.newHttpClient()) {
      return Hooked.json(client.send(request, BodyHandlers.ofString()).body())
          .path("ErrorCode")
          .asInt();
    }
  }

  private static void refuseOnFailure(Hooked hooked) {
    hooked.configure(
        now ->
            new Webhook(
                now.url(),
                now.signed(),
                now.events(),
                OnFailure.REFUSE,
                now.groupFailure(),
                now.retried(),
                now.keptHours(),
                now.backlog(),
                now.moderation(),
                now.moderationFailure()));
  }
}
