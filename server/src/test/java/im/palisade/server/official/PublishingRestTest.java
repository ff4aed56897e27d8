package im.palisade.server.official;

import static im.palisade.server.official.Official.named;
import static im.palisade.server.official.Official.text;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import im.palisade.client.ImMessage;
import im.palisade.server.app.AppSettings;
import im.palisade.server.testing.TestApp;
import im.palisade.server.testing.TestServer;
import im.palisade.server.testing.TestUser;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** rest-conversations-ops I10–I12: what official accounts publish. */
class PublishingRestTest {
  private static final String NEWS = "@TOA#_news";
  private static final String SEND = "send_official_account_msg";
  private static final String UNLIMITED =
      "{\"officialAccounts\":{\"messagesPerSecond\":0,\"messagesPerHour\":0}}";

  private final TestApp app =
      TestServer.shared()
          .newApp(AppSettings.parse(UNLIMITED))
          .withUsers("mia", "noah", "zoe", "lee");
  private final Official official = new Official(app);

  @BeforeEach
  void createNews() {
    official.create(NEWS);
    official.subscribe(NEWS, "noah", "zoe");
  }

  @Test
  void aMessageIsStoredOnceAndReachesEverySubscriber() {
    try (TestUser noah = app.login("noah");
        TestUser zoe = app.login("zoe");
        TestUser lee = app.login("lee")) {
      ObjectNode body = text(NEWS, "Morning brief").put("CloudCustomData", "custom");
      JsonNode reply = official.ok(SEND, body);
      long time = reply.path("MsgTime").asLong();
      assertTrue(Math.abs(time - Instant.now().getEpochSecond()) < 60);
      assertEquals("1_1_" + time, reply.path("MsgKey").asText());
      for (TestUser subscriber : List.of(noah, zoe)) {
        ImMessage message = subscriber.nextMessage();
        assertEquals("C2C" + NEWS, message.conversation());
        assertEquals(NEWS, message.from());
        assertEquals("News", message.nick());
        assertEquals("Morning brief", message.text());
        assertEquals(1, message.seq());
        assertEquals(time, message.time());
        assertEquals(body.path("Random").asLong(), message.random());
        assertEquals(reply.path("MsgKey").asText(), message.msgKey());
      }
      assertFalse(lee.settle().hasMessage());
      assertEquals(1, messages());
      assertEquals(time, official.info(NEWS).path("LastMsgTime").asLong());
    }
  }

  @Test
  void everyElementTypeAndCharacterComesBackAsItWas() {
    String hostile = "'; DROP TABLE message; -- 📰 =1+1 \u0000\u202e";
    ObjectNode body = text(NEWS, hostile).put("CloudCustomData", hostile);
    ((ArrayNode) body.path("MsgBody"))
        .addObject()
        .put("MsgType", "TIMCustomElem")
        .putObject("MsgContent")
        .put("Data", hostile)
        .put("Unknown", 1.5);
    official.ok(SEND, body);
    JsonNode stored = page(20, "", false).at("/RspMsgList/0");
    assertEquals(body.path("MsgBody").toString(), stored.path("MsgBody").toString());
    assertEquals(hostile, stored.path("CloudCustomData").asText());
  }

  @Test
  void theSameContentAndRandomIsOneMessage() {
    try (TestUser noah = app.login("noah")) {
      ObjectNode body = text(NEWS, "a");
      JsonNode first = official.ok(SEND, body);
      JsonNode again = official.ok(SEND, body);
      assertEquals(first.path("MsgKey"), again.path("MsgKey"));
      assertEquals(first.path("MsgTime"), again.path("MsgTime"));
      long random = body.path("Random").asLong();
      JsonNode other = official.ok(SEND, text(NEWS, "b").put("Random", random));
      assertNotEquals(first.path("MsgKey"), other.path("MsgKey"));
      official.ok(SEND, text(NEWS, "a"));
      assertEquals("a", noah.nextMessage().text());
      assertEquals("b", noah.nextMessage().text());
      assertEquals("a", noah.nextMessage().text());
      assertFalse(noah.settle().hasMessage());
      assertEquals(3, messages());
      ageSends(290);
      assertEquals(first.path("MsgKey"), official.ok(SEND, body).path("MsgKey"));
      ageSends(301);
      assertNotEquals(first.path("MsgKey"), official.ok(SEND, body).path("MsgKey"));
    }
  }

  @Test
  void onlineOnlyMessagesAreNotStored() {
    try (TestUser noah = app.login("noah")) {
      ObjectNode body = text(NEWS, "now").put("OnlineOnlyFlag", 1);
      JsonNode reply = official.ok(SEND, body);
      ImMessage message = noah.nextMessage();
      assertEquals("now", message.text());
      assertEquals(0, message.seq());
      assertEquals(reply.path("MsgKey").asText(), message.msgKey());
      assertEquals(reply.path("MsgKey"), official.ok(SEND, body).path("MsgKey"));
      assertEquals(0, messages());
      official.publish(NEWS, "stored");
      assertEquals("stored", noah.nextMessage().text());
      assertEquals(1, messages());
      assertEquals(
          10030, recall(reply.path("MsgKey").asText()).at("/RecallRetList/0/RetCode").asInt());
      ObjectNode both = text(NEWS, "x").put("OnlineOnlyFlag", 1);
      both.putArray("SendMsgControl").add("NoLastMsg");
      assertEquals(10004, official.code(SEND, both));
    }
  }

  @Test
  void twoMessagesAnHourAreAllowedAndOneASecond() {
    TestApp slow = TestServer.shared().newApp().withUsers("mia");
    Official few = new Official(slow);
    few.create(NEWS);
    few.create("@TOA#_other");
    ObjectNode first = text(NEWS, "1");
    few.ok(SEND, first);
    // As if no time had gone by, however long these calls take.
    ageSends(slow, -60);
    assertEquals(60007, few.code(SEND, text(NEWS, "2")));
    few.ok(SEND, text("@TOA#_other", "1"));
    few.ok(SEND, first);
    ageSends(slow, 2);
    few.ok(SEND, text(NEWS, "2").put("OnlineOnlyFlag", 1));
    ageSends(slow, 3590);
    assertEquals(60007, few.code(SEND, text(NEWS, "3")));
    assertEquals(60007, few.code(SEND, text(NEWS, "3")));
    ageSends(slow, 3601);
    few.ok(SEND, text(NEWS, "3"));
  }

  @Test
  void aMessageMayHave12288Bytes() {
    int room = 12_288 - text(NEWS, "").path("MsgBody").toString().length();
    official.ok(SEND, text(NEWS, "x".repeat(room - 3)).put("CloudCustomData", "ccc"));
    assertEquals(
        80002,
        official.code(SEND, text(NEWS, "x".repeat(room - 3)).put("CloudCustomData", "cccc")));
    assertEquals(1, messages());
  }

  @Test
  void wordListsHoldWhereTheAppWantsThemForItsBackEnd() {
    TestApp judged =
        TestServer.shared()
            .newApp(
                AppSettings.parse(
                    "{\"moderation\":{\"rest\":true},"
                        + "\"officialAccounts\":{\"messagesPerSecond\":0}}"))
            .withUsers("mia");
    Official careful = new Official(judged);
    careful.create(NEWS);
    ObjectNode allowed = text(NEWS, "a forbidden word");
    JsonNode first = careful.ok(SEND, allowed);
    judged.rest(
        "im_msg_audit_mgr/add_local_audit_keywords",
        "{\"SdkAppId\":"
            + judged.appId()
            + ",\"LocalAuditWords\":[{\"Keyword\":\"forbidden\",\"WordType\":1,\"FilterType\":2}]}");
    assertEquals(80001, careful.code(SEND, text(NEWS, "a forbidden word")));
    assertEquals(first.path("MsgKey"), careful.ok(SEND, allowed).path("MsgKey"));
    careful.ok(SEND, text(NEWS, "an innocent word"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "\"Random\":1|10004",
        "\"Random\":1,\"MsgBody\":[]|10004",
        "\"Random\":1,\"MsgBody\":{}|10004",
        "\"Random\":1,\"MsgBody\":[{\"MsgType\":\"TIMNonsense\",\"MsgContent\":{}}]|10004",
        "$BODY|10004",
        "\"Random\":-1,$BODY|10004",
        "\"Random\":4294967296,$BODY|10004",
        "\"Random\":4294967295,$BODY|0",
        "\"Random\":1,$BODY,\"OnlineOnlyFlag\":2|10004",
        "\"Random\":1,$BODY,\"CloudCustomData\":5|10004",
        "\"Random\":1,$BODY,\"SendMsgControl\":\"NoLastMsg\"|10004",
        "\"Random\":1,$BODY,\"ForbidCallbackControl\":[\"ForbidBeforeSendMsgCallback\"]|0",
        "\"Random\":1,$BODY,\"OfflinePushInfo\":5|90043",
        "\"Random\":1,$BODY,\"OfflinePushInfo\":{\"PushFlag\":0,\"Title\":\"t\"}|0"
      })
  void whatIsWrongIsNotSent(String members, int code) {
    String body = "\"MsgBody\":[{\"MsgType\":\"TIMTextElem\",\"MsgContent\":{\"Text\":\"a\"}}]";
    assertEquals(
        code,
        official.code(
            SEND,
            "{\"Official_Account\":\"" + NEWS + "\"," + members.replace("$BODY", body) + "}"));
    assertEquals(code == 0 ? 1 : 0, messages());
  }

  @Test
  void unknownSendersAreRefused() {
    assertEquals(130004, official.code(SEND, text("@TOA#_ghost", "a")));
    assertEquals(130004, official.code(SEND, text("mia", "a")));
  }

  @Test
  void aRecalledMessageIsToldOfAndLeftOut() {
    String first = official.publish(NEWS, "a");
    String second = official.publish(NEWS, "b");
    try (TestUser noah = app.login("noah");
        TestUser lee = app.login("lee")) {
      ObjectNode body = named(NEWS).put("Reason", "typo");
      body.putArray("MsgKeyList").add(first).add("9_1_1").add("nonsense").add(first);
      JsonNode list = official.ok("official_account_msg_recall", body).path("RecallRetList");
      assertEquals(
          "[{\"MsgKey\":\""
              + first
              + "\",\"MsgSeq\":1,\"RetCode\":0},"
              + "{\"MsgKey\":\"9_1_1\",\"MsgSeq\":9,\"RetCode\":10030},"
              + "{\"MsgKey\":\"nonsense\",\"MsgSeq\":0,\"RetCode\":10030},"
              + "{\"MsgKey\":\""
              + first
              + "\",\"MsgSeq\":1,\"RetCode\":0}]",
          list.toString());
      String event = noah.nextEvent();
      assertTrue(event.startsWith("message.recalled{"), event);
      assertTrue(event.contains("\"conversation\":\"C2C@TOA#_news\""), event);
      assertTrue(event.contains("\"msgKey\":\"" + first + "\""), event);
      assertTrue(event.contains("\"reason\":\"typo\""), event);
      assertEquals(0, recall(first).at("/RecallRetList/0/RetCode").asInt(-1));
      assertEquals(0, recall(second).at("/RecallRetList/0/RetCode").asInt(-1));
      assertTrue(noah.nextEvent().contains("\"msgKey\":\"" + second + "\""));
      assertFalse(noah.settle().hasEvent());
      assertFalse(lee.settle().hasEvent());
    }
    assertEquals(List.of(), texts(page(20, "", false)));
    JsonNode with = page(20, "", true);
    assertEquals(List.of("b", "a"), texts(with));
    assertEquals(2, with.at("/RspMsgList/0/IsPlaceMsg").asInt());
  }

  @Test
  void tenMessagesAreRecalledAtOnce() {
    ObjectNode body = named(NEWS).put("Reason", "é".repeat(50));
    ArrayNode keys = body.putArray("MsgKeyList");
    for (int i = 1; i <= 10; i++) {
      keys.add(i + "_1_1");
    }
    official.ok("official_account_msg_recall", body);
    assertEquals(
        10004, official.code("official_account_msg_recall", body.put("Reason", "x".repeat(101))));
    keys.add("11_1_1");
    assertEquals(10004, official.code("official_account_msg_recall", body.put("Reason", "")));
    keys.removeAll();
    assertEquals(10004, official.code("official_account_msg_recall", body));
    assertEquals(10004, official.code("official_account_msg_recall", named(NEWS)));
    ObjectNode ghost = named("@TOA#_ghost");
    ghost.putArray("MsgKeyList").add("1_1_1");
    assertEquals(130004, official.code("official_account_msg_recall", ghost));
  }

  @Test
  void messagesOfOthersAreNotRecalled() {
    official.create("@TOA#_other");
    String key = official.publish(NEWS, "a");
    ObjectNode body = named("@TOA#_other");
    body.putArray("MsgKeyList").add(key);
    assertEquals(
        10030,
        official.ok("official_account_msg_recall", body).at("/RecallRetList/0/RetCode").asInt());
    assertEquals(List.of("a"), texts(page(20, "", false)));
  }

  @Test
  void messagesAreListedNewestFirstWithEverythingAboutThem() {
    ObjectNode sent = text(NEWS, "a");
    String key = official.ok(SEND, sent).path("MsgKey").asText();
    String second = official.publish(NEWS, "b");
    JsonNode page = page(1, "", false);
    assertEquals(NEWS, page.path("Official_Account").asText());
    assertEquals(1, page.path("IsFinished").asInt());
    assertEquals(second, page.path("LastMsgKey").asText());
    assertEquals(List.of("b"), texts(page));
    JsonNode next = page(5, second, false);
    assertEquals(1, next.path("IsFinished").asInt());
    JsonNode message = next.at("/RspMsgList/0");
    assertEquals(1, next.path("RspMsgList").size());
    assertEquals(NEWS, message.path("From_Account").asText());
    assertEquals(0, message.path("IsPlaceMsg").asInt(-1));
    assertEquals(0, message.path("IsSystemMsg").asInt(-1));
    assertEquals(2, message.path("MsgPriority").asInt());
    assertEquals(sent.path("Random").asLong(), message.path("MsgRandom").asLong());
    assertEquals(key, message.path("MsgKey").asText());
    assertEquals(1, message.path("MsgSeq").asInt());
    assertEquals(key, "1_1_" + message.path("MsgTimeStamp").asLong());
  }

  @Test
  void twentyMessagesAnAnswerAtMost() {
    for (int i = 1; i <= 25; i++) {
      official.publish(NEWS, "m" + i);
    }
    JsonNode first = page(100, "", false);
    assertEquals(20, first.path("RspMsgList").size());
    assertEquals(0, first.path("IsFinished").asInt(-1));
    JsonNode second = page(80, first.path("LastMsgKey").asText(), false);
    assertEquals(List.of("m5", "m4", "m3", "m2", "m1"), texts(second));
    assertEquals(1, second.path("IsFinished").asInt());
    assertEquals(1, page(20, "", false).path("IsFinished").asInt());
    assertTrue(page(20, second.path("LastMsgKey").asText(), false).path("RspMsgList").isEmpty());
  }

  @Test
  void whatHasExpiredIsNotListedAndTheListSaysSo() {
    official.publish(NEWS, "old");
    official.publish(NEWS, "new");
    expireFirst();
    JsonNode page = page(20, "", false);
    assertEquals(List.of("new"), texts(page));
    assertEquals(2, page.path("IsFinished").asInt());
    assertEquals(1, page(1, "", false).path("IsFinished").asInt());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{\"Official_Account\":\"@TOA#_news\"}|10004",
        "{\"Official_Account\":\"@TOA#_news\",\"ReqMsgNumber\":0}|10004",
        "{\"Official_Account\":\"@TOA#_news\",\"ReqMsgNumber\":\"x\"}|10004",
        "{\"Official_Account\":\"@TOA#_news\",\"ReqMsgNumber\":1,\"LastMsgKey\":\"x\"}|10004",
        "{\"Official_Account\":\"@TOA#_news\",\"ReqMsgNumber\":1,\"LastMsgKey\":\"1_2_3\"}|10004",
        "{\"Official_Account\":\"@TOA#_ghost\",\"ReqMsgNumber\":1}|130004",
        "{\"ReqMsgNumber\":1}|10004"
      })
  void whatIsWrongIsNotListed(String body, int code) {
    assertEquals(code, official.code("official_account_msg_get_simple", body));
  }

  @Test
  void whoUnsubscribesHearsNoMore() {
    try (TestUser noah = app.login("noah");
        TestUser zoe = app.login("zoe")) {
      official.unsubscribe(NEWS, "noah");
      noah.nextEvent();
      official.publish(NEWS, "a");
      assertEquals("a", zoe.nextMessage().text());
      assertFalse(noah.settle().hasMessage());
    }
  }

  @Test
  void messagesSentAtOnceAreNumberedOneByOne() {
    List<CompletableFuture<String>> calls = new ArrayList<>();
    for (int i = 0; i < 16; i++) {
      String text = "m" + i;
      calls.add(
          CompletableFuture.supplyAsync(
              () -> official.publish(NEWS, text), Thread::startVirtualThread));
    }
    long keys = calls.stream().map(TestUser::await).distinct().count();
    assertEquals(16, keys);
    assertEquals(16, page(20, "", false).at("/RspMsgList/0/MsgSeq").asInt());
  }

  @Test
  void theRateHoldsForCallsThatComeAtOnce() {
    TestApp slow =
        TestServer.shared()
            .newApp(AppSettings.parse("{\"officialAccounts\":{\"messagesPerSecond\":0}}"))
            .withUsers("mia");
    Official few = new Official(slow);
    few.create(NEWS);
    List<CompletableFuture<Integer>> calls = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      ObjectNode body = text(NEWS, "m" + i);
      calls.add(
          CompletableFuture.supplyAsync(() -> few.code(SEND, body), Thread::startVirtualThread));
    }
    List<Integer> codes = calls.stream().map(TestUser::await).sorted().toList();
    assertEquals(List.of(0, 60007), codes.stream().distinct().toList());
    assertEquals(2, codes.stream().filter(code -> code == 0).count());
  }

  @Test
  void usersCannotWriteToAnOfficialAccount() {
    try (TestUser noah = app.login("noah")) {
      assertEquals(20003, TestUser.code(noah.client().sendText("C2C" + NEWS, 1, "hi")));
    }
  }

  private JsonNode recall(String key) {
    ObjectNode body = named(NEWS);
    body.putArray("MsgKeyList").add(key);
    return official.ok("official_account_msg_recall", body);
  }

  private JsonNode page(int number, String last, boolean withRecalled) {
    return official.ok(
        "official_account_msg_get_simple",
        named(NEWS)
            .put("ReqMsgNumber", number)
            .put("LastMsgKey", last)
            .put("WithRecalledMsg", withRecalled ? 1 : 0));
  }

  private static List<String> texts(JsonNode page) {
    List<String> texts = new ArrayList<>();
    page.path("RspMsgList")
        .forEach(message -> texts.add(message.at("/MsgBody/0/MsgContent/Text").asText()));
    return texts;
  }

  /** Rows of messages of the app's official accounts. */
  private int messages() {
    return TestServer.shared()
        .server()
        .regions()
        .of(app.app())
        .read(
            connection -> {
              try (PreparedStatement select =
                  connection.prepareStatement(
                      """
                      SELECT COUNT(*) FROM message m
                      JOIN official_account o ON o.conversation_id = m.conversation_id
                      WHERE o.app_id = ?
                      """)) {
                select.setLong(1, app.appId());
                try (ResultSet rows = select.executeQuery()) {
                  rows.next();
                  return rows.getInt(1);
                }
              }
            });
  }

  private void ageSends(int seconds) {
    ageSends(app, seconds);
  }

  /** As if everything had been sent so long ago. */
  private static void ageSends(TestApp of, int seconds) {
    update(
        of,
        "UPDATE official_send s JOIN official_account o ON o.conversation_id = s.conversation_id"
            + " SET s.sent_at = "
            + (System.currentTimeMillis() - seconds * 1000L)
            + " WHERE o.app_id = ?");
  }

  private void expireFirst() {
    update(
        app,
        "UPDATE message m JOIN official_account o ON o.conversation_id = m.conversation_id"
            + " SET m.time = m.time - 31 * 86400 WHERE o.app_id = ? AND m.seq = 1");
  }

  private static void update(TestApp of, String sql) {
    TestServer.shared()
        .server()
        .regions()
        .of(of.app())
        .read(
            connection -> {
              try (PreparedStatement update = connection.prepareStatement(sql)) {
                update.setLong(1, of.appId());
                return update.executeUpdate();
              }
            });
  }
}
