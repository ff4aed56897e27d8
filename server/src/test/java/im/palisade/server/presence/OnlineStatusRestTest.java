package im.palisade.server.presence;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import im.palisade.server.protocol.Json;
import im.palisade.server.testing.TestApp;
import im.palisade.server.testing.TestServer;
import im.palisade.server.testing.TestUser;
import java.time.Duration;
import java.util.Collections;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Who is online, as back ends are told (rest-accounts-profile-sns A6, A7). */
class OnlineStatusRestTest {
  private static final String QUERY = "openim/query_online_status";
  private static final String OLD_QUERY = "openim/querystate";

  private final TestApp app = TestServer.shared().newApp().withUsers("mia", "noah");

  @Test
  void whoIsConnectedIsOnlineUnderBothNamesOfTheField() {
    try (TestUser mia = app.login("mia")) {
      mia.settle();
      for (String query : new String[] {QUERY, OLD_QUERY}) {
        JsonNode reply = ask(query, false, "mia", "noah");
        assertEquals("mia Online, noah Offline", shown(reply));
        assertFalse(reply.at("/QueryResult/0").has("Detail"), reply::toString);
        assertTrue(reply.path("ErrorList").isEmpty());
      }
    }
  }

  @Test
  void unknownAccountsAreListedApartAndOfTheOldQueryOffline() {
    JsonNode reply = ask(QUERY, false, "ghost", "mia");
    assertEquals("mia Offline", shown(reply));
    assertEquals("ghost", reply.at("/ErrorList/0/To_Account").asText());
    assertEquals(70107, reply.at("/ErrorList/0/ErrorCode").asInt());
    JsonNode failed = app.rest(QUERY, request(false, "ghost", "shade").toString());
    assertEquals(70107, failed.path("ErrorCode").asInt(), failed::toString);
    assertEquals("FAIL", failed.path("ActionStatus").asText());
    assertEquals("ghost Offline, mia Offline", shown(ask(OLD_QUERY, false, "ghost", "mia")));
  }

  @ParameterizedTest
  @CsvSource({
    "ios, iPhone",
    "android, Android",
    "web, Web",
    "mini, Web",
    "windows, PC",
    "linux, PC",
    "mac, Mac"
  })
  void everyPlatformHasItsNameInTheDetail(String platform, String name) {
    try (TestUser mia = app.login("mia", platform, "d")) {
      mia.settle();
      assertEquals(name + " Online", detail(ask(QUERY, true, "mia", "noah")));
    }
  }

  @Test
  void aServersConnectionCountsForTheWholeOnly() {
    try (TestUser mia = app.login("mia", "server", "d")) {
      mia.settle();
      JsonNode reply = ask(QUERY, true, "mia");
      assertEquals("mia Online", shown(reply));
      assertEquals("", detail(reply));
    }
  }

  @Test
  void aPhoneThatVanishesStaysReachableByPushAndOneThatLogsOutDoesNot() {
    app.login("mia", "ios", "phone").close();
    awaitStatus("mia PushOnline");
    assertEquals("iPhone PushOnline", detail(ask(QUERY, true, "mia")));
    try (TestUser web = app.login("mia", "web", "browser")) {
      web.settle();
      assertEquals("mia Online", shown(ask(QUERY, false, "mia")), "the best of all devices");
      assertEquals("Web Online, iPhone PushOnline", detail(ask(QUERY, true, "mia")));
    }
    awaitStatus("mia PushOnline");
    try (TestUser phone = app.login("mia", "ios", "phone")) {
      TestUser.await(phone.client().request("session.logout", Json.object()));
    }
    awaitStatus("mia Offline");
  }

  @ParameterizedTest
  @ValueSource(strings = {"web", "windows", "linux", "mac", "mini"})
  void whatIsNoPhoneIsOfflineAtOnce(String platform) {
    app.login("mia", platform, "d").close();
    awaitStatus("mia Offline");
  }

  @Test
  void whoIsKickedIsOffline() {
    try (TestUser phone = app.login("mia", "android", "phone")) {
      phone.settle();
      JsonNode kick = app.rest("im_open_login_svc/kick", "{\"UserID\":\"mia\"}");
      assertEquals(0, kick.path("ErrorCode").asInt());
      assertEquals(4004, phone.closed().code());
    }
    awaitStatus("mia Offline");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{}|90001",
        "{\"To_Account\":[]}|90001",
        "{\"To_Account\":null}|90001",
        "{\"To_Account\":[1]}|90003",
        "{\"To_Account\":[\"mia\",null]}|90003",
        "[]|90001"
      })
  void aBadRequestIsRefusedWithItsCode(String body, int code) {
    for (String query : new String[] {QUERY, OLD_QUERY}) {
      assertEquals(code, app.rest(query, body).path("ErrorCode").asInt(), query);
    }
  }

  @Test
  void fiveHundredAreAskedForAndNoMore() {
    String[] many = Collections.nCopies(501, "mia").toArray(String[]::new);
    many[0] = "noah";
    assertEquals(90011, app.rest(QUERY, request(false, many).toString()).path("ErrorCode").asInt());
    String[] most = Collections.nCopies(500, "mia").toArray(String[]::new);
    assertEquals("mia Offline", shown(ask(QUERY, false, most)), "one asked for often is one");
  }

  private void awaitStatus(String expected) {
    Awaitility.await()
        .atMost(Duration.ofSeconds(20))
        .until(() -> shown(ask(QUERY, false, "mia")).equals(expected));
  }

  private JsonNode ask(String query, boolean detailed, String... userIds) {
    JsonNode reply = app.rest(query, request(detailed, userIds).toString());
    assertEquals(0, reply.path("ErrorCode").asInt(), reply::toString);
    assertEquals("OK", reply.path("ActionStatus").asText());
    return reply;
  }

  private static ObjectNode request(boolean detailed, String... userIds) {
    ObjectNode body = Json.object().put("IsNeedDetail", detailed ? 1 : 0);
    ArrayNode list = body.putArray("To_Account");
    for (String userId : userIds) {
      list.add(userId);
    }
    return body;
  }

  /** Names and statuses; both fields of a status must agree. */
  private static String shown(JsonNode reply) {
    return StreamSupport.stream(reply.path("QueryResult").spliterator(), false)
        .map(
            each -> {
              assertEquals(each.path("Status"), each.path("State"), each::toString);
              return each.path("To_Account").asText() + " " + each.path("Status").asText();
            })
        .collect(Collectors.joining(", "));
  }

  private static String detail(JsonNode reply) {
    return StreamSupport.stream(reply.at("/QueryResult/0/Detail").spliterator(), false)
        .map(each -> each.path("Platform").asText() + " " + each.path("Status").asText())
        .sorted()
        .collect(Collectors.joining(", "));
  }
}
