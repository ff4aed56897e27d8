package im.palisade.server.relation;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/** Calls of many at once about the same accounts: none is lost and no number drifts. */
class RelationRaceTest {
  private static final List<String> USERS = List.of("a", "b", "c", "d", "e", "f");

  private final Relations relations = new Relations("{}", USERS.toArray(String[]::new));

  @Test
  void everybodyBefriendsEverybodyAtOnceAndTheNumbersAreRight() throws Exception {
    List<Callable<JsonNode>> calls = new ArrayList<>();
    for (String from : USERS) {
      List<String> items = new ArrayList<>();
      for (String to : USERS) {
        if (!to.equals(from)) {
          items.add("{'To_Account':'" + to + "'}");
        }
      }
      String friends = String.join(",", items);
      String body = "{'From_Account':'%s','%s':[%s]}";
      calls.add(
          () -> relations.ok("sns/friend_add", body.formatted(from, "AddFriendItem", friends)));
      calls.add(
          () -> relations.ok("follow/follow_add", body.formatted(from, "FollowItem", friends)));
    }
    all(calls);
    int others = USERS.size() - 1;
    for (String user : USERS) {
      JsonNode page = relations.friends(user);
      assertEquals(others, page.path("FriendNum").asInt());
      assertEquals(others, page.path("UserDataItem").size());
      JsonNode counters =
          relations
              .ok("follow/follow_get_info", "{'From_Account':'a','To_Account':['" + user + "']}")
              .at("/FollowInfo/0");
      assertEquals(others, counters.path("FollowerCount").asInt());
      assertEquals(others, counters.path("FollowingCount").asInt());
      assertEquals(others, counters.path("MutualFollowingCount").asInt());
    }
  }

  @Test
  void anAccountDeletedMeanwhileLeavesNothingBehind() throws Exception {
    List<Callable<JsonNode>> calls = new ArrayList<>();
    for (String from : USERS.subList(1, USERS.size())) {
      for (int i = 0; i < 4; i++) {
        calls.add(
            () ->
                relations.call(
                    "sns/friend_add",
                    "{'From_Account':'%s','AddFriendItem':[{'To_Account':'a'}]}".formatted(from)));
        calls.add(
            () ->
                relations.call(
                    "sns/black_list_add",
                    "{'From_Account':'%s','To_Account':['a']}".formatted(from)));
      }
    }
    calls.add(
        calls.size() / 2,
        () ->
            relations.call("im_open_login_svc/account_delete", "{'DeleteItem':[{'UserID':'a'}]}"));
    for (JsonNode reply : all(calls)) {
      assertEquals("OK", reply.path("ActionStatus").asText(), reply::toString);
    }
    for (String user : USERS.subList(1, USERS.size())) {
      JsonNode page = relations.friends(user);
      assertEquals(0, page.path("FriendNum").asInt(-1));
      assertEquals(0, page.path("UserDataItem").size());
      JsonNode blocked =
          relations.ok(
              "sns/black_list_get",
              "{'From_Account':'%s','StartIndex':0,'MaxLimited':9,'LastSequence':0}"
                  .formatted(user));
      assertEquals("[]", blocked.path("BlackListItem").toString());
    }
  }

  private static List<JsonNode> all(List<Callable<JsonNode>> calls) throws Exception {
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<JsonNode> replies = new ArrayList<>();
      for (Future<JsonNode> reply : threads.invokeAll(calls)) {
        replies.add(reply.get());
      }
      return replies;
    }
  }
}
