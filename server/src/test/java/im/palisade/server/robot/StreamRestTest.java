package im.palisade.server.robot;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import im.palisade.client.ImMessage;
import im.palisade.server.PalisadeServer;
import im.palisade.server.app.AppSettings;
import im.palisade.server.protocol.Json;
import im.palisade.server.testing.TestApp;
import im.palisade.server.testing.TestDatabase;
import im.palisade.server.testing.TestServer;
import im.palisade.server.testing.TestUser;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** rest-conversations-ops J4: answers of a robot that grow while they are read. */
class StreamRestTest {
  private static final Executor AT_ONCE = Thread::startVirtualThread;

  private final TestApp app = TestServer.shared().newApp().withUsers("mia", "noah");

  @BeforeEach
  void createRobot() {
    app.rest("openim_robot_http_svc/create_robot", "{\"UserID\":\"@RBT#a\",\"Nick\":\"Helper\"}");
    app.rest("openim_robot_http_svc/create_robot", "{\"UserID\":\"@RBT#b\"}");
  }

  @Test
  void aMessageGrowsBeforeItsReadersEyes() throws IOException {
    try (TestUser mia = app.login("mia")) {
      String key = begin("Hel");
      ImMessage first = mia.nextMessage();
      assertEquals("Hel", first.text());
      assertEquals("C2C@RBT#a", first.conversation());
      assertEquals("Helper", first.nick());
      assertEquals(key, first.msgKey());
      assertEquals(key, ok(append(key, "lo, ", 0)).path("MsgKey").asText());
      JsonNode grown = modified(mia);
      assertEquals("Hello, ", grown.at("/body/0/MsgContent/Text").asText());
      assertEquals(key, grown.path("msgKey").asText());
      assertEquals(first.seq(), grown.path("seq").asLong());
      ok(append(key, "mia", 1));
      JsonNode whole = modified(mia);
      assertEquals("Hello, mia", whole.at("/body/0/MsgContent/Text").asText());
      assertTrue(whole.path("changeSeq").asLong() > grown.path("changeSeq").asLong());
      assertFalse(mia.settle().hasMessage());
    }
    assertEquals(List.of("Hello, mia"), history("mia"));
    assertEquals(List.of("Hello, mia"), history("@RBT#a"));
  }

  @Test
  void everyPieceIsStoredWhenItIsAnswered() {
    String key = begin("a");
    for (String piece : List.of("b", "'; --", "\u0000", "", "🤖")) {
      ok(append(key, piece, 0));
    }
    assertEquals(List.of("ab'; --\u0000🤖"), history("mia"));
    assertEquals(1, unread());
  }

  @Test
  void aCharacterMayBeCutInTwo() {
    String key = begin("\\ud83e", true);
    ok(append(key, "\\udd16", 1, true));
    assertEquals(List.of("🤖"), history("mia"));
  }

  @Test
  void aMessageInOnePieceIsFinishedAtOnce() {
    JsonNode reply = ok(stream(Json.object().put("Chunk", "all").put("Finish", 1)));
    assertEquals(List.of("all"), history("mia"));
    assertEquals(10004, code(append(reply.path("MsgKey").asText(), "more", 0)));
    assertEquals(List.of("all"), history("mia"));
  }

  @Test
  void nothingIsAppendedToAFinishedMessage() {
    String key = begin("a");
    ok(append(key, "b", 1));
    assertEquals(10004, code(append(key, "c", 0)));
    assertEquals(10004, code(append(key, "c", 1)));
    assertEquals(List.of("ab"), history("mia"));
  }

  @Test
  void nothingIsAppendedToAForeignMessage() {
    String key = begin("a");
    assertEquals(10004, code(append(key, "x", 0, "@RBT#b", "mia")));
    assertEquals(10004, code(append(key, "x", 0, "@RBT#a", "noah")));
    String plain =
        app.rest(
                "openim/sendmsg",
                "{\"From_Account\":\"@RBT#a\",\"To_Account\":\"mia\",\"MsgRandom\":3,\"MsgBody\":"
                    + "[{\"MsgType\":\"TIMTextElem\",\"MsgContent\":{\"Text\":\"plain\"}}]}")
            .path("MsgKey")
            .asText();
    assertEquals(10004, code(append(plain, "x", 0)));
    assertEquals(10004, code(append("1_2_3", "x", 0)));
    assertEquals(List.of("a", "plain"), history("mia"));
  }

  @Test
  void aRecalledOrReplacedMessageGrowsNoMore() {
    String recalled = begin("a");
    ok(
        app.rest(
            "openim/admin_msgwithdraw",
            "{\"From_Account\":\"@RBT#a\",\"To_Account\":\"mia\",\"MsgKey\":\""
                + recalled
                + "\"}"));
    assertEquals(10004, code(append(recalled, "b", 0)));
    String replaced = begin("a");
    assertEquals(
        0,
        code(
            app.rest(
                "openim/modify_c2c_msg",
                "{\"From_Account\":\"@RBT#a\",\"To_Account\":\"mia\",\"MsgKey\":\""
                    + replaced
                    + "\",\"MsgBody\":[{\"MsgType\":\"TIMFaceElem\",\"MsgContent\":{\"Index\":1}}]}")));
    assertEquals(10004, code(append(replaced, "b", 0)));
  }

  @Test
  void aStreamThatWasIdleForAMinuteIsClosed() {
    String key = begin("a");
    String other = begin("b");
    idle(50);
    ok(append(key, "b", 0));
    idle(61);
    assertEquals(10004, code(append(key, "c", 0)));
    assertEquals(10004, code(append(other, "c", 1)));
    assertEquals(List.of("ab", "b"), history("mia"));
    app.server().jobs().jobs().stream()
        .filter(job -> job.name().equals("robot-streams"))
        .forEach(job -> job.work().run());
    assertEquals(0, open());
  }

  @Test
  void theWholeTextMayBeAsLongAsAMessage() {
    int room = app.app().settings().maxMessageBytes() - textMessage("").length();
    String key = begin("x".repeat(room - 2));
    assertEquals(10004, code(append(key, "yyy", 0)));
    ok(append(key, "yy", 0));
    assertEquals(10004, code(append(key, "z", 0)));
    assertEquals(room, history("mia").getFirst().length());
    assertEquals(10004, code(stream(Json.object().put("Chunk", "x".repeat(room + 1)))));
    ok(append(key, "", 1));
  }

  @Test
  void manyPiecesAreToldOfAFewTimesASecond() {
    try (TestUser mia = app.login("mia")) {
      String key = begin("");
      mia.nextMessage();
      StringBuilder all = new StringBuilder();
      long begin = System.nanoTime();
      for (int i = 0; i < 60; i++) {
        all.append(i).append(' ');
        ok(append(key, i + " ", 0));
      }
      List<String> seen = new ArrayList<>();
      do {
        seen.add(text(mia.nextEvent()));
      } while (!seen.getLast().contentEquals(all));
      long tenths = Duration.ofNanos(System.nanoTime() - begin).toMillis() / 100;
      assertTrue(seen.size() <= tenths + 2, () -> seen.size() + " events in " + tenths);
      for (int i = 1; i < seen.size(); i++) {
        assertTrue(seen.get(i).startsWith(seen.get(i - 1)));
      }
    }
  }

  @Test
  void piecesSentAtOnceAreAllThereOnce() {
    String key = begin("");
    List<CompletableFuture<JsonNode>> calls = new ArrayList<>();
    for (char c = 'a'; c <= 'p'; c++) {
      String piece = Character.toString(c).repeat(3);
      calls.add(CompletableFuture.supplyAsync(() -> append(key, piece, 0), AT_ONCE));
    }
    calls.forEach(call -> ok(TestUser.await(call)));
    String text = history("mia").getFirst();
    assertEquals(48, text.length());
    for (char c = 'a'; c <= 'p'; c++) {
      assertTrue(text.contains(Character.toString(c).repeat(3)), text);
    }
  }

  @Test
  void wordListsHoldForTheWholeText() {
    TestApp judged =
        TestServer.shared()
            .newApp(AppSettings.parse("{\"moderation\":{\"rest\":true}}"))
            .withUsers("mia");
    judged.rest("openim_robot_http_svc/create_robot", "{\"UserID\":\"@RBT#a\"}");
    ok(
        judged.rest(
            "im_msg_audit_mgr/add_local_audit_keywords",
            "{\"SdkAppId\":"
                + judged.appId()
                + ",\"LocalAuditWords\":[{\"Keyword\":\"forbidden\",\"WordType\":1,\"FilterType\":2}]}"));
    String key =
        ok(judged.rest("openim_robot_http_svc/send_stream_msg", request("a forb").toString()))
            .path("MsgKey")
            .asText();
    JsonNode refused =
        judged.rest(
            "openim_robot_http_svc/send_stream_msg",
            request("idden word").put("MsgKey", key).toString());
    assertEquals(80001, code(refused), refused::toString);
    ok(
        judged.rest(
            "openim_robot_http_svc/send_stream_msg",
            request("est").put("MsgKey", key).put("Finish", 1).toString()));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{\"To_Account\":\"mia\",\"Chunk\":\"a\"}|10004",
        "{\"From_Account\":\"@RBT#a\",\"Chunk\":\"a\"}|10004",
        "{\"From_Account\":\"@RBT#a\",\"To_Account\":\"mia\"}|10004",
        "{\"From_Account\":\"@RBT#a\",\"To_Account\":\"mia\",\"Chunk\":7}|10004",
        "{\"From_Account\":\"@RBT#a\",\"To_Account\":\"mia\",\"Chunk\":\"a\",\"Finish\":2}|10004",
        "{\"From_Account\":\"@RBT#a\",\"To_Account\":\"mia\",\"Chunk\":\"a\",\"MsgKey\":\"x\"}|10004",
        "{\"From_Account\":\"@RBT#ghost\",\"To_Account\":\"mia\",\"Chunk\":\"a\"}|10004",
        "{\"From_Account\":\"noah\",\"To_Account\":\"mia\",\"Chunk\":\"a\"}|10004",
        "{\"From_Account\":\"@RBT#a\",\"To_Account\":\"ghost\",\"Chunk\":\"a\"}|10004",
        "{\"From_Account\":7,\"To_Account\":\"mia\",\"Chunk\":\"a\"}|60015",
        "nonsense|10004"
      })
  void whatIsWrongIsRefused(String body, int code) {
    assertEquals(code, code(app.rest("openim_robot_http_svc/send_stream_msg", body)));
    assertEquals(List.of(), history("mia"));
  }

  @Test
  void aDeletedRobotWritesNoMore() {
    String key = begin("a");
    app.rest("openim_robot_http_svc/delete_robot", "{\"Robot_Account\":\"@RBT#a\"}");
    assertEquals(10004, code(append(key, "b", 0)));
    assertEquals(List.of("a"), history("mia"));
  }

  @Test
  void aRestartedServerGoesOnWithAStream() {
    String key;
    long appId;
    Path data = TestDatabase.newDirectory().resolve("data");
    try (PalisadeServer server = TestServer.start(data, Map.of())) {
      appId = server.facts().app().appId();
      TestApp first = TestApp.of(server, appId, server.facts().administrator()).withUsers("mia");
      first.rest("openim_robot_http_svc/create_robot", "{\"UserID\":\"@RBT#a\"}");
      key =
          ok(first.rest("openim_robot_http_svc/send_stream_msg", request("be").toString()))
              .path("MsgKey")
              .asText();
    }
    try (PalisadeServer server = TestServer.start(data, Map.of())) {
      TestApp again = TestApp.of(server, appId, server.facts().administrator());
      ok(
          again.rest(
              "openim_robot_http_svc/send_stream_msg",
              request("fore").put("MsgKey", key).put("Finish", 1).toString()));
      assertEquals(List.of("before"), history(again, "mia"));
    }
  }

  private String begin(String chunk) {
    return begin(chunk, false);
  }

  private String begin(String chunk, boolean raw) {
    return ok(stream(Json.object(), chunk, raw)).path("MsgKey").asText();
  }

  private JsonNode append(String key, String chunk, int finish) {
    return append(key, chunk, finish, false);
  }

  private JsonNode append(String key, String chunk, int finish, boolean raw) {
    return stream(Json.object().put("MsgKey", key).put("Finish", finish), chunk, raw);
  }

  private JsonNode append(String key, String chunk, int finish, String from, String to) {
    return app.rest(
        "openim_robot_http_svc/send_stream_msg",
        Json.object()
            .put("From_Account", from)
            .put("To_Account", to)
            .put("MsgKey", key)
            .put("Chunk", chunk)
            .put("Finish", finish)
            .toString());
  }

  /** Raw chunks stand in the body as they are, with escapes no encoder would write. */
  private JsonNode stream(ObjectNode more, String chunk, boolean raw) {
    if (!raw) {
      return stream(more.put("Chunk", chunk));
    }
    return app.rest(
        "openim_robot_http_svc/send_stream_msg",
        request("$").setAll(more).toString().replace("\"$\"", "\"" + chunk + "\""));
  }

  private JsonNode stream(ObjectNode more) {
    return app.rest("openim_robot_http_svc/send_stream_msg", request("").setAll(more).toString());
  }

  private static ObjectNode request(String chunk) {
    return Json.object().put("From_Account", "@RBT#a").put("To_Account", "mia").put("Chunk", chunk);
  }

  private static String textMessage(String text) {
    return "[{\"MsgType\":\"TIMTextElem\",\"MsgContent\":{\"Text\":\"" + text + "\"}}]";
  }

  private static JsonNode modified(TestUser user) throws IOException {
    String event = user.nextEvent();
    assertTrue(event.startsWith("message.modified"), event);
    return Json.mapper().readTree(event.substring("message.modified".length()));
  }

  private static String text(String event) {
    try {
      return Json.mapper()
          .readTree(event.substring("message.modified".length()))
          .at("/body/0/MsgContent/Text")
          .asText();
    } catch (IOException e) {
      throw new AssertionError(event, e);
    }
  }

  private List<String> history(String viewer) {
    return history(app, viewer);
  }

  private static List<String> history(TestApp app, String viewer) {
    String peer = viewer.equals("mia") ? "@RBT#a" : "mia";
    JsonNode reply =
        app.rest(
            "openim/admin_getroammsg",
            "{\"Operator_Account\":\""
                + viewer
                + "\",\"Peer_Account\":\""
                + peer
                + "\",\"MaxCnt\":100,\"MinTime\":0,\"MaxTime\":4000000000}");
    List<String> texts = new ArrayList<>();
    reply
        .path("MsgList")
        .forEach(message -> texts.add(message.at("/MsgBody/0/MsgContent/Text").asText()));
    texts.sort(null);
    return texts;
  }

  private int unread() {
    return app.rest("openim/get_c2c_unread_msg_num", "{\"To_Account\":\"mia\"}")
        .path("AllC2CUnreadMsgNum")
        .asInt();
  }

  /** As if the app's streams had not grown for so long. */
  private void idle(int seconds) {
    TestServer.shared()
        .server()
        .regions()
        .of(app.app())
        .read(
            connection -> {
              try (PreparedStatement update =
                  connection.prepareStatement(
                      """
                      UPDATE robot_stream JOIN conversation ON id = conversation_id
                      SET grown_at = ? WHERE app_id = ?
                      """)) {
                update.setLong(1, System.currentTimeMillis() - seconds * 1000L);
                update.setLong(2, app.appId());
                return update.executeUpdate();
              }
            });
  }

  private int open() {
    return TestServer.shared()
        .server()
        .regions()
        .of(app.app())
        .read(
            connection -> {
              try (PreparedStatement select =
                  connection.prepareStatement(
                      """
                      SELECT COUNT(*) FROM robot_stream JOIN conversation ON id = conversation_id
                      WHERE app_id = ?
                      """)) {
                select.setLong(1, app.appId());
                try (ResultSet rows = select.executeQuery()) {
                  rows.next();
                  return rows.getInt(1);
                }
              }
            });
  }

  private static JsonNode ok(JsonNode reply) {
    assertEquals(0, reply.path("ErrorCode").asInt(), reply::toString);
    return reply;
  }

  private static int code(JsonNode reply) {
    return reply.path("ErrorCode").asInt();
  }
}
