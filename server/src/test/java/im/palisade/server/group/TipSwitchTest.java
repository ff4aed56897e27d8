package im.palisade.server.group;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import im.palisade.client.ImMessage;
import im.palisade.server.app.AppSettings;
import im.palisade.server.protocol.Json;
import im.palisade.server.testing.TestServer;
import im.palisade.server.testing.TestUser;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** An app says of each event whether its groups are told, and whether that is kept (§3.4). */
class TipSwitchTest {
  private final Groups groups =
      new Groups(
          TestServer.shared()
              .newApp(
                  AppSettings.parse(
                      """
                      {"groups":{
                        "rules":{
                          "Public":{"tip-quit":"store","tip-members":"off","tip-name":"push",
                            "tip-notice":"off","tip-introduction":"store","tip-mute-all":"push",
                            "tip-mute":"off","tip-face":"loud"},
                          "AVChatRoom":{"tip-members":"off","tip-mute":"push"}}}}
                      """))
              .withUsers("ann", "bo", "cy"));

  @Test
  void everyEventIsToldAndKeptAsItsOwnSwitchSays() {
    String id = groups.create("Public", "ann");
    try (TestUser ann = groups.app().login("ann")) {
      for (String member : List.of("bo", "cy")) {
        groups.ok(
            "add_group_member",
            "{'GroupId':'" + id + "','MemberList':[{'Member_Account':'" + member + "'}]}");
      }
      groups.ok("delete_group_member", "{'GroupId':'" + id + "','MemberToDel_Account':['cy']}");
      groups.ok(
          "forbid_send_msg", "{'GroupId':'" + id + "','Members_Account':['bo'],'MuteTime':60}");
      assertFalse(ann.settle().hasMessage(), "of none of that");
      groups.makeAdmin(id, "bo");
      assertEquals("4 stored", next(ann), "what no switch was set for is as it was");
      try (TestUser bo = groups.app().login("bo")) {
        TestUser.await(bo.client().request("group.quit", Json.object().put("groupId", id)));
      }
      assertEquals("2 stored", next(ann), "one switch beside that for all four");
      groups.ok(
          "modify_group_base_info",
          "{'GroupId':'"
              + id
              + "','Name':'x','Notification':'x','Introduction':'x','FaceUrl':'x',"
              + "'MuteAllMember':'On'}");
      List<String> told = List.of(next(ann), next(ann));
      assertEquals(
          List.of("6 Introduction FaceUrl stored", "6 Name MuteAllMember pushed"),
          told.stream().sorted().toList());
      assertFalse(ann.settle().hasMessage());
    }
    JsonNode history =
        groups.ok("group_msg_get_simple", "{'GroupId':'" + id + "','ReqMsgNumber':20}");
    List<String> kept = new ArrayList<>();
    history.path("RspMsgList").forEach(each -> kept.add(each.at("/GroupTip/OpType").asText()));
    assertEquals(List.of("6", "2", "4"), kept, "and nothing else is in the history");
  }

  @Test
  void whatLiveRoomsAreToldOfComingAndGoingIsNotTheAppsToDecide() {
    String id = groups.create("AVChatRoom", "ann");
    ObjectNode room = Json.object().put("groupId", id);
    try (TestUser ann = groups.app().login("ann")) {
      TestUser.await(ann.client().request("group.join", room));
      assertEquals("1 pushed", next(ann));
      groups.ok("modify_group_base_info", "{'GroupId':'" + id + "','Name':'x'}");
      assertEquals("6 Name pushed", next(ann));
      groups.ok(
          "forbid_send_msg", "{'GroupId':'" + id + "','Members_Account':['bo'],'MuteTime':60}");
      assertEquals("7 pushed", next(ann), "but of mutes it is");
    }
  }

  private static String next(TestUser user) {
    ImMessage message = user.nextMessage();
    JsonNode tip = message.body().at("/0/MsgContent");
    StringBuilder text = new StringBuilder(tip.path("OpType").asText());
    tip.path("ChangeList").forEach(each -> text.append(' ').append(each.path("Key").asText()));
    return text.append(message.seq() > 0 ? " stored" : " pushed").toString();
  }
}
