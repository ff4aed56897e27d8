package im.palisade.server.groupmessage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import im.palisade.client.HistoryRange;
import im.palisade.client.ImMessage;
import im.palisade.server.app.AppSettings;
import im.palisade.server.message.GroupUnreadStore;
import im.palisade.server.protocol.Json;
import im.palisade.server.testing.TestApp;
import im.palisade.server.testing.TestServer;
import im.palisade.server.testing.TestUser;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Messages of topics: each topic numbers, keeps and counts for itself (group-semantics §12). */
class TopicMessagesTest {
  private static final String CLUB = "@TGS#_club";
  private static final String OPENINGS = CLUB + "@TOPIC#_openings";
  private static final String ENDGAMES = CLUB + "@TOPIC#_endgames";

  private final TestApp app = club("{}");

  private TestApp club(String settings) {
    TestApp made =
        TestServer.shared()
            .newApp(AppSettings.parse(settings.replace('\'', '"')))
            .withUsers("ann", "bo", "cy", "dee");
    ok(
        made,
        "group_open_http_svc/create_group",
        "'Type':'Community','Name':'Club','SupportTopic':1,'Owner_Account':'ann',"
            + "'MemberList':[{'Member_Account':'bo'}]");
    for (String topic : List.of(OPENINGS, ENDGAMES)) {
      ok(
          made,
          "million_group_open_http_svc/create_topic",
          "'TopicName':'t','TopicId':'" + topic + "'");
    }
    return made;
  }

  @Test
  void everyTopicNumbersAndCountsForItself() {
    try (TestUser bo = app.login("bo");
        TestUser phone = app.login("bo", "android", "b2")) {
      assertEquals(1, say("ann", OPENINGS, 1));
      assertEquals(2, say("ann", OPENINGS, 2));
      assertEquals(1, say("ann", ENDGAMES, 1), "the same random in another topic is another");
      assertEquals(2, unread(bo, OPENINGS));
      assertEquals(1, unread(bo, ENDGAMES));
      assertEquals("4 of which 0 are read", totals());
      TestUser.await(bo.client().request("message.read", about(OPENINGS).put("seq", 1)));
      String event = phone.nextEvent();
      assertTrue(event.startsWith("conversation.read"), event);
      assertTrue(event.contains("\"readSeq\":1,\"unread\":1"), event);
      assertEquals(1, unread(bo, OPENINGS));
      assertEquals(2, stored("bo"), "over all topics");
      assertEquals("4 of which 1 are read", totals());
      TestUser.await(bo.client().request("message.read", about(OPENINGS)));
      assertEquals(0, unread(bo, OPENINGS));
      assertEquals(1, stored("bo"));
    }
  }

  @Test
  void whoSendsHasNotReadWhatWasThereBefore() {
    try (TestUser bo = app.login("bo")) {
      say("ann", OPENINGS, 1);
      TestUser.await(bo.client().request("message.send", text(OPENINGS, 2)));
      say("ann", OPENINGS, 3);
      assertEquals(2, unread(bo, OPENINGS), "its own does not count");
    }
  }

  @Test
  void whoComesLaterHasNothingUnreadHoweverOften() {
    say("ann", OPENINGS, 1);
    member("add_group_member", "'MemberList':[{'Member_Account':'cy'}]");
    try (TestUser cy = app.login("cy")) {
      assertEquals(0, unread(cy, OPENINGS));
      say("ann", OPENINGS, 2);
      say("ann", ENDGAMES, 2);
      assertEquals(1, unread(cy, OPENINGS));
      assertEquals(1, unread(cy, ENDGAMES), "no message was there when it came");
      member("delete_group_member", "'MemberToDel_Account':['cy']");
      say("ann", OPENINGS, 3);
      assertEquals(0, stored("cy"));
      member("import_group_member", "'MemberList':[{'Member_Account':'cy'}]");
      assertEquals(0, unread(cy, OPENINGS));
      assertEquals(0, unread(cy, ENDGAMES));
    }
  }

  @Test
  void whatBecomesOfATopicsMessageReachesThoseWhoFollowIt() {
    try (TestUser bo = app.login("bo")) {
      say("ann", OPENINGS, 1);
      say("ann", OPENINGS, 2);
      JsonNode modified =
          rest(
              app,
              "openim/modify_group_msg",
              "'TopicId':'"
                  + OPENINGS
                  + "','MsgSeq':1,'MsgBody':[{'MsgType':'TIMTextElem','MsgContent':{'Text':'e5'}}]");
      assertEquals(0, modified.path("ErrorCode").asInt(), modified::toString);
      String event = bo.nextEvent();
      assertTrue(event.startsWith("message.modified") && event.contains("GROUP" + OPENINGS), event);
      assertTrue(event.contains("\"Text\":\"e5\""), event);
      ok(
          app,
          "group_open_http_svc/group_msg_recall",
          "'TopicId':'" + OPENINGS + "','MsgSeqList':[{'MsgSeq':2}]");
      event = bo.nextEvent();
      assertTrue(event.startsWith("message.recalled") && event.contains("GROUP" + OPENINGS), event);
      assertEquals(1, unread(bo, OPENINGS));
      JsonNode page =
          ok(
              app,
              "group_open_http_svc/group_msg_get_simple",
              "'TopicId':'" + OPENINGS + "','ReqMsgNumber':20");
      assertEquals(1, page.path("RspMsgList").size());
      assertEquals(
          "e5", page.path("RspMsgList").at("/0/MsgBody/0/MsgContent/Text").asText(), "edited");
      assertEquals(
          10030,
          ok(
                  app,
                  "group_open_http_svc/group_msg_recall",
                  "'TopicId':'" + ENDGAMES + "','MsgSeqList':[{'MsgSeq':1}]")
              .at("/RecallRetList/0/RetCode")
              .asInt(),
          "another topic's numbers are others");
    }
  }

  @Test
  void aMemberDiscardsATopicAndHearsTheOthers() {
    try (TestUser ann = app.login("ann");
        TestUser bo = app.login("bo")) {
      TestUser.await(bo.client().request("group.member", option("Discard")));
      assertTrue(bo.nextEvent().contains("\"topicId\":\"" + OPENINGS + "\""));
      TestUser.await(ann.client().request("message.send", text(OPENINGS, 1)));
      TestUser.await(ann.client().request("message.send", text(ENDGAMES, 2)));
      assertEquals("GROUP" + ENDGAMES, bo.nextMessage().conversation());
      assertEquals(0, unread(bo, OPENINGS));
      assertEquals("Discard", topics(bo, OPENINGS).path("msgFlag").asText());
      assertEquals("AcceptAndNotify", topics(bo, ENDGAMES).path("msgFlag").asText());
      assertEquals(
          10007,
          TestUser.code(app.login("dee").client().request("group.member", option("Discard"))));
    }
    try (TestUser bo = app.login("bo")) {
      say("ann", OPENINGS, 3);
      assertFalse(bo.settle().hasMessage(), "also after another login");
      TestUser.await(bo.client().request("group.member", option("AcceptNotNotify")));
      assertEquals(0, unread(bo, OPENINGS), "what was discarded is unread for nobody");
      say("ann", OPENINGS, 4);
      assertEquals(3, bo.nextMessage().seq());
      assertEquals(1, unread(bo, OPENINGS));
    }
  }

  @Test
  void whoLeavesAndComesAgainHasNoPlaceInTheTopicsAnyMore() {
    try (TestUser bo = app.login("bo")) {
      TestUser.await(bo.client().request("group.member", option("Discard")));
      say("ann", OPENINGS, 1);
      member("delete_group_member", "'MemberToDel_Account':['bo']");
      say("ann", OPENINGS, 2);
      assertFalse(hasPlace("bo"), "nothing is kept of who is gone");
      member("add_group_member", "'MemberList':[{'Member_Account':'bo'}]");
      assertEquals("AcceptAndNotify", topics(bo, OPENINGS).path("msgFlag").asText());
      assertEquals(2, topics(bo, OPENINGS).path("readSeq").asLong());
      say("ann", OPENINGS, 3);
      ImMessage heard = bo.nextMessage();
      while (!heard.conversation().equals("GROUP" + OPENINGS)) {
        heard = bo.nextMessage();
      }
      assertEquals(3, heard.seq(), "it hears the topic it discarded before");
      assertEquals(1, unread(bo, OPENINGS));
      TestUser.await(bo.client().request("group.quit", Json.object().put("groupId", CLUB)));
      assertFalse(hasPlace("bo"));
    }
  }

  private boolean hasPlace(String userId) {
    StoredGroups store = new StoredGroups(app);
    long account = store.account(userId);
    return store
        .region()
        .read(
            c -> {
              try (var select =
                  c.prepareStatement("SELECT 1 FROM group_topic_member WHERE account_id = ?")) {
                select.setLong(1, account);
                try (var rows = select.executeQuery()) {
                  return rows.next();
                }
              }
            });
  }

  @Test
  void aMentionInATopicIsKeptUntilItIsRead() {
    JsonNode sent =
        rest(
            app,
            "group_open_http_svc/send_group_msg",
            "'TopicId':'"
                + OPENINGS
                + "','Random':7,'From_Account':'ann','GroupAtInfo':[{'GroupAtAllFlag':0,"
                + "'GroupAt_Account':'bo'}],'MsgBody':[{'MsgType':'TIMTextElem','MsgContent':"
                + "{'Text':'@bo'}}]");
    assertEquals(0, sent.path("ErrorCode").asInt(), sent::toString);
    assertEquals(1, mentions("bo"));
    assertEquals(0, mentions("dee"), "no member of the community");
    try (TestUser bo = app.login("bo")) {
      TestUser.await(bo.client().request("message.read", about(OPENINGS)));
    }
    assertEquals(0, mentions("bo"));
  }

  @Test
  void mutesOfATopicLeaveTheOthersAlone() {
    try (TestUser ann = app.login("ann");
        TestUser bo = app.login("bo")) {
      member(
          "forbid_send_msg", "'TopicId':'" + OPENINGS + "','Members_Account':['bo'],'MuteTime':60");
      assertEquals(10017, code(bo, OPENINGS, 1));
      assertEquals(0, code(bo, ENDGAMES, 2));
      ok(
          app,
          "million_group_open_http_svc/modify_topic",
          "'TopicId':'" + ENDGAMES + "','MuteAllMember':'On'");
      assertEquals(10017, code(bo, ENDGAMES, 3));
      assertEquals(0, code(ann, ENDGAMES, 4), "the owner may speak");
      member(
          "forbid_send_msg", "'TopicId':'" + OPENINGS + "','Members_Account':['bo'],'MuteTime':0");
      assertEquals(0, code(bo, OPENINGS, 5));
      ok(app, "million_group_open_http_svc/destroy_topic", "'TopicIdList':['" + OPENINGS + "']");
      assertEquals(10010, code(bo, OPENINGS, 6));
    }
  }

  @Test
  void membersReadAllOfATopicUnlessTheAppShowsNothingFromBeforeTheyCame() {
    TestApp closed = club("{'groups':{'rules':{'Community':{'history-before-join':'no'}}}}");
    for (TestApp each : List.of(app, closed)) {
      say(each, "ann", OPENINGS, 1);
      StoredGroups store = new StoredGroups(each);
      store.run(
          """
          UPDATE message m JOIN group_topic t ON t.conversation_id = m.conversation_id
          JOIN im_group g ON g.conversation_id = t.community_id AND g.app_id = ?
          SET m.time = m.time - 100
          """,
          each.appId());
      ok(each, "group_open_http_svc/add_group_member", "'MemberList':[{'Member_Account':'cy'}]");
      say(each, "ann", OPENINGS, 2);
      try (TestUser cy = each.login("cy");
          TestUser dee = each.login("dee")) {
        assertEquals(each == app ? List.of(1L, 2L) : List.of(2L), history(cy));
        assertEquals(
            10007,
            TestUser.code(dee.client().history("GROUP" + OPENINGS, new HistoryRange.Newest(), 10)));
      }
    }
  }

  private long stored(String userId) {
    long account = new StoredGroups(app).account(userId);
    return app
        .server()
        .regions()
        .of(app.app())
        .read(c -> new GroupUnreadStore().unread(c, account))
        .values()
        .stream()
        .mapToLong(GroupUnreadStore.Unread::count)
        .sum();
  }

  private int mentions(String userId) {
    StoredGroups store = new StoredGroups(app);
    long account = store.account(userId);
    return store
        .region()
        .read(
            c -> {
              try (var select =
                  c.prepareStatement(
                      "SELECT conversation_id FROM group_topic WHERE topic_id = ?")) {
                select.setString(1, OPENINGS);
                List<Long> ids = new java.util.ArrayList<>();
                try (var rows = select.executeQuery()) {
                  while (rows.next()) {
                    ids.add(rows.getLong(1));
                  }
                }
                return new GroupUnreadStore().mentions(c, account, ids);
              }
            })
        .values()
        .stream()
        .mapToInt(List::size)
        .sum();
  }

  private String totals() {
    JsonNode joined =
        app.rest(
                "group_open_http_svc/get_joined_group_list",
                "{\"Member_Account\":\"bo\",\"SupportTopic\":1}")
            .at("/GroupIdList/0");
    return joined.path("GrossTopicNextMsgSeq").asLong()
        + " of which "
        + joined.at("/SelfInfo/GrossTopicReadSeq").asLong()
        + " are read";
  }

  private static List<Long> history(TestUser user) {
    return TestUser.await(user.client().history("GROUP" + OPENINGS, new HistoryRange.Newest(), 10))
        .messages()
        .stream()
        .map(ImMessage::seq)
        .toList();
  }

  private static long unread(TestUser user, String topicId) {
    return topics(user, topicId).path("unread").asLong(-1);
  }

  private static JsonNode topics(TestUser user, String topicId) {
    for (JsonNode topic :
        TestUser.await(user.client().request("group.topics", Json.object().put("groupId", CLUB)))
            .path("topics")) {
      if (topic.path("topicId").asText().equals(topicId)) {
        return topic;
      }
    }
    throw new AssertionError(topicId);
  }

  private static int code(TestUser user, String topicId, long random) {
    return TestUser.code(user.client().request("message.send", text(topicId, random)));
  }

  private static ObjectNode option(String msgFlag) {
    return Json.object().put("groupId", CLUB).put("topicId", OPENINGS).put("msgFlag", msgFlag);
  }

  private static ObjectNode about(String topicId) {
    return Json.object().put("conversation", "GROUP" + topicId);
  }

  private static ObjectNode text(String topicId, long random) {
    ObjectNode data = about(topicId).put("random", random);
    data.putArray("body")
        .addObject()
        .put("MsgType", "TIMTextElem")
        .putObject("MsgContent")
        .put("Text", "e4");
    return data;
  }

  private long say(String from, String topicId, long random) {
    return say(app, from, topicId, random);
  }

  private static long say(TestApp app, String from, String topicId, long random) {
    return ok(
            app,
            "group_open_http_svc/send_group_msg",
            "'TopicId':'"
                + topicId
                + "','Random':"
                + random
                + ",'From_Account':'"
                + from
                + "','MsgBody':[{'MsgType':'TIMTextElem','MsgContent':{'Text':'e4'}}]")
        .path("MsgSeq")
        .asLong();
  }

  private void member(String command, String fields) {
    ok(app, "group_open_http_svc/" + command, fields);
  }

  private static JsonNode ok(TestApp app, String command, String fields) {
    JsonNode reply = rest(app, command, fields);
    assertEquals(0, reply.path("ErrorCode").asInt(), command + " " + fields + " -> " + reply);
    return reply;
  }

  private static JsonNode rest(TestApp app, String command, String fields) {
    return app.rest(command, ("{'GroupId':'" + CLUB + "'," + fields + "}").replace('\'', '"'));
  }
}
