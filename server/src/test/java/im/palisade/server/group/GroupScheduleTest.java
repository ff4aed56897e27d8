package im.palisade.server.group;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import im.palisade.server.app.AppSettings;
import im.palisade.server.protocol.Json;
import im.palisade.server.testing.TestServer;
import im.palisade.server.testing.TestUser;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Random schedules of what clients do at the same time: whatever the order, the answers and the end
 * are those of some order of the same acts, one after another.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class GroupScheduleTest {
  private static final int THREADS = 8;
  private static final List<String> USERS = List.of("ann", "bo", "cy", "di", "ed", "fay", "gus");

  private final Groups groups =
      new Groups(
          TestServer.shared()
              .newApp(
                  AppSettings.parse(
                      """
                      {"groups":{"groupsPerUser":40},
                        "callsPerSecond":{"group_open_http_svc/get_group_info":0}}
                      """))
              .withUsers(USERS.toArray(new String[0])));
  private final List<TestUser> users = new ArrayList<>();

  @BeforeAll
  void login() {
    USERS.forEach(userId -> users.add(groups.app().login(userId)));
  }

  @AfterAll
  void logout() {
    users.forEach(TestUser::close);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void whoeverJoinsQuitsSpeaksOrDissolvesTheMembersAreThoseWhoWereAnswered(long seed)
      throws Exception {
    Random random = new Random(seed);
    String id = groups.create("ChatRoom", "ann");
    groups.ok("modify_group_base_info", "{'GroupId':'" + id + "','MaxMemberNum':4}");
    int[] joined = new int[USERS.size()];
    int[] quit = new int[USERS.size()];
    int[] said = new int[1];
    List<Callable<Void>> acts = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      int who = 1 + random.nextInt(USERS.size() - 1);
      long key = i;
      acts.add(
          switch (random.nextInt(4)) {
            case 0 -> () -> count(joined, who, join(who, id), 10013, 10014);
            case 1 -> () -> count(quit, who, ask(who, "group.quit", id), 10007);
            default ->
                () -> {
                  int code = code(users.get(who), "message.send", text(id, key));
                  return count(said, 0, code, 10007);
                };
          });
    }
    boolean ends = seed % 2 == 0;
    int[] dissolved = new int[1];
    if (ends) {
      for (int i = 0; i < 2; i++) {
        acts.add(20, () -> count(dissolved, 0, ask(0, "group.dismiss", id), 10010));
      }
    }
    run(acts);
    if (ends) {
      assertEquals(1, dissolved[0], "one dissolves it");
      assertEquals(10010, groups.info(id).path("ErrorCode").asInt());
      return;
    }
    Set<String> expected = new TreeSet<>(List.of("ann"));
    for (int who = 1; who < USERS.size(); who++) {
      int balance = joined[who] - quit[who];
      assertTrue(balance == 0 || balance == 1, USERS.get(who) + " " + balance);
      if (balance == 1) {
        expected.add(USERS.get(who));
      }
    }
    JsonNode info = groups.info(id);
    assertEquals(expected, new TreeSet<>(Groups.names(info.path("MemberList"))));
    assertEquals(expected.size(), info.path("MemberNum").asInt());
    assertTrue(expected.size() <= 4);
    assertEquals(said[0] + 1, info.path("NextMsgSeq").asInt(), "every answered message, no other");
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void transfersFollowOneAnother(long seed) throws Exception {
    Random random = new Random(seed);
    String id = groups.create("Public", "ann", "bo", "cy", "di");
    int[] done = new int[1];
    List<Callable<Void>> acts = new ArrayList<>();
    for (int i = 0; i < 24; i++) {
      int from = random.nextInt(4);
      String to = USERS.get((from + 1 + random.nextInt(3)) % 4);
      acts.add(
          () -> {
            ObjectNode data = Json.object().put("groupId", id).put("userId", to);
            return count(done, 0, code(users.get(from), "group.transfer", data), 10007);
          });
    }
    run(acts);
    JsonNode info = groups.info(id);
    List<String> owners = new ArrayList<>();
    info.path("MemberList")
        .forEach(
            each -> {
              if (each.path("Role").asText().equals("Owner")) {
                owners.add(each.path("Member_Account").asText());
              }
            });
    assertEquals(List.of(info.path("Owner_Account").asText()), owners);
    assertEquals(1 + done[0], info.path("InfoSeq").asInt(), "each transfer that was answered");
  }

  @Test
  void noAccountGetsIntoMoreGroupsThanItMay() throws Exception {
    List<Callable<Void>> acts = new ArrayList<>();
    int[] in = new int[1];
    int free = 40 - joinedOf("gus");
    for (int i = 0; i < free + 8; i++) {
      String id = groups.create("ChatRoom", "");
      acts.add(() -> count(in, 0, join(6, id), 10037));
    }
    run(acts);
    assertEquals(free, in[0]);
    assertEquals(40, joinedOf("gus"));
  }

  @Test
  void countersLoseNothingAndAttributesHaveOneWriterOfAVersion() throws Exception {
    String id = groups.create("Public", "ann", "bo", "cy", "di", "ed", "fay");
    int[] written = new int[1];
    List<Callable<Void>> acts = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      int who = i % 6;
      acts.add(
          () -> {
            ObjectNode data = Json.object().put("groupId", id).put("op", "increase");
            data.putObject("counters").put("like", 1);
            return count(new int[1], 0, code(users.get(who), "group.counters", data));
          });
    }
    for (int i = 0; i < 5; i++) {
      int who = i;
      acts.add(
          () -> {
            ObjectNode data = Json.object().put("groupId", id).put("op", "set").put("version", 0);
            data.putObject("attributes").put("seat", USERS.get(who));
            return count(written, 0, code(users.get(who), "group.attributes", data), 10056);
          });
    }
    run(acts);
    assertEquals(
        40,
        groups
            .ok("get_group_counter", "{'GroupId':'" + id + "'}")
            .at("/GroupCounter/0/Value")
            .asInt());
    assertEquals(1, written[0], "one of them was first");
  }

  private int joinedOf(String userId) {
    return groups
        .ok("get_joined_group_list", "{'Member_Account':'" + userId + "','WithNoActiveGroups':1}")
        .path("TotalCount")
        .asInt();
  }

  private int join(int who, String id) {
    return ask(who, "group.join", id);
  }

  private int ask(int who, String command, String id) {
    return code(users.get(who), command, Json.object().put("groupId", id));
  }

  private static int code(TestUser user, String command, ObjectNode data) {
    return TestUser.code(user.client().request(command, data));
  }

  /** Counts a success; any other answer must be one of those, or that the group is gone. */
  private static Void count(int[] counts, int at, int code, int... others) {
    if (code == 0) {
      synchronized (counts) {
        counts[at]++;
      }
    } else {
      Set<Integer> legal = new HashSet<>(Set.of(10010));
      for (int other : others) {
        legal.add(other);
      }
      assertTrue(legal.contains(code), "code " + code);
    }
    return null;
  }

  private static void run(List<Callable<Void>> acts) throws Exception {
    try (ExecutorService threads = Executors.newFixedThreadPool(THREADS)) {
      for (Future<Void> each : threads.invokeAll(acts)) {
        each.get();
      }
    }
  }

  private static ObjectNode text(String id, long random) {
    ObjectNode data = Json.object().put("conversation", "GROUP" + id).put("random", random);
    data.putArray("body")
        .addObject()
        .put("MsgType", "TIMTextElem")
        .putObject("MsgContent")
        .put("Text", "t");
    return data;
  }
}
