package im.palisade.server.file;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import im.palisade.client.HistoryRange;
import im.palisade.server.app.AppSettings;
import im.palisade.server.protocol.Json;
import im.palisade.server.testing.TestApp;
import im.palisade.server.testing.TestServer;
import im.palisade.server.testing.TestUser;
import im.palisade.server.testing.Uploads;
import java.net.http.HttpClient;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * A merged message too large for its list names a bundle of its own app and no other
 * (message-formats §1.2).
 */
class BundleTest {
  private static final HttpClient HTTP = HttpClient.newHttpClient();
  private static final byte[] LIST = "[]".getBytes(StandardCharsets.UTF_8);
  private static final String ROOM = "hall";
  private static final String GROUP = "club";

  private final TestApp app =
      TestServer.shared()
          .newApp(AppSettings.parse("{\"groups\":{\"broadcast\":true}}"))
          .withUsers("mia", "noah");
  private final TestApp other = TestServer.shared().newApp();
  private final TestUser mia = app.login("mia");
  private String own;
  private String foreign;
  private long random;

  @BeforeEach
  void upload() {
    own = bundle(mia);
    try (TestUser stranger = other.login("mia")) {
      foreign = bundle(stranger);
    }
    for (String group : new String[] {GROUP + "|Public", ROOM + "|AVChatRoom"}) {
      String[] parts = group.split("\\|", 2);
      rest(
          0,
          "group_open_http_svc/create_group",
          Json.object()
              .put("Owner_Account", "mia")
              .put("Type", parts[1])
              .put("Name", "n")
              .put("GroupId", parts[0]));
    }
  }

  @AfterEach
  void close() {
    mia.close();
  }

  @Test
  void oneToOneRestRefusesBundlesOfOthersAndTakesItsOwn() {
    String[] commands = {"openim/sendmsg", "openim/importmsg", "all_member_push/im_push"};
    for (String command : commands) {
      rest(90010, command, pair(foreign));
      rest(90010, command, pair("no key of anybody"));
      rest(90010, command, pair(own.replaceAll("-[0-9a-f]{8}", "-00000000")));
    }
    ObjectNode batch = pair(foreign);
    batch.putArray("To_Account").add("noah");
    assertEquals(
        90010,
        app.rest("openim/batchsendmsg", batch.toString()).at("/ErrorList/0/ErrorCode").asInt());
    rest(0, "openim/sendmsg", pair(own));
    rest(0, "openim/sendmsg", pair(own + "?x=1"));
    rest(0, "openim/sendmsg", pair(""));
    assertEquals(3, mia.history("noah", new HistoryRange.Newest(), 20).messages().size());
  }

  @Test
  void anEditNamesNoBundleOfOthersEither() {
    String key = rest(0, "openim/sendmsg", pair(own)).path("MsgKey").asText();
    rest(90010, "openim/modify_c2c_msg", pair(foreign).put("MsgKey", key));
    rest(0, "openim/modify_c2c_msg", pair(own).put("MsgKey", key));
    long seq =
        rest(0, "group_open_http_svc/send_group_msg", group(GROUP, own)).path("MsgSeq").asLong();
    rest(10004, "openim/modify_group_msg", group(GROUP, foreign).put("MsgSeq", seq));
    rest(0, "openim/modify_group_msg", group(GROUP, own).put("MsgSeq", seq));
  }

  @Test
  void groupsAndRoomsRefuseItByTheirOwnCode() {
    for (String group : new String[] {GROUP, ROOM}) {
      rest(10004, "group_open_http_svc/send_group_msg", group(group, foreign));
      rest(0, "group_open_http_svc/send_group_msg", group(group, own));
    }
    rest(10004, "group_open_http_svc/send_broadcast_msg", group(GROUP, foreign));
    rest(0, "group_open_http_svc/send_broadcast_msg", group(GROUP, own));
  }

  @Test
  void clientsAreHeldToItInPairsAndGroups() {
    assertEquals(90010, send("C2Cnoah", body(foreign)));
    assertEquals(0, send("C2Cnoah", body(own)));
    assertEquals(10004, send("GROUP" + GROUP, body(foreign)));
    assertEquals(0, send("GROUP" + GROUP, body(own)));
  }

  @Test
  void whatIsMergedWithinAMergedMessageIsLookedAtAsWell() {
    ObjectNode outer = Json.object().put("Title", "outer").put("MsgNum", 1);
    outer.putArray("MsgList").addObject().put("From_Account", "mia").set("MsgBody", body(foreign));
    JsonNode nested =
        Json.mapper()
            .createArrayNode()
            .add(Json.object().put("MsgType", "TIMRelayElem").set("MsgContent", outer));
    assertEquals(90010, send("C2Cnoah", nested));
    // Other elements may carry a member of that name: it is the app's own.
    ObjectNode custom = Json.object().put("Data", "x").put("JsonMsgKey", foreign);
    JsonNode elements =
        Json.mapper()
            .createArrayNode()
            .add(Json.object().put("MsgType", "TIMCustomElem").set("MsgContent", custom));
    assertEquals(0, send("C2Cnoah", elements));
  }

  @Test
  void anOfficialAccountPublishesNoneOfOthers() {
    String account = "@TOA#_news";
    rest(
        0,
        "official_account_open_http_svc/create_official_account",
        Json.object()
            .put("Owner_Account", "mia")
            .put("Name", "n")
            .put("OfficialAccountUserID", account));
    String send = "official_account_open_http_svc/send_official_account_msg";
    ObjectNode message = Json.object().put("Official_Account", account).put("Random", 1);
    rest(10004, send, message.deepCopy().set("MsgBody", body(foreign)));
    rest(0, send, message.deepCopy().set("MsgBody", body(own)));
  }

  private int send(String conversation, JsonNode body) {
    ObjectNode data = Json.object().put("conversation", conversation).put("random", ++random);
    data.set("body", body);
    return TestUser.code(mia.client().request("message.send", data));
  }

  private JsonNode rest(int code, String path, JsonNode body) {
    JsonNode reply = app.rest(path, body.toString());
    assertEquals(code, reply.path("ErrorCode").asInt(), () -> path + " " + reply);
    return reply;
  }

  private ObjectNode pair(String key) {
    ObjectNode message =
        Json.object()
            .put("From_Account", "mia")
            .put("To_Account", "noah")
            .put("MsgRandom", ++random)
            .put("MsgTimeStamp", Instant.now().getEpochSecond())
            .put("SyncFromOldSystem", 2);
    message.set("MsgBody", body(key));
    return message;
  }

  private ObjectNode group(String id, String key) {
    ObjectNode message =
        Json.object().put("From_Account", "mia").put("GroupId", id).put("Random", ++random);
    message.set("MsgBody", body(key));
    return message;
  }

  private static JsonNode body(String key) {
    ObjectNode content = Json.object().put("Title", "t").put("MsgNum", 2).put("JsonMsgKey", key);
    content.putArray("AbstractList").add("a");
    return Json.mapper()
        .createArrayNode()
        .add(Json.object().put("MsgType", "TIMRelayElem").set("MsgContent", content));
  }

  private static String bundle(TestUser user) {
    return Uploads.upload(HTTP, user.client(), "file", "merged.json", LIST).path("Url").asText();
  }
}
