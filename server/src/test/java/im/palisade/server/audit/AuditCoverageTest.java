package im.palisade.server.audit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import im.palisade.compliance.audit.AuditEventType;
import im.palisade.server.app.AppSettings;
import im.palisade.server.rest.Endpoint;
import im.palisade.server.testing.AuditLeaves;
import im.palisade.server.testing.TestApp;
import im.palisade.server.testing.TestServer;
import im.palisade.server.testing.TestUser;
import im.palisade.server.testing.Uploads;
import java.net.http.HttpClient;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/**
 * Nothing happens without its record: every endpoint, command and job says which events it writes
 * or why none, and what it says is what a call of it leaves in the log.
 */
class AuditCoverageTest {
  /** Names the message that {@code sendmsg} sent; the test puts its key in. */
  private static final String SENT =
      "{\"From_Account\":\"mia\",\"To_Account\":\"noah\",\"MsgKey\":\"$KEY\"}";

  private static final String KEYWORD = "{\"Keyword\":\"x\",\"WordType\":1,\"FilterType\":1}";

  /** A call of every endpoint that declares events. A new endpoint must be added here. */
  static final Map<String, String> CALLS = new LinkedHashMap<>();

  private static final String LIVE = "live";

  private static final String BROADCAST =
      "{\"Random\":1,\"MsgBody\":[{\"MsgType\":\"TIMTextElem\",\"MsgContent\":{\"Text\":\"x\"}}]}";

  private static final String TAGS =
      "{\"UserTags\":[{\"To_Account\":\"mia\",\"Tags\":[\"beta\"]}]}";

  private static final String OFFICIAL = "{\"Official_Account\":\"@TOA#_a\"}";
  private static final String GROUP = "@TGS#_club";

  private static final String CONTACT = "{\"Type\":1,\"To_Account\":\"noah\"}";

  static {
    CALLS.put("im_open_login_svc/account_import", "{\"UserID\":\"new\",\"Nick\":\"N\"}");
    CALLS.put(
        "im_open_login_svc/multiaccount_import",
        "{\"AccountList\":[{\"UserID\":\"new2\"},{\"UserID\":\"mia\",\"Nick\":\"M\"}]}");
    CALLS.put("openim/sendmsg", message("\"noah\""));
    CALLS.put("openim/importmsg", imported());
    CALLS.put(
        "openim/c2c_msg_read_receipt",
        "{\"Operator_Account\":\"noah\",\"Peer_Account\":\"mia\",\"C2CMsgInfo\":[" + SENT + "]}");
    CALLS.put("openim/modify_c2c_msg", SENT.replace("}", ",\"CloudCustomData\":\"c\"}"));
    CALLS.put(
        "openim/admin_set_msg_read", "{\"Report_Account\":\"noah\",\"Peer_Account\":\"mia\"}");
    CALLS.put("openim_msg_ext_http_svc/set_key_values", SENT.replace("}", ",\"OperateType\":3}"));
    CALLS.put("openim_msg_ext_http_svc/get_key_values", SENT);
    CALLS.put("openim/admin_msgwithdraw", SENT);
    CALLS.put(
        "openim/delete_c2c_msg_ramble",
        "{\"Operator_Account\":\"noah\",\"Peer_Account\":\"mia\",\"MsgKeyList\":[\"$KEY\"]}");
    CALLS.put("openim/batchsendmsg", message("[\"noah\"]"));
    CALLS.put(
        "openim/admin_getroammsg",
        "{\"Operator_Account\":\"mia\",\"Peer_Account\":\"noah\",\"MaxCnt\":1,"
            + "\"MinTime\":0,\"MaxTime\":1}");
    CALLS.put(
        "recentcontact/delete",
        "{\"From_Account\":\"mia\",\"Type\":1,\"To_Account\":\"noah\",\"ClearRamble\":1}");
    CALLS.put(
        "recentcontact/create_contact_group",
        "{\"From_Account\":\"mia\",\"GroupContactItem\":[{\"GroupName\":\"a\",\"ContactItem\":["
            + CONTACT
            + "]}]}");
    CALLS.put(
        "recentcontact/update_contact_group",
        "{\"From_Account\":\"mia\",\"UpdateType\":1,\"UpdateGroup\":{\"UpdateGroupType\":1,"
            + "\"OldGroupName\":\"a\",\"NewGroupName\":\"b\"}}");
    CALLS.put(
        "recentcontact/del_contact_group", "{\"From_Account\":\"mia\",\"GroupName\":[\"b\"]}");
    CALLS.put(
        "recentcontact/mark_contact",
        "{\"From_Account\":\"mia\",\"MarkItem\":[{\"OptType\":1,\"SetMark\":[1],\"ContactItem\":"
            + CONTACT
            + "}]}");
    CALLS.put(
        "openconfigsvr/setnospeaking", "{\"Set_Account\":\"mia\",\"C2CmsgNospeakingTime\":1}");
    CALLS.put("all_member_push/im_set_attr_name", "{\"AttrNames\":{\"0\":\"city\"}}");
    CALLS.put(
        "all_member_push/im_set_attr",
        "{\"UserAttrs\":[{\"To_Account\":\"mia\",\"Attrs\":{\"city\":\"Lyon\"}}]}");
    CALLS.put(
        "all_member_push/im_remove_attr",
        "{\"UserAttrs\":[{\"To_Account\":\"mia\",\"Attrs\":[\"city\"]}]}");
    CALLS.put("all_member_push/im_add_tag", TAGS);
    CALLS.put("all_member_push/im_remove_tag", TAGS);
    CALLS.put("all_member_push/im_remove_all_tags", "{\"To_Account\":[\"mia\"]}");
    CALLS.put(
        "profile/portrait_set",
        "{\"From_Account\":\"mia\",\"ProfileItem\":[{\"Tag\":\"Tag_Profile_IM_Level\",\"Value\":7}]}");
    CALLS.put(
        "sns/friend_add",
        "{\"From_Account\":\"mia\",\"AddFriendItem\":[{\"To_Account\":\"noah\"}]}");
    CALLS.put(
        "sns/friend_import",
        "{\"From_Account\":\"noah\",\"AddFriendItem\":[{\"To_Account\":\"new\"}]}");
    CALLS.put(
        "sns/friend_update",
        "{\"From_Account\":\"mia\",\"UpdateItem\":[{\"To_Account\":\"noah\","
            + "\"SnsItem\":[{\"Tag\":\"Tag_SNS_IM_Remark\",\"Value\":\"N\"}]}]}");
    CALLS.put("sns/group_add", "{\"From_Account\":\"mia\",\"GroupName\":[\"Work\"]}");
    CALLS.put("sns/group_delete", "{\"From_Account\":\"mia\",\"GroupName\":[\"Work\"]}");
    CALLS.put("sns/friend_delete", "{\"From_Account\":\"mia\",\"To_Account\":[\"noah\"]}");
    CALLS.put("sns/friend_delete_all", "{\"From_Account\":\"noah\"}");
    CALLS.put(
        "follow/follow_add",
        "{\"From_Account\":\"mia\",\"FollowItem\":[{\"To_Account\":\"noah\"}]}");
    CALLS.put("follow/follow_delete", "{\"From_Account\":\"mia\",\"To_Account\":[\"noah\"]}");
    CALLS.put("sns/black_list_add", "{\"From_Account\":\"mia\",\"To_Account\":[\"noah\"]}");
    CALLS.put("sns/black_list_delete", "{\"From_Account\":\"mia\",\"To_Account\":[\"noah\"]}");
    CALLS.put(
        "im_msg_audit_mgr/add_local_audit_keywords",
        "{\"SdkAppId\":$APP,\"LocalAuditWords\":[" + KEYWORD + "]}");
    CALLS.put(
        "im_msg_audit_mgr/delete_local_audit_keywords",
        "{\"SdkAppId\":$APP,\"LocalAuditWords\":[" + KEYWORD + "]}");
    CALLS.put(
        "im_msg_audit_mgr/add_cloud_audit_keywords",
        "{\"SdkAppId\":$APP,\"LibID\":\"lib1\",\"UserKeywords\":[{\"Content\":\"x\"}]}");
    CALLS.put(
        "im_msg_audit_mgr/delete_cloud_audit_keywords",
        "{\"SdkAppId\":$APP,\"LibID\":\"lib1\",\"Keywords\":[\"x\"]}");
    CALLS.put("openim_dirty_words/add", "{\"DirtyWordsList\":[\"x\"]}");
    CALLS.put("openim_dirty_words/delete", "{\"DirtyWordsList\":[\"x\"]}");
    CALLS.put("all_member_push/im_push", message("[]"));
    CALLS.put("open_msg_svc/get_history", "{\"ChatType\":\"C2C\",\"MsgTime\":\"$HOUR\"}");
    CALLS.put("im_cos_msg/forbid_illegal_object", "{\"RawURL\":\"$FILE\"}");
    CALLS.put("im_cos_msg/allow_banned_object", "{\"RawURL\":\"$FILE\"}");
    CALLS.put("im_cos_msg/get_cos_sig", "{\"RawURLs\":[{\"ResourceID\":1,\"RawURL\":\"$FILE\"}]}");
    CALLS.put(
        "official_account_open_http_svc/create_official_account",
        "{\"Owner_Account\":\"mia\",\"OfficialAccountUserID\":\"@TOA#_a\",\"Name\":\"N\"}");
    CALLS.put(
        "official_account_open_http_svc/modify_official_account_base_info",
        OFFICIAL.replace("}", ",\"Name\":\"O\"}"));
    CALLS.put(
        "official_account_open_http_svc/add_subscriber",
        OFFICIAL.replace("}", ",\"SubscriberList\":[{\"Subscriber_Account\":\"noah\"}]}"));
    CALLS.put(
        "official_account_open_http_svc/modify_subscriber_info",
        OFFICIAL.replace("}", ",\"Subscriber_Account\":\"noah\",\"CustomString\":\"c\"}"));
    CALLS.put(
        "official_account_open_http_svc/send_official_account_msg",
        OFFICIAL.replace(
            "}",
            ",\"Random\":1,\"MsgBody\":[{\"MsgType\":\"TIMTextElem\","
                + "\"MsgContent\":{\"Text\":\"a\"}}]}"));
    CALLS.put(
        "official_account_open_http_svc/official_account_msg_get_simple",
        OFFICIAL.replace("}", ",\"ReqMsgNumber\":1}"));
    CALLS.put(
        "official_account_open_http_svc/official_account_msg_recall",
        OFFICIAL.replace("}", ",\"MsgKeyList\":[\"$KEY\"]}"));
    CALLS.put(
        "official_account_open_http_svc/delete_subscriber",
        OFFICIAL.replace("}", ",\"SubscriberToDel_Account\":[\"noah\"]}"));
    CALLS.put("official_account_open_http_svc/destroy_official_account", OFFICIAL);
    CALLS.put(
        "openim_robot_http_svc/create_robot",
        "{\"UserID\":\"@RBT#a\",\"Nick\":\"N\",\"SelfSignature\":\"S\"}");
    CALLS.put(
        "openim_robot_http_svc/send_stream_msg",
        "{\"From_Account\":\"@RBT#a\",\"To_Account\":\"mia\",\"Chunk\":\"a\",\"Finish\":1}");
    CALLS.put("openim_robot_http_svc/delete_robot", "{\"Robot_Account\":\"@RBT#a\"}");
    group(
        "create_group",
        "\"Type\":\"Community\",\"Name\":\"n\",\"SupportTopic\":1,\"EnablePermission\":1");
    group("import_group", "\"Type\":\"Public\",\"Name\":\"n\",\"Owner_Account\":\"noah\"", "old");
    group("add_group_member", "\"MemberList\":[{\"Member_Account\":\"noah\"}]");
    group("import_group_member", "\"MemberList\":[{\"Member_Account\":\"mia\"}]");
    group("modify_group_base_info", "\"Notification\":\"n\",\"MuteAllMember\":\"On\"");
    group("change_group_owner", "\"NewOwner_Account\":\"mia\"");
    group(
        "modify_group_member_info",
        "\"Member_Account\":\"noah\",\"Role\":\"Admin\",\"MuteTime\":1");
    group("forbid_send_msg", "\"Members_Account\":[\"noah\"],\"MuteTime\":0");
    group("modify_group_attr", "\"GroupAttr\":[{\"key\":\"k\",\"value\":\"v\"}]");
    group("set_group_attr", "\"GroupAttr\":[{\"key\":\"l\",\"value\":\"v\"}]");
    group("clear_group_attr", "");
    group("update_group_counter", "\"GroupCounter\":[{\"Key\":\"k\",\"Value\":1}]", "old");
    group("delete_group_counter", "", "old");
    groupMessages("old");
    String topic = "\"TopicName\":\"t\",\"TopicId\":\"" + GROUP + "@TOPIC#_t\"";
    CALLS.put("million_group_open_http_svc/create_topic", about(GROUP, topic));
    CALLS.put(
        "million_group_open_http_svc/modify_topic",
        about(GROUP, topic + ",\"MuteAllMember\":\"On\""));
    permissionGroups();
    CALLS.put(
        "million_group_open_http_svc/destroy_topic",
        about(GROUP, "\"TopicIdList\":[\"" + GROUP + "@TOPIC#_t\"]"));
    group("import_topic", "\"TopicName\":\"t\"");
    group("delete_group_member", "\"MemberToDel_Account\":[\"noah\"]");
    group("destroy_group", "");
    CALLS.put(
        "group_open_avchatroom_http_svc/modify_admin",
        about(LIVE, "\"CommandType\":1,\"Admin_Account\":[\"noah\"]"));
    group("ban_group_member", "\"Members_Account\":[\"mia\"],\"Duration\":9", LIVE);
    group("unban_group_member", "\"Members_Account\":[\"mia\"]", LIVE);
    CALLS.put("group_open_http_svc/send_broadcast_msg", BROADCAST);
    CALLS.put("im_open_login_svc/kick", "{\"UserID\":\"mia\"}");
    CALLS.put("im_open_login_svc/account_delete", "{\"DeleteItem\":[{\"UserID\":\"mia\"}]}");
  }

  /** What is done with the messages of a group whose only member is noah. */
  private static void groupMessages(String groupId) {
    String body = "\"MsgBody\":[{\"MsgType\":\"TIMTextElem\",\"MsgContent\":{\"Text\":\"x\"}}]";
    group(
        "send_group_msg",
        "\"From_Account\":\"mia\",\"Random\":7,\"NeedReadReceipt\":1,"
            + "\"SupportMessageExtension\":1,"
            + body,
        groupId);
    CALLS.put(
        "openim_msg_ext_http_svc/group_set_key_values",
        about(groupId, "\"MsgSeq\":1,\"OperateType\":3"));
    CALLS.put("openim_msg_ext_http_svc/group_get_key_values", about(groupId, "\"MsgSeq\":1"));
    group(
        "group_msg_receipt", "\"From_Account\":\"noah\",\"MsgSeqList\":[{\"MsgSeq\":1}]", groupId);
    group(
        "get_group_msg_receipt_detail",
        "\"MsgSeq\":1,\"Filter\":0,\"Cursor\":\"\",\"Count\":1",
        groupId);
    CALLS.put("openim/modify_group_msg", about(groupId, "\"MsgSeq\":1,\"CloudCustomData\":\"c\""));
    group("group_msg_get_simple", "\"ReqMsgNumber\":1", groupId);
    group("set_unread_msg_num", "\"Member_Account\":\"noah\",\"UnreadMsgNum\":0", groupId);
    group(
        "import_group_msg",
        "\"MsgList\":[{\"From_Account\":\"mia\",\"SendTime\":1600000000," + body + "}]",
        groupId);
    group("send_group_system_notification", "\"Content\":\"c\"", groupId);
    group("clear_group_msg", "", groupId);
    group("group_msg_recall", "\"MsgSeqList\":[{\"MsgSeq\":1}]", groupId);
    group("delete_group_msg_by_sender", "\"Sender_Account\":\"mia\"", groupId);
  }

  private static void permissionGroups() {
    String id = "\"PermissionGroupId\":\"@PMG#_mods\"";
    String bits =
        ",\"TopicPermissionList\":[{\"TopicId\":\"" + GROUP + "@TOPIC#_t\",\"Permission\":1}]";
    String members = ",\"MemberList\":[{\"Member_Account\":\"noah\"}]";
    group("create_permission_group", id + ",\"PermissionGroupName\":\"n\"");
    group("modify_permission_group", id + ",\"PermissionGroupName\":\"m\"");
    group("add_topic_permission_group", id + bits);
    group("set_topic_permission_group", id + bits);
    group("delete_topic_permission_group", id + ",\"TopicIdList\":[\"" + GROUP + "@TOPIC#_t\"]");
    group("add_permission_group_member", id + members);
    group("delete_permission_group_member", id + members);
    group("destroy_permission_group", "\"PermissionGroupIdList\":[\"@PMG#_mods\"]");
  }

  private static void group(String command, String fields) {
    group(command, fields, GROUP);
  }

  private static void group(String command, String fields, String groupId) {
    CALLS.put("group_open_http_svc/" + command, about(groupId, fields));
  }

  private static String about(String groupId, String fields) {
    return "{\"GroupId\":\"" + groupId + "\"" + (fields.isEmpty() ? "" : ",") + fields + "}";
  }

  private final TestServer server = TestServer.shared();

  @Test
  void everyDeclarationSaysWhatItWritesOrWhyNothing() {
    server.server().endpoints().all().forEach(endpoint -> check(endpoint.path(), endpoint.audit()));
    server
        .server()
        .commands()
        .commands()
        .forEach(command -> check(command.name(), command.audit()));
    server.server().jobs().jobs().forEach(job -> check(job.name(), job.audit()));
  }

  @Test
  void everyEndpointThatDeclaresEventsIsCalledHere() {
    Set<String> declaring =
        server.server().endpoints().all().stream()
            .filter(endpoint -> endpoint.audit() instanceof AuditDeclaration.Records)
            .map(Endpoint::path)
            .collect(Collectors.toCollection(TreeSet::new));
    assertEquals(declaring, new TreeSet<>(CALLS.keySet()));
  }

  @Test
  void whatIsDeclaredIsWrittenWithTheChange() {
    TestApp app =
        server
            .newApp(AppSettings.parse("{\"groups\":{\"broadcast\":true}}"))
            .withUsers("mia", "noah");
    app.rest(
        "group_open_http_svc/create_group", about(LIVE, "\"Type\":\"AVChatRoom\",\"Name\":\"n\""));
    String hour = archivedHour(app);
    String file = uploaded(app);
    String key = "";
    for (Map.Entry<String, String> call : CALLS.entrySet()) {
      JsonNode reply =
          app.rest(
              call.getKey(),
              call.getValue()
                  .replace("$KEY", key)
                  .replace("$HOUR", hour)
                  .replace("$FILE", file)
                  .replace("$APP", Long.toString(app.appId())));
      assertEquals(0, reply.path("ErrorCode").asInt(), () -> call.getKey() + reply);
      if (call.getKey().equals("openim/sendmsg")
          || call.getKey().endsWith("/send_official_account_msg")) {
        key = reply.path("MsgKey").asText();
      }
    }
    Set<String> written = written(app);
    for (Endpoint endpoint : server.server().endpoints().all()) {
      if (endpoint.audit() instanceof AuditDeclaration.Records records) {
        for (AuditEventType type : records.types()) {
          assertTrue(
              written.contains(type.id()),
              () -> endpoint.path() + " declares " + type.id() + " but wrote only " + written);
        }
      }
    }
  }

  @Test
  void aRefusedChangeLeavesNoRecordOfSuccess() {
    TestApp app = server.newApp();
    Set<String> before = written(app);
    app.rest("im_open_login_svc/kick", "{\"UserID\":\"ghost\"}");
    assertEquals(before, written(app));
  }

  @Test
  void signOnsAreOnRecord() {
    TestApp app = server.newApp();
    try (TestUser user = app.login("mia")) {
      user.settle();
      Awaitility.await().until(() -> written(app).contains("auth.user.login"));
    }
  }

  @Test
  void noRecordNamesAUser() {
    TestApp app = server.newApp();
    app.rest(
        "im_open_login_svc/account_import", "{\"UserID\":\"secretName\",\"Nick\":\"secretNick\"}");
    AuditLeaves.await(app, "user.import", event -> event.path("target").size() == 1);
    assertFalse(AuditLeaves.of(app).toString().contains("secret"));
  }

  private static void check(String what, AuditDeclaration declaration) {
    switch (declaration) {
      case AuditDeclaration.Records records ->
          assertFalse(records.types().isEmpty(), what + " declares no event type");
      case AuditDeclaration.None none ->
          assertTrue(none.because().length() > 10, what + " does not say why it has no event");
    }
  }

  private static Set<String> written(TestApp app) {
    return AuditLeaves.types(app);
  }

  private static String message(String to) {
    return "{\"From_Account\":\"mia\",\"MsgRandom\":1,\"IsNeedReadReceipt\":1,"
        + "\"SupportMessageExtension\":1,\"To_Account\":"
        + to
        + ",\"MsgBody\":[{\"MsgType\":\"TIMTextElem\",\"MsgContent\":{\"Text\":\"a\"}}]}";
  }

  /** An hour that is over and of which there is an archive. */
  static String archivedHour(TestApp app) {
    Instant earlier = Instant.now().minusSeconds(7200);
    app.rest("openim/importmsg", imported(earlier));
    String hour =
        DateTimeFormatter.ofPattern("uuuuMMddHH").format(earlier.atZone(ZoneId.of("+08:00")));
    String path = "open_msg_svc/get_history";
    String body = CALLS.get(path).replace("$HOUR", hour);
    Awaitility.await().until(() -> app.rest(path, body).path("ErrorCode").asInt() == 0);
    return hour;
  }

  static String uploaded(TestApp app) {
    try (HttpClient http = HttpClient.newHttpClient()) {
      return Uploads.uploadedBy(http, app.server().facts().imUrl(), app, "mia");
    }
  }

  private static String imported() {
    return imported(Instant.now());
  }

  private static String imported(Instant time) {
    return "{\"From_Account\":\"mia\",\"To_Account\":\"noah\",\"SyncFromOldSystem\":2,"
        + "\"MsgRandom\":1,\"MsgTimeStamp\":"
        + time.getEpochSecond()
        + ",\"MsgBody\":[{\"MsgType\":\"TIMTextElem\",\"MsgContent\":{\"Text\":\"a\"}}]}";
  }
}
