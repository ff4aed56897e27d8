package im.palisade.server.conversation;

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
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** rest-conversations E3–E8 (conversation groups and marks), seen from an app's back end. */
class ContactBookRestTest {
  private final TestApp app = TestServer.shared().newApp().withUsers("mia", "noah", "zoe");

  @Test
  void aGroupIsCreatedWithItsConversations() {
    try (TestUser mia = app.login("mia")) {
      JsonNode reply = create("work", "noah", "ghost", "zoe");
      assertEquals(0, reply.path("ErrorCode").asInt(), reply::toString);
      JsonNode result = reply.at("/GroupResultItem/0");
      assertEquals("work", result.at("/GroupItem/GroupName").asText());
      assertEquals(1, result.at("/GroupItem/GroupId").asInt());
      assertEquals(List.of(0, 50001, 0), codes(result.path("ResultItem")));
      assertEquals("noah", result.at("/ResultItem/0/ContactItem/To_Account").asText());
      assertEquals("", result.at("/ResultItem/0/ResultInfo").asText("absent"));
      assertTrue(result.at("/ResultItem/1/ResultInfo").asText().startsWith("Err_"));
      assertEquals(
          "conversation.group{\"added\":[\"C2Cnoah\",\"C2Czoe\"],\"removed\":[],"
              + "\"change\":\"created\",\"groupId\":1,\"name\":\"work\"}",
          mia.nextEvent());
    }
    assertEquals("[1]", found("noah").path("ContactGroupId").toString());
    assertEquals("[1]", found("zoe").path("ContactGroupId").toString());
  }

  @Test
  void anExistingNameMeansAddToThatGroup() {
    create("work", "noah");
    assertEquals(1, create("work", "zoe").at("/GroupResultItem/0/GroupItem/GroupId").asInt());
    assertEquals("[1]", found("noah").path("ContactGroupId").toString());
    assertEquals("[1]", found("zoe").path("ContactGroupId").toString());
  }

  @Test
  void numbersOfGroupsAreNotReused() {
    create("one", "noah");
    create("two", "noah");
    delete("two");
    assertEquals(3, create("two", "noah").at("/GroupResultItem/0/GroupItem/GroupId").asInt());
    assertEquals("[1,3]", found("noah").path("ContactGroupId").toString());
  }

  @Test
  void aGroupIsThereEvenIfEveryItemFails() {
    assertEquals(
        List.of(50001), codes(create("work", "ghost").at("/GroupResultItem/0/ResultItem")));
    ObjectNode body = Json.object().put("From_Account", "mia");
    ObjectNode group = body.putArray("GroupContactItem").addObject().put("GroupName", "other");
    group.putArray("ContactItem").addObject().put("Type", 2).put("ToGroupId", "@TGS#1");
    JsonNode reply = call("create_contact_group", body);
    assertEquals(List.of(51007), codes(reply.at("/GroupResultItem/0/ResultItem")));
    assertEquals(
        "@TGS#1", reply.at("/GroupResultItem/0/ResultItem/0/ContactItem/ToGroupId").asText());
    assertEquals(2, page(0).path("GroupItem").size());
  }

  @Test
  void conversationsOfGroupsAreKeptLikeOthers() {
    JsonNode created =
        app.rest(
            "group_open_http_svc/create_group",
            "{\"Type\":\"Public\",\"Name\":\"n\",\"GroupId\":\"club\"}");
    assertEquals(0, created.path("ErrorCode").asInt(), created::toString);
    ObjectNode body = Json.object().put("From_Account", "mia");
    ObjectNode group = body.putArray("GroupContactItem").addObject().put("GroupName", "work");
    ArrayNode items = group.putArray("ContactItem");
    items.addObject().put("Type", 2).put("ToGroupId", "club");
    items.addObject().put("Type", 1).put("To_Account", "noah");
    JsonNode reply = call("create_contact_group", body);
    assertEquals(List.of(0, 0), codes(reply.at("/GroupResultItem/0/ResultItem")));
    JsonNode kept = page(0).path("ContactItem");
    assertEquals(2, kept.size(), kept::toString);
    assertEquals("club", kept.at("/0/ToGroupId").asText(), kept::toString);
    assertEquals("noah", kept.at("/1/To_Account").asText(), kept::toString);
  }

  @Test
  void twentyGroupsAreAllowed() {
    for (int i = 1; i <= 20; i++) {
      assertEquals(0, create("g" + i, "noah").path("ErrorCode").asInt());
    }
    assertEquals(51010, create("g21", "noah").path("ErrorCode").asInt());
    assertEquals(0, create("g20", "zoe").path("ErrorCode").asInt());
    assertEquals(20, found("noah").path("ContactGroupId").size());
  }

  @Test
  void aThousandConversationsMayCarrySomething() {
    String[] peers = IntStream.range(0, 1001).mapToObj("p%04d"::formatted).toArray(String[]::new);
    for (int i = 0; i < peers.length; i += 100) {
      String[] some = Arrays.copyOfRange(peers, i, Math.min(peers.length, i + 100));
      app.withUsers(some);
      if (some.length == 100) {
        assertTrue(
            codes(mark(1, "\"SetMark\":[1]", some).path("ResultItem")).stream()
                .allMatch(code -> code == 0));
      }
    }
    assertEquals(
        List.of(51008, 0),
        codes(mark(2, "\"CustomMark\":\"x\"", "p1000", "p0003").path("ResultItem")));
    assertEquals(List.of(51008), codes(create("g", "p1000").at("/GroupResultItem/0/ResultItem")));
    mark(1, "\"ClearMark\":[1]", "p0000");
    assertEquals(List.of(0), codes(mark(2, "\"CustomMark\":\"x\"", "p1000").path("ResultItem")));
    List<String> seen = new ArrayList<>();
    long next = 0;
    do {
      JsonNode page = page(next);
      assertTrue(page.path("ContactItem").size() <= 100);
      page.path("ContactItem").forEach(item -> seen.add(item.path("To_Account").asText()));
      next = page.path("NextStartIndex").asLong();
      assertEquals(next == 0 ? 1 : 0, page.path("CompleteFlag").asInt());
    } while (next != 0);
    List<String> expected = new ArrayList<>(List.of(peers).subList(1, 1001));
    assertEquals(expected, seen);
  }

  @Test
  void aGroupIsRenamedAndKeepsItsNumberAndMembers() {
    create("work", "noah");
    try (TestUser mia = app.login("mia")) {
      JsonNode result = rename("work", "office").path("UpdateGroupResult");
      assertEquals(
          "{\"UpdateGroupType\":1,\"GroupName\":\"office\",\"GroupId\":1,"
              + "\"ContactResultItem\":[],\"OldGroupName\":\"work\"}",
          result.toString());
      assertTrue(mia.nextEvent().contains("\"oldName\":\"work\",\"change\":\"renamed\""));
    }
    assertEquals("[1]", found("noah").path("ContactGroupId").toString());
    create("home", "noah");
    assertEquals(50002, rename("home", "office").path("ErrorCode").asInt());
    assertEquals(0, rename("home", "home").path("ErrorCode").asInt());
    assertEquals(51009, rename("work", "any").path("ErrorCode").asInt());
    assertEquals(51011, rename("home", "x".repeat(33)).path("ErrorCode").asInt());
    assertEquals(0, rename("home", "x".repeat(32)).path("ErrorCode").asInt());
  }

  @Test
  void membersAreAddedAndRemovedItemByItem() {
    create("work", "noah");
    JsonNode reply =
        update(
            "work",
            "{\"ContactOptType\":1,\"ContactItem\":{\"Type\":1,\"To_Account\":\"zoe\"}},"
                + "{\"ContactOptType\":2,\"ContactItem\":{\"Type\":1,\"To_Account\":\"noah\"}},"
                + "{\"ContactOptType\":2,\"ContactItem\":{\"Type\":1,\"To_Account\":\"noah\"}},"
                + "{\"ContactOptType\":1,\"ContactItem\":{\"Type\":1,\"To_Account\":\"ghost\"}}");
    assertEquals(1, reply.path("UpdateType").asInt());
    JsonNode result = reply.path("UpdateGroupResult");
    assertEquals(2, result.path("UpdateGroupType").asInt());
    assertEquals("work", result.path("GroupName").asText());
    assertEquals(List.of(0, 0, 0, 50001), codes(result.path("ContactResultItem")));
    assertEquals(2, result.at("/ContactResultItem/1/ContactOptType").asInt());
    assertTrue(found("noah").isMissingNode());
    assertEquals("[1]", found("zoe").path("ContactGroupId").toString());
    assertEquals(1, page(0).path("GroupItem").size());
  }

  @Test
  void deletingAGroupKeepsMarks() {
    create("work", "noah", "zoe");
    mark(1, "\"SetMark\":[2]", "noah");
    JsonNode reply = delete("work");
    assertEquals("[{\"GroupName\":\"work\",\"GroupId\":1}]", reply.path("GroupItem").toString());
    assertEquals("01", found("noah").path("StandardMark").asText());
    assertFalse(found("noah").has("ContactGroupId"));
    assertTrue(found("zoe").isMissingNode());
    assertEquals(51009, delete("work").path("ErrorCode").asInt());
  }

  @Test
  void marksAreClearedBeforeTheyAreSet() {
    try (TestUser mia = app.login("mia")) {
      mark(3, "\"SetMark\":[1,3,4,64],\"CustomMark\":\"vip\"", "noah");
      assertEquals(
          "conversation.marked{\"conversations\":[{\"conversation\":\"C2Cnoah\","
              + "\"marks\":[1,3,4,64],\"customData\":\"vip\"}]}",
          mia.nextEvent());
    }
    assertEquals("1011" + "0".repeat(59) + "1", found("noah").path("StandardMark").asText());
    mark(1, "\"ClearMark\":[1,64],\"SetMark\":[1]", "noah");
    assertEquals("1011", found("noah").path("StandardMark").asText());
    assertEquals("vip", found("noah").path("CustomMark").asText());
    assertTrue(found("noah").path("Timestamp").asLong() > 1_700_000_000);
  }

  @Test
  void fieldsThatDoNotBelongToTheOptTypeAreIgnored() {
    mark(1, "\"SetMark\":[1],\"CustomMark\":\"no\"", "noah");
    mark(2, "\"SetMark\":[1],\"CustomMark\":\"yes\"", "zoe");
    assertFalse(found("noah").has("CustomMark"));
    assertFalse(found("zoe").has("StandardMark"));
    assertEquals("yes", found("zoe").path("CustomMark").asText());
    mark(2, "\"CustomMark\":\"\"", "zoe");
    assertTrue(found("zoe").isMissingNode());
  }

  @Test
  void aBadItemFailsAlone() {
    ObjectNode body = Json.object().put("From_Account", "mia");
    ArrayNode items = body.putArray("MarkItem");
    markItem(items, "noah", 1).putArray("SetMark").add(65);
    markItem(items, "noah", 1).putArray("SetMark").add(0);
    markItem(items, "ghost", 1).putArray("SetMark").add(1);
    markItem(items, "noah", 2).put("CustomMark", "\u00e4".repeat(128) + "x");
    markItem(items, "noah", 2).put("CustomMark", "\u00e4".repeat(128));
    JsonNode reply = call("mark_contact", body);
    assertEquals(List.of(50002, 50002, 50001, 50002, 0), codes(reply.path("ResultItem")));
    assertEquals(1, reply.at("/ResultItem/0/OptType").asInt());
    assertEquals("\u00e4".repeat(128), found("noah").path("CustomMark").asText());
  }

  @Test
  void hostileNamesComeBackAsTheyCame() {
    String hostile = "'; DROP--\u0000\u202e=1+\ud83d\ude00 ";
    create(hostile, "noah");
    assertEquals(hostile, page(0).at("/GroupItem/0/GroupName").asText());
    mark(2, "\"CustomMark\":" + Json.object().textNode(hostile), "noah");
    assertEquals(hostile, found("noah").path("CustomMark").asText());
    assertEquals(0, delete(hostile).path("ErrorCode").asInt());
  }

  @Test
  void otherAccountsAndAppsAreNotTouched() {
    create("work", "noah");
    TestApp other = TestServer.shared().newApp().withUsers("mia", "noah");
    assertTrue(
        other
            .rest("recentcontact/get_contact_group", "{\"From_Account\":\"mia\",\"StartIndex\":0}")
            .path("GroupItem")
            .isEmpty());
    assertTrue(
        app.rest("recentcontact/get_contact_group", "{\"From_Account\":\"noah\",\"StartIndex\":0}")
            .path("ContactItem")
            .isEmpty());
  }

  @Test
  void aDeletedAccountTakesItsBookAlong() {
    create("work", "noah");
    app.rest("im_open_login_svc/account_delete", "{\"DeleteItem\":[{\"UserID\":\"noah\"}]}");
    assertTrue(page(0).path("ContactItem").isEmpty());
    app.rest("im_open_login_svc/account_delete", "{\"DeleteItem\":[{\"UserID\":\"mia\"}]}");
    app.withUsers("mia");
    assertTrue(page(0).path("GroupItem").isEmpty());
    assertEquals(1, create("work", "zoe").at("/GroupResultItem/0/GroupItem/GroupId").asInt());
  }

  @Test
  void withoutTheFeatureOnlyCustomMarksRemain() {
    TestApp without =
        TestServer.shared()
            .newApp(AppSettings.parse("{\"conversationGroups\":false}"))
            .withUsers("mia", "noah");
    String contact = "{\"Type\":1,\"To_Account\":\"noah\"}";
    for (String[] call :
        new String[][] {
          {"create_contact_group", "{\"From_Account\":\"mia\"}"},
          {"update_contact_group", "{\"From_Account\":\"mia\"}"},
          {"del_contact_group", "{\"From_Account\":\"mia\",\"GroupName\":[\"a\"]}"},
          {"search_contact_group", "{\"From_Account\":\"mia\",\"ContactItem\":[" + contact + "]}"},
          {"get_contact_group", "{\"From_Account\":\"mia\",\"StartIndex\":0}"},
          {
            "mark_contact",
            "{\"From_Account\":\"mia\",\"MarkItem\":[{\"OptType\":1,\"ContactItem\":"
                + contact
                + "}]}"
          },
        }) {
      JsonNode reply = without.rest("recentcontact/" + call[0], call[1]);
      assertEquals(51013, reply.path("ErrorCode").asInt(), call[0] + reply);
    }
    JsonNode reply =
        without.rest(
            "recentcontact/mark_contact",
            "{\"From_Account\":\"mia\",\"MarkItem\":[{\"OptType\":2,\"CustomMark\":\"v\","
                + "\"ContactItem\":"
                + contact
                + "},{\"OptType\":3,\"ContactItem\":"
                + contact
                + "}]}");
    assertEquals(List.of(0, 51013), codes(reply.path("ResultItem")));
  }

  @ParameterizedTest
  @CsvSource({
    "create_contact_group, 100, 0",
    "create_contact_group, 101, 51006",
    "create_contact_group, 0, 51006",
    "update_contact_group, 100, 0",
    "update_contact_group, 101, 51006",
    "update_contact_group, 0, 51006",
    "mark_contact, 100, 0",
    "mark_contact, 101, 51006",
    "mark_contact, 0, 51006",
    "search_contact_group, 300, 0",
    "search_contact_group, 301, 51006",
    "search_contact_group, 0, 51006",
  })
  void listsHaveALimit(String command, int count, int code) {
    create("work", "zoe");
    String contact = "{\"Type\":1,\"To_Account\":\"noah\"}";
    String body =
        switch (command) {
          case "create_contact_group" ->
              "\"GroupContactItem\":[{\"GroupName\":\"g\",\"ContactItem\":"
                  + array(contact, count)
                  + "}]";
          case "update_contact_group" ->
              "\"UpdateType\":1,\"UpdateGroup\":{\"UpdateGroupType\":2,\"OldGroupName\":\"work\","
                  + "\"ContactUpdateItem\":"
                  + array("{\"ContactOptType\":1,\"ContactItem\":" + contact + "}", count)
                  + "}";
          case "mark_contact" ->
              "\"MarkItem\":" + array("{\"OptType\":1,\"ContactItem\":" + contact + "}", count);
          default -> "\"ContactItem\":" + array(contact, count);
        };
    JsonNode reply =
        app.rest("recentcontact/" + command, "{\"From_Account\":\"mia\"," + body + "}");
    assertEquals(code, reply.path("ErrorCode").asInt(), reply::toString);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\0',
      textBlock =
          """
          create_contact_group|"From_Account":"ghost","GroupContactItem":[{"GroupName":"g","ContactItem":[{"Type":1,"To_Account":"zoe"}]}]|50001
          create_contact_group|"GroupContactItem":[{"GroupName":"g","ContactItem":[{"Type":1,"To_Account":"zoe"}]}]|50002
          create_contact_group|"From_Account":"mia"|50002
          create_contact_group|"From_Account":"mia","GroupContactItem":[]|50002
          create_contact_group|"From_Account":"mia","GroupContactItem":[{"GroupName":"","ContactItem":[{"Type":1,"To_Account":"zoe"}]}]|50002
          create_contact_group|"From_Account":"mia","GroupContactItem":[{"ContactItem":[{"Type":1,"To_Account":"zoe"}]}]|50002
          create_contact_group|"From_Account":"mia","GroupContactItem":[{"GroupName":"g","ContactItem":[{"Type":1}]}]|50002
          create_contact_group|"From_Account":"mia","GroupContactItem":[{"GroupName":"g","ContactItem":[{"Type":5,"To_Account":"zoe"}]}]|50002
          create_contact_group|"From_Account":"mia","GroupContactItem":[{"GroupName":"g","ContactItem":[{"Type":1,"To_Account":5}]}]|60015
          create_contact_group|"From_Account":"mia","GroupContactItem":[{"GroupName":"123456789012345678901234567890123","ContactItem":[{"Type":1,"To_Account":"zoe"}]}]|51011
          create_contact_group|"From_Account":"mia","GroupContactItem":[{"GroupName":"g","ContactItem":[{"Type":1,"To_Account":"zoe"}]},{"GroupName":"h","ContactItem":[{"Type":1,"To_Account":"zoe"}]}]|50002
          update_contact_group|"From_Account":"mia","UpdateType":2,"UpdateGroup":{"UpdateGroupType":1,"OldGroupName":"a","NewGroupName":"b"}|50002
          update_contact_group|"From_Account":"mia","UpdateType":1|50002
          update_contact_group|"From_Account":"mia","UpdateType":1,"UpdateGroup":{"UpdateGroupType":1,"OldGroupName":"a"}|50002
          update_contact_group|"From_Account":"mia","UpdateType":1,"UpdateGroup":{"UpdateGroupType":3,"OldGroupName":"a","NewGroupName":"b"}|50002
          update_contact_group|"From_Account":"mia","UpdateType":1,"UpdateGroup":{"UpdateGroupType":2,"OldGroupName":"a"}|50002
          update_contact_group|"From_Account":"ghost","UpdateType":1,"UpdateGroup":{"UpdateGroupType":1,"OldGroupName":"a","NewGroupName":"b"}|50001
          del_contact_group|"From_Account":"mia","GroupName":["a","b"]|50002
          del_contact_group|"From_Account":"mia","GroupName":[]|50002
          del_contact_group|"From_Account":"mia","GroupName":"a"|50002
          del_contact_group|"From_Account":"ghost","GroupName":["a"]|50001
          mark_contact|"From_Account":"mia","MarkItem":[{"OptType":4,"ContactItem":{"Type":1,"To_Account":"zoe"}}]|50002
          mark_contact|"From_Account":"mia","MarkItem":[{"OptType":1}]|50002
          mark_contact|"From_Account":"mia","MarkItem":[{"OptType":1,"ContactItem":{"Type":1,"To_Account":"zoe"},"SetMark":"1"}]|50002
          mark_contact|"From_Account":"ghost","MarkItem":[{"OptType":1,"ContactItem":{"Type":1,"To_Account":"zoe"}}]|50001
          search_contact_group|"From_Account":"ghost","ContactItem":[{"Type":1,"To_Account":"zoe"}]|50001
          search_contact_group|"From_Account":"mia"|50002
          get_contact_group|"From_Account":"ghost","StartIndex":0|50001
          get_contact_group|"From_Account":"mia"|50002
          """)
  void aBadRequestIsRefusedWithItsCodeAndChangesNothing(String command, String body, int code) {
    JsonNode reply = app.rest("recentcontact/" + command, "{" + body + "}");
    assertEquals(code, reply.path("ErrorCode").asInt(), reply::toString);
    assertTrue(page(0).path("GroupItem").isEmpty());
    assertTrue(page(0).path("ContactItem").isEmpty());
  }

  private JsonNode create(String name, String... peers) {
    ObjectNode body = Json.object().put("From_Account", "mia");
    ArrayNode items =
        body.putArray("GroupContactItem")
            .addObject()
            .put("GroupName", name)
            .putArray("ContactItem");
    for (String peer : peers) {
      items.addObject().put("Type", 1).put("To_Account", peer);
    }
    return call("create_contact_group", body);
  }

  private JsonNode rename(String from, String to) {
    ObjectNode body = Json.object().put("From_Account", "mia").put("UpdateType", 1);
    body.putObject("UpdateGroup")
        .put("UpdateGroupType", 1)
        .put("OldGroupName", from)
        .put("NewGroupName", to);
    return call("update_contact_group", body);
  }

  private JsonNode update(String name, String items) {
    return app.rest(
        "recentcontact/update_contact_group",
        "{\"From_Account\":\"mia\",\"UpdateType\":1,\"UpdateGroup\":{\"UpdateGroupType\":2,"
            + "\"OldGroupName\":\""
            + name
            + "\",\"ContactUpdateItem\":["
            + items
            + "]}}");
  }

  private JsonNode delete(String name) {
    ObjectNode body = Json.object().put("From_Account", "mia");
    body.putArray("GroupName").add(name);
    return call("del_contact_group", body);
  }

  private JsonNode mark(int optType, String marks, String... peers) {
    StringBuilder items = new StringBuilder();
    for (String peer : peers) {
      items
          .append(items.isEmpty() ? "" : ",")
          .append("{\"OptType\":")
          .append(optType)
          .append(",\"ContactItem\":{\"Type\":1,\"To_Account\":\"")
          .append(peer)
          .append("\"},")
          .append(marks)
          .append("}");
    }
    return app.rest(
        "recentcontact/mark_contact", "{\"From_Account\":\"mia\",\"MarkItem\":[" + items + "]}");
  }

  private static ObjectNode markItem(ArrayNode items, String peer, int optType) {
    ObjectNode item = items.addObject().put("OptType", optType);
    item.putObject("ContactItem").put("Type", 1).put("To_Account", peer);
    return item;
  }

  private JsonNode found(String peer) {
    ObjectNode body = Json.object().put("From_Account", "mia");
    body.putArray("ContactItem").addObject().put("Type", 1).put("To_Account", peer);
    return call("search_contact_group", body).at("/ContactResultItem/0");
  }

  private JsonNode page(long from) {
    return call(
        "get_contact_group", Json.object().put("From_Account", "mia").put("StartIndex", from));
  }

  private JsonNode call(String command, ObjectNode body) {
    return app.rest("recentcontact/" + command, body.toString());
  }

  private static List<Integer> codes(JsonNode items) {
    List<Integer> codes = new ArrayList<>();
    items.forEach(item -> codes.add(item.path("ResultCode").asInt(-1)));
    return codes;
  }

  private static String array(String item, int count) {
    return "[" + String.join(",", java.util.Collections.nCopies(count, item)) + "]";
  }
}
