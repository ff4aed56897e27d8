package im.palisade.server.moderation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import im.palisade.server.app.AppSettings;
import im.palisade.server.protocol.Json;
import im.palisade.server.testing.TestApp;
import im.palisade.server.testing.TestServer;
import im.palisade.server.testing.TestUser;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Word lists count for what groups and topics say of themselves, and for name cards. */
class ModeratedGroupsTest {
  private final TestApp app = newApp("{}");
  private final TestUser mia = app.login("mia");

  @AfterEach
  void close() {
    mia.close();
  }

  @ParameterizedTest
  @CsvSource({"name,Name", "introduction,Introduction", "notification,Notification"})
  void whatAGroupSaysOfItselfIsLookedAtWhenItIsMadeAndChanged(String field, String shown) {
    ObjectNode wanted = named("new").put("type", "Public").put("name", "n");
    assertEquals(80_001, code("group.create", wanted.put(field, "so ForBidden")));
    assertEquals(10_010, info("new").path("ErrorCode").asInt(), "nothing was made");
    assertEquals(0, code("group.create", wanted.put(field, "a badword!")));
    assertEquals("a ###!", info("new").path(shown).asText());
    assertEquals(80_001, code("group.modify", named("new").put(field, "forbidden")));
    assertEquals("a ###!", info("new").path(shown).asText(), "and nothing was changed");
    ObjectNode both = named("new").put("name", "lovely").put("introduction", "lovely");
    assertEquals(80_001, code("group.modify", both.put(field, "forbidden")));
    assertEquals("a ###!", info("new").path(shown).asText());
    assertFalse(info("new").toString().contains("lovely"), "no part of it");
    assertEquals(0, code("group.modify", named("new").put(field, "badword")));
    assertEquals("###", info("new").path(shown).asText());
  }

  @Test
  void anAddressIsNoText() {
    create("g");
    assertEquals(0, code("group.modify", named("g").put("faceUrl", "https://forbidden/x.png")));
    assertEquals("https://forbidden/x.png", info("g").path("FaceUrl").asText());
  }

  @Test
  void aNameThatIsTooLongWithItsReplacementsIsRefused() {
    // Before any text is looked at: a list that grows under load may count a moment later.
    word("long", 1, "x".repeat(29));
    word("wide", 1, "x".repeat(100));
    create("g");
    assertEquals(10_004, code("group.modify", named("g").put("name", "a long")));
    assertEquals("n", info("g").path("Name").asText());
    assertEquals(10_004, code("group.modify", named("g").put("introduction", "wide wide wide")));
    assertEquals(10_004, code("group.modify", named("g").put("notification", "wide ".repeat(3))));
    assertEquals(10_004, code("group.member", named("g").put("nameCard", "wide")));
    assertEquals("", card("mia"));
  }

  @Test
  void nameCardsAreLookedAt() {
    create("g");
    assertEquals(80_001, code("group.member", named("g").put("nameCard", "forbidden")));
    assertEquals("", card("mia"));
    assertEquals(0, code("group.member", named("g").put("nameCard", "badword")));
    assertEquals("###", card("mia"));
    assertEquals(
        80_001,
        code("group.member", named("g").put("userId", "noah").put("nameCard", "forbidden")),
        "also another's");
    assertEquals("", card("noah"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"name", "introduction", "notification"})
  void topicsAreLookedAt(String field) {
    ObjectNode club = named("@TGS#_club").put("type", "Community").put("name", "n");
    assertEquals(0, code("group.create", club.put("supportTopic", true)));
    ObjectNode topic = named("@TGS#_club").put("op", "create").put("name", "t");
    assertEquals(80_001, code("group.topics", topic.put(field, "forbidden")));
    assertEquals(0, topics().size());
    assertEquals(0, code("group.topics", topic.put(field, "badword")));
    assertEquals("###", topics().get(0).path(field).asText());
    ObjectNode change =
        named("@TGS#_club")
            .put("op", "modify")
            .put("topicId", topics().get(0).path("topicId").asText());
    assertEquals(80_001, code("group.topics", change.put(field, "forbidden")));
    assertEquals("###", topics().get(0).path(field).asText());
  }

  @Test
  void aBackEndIsBelievedUnlessTheAppSaysOtherwise() {
    create("g");
    String change = "{\"GroupId\":\"g\",\"Name\":\"forbidden\"}";
    assertEquals(0, rest(app, "modify_group_base_info", change));
    TestApp strict = newApp("{\"moderation\":{\"rest\":true}}");
    assertEquals(
        0, rest(strict, "create_group", "{\"Type\":\"Public\",\"Name\":\"n\",\"GroupId\":\"g\"}"));
    assertEquals(80_001, rest(strict, "modify_group_base_info", change));
    assertEquals(
        80_001,
        rest(
            strict,
            "create_group",
            "{\"Type\":\"Public\",\"Name\":\"forbidden\",\"GroupId\":\"h\"}"));
    assertEquals(
        0,
        rest(
            strict,
            "import_group",
            "{\"Type\":\"Public\",\"Name\":\"forbidden\",\"GroupId\":\"i\"}"),
        "imports are believed");
  }

  @Test
  void anAppMaySwitchItOff() {
    TestApp off = newApp("{\"moderation\":{\"text\":false}}");
    try (TestUser user = off.login("mia")) {
      ObjectNode wanted = named("g").put("type", "Public").put("name", "forbidden");
      assertEquals(0, TestUser.code(user.client().request("group.create", wanted)));
    }
  }

  private void create(String id) {
    ObjectNode wanted = named(id).put("type", "Public").put("name", "n");
    assertEquals(0, code("group.create", wanted));
    assertEquals(
        0,
        rest(
            app,
            "add_group_member",
            "{\"GroupId\":\"" + id + "\",\"MemberList\":[{\"Member_Account\":\"noah\"}]}"));
  }

  private int code(String command, ObjectNode data) {
    return TestUser.code(mia.client().request(command, data));
  }

  private JsonNode info(String id) {
    return app.rest("group_open_http_svc/get_group_info", "{\"GroupIdList\":[\"" + id + "\"]}")
        .at("/GroupInfo/0");
  }

  private String card(String userId) {
    return app.rest(
            "group_open_http_svc/get_specified_group_member_info",
            "{\"GroupId\":\"g\",\"Member_List_Account\":[\"" + userId + "\"]}")
        .at("/MemberList/0/NameCard")
        .asText();
  }

  private JsonNode topics() {
    return TestUser.await(mia.client().request("group.topics", named("@TGS#_club"))).path("topics");
  }

  private void word(String word, int filter, String replacement) {
    ModeratedProfilesTest.add(app, word, 1, filter, replacement);
  }

  private static int rest(TestApp app, String command, String body) {
    return app.rest("group_open_http_svc/" + command, body).path("ErrorCode").asInt();
  }

  private static ObjectNode named(String id) {
    return Json.object().put("groupId", id);
  }

  private static TestApp newApp(String settings) {
    TestApp app = TestServer.shared().newApp(AppSettings.parse(settings)).withUsers("mia", "noah");
    ModeratedProfilesTest.add(app, "forbidden", 1, 2, "");
    ModeratedProfilesTest.add(app, "badword", 1, 1, "###");
    return app;
  }
}
