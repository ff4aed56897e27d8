package im.palisade.server.message;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import im.palisade.server.protocol.Json;
import im.palisade.server.testing.TestApp;
import im.palisade.server.testing.TestServer;
import im.palisade.server.testing.TestUser;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** rest-messages A6, B7 (admin_set_msg_read) and B8 (get_c2c_unread_msg_num). */
class ReadStateRestTest {
  private final TestApp app = TestServer.shared().newApp().withUsers("mia", "noah", "lea");
  private final StoredMessages messages = new StoredMessages(app);
  private final long now = Instant.now().getEpochSecond();

  @Test
  void whatCountsIsCountedForTheRecipientOnly() {
    messages.send("mia", "noah", "a");
    messages.send("noah", "mia", "b");
    messages.send("mia", "noah", "c");
    ObjectNode silent = StoredMessages.message("mia", "noah", "d");
    silent.putArray("SendMsgControl").add("NoUnread");
    messages.send(silent);
    messages.send(StoredMessages.message("mia", "noah", "e").put("OnlineOnlyFlag", 1));
    messages.send("noah", "noah", "note");
    assertEquals(2, messages.unread("noah", "mia"));
    assertEquals(1, messages.unread("mia", "noah"));
    assertEquals(0, messages.unread("noah", "noah"));
    assertEquals(2, total("noah"));
  }

  @Test
  void markingReadClearsTheCounterAndWhatComesLaterCountsAgain() {
    messages.send("mia", "noah", "a");
    messages.send("mia", "noah", "b");
    assertEquals(0, markRead("noah", "mia", "null"));
    assertEquals(0, messages.unread("noah", "mia"));
    messages.send("noah", "mia", "own");
    messages.send("mia", "noah", "c");
    messages.send("noah", "mia", "own");
    assertEquals(1, messages.unread("noah", "mia"));
    assertEquals(0, messages.history("noah", "mia").at("/0/IsPeerRead").asInt());
  }

  @ParameterizedTest
  @CsvSource({"-300, 3", "-200, 2", "-150, 2", "-100, 1", "-99, 1", "0, 0", "9999999, 0"})
  void messagesUpToAndIncludingTheTimeAreRead(long offset, int left) {
    for (long back : new long[] {200, 100, 50}) {
      importText(back, 5);
    }
    assertEquals(0, markRead("noah", "mia", Long.toString(now + offset)));
    assertEquals(left, messages.unread("noah", "mia"));
  }

  @Test
  void aTimeMayBeTextAndNeverGoesBack() {
    importText(200, 5);
    importText(100, 5);
    assertEquals(0, markRead("noah", "mia", "\"" + (now - 100) + "\""));
    assertEquals(0, markRead("noah", "mia", "\"" + (now - 200) + "\""));
    assertEquals(0, messages.unread("noah", "mia"));
  }

  @Test
  void aTimeAheadCountsAsNow() {
    importText(-600, 5);
    assertEquals(0, markRead("noah", "mia", Long.toString(now + 3600)));
    assertEquals(1, messages.unread("noah", "mia"));
  }

  @Test
  void anImportOfThePastAfterNewerMessagesIsNotTakenForReadWithThem() {
    importText(10, 5);
    importText(300, 5);
    assertEquals(0, markRead("noah", "mia", Long.toString(now - 300)));
    assertEquals(2, messages.unread("noah", "mia"));
    assertEquals(0, markRead("noah", "mia", Long.toString(now)));
    assertEquals(0, messages.unread("noah", "mia"));
  }

  @Test
  void theReadersDevicesAndThePeersAreTold() throws Exception {
    messages.send("mia", "noah", "a");
    try (TestUser mia = app.login("mia");
        TestUser noah = app.login("noah")) {
      markRead("noah", "mia", "null");
      JsonNode peer = event(mia, "message.read");
      assertEquals("C2Cnoah", peer.path("conversation").asText());
      assertEquals(1, peer.path("readSeq").asInt());
      assertTrue(peer.path("readTime").asLong() >= now);
      JsonNode own = event(noah, "conversation.read");
      assertEquals("C2Cmia", own.path("conversation").asText());
      assertEquals(0, own.path("unread").asInt(-1));
    }
  }

  @Test
  void recallingOrDeletingAnUnreadMessageLowersTheCounterByOne() {
    String read = messages.send("mia", "noah", "a");
    markRead("noah", "mia", "null");
    String first = messages.send("mia", "noah", "b");
    String second = messages.send("mia", "noah", "c");
    messages.send("mia", "noah", "d");
    recall(read);
    assertEquals(3, messages.unread("noah", "mia"));
    recall(first);
    assertEquals(2, messages.unread("noah", "mia"));
    delete("noah", "mia", first);
    assertEquals(2, messages.unread("noah", "mia"));
    delete("mia", "noah", second);
    assertEquals(2, messages.unread("noah", "mia"));
    delete("noah", "mia", second);
    assertEquals(1, messages.unread("noah", "mia"));
    markRead("noah", "mia", "null");
    assertEquals(0, messages.unread("noah", "mia"));
  }

  @Test
  void theCounterStaysAtTwoHundredFifty() {
    for (int i = 0; i < 249; i++) {
      importText(300 - i, 5);
    }
    assertEquals(249, messages.unread("noah", "mia"));
    String key = messages.send("mia", "noah", "250");
    assertEquals(250, messages.unread("noah", "mia"));
    messages.send("mia", "noah", "251");
    assertEquals(250, messages.unread("noah", "mia"));
    messages.send("lea", "noah", "x");
    assertEquals(251, total("noah"));
    recall(key);
    assertEquals(250, messages.unread("noah", "mia"));
  }

  @Test
  void peersAreAnsweredInTheirOrderAndUnknownOnesListedApart() {
    messages.send("mia", "noah", "a");
    ObjectNode body = Json.object().put("To_Account", "noah");
    body.putArray("Peer_Account").add("ghost").add("lea").add("mia").add("");
    assertEquals(
        "{\"ActionStatus\":\"OK\",\"ErrorCode\":0,\"ErrorInfo\":\"\",\"ErrorList\":["
            + "{\"Peer_Account\":\"ghost\",\"ErrorCode\":70107},"
            + "{\"Peer_Account\":\"\",\"ErrorCode\":70107}],\"C2CUnreadMsgNumList\":["
            + "{\"Peer_Account\":\"lea\",\"C2CUnreadMsgNum\":0},"
            + "{\"Peer_Account\":\"mia\",\"C2CUnreadMsgNum\":1}]}",
        messages.call("get_c2c_unread_msg_num", body).toString());
  }

  @Test
  void onlyUnknownPeersStillSucceed() {
    ObjectNode body = Json.object().put("To_Account", "noah");
    body.putArray("Peer_Account").add("ghost");
    JsonNode reply = messages.call("get_c2c_unread_msg_num", body);
    assertEquals(0, reply.path("ErrorCode").asInt());
    assertEquals("OK", reply.path("ActionStatus").asText());
    assertTrue(reply.path("C2CUnreadMsgNumList").isMissingNode());
    assertEquals(70107, reply.at("/ErrorList/0/ErrorCode").asInt());
  }

  @ParameterizedTest
  @CsvSource({"0, 0", "10, 0", "11, 90001"})
  void atMostTenPeersAreAskedFor(int peers, int code) {
    ObjectNode body = Json.object().put("To_Account", "noah");
    ArrayNode list = body.putArray("Peer_Account");
    for (int i = 0; i < peers; i++) {
      list.add("p" + i);
    }
    JsonNode reply = messages.call("get_c2c_unread_msg_num", body);
    assertEquals(code, reply.path("ErrorCode").asInt());
    assertEquals(peers == 0, reply.has("AllC2CUnreadMsgNum"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\0',
      textBlock =
          """
          admin_set_msg_read|{"Peer_Account":"mia"}|90008
          admin_set_msg_read|{"Report_Account":7,"Peer_Account":"mia"}|90008
          admin_set_msg_read|{"Report_Account":"ghost","Peer_Account":"mia"}|90008
          admin_set_msg_read|{"Report_Account":"noah"}|90003
          admin_set_msg_read|{"Report_Account":"noah","Peer_Account":"ghost"}|90003
          admin_set_msg_read|{"Report_Account":"noah","Peer_Account":"mia","MsgReadTime":"x"}|90001
          admin_set_msg_read|{"Report_Account":"noah","Peer_Account":"mia","MsgReadTime":""}|90001
          admin_set_msg_read|{"Report_Account":"noah","Peer_Account":"mia","MsgReadTime":1.5}|90001
          admin_set_msg_read|{"Report_Account":"noah","Peer_Account":"mia","MsgReadTime":[]}|90001
          admin_set_msg_read|{"Report_Account":"noah","Peer_Account":"lea"}|0
          get_c2c_unread_msg_num|{}|90003
          get_c2c_unread_msg_num|{"To_Account":7}|90003
          get_c2c_unread_msg_num|{"To_Account":"ghost"}|90003
          get_c2c_unread_msg_num|{"To_Account":"noah","Peer_Account":"mia"}|90001
          get_c2c_unread_msg_num|{"To_Account":"noah","Peer_Account":[7]}|90001
          """)
  void aBadFieldIsRefusedWithItsCode(String command, String body, int code) {
    messages.send("mia", "noah", "a");
    assertEquals(code, messages.code(command, StoredMessages.of(body)));
    assertEquals(1, messages.unread("noah", "mia"));
  }

  private void importText(long secondsBack, int mode) {
    ObjectNode body =
        StoredMessages.message("mia", "noah", "x")
            .put("SyncFromOldSystem", mode)
            .put("MsgTimeStamp", now - secondsBack);
    assertEquals(0, messages.code("importmsg", body));
  }

  private int markRead(String reporter, String peer, String time) {
    return messages.code(
        "admin_set_msg_read",
        StoredMessages.of(
            "{\"Report_Account\":\"%s\",\"Peer_Account\":\"%s\",\"MsgReadTime\":%s}"
                .formatted(reporter, peer, time)));
  }

  private void recall(String key) {
    ObjectNode body = Json.object().put("From_Account", "mia").put("To_Account", "noah");
    assertEquals(0, messages.code("admin_msgwithdraw", body.put("MsgKey", key)));
  }

  private void delete(String operator, String peer, String key) {
    ObjectNode body = Json.object().put("Operator_Account", operator).put("Peer_Account", peer);
    body.putArray("MsgKeyList").add(key);
    assertEquals(0, messages.code("delete_c2c_msg_ramble", body));
  }

  private int total(String user) {
    return messages
        .call("get_c2c_unread_msg_num", Json.object().put("To_Account", user))
        .path("AllC2CUnreadMsgNum")
        .asInt(-1);
  }

  private static JsonNode event(TestUser user, String name) throws Exception {
    String event = user.nextEvent();
    assertTrue(event.startsWith(name + "{"), event);
    return Json.mapper().readTree(event.substring(name.length()));
  }
}
