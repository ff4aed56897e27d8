package im.palisade.server.message;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import im.palisade.server.app.AppSettings;
import im.palisade.server.protocol.Json;
import im.palisade.server.testing.TestApp;
import im.palisade.server.testing.TestServer;
import im.palisade.server.testing.TestUser;
import java.time.Instant;
import java.util.List;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Receive options of one-to-one conversations (message-formats §5.6, rest-messages B1). */
class ReceiveOptionTest {
  private final TestApp app =
      TestServer.shared()
          .newApp(
              AppSettings.parse(
                  "{\"officialAccounts\":{\"messagesPerSecond\":0,\"messagesPerHour\":0}}"))
          .withUsers("mia", "noah", "zoe");
  private final TestUser mia = app.login("mia");
  private final TestUser noah = app.login("noah");
  private long random;

  @AfterEach
  void close() {
    mia.close();
    noah.close();
  }

  @Test
  void whatIsDiscardedReachesNobodyCountsNothingAndIsInTheHistory() {
    mia.send("noah", ++random, "before");
    noah.nextMessage();
    option("Discard");
    assertEquals(0, entry().path("unread").asInt(), "what waited is read");
    mia.send("noah", ++random, "discarded");
    typing();
    assertFalse(noah.settle().hasMessage());
    JsonNode entry = entry();
    assertEquals(0, entry.path("unread").asInt());
    assertEquals("Discard", entry.path("msgFlag").asText());
    assertEquals(1, entry.path("lastMessageSeq").asInt(), "the list stays as it is");
    assertEquals(List.of("before", "discarded"), history("noah", "mia"));
    assertEquals(List.of("before", "discarded"), history("mia", "noah"));
    assertEquals(0, unread());

    option("AcceptAndNotify");
    assertEquals(0, entry().path("unread").asInt(), "what was discarded does not come back");
    mia.send("noah", ++random, "after");
    assertEquals("after", noah.nextMessage().text());
    assertEquals(1, entry().path("unread").asInt());
    assertEquals(3, entry().path("lastMessageSeq").asInt());
    typing();
    assertEquals("typing", noah.nextMessage().text());
  }

  @Test
  void theOptionIsOfOneSideAndOfOnePeer() {
    option("Discard");
    noah.send("mia", ++random, "hello");
    assertEquals("hello", mia.nextMessage().text());
    try (TestUser zoe = app.login("zoe")) {
      zoe.send("noah", ++random, "me too");
    }
    assertEquals("me too", noah.nextMessage().text());
  }

  @ParameterizedTest
  @CsvSource({
    "Discard, '', true, true",
    "Discard, WithMuteNotifications, false, false",
    "AcceptNotNotify, WithMuteNotifications, true, true",
    "AcceptAndNotify, WithMuteNotifications, true, true"
  })
  void restHeedsTheOptionOnlyWhenToldTo(
      String flag, String control, boolean delivered, boolean kept) {
    option(flag);
    for (String command : List.of("sendmsg", "batchsendmsg")) {
      ObjectNode message = rest(control);
      if (command.equals("batchsendmsg")) {
        message.putArray("To_Account").add("noah");
      }
      JsonNode reply = app.rest("openim/" + command, message.toString());
      assertEquals("OK", reply.path("ActionStatus").asText(), reply::toString);
      if (delivered) {
        assertEquals("over REST", noah.nextMessage().text());
      }
    }
    assertFalse(noah.settle().hasMessage());
    assertEquals(delivered ? 2 : 0, unread());
    assertEquals(delivered ? 2 : 0, entry().path("unread").asInt());
    assertEquals(kept ? 2 : 0, history("noah", "mia").size());
    assertEquals(2, history("mia", "noah").size(), "the sender's copy is kept");
  }

  @Test
  void silentConversationsCountForThemselvesButNotInTheTotal() {
    option("AcceptNotNotify");
    mia.send("noah", ++random, "hush");
    assertEquals("hush", noah.nextMessage().text());
    assertEquals(1, entry().path("unread").asInt());
    JsonNode total = ask(noah, "conversation.unread", Json.object());
    assertEquals(0, total.path("total").asInt());
  }

  @Test
  void aNoteToOneselfIsNotDiscarded() {
    try (TestUser other = app.login("noah", "ios", "phone")) {
      option("noah", "Discard");
      noah.send("noah", ++random, "remember");
      assertEquals("remember", other.nextMessage().text());
    }
  }

  @Test
  void anOfficialAccountIsMutedLikeAPeer() {
    String news = "@TOA#_news";
    String service = "official_account_open_http_svc/";
    call(
        service + "create_official_account",
        Json.object()
            .put("Owner_Account", "mia")
            .put("Name", "n")
            .put("OfficialAccountUserID", news));
    ObjectNode subscribe = Json.object().put("Official_Account", news);
    subscribe.putArray("SubscriberList").addObject().put("Subscriber_Account", "noah");
    call(service + "add_subscriber", subscribe);
    publish(news, "first");
    assertEquals("first", noah.nextMessage().text());
    option(news, "Discard");
    assertEquals("Discard", entry(news).path("msgFlag").asText());
    JsonNode subscribers =
        call(service + "get_subscriber_info", Json.object().put("Official_Account", news));
    assertEquals(1, subscribers.at("/SubscriberList/0/MsgFlag").asInt());
    publish(news, "second");
    option(news, "AcceptAndNotify");
    assertFalse(entry(news).has("msgFlag"));
    assertEquals(
        50001,
        ask(noah, "conversation.option", named("@TOA#_none").put("msgFlag", "Discard"))
            .at("/failed/0/code")
            .asInt());
  }

  private void publish(String account, String text) {
    ObjectNode message = Json.object().put("Official_Account", account).put("Random", ++random);
    message.set("MsgBody", body(text));
    call("official_account_open_http_svc/send_official_account_msg", message);
  }

  private JsonNode call(String path, JsonNode body) {
    JsonNode reply = app.rest(path, body.toString());
    assertEquals(0, reply.path("ErrorCode").asInt(), () -> path + reply);
    return reply;
  }

  private void typing() {
    ObjectNode hint =
        Json.object()
            .put("conversation", "C2Cnoah")
            .put("random", ++random)
            .put("onlineOnly", true);
    hint.set("body", body("typing"));
    ask(mia, "message.send", hint);
  }

  private ObjectNode rest(String control) {
    ObjectNode message =
        Json.object()
            .put("From_Account", "mia")
            .put("To_Account", "noah")
            .put("MsgRandom", ++random);
    message.set("MsgBody", body("over REST"));
    message.putArray("SendMsgControl").add(control);
    return message;
  }

  private static JsonNode body(String text) {
    ObjectNode element = Json.object().put("MsgType", "TIMTextElem");
    element.putObject("MsgContent").put("Text", text);
    return Json.mapper().createArrayNode().add(element);
  }

  private void option(String flag) {
    option("mia", flag);
  }

  private void option(String peer, String flag) {
    JsonNode reply = ask(noah, "conversation.option", named(peer).put("msgFlag", flag));
    assertTrue(reply.path("failed").isEmpty(), reply::toString);
  }

  private JsonNode entry() {
    return entry("mia");
  }

  private JsonNode entry(String peer) {
    return ask(noah, "conversation.get", named(peer)).at("/conversations/0");
  }

  private static ObjectNode named(String peer) {
    ObjectNode data = Json.object();
    data.putArray("conversations").add("C2C" + peer);
    return data;
  }

  private static JsonNode ask(TestUser user, String command, ObjectNode data) {
    return TestUser.await(user.client().request(command, data));
  }

  private int unread() {
    JsonNode reply =
        app.rest(
            "openim/get_c2c_unread_msg_num",
            "{\"To_Account\":\"noah\",\"Peer_Account\":[\"mia\"]}");
    return reply.at("/C2CUnreadMsgNumList/0/C2CUnreadMsgNum").asInt();
  }

  private List<String> history(String of, String with) {
    long now = Instant.now().getEpochSecond();
    ObjectNode range =
        Json.object()
            .put("Operator_Account", of)
            .put("Peer_Account", with)
            .put("MaxCnt", 100)
            .put("MinTime", now - 600)
            .put("MaxTime", now + 60);
    return StreamSupport.stream(
            app.rest("openim/admin_getroammsg", range.toString()).path("MsgList").spliterator(),
            false)
        .map(each -> each.at("/MsgBody/0/MsgContent/Text").asText())
        .toList();
  }
}
