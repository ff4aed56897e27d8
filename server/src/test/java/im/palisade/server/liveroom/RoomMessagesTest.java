package im.palisade.server.liveroom;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import im.palisade.client.ImClient;
import im.palisade.client.ImMessage;
import im.palisade.server.protocol.Json;
import im.palisade.server.testing.TestUser;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What is said in live rooms (group-semantics §7, §10; rest-groups C1, rest-groups-advanced F10).
 */
class RoomMessagesTest {
  private static final String SEND = "group_open_http_svc/send_group_msg";
  private static final String BROADCAST = "group_open_http_svc/send_broadcast_msg";

  private final LiveApp live = LiveApp.full();

  @Test
  void everybodyInTheRoomHearsAMessageInOrderAndNobodyElse() {
    try (TestUser ann = live.in("ann");
        TestUser bo = live.in("bo");
        TestUser eve = live.app().login("eve")) {
      long first = 0;
      for (int n = 0; n < 20; n++) {
        JsonNode sent = sent(ann, n, "hello " + n);
        first = n == 0 ? sent.path("seq").asLong() : first;
        assertEquals(first + n, sent.path("seq").asLong());
        ImMessage message = text(bo);
        assertEquals("hello " + n, message.text());
        assertEquals("ann", message.from());
        assertEquals("GROUProom", message.conversation());
        assertEquals(first + n, message.seq());
      }
      ann.settle();
      eve.settle();
      assertFalse(eve.hasMessage());
      assertFalse(hasText(ann), "the sending connection does not hear itself");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"'); DROP TABLE account; --", "\u0000\u0001\u001f", "😀é漢", "{\"evt\":\"x\"}"})
  void whateverIsSaidArrivesUnchanged(String text) {
    try (TestUser ann = live.in("ann")) {
      assertEquals(0, live.send("", 1, text, "Normal").path("ErrorCode").asInt(-1));
      assertEquals(text, text(ann).text());
    }
  }

  @Test
  void aBackEndSpeaksAsAnybodyWhoeverIsThere() {
    try (TestUser ann = live.in("ann")) {
      JsonNode reply = live.send("bo", 1, "from outside", "Normal");
      assertEquals(0, reply.path("ErrorCode").asInt(-1), reply::toString);
      assertTrue(reply.path("MsgSeq").asLong() > 0);
      ImMessage message = text(ann);
      assertEquals("bo", message.from());
      assertEquals("from outside", message.text());
      assertEquals(1, live.online(), "who speaks that way does not enter");
      assertEquals(10019, live.send("nobody", 2, "x", "Normal").path("ErrorCode").asInt());
    }
  }

  @Test
  void aRepeatedRandomIsAnsweredWithTheFirstSeqAndHeardOnce() {
    try (TestUser ann = live.in("ann");
        TestUser bo = live.in("bo")) {
      long seq = sent(ann, 7, "once").path("seq").asLong();
      assertEquals(seq, sent(ann, 7, "twice").path("seq").asLong());
      assertEquals(seq, live.send("ann", 7, "thrice", "Normal").path("MsgSeq").asLong());
      assertTrue(live.send("eve", 7, "another sender", "Normal").path("MsgSeq").asLong() > seq);
      assertEquals("once", text(bo).text());
      assertEquals("another sender", text(bo).text());
    }
  }

  @Test
  void whoIsNotInTheRoomCannotSpeakThere() {
    try (TestUser ann = live.app().login("ann")) {
      assertEquals(10007, code(ann, 1, "let me in"));
      assertEquals(0, LiveApp.join(ann, LiveApp.ROOM));
      assertEquals(0, code(ann, 2, "I am in"));
      assertEquals(0, LiveApp.quit(ann, LiveApp.ROOM));
      assertEquals(10007, code(ann, 3, "and out"));
    }
  }

  @Test
  void mutesHoldForClientsAndBackEndsButNotForTheCallingAdministrator() {
    try (TestUser ann = live.in("ann");
        TestUser owner = live.in("owner")) {
      live.ok(
          "group_open_http_svc/forbid_send_msg",
          Json.parseObject(
                  "{\"GroupId\":\"room\",\"Members_Account\":[\"ann\"],\"MuteTime\":600}"
                      .getBytes(java.nio.charset.StandardCharsets.UTF_8))
              .orElseThrow());
      assertEquals(10017, code(ann, 1, "muted"));
      assertEquals(10017, live.send("ann", 2, "muted", "High").path("ErrorCode").asInt());
      live.ok(
          "group_open_http_svc/modify_group_base_info", LiveApp.room().put("MuteAllMember", "On"));
      assertEquals(10017, live.send("bo", 3, "all are", "High").path("ErrorCode").asInt());
      assertEquals(0, live.send("", 4, "not the app", "High").path("ErrorCode").asInt(-1));
      assertEquals(0, code(owner, 5, "nor the owner"));
      assertEquals(
          0,
          live.code(
              "group_open_avchatroom_http_svc/modify_admin",
              "{\"GroupId\":\"room\",\"CommandType\":1,\"Admin_Account\":[\"bo\"]}"));
      assertEquals(0, live.send("bo", 6, "nor an admin", "High").path("ErrorCode").asInt(-1));
    }
  }

  @Test
  void whatIsAboveTheRateIsDroppedByPriorityAndToldAsDropped() {
    try (TestUser ann = live.in("ann")) {
      int[] taken = new int[2];
      List<CompletableFuture<JsonNode>> sends = new ArrayList<>();
      for (int i = 0; i < 60; i++) {
        sends.add(send(ann, 100 + i, "low", "Low"));
      }
      for (int i = 0; i < 60; i++) {
        sends.add(send(ann, 200 + i, "high", "High"));
      }
      for (int i = 0; i < sends.size(); i++) {
        if (TestUser.await(sends.get(i)).path("seq").asLong() > 0) {
          taken[i / 60]++;
        }
      }
      assertTrue(taken[0] >= 24 && taken[0] < 60, () -> taken[0] + " of low priority");
      assertTrue(taken[1] >= 16 && taken[1] < 60, () -> taken[1] + " of high priority");
      JsonNode reply = live.call(SEND, message(999, "Low").toString());
      assertEquals("MsgFreqCtrl", reply.path("MsgDropReason").asText(), reply::toString);
      assertEquals(0, reply.path("MsgSeq").asLong(-1));
      assertEquals(0, reply.path("ErrorCode").asInt(-1));
    }
  }

  @Test
  void anAppMayWantToHearOfRefusalsInstead() {
    LiveApp strict = LiveApp.with("{\"groups\":{\"rateReject\":true,\"ratePerSecond\":10}}");
    List<Integer> codes = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      codes.add(strict.send("", i, "x", "High").path("ErrorCode").asInt(-1));
    }
    assertEquals(0, codes.getFirst());
    assertTrue(codes.contains(10023), codes::toString);
  }

  @Test
  void aSenderTakesBackItsOwnWithinTheWindowAndTheOwnerAnything() {
    try (TestUser ann = live.in("ann");
        TestUser bo = live.in("bo");
        TestUser owner = live.in("owner")) {
      String key = sent(ann, 1, "oops").path("msgKey").asText();
      assertEquals("oops", text(bo).text());
      assertEquals(10030, recall(bo, key));
      assertEquals(0, recall(ann, key));
      String event = event(bo, "message.recalled");
      assertTrue(event.contains(key) && event.contains("\"operator\":\"ann\""), event);
      assertEquals(0, recall(owner, key));
      assertTrue(event(bo, "message.recalled").contains("\"operator\":\"owner\""));
      JsonNode rest =
          live.call(
              "group_open_http_svc/group_msg_recall",
              "{\"GroupId\":\"room\",\"MsgSeqList\":[{\"MsgSeq\":1}]}");
      assertEquals(10033, rest.path("ErrorCode").asInt(), rest::toString);
    }
  }

  @Test
  void whoComesIsShownTheLastMessagesWhenTheAppWantsThat() {
    LiveApp replaying = LiveApp.with("{\"groups\":{\"replay\":3}}");
    for (int i = 0; i < 5; i++) {
      replaying.send("ann", i, "m" + i, "Normal");
    }
    try (TestUser bo = replaying.in("bo")) {
      replaying.send("ann", 9, "now", "Normal");
      for (String expected : List.of("m2", "m3", "m4", "now")) {
        assertEquals(expected, text(bo).text());
      }
    }
    live.send("ann", 1, "before", "Normal");
    try (TestUser bo = live.in("bo")) {
      live.send("ann", 2, "after", "Normal");
      assertEquals("after", text(bo).text(), "by default nothing is replayed");
    }
  }

  @Test
  void whatWasTakenBackIsNotShownToWhoComesLater() {
    LiveApp replaying = LiveApp.with("{\"groups\":{\"replay\":3}}");
    try (TestUser ann = replaying.in("ann")) {
      ImMessage[] said = new ImMessage[2];
      for (int i = 0; i < 2; i++) {
        replaying.send("bo", i, "m" + i, "Normal");
        said[i] = text(ann);
      }
      TestUser owner = replaying.app().login("owner");
      TestUser.await(
          owner
              .client()
              .request(
                  "message.recall",
                  ImClient.object()
                      .put("conversation", "GROUP" + LiveApp.ROOM)
                      .put("msgKey", said[0].msgKey())));
      owner.close();
      try (TestUser eve = replaying.in("eve")) {
        assertEquals("m1", text(eve).text());
      }
    }
  }

  @Test
  void theProfileTellsTheNextNumberOfTheRoom() {
    for (int i = 0; i < 3; i++) {
      assertEquals(i + 1, next());
      assertEquals(i + 1, live.send("ann", i, "m", "High").path("MsgSeq").asLong());
    }
    assertEquals(4, next());
  }

  private long next() {
    ObjectNode body = Json.object();
    body.putArray("GroupIdList").add(LiveApp.ROOM);
    return live.ok("group_open_http_svc/get_group_info", body)
        .at("/GroupInfo/0/NextMsgSeq")
        .asLong();
  }

  @Test
  void aBroadcastReachesEverybodyInAnyRoomOnce() {
    live.create("AVChatRoom", "second", "owner");
    try (TestUser ann = live.in("ann");
        TestUser bo = live.in("bo", "second");
        TestUser eve = live.app().login("eve")) {
      assertEquals(0, LiveApp.join(ann, "second"));
      JsonNode first = live.call(BROADCAST, broadcast(5).toString());
      assertEquals(0, first.path("ErrorCode").asInt(-1), first::toString);
      assertEquals(1, first.path("MsgSeq").asLong());
      assertEquals(1, live.call(BROADCAST, broadcast(5).toString()).path("MsgSeq").asLong());
      await()
          .until(() -> live.call(BROADCAST, broadcast(6).toString()).path("MsgSeq").asLong() == 2);
      for (TestUser user : List.of(ann, bo)) {
        assertEquals("maintenance 5", text(user).text());
        assertEquals("maintenance 6", text(user).text());
        user.settle();
        assertFalse(hasText(user));
      }
      eve.settle();
      assertFalse(eve.hasMessage());
    }
  }

  @Test
  void broadcastsAreOneASecondAndCanBeSwitchedOff() {
    List<Integer> codes = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      codes.add(live.code(BROADCAST, broadcast(10 + i).toString()));
    }
    assertEquals(0, codes.getFirst());
    assertTrue(codes.contains(10023), codes::toString);
    assertEquals(10007, LiveApp.with("{}").code(BROADCAST, broadcast(1).toString()));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{} | 10004",
        "{\"Random\":1} | 10004",
        "{\"Random\":-1,\"MsgBody\":[]} | 10004",
        "{\"Random\":1,\"MsgBody\":[]} | 10004",
        "{\"Random\":1,\"MsgBody\":[{\"MsgType\":\"TIMTextElem\",\"MsgContent\":{\"Text\":\"x\"}}],"
            + "\"From_Account\":\"nobody\"} | 10019"
      })
  void aBroadcastThatIsWrongIsAnsweredWithItsCode(String body, int code) {
    assertEquals(code, live.code(BROADCAST, body));
  }

  @Test
  void aBroadcastAboveTheSizeIsRefused() {
    ObjectNode body = Json.object().put("Random", 1);
    LiveApp.element(body, "x".repeat(12_288));
    assertEquals(80002, live.code(BROADCAST, body.toString()));
  }

  @Test
  void aNotificationReachesTheRoomAndASubsetIsRefused() {
    String notify = "group_open_http_svc/send_group_system_notification";
    try (TestUser ann = live.in("ann")) {
      assertEquals(0, live.code(notify, "{\"GroupId\":\"room\",\"Content\":\"hear\"}"));
      String event = event(ann, "group.notice");
      assertTrue(event.contains("255") && event.contains("hear"), event);
      assertEquals(
          10004,
          live.code(
              notify, "{\"GroupId\":\"room\",\"Content\":\"x\",\"ToMembers_Account\":[\"ann\"]}"));
    }
  }

  @Test
  void aDissolvedRoomIsEmptyAndSilent() {
    try (TestUser ann = live.in("ann")) {
      live.ok("group_open_http_svc/destroy_group", LiveApp.room());
      assertTrue(event(ann, "group.notice").contains("\"code\":5"));
      assertEquals(10010, code(ann, 1, "anybody?"));
      assertEquals(10010, LiveApp.join(ann, LiveApp.ROOM));
      ObjectNode all = Json.object().put("Random", 1);
      LiveApp.element(all, "to all rooms");
      live.ok("group_open_http_svc/send_broadcast_msg", all);
      ann.settle();
      assertFalse(hasText(ann), "who is in no room hears no broadcast");
    }
  }

  private static String event(TestUser user, String name) {
    String event = user.nextEvent();
    while (!event.startsWith(name)) {
      event = user.nextEvent();
    }
    return event;
  }

  @Test
  void whoComesAndGoesInAMomentIsToldOfInOneTipWithTheLatestNamesAndTheNumberOfAll() {
    String[] names = IntStream.range(0, 40).mapToObj(i -> "s" + i).toArray(String[]::new);
    live.app().withUsers(names);
    List<TestUser> users = new ArrayList<>();
    try (TestUser witness = live.in("ann")) {
      for (String name : names) {
        users.add(live.app().login(name));
      }
      assertEquals(1, tip(witness).path("MemberNum").asInt(), "its own coming");
      long begin = System.nanoTime();
      List<CompletableFuture<JsonNode>> joins =
          users.stream()
              .map(
                  user ->
                      user.client()
                          .request("group.join", ImClient.object().put("groupId", LiveApp.ROOM)))
              .toList();
      joins.forEach(TestUser::await);
      List<JsonNode> tips = tipsUntil(witness, 41);
      long most = (System.nanoTime() - begin) / 200_000_000 + 2;
      assertTrue(tips.size() <= most, tips.size() + " tips, at most " + most);
      for (JsonNode each : tips) {
        assertEquals(1, each.path("OpType").asInt(), each::toString);
        assertTrue(each.path("MemberList").size() <= 20, each::toString);
      }
      for (TestUser user : users.subList(0, 30)) {
        user.close();
      }
      // Whose connection is lost is told of only later, so all of them must be gone before the
      // others.
      Awaitility.await().until(() -> live.online() == 11);
      begin = System.nanoTime();
      List<CompletableFuture<JsonNode>> leaves =
          users.subList(30, 40).stream()
              .map(
                  user ->
                      user.client()
                          .request("group.quit", ImClient.object().put("groupId", LiveApp.ROOM)))
              .toList();
      leaves.forEach(TestUser::await);
      tips = tipsUntil(witness, 1);
      most = (System.nanoTime() - begin) / 200_000_000 + 2;
      assertTrue(tips.size() <= most, tips.size() + " tips, at most " + most);
      tips.forEach(each -> assertEquals(2, each.path("OpType").asInt(), each::toString));
    } finally {
      users.forEach(TestUser::close);
    }
  }

  private static JsonNode tip(TestUser user) {
    while (true) {
      ImMessage message = user.nextMessage();
      if (message.from().equals("@TIM#SYSTEM")) {
        return message.body().path(0).path("MsgContent");
      }
    }
  }

  private static List<JsonNode> tipsUntil(TestUser user, int present) {
    List<JsonNode> tips = new ArrayList<>();
    do {
      tips.add(tip(user));
    } while (tips.getLast().path("MemberNum").asInt() != present);
    return tips;
  }

  /** The next message that is no tip. */
  static ImMessage text(TestUser user) {
    ImMessage message = user.nextMessage();
    while (message.from().equals("@TIM#SYSTEM")) {
      message = user.nextMessage();
    }
    return message;
  }

  private static boolean hasText(TestUser user) {
    while (user.hasMessage()) {
      if (!user.nextMessage().from().equals("@TIM#SYSTEM")) {
        return true;
      }
    }
    return false;
  }

  private static JsonNode sent(TestUser user, long random, String text) {
    return TestUser.await(send(user, random, text, "Normal"));
  }

  private static int code(TestUser user, long random, String text) {
    return TestUser.code(send(user, random, text, "Normal"));
  }

  private static CompletableFuture<JsonNode> send(
      TestUser user, long random, String text, String priority) {
    ObjectNode data =
        ImClient.object()
            .put("conversation", "GROUProom")
            .put("random", random)
            .put("priority", priority);
    data.putArray("body")
        .addObject()
        .put("MsgType", "TIMTextElem")
        .putObject("MsgContent")
        .put("Text", text);
    return user.client().request("message.send", data);
  }

  private static int recall(TestUser user, String key) {
    return TestUser.code(
        user.client()
            .request(
                "message.recall",
                ImClient.object().put("conversation", "GROUProom").put("msgKey", key)));
  }

  private static ObjectNode message(long random, String priority) {
    ObjectNode body = LiveApp.room().put("Random", random).put("MsgPriority", priority);
    LiveApp.element(body, "x");
    return body;
  }

  private static ObjectNode broadcast(long random) {
    ObjectNode body = Json.object().put("Random", random);
    LiveApp.element(body, "maintenance " + random);
    return body;
  }
}
