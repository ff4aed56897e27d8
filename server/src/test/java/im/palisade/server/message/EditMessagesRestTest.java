package im.palisade.server.message;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import im.palisade.client.HistoryRange;
import im.palisade.server.protocol.Json;
import im.palisade.server.testing.TestApp;
import im.palisade.server.testing.TestServer;
import im.palisade.server.testing.TestUser;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** rest-messages B5 (recall), B6 (one-sided deletion), B9 (receipts), B10 (modification). */
class EditMessagesRestTest {
  private final TestApp app = TestServer.shared().newApp().withUsers("mia", "noah", "lea");
  private final StoredMessages messages = new StoredMessages(app);

  @Test
  void aRecalledMessageKeepsItsBodyForAdministratorsOnly() {
    String key = messages.send("mia", "noah", "oops");
    assertEquals(0, messages.code("admin_msgwithdraw", named("mia", "noah", key)));
    for (String[] view : new String[][] {{"mia", "noah"}, {"noah", "mia"}}) {
      JsonNode stored = messages.history(view[0], view[1]).path(0);
      assertEquals(8, stored.path("MsgFlagBits").asInt());
      assertEquals("oops", stored.at("/MsgBody/0/MsgContent/Text").asText());
    }
    try (TestUser noah = app.login("noah")) {
      assertEquals(
          "[]",
          noah.history("mia", new HistoryRange.Newest(), 10)
              .messages()
              .getFirst()
              .body()
              .toString());
    }
  }

  @Test
  void bothSidesDevicesAreToldOfARecall() throws Exception {
    String key = messages.send("mia", "noah", "oops");
    try (TestUser mia = app.login("mia");
        TestUser noah = app.login("noah")) {
      messages.call("admin_msgwithdraw", named("mia", "noah", key));
      JsonNode told = event(noah, "message.recalled");
      assertEquals("C2Cmia", told.path("conversation").asText());
      assertEquals(key, told.path("msgKey").asText());
      assertEquals(1, told.path("seq").asInt());
      assertEquals(1, told.path("changeSeq").asInt());
      assertEquals("mia", told.path("revoker").asText());
      assertEquals("C2Cnoah", event(mia, "message.recalled").path("conversation").asText());
    }
  }

  @Test
  void recallingTwiceIsRefused() {
    String key = messages.send("mia", "noah", "oops");
    assertEquals(0, messages.code("admin_msgwithdraw", named("mia", "noah", key)));
    assertEquals(20023, messages.code("admin_msgwithdraw", named("mia", "noah", key)));
  }

  @Test
  void ofManyRecallsAtOnceOneSucceedsWhileSendingGoesOn() throws Exception {
    String key = messages.send("mia", "noah", "oops");
    List<Callable<Integer>> calls = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      calls.add(() -> messages.code("admin_msgwithdraw", named("mia", "noah", key)));
      calls.add(() -> messages.send("mia", "noah", "more").isEmpty() ? 1 : 2);
    }
    List<Integer> codes = new ArrayList<>();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (Future<Integer> call : threads.invokeAll(calls)) {
        codes.add(call.get());
      }
    }
    assertEquals(1, Collections.frequency(codes, 0));
    assertEquals(7, Collections.frequency(codes, 20023));
    assertEquals(8, Collections.frequency(codes, 2));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\0',
      textBlock =
          """
          From_Account|null|90008
          From_Account|"ghost"|90008
          From_Account|7|90008
          To_Account|null|90003
          To_Account|"ghost"|90003
          To_Account|"lea"|20022
          MsgKey|null|90054
          MsgKey|7|90054
          MsgKey|"1_2"|90054
          MsgKey|"1_2_-3"|90054
          MsgKey|"1_2_4294967296"|90054
          MsgKey|"1_2_3"|20022
          """)
  void aRecallThatCannotBeIsRefusedWithItsCode(String field, String value, int code)
      throws Exception {
    String key = messages.send("mia", "noah", "stays");
    ObjectNode body = named("mia", "noah", key);
    body.set(field, Json.mapper().readTree(value));
    assertEquals(code, messages.code("admin_msgwithdraw", body));
    assertEquals(0, messages.history("noah", "mia").at("/0/MsgFlagBits").asInt());
  }

  @Test
  void onlyTheSendersDirectionCountsForARecall() {
    String key = messages.send("mia", "noah", "stays");
    assertEquals(20022, messages.code("admin_msgwithdraw", named("noah", "mia", key)));
  }

  @Test
  void aMessageOfAnotherAppIsNotFound() {
    String key = messages.send("mia", "noah", "stays");
    StoredMessages other =
        new StoredMessages(TestServer.shared().newApp().withUsers("mia", "noah"));
    other.send("mia", "noah", "theirs");
    assertEquals(20022, other.code("admin_msgwithdraw", named("mia", "noah", key)));
    assertEquals(0, messages.history("noah", "mia").at("/0/MsgFlagBits").asInt());
  }

  @Test
  void aModifiedMessageHasItsNewBodyOnBothSidesAndNothingElseChanges() throws Exception {
    ObjectNode sent = StoredMessages.message("mia", "noah", "one").put("CloudCustomData", "c");
    String key = messages.send(sent);
    JsonNode before = messages.history("noah", "mia").path(0);
    try (TestUser mia = app.login("mia");
        TestUser noah = app.login("noah")) {
      ObjectNode body = named("mia", "noah", key);
      body.putArray("MsgBody").add(StoredMessages.element("two \u0000'\";--\ud83d\ude00"));
      JsonNode reply = messages.call("modify_c2c_msg", body);
      assertEquals("succeed", reply.path("ErrorInfo").asText());
      assertEquals("OK", reply.path("ActionStatus").asText());
      for (TestUser device : new TestUser[] {mia, noah}) {
        JsonNode told = event(device, "message.modified");
        assertEquals(body.path("MsgBody"), told.path("body"));
        assertEquals("c", told.path("cloudCustomData").asText());
        assertEquals(key, told.path("msgKey").asText());
      }
      assertFalse(noah.settle().hasMessage());
      for (String[] view : new String[][] {{"mia", "noah"}, {"noah", "mia"}}) {
        ObjectNode after = (ObjectNode) messages.history(view[0], view[1]).path(0);
        assertEquals(body.path("MsgBody"), after.path("MsgBody"));
        after.set("MsgBody", before.path("MsgBody"));
        assertEquals(before, after);
      }
    }
    assertEquals(1, messages.unread("noah", "mia"));
  }

  @Test
  void customDataAloneIsReplacedAlone() {
    String key = messages.send("mia", "noah", "one");
    ObjectNode body = named("mia", "noah", key).put("CloudCustomData", "new");
    assertEquals(0, messages.code("modify_c2c_msg", body));
    JsonNode stored = messages.history("noah", "mia").path(0);
    assertEquals("one", stored.at("/MsgBody/0/MsgContent/Text").asText());
    assertEquals("new", stored.path("CloudCustomData").asText());
  }

  @Test
  void theSizeLimitCountsWhatStaysToo() {
    ObjectNode sent = StoredMessages.message("mia", "noah", "x".repeat(8000));
    String key = messages.send(sent);
    int stored = sent.path("MsgBody").toString().length();
    ObjectNode fits = named("mia", "noah", key).put("CloudCustomData", "c".repeat(12_288 - stored));
    assertEquals(0, messages.code("modify_c2c_msg", fits));
    ObjectNode over = named("mia", "noah", key).put("CloudCustomData", "c".repeat(12_289 - stored));
    assertEquals(93000, messages.code("modify_c2c_msg", over));
  }

  @Test
  void aRecalledMessageIsNotModified() {
    String key = messages.send("mia", "noah", "one");
    messages.call("admin_msgwithdraw", named("mia", "noah", key));
    ObjectNode body = named("mia", "noah", key).put("CloudCustomData", "new");
    assertEquals(20026, messages.code("modify_c2c_msg", body));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\0',
      textBlock =
          """
          From_Account|null|90008
          From_Account|7|90008
          From_Account|"ghost"|90048
          To_Account|null|90003
          To_Account|7|90003
          To_Account|"ghost"|90012
          To_Account|"lea"|20026
          MsgKey|null|90054
          MsgKey|"x"|90054
          MsgKey|"1_2_3"|20026
          MsgBody|null|90002
          MsgBody|{}|90007
          MsgBody|[]|90002
          MsgBody|[{"MsgType":"TIMTextElem","MsgContent":{}}]|90010
          """)
  void aModificationThatCannotBeIsRefusedWithItsCode(String field, String value, int code)
      throws Exception {
    String key = messages.send("mia", "noah", "stays");
    ObjectNode body = named("mia", "noah", key);
    body.putArray("MsgBody").add(StoredMessages.element("new"));
    body.set(field, Json.mapper().readTree(value));
    assertEquals(code, messages.code("modify_c2c_msg", body));
    assertEquals("stays", messages.texts("noah", "mia"));
  }

  @Test
  void whatOneSideDeletesTheOtherKeeps() throws Exception {
    String first = messages.send("mia", "noah", "one");
    String second = messages.send("noah", "mia", "two");
    messages.send("mia", "noah", "three");
    try (TestUser mia = app.login("mia");
        TestUser noah = app.login("noah")) {
      JsonNode reply = messages.call("delete_c2c_msg_ramble", keys("noah", "mia", first, second));
      assertEquals(0, reply.path("ErrorCode").asInt());
      assertTrue(reply.path("InvalidMsgKeyList").isMissingNode());
      JsonNode told = event(noah, "message.deleted");
      assertEquals("C2Cmia", told.path("conversation").asText());
      assertEquals(2, told.path("messages").size());
      assertEquals("three", messages.texts("noah", "mia"));
      assertEquals("one two three", messages.texts("mia", "noah"));
      assertEquals(1, noah.history("mia", new HistoryRange.Newest(), 10).messages().size());
      assertEquals(3, mia.history("noah", new HistoryRange.Newest(), 10).messages().size());
    }
    assertEquals(1, messages.unread("noah", "mia"));
  }

  @Test
  void malformedKeysAreListedUnknownOnesSkipped() {
    String key = messages.send("mia", "noah", "one");
    JsonNode reply =
        messages.call("delete_c2c_msg_ramble", keys("noah", "mia", "bad", key, "1_2_3", "'; --"));
    assertEquals(0, reply.path("ErrorCode").asInt());
    assertEquals("[\"bad\",\"'; --\"]", reply.path("InvalidMsgKeyList").toString());
    assertEquals("", messages.texts("noah", "mia"));
    assertEquals(0, messages.code("delete_c2c_msg_ramble", keys("noah", "mia", "all", "bad")));
    assertEquals(0, messages.code("delete_c2c_msg_ramble", keys("lea", "mia", key)));
    assertEquals("one", messages.texts("mia", "noah"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\0',
      textBlock =
          """
          Operator_Account|null|90008
          Operator_Account|"ghost"|90008
          Peer_Account|null|90003
          Peer_Account|"ghost"|90003
          MsgKeyList|null|90001
          MsgKeyList|[]|90001
          MsgKeyList|"x"|90001
          MsgKeyList|[5]|90001
          """)
  void aBadDeletionIsRefusedWithItsCode(String field, String value, int code) throws Exception {
    ObjectNode body = keys("noah", "mia", "1_2_3");
    body.set(field, Json.mapper().readTree(value));
    assertEquals(code, messages.code("delete_c2c_msg_ramble", body));
  }

  @ParameterizedTest
  @CsvSource({"30, 0", "31, 90001"})
  void atMostThirtyMessagesAreDeletedAtOnce(int count, int code) {
    ObjectNode body = keys("noah", "mia");
    for (int i = 0; i < count; i++) {
      body.withArray("MsgKeyList").add("1_2_" + i);
    }
    assertEquals(code, messages.code("delete_c2c_msg_ramble", body));
  }

  @Test
  void aReceiptIsSeenInHistoryAndTellsTheSenderOnce() throws Exception {
    String asked =
        messages.send(StoredMessages.message("mia", "noah", "?").put("IsNeedReadReceipt", 1));
    String notAsked = messages.send("mia", "noah", "!");
    try (TestUser mia = app.login("mia")) {
      ObjectNode body = receipts("noah", "mia", asked, notAsked, "1_2_3");
      assertEquals(0, messages.code("c2c_msg_read_receipt", body));
      assertEquals(0, messages.code("c2c_msg_read_receipt", body));
      JsonNode told = event(mia, "message.receipt");
      assertEquals("C2Cnoah", told.path("conversation").asText());
      assertEquals(1, told.path("messages").size());
      assertEquals(asked, told.at("/messages/0/msgKey").asText());
      messages.call("admin_msgwithdraw", named("mia", "noah", notAsked));
      event(mia, "message.recalled");
    }
    assertEquals(1, messages.history("noah", "mia").at("/0/IsPeerRead").asInt());
    assertEquals(0, messages.history("noah", "mia").at("/1/IsPeerRead").asInt());
    assertEquals(1, messages.unread("noah", "mia"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\0',
      textBlock =
          """
          Operator_Account|null|90008
          Operator_Account|7|90008
          Peer_Account|null|90003
          Peer_Account|"lea"|90001
          C2CMsgInfo|null|90001
          C2CMsgInfo|[]|90001
          C2CMsgInfo|{}|90001
          C2CMsgInfo|[{"From_Account":"mia","To_Account":"noah"}]|90054
          C2CMsgInfo|[{"From_Account":"mia","To_Account":"noah","MsgKey":"1_2"}]|90054
          C2CMsgInfo|[{"From_Account":"noah","To_Account":"mia","MsgKey":"1_2_3"}]|90001
          """)
  void aBadReceiptIsRefusedWholly(String field, String value, int code) throws Exception {
    String asked =
        messages.send(StoredMessages.message("mia", "noah", "?").put("IsNeedReadReceipt", 1));
    ObjectNode body = receipts("noah", "mia", asked);
    body.set(field, Json.mapper().readTree(value));
    assertEquals(code, messages.code("c2c_msg_read_receipt", body));
    assertEquals(0, messages.history("noah", "mia").at("/0/IsPeerRead").asInt());
  }

  @ParameterizedTest
  @CsvSource({"30, 0", "31, 90001"})
  void atMostThirtyReceiptsAreGivenAtOnce(int count, int code) {
    String[] keys = new String[count];
    for (int i = 0; i < count; i++) {
      keys[i] = "1_2_" + i;
    }
    assertEquals(code, messages.code("c2c_msg_read_receipt", receipts("noah", "mia", keys)));
  }

  @Test
  void unknownPartiesOfAReceiptAreRefused() {
    assertEquals(90008, messages.code("c2c_msg_read_receipt", receipts("ghost", "mia", "1_2_3")));
    assertEquals(90003, messages.code("c2c_msg_read_receipt", receipts("noah", "ghost", "1_2_3")));
  }

  @Test
  void everyChangeTakesTheNextNumberOfItsConversation() throws Exception {
    String key =
        messages.send(StoredMessages.message("mia", "noah", "?").put("IsNeedReadReceipt", 1));
    try (TestUser mia = app.login("mia")) {
      messages.call("c2c_msg_read_receipt", receipts("noah", "mia", key));
      messages.call("modify_c2c_msg", named("mia", "noah", key).put("CloudCustomData", "a"));
      messages.call("admin_msgwithdraw", named("mia", "noah", key));
      assertEquals(1, event(mia, "message.receipt").at("/messages/0/changeSeq").asInt());
      assertEquals(2, event(mia, "message.modified").path("changeSeq").asInt());
      assertEquals(3, event(mia, "message.recalled").path("changeSeq").asInt());
    }
  }

  private static ObjectNode named(String from, String to, String key) {
    return Json.object().put("From_Account", from).put("To_Account", to).put("MsgKey", key);
  }

  private static ObjectNode keys(String operator, String peer, String... keys) {
    ObjectNode body = Json.object().put("Operator_Account", operator).put("Peer_Account", peer);
    ArrayNode list = body.putArray("MsgKeyList");
    for (String key : keys) {
      list.add(key);
    }
    return body;
  }

  private static ObjectNode receipts(String operator, String peer, String... keys) {
    ObjectNode body = Json.object().put("Operator_Account", operator).put("Peer_Account", peer);
    ArrayNode list = body.putArray("C2CMsgInfo");
    for (String key : keys) {
      list.add(named(peer, operator, key));
    }
    return body;
  }

  private static JsonNode event(TestUser user, String name) throws Exception {
    String event = user.nextEvent();
    assertTrue(event.startsWith(name + "{"), event);
    return Json.mapper().readTree(event.substring(name.length()));
  }
}
