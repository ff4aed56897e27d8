package im.palisade.server.group;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import im.palisade.server.app.AppSettings;
import im.palisade.server.testing.TestServer;
import java.util.List;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Sentences of rest-groups and rest-groups-advanced, one a row: what is refused and by which code,
 * and what is let pass. The rows change nothing, or nothing that another row looks at.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class GroupRulesTest {
  private final Groups groups =
      new Groups(
          TestServer.shared()
              .newApp(
                  AppSettings.parse(
                      """
                      {"groups":{"memberList":true,
                        "groupFields":[{"name":"g1"}],"memberFields":[{"name":"m1"}]}}
                      """))
              .withUsers("ann", "bo", "cy", "out"));

  @BeforeAll
  void make() {
    for (String type : List.of("Public", "Private", "ChatRoom")) {
      groups.ok(
          "create_group",
          "{'Type':'"
              + type
              + "','Name':'n','GroupId':'"
              + type
              + "','Owner_Account':'ann','MemberList':[{'Member_Account':'bo'},"
              + "{'Member_Account':'cy'}]}");
    }
    groups.ok(
        "create_group", "{'Type':'AVChatRoom','Name':'n','GroupId':'Live','Owner_Account':'ann'}");
    for (int topics = 0; topics < 2; topics++) {
      groups.ok(
          "create_group",
          "{'Type':'Community','Name':'n','GroupId':'@TGS#_C"
              + topics
              + "','SupportTopic':"
              + topics
              + ",'Owner_Account':'ann','MemberList':[{'Member_Account':'bo'}]}");
    }
    rest(
        "million_group_open_http_svc/create_topic",
        "{'GroupId':'@TGS#_C1','TopicName':'t','TopicId':'@TGS#_C1@TOPIC#_t'}");
    for (int i = 1; i <= 25; i++) {
      say("Public", i);
    }
    groups.ok("modify_group_base_info", "{'GroupId':'Private','Notification':'a tip'}");
    say("Private", 1);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        // Names of types (semantics 1.1, 1.2).
        "10004 | create_group | {'Type':'work','Name':'n'}",
        "10004 | create_group | {'Type':'BChatRoom','Name':'n'}",
        "10004 | import_group | {'Type':'BChatRoom','Name':'n'}",
        "0     | create_group | {'Type':'Work','Name':'n'}",
        "0     | create_group | {'Type':'Meeting','Name':'n'}",
        "0     | get_joined_group_list | {'Member_Account':'ann','GroupType':'BChatRoom'}",
        // Ids (5, 14).
        "10004 | create_group | {'Type':'Public','Name':'n','GroupId':'@TGS#x'}",
        "10004 | create_group | {'Type':'Community','Name':'n','GroupId':'x'}",
        "10015 | get_role_in_group | {'GroupId':'','User_Account':['ann']}",
        "10015 | get_role_in_group | {'GroupId':'#49','User_Account':['ann']}",
        "10010 | get_role_in_group | {'GroupId':'#48','User_Account':['ann']}",
        "10015 | get_role_in_group | {'GroupId':'gröup','User_Account':['ann']}",
        "10010 | get_role_in_group | {'GroupId':'public','User_Account':['ann']}",
        // A1.
        "0     | create_group | {'Type':'Public','Name':'n','AppMemberDefinedData':[{'Key':'x'}]}",
        "10019 | create_group | {'Type':'Public','Name':'n','Owner_Account':'nobody'}",
        "10007 | create_group |"
            + " {'Type':'AVChatRoom','Name':'n','MemberList':[{'Member_Account':'bo'}]}",
        "10005 | create_group | {'Type':'Public','Name':'n','MemberList':#101members}",
        // A2, A3.
        "10004 | get_appid_group_list | {'Limit':0}",
        "10004 | get_group_info | {'GroupIdList':#51groups}",
        "0     | get_group_info |"
            + " {'GroupIdList':['Public'],'ResponseFilter':{'GroupBaseInfoFilter':['Nonsense']}}",
        // A4.
        "10004 | modify_group_base_info | {'GroupId':'Public','Name':''}",
        "0     | modify_group_base_info | {'GroupId':'Public','Introduction':''}",
        "10004 | modify_group_base_info | {'GroupId':'Public','MaxMemberNum':6001}",
        "0     | modify_group_base_info | {'GroupId':'ChatRoom','MaxMemberNum':1}",
        "10014 | add_group_member | {'GroupId':'ChatRoom','MemberList':[{'Member_Account':'out'}]}",
        "10004 | modify_group_base_info |"
            + " {'GroupId':'Public','AppDefinedData':[{'Key':'none','Value':'x'}]}",
        "10019 | modify_group_base_info | {'GroupId':'Public','From_Account':'nobody','Name':'x'}",
        "10007 | modify_group_base_info | {'GroupId':'Public','From_Account':'bo','Name':'x'}",
        // A6.
        "10019 | get_joined_group_list | {'Member_Account':'nobody'}",
        "10004 | get_joined_group_list | {'Member_Account':'ann','Offset':-1}",
        "0     | get_joined_group_list | {'Member_Account':'ann','Limit':5001}",
        "10004 | get_joined_group_list |"
            + " {'Member_Account':'ann','SupportTopic':1,'GroupType':'Public'}",
        // A7.
        "0     | change_group_owner | {'GroupId':'Public','NewOwner_Account':'ann'}",
        "10007 | change_group_owner | {'GroupId':'Public','NewOwner_Account':'out'}",
        "10007 | change_group_owner | {'GroupId':'Public','NewOwner_Account':'nobody'}",
        "10007 | change_group_owner | {'GroupId':'Live','NewOwner_Account':'ann'}",
        // B1, B2.
        "10005 | add_group_member | {'GroupId':'Public','MemberList':#301members}",
        "10019 | add_group_member |"
            + " {'GroupId':'Public','MemberList':[{'Member_Account':'out'},{'Member_Account':'nobody'}]}",
        "10007 | add_group_member | {'GroupId':'Live','MemberList':[{'Member_Account':'bo'}]}",
        "10007 | delete_group_member | {'GroupId':'Public','MemberToDel_Account':['bo','ann']}",
        "10005 | delete_group_member | {'GroupId':'Public','MemberToDel_Account':#501}",
        "10004 | delete_group_member | {'GroupId':'Live','MemberToDel_Account':['bo']}",
        "10004 | delete_group_member |"
            + " {'GroupId':'Public','MemberToDel_Account':['bo'],'Reason':'#1001'}",
        // B3, B4.
        "10004 | get_group_member_info | {'GroupId':'@TGS#_C0','Offset':1}",
        "0     | get_group_member_info | {'GroupId':'@TGS#_C0','Next':''}",
        "0     | get_group_member_info | {'GroupId':'Public','Limit':7000}",
        "0     | get_group_member_info | {'GroupId':'Public','Offset':1000}",
        "10007 | get_group_member_info | {'GroupId':'Live'}",
        "10004 | get_specified_group_member_info | {'GroupId':'Public','Member_List_Account':#51}",
        // B5.
        "10004 | modify_group_member_info |"
            + " {'GroupId':'Public','Member_Account':'bo','Role':'Owner'}",
        "10004 | modify_group_member_info |"
            + " {'GroupId':'Public','Member_Account':'ann','Role':'Member'}",
        "10007 | modify_group_member_info |"
            + " {'GroupId':'Private','Member_Account':'bo','Role':'Admin'}",
        "10007 | modify_group_member_info |"
            + " {'GroupId':'Private','Member_Account':'bo','MuteTime':60}",
        "10007 | modify_group_member_info |"
            + " {'GroupId':'Public','Member_Account':'out','NameCard':'x'}",
        "10007 | modify_group_member_info |"
            + " {'GroupId':'Live','Member_Account':'bo','NameCard':'x'}",
        // B6, B7, B8.
        "10004 | modify_group_member_info | {'GroupId':'Public','Member_Account':'bo',"
            + "'AppMemberDefinedData':[{'Key':'m1','Value':'#65'}]}",
        "0     | modify_group_member_info | {'GroupId':'Public','Member_Account':'bo',"
            + "'AppMemberDefinedData':[{'Key':'m1','Value':'#64'}]}",
        // C1: what is asked first (semantics 7.5).
        "10010 | send_group_msg |"
            + " {'GroupId':'nowhere','From_Account':'nobody','Random':1,'MsgBody':#text}",
        "10015 | send_group_msg |"
            + " {'GroupId':'#49','From_Account':'nobody','Random':1,'MsgBody':#text}",
        "10019 | send_group_msg |"
            + " {'GroupId':'Public','From_Account':'nobody','Random':1,'MsgBody':#long}",
        "80002 | send_group_msg |"
            + " {'GroupId':'Public','From_Account':'out','Random':1,'MsgBody':#long}",
        "10004 | send_group_msg | {'GroupId':'Public','From_Account':'bo','Random':1,"
            + "'MsgPriority':'high','MsgBody':#text}",
        "10005 | get_role_in_group | {'GroupId':'Public','User_Account':#501}",
        "10007 | get_role_in_group | {'GroupId':'Live','User_Account':['ann']}",
        "0     | forbid_send_msg |"
            + " {'GroupId':'Public','Members_Account':['ann','out','nobody'],'MuteTime':1}",
        "0     | forbid_send_msg | {'GroupId':'Live','Members_Account':['out'],'MuteTime':1}",
        "10007 | forbid_send_msg | {'GroupId':'Private','Members_Account':['bo'],'MuteTime':1}",
        "10005 | forbid_send_msg | {'GroupId':'Public','Members_Account':#501,'MuteTime':1}",
        "0     | get_group_muted_account | {'GroupId':'Private'}",
        // C2.
        "10004 | send_group_system_notification | {'GroupId':'Public','Content':''}",
        "10004 | send_group_system_notification | {'GroupId':'Public','Content':'#12289'}",
        "0     | send_group_system_notification | {'GroupId':'Public','Content':'#12288'}",
        "0     | send_group_system_notification |"
            + " {'GroupId':'Public','Content':'x','ToMembers_Account':['out']}",
        "10004 | send_group_system_notification |"
            + " {'GroupId':'Live','Content':'x','ToMembers_Account':['bo']}",
        // C3, C4.
        "10033 | group_msg_recall | {'GroupId':'Live','MsgSeqList':[{'MsgSeq':1}]}",
        "10004 | group_msg_recall | {'GroupId':'Public','MsgSeqList':#11seqs}",
        // C5.
        "10004 | group_msg_get_simple | {'GroupId':'Public','ReqMsgNumber':0}",
        "10004 | group_msg_get_simple | {'GroupId':'Public','ReqMsgNumber':-1}",
        "10044 | group_msg_get_simple | {'GroupId':'Live','ReqMsgNumber':1}",
        "10004 | group_msg_get_simple |"
            + " {'GroupId':'Public','TopicId':'Public@TOPIC#_t','ReqMsgNumber':1}",
        "10010 | group_msg_get_simple |"
            + " {'GroupId':'@TGS#_C1','TopicId':'@TGS#_C1@TOPIC#_x','ReqMsgNumber':1}",
        // C7, C8.
        "10007 | clear_group_msg | {'GroupId':'@TGS#_C0','MsgSeq':1}",
        "0     | clear_group_msg | {'GroupId':'Live','MsgSeq':1}",
        "10004 | set_unread_msg_num | {'GroupId':'Public','Member_Account':'bo','UnreadMsgNum':-1}",
        // D, E.
        "10047 | set_group_attr | {'GroupId':'Public','GroupAttr':#17pairs}",
        "10047 | modify_group_attr | {'GroupId':'Public','GroupAttr':#17pairs}",
        "0     | set_group_attr | {'GroupId':'Public','GroupAttr':[]}",
        "0     | clear_group_attr | {'GroupId':'@TGS#_C0'}",
        "10004 | update_group_counter | {'GroupId':'Public','GroupCounter':#21counters}",
        "10004 | update_group_counter |"
            + " {'GroupId':'Public','GroupCounter':[{'Key':'#129','Value':1}]}",
        "10004 | update_group_counter |"
            + " {'GroupId':'Public','GroupCounter':[{'Key':'k','Value':1}],'Mode':'Add'}",
        "10007 | update_group_counter |"
            + " {'GroupId':'@TGS#_C1','GroupCounter':[{'Key':'k','Value':1}]}",
        "0     | update_group_counter |"
            + " {'GroupId':'@TGS#_C0','GroupCounter':[{'Key':'k','Value':1}]}",
        "0     | delete_group_counter | {'GroupId':'Public','GroupCounterKeys':['none']}",
        // F.
        "10007 | get_online_member_num | {'GroupId':'Public'}",
        "10004 | ban_group_member | {'GroupId':'Live','Members_Account':['bo'],'Duration':0}",
        "10007 | ban_group_member | {'GroupId':'Live','Members_Account':['ann'],'Duration':60}",
        "10007 | ban_group_member | {'GroupId':'Public','Members_Account':['bo'],'Duration':60}",
        "0     | unban_group_member | {'GroupId':'Live','Members_Account':['bo']}",
        "10004 | get_group_ban_member | {'GroupId':'Live','Offset':0,'Limit':101}",
        // G.
        "0     | get_group_msg_receipt | {'GroupId':'Public','MsgSeqList':[{'MsgSeq':1}]}",
        "10004 | get_group_msg_receipt | {'GroupId':'Public','MsgSeqList':#51seqs}",
        "10007 | get_group_msg_receipt | {'GroupId':'@TGS#_C0','MsgSeqList':[{'MsgSeq':1}]}",
        // J.
        "10004 | import_group | {'Type':'Public','Name':'n','CreateTime':4000000000}",
        "10007 | import_group | {'Type':'AVChatRoom','Name':'n'}",
        "10021 | import_group |"
            + " {'Type':'Public','Name':'n','GroupId':'Public','Owner_Account':'ann'}",
        "10025 | create_group |"
            + " {'Type':'Public','Name':'n','GroupId':'Public','Owner_Account':'ann'}",
        "10021 | create_group |"
            + " {'Type':'Public','Name':'n','GroupId':'Public','Owner_Account':'bo'}",
        "10004 | import_group_msg | {'GroupId':'Private','MsgList':#21messages}",
        "10007 | import_group_msg | {'GroupId':'Live','MsgList':#1messages}"
      })
  void aRuleHolds(int code, String command, String body) {
    assertEquals(code, groups.code(command, filled(body)), command + " " + body);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "10004  | destroy_topic | {'GroupId':'@TGS#_C1','TopicIdList':[]}",
        "10004  | destroy_topic | {'GroupId':'@TGS#_C1','TopicIdList':#201}",
        "10021  | create_topic |"
            + " {'GroupId':'@TGS#_C1','TopicName':'t','TopicId':'@TGS#_C1@TOPIC#_t'}",
        "10004  | create_topic | {'GroupId':'@TGS#_C1'}",
        "10004  | import_topic | {'GroupId':'@TGS#_C1'}",
        "10004  | import_topic | {'GroupId':'@TGS#_C1','TopicName':'t','CreateTime':4000000000}",
        "0      | import_topic | {'GroupId':'@TGS#_C1','TopicName':'t','CreateTime':1000}"
      })
  void aRuleOfTopicsHolds(int code, String command, String body) {
    JsonNode reply = rest("million_group_open_http_svc/" + command, filled(body));
    assertEquals(code, reply.path("ErrorCode").asInt(), command + " " + body + " " + reply);
  }

  @Test
  void everyCommandOfAttributesAnswersUnderBothServices() {
    for (String service : List.of("group_open_http_svc", "group_open_attr_http_svc")) {
      for (String command :
          List.of("get_group_attr", "modify_group_attr", "set_group_attr", "clear_group_attr")) {
        JsonNode reply =
            rest(
                service + "/" + command,
                "{'GroupId':'"
                    + (service.equals("group_open_http_svc") ? "ChatRoom" : "Private")
                    + "','GroupAttr':[{'key':'a','value':'b'}]}");
        assertEquals(0, reply.path("ErrorCode").asInt(), service + "/" + command + " " + reply);
      }
    }
  }

  @Test
  void aRequestThatChangesNothingMovesNoNumber() {
    long before = groups.info("Private").path("InfoSeq").asLong();
    groups.ok("modify_group_base_info", "{'GroupId':'Private','Notification':'a tip'}");
    groups.ok("modify_group_base_info", "{'GroupId':'Private'}");
    assertEquals(before, groups.info("Private").path("InfoSeq").asLong());
  }

  @Test
  void tipsCannotBeRecalledAndWhatIsRecalledTwiceIsRecalledOnce() {
    JsonNode codes =
        groups
            .ok(
                "group_msg_recall",
                "{'GroupId':'Private','MsgSeqList':[{'MsgSeq':1},{'MsgSeq':2},{'MsgSeq':99}]}")
            .path("RecallRetList");
    JsonNode again =
        groups
            .ok("group_msg_recall", "{'GroupId':'Private','MsgSeqList':[{'MsgSeq':1}]}")
            .path("RecallRetList");
    assertEquals(3, codes.size());
    assertEquals(10_030, codes.get(2).path("RetCode").asInt(), codes::toString);
    assertEquals(codes.get(0).path("RetCode").asInt(), again.get(0).path("RetCode").asInt());
    assertTrue(
        List.of(codes.get(0).path("RetCode").asInt(), codes.get(1).path("RetCode").asInt())
            .contains(0),
        codes::toString);
  }

  @Test
  void historyIsCutToTwentyAndGoesOnBelowFromTheNewest() {
    JsonNode page =
        groups.ok(
            "group_msg_get_simple", "{'GroupId':'Public','ReqMsgNumber':21,'ReqMsgSeq':99999}");
    assertEquals(20, page.path("RspMsgList").size());
    assertEquals(0, page.path("IsFinished").asInt(-1));
    assertTrue(page.path("RspMsgList").get(0).path("MsgSeq").asInt() >= 25, page::toString);
  }

  @Test
  void whereAFilterIsGivenSectionsWithoutOneAreLeftOut() {
    JsonNode only =
        groups
            .ok(
                "get_group_info",
                "{'GroupIdList':['Public'],'ResponseFilter':{'GroupBaseInfoFilter':['Name']}}")
            .path("GroupInfo")
            .get(0);
    assertEquals("Public", only.path("GroupId").asText());
    assertEquals("n", only.path("Name").asText());
    assertTrue(only.path("MemberList").isMissingNode(), only::toString);
    JsonNode all =
        groups
            .ok("get_group_info", "{'GroupIdList':['Public'],'ResponseFilter':{}}")
            .path("GroupInfo")
            .get(0);
    assertEquals(3, all.path("MemberList").size(), all::toString);
    assertTrue(
        groups.info("@TGS#_C0").path("MemberList").isMissingNode(), "of communities there is none");
  }

  @Test
  void someMembersComeInTheOrderAskedAndOthersAreLeftOut() {
    JsonNode reply =
        groups.ok(
            "get_specified_group_member_info",
            "{'GroupId':'Public','Member_List_Account':['cy','out','nobody','ann']}");
    assertEquals(List.of("cy", "ann"), Groups.names(reply.path("MemberList")));
  }

  @Test
  void anUnknownTopicIsAnEntryOfItsOwn() {
    JsonNode reply =
        rest(
            "million_group_open_http_svc/get_topic",
            "{'GroupId':'@TGS#_C1','TopicIdList':['@TGS#_C1@TOPIC#_t','@TGS#_C1@TOPIC#_no'],"
                + "'From_Account':'out'}");
    assertEquals(0, reply.path("ErrorCode").asInt(), reply::toString);
    assertEquals("", reply.path("ErrorInfo").asText("absent"));
    JsonNode list = reply.path("TopicAndSelfInfo");
    assertEquals(2, list.size(), reply::toString);
    assertEquals(110_003, list.get(1).path("ErrorCode").asInt(), reply::toString);
    JsonNode self = list.get(0).path("SelfInfo");
    assertEquals("AcceptAndNotify", self.path("MsgFlag").asText(), reply::toString);
    assertEquals(0, self.path("MsgSeq").asInt(-1), reply::toString);
    JsonNode nobodys =
        rest("million_group_open_http_svc/get_topic", "{'GroupId':'@TGS#_C1'}")
            .at("/TopicAndSelfInfo/0");
    assertTrue(nobodys.has("TopicInfo") && !nobodys.has("SelfInfo"), nobodys::toString);
  }

  @Test
  void aTipIsAnEntryOfTheSystemWithoutABodyThatSaysWhatHappened() {
    String id = groups.create("Public", "ann");
    groups.ok(
        "modify_group_base_info",
        "{'GroupId':'" + id + "','From_Account':'ann','Notification':'bring water'}");
    JsonNode tip =
        groups
            .ok("group_msg_get_simple", "{'GroupId':'" + id + "','ReqMsgNumber':1}")
            .at("/RspMsgList/0");
    assertEquals("@TIM#SYSTEM", tip.path("From_Account").asText(), tip::toString);
    assertEquals(1, tip.path("IsSystemMsg").asInt());
    assertEquals(4, tip.path("MsgPriority").asInt());
    assertEquals("[]", tip.path("MsgBody").toString());
    JsonNode what = tip.path("GroupTip");
    assertEquals(6, what.path("OpType").asInt(), tip::toString);
    assertEquals("ann", what.path("Operator_Account").asText());
    assertEquals("Notification", what.at("/ChangeList/0/Key").asText());
    assertEquals("bring water", what.at("/ChangeList/0/Value").asText());
    assertEquals(
        10_032,
        groups
            .ok(
                "group_msg_recall",
                "{'GroupId':'" + id + "','MsgSeqList':[{'MsgSeq':" + tip.path("MsgSeq") + "}]}")
            .at("/RecallRetList/0/RetCode")
            .asInt());
  }

  @Test
  void retiredNamesStandBesideThePresentOnesUnlessTheAppWantsNone() {
    Groups without =
        new Groups(
            TestServer.shared()
                .newApp(AppSettings.parse("{\"groups\":{\"legacyNames\":false}}"))
                .withUsers("ann"));
    for (Groups each : List.of(groups, without)) {
      String id = each.create("Public", "ann");
      JsonNode info = each.info(id);
      JsonNode member =
          each.ok("get_group_member_info", "{'GroupId':'" + id + "'}").at("/MemberList/0");
      assertTrue(info.has("MuteAllMember") && member.has("MuteUntil"), info::toString);
      assertEquals(each == groups, info.has("ShutUpAllMember"), info::toString);
      assertEquals(each == groups, member.has("ShutUpUntil"), member::toString);
      // The present name wins where both are given.
      each.ok(
          "modify_group_base_info",
          "{'GroupId':'" + id + "','MuteAllMember':'On','ShutUpAllMember':'Off'}");
      assertEquals("On", each.info(id).path("MuteAllMember").asText());
    }
  }

  @Test
  void anImportedGroupIsLikeOneThatIsMadeButForItsTime() {
    JsonNode made =
        groups.ok(
            "import_group",
            "{'Type':'Public','Name':'old','Owner_Account':'ann','CreateTime':1600000000,"
                + "'MemberList':[{'Member_Account':'bo'}]}");
    assertEquals("Public", made.path("Type").asText(), made::toString);
    assertEquals(0, made.path("HugeGroupFlag").asInt(-1));
    String id = made.path("GroupId").asText();
    assertEquals(6000, groups.info(id).path("MaxMemberNum").asInt());
    assertEquals(List.of("ann", "bo"), groups.members(id));
    assertEquals(
        1_600_000_000,
        groups
            .ok("get_group_member_info", "{'GroupId':'" + id + "'}")
            .at("/MemberList/0/JoinTime")
            .asLong());
    assertEquals(
        10_019,
        groups.code("import_group", "{'Type':'Public','Name':'n','Owner_Account':'nobody'}"));
    assertEquals(
        10_004, groups.code("import_group", "{'Type':'Public','Name':'n','MaxMemberCount':6001}"));
  }

  @Test
  void anOwnerMayBeRemovedFromAWorkGroupWhichHasNoneThen() {
    String id = groups.create("Private", "ann", "bo");
    groups.ok("delete_group_member", "{'GroupId':'" + id + "','MemberToDel_Account':['ann']}");
    assertEquals("", groups.info(id).path("Owner_Account").asText("?"));
    groups.ok("change_group_owner", "{'GroupId':'" + id + "','NewOwner_Account':'bo'}");
    assertEquals("bo", groups.info(id).path("Owner_Account").asText());
  }

  @Test
  void aMuteForEverShowsItsEndAndTheNewestEndComesFirst() {
    String id = groups.create("Public", "ann", "bo", "cy");
    groups.ok(
        "forbid_send_msg", "{'GroupId':'" + id + "','Members_Account':['cy'],'MuteTime':600}");
    groups.ok(
        "forbid_send_msg",
        "{'GroupId':'" + id + "','Members_Account':['bo'],'MuteTime':4294967295}");
    JsonNode muted =
        groups.ok("get_group_muted_account", "{'GroupId':'" + id + "'}").path("MutedAccountList");
    assertEquals(List.of("bo", "cy"), Groups.names(muted));
    assertEquals(4_294_967_295L, muted.get(0).path("MutedUntil").asLong());
    JsonNode retired =
        groups.ok("get_group_shutted_uin", "{'GroupId':'" + id + "'}").path("ShuttedUinList");
    assertEquals(2, retired.size(), retired::toString);
  }

  private void say(String group, int random) {
    groups.ok(
        "send_group_msg",
        "{'GroupId':'"
            + group
            + "','From_Account':'ann','Random':"
            + random
            + ",'MsgPriority':'High','MsgBody':[{'MsgType':'TIMTextElem','MsgContent':{'Text':'x'}}]}");
  }

  private JsonNode rest(String path, String body) {
    return groups.app().rest(path, body.replace('\'', '"'));
  }

  /** Long texts and lists stand in the table as their length. */
  private static String filled(String body) {
    String text = body;
    text = listed(text, "#101members", 101, i -> "{'Member_Account':'u" + i + "'}");
    text = listed(text, "#301members", 301, i -> "{'Member_Account':'u" + i + "'}");
    text = listed(text, "#51groups", 51, i -> "'g" + i + "'");
    text = listed(text, "#11seqs", 11, i -> "{'MsgSeq':" + (i + 1) + "}");
    text = listed(text, "#51seqs", 51, i -> "{'MsgSeq':" + (i + 1) + "}");
    text = listed(text, "#17pairs", 17, i -> "{'key':'k" + i + "','value':'v'}");
    text = listed(text, "#21counters", 21, i -> "{'Key':'k" + i + "','Value':1}");
    for (int many : new int[] {21, 1}) {
      text = listed(text, "#" + many + "messages", many, GroupRulesTest::imported);
    }
    for (int many : new int[] {501, 201, 51}) {
      text = text.replace(":#" + many, ":" + list(many, i -> "'u" + i + "'"));
    }
    text = text.replace("#text", said("x")).replace("#long", said("x".repeat(12_289)));
    for (int bytes : new int[] {12_289, 12_288, 1_001, 129, 65, 64, 49, 48}) {
      text = text.replace("'#" + bytes + "'", "'" + "x".repeat(bytes) + "'");
    }
    return text;
  }

  private static String said(String words) {
    return "[{'MsgType':'TIMTextElem','MsgContent':{'Text':'" + words + "'}}]";
  }

  private static String imported(int i) {
    return "{'From_Account':'ann','SendTime':1000,'Random':"
        + i
        + ",'MsgBody':[{'MsgType':'TIMTextElem','MsgContent':{'Text':'x'}}]}";
  }

  private static String listed(String text, String place, int many, IntFunction<String> item) {
    return text.replace(place, list(many, item));
  }

  private static String list(int many, IntFunction<String> item) {
    return IntStream.range(0, many).mapToObj(item).collect(Collectors.joining(",", "[", "]"));
  }
}
