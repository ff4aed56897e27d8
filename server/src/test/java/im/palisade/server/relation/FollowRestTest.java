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

/** rest-accounts Part D. */
class FollowRestTest {
  private final Relations relations =
      new Relations(
          "{\"profileFields\":[{\"name\":\"Vip\"},{\"name\":\"Own\",\"readableBy\":[\"SELF\"]}]}",
          "mia",
          "leo",
          "zoe");

  @Test
  void followsAreCountedOnBothSidesAndAgainIsNoChange() {
    assertEquals(0, relations.follow("mia", "leo"));
    assertEquals(0, relations.follow("mia", "leo"));
    assertEquals("0 1 0", counters("mia"));
    assertEquals("1 0 0", counters("leo"));
    relations.follow("leo", "mia");
    assertEquals("1 1 1", counters("mia"));
    assertEquals("1 1 1", counters("leo"));
    assertEquals(0, unfollow("mia", "leo"));
    assertEquals(0, unfollow("mia", "leo"));
    assertEquals("1 0 0", counters("mia"));
    assertEquals("0 1 0", counters("leo"));
  }

  @Test
  void itemsStandForThemselves() {
    JsonNode reply =
        relations.ok(
            "follow/follow_add",
            "{'From_Account':'mia','FollowItem':[{'To_Account':'ghost'},{'To_Account':'leo'},"
                + "{'To_Account':'mia'},{'To_Account':'leo'}]}");
    assertEquals(List.of("ghost", "leo", "mia"), Relations.names(reply.path("ResultItem")));
    assertEquals("[\"ghost\",\"mia\"]", reply.path("Fail_Account").toString());
    assertEquals(30003, reply.at("/ResultItem/0/ResultCode").asInt());
    assertEquals(30001, reply.at("/ResultItem/2/ResultCode").asInt());
  }

  @ParameterizedTest
  @CsvSource({"mia, leo, 30515", "leo, mia, 30525"})
  void aBlockForbidsFollowingAndEndsIt(String blocker, String blocked, int code) {
    relations.follow("mia", "leo");
    relations.follow("leo", "mia");
    relations.block(blocker, blocked);
    assertEquals("0 0 0", counters("mia"));
    assertEquals("0 0 0", counters("leo"));
    assertEquals(code, relations.follow("mia", "leo"));
  }

  @Test
  void followingIsIndependentOfFriendship() {
    relations.add("mia", "leo", "");
    assertEquals("0", check("leo"));
    relations.follow("mia", "leo");
    relations.ok("sns/friend_delete", "{'From_Account':'mia','To_Account':['leo']}");
    assertEquals("2", check("leo"));
  }

  @Test
  void checkTellsTheRelation() {
    relations.follow("mia", "leo");
    relations.follow("zoe", "mia");
    assertEquals("2", check("leo"));
    assertEquals("1", check("zoe"));
    relations.follow("leo", "mia");
    assertEquals("3", check("leo"));
    JsonNode reply =
        relations.ok("follow/follow_check", "{'From_Account':'mia','To_Account':['ghost']}");
    assertEquals(30003, reply.at("/ResultItem/0/ResultCode").asInt());
    assertEquals("[\"ghost\"]", reply.path("Fail_Account").toString());
  }

  @Test
  void bothUsersDevicesAreTold() {
    try (TestUser mia = relations.app().login("mia");
        TestUser leo = relations.app().login("leo")) {
      relations.follow("mia", "leo");
      assertEquals(
          "follow.changed{\"users\":[{\"userId\":\"leo\",\"followType\":2}],"
              + "\"followerCount\":0,\"followingCount\":1,\"mutualCount\":0}",
          mia.nextEvent());
      assertEquals(
          "follow.changed{\"users\":[{\"userId\":\"mia\",\"followType\":1}],"
              + "\"followerCount\":1,\"followingCount\":0,\"mutualCount\":0}",
          leo.nextEvent());
      relations.follow("leo", "mia");
      assertTrue(mia.nextEvent().contains("\"followType\":3"));
      assertTrue(leo.nextEvent().contains("\"followType\":3"));
      unfollow("mia", "leo");
      assertTrue(mia.nextEvent().contains("\"followType\":1"));
      assertTrue(leo.nextEvent().contains("\"followType\":2"));
      relations.follow("leo", "mia");
      assertFalse(mia.settle().hasEvent());
    }
  }

  @Test
  void listsArePagedNewestFirstWithProfiles() {
    relations.profile("zoe", "Tag_Profile_IM_Nick", "Zoe");
    relations.profile("zoe", "Tag_Profile_Custom_Vip", "v");
    relations.profile("zoe", "Tag_Profile_Custom_Own", "o");
    List<String> many = relations.users("u", 4);
    for (String user : many) {
      relations.follow("mia", user);
      relations.follow(user, "leo");
    }
    relations.follow("mia", "zoe");
    relations.follow("u2", "mia");
    relations.follow("u1", "mia");
    assertEquals(List.of("zoe", "u3", "u2", "u1", "u0"), all("mia", 2));
    assertEquals(List.of("u3", "u2", "u1", "u0"), all("leo", 1));
    assertEquals(List.of("u1", "u2"), all("mia", 3));
    assertEquals(List.of("mia"), all("u1", 3));
    assertEquals(List.of(), all("leo", 2));
    JsonNode page =
        relations.ok(
            "follow/follow_get",
            "{'From_Account':'mia','FollowType':2,'StartCursor':'','WantNum':1}");
    JsonNode item = page.at("/FollowItem/0");
    assertTrue(item.path("FollowTime").asLong() > 1_600_000_000L);
    assertEquals(
        "[{\"Tag\":\"Tag_Profile_IM_Nick\",\"Value\":\"Zoe\"},"
            + "{\"Tag\":\"Tag_Profile_IM_Gender\",\"Value\":\"Gender_Type_Unknown\"},"
            + "{\"Tag\":\"Tag_Profile_IM_AllowType\",\"Value\":\"AllowType_Type_AllowAny\"},"
            + "{\"Tag\":\"Tag_Profile_Custom_Vip\",\"Value\":\"v\"}]",
        item.path("ProfileItem").toString());
  }

  @Test
  void aMutualFollowHasTheLaterOfBothTimes() {
    relations.follow("mia", "leo");
    long before = followTime("mia", 2);
    relations
        .app()
        .server()
        .regions()
        .of(relations.app().app())
        .inUnitOfWork(
            unit -> {
              try (var update =
                  unit.connection()
                      .prepareStatement(
                          "UPDATE follow SET followed_at = followed_at - 3600000000"
                              + " WHERE follower_id = ?")) {
                update.setLong(
                    1,
                    relations
                        .app()
                        .server()
                        .accounts()
                        .find(relations.app().app(), "mia")
                        .orElseThrow()
                        .id());
                return update.executeUpdate();
              }
            });
    relations.follow("leo", "mia");
    assertEquals(before - 3600, followTime("mia", 2));
    assertTrue(followTime("mia", 3) >= before, "the answer came later");
    assertEquals(followTime("leo", 2), followTime("mia", 3));
  }

  private long followTime(String user, int list) {
    return relations
        .ok(
            "follow/follow_get",
            "{'From_Account':'%s','FollowType':%d,'StartCursor':'','WantNum':1}"
                .formatted(user, list))
        .at("/FollowItem/0/FollowTime")
        .asLong();
  }

  @Test
  void withinOneCallTheLastIsTheNewest() {
    relations.ok(
        "follow/follow_add",
        "{'From_Account':'mia','FollowItem':[{'To_Account':'leo'},{'To_Account':'zoe'}]}");
    assertEquals(List.of("zoe", "leo"), all("mia", 2));
  }

  @Test
  void fiveThousandMayBeFollowedAndNoMore() {
    List<String> many = relations.users("u", 5001);
    for (int done = 0; done < 5000; done += 20) {
      List<String> items = new ArrayList<>();
      many.subList(done, done + 20).forEach(user -> items.add("{'To_Account':'" + user + "'}"));
      JsonNode reply =
          relations.ok(
              "follow/follow_add",
              "{'From_Account':'mia','FollowItem':[" + String.join(",", items) + "]}");
      assertFalse(reply.has("Fail_Account"));
    }
    assertEquals(32100, relations.follow("mia", "u5000"));
    assertEquals(0, relations.follow("mia", "u7"));
    unfollow("mia", "u7");
    assertEquals(0, relations.follow("mia", "u5000"));
  }

  @Test
  void anAppMaySwitchItOff() {
    Relations off = new Relations("{\"followEnabled\":false}", "mia", "leo");
    for (String[] each :
        new String[][] {
          {"follow_add", "'FollowItem':[{'To_Account':'leo'}]"},
          {"follow_delete", "'To_Account':['leo']"},
          {"follow_get", "'FollowType':1,'StartCursor':'','WantNum':1"},
          {"follow_check", "'To_Account':['leo']"},
          {"follow_get_info", "'To_Account':['leo']"}
        }) {
      assertEquals(30005, off.code("follow/" + each[0], "{'From_Account':'mia'," + each[1] + "}"));
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\0',
      textBlock =
          """
          follow_add|{'From_Account':'ghost','FollowItem':[{'To_Account':'leo'}]}|30003
          follow_add|{'From_Account':'mia','FollowItem':[]}|30001
          follow_add|{'From_Account':'mia','FollowItem':['leo']}|30001
          follow_add|{'From_Account':'mia','FollowItem':[{}]}|30001
          follow_delete|{'From_Account':'mia','To_Account':[]}|30001
          follow_delete|{'From_Account':'ghost','To_Account':['leo']}|30003
          follow_get|{'From_Account':'ghost','FollowType':1,'StartCursor':'','WantNum':1}|30003
          follow_get|{'From_Account':'mia','StartCursor':'','WantNum':1}|30001
          follow_get|{'From_Account':'mia','FollowType':0,'StartCursor':'','WantNum':1}|30001
          follow_get|{'From_Account':'mia','FollowType':4,'StartCursor':'','WantNum':1}|30001
          follow_get|{'From_Account':'mia','FollowType':1,'WantNum':1}|30001
          follow_get|{'From_Account':'mia','FollowType':1,'StartCursor':'x','WantNum':1}|30001
          follow_get|{'From_Account':'mia','FollowType':1,'StartCursor':'','WantNum':0}|30001
          follow_get|{'From_Account':'mia','FollowType':1,'StartCursor':'','WantNum':1001}|30001
          follow_get|{'From_Account':'mia','FollowType':1,'StartCursor':'','WantNum':1000}|0
          follow_get|{'From_Account':'mia','FollowType':1,'StartCursor':''}|0
          follow_check|{'From_Account':'ghost','To_Account':['leo']}|30003
          follow_check|{'From_Account':'mia','To_Account':[]}|30001
          follow_get_info|{'From_Account':'ghost','To_Account':['leo']}|30003
          follow_get_info|{'From_Account':'mia'}|30001
          """)
  void aBadCallIsRefusedAsAWhole(String command, String body, int code) {
    assertEquals(code, relations.code("follow/" + command, body));
  }

  @ParameterizedTest
  @CsvSource({
    "follow_delete, 20, 0",
    "follow_delete, 21, 30001",
    "follow_get_info, 20, 0",
    "follow_get_info, 21, 30001",
    "follow_check, 100, 0",
    "follow_check, 101, 30001"
  })
  void theNumberOfAccountsIsBounded(String command, int count, int code) {
    List<String> names = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      names.add("n" + i);
    }
    assertEquals(code, relations.code("follow/" + command, Relations.body("mia", names, "")));
  }

  private String check(String other) {
    return relations
        .ok("follow/follow_check", "{'From_Account':'mia','To_Account':['" + other + "']}")
        .at("/ResultItem/0/FollowType")
        .toString();
  }

  private String counters(String user) {
    JsonNode item =
        relations
            .ok("follow/follow_get_info", "{'From_Account':'zoe','To_Account':['" + user + "']}")
            .at("/FollowInfo/0");
    return item.path("FollowerCount")
        + " "
        + item.path("FollowingCount")
        + " "
        + item.path("MutualFollowingCount");
  }

  private int unfollow(String from, String to) {
    return Relations.item(
        relations.ok(
            "follow/follow_delete",
            "{'From_Account':'%s','To_Account':['%s']}".formatted(from, to)));
  }

  /** A whole list, read two at a time. */
  private List<String> all(String user, int type) {
    List<String> seen = new ArrayList<>();
    String cursor = "";
    do {
      JsonNode page =
          relations.ok(
              "follow/follow_get",
              "{'From_Account':'%s','FollowType':%d,'StartCursor':'%s','WantNum':2}"
                  .formatted(user, type, cursor));
      seen.addAll(Relations.names(page.path("FollowItem")));
      cursor = page.path("NextCursor").asText();
    } while (!cursor.isEmpty());
    return seen;
  }
}
