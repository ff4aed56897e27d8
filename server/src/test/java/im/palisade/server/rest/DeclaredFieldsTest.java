package im.palisade.server.rest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import im.palisade.server.app.AppSettings;
import im.palisade.server.audit.EndpointCalls;
import im.palisade.server.protocol.Json;
import im.palisade.server.testing.TestApp;
import im.palisade.server.testing.TestServer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Every endpoint, with every declared field wrong in every way that its declaration can be broken:
 * each gets the declared code, and nothing happens.
 */
class DeclaredFieldsTest {
  /** What an item's code is called. */
  private static final List<String> ITEM_CODES = List.of("ResultCode", "ErrorCode", "Result");

  /** Fields that are not looked at in the call tried: another field says that they do not count. */
  private static final Map<String, String> PASSED_OVER =
      Map.of(
          "im_open_login_svc/multiaccount_import", "Accounts",
          "openim_msg_ext_http_svc/set_key_values", "ExtensionList",
          "openim_msg_ext_http_svc/group_set_key_values", "ExtensionList",
          "recentcontact/create_contact_group", "GroupContactItem.ContactItem.ToGroupId",
          "recentcontact/delete", "ToGroupid",
          "recentcontact/search_contact_group", "ContactItem.ToGroupId",
          "recentcontact/mark_contact", "MarkItem.C",
          "recentcontact/update_contact_group", "UpdateGroup.ContactUpdateItem");

  /** Works on those who are connected: nobody is. */
  private static final String NEEDS_SOMEBODY = "group_open_avchatroom_http_svc/modify_user_info";

  private final TestServer server = TestServer.shared();

  @Test
  void everyFieldThatIsWrongGetsItsCodeAndNothingHappens() {
    TestApp app = app();
    List<String> wrong = new ArrayList<>();
    EndpointCalls calls = EndpointCalls.prepared(app);
    int tried = 0;
    for (Map.Entry<String, String> call : calls.all().entrySet()) {
      Endpoint endpoint = server.server().endpoints().find(call.getKey()).orElseThrow();
      ObjectNode good = object(calls.filled(call.getValue()));
      String before = calls.written();
      for (BadFields.Bad bad : BadFields.of(endpoint, good)) {
        if (bad.what().startsWith(PASSED_OVER.getOrDefault(call.getKey(), "-"))) {
          continue;
        }
        tried++;
        JsonNode reply = app.rest(call.getKey(), bad.body());
        if (!says(reply, bad.code())) {
          wrong.add(call.getKey() + " " + bad + ": not " + bad.code() + " but " + reply);
        }
      }
      if (!before.equals(calls.written())) {
        wrong.add(call.getKey() + ": a refused call changed something");
      }
      JsonNode reply = calls.make(call);
      if (!says(reply, 0) && !call.getKey().equals(NEEDS_SOMEBODY)) {
        wrong.add(call.getKey() + " in itself: " + reply);
      }
    }
    assertTrue(tried > 2000, "only " + tried);
    assertEquals("", String.join("\n", wrong));
  }

  @Test
  void aCallThatIsRefusedForALaterItemHasDoneNothing() {
    TestApp app = app();
    List<String> wrong = new ArrayList<>();
    EndpointCalls calls = EndpointCalls.prepared(app);
    for (Map.Entry<String, String> call : calls.all().entrySet()) {
      Endpoint endpoint = server.server().endpoints().find(call.getKey()).orElseThrow();
      ObjectNode good = object(calls.filled(call.getValue()));
      String before = calls.written();
      for (BadFields.Bad bad : BadFields.behindAGoodOne(endpoint, good)) {
        JsonNode reply = app.rest(call.getKey(), bad.body());
        String after = calls.written();
        if (reply.path("ErrorCode").asInt() != 0 && !after.equals(before)) {
          wrong.add(call.getKey() + " " + bad + ": refused, yet it changed something: " + reply);
        }
        before = after;
      }
      calls.make(call);
    }
    assertEquals("", String.join("\n", wrong));
  }

  @Test
  void hostileTextsBreakNothing() {
    TestApp app = app();
    List<String> broken = new ArrayList<>();
    EndpointCalls calls = EndpointCalls.prepared(app);
    for (Map.Entry<String, String> call : calls.all().entrySet()) {
      Endpoint endpoint = server.server().endpoints().find(call.getKey()).orElseThrow();
      for (String body : BadFields.hostile(endpoint, object(calls.filled(call.getValue())))) {
        JsonNode reply = app.rest(call.getKey(), body);
        int code = reply.path("ErrorCode").asInt(-1);
        if (code < 0
            || code == endpoint.family().internal().number()
            || code == endpoint.family().timeout().number()) {
          broken.add(call.getKey() + " " + body + ": " + reply);
        }
      }
    }
    assertEquals("", String.join("\n", broken));
  }

  /** JSON can escape half of a character; no UTF-8 can keep it, so it is refused, not changed. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          profile/portrait_set|{'From_Account':'mia','ProfileItem':[{'Tag':'Tag_Profile_IM_Nick','Value':'a$'}]}|40610
          im_open_login_svc/account_import|{'UserID':'mia','Nick':'a$'}|70402
          sns/group_add|{'From_Account':'mia','GroupName':['a$']}|30001
          sns/friend_import|{'From_Account':'mia','AddFriendItem':[{'To_Account':'noah','Remark':'a$'}]}|30001
          recentcontact/create_contact_group|{'From_Account':'mia','GroupContactItem':[{'GroupName':'a$','ContactItem':[{'Type':1,'To_Account':'noah'}]}]}|50002
          recentcontact/mark_contact|{'From_Account':'mia','MarkItem':[{'OptType':2,'CustomMark':'a$','ContactItem':{'Type':1,'To_Account':'noah'}}]}|50002
          all_member_push/im_add_tag|{'UserTags':[{'To_Account':'mia','Tags':['a$']}]}|90001
          all_member_push/im_set_attr_name|{'AttrNames':{'0':'a$'}}|90001
          openim/sendmsg|{'To_Account':'noah','MsgRandom':1,'CloudCustomData':'a$','MsgBody':[{'MsgType':'TIMTextElem','MsgContent':{'Text':'x'}}]}|90010
          """)
  void halfACharacterIsRefused(String path, String body, int code) {
    TestApp app = server.newApp().withUsers("mia", "noah");
    JsonNode reply = app.rest(path, body.replace('\'', '"').replace("$", "\\ud800"));
    assertTrue(says(reply, code), reply::toString);
  }

  @Test
  void everyEndpointIsTried() {
    Set<String> declared = new TreeSet<>();
    server.server().endpoints().all().stream()
        .filter(endpoint -> !endpoint.fields().isEmpty())
        .forEach(endpoint -> declared.add(endpoint.path()));
    declared.removeAll(EndpointCalls.paths());
    assertEquals(Set.of(), declared);
  }

  private TestApp app() {
    ObjectNode settings = Json.object();
    settings.putObject("groups").put("broadcast", true).put("memberList", true);
    ObjectNode rates = settings.putObject("callsPerSecond");
    server.server().endpoints().all().forEach(endpoint -> rates.put(endpoint.path(), 0));
    return server.newApp(AppSettings.parse(settings.toString()));
  }

  private static ObjectNode object(String body) {
    return Json.parseObject(body.getBytes(StandardCharsets.UTF_8)).orElseThrow();
  }

  /** Whether the call or one of its items is refused with that code. */
  private static boolean says(JsonNode reply, int code) {
    int whole = reply.path("ErrorCode").asInt(-1);
    return whole == code
        || (whole == 0
            && ITEM_CODES.stream()
                .flatMap(name -> reply.findValues(name).stream())
                .anyMatch(each -> each.asInt() == code));
  }
}
