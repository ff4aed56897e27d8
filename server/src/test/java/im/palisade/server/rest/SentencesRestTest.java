package im.palisade.server.rest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import im.palisade.server.app.AppSettings;
import im.palisade.server.testing.TestApp;
import im.palisade.server.testing.TestServer;
import java.util.Map;
import java.util.function.IntFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Sentences of rest-accounts, rest-messages and rest-conversations, one a row, that no test of its
 * feature holds: the code a call is answered with, and what the answer says. {@code #101users} in a
 * body stands for so many items, {@code '#501'} for a text of that length; no row looks at what
 * another one does.
 */
class SentencesRestTest {
  private static final Pattern MANY = Pattern.compile("#(\\d+)([a-z]+)");
  private static final Pattern LONG = Pattern.compile("'#(\\d+)'");
  private static final String TEXT =
      "'MsgBody':[{'MsgType':'TIMTextElem','MsgContent':{'Text':'x'}}]";
  private static final Map<String, IntFunction<String>> ITEMS =
      Map.of(
          "names", i -> "'n" + i + "'",
          "ids", i -> "{'UserID':'u" + i + "'}",
          "friends", i -> "{'To_Account':'u" + i + "','AddSource':'AddSource_Type_X'}",
          "changes",
              i ->
                  "{'To_Account':'u" + i + "','SnsItem':[{'Tag':'Tag_SNS_IM_Remark','Value':'r'}]}",
          "pairs", i -> "{'Type':1,'To_Account':'u" + i + "'}",
          "marks",
              i -> "{'OptType':1,'SetMark':[1],'ContactItem':{'Type':1,'To_Account':'u" + i + "'}}",
          "keys", i -> "'" + i + "_1_1'",
          "infos", i -> "{'From_Account':'noah','To_Account':'mia','MsgKey':'" + i + "_1_1'}");

  private final TestApp app =
      TestServer.shared()
          .newApp(
              AppSettings.parse(
                  """
                  {"friendFields":[{"name":"Rank"}],
                   "callsPerSecond":{"all_member_push/im_push":0}}
                  """))
          .withUsers("mia", "noah", "zoe");

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        // Accounts, A2 to A7.
        "70402 | im_open_login_svc/multiaccount_import | {'AccountList':#101ids}",
        "70402 | im_open_login_svc/multiaccount_import | {'AccountList':[]}",
        "0 /FailAccounts/0=@TGS#x | im_open_login_svc/multiaccount_import |"
            + " {'AccountList':[{'UserID':'@TGS#x'},{'UserID':'ok'}]}",
        "40601 | im_open_login_svc/multiaccount_import |"
            + " {'AccountList':[{'UserID':'ok','Nick':'#501'}]}",
        "40601 | im_open_login_svc/account_import | {'UserID':'ok','FaceUrl':'#501'}",
        "70402 | im_open_login_svc/account_delete | {'DeleteItem':[]}",
        "70402 | im_open_login_svc/account_delete | {'DeleteItem':#101ids}",
        "70402 | im_open_login_svc/account_check | {'CheckItem':#101ids}",
        "70402 | im_open_login_svc/kick | {}",
        "70107 | im_open_login_svc/kick | {'Identifier':'ghost'}",
        "70107 | openim/query_online_status | {'To_Account':['ghost']}",
        "0 /ErrorList/0/ErrorCode=70107 /QueryResult/0/State=Offline /QueryResult/0/Status=Offline"
            + " | openim/query_online_status | {'To_Account':['mia','ghost']}",
        "0 /QueryResult/0/Status=Offline /ErrorList/0=absent |"
            + " openim/querystate | {'To_Account':['ghost']}",
        // Profiles, B1, B2.
        "40001 | profile/portrait_set | {'From_Account':'mia','ProfileItem':[]}",
        "40003 | profile/portrait_set |"
            + " {'From_Account':'ghost','ProfileItem':[{'Tag':'Tag_Profile_IM_Nick','Value':'x'}]}",
        "40009 | profile/portrait_set |"
            + " {'From_Account':'mia','ProfileItem':[{'Tag':'Tag_Profile_IM_None','Value':'x'}]}",
        "40605 | profile/portrait_set |"
            + " {'From_Account':'mia','ProfileItem':[{'Tag':'Tag_Profile_IM_Gender','Value':'x'}]}",
        "40605 | profile/portrait_set | {'From_Account':'mia','ProfileItem':["
            + "{'Tag':'Tag_Profile_IM_Location','Value':'#17'}]}",
        "40610 | profile/portrait_set |"
            + " {'From_Account':'mia','ProfileItem':[{'Tag':'Tag_Profile_IM_Level','Value':'x'}]}",
        "40002 | profile/portrait_get | {'To_Account':[],'TagList':['Tag_Profile_IM_Nick']}",
        "40001 | profile/portrait_get | {'To_Account':['mia'],'TagList':[]}",
        "40001 | profile/portrait_get | {'To_Account':#101names,'TagList':['Tag_Profile_IM_Nick']}",
        "40003 | profile/portrait_get | {'To_Account':['ghost'],'TagList':['Tag_Profile_IM_Nick']}",
        "0 /UserProfileItem/1/ResultCode=40003 /Fail_Account/0=ghost | profile/portrait_get |"
            + " {'To_Account':['mia','ghost'],'TagList':['Tag_Profile_IM_Nick']}",
        // Friends, C1 to C8.
        "30001 | sns/friend_add | {'From_Account':'mia','AddFriendItem':#1001friends}",
        "30001 | sns/friend_import | {'From_Account':'mia','AddFriendItem':#1001friends}",
        "30001 | sns/friend_update | {'From_Account':'mia','UpdateItem':#1001changes}",
        "30001 | sns/friend_delete | {'From_Account':'mia','To_Account':#1001names}",
        "30001 | sns/friend_check |"
            + " {'From_Account':'mia','To_Account':['noah'],'CheckType':'Both'}",
        "0 | sns/friend_check | {'From_Account':'mia','To_Account':['noah'],"
            + "'CheckType':'CheckResult_Type_Singal'}",
        "0 /ResultItem/0/ResultCode=30001 | sns/friend_update | {'From_Account':'mia','UpdateItem':"
            + "[{'To_Account':'noah','SnsItem':[{'Tag':'Tag_SNS_IM_Remark','Value':'r'}]}]}",
        "0 /ResultItem/0/ResultCode=31704 /Fail_Account/0=noah |"
            + " sns/friend_delete | {'From_Account':'mia','To_Account':['noah']}",
        "30003 | sns/friend_get | {'From_Account':'ghost','StartIndex':0}",
        "30001 | sns/friend_get_list |"
            + " {'From_Account':'mia','To_Account':#101names,'TagList':['Tag_SNS_IM_Remark']}",
        "0 /InfoItem/0/ResultCode=30001"
            + " /InfoItem/0/ResultInfo=Err_SNS_FriendGetList_Friend_Not_Exist"
            + " /InfoItem/0/SnsProfileItem=absent | sns/friend_get_list |"
            + " {'From_Account':'mia','To_Account':['noah']}",
        // Blocklists, C9 to C12.
        "30001 | sns/black_list_add | {'From_Account':'mia','To_Account':#1001names}",
        "0 /ResultItem/0/ResultCode=30001"
            + " /ResultItem/0/ResultInfo=Err_SNS_BlackListDelete_Not_Exist |"
            + " sns/black_list_delete | {'From_Account':'mia','To_Account':['noah']}",
        "30001 | sns/black_list_get |"
            + " {'From_Account':'mia','StartIndex':0,'MaxLimited':0,'LastSequence':0}",
        "0 | sns/black_list_get |"
            + " {'From_Account':'mia','StartIndex':0,'MaxLimited':1001,'LastSequence':0}",
        "30001 | sns/black_list_check |"
            + " {'From_Account':'mia','To_Account':['noah'],'CheckType':'x'}",
        // Friend lists, C13 to C15.
        "0 /ResultItem/0/ResultCode=32216 | sns/group_add |"
            + " {'From_Account':'zoe','GroupName':['l'],'To_Account':['noah']}",
        "30001 | sns/group_add | {'From_Account':'mia','GroupName':['#31']}",
        "0 | sns/group_delete | {'From_Account':'mia','GroupName':['none','nothing']}",
        "0 /ResultItem=[] | sns/group_get | {'From_Account':'mia','GroupName':['none']}",
        // Follows, D1 to D5.
        "30001 | follow/follow_add | {'From_Account':'mia','FollowItem':#21friends}",
        "0 /ResultItem/0/ResultCode=0 | follow/follow_delete |"
            + " {'From_Account':'mia','To_Account':['noah']}",
        "30001 | follow/follow_delete | {'From_Account':'mia','To_Account':#21names}",
        "30001 | follow/follow_check | {'From_Account':'mia','To_Account':#101names}",
        "30001 | follow/follow_get_info | {'From_Account':'mia','To_Account':#21names}",
        "30001 | follow/follow_get |"
            + " {'From_Account':'mia','FollowType':4,'StartCursor':'','WantNum':1}",
        // Messages, B1 to B10.
        "20003 | openim/sendmsg | {'To_Account':' noah','MsgRandom':1,TEXT}",
        "90012 | openim/sendmsg | {'To_Account':'ghost','MsgRandom':1,TEXT}",
        "90048 | openim/sendmsg | {'From_Account':'ghost','To_Account':'noah','MsgRandom':1,TEXT}",
        "90003 | openim/sendmsg | {'MsgRandom':1,TEXT}",
        "90005 | openim/sendmsg | {'To_Account':'noah',TEXT}",
        "90026 | openim/sendmsg | {'To_Account':'noah','MsgRandom':1,'MsgLifeTime':-1,TEXT}",
        "90044 | openim/sendmsg | {'To_Account':'noah','MsgRandom':1,'MsgLifeTime':'x',TEXT}",
        "90043 | openim/sendmsg |"
            + " {'To_Account':'noah','MsgRandom':1,'OfflinePushInfo':{'Title':7},TEXT}",
        "0 | openim/sendmsg | {'To_Account':'noah','MsgRandom':2,TEXT,"
            + "'OfflinePushInfo':{'Desc':'d','AndroidInfo':{'NewVendorField':1},'Other':'x'}}",
        "0 /ErrorList/0/ErrorCode=70107 /ActionStatus=SomeError | openim/batchsendmsg |"
            + " {'To_Account':['noah','123456789012345678901234567890123'],'MsgRandom':3,TEXT}",
        "90008 | openim/batchsendmsg |"
            + " {'From_Account':'','To_Account':['noah'],'MsgRandom':4,TEXT}",
        "90008 | openim/batchsendmsg |"
            + " {'From_Account':'ghost','To_Account':['noah'],'MsgRandom':5,TEXT}",
        "90004 | openim/batchsendmsg |" + " {'To_Account':['noah'],'MsgRandom':6,'MsgSeq':-1,TEXT}",
        "90012 /ErrorInfo=invalid_To_Account /MsgKey=absent | openim/batchsendmsg |"
            + " {'To_Account':['ghost'],'MsgRandom':7,TEXT}",
        "90006 | openim/importmsg | {'SyncFromOldSystem':2,'From_Account':'mia',"
            + "'To_Account':'noah','MsgRandom':8,'MsgTimeStamp':0,TEXT}",
        "90008 | openim/importmsg | {'SyncFromOldSystem':2,'To_Account':'noah','MsgRandom':8,"
            + "'MsgTimeStamp':1,TEXT}",
        "90048 | openim/importmsg | {'SyncFromOldSystem':2,'From_Account':'ghost',"
            + "'To_Account':'noah','MsgRandom':8,'MsgTimeStamp':1,TEXT}",
        "90012 | openim/importmsg | {'SyncFromOldSystem':2,'From_Account':'mia',"
            + "'To_Account':'ghost','MsgRandom':8,'MsgTimeStamp':1,TEXT}",
        "90001 | openim/admin_getroammsg |"
            + " {'Operator_Account':'mia','Peer_Account':'noah','MaxCnt':0,'MinTime':0,'MaxTime':9}",
        "90054 | openim/admin_getroammsg | {'Operator_Account':'mia','Peer_Account':'noah',"
            + "'MaxCnt':1,'MinTime':0,'MaxTime':9,'LastMsgKey':'1_2'}",
        "0 /Complete=1 /MsgCnt=0 /LastMsgTime=0 /LastMsgKey= /MsgList=[] | openim/admin_getroammsg"
            + " | {'Operator_Account':'zoe','Peer_Account':'mia','MaxCnt':1,'MinTime':0,'MaxTime':9}",
        "90008 | openim/admin_getroammsg |"
            + " {'Operator_Account':'ghost','Peer_Account':'mia','MaxCnt':1,'MinTime':0,'MaxTime':9}",
        "20022 | openim/admin_msgwithdraw |"
            + " {'From_Account':'zoe','To_Account':'mia','MsgKey':'1_1_1'}",
        "90054 | openim/admin_msgwithdraw |"
            + " {'From_Account':'mia','To_Account':'noah','MsgKey':'1_1_4294967296'}",
        "90001 | openim/delete_c2c_msg_ramble |"
            + " {'Operator_Account':'mia','Peer_Account':'noah','MsgKeyList':#31keys}",
        "0 /InvalidMsgKeyList/0=x | openim/delete_c2c_msg_ramble |"
            + " {'Operator_Account':'mia','Peer_Account':'noah','MsgKeyList':['x']}",
        "90001 | openim/admin_set_msg_read |"
            + " {'Report_Account':'mia','Peer_Account':'noah','MsgReadTime':'soon'}",
        "0 /C2CUnreadMsgNumList/0/C2CUnreadMsgNum=0 | openim/get_c2c_unread_msg_num |"
            + " {'To_Account':'mia','Peer_Account':['zoe']}",
        "90003 | openim/get_c2c_unread_msg_num | {'To_Account':'ghost'}",
        "90001 | openim/c2c_msg_read_receipt |"
            + " {'Operator_Account':'mia','Peer_Account':'noah','C2CMsgInfo':#31infos}",
        "90001 | openim/c2c_msg_read_receipt | {'Operator_Account':'mia','Peer_Account':'noah',"
            + "'C2CMsgInfo':[{'From_Account':'mia','To_Account':'noah','MsgKey':'1_1_1'}]}",
        "0 | openim/c2c_msg_read_receipt | {'Operator_Account':'mia','Peer_Account':'noah',"
            + "'C2CMsgInfo':[{'From_Account':'noah','To_Account':'mia','MsgKey':'1_1_1'}]}",
        "90002 | openim/modify_c2c_msg |"
            + " {'From_Account':'mia','To_Account':'noah','MsgKey':'1_1_1'}",
        "20026 | openim/modify_c2c_msg | {'From_Account':'mia','To_Account':'noah',"
            + "'MsgKey':'1_1_1','CloudCustomData':'x'}",
        // Extensions, C1, C2.
        "23004 | openim_msg_ext_http_svc/get_key_values | {'To_Account':'noah','MsgKey':'1_1_1'}",
        "10004 | openim_msg_ext_http_svc/get_key_values | {'To_Account':'noah','MsgKey':'1_1'}",
        "10004 | openim_msg_ext_http_svc/set_key_values |"
            + " {'To_Account':'noah','MsgKey':'1_1_1','OperateType':4}",
        "10015 | openim_msg_ext_http_svc/group_get_key_values | {'GroupId':'','MsgSeq':1}",
        // Pushes, tags and attributes, D1 to D10.
        "90022 | all_member_push/im_push |"
            + " {'Condition':{'TagsOr':['a'],'TagsAnd':['a']},'MsgRandom':1,TEXT}",
        "90032 | all_member_push/im_push | {'Condition':{'TagsOr':#11names},'MsgRandom':1,TEXT}",
        "90020 | all_member_push/im_push | {'Condition':{'TagsOr':['#51']},'MsgRandom':1,TEXT}",
        "90040 | all_member_push/im_push | {'Condition':{'TagsAnd':['']},'MsgRandom':1,TEXT}",
        "90033 | all_member_push/im_push |"
            + " {'Condition':{'AttrsAnd':{'none':'c'}},'MsgRandom':1,TEXT}",
        "90026 | all_member_push/im_push | {'MsgRandom':1,'MsgLifeTime':604801,TEXT}",
        "90048 | all_member_push/im_push | {'From_Account':'ghost','MsgRandom':1,TEXT}",
        "90033 | all_member_push/im_set_attr_name | {'AttrNames':{'10':'x'}}",
        "90033 | all_member_push/im_set_attr_name | {'AttrNames':{'1':'same','2':'same'}}",
        "90030 | all_member_push/im_set_attr_name | {'AttrNames':{'1':''}}",
        "90001 | all_member_push/im_set_attr_name | {'AttrNames':{}}",
        "90018 | all_member_push/im_get_attr | {'To_Account':#101names}",
        "0 /UserAttrs/0/To_Account=ghost /UserAttrs/0/Attrs={} | all_member_push/im_get_attr |"
            + " {'To_Account':['ghost','mia']}",
        "0 /UserTags/0/Tags=[] | all_member_push/im_get_tag | {'To_Account':['ghost']}",
        "90034 | all_member_push/im_add_tag | {'UserTags':[{'To_Account':'mia','Tags':['#51']}]}",
        "90048 | all_member_push/im_add_tag | {'UserTags':[{'To_Account':'ghost','Tags':['t']}]}",
        "0 | all_member_push/im_remove_tag | {'UserTags':[{'To_Account':'mia','Tags':['none']}]}",
        // Recent contacts, E1 to E8.
        "0 /CompleteFlag=1 /SessionItem=[] | recentcontact/get_list | {'From_Account':'zoe'}",
        "0 | recentcontact/delete | {'From_Account':'mia','Type':2,'GroupId':'g'}",
        "0 | recentcontact/delete | {'From_Account':'mia','Type':2,'ToGroupId':'g'}",
        "0 | recentcontact/delete | {'From_Account':'mia','Type':1,'To_Account':'zoe'}",
        "50002 | recentcontact/create_contact_group | {'From_Account':'mia','GroupContactItem':["
            + "{'GroupName':'a','ContactItem':#1pairs},{'GroupName':'b','ContactItem':#1pairs}]}",
        "51011 | recentcontact/create_contact_group |"
            + " {'From_Account':'mia','GroupContactItem':[{'GroupName':'#33','ContactItem':#1pairs}]}",
        "51009 | recentcontact/update_contact_group | {'From_Account':'mia','UpdateType':1,"
            + "'UpdateGroup':{'UpdateGroupType':1,'OldGroupName':'no','NewGroupName':'x'}}",
        "50002 | recentcontact/del_contact_group | {'From_Account':'mia','GroupName':['a','b']}",
        "51009 | recentcontact/del_contact_group | {'From_Account':'mia','GroupName':['none']}",
        "51006 | recentcontact/mark_contact | {'From_Account':'mia','MarkItem':#101marks}",
        "0 /ResultItem/0/ResultCode=50002 | recentcontact/mark_contact | {'From_Account':'mia',"
            + "'MarkItem':[{'OptType':1,'SetMark':[65],'ContactItem':{'Type':1,'To_Account':'noah'}}]}",
        "51006 | recentcontact/search_contact_group |"
            + " {'From_Account':'mia','ContactItem':#301pairs}",
        // Global mute, F1, F2.
        "130001 | openconfigsvr/setnospeaking |"
            + " {'Set_Account':'mia','C2CmsgNospeakingTime':4294967296}",
        "130005 | openconfigsvr/setnospeaking | {'Set_Account':'ghost','C2CmsgNospeakingTime':1}",
        "130008 | openconfigsvr/setnospeaking | {'Set_Account':'mia'}",
        "130002 | openconfigsvr/getnospeaking | {}",
        "130003 | openconfigsvr/getnospeaking | {'Get_Account':'ghost'}",
        // Archives, G2.
        "1002 | open_msg_svc/get_history | {'ChatType':'c2c','MsgTime':'2026010100'}",
        "1002 | open_msg_svc/get_history | {'ChatType':'C2C','MsgTime':'2026013100x'}",
        "1005 | open_msg_svc/get_history | {'ChatType':'C2C','MsgTime':'2020010100'}",
        "1004 | open_msg_svc/get_history | {'ChatType':'Group','MsgTime':'2099010100'}"
      })
  void aSentenceHolds(String expected, String path, String body) {
    JsonNode reply = app.rest(path, filled(body));
    String[] parts = expected.split(" ", -1);
    assertEquals(parts[0], reply.path("ErrorCode").asText(), () -> path + body + reply);
    for (int i = 1; i < parts.length; i++) {
      int at = parts[i].lastIndexOf('=');
      String pointer = parts[i].substring(0, at);
      String wanted = parts[i].substring(at + 1).replace("invalid_", "invalid ");
      JsonNode found = reply.at(pointer);
      String value =
          found.isMissingNode()
              ? "absent"
              : found.isValueNode() ? found.asText() : found.toString();
      assertEquals(wanted, value, () -> pointer + " of " + reply);
    }
  }

  private static String filled(String body) {
    String text = body.replace("TEXT", TEXT);
    Matcher lists = MANY.matcher(text);
    text =
        lists.replaceAll(
            found -> {
              IntFunction<String> item = ITEMS.get(found.group(2));
              assertTrue(item != null, found.group());
              return IntStream.range(0, Integer.parseInt(found.group(1)))
                  .mapToObj(item)
                  .collect(Collectors.joining(",", "[", "]"));
            });
    text = LONG.matcher(text).replaceAll(found -> "'" + "x".repeat(number(found.group(1))) + "'");
    return text.replace('\'', '"');
  }

  private static int number(String digits) {
    return Integer.parseInt(digits);
  }
}
