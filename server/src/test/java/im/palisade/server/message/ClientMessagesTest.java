package im.palisade.server.message;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import im.palisade.client.HistoryPage;
import im.palisade.client.HistoryRange;
import im.palisade.client.ImClient;
import im.palisade.client.ImMessage;
import im.palisade.client.Sent;
import im.palisade.server.protocol.Json;
import im.palisade.server.testing.TestApp;
import im.palisade.server.testing.TestServer;
import im.palisade.server.testing.TestUser;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** client-protocol: Sending, Receiving, History, over real connections. */
class ClientMessagesTest {
  private final TestApp app = TestServer.shared().newApp().withUsers("alice", "bob");

  @Test
  void aMessageArrivesAtTheOtherAndAtTheSendersOtherDevices() {
    try (TestUser alice = app.login("alice");
        TestUser tablet = app.login("alice", "ios", "t");
        TestUser bob = app.login("bob")) {
      Sent sent = alice.send("bob", 287654, "hi");
      assertEquals(1, sent.seq());
      assertEquals("1_287654_" + sent.time(), sent.msgKey());
      ImMessage arrived = bob.nextMessage();
      assertEquals("C2Calice", arrived.conversation());
      assertEquals("alice", arrived.from());
      assertEquals("hi", arrived.text());
      assertEquals(287654, arrived.random());
      assertEquals(sent.msgKey(), arrived.msgKey());
      ImMessage own = tablet.nextMessage();
      assertEquals("C2Cbob", own.conversation());
      assertEquals("alice", own.from());
      assertFalse(alice.settle().hasMessage(), "the sending connection does not get its own");
    }
  }

  @Test
  void theSameRandomYieldsTheFirstReplyAndNoSecondMessageAlsoAfterAReconnect() {
    Sent first;
    try (TestUser alice = app.login("alice")) {
      first = alice.send("bob", 5, "once");
      assertEquals(first, alice.send("bob", 5, "once"));
    }
    try (TestUser alice = app.login("alice", "android", "other")) {
      assertEquals(first, alice.send("bob", 5, "once"));
      assertEquals(1, alice.history("bob", new HistoryRange.Newest(), 10).messages().size());
      assertEquals(2, alice.send("bob", 6, "twice").seq());
    }
  }

  @Test
  void aSenderTakesItsMessageBackForTwoMinutes() {
    try (TestUser alice = app.login("alice");
        TestUser bob = app.login("bob")) {
      for (int i = 1; i <= 3; i++) {
        alice.send("bob", i, "m" + i);
      }
      assertEquals(
          20_022, TestUser.code(bob.client().request("message.recall", recall("alice", 1))));
      TestUser.await(alice.client().request("message.recall", recall("bob", 1)));
      assertEquals(
          20_023, TestUser.code(alice.client().request("message.recall", recall("bob", 1))));
      assertEquals(
          20_022, TestUser.code(alice.client().request("message.recall", recall("bob", 9))));
      long sender = app.server().accounts().find(app.app(), "alice").orElseThrow().id();
      app.server()
          .regions()
          .of(app.app())
          .inUnitOfWork(
              unit ->
                  GroupRows.run(
                      unit.connection(),
                      "UPDATE message SET time = time - 121 WHERE sender_id = ?",
                      sender));
      assertEquals(
          20_016, TestUser.code(alice.client().request("message.recall", recall("bob", 2))));
    }
  }

  private static ObjectNode recall(String peer, long seq) {
    return ImClient.object().put("conversation", "C2C" + peer).put("seq", seq);
  }

  @Test
  void theSameRandomOfTheOtherSideIsAnotherMessage() {
    try (TestUser alice = app.login("alice");
        TestUser bob = app.login("bob")) {
      assertEquals(1, alice.send("bob", 9, "ping").seq());
      assertEquals(2, bob.send("alice", 9, "pong").seq());
    }
  }

  @Test
  void manyRequestsInFlightKeepTheirOrder() {
    try (TestUser alice = app.login("alice");
        TestUser bob = app.login("bob")) {
      List<CompletableFuture<Sent>> replies = new ArrayList<>();
      for (int i = 1; i <= 150; i++) {
        replies.add(alice.client().sendText("C2Cbob", i, "m" + i));
      }
      for (int i = 1; i <= 150; i++) {
        assertEquals(i, TestUser.await(replies.get(i - 1)).seq());
        ImMessage arrived = bob.nextMessage();
        assertEquals("m" + i, arrived.text());
        assertEquals(i, arrived.seq());
      }
    }
  }

  @Test
  void historyPagesBothWays() {
    try (TestUser alice = app.login("alice")) {
      for (int i = 1; i <= 7; i++) {
        alice.send("bob", i, "m" + i);
      }
      assertPage(alice.history("bob", new HistoryRange.Newest(), 3), false, "m5", "m6", "m7");
      assertPage(alice.history("bob", new HistoryRange.Before(5), 3), false, "m2", "m3", "m4");
      assertPage(alice.history("bob", new HistoryRange.Before(2), 3), true, "m1");
      assertPage(alice.history("bob", new HistoryRange.After(5), 3), true, "m6", "m7");
      assertPage(alice.history("bob", new HistoryRange.After(0), 2), false, "m1", "m2");
      assertPage(alice.history("nobody", new HistoryRange.Newest(), 3), true);
    }
  }

  @Test
  void anOnlineOnlyMessageHasNoNumberAndIsNotKept() {
    try (TestUser alice = app.login("alice");
        TestUser bob = app.login("bob")) {
      ObjectNode options = ImClient.object().put("onlineOnly", true);
      Sent sent = TestUser.await(alice.client().send("C2Cbob", 3, text("typing"), options));
      assertEquals(0, sent.seq());
      assertEquals("typing", bob.nextMessage().text());
      assertTrue(alice.history("bob", new HistoryRange.Newest(), 3).messages().isEmpty());
    }
  }

  @Test
  void whatADeletedAccountSentStaysWithItsPeer() {
    try (TestUser alice = app.login("alice")) {
      try (TestUser bob = app.login("bob")) {
        bob.send("alice", 1, "farewell");
        app.rest("im_open_login_svc/account_delete", "{\"DeleteItem\":[{\"UserID\":\"bob\"}]}");
        assertEquals(4004, bob.closed().code());
      }
      assertEquals("farewell", alice.nextMessage().text());
      assertPage(alice.history("bob", new HistoryRange.Newest(), 3), true, "farewell");
      assertEquals(20003, TestUser.code(alice.client().sendText("C2Cbob", 2, "are you there")));
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\0',
      textBlock =
          """
          {}|20001
          {"conversation":7}|20001
          {"conversation":"bob","random":1}|20001
          {"conversation":"C2C","random":1}|20001
          {"conversation":"GROUPg","random":1}|10010
          {"conversation":"C2Cghost","random":1}|20003
          {"conversation":"C2Cbob","random":1}|90002
          {"conversation":"C2Cbob","body":{},"random":1}|90007
          {"conversation":"C2Cbob","body":[{"MsgType":"X","MsgContent":{}}],"random":1}|90010
          {"conversation":"C2Cbob","body":[{"MsgType":"TIMTextElem","MsgContent":{"Text":"a"}}]}|90005
          {"conversation":"C2Cbob","body":[{"MsgType":"TIMTextElem","MsgContent":{"Text":"a"}}],"random":-1}|90005
          {"conversation":"C2Cbob","body":[{"MsgType":"TIMTextElem","MsgContent":{"Text":"a"}}],"random":1,"onlineOnly":1}|20001
          {"conversation":"C2Cbob","body":[{"MsgType":"TIMTextElem","MsgContent":{"Text":"a"}}],"random":1,"offlinePush":7}|90043
          """)
  void aBadSendIsRefusedWithItsCodeAndTheConnectionGoesOn(String data, int code) throws Exception {
    try (TestUser alice = app.login("alice")) {
      ObjectNode request = (ObjectNode) Json.mapper().readTree(data);
      assertEquals(code, TestUser.code(alice.client().request("message.send", request)));
      assertEquals(1, alice.send("bob", 77, "still here").seq());
    }
  }

  @Test
  void aMessageAboveTheLimitIsRefused() {
    try (TestUser alice = app.login("alice")) {
      assertEquals(80002, TestUser.code(alice.client().sendText("C2Cbob", 1, "x".repeat(13_000))));
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\0',
      textBlock =
          """
          {"conversation":"C2Cbob","before":1,"after":1}|20001
          {"conversation":"C2Cbob","before":"1"}|20001
          {"conversation":"C2Cbob","limit":"a"}|20001
          {"conversation":"GROUPg","random":1}|10010
          """)
  void aBadHistoryRequestIsRefused(String data, int code) throws Exception {
    try (TestUser alice = app.login("alice")) {
      ObjectNode request = (ObjectNode) Json.mapper().readTree(data);
      assertEquals(code, TestUser.code(alice.client().request("message.history", request)));
    }
  }

  @Test
  void anUnknownUserIsCreatedAtTheFirstLogin() {
    try (TestUser carol = app.login("carol")) {
      assertEquals(1, carol.send("alice", 1, "I am new").seq());
    }
  }

  private static ArrayNode text(String text) {
    ArrayNode body = Json.mapper().createArrayNode();
    body.addObject().put("MsgType", "TIMTextElem").putObject("MsgContent").put("Text", text);
    return body;
  }

  private static void assertPage(HistoryPage page, boolean complete, String... texts) {
    assertEquals(List.of(texts), page.messages().stream().map(ImMessage::text).toList());
    assertEquals(complete, page.complete());
  }
}
