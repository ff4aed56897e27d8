package im.palisade.server.callback;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import im.palisade.server.testing.TestReceiver.Received;
import im.palisade.server.testing.TestUser;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Webhooks of official accounts and robots (callbacks §4.7, §4.8). */
class OfficialCallbacksTest {
  private static final String PREFIX = "OfficialAccount.Callback";
  private static final String SERVICE = "official_account_open_http_svc/";
  private static final String CREATE =
      "{\"Owner_Account\":\"mia\",\"Name\":\"City News\",\"MaxSubscriberNum\":1,"
          + "\"OfficialAccountUserID\":\"@TOA#_city\"}";

  @Test
  void itsLifeAndItsSubscribersAreToldOf() {
    try (Hooked hooked =
        Hooked.on(
            PREFIX + "BeforeCreateOfficialAccount",
            PREFIX + "AfterCreateOfficialAccount",
            PREFIX + "AfterOfficialAccountInfoChanged",
            PREFIX + "AfterOfficialAccountDestroyed",
            PREFIX + "BeforeAddSubscriber",
            PREFIX + "AfterAddSubscriber",
            PREFIX + "AfterOfficialAccountFull",
            PREFIX + "AfterDeleteSubscriber")) {
      String account = create(hooked).path("OfficialAccountUserID").asText();
      JsonNode before = next(hooked, "BeforeCreateOfficialAccount");
      assertEquals("administrator", before.path("Operator_Account").asText());
      assertEquals("mia", before.path("Owner_Account").asText());
      assertEquals("City News", before.path("Name").asText());
      JsonNode created = next(hooked, "AfterCreateOfficialAccount");
      assertEquals(account, created.path("Official_Account").asText());
      assertEquals("mia", created.path("Owner_Account").asText());

      ok(
          hooked,
          "modify_official_account_base_info",
          "{\"Official_Account\":\""
              + account
              + "\",\"Name\":\"City News\","
              + "\"Organization\":\"City Hall\"}");
      JsonNode changed = next(hooked, "AfterOfficialAccountInfoChanged");
      assertEquals("City Hall", changed.path("Organization").asText());
      assertTrue(changed.path("Name").isMissingNode(), "what stays is not told");

      ok(hooked, "add_subscriber", subscribers(account, "noah"));
      JsonNode asked = next(hooked, "BeforeAddSubscriber");
      assertEquals(
          Hooked.json("[{\"Subscriber_Account\":\"noah\"}]"), asked.path("SubscribeAccountList"));
      JsonNode subscribed = next(hooked, "AfterAddSubscriber");
      assertEquals(asked.path("SubscribeAccountList"), subscribed.path("SubscribeAccountList"));
      assertEquals(
          account, next(hooked, "AfterOfficialAccountFull").path("Official_Account").asText());

      ok(
          hooked,
          "delete_subscriber",
          "{\"Official_Account\":\"" + account + "\",\"SubscriberToDel_Account\":[\"noah\"]}");
      assertEquals(
          asked.path("SubscribeAccountList"),
          next(hooked, "AfterDeleteSubscriber").path("SubscribeAccountList"));
      ok(hooked, "destroy_official_account", "{\"Official_Account\":\"" + account + "\"}");
      assertEquals(
          "mia", next(hooked, "AfterOfficialAccountDestroyed").path("Owner_Account").asText());
    }
  }

  @ParameterizedTest
  @CsvSource({"0,0", "1,10016", "10100,10100", "10200,10200", "10201,10016", "120001,10016", "2,0"})
  void creatingIsRefusedAsTheAppSays(long said, int code) {
    try (Hooked hooked = Hooked.on(PREFIX + "BeforeCreateOfficialAccount")) {
      hooked.receiver().answering("{\"ErrorCode\":" + said + ",\"ErrorInfo\":\"no\"}");
      JsonNode reply = create(hooked);
      assertEquals(code, reply.path("ErrorCode").asInt(), reply::toString);
    }
  }

  @Test
  void whatUsersWriteToARobotIsToldOf() {
    try (Hooked hooked = Hooked.on("Bot.OnC2CMessage");
        TestUser mia = hooked.app().login("mia")) {
      JsonNode made =
          hooked.app().rest("openim_robot_http_svc/create_robot", "{\"UserID\":\"@RBT#helper\"}");
      assertEquals(0, made.path("ErrorCode").asInt(), made::toString);
      mia.send("noah", 1, "not for the robot");
      mia.send("@RBT#helper", 2, "opening hours?");
      Received told = hooked.receiver().next();
      assertEquals("Bot.OnC2CMessage", told.command());
      assertEquals("@RBT#helper", told.body().path("To_Account").asText());
      assertEquals(2, told.body().path("MsgRandom").asInt());
      assertEquals("Web", told.query().get("OptPlatform"));
      assertEquals(0, hooked.receiver().waiting());
    }
  }

  private static JsonNode create(Hooked hooked) {
    return hooked.app().rest(SERVICE + "create_official_account", CREATE);
  }

  private static String subscribers(String account, String userId) {
    return "{\"Official_Account\":\""
        + account
        + "\",\"SubscriberList\":[{\"Subscriber_Account\":\""
        + userId
        + "\"}]}";
  }

  private static JsonNode next(Hooked hooked, String command) {
    Received told = hooked.receiver().next();
    assertEquals(PREFIX + command, told.command());
    assertTrue(told.body().path("EventTime").isIntegralNumber());
    return told.body();
  }

  private static void ok(Hooked hooked, String command, String body) {
    JsonNode reply = hooked.app().rest(SERVICE + command, body);
    assertEquals(0, reply.path("ErrorCode").asInt(), reply::toString);
  }
}
