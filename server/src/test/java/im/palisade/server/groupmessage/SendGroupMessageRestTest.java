package im.palisade.server.groupmessage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import im.palisade.server.message.GroupRows;
import im.palisade.server.message.GroupUnreadStore;
import im.palisade.server.protocol.Json;
import im.palisade.server.testing.TestApp;
import im.palisade.server.testing.TestServer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** rest-groups C1 and C5: what goes into a group and what its history tells. */
class SendGroupMessageRestTest {
  private static final String SERVICE = "group_open_http_svc/";
  private static final AtomicLong RANDOM = new AtomicLong(1);

  private final TestApp app = TestServer.shared().newApp().withUsers("ann", "bo", "cy", "dee");
  private final StoredGroups groups = new StoredGroups(app);
  private final long group = groups.group("chess", StoredGroups.PUBLIC, "ann", "bo", "cy");

  @Test
  void messagesAreNumberedFromOneAndReadBackNewestFirst() {
    JsonNode first = send(message("ann", "one \u0000 '; DROP TABLE \uD83D\uDE00"));
    JsonNode second = send(message("bo", "two").put("CloudCustomData", "c\u0001"));
    assertEquals(1, first.path("MsgSeq").asLong(), first::toString);
    assertEquals(2, second.path("MsgSeq").asLong());
    assertTrue(first.path("MsgTime").asLong() > 1_600_000_000);
    JsonNode page = history(10, 0);
    assertEquals("chess", page.path("GroupId").asText());
    assertEquals(1, page.path("IsFinished").asInt());
    assertEquals(2, page.path("RspMsgList").size());
    JsonNode newest = page.at("/RspMsgList/0");
    assertEquals("bo", newest.path("From_Account").asText());
    assertEquals(2, newest.path("MsgSeq").asLong());
    assertEquals(2, newest.path("MsgPriority").asInt());
    assertEquals(0, newest.path("IsPlaceMsg").asInt());
    assertTrue(newest.path("IsSystemMsg").isMissingNode());
    assertEquals("c\u0001", newest.path("CloudCustomData").asText());
    assertEquals(second.path("MsgTime").asLong(), newest.path("MsgTimeStamp").asLong());
    assertEquals(
        "one \u0000 '; DROP TABLE \uD83D\uDE00",
        page.at("/RspMsgList/1/MsgBody/0/MsgContent/Text").asText());
  }

  @Test
  void theCallerSendsUnlessAnotherIsNamedAndNeitherNeedsToBelong() {
    ObjectNode own = message("ann", "x");
    own.remove("From_Account");
    assertEquals(0, code(send(own)));
    assertEquals(0, code(send(message("dee", "y"))));
    JsonNode page = history(2, 0);
    assertEquals("dee", page.at("/RspMsgList/0/From_Account").asText());
    assertEquals("administrator", page.at("/RspMsgList/1/From_Account").asText());
    assertEquals(
        0,
        number(
            "SELECT COUNT(*) FROM group_member WHERE conversation_id = ? AND account_id = ?",
            group,
            groups.account("dee")));
  }

  @Test
  void theSameRandomOfTheSameSenderIsOneMessageForFiveMinutes() {
    JsonNode first = send(message("ann", "x").put("Random", 7));
    JsonNode again = send(message("ann", "other").put("Random", 7));
    assertEquals(first.path("MsgSeq"), again.path("MsgSeq"));
    assertEquals(first.path("MsgTime"), again.path("MsgTime"));
    assertEquals(2, send(message("bo", "x").put("Random", 7)).path("MsgSeq").asLong());
    groups.run("UPDATE message SET time = time - 302 WHERE conversation_id = ?", group);
    assertEquals(3, send(message("ann", "x").put("Random", 7)).path("MsgSeq").asLong());
  }

  @Test
  void theSendersRowAndNoOtherIsTouched() {
    send(message("bo", "x"));
    assertTrue(lastSendTime("bo") > 0);
    assertEquals(0, lastSendTime("cy"));
    assertEquals(1, unread("cy"));
    assertEquals(0, unread("bo"));
  }

  @Test
  void whatIsOnlyForThoseOnlineIsNeitherStoredNorNumbered() {
    for (String name : List.of("OnlineOnlyFlag", "MsgOnlineOnlyFlag")) {
      JsonNode reply = send(message("ann", "x").put(name, 1));
      assertEquals(0, code(reply));
      assertEquals(0, reply.path("MsgSeq").asLong());
    }
    assertEquals(0, history(10, 0).path("RspMsgList").size());
    assertEquals(0, unread("bo"));
  }

  @Test
  void messagesSayWhetherTheyCount() {
    ObjectNode quiet = message("ann", "x");
    quiet.putArray("SendMsgControl").add("NoUnread");
    assertEquals(0, code(send(quiet)));
    assertEquals(0, unread("bo"));
    ObjectNode last = message("ann", "x");
    last.putArray("SendMsgControl").add("NoLastMsg");
    assertEquals(0, code(send(last)));
    assertEquals(1, unread("bo"), "NoLastMsg counts all the same");
    assertEquals(1, number("SELECT shown_1 FROM conversation WHERE id = ?", group));
  }

  @Test
  void aTargetedMessageIsNumberedStoredAndNotCounted() {
    ObjectNode body = message("ann", "psst");
    body.putArray("To_Account").add("bo").add("dee").add("bo");
    assertEquals(1, send(body).path("MsgSeq").asLong());
    assertEquals(0, unread("bo"));
    assertEquals(1, number("SELECT COUNT(*) FROM message_target WHERE conversation_id = ?", group));
    assertEquals(1, history(5, 0).path("RspMsgList").size(), "the app sees it");
    body.putArray("To_Account").add("dee");
    assertEquals(10004, code(send(body.put("Random", 99))), "no receiver belongs");
  }

  @Test
  void mentionsAreNotedForThoseTheyMean() {
    ObjectNode body = message("ann", "@bo @all");
    var list = body.putArray("GroupAtInfo");
    list.addObject().put("GroupAtAllFlag", 0).put("GroupAt_Account", "bo");
    list.addObject().put("GroupAtAllFlag", 1);
    assertEquals(0, code(send(body)));
    var store = new GroupUnreadStore();
    var mentions =
        groups.region().read(c -> store.mentions(c, groups.account("bo"), List.of(group)));
    assertEquals(2, mentions.get(group).size());
    mentions = groups.region().read(c -> store.mentions(c, groups.account("cy"), List.of(group)));
    assertTrue(mentions.get(group).getFirst().everybody());
    for (int i = 0; i < 28; i++) {
      list.addObject().put("GroupAtAllFlag", 1);
    }
    assertEquals(0, code(send(body.put("Random", 101))));
    list.addObject().put("GroupAtAllFlag", 1);
    assertEquals(10053, code(send(body.put("Random", 102))));
  }

  @ParameterizedTest
  @CsvSource({"High, 1", "Normal, 2", "Low, 3", "Lowest, 4"})
  void priorityIsKept(String name, int code) {
    send(message("ann", "x").put("MsgPriority", name));
    assertEquals(code, history(1, 0).at("/RspMsgList/0/MsgPriority").asInt());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "10015 | {\"GroupId\":\"\"}",
        "10015 | {\"GroupId\":\"é\"}",
        "10010 | {\"GroupId\":\"nowhere\"}",
        "10004 | {\"GroupId\":7}",
        "10004 | {\"MsgPriority\":\"high\"}",
        "10004 | {\"Random\":-1}",
        "10004 | {\"Random\":4294967296}",
        "10004 | {\"MsgBody\":[]}",
        "10004 | {\"MsgBody\":{}}",
        "10004 | {\"MsgBody\":[{\"MsgType\":\"TIMNewElem\",\"MsgContent\":{}}]}",
        "10004 | {\"OfflinePushInfo\":\"x\"}",
        "10019 | {\"From_Account\":\"nobody\"}",
        "10004 | {\"TopicId\":\"t\"}",
        "10004 | {\"GroupAtInfo\":[{\"GroupAtAllFlag\":0}]}",
        "10004 | {\"OnlineOnlyFlag\":1,\"SendMsgControl\":[\"NoUnread\"]}",
        "10061 | {\"OnlineOnlyFlag\":1,\"NeedReadReceipt\":1}",
        "10004 | {\"To_Account\":[\"bo\"],\"GroupAtInfo\":[{\"GroupAtAllFlag\":1}]}",
      })
  void whatIsWrongIsRefusedByItsCodeAndNothingIsStored(int code, String change) throws Exception {
    ObjectNode body = message("ann", "x");
    body.setAll((ObjectNode) Json.mapper().readTree(change));
    assertEquals(code, code(send(body)));
    assertEquals(0, number("SELECT last_seq FROM conversation WHERE id = ?", group));
  }

  @Test
  void sizesAreExact() {
    String text = "x".repeat(12_288 - 59);
    ObjectNode body = message("ann", text);
    int bytes = Json.bytes(body.path("MsgBody")).length;
    assertEquals(0, code(send(message("ann", text + "y".repeat(12_288 - bytes)))));
    assertEquals(80002, code(send(message("ann", text + "y".repeat(12_289 - bytes)))));
    ObjectNode fifty = message("ann", "x");
    var to = fifty.putArray("To_Account").add("bo");
    for (int i = 1; i < 50; i++) {
      to.add("n" + i);
    }
    assertEquals(0, code(send(fifty)));
    to.add("n50");
    assertEquals(10004, code(send(fifty.put("Random", 777))));
  }

  @ParameterizedTest
  @CsvSource({
    "3, NoUnread, 10004",
    "3, NoLastMsg, 0",
    "5, NoUnread, 0",
    "1, NoUnread, 0",
    "2, NoLastMsg, 0"
  })
  void controlsDependOnTheType(int type, String word, int code) {
    groups.group("other", type, "ann", "bo");
    ObjectNode body = message("ann", "x").put("GroupId", "other");
    body.putArray("SendMsgControl").add(word);
    assertEquals(code, code(send(body)));
  }

  @ParameterizedTest
  @CsvSource({"1, 0", "2, 0", "3, 0", "5, 10007"})
  void receiptsDependOnTheType(int type, int code) {
    groups.group("other", type, "ann", "bo");
    assertEquals(
        code, code(send(message("ann", "x").put("GroupId", "other").put("NeedReadReceipt", 1))));
  }

  @Test
  void receiptsEndAboveTwoHundredMembers() {
    groups.run("UPDATE im_group SET member_count = 200 WHERE conversation_id = ?", group);
    assertEquals(0, code(send(message("ann", "x").put("NeedReadReceipt", 1))));
    groups.run("UPDATE im_group SET member_count = 201 WHERE conversation_id = ?", group);
    assertEquals(10060, code(send(message("ann", "x").put("NeedReadReceipt", 1))));
    assertEquals(0, code(send(message("ann", "x"))));
  }

  @Test
  void mutesBindWhomeverTheAppSpeaksForButNotTheCallerItself() {
    groups.run("UPDATE im_group SET mute_all = 1 WHERE conversation_id = ?", group);
    assertEquals(10017, code(send(message("bo", "x"))));
    assertEquals(0, code(send(message("ann", "x"))), "the owner");
    assertEquals(10017, code(send(message("dee", "x"))), "an outsider");
    assertEquals(0, code(send(message("administrator", "x"))));
    groups.run("UPDATE im_group SET mute_all = 0 WHERE conversation_id = ?", group);
    groups.run(
        "INSERT INTO group_mute (conversation_id, account_id, until) VALUES (?, ?, ?)",
        group,
        groups.account("cy"),
        Long.MAX_VALUE);
    assertEquals(10017, code(send(message("cy", "x"))));
    assertEquals(0, code(send(message("bo", "x"))));
    groups.run("UPDATE group_mute SET until = 1000 WHERE conversation_id = ?", group);
    assertEquals(0, code(send(message("cy", "x"))), "over");
    app.rest(
        "openconfigsvr/setnospeaking",
        "{\"Set_Account\":\"bo\",\"GroupmsgNospeakingTime\":4294967295}");
    assertEquals(10017, code(send(message("bo", "x"))));
  }

  @Test
  void beyondTheBudgetAMessageIsDroppedByPriorityAndTheSenderSeesSuccess() {
    List<JsonNode> replies = new ArrayList<>();
    long begin = System.nanoTime();
    for (int i = 0; i < 120; i++) {
      replies.add(send(message("ann", "n" + i).put("MsgPriority", i % 2 == 0 ? "High" : "Low")));
    }
    double seconds = (System.nanoTime() - begin) / 1e9;
    long stored = replies.stream().filter(each -> each.path("MsgSeq").asLong() > 0).count();
    assertTrue(stored <= 40 * (1 + Math.ceil(seconds)), stored + " in " + seconds);
    for (JsonNode each : replies) {
      assertEquals(0, code(each));
      boolean dropped = each.path("MsgSeq").asLong() == 0;
      assertEquals(dropped ? "MsgFreqCtrl" : "", each.path("MsgDropReason").asText(""));
      assertTrue(each.path("MsgTime").asLong() > 0);
    }
    assertEquals(stored, number("SELECT last_seq FROM conversation WHERE id = ?", group));
  }

  @Test
  void aPageHasNoMoreThanTwentyAndGoesOnBelow() {
    for (int i = 0; i < 25; i++) {
      assertEquals(0, code(send(message("ann", "n" + i).put("MsgPriority", "High"))));
    }
    JsonNode page = history(100, 0);
    assertEquals(20, page.path("RspMsgList").size());
    assertEquals(0, page.path("IsFinished").asInt());
    assertEquals(25, page.at("/RspMsgList/0/MsgSeq").asLong());
    page = history(20, 5);
    assertEquals(5, page.path("RspMsgList").size());
    assertEquals(1, page.path("IsFinished").asInt());
    assertEquals(1, history(2, 0).path("IsFinished").asInt(), "all that was asked for");
    assertEquals(25, history(1, 4_000_000_000L).at("/RspMsgList/0/MsgSeq").asLong());
    assertEquals(10004, code(history(0, 0)));
  }

  @Test
  void aThousandRecalledMessagesAreLookedPastAndOneEntrySaysWhereToGoOn() {
    long past = Instant.now().getEpochSecond() - 100;
    for (int from = 0; from < 1_020; from += 10) {
      ObjectNode body = Json.object().put("GroupId", "chess");
      for (int i = from; i < from + 10; i++) {
        ObjectNode one = message("ann", "x").put("SendTime", past);
        one.remove("GroupId");
        body.withArray("MsgList").add(one);
      }
      JsonNode reply = app.rest(SERVICE + "import_group_msg", body.toString());
      assertEquals(0, reply.at("/ImportMsgResult/9/Result").asInt(-1), reply::toString);
    }
    groups.run("UPDATE message SET flags = flags | 4 WHERE conversation_id = ? AND seq > 1", group);
    JsonNode page = history(20, 0);
    assertEquals(1, page.path("RspMsgList").size(), page::toString);
    assertEquals(1, page.at("/RspMsgList/0/IsPlaceMsg").asInt());
    assertEquals(21, page.at("/RspMsgList/0/MsgSeq").asInt(), "the lowest that was looked at");
    assertEquals(0, page.path("IsFinished").asInt(-1), "there is more below");
    page = history(20, 20);
    assertEquals(1, page.at("/RspMsgList/0/MsgSeq").asInt());
    assertEquals(1, page.path("IsFinished").asInt());
    groups.run("UPDATE message SET flags = flags | 4 WHERE conversation_id = ?", group);
    page = history(20, 20);
    assertEquals(0, page.path("RspMsgList").size(), page::toString);
    assertEquals(1, page.path("IsFinished").asInt());
  }

  @Test
  void whatHasExpiredIsAHole() {
    for (int i = 0; i < 3; i++) {
      send(message("ann", "n" + i));
    }
    groups.run("UPDATE message SET time = 1000 WHERE conversation_id = ? AND seq < 3", group);
    JsonNode page = history(10, 0);
    assertEquals(3, page.path("RspMsgList").size());
    JsonNode hole = page.at("/RspMsgList/1");
    assertEquals(1, hole.path("IsPlaceMsg").asInt());
    assertEquals(0, hole.path("MsgBody").size());
    assertEquals("", hole.path("From_Account").asText("absent"));
  }

  @Test
  void otherAppsHaveGroupsOfTheirOwn() {
    TestApp other = TestServer.shared().newApp().withUsers("ann");
    assertEquals(
        10010, code(other.rest(SERVICE + "send_group_msg", message("ann", "x").toString())));
    new StoredGroups(other).group("chess", StoredGroups.PUBLIC, "ann");
    send(message("ann", "here"));
    JsonNode page =
        other.rest(SERVICE + "group_msg_get_simple", "{\"GroupId\":\"chess\",\"ReqMsgNumber\":5}");
    assertEquals(0, page.path("RspMsgList").size());
  }

  @Test
  void aGroupThatIsGoneTakesNothing() {
    send(message("ann", "x"));
    groups.run("UPDATE im_group SET gone_id = conversation_id WHERE conversation_id = ?", group);
    assertEquals(10010, code(send(message("ann", "x"))));
  }

  private JsonNode send(ObjectNode body) {
    return app.rest(SERVICE + "send_group_msg", body.toString());
  }

  private JsonNode history(int number, long seq) {
    ObjectNode body = Json.object().put("GroupId", "chess").put("ReqMsgNumber", number);
    if (seq > 0) {
      body.put("ReqMsgSeq", seq);
    }
    return app.rest(SERVICE + "group_msg_get_simple", body.toString());
  }

  private long unread(String userId) {
    return groups
        .region()
        .read(c -> new GroupUnreadStore().unread(c, groups.account(userId)))
        .getOrDefault(group, new GroupUnreadStore.Unread(0, true))
        .count();
  }

  private long lastSendTime(String userId) {
    return number(
        "SELECT last_send_time FROM group_member WHERE conversation_id = ? AND account_id = ?",
        group,
        groups.account(userId));
  }

  private long number(String sql, Object... parameters) {
    return groups.region().read(c -> GroupRows.number(c, sql, parameters));
  }

  static ObjectNode message(String from, String text) {
    ObjectNode body =
        Json.object()
            .put("GroupId", "chess")
            .put("From_Account", from)
            .put("Random", RANDOM.incrementAndGet() + 100_000);
    body.putArray("MsgBody")
        .addObject()
        .put("MsgType", "TIMTextElem")
        .putObject("MsgContent")
        .put("Text", text);
    return body;
  }

  private static int code(JsonNode reply) {
    return reply.path("ErrorCode").asInt();
  }
}
