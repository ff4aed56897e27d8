package im.palisade.server.moderation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import im.palisade.server.app.AppSettings;
import im.palisade.server.protocol.Json;
import im.palisade.server.testing.TestApp;
import im.palisade.server.testing.TestServer;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** rest-conversations-ops K1, K2 and K6–K9: the built-in provider and its libraries. */
class LibrariesRestTest {
  private static final String MANAGE = "im_msg_audit_mgr/";
  private static final String JUDGE = "im_msg_audit/content_moderation";
  private static final String JUDGE_MANY = "im_msg_audit/batch_content_moderation";

  private final TestApp app = TestServer.shared().newApp();

  @Test
  void everyAppHasALibraryPerVerdict() {
    JsonNode all = call("get_cloud_audit_keywords_ids", "\"Limit\":10");
    assertEquals(2, all.path("TotalCount").asInt());
    JsonNode first = all.path("Infos").get(0);
    assertEquals("lib1", first.path("ID").asText());
    assertEquals("default", first.path("LibName").asText());
    assertEquals("Block", first.path("Suggestion").asText());
    assertTrue(first.path("Describe").isTextual());
    assertEquals("", first.path("CreateTime").asText());
    assertEquals("Review", all.path("Infos").get(1).path("Suggestion").asText());
    JsonNode second = call("get_cloud_audit_keywords_ids", "\"Limit\":1,\"Offset\":1");
    assertEquals(2, second.path("TotalCount").asInt());
    assertEquals("lib2", second.path("Infos").get(0).path("ID").asText());
    add("lib1", "scam", "Ad");
    assertEquals(
        19,
        call("get_cloud_audit_keywords_ids", "\"Limit\":1")
            .path("Infos")
            .get(0)
            .path("CreateTime")
            .asText()
            .length());
  }

  @Test
  void wordsAreListedByPageAndPart() {
    add("lib1", "alpha", "Ad");
    add("lib1", "Beta", "Abuse");
    add("lib1", "gamma", "Porn");
    add("lib2", "delta", "Ad");
    JsonNode page = call("get_cloud_audit_keywords", "\"LibID\":\"lib1\",\"Limit\":2");
    assertEquals(List.of("alpha", "Beta"), contents(page));
    assertEquals(3, page.path("TotalCount").asInt());
    assertTrue(page.path("Infos").get(0).path("ID").asText().startsWith("w"));
    assertEquals(
        List.of("gamma"),
        contents(call("get_cloud_audit_keywords", "\"LibID\":\"lib1\",\"Offset\":2,\"Limit\":2")));
    JsonNode part =
        call("get_cloud_audit_keywords", "\"LibID\":\"lib1\",\"Limit\":9,\"Content\":\"bET\"");
    assertEquals(List.of("Beta"), contents(part));
    assertEquals(1, part.path("TotalCount").asInt());
  }

  @Test
  void removingSaysWhatWasThere() {
    add("lib1", "scam", "Ad");
    JsonNode words = call("get_cloud_audit_keywords", "\"LibID\":\"lib1\",\"Limit\":9");
    JsonNode reply =
        call("delete_cloud_audit_keywords", "\"LibID\":\"lib1\",\"Keywords\":[\"scam\",\"ghost\"]");
    assertEquals(1, reply.path("Count").asInt());
    JsonNode there = reply.path("Details").get(0);
    assertEquals(words.path("Infos").get(0).path("ID"), there.path("KeywordID"));
    assertEquals("scam", there.path("Keyword").asText());
    assertTrue(there.path("Deleted").asBoolean());
    assertEquals("", there.path("ErrorInfo").asText());
    JsonNode absent = reply.path("Details").get(1);
    assertFalse(absent.path("Deleted").asBoolean());
    assertFalse(absent.path("ErrorInfo").asText().isEmpty());
    assertEquals("Pass", judge("scam").path("Result").asText());
  }

  @Test
  void aTextIsJudgedByTheWordsInIt() {
    add("lib1", "Scam", "Ad");
    add("lib2", "doubtful", "Abuse");
    assertVerdict(judge("hello"), "Pass", 0, "Normal", "[]");
    assertVerdict(judge("a sCAM"), "Block", 100, "Ad", "[\"Scam\"]");
    assertVerdict(judge("doubtful!"), "Review", 100, "Abuse", "[\"doubtful\"]");
    assertVerdict(judge("doubtful scam doubtful"), "Block", 100, "Ad", "[\"doubtful\",\"Scam\"]");
    TestApp other = TestServer.shared().newApp();
    assertEquals(
        "Pass",
        other
            .rest(JUDGE, "{\"AuditName\":\"C2C\",\"ContentType\":\"Text\",\"Content\":\"scam\"}")
            .path("Result")
            .asText());
  }

  @Test
  void aWordAgainGetsTheNewLabel() {
    add("lib1", "scam", "Ad");
    add("lib1", "scam", "Terror");
    assertEquals("Terror", judge("scam").path("Label").asText());
    ok(
        call(
            "add_cloud_audit_keywords",
            "\"LibID\":\"lib1\",\"UserKeywords\":[{\"Content\":\"x\"}]"));
    assertEquals("Illegal", judge("x").path("Label").asText());
  }

  @Test
  void aTextMayHaveEightKilobytes() {
    assertEquals(0, code(judge("x".repeat(8192))));
    assertEquals(93000, code(judge("x".repeat(8193))));
    assertEquals(93000, code(judge("中".repeat(2731))));
  }

  @Test
  void itemsOfABatchAreIndependent() {
    add("lib1", "scam", "Ad");
    String items =
        item(1, "Text", "scam")
            + ","
            + item(2, "Image", "http://i")
            + ","
            + item(3, "Video", "http://v")
            + ","
            + item(1, "Text", "again")
            + ","
            + item(5, "Text", "x".repeat(8193))
            + ",{\"ContentId\":6,\"ContentType\":\"Text\"},"
            + item(7, "Text", "fine");
    JsonNode reply =
        app.rest(JUDGE_MANY, "{\"AuditName\":\"UserInfo\",\"Contents\":[" + items + "]}");
    ok(reply);
    JsonNode results = reply.path("AuditResults");
    assertEquals(
        List.of(0, 2003, 93005, 93007, 93000, 2003, 0),
        StreamSupport.stream(results.spliterator(), false).map(LibrariesRestTest::code).toList());
    assertVerdict(results.get(0), "Block", 100, "Ad", "[\"scam\"]");
    assertVerdict(results.get(6), "Pass", 0, "Normal", "[]");
    assertEquals(7, results.get(6).path("ContentId").asInt());
    assertTrue(results.get(6).path("SubLabel").isTextual());
    assertNotEquals(results.get(0).path("RequestId"), results.get(6).path("RequestId"));
  }

  @Test
  void aBatchTakesTenItems() {
    assertEquals(0, code(app.rest(JUDGE_MANY, batch(10))));
    assertEquals(93008, code(app.rest(JUDGE_MANY, batch(11))));
  }

  @Test
  void withoutAProviderNothingOfItIsServed() {
    TestApp off =
        TestServer.shared().newApp(AppSettings.parse("{\"moderation\":{\"provider\":\"NONE\"}}"));
    String sdkAppId = "{\"SdkAppId\":" + off.appId() + "}";
    for (String command :
        List.of(
            "get_cloud_audit_keywords_ids",
            "get_cloud_audit_keywords",
            "add_cloud_audit_keywords",
            "delete_cloud_audit_keywords")) {
      assertEquals(2015, code(off.rest(MANAGE + command, sdkAppId)), command);
    }
    assertEquals(2015, code(off.rest(JUDGE, "{}")));
    assertEquals(2015, code(off.rest(JUDGE_MANY, "{}")));
    assertEquals(
        0,
        code(
            off.rest(
                MANAGE + "get_local_audit_keywords",
                "{\"SdkAppId\":" + off.appId() + ",\"Limit\":1}")));
  }

  @ParameterizedTest
  @ValueSource(strings = {"' OR 1=1 -- ", "=1+1", "中文😀", "a\u0000b", " a ", "e\u0301"})
  void everyWordComesBackAsItWas(String word) {
    add("lib1", word, "Ad");
    assertEquals(
        List.of(word),
        contents(call("get_cloud_audit_keywords", "\"LibID\":\"lib1\",\"Limit\":9")));
    assertVerdict(
        judge("x" + word),
        "Block",
        100,
        "Ad",
        Json.mapper().createArrayNode().add(word).toString());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\0',
      textBlock =
          """
          {}|2003
          {"AuditName":"","ContentType":"Text","Content":"a"}|2003
          {"AuditName":"C2C","Content":"a"}|2003
          {"AuditName":"C2C","ContentType":"Page","Content":"a"}|2003
          {"AuditName":"C2C","ContentType":"Image","Content":"a"}|2003
          {"AuditName":"C2C","ContentType":"Audio","Content":"a"}|2003
          {"AuditName":"C2C","ContentType":"Text"}|2003
          {"AuditName":"C2C","ContentType":"Text","Content":""}|2003
          {"AuditName":"C2C","ContentType":"Text","Content":7}|2003
          {"AuditName":"my-policy","ContentType":"Text","Content":"a","ExtSender":"b"}|0
          """)
  void aBadTextIsRefusedWithItsCode(String body, int code) {
    assertEquals(code, code(app.rest(JUDGE, body)));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\0',
      textBlock =
          """
          get_cloud_audit_keywords_ids|"Offset":0|2003
          get_cloud_audit_keywords_ids|"Limit":101|2003
          get_cloud_audit_keywords|"Limit":1|2003
          get_cloud_audit_keywords|"LibID":"ghost","Limit":1|2003
          get_cloud_audit_keywords|"LibID":"lib1","Limit":0|2003
          add_cloud_audit_keywords|"LibID":"ghost","UserKeywords":[{"Content":"a"}]|2003
          add_cloud_audit_keywords|"LibID":"lib1"|2003
          add_cloud_audit_keywords|"LibID":"lib1","UserKeywords":[{"Content":""}]|2003
          add_cloud_audit_keywords|"LibID":"lib1","UserKeywords":[{"Content":"a","Label":"Nice"}]|2003
          add_cloud_audit_keywords|"LibID":"lib1","UserKeywords":[{"Content":"\\udc00"}]|2003
          delete_cloud_audit_keywords|"LibID":"lib1"|2003
          delete_cloud_audit_keywords|"LibID":"ghost","Keywords":["a"]|2003
          delete_cloud_audit_keywords|"LibID":"lib1","Keywords":[7]|2003
          """)
  void aBadCallIsRefusedWithItsCode(String command, String members, int code) {
    assertEquals(code, code(call(command, members)));
  }

  @Test
  void countsAreExactAndTheAppMustBeTheOnesOwn() {
    assertEquals(0, code(call("add_cloud_audit_keywords", words(50))));
    assertEquals(2016, code(call("add_cloud_audit_keywords", words(51))));
    assertEquals(0, code(call("delete_cloud_audit_keywords", keywords(10))));
    assertEquals(2016, code(call("delete_cloud_audit_keywords", keywords(11))));
    assertEquals(
        2004,
        code(app.rest(MANAGE + "get_cloud_audit_keywords_ids", "{\"SdkAppId\":1,\"Limit\":1}")));
    assertEquals(0, code(addWord("x".repeat(100))));
    assertEquals(2003, code(addWord("x".repeat(101))));
  }

  private JsonNode call(String command, String members) {
    return app.rest(MANAGE + command, "{\"SdkAppId\":" + app.appId() + "," + members + "}");
  }

  private JsonNode judge(String text) {
    ObjectNode body =
        Json.object().put("AuditName", "C2C").put("ContentType", "Text").put("Content", text);
    return app.rest(JUDGE, body.toString());
  }

  private void add(String library, String word, String label) {
    ObjectNode body = Json.object().put("SdkAppId", app.appId()).put("LibID", library);
    body.putArray("UserKeywords").addObject().put("Content", word).put("Label", label);
    ok(app.rest(MANAGE + "add_cloud_audit_keywords", body.toString()));
  }

  private JsonNode addWord(String word) {
    return call(
        "add_cloud_audit_keywords",
        "\"LibID\":\"lib1\",\"UserKeywords\":[{\"Content\":\"" + word + "\"}]");
  }

  private static String words(int count) {
    ArrayNode words = Json.mapper().createArrayNode();
    IntStream.range(0, count).forEach(i -> words.addObject().put("Content", "w" + i));
    return "\"LibID\":\"lib1\",\"UserKeywords\":" + words;
  }

  private static String keywords(int count) {
    ArrayNode words = Json.mapper().createArrayNode();
    IntStream.range(0, count).forEach(i -> words.add("w" + i));
    return "\"LibID\":\"lib1\",\"Keywords\":" + words;
  }

  private static String batch(int count) {
    ObjectNode body = Json.object().put("AuditName", "C2C");
    ArrayNode items = body.putArray("Contents");
    IntStream.range(0, count)
        .forEach(
            i ->
                items
                    .addObject()
                    .put("ContentId", i)
                    .put("ContentType", "Text")
                    .put("Content", "t"));
    return body.toString();
  }

  private static String item(int id, String type, String content) {
    return Json.object()
        .put("ContentId", id)
        .put("ContentType", type)
        .put("Content", content)
        .toString();
  }

  private static List<String> contents(JsonNode page) {
    return StreamSupport.stream(page.path("Infos").spliterator(), false)
        .map(word -> word.path("Content").asText())
        .toList();
  }

  private static void assertVerdict(
      JsonNode reply, String result, int score, String label, String keywords) {
    assertEquals(result, reply.path("Result").asText(), reply::toString);
    assertEquals(score, reply.path("Score").asInt());
    assertEquals(label, reply.path("Label").asText());
    assertEquals(keywords, reply.path("Keywords").toString());
    assertFalse(reply.path("RequestId").asText().isEmpty());
  }

  private static void ok(JsonNode reply) {
    assertEquals(0, code(reply), reply::toString);
  }

  private static int code(JsonNode reply) {
    return reply.path("ErrorCode").asInt();
  }
}
