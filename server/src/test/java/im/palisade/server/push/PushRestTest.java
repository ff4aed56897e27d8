package im.palisade.server.push;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import im.palisade.client.ImMessage;
import im.palisade.server.app.AppSettings;
import im.palisade.server.protocol.Json;
import im.palisade.server.testing.TestApp;
import im.palisade.server.testing.TestServer;
import im.palisade.server.testing.TestUser;
import java.io.IOException;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** rest-messages D1 (im_push), seen from an app's back end and its users. */
class PushRestTest {
  private static final AtomicLong RANDOM = new AtomicLong(1);

  private final TestApp app =
      TestServer.shared()
          .newApp(AppSettings.parse("{\"pushIntervalSeconds\":0}"))
          .withUsers("mia", "noah", "zoe", "lee");

  @Test
  void aReportTellsHowFarPushesHaveCome() {
    String first = push(message("one")).path("TaskId").asText();
    String second = push(message("two")).path("TaskId").asText();
    Awaitility.await()
        .until(() -> report(second, first).findValuesAsText("Status").equals(List.of("2", "2")));
    JsonNode report = report(second, first).at("/Reports/1");
    assertEquals(first, report.path("TaskId").asText());
    assertEquals(report.path("Total").asLong(), report.path("Finished").asLong());
    assertTrue(report.path("StartTime").asLong() > 1_700_000_000);
    TestApp other = TestServer.shared().newApp();
    String body =
        Json.object().set("TaskIds", Json.mapper().valueToTree(List.of(first))).toString();
    assertEquals(0, other.rest("openim/im_get_push_report", body).path("Reports").size());
    assertEquals(0, report("1_2_3_4", "x", first + "1").path("Reports").size());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {"{}", "{\"TaskIds\":[]}", "{\"TaskIds\":7}", "{\"TaskIds\":[7]}", "x"})
  void aReportIsOfSomeTasks(String body) {
    assertEquals(90001, app.rest("openim/im_get_push_report", body).path("ErrorCode").asInt());
  }

  private JsonNode report(String... taskIds) {
    return app.rest(
        "openim/im_get_push_report",
        Json.object().set("TaskIds", Json.mapper().valueToTree(taskIds)).toString());
  }

  @Test
  void everybodyOnlineGetsThePushButItsSender() {
    try (TestUser mia = app.login("mia");
        TestUser phone = app.login("noah", "android", "p");
        TestUser web = app.login("noah", "web", "w")) {
      JsonNode reply = push(message("hello").put("From_Account", "mia"));
      assertEquals(0, reply.path("ErrorCode").asInt(), reply::toString);
      assertTrue(
          reply.path("TaskId").asText().matches(app.appId() + "_\\d+_\\d+_\\d+"), reply::toString);
      for (TestUser device : List.of(phone, web)) {
        ImMessage arrived = device.nextMessage();
        assertEquals("C2Cmia", arrived.conversation());
        assertEquals("mia", arrived.from());
        assertEquals("hello", arrived.text());
        assertEquals(0, arrived.seq());
      }
      await(reply);
      assertFalse(mia.settle().hasMessage());
    }
    assertEquals(0, list("noah").size());
    assertEquals(0, history("noah", "mia"));
  }

  @Test
  void theCallerIsTheSenderUnlessAnotherIsNamed() {
    try (TestUser noah = app.login("noah")) {
      push(message("a"));
      assertEquals("administrator", noah.nextMessage().from());
    }
  }

  @Test
  void muteDoesNotStandInTheWay() {
    app.rest(
        "openconfigsvr/setnospeaking", "{\"Set_Account\":\"mia\",\"C2CmsgNospeakingTime\":99}");
    try (TestUser noah = app.login("noah")) {
      push(message("a").put("From_Account", "mia"));
      assertEquals("a", noah.nextMessage().text());
    }
  }

  @Test
  void aPushWithoutLifeTimeIsForThoseOnlineNow() {
    await(push(message("gone")));
    await(push(message("waits").put("MsgLifeTime", 600)));
    try (TestUser noah = app.login("noah")) {
      assertEquals("waits", noah.nextMessage().text());
    }
  }

  @Test
  void aWaitingPushIsGivenOnceWhenTheUserComes() {
    try (TestUser zoe = app.login("zoe")) {
      await(push(message("one").put("MsgLifeTime", 600)));
      await(push(message("two").put("MsgLifeTime", 600)));
      assertEquals("one", zoe.nextMessage().text());
      assertEquals("two", zoe.nextMessage().text());
    }
    try (TestUser noah = app.login("noah")) {
      assertEquals("one", noah.nextMessage().text());
      assertEquals("two", noah.nextMessage().text());
    }
    app.withUsers("late");
    await(push(message("three").put("MsgLifeTime", 600)));
    for (String again : List.of("zoe", "noah", "late")) {
      try (TestUser user = app.login(again)) {
        assertEquals("three", user.nextMessage().text(), again);
        assertFalse(user.settle().hasMessage(), again);
      }
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\0',
      textBlock =
          """
          {}|lee mia noah zoe
          null|lee mia noah zoe
          {"TagsOr":["a"]}|mia noah
          {"TagsOr":["a","c"]}|mia noah zoe
          {"TagsAnd":["a","b"]}|mia
          {"TagsAnd":["a"],"TagsOr":["b","c"]}|mia
          {"TagsAnd":["a","c"]}|
          {"TagsOr":["never"]}|
          {"TagsOr":[],"TagsAnd":["b"]}|mia
          {"AttrsOr":{"city":"Lyon"}}|mia noah
          {"AttrsOr":{"city":"Nice","tier":"gold"}}|mia zoe
          {"AttrsAnd":{"city":"Lyon","tier":"gold"}}|mia
          {"AttrsAnd":{"city":"Lyon"},"AttrsOr":{"tier":"gold"}}|mia
          {"AttrsAnd":{"city":"Lyon"},"AttrsOr":{"tier":"iron"}}|
          {"AttrsOr":{"city":"lyon"}}|
          """)
  void aConditionSaysWhoIsMeant(String condition, String expected) throws IOException {
    tag("mia", "a", "b");
    tag("noah", "a");
    tag("zoe", "c");
    rest("im_set_attr_name", "{\"AttrNames\":{\"0\":\"city\",\"5\":\"tier\"}}");
    rest(
        "im_set_attr",
        "{\"UserAttrs\":[{\"To_Account\":\"mia\",\"Attrs\":{\"city\":\"Lyon\",\"tier\":\"gold\"}},"
            + "{\"To_Account\":\"noah\",\"Attrs\":{\"city\":\"Lyon\"}},"
            + "{\"To_Account\":\"zoe\",\"Attrs\":{\"city\":\"Nice\"}}]}");
    Map<String, TestUser> online = new LinkedHashMap<>();
    try {
      for (String userId : List.of("lee", "mia")) {
        online.put(userId, app.login(userId));
      }
      ObjectNode body = message("x").put("MsgLifeTime", 60);
      body.set("Condition", Json.mapper().readTree(condition));
      await(push(body));
      // The others come when it has run.
      for (String userId : List.of("noah", "zoe")) {
        online.put(userId, app.login(userId));
      }
      // Whoever catches up gets what is older first, however close the next push follows.
      await(push(message("end").put("MsgLifeTime", 60)));
      List<String> reached = new ArrayList<>();
      online.forEach(
          (userId, user) -> {
            if (user.nextMessage().text().equals("x")) {
              reached.add(userId);
            }
          });
      assertEquals(expected == null ? "" : expected, String.join(" ", reached));
    } finally {
      online.values().forEach(TestUser::close);
    }
  }

  @Test
  void theSameRandomIsTheSamePush() {
    TestApp limited =
        TestServer.shared()
            .newApp(AppSettings.parse("{\"pushIntervalSeconds\":0,\"pushesPerDay\":2}"))
            .withUsers("noah");
    try (TestUser noah = limited.login("noah")) {
      ObjectNode body = message("once");
      JsonNode first = limited.rest("all_member_push/im_push", body.toString());
      JsonNode again = limited.rest("openim/im_push", body.toString());
      assertEquals(first.path("TaskId"), again.path("TaskId"));
      JsonNode other = limited.rest("openim/im_push", message("end").toString());
      assertNotEquals(first.path("TaskId"), other.path("TaskId"));
      assertEquals("once", noah.nextMessage().text());
      assertEquals("end", noah.nextMessage().text());
      assertEquals(
          90047,
          limited.rest("openim/im_push", message("no").toString()).path("ErrorCode").asInt());
      assertEquals(0, limited.rest("openim/im_push", body.toString()).path("ErrorCode").asInt());
    }
  }

  @Test
  void pushesAreASecondApart() {
    TestApp strict = TestServer.shared().newApp();
    ObjectNode first = message("a");
    assertEquals(0, code(strict, first));
    // Whatever the machine is busy with, some two calls fall into one second.
    Awaitility.await().until(() -> code(strict, message("b")) == 90024);
    assertEquals(0, code(strict, first), "what was accepted before is no push of its own");
    Awaitility.await().until(() -> code(strict, message("c")) == 0);
  }

  @Test
  void robotsAndOfficialAccountsAreNotMeant() {
    // They cannot log in, so what counts is how many accounts a push addressed.
    for (String special : List.of("@RBT#r", "@TOA#o")) {
      app.server()
          .accounts()
          .importAccount(
              app.app(),
              im.palisade.server.account.AccountImport.of(special),
              im.palisade.server.audit.Cause.system(java.time.Instant.now()));
    }
    assertEquals(4, await(push(message("a"))));
  }

  @Test
  void otherAppsAreNotTouched() {
    TestApp other = TestServer.shared().newApp().withUsers("mia");
    try (TestUser mia = other.login("mia")) {
      await(push(message("a").put("MsgLifeTime", 60)));
      assertFalse(mia.settle().hasMessage());
    }
  }

  @Test
  void theFeatureCanBeSwitchedOff() {
    TestApp without = TestServer.shared().newApp(AppSettings.parse("{\"allMemberPush\":false}"));
    assertEquals(90045, code(without, message("a")));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\0',
      textBlock =
          """
          Condition|"all"|90001
          Condition|{"TagsOr":"a"}|90001
          Condition|{"TagsOr":[5]}|90001
          Condition|{"AttrsOr":["city"]}|90001
          Condition|{"TagsOr":["123456789012345678901234567890123456789012345678901"]}|90020
          Condition|{"TagsOr":["12345678901234567890123456789012345678901234567890"]}|0
          Condition|{"TagsOr":["a"],"TagsAnd":["a"]}|90022
          Condition|{"TagsAnd":["1","2","3","4","5","6","7","8","9","10"]}|0
          Condition|{"TagsAnd":["1","2","3","4","5","6","7","8","9","10","11"]}|90032
          Condition|{"TagsAnd":[""]}|90040
          Condition|{"TagsAnd":["a"],"AttrsOr":{"city":"x"}}|90039
          Condition|{"AttrsOr":{"none":"x"}}|90033
          Condition|{"AttrsOr":{"city":5}}|90033
          Condition|{"AttrsAnd":{"city":"123456789012345678901234567890123456789012345678901"}}|90033
          MsgRandom|null|90005
          MsgRandom|"5"|90005
          MsgRandom|-1|90005
          MsgLifeTime|-1|90026
          MsgLifeTime|604801|90026
          MsgLifeTime|604800|0
          MsgLifeTime|"60"|90044
          MsgBody|null|90002
          MsgBody|{}|90007
          MsgBody|[{"MsgType":"TIMNoElem","MsgContent":{}}]|90010
          From_Account|"ghost"|90048
          From_Account|7|60015
          OfflinePushInfo|[]|90043
          OfflinePushInfo|{"Title":"t"}|0
          """)
  void aFieldIsAnsweredWithItsCode(String field, String value, int code) throws IOException {
    rest("im_set_attr_name", "{\"AttrNames\":{\"0\":\"city\"}}");
    ObjectNode body = message("a");
    body.set(field, Json.mapper().readTree(value));
    assertEquals(code, push(body).path("ErrorCode").asInt());
  }

  @ParameterizedTest
  @CsvSource({"12288, 0", "12289, 93000"})
  void theSizeLimitIsExact(int bytes, int code) {
    int overhead = message("").path("MsgBody").toString().length();
    assertEquals(code, code(app, message("x".repeat(bytes - overhead))));
  }

  private static int code(TestApp at, ObjectNode body) {
    return at.rest("all_member_push/im_push", body.toString()).path("ErrorCode").asInt();
  }

  private JsonNode push(ObjectNode body) {
    return app.rest("all_member_push/im_push", body.toString());
  }

  private void rest(String command, String body) {
    JsonNode reply = app.rest("all_member_push/" + command, body);
    assertEquals(0, reply.path("ErrorCode").asInt(), reply::toString);
  }

  private void tag(String userId, String... tags) {
    ObjectNode body = Json.object();
    ObjectNode user = body.putArray("UserTags").addObject().put("To_Account", userId);
    for (String tag : tags) {
      user.withArray("Tags").add(tag);
    }
    rest("im_add_tag", body.toString());
  }

  /** Waits until a push has run and returns how many accounts it addressed. */
  private long await(JsonNode reply) {
    assertEquals(0, reply.path("ErrorCode").asInt(), reply::toString);
    String id = reply.path("TaskId").asText().split("_", -1)[2];
    return Awaitility.await()
        .until(
            () ->
                app.server()
                    .regions()
                    .home()
                    .read(
                        connection -> {
                          try (PreparedStatement select =
                              connection.prepareStatement(
                                  "SELECT done_at, targets FROM push_task WHERE id = " + id)) {
                            try (ResultSet rows = select.executeQuery()) {
                              rows.next();
                              return rows.getLong(1) == 0 ? -1L : rows.getLong(2);
                            }
                          }
                        }),
            targets -> targets >= 0);
  }

  private JsonNode list(String owner) {
    return app.rest(
            "recentcontact/get_list", "{\"From_Account\":\"" + owner + "\",\"AssistFlags\":7}")
        .path("SessionItem");
  }

  private int history(String operator, String peer) {
    return app.rest(
            "openim/admin_getroammsg",
            "{\"Operator_Account\":\""
                + operator
                + "\",\"Peer_Account\":\""
                + peer
                + "\",\"MaxCnt\":1,\"MinTime\":0,\"MaxTime\":4000000000}")
        .path("MsgCnt")
        .asInt();
  }

  private static ObjectNode message(String text) {
    ObjectNode body = Json.object().put("MsgRandom", RANDOM.incrementAndGet());
    body.putArray("MsgBody")
        .addObject()
        .put("MsgType", "TIMTextElem")
        .putObject("MsgContent")
        .put("Text", text);
    return body;
  }
}
