package im.palisade.server.group;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import im.palisade.server.app.AppSettings;
import im.palisade.server.protocol.Json;
import im.palisade.server.testing.TestServer;
import im.palisade.server.testing.TestUser;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/**
 * What only one of several can have, asked for by all of them in the same moment, again and again.
 * The groups are of types that keep no tips of it: the numbers of tips would order the acts too.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class GroupRivalsTest {
  private static final int ROUNDS = 25;
  private static final List<String> USERS = List.of("ann", "bo", "cy", "di", "ed", "fay", "gus");

  private final Groups groups =
      new Groups(
          TestServer.shared()
              .newApp(
                  AppSettings.parse(
                      """
                      {"callsPerSecond":{"group_open_http_svc/get_group_info":0,
                         "group_open_http_svc/create_group":0},
                        "groups":{"rules":{"Public":{"tip-profile":"off","join":"free",
                          "tip-members":"off"}}}}
                      """))
              .withUsers(USERS.toArray(new String[0])));
  private final List<TestUser> users = new ArrayList<>();
  private final Random random = new Random(7);

  @BeforeAll
  void login() {
    USERS.forEach(userId -> users.add(groups.app().login(userId)));
  }

  @AfterAll
  void logout() {
    users.forEach(TestUser::close);
  }

  @Test
  void theLastPlaceIsTakenByOneOfThoseWhoComeAtTheSameTime() throws Exception {
    for (int round = 0; round < ROUNDS; round++) {
      String id = groups.create("ChatRoom", "ann", "bo");
      groups.ok("modify_group_base_info", "{'GroupId':'" + id + "','MaxMemberNum':3}");
      List<Callable<Integer>> acts = new ArrayList<>();
      for (int who = 2; who < USERS.size(); who++) {
        acts.add(asks(who, "group.join", id));
      }
      List<Integer> codes = together(acts);
      assertEquals(1, count(codes, 0), "round " + round + " " + codes);
      assertEquals(acts.size() - 1, count(codes, 10014), "round " + round + " " + codes);
      JsonNode info = groups.info(id);
      assertEquals(3, info.path("MemberNum").asInt());
      assertEquals(3, info.path("MemberList").size());
    }
  }

  @Test
  void theAppAndThoseWhoComeThemselvesKeepToTheLimitTogether() throws Exception {
    for (int round = 0; round < ROUNDS; round++) {
      String id = groups.create("ChatRoom", "ann");
      groups.ok("modify_group_base_info", "{'GroupId':'" + id + "','MaxMemberNum':4}");
      List<Callable<Integer>> acts = new ArrayList<>();
      acts.add(
          () ->
              groups.code(
                  "add_group_member",
                  "{'GroupId':'"
                      + id
                      + "','MemberList':[{'Member_Account':'bo'},{'Member_Account':'cy'},"
                      + "{'Member_Account':'di'}]}"));
      acts.add(asks(4, "group.join", id));
      acts.add(asks(5, "group.join", id));
      List<Integer> codes = together(acts);
      codes.forEach(code -> assertTrue(code == 0 || code == 10014, codes::toString));
      JsonNode info = groups.info(id);
      int expected = 1 + (codes.getFirst() == 0 ? 3 : 0) + count(codes.subList(1, 3), 0);
      assertEquals(expected, info.path("MemberNum").asInt(), codes::toString);
      assertEquals(expected, info.path("MemberList").size());
      assertTrue(expected <= 4, codes::toString);
    }
  }

  @Test
  void whoHasRoomForOneMoreGroupGetsIntoOneOfThoseItJoinsAtTheSameTime() throws Exception {
    Groups few =
        new Groups(
            TestServer.shared()
                .newApp(AppSettings.parse("{\"groups\":{\"groupsPerUser\":2}}"))
                .withUsers("ann", "bo", "cy", "di", "ed", "fay", "gus"));
    few.create("ChatRoom", "ann", "gus");
    List<String> ids = new ArrayList<>();
    for (String owner : List.of("ann", "bo", "cy", "di", "ed", "fay")) {
      ids.add(few.create("ChatRoom", owner));
    }
    try (TestUser phone = few.app().login("gus", "android", "phone");
        TestUser web = few.app().login("gus", "web", "web");
        TestUser desk = few.app().login("gus", "windows", "desk")) {
      List<TestUser> devices = List.of(phone, web, desk);
      for (int round = 0; round < ROUNDS; round++) {
        List<Callable<Integer>> acts = new ArrayList<>();
        for (int i = 0; i < ids.size(); i++) {
          TestUser device = devices.get(i % devices.size());
          ObjectNode data = Json.object().put("groupId", ids.get(i));
          acts.add(() -> TestUser.code(device.client().request("group.join", data)));
        }
        List<Integer> codes = together(acts);
        assertEquals(1, count(codes, 0), "round " + round + " " + codes);
        assertEquals(5, count(codes, 10037), "round " + round + " " + codes);
        ObjectNode joined = Json.object().put("groupId", ids.get(codes.indexOf(0)));
        TestUser.await(web.client().request("group.quit", joined));
      }
    }
  }

  @Test
  void anOwnerGivesItsGroupAwayOnceHoweverManyOfItsDevicesDo() throws Exception {
    try (TestUser second = groups.app().login("ann", "android", "second");
        TestUser third = groups.app().login("ann", "windows", "third")) {
      List<TestUser> devices = List.of(users.getFirst(), second, third);
      for (int round = 0; round < ROUNDS; round++) {
        String id = groups.create("Public", "ann", "bo", "cy", "di");
        List<Callable<Integer>> acts = new ArrayList<>();
        for (int i = 0; i < devices.size(); i++) {
          TestUser device = devices.get(i);
          String to = USERS.get(1 + i);
          acts.add(
              () ->
                  TestUser.code(
                      device
                          .client()
                          .request(
                              "group.transfer",
                              Json.object().put("groupId", id).put("userId", to))));
        }
        List<Integer> codes = together(acts);
        assertEquals(1, count(codes, 0), "round " + round + " " + codes);
        assertEquals(2, count(codes, 10007), "round " + round + " " + codes);
        JsonNode info = groups.info(id);
        List<String> owners = new ArrayList<>();
        for (JsonNode each : info.path("MemberList")) {
          if (each.path("Role").asText().equals("Owner")) {
            owners.add(each.path("Member_Account").asText());
          }
        }
        assertEquals(List.of(info.path("Owner_Account").asText()), owners);
        assertEquals(USERS.get(1 + codes.indexOf(0)), owners.getFirst());
      }
    }
  }

  @Test
  void nobodyIsLeftInAGroupThatEndsWhileOthersCome() throws Exception {
    for (int round = 0; round < ROUNDS; round++) {
      String id = groups.create("Public", "ann");
      long group = internal(id);
      List<Callable<Integer>> acts = new ArrayList<>();
      for (int who = 1; who < USERS.size(); who++) {
        acts.add(asks(who, "group.join", id));
      }
      acts.add(random.nextInt(acts.size()), asks(0, "group.dismiss", id));
      acts.add(() -> groups.code("destroy_group", "{'GroupId':'" + id + "'}"));
      List<Integer> codes = together(acts);
      codes.forEach(code -> assertTrue(code == 0 || code == 10010, codes::toString));
      assertEquals(10010, groups.info(id).path("ErrorCode").asInt());
      assertEquals(0, rows(group), "round " + round + " " + codes);
    }
  }

  @Test
  void aMemberThatIsRemovedAndQuitsAtTheSameTimeLeavesOnce() throws Exception {
    for (int round = 0; round < ROUNDS; round++) {
      String id = groups.create("ChatRoom", "ann", "bo", "cy", "di");
      List<Callable<Integer>> acts = new ArrayList<>();
      for (int who = 1; who < 4; who++) {
        acts.add(asks(who, "group.quit", id));
      }
      acts.add(
          () ->
              groups.code(
                  "delete_group_member",
                  "{'GroupId':'" + id + "','MemberToDel_Account':['bo','cy','di']}"));
      List<Integer> codes = together(acts);
      codes.forEach(code -> assertTrue(code == 0 || code == 10007, codes::toString));
      JsonNode info = groups.info(id);
      assertEquals(1, info.path("MemberNum").asInt(), "round " + round + " " + codes);
      assertEquals(List.of("ann"), Groups.names(info.path("MemberList")));
    }
  }

  private Callable<Integer> asks(int who, String command, String id) {
    return () ->
        TestUser.code(users.get(who).client().request(command, Json.object().put("groupId", id)));
  }

  /** All at once; the answers in the order given. */
  private static List<Integer> together(List<Callable<Integer>> acts) throws Exception {
    CyclicBarrier start = new CyclicBarrier(acts.size());
    List<Integer> codes = new ArrayList<>();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Integer>> asked = new ArrayList<>();
      for (Callable<Integer> act : acts) {
        asked.add(
            threads.submit(
                () -> {
                  start.await();
                  return act.call();
                }));
      }
      for (Future<Integer> each : asked) {
        codes.add(each.get());
      }
    }
    return codes;
  }

  private static int count(List<Integer> codes, int code) {
    return (int) codes.stream().filter(each -> each == code).count();
  }

  private long internal(String id) {
    return new GroupService(groups.app().server().regions())
        .find(groups.app().app(), id)
        .orElseThrow()
        .id();
  }

  private long rows(long group) {
    return groups
        .app()
        .server()
        .regions()
        .of(groups.app().app())
        .read(
            connection -> {
              try (var select =
                  connection.prepareStatement(
                      "SELECT COUNT(*) FROM group_member WHERE conversation_id = ?")) {
                select.setLong(1, group);
                return first(select.executeQuery());
              }
            });
  }

  private static long first(ResultSet rows) throws SQLException {
    try (rows) {
      rows.next();
      return rows.getLong(1);
    }
  }
}
