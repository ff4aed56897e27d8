package im.palisade.server.official;

import static im.palisade.server.official.Official.named;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import im.palisade.server.app.AppSettings;
import im.palisade.server.testing.TestApp;
import im.palisade.server.testing.TestServer;
import im.palisade.server.testing.TestUser;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** rest-conversations-ops I5–I9: who subscribes to official accounts. */
class SubscriberRestTest {
  private static final String NEWS = "@TOA#_news";

  private final TestApp app = TestServer.shared().newApp().withUsers("mia", "noah", "zoe", "lee");
  private final Official official = new Official(app);

  @BeforeEach
  void createNews() {
    official.create(NEWS);
  }

  @Test
  void eachUserIsSubscribedForItself() {
    assertEquals(List.of(1, 0, 1, 2), official.subscribe(NEWS, "zoe", "ghost", "noah", "zoe"));
    assertEquals(List.of(2, 1), official.subscribe(NEWS, "noah", "lee"));
    assertEquals(List.of("zoe", "noah", "lee"), official.subscribers(NEWS));
    assertEquals(3, official.info(NEWS).path("SubscriberNum").asInt());
  }

  @Test
  void theAnswerNamesTheUsersInTheirOrder() {
    ObjectNode body = named(NEWS);
    body.putArray("SubscriberList").addObject().put("Official_Account", "noah");
    JsonNode reply = official.ok("add_subscriber", body);
    assertEquals(
        "[{\"Subscriber_Account\":\"noah\",\"Result\":1}]",
        reply.path("SubscriberList").toString());
  }

  @Test
  void subscribersBeyondTheMaximumFail() {
    official.ok("modify_official_account_base_info", named(NEWS).put("MaxSubscriberNum", 2));
    assertEquals(List.of(1, 1, 0, 2), official.subscribe(NEWS, "mia", "noah", "zoe", "mia"));
    official.unsubscribe(NEWS, "mia");
    assertEquals(List.of(1), official.subscribe(NEWS, "zoe"));
  }

  @Test
  void theMaximumHoldsForCallsThatComeAtOnce() {
    List<String> users = IntStream.range(0, 16).mapToObj(i -> "u" + i).toList();
    app.withUsers(users.toArray(String[]::new));
    official.ok("modify_official_account_base_info", named(NEWS).put("MaxSubscriberNum", 5));
    List<CompletableFuture<List<Integer>>> calls =
        users.stream()
            .map(
                user ->
                    CompletableFuture.supplyAsync(
                        () -> official.subscribe(NEWS, user), Thread::startVirtualThread))
            .toList();
    long subscribed = calls.stream().map(TestUser::await).filter(List.of(1)::equals).count();
    assertEquals(5, subscribed);
    assertEquals(5, official.subscribers(NEWS).size());
    assertEquals(5, official.info(NEWS).path("SubscriberNum").asInt());
  }

  @Test
  void aUserSubscribesToSoManyAsTheSettingsAllow() {
    TestApp small =
        TestServer.shared()
            .newApp(AppSettings.parse("{\"officialAccounts\":{\"subscriptionsPerUser\":1}}"))
            .withUsers("mia", "noah");
    Official few = new Official(small);
    few.create("@TOA#_a");
    few.create("@TOA#_b");
    assertEquals(List.of(1), few.subscribe("@TOA#_a", "noah"));
    assertEquals(List.of(0, 1), few.subscribe("@TOA#_b", "noah", "mia"));
  }

  @Test
  void eachUserIsUnsubscribedForItself() {
    official.subscribe(NEWS, "mia", "noah");
    assertEquals(List.of(1, 2, 0, 2), official.unsubscribe(NEWS, "noah", "zoe", "ghost", "noah"));
    assertEquals(List.of("mia"), official.subscribers(NEWS));
    assertEquals(1, official.info(NEWS).path("SubscriberNum").asInt());
  }

  @Test
  void thoseConcernedAreTold() {
    try (TestUser noah = app.login("noah");
        TestUser zoe = app.login("zoe")) {
      official.subscribe(NEWS, "noah", "ghost");
      String event = noah.nextEvent();
      assertTrue(event.startsWith("official.subscribed{"), event);
      assertTrue(event.contains("\"officialAccount\":\"@TOA#_news\""), event);
      assertTrue(event.contains("\"name\":\"News\""), event);
      assertTrue(event.contains("\"subscribers\":1"), event);
      official.subscribe(NEWS, "noah");
      official.unsubscribe(NEWS, "noah", "zoe");
      assertEquals("official.unsubscribed{\"officialAccount\":\"@TOA#_news\"}", noah.nextEvent());
      assertFalse(zoe.settle().hasEvent());
    }
  }

  @Test
  void aHundredUsersAreChangedAtOnce() {
    List<String> users = IntStream.range(0, 100).mapToObj(i -> "u" + i).toList();
    app.withUsers(users.toArray(String[]::new));
    assertEquals(
        Collections.nCopies(100, 1), official.subscribe(NEWS, users.toArray(String[]::new)));
    ObjectNode add = named(NEWS);
    IntStream.range(0, 101)
        .forEach(i -> add.withArray("SubscriberList").addObject().put("Subscriber_Account", "u"));
    assertEquals(10004, official.code("add_subscriber", add));
    ObjectNode remove = named(NEWS);
    IntStream.range(0, 101).forEach(i -> remove.withArray("SubscriberToDel_Account").add("u" + i));
    assertEquals(10004, official.code("delete_subscriber", remove));
    assertEquals(users, official.subscribers(NEWS));
    assertEquals(
        Collections.nCopies(100, 1), official.unsubscribe(NEWS, users.toArray(String[]::new)));
    assertEquals(0, official.info(NEWS).path("SubscriberNum").asInt(-1));
  }

  @Test
  void anAppNotesSomethingOfASubscription() {
    official.subscribe(NEWS, "noah");
    String hostile = "tier='; -- 🥇\u0000" + "x".repeat(2980);
    ObjectNode body = named(NEWS).put("Subscriber_Account", "noah").put("CustomString", hostile);
    official.ok("modify_subscriber_info", body);
    JsonNode subscriber = official.ok("get_subscriber_info", named(NEWS)).at("/SubscriberList/0");
    assertEquals(hostile, subscriber.path("CustomString").asText());
    assertEquals(
        10004, official.code("modify_subscriber_info", body.put("CustomString", "x".repeat(3001))));
    official.ok("modify_subscriber_info", body.put("CustomString", "x".repeat(3000)));
    official.ok("modify_subscriber_info", body.put("CustomString", "x".repeat(3000)));
    official.ok("modify_subscriber_info", body.put("CustomString", ""));
  }

  @Test
  void aListTellsWhatThereIsOfASubscriber() {
    official.subscribe(NEWS, "noah");
    JsonNode reply = official.ok("get_subscriber_info", named(NEWS));
    assertEquals("", reply.path("Next").asText("absent"));
    assertEquals(1, reply.path("SubscriberNum").asInt());
    JsonNode subscriber = reply.at("/SubscriberList/0");
    assertEquals("noah", subscriber.path("Subscriber_Account").asText());
    assertTrue(
        Math.abs(subscriber.path("SubscribeTime").asLong() - Instant.now().getEpochSecond()) < 60);
    assertEquals("", subscriber.path("CustomString").asText("absent"));
    assertEquals(0, subscriber.path("MsgFlag").asInt(-1));
    assertEquals(0, subscriber.path("LastSendMsgTime").asInt(-1));
  }

  @Test
  void aListIsPagedInTheOrderOfSubscription() {
    official.subscribe(NEWS, "zoe", "noah", "lee", "mia");
    official.unsubscribe(NEWS, "noah");
    official.subscribe(NEWS, "noah");
    List<String> seen = new ArrayList<>();
    String next = "";
    int pages = 0;
    do {
      JsonNode reply =
          official.ok("get_subscriber_info", named(NEWS).put("Limit", 2).put("Next", next));
      assertEquals(4, reply.path("SubscriberNum").asInt());
      reply
          .path("SubscriberList")
          .forEach(each -> seen.add(each.path("Subscriber_Account").asText()));
      next = reply.path("Next").asText();
      pages++;
    } while (!next.isEmpty());
    assertEquals(List.of("zoe", "lee", "mia", "noah"), seen);
    assertEquals(2, pages);
  }

  @Test
  void aLongListIsCutAndGoesOn() {
    List<String> users = IntStream.range(0, 400).mapToObj(i -> "u" + i).toList();
    for (int i = 0; i < 400; i += 100) {
      String[] some = users.subList(i, i + 100).toArray(String[]::new);
      app.withUsers(some);
      official.subscribe(NEWS, some);
    }
    for (String user : users) {
      official.ok(
          "modify_subscriber_info",
          named(NEWS).put("Subscriber_Account", user).put("CustomString", "x".repeat(3000)));
    }
    JsonNode first = official.ok("get_subscriber_info", named(NEWS));
    assertFalse(first.path("Next").asText().isEmpty());
    assertTrue(first.toString().length() < 1 << 20);
    JsonNode second =
        official.ok("get_subscriber_info", named(NEWS).put("Next", first.path("Next").asText()));
    assertEquals("", second.path("Next").asText("absent"));
    assertEquals(400, first.path("SubscriberList").size() + second.path("SubscriberList").size());
  }

  @Test
  void aUserSeesItsSubscriptions() {
    official.create("@TOA#_b");
    official.create("@TOA#_c");
    official.subscribe("@TOA#_b", "noah");
    official.subscribe(NEWS, "noah", "zoe");
    official.subscribe("@TOA#_c", "noah");
    JsonNode all = subscriptions("{\"Subscriber_Account\":\"noah\"}");
    assertEquals(3, all.path("TotalCount").asInt());
    assertEquals(1, all.path("CompleteFlag").asInt());
    assertEquals(3, all.path("Next").asInt());
    JsonNode page =
        subscriptions(
            """
            {"Subscriber_Account":"noah","Limit":2,"Offset":0,
             "ActionStatus":null,"ErrorInfo":null,"ErrorCode":null,
             "ResponseFilter":{"OfficialAccountBaseInfoFilter":["Name"],
               "SelfInfoFilter":["SubscribeTime"]}}
            """);
    assertEquals(3, page.path("TotalCount").asInt());
    assertEquals(0, page.path("CompleteFlag").asInt(-1));
    assertEquals(2, page.path("Next").asInt());
    assertEquals(2, page.path("OfficialAccountInfoList").size());
    JsonNode item = page.at("/OfficialAccountInfoList/0");
    List<String> fields = new ArrayList<>();
    item.fieldNames().forEachRemaining(fields::add);
    assertEquals(List.of("Official_Account", "Name", "SelfInfo"), fields);
    assertEquals(1, item.path("SelfInfo").size());
    assertTrue(item.at("/SelfInfo/SubscribeTime").asLong() > 1_700_000_000);
    JsonNode rest = subscriptions("{\"Subscriber_Account\":\"noah\",\"Limit\":2,\"Offset\":2}");
    assertEquals(1, rest.path("CompleteFlag").asInt());
    assertEquals(1, rest.path("OfficialAccountInfoList").size());
    assertEquals("", rest.at("/OfficialAccountInfoList/0/SelfInfo/CustomString").asText("absent"));
    assertEquals(0, subscriptions("{\"Subscriber_Account\":\"mia\"}").path("TotalCount").asInt(-1));
  }

  @Test
  void aDeletedUserIsNoSubscriberAndNeitherIsItsSuccessor() {
    official.subscribe(NEWS, "noah", "zoe");
    app.rest("im_open_login_svc/account_delete", "{\"DeleteItem\":[{\"UserID\":\"noah\"}]}");
    assertEquals(List.of("zoe"), official.subscribers(NEWS));
    assertEquals(1, official.info(NEWS).path("SubscriberNum").asInt());
    assertEquals(List.of(0), official.subscribe(NEWS, "noah"));
    app.withUsers("noah");
    assertEquals(List.of("zoe"), official.subscribers(NEWS));
    assertEquals(List.of(1), official.subscribe(NEWS, "noah"));
  }

  @Test
  void appsDoNotShareSubscriptions() {
    TestApp otherApp = TestServer.shared().newApp().withUsers("mia", "noah");
    Official other = new Official(otherApp);
    other.create(NEWS);
    other.subscribe(NEWS, "noah");
    assertEquals(List.of(), official.subscribers(NEWS));
    assertEquals(List.of(2), official.unsubscribe(NEWS, "noah"));
    assertEquals(List.of("noah"), other.subscribers(NEWS));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "add_subscriber|{\"Official_Account\":\"@TOA#_news\"}|10004",
        "add_subscriber|{\"Official_Account\":\"@TOA#_news\",\"SubscriberList\":[]}|10004",
        "add_subscriber|{\"Official_Account\":\"@TOA#_news\",\"SubscriberList\":[{}]}|10004",
        "add_subscriber|{\"Official_Account\":\"@TOA#_news\",\"SubscriberList\":[{\"Subscriber_Account\":1}]}|60015",
        "add_subscriber|{\"Official_Account\":\"@TOA#_x\",\"SubscriberList\":[{\"Subscriber_Account\":\"mia\"}]}|130004",
        "add_subscriber|{\"SubscriberList\":[{\"Subscriber_Account\":\"mia\"}]}|10004",
        "delete_subscriber|{\"Official_Account\":\"@TOA#_news\"}|10004",
        "delete_subscriber|{\"Official_Account\":\"@TOA#_news\",\"SubscriberToDel_Account\":[]}|10004",
        "delete_subscriber|{\"Official_Account\":\"@TOA#_news\",\"SubscriberToDel_Account\":\"mia\"}|10004",
        "delete_subscriber|{\"Official_Account\":\"@TOA#_x\",\"SubscriberToDel_Account\":[\"mia\"]}|130004",
        "modify_subscriber_info|{\"Official_Account\":\"@TOA#_news\",\"Subscriber_Account\":\"mia\"}|10004",
        "modify_subscriber_info|{\"Official_Account\":\"@TOA#_news\",\"CustomString\":\"c\"}|10004",
        "modify_subscriber_info|{\"Official_Account\":\"@TOA#_news\",\"Subscriber_Account\":\"mia\",\"CustomString\":\"c\"}|131003",
        "modify_subscriber_info|{\"Official_Account\":\"@TOA#_news\",\"Subscriber_Account\":\"ghost\",\"CustomString\":\"c\"}|10019",
        "modify_subscriber_info|{\"Official_Account\":\"@TOA#_x\",\"Subscriber_Account\":\"mia\",\"CustomString\":\"c\"}|130004",
        "get_subscriber_info|{\"Official_Account\":\"@TOA#_news\",\"Limit\":201}|10004",
        "get_subscriber_info|{\"Official_Account\":\"@TOA#_news\",\"Limit\":0}|10004",
        "get_subscriber_info|{\"Official_Account\":\"@TOA#_news\",\"Limit\":200}|0",
        "get_subscriber_info|{\"Official_Account\":\"@TOA#_news\",\"Next\":\"noah:1\"}|10004",
        "get_subscriber_info|{\"Official_Account\":\"@TOA#_x\"}|130004",
        "get_subscribed_official_account_list|{}|10004",
        "get_subscribed_official_account_list|{\"Subscriber_Account\":\"ghost\"}|10019",
        "get_subscribed_official_account_list|{\"Subscriber_Account\":\"mia\",\"Limit\":201}|10004",
        "get_subscribed_official_account_list|{\"Subscriber_Account\":\"mia\",\"Limit\":200}|0",
        "get_subscribed_official_account_list|{\"Subscriber_Account\":\"mia\",\"Offset\":-1}|10004",
        "get_subscribed_official_account_list|{\"Subscriber_Account\":\"mia\",\"ResponseFilter\":{\"SelfInfoFilter\":[\"x\"]}}|10004"
      })
  void whatIsWrongIsRefused(String command, String body, int code) {
    assertEquals(code, official.code(command, body));
    assertEquals(List.of(), official.subscribers(NEWS));
  }

  private JsonNode subscriptions(String body) {
    JsonNode reply = official.call("get_subscribed_official_account_list", body);
    assertEquals(0, reply.path("ErrorCode").asInt(), reply::toString);
    return reply;
  }
}
