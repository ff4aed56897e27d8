package im.palisade.server.stats;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import im.palisade.server.testing.TestApp;
import im.palisade.server.testing.TestServer;
import im.palisade.server.testing.TestUser;
import java.sql.PreparedStatement;
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
    sql(
        "INSERT INTO statistic (app_id, day, counter, value) SELECT app_id, day - 1, counter, value"
            + " FROM statistic newer WHERE app_id = ? AND day = ? ON DUPLICATE KEY UPDATE"
            + " value = IF(statistic.counter = 2, GREATEST(statistic.value, newer.value),"
            + " statistic.value + newer.value)",
        app.appId(),
        day(0));
    sql("DELETE FROM statistic WHERE app_id = ? AND day = ?", app.appId(), day(0));
    sql(
        "UPDATE IGNORE statistic_user SET day = day - 1 WHERE app_id = ? AND day = ?",
        app.appId(),
        day(0));
    sql(
        "UPDATE account SET created_at = created_at - INTERVAL 1 DAY WHERE app_id = ?"
            + " AND created_at > UTC_TIMESTAMP() - INTERVAL 10 MINUTE",
        app.appId());
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
