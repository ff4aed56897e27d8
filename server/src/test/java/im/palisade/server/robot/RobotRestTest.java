package im.palisade.server.robot;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import im.palisade.client.HistoryRange;
import im.palisade.client.ImClient;
import im.palisade.client.ImListener;
import im.palisade.client.ImLogin;
import im.palisade.server.app.AppSettings;
import im.palisade.server.protocol.Json;
import im.palisade.server.testing.TestApp;
import im.palisade.server.testing.TestServer;
import im.palisade.server.testing.TestUser;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** rest-conversations-ops J1–J3: robots, seen from an app's back end and its users. */
class RobotRestTest {
  private final TestApp app = TestServer.shared().newApp().withUsers("mia");

  @Test
  void anAppBeginsWithoutRobots() {
    JsonNode reply = call("get_all_robots", "{}");
    assertEquals(0, reply.path("ErrorCode").asInt(), reply::toString);
    assertTrue(reply.path("Robot_Account").isArray());
    assertTrue(reply.path("Robot_Account").isEmpty());
  }

  @Test
  void aRobotIsAnAccountWithAProfileOfWhateverCharacters() {
    String hostile = "'; DROP TABLE robot; -- 🤖 =1+1 \u0000\u202e";
    var body =
        Json.object()
            .put("UserID", "@RBT#helper")
            .put("Nick", hostile)
            .put("FaceUrl", "https://x/" + hostile)
            .put("SelfSignature", "s" + hostile);
    ok(call("create_robot", body.toString()));
    assertEquals(List.of("@RBT#helper"), robots());
    assertEquals(List.of(hostile, "https://x/" + hostile, "s" + hostile), profile("@RBT#helper"));
  }

  @Test
  void creatingItAgainOverwritesOnlyWhatIsGiven() {
    create("@RBT#a", ",\"Nick\":\"one\",\"FaceUrl\":\"f\",\"SelfSignature\":\"s\"");
    create("@RBT#a", ",\"Nick\":\"two\"");
    assertEquals(List.of("two", "f", "s"), profile("@RBT#a"));
    assertEquals(List.of("@RBT#a"), robots());
  }

  @Test
  void aDeletedRobotKeepsItsIdAndProfileAndCanBeRevived() {
    create("@RBT#a", ",\"Nick\":\"one\"");
    ok(call("delete_robot", "{\"Robot_Account\":\"@RBT#a\"}"));
    assertEquals(List.of(), robots());
    assertEquals("one", profile("@RBT#a").getFirst());
    ok(call("delete_robot", "{\"Robot_Account\":\"@RBT#a\"}"));
    create("@RBT#a", "");
    assertEquals(List.of("@RBT#a"), robots());
    assertEquals("one", profile("@RBT#a").getFirst());
  }

  @Test
  void aDeletedRobotIsInNoGroupAnyMore() {
    create("@RBT#a", "");
    String groups = "group_open_http_svc/";
    String group =
        "{\"GroupId\":\"club\",\"Type\":\"Public\",\"Name\":\"n\",\"MemberList\":"
            + "[{\"Member_Account\":\"@RBT#a\"}]}";
    ok(app.rest(groups + "create_group", group));
    ok(call("delete_robot", "{\"Robot_Account\":\"@RBT#a\"}"));
    JsonNode members = app.rest(groups + "get_group_member_info", "{\"GroupId\":\"club\"}");
    assertEquals(0, members.path("MemberNum").asInt(-1), members::toString);
    create("@RBT#a", "");
    assertEquals(
        0,
        app.rest(groups + "get_joined_group_list", "{\"Member_Account\":\"@RBT#a\"}")
            .path("TotalCount")
            .asInt(-1));
  }

  @Test
  void twentyRobotsAreAllowedAndDeletedOnesDoNotCount() {
    for (int i = 10; i < 30; i++) {
      create("@RBT#" + i, "");
    }
    assertEquals(20, robots().size());
    assertEquals(10008, code("create_robot", "{\"UserID\":\"@RBT#more\"}"));
    assertEquals(
        "NotImported",
        app.rest("im_open_login_svc/account_check", "{\"CheckItem\":[{\"UserID\":\"@RBT#more\"}]}")
            .at("/ResultItem/0/AccountStatus")
            .asText());
    create("@RBT#29", ",\"Nick\":\"still changeable\"");
    ok(call("delete_robot", "{\"Robot_Account\":\"@RBT#29\"}"));
    create("@RBT#more", "");
    assertEquals(10008, code("create_robot", "{\"UserID\":\"@RBT#29\"}"));
    assertEquals(20, robots().size());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "create_robot|{}|10004",
        "create_robot|{\"UserID\":7}|60015",
        "create_robot|{\"UserID\":\"\"}|10004",
        "create_robot|{\"UserID\":\"helper\"}|10004",
        "create_robot|{\"UserID\":\"@RBT#\"}|10004",
        "create_robot|{\"UserID\":\"@rbt#a\"}|10004",
        "create_robot|{\"UserID\":\"@TOA#_a\"}|10004",
        "create_robot|{\"UserID\":\"@RBT#a \"}|10004",
        "create_robot|{\"UserID\":\"@RBT#a\",\"Nick\":5}|10004",
        "create_robot|[]|10004",
        "delete_robot|{}|10004",
        "delete_robot|{\"Robot_Account\":\"@RBT#ghost\"}|10004",
        "delete_robot|{\"Robot_Account\":\"mia\"}|10004",
        "delete_robot|{\"Robot_Account\":[\"@RBT#a\"]}|60015",
        "get_all_robots|nonsense|10004",
        "no_such_command|{}|60009"
      })
  void whatIsWrongIsRefused(String command, String body, int code) {
    assertEquals(code, code(command, body));
    assertEquals(List.of(), robots());
  }

  @ParameterizedTest
  @ValueSource(strings = {"Nick", "FaceUrl", "SelfSignature"})
  void profileTextsMayHave500Bytes(String field) {
    create("@RBT#a", ",\"" + field + "\":\"" + "é".repeat(250) + "\"");
    assertEquals(
        10004,
        code(
            "create_robot",
            "{\"UserID\":\"@RBT#b\",\"" + field + "\":\"" + "é".repeat(250) + "x\"}"));
    assertEquals(List.of("@RBT#a"), robots());
  }

  @Test
  void anIdMayHave32Bytes() {
    create("@RBT#" + "x".repeat(27), "");
    assertEquals(10004, code("create_robot", "{\"UserID\":\"@RBT#" + "x".repeat(28) + "\"}"));
  }

  @Test
  void nobodyLogsInAsARobot() throws Exception {
    create("@RBT#a", "");
    for (String userId : List.of("@RBT#a", "@RBT#never")) {
      try (ImClient client =
          ImClient.connect(
              URI.create(app.server().facts().imUrl()),
              new ImListener() {
                // Nothing arrives before a login.
              },
              Duration.ofSeconds(10))) {
        assertEquals(
            70402,
            TestUser.code(
                client.login(new ImLogin(app.appId(), userId, app.sig(userId), "web", "d"))));
      }
    }
  }

  @Test
  void usersAndRobotsWriteToEachOther() {
    create("@RBT#a", ",\"Nick\":\"Helper\"");
    try (TestUser mia = app.login("mia")) {
      mia.send("@RBT#a", 1, "opening hours?");
      String answer =
          "{\"From_Account\":\"@RBT#a\",\"To_Account\":\"mia\",\"MsgRandom\":3,\"MsgBody\":"
              + "[{\"MsgType\":\"TIMTextElem\",\"MsgContent\":{\"Text\":\"9 to 5\"}}]}";
      ok(app.rest("openim/sendmsg", answer));
      var message = mia.nextMessage();
      assertEquals("9 to 5", message.text());
      assertEquals("@RBT#a", message.from());
      assertEquals("Helper", message.nick());
      ok(call("delete_robot", "{\"Robot_Account\":\"@RBT#a\"}"));
      assertEquals(2, mia.history("@RBT#a", new HistoryRange.Newest(), 10).messages().size());
    }
  }

  @Test
  void aRobotWhoseAccountIsDeletedIsNone() {
    create("@RBT#a", "");
    ok(app.rest("im_open_login_svc/account_delete", "{\"DeleteItem\":[{\"UserID\":\"@RBT#a\"}]}"));
    assertEquals(List.of(), robots());
    assertEquals(10004, code("delete_robot", "{\"Robot_Account\":\"@RBT#a\"}"));
  }

  @Test
  void appsDoNotShareRobots() {
    TestApp other = TestServer.shared().newApp();
    create("@RBT#a", "");
    assertTrue(
        other.rest("openim_robot_http_svc/get_all_robots", "{}").path("Robot_Account").isEmpty());
    assertEquals(
        10004,
        other
            .rest("openim_robot_http_svc/delete_robot", "{\"Robot_Account\":\"@RBT#a\"}")
            .path("ErrorCode")
            .asInt());
    assertEquals(List.of("@RBT#a"), robots());
  }

  @Test
  void anAppMayHaveNoneWhenTheyAreSwitchedOff() {
    TestApp off = TestServer.shared().newApp(AppSettings.parse("{\"robots\":false}"));
    for (String command :
        List.of("create_robot", "delete_robot", "get_all_robots", "send_stream_msg")) {
      assertEquals(
          10008,
          off.rest("openim_robot_http_svc/" + command, "{\"UserID\":\"@RBT#a\"}")
              .path("ErrorCode")
              .asInt());
    }
  }

  private void create(String userId, String more) {
    ok(call("create_robot", "{\"UserID\":\"" + userId + "\"" + more + "}"));
  }

  private List<String> robots() {
    List<String> ids = new ArrayList<>();
    call("get_all_robots", "{}").path("Robot_Account").forEach(id -> ids.add(id.asText()));
    return ids;
  }

  private List<String> profile(String userId) {
    JsonNode reply =
        app.rest(
            "profile/portrait_get",
            "{\"To_Account\":[\""
                + userId
                + "\"],\"TagList\":[\"Tag_Profile_IM_Nick\",\"Tag_Profile_IM_Image\","
                + "\"Tag_Profile_IM_SelfSignature\"]}");
    List<String> values = new ArrayList<>();
    reply
        .at("/UserProfileItem/0/ProfileItem")
        .forEach(item -> values.add(item.path("Value").asText()));
    return values;
  }

  private JsonNode call(String command, String body) {
    return app.rest("openim_robot_http_svc/" + command, body);
  }

  private int code(String command, String body) {
    return call(command, body).path("ErrorCode").asInt();
  }

  private static void ok(JsonNode reply) {
    assertEquals(0, reply.path("ErrorCode").asInt(), reply::toString);
  }
}
