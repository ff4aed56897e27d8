package im.palisade.server.message;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import im.palisade.server.protocol.Json;
import im.palisade.server.testing.TestApp;
import im.palisade.server.testing.TestServer;
import im.palisade.server.testing.TestUser;
import java.time.Instant;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;

/** What the specification settles of messages beside its tables (rest-messages A4, B1–B4). */
class HistoryRulesRestTest {
  private final TestApp app = TestServer.shared().newApp().withUsers("mia", "noah", "zoe");
  private final long now = Instant.now().getEpochSecond();

  @Test
  void theClientsTimeOfABackEndsMessageIsTheServers() {
    send(1, Json.object());
    JsonNode message = page(Json.object()).at("/MsgList/0");
    assertEquals(message.path("MsgTimeStamp").asLong(), message.path("MsgClientTime").asLong());
    assertEquals("", message.path("CloudCustomData").asText("missing"));
  }

  @Test
  void theOldNamesOfBothPartiesStillReadHistory() {
    send(1, Json.object());
    ObjectNode old =
        Json.object()
            .put("From_Account", "noah")
            .put("To_Account", "mia")
            .put("MaxCnt", 10)
            .put("MinTime", now - 600)
            .put("MaxTime", now + 60);
    assertEquals(1, ok("openim/admin_getroammsg", old).path("MsgCnt").asInt());
  }

  @Test
  void aRangeThatEndsBeforeItBeginsIsEmptyAndFinished() {
    send(1, Json.object());
    JsonNode page = page(Json.object().put("MinTime", now + 60).put("MaxTime", now - 60));
    assertEquals(
        "1 0 0 ''",
        "%s %s %s '%s'"
            .formatted(
                page.path("Complete"),
                page.path("MsgCnt"),
                page.path("LastMsgTime"),
                page.path("LastMsgKey").asText()));
    assertTrue(page.path("MsgList").isArray() && page.path("MsgList").isEmpty());
  }

  @Test
  void aKeyThatNamesNoMessageAnyMoreIsAPosition() {
    for (int seq : new int[] {1, 2, 4}) {
      imported(2, seq, now - 100);
    }
    String place = "3_77_" + (now - 100);
    JsonNode page = page(Json.object().put("MaxTime", now - 100).put("LastMsgKey", place));
    assertEquals("1 2", seqs(page));
    assertEquals(1, page.path("Complete").asInt());
  }

  @Test
  void anUnknownPeerHasNoHistory() {
    JsonNode page = page(Json.object().put("Peer_Account", "ghost"));
    assertEquals(0, page.path("MsgCnt").asInt());
    assertEquals(1, page.path("Complete").asInt());
  }

  @Test
  void anImportOfTheOldKindIsTakenForRealTime() {
    try (TestUser noah = app.login("noah")) {
      imported(1, 5, now - 10);
      assertEquals("old", noah.nextMessage().text());
      JsonNode unread =
          ok("openim/get_c2c_unread_msg_num", Json.object().put("To_Account", "noah"));
      assertEquals(1, unread.path("AllC2CUnreadMsgNum").asInt());
    }
  }

  @Test
  void anImportOfThePastMovesNoListBack() {
    send(1, Json.object());
    imported(2, 9, now - 5_000);
    ObjectNode all = Json.object().put("From_Account", "noah").put("AssistFlags", 7);
    for (String cursor :
        new String[] {"TimeStamp", "StartIndex", "TopTimeStamp", "TopStartIndex"}) {
      all.put(cursor, 0);
    }
    long time = ok("recentcontact/get_list", all).at("/SessionItem/0/MsgTime").asLong();
    assertTrue(time >= now - 60, Long.toString(time));
  }

  @Test
  void aRecipientNamedTwiceGetsABatchOnce() {
    ObjectNode batch = message(7);
    batch.putArray("To_Account").add("noah").add("noah").add("zoe").add("x".repeat(200));
    JsonNode reply = app.rest("openim/batchsendmsg", batch.toString());
    assertEquals("SomeError", reply.path("ActionStatus").asText(), reply::toString);
    assertEquals(1, reply.path("ErrorList").size());
    assertEquals(70107, reply.at("/ErrorList/0/ErrorCode").asInt());
    assertEquals(1, page(Json.object()).path("MsgCnt").asInt());
    ObjectNode none = message(8);
    none.putArray("To_Account").add("ghost");
    JsonNode failed = app.rest("openim/batchsendmsg", none.toString());
    assertEquals(90012, failed.path("ErrorCode").asInt());
    assertEquals("invalid To_Account", failed.path("ErrorInfo").asText());
    assertFalse(failed.has("MsgKey"));
    none.putArray("To_Account").add("noah").add(7);
    assertEquals(90003, app.rest("openim/batchsendmsg", none.toString()).path("ErrorCode").asInt());
  }

  @Test
  void onlineOnlyWinsOverALifeTimeAndOneTooLongIsCut() {
    send(1, Json.object().put("OnlineOnlyFlag", 1).put("MsgLifeTime", 600));
    assertEquals(0, page(Json.object()).path("MsgCnt").asInt());
    send(2, Json.object().put("MsgLifeTime", 99_999_999));
    send(3, Json.object().put("SyncOtherMachine", 7));
    assertEquals(2, page(Json.object()).path("MsgCnt").asInt());
    assertEquals(
        2,
        page(Json.object().put("Operator_Account", "mia").put("Peer_Account", "noah"))
            .path("MsgCnt")
            .asInt(),
        "another number means the sender's history only");
  }

  @Test
  void whatWasOnlineOnlyCanNeitherBeRecalledNorModified() {
    String key = send(1, Json.object().put("OnlineOnlyFlag", 1)).path("MsgKey").asText();
    ObjectNode body = message(1).put("To_Account", "noah").put("MsgKey", key);
    assertEquals(
        20022, app.rest("openim/admin_msgwithdraw", body.toString()).path("ErrorCode").asInt());
    assertEquals(
        20026, app.rest("openim/modify_c2c_msg", body.toString()).path("ErrorCode").asInt());
  }

  private JsonNode send(long random, ObjectNode more) {
    ObjectNode body = message(random).put("To_Account", "noah");
    body.setAll(more);
    return ok("openim/sendmsg", body);
  }

  private void imported(int kind, long seq, long time) {
    ObjectNode body =
        message(77).put("To_Account", "noah").put("SyncFromOldSystem", kind).put("MsgSeq", seq);
    body.put("MsgTimeStamp", time);
    ok("openim/importmsg", body);
  }

  private static ObjectNode message(long random) {
    ObjectNode body = Json.object().put("From_Account", "mia").put("MsgRandom", random);
    ObjectNode element = body.putArray("MsgBody").addObject().put("MsgType", "TIMTextElem");
    element.putObject("MsgContent").put("Text", "old");
    return body;
  }

  private JsonNode page(ObjectNode more) {
    ObjectNode body =
        Json.object()
            .put("Operator_Account", "noah")
            .put("Peer_Account", "mia")
            .put("MaxCnt", 10)
            .put("MinTime", now - 600)
            .put("MaxTime", now + 60);
    body.setAll(more);
    return ok("openim/admin_getroammsg", body);
  }

  private JsonNode ok(String path, ObjectNode body) {
    JsonNode reply = app.rest(path, body.toString());
    assertEquals(0, reply.path("ErrorCode").asInt(), () -> path + reply);
    return reply;
  }

  private static String seqs(JsonNode page) {
    return StreamSupport.stream(page.path("MsgList").spliterator(), false)
        .map(each -> each.path("MsgSeq").asText())
        .collect(Collectors.joining(" "));
  }
}
