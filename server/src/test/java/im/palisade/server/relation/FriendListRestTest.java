package im.palisade.server.relation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import im.palisade.server.testing.TestUser;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** rest-accounts C13–C15: named friend lists. */
class FriendListRestTest {
  private final Relations relations = new Relations("{}", "mia", "leo", "zoe", "ann");

  @Test
  void everyFriendIsPutIntoEveryListNamed() {
    relations.importFriends("mia", List.of("leo", "zoe"));
    JsonNode reply =
        relations.ok(
            "sns/group_add",
            "{'From_Account':'mia','GroupName':['Work','Chess','Work'],"
                + "'To_Account':['leo','ann','ghost','mia','leo']}");
    assertEquals(List.of("leo", "ann", "ghost", "mia"), Relations.names(reply.path("ResultItem")));
    assertEquals(0, reply.at("/ResultItem/0/ResultCode").asInt(-1));
    assertEquals(32216, reply.at("/ResultItem/1/ResultCode").asInt());
    assertEquals(
        "Err_SNS_GroupAdd_ToTinyId_Not_Friend", reply.at("/ResultItem/1/ResultInfo").asText());
    assertEquals(30003, reply.at("/ResultItem/2/ResultCode").asInt());
    assertEquals(30001, reply.at("/ResultItem/3/ResultCode").asInt());
    assertEquals("[\"ann\",\"ghost\",\"mia\"]", reply.path("Fail_Account").toString());
    assertEquals(1, reply.path("CurrentSequence").asInt());
    assertEquals(
        "[\"Work\",\"Chess\"]", relations.field("mia", "leo", "Tag_SNS_IM_Group").toString());
    assertEquals(2, relations.friends("mia").path("StandardSequence").asInt());
  }

  @Test
  void anExistingListTakesMoreFriendsAndWithoutFriendsThereAreNoResults() {
    relations.importFriends("mia", List.of("leo"));
    JsonNode first = relations.ok("sns/group_add", "{'From_Account':'mia','GroupName':['Work']}");
    assertFalse(first.has("ResultItem"));
    assertFalse(first.has("Fail_Account"));
    assertEquals(
        2,
        relations
            .ok("sns/group_add", "{'From_Account':'mia','GroupName':['Work'],'To_Account':['leo']}")
            .path("CurrentSequence")
            .asInt());
    assertEquals(
        2,
        relations
            .ok("sns/group_add", "{'From_Account':'mia','GroupName':['Work'],'To_Account':['leo']}")
            .path("CurrentSequence")
            .asInt(),
        "nothing changed");
  }

  @Test
  void deletingAListLeavesItsFriends() {
    relations.importFriends("mia", List.of("leo", "zoe"));
    relations.ok(
        "sns/group_add",
        "{'From_Account':'mia','GroupName':['Work','Chess'],'To_Account':['leo','zoe']}");
    JsonNode reply =
        relations.ok("sns/group_delete", "{'From_Account':'mia','GroupName':['Work','Nope']}");
    assertEquals(2, reply.path("CurrentSequence").asInt());
    assertEquals("[\"Chess\"]", relations.field("mia", "leo", "Tag_SNS_IM_Group").toString());
    assertEquals(
        2,
        relations
            .ok("sns/group_delete", "{'From_Account':'mia','GroupName':['Nope']}")
            .path("CurrentSequence")
            .asInt());
    relations.ok("sns/group_add", "{'From_Account':'mia','GroupName':['New']}");
    assertEquals(
        "[\"Chess\"]",
        relations.field("mia", "leo", "Tag_SNS_IM_Group").toString(),
        "a new list does not inherit the members of a deleted one");
  }

  @Test
  void listsAreToldWithTheirMembersOnRequest() {
    relations.importFriends("mia", List.of("zoe", "leo"));
    relations.ok(
        "sns/group_add", "{'From_Account':'mia','GroupName':['b'],'To_Account':['leo','zoe']}");
    relations.ok("sns/group_add", "{'From_Account':'mia','GroupName':['a']}");
    assertEquals(
        "[{\"GroupName\":\"b\",\"FriendNumber\":2},{\"GroupName\":\"a\",\"FriendNumber\":0}]",
        get("").path("ResultItem").toString());
    assertEquals(
        "[{\"GroupName\":\"b\",\"FriendNumber\":2,\"To_Account\":[\"leo\",\"zoe\"]}]",
        get(",'NeedFriend':'Need_Friend_Type_Yes','GroupName':['nope','b','b']")
            .path("ResultItem")
            .toString());
    assertEquals(
        2, get(",'NeedFriend':'Need_Friend_Type_Yes','GroupName':[]").path("ResultItem").size());
    assertEquals(2, get("").path("CurrentSequence").asInt());
  }

  @Test
  void thirtyTwoListsAreTheLimitAndACallBeyondItMakesNone() {
    List<String> names = new ArrayList<>();
    for (int i = 0; i < 33; i++) {
      names.add("'l" + i + "'");
    }
    String body = "{'From_Account':'mia','GroupName':[%s]}";
    assertEquals(30011, relations.code("sns/group_add", body.formatted(String.join(",", names))));
    assertTrue(get("").path("ResultItem").isEmpty());
    relations.ok("sns/group_add", body.formatted(String.join(",", names.subList(0, 32))));
    assertEquals(30011, relations.code("sns/group_add", body.formatted("'l32'")));
    relations.ok("sns/group_delete", body.formatted("'l5'"));
    relations.ok("sns/group_add", body.formatted("'l32'"));
    assertEquals(32, get("").path("ResultItem").size());
    relations.importFriends("mia", List.of("leo"));
    relations.ok(
        "sns/group_add", "{'From_Account':'mia','GroupName':['l31'],'To_Account':['leo']}");
    assertEquals(
        "[\"l31\"]",
        relations.field("mia", "leo", "Tag_SNS_IM_Group").toString(),
        "the last bit is a list like any other");
  }

  @Test
  void namesComeBackAsTheyWereGiven() {
    String name = "' OR 1=1;--\\u0000😀 ".replace("'", "\\u0027");
    relations.importFriends("mia", List.of("leo"));
    relations.ok(
        "sns/group_add",
        "{'From_Account':'mia','GroupName':['" + name + "','Work','work'],'To_Account':['leo']}");
    assertEquals(
        "' OR 1=1;--\u0000😀 ", relations.field("mia", "leo", "Tag_SNS_IM_Group").path(0).asText());
    assertEquals(3, get("").path("ResultItem").size());
  }

  @Test
  void theOwnersDevicesAreTold() {
    relations.importFriends("mia", List.of("leo"));
    try (TestUser mia = relations.app().login("mia")) {
      relations.ok("sns/group_add", "{'From_Account':'mia','GroupName':['Work']}");
      assertEquals(
          "friend.updated{\"friends\":[],\"standardSequence\":1,\"customSequence\":0,"
              + "\"groups\":[\"Work\"]}",
          mia.nextEvent());
      relations.ok(
          "sns/group_add", "{'From_Account':'mia','GroupName':['Work'],'To_Account':['leo']}");
      assertTrue(mia.nextEvent().contains("\"userId\":\"leo\""));
      relations.ok("sns/group_delete", "{'From_Account':'mia','GroupName':['Work']}");
      assertTrue(mia.nextEvent().endsWith("\"groups\":[]}"));
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\0',
      textBlock =
          """
          group_add|{'From_Account':'ghost','GroupName':['a']}|30003
          group_add|{'From_Account':'mia'}|30001
          group_add|{'From_Account':'mia','GroupName':[]}|30001
          group_add|{'From_Account':'mia','GroupName':'a'}|30001
          group_add|{'From_Account':'mia','GroupName':['']}|30001
          group_add|{'From_Account':'mia','GroupName':[7]}|30001
          group_add|{'From_Account':'mia','GroupName':['123456789012345678901234567890']}|0
          group_add|{'From_Account':'mia','GroupName':['1234567890123456789012345678901']}|30001
          group_add|{'From_Account':'mia','GroupName':['a'],'To_Account':'leo'}|30001
          group_delete|{'From_Account':'ghost','GroupName':['a']}|30003
          group_delete|{'From_Account':'mia'}|30001
          group_get|{'From_Account':'ghost'}|30003
          group_get|{'GroupName':['a']}|30001
          """)
  void aBadCallIsRefusedAsAWhole(String command, String body, int code) {
    assertEquals(code, relations.code("sns/" + command, body));
  }

  private JsonNode get(String more) {
    return relations.ok("sns/group_get", "{'From_Account':'mia'" + more + "}");
  }
}
