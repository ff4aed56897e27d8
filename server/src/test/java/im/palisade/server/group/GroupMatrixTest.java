package im.palisade.server.group;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import im.palisade.server.app.AppSettings;
import im.palisade.server.protocol.Json;
import im.palisade.server.testing.TestServer;
import im.palisade.server.testing.TestUser;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every cell of the matrix of types and roles, one test each, from a table written from the
 * specification: the cell's code is answered, and a cell that says no has changed nothing.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class GroupMatrixTest {
  private static final List<String> TYPES =
      List.of("Private", "Public", "ChatRoom", "AVChatRoom", "Community");
  private static final Map<String, String> ACTORS =
      Map.of("owner", "ann", "admin", "bo", "member", "cy", "outsider", "di");

  private final Groups groups =
      new Groups(
          TestServer.shared()
              .newApp(
                  AppSettings.parse(
                      """
                      {"callsPerSecond": {"group_open_http_svc/get_group_info": 0,
                        "group_open_http_svc/create_group": 0}}
                      """))
              .withUsers("ann", "bo", "cy", "di", "ed", "fay"));
  private final Map<String, TestUser> users = new HashMap<>();

  @BeforeAll
  void login() {
    ACTORS.values().forEach(userId -> users.put(userId, groups.app().login(userId)));
  }

  @AfterAll
  void logout() {
    users.values().forEach(TestUser::close);
  }

  record Cell(String type, String action, String actor, int code) {
    @Override
    public String toString() {
      return type + ": " + action + " by " + actor + " is " + (code == 0 ? "done" : code);
    }
  }

  static Stream<Cell> cells() {
    List<Cell> cells = new ArrayList<>();
    try (var in = GroupMatrixTest.class.getResourceAsStream("/group/group-matrix.csv")) {
      new String(in.readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .filter(line -> !line.startsWith("#") && !line.startsWith("action,"))
          .forEach(
              line -> {
                String[] row = line.split(",", -1);
                for (int i = 0; i < TYPES.size(); i++) {
                  if (!row[2 + i].equals("-")) {
                    cells.add(new Cell(TYPES.get(i), row[0], row[1], Integer.parseInt(row[2 + i])));
                  }
                }
              });
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return cells.stream();
  }

  @ParameterizedTest
  @MethodSource("cells")
  void aCellHolds(Cell cell) {
    String group = group(cell.type());
    JsonNode before = state(group);
    assertEquals(cell.code(), act(cell, group), cell.toString());
    if (cell.code() != 0) {
      assertEquals(before, state(group), cell + " must change nothing");
    }
  }

  private int act(Cell cell, String group) {
    return cell.actor().equals("app")
        ? byApp(cell, group)
        : byUser(cell, group, users.get(ACTORS.get(cell.actor())));
  }

  private int byApp(Cell cell, String group) {
    String about = "{'GroupId':'" + group + "',";
    return switch (cell.action()) {
      case "create-with-members" ->
          groups.code(
              "create_group",
              "{'Type':'" + cell.type() + "','Name':'n','MemberList':[{'Member_Account':'cy'}]}");
      case "import" -> groups.code("import_group", "{'Type':'" + cell.type() + "','Name':'n'}");
      case "add" ->
          groups.code("add_group_member", about + "'MemberList':[{'Member_Account':'di'}]}");
      case "kick-member", "kick-admin", "kick-owner" ->
          groups.code(
              "delete_group_member", about + "'MemberToDel_Account':['" + target(cell) + "']}");
      case "appoint", "dismiss-admin", "demote-owner" ->
          groups.code(
              "modify_group_member_info",
              about
                  + "'Member_Account':'"
                  + target(cell)
                  + "','Role':'"
                  + (cell.action().equals("appoint") ? "Admin" : "Member")
                  + "'}");
      case "transfer" -> groups.code("change_group_owner", about + "'NewOwner_Account':'fay'}");
      case "dissolve" -> groups.code("destroy_group", "{'GroupId':'" + group + "'}");
      case "edit-notice" -> groups.code("modify_group_base_info", about + "'Notification':'new'}");
      case "mute-all" -> groups.code("modify_group_base_info", about + "'MuteAllMember':'On'}");
      case "mute-member", "mute-admin", "mute-owner" ->
          groups.code(
              "forbid_send_msg",
              about + "'MuteTime':60,'Members_Account':['" + target(cell) + "']}");
      case "list-members" -> groups.code("get_group_member_info", "{'GroupId':'" + group + "'}");
      case "set-attribute" ->
          groups.code("set_group_attr", about + "'GroupAttr':[{'key':'k','value':'v'}]}");
      case "count" ->
          groups.code("update_group_counter", about + "'GroupCounter':[{'Key':'k','Value':1}]}");
      case "make-topic" ->
          groups
              .app()
              .rest(
                  "million_group_open_http_svc/create_topic",
                  (about + "'TopicName':'t'}").replace('\'', '"'))
              .path("ErrorCode")
              .asInt();
      default -> throw new AssertionError(cell.toString());
    };
  }

  private int byUser(Cell cell, String group, TestUser user) {
    ObjectNode data = Json.object().put("groupId", group);
    return switch (cell.action()) {
      case "create" ->
          code(user, "group.create", Json.object().put("type", cell.type()).put("name", "n"));
      case "find" -> find(user, group);
      case "join" -> code(user, "group.join", data);
      case "invite" -> code(user, "group.invite", named(data, "di"));
      case "quit" -> code(user, "group.quit", data);
      case "kick-member", "kick-admin", "kick-owner" ->
          code(user, "group.kick", named(data, target(cell)));
      case "appoint" ->
          code(user, "group.role", data.put("userId", target(cell)).put("role", "Admin"));
      case "dismiss-admin" ->
          code(user, "group.role", data.put("userId", target(cell)).put("role", "Member"));
      case "transfer" -> code(user, "group.transfer", data.put("userId", "fay"));
      case "dissolve" -> code(user, "group.dismiss", data);
      case "edit-notice" -> code(user, "group.modify", data.put("notification", "new"));
      case "mute-all" -> code(user, "group.modify", data.put("muteAll", true));
      case "mute-member", "mute-admin", "mute-owner" ->
          code(user, "group.mute", named(data, target(cell)).put("seconds", 60));
      case "card-own" -> code(user, "group.member", data.put("nameCard", "card"));
      case "card-of-member", "card-of-admin", "card-of-owner" ->
          code(user, "group.member", data.put("userId", target(cell)).put("nameCard", "card"));
      case "list-members" -> code(user, "group.members", data);
      case "set-attribute" -> {
        data.put("op", "set").putObject("attributes").put("k", "v");
        yield code(user, "group.attributes", data);
      }
      case "count" -> {
        data.put("op", "increase").putObject("counters").put("k", 1);
        yield code(user, "group.counters", data);
      }
      default -> throw new AssertionError(cell.toString());
    };
  }

  /** Whom an action is about: never the actor itself. */
  private static String target(Cell cell) {
    return switch (cell.action()) {
      case "kick-owner", "mute-owner", "demote-owner", "card-of-owner" -> "ann";
      case "kick-admin", "mute-admin", "dismiss-admin", "card-of-admin" -> "ed";
      default -> "fay";
    };
  }

  private static ObjectNode named(ObjectNode data, String userId) {
    data.putArray("userIds").add(userId);
    return data;
  }

  private static int find(TestUser user, String group) {
    ObjectNode data = Json.object();
    data.putArray("groupIds").add(group);
    return TestUser.await(user.client().request("group.info", data))
        .path("groups")
        .get(0)
        .path("code")
        .asInt();
  }

  private static int code(TestUser user, String command, ObjectNode data) {
    return TestUser.code(user.client().request(command, data));
  }

  private String group(String type) {
    if (type.equals("AVChatRoom")) {
      String room = groups.create(type, "ann");
      join("ann", room);
      join("cy", room);
      return room;
    }
    String group = groups.create(type, "ann", "bo", "cy", "ed", "fay");
    if (type.equals("Private")) {
      return group;
    }
    groups.makeAdmin(group, "bo");
    groups.makeAdmin(group, "ed");
    return group;
  }

  private void join(String userId, String room) {
    assertEquals(0, code(users.get(userId), "group.join", Json.object().put("groupId", room)));
  }

  /** What a refused act must leave as it is. */
  private JsonNode state(String group) {
    ObjectNode state = Json.object();
    state.set("info", groups.info(group));
    state.set("attributes", groups.ok("get_group_attr", "{'GroupId':'" + group + "'}"));
    state.set("counters", groups.ok("get_group_counter", "{'GroupId':'" + group + "'}"));
    state.set("mutes", groups.ok("get_group_muted_account", "{'GroupId':'" + group + "'}"));
    if (group.startsWith("@TGS#_")) {
      state.set("members", groups.ok("get_group_member_info", "{'GroupId':'" + group + "'}"));
    }
    return state;
  }
}
