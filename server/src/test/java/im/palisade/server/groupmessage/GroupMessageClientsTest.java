package im.palisade.server.groupmessage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import im.palisade.client.HistoryRange;
import im.palisade.client.ImMessage;
import im.palisade.server.message.GroupUnreadStore;
import im.palisade.server.protocol.Json;
import im.palisade.server.testing.TestApp;
import im.palisade.server.testing.TestServer;
import im.palisade.server.testing.TestUser;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Group messages as clients send, receive, read and recall them. */
class GroupMessageClientsTest {
  private static final String GROUP = "GROUPchess";

  private final TestApp app = TestServer.shared().newApp().withUsers("ann", "bo", "cy", "dee");
  private final StoredGroups groups = new StoredGroups(app);
  private final long group = groups.group("chess", StoredGroups.PUBLIC, "ann", "bo", "cy");

  @Test
  void everyMemberAndTheSendersOtherDevicesGetItAndOthersDoNot() {
    try (TestUser ann = app.login("ann", "web", "a1");
        TestUser phone = app.login("ann", "android", "a2");
        TestUser bo = app.login("bo");
        TestUser dee = app.login("dee")) {
      JsonNode reply = TestUser.await(ann.client().request("message.send", text(1)));
      assertEquals(1, reply.path("seq").asLong());
      for (TestUser each : new TestUser[] {phone, bo}) {
        ImMessage arrived = each.nextMessage();
        assertEquals(GROUP, arrived.conversation());
        assertEquals("ann", arrived.from());
        assertEquals(1, arrived.seq());
        assertEquals(reply.path("msgKey").asText(), arrived.msgKey());
      }
      assertFalse(ann.settle().hasMessage(), "the sending connection does not");
      assertFalse(dee.settle().hasMessage());
      reply = TestUser.await(ann.client().request("message.send", text(1)));
      assertEquals(1, reply.path("seq").asLong(), "the same random is the same message");
      assertFalse(bo.settle().hasMessage());
      assertEquals(10007, TestUser.code(dee.client().request("message.send", text(2))));
      assertEquals(
          10010,
          TestUser.code(
              ann.client().request("message.send", text(3).put("conversation", "GROUPno"))));
    }
  }

  @Test
  void aTargetedMessageIsSeenByItsReceiversAlone() {
    try (TestUser ann = app.login("ann");
        TestUser bo = app.login("bo");
        TestUser cy = app.login("cy")) {
      ObjectNode targeted = text(1);
      targeted.putArray("to").add("bo");
      TestUser.await(ann.client().request("message.send", targeted));
      assertEquals(1, bo.nextMessage().seq());
      TestUser.await(ann.client().request("message.send", text(2)));
      assertEquals(2, cy.nextMessage().seq());
      assertEquals(List.of(1L, 2L), history(bo));
      assertEquals(List.of(2L), history(cy));
      assertEquals(List.of(1L, 2L), history(ann));
    }
  }

  @Test
  void membersReadFromWhereTheyJoinedAndKeepWhatTheySaw() {
    try (TestUser ann = app.login("ann");
        TestUser dee = app.login("dee")) {
      TestUser.await(ann.client().request("message.send", text(1)));
      assertEquals(
          10007, TestUser.code(dee.client().history(GROUP, new HistoryRange.Newest(), 10)));
      groups.join(group, "dee", 1);
      TestUser.await(ann.client().request("message.send", text(2)));
      groups.leave(group, "dee");
      TestUser.await(ann.client().request("message.send", text(3)));
      assertEquals(List.of(2L), history(dee));
      groups.join(group, "dee", 1);
      TestUser.await(ann.client().request("message.send", text(4)));
      assertEquals(List.of(2L, 4L), history(dee));
      assertEquals(List.of(1L, 2L, 3L, 4L), history(ann));
    }
  }

  @Test
  void sendersRecallTheirOwnForAWhileAndOwnersEverything() {
    try (TestUser ann = app.login("ann");
        TestUser bo = app.login("bo");
        TestUser cy = app.login("cy")) {
      for (int i = 1; i <= 3; i++) {
        TestUser.await(bo.client().request("message.send", text(i)));
      }
      assertEquals(10007, TestUser.code(cy.client().request("message.recall", named(1))));
      TestUser.await(bo.client().request("message.recall", named(1)));
      String event = cy.nextEvent();
      assertTrue(event.startsWith("message.recalled"), event);
      assertTrue(event.contains("\"revoker\":\"bo\""), event);
      groups.run("UPDATE message SET time = time - 121 WHERE conversation_id = ?", group);
      assertEquals(10031, TestUser.code(bo.client().request("message.recall", named(2))));
      TestUser.await(ann.client().request("message.recall", named(2)));
      assertEquals(10030, TestUser.code(ann.client().request("message.recall", named(9))));
      assertEquals(1, unread("cy"));
    }
  }

  @Test
  void whoIsConnectedIsToldThatTheHistoryWasCleared() {
    try (TestUser ann = app.login("ann");
        TestUser bo = app.login("bo")) {
      for (int i = 1; i <= 3; i++) {
        TestUser.await(ann.client().request("message.send", text(i)));
      }
      ok("group_open_http_svc/clear_group_msg", "{'GroupId':'chess','MsgSeq':2}");
      String event = bo.nextEvent();
      assertTrue(event.startsWith("group.cleared") && event.contains("\"seq\":2"), event);
      JsonNode left =
          TestUser.await(
                  bo.client().request("message.history", Json.object().put("conversation", GROUP)))
              .path("messages");
      assertEquals(1, left.size(), left::toString);
      assertEquals(3, left.at("/0/seq").asInt());
    }
  }

  @Test
  void readingMovesThePositionOnEveryDeviceOfTheReader() {
    try (TestUser ann = app.login("ann");
        TestUser bo = app.login("bo", "web", "b1");
        TestUser phone = app.login("bo", "android", "b2")) {
      for (int i = 1; i <= 3; i++) {
        TestUser.await(ann.client().request("message.send", text(i)));
      }
      assertEquals(3, unread("bo"));
      TestUser.await(bo.client().request("message.read", named(2)));
      assertEquals(1, unread("bo"));
      String event = phone.nextEvent();
      assertTrue(event.startsWith("conversation.read"), event);
      assertTrue(event.contains("\"readSeq\":2,\"unread\":1"), event);
      TestUser.await(bo.client().request("message.read", Json.object().put("conversation", GROUP)));
      assertEquals(0, unread("bo"));
    }
  }

  @Test
  void theConversationListHasGroupsUntilTheyAreTakenOff() {
    try (TestUser ann = app.login("ann")) {
      TestUser.await(ann.client().request("message.send", text(1)));
      JsonNode item = recent("bo").at("/SessionItem/0");
      assertEquals(2, item.path("Type").asInt(), item::toString);
      assertEquals("chess", item.path("GroupId").asText());
      assertEquals(
          0,
          app.rest(
                  "recentcontact/delete",
                  "{\"From_Account\":\"bo\",\"Type\":2,\"ToGroupid\":\"chess\"}")
              .path("ErrorCode")
              .asInt());
      assertEquals(0, recent("bo").path("SessionItem").size());
      assertEquals(0, unread("bo"), "what is taken off the list is read");
      assertEquals(1, unread("cy"));
      assertEquals(1, recent("cy").path("SessionItem").size());
      TestUser.await(ann.client().request("message.send", text(2)));
      assertEquals(1, recent("bo").path("SessionItem").size(), "until its next message");
      assertEquals(1, unread("bo"));
    }
  }

  @Test
  void aGroupStaysOnTheListOfThoseWhoLeftItAndAfterItsEndUntilTheyTakeItOff() {
    groups.run("UPDATE im_group SET create_time = 1600000000 WHERE conversation_id = ?", group);
    try (TestUser ann = app.login("ann");
        TestUser cy = app.login("cy")) {
      TestUser.await(ann.client().request("message.send", text(1)));
      TestUser.await(ann.client().request("message.send", text(2)));
      groups.run(
          "UPDATE message SET time = time - 50 * (3 - seq) WHERE conversation_id = ?", group);
      long left = recent("cy").at("/SessionItem/0/MsgTime").asLong();
      TestUser.await(cy.client().request("group.quit", Json.object().put("groupId", "chess")));
      TestUser.await(ann.client().request("message.send", text(3)));
      JsonNode item = recent("cy").at("/SessionItem/0");
      assertEquals("chess", item.path("GroupId").asText(), "it is left, not forgotten");
      assertTrue(item.path("MsgTime").asLong() >= left, "of the time when it was left");
      ok("group_open_http_svc/destroy_group", "{'GroupId':'chess'}");
      assertEquals(1, recent("cy").path("SessionItem").size());
      assertEquals(1, recent("bo").path("SessionItem").size(), "dissolution takes it off nobody's");
      ok(
          "group_open_http_svc/create_group",
          "{'Type':'Public','GroupId':'chess','Name':'g','Owner_Account':'ann',"
              + "'MemberList':[{'Member_Account':'bo'}]}");
      TestUser.await(ann.client().request("message.send", text(4)));
      assertEquals(1, recent("bo").path("SessionItem").size(), "one id is one entry");
      ok("recentcontact/delete", "{'From_Account':'bo','Type':2,'ToGroupid':'chess'}");
      ok("recentcontact/delete", "{'From_Account':'cy','Type':2,'ToGroupid':'chess'}");
      assertEquals(0, recent("bo").path("SessionItem").size());
      assertEquals(0, recent("cy").path("SessionItem").size());
    }
  }

  private void ok(String command, String body) {
    JsonNode reply = app.rest(command, body.replace('\'', '"'));
    assertEquals(0, reply.path("ErrorCode").asInt(), command + reply);
  }

  private JsonNode recent(String userId) {
    return app.rest("recentcontact/get_list", "{\"From_Account\":\"" + userId + "\"}");
  }

  private static List<Long> history(TestUser user) {
    return TestUser.await(user.client().history(GROUP, new HistoryRange.Newest(), 10))
        .messages()
        .stream()
        .map(ImMessage::seq)
        .toList();
  }

  private long unread(String userId) {
    return groups
        .region()
        .read(c -> new GroupUnreadStore().unread(c, groups.account(userId)))
        .getOrDefault(group, new GroupUnreadStore.Unread(0, true))
        .count();
  }

  private static ObjectNode named(long seq) {
    return Json.object().put("conversation", GROUP).put("seq", seq);
  }

  private static ObjectNode text(long random) {
    ObjectNode data = Json.object().put("conversation", GROUP).put("random", random);
    data.putArray("body")
        .addObject()
        .put("MsgType", "TIMTextElem")
        .putObject("MsgContent")
        .put("Text", "n" + random);
    return data;
  }
}
