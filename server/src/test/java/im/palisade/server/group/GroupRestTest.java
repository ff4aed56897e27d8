package im.palisade.server.group;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import im.palisade.server.app.AppSettings;
import im.palisade.server.protocol.Json;
import im.palisade.server.testing.TestApp;
import im.palisade.server.testing.TestServer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Groups as rest-groups Part A describes them. */
class GroupRestTest {
  private static final AppSettings SETTINGS =
      AppSettings.parse(
          """
          {"groups": {
            "groupFields": [{"name": "level"}, {"name": "old"}],
            "memberFields": [{"name": "seat"}],
            "customTypes": [
              {"name": "Team", "base": "Public", "overrides": {"join": "free", "remove": "member"}}]
          }}
          """);

  private final TestApp app =
      TestServer.shared().newApp(SETTINGS).withUsers("ann", "bo", "cy", "di");
  private final Groups groups = new Groups(app);

  @Test
  void aGroupIsMadeAsTheDocumentedExampleSays() {
    JsonNode made =
        groups.ok(
            "create_group",
            """
            {'Type':'Public','Name':'Chess club','Owner_Account':'ann','GroupId':'chess-1',
             'ApplyJoinOption':'NeedPermission',
             'MemberList':[{'Member_Account':'bo','Role':'Admin'},{'Member_Account':'cy'}]}
            """);
    assertEquals(
        Json.object().put("GroupId", "chess-1").put("Type", "Public").put("HugeGroupFlag", 0),
        fieldsOf(made));
    JsonNode info = groups.info("chess-1");
    assertEquals("Chess club", info.path("Name").asText());
    assertEquals("ann", info.path("Owner_Account").asText());
    assertEquals(1, info.path("InfoSeq").asInt());
    assertEquals(1, info.path("NextMsgSeq").asInt());
    assertEquals(0, info.path("LastMsgTime").asInt());
    assertEquals(3, info.path("MemberNum").asInt());
    assertEquals(6000, info.path("MaxMemberNum").asInt());
    assertEquals("NeedPermission", info.path("ApplyJoinOption").asText());
    assertEquals("DisableInvite", info.path("InviteJoinOption").asText());
    assertEquals("Off", info.path("MuteAllMember").asText());
    assertEquals("Off", info.path("ShutUpAllMember").asText());
    assertEquals(app.appId(), info.path("Appid").asLong());
    assertEquals(info.path("CreateTime"), info.path("LastInfoTime"));
    assertEquals(List.of("ann", "bo", "cy"), Groups.names(info.path("MemberList")));
    assertEquals("Owner", info.path("MemberList").get(0).path("Role").asText());
    assertEquals("Admin", groups.role("chess-1", "bo"));
    assertEquals("Member", groups.role("chess-1", "cy"));
  }

  @ParameterizedTest
  @CsvSource({
    "Work, Private, @TGS#1, DisableApply, FreeAccess, 6000",
    "Private, Private, @TGS#1, DisableApply, FreeAccess, 6000",
    "Public, Public, @TGS#2, NeedPermission, DisableInvite, 6000",
    "Meeting, ChatRoom, @TGS#3, FreeAccess, DisableInvite, 6000",
    "ChatRoom, ChatRoom, @TGS#3, FreeAccess, DisableInvite, 6000",
    "AVChatRoom, AVChatRoom, @TGS#a, FreeAccess, '', 0",
    "Community, Community, @TGS#_@TGS#c, FreeAccess, FreeAccess, 100000",
    "Team, Team, @TGS#2, FreeAccess, DisableInvite, 6000",
  })
  void everyTypeHasItsNameIdAndOptions(
      String type, String shown, String begin, String join, String invite, int most) {
    JsonNode made =
        groups.ok("create_group", "{'Type':'" + type + "','Name':'n','Owner_Account':'ann'}");
    assertEquals(shown, made.path("Type").asText());
    assertEquals(shown.equals("AVChatRoom") ? 1 : 0, made.path("HugeGroupFlag").asInt());
    String id = made.path("GroupId").asText();
    assertTrue(id.startsWith(begin), id);
    JsonNode info = groups.info(id);
    assertEquals(join, info.path("ApplyJoinOption").asText());
    assertEquals(invite, info.path("InviteJoinOption").asText(), info::toString);
    assertEquals(most, info.path("MaxMemberNum").asInt(-1));
    groups.ok(
        "modify_group_base_info", "{'GroupId':'" + id + "','ApplyJoinOption':'DisableApply'}");
    assertEquals(
        shown.equals("Community") ? "FreeAccess" : "DisableApply",
        groups.info(id).path("ApplyJoinOption").asText(),
        "communities are joined freely whatever is asked for");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "10004 | {'Type':'Public'}",
        "10004 | {'Type':'Public','Name':''}",
        "10004 | {'Type':'Public','Name':'1234567890123456789012345678901'}",
        "10004 | {'Type':'public','Name':'n'}",
        "10004 | {'Type':'BChatRoom','Name':'n'}",
        "10004 | {'Name':'n'}",
        "10004 | {'Type':'Public','Name':'n','GroupId':'@TGS#x'}",
        "10004 | {'Type':'Public','Name':'n','GroupId':''}",
        "10004 | {'Type':'Public','Name':'n','GroupId':'ü'}",
        "10004 | {'Type':'Community','Name':'n','GroupId':'club'}",
        "10004 | {'Type':'Public','Name':'n','ApplyJoinOption':'free'}",
        "10004 | {'Type':'Public','Name':'n','AppDefinedData':[{'Key':'none','Value':'1'}]}",
        "10004 | {'Type':'Public','Name':'n','MaxMemberCount':6001}",
        "10004 | {'Type':'Public','Name':'n','SupportTopic':1}",
        "10004 |"
            + " {'Type':'Public','Name':'n','MemberList':[{'Member_Account':'bo','Role':'Owner'}]}",
        "10007 | {'Type':'AVChatRoom','Name':'n','MemberList':[{'Member_Account':'bo'}]}",
        "10007 |"
            + " {'Type':'Private','Name':'n','MemberList':[{'Member_Account':'bo','Role':'Admin'}]}",
        "10019 | {'Type':'Public','Name':'n','Owner_Account':'nobody'}",
        "10019 | {'Type':'Public','Name':'n','MemberList':[{'Member_Account':'nobody'}]}",
        "10038 |"
            + " {'Type':'Public','Name':'n','MaxMemberCount':1,'MemberList':[{'Member_Account':'bo'},{'Member_Account':'cy'}]}",
      })
  void aGroupThatCannotBeIsNotMade(int code, String body) {
    assertEquals(code, groups.code("create_group", body));
    assertEquals(0, groups.ok("get_appid_group_list", "{}").path("TotalCount").asInt());
  }

  @Test
  void limitsAreExact() {
    groups.ok("create_group", "{'Type':'Public','Name':'123456789012345678901234567890'}");
    assertEquals(0, groups.code("create_group", text("Introduction", 240)));
    assertEquals(10004, groups.code("create_group", text("Introduction", 241)));
    assertEquals(0, groups.code("create_group", text("Notification", 300)));
    assertEquals(10004, groups.code("create_group", text("Notification", 301)));
    assertEquals(0, groups.code("create_group", text("FaceUrl", 100)));
    assertEquals(10004, groups.code("create_group", text("FaceUrl", 101)));
    assertEquals(0, groups.code("create_group", text("GroupId", 48)));
    assertEquals(10004, groups.code("create_group", text("GroupId", 49)));
    assertEquals(0, groups.code("create_group", field("v".repeat(512))));
    assertEquals(10004, groups.code("create_group", field("v".repeat(513))));
    ObjectNode many = Json.object().put("Type", "Public").put("Name", "n");
    for (int i = 0; i < 101; i++) {
      many.withArray("MemberList").addObject().put("Member_Account", "bo");
    }
    assertEquals(10005, groups.code("create_group", many.toString()));
    many.withArray("MemberList").remove(0);
    assertEquals(0, groups.code("create_group", many.toString()));
  }

  @Test
  void aTakenIdIsTheOwnersOrSomebodyElses() {
    groups.ok("create_group", "{'Type':'Public','Name':'n','Owner_Account':'ann','GroupId':'g'}");
    String again = "{'Type':'Public','Name':'n','Owner_Account':'%s','GroupId':'g'}";
    assertEquals(10025, groups.code("create_group", again.formatted("ann")));
    assertEquals(10021, groups.code("create_group", again.formatted("bo")));
    assertEquals(10021, groups.code("import_group", again.formatted("ann")));
    groups.ok("destroy_group", "{'GroupId':'g'}");
    assertEquals(0, groups.code("create_group", again.formatted("bo")));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a-b", "ünder", "123456789012345678901234567890123", "Public"})
  void aCustomTypeNeedsANameOfItsOwn(String name) {
    String settings =
        "{\"groups\":{\"customTypes\":[{\"name\":\"" + name + "\",\"base\":\"Public\"}]}}";
    assertThrows(
        IllegalArgumentException.class,
        () -> TestServer.shared().newApp(AppSettings.parse(settings)));
  }

  @Test
  void textsComeBackAsTheyCame() {
    String hostile = "a\u0000b\"'\\ 🙂 Z̸͎";
    ObjectNode body =
        Json.object()
            .put("Type", "Public")
            .put("Name", hostile)
            .put("GroupId", "x' OR 1=1 --\" ;")
            .put("Notification", hostile);
    body.putArray("AppDefinedData").addObject().put("Key", "level").put("Value", hostile);
    app.rest("group_open_http_svc/create_group", body.toString());
    JsonNode info =
        app.rest(
                "group_open_http_svc/get_group_info",
                Json.object()
                    .set("GroupIdList", Json.mapper().createArrayNode().add("x' OR 1=1 --\" ;"))
                    .toString())
            .path("GroupInfo")
            .get(0);
    assertEquals(hostile, info.path("Name").asText());
    assertEquals(hostile, info.path("Notification").asText());
    assertEquals(hostile, info.path("AppDefinedData").get(0).path("Value").asText());
  }

  @Test
  void groupsAreListedPageByPage() {
    assertEquals(
        10006,
        firstCode(
            10006,
            () -> groups.code("get_appid_group_list", "{}"),
            () -> groups.code("get_appid_group_list", "{}")));
    TestApp free =
        TestServer.shared()
            .newApp(
                AppSettings.parse(
                    "{\"callsPerSecond\":{\"group_open_http_svc/get_appid_group_list\":0}}"))
            .withUsers("ann");
    Groups others = new Groups(free);
    List<String> ids = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      ids.add(others.create("Public", "ann"));
    }
    String work = others.create("Private", "ann");
    others.ok("destroy_group", "{'GroupId':'" + others.create("Public", "ann") + "'}");
    JsonNode page = others.ok("get_appid_group_list", "{'Limit':2,'Next':0,'GroupType':'Public'}");
    assertEquals(3, page.path("TotalCount").asInt());
    assertEquals(ids.subList(0, 2), ids(page));
    JsonNode rest =
        others.ok(
            "get_appid_group_list",
            "{'Limit':2,'Type':'Public','Next':" + page.path("Next").asLong() + "}");
    assertEquals(ids.subList(2, 3), ids(rest));
    assertEquals(0, rest.path("Next").asLong());
    assertEquals(List.of(work), ids(others.ok("get_appid_group_list", "{'GroupType':'Work'}")));
    assertEquals(4, others.ok("get_appid_group_list", "{}").path("GroupIdList").size());
    assertEquals(
        0,
        others.ok("get_appid_group_list", "{'GroupType':'BChatRoom'}").path("TotalCount").asInt());
    for (String bad : List.of("{'Limit':0}", "{'Limit':10001}", "{'GroupType':'x'}")) {
      assertEquals(10004, others.code("get_appid_group_list", bad));
    }
  }

  @Test
  void aFilterLeavesOutWhatItDoesNotName() {
    groups.ok(
        "create_group",
        """
        {'Type':'Public','Name':'Chess club','Owner_Account':'ann','GroupId':'chess-1',
         'AppDefinedData':[{'Key':'level','Value':'3'}],'MemberList':[{'Member_Account':'bo'}]}
        """);
    JsonNode reply =
        groups.ok(
            "get_group_info",
            """
            {'GroupIdList':['chess-1','nope',''],'ResponseFilter':{
              'GroupBaseInfoFilter':['Type','Name','Nothing'],'MemberInfoFilter':['Role']}}
            """);
    ObjectNode expected =
        Json.object()
            .put("GroupId", "chess-1")
            .put("ErrorCode", 0)
            .put("ErrorInfo", "")
            .put("Type", "Public")
            .put("Name", "Chess club");
    var members = expected.putArray("MemberList");
    members.addObject().put("Member_Account", "ann").put("Role", "Owner");
    members.addObject().put("Member_Account", "bo").put("Role", "Member");
    assertEquals(expected, reply.path("GroupInfo").get(0));
    assertEquals(10010, reply.path("GroupInfo").get(1).path("ErrorCode").asInt());
    assertEquals(10015, reply.path("GroupInfo").get(2).path("ErrorCode").asInt());
    JsonNode all = groups.ok("get_group_info", "{'GroupIdList':['chess-1'],'ResponseFilter':{}}");
    assertEquals(
        "3", all.path("GroupInfo").get(0).path("AppDefinedData").get(0).path("Value").asText());
    assertEquals(10004, groups.code("get_group_info", "{'GroupIdList':[]}"));
  }

  @Test
  void aProfileChangesInOneStepOrNotAtAll() {
    String id = groups.create("Public", "ann", "bo");
    groups.ok(
        "modify_group_base_info",
        "{'GroupId':'"
            + id
            + "','Notification':'Friday 19:00','MuteAllMember':'On',"
            + "'AppDefinedData':[{'Key':'level','Value':'3'}]}");
    JsonNode info = groups.info(id);
    assertEquals("Friday 19:00", info.path("Notification").asText());
    assertEquals("On", info.path("MuteAllMember").asText());
    assertEquals(2, info.path("InfoSeq").asInt());
    groups.ok(
        "modify_group_base_info",
        "{'GroupId':'" + id + "','Notification':'Friday 19:00','ShutUpAllMember':'On'}");
    assertEquals(2, groups.info(id).path("InfoSeq").asInt(), "nothing changed");
    for (String bad :
        List.of(
            "'Name':''",
            "'MaxMemberNum':6001",
            "'MuteAllMember':'on'",
            "'AppDefinedData':[{'Key':'none','Value':'x'}]")) {
      assertEquals(
          10004,
          groups.code(
              "modify_group_base_info",
              "{'GroupId':'" + id + "','Introduction':'new'," + bad + "}"),
          bad);
    }
    assertEquals("", groups.info(id).path("Introduction").asText());
    groups.ok(
        "modify_group_base_info",
        "{'GroupId':'" + id + "','Notification':'','AppDefinedData':[{'Key':'level','Value':''}]}");
    assertEquals("", groups.info(id).path("Notification").asText());
    assertTrue(groups.info(id).path("AppDefinedData").isEmpty());
  }

  @Test
  void anOperatorHasItsOwnRights() {
    String id = groups.create("Public", "ann", "bo", "cy");
    groups.makeAdmin(id, "bo");
    String change = "{'GroupId':'" + id + "','Notification':'by %s','From_Account':'%s'}";
    assertEquals(0, groups.code("modify_group_base_info", change.formatted("bo", "bo")));
    assertEquals(10007, groups.code("modify_group_base_info", change.formatted("cy", "cy")));
    assertEquals(10007, groups.code("modify_group_base_info", change.formatted("di", "di")));
    assertEquals(10019, groups.code("modify_group_base_info", change.formatted("no", "no")));
    assertEquals("by bo", groups.info(id).path("Notification").asText());
  }

  @Test
  void aGroupIsHandedToAMemberOnly() {
    String id = groups.create("Public", "ann", "bo");
    String to = "{'GroupId':'" + id + "','NewOwner_Account':'%s'}";
    assertEquals(10007, groups.code("change_group_owner", to.formatted("cy")));
    assertEquals(10007, groups.code("change_group_owner", to.formatted("nobody")));
    groups.ok("change_group_owner", to.formatted("ann"));
    assertEquals(1, groups.info(id).path("InfoSeq").asInt());
    groups.ok("change_group_owner", to.formatted("bo"));
    JsonNode info = groups.info(id);
    assertEquals("bo", info.path("Owner_Account").asText());
    assertEquals(2, info.path("InfoSeq").asInt());
    assertEquals("Owner", groups.role(id, "bo"));
    assertEquals("Member", groups.role(id, "ann"));
    assertEquals(2, info.path("NextMsgSeq").asInt(), "a stored tip");
    String none = groups.create("Public", "", "cy");
    groups.ok("change_group_owner", "{'GroupId':'" + none + "','NewOwner_Account':'cy'}");
    assertEquals("cy", groups.info(none).path("Owner_Account").asText());
    String live = groups.create("AVChatRoom", "ann");
    assertEquals(
        10007,
        groups.code("change_group_owner", "{'GroupId':'" + live + "','NewOwner_Account':'bo'}"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"Private", "Public", "ChatRoom", "AVChatRoom", "Community"})
  void aDissolvedGroupIsGone(String type) {
    String id = groups.create(type, "ann");
    groups.ok("destroy_group", "{'GroupId':'" + id + "'}");
    assertEquals(10010, groups.code("destroy_group", "{'GroupId':'" + id + "'}"));
    assertEquals(10010, groups.info(id).path("ErrorCode").asInt());
    assertEquals(
        0,
        groups.ok("get_joined_group_list", "{'Member_Account':'ann'}").path("TotalCount").asInt());
  }

  @Test
  void theGroupsOfAnAccountAreListed() {
    String team = groups.create("Public", "ann", "cy");
    String waiting = groups.create("Private", "ann", "cy");
    String active = groups.create("Private", "", "cy");
    JsonNode all = groups.ok("get_joined_group_list", "{'Member_Account':'cy'}");
    assertEquals(2, all.path("TotalCount").asInt());
    assertEquals(Json.object().put("GroupId", team), all.path("GroupIdList").get(0), "only the id");
    assertEquals(
        3,
        groups
            .ok("get_joined_group_list", "{'Member_Account':'cy','WithNoActiveGroups':1}")
            .path("TotalCount")
            .asInt());
    JsonNode page =
        groups.ok(
            "get_joined_group_list",
            """
            {'Member_Account':'cy','Limit':1,'Offset':1,'WithNoActiveGroups':1,'ResponseFilter':{
              'GroupBaseInfoFilter':['Type','Name','Owner_Account','MemberNum'],
              'SelfInfoFilter':['Role','MsgSeq']}}
            """);
    ObjectNode expected =
        Json.object()
            .put("GroupId", waiting)
            .put("Type", "Private")
            .put("Name", "a group")
            .put("Owner_Account", "ann")
            .put("MemberNum", 2);
    expected.set("SelfInfo", Json.object().put("Role", "Member").put("MsgSeq", 0));
    assertEquals(expected, page.path("GroupIdList").get(0));
    JsonNode work = groups.ok("get_joined_group_list", "{'Member_Account':'cy','Type':'Private'}");
    assertEquals(active, work.path("GroupIdList").get(0).path("GroupId").asText());
    assertEquals(1, work.path("TotalCount").asInt());
    assertEquals(10019, groups.code("get_joined_group_list", "{'Member_Account':'nobody'}"));
    for (String bad :
        List.of("'Offset':-1", "'GroupType':'x'", "'SupportTopic':1,'GroupType':'Public'")) {
      assertEquals(
          10004, groups.code("get_joined_group_list", "{'Member_Account':'cy'," + bad + "}"), bad);
    }
  }

  @Test
  void anotherAppSeesNothingOfIt() {
    groups.ok("create_group", "{'Type':'Public','Name':'n','Owner_Account':'ann','GroupId':'g'}");
    Groups others = new Groups(TestServer.shared().newApp().withUsers("ann"));
    assertEquals(10010, others.code("destroy_group", "{'GroupId':'g'}"));
    others.ok(
        "create_group", "{'Type':'Public','Name':'other','Owner_Account':'ann','GroupId':'g'}");
    assertEquals("n", groups.info("g").path("Name").asText());
  }

  @Test
  void capsOfTheAppHold() {
    Groups few =
        new Groups(
            TestServer.shared()
                .newApp(
                    AppSettings.parse(
                        """
                        {"groups": {"groupsPerUser": 2, "groups": 4, "liveRooms": 1,
                          "communities": 1}}
                        """))
                .withUsers("ann", "bo"));
    few.create("Public", "ann");
    few.create("AVChatRoom", "ann");
    assertEquals(10036, few.code("create_group", "{'Type':'AVChatRoom','Name':'n'}"));
    few.create("Community", "ann");
    assertEquals(10037, few.code("create_group", "{'Type':'Community','Name':'n'}"));
    assertEquals(
        10037, few.code("create_group", "{'Type':'Public','Name':'n','Owner_Account':'ann'}"));
    few.create("Public", "bo");
    assertEquals(10058, few.code("create_group", "{'Type':'Public','Name':'n'}"));
  }

  @Test
  void communitiesCanBeSwitchedOff() {
    Groups off =
        new Groups(
            TestServer.shared().newApp(AppSettings.parse("{\"groups\":{\"community\":false}}")));
    assertEquals(11000, off.code("create_group", "{'Type':'Community','Name':'n'}"));
    Groups noTopics =
        new Groups(
            TestServer.shared().newApp(AppSettings.parse("{\"groups\":{\"topics\":false}}")));
    assertEquals(0, noTopics.code("create_group", "{'Type':'Community','Name':'n'}"));
    assertEquals(
        11000, noTopics.code("create_group", "{'Type':'Community','Name':'n','SupportTopic':1}"));
    assertFalse(noTopics.ok("get_appid_group_list", "{}").path("GroupIdList").isEmpty());
  }

  private static String text(String field, int length) {
    return "{'Type':'Public','Name':'n','" + field + "':'" + "x".repeat(length) + "'}";
  }

  private static String field(String value) {
    return "{'Type':'Public','Name':'n','AppDefinedData':[{'Key':'level','Value':'"
        + value
        + "'}]}";
  }

  private static List<String> ids(JsonNode page) {
    List<String> ids = new ArrayList<>();
    page.path("GroupIdList").forEach(each -> ids.add(each.path("GroupId").asText()));
    return ids;
  }

  private static ObjectNode fieldsOf(JsonNode reply) {
    ObjectNode fields = reply.deepCopy();
    fields.remove(List.of("ActionStatus", "ErrorCode", "ErrorInfo"));
    return fields;
  }

  /** The code if one of the calls is answered with it, else the last code. */
  @SafeVarargs
  private static int firstCode(int wanted, java.util.function.Supplier<Integer>... calls) {
    int last = 0;
    for (var call : calls) {
      last = call.get();
      if (last == wanted) {
        return last;
      }
    }
    return last;
  }
}
