package im.palisade.server.moderation;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import im.palisade.server.app.AppSettings;
import im.palisade.server.protocol.Json;
import im.palisade.server.testing.TestApp;
import im.palisade.server.testing.TestServer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** rest-conversations-ops K3: what the lists do to texts beside new messages. */
class ModeratedProfilesTest {
  private final TestApp app =
      newApp("{\"moderation\":{\"rest\":true},\"profileFields\":[{\"name\":\"Test\"}]}");

  @ParameterizedTest
  @ValueSource(strings = {"IM_Nick", "IM_SelfSignature", "Custom_Test"})
  void aProfileIsNotWrittenWithABlockedWordAndReplacedWordsAreGone(String name) {
    String tag = "Tag_Profile_" + name;
    assertEquals(0, profile(tag, "before"));
    assertEquals(40005, profile(tag, "so ForBidden"));
    assertEquals("before", read(tag));
    assertEquals(0, profile(tag, "a badword!"));
    assertEquals("a ###!", read(tag));
  }

  @Test
  void anAddressIsNoText() {
    assertEquals(0, profile("Tag_Profile_IM_Image", "https://example.org/forbidden.jpg"));
    assertEquals("https://example.org/forbidden.jpg", read("Tag_Profile_IM_Image"));
  }

  @Test
  void aReplacementThatMakesAValueTooLongIsTooLong() {
    add(app, "long", 1, 1, "x".repeat(100));
    assertEquals(40601, profile("Tag_Profile_IM_Nick", "long ".repeat(6)));
    assertEquals(40605, profile("Tag_Profile_IM_Location", "long"));
    assertEquals(30001, itemOf(addFriend("Remark", "long")));
    assertEquals(30001, app.rest("sns/group_add", listed("long")).path("ErrorCode").asInt());
  }

  @Test
  void oneBlockedWordSpoilsTheWholeProfileChange() {
    ObjectNode body = Json.object().put("From_Account", "mia");
    body.putArray("ProfileItem")
        .add(Json.object().put("Tag", "Tag_Profile_IM_Nick").put("Value", "new"))
        .add(Json.object().put("Tag", "Tag_Profile_IM_SelfSignature").put("Value", "forbidden"));
    assertEquals(40005, code("profile/portrait_set", body));
    assertEquals("", read("Tag_Profile_IM_Nick"));
  }

  @ParameterizedTest
  @CsvSource({"Remark", "AddWording", "GroupName"})
  void aFriendIsNotAddedWithABlockedWord(String field) {
    JsonNode refused = addFriend(field, "forbidden");
    assertEquals(0, refused.path("ErrorCode").asInt());
    assertEquals(80001, itemOf(refused));
    assertEquals(
        "Err_SNS_FriendAdd_Prohibited_Text", refused.at("/ResultItem/0/ResultInfo").asText());
    assertEquals("noah", refused.at("/Fail_Account/0").asText());
    assertEquals(0, friends().path("FriendNum").asInt());
    assertEquals(0, itemOf(addFriend(field, "badword")));
    if (!field.equals("AddWording")) {
      assertEquals(true, friends().toString().contains("\"###\"") || lists().contains("###"));
    }
  }

  @Test
  void otherFriendsOfTheCallAreAdded() {
    ObjectNode body = Json.object().put("From_Account", "mia");
    body.putArray("AddFriendItem")
        .add(Json.object().put("To_Account", "noah").put("Remark", "forbidden"))
        .add(Json.object().put("To_Account", "lea").put("Remark", "fine"));
    JsonNode reply = app.rest("sns/friend_add", body.toString());
    assertEquals(80001, reply.at("/ResultItem/0/ResultCode").asInt());
    assertEquals(0, reply.at("/ResultItem/1/ResultCode").asInt());
    assertEquals(1, friends().path("FriendNum").asInt());
  }

  @Test
  void aRemarkAndAListAreNotChangedToABlockedWord() {
    assertEquals(0, itemOf(addFriend("Remark", "before")));
    assertEquals(80001, itemOf(update("Tag_SNS_IM_Remark", "\"forbidden\"")));
    assertEquals(80001, itemOf(update("Tag_SNS_IM_Group", "[\"fine\",\"forbidden\"]")));
    assertEquals(0, itemOf(update("Tag_SNS_IM_Group", "[\"badword\"]")));
    assertEquals(80001, code("sns/group_add", listed("forbidden")));
    assertEquals(0, code("sns/group_add", listed("x badword")));
    assertEquals("[###, x ###]", lists());
  }

  @Test
  void aMessageIsNotModifiedToABlockedWord() {
    String key = sendAndKey("before");
    assertEquals(80001, modify(key, "forbidden"));
    assertEquals("before", roaming());
    assertEquals(0, modify(key, "a badword"));
    assertEquals("a ###", roaming());
  }

  @Test
  void aModifiedMessageThatIsTooLongWithReplacementsIsRefused() {
    add(app, "long", 1, 1, "x".repeat(200));
    String key = sendAndKey("before");
    assertEquals(93000, modify(key, "long".repeat(70)));
    assertEquals("before", roaming());
  }

  @Test
  void importsAreBelieved() {
    assertEquals(
        0, code("im_open_login_svc/account_import", "{\"UserID\":\"x\",\"Nick\":\"forbidden\"}"));
    JsonNode imported =
        app.rest(
            "sns/friend_import",
            "{\"From_Account\":\"mia\",\"AddFriendItem\":[{\"To_Account\":\"noah\",\"AddSource\":"
                + "\"AddSource_Type_X\",\"Remark\":\"forbidden\"}]}");
    assertEquals(0, itemOf(imported));
  }

  @Test
  void anAppThatBelievesItsBackEndFiltersNothingOfIt() {
    TestApp believing = newApp("{}");
    String body =
        "{\"From_Account\":\"mia\",\"ProfileItem\":[{\"Tag\":\"Tag_Profile_IM_Nick\","
            + "\"Value\":\"forbidden\"}]}";
    assertEquals(0, believing.rest("profile/portrait_set", body).path("ErrorCode").asInt());
  }

  private static TestApp newApp(String settings) {
    TestApp app =
        TestServer.shared().newApp(AppSettings.parse(settings)).withUsers("mia", "noah", "lea");
    add(app, "forbidden", 1, 2, "");
    add(app, "badword", 1, 1, "###");
    return app;
  }

  static void add(TestApp app, String word, int type, int filter, String replacement) {
    ObjectNode body = Json.object().put("SdkAppId", app.appId());
    body.putArray("LocalAuditWords")
        .addObject()
        .put("Keyword", word)
        .put("WordType", type)
        .put("FilterType", filter)
        .put("ReplacedContent", replacement);
    JsonNode reply = app.rest("im_msg_audit_mgr/add_local_audit_keywords", body.toString());
    assertEquals(0, reply.path("ErrorCode").asInt(), reply::toString);
  }

  private int code(String path, Object body) {
    return app.rest(path, body.toString()).path("ErrorCode").asInt();
  }

  private int profile(String tag, String value) {
    ObjectNode body = Json.object().put("From_Account", "mia");
    body.putArray("ProfileItem").addObject().put("Tag", tag).put("Value", value);
    return code("profile/portrait_set", body);
  }

  private String read(String tag) {
    String body = "{\"To_Account\":[\"mia\"],\"TagList\":[\"" + tag + "\"]}";
    return app.rest("profile/portrait_get", body)
        .at("/UserProfileItem/0/ProfileItem/0/Value")
        .asText();
  }

  private JsonNode addFriend(String field, String value) {
    ObjectNode body = Json.object().put("From_Account", "mia");
    body.putArray("AddFriendItem").addObject().put("To_Account", "noah").put(field, value);
    return app.rest("sns/friend_add", body.toString());
  }

  private JsonNode update(String tag, String value) {
    return app.rest(
        "sns/friend_update",
        "{\"From_Account\":\"mia\",\"UpdateItem\":[{\"To_Account\":\"noah\",\"SnsItem\":[{\"Tag\":\""
            + tag
            + "\",\"Value\":"
            + value
            + "}]}]}");
  }

  private JsonNode friends() {
    return app.rest("sns/friend_get", "{\"From_Account\":\"mia\",\"StartIndex\":0}");
  }

  private String lists() {
    return app.rest("sns/group_get", "{\"From_Account\":\"mia\"}")
        .path("ResultItem")
        .findValuesAsText("GroupName")
        .toString();
  }

  private static String listed(String name) {
    return "{\"From_Account\":\"mia\",\"GroupName\":[\"" + name + "\"]}";
  }

  private static int itemOf(JsonNode reply) {
    return reply.at("/ResultItem/0/ResultCode").asInt(-1);
  }

  private static String text(String text) {
    return "[{\"MsgType\":\"TIMTextElem\",\"MsgContent\":{\"Text\":\"" + text + "\"}}]";
  }

  private String sendAndKey(String text) {
    return app.rest(
            "openim/sendmsg",
            "{\"From_Account\":\"mia\",\"To_Account\":\"noah\",\"MsgRandom\":1,\"MsgBody\":"
                + text(text)
                + "}")
        .path("MsgKey")
        .asText();
  }

  private int modify(String key, String text) {
    return code(
        "openim/modify_c2c_msg",
        "{\"From_Account\":\"mia\",\"To_Account\":\"noah\",\"MsgKey\":\""
            + key
            + "\",\"MsgBody\":"
            + text(text)
            + "}");
  }

  private String roaming() {
    return app.rest(
            "openim/admin_getroammsg",
            "{\"Operator_Account\":\"mia\",\"Peer_Account\":\"noah\",\"MaxCnt\":1,\"MinTime\":0,"
                + "\"MaxTime\":4000000000}")
        .at("/MsgList/0/MsgBody/0/MsgContent/Text")
        .asText();
  }
}
