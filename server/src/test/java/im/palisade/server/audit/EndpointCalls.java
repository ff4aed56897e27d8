package im.palisade.server.audit;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import im.palisade.server.testing.AuditLeaves;
import im.palisade.server.testing.TestApp;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** A good call of every endpoint, in an order in which they work. */
public final class EndpointCalls {
  private static final String READ = "read";
  private static final String MIA = "\"From_Account\":\"mia\"";
  private static final String TO_NOAH = "\"To_Account\":[\"noah\"]";
  private static final String IN_ROOM = "\"GroupId\":\"live\"";
  private static final String IN_GROUP = "\"GroupId\":\"" + READ + "\"";
  private static final String IN_PERMITTED = "\"GroupId\":\"@TGS#_permitted\"";
  private static final String PERMISSION_GROUP = "\"PermissionGroupId\":\"@PMG#_read\"";
  private static final String PAGE = "\"Offset\":0,\"Limit\":1";

  /** What the reads below read. */
  private static final Map<String, String> BEFORE = new LinkedHashMap<>();

  /** Calls that only read; those that change something stand in {@link AuditCoverageTest}. */
  private static final Map<String, String> READS = new LinkedHashMap<>();

  private final TestApp app;
  private final String hour;
  private final String file;
  private String key = "";
  private long nextLeaf;
  private int events;

  static {
    BEFORE.put(
        "group_open_http_svc/create_group",
        body("\"Type\":\"Public\",\"Name\":\"n\",\"Owner_Account\":\"mia\"," + IN_GROUP));
    BEFORE.put(
        "group_open_http_svc/create_permission_group",
        body(IN_PERMITTED, "\"PermissionGroupId\":\"@PMG#_read\",\"PermissionGroupName\":\"n\""));
    BEFORE.put(
        "official_account_open_http_svc/create_official_account",
        body("\"Owner_Account\":\"mia\",\"OfficialAccountUserID\":\"@TOA#_read\",\"Name\":\"N\""));
    READS.put("all_member_push/im_get_attr", body(TO_NOAH));
    READS.put("all_member_push/im_get_tag", body(TO_NOAH));
    READS.put("follow/follow_check", body(MIA, TO_NOAH));
    READS.put(
        "follow/follow_get", body(MIA, "\"FollowType\":1,\"StartCursor\":\"\",\"WantNum\":1"));
    READS.put("follow/follow_get_info", body(MIA, TO_NOAH));
    READS.put("group_open_attr_http_svc/get_group_attr", body(IN_GROUP));
    READS.put("group_open_http_svc/get_permission_group", body(IN_PERMITTED));
    READS.put(
        "group_open_http_svc/get_topic_permission_group", body(IN_PERMITTED, PERMISSION_GROUP));
    READS.put(
        "group_open_http_svc/get_permission_group_member_list",
        body(IN_PERMITTED, PERMISSION_GROUP));
    READS.put(
        "group_open_avchatroom_http_svc/check_members",
        body(IN_ROOM, "\"Member_Account\":[\"mia\"]"));
    READS.put("group_open_avchatroom_http_svc/get_admin_list", body(IN_ROOM));
    READS.put("group_open_avchatroom_http_svc/get_members", body(IN_ROOM, "\"Timestamp\":0"));
    READS.put(
        "group_open_avchatroom_http_svc/modify_user_info",
        body(
            IN_ROOM,
            "\"CommandType\":1,\"MemberList\":[{\"Member_Account\":\"mia\",\"Marks\":[1000]}]"));
    group("get_appid_group_list", "\"Limit\":1,\"Next\":0");
    group("get_group_ban_member", IN_ROOM + "," + PAGE);
    group("get_group_counter", IN_GROUP + ",\"GroupCounterKeys\":[\"k\"]");
    group(
        "get_group_info",
        "\"GroupIdList\":[\""
            + READ
            + "\"],\"ResponseFilter\":{"
            + "\"GroupBaseInfoFilter\":[\"Name\"],\"MemberInfoFilter\":[\"Role\"]}");
    group(
        "get_group_member_info",
        IN_GROUP + ",\"MemberInfoFilter\":[\"Role\"],\"MemberRoleFilter\":[\"Owner\"],\"Limit\":1");
    group("get_group_msg_receipt", IN_GROUP + ",\"MsgSeqList\":[{\"MsgSeq\":1}]");
    group("get_group_muted_account", IN_GROUP);
    group("get_group_shutted_uin", IN_GROUP);
    group("get_joined_group_list", "\"Member_Account\":\"mia\",\"Limit\":1,\"Offset\":0");
    group("get_online_member_num", IN_ROOM);
    group("get_role_in_group", IN_GROUP + ",\"User_Account\":[\"mia\"]");
    group("get_specified_group_member_info", IN_GROUP + ",\"Member_List_Account\":[\"mia\"]");
    READS.put(
        "im_msg_audit/content_moderation",
        body("\"AuditName\":\"C2C\",\"ContentType\":\"Text\",\"Content\":\"x\""));
    READS.put(
        "im_msg_audit/batch_content_moderation",
        body(
            "\"AuditName\":\"C2C\",\"Contents\":[{\"ContentId\":1,\"ContentType\":\"Text\","
                + "\"Content\":\"x\"}]"));
    String words = "\"SdkAppId\":$APP," + PAGE;
    READS.put("im_msg_audit_mgr/get_cloud_audit_keywords_ids", body(words));
    READS.put("im_msg_audit_mgr/get_cloud_audit_keywords", body(words, "\"LibID\":\"lib1\""));
    READS.put("im_msg_audit_mgr/get_local_audit_keywords", body(words));
    READS.put("im_open_login_svc/account_check", body("\"CheckItem\":[{\"UserID\":\"mia\"}]"));
    READS.put("million_group_open_http_svc/get_topic", body("\"GroupId\":\"@TGS#_topics\""));
    String official = "official_account_open_http_svc/";
    READS.put(
        official + "get_official_account_info",
        body("\"OfficialAccountIdList\":[{\"Official_Account\":\"@TOA#_read\"}]"));
    READS.put(
        official + "get_subscribed_official_account_list",
        body("\"Subscriber_Account\":\"mia\"," + PAGE));
    READS.put(
        official + "get_subscriber_info", body("\"Official_Account\":\"@TOA#_read\",\"Limit\":1"));
    READS.put("openconfigsvr/getappinfo", body("\"RequestField\":[\"UpMsgNum\"]"));
    READS.put("openconfigsvr/getnospeaking", body("\"Get_Account\":\"mia\""));
    READS.put(
        "openim/get_c2c_unread_msg_num",
        body("\"To_Account\":\"mia\",\"Peer_Account\":[\"noah\"]"));
    READS.put("openim/im_get_push_report", body("\"TaskIds\":[\"1\"]"));
    READS.put("openim/query_online_status", body(TO_NOAH));
    READS.put("openim/querystate", body(TO_NOAH));
    READS.put("profile/portrait_get", body(TO_NOAH, "\"TagList\":[\"Tag_Profile_IM_Nick\"]"));
    READS.put("recentcontact/get_contact_group", body(MIA, "\"StartIndex\":0"));
    READS.put("recentcontact/get_list", body(MIA, "\"TimeStamp\":0,\"AssistFlags\":7"));
    READS.put(
        "recentcontact/search_contact_group",
        body(MIA, "\"ContactItem\":[{\"Type\":1,\"To_Account\":\"noah\"}]"));
    READS.put(
        "sns/black_list_check",
        body(MIA, TO_NOAH, "\"CheckType\":\"BlackCheckResult_Type_Single\""));
    READS.put(
        "sns/black_list_get", body(MIA, "\"StartIndex\":0,\"MaxLimited\":1,\"LastSequence\":0"));
    READS.put("sns/friend_check", body(MIA, TO_NOAH, "\"CheckType\":\"CheckResult_Type_Single\""));
    READS.put("sns/friend_get", body(MIA, "\"StartIndex\":0"));
    READS.put("sns/friend_get_all", body(MIA));
    READS.put("sns/friend_get_list", body(MIA, TO_NOAH));
    READS.put("sns/group_get", body(MIA));
  }

  private EndpointCalls(TestApp app, String hour, String file) {
    this.app = app;
    this.hour = hour;
    this.file = file;
  }

  /** Makes what the calls need in a fresh app. */
  public static EndpointCalls prepared(TestApp app) {
    app.withUsers("mia", "noah");
    app.rest(
        "group_open_http_svc/create_group",
        "{\"GroupId\":\"live\",\"Type\":\"AVChatRoom\",\"Name\":\"n\"}");
    app.rest(
        "group_open_http_svc/create_group",
        "{\"GroupId\":\"@TGS#_topics\",\"Type\":\"Community\",\"Name\":\"n\",\"SupportTopic\":1}");
    app.rest(
        "group_open_http_svc/create_group",
        "{\"GroupId\":\"@TGS#_permitted\",\"Type\":\"Community\",\"Name\":\"n\",\"SupportTopic\":1,"
            + "\"EnablePermission\":1}");
    BEFORE.forEach((path, body) -> assertEquals(0, code(app.rest(path, body)), path));
    return new EndpointCalls(
        app, AuditCoverageTest.archivedHour(app), AuditCoverageTest.uploaded(app));
  }

  /** The paths that are called. */
  public static Set<String> paths() {
    return new EndpointCalls(null, "", "").all().keySet();
  }

  /** Calls by path, first those that only read. */
  public Map<String, String> all() {
    Map<String, String> all = new LinkedHashMap<>(READS);
    all.putAll(AuditCoverageTest.CALLS);
    return all;
  }

  /** A body with what only this app knows. */
  public String filled(String body) {
    return body.replace("$KEY", key)
        .replace("$HOUR", hour)
        .replace("$FILE", file)
        .replace("$APP", Long.toString(app.appId()));
  }

  /** Makes a call and returns its answer. */
  public JsonNode make(Map.Entry<String, String> call) {
    JsonNode reply = app.rest(call.getKey(), filled(call.getValue()));
    if (call.getKey().equals("openim/sendmsg")
        || call.getKey().endsWith("/send_official_account_msg")) {
      key = reply.path("MsgKey").asText();
    }
    return reply;
  }

  /** How many events the app has so far; summaries of sends, which come when they come, aside. */
  public String written() {
    AuditLeaves.catchUp(app.server());
    List<JsonNode> fresh = AuditLeaves.from(app.server(), nextLeaf);
    nextLeaf += fresh.size();
    fresh.stream()
        .filter(event -> event.path("app").asText().equals(Long.toString(app.appId())))
        .filter(event -> !event.path("target").path(0).path("kind").asText().equals("command"))
        .forEach(_ -> events++);
    return Integer.toString(events);
  }

  private static int code(JsonNode reply) {
    return reply.path("ErrorCode").asInt(-1);
  }

  private static void group(String command, String fields) {
    READS.put("group_open_http_svc/" + command, body(fields));
  }

  private static String body(String... fields) {
    return "{" + String.join(",", fields) + "}";
  }
}
