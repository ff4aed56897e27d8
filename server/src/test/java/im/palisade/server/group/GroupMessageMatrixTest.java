package im.palisade.server.group;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import im.palisade.client.ImMessage;
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
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every cell of the matrix of types and messages, one test each, from the specification's table.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class GroupMessageMatrixTest {
  private static final List<String> TYPES =
      List.of("Private", "Public", "ChatRoom", "AVChatRoom", "Community");
  private static final Map<String, String> ACTORS =
      Map.of("owner", "ann", "admin", "bo", "member", "cy", "outsider", "di", "newcomer", "di");
  private static final AtomicLong RANDOM = new AtomicLong(1);

  private final Groups groups =
      new Groups(
          TestServer.shared()
              .newApp(
                  AppSettings.parse(
                      """
                      {"groups":{"groupFields":[{"name":"level"}],"memberFields":[{"name":"rank"}]},
                        "callsPerSecond":{"group_open_http_svc/get_group_info":0,
                          "group_open_http_svc/create_group":0}}
                      """))
              .withUsers("ann", "bo", "cy", "di", "ed", "fay"));
  private final Map<String, TestUser> users = new HashMap<>();

  @BeforeAll
  void login() {
    for (String userId : List.of("ann", "bo", "cy", "di", "fay")) {
      users.put(userId, groups.app().login(userId));
    }
  }

  @AfterAll
  void logout() {
    users.values().forEach(TestUser::close);
  }

  record Cell(String type, String action, String actor, String expected) {
    boolean isLive() {
      return type.equals("AVChatRoom");
    }

    @Override
    public String toString() {
      return type + ": " + action + " by " + actor + " is " + expected;
    }
  }

  static Stream<Cell> cells() {
    List<Cell> cells = new ArrayList<>();
    try (var in =
        GroupMessageMatrixTest.class.getResourceAsStream("/group/group-message-matrix.csv")) {
      new String(in.readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .filter(line -> !line.startsWith("#") && !line.startsWith("action,"))
          .map(line -> line.split(",", -1))
          .forEach(
              row -> {
                for (int i = 0; i < TYPES.size(); i++) {
                  if (!row[2 + i].equals("-")) {
                    cells.add(new Cell(TYPES.get(i), row[0], row[1], row[2 + i]));
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
    String group = group(cell);
    String found =
        cell.action().startsWith("tip-of-")
            ? tip(cell, group)
            : cell.actor().equals("app") ? byApp(cell, group) : byUser(cell, group);
    assertEquals(cell.expected(), found, cell.toString());
  }

  private String byApp(Cell cell, String group) {
    String about = "{'GroupId':'" + group + "',";
    String only = "{'GroupId':'" + group + "'}";
    return switch (cell.action()) {
      case "send-as-outsider" -> send(about, "'From_Account':'di'");
      case "history" -> code("group_msg_get_simple", about + "'ReqMsgNumber':5}");
      case "recall" -> {
        JsonNode reply =
            groups.call(
                "group_msg_recall", about + "'MsgSeqList':[{'MsgSeq':" + said(group) + "}]}");
        int code = reply.path("ErrorCode").asInt();
        yield "" + (code == 0 ? reply.at("/RecallRetList/0/RetCode").asInt() : code);
      }
      case "modify" ->
          ""
              + groups
                  .app()
                  .rest(
                      "openim/modify_group_msg",
                      (about + "'MsgSeq':" + said(group) + ",'CloudCustomData':'x'}")
                          .replace('\'', '"'))
                  .path("ErrorCode")
                  .asInt();
      case "clear" -> code("clear_group_msg", only);
      case "receipt" -> send(about, "'From_Account':'cy','NeedReadReceipt':1");
      case "extensions" -> {
        long seq = seq(groups.call("send_group_msg", message(about, EXTENSIBLE)));
        yield ""
            + groups
                .app()
                .rest(
                    "openim_msg_ext_http_svc/group_set_key_values",
                    (about
                            + "'MsgSeq':"
                            + seq
                            + ",'OperateType':1,'ExtensionList':[{'Key':'k','Value':'v','Seq':0}]}")
                        .replace('\'', '"'))
                .path("ErrorCode")
                .asInt();
      }
      case "targeted" -> send(about, "'To_Account':['cy']");
      case "online-only-takes-number" ->
          seq(groups.call("send_group_msg", message(about, "'OnlineOnlyFlag':1"))) > 0
              ? "yes"
              : "no";
      case "no-unread" -> send(about, "'SendMsgControl':['NoUnread']");
      case "no-last-msg" -> send(about, "'SendMsgControl':['NoLastMsg']");
      case "mention-member" ->
          send(about, "'GroupAtInfo':[{'GroupAtAllFlag':0,'GroupAt_Account':'cy'}]");
      case "mention-all" -> send(about, "'GroupAtInfo':[{'GroupAtAllFlag':1}]");
      case "notify-all" -> code("send_group_system_notification", about + "'Content':'x'}");
      case "notify-some" ->
          code(
              "send_group_system_notification",
              about + "'Content':'x','ToMembers_Account':['cy']}");
      case "delete-by-sender" ->
          code("delete_group_msg_by_sender", about + "'Sender_Account':'cy'}");
      case "set-unread" ->
          code("set_unread_msg_num", about + "'Member_Account':'cy','UnreadMsgNum':0}");
      case "import-members" ->
          code("import_group_member", about + "'MemberList':[{'Member_Account':'di'}]}");
      case "import-messages" -> importMessage(cell);
      case "roles" -> code("get_role_in_group", about + "'User_Account':['cy']}");
      case "some-members" ->
          code("get_specified_group_member_info", about + "'Member_List_Account':['cy']}");
      case "muted-list" -> code("get_group_muted_account", only);
      case "member-field" ->
          code(
              "modify_group_member_info",
              about + "'Member_Account':'cy','AppMemberDefinedData':[{'Key':'rank','Value':'1'}]}");
      case "group-field" ->
          code("modify_group_base_info", about + "'AppDefinedData':[{'Key':'level','Value':'1'}]}");
      default -> throw new AssertionError(cell.toString());
    };
  }

  private static final String EXTENSIBLE = "'SupportMessageExtension':1";

  private String importMessage(Cell cell) {
    String group =
        cell.isLive()
            ? groups.create(cell.type(), "ann")
            : groups
                .ok(
                    "import_group",
                    "{'Type':'"
                        + cell.type()
                        + "','Name':'n','Owner_Account':'ann','CreateTime':1600000000}")
                .path("GroupId")
                .asText();
    return code(
        "import_group_msg",
        "{'GroupId':'"
            + group
            + "','MsgList':[{'From_Account':'ann','SendTime':1600000100,'MsgBody':"
            + TEXT
            + "}]}");
  }

  private String byUser(Cell cell, String group) {
    TestUser user = users.get(ACTORS.get(cell.actor()));
    return switch (cell.action()) {
      case "send" -> "" + code(user, "message.send", text(group));
      case "history" -> "" + code(user, "message.history", about(group));
      case "recall-own" -> recall(cell, group, user, ACTORS.get(cell.actor()));
      case "recall-anothers" -> recall(cell, group, user, "fay");
      case "sees-before-join" -> {
        said(group);
        add(group);
        said(group);
        yield TestUser.await(user.client().request("message.history", about(group)))
                    .path("messages")
                    .path(0)
                    .path("seq")
                    .asInt()
                == 1
            ? "yes"
            : "no";
      }
      case "msg-flag" -> {
        add(group);
        yield entry(user, group).path("msgFlag").asText();
      }
      case "unread-after-one" -> {
        groups.ok("send_group_msg", message("{'GroupId':'" + group + "',", "'From_Account':'fay'"));
        yield entry(user, group).path("unread").asText();
      }
      default -> throw new AssertionError(cell.toString());
    };
  }

  private static JsonNode entry(TestUser user, String group) {
    for (JsonNode each :
        TestUser.await(user.client().request("group.list", Json.object())).path("groups")) {
      if (each.path("groupId").asText().equals(group)) {
        return each;
      }
    }
    throw new AssertionError("not in the group");
  }

  private String recall(Cell cell, String group, TestUser user, String sender) {
    JsonNode sent = TestUser.await(users.get(sender).client().request("message.send", text(group)));
    ObjectNode data = about(group);
    if (cell.isLive()) {
      data.put("msgKey", sent.path("msgKey").asText());
    } else {
      data.put("seq", sent.path("seq").asLong());
    }
    return "" + code(user, "message.recall", data);
  }

  /** Whether what is done is told at all, and whether that takes a number. */
  private String tip(Cell cell, String group) {
    TestUser witness = users.get("fay");
    if (cell.isLive()) {
      // Who has come is told together, a moment later; the witness came last.
      while (!witness.nextMessage().body().toString().contains("\"fay\"")) {
        witness.settle();
      }
    }
    drain(witness);
    long before = next(group);
    String about = "{'GroupId':'" + group + "',";
    switch (cell.action()) {
      case "tip-of-joining" -> {
        if (cell.isLive()) {
          join("di", group);
        } else {
          add(group);
        }
      }
      case "tip-of-quitting" ->
          assertEquals(0, code(users.get("cy"), "group.quit", groupId(group)), cell.toString());
      case "tip-of-removal" ->
          groups.ok("delete_group_member", about + "'MemberToDel_Account':['cy']}");
      case "tip-of-notice" -> groups.ok("modify_group_base_info", about + "'Notification':'x'}");
      case "tip-of-owner" -> groups.ok("change_group_owner", about + "'NewOwner_Account':'cy'}");
      case "tip-of-mute-all" ->
          groups.ok("modify_group_base_info", about + "'MuteAllMember':'On'}");
      case "tip-of-join-option" ->
          groups.ok("modify_group_base_info", about + "'ApplyJoinOption':'DisableApply'}");
      case "tip-of-mute" ->
          groups.ok("forbid_send_msg", about + "'Members_Account':['cy'],'MuteTime':60}");
      case "tip-of-admin" -> {
        if (cell.isLive()) {
          groups
              .app()
              .rest(
                  "group_open_avchatroom_http_svc/modify_admin",
                  (about + "'CommandType':1,'Admin_Account':['cy']}").replace('\'', '"'));
        } else {
          groups.makeAdmin(group, "cy");
        }
      }
      default -> throw new AssertionError(cell.toString());
    }
    boolean stored = next(group) > before;
    if (stored) {
      return heard(witness, cell, group) ? "store" : "stored and not told";
    }
    if (cell.isLive() && !cell.expected().equals("off")) {
      // Who comes and goes is told together, a moment later.
      Awaitility.await().atMost(20, TimeUnit.SECONDS).until(() -> heard(witness, cell, group));
      return "push";
    }
    return heard(witness, cell, group) ? "push" : "off";
  }

  /** Only in that group: a live room of another cell may tell who came a moment later. */
  private static boolean heard(TestUser witness, Cell cell, String group) {
    int code =
        switch (cell.action()) {
          case "tip-of-joining" -> 1;
          case "tip-of-quitting" -> 2;
          case "tip-of-removal" -> 3;
          case "tip-of-admin" -> 4;
          case "tip-of-mute" -> 7;
          default -> 6;
        };
    witness.settle();
    boolean heard = false;
    while (witness.hasMessage()) {
      ImMessage message = witness.nextMessage();
      heard |=
          message.conversation().equals("GROUP" + group)
              && message.body().at("/0/MsgContent/OpType").asInt() == code;
    }
    return heard;
  }

  private static void drain(TestUser user) {
    user.settle();
    while (user.hasMessage()) {
      user.nextMessage();
    }
  }

  private long next(String group) {
    return groups.info(group).path("NextMsgSeq").asLong();
  }

  private void add(String group) {
    groups.ok(
        "add_group_member", "{'GroupId':'" + group + "','MemberList':[{'Member_Account':'di'}]}");
  }

  /** A message of fay's; its number. */
  private long said(String group) {
    return seq(
        groups.ok(
            "send_group_msg", message("{'GroupId':'" + group + "',", "'From_Account':'fay'")));
  }

  private static long seq(JsonNode reply) {
    return reply.path("MsgSeq").asLong();
  }

  private static final String TEXT = "[{'MsgType':'TIMTextElem','MsgContent':{'Text':'x'}}]";

  private static String message(String about, String more) {
    return about + more + ",'Random':" + RANDOM.getAndIncrement() + ",'MsgBody':" + TEXT + "}";
  }

  private String send(String about, String more) {
    return code("send_group_msg", message(about, more));
  }

  private String code(String command, String body) {
    return "" + groups.code(command, body);
  }

  private static int code(TestUser user, String command, ObjectNode data) {
    return TestUser.code(user.client().request(command, data));
  }

  private static ObjectNode groupId(String group) {
    return Json.object().put("groupId", group);
  }

  private static ObjectNode about(String group) {
    return Json.object().put("conversation", "GROUP" + group);
  }

  private static ObjectNode text(String group) {
    ObjectNode data = about(group).put("random", RANDOM.getAndIncrement());
    data.putArray("body")
        .addObject()
        .put("MsgType", "TIMTextElem")
        .putObject("MsgContent")
        .put("Text", "x");
    return data;
  }

  private String group(Cell cell) {
    if (cell.isLive()) {
      String room = groups.create(cell.type(), "ann");
      for (String each : List.of("ann", "cy", "fay")) {
        join(each, room);
      }
      return room;
    }
    String group = groups.create(cell.type(), "ann", "bo", "cy", "ed", "fay");
    if (cell.type().equals("Private")) {
      // Before its first message a Work group tells nothing.
      groups.ok("send_group_msg", message("{'GroupId':'" + group + "',", "'From_Account':'fay'"));
      groups.ok("clear_group_msg", "{'GroupId':'" + group + "'}");
    } else {
      groups.makeAdmin(group, "bo");
      groups.makeAdmin(group, "ed");
    }
    return group;
  }

  private void join(String userId, String room) {
    assertEquals(0, code(users.get(userId), "group.join", groupId(room)));
  }
}
