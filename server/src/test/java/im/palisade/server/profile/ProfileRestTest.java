package im.palisade.server.profile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import im.palisade.server.app.AppSettings;
import im.palisade.server.protocol.Json;
import im.palisade.server.testing.TestApp;
import im.palisade.server.testing.TestServer;
import im.palisade.server.testing.TestUser;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** rest-accounts Part B, seen from an app's back end. */
class ProfileRestTest {
  private static final AppSettings SETTINGS =
      AppSettings.parse(
          """
          {"profileFields": [
            {"name": "Test"},
            {"name": "Hidden", "readableBy": ["SELF"]},
            {"name": "Fixed", "writableBy": ["SELF"]},
            {"name": "Own", "readableBy": ["SELF", "ADMIN"]}]}
          """);

  private final TestApp app = TestServer.shared().newApp(SETTINGS).withUsers("mia", "noah");

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\0',
      textBlock =
          """
          Tag_Profile_IM_Nick|"Mia L."
          Tag_Profile_IM_Nick|"'; DROP TABLE account; -- =1+1\\u0000\\u202e😀"
          Tag_Profile_IM_Gender|"Gender_Type_Female"
          Tag_Profile_IM_BirthDay|20190419
          Tag_Profile_IM_BirthDay|4294967295
          Tag_Profile_IM_Location|"1234567890123456"
          Tag_Profile_IM_SelfSignature|" leading and trailing "
          Tag_Profile_IM_AllowType|"AllowType_Type_DenyAny"
          Tag_Profile_IM_Language|0
          Tag_Profile_IM_Image|"https://img.example.org/a.png"
          Tag_Profile_IM_MsgSettings|1
          Tag_Profile_IM_AdminForbidType|"AdminForbid_Type_SendOut"
          Tag_Profile_IM_Level|16
          Tag_Profile_IM_Role|3
          Tag_Profile_Custom_Test|"gold"
          """)
  void aFieldComesBackAsItWasSet(String tag, String value) throws IOException {
    JsonNode json = Json.mapper().readTree(value);
    assertOk(set("mia", tag, json));
    assertEquals(json.toString(), value(get("mia", tag), tag).toString());
  }

  @Test
  void onlyFieldsWithAValueComeBackButGenderAndThePoliciesAlways() {
    JsonNode reply =
        get(
            "mia",
            "Tag_Profile_IM_Nick",
            "Tag_Profile_IM_Level",
            "Tag_Profile_Custom_Test",
            "Tag_Profile_IM_Gender",
            "Tag_Profile_IM_AllowType",
            "Tag_Profile_IM_AdminForbidType");
    assertOk(reply);
    assertEquals(
        "[{\"Tag\":\"Tag_Profile_IM_Gender\",\"Value\":\"Gender_Type_Unknown\"},"
            + "{\"Tag\":\"Tag_Profile_IM_AllowType\",\"Value\":\"AllowType_Type_AllowAny\"},"
            + "{\"Tag\":\"Tag_Profile_IM_AdminForbidType\",\"Value\":\"AdminForbid_Type_None\"}]",
        reply.at("/UserProfileItem/0/ProfileItem").toString());
    assertEquals(0, reply.at("/UserProfileItem/0/ResultCode").asInt(-1));
    assertEquals("", reply.at("/UserProfileItem/0/ResultInfo").asText("absent"));
    assertEquals("", reply.path("ErrorDisplay").asText("absent"));
    assertFalse(reply.has("Fail_Account"));
  }

  @Test
  void theAppSaysHowRequestsAreMetByThoseWhoHaveNotSaid() {
    TestApp strict =
        TestServer.shared()
            .newApp(AppSettings.parse("{\"defaultAllowType\":\"NEED_CONFIRM\"}"))
            .withUsers("mia");
    assertEquals(
        "AllowType_Type_NeedConfirm",
        value(get(strict, List.of("mia"), "Tag_Profile_IM_AllowType"), "Tag_Profile_IM_AllowType")
            .asText());
  }

  @Test
  void theLastValueOfATagWinsAndEmptyTextClears() {
    ObjectNode body = body("mia", "Tag_Profile_IM_SelfSignature", text("a"));
    body.withArray("/ProfileItem")
        .addObject()
        .put("Tag", "Tag_Profile_IM_SelfSignature")
        .put("Value", "b");
    assertOk(app.rest("profile/portrait_set", body.toString()));
    assertEquals(
        "b",
        value(get("mia", "Tag_Profile_IM_SelfSignature"), "Tag_Profile_IM_SelfSignature").asText());
    assertOk(set("mia", "Tag_Profile_IM_SelfSignature", text("")));
    assertTrue(
        get("mia", "Tag_Profile_IM_SelfSignature").at("/UserProfileItem/0/ProfileItem").isEmpty());
  }

  @Test
  void anImportedNickIsTheProfilesNick() {
    app.rest(
        "im_open_login_svc/account_import",
        "{\"UserID\":\"leo\",\"Nick\":\"Leo\",\"FaceUrl\":\"f\"}");
    JsonNode reply = get("leo", "Tag_Profile_IM_Nick", "Tag_Profile_IM_Image");
    assertEquals("Leo", value(reply, "Tag_Profile_IM_Nick").asText());
    assertEquals("f", value(reply, "Tag_Profile_IM_Image").asText());
  }

  @Test
  void messagesSentLaterCarryTheNewNick() {
    try (TestUser noah = app.login("noah");
        TestUser mia = app.login("mia")) {
      mia.send("noah", 1, "a");
      assertEquals("", noah.nextMessage().nick());
      set("mia", "Tag_Profile_IM_Nick", text("Mia L."));
      mia.send("noah", 2, "b");
      assertEquals("Mia L.", noah.nextMessage().nick());
    }
  }

  @Test
  void theUsersOwnDevicesAreToldWhatChanged() {
    try (TestUser phone = app.login("mia", "android", "p");
        TestUser web = app.login("mia", "web", "w");
        TestUser stranger = app.login("noah")) {
      ObjectNode body = body("mia", "Tag_Profile_IM_Nick", text("M"));
      body.withArray("/ProfileItem").addObject().put("Tag", "Tag_Profile_IM_Level").put("Value", 7);
      assertOk(app.rest("profile/portrait_set", body.toString()));
      for (TestUser device : List.of(phone, web)) {
        assertEquals(
            "profile.changed{\"userId\":\"mia\",\"profile\":[{\"tag\":\"Tag_Profile_IM_Nick\","
                + "\"value\":\"M\"},{\"tag\":\"Tag_Profile_IM_Level\",\"value\":7}],"
                + "\"changed\":{\"nick\":\"M\",\"level\":7}}",
            device.nextEvent());
      }
      app.rest("im_open_login_svc/account_import", "{\"UserID\":\"mia\",\"Nick\":\"N\"}");
      assertEquals(
          "profile.changed{\"userId\":\"mia\",\"profile\":[{\"tag\":\"Tag_Profile_IM_Nick\","
              + "\"value\":\"N\"}],\"changed\":{\"nick\":\"N\"}}",
          phone.nextEvent());
      assertFalse(stranger.settle().hasEvent(), "strangers are told nothing");
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\0',
      textBlock =
          """
          Tag_Profile_IM_Nick|5|40610
          Tag_Profile_IM_Nick|{}|40610
          Tag_Profile_IM_Nick|null|40001
          Tag_Profile_IM_Gender|"Gender_Type_Other"|40605
          Tag_Profile_IM_Gender|""|40605
          Tag_Profile_IM_AllowType|"AllowAny"|40605
          Tag_Profile_IM_AdminForbidType|1|40610
          Tag_Profile_IM_Location|"12345678901234567"|40605
          Tag_Profile_IM_BirthDay|"20190419"|40610
          Tag_Profile_IM_BirthDay|1.5|40610
          Tag_Profile_IM_BirthDay|-1|40605
          Tag_Profile_IM_BirthDay|4294967296|40605
          Tag_Profile_IM_BirthDay|99999999999999999999|40605
          Tag_Profile_Custom_Test|5|40610
          Tag_Profile_Custom_Nope|"x"|40009
          Tag_Profile_Custom_test|"x"|40009
          Tag_Profile_IM_Nope|"x"|40009
          |"x"|40009
          Tag_Profile_Custom_Fixed|"x"|40008
          """)
  void aBadItemIsRefusedAndNothingIsWritten(String tag, String value, int code) throws IOException {
    ObjectNode body = body("mia", "Tag_Profile_IM_Level", Json.mapper().readTree("3"));
    body.withArray("/ProfileItem")
        .addObject()
        .put("Tag", tag == null ? "" : tag)
        .set("Value", Json.mapper().readTree(value));
    JsonNode reply = app.rest("profile/portrait_set", body.toString());
    assertEquals(code, reply.path("ErrorCode").asInt(), reply::toString);
    assertEquals("", reply.path("ErrorDisplay").asText("absent"));
    assertTrue(get("mia", "Tag_Profile_IM_Level").at("/UserProfileItem/0/ProfileItem").isEmpty());
  }

  @ParameterizedTest
  @CsvSource({
    "Tag_Profile_IM_Nick, 500, 0",
    "Tag_Profile_IM_Nick, 501, 40601",
    "Tag_Profile_IM_Image, 500, 0",
    "Tag_Profile_IM_Image, 501, 40601",
    "Tag_Profile_IM_SelfSignature, 500, 0",
    "Tag_Profile_IM_SelfSignature, 501, 40601",
    "Tag_Profile_Custom_Test, 500, 0",
    "Tag_Profile_Custom_Test, 501, 40601"
  })
  void textHasAtMost500Bytes(String tag, int bytes, int code) {
    String value = "é".repeat(bytes / 2) + "x".repeat(bytes % 2);
    assertEquals(code, set("mia", tag, text(value)).path("ErrorCode").asInt());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\0',
      textBlock =
          """
          portrait_set|{"From_Account":"ghost","ProfileItem":[{"Tag":"Tag_Profile_IM_Nick","Value":"x"}]}|40003
          portrait_set|{"From_Account":" x","ProfileItem":[{"Tag":"Tag_Profile_IM_Nick","Value":"x"}]}|40003
          portrait_set|{"From_Account":7,"ProfileItem":[{"Tag":"Tag_Profile_IM_Nick","Value":"x"}]}|60015
          portrait_set|{"ProfileItem":[{"Tag":"Tag_Profile_IM_Nick","Value":"x"}]}|40001
          portrait_set|{"From_Account":"mia"}|40001
          portrait_set|{"From_Account":"mia","ProfileItem":[]}|40001
          portrait_set|{"From_Account":"mia","ProfileItem":{}}|40001
          portrait_set|{"From_Account":"mia","ProfileItem":[7]}|40001
          portrait_set|{"From_Account":"mia","ProfileItem":[{"Value":"x"}]}|40001
          portrait_set|{"From_Account":"mia","ProfileItem":[{"Tag":7,"Value":"x"}]}|40001
          portrait_set|{"From_Account":"mia","ProfileItem":[{"Tag":"Tag_Profile_IM_Nick"}]}|40001
          portrait_set|[]|40001
          portrait_get|{"TagList":["Tag_Profile_IM_Nick"]}|40002
          portrait_get|{"To_Account":[],"TagList":["Tag_Profile_IM_Nick"]}|40002
          portrait_get|{"To_Account":"mia","TagList":["Tag_Profile_IM_Nick"]}|40001
          portrait_get|{"To_Account":[7],"TagList":["Tag_Profile_IM_Nick"]}|60015
          portrait_get|{"To_Account":["mia"]}|40001
          portrait_get|{"To_Account":["mia"],"TagList":[]}|40001
          portrait_get|{"To_Account":["mia"],"TagList":[7]}|40001
          portrait_get|{"To_Account":["mia"],"TagList":["Tag_Profile_IM_Nope"]}|40009
          portrait_get|{"To_Account":["mia"],"TagList":["Tag_Profile_Custom_Hidden"]}|40007
          portrait_get|{"To_Account":["ghost"," x"],"TagList":["Tag_Profile_IM_Nick"]}|40003
          """)
  void aBadCallIsRefusedWithItsCode(String command, String body, int code) {
    JsonNode reply = app.rest("profile/" + command, body);
    assertEquals(code, reply.path("ErrorCode").asInt(), reply::toString);
    assertEquals("FAIL", reply.path("ActionStatus").asText());
  }

  @Test
  void anUnknownAccountFailsAsAnItem() {
    set("mia", "Tag_Profile_IM_Nick", text("M"));
    JsonNode reply = get(app, List.of("ghost", "mia", "mia"), "Tag_Profile_IM_Nick");
    assertOk(reply);
    assertEquals(2, reply.path("UserProfileItem").size());
    assertEquals("ghost", reply.at("/UserProfileItem/0/To_Account").asText());
    assertEquals(40003, reply.at("/UserProfileItem/0/ResultCode").asInt());
    assertEquals(
        "Err_Profile_PortraitGet_Account_Not_Exist",
        reply.at("/UserProfileItem/0/ResultInfo").asText());
    assertFalse(reply.at("/UserProfileItem/0").has("ProfileItem"));
    assertEquals("[\"ghost\"]", reply.path("Fail_Account").toString());
    assertEquals("M", reply.at("/UserProfileItem/1/ProfileItem/0/Value").asText());
  }

  @Test
  void aHundredAccountsAreReadInTheirOrderAndNoMore() {
    List<String> users = IntStream.range(0, 100).mapToObj(i -> "u" + (99 - i)).toList();
    app.withUsers(users.toArray(String[]::new));
    JsonNode reply = get(app, users, "Tag_Profile_IM_Gender");
    assertOk(reply);
    for (int i = 0; i < 100; i++) {
      assertEquals(users.get(i), reply.at("/UserProfileItem/" + i + "/To_Account").asText());
    }
    List<String> more = new java.util.ArrayList<>(users);
    more.add("mia");
    assertEquals(40001, get(app, more, "Tag_Profile_IM_Gender").path("ErrorCode").asInt());
  }

  @Test
  void otherAppsAndReturningUserIdsSeeNothingOfIt() {
    set("mia", "Tag_Profile_IM_Level", Json.mapper().getNodeFactory().numberNode(5));
    TestApp other = TestServer.shared().newApp(SETTINGS).withUsers("mia");
    assertTrue(
        get(other, List.of("mia"), "Tag_Profile_IM_Level")
            .at("/UserProfileItem/0/ProfileItem")
            .isEmpty());
    app.rest("im_open_login_svc/account_delete", "{\"DeleteItem\":[{\"UserID\":\"mia\"}]}");
    app.withUsers("mia");
    assertTrue(get("mia", "Tag_Profile_IM_Level").at("/UserProfileItem/0/ProfileItem").isEmpty());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\0',
      textBlock =
          """
          {"profileFields":[{"name":"TooLongXX"}]}
          {"profileFields":[{"name":"A1"}]}
          {"profileFields":[{"name":""}]}
          {"profileFields":[{"name":"A"},{"name":"A"}]}
          {"profileFields":[{"name":"A","readableBy":[]}]}
          {"friendFields":[{"name":"A","type":"INTEGER"}]}
          """)
  void aBadDeclarationOfFieldsIsNoSetting(String settings) {
    org.junit.jupiter.api.Assertions.assertThrows(
        IllegalArgumentException.class, () -> AppSettings.parse(settings));
  }

  @Test
  void settingsSurviveBeingStored() {
    assertEquals(SETTINGS, AppSettings.parse(SETTINGS.toJson()));
    assertEquals(Map.of(), SETTINGS.callsPerSecond());
  }

  private JsonNode set(String user, String tag, JsonNode value) {
    return app.rest("profile/portrait_set", body(user, tag, value).toString());
  }

  private JsonNode get(String user, String... tags) {
    return get(app, List.of(user), tags);
  }

  private static JsonNode get(TestApp app, List<String> users, String... tags) {
    ObjectNode body = Json.object();
    users.forEach(body.putArray("To_Account")::add);
    List.of(tags).forEach(body.putArray("TagList")::add);
    return app.rest("profile/portrait_get", body.toString());
  }

  private static ObjectNode body(String user, String tag, JsonNode value) {
    ObjectNode body = Json.object().put("From_Account", user);
    body.putArray("ProfileItem").addObject().put("Tag", tag).set("Value", value);
    return body;
  }

  private static JsonNode value(JsonNode reply, String tag) {
    for (JsonNode item : reply.at("/UserProfileItem/0/ProfileItem")) {
      if (item.path("Tag").asText().equals(tag)) {
        return item.path("Value");
      }
    }
    throw new AssertionError(reply.toString());
  }

  private static JsonNode text(String text) {
    return Json.mapper().getNodeFactory().textNode(text);
  }

  private static void assertOk(JsonNode reply) {
    assertEquals(0, reply.path("ErrorCode").asInt(-1), reply::toString);
  }
}
