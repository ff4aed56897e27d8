package im.palisade.server.callback;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import im.palisade.server.app.Webhook;
import im.palisade.server.app.Webhook.OnFailure;
import im.palisade.server.testing.TestReceiver.Reply;
import im.palisade.server.testing.TestUser;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What an app says of a publication before it goes out (callbacks §2, §4.8). */
class OfficialBeforeSendTest {
  private static final String BEFORE = "OfficialAccount.CallbackBeforeSendMsg";
  private static final String AFTER = "OfficialAccount.CallbackAfterSendMsg";
  private static final String SERVICE = "official_account_open_http_svc/";
  private static final String ACCOUNT = "@TOA#_city";
  private static final String UNLIMITED =
      "{\"officialAccounts\":{\"messagesPerSecond\":0,\"messagesPerHour\":0}}";

  @Test
  void whatAPublicationForbidsIsNotFired() {
    try (Hooked hooked = hooked()) {
      send(hooked, 1, "a", "ForbidBeforeSendMsgCallback");
      assertEquals(AFTER, hooked.receiver().next().command());
      send(hooked, 2, "b", "ForbidAfterSendMsgCallback");
      assertEquals(BEFORE, hooked.receiver().next().command());
      send(hooked, 3, "c", "ForbidBeforeSendMsgCallback','ForbidAfterSendMsgCallback");
      send(hooked, 4, "d", "Nonsense");
      assertEquals(Hooked.json(Hooked.body("d")), hooked.receiver().next().body().path("MsgBody"));
      assertEquals(AFTER, hooked.receiver().next().command());
      assertEquals(0, hooked.receiver().waiting());
      assertEquals(4, published(hooked).size());
    }
  }

  @ParameterizedTest
  @CsvSource({"1, 10016", "10100, 10100", "10200, 10200", "10201, 10016", "120001, 10016"})
  void aRefusalIsAnsweredAndNothingIsPublished(int said, int code) {
    try (Hooked hooked = hooked()) {
      hooked.receiver().answering("{\"ErrorCode\":" + said + ",\"ErrorInfo\":\"no\"}");
      assertEquals(code, send(hooked, 1, "a", "").path("ErrorCode").asInt());
      assertEquals(BEFORE, hooked.receiver().next().command());
      assertEquals(0, hooked.receiver().waiting());
      assertEquals(0, published(hooked).size());
    }
  }

  @Test
  void whatIsDroppedLooksPublishedToTheBackEndAlone() {
    try (Hooked hooked = hooked()) {
      hooked.receiver().answering("{\"ErrorCode\":2}");
      assertEquals(0, send(hooked, 1, "a", "").path("ErrorCode").asInt());
      assertEquals(BEFORE, hooked.receiver().next().command());
      assertEquals(0, hooked.receiver().waiting());
      assertEquals(0, published(hooked).size());
    }
  }

  @Test
  void theReplacementIsWhatIsStoredDeliveredAndToldOf() {
    try (Hooked hooked = hooked();
        TestUser noah = hooked.app().login("noah")) {
      hooked.receiver().answering("{\"ErrorCode\":0,\"MsgBody\":" + Hooked.body("better") + "}");
      send(hooked, 1, "worse", "");
      assertEquals("better", noah.nextMessage().text());
      assertEquals(BEFORE, hooked.receiver().next().command());
      JsonNode told = hooked.next(CallbackCommand.OFFICIAL_AFTER_SEND).body();
      assertEquals(Hooked.json(Hooked.body("better")), told.path("MsgBody"));
      assertEquals(told.path("MsgBody"), published(hooked).get(0).path("MsgBody"));
      // A repetition is known by what was sent, not by what became of it.
      String key = published(hooked).get(0).path("MsgKey").asText();
      assertEquals(key, send(hooked, 1, "worse", "").path("MsgKey").asText());
      assertEquals(1, published(hooked).size());
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"ErrorCode\":0,\"MsgBody\":[]}",
        "{\"ErrorCode\":0,\"MsgBody\":[{\"MsgType\":\"TIMNone\",\"MsgContent\":{}}]}",
        "{\"ErrorCode\":0,\"MsgBody\":$LONG}",
        "{\"ErrorCode\":0,\"MsgBody\":[{\"MsgType\":\"TIMRelayElem\","
            + "\"MsgContent\":{\"JsonMsgKey\":\"nobody's\"}}]}",
        "{\"ErrorCode\":0,\"CloudCustomData\":7}",
        "nonsense"
      })
  void aReplacementIsHeldToWhatASentOneIsAndThePolicyDecides(String answer) {
    try (Hooked hooked = hooked()) {
      hooked.receiver().answering(answer.replace("$LONG", Hooked.body("a".repeat(12_288))));
      assertEquals(0, send(hooked, 1, "passes", "").path("ErrorCode").asInt());
      assertEquals(Hooked.json(Hooked.body("passes")), published(hooked).get(0).path("MsgBody"));
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
      assertEquals(80_003, send(hooked, 2, "does not", "").path("ErrorCode").asInt());
      assertEquals(1, published(hooked).size());
    }
  }

  @Test
  void whatHasEndedWhileTheAppWasAskedIsNotPublished() {
    try (Hooked hooked = hooked()) {
      hooked
          .receiver()
          .answering(
              asked -> {
                if (asked.command().equals(BEFORE)) {
                  hooked.ok(
                      SERVICE + "destroy_official_account",
                      "{'Official_Account':'" + ACCOUNT + "'}");
                }
                return new Reply(200, "{\"ErrorCode\":0}");
              });
      assertEquals(130_004, send(hooked, 1, "too late", "").path("ErrorCode").asInt());
    }
  }

  private static Hooked hooked() {
    Hooked hooked = Hooked.on(BEFORE, AFTER);
    hooked.settings(UNLIMITED);
    hooked.receiver().answering("{\"ErrorCode\":0}");
    hooked.ok(
        SERVICE + "create_official_account",
        "{'Owner_Account':'mia','Name':'City','OfficialAccountUserID':'" + ACCOUNT + "'}");
    hooked.ok(
        SERVICE + "add_subscriber",
        "{'Official_Account':'" + ACCOUNT + "','SubscriberList':[{'Subscriber_Account':'noah'}]}");
    return hooked;
  }

  private static JsonNode send(Hooked hooked, long random, String text, String forbidden) {
    return hooked.rest(
        SERVICE + "send_official_account_msg",
        "{'Official_Account':'%s','Random':%d,'MsgBody':%s,'ForbidCallbackControl':['%s']}"
            .formatted(ACCOUNT, random, Hooked.body(text), forbidden));
  }

  private static JsonNode published(Hooked hooked) {
    return hooked
        .ok(
            SERVICE + "official_account_msg_get_simple",
            "{'Official_Account':'" + ACCOUNT + "','ReqMsgNumber':20}")
        .path("RspMsgList");
  }
}
