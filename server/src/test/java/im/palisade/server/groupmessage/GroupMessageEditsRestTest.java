package im.palisade.server.groupmessage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import im.palisade.server.message.GroupUnreadStore;
import im.palisade.server.protocol.Json;
import im.palisade.server.testing.TestApp;
import im.palisade.server.testing.TestServer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** rest-groups C3 to C8, rest-groups-advanced G and J3, rest-messages C3 and C4. */
class GroupMessageEditsRestTest {
  private static final String SERVICE = "group_open_http_svc/";
  private static final String EXTENSIONS = "openim_msg_ext_http_svc/";

  private final TestApp app = TestServer.shared().newApp().withUsers("ann", "bo", "cy", "dee");
  private final StoredGroups groups = new StoredGroups(app);
  private final long group = groups.group("chess", StoredGroups.PUBLIC, "ann", "bo", "cy");

  @Test
  void aRecalledMessageLeavesTheHistoryAndTheUnreadForGood() {
    send("ann");
    send("ann");
    JsonNode reply = call("group_msg_recall", "\"MsgSeqList\":[{\"MsgSeq\":2},{\"MsgSeq\":9}]");
    assertEquals("{\"MsgSeq\":2,\"RetCode\":0}", reply.at("/RecallRetList/0").toString());
    assertEquals(10030, reply.at("/RecallRetList/1/RetCode").asInt());
    assertEquals(1, unread("bo"));
    assertEquals(1, history("").at("/RspMsgList/0/MsgSeq").asInt(), "skipped");
    JsonNode all = history(",\"WithRecalledMsg\":1");
    assertEquals(2, all.at("/RspMsgList/0/IsPlaceMsg").asInt());
    assertEquals(0, all.at("/RspMsgList/0/MsgBody").size());
    reply = call("group_msg_recall", "\"MsgSeqList\":[{\"MsgSeq\":2}]");
    assertEquals(0, reply.at("/RecallRetList/0/RetCode").asInt(), "again, without effect");
    assertEquals(1, unread("bo"));
    assertEquals(10004, code(call("group_msg_recall", "\"MsgSeqList\":[" + seqs(11) + "]")));
    assertEquals(10004, code(call("group_msg_recall", "\"MsgSeqList\":[]")));
  }

  @Test
  void everythingOfOneSenderGoesAndNothingOfTheOthers() {
    send("ann");
    send("bo");
    send("ann");
    assertEquals(0, code(call("delete_group_msg_by_sender", "\"Sender_Account\":\"ann\"")));
    assertEquals(1, history("").path("RspMsgList").size());
    assertEquals(1, unread("cy"));
    assertEquals(0, code(call("delete_group_msg_by_sender", "\"Sender_Account\":\"dee\"")));
    assertEquals(10019, code(call("delete_group_msg_by_sender", "\"Sender_Account\":\"x\"")));
  }

  @Test
  void aModifiedMessageKeepsWhatIsNotReplaced() {
    send("ann");
    JsonNode reply = modify("\"MsgSeq\":1,\"CloudCustomData\":\"later\"");
    assertEquals(0, code(reply), reply::toString);
    assertEquals("succeed", reply.path("ErrorInfo").asText());
    JsonNode stored = history("").at("/RspMsgList/0");
    assertEquals("later", stored.path("CloudCustomData").asText());
    assertEquals("hi", stored.at("/MsgBody/0/MsgContent/Text").asText());
    assertEquals(90002, code(modify("\"MsgSeq\":1")));
    assertEquals(20026, code(modify("\"MsgSeq\":2,\"CloudCustomData\":\"x\"")));
    assertEquals(
        10010,
        code(
            app.rest(
                "openim/modify_group_msg",
                "{\"GroupId\":\"none\",\"MsgSeq\":1,\"CloudCustomData\":\"x\"}")));
    call("group_msg_recall", "\"MsgSeqList\":[{\"MsgSeq\":1}]");
    assertEquals(20026, code(modify("\"MsgSeq\":1,\"CloudCustomData\":\"x\"")));
  }

  @Test
  void aClearedHistoryIsReadAndStillThereForTheApp() {
    for (int i = 0; i < 4; i++) {
      send("ann");
    }
    send("bo");
    assertEquals(5, unread("cy"));
    assertEquals(0, code(call("clear_group_msg", "\"MsgSeq\":3")));
    assertEquals(2, unread("cy"));
    assertEquals(1, unread("bo"), "its own one does not count");
    assertEquals(5, history("").path("RspMsgList").size());
    assertEquals(0, code(call("clear_group_msg", "\"MsgSeq\":1")));
    assertEquals(2, unread("cy"), "never back");
    assertEquals(0, code(app.rest(SERVICE + "clear_group_msg", "{\"GroupId\":\"chess\"}")));
    assertEquals(0, unread("cy"));
    groups.group("town", StoredGroups.COMMUNITY, "ann");
    assertEquals(10007, code(app.rest(SERVICE + "clear_group_msg", "{\"GroupId\":\"town\"}")));
  }

  @Test
  void unreadIsSetToWhatIsWantedOrToWhatThereIs() {
    for (String sender : new String[] {"ann", "cy", "bo", "ann"}) {
      send(sender);
    }
    for (int wanted : new int[] {2, 0, 1, 100}) {
      assertEquals(0, code(setUnread("cy", wanted)));
      assertEquals(Math.min(wanted, 3), unread("cy"));
    }
    assertEquals(10004, code(setUnread("cy", -1)));
    assertEquals(10007, code(setUnread("dee", 1)));
    assertEquals(10019, code(setUnread("nobody", 1)));
  }

  @Test
  void receiptsCountThoseWhoBelongedWhenTheMessageCame() {
    ObjectNode asking = SendGroupMessageRestTest.message("ann", "?").put("NeedReadReceipt", 1);
    assertEquals(0, code(app.rest(SERVICE + "send_group_msg", asking.toString())));
    send("ann");
    groups.join(group, "dee", 1);
    assertEquals("1 of 2 asked: 0/2", counts());
    assertEquals(0, code(receipt("bo")));
    assertEquals("1 of 2 asked: 1/1", counts());
    assertEquals(0, code(receipt("bo")), "again");
    assertEquals(0, code(receipt("ann")), "its own");
    assertEquals(0, code(receipt("dee")), "came later");
    assertEquals("1 of 2 asked: 1/1", counts());
    groups.leave(group, "cy");
    assertEquals("1 of 2 asked: 1/1", counts());
    assertEquals(10007, code(receipt("cy")));
    assertEquals("bo", detail(0, "").at("/ReadList/0/Read_Account").asText());
    JsonNode unread = detail(1, "");
    assertEquals("cy", unread.at("/UnreadList/0/Unread_Account").asText());
    assertEquals("0", unread.path("Cursor").asText());
    assertEquals(1, unread.path("IsFinish").asInt());
    assertEquals(1, unread.path("IsFinished").asInt());
    assertEquals(
        10062,
        code(
            call(
                "get_group_msg_receipt_detail",
                "\"MsgSeq\":2,\"Filter\":0,\"Cursor\":\"\",\"Count\":1")));
    assertEquals(0, unread("dee"), "receipts are apart from unread");
    assertEquals(2, unread("bo"));
  }

  @Test
  void importedMessagesComeInOrderAndAreRead() {
    String list =
        "\"MsgList\":[%s,%s,%s,%s]"
            .formatted(
                imported("ann", 1_600_000_200, "a"),
                imported("nobody", 1_600_000_201, "b"),
                imported("bo", 1_600_000_100, "too early"),
                imported("bo", 1_600_000_200, "d")
                    .replace("{\"From", "{\"Random\":5,\"From")
                    .replace("\"SendTime\":1600000200", "\"SendTime\":1600000202"));
    JsonNode reply = call("import_group_msg", list);
    assertEquals(0, code(reply), reply::toString);
    JsonNode results = reply.path("ImportMsgResult");
    assertEquals("{\"MsgSeq\":1,\"MsgTime\":1600000200,\"Result\":0}", results.get(0).toString());
    assertEquals(10019, results.at("/1/Result").asInt());
    assertEquals(10004, results.at("/2/Result").asInt());
    assertEquals(2, results.at("/3/MsgSeq").asInt());
    assertEquals(0, unread("cy"));
    assertEquals(0, code(setUnread("cy", 2)), "as the other system had it");
    assertEquals(2, unread("cy"));
    send("ann");
    assertEquals(3, unread("cy"));
    assertEquals(10004, code(call("import_group_msg", "\"MsgList\":[]")));
  }

  @Test
  void pairsAreKeptWithMessagesThatAllowIt() {
    ObjectNode body =
        SendGroupMessageRestTest.message("ann", "?").put("SupportMessageExtension", 1);
    app.rest(SERVICE + "send_group_msg", body.toString());
    send("ann");
    String pair = ",\"OperateType\":1,\"ExtensionList\":[{\"Key\":\"k\",\"Value\":\"v\"}]";
    JsonNode set = extension("group_set_key_values", "chess", 1, pair);
    assertEquals(1, set.at("/ExtensionList/0/Extension/Seq").asInt(), set::toString);
    assertEquals(
        "v",
        extension("group_get_key_values", "chess", 1, "").at("/ExtensionList/0/Value").asText());
    assertEquals(23002, code(extension("group_set_key_values", "chess", 2, pair)));
    assertEquals(23004, code(extension("group_set_key_values", "chess", 3, pair)));
    assertEquals(10010, code(extension("group_get_key_values", "none", 1, "")));
    groups.group("town", StoredGroups.COMMUNITY, "ann");
    assertEquals(23002, code(extension("group_get_key_values", "town", 1, "")));
  }

  @ParameterizedTest
  @CsvSource({
    "group_msg_recall, 10033", "group_msg_get_simple, 10044", "import_group_msg, 10007",
    "delete_group_msg_by_sender, 0", "clear_group_msg, 0", "set_unread_msg_num, 0",
    "get_group_msg_receipt, 10007"
  })
  void aLiveRoomKeepsNothing(String command, int code) {
    groups.group("room", StoredGroups.LIVE);
    String body =
        "{\"GroupId\":\"room\",\"MsgSeqList\":[{\"MsgSeq\":1}],\"ReqMsgNumber\":1,\"MsgList\":["
            + imported("ann", 1_600_000_200, "a")
            + "],\"Sender_Account\":\"ann\",\"Member_Account\":\"ann\",\"UnreadMsgNum\":1}";
    assertEquals(code, code(app.rest(SERVICE + command, body)));
  }

  @Test
  void aNotificationIsNoMessage() {
    assertEquals(0, code(call("send_group_system_notification", "\"Content\":\"c\"")));
    assertEquals(10004, code(call("send_group_system_notification", "\"Content\":\"\"")));
    assertEquals(
        10004,
        code(call("send_group_system_notification", "\"Content\":\"" + "x".repeat(12_289) + "\"")));
    assertEquals(0, history("").path("RspMsgList").size());
    assertFalse(code(history("")) != 0);
  }

  private String counts() {
    JsonNode list =
        call("get_group_msg_receipt", "\"MsgSeqList\":[{\"MsgSeq\":1},{\"MsgSeq\":2}]")
            .path("GroupMsgReceiptList");
    assertTrue(list.size() == 2 && list.at("/1/Code").asInt() == 10062, list::toString);
    assertEquals("0/0", list.at("/1/ReadNum").asText() + "/" + list.at("/1/UnreadNum").asText());
    return "1 of 2 asked: " + list.at("/0/ReadNum").asInt() + "/" + list.at("/0/UnreadNum").asInt();
  }

  private JsonNode receipt(String reader) {
    return call(
        "group_msg_receipt",
        "\"From_Account\":\"" + reader + "\",\"MsgSeqList\":[{\"MsgSeq\":1},{\"MsgSeq\":2}]");
  }

  private JsonNode detail(int filter, String cursor) {
    return call(
        "get_group_msg_receipt_detail",
        "\"MsgSeq\":1,\"Filter\":" + filter + ",\"Cursor\":\"" + cursor + "\",\"Count\":10");
  }

  private JsonNode setUnread(String member, int count) {
    return call(
        "set_unread_msg_num", "\"Member_Account\":\"" + member + "\",\"UnreadMsgNum\":" + count);
  }

  private JsonNode modify(String fields) {
    return app.rest("openim/modify_group_msg", "{\"GroupId\":\"chess\"," + fields + "}");
  }

  private JsonNode extension(String command, String groupId, int seq, String more) {
    return app.rest(
        EXTENSIONS + command, "{\"GroupId\":\"" + groupId + "\",\"MsgSeq\":" + seq + more + "}");
  }

  private void send(String from) {
    JsonNode reply =
        app.rest(
            SERVICE + "send_group_msg", SendGroupMessageRestTest.message(from, "hi").toString());
    assertEquals(0, code(reply), reply::toString);
  }

  private JsonNode history(String more) {
    return call("group_msg_get_simple", "\"ReqMsgNumber\":20" + more);
  }

  private JsonNode call(String command, String fields) {
    return app.rest(SERVICE + command, "{\"GroupId\":\"chess\"," + fields + "}");
  }

  private long unread(String userId) {
    return groups
        .region()
        .read(c -> new GroupUnreadStore().unread(c, groups.account(userId)))
        .getOrDefault(group, new GroupUnreadStore.Unread(0, true))
        .count();
  }

  private static String imported(String from, long time, String text) {
    ObjectNode json = Json.object().put("From_Account", from).put("SendTime", time);
    json.putArray("MsgBody")
        .addObject()
        .put("MsgType", "TIMTextElem")
        .putObject("MsgContent")
        .put("Text", text);
    return json.toString();
  }

  private static String seqs(int count) {
    StringBuilder text = new StringBuilder();
    for (int i = 1; i <= count; i++) {
      text.append(i == 1 ? "" : ",").append("{\"MsgSeq\":").append(i).append('}');
    }
    return text.toString();
  }

  private static int code(JsonNode reply) {
    return reply.path("ErrorCode").asInt();
  }
}
