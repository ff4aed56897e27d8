package im.palisade.server.stats;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import im.palisade.client.ImClient;
import im.palisade.server.store.Counter;
import im.palisade.server.testing.TestApp;
import im.palisade.server.testing.TestServer;
import im.palisade.server.testing.TestUser;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** rest-conversations G1 (getappinfo), seen from an app's back end. */
class StatisticsRestTest {
  private static final ZoneId ZONE = ZoneId.of("+08:00");

  private final TestApp app = TestServer.shared().newApp().withUsers("mia", "noah");

  @Test
  void anAppOfTodayHasNoDayYet() {
    JsonNode reply = info("{}");
    assertEquals(0, reply.path("ErrorCode").asInt(), reply::toString);
    assertEquals("OK", reply.path("ErrorInfo").asText());
    assertEquals("OK", reply.path("ActionStatus").asText());
    assertTrue(reply.path("Result").isArray());
    assertTrue(reply.path("Result").isEmpty());
  }

  @Test
  void whatHappenedIsCountedOnItsDay() {
    try (TestUser mia = app.login("mia");
        TestUser noah = app.login("noah");
        TestUser again = app.login("noah", "android", "p")) {
      mia.send("noah", 1, "a");
      mia.send("noah", 1, "a");
      mia.send("noah", 2, "b");
      app.rest(
          "openim/sendmsg",
          "{\"From_Account\":\"administrator\",\"To_Account\":\"noah\",\"MsgRandom\":3,\"MsgBody\":"
              + "[{\"MsgType\":\"TIMTextElem\",\"MsgContent\":{\"Text\":\"rest\"}}]}");
      app.rest(
          "openim/importmsg",
          "{\"From_Account\":\"mia\",\"To_Account\":\"noah\",\"SyncFromOldSystem\":2,"
              + "\"MsgRandom\":9,\"MsgTimeStamp\":1700000000,\"MsgBody\":"
              + "[{\"MsgType\":\"TIMTextElem\",\"MsgContent\":{\"Text\":\"old\"}}]}");
      // Logins are counted once their replies are out, so the counts are asked for until they come.
      yesterday();
      Awaitility.await()
          .atMost(Duration.ofSeconds(30))
          .pollInterval(Duration.ofMillis(500))
          .until(
              () -> {
                yesterday();
                return first().path("LoginTimes").asText().equals("3")
                    && first().path("UpMsgNum").asText().equals("3");
              });
      noah.settle();
      again.settle();
    }
    JsonNode day = first();
    assertEquals(
        LocalDate.now(ZONE).minusDays(1).format(DateTimeFormatter.BASIC_ISO_DATE),
        day.path("Date").asText());
    assertEquals("test", day.path("AppName").asText());
    assertEquals(Long.toString(app.appId()), day.path("AppId").asText());
    assertEquals("", day.path("Company").asText("absent"));
    assertEquals("3", day.path("ActiveUserNum").asText(), day::toString);
    assertEquals("2", day.path("LoginUserNum").asText());
    assertEquals("2", day.path("MaxOnlineNum").asText());
    assertEquals("3", day.path("C2CUpMsgNum").asText());
    assertEquals("3", day.path("DownMsgNum").asText());
    assertEquals("2", day.path("SendMsgUserNum").asText());
    assertEquals("2", day.path("C2CSendMsgUserNum").asText());
    assertEquals("0", day.path("GroupSendMsgUserNum").asText());
    assertEquals("3", day.path("RegistUserNumOneDay").asText());
    assertEquals("3", day.path("RegistUserNumTotal").asText());
    assertEquals(32, day.size());
    day.forEach(value -> assertTrue(value.isTextual()));
  }

  @Test
  void groupsAreCountedFromWhatBecameOfThem() {
    app.withUsers("olga", "pia");
    String talk =
        group(
            "{'Owner_Account':'mia','Type':'Public','Name':'g','MemberList':"
                + "[{'Member_Account':'noah'},{'Member_Account':'olga'}]}");
    String quiet = group("{'Owner_Account':'mia','Type':'Public','Name':'g'}");
    String room = group("{'Owner_Account':'mia','Type':'AVChatRoom','Name':'g'}");
    groups(
        "add_group_member", "{'GroupId':'" + quiet + "','MemberList':[{'Member_Account':'pia'}]}");
    groups("delete_group_member", "{'GroupId':'" + talk + "','MemberToDel_Account':['olga']}");
    say(talk, "mia", 1);
    say(talk, "mia", 1);
    say(talk, "noah", 2);
    try (TestUser pia = app.login("pia");
        TestUser noah = app.login("noah")) {
      for (TestUser each : List.of(pia, noah)) {
        assertEquals(0, TestUser.code(each.client().request("group.join", groupId(room))));
      }
      say(room, "mia", 3);
      assertEquals(0, TestUser.code(pia.client().request("group.quit", groupId(room))));
      assertEquals(0, TestUser.code(noah.client().request("group.join", groupId(quiet))));
      groups("destroy_group", "{'GroupId':'" + quiet + "'}");
      Awaitility.await()
          .atMost(Duration.ofSeconds(30))
          .pollInterval(Duration.ofMillis(500))
          .until(
              () -> {
                yesterday();
                return first().path("GroupUpMsgNum").asText().equals("3")
                    && first().path("GroupDownMsgNum").asText().equals("4");
              });
    }
    JsonNode day = first();
    assertEquals("3", day.path("GroupNewGroupNum").asText(), day::toString);
    assertEquals("1", day.path("GroupDestroyGroupNum").asText());
    assertEquals("2", day.path("GroupAllGroupNum").asText());
    assertEquals("5", day.path("GroupJoinGroupTimes").asText(), day::toString);
    assertEquals("2", day.path("GroupQuitGroupTimes").asText(), day::toString);
    assertEquals("2", day.path("GroupSendMsgUserNum").asText());
    assertEquals("2", day.path("GroupSendMsgGroupNum").asText());
    assertEquals("3", day.path("UpMsgNum").asText());
    assertEquals("4", day.path("DownMsgNum").asText());
  }

  @Test
  void pairsOfFriendsAndWebhooksAreCounted() {
    app.withUsers("olga");
    ok(
        "sns/friend_add",
        "{'From_Account':'mia','AddFriendItem':[{'To_Account':'noah',"
            + "'AddSource':'AddSource_Type_Web'},{'To_Account':'olga',"
            + "'AddSource':'AddSource_Type_Web'}],'ForceAddFlags':1}");
    ok(
        "sns/friend_delete",
        "{'From_Account':'noah','To_Account':['mia']," + "'DeleteType':'Delete_Type_Both'}");
    Awaitility.await()
        .atMost(Duration.ofSeconds(30))
        .pollInterval(Duration.ofMillis(500))
        .until(
            () -> {
              yesterday();
              return first().path("ChainDecrease").asText().equals("1");
            });
    assertEquals("2", first().path("ChainIncrease").asText());
    ok("im_open_login_svc/account_delete", "{'DeleteItem':[{'UserID':'olga'}]}");
    Awaitility.await()
        .atMost(Duration.ofSeconds(30))
        .pollInterval(Duration.ofMillis(500))
        .until(
            () -> {
              yesterday();
              return first().path("ChainDecrease").asText().equals("2");
            });
  }

  /** A server that is killed has lost nothing that it said was done. */
  @Test
  void whatIsStoredIsCountedInTheSameTransaction() {
    ok(
        "sns/friend_add",
        "{'From_Account':'mia','AddFriendItem':[{'To_Account':'noah',"
            + "'AddSource':'AddSource_Type_Web'}],'ForceAddFlags':1}");
    created(1);
    Statistics other = at(0);
    other.write();
    yesterday();
    assertEquals("1", first().path("ChainIncrease").asText(), () -> first().toString());
  }

  @Test
  void whatIsCountedInMemoryIsWrittenAtACleanStop() {
    created(1);
    try (Statistics other = at(1)) {
      other.count(app.app(), Counter.LOGINS, 3);
    }
    assertEquals("3", first().path("LoginTimes").asText());
  }

  private String group(String body) {
    return groups("create_group", body).path("GroupId").asText();
  }

  private void say(String groupId, String from, int random) {
    groups(
        "send_group_msg",
        "{'GroupId':'"
            + groupId
            + "','From_Account':'"
            + from
            + "','Random':"
            + random
            + ",'MsgBody':[{'MsgType':'TIMTextElem','MsgContent':{'Text':'x'}}]}");
  }

  private JsonNode groups(String command, String body) {
    return ok("group_open_http_svc/" + command, body);
  }

  private JsonNode ok(String path, String body) {
    JsonNode reply = app.rest(path, body.replace('\'', '"'));
    assertEquals(0, reply.path("ErrorCode").asInt(-1), path + reply);
    return reply;
  }

  private static ObjectNode groupId(String groupId) {
    return ImClient.object().put("groupId", groupId);
  }

  @Test
  void usersAreSummedUpOnceTheDayIsOver() {
    created(5);
    Statistics then = at(3);
    then.count(app.app(), Counter.FRIENDS_ADDED, 4);
    then.write();
    sql(
        "INSERT INTO statistic_user (app_id, day, account_id, kinds) VALUES (?, ?, 1, 1),"
            + " (?, ?, 2, 2), (?, ?, 3, 7)",
        app.appId(),
        day(3),
        app.appId(),
        day(3),
        app.appId(),
        day(3));
    JsonNode before = info("{}").at("/Result/2");
    at(0).closeDays();
    JsonNode after = info("{}").at("/Result/2");
    assertEquals(before, after);
    assertEquals("3", after.path("ActiveUserNum").asText(), after::toString);
    assertEquals("2", after.path("LoginUserNum").asText());
    assertEquals("2", after.path("SendMsgUserNum").asText());
    assertEquals("1", after.path("GroupSendMsgUserNum").asText());
    assertEquals("4", after.path("ChainIncrease").asText());
  }

  @Test
  void thereIsADayForEachSinceTheAppBeganNewestFirstWithZeros() {
    created(4);
    List<String> dates = dates();
    List<String> expected = new ArrayList<>();
    for (int ago = 1; ago <= 4; ago++) {
      expected.add(LocalDate.now(ZONE).minusDays(ago).format(DateTimeFormatter.BASIC_ISO_DATE));
    }
    assertEquals(expected, dates);
    assertEquals("0", first().path("UpMsgNum").asText());
    created(29);
    assertEquals(29, dates().size());
    created(400);
    assertEquals(30, dates().size());
  }

  @Test
  void onlyTheFieldsAskedForAreReturnedAndTheDate() {
    created(1);
    JsonNode day =
        info("{\"RequestField\":[\"ActiveUserNum\",\"UpMsgNum\",\"Nonsense\"]}").at("/Result/0");
    List<String> names = new ArrayList<>();
    day.fieldNames().forEachRemaining(names::add);
    assertEquals(List.of("ActiveUserNum", "UpMsgNum", "Date"), names);
    assertEquals(32, info("{\"RequestField\":[]}").at("/Result/0").size());
    assertEquals(1, info("{\"RequestField\":[\"Nonsense\"]}").at("/Result/0").size());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\0',
      textBlock =
          """
          x|130001
          []|130001
          {"RequestField":"UpMsgNum"}|130001
          {"RequestField":[5]}|130001
          {"RequestField":null}|0
          """)
  void aBadRequestIsRefusedWithItsCode(String body, int code) {
    assertEquals(code, info(body).path("ErrorCode").asInt());
  }

  /** Makes what was counted so far something of the day before, and so does the app's creation. */
  private void yesterday() {
    created(1);
    moveCounters();
    // Today's rows stay, since nobody is shown today.
    sql(
        "INSERT INTO statistic_user (app_id, day, account_id, kinds) SELECT app_id, day - 1,"
            + " account_id, kinds FROM statistic_user newer WHERE app_id = ? AND day = ?"
            + " ON DUPLICATE KEY UPDATE kinds = statistic_user.kinds | newer.kinds",
        app.appId(),
        day(0));
    sql(
        "INSERT IGNORE INTO statistic_group (app_id, day, group_id) SELECT app_id, day - 1,"
            + " group_id FROM statistic_group newer WHERE app_id = ? AND day = ?",
        app.appId(),
        day(0));
    sql(
        "UPDATE im_group SET created_at = created_at - INTERVAL 1 DAY,"
            + " gone_at = gone_at - INTERVAL 1 DAY WHERE app_id = ?"
            + " AND created_at > UTC_TIMESTAMP() - INTERVAL 10 MINUTE",
        app.appId());
    sql(
        "UPDATE account SET created_at = created_at - INTERVAL 1 DAY WHERE app_id = ?"
            + " AND created_at > UTC_TIMESTAMP() - INTERVAL 10 MINUTE",
        app.appId());
  }

  /** Only those that are locked, since the server goes on counting. */
  private void moveCounters() {
    TestServer.shared()
        .server()
        .regions()
        .home()
        .inUnitOfWork(
            unit -> {
              String day = " WHERE app_id = " + app.appId() + " AND day = " + day(0);
              List<String> counters = new ArrayList<>();
              try (Statement statement = unit.connection().createStatement()) {
                try (ResultSet rows =
                    statement.executeQuery("SELECT counter FROM statistic" + day + " FOR UPDATE")) {
                  while (rows.next()) {
                    counters.add(rows.getString(1));
                  }
                }
                counters.add("0");
                String these = day + " AND counter IN (" + String.join(",", counters) + ")";
                statement.executeUpdate(
                    "INSERT INTO statistic (app_id, day, counter, value) SELECT app_id, day - 1,"
                        + " counter, value FROM statistic newer"
                        + these
                        + " ON DUPLICATE KEY UPDATE value = IF(statistic.counter = 2,"
                        + " GREATEST(statistic.value, newer.value),"
                        + " statistic.value + newer.value)");
                return statement.executeUpdate("DELETE FROM statistic" + these);
              }
            });
  }

  private void created(int daysAgo) {
    sql(
        "UPDATE app SET created_at = UTC_TIMESTAMP() - INTERVAL ? DAY WHERE app_id = ?",
        daysAgo,
        app.appId());
  }

  /** Statistics that count for another day. */
  private Statistics at(int daysAgo) {
    var server = TestServer.shared().server();
    return new Statistics(
        server.regions(),
        server.apps(),
        Clock.offset(Clock.systemUTC(), Duration.ofDays(-daysAgo)));
  }

  private static long day(int daysAgo) {
    return LocalDate.now(ZONE).minusDays(daysAgo).toEpochDay();
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

  private List<String> dates() {
    List<String> dates = new ArrayList<>();
    info("{}").path("Result").forEach(day -> dates.add(day.path("Date").asText()));
    return dates;
  }

  private JsonNode first() {
    return info("{}").at("/Result/0");
  }

  private JsonNode info(String body) {
    return app.rest("openconfigsvr/getappinfo", body);
  }
}
