package im.palisade.server.sync;

import static im.palisade.server.sync.SyncTest.ask;
import static im.palisade.server.sync.SyncTest.code;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import im.palisade.server.protocol.Json;
import im.palisade.server.testing.TestApp;
import im.palisade.server.testing.TestServer;
import im.palisade.server.testing.TestUser;
import org.junit.jupiter.api.Test;

/** Profiles, friends, blocklists, follows and status from clients (client-features §13, §14). */
class ClientRelationsTest {
  private final TestApp app = TestServer.shared().newApp().withUsers("ann", "bo", "cy");

  @Test
  void aFriendRequestIsSeenAcceptedAndMakesFriendsOfBoth() {
    try (TestUser ann = app.login("ann");
        TestUser bo = app.login("bo")) {
      ask(bo, "profile.set", Json.object().put("allowType", "AllowType_Type_NeedConfirm"));
      assertEquals(30539, ask(ann, "friend.add", friend("bo")).path("result").asInt());
      JsonNode first = ask(bo, "sync", Json.object());
      assertEquals(1, first.path("requestsUnread").asInt());
      assertEquals("ann", first.path("requests").get(0).path("userId").asText());
      ask(bo, "friend.request.read", Json.object());
      assertEquals(0, ask(bo, "friend.requests", Json.object()).path("unread").asInt());
      ask(bo, "friend.accept", user("ann").put("remark", "old friend"));
      JsonNode second = ask(bo, "sync", SyncTest.known(first));
      assertEquals("old friend", second.path("friends").get(0).path("remark").asText());
      assertTrue(second.path("requests").isEmpty());
      assertFalse(second.has("blocked"));
      assertEquals(
          "bo",
          ask(ann, "friend.list", Json.object()).path("friends").get(0).path("userId").asText());
      assertEquals(
          "both",
          ask(ann, "friend.check", users("bo")).path("results").get(0).path("relation").asText());
      assertEquals(30001, code(bo, "friend.accept", user("ann")));
    }
  }

  @Test
  void aRefusedRequestLeavesNothing() {
    try (TestUser ann = app.login("ann");
        TestUser bo = app.login("bo")) {
      ask(bo, "profile.set", Json.object().put("allowType", "AllowType_Type_NeedConfirm"));
      ask(ann, "friend.add", friend("bo"));
      ask(bo, "friend.refuse", user("ann"));
      ask(ann, "friend.add", friend("bo"));
      ask(ann, "friend.request.delete", user("bo").put("incoming", false));
      assertTrue(ask(bo, "friend.requests", Json.object()).path("requests").isEmpty());
      assertTrue(ask(ann, "friend.list", Json.object()).path("friends").isEmpty());
    }
  }

  @Test
  void friendListsAreMadeRenamedEmptiedAndDeleted() {
    try (TestUser ann = app.login("ann")) {
      ask(ann, "friend.add", friend("bo"));
      ObjectNode made = users("bo").put("name", "work");
      assertEquals(
          0, ask(ann, "friend.group.create", made).path("results").get(0).path("code").asInt());
      ask(ann, "friend.group.rename", Json.object().put("name", "work").put("newName", "job"));
      JsonNode group = ask(ann, "friend.groups", Json.object()).path("groups").get(0);
      assertEquals("job", group.path("name").asText());
      assertEquals("bo", group.path("userIds").get(0).asText());
      ask(ann, "friend.group.remove", users("bo").put("name", "job"));
      assertTrue(
          ask(ann, "friend.groups", Json.object()).path("groups").get(0).path("userIds").isEmpty());
      ask(ann, "friend.group.delete", Json.object().put("name", "job"));
      assertEquals(30001, code(ann, "friend.group.add", users("bo").put("name", "job")));
      ask(ann, "friend.update", user("bo").put("remark", "Bo"));
      assertEquals(
          "Bo", ask(ann, "friend.get", users("bo")).path("friends").get(0).path("remark").asText());
      ask(ann, "friend.delete", users("bo"));
      assertTrue(ask(ann, "friend.list", Json.object()).path("friends").isEmpty());
    }
  }

  @Test
  void whoIsBlockedDoesNotArriveAndWhoIsFollowedIsCounted() {
    try (TestUser ann = app.login("ann");
        TestUser bo = app.login("bo")) {
      ask(ann, "block.add", users("bo"));
      assertEquals("bo", ask(ann, "block.list", Json.object()).path("userIds").get(0).asText());
      bo.send("ann", 1, "hi");
      assertFalse(ann.settle().hasMessage());
      ask(ann, "block.delete", users("bo"));
      ask(ann, "follow.add", users("bo"));
      assertEquals(
          2,
          ask(ann, "follow.check", users("bo")).path("results").get(0).path("followType").asInt());
      assertEquals(
          1,
          ask(bo, "follow.counts", Json.object()).path("users").get(0).path("followers").asInt());
      assertEquals(
          "ann",
          ask(bo, "follow.list", Json.object().put("kind", "followers"))
              .path("users")
              .get(0)
              .path("userId")
              .asText());
    }
  }

  @Test
  void aProfileIsSetByItsAccountAloneAndSeenByOthers() {
    try (TestUser ann = app.login("ann");
        TestUser bo = app.login("bo")) {
      assertEquals(
          "Ann",
          ask(ann, "profile.set", Json.object().put("nick", "Ann").put("birthday", 19900101))
              .path("profile")
              .path("nick")
              .asText());
      JsonNode seen = ask(bo, "profile.get", users("ann", "nobody")).path("profiles");
      assertEquals(19900101, seen.get(0).path("birthday").asInt());
      assertEquals(40003, seen.get(1).path("code").asInt());
      assertEquals(40605, code(ann, "profile.set", Json.object().put("gender", "neither")));
      assertEquals(40001, code(ann, "profile.set", Json.object()));
    }
  }

  @Test
  void statusIsToldToThoseWhoAskedForIt() {
    try (TestUser ann = app.login("ann")) {
      ask(ann, "presence.subscribe", users("bo", "nobody"));
      assertEquals(
          3, ask(ann, "presence.get", users("bo")).path("users").get(0).path("status").asInt());
      try (TestUser bo = app.login("bo")) {
        assertTrue(next(ann, "bo").contains("\"status\":1"));
        ask(bo, "presence.set", Json.object().put("customStatus", "busy"));
        assertTrue(next(ann, "bo").contains("busy"));
        assertEquals(
            "busy",
            ask(ann, "presence.get", users("bo"))
                .path("users")
                .get(0)
                .path("customStatus")
                .asText());
      }
      assertFalse(next(ann, "bo").contains("\"status\":1"));
    }
  }

  @Test
  void aSessionGoesOnWithANewerSignatureOfTheSameUserOnly() {
    try (TestUser ann = app.login("ann")) {
      long expires =
          ask(ann, "session.renew", Json.object().put("userSig", app.sig("ann")))
              .path("sigExpires")
              .asLong();
      assertTrue(expires > System.currentTimeMillis() / 1000);
      assertEquals(70013, code(ann, "session.renew", Json.object().put("userSig", app.sig("bo"))));
      assertEquals(70002, code(ann, "session.renew", Json.object()));
    }
  }

  private static String next(TestUser user, String of) {
    for (; ; ) {
      String event = user.nextEvent();
      if (event.startsWith("presence.changed") && event.contains("\"" + of + "\"")) {
        return event;
      }
    }
  }

  private static ObjectNode friend(String userId) {
    return user(userId).put("source", "AddSource_Type_Test");
  }

  private static ObjectNode user(String userId) {
    return Json.object().put("userId", userId);
  }

  private static ObjectNode users(String... userIds) {
    return Json.object().set("userIds", Json.mapper().valueToTree(userIds));
  }
}
