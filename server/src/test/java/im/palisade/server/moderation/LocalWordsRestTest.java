package im.palisade.server.moderation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import im.palisade.server.protocol.Json;
import im.palisade.server.testing.TestApp;
import im.palisade.server.testing.TestServer;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** rest-conversations-ops K3–K5 and K10: an app's own words. */
class LocalWordsRestTest {
  private static final String ADD = "im_msg_audit_mgr/add_local_audit_keywords";
  private static final String DELETE = "im_msg_audit_mgr/delete_local_audit_keywords";
  private static final String GET = "im_msg_audit_mgr/get_local_audit_keywords";

  private final TestApp app = TestServer.shared().newApp();

  @Test
  void wordsComeBackInOrderWithTheirCounts() {
    ok(add(word("first", 1, 1), word("no+pe", 2, 2), word("Second", 1, 2)));
    JsonNode page = list("\"Limit\":100");
    assertEquals(List.of("first", "no+pe", "Second"), keywords(page));
    assertCounts(page, 2, 1, 2, 1);
    JsonNode first = page.path("LocalAuditWords").get(0);
    assertTrue(first.path("Id").asLong() > 0);
    assertEquals("***", first.path("ReplacedContent").asText());
    assertTrue(
        first.path("UpdateTime").asText().matches("\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d"));

    JsonNode blocking = list("\"Limit\":100,\"FilterType\":2");
    assertEquals(List.of("no+pe", "Second"), keywords(blocking));
    assertCounts(blocking, 2, 1, 1, 1);
    assertEquals(List.of("first"), keywords(list("\"Limit\":100,\"FilterType\":1")));
    assertEquals(3, keywords(list("\"Limit\":100,\"FilterType\":0")).size());
    assertEquals(List.of("no+pe"), keywords(list("\"Limit\":1,\"Offset\":1")));
    assertEquals(List.of(), keywords(list("\"Limit\":1,\"Offset\":3")));
    assertEquals(List.of("Second"), keywords(list("\"Limit\":9,\"Keyword\":\"sECo\"")));
  }

  @Test
  void theSameWordAgainIsChanged() {
    ok(add(word("bad", 1, 1)));
    ok(add(word("bad", 1, 2), word("bad", 2, 1), word("Bad", 1, 1)));
    JsonNode words = list("\"Limit\":9").path("LocalAuditWords");
    assertEquals(3, words.size());
    assertEquals(2, words.get(0).path("FilterType").asInt());
    assertEquals(2, words.get(1).path("WordType").asInt());
  }

  @Test
  void wordsAreRemovedByNameOrIdAndAbsentOnesIgnored() {
    ok(add(word("a", 1, 1), word("b", 1, 1), word("b", 2, 1), word("c", 1, 1)));
    long idOfC = list("\"Limit\":9").path("LocalAuditWords").get(3).path("Id").asLong();
    ok(delete(word("a", 1, 2), word("b", 2, 1).put("Id", 0), word("ghost", 1, 1)));
    assertEquals(List.of("b", "c"), keywords(list("\"Limit\":9")));
    ok(delete(Json.object().put("Id", idOfC)));
    assertEquals(List.of("b"), keywords(list("\"Limit\":9")));
    assertEquals(1, list("\"Limit\":9").path("LocalAuditWords").get(0).path("WordType").asInt());
  }

  @Test
  void anotherAppsWordsAreNeitherSeenNorTouched() {
    TestApp other = TestServer.shared().newApp();
    ok(add(word("mine", 1, 1)));
    long id = list("\"Limit\":9").path("LocalAuditWords").get(0).path("Id").asLong();
    ok(other.rest(DELETE, body(other, Json.object().put("Id", id))));
    ok(other.rest(DELETE, body(other, word("mine", 1, 1))));
    assertEquals(List.of("mine"), keywords(list("\"Limit\":9")));
    assertEquals(2004, code(other.rest(GET, "{\"SdkAppId\":" + app.appId() + ",\"Limit\":9}")));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"' OR 1=1 -- ", "=1+1", "中文😀", "a\u0000b", "%_\\", " a ", "\u202Ex", "e\u0301"})
  void everyTextComesBackAsItWas(String text) {
    ok(add(word(text, 1, 1).put("ReplacedContent", text)));
    JsonNode word = list("\"Limit\":9").path("LocalAuditWords").get(0);
    assertEquals(text, word.path("Keyword").asText());
    assertEquals(text, word.path("ReplacedContent").asText());
    ok(delete(word(text, 1, 1)));
    assertEquals(List.of(), keywords(list("\"Limit\":9")));
  }

  @Test
  void everyAnswerHasARequestIdOfItsOwn() {
    JsonNode done = add(word("a", 1, 1));
    JsonNode refused = add(word("(", 2, 1));
    assertEquals(2003, code(refused));
    assertFalse(done.path("RequestId").asText().isEmpty());
    assertFalse(refused.path("RequestId").asText().isEmpty());
    assertNotEquals(done.path("RequestId"), refused.path("RequestId"));
  }

  @Test
  void lengthsAreExact() {
    ok(add(word("x".repeat(100), 1, 1)));
    ok(add(word("x".repeat(256), 2, 1)));
    ok(add(word("y", 1, 1).put("ReplacedContent", "z".repeat(256))));
    assertEquals(2003, code(add(word("x".repeat(101), 1, 1))));
    assertEquals(2003, code(add(word("中".repeat(34), 1, 1))));
    assertEquals(2003, code(add(word("x".repeat(257), 2, 1))));
    assertEquals(2003, code(add(word("y", 1, 1).put("ReplacedContent", "z".repeat(257)))));
  }

  @Test
  void aCallTakesTenWords() {
    ObjectNode[] ten =
        IntStream.range(0, 10).mapToObj(i -> word("w" + i, 1, 1)).toArray(ObjectNode[]::new);
    ObjectNode[] eleven =
        IntStream.range(0, 11).mapToObj(i -> word("v" + i, 1, 1)).toArray(ObjectNode[]::new);
    ok(add(ten));
    assertEquals(2016, code(add(eleven)));
    assertEquals(2016, code(delete(eleven)));
    assertEquals(10, keywords(list("\"Limit\":100")).size());
  }

  @Test
  void theListIsBoundedAndARefusedCallChangesNothing() {
    for (int call = 0; call < 20; call++) {
      List<ObjectNode> words = new ArrayList<>();
      for (int i = 0; i < 10; i++) {
        words.add(word("e" + (call * 10 + i), 2, 1));
      }
      ok(add(words.toArray(ObjectNode[]::new)));
    }
    ok(add(word("e0", 2, 2)));
    assertEquals(2016, code(add(word("plain", 1, 1), word("one more", 2, 1))));
    assertCounts(list("\"Limit\":1"), 0, 200, 0, 200);
    ok(add(word("plain", 1, 1)));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\0',
      textBlock =
          """
          {"LocalAuditWords":[{"Keyword":"a","WordType":1,"FilterType":1}]}|2003
          {"SdkAppId":1,"LocalAuditWords":[{"Keyword":"a","WordType":1,"FilterType":1}]}|2004
          {"SdkAppId":"x","LocalAuditWords":[{"Keyword":"a","WordType":1,"FilterType":1}]}|2003
          {"SdkAppId":$APP}|2003
          {"SdkAppId":$APP,"LocalAuditWords":{}}|2003
          {"SdkAppId":$APP,"LocalAuditWords":[]}|2016
          {"SdkAppId":$APP,"LocalAuditWords":[7]}|2003
          {"SdkAppId":$APP,"LocalAuditWords":[{"WordType":1,"FilterType":1}]}|2003
          {"SdkAppId":$APP,"LocalAuditWords":[{"Keyword":"","WordType":1,"FilterType":1}]}|2003
          {"SdkAppId":$APP,"LocalAuditWords":[{"Keyword":7,"WordType":1,"FilterType":1}]}|2003
          {"SdkAppId":$APP,"LocalAuditWords":[{"Keyword":"a","FilterType":1}]}|2003
          {"SdkAppId":$APP,"LocalAuditWords":[{"Keyword":"a","WordType":3,"FilterType":1}]}|2003
          {"SdkAppId":$APP,"LocalAuditWords":[{"Keyword":"a","WordType":1}]}|2003
          {"SdkAppId":$APP,"LocalAuditWords":[{"Keyword":"a","WordType":1,"FilterType":0}]}|2003
          {"SdkAppId":$APP,"LocalAuditWords":[{"Keyword":"a","WordType":1,"FilterType":3}]}|2003
          {"SdkAppId":$APP,"LocalAuditWords":[{"Keyword":"a","WordType":1,"FilterType":1,"ReplacedContent":7}]}|2003
          {"SdkAppId":$APP,"LocalAuditWords":[{"Keyword":"(?=a)","WordType":2,"FilterType":1}]}|2003
          {"SdkAppId":$APP,"LocalAuditWords":[{"Keyword":"\\ud800","WordType":1,"FilterType":1}]}|2003
          {"SdkAppId":$APP,"LocalAuditWords":[{"Keyword":"ok","WordType":1,"FilterType":1},{"Keyword":"(","WordType":2,"FilterType":1}]}|2003
          [|2003
          """)
  void aBadCallIsRefusedWithItsCodeAndChangesNothing(String body, int code) {
    JsonNode reply = app.rest(ADD, body.replace("$APP", Long.toString(app.appId())));
    assertEquals(code, code(reply), reply::toString);
    assertEquals(List.of(), keywords(list("\"Limit\":9")));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\0',
      textBlock =
          """
          "Offset":0|2003
          "Limit":0|2003
          "Limit":101|2003
          "Limit":100|0
          "Limit":1,"Offset":-1|2003
          "Limit":1,"FilterType":3|2003
          "Limit":1,"Keyword":7|2003
          """)
  void aBadPageIsRefused(String members, int code) {
    assertEquals(code, code(list(members)));
  }

  @Test
  void theRetiredCommandsAreAViewOfThePlainWordsThatAreReplaced() {
    ok(add(word("hidden", 1, 2), word("hid+en", 2, 1)));
    ok(app.rest("openim_dirty_words/add", "{\"DirtyWordsList\":[\"x1\",\"x2\",\"x1\"]}"));
    JsonNode all = app.rest("openim_dirty_words/get", "{}");
    ok(all);
    assertEquals("[\"x1\",\"x2\"]", all.path("DirtyWordsList").toString());
    ok(app.rest("openim_dirty_words/delete", "{\"DirtyWordsList\":[\"x1\",\"ghost\"]}"));
    assertEquals(
        "[\"x2\"]", app.rest("openim_dirty_words/get", "{}").path("DirtyWordsList").toString());
    assertEquals(List.of("hidden", "hid+en", "x2"), keywords(list("\"Limit\":9")));
  }

  @Test
  void theRetiredCommandsTakeFiftyWords() {
    assertEquals(0, code(app.rest("openim_dirty_words/add", dirty(50))));
    assertEquals(2016, code(app.rest("openim_dirty_words/add", dirty(51))));
    assertEquals(2016, code(app.rest("openim_dirty_words/delete", dirty(51))));
    assertEquals(2003, code(app.rest("openim_dirty_words/add", "{}")));
    assertEquals(2003, code(app.rest("openim_dirty_words/add", "{\"DirtyWordsList\":[\"\"]}")));
    assertEquals(50, app.rest("openim_dirty_words/get", "{}").path("DirtyWordsList").size());
  }

  private JsonNode add(ObjectNode... words) {
    return app.rest(ADD, body(app, words));
  }

  private JsonNode delete(ObjectNode... words) {
    return app.rest(DELETE, body(app, words));
  }

  private JsonNode list(String members) {
    return app.rest(GET, "{\"SdkAppId\":" + app.appId() + "," + members + "}");
  }

  private static String body(TestApp app, ObjectNode... words) {
    ObjectNode body = Json.object().put("SdkAppId", app.appId());
    body.putArray("LocalAuditWords").addAll(List.of(words));
    return body.toString();
  }

  private static ObjectNode word(String keyword, int wordType, int filterType) {
    return Json.object()
        .put("Keyword", keyword)
        .put("WordType", wordType)
        .put("FilterType", filterType);
  }

  private static String dirty(int count) {
    ObjectNode body = Json.object();
    ArrayNode list = body.putArray("DirtyWordsList");
    IntStream.range(0, count).forEach(i -> list.add("d" + i));
    return body.toString();
  }

  private static List<String> keywords(JsonNode page) {
    return StreamSupport.stream(page.path("LocalAuditWords").spliterator(), false)
        .map(word -> word.path("Keyword").asText())
        .toList();
  }

  private static void assertCounts(JsonNode page, int all, int allReg, int found, int foundReg) {
    assertEquals(all, page.path("TotalCount").asInt());
    assertEquals(allReg, page.path("TotalRegCount").asInt());
    assertEquals(found, page.path("CurCount").asInt());
    assertEquals(foundReg, page.path("CurRegCount").asInt());
  }

  private static void ok(JsonNode reply) {
    assertEquals(0, code(reply), reply::toString);
    assertEquals("OK", reply.path("ActionStatus").asText());
  }

  private static int code(JsonNode reply) {
    return reply.path("ErrorCode").asInt();
  }
}
