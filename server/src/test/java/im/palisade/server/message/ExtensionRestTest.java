package im.palisade.server.message;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import im.palisade.server.app.AppSettings;
import im.palisade.server.protocol.Json;
import im.palisade.server.testing.TestApp;
import im.palisade.server.testing.TestServer;
import im.palisade.server.testing.TestUser;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** rest-messages Part C through REST; the sequence model itself: {@link ExtensionPairsTest}. */
class ExtensionRestTest {
  private static final String SERVICE = "openim_msg_ext_http_svc/";

  private final TestApp app = TestServer.shared().newApp().withUsers("mia", "noah");
  private final StoredMessages messages = new StoredMessages(app);
  private final String key = messages.send(extensible());

  @Test
  void pairsAreSetDeletedAndClearedAndPulled() {
    assertEquals(
        "[{\"ErrorCode\":0,\"Extension\":{\"Key\":\"vote:a\",\"Value\":\"1\",\"Seq\":1}},"
            + "{\"ErrorCode\":0,\"Extension\":{\"Key\":\"vote:b\",\"Value\":\"1\",\"Seq\":1}}]",
        set(1, "vote:a", "1", "vote:b", "1").path("ExtensionList").toString());
    assertEquals(
        "[{\"ErrorCode\":0,\"Extension\":{\"Key\":\"vote:a\",\"Value\":\"\",\"Seq\":2}}]",
        set(2, "vote:a", "ignored").path("ExtensionList").toString());
    assertEquals(
        "{\"ActionStatus\":\"OK\",\"ErrorCode\":0,\"ErrorInfo\":\"\",\"ExtensionList\":["
            + "{\"Key\":\"vote:b\",\"Value\":\"1\",\"Seq\":1}],"
            + "\"CompleteFlag\":1,\"LatestSeq\":2,\"ClearSeq\":0}",
        pull(0).toString());
    assertEquals(
        "[{\"Key\":\"vote:a\",\"Value\":\"\",\"Seq\":2,\"Deleted\":1}]",
        pull(2).path("ExtensionList").toString());
    assertEquals("[]", set(3).path("ExtensionList").toString());
    assertEquals("[]", pull(0).path("ExtensionList").toString());
    assertEquals(2, pull(0).path("ClearSeq").asInt());
    assertEquals(3, pull(0).path("LatestSeq").asInt());
  }

  @Test
  void aMessageWithoutPairsAnswersZeros() {
    for (String which : new String[] {key, messages.send("mia", "noah", "plain")}) {
      ObjectNode body = named(which);
      assertEquals(
          "{\"ActionStatus\":\"OK\",\"ErrorCode\":0,\"ErrorInfo\":\"\",\"ExtensionList\":[],"
              + "\"CompleteFlag\":1,\"LatestSeq\":0,\"ClearSeq\":0}",
          app.rest(SERVICE + "get_key_values", body.toString()).toString());
    }
  }

  @Test
  void bothSidesDevicesAreTold() throws Exception {
    try (TestUser mia = app.login("mia");
        TestUser noah = app.login("noah")) {
      set(1, "k", "v");
      set(2, "k", "");
      set(3);
      assertEquals("C2Cnoah", event(mia).path("conversation").asText());
      JsonNode changed = event(noah);
      assertEquals("C2Cmia", changed.path("conversation").asText());
      assertEquals(key, changed.path("msgKey").asText());
      assertEquals(
          "[{\"key\":\"k\",\"value\":\"v\",\"seq\":1}]", changed.path("extensions").toString());
      assertEquals("[\"k\"]", event(noah).path("deleted").toString());
      JsonNode cleared = event(noah);
      assertTrue(cleared.path("cleared").asBoolean());
      assertEquals(2, cleared.path("clearSeq").asInt());
      assertEquals(3, cleared.path("latestSeq").asInt());
      assertEquals(3, cleared.path("changeSeq").asInt());
    }
  }

  @Test
  void hostileTextComesBackAsItCame() {
    String wild = "'; DROP TABLE message; -- =1+1 \u0000\u202e\ud83d\ude00 \\ \"";
    assertEquals(0, set(1, wild, wild).path("ErrorCode").asInt());
    assertEquals(wild, pull(0).at("/ExtensionList/0/Key").asText());
    assertEquals(wild, pull(0).at("/ExtensionList/0/Value").asText());
  }

  @Test
  void aMessageSentWithoutSupportTakesNone() {
    String plain = messages.send("mia", "noah", "plain");
    assertEquals(23002, setOn(plain, 1, "k", "v").path("ErrorCode").asInt());
  }

  @Test
  void aRecalledMessageIsMissing() {
    set(1, "k", "v");
    messages.call("admin_msgwithdraw", named(key));
    assertEquals(23004, set(1, "k", "v").path("ErrorCode").asInt());
    assertEquals(23004, pull(0).path("ErrorCode").asInt());
  }

  @Test
  void twoHundredSetsWithinAMinuteAndNoMore() {
    for (int i = 0; i < 200; i++) {
      assertEquals(0, set(1, "k", "" + i).path("ErrorCode").asInt());
    }
    assertEquals(23003, set(1, "k", "x").path("ErrorCode").asInt());
    assertEquals("199", pull(0).at("/ExtensionList/0/Value").asText());
    assertEquals(0, set(2, "k", "").path("ErrorCode").asInt());
  }

  @Test
  void threeHundredPairsFitOnAMessage() {
    for (int call = 0; call < 15; call++) {
      assertEquals(0, set(1, twenty(call)).path("ErrorCode").asInt());
    }
    assertEquals(10004, set(1, "k0", "changed", "surplus", "x").path("ErrorCode").asInt());
    JsonNode page = pull(0);
    assertEquals(200, page.path("ExtensionList").size());
    assertEquals(0, page.path("CompleteFlag").asInt());
    assertEquals("v", page.at("/ExtensionList/0/Value").asText());
    assertEquals(100, pull(11).path("ExtensionList").size());
    assertEquals(1, pull(11).path("CompleteFlag").asInt());
  }

  @Test
  void switchedOffEveryCommandSaysSo() {
    TestApp off =
        TestServer.shared()
            .newApp(AppSettings.parse("{\"messageExtensions\":false}"))
            .withUsers("mia", "noah");
    String body =
        named("1_2_3").put("OperateType", 3).put("GroupId", "g").put("MsgSeq", 1).toString();
    for (String command :
        new String[] {
          "get_key_values", "set_key_values", "group_get_key_values", "group_set_key_values"
        }) {
      assertEquals(10008, off.rest(SERVICE + command, body).path("ErrorCode").asInt(), command);
    }
  }

  @ParameterizedTest
  @CsvSource({"20, 0", "21, 10004"})
  void atMostTwentyPairsAreSetAtOnce(int count, int code) {
    String[] pairs = new String[2 * count];
    for (int i = 0; i < count; i++) {
      pairs[2 * i] = "k" + i;
      pairs[2 * i + 1] = "v";
    }
    assertEquals(code, set(1, pairs).path("ErrorCode").asInt());
  }

  @ParameterizedTest
  @CsvSource({"100, 1000, 0", "101, 1, 10004", "1, 1001, 10004", "0, 1, 10004", "1, 0, 0"})
  void keysAndValuesHaveExactLimits(int keyBytes, int valueBytes, int code) {
    JsonNode reply = set(1, "k".repeat(keyBytes), "v".repeat(valueBytes));
    assertEquals(code, reply.path("ErrorCode").asInt());
    assertEquals(code == 0 ? 1 : 0, pull(0).path("LatestSeq").asInt());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\0',
      textBlock =
          """
          To_Account|null|10004
          To_Account|7|10004
          To_Account|"ghost"|10019
          From_Account|7|10004
          From_Account|null|23004
          MsgKey|null|10004
          MsgKey|"1_2"|10004
          MsgKey|"1_2_3"|23004
          OperateType|null|10004
          OperateType|0|10004
          OperateType|4|10004
          ExtensionList|null|10004
          ExtensionList|[]|10004
          ExtensionList|{}|10004
          ExtensionList|[7]|10004
          ExtensionList|[{"Key":"a"}]|10004
          ExtensionList|[{"Value":"a"}]|10004
          ExtensionList|[{"Key":7,"Value":"a"}]|10004
          ExtensionList|[{"Key":"a","Value":7}]|10004
          ExtensionList|[{"Key":"a","Value":"1"},{"Key":"a","Value":"2"}]|10004
          """)
  void aBadFieldIsRefusedWithItsCodeAndNothingIsChanged(String field, String value, int code)
      throws Exception {
    ObjectNode body = named(key).put("OperateType", 1);
    body.putArray("ExtensionList").addObject().put("Key", "k").put("Value", "v");
    body.set(field, Json.mapper().readTree(value));
    assertEquals(
        code, app.rest(SERVICE + "set_key_values", body.toString()).path("ErrorCode").asInt());
    assertEquals(0, pull(0).path("LatestSeq").asInt());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\0',
      textBlock =
          """
          {"GroupId":"@TGS#2X","MsgSeq":1}|10010|10004
          {"GroupId":"@TGS#2X","MsgSeq":1,"OperateType":3}|10010|10010
          {"GroupId":"","MsgSeq":1,"OperateType":3}|10015|10015
          {"GroupId":"\\u4f60","MsgSeq":1,"OperateType":3}|10015|10015
          {"MsgSeq":1,"OperateType":3}|10004|10004
          {"GroupId":"g","OperateType":3}|10004|10004
          """)
  void groupsAreNotThereYet(String body, int pulled, int set) {
    assertEquals(
        pulled, app.rest(SERVICE + "group_get_key_values", body).path("ErrorCode").asInt());
    assertEquals(set, app.rest(SERVICE + "group_set_key_values", body).path("ErrorCode").asInt());
  }

  private JsonNode set(int type, String... pairs) {
    return setOn(key, type, pairs);
  }

  private JsonNode setOn(String which, int type, String... pairs) {
    ObjectNode body = named(which).put("OperateType", type);
    ArrayNode list = body.putArray("ExtensionList");
    for (int i = 0; i < pairs.length; i += 2) {
      list.addObject().put("Key", pairs[i]).put("Value", pairs[i + 1]);
    }
    return app.rest(SERVICE + "set_key_values", body.toString());
  }

  private JsonNode pull(long startSeq) {
    return app.rest(SERVICE + "get_key_values", named(key).put("StartSeq", startSeq).toString());
  }

  private static String[] twenty(int call) {
    String[] pairs = new String[40];
    for (int i = 0; i < 20; i++) {
      pairs[2 * i] = "k" + (call * 20 + i);
      pairs[2 * i + 1] = "v";
    }
    return pairs;
  }

  private static ObjectNode extensible() {
    return StoredMessages.message("mia", "noah", "poll").put("SupportMessageExtension", 1);
  }

  private static ObjectNode named(String key) {
    return Json.object().put("From_Account", "mia").put("To_Account", "noah").put("MsgKey", key);
  }

  private static JsonNode event(TestUser user) throws Exception {
    String event = user.nextEvent();
    assertTrue(event.startsWith("message.extension{"), event);
    return Json.mapper().readTree(event.substring("message.extension".length()));
  }
}
