package im.palisade.server.sync;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import im.palisade.server.protocol.Json;
import im.palisade.server.testing.TestApp;
import im.palisade.server.testing.TestServer;
import im.palisade.server.testing.TestUser;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a device is given when it says what it has (client-features §2.2, §8). */
class SyncTest {
  private final TestApp app = TestServer.shared().newApp().withUsers("ann", "bo", "cy", "di");

  @Test
  void aDeviceIsGivenWhatDiffersAndNothingElse() {
    try (TestUser ann = app.login("ann");
        TestUser bo = app.login("bo");
        TestUser cy = app.login("cy")) {
      bo.send("ann", 1, "one");
      cy.send("ann", 2, "two");
      JsonNode first = ask(ann, "sync", Json.object());
      assertEquals(2, first.path("conversations").size());
      assertEquals(1, entry(first, "C2Cbo").path("unread").asInt());
      assertEquals("two", text(entry(first, "C2Ccy")));
      assertEquals("bo", entry(first, "C2Cbo").path("lastMessage").path("from").asText());
      ObjectNode known = known(first);
      assertTrue(ask(ann, "sync", known).path("conversations").isEmpty());
      bo.send("ann", 3, "three");
      JsonNode second = ask(ann, "sync", known);
      assertEquals(1, second.path("conversations").size());
      assertEquals("three", text(entry(second, "C2Cbo")));
      assertEquals(2, entry(second, "C2Cbo").path("unread").asInt());
      ask(ann, "conversation.delete", Json.object().set("conversations", list("C2Ccy")));
      JsonNode third = ask(ann, "sync", known);
      assertEquals("C2Ccy", third.path("gone").get(0).asText());
    }
  }

  @Test
  void ownChangesReachAllDevicesAsWholeEntries() {
    try (TestUser one = app.login("ann", "web", "one");
        TestUser two = app.login("ann", "ios", "two");
        TestUser bo = app.login("bo")) {
      bo.send("ann", 1, "hi");
      ask(one, "conversation.pin", conversation("C2Cbo").put("pinned", true));
      assertTrue(changed(two).path("conversations").get(0).path("pinned").asBoolean());
      ObjectNode mark = Json.object().put("mark", 33).put("marked", true);
      mark.set("conversations", list("C2Cbo"));
      assertTrue(ask(one, "conversation.mark", mark).path("failed").isEmpty());
      assertEquals(33, changed(two).path("conversations").get(0).path("marks").get(0).asInt());
      ObjectNode group = Json.object().put("name", "work");
      group.set("conversations", list("C2Cbo"));
      ask(one, "conversation.group.create", group);
      assertEquals(
          "work", changed(two).path("conversations").get(0).path("groups").get(0).asText());
      ask(one, "message.read", conversation("C2Cbo"));
      JsonNode entry =
          ask(one, "conversation.get", Json.object().set("conversations", list("C2Cbo")))
              .path("conversations")
              .get(0);
      assertEquals(0, entry.path("unread").asInt());
      ask(one, "conversation.clear", conversation("C2Cbo"));
      assertFalse(changed(two).path("conversations").get(0).has("lastMessage"));
    }
  }

  @Test
  void theListIsReadInPages() {
    try (TestUser ann = app.login("ann")) {
      List.of("bo", "cy", "di").forEach(peer -> ann.send(peer, 1, "hi"));
      List<String> seen = new ArrayList<>();
      String cursor = "";
      do {
        JsonNode page =
            ask(ann, "conversation.list", Json.object().put("limit", 2).put("cursor", cursor));
        page.path("conversations").forEach(each -> seen.add(each.path("conversation").asText()));
        cursor = page.path("cursor").asText();
      } while (!cursor.isEmpty());
      assertEquals(List.of("C2Cbo", "C2Ccy", "C2Cdi"), seen.stream().sorted().toList());
    }
  }

  @Test
  void unreadTotalsLeaveOutSilentAndHiddenConversations() {
    try (TestUser ann = app.login("ann");
        TestUser bo = app.login("bo");
        TestUser cy = app.login("cy");
        TestUser di = app.login("di")) {
      bo.send("ann", 1, "a");
      cy.send("ann", 1, "b");
      di.send("ann", 1, "c");
      ObjectNode silent = Json.object().put("msgFlag", "AcceptNotNotify");
      silent.set("conversations", list("C2Ccy"));
      ask(ann, "conversation.option", silent);
      ObjectNode hide = Json.object().put("mark", 4).put("marked", true);
      hide.set("conversations", list("C2Cdi"));
      ask(ann, "conversation.mark", hide);
      assertEquals(1, ask(ann, "conversation.unread", Json.object()).path("total").asInt());
      ask(ann, "conversation.readAll", Json.object());
      assertEquals(0, ask(ann, "conversation.unread", Json.object()).path("total").asInt());
    }
  }

  @Test
  void messagesOfAPairAreRecalledEditedDeletedAndGivenPairs() {
    try (TestUser ann = app.login("ann");
        TestUser bo = app.login("bo")) {
      for (int i = 1; i <= 3; i++) {
        ask(
            ann,
            "message.send",
            message("C2Cbo", i).put("extensible", true).put("needReceipt", true));
      }
      assertEquals(20022, code(bo, "message.recall", at("C2Cann", 1)));
      ask(ann, "message.recall", at("C2Cbo", 1));
      assertEquals(20023, code(ann, "message.recall", at("C2Cbo", 1)));
      ObjectNode edit = at("C2Cann", 2).put("changeSeq", 0);
      edit.set("body", message("x", 9).path("body"));
      ask(bo, "message.modify", edit);
      assertEquals(
          20027, code(ann, "message.modify", edit.deepCopy().put("conversation", "C2Cbo")));
      ObjectNode set = at("C2Cann", 3);
      set.set(
          "extensions",
          Json.mapper().createArrayNode().add(Json.object().put("key", "k").put("value", "v")));
      assertEquals(
          0, ask(bo, "message.extension.set", set).path("results").get(0).path("code").asInt());
      ask(ann, "message.extension.delete", at("C2Cbo", 3));
      ask(bo, "message.receipt", seqs("C2Cann", 3));
      assertEquals(
          1,
          ask(ann, "message.receipts", seqs("C2Cbo", 3))
              .path("receipts")
              .get(0)
              .path("readCount")
              .asInt());
      ask(bo, "message.delete", seqs("C2Cann", 3));
      JsonNode changes = ask(bo, "message.changes", conversation("C2Cann").put("after", 0));
      assertEquals(3, changes.path("gone").get(0).asInt());
      assertEquals(2, changes.path("messages").size());
      assertTrue(changes.path("complete").asBoolean());
      assertTrue(
          ask(
                  ann,
                  "message.changes",
                  conversation("C2Cbo").put("after", changes.path("changeSeq").asLong()))
              .path("messages")
              .isEmpty());
      long time = System.currentTimeMillis() / 1000 - 100;
      assertEquals(
          2,
          ask(bo, "message.history", conversation("C2Cann").put("time", time).put("newer", true))
              .path("messages")
              .size());
      assertEquals(
          20001,
          code(bo, "message.history", conversation("C2Cann").put("time", 1).put("after", 1)));
    }
  }

  private static JsonNode changed(TestUser user) {
    for (; ; ) {
      String event = user.nextEvent();
      if (event.startsWith("conversation.changed")) {
        return parse(event.substring("conversation.changed".length()));
      }
    }
  }

  static ObjectNode known(JsonNode sync) {
    ObjectNode known = Json.object().put("cursor", sync.path("cursor").asText());
    ObjectNode versions = known.putObject("conversations");
    sync.path("conversations")
        .forEach(
            each ->
                versions.put(each.path("conversation").asText(), each.path("version").asText()));
    return known;
  }

  private static JsonNode entry(JsonNode reply, String conversation) {
    for (JsonNode each : reply.path("conversations")) {
      if (each.path("conversation").asText().equals(conversation)) {
        return each;
      }
    }
    throw new AssertionError(conversation + " is not in " + reply);
  }

  private static String text(JsonNode entry) {
    return entry.path("lastMessage").path("body").path(0).path("MsgContent").path("Text").asText();
  }

  static ObjectNode conversation(String name) {
    return Json.object().put("conversation", name);
  }

  static ObjectNode at(String conversation, long seq) {
    return conversation(conversation).put("seq", seq);
  }

  static ObjectNode seqs(String conversation, long... seqs) {
    ObjectNode data = conversation(conversation);
    for (long seq : seqs) {
      data.withArray("seqs").add(seq);
    }
    return data;
  }

  static ObjectNode message(String conversation, long random) {
    ObjectNode data = conversation(conversation).put("random", random);
    data.putArray("body")
        .addObject()
        .put("MsgType", "TIMTextElem")
        .putObject("MsgContent")
        .put("Text", "text " + random);
    return data;
  }

  private static JsonNode list(String... names) {
    return Json.mapper().valueToTree(names);
  }

  static JsonNode ask(TestUser user, String command, JsonNode data) {
    return TestUser.await(user.client().request(command, (ObjectNode) data));
  }

  static int code(TestUser user, String command, ObjectNode data) {
    return TestUser.code(user.client().request(command, data));
  }

  private static JsonNode parse(String json) {
    return Json.parseObject(json.getBytes(StandardCharsets.UTF_8)).orElseThrow();
  }
}
