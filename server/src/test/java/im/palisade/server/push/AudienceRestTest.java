package im.palisade.server.push;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import im.palisade.server.app.AppSettings;
import im.palisade.server.protocol.Json;
import im.palisade.server.testing.TestApp;
import im.palisade.server.testing.TestServer;
import java.util.Collections;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** rest-messages D2–D10 (tags and attributes), seen from an app's back end. */
class AudienceRestTest {
  private final TestApp app = TestServer.shared().newApp().withUsers("mia", "noah");

  @Test
  void slotsAreNamedOneByOne() {
    assertEquals("{}", names());
    ok("im_set_attr_name", "{\"AttrNames\":{\"0\":\"city\",\"9\":\"tier\"}}");
    ok("im_set_attr_name", "{\"AttrNames\":{\"1\":\"age\"}}");
    assertEquals("{\"0\":\"city\",\"1\":\"age\",\"9\":\"tier\"}", names());
    ok("im_set_attr_name", "{\"AttrNames\":{\"0\":\"age\",\"1\":\"city\"}}");
    assertEquals("{\"0\":\"age\",\"1\":\"city\",\"9\":\"tier\"}", names());
    refused(90033, "im_set_attr_name", "{\"AttrNames\":{\"2\":\"city\"}}");
    refused(90033, "im_set_attr_name", "{\"AttrNames\":{\"3\":\"x\",\"4\":\"x\"}}");
    assertEquals("{\"0\":\"age\",\"1\":\"city\",\"9\":\"tier\"}", names());
  }

  @Test
  void renamingASlotKeepsValues() {
    ok("im_set_attr_name", "{\"AttrNames\":{\"0\":\"city\"}}");
    set("mia", "\"city\":\"Lyon\"");
    ok("im_set_attr_name", "{\"AttrNames\":{\"0\":\"town\"}}");
    assertEquals("{\"town\":\"Lyon\"}", values("mia"));
  }

  @Test
  void valuesAreSetAndRemovedByName() {
    ok("im_set_attr_name", "{\"AttrNames\":{\"0\":\"city\",\"1\":\"tier\",\"2\":\"x\"}}");
    set("mia", "\"city\":\"Lyon\",\"tier\":\"gold\"");
    set("mia", "\"city\":\"Nice\"");
    set("mia", "");
    assertEquals("{\"city\":\"Nice\",\"tier\":\"gold\"}", values("mia"));
    assertEquals("{}", values("noah"));
    assertEquals("{}", values("ghost"));
    String remove = "{\"UserAttrs\":[{\"To_Account\":\"mia\",\"Attrs\":%s}]}";
    ok("im_remove_attr", remove.formatted("[\"tier\",\"x\"]"));
    assertEquals("{\"city\":\"Nice\"}", values("mia"));
    ok("im_remove_attr", remove.formatted("{\"city\":\"\"}"));
    assertEquals("{}", values("mia"));
    refused(90033, "im_remove_attr", remove.formatted("[\"none\"]"));
    refused(90001, "im_remove_attr", remove.formatted("\"city\""));
  }

  @Test
  void theSameUserTwiceIsAppliedInOrder() {
    ok("im_set_attr_name", "{\"AttrNames\":{\"0\":\"city\"}}");
    ok(
        "im_set_attr",
        "{\"UserAttrs\":[{\"To_Account\":\"mia\",\"Attrs\":{\"city\":\"a\"}},"
            + "{\"To_Account\":\"mia\",\"Attrs\":{\"city\":\"b\"}}]}");
    assertEquals("{\"city\":\"b\"}", values("mia"));
  }

  @Test
  void settingIsAllOrNothing() {
    ok("im_set_attr_name", "{\"AttrNames\":{\"0\":\"city\"}}");
    for (String[] bad :
        new String[][] {
          {"90048", "ghost", "{\"city\":\"a\"}"},
          {"90033", "noah", "{\"none\":\"a\"}"},
          {"90030", "noah", "{\"city\":\"\"}"},
          {"90030", "noah", "{\"city\":\"" + "x".repeat(51) + "\"}"},
        }) {
      refused(
          Integer.parseInt(bad[0]),
          "im_set_attr",
          "{\"UserAttrs\":[{\"To_Account\":\"mia\",\"Attrs\":{\"city\":\"a\"}},{\"To_Account\":\""
              + bad[1]
              + "\",\"Attrs\":"
              + bad[2]
              + "}]}");
    }
    assertEquals("{}", values("mia"));
  }

  @Test
  void tagsAreAddedAndRemoved() {
    tag("im_add_tag", "mia", "beta", "eu");
    tag("im_add_tag", "mia", "beta", "vip");
    tag("im_add_tag", "noah", "eu");
    assertEquals(
        "[{\"To_Account\":\"noah\",\"Tags\":[\"eu\"]},"
            + "{\"To_Account\":\"ghost\",\"Tags\":[]},"
            + "{\"To_Account\":\"mia\",\"Tags\":[\"beta\",\"eu\",\"vip\"]}]",
        call("im_get_tag", "{\"To_Account\":[\"noah\",\"ghost\",\"mia\"]}")
            .path("UserTags")
            .toString());
    tag("im_remove_tag", "mia", "eu", "never");
    assertEquals("[\"beta\",\"vip\"]", tags("mia"));
    ok("im_remove_all_tags", "{\"To_Account\":[\"mia\"]}");
    assertEquals("[]", tags("mia"));
    assertEquals("[\"eu\"]", tags("noah"));
  }

  @Test
  void aHundredTagsAreAllowedAndATooManyChangesNothing() {
    for (int i = 0; i < 10; i++) {
      int first = i * 10;
      tag(
          "im_add_tag",
          "mia",
          IntStream.range(first, first + 10).mapToObj(n -> "t" + n).toArray(String[]::new));
    }
    refused(
        90032,
        "im_add_tag",
        "{\"UserTags\":[{\"To_Account\":\"noah\",\"Tags\":[\"a\"]},"
            + "{\"To_Account\":\"mia\",\"Tags\":[\"t100\"]}]}");
    assertEquals("[]", tags("noah"));
    tag("im_add_tag", "mia", "t0");
  }

  @ParameterizedTest
  @ValueSource(strings = {"'; DROP TABLE push_tag;--", "\u0000\u202e=1+\ud83d\ude00", " tail "})
  void hostileTextsComeBackAsTheyCame(String hostile) {
    tag("im_add_tag", "mia", hostile);
    assertEquals(hostile, json(tags("mia")).get(0).asText());
    ok("im_set_attr_name", Json.object().set("AttrNames", Json.object().put("0", hostile)));
    ObjectNode body = Json.object();
    body.putArray("UserAttrs")
        .addObject()
        .put("To_Account", "mia")
        .putObject("Attrs")
        .put(hostile, hostile);
    ok("im_set_attr", body);
    assertEquals(hostile, json(values("mia")).path(hostile).asText());
  }

  @ParameterizedTest
  @CsvSource({"100, 0", "101, 90018", "0, 90001"})
  void aCallTakesAHundredUsers(int count, int code) {
    ok("im_set_attr_name", "{\"AttrNames\":{\"0\":\"city\"}}");
    String names = "[" + repeat("\"mia\"", count) + "]";
    String tags = "[" + repeat("{\"To_Account\":\"mia\",\"Tags\":[\"a\"]}", count) + "]";
    String attrs = "[" + repeat("{\"To_Account\":\"mia\",\"Attrs\":{\"city\":\"b\"}}", count) + "]";
    refused(code, "im_get_tag", "{\"To_Account\":" + names + "}");
    refused(code, "im_get_attr", "{\"To_Account\":" + names + "}");
    refused(code, "im_remove_all_tags", "{\"To_Account\":" + names + "}");
    refused(code, "im_add_tag", "{\"UserTags\":" + tags + "}");
    refused(code, "im_remove_tag", "{\"UserTags\":" + tags + "}");
    refused(code, "im_set_attr", "{\"UserAttrs\":" + attrs + "}");
    refused(code, "im_remove_attr", "{\"UserAttrs\":" + attrs + "}");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\0',
      textBlock =
          """
          im_set_attr_name|x|90001
          im_set_attr_name|{}|90001
          im_set_attr_name|{"AttrNames":{}}|90001
          im_set_attr_name|{"AttrNames":{"10":"a"}}|90033
          im_set_attr_name|{"AttrNames":{"-1":"a"}}|90033
          im_set_attr_name|{"AttrNames":{"0":""}}|90030
          im_set_attr_name|{"AttrNames":{"0":"123456789012345678901234567890123456789012345678901"}}|90030
          im_set_attr|{}|90001
          im_set_attr|{"UserAttrs":{}}|90001
          im_set_attr|{"UserAttrs":[{"Attrs":{}}]}|90001
          im_set_attr|{"UserAttrs":[{"To_Account":5,"Attrs":{}}]}|60015
          im_set_attr|{"UserAttrs":[{"To_Account":"mia"}]}|90001
          im_get_attr|{"To_Account":"mia"}|90001
          im_get_attr|{"To_Account":[5]}|60015
          im_add_tag|{"UserTags":[{"To_Account":"mia","Tags":"a"}]}|90001
          im_add_tag|{"UserTags":[{"To_Account":"mia","Tags":[5]}]}|90001
          im_add_tag|{"UserTags":[{"To_Account":"mia","Tags":[]}]}|90001
          im_add_tag|{"UserTags":[{"To_Account":"mia","Tags":[""]}]}|90040
          im_add_tag|{"UserTags":[{"To_Account":"mia","Tags":["123456789012345678901234567890123456789012345678901"]}]}|90034
          im_add_tag|{"UserTags":[{"To_Account":"mia","Tags":["12345678901234567890123456789012345678901234567890"]}]}|0
          im_add_tag|{"UserTags":[{"To_Account":"mia","Tags":["1","2","3","4","5","6","7","8","9","10"]}]}|0
          im_add_tag|{"UserTags":[{"To_Account":"mia","Tags":["1","2","3","4","5","6","7","8","9","10","11"]}]}|90032
          im_add_tag|{"UserTags":[{"To_Account":"ghost","Tags":["a"]}]}|90048
          im_remove_tag|{"UserTags":[{"To_Account":"ghost","Tags":["a"]}]}|90048
          im_remove_all_tags|{"To_Account":["mia","ghost"]}|90048
          """)
  void aRequestIsAnsweredWithItsCode(String command, String body, int code) {
    refused(code, command, body);
  }

  @Test
  void theOldServiceMeansTheSame() {
    assertEquals(
        0,
        app.rest("openim/im_add_tag", "{\"UserTags\":[{\"To_Account\":\"mia\",\"Tags\":[\"a\"]}]}")
            .path("ErrorCode")
            .asInt());
    assertEquals(
        "[\"a\"]",
        app.rest("openim/im_get_tag", "{\"To_Account\":[\"mia\"]}")
            .at("/UserTags/0/Tags")
            .toString());
  }

  @Test
  void theFeatureCanBeSwitchedOff() {
    TestApp without = TestServer.shared().newApp(AppSettings.parse("{\"allMemberPush\":false}"));
    for (String command :
        new String[] {
          "im_set_attr_name",
          "im_get_attr_name",
          "im_set_attr",
          "im_get_attr",
          "im_remove_attr",
          "im_add_tag",
          "im_get_tag",
          "im_remove_tag",
          "im_remove_all_tags"
        }) {
      JsonNode reply = without.rest("all_member_push/" + command, "{}");
      assertEquals(90045, reply.path("ErrorCode").asInt(), command);
    }
  }

  @Test
  void aUserIdThatCameBackHasNothing() {
    ok("im_set_attr_name", "{\"AttrNames\":{\"0\":\"city\"}}");
    set("mia", "\"city\":\"Lyon\"");
    tag("im_add_tag", "mia", "beta");
    app.rest("im_open_login_svc/account_delete", "{\"DeleteItem\":[{\"UserID\":\"mia\"}]}");
    assertEquals("[]", tags("mia"));
    app.withUsers("mia");
    assertEquals("[]", tags("mia"));
    assertEquals("{}", values("mia"));
  }

  @Test
  void otherAppsAreNotTouched() {
    TestApp other = TestServer.shared().newApp().withUsers("mia");
    ok("im_set_attr_name", "{\"AttrNames\":{\"0\":\"city\"}}");
    tag("im_add_tag", "mia", "beta");
    assertEquals(
        "{}", other.rest("all_member_push/im_get_attr_name", "{}").path("AttrNames").toString());
    assertEquals(
        "[]",
        other
            .rest("all_member_push/im_get_tag", "{\"To_Account\":[\"mia\"]}")
            .at("/UserTags/0/Tags")
            .toString());
  }

  private void set(String userId, String attrs) {
    ok(
        "im_set_attr",
        "{\"UserAttrs\":[{\"To_Account\":\"" + userId + "\",\"Attrs\":{" + attrs + "}}]}");
  }

  private void tag(String command, String userId, String... tags) {
    ObjectNode body = Json.object();
    ObjectNode user = body.putArray("UserTags").addObject().put("To_Account", userId);
    for (String tag : tags) {
      user.withArray("Tags").add(tag);
    }
    ok(command, body);
  }

  private String names() {
    return call("im_get_attr_name", "{}").path("AttrNames").toString();
  }

  private String values(String userId) {
    return call("im_get_attr", "{\"To_Account\":[\"" + userId + "\"]}")
        .at("/UserAttrs/0/Attrs")
        .toString();
  }

  private String tags(String userId) {
    return call("im_get_tag", "{\"To_Account\":[\"" + userId + "\"]}")
        .at("/UserTags/0/Tags")
        .toString();
  }

  private void ok(String command, JsonNode body) {
    ok(command, body.toString());
  }

  private void ok(String command, String body) {
    refused(0, command, body);
  }

  private void refused(int code, String command, String body) {
    JsonNode reply = call(command, body);
    assertEquals(code, reply.path("ErrorCode").asInt(), reply::toString);
  }

  private JsonNode call(String command, String body) {
    return app.rest("all_member_push/" + command, body);
  }

  private static JsonNode json(String text) {
    try {
      return Json.mapper().readTree(text);
    } catch (java.io.IOException e) {
      throw new AssertionError(e);
    }
  }

  private static String repeat(String item, int count) {
    return Collections.nCopies(count, item).stream().collect(Collectors.joining(","));
  }
}
