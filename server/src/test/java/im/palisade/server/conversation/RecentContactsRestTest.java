package im.palisade.server.conversation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import im.palisade.server.account.Account;
import im.palisade.server.app.AppSettings;
import im.palisade.server.protocol.Json;
import im.palisade.server.testing.TestApp;
import im.palisade.server.testing.TestServer;
import im.palisade.server.testing.TestUser;
import java.sql.PreparedStatement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** rest-conversations E1 (get_list) and E2 (delete), seen from an app's back end. */
class RecentContactsRestTest {
  private static final AtomicLong RANDOM = new AtomicLong(1);

  /** UNIX seconds that times are counted from; within retention, which other tests enforce. */
  private static final long START = now() - 86_400;

  private final TestApp app = TestServer.shared().newApp().withUsers("mia", "noah", "zoe", "lee");

  @Test
  void anAccountThatNeverTalkedHasAnEmptyFinishedList() {
    JsonNode reply = list(app, "mia", 7);
    assertEquals(0, reply.path("ErrorCode").asInt(), reply::toString);
    assertEquals("", reply.path("ErrorDisplay").asText("absent"));
    assertEquals(1, reply.path("CompleteFlag").asInt());
    assertTrue(reply.path("SessionItem").isArray());
    assertTrue(reply.path("SessionItem").isEmpty());
    assertTrue(Math.abs(reply.path("TimeStamp").asLong() - now()) < 60);
    assertEquals(reply.path("TimeStamp"), reply.path("TopTimeStamp"));
    assertEquals(0, reply.path("StartIndex").asInt(-1));
    assertEquals(0, reply.path("TopStartIndex").asInt(-1));
  }

  @Test
  void bothSidesHaveTheConversationWithTheTimeOfItsLastMessage() {
    send(app, "mia", "noah", START + 1000);
    for (String[] view : new String[][] {{"mia", "noah"}, {"noah", "mia"}}) {
      JsonNode item = list(app, view[0], 7).at("/SessionItem/0");
      assertEquals(1, item.path("Type").asInt());
      assertEquals(view[1], item.path("To_Account").asText());
      assertEquals(START + 1000, item.path("MsgTime").asLong());
      assertEquals(0, item.path("TopFlag").asInt());
      assertFalse(item.has("GroupId"));
    }
  }

  @Test
  void pinnedOnesComeFirstThenTheNewest() {
    send(app, "mia", "noah", START + 1000);
    send(app, "mia", "zoe", START + 3000);
    send(app, "lee", "mia", START + 2000);
    pin(app, "mia", "noah", true);
    assertEquals(List.of("noah+", "zoe", "lee"), names(list(app, "mia", 7)));
    assertEquals(List.of("noah+", "zoe", "lee"), names(list(app, "mia", 3)));
    assertEquals(List.of("zoe", "lee", "noah"), names(list(app, "mia", 6)));
    assertEquals(List.of("mia"), names(list(app, "noah", 7)));
    pin(app, "mia", "noah", false);
    assertEquals(List.of("zoe", "lee", "noah"), names(list(app, "mia", 7)));
  }

  @Test
  void oneTimeIsSharedInTheOrderOfIds() {
    send(app, "mia", "zoe", START + 1000);
    send(app, "mia", "lee", START + 1000);
    send(app, "mia", "noah", START + 1000);
    assertEquals(List.of("lee", "noah", "zoe"), names(list(app, "mia", 7)));
  }

  @Test
  void whatASideDidNotGetDoesNotShowThere() {
    rest("openim/sendmsg", message("mia", "noah").put("SyncOtherMachine", 2));
    assertEquals(List.of(), names(list(app, "mia", 7)));
    assertEquals(List.of("mia"), names(list(app, "noah", 7)));
    rest("openim/sendmsg", message("mia", "zoe").put("OnlineOnlyFlag", 1));
    assertEquals(List.of(), names(list(app, "zoe", 7)));
  }

  @Test
  void aMessageThatIsNotToBeLastDoesNotMoveTheConversation() {
    send(app, "mia", "noah", START + 1000);
    ObjectNode quiet = message("mia", "noah");
    quiet.putArray("SendMsgControl").add("NoLastMsg");
    rest("openim/sendmsg", quiet);
    assertEquals(START + 1000, list(app, "mia", 7).at("/SessionItem/0/MsgTime").asLong());
  }

  @Test
  void aDeletedConversationIsGoneForItsOwnerAloneUntilTheNextMessage() {
    send(app, "mia", "noah", now() - 60);
    pin(app, "mia", "noah", true);
    assertEquals(0, delete("mia", "noah", 0).path("ErrorCode").asInt());
    assertEquals(List.of(), names(list(app, "mia", 7)));
    assertEquals(List.of("mia"), names(list(app, "noah", 7)));
    assertEquals(1, history("mia", "noah"));
    send(app, "noah", "mia", now());
    assertEquals(List.of("noah"), names(list(app, "mia", 7)));
    assertEquals(2, history("mia", "noah"));
  }

  @Test
  void clearRambleHidesTheHistoryFromItsOwnerAlone() {
    send(app, "mia", "noah", now());
    delete("mia", "noah", 1);
    assertEquals(0, history("mia", "noah"));
    assertEquals(1, history("noah", "mia"));
    send(app, "noah", "mia", now());
    assertEquals(1, history("mia", "noah"));
  }

  @Test
  void anEmptyConversationIsListedOnRequestOnly() {
    send(app, "mia", "noah", now());
    sql("UPDATE member SET clear_seq = 1 WHERE account_id = ?", account(app, "mia").id());
    assertEquals(List.of("noah"), names(list(app, "mia", 2)));
    assertEquals(List.of(), names(list(app, "mia", 5)));
    assertEquals(List.of("mia"), names(list(app, "noah", 5)));
  }

  @Test
  void deletingWhatIsNotThereSucceeds() {
    assertEquals(0, delete("mia", "noah", 0).path("ErrorCode").asInt());
    assertEquals(0, delete("mia", "ghost", 1).path("ErrorCode").asInt());
    for (String name : List.of("ToGroupid", "ToGroupId", "GroupId")) {
      ObjectNode body = Json.object().put("From_Account", "mia").put("Type", 2).put(name, "g");
      assertEquals(0, rest("recentcontact/delete", body).path("ErrorCode").asInt(), name);
    }
  }

  @Test
  void devicesLearnOfADeletionOnlyWhenTheAppWantsThat() {
    TestApp syncing =
        TestServer.shared()
            .newApp(AppSettings.parse("{\"syncConversationDeletion\":true}"))
            .withUsers("mia", "noah");
    for (TestApp each : List.of(app, syncing)) {
      try (TestUser mia = each.login("mia")) {
        each.rest(
            "recentcontact/delete",
            "{\"From_Account\":\"mia\",\"Type\":1,\"To_Account\":\"noah\",\"ClearRamble\":1}");
        each.rest(
            "recentcontact/mark_contact",
            "{\"From_Account\":\"mia\",\"MarkItem\":[{\"OptType\":1,\"SetMark\":[1],"
                + "\"ContactItem\":{\"Type\":1,\"To_Account\":\"noah\"}}]}");
        if (each == syncing) {
          assertEquals(
              "conversation.deleted{\"conversation\":\"C2Cnoah\",\"cleared\":true}",
              mia.nextEvent());
        }
        assertTrue(mia.nextEvent().startsWith("conversation.marked"));
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {40, 250})
  void theListHoldsAsManyAsTheAppKeepsAndPagesWithoutGapOrRepeat(int ofOneTime) {
    TestApp large =
        TestServer.shared().newApp(AppSettings.parse("{\"recentContacts\":230}")).withUsers("mia");
    String[] peers = IntStream.range(0, 231).mapToObj("p%03d"::formatted).toArray(String[]::new);
    for (int i = 0; i < peers.length; i += 100) {
      large.withUsers(java.util.Arrays.copyOfRange(peers, i, Math.min(peers.length, i + 100)));
    }
    long owner = account(large, "mia").id();
    for (int i = 0; i < peers.length; i += 1) {
      conversation(large, owner, account(large, peers[i]).id(), 5000 - i / ofOneTime);
    }
    for (int i = 0; i < 3; i++) {
      pin(large, "mia", peers[i * 100], true);
    }
    List<String> seen = new ArrayList<>();
    ObjectNode body = Json.object().put("From_Account", "mia").put("AssistFlags", 7);
    List<Integer> sizes = new ArrayList<>();
    JsonNode page;
    do {
      page = large.rest("recentcontact/get_list", body.toString());
      sizes.add(page.path("SessionItem").size());
      seen.addAll(names(page));
      for (String cursor : List.of("TimeStamp", "StartIndex", "TopTimeStamp", "TopStartIndex")) {
        body.set(cursor, page.path(cursor));
      }
    } while (page.path("CompleteFlag").asInt() == 0 && sizes.size() < 10);
    assertEquals(List.of(100, 100, 30), sizes);
    assertEquals(230, seen.stream().distinct().count());
    assertEquals(List.of("p000+", "p100+", "p200+"), seen.subList(0, 3));
    assertFalse(seen.contains("p230"), "the oldest falls off");
    assertTrue(seen.contains("p229"));
  }

  @Test
  void theFirstPageSaysThatNoPinsAreLeft() {
    TestApp large =
        TestServer.shared().newApp(AppSettings.parse("{\"recentContacts\":200}")).withUsers("mia");
    String[] peers = IntStream.range(0, 100).mapToObj("p%03d"::formatted).toArray(String[]::new);
    large.withUsers(peers).withUsers("more");
    long owner = account(large, "mia").id();
    for (String peer : peers) {
      conversation(large, owner, account(large, peer).id(), 5000);
    }
    conversation(large, owner, account(large, "more").id(), 4000);
    pin(large, "mia", "more", true);
    JsonNode page = list(large, "mia", 7);
    assertEquals(0, page.path("CompleteFlag").asInt());
    assertEquals(1, page.path("TopTimeStamp").asInt());
    assertEquals(0, page.path("TopStartIndex").asInt());
    assertEquals(5000, page.path("TimeStamp").asInt());
    assertEquals(99, page.path("StartIndex").asInt());
  }

  @Test
  void fiftyConversationsMayBePinned() {
    String[] peers = IntStream.range(0, 51).mapToObj("p%03d"::formatted).toArray(String[]::new);
    app.withUsers(peers);
    try (TestUser mia = app.login("mia")) {
      for (int i = 0; i < 50; i++) {
        assertEquals(0, pin(mia, peers[i], true));
      }
      assertEquals(
          "conversation.pinned{\"conversation\":\"C2Cp000\",\"pinned\":true}", mia.nextEvent());
      assertEquals(0, pin(mia, peers[0], true));
      assertEquals(51012, pin(mia, peers[50], true));
      assertEquals(0, pin(mia, peers[3], false));
      assertEquals(0, pin(mia, peers[50], true));
      assertEquals(50001, pin(mia, "ghost", true));
    }
  }

  @Test
  void aUserIdThatCameBackIsListedOnce() {
    send(app, "mia", "noah", START + 1000);
    app.rest("im_open_login_svc/account_delete", "{\"DeleteItem\":[{\"UserID\":\"noah\"}]}");
    assertEquals(List.of("noah"), names(list(app, "mia", 7)));
    app.withUsers("noah");
    assertEquals(List.of(), names(list(app, "noah", 7)));
    send(app, "mia", "noah", START + 500);
    JsonNode reply = list(app, "mia", 7);
    assertEquals(List.of("noah"), names(reply));
    assertEquals(START + 500, reply.at("/SessionItem/0/MsgTime").asLong());
    delete("mia", "noah", 0);
    assertEquals(List.of(), names(list(app, "mia", 7)));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\0',
      textBlock =
          """
          get_list|{"From_Account":"ghost"}|50001
          get_list|{}|50002
          get_list|{"From_Account":7}|60015
          get_list|{"From_Account":""}|50002
          get_list|{"From_Account":"mia","AssistFlags":"x"}|50002
          get_list|{"From_Account":"mia","TimeStamp":-1}|50002
          get_list|[]|50002
          get_list|{"From_Account":"mia"}|0
          delete|{"From_Account":"ghost","Type":1,"To_Account":"noah"}|50001
          delete|{"Type":1,"To_Account":"noah"}|50002
          delete|{"From_Account":"mia","To_Account":"noah"}|50002
          delete|{"From_Account":"mia","Type":3,"To_Account":"noah"}|50002
          delete|{"From_Account":"mia","Type":1}|50002
          delete|{"From_Account":"mia","Type":1,"To_Account":5}|60015
          delete|{"From_Account":"mia","Type":2,"To_Account":"noah"}|50002
          delete|{"From_Account":"mia","Type":1,"To_Account":"noah","ClearRamble":2}|50002
          delete|x|50002
          """)
  void aBadRequestIsRefusedWithItsCode(String command, String body, int code) {
    JsonNode reply = app.rest("recentcontact/" + command, body);
    assertEquals(code, reply.path("ErrorCode").asInt(), reply::toString);
  }

  private void send(TestApp at, String from, String to, long time) {
    JsonNode reply = at.rest("openim/sendmsg", message(from, to).toString());
    assertEquals(0, reply.path("ErrorCode").asInt(), reply::toString);
    long one = account(at, from).id();
    long other = account(at, to).id();
    sql(
        "UPDATE message JOIN conversation c ON c.id = conversation_id AND c.last_seq = seq"
            + " SET message.time = ? WHERE c.account_1 = ? AND c.account_2 = ?",
        time,
        Math.min(one, other),
        Math.max(one, other));
  }

  /** A conversation with one message of that time, without the cost of sending it. */
  private static void conversation(TestApp at, long one, long other, long time) {
    sql(
        "INSERT INTO conversation (app_id, kind, account_1, account_2, last_seq, last_time,"
            + " shown_1, shown_2) VALUES (?, 1, ?, ?, 1, ?, 1, 1)",
        at.appId(),
        Math.min(one, other),
        Math.max(one, other),
        time);
    sql(
        "INSERT INTO member (account_id, conversation_id) SELECT account.id, c.id"
            + " FROM conversation c JOIN account ON account.id IN (account_1, account_2)"
            + " WHERE account_1 = ? AND account_2 = ?",
        Math.min(one, other),
        Math.max(one, other));
  }

  private static void sql(String statement, long... arguments) {
    TestServer.shared()
        .server()
        .regions()
        .home()
        .inUnitOfWork(
            unit -> {
              try (PreparedStatement prepared = unit.connection().prepareStatement(statement)) {
                for (int i = 0; i < arguments.length; i++) {
                  prepared.setLong(i + 1, arguments[i]);
                }
                return prepared.executeUpdate();
              }
            });
  }

  private static void pin(TestApp at, String owner, String peer, boolean pinned) {
    try (TestUser user = at.login(owner)) {
      assertEquals(0, pin(user, peer, pinned));
    }
  }

  private static int pin(TestUser user, String peer, boolean pinned) {
    return TestUser.code(
        user.client()
            .request(
                "conversation.pin",
                Json.object().put("conversation", "C2C" + peer).put("pinned", pinned)));
  }

  private static Account account(TestApp at, String userId) {
    return at.server().accounts().find(at.app(), userId).orElseThrow();
  }

  private JsonNode delete(String from, String to, int clear) {
    return rest(
        "recentcontact/delete",
        Json.object()
            .put("From_Account", from)
            .put("Type", 1)
            .put("To_Account", to)
            .put("ClearRamble", clear));
  }

  private JsonNode rest(String path, ObjectNode body) {
    return app.rest(path, body.toString());
  }

  private static JsonNode list(TestApp at, String owner, int flags) {
    return at.rest(
        "recentcontact/get_list",
        Json.object()
            .put("From_Account", owner)
            .put("TimeStamp", 0)
            .put("StartIndex", 0)
            .put("TopTimeStamp", 0)
            .put("TopStartIndex", 0)
            .put("AssistFlags", flags)
            .toString());
  }

  private static List<String> names(JsonNode reply) {
    List<String> names = new ArrayList<>();
    for (JsonNode item : reply.path("SessionItem")) {
      names.add(item.path("To_Account").asText() + (item.path("TopFlag").asInt() == 1 ? "+" : ""));
    }
    return names;
  }

  private int history(String operator, String peer) {
    return rest(
            "openim/admin_getroammsg",
            Json.object()
                .put("Operator_Account", operator)
                .put("Peer_Account", peer)
                .put("MaxCnt", 10)
                .put("MinTime", 0)
                .put("MaxTime", Integer.MAX_VALUE))
        .path("MsgCnt")
        .asInt();
  }

  private static long now() {
    return System.currentTimeMillis() / 1000;
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
