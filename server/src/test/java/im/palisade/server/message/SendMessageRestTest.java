package im.palisade.server.message;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import im.palisade.client.HistoryRange;
import im.palisade.client.ImMessage;
import im.palisade.server.protocol.Json;
import im.palisade.server.testing.TestApp;
import im.palisade.server.testing.TestServer;
import im.palisade.server.testing.TestUser;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** rest-messages B1 (sendmsg) and B4 (admin_getroammsg), seen from an app's back end. */
class SendMessageRestTest {
  private static final String TEXT =
      "[{\"MsgType\":\"TIMTextElem\",\"MsgContent\":{\"Text\":\"hi\"}}]";
  private static final AtomicLong RANDOM = new AtomicLong(1);

  private final TestApp app = TestServer.shared().newApp().withUsers("mia", "noah");

  @Test
  void aMessageIsAnsweredWithItsKeyAndStandsInBothHistories() {
    JsonNode reply = send(message("mia", "noah"));
    assertEquals(0, reply.path("ErrorCode").asInt(), reply::toString);
    String key = reply.path("MsgKey").asText();
    assertTrue(key.endsWith("_" + reply.path("MsgTime").asLong()), key);
    assertTrue(reply.path("MsgId").asText().matches("\\d+-\\d+-\\d+"));
    for (String[] view : new String[][] {{"mia", "noah"}, {"noah", "mia"}}) {
      JsonNode page = history(view[0], view[1], 10);
      assertEquals(1, page.path("MsgCnt").asInt(), page::toString);
      JsonNode stored = page.at("/MsgList/0");
      assertEquals("mia", stored.path("From_Account").asText());
      assertEquals("noah", stored.path("To_Account").asText());
      assertEquals(key, stored.path("MsgKey").asText());
      assertEquals("hi", stored.at("/MsgBody/0/MsgContent/Text").asText());
      assertEquals("", stored.path("CloudCustomData").asText("absent"));
      assertEquals(1, page.path("Complete").asInt());
      assertEquals(key, page.path("LastMsgKey").asText());
    }
  }

  @Test
  void theCallerIsTheSenderUnlessAnotherIsNamed() {
    ObjectNode body = message("mia", "noah");
    body.remove("From_Account");
    send(body);
    assertEquals(
        "administrator",
        history("noah", "administrator", 1).at("/MsgList/0/From_Account").asText());
  }

  @Test
  void pushSettingsAreBoundedSinceABatchStoresThemForEveryRecipient() {
    ObjectNode body = message("mia", "noah");
    body.putObject("OfflinePushInfo").put("Ext", "e".repeat(OfflinePush.MAX_BYTES - 10));
    assertEquals(0, send(body).path("ErrorCode").asInt());
    body.putObject("OfflinePushInfo").put("Ext", "e".repeat(OfflinePush.MAX_BYTES - 9));
    assertEquals(90043, send(body).path("ErrorCode").asInt());
  }

  @Test
  void everyDeviceOfTheRecipientGetsIt() {
    try (TestUser phone = app.login("noah", "android", "p");
        TestUser web = app.login("noah", "web", "w")) {
      JsonNode reply = send(message("mia", "noah"));
      for (TestUser device : new TestUser[] {phone, web}) {
        ImMessage arrived = device.nextMessage();
        assertEquals("C2Cmia", arrived.conversation());
        assertEquals("mia", arrived.from());
        assertEquals(reply.path("MsgKey").asText(), arrived.msgKey());
        assertEquals(1, arrived.seq());
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"1, true, 1", "2, false, 0", "0, false, 1"})
  void syncOtherMachineDecidesWhatTheSenderGets(int sync, boolean delivered, int kept) {
    try (TestUser mia = app.login("mia")) {
      assertEquals(
          0, send(message("mia", "noah").put("SyncOtherMachine", sync)).path("ErrorCode").asInt());
      assertEquals(delivered, mia.settle().hasMessage());
      assertEquals(kept, history("mia", "noah", 10).path("MsgCnt").asInt());
      assertEquals(1, history("noah", "mia", 10).path("MsgCnt").asInt());
      assertEquals(kept, mia.history("noah", new HistoryRange.Newest(), 10).messages().size());
    }
  }

  @Test
  void anOnlineOnlyMessageIsDeliveredAndNotKept() {
    try (TestUser noah = app.login("noah")) {
      send(message("mia", "noah").put("OnlineOnlyFlag", 1).put("MsgLifeTime", 60));
      assertEquals(0, noah.nextMessage().seq());
      send(message("mia", "noah").put("MsgLifeTime", 0));
      assertEquals(0, noah.nextMessage().seq());
    }
    assertEquals(0, history("noah", "mia", 10).path("MsgCnt").asInt());
  }

  @Test
  void aNoteToOneselfIsOneMessage() {
    try (TestUser mia = app.login("mia")) {
      assertEquals(0, send(message("mia", "mia")).path("ErrorCode").asInt());
      assertEquals("C2Cmia", mia.nextMessage().conversation());
      assertFalse(mia.settle().hasMessage());
    }
    assertEquals(1, history("mia", "mia", 10).path("MsgCnt").asInt());
  }

  @Test
  void theSameRandomInTheSameSecondIsAnsweredWithTheFirstMessage() {
    // A second may turn between two requests: then the rule does not apply and we try again.
    for (int attempt = 0; attempt < 20; attempt++) {
      ObjectNode body = message("mia", "noah");
      JsonNode first = send(body);
      JsonNode second = send(body);
      if (first.path("MsgTime").equals(second.path("MsgTime"))) {
        assertEquals(first.path("MsgKey"), second.path("MsgKey"));
        assertEquals(first.path("MsgId"), second.path("MsgId"));
        return;
      }
    }
    throw new AssertionError("never twice within one second");
  }

  @Test
  void differentMsgSeqsMakeDifferentMessages() {
    ObjectNode body = message("mia", "noah");
    JsonNode first = send(body.deepCopy().put("MsgSeq", 5));
    JsonNode second = send(body.deepCopy().put("MsgSeq", 6));
    assertTrue(first.path("MsgKey").asText().startsWith("5_"));
    assertTrue(second.path("MsgKey").asText().startsWith("6_"));
    assertEquals(2, history("noah", "mia", 10).path("MsgCnt").asInt());
  }

  @Test
  void contentComesBackAsItCame() throws Exception {
    String content =
        "[{\"MsgType\":\"TIMFaceElem\",\"MsgContent\":{\"Index\":1,\"Data\":\"abc\\u0000\\u0001\"}},"
            + "{\"MsgType\":\"TIMLocationElem\",\"MsgContent\":{\"Desc\":\"d\","
            + "\"Latitude\":29.340656774469956,\"Longitude\":116.77497920478824,\"x\":[1,{\"y\":2}]}}]";
    ObjectNode body = message("mia", "noah").put("CloudCustomData", "{\"a\":\"\u4f60\"}");
    body.set("MsgBody", Json.mapper().readTree(content));
    assertEquals(0, send(body).path("ErrorCode").asInt());
    JsonNode stored = history("noah", "mia", 1).at("/MsgList/0");
    assertEquals(Json.mapper().readTree(content), stored.path("MsgBody"));
    assertEquals("{\"a\":\"\u4f60\"}", stored.path("CloudCustomData").asText());
  }

  @ParameterizedTest
  @CsvSource({"12288, 0", "12289, 93000"})
  void theSizeLimitIsExact(int bytes, int code) {
    ObjectNode body = message("mia", "noah");
    int overhead = TEXT.length() - "hi".length();
    body.withArray("MsgBody")
        .get(0)
        .withObject("/MsgContent")
        .put("Text", "x".repeat(bytes - overhead));
    assertEquals(code, send(body).path("ErrorCode").asInt());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\0',
      textBlock =
          """
          To_Account|null|90003
          To_Account|7|90003
          To_Account|"ghost"|90012
          To_Account|" x"|20003
          From_Account|"ghost"|90048
          From_Account|9|20003
          MsgRandom|null|90005
          MsgRandom|"5"|90005
          MsgRandom|-1|90005
          MsgRandom|4294967296|90005
          MsgSeq|-1|20001
          MsgLifeTime|"60"|90044
          MsgLifeTime|-1|90026
          SyncOtherMachine|"1"|90031
          MsgBody|null|90002
          MsgBody|{}|90007
          MsgBody|[]|90002
          MsgBody|[7]|90002
          MsgBody|[{"MsgType":"TIMTextElem"}]|90002
          MsgBody|[{"MsgContent":{}}]|90002
          MsgBody|[{"MsgType":"TIMNoElem","MsgContent":{}}]|90010
          MsgBody|[{"MsgType":"TIMTextElem","MsgContent":{}}]|90010
          MsgBody|[{"MsgType":"TIMTextElem","MsgContent":{"Text":5}}]|90010
          MsgBody|[{"MsgType":"TIMFaceElem","MsgContent":{"Index":"5"}}]|90010
          MsgBody|[{"MsgType":"TIMGroupTipElem","MsgContent":{}}]|90010
          OfflinePushInfo|[]|90043
          OfflinePushInfo|{"PushFlag":"1"}|90043
          OfflinePushInfo|{"ApnsInfo":{"BadgeMode":"1"}}|90043
          SendMsgControl|"NoUnread"|90001
          ForbidCallbackControl|{}|90001
          """)
  void aBadFieldIsRefusedWithItsCodeAndNothingIsStored(String field, String value, int code)
      throws Exception {
    ObjectNode body = message("mia", "noah");
    body.set(field, Json.mapper().readTree(value));
    JsonNode reply = send(body);
    assertEquals(code, reply.path("ErrorCode").asInt(), reply::toString);
    assertEquals("FAIL", reply.path("ActionStatus").asText());
    assertEquals(0, history("noah", "mia", 1).path("MsgCnt").asInt());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\0',
      textBlock =
          """
          MsgLifeTime|99999999
          SyncOtherMachine|7
          SendMsgControl|["Nonsense",5]
          ForbidCallbackControl|["Nonsense"]
          CloudCustomData|null
          MsgTimeStamp|1
          Unknown|{"a":1}
          OfflinePushInfo|{"Title":null,"Vendor":{"x":1}}
          """)
  void whatTheSpecificationToleratesIsTaken(String field, String value) throws Exception {
    ObjectNode body = message("mia", "noah");
    body.set(field, Json.mapper().readTree(value));
    assertEquals(0, send(body).path("ErrorCode").asInt());
  }

  @Test
  void twoCustomElementsAreOneTooMany() throws Exception {
    ObjectNode body = message("mia", "noah");
    String custom = "{\"MsgType\":\"TIMCustomElem\",\"MsgContent\":{\"Data\":\"d\"}}";
    body.set("MsgBody", Json.mapper().readTree("[" + custom + "]"));
    assertEquals(0, send(body).path("ErrorCode").asInt());
    body.set("MsgBody", Json.mapper().readTree("[" + custom + "," + custom + "]"));
    assertEquals(90010, send(body).path("ErrorCode").asInt());
  }

  @Test
  void historyPagesBackFromTheNewestWithoutGapOrRepeat() {
    for (int i = 0; i < 7; i++) {
      send(message("mia", "noah").put("MsgSeq", 100 + i).put("MsgRandom", 1000 + i));
    }
    StringBuilder seen = new StringBuilder();
    long maxTime = Integer.MAX_VALUE;
    String lastKey = "";
    boolean complete = false;
    for (int page = 0; !complete && page < 10; page++) {
      JsonNode reply = history("noah", "mia", 3, maxTime, lastKey);
      assertEquals(reply.path("MsgCnt").asInt(), reply.path("MsgList").size());
      StringBuilder ascending = new StringBuilder();
      reply.path("MsgList").forEach(m -> ascending.append(m.path("MsgSeq").asInt()).append(' '));
      seen.insert(0, ascending);
      complete = reply.path("Complete").asInt() == 1;
      maxTime = reply.path("LastMsgTime").asLong();
      lastKey = reply.path("LastMsgKey").asText();
    }
    assertEquals("100 101 102 103 104 105 106 ", seen.toString());
  }

  @Test
  void aHistoryPageStaysBelowThirteenKilobytesButHoldsAMessage() {
    ObjectNode body = message("mia", "noah");
    body.withArray("MsgBody").get(0).withObject("/MsgContent").put("Text", "x".repeat(8000));
    for (int i = 0; i < 3; i++) {
      send(body.put("MsgRandom", RANDOM.incrementAndGet()));
    }
    JsonNode reply = history("noah", "mia", 10);
    assertEquals(1, reply.path("MsgCnt").asInt());
    assertEquals(0, reply.path("Complete").asInt());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\0',
      textBlock =
          """
          {"Operator_Account":"ghost","Peer_Account":"mia","MaxCnt":1,"MinTime":0,"MaxTime":1}|90008
          {"Peer_Account":"mia","MaxCnt":1,"MinTime":0,"MaxTime":1}|90008
          {"Operator_Account":"noah","MaxCnt":1,"MinTime":0,"MaxTime":1}|90003
          {"Operator_Account":"noah","Peer_Account":5,"MaxCnt":1,"MinTime":0,"MaxTime":1}|90003
          {"Operator_Account":"noah","Peer_Account":"mia","MaxCnt":0,"MinTime":0,"MaxTime":1}|90001
          {"Operator_Account":"noah","Peer_Account":"mia","MinTime":0,"MaxTime":1}|90001
          {"Operator_Account":"noah","Peer_Account":"mia","MaxCnt":1,"MaxTime":1}|90001
          {"Operator_Account":"noah","Peer_Account":"mia","MaxCnt":1,"MinTime":0,"MaxTime":1,"LastMsgKey":"1_2"}|90054
          {"Operator_Account":"noah","Peer_Account":"ghost","MaxCnt":1,"MinTime":0,"MaxTime":1}|0
          {"From_Account":"noah","To_Account":"mia","MaxCnt":1,"MinTime":5,"MaxTime":1}|0
          """)
  void aBadHistoryRequestIsRefusedWithItsCode(String body, int code) {
    assertEquals(code, app.rest("openim/admin_getroammsg", body).path("ErrorCode").asInt());
  }

  private JsonNode send(ObjectNode body) {
    return app.rest("openim/sendmsg", body.toString());
  }

  private JsonNode history(String operator, String peer, int count) {
    return history(operator, peer, count, Integer.MAX_VALUE, "");
  }

  private JsonNode history(
      String operator, String peer, int count, long maxTime, String lastMsgKey) {
    ObjectNode body =
        Json.object()
            .put("Operator_Account", operator)
            .put("Peer_Account", peer)
            .put("MaxCnt", count)
            .put("MinTime", 0)
            .put("MaxTime", maxTime)
            .put("LastMsgKey", lastMsgKey);
    return app.rest("openim/admin_getroammsg", body.toString());
  }

  private static ObjectNode message(String from, String to) {
    ObjectNode body =
        Json.object()
            .put("From_Account", from)
            .put("To_Account", to)
            .put("MsgRandom", RANDOM.incrementAndGet());
    body.putArray("MsgBody")
        .addObject()
        .put("MsgType", "TIMTextElem")
        .putObject("MsgContent")
        .put("Text", "hi");
    return body;
  }
}
