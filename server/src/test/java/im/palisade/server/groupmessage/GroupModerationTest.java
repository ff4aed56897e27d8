package im.palisade.server.groupmessage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import im.palisade.server.app.AppSettings;
import im.palisade.server.protocol.Json;
import im.palisade.server.testing.TestApp;
import im.palisade.server.testing.TestServer;
import im.palisade.server.testing.TestUser;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What an app's word lists do to messages of groups, and where in the order of checks. */
class GroupModerationTest {
  private final TestApp app =
      TestServer.shared()
          .newApp(
              AppSettings.parse(
                  """
                  {"moderation":{"rest":true},"groups":{"ratePerSecond":10}}
                  """))
          .withUsers("ann", "bo");

  GroupModerationTest() {
    ok(
        "im_msg_audit_mgr/add_local_audit_keywords",
        "{'SdkAppId':"
            + app.appId()
            + ",'LocalAuditWords':[{'Keyword':'forbidden','WordType':1,'FilterType':2},"
            + "{'Keyword':'badword','WordType':1,'FilterType':1,'ReplacedContent':'***'}]}");
    for (String type : List.of("Public", "AVChatRoom", "Private")) {
      ok(
          "group_open_http_svc/create_group",
          "{'Type':'" + type + "','Name':'g','GroupId':'" + type + "','Owner_Account':'ann'}");
    }
    ok(
        "group_open_http_svc/add_group_member",
        "{'GroupId':'Public','MemberList':[{'Member_Account':'bo'}]}");
  }

  @Test
  void aChangedMessageIsLookedAtLikeANewOne() {
    try (TestUser bo = app.login("bo")) {
      assertEquals(0, code(send("Public", 1, "fine")));
      assertEquals("fine", bo.nextMessage().text());
      assertEquals(80001, code(modify("so Forbidden")));
      assertFalse(bo.settle().hasEvent());
      assertEquals(0, code(modify("a badword")));
      String event = bo.nextEvent();
      assertTrue(event.contains("\"Text\":\"a ***\""), event);
    }
  }

  @Test
  void whatIsRefusedTakesNothingOfTheGroupsRate() {
    for (String group : List.of("Public", "AVChatRoom")) {
      for (int i = 0; i < 20; i++) {
        assertEquals(80001, code(send(group, 100 + i, "forbidden")), group);
      }
      JsonNode passed = send(group, 200, "fine");
      assertEquals(0, code(passed));
      assertTrue(passed.path("MsgDropReason").isMissingNode(), passed::toString);
    }
  }

  @Test
  void whatIsBeyondTheRateIsDroppedUnlessItIsHigh() {
    JsonNode dropped = send("Public", 1_000, "fine");
    for (int i = 1; dropped.path("MsgDropReason").isMissingNode() && i < 400; i++) {
      dropped = send("Public", 1_000 + i, "fine");
    }
    assertEquals("MsgFreqCtrl", dropped.path("MsgDropReason").asText(), dropped::toString);
    assertEquals(0, code(dropped));
    assertEquals(0, dropped.path("MsgSeq").asLong());
    JsonNode high =
        app.rest(
            "group_open_http_svc/send_group_msg",
            Json.object()
                .put("GroupId", "Public")
                .put("Random", 7)
                .put("MsgPriority", "High")
                .set("MsgBody", body("urgent"))
                .toString());
    assertTrue(high.path("MsgSeq").asLong() > 0, high::toString);
  }

  @Test
  void aRefusedMessageDoesNotWakeAWorkGroup() {
    assertEquals(80001, code(send("Private", 1, "forbidden")));
    assertEquals(0, joined());
    assertEquals(0, code(send("Private", 2, "fine")));
    assertEquals(1, joined());
  }

  private int joined() {
    return ok(
            "group_open_http_svc/get_joined_group_list",
            "{'Member_Account':'ann','GroupType':'Private'}")
        .path("TotalCount")
        .asInt();
  }

  private JsonNode send(String group, long random, String text) {
    return app.rest(
        "group_open_http_svc/send_group_msg",
        Json.object()
            .put("GroupId", group)
            .put("Random", random)
            .put("From_Account", "ann")
            .set("MsgBody", body(text))
            .toString());
  }

  private JsonNode modify(String text) {
    return app.rest(
        "openim/modify_group_msg",
        Json.object()
            .put("GroupId", "Public")
            .put("MsgSeq", 2)
            .set("MsgBody", body(text))
            .toString());
  }

  private static JsonNode body(String text) {
    var elements = Json.mapper().createArrayNode();
    elements.addObject().put("MsgType", "TIMTextElem").putObject("MsgContent").put("Text", text);
    return elements;
  }

  private JsonNode ok(String command, String body) {
    JsonNode reply = app.rest(command, body.replace('\'', '"'));
    assertEquals(0, code(reply), command + " " + reply);
    return reply;
  }

  private static int code(JsonNode reply) {
    return reply.path("ErrorCode").asInt();
  }
}
