package im.palisade.server.group;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import im.palisade.server.testing.TestServer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Whatever happens to a group at the same time, it ends in a state that some order of the same acts
 * would have led to: one owner at most, a count that is that of its members, no more than fit,
 * nothing of a group that is gone.
 */
class GroupRaceTest {
  private static final int MOST = 5;
  private static final List<String> USERS =
      List.of("ann", "bo", "cy", "di", "ed", "fay", "gus", "hal");
  private static final Set<Integer> LEGAL = Set.of(0, 10007, 10010, 10014);

  private final Groups groups =
      new Groups(TestServer.shared().newApp().withUsers(USERS.toArray(new String[0])));

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12})
  void everyScheduleEndsInALegalState(long seed) throws Exception {
    Random random = new Random(seed);
    String id =
        groups
            .ok(
                "create_group",
                "{'Type':'Public','Name':'n','Owner_Account':'ann','MaxMemberCount':"
                    + MOST
                    + ",'MemberList':[{'Member_Account':'bo'},{'Member_Account':'cy'}]}")
            .path("GroupId")
            .asText();
    List<Callable<Integer>> acts = new ArrayList<>();
    for (int i = 0; i < 16; i++) {
      acts.add(act(id, random));
    }
    if (seed % 3 == 0) {
      acts.add(random.nextInt(acts.size()), () -> groups.code("destroy_group", about(id) + "}"));
    }
    try (ExecutorService threads = Executors.newFixedThreadPool(6)) {
      for (Future<Integer> each : threads.invokeAll(acts)) {
        assertTrue(LEGAL.contains(code(each)), "code " + code(each));
      }
    }
    JsonNode info = groups.info(id);
    if (info.path("ErrorCode").asInt() == 10010) {
      for (String user : USERS) {
        assertEquals(
            0,
            groups
                .ok("get_joined_group_list", "{'Member_Account':'" + user + "'}")
                .path("TotalCount")
                .asInt());
      }
      return;
    }
    JsonNode members = info.path("MemberList");
    assertEquals(members.size(), info.path("MemberNum").asInt());
    assertTrue(members.size() <= MOST, members.toString());
    List<String> names = Groups.names(members);
    assertEquals(names.size(), new HashSet<>(names).size());
    List<String> owners = new ArrayList<>();
    members.forEach(
        each -> {
          if (each.path("Role").asText().equals("Owner")) {
            owners.add(each.path("Member_Account").asText());
          }
        });
    assertEquals(List.of(info.path("Owner_Account").asText()), owners);
  }

  private Callable<Integer> act(String id, Random random) {
    String user = USERS.get(random.nextInt(USERS.size()));
    return switch (random.nextInt(5)) {
      case 0 ->
          () ->
              groups.code("change_group_owner", about(id) + ",'NewOwner_Account':'" + user + "'}");
      case 1 ->
          () ->
              groups.code(
                  "delete_group_member", about(id) + ",'MemberToDel_Account':['" + user + "']}");
      case 2 ->
          () ->
              groups.code(
                  "modify_group_base_info", about(id) + ",'Notification':'by " + user + "'}");
      default ->
          () ->
              groups.code(
                  "add_group_member",
                  about(id) + ",'MemberList':[{'Member_Account':'" + user + "'}]}");
    };
  }

  private static String about(String id) {
    return "{'GroupId':'" + id + "'";
  }

  private static int code(Future<Integer> call) throws InterruptedException {
    try {
      return call.get();
    } catch (ExecutionException e) {
      throw new AssertionError(e.getCause());
    }
  }
}
