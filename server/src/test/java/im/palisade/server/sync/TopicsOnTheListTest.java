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
import java.util.List;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Topics among an account's conversations (client-features §2.2, §8, §9; group-semantics §12). */
class TopicsOnTheListTest {
  private static final String CLUB = "@TGS#_club";
  private static final String CHESS = "GROUP" + CLUB + "@TOPIC#_chess";
  private static final String MUSIC = "GROUP" + CLUB + "@TOPIC#_music";

  private final TestApp app = TestServer.shared().newApp().withUsers("ann", "bo", "cy");
  private final TestUser ann = app.login("ann");
  private final TestUser bo = app.login("bo");
  private long random;

  TopicsOnTheListTest() {
    rest(
        "group_open_http_svc/create_group",
        "'Type':'Community','Name':'Club','SupportTopic':1,'Owner_Account':'ann','GroupId':'"
            + CLUB
            + "','MemberList':[{'Member_Account':'bo'}]");
    for (String topic : List.of(CHESS, MUSIC)) {
      rest(
          "million_group_open_http_svc/create_topic",
          "'GroupId':'"
              + CLUB
              + "','TopicName':'t','TopicId':'"
              + topic.substring("GROUP".length())
              + "'");
    }
  }

  @AfterEach
  void close() {
    ann.close();
    bo.close();
  }

  @Test
  void aTopicComesOntoTheListWithItsFirstMessageAndCountsForItself() {
    assertTrue(list(bo).isEmpty());
    say(CHESS);
    say(CHESS);
    say(MUSIC);
    assertEquals(List.of(CHESS, MUSIC), list(bo).stream().sorted().toList());
    JsonNode entry = entry(CHESS);
    assertEquals(2, entry.path("unread").asInt());
    assertEquals(2, entry.path("lastSeq").asInt());
    assertEquals("t", entry.path("name").asText());
    assertEquals("Community", entry.path("groupType").asText());
    assertEquals("text 2", entry.at("/lastMessage/body/0/MsgContent/Text").asText());
    assertEquals(3, total());
    ask(bo, "message.read", SyncTest.conversation(CHESS));
    assertEquals(0, entry(CHESS).path("unread").asInt());
    assertEquals(1, total());
    ask(bo, "conversation.readAll", Json.object());
    assertEquals(0, total());
    ObjectNode mentioned = SyncTest.message(CHESS, ++random);
    mentioned.putArray("mentions").add("bo");
    ask(ann, "message.send", mentioned);
    assertEquals(3, entry(CHESS).at("/mentions/0/seq").asInt());
  }

  @Test
  void aBackEndsListOfRecentContactsHasNone() {
    say(CHESS);
    JsonNode reply =
        app.rest(
            "recentcontact/get_list",
            "{\"From_Account\":\"bo\",\"TimeStamp\":0,\"StartIndex\":0,\"TopTimeStamp\":0,"
                + "\"TopStartIndex\":0,\"AssistFlags\":7}");
    assertTrue(reply.path("SessionItem").isEmpty(), reply::toString);
  }

  @Test
  void aTopicHasAnOptionOfItsOwnUnlessTheCommunityIsDiscarded() {
    say(CHESS);
    say(MUSIC);
    option(CHESS, "AcceptNotNotify");
    assertEquals("AcceptNotNotify", entry(CHESS).path("msgFlag").asText());
    assertFalse(entry(MUSIC).has("msgFlag"));
    assertEquals(1, total(), "silent ones count for themselves only");
    option(MUSIC, "Discard");
    bo.settle();
    while (bo.hasMessage()) {
      bo.nextMessage();
    }
    say(MUSIC);
    assertFalse(bo.settle().hasMessage());
    assertEquals(0, entry(MUSIC).path("unread").asInt());
    option("GROUP" + CLUB, "Discard");
    say(CHESS);
    assertFalse(bo.settle().hasMessage());
    assertEquals("Discard", entry(CHESS).path("msgFlag").asText());
    assertEquals(0, entry(CHESS).path("unread").asInt());
    option("GROUP" + CLUB, "AcceptAndNotify");
    assertEquals("AcceptNotNotify", entry(CHESS).path("msgFlag").asText());
    assertEquals(0, entry(CHESS).path("unread").asInt(), "what was discarded does not come back");
    say(CHESS);
    assertEquals(CHESS, bo.nextMessage().conversation());
    assertEquals(1, entry(CHESS).path("unread").asInt());
    try (TestUser cy = app.login("cy")) {
      ObjectNode data = named(CHESS).put("msgFlag", "Discard");
      assertEquals(10007, ask(cy, "conversation.option", data).at("/failed/0/code").asInt());
    }
    ObjectNode none = named("GROUP" + CLUB + "@TOPIC#_none").put("msgFlag", "Discard");
    assertEquals(10010, ask(bo, "conversation.option", none).at("/failed/0/code").asInt());
  }

  @Test
  void aTopicIsPinnedMarkedSortedAndTakenOffTheList() {
    say(CHESS);
    say(MUSIC);
    ask(bo, "conversation.pin", SyncTest.conversation(CHESS).put("pinned", true));
    assertEquals(List.of(CHESS, MUSIC), list(bo));
    done("conversation.mark", named(CHESS).put("mark", 33).put("marked", true));
    done("conversation.customData", named(CHESS).put("customData", "mine"));
    done("conversation.group.create", named(CHESS).put("name", "games"));
    JsonNode entry = entry(CHESS);
    assertTrue(entry.path("pinned").asBoolean());
    assertEquals(33, entry.at("/marks/0").asInt());
    assertEquals("mine", entry.path("customData").asText());
    assertEquals("games", entry.at("/groups/0").asText());
    done("conversation.delete", named(CHESS).put("clear", true));
    assertEquals(List.of(MUSIC), list(bo));
    say(CHESS);
    entry = entry(CHESS);
    assertFalse(entry.has("pinned"));
    assertEquals(1, entry.path("unread").asInt());
    assertEquals(2, history(CHESS), "a community keeps its history");
    assertEquals(10007, SyncTest.code(bo, "conversation.clear", SyncTest.conversation(CHESS)));
    assertEquals(
        51007,
        SyncTest.code(
            bo, "conversation.pin", SyncTest.conversation(CHESS + "x").put("pinned", true)));
  }

  @Test
  void topicsComeAndGoWithMembershipAndWithTheTopic() {
    say(CHESS);
    try (TestUser cy = app.login("cy")) {
      ask(cy, "group.join", Json.object().put("groupId", CLUB));
      assertTrue(list(cy).isEmpty(), "what was there before is no news");
      say(CHESS);
      assertEquals(List.of(CHESS), list(cy));
      ask(cy, "group.quit", Json.object().put("groupId", CLUB));
      assertTrue(list(cy).isEmpty());
    }
    assertEquals(List.of(CHESS), list(bo));
    rest(
        "million_group_open_http_svc/destroy_topic",
        "'GroupId':'" + CLUB + "','TopicIdList':['" + CHESS.substring(5) + "']");
    assertTrue(list(bo).isEmpty());
  }

  private void say(String topic) {
    ask(ann, "message.send", SyncTest.message(topic, ++random));
  }

  private void option(String conversation, String flag) {
    done("conversation.option", named(conversation).put("msgFlag", flag));
  }

  private void done(String command, ObjectNode data) {
    JsonNode reply = ask(bo, command, data);
    assertTrue(reply.path("failed").isEmpty(), reply::toString);
  }

  private static ObjectNode named(String conversation) {
    ObjectNode data = Json.object();
    data.putArray("conversations").add(conversation);
    return data;
  }

  private JsonNode entry(String conversation) {
    JsonNode reply = ask(bo, "conversation.get", named(conversation));
    assertEquals(1, reply.path("conversations").size(), reply::toString);
    return reply.at("/conversations/0");
  }

  private int total() {
    return ask(bo, "conversation.unread", Json.object()).path("total").asInt();
  }

  private int history(String conversation) {
    return ask(bo, "message.history", SyncTest.conversation(conversation)).path("messages").size();
  }

  /** The topics of a first synchronisation; the community stands there once it tells of itself. */
  private static List<String> list(TestUser user) {
    return StreamSupport.stream(
            ask(user, "sync", Json.object()).path("conversations").spliterator(), false)
        .map(each -> each.path("conversation").asText())
        .filter(name -> name.contains("@TOPIC#_"))
        .toList();
  }

  private static JsonNode ask(TestUser user, String command, ObjectNode data) {
    return SyncTest.ask(user, command, data);
  }

  private void rest(String path, String members) {
    JsonNode reply = app.rest(path, "{" + members.replace('\'', '"') + "}");
    assertEquals(0, reply.path("ErrorCode").asInt(), reply::toString);
  }
}
