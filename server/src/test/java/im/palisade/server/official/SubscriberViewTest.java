package im.palisade.server.official;

import static im.palisade.server.official.Official.named;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import im.palisade.client.HistoryRange;
import im.palisade.client.ImMessage;
import im.palisade.server.app.AppSettings;
import im.palisade.server.protocol.Json;
import im.palisade.server.testing.TestApp;
import im.palisade.server.testing.TestServer;
import im.palisade.server.testing.TestUser;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Official accounts as their subscribers see them: among their one-to-one conversations. */
class SubscriberViewTest {
  private static final String NEWS = "@TOA#_a name of more than thirty-two bytes";

  private final TestApp app =
      TestServer.shared()
          .newApp(
              AppSettings.parse(
                  "{\"officialAccounts\":{\"messagesPerSecond\":0,\"messagesPerHour\":0,"
                      + "\"subscriptionsPerUser\":2}}"))
          .withUsers("mia", "noah", "zoe");
  private final Official official = new Official(app);

  @BeforeEach
  void createNews() {
    official.create(NEWS);
    official.subscribe(NEWS, "noah");
  }

  @Test
  void aMessagePutsTheAccountOnItsSubscribersLists() {
    assertEquals(List.of(), recent("noah"));
    official.publish(NEWS, "a");
    assertEquals(List.of(NEWS), recent("noah"));
    assertEquals(List.of(), recent("zoe"));
    app.rest(
        "openim/sendmsg",
        "{\"From_Account\":\"mia\",\"To_Account\":\"noah\",\"MsgRandom\":1,\"MsgBody\":"
            + "[{\"MsgType\":\"TIMTextElem\",\"MsgContent\":{\"Text\":\"hi\"}}]}");
    assertEquals(2, recent("noah").size());
    try (TestUser noah = app.login("noah")) {
      assertEquals(0, code(noah, "conversation.pin", pin("C2C" + NEWS, true)));
      assertEquals(List.of(NEWS + "+", "mia"), recent("noah"));
      assertEquals(50001, code(noah, "conversation.pin", pin("C2C@TOA#_ghost", true)));
    }
    official.unsubscribe(NEWS, "noah");
    assertEquals(List.of("mia"), recent("noah"));
    official.subscribe(NEWS, "noah");
    official.publish(NEWS, "b");
    assertFalse(recent("noah").contains(NEWS + "+"));
  }

  @Test
  void aMessageThatIsNotToBeTheLastDoesNot() {
    ObjectNode quiet = Official.text(NEWS, "a");
    quiet.putArray("SendMsgControl").add("NoLastMsg");
    official.ok("send_official_account_msg", quiet);
    assertEquals(List.of(), recent("noah"));
    assertEquals(1, unread("noah"));
  }

  @Test
  void aDeletedConversationComesBackWithTheNextMessage() {
    official.publish(NEWS, "a");
    ObjectNode delete =
        Json.object().put("From_Account", "noah").put("Type", 1).put("To_Account", NEWS);
    ok(app.rest("recentcontact/delete", delete.toString()));
    assertEquals(List.of(), recent("noah"));
    assertEquals(0, unread("noah"));
    assertEquals(List.of("a"), history("noah"));
    official.publish(NEWS, "b");
    assertEquals(List.of(NEWS), recent("noah"));
    assertEquals(1, unread("noah"));
    ok(app.rest("recentcontact/delete", delete.put("ClearRamble", 1).toString()));
    assertEquals(List.of(), history("noah"));
    ok(app.rest("recentcontact/delete", delete.put("From_Account", "zoe").toString()));
  }

  @Test
  void everyMessageIsUnreadUntilItIsReadOrRecalled() {
    official.publish(NEWS, "a");
    String second = official.publish(NEWS, "b");
    official.publish(NEWS, "c");
    assertEquals(3, unread("noah"));
    assertEquals(3, unreadOf("noah", NEWS).at("/C2CUnreadMsgNumList/0/C2CUnreadMsgNum").asInt());
    ObjectNode recall = named(NEWS);
    recall.putArray("MsgKeyList").add(second);
    official.ok("official_account_msg_recall", recall);
    assertEquals(2, unread("noah"));
    try (TestUser noah = app.login("noah")) {
      ok(markRead("noah"));
      String event = noah.nextEvent();
      assertTrue(event.startsWith("conversation.read{\"conversation\":\"C2C" + NEWS), event);
      assertTrue(event.contains("\"unread\":0"), event);
    }
    assertEquals(0, unread("noah"));
    official.publish(NEWS, "d");
    assertEquals(1, unread("noah"));
    assertEquals(70107, unreadOf("zoe", NEWS).at("/ErrorList/0/ErrorCode").asInt());
    assertEquals(90003, markRead("zoe").path("ErrorCode").asInt());
  }

  @Test
  void historyBeginsWithTheSubscription() {
    official.publish(NEWS, "before");
    official.subscribe(NEWS, "zoe");
    assertEquals(0, unread("zoe"));
    assertEquals(List.of(), recent("zoe"));
    String recalled = official.publish(NEWS, "a");
    official.publish(NEWS, "b");
    official.publish(NEWS, "c");
    ObjectNode recall = named(NEWS);
    recall.putArray("MsgKeyList").add(recalled);
    official.ok("official_account_msg_recall", recall);
    assertEquals(List.of("", "b", "c"), history("zoe"));
    assertEquals(List.of("before", "", "b", "c"), history("noah"));
    try (TestUser zoe = app.login("zoe")) {
      var newest = zoe.history(NEWS, new HistoryRange.Newest(), 2);
      assertEquals(List.of("b", "c"), texts(newest.messages()));
      assertFalse(newest.complete());
      var rest = zoe.history(NEWS, new HistoryRange.Before(3), 2);
      assertEquals(List.of(""), texts(rest.messages()));
      assertTrue(rest.complete());
      var after = zoe.history(NEWS, new HistoryRange.After(2), 1);
      assertEquals(List.of("b"), texts(after.messages()));
      assertFalse(after.complete());
      ImMessage message = after.messages().getFirst();
      assertEquals("C2C" + NEWS, message.conversation());
      assertEquals(NEWS, message.from());
      assertEquals(3, message.seq());
    }
  }

  @Test
  void onlySubscribersReadTheHistory() {
    try (TestUser zoe = app.login("zoe")) {
      assertEquals(
          130002, TestUser.code(zoe.client().history("C2C" + NEWS, new HistoryRange.Newest(), 5)));
      assertEquals(
          130004,
          TestUser.code(zoe.client().history("C2C@TOA#_ghost", new HistoryRange.Newest(), 5)));
    }
  }

  @Test
  void usersSubscribeByThemselves() {
    official.create("@TOA#_b");
    official.create("@TOA#_c");
    try (TestUser zoe = app.login("zoe")) {
      assertEquals(0, code(zoe, "official.subscribe", account(NEWS)));
      assertTrue(zoe.nextEvent().startsWith("official.subscribed{"));
      assertEquals(List.of("noah", "zoe"), official.subscribers(NEWS));
      assertEquals(130005, code(zoe, "official.subscribe", account(NEWS)));
      assertEquals(130004, code(zoe, "official.subscribe", account("@TOA#_ghost")));
      assertEquals(10004, code(zoe, "official.subscribe", Json.object()));
      official.ok("modify_official_account_base_info", named("@TOA#_b").put("MaxSubscriberNum", 1));
      official.subscribe("@TOA#_b", "mia");
      assertEquals(130006, code(zoe, "official.subscribe", account("@TOA#_b")));
      assertEquals(0, code(zoe, "official.subscribe", account("@TOA#_c")));
      official.create("@TOA#_d");
      assertEquals(130010, code(zoe, "official.subscribe", account("@TOA#_d")));
      assertEquals(0, code(zoe, "official.unsubscribe", account(NEWS)));
      assertEquals(131003, code(zoe, "official.unsubscribe", account(NEWS)));
      assertEquals(List.of("noah"), official.subscribers(NEWS));
    }
  }

  @Test
  void aSubscriberSaysHowItWantsItsMessages() {
    try (TestUser noah = app.login("noah");
        TestUser zoe = app.login("zoe")) {
      assertEquals(0, code(noah, "official.option", account(NEWS).put("msgFlag", 1)));
      assertEquals(
          1,
          official.ok("get_subscriber_info", named(NEWS)).at("/SubscriberList/0/MsgFlag").asInt());
      official.subscribe(NEWS, "zoe");
      official.publish(NEWS, "not received");
      assertEquals("not received", zoe.nextMessage().text());
      assertEquals(0, unread("noah"));
      assertEquals(0, code(noah, "official.option", account(NEWS).put("msgFlag", 2)));
      official.publish(NEWS, "received");
      assertEquals("received", noah.nextMessage().text());
      assertEquals(0, unread("noah"));
      assertEquals(2, unreadOf("noah", NEWS).at("/C2CUnreadMsgNumList/0/C2CUnreadMsgNum").asInt());
      assertEquals(List.of("not received", "received"), history("noah"));
      assertEquals(10004, code(noah, "official.option", account(NEWS).put("msgFlag", 3)));
      official.unsubscribe(NEWS, "zoe");
      assertEquals(131003, code(zoe, "official.option", account(NEWS).put("msgFlag", 0)));
    }
  }

  @Test
  void anybodyMayAskWhatAnAccountSaysOfItself() {
    try (TestUser zoe = app.login("zoe")) {
      ObjectNode body = Json.object();
      body.putArray("officialAccounts").add("@TOA#_ghost").add(NEWS);
      JsonNode reply = TestUser.await(zoe.client().request("official.info", body));
      assertEquals(1, reply.path("officialAccounts").size(), reply::toString);
      assertEquals("News", reply.at("/officialAccounts/0/name").asText());
      assertEquals(1, reply.at("/officialAccounts/0/subscribers").asInt());
      assertEquals(10004, code(zoe, "official.info", Json.object()));
    }
  }

  private List<String> recent(String user) {
    JsonNode reply =
        ok(
            app.rest(
                "recentcontact/get_list", "{\"From_Account\":\"" + user + "\",\"AssistFlags\":7}"));
    List<String> names = new ArrayList<>();
    reply
        .path("SessionItem")
        .forEach(
            item -> {
              assertEquals(1, item.path("Type").asInt());
              names.add(
                  item.path("To_Account").asText()
                      + (item.path("TopFlag").asInt() == 1 ? "+" : ""));
            });
    return names;
  }

  private int unread(String user) {
    return ok(app.rest("openim/get_c2c_unread_msg_num", "{\"To_Account\":\"" + user + "\"}"))
        .path("AllC2CUnreadMsgNum")
        .asInt(-1);
  }

  private JsonNode unreadOf(String user, String peer) {
    return app.rest(
        "openim/get_c2c_unread_msg_num",
        "{\"To_Account\":\"" + user + "\",\"Peer_Account\":[\"" + peer + "\"]}");
  }

  private JsonNode markRead(String user) {
    return app.rest(
        "openim/admin_set_msg_read",
        "{\"Report_Account\":\"" + user + "\",\"Peer_Account\":\"" + NEWS + "\"}");
  }

  private List<String> history(String user) {
    try (TestUser client = app.login(user, "ios", "history")) {
      return texts(client.history(NEWS, new HistoryRange.Newest(), 100).messages());
    }
  }

  private static List<String> texts(List<ImMessage> messages) {
    return messages.stream().map(ImMessage::text).toList();
  }

  private static ObjectNode account(String account) {
    return Json.object().put("officialAccount", account);
  }

  private static ObjectNode pin(String conversation, boolean pinned) {
    return Json.object().put("conversation", conversation).put("pinned", pinned);
  }

  private static int code(TestUser user, String command, ObjectNode data) {
    CompletableFuture<?> request = user.client().request(command, data);
    return TestUser.code(request);
  }

  private static JsonNode ok(JsonNode reply) {
    assertEquals(0, reply.path("ErrorCode").asInt(), reply::toString);
    return reply;
  }
}
