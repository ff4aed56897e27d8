package im.palisade.server.official;

import static im.palisade.server.official.Official.named;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import im.palisade.server.app.AppSettings;
import im.palisade.server.protocol.Json;
import im.palisade.server.testing.TestApp;
import im.palisade.server.testing.TestServer;
import im.palisade.server.testing.TestUser;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** rest-conversations-ops I1–I4: official accounts themselves. */
class OfficialAccountRestTest {
  private final TestApp app = TestServer.shared().newApp().withUsers("mia", "noah", "zoe");
  private final Official official = new Official(app);

  @Test
  void whatIsSaidAtItsCreationIsToldUnchanged() {
    String hostile = "'; DROP TABLE official_account; -- 📰 =1+1 \u0000\u202e";
    JsonNode created =
        official.ok(
            "create_official_account",
            Json.object()
                .put("Owner_Account", "mia")
                .put("OfficialAccountUserID", "@TOA#_news")
                .put("Name", "n" + hostile)
                .put("Introduction", "i" + hostile)
                .put("FaceUrl", "f" + hostile)
                .put("Organization", "o" + hostile)
                .put("CustomString", "c" + hostile)
                .put("MaxSubscriberNum", 7));
    assertEquals("@TOA#_news", created.path("OfficialAccountUserID").asText());
    JsonNode info = official.info("@TOA#_news");
    assertEquals("OK", info.path("ActionStatus").asText());
    assertEquals(0, info.path("ErrorCode").asInt(-1));
    assertEquals("", info.path("ErrorInfo").asText("absent"));
    assertEquals("@TOA#_news", info.path("Official_Account").asText());
    assertEquals("n" + hostile, info.path("Name").asText());
    assertEquals("mia", info.path("Owner_Account").asText());
    assertEquals("i" + hostile, info.path("Introduction").asText());
    assertEquals("f" + hostile, info.path("FaceUrl").asText());
    assertEquals("o" + hostile, info.path("Organization").asText());
    assertEquals("c" + hostile, info.path("CustomString").asText());
    assertEquals(0, info.path("SubscriberNum").asInt(-1));
    assertEquals(0, info.path("LastMsgTime").asInt(-1));
    assertTrue(Math.abs(info.path("CreateTime").asLong() - Instant.now().getEpochSecond()) < 60);
  }

  @Test
  void theServerMakesAnIdWhereTheAppChoosesNone() {
    ObjectNode body = Json.object().put("Owner_Account", "mia").put("Name", "News");
    String id = official.ok("create_official_account", body).path("OfficialAccountUserID").asText();
    assertTrue(id.matches("@TOA#[A-Z0-9]{10}"), id);
    assertEquals("News", official.info(id).path("Name").asText());
  }

  @Test
  void anIdIsTakenOnceInAnAppAndFreeAgainAfterDestruction() {
    TestApp other = TestServer.shared().newApp().withUsers("mia");
    official.create("@TOA#_news");
    new Official(other).create("@TOA#_news");
    assertEquals(
        130008,
        official.code(
            "create_official_account",
            "{\"Owner_Account\":\"mia\",\"OfficialAccountUserID\":\"@TOA#_news\",\"Name\":\"x\"}"));
    official.create("@TOA#_News");
    official.ok("destroy_official_account", named("@TOA#_news"));
    official.create("@TOA#_news");
    assertEquals("News", new Official(other).info("@TOA#_news").path("Name").asText());
  }

  @ParameterizedTest
  @CsvSource({
    "news,130007",
    "@TOA#news,130007",
    "@TOA#_,130007",
    "@TGS#_news,130007",
    "@TOA#_né,130007",
    "'@TOA#_news ',130007",
    "@TOA#_n ws,0",
    "@TOA#_aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa,0",
    "@TOA#_aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa,130007"
  })
  void anAppsIdBeginsWithItsPrefixAndHas48BytesAtMost(String id, int code) {
    assertEquals(
        code,
        official.code(
            "create_official_account",
            Json.object()
                .put("Owner_Account", "mia")
                .put("OfficialAccountUserID", id)
                .put("Name", "x")));
  }

  @ParameterizedTest
  @CsvSource({
    "Name,150",
    "Introduction,400",
    "FaceUrl,500",
    "Organization,500",
    "CustomString,3000"
  })
  void textsHaveTheirLimits(String field, int limit) {
    official.create("@TOA#_a");
    String longest = "é".repeat(limit / 2);
    official.ok("modify_official_account_base_info", named("@TOA#_a").put(field, longest));
    assertEquals(longest, official.info("@TOA#_a").path(field).asText());
    assertEquals(
        10004,
        official.code(
            "modify_official_account_base_info", named("@TOA#_a").put(field, longest + "x")));
    ObjectNode created = Json.object().put("Owner_Account", "mia").put("Name", "x");
    assertEquals(
        10004, official.code("create_official_account", created.put(field, longest + "x")));
    official.ok("create_official_account", created.put(field, longest));
    assertEquals(longest, official.info("@TOA#_a").path(field).asText());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "create_official_account|{\"Name\":\"x\"}|10004",
        "create_official_account|{\"Owner_Account\":\"mia\"}|10004",
        "create_official_account|{\"Owner_Account\":\"mia\",\"Name\":\"\"}|10004",
        "create_official_account|{\"Owner_Account\":\"mia\",\"Name\":5}|10004",
        "create_official_account|{\"Owner_Account\":5,\"Name\":\"x\"}|60015",
        "create_official_account|{\"Owner_Account\":\"ghost\",\"Name\":\"x\"}|10019",
        "create_official_account|{\"Owner_Account\":\"mia\",\"Name\":\"x\",\"MaxSubscriberNum\":0}|10004",
        "create_official_account|{\"Owner_Account\":\"mia\",\"Name\":\"x\",\"MaxSubscriberNum\":\"many\"}|10004",
        "create_official_account|[]|10004",
        "destroy_official_account|{}|10004",
        "destroy_official_account|{\"Official_Account\":\"\"}|10004",
        "destroy_official_account|{\"Official_Account\":[]}|60015",
        "destroy_official_account|{\"Official_Account\":\"@TOA#_ghost\"}|130004",
        "destroy_official_account|{\"Official_Account\":\"mia\"}|130004",
        "modify_official_account_base_info|{\"Name\":\"x\"}|10004",
        "modify_official_account_base_info|{\"Official_Account\":\"@TOA#_ghost\"}|130004",
        "modify_official_account_base_info|{\"OfficialAccount\":\"@TOA#_ghost\"}|130004",
        "get_official_account_info|{}|10004",
        "get_official_account_info|{\"OfficialAccountIdList\":[]}|10004",
        "get_official_account_info|{\"OfficialAccountIdList\":[{}]}|10004",
        "get_official_account_info|{\"OfficialAccountIdList\":[\"@TOA#_a\"]}|10004",
        "get_official_account_info|{\"OfficialAccountIdList\":[{\"Official_Account\":\"a\"}],\"ResponseFilter\":{\"OfficialAccountBaseInfoFilter\":[\"Nonsense\"]}}|10004",
        "get_official_account_info|nonsense|10004",
        "no_such_command|{}|10003"
      })
  void whatIsWrongIsRefused(String command, String body, int code) {
    assertEquals(code, official.code(command, body));
  }

  @Test
  void onlyWhatIsPresentChanges() {
    official.ok(
        "create_official_account",
        Json.object()
            .put("Owner_Account", "mia")
            .put("OfficialAccountUserID", "@TOA#_a")
            .put("Name", "one")
            .put("Introduction", "i"));
    official.ok("modify_official_account_base_info", named("@TOA#_a").put("Name", "two"));
    assertEquals("two", official.info("@TOA#_a").path("Name").asText());
    assertEquals("i", official.info("@TOA#_a").path("Introduction").asText());
    official.ok(
        "modify_official_account_base_info",
        Json.object().put("OfficialAccount", "@TOA#_a").put("Introduction", ""));
    assertEquals("", official.info("@TOA#_a").path("Introduction").asText("absent"));
    official.create("@TOA#_b");
    official.ok(
        "modify_official_account_base_info",
        named("@TOA#_b").put("OfficialAccount", "@TOA#_a").put("Name", "of b"));
    assertEquals("of b", official.info("@TOA#_b").path("Name").asText());
    assertEquals("two", official.info("@TOA#_a").path("Name").asText());
  }

  @Test
  void aLowerMaximumOnlyStopsNewSubscriptions() {
    official.create("@TOA#_a");
    official.subscribe("@TOA#_a", "mia", "noah");
    official.ok("modify_official_account_base_info", named("@TOA#_a").put("MaxSubscriberNum", 1));
    assertEquals(List.of("mia", "noah"), official.subscribers("@TOA#_a"));
    assertEquals(List.of(0, 2), official.subscribe("@TOA#_a", "zoe", "mia"));
    official.ok("modify_official_account_base_info", named("@TOA#_a").put("MaxSubscriberNum", 3));
    assertEquals(List.of(1), official.subscribe("@TOA#_a", "zoe"));
  }

  @Test
  void aChangeIsToldToSubscribersOnly() {
    official.create("@TOA#_a");
    official.subscribe("@TOA#_a", "noah");
    try (TestUser noah = app.login("noah");
        TestUser zoe = app.login("zoe")) {
      official.ok("modify_official_account_base_info", named("@TOA#_a").put("Introduction", "new"));
      String event = noah.nextEvent();
      assertTrue(event.startsWith("official.changed"), event);
      assertTrue(event.contains("\"introduction\":\"new\""), event);
      assertFalse(zoe.settle().hasEvent());
    }
  }

  @Test
  void onlyWantedFieldsAreToldInTheOrderAskedFor() {
    official.create("@TOA#_a");
    official.create("@TOA#_b");
    ObjectNode body = Json.object();
    ArrayNode list = body.putArray("OfficialAccountIdList");
    for (String account : List.of("@TOA#_b", "@TOA#_ghost", "@TOA#_a", "@TOA#_b")) {
      list.addObject().put("Official_Account", account);
    }
    body.putObject("ResponseFilter")
        .putArray("OfficialAccountBaseInfoFilter")
        .add("Name")
        .add("SubscriberNum");
    JsonNode infos = official.ok("get_official_account_info", body).path("OfficialAccountInfoList");
    assertEquals(4, infos.size());
    assertEquals("@TOA#_b", infos.at("/0/Official_Account").asText());
    List<String> fields = new ArrayList<>();
    infos.get(0).fieldNames().forEachRemaining(fields::add);
    assertEquals(
        List.of(
            "ActionStatus", "ErrorCode", "ErrorInfo", "Official_Account", "Name", "SubscriberNum"),
        fields);
    assertEquals(130004, infos.at("/1/ErrorCode").asInt());
    assertEquals("FAIL", infos.at("/1/ActionStatus").asText());
    assertEquals("@TOA#_a", infos.at("/2/Official_Account").asText());
    assertEquals("@TOA#_b", infos.at("/3/Official_Account").asText());
  }

  @Test
  void fiftyAreToldOfAtOnce() {
    ObjectNode body = Json.object();
    ArrayNode list = body.putArray("OfficialAccountIdList");
    for (int i = 0; i < 50; i++) {
      list.addObject().put("Official_Account", "@TOA#_" + i);
    }
    assertEquals(
        50, official.ok("get_official_account_info", body).path("OfficialAccountInfoList").size());
    list.addObject().put("Official_Account", "@TOA#_50");
    assertEquals(10004, official.code("get_official_account_info", body));
  }

  @Test
  void destructionTakesSubscriptionsAndMessagesWithIt() {
    official.create("@TOA#_a");
    official.create("@TOA#_b");
    official.subscribe("@TOA#_a", "noah");
    official.subscribe("@TOA#_b", "noah");
    String key = official.publish("@TOA#_a", "hello");
    assertEquals(2, rows("official_account"));
    try (TestUser noah = app.login("noah")) {
      official.ok("destroy_official_account", named("@TOA#_a"));
      assertEquals("official.destroyed{\"officialAccount\":\"@TOA#_a\"}", noah.nextEvent());
    }
    assertEquals(130004, official.info("@TOA#_a").path("ErrorCode").asInt());
    assertEquals(130004, official.code("destroy_official_account", named("@TOA#_a")));
    assertEquals(130004, official.code("get_subscriber_info", named("@TOA#_a")));
    assertEquals(130004, official.code("send_official_account_msg", Official.text("@TOA#_a", "x")));
    assertEquals(
        1,
        official
            .ok(
                "get_subscribed_official_account_list",
                Json.object().put("Subscriber_Account", "noah"))
            .path("TotalCount")
            .asInt());
    Awaitility.await().until(() -> rows("official_account") == 1);
    assertEquals(1, rows("conversation"));
    official.create("@TOA#_a");
    ObjectNode page = named("@TOA#_a").put("ReqMsgNumber", 20).put("LastMsgKey", key);
    assertTrue(official.ok("official_account_msg_get_simple", page).path("RspMsgList").isEmpty());
    assertEquals(List.of(), official.subscribers("@TOA#_a"));
  }

  @Test
  void whatAStoppedServerLeftOfADestroyedOneIsRemovedByAJob() {
    official.create("@TOA#_a");
    official.subscribe("@TOA#_a", "noah");
    official.publish("@TOA#_a", "hello");
    update("UPDATE official_account SET gone_id = conversation_id WHERE app_id = ?");
    assertEquals(130004, official.info("@TOA#_a").path("ErrorCode").asInt());
    app.server().jobs().jobs().stream()
        .filter(job -> job.name().equals("official-account-removal"))
        .forEach(job -> job.work().run());
    assertEquals(0, rows("official_account"));
    assertEquals(0, rows("conversation"));
  }

  @Test
  void anAppHasSoManyAsItsSettingsAllow() {
    TestApp small =
        TestServer.shared()
            .newApp(AppSettings.parse("{\"officialAccounts\":{\"most\":2}}"))
            .withUsers("mia");
    Official few = new Official(small);
    few.create("@TOA#_a");
    few.create("@TOA#_b");
    ObjectNode third = Json.object().put("Owner_Account", "mia").put("Name", "x");
    assertEquals(130010, few.code("create_official_account", third));
    few.ok("destroy_official_account", named("@TOA#_b"));
    few.ok("create_official_account", third);
  }

  @Test
  void itsOwnersDeletionLeavesItWithTheOwnersName() {
    official.create("@TOA#_a");
    app.rest("im_open_login_svc/account_delete", "{\"DeleteItem\":[{\"UserID\":\"mia\"}]}");
    assertEquals("mia", official.info("@TOA#_a").path("Owner_Account").asText());
  }

  @Test
  void switchedOffEverythingIsRefused() {
    TestApp off =
        TestServer.shared()
            .newApp(AppSettings.parse("{\"officialAccounts\":{\"enabled\":false}}"))
            .withUsers("mia");
    Official none = new Official(off);
    assertEquals(
        131000, none.code("create_official_account", "{\"Owner_Account\":\"mia\",\"Name\":\"x\"}"));
    for (String command : List.of("destroy_official_account", "get_subscriber_info")) {
      assertEquals(131000, none.code(command, named("@TOA#_a")));
    }
    assertEquals(131000, none.code("send_official_account_msg", Official.text("@TOA#_a", "x")));
  }

  private int rows(String table) {
    return TestServer.shared()
        .server()
        .regions()
        .of(app.app())
        .read(
            connection -> {
              try (PreparedStatement select =
                  connection.prepareStatement(
                      "SELECT COUNT(*) FROM "
                          + table
                          + " WHERE app_id = ?"
                          + (table.equals("conversation") ? " AND kind = 4" : ""))) {
                select.setLong(1, app.appId());
                try (ResultSet rows = select.executeQuery()) {
                  rows.next();
                  return rows.getInt(1);
                }
              }
            });
  }

  private void update(String sql) {
    TestServer.shared()
        .server()
        .regions()
        .of(app.app())
        .read(
            connection -> {
              try (PreparedStatement update = connection.prepareStatement(sql)) {
                update.setLong(1, app.appId());
                return update.executeUpdate();
              }
            });
  }
}
