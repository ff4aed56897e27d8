package im.palisade.server.admin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import im.palisade.compliance.export.ExportFormat;
import im.palisade.compliance.merkle.MerkleHash;
import im.palisade.server.protocol.Json;
import im.palisade.server.testing.AuditLeaves;
import im.palisade.server.testing.TestApp;
import im.palisade.server.testing.TestConsole;
import im.palisade.server.testing.TestServer;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Searching the audit log and taking parts of it away. */
class AuditPageTest {
  private final TestApp app = TestServer.shared().newApp();
  private final TestConsole console = TestConsole.superAdministrator();

  private void rename(int times) {
    for (int i = 0; i < times; i++) {
      console.post("/apps/" + app.appId() + "/rename", "{\"name\":\"name " + i + "\"}").ok();
    }
  }

  private JsonNode search(String query) {
    return console.get("/audit/entries?app=" + app.appId() + "&" + query).ok().body();
  }

  private static String encode(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  private static List<Long> places(JsonNode page) {
    List<Long> places = new ArrayList<>();
    page.path("entries").forEach(entry -> places.add(entry.path("index").asLong()));
    return places;
  }

  @Test
  void pagesGoInBothDirectionsAndNewEventsMoveNone() {
    rename(5);
    List<Long> all = places(search("type=app.update&order=oldest"));
    assertEquals(5, all.size());
    assertEquals(all.stream().sorted().toList(), all);
    JsonNode first = search("type=app.update&limit=2");
    assertEquals(all.subList(3, 5).reversed(), places(first));
    assertEquals(5, first.path("total").asInt());
    assertTrue(first.path("exact").asBoolean());
    rename(2);
    JsonNode second = search("type=app.update&limit=2&after=" + first.path("next").asText());
    assertEquals(all.subList(1, 3).reversed(), places(second));
    JsonNode third = search("type=app.update&limit=2&after=" + second.path("next").asText());
    assertEquals(all.subList(0, 1), places(third));
    assertFalse(third.has("next"));
    JsonNode oldest = search("type=app.update&limit=6&order=oldest");
    assertEquals(all, places(oldest).subList(0, 5));
    assertEquals(
        1,
        places(search("type=app.update&limit=6&order=oldest&after=" + oldest.path("next").asText()))
            .size());
  }

  @Test
  void filtersNarrowTogether() {
    app.withUsers("some-one");
    rename(1);
    JsonNode created = search("type=app.create&type=app.update&order=oldest").path("entries");
    assertTrue(created.size() >= 1);
    String actor = search("type=app.update").at("/entries/0/event/actor/ref").asText();
    assertEquals(1, search("type=app.&actor=" + actor).path("entries").size());
    assertEquals(0, search("type=app.&actor=adm_nobody").path("entries").size());
    assertEquals(0, search("type=app.update&outcome=denied").path("entries").size());
    assertEquals(1, search("type=app.update&outcome=denied&outcome=success").path("total").asInt());
    assertEquals(
        1, search("type=app.update&severity=medium&channel=console").path("total").asInt());
    assertEquals(0, search("type=app.update&channel=rest").path("total").asInt());
    assertEquals(0, search("type=app.update&until=2001-01-01T00:00:00Z").path("total").asInt());
    assertEquals(1, search("type=app.update&from=2001-01-01T00:00:00Z").path("total").asInt());
    JsonNode ofUser = search("user=" + "some-one");
    assertTrue(ofUser.path("total").asInt() >= 1, ofUser::toString);
    ofUser
        .path("entries")
        .forEach(entry -> assertFalse(entry.toString().contains("some-one"), entry::toString));
    JsonNode event = ofUser.at("/entries/0/event");
    String ref = event.toString().replaceAll(".*\"ref\":\"(usr_[^\"]+)\".*", "$1");
    assertEquals(
        ofUser.path("total").asInt(),
        search("target=" + ref).path("total").asInt()
            + search("actor=" + ref).path("total").asInt());
  }

  private TestConsole.Answer read(String caseId) {
    return readWithin(Json.mapper().valueToTree(caseId).toString());
  }

  private TestConsole.Answer readWithin(String caseId) {
    String named = caseId.equals("\"\"") ? "" : ",\"caseId\":" + caseId;
    return console.post(
        "/apps/" + app.appId() + "/messages/of-users",
        "{\"user\":\"ann\",\"peer\":\"ben\",\"reason\":\"complaint 17\","
            + "\"from\":\"2001-01-01T00:00:00Z\",\"to\":\"2001-01-02T00:00:00Z\""
            + named
            + "}");
  }

  private List<String> types(String query) {
    AuditLeaves.catchUp(TestServer.shared().server());
    List<String> types = new ArrayList<>();
    search("order=oldest&" + query)
        .path("entries")
        .forEach(entry -> types.add(entry.at("/event/type").asText()));
    return types;
  }

  @Test
  void whatACaseAllowedIsFoundByTheCase() {
    app.withUsers("ann", "ben");
    read("CASE-2026-014").ok();
    read("CASE-2026-015").ok();
    read("").ok();
    List<String> all = types("type=content.");
    List<String> ofOne = types("caseId=CASE-2026-014");
    assertTrue(ofOne.containsAll(List.of("content.search", "content.read")), ofOne::toString);
    assertEquals(all.size(), 3 * ofOne.size());
    assertEquals(ofOne.size(), types("caseId=CASE-2026-015&type=content.").size());
    assertEquals(1, types("caseId=CASE-2026-015&type=content.search").size());
    assertEquals(List.of(), types("caseId=CASE-2026"), "no part of a name");
    assertEquals(List.of(), types("caseId=CASE-2026-014&type=app."));
    assertEquals("CASE-2026-014", newestQuery().at("/change/after/case").asText());
    assertEquals(List.of(), types("caseId=CASE-0"));
    assertEquals("not in the log", newestQuery().at("/change/after/case").asText());

    JsonNode file =
        console
            .post(
                "/audit/export",
                "{\"format\":\"csv\",\"reason\":\"for the court\",\"caseId\":\"CASE-2026-014\","
                    + "\"query\":{\"app\":%d,\"caseId\":\"CASE-2026-014\"}}".formatted(app.appId()))
            .ok()
            .body();
    assertEquals(ofOne.size(), file.path("events").asInt());
    assertTrue(file.path("content").asText().contains("CASE-2026-014"));
    AuditLeaves.catchUp(TestServer.shared().server());
    JsonNode exported =
        AuditLeaves.all(TestServer.shared().server()).stream()
            .filter(
                each ->
                    each.at("/change/after/sha256").asText().equals(file.path("sha256").asText()))
            .toList()
            .getLast();
    assertEquals("CASE-2026-014", exported.at("/context/case").asText());
  }

  @Test
  void aCaseMayBeNamedByAnyTextThatIsNotTooLong() {
    app.withUsers("ann", "ben");
    for (String name :
        List.of("'; DROP TABLE app; --", "사건 7 – 案件", "😀".repeat(64), "*?~[a TO z]")) {
      read(name).ok();
      List<String> found = types("caseId=" + encode(name));
      assertTrue(found.contains("content.read"), name);
      assertEquals(found, types("caseId=" + encode(name) + "&type=content."), name);
    }
    for (String wrong : List.of("x".repeat(65), "a\nb", "a\u0000b")) {
      read(wrong).refused("invalid");
    }
    for (String wrong : List.of("\"a\\uD83D\"", "{}", "[\"a\"]", "\" \\u0007\"")) {
      readWithin(wrong).refused("invalid");
    }
    console.get("/audit/entries?caseId=").refused("invalid");
    console.get("/audit/entries?caseId=" + "x".repeat(129)).refused("invalid");
  }

  @Test
  void wrongFieldsAreNamed() {
    for (String wrong :
        List.of(
            "type=no.such",
            "outcome=good",
            "severity=9",
            "order=up",
            "limit=0",
            "limit=201",
            "limit=x",
            "from=yesterday",
            "after=AA",
            "after=" + encode("' OR 1=1 --"),
            "channel=pigeon",
            "before=3",
            "actor=",
            "region=mars")) {
      console.get("/audit/entries?" + wrong).refused("invalid");
    }
    console.get("/audit/entries?user=alice").refused("invalid");
    search("from=-1000000000-01-01T00:00:00Z&until=%2B1000000000-12-31T23:59:59Z");
    search("actor=" + encode("x*?\" OR ~ \uD83D\uDE00") + "&target=" + encode("[a TO z]"));
    console
        .get("/audit/entries?app=" + app.appId() + "&user=" + encode("nobody here"))
        .refused("not-found");
    String cursor = search("limit=1&type=app.").path("next").asText("");
    assertFalse(cursor.isEmpty() && app.appId() == 0);
  }

  @Test
  void everySearchIsOnRecordWithWhatWasAskedAndNothingItDidNotKnow() {
    rename(1);
    String unknown = "+82 10 1234 5678";
    search("type=app.update&limit=7&actor=" + encode(unknown));
    JsonNode query = newestQuery();
    assertEquals("success", query.at("/outcome/result").asText());
    assertEquals("app.update", query.at("/change/after/types").asText());
    assertEquals("not in the log", query.at("/change/after/actor").asText());
    assertEquals(0, query.at("/change/after/results").asInt(-1));
    assertEquals(0, query.path("count").asInt(-1));
    assertFalse(query.toString().contains("1234"), query::toString);
    assertTrue(query.path("commit").toString().contains("query.actor"), query::toString);
    String actor = query.at("/actor/ref").asText();
    search("type=app.update&actor=" + actor);
    assertEquals(actor, newestQuery().at("/change/after/actor").asText());
    assertEquals(1, newestQuery().at("/change/after/results").asInt());
  }

  private JsonNode newestQuery() {
    String id = Long.toString(app.appId());
    AuditLeaves.catchUp(TestServer.shared().server());
    return AuditLeaves.all(TestServer.shared().server()).stream()
        .filter(event -> event.path("type").asText().equals("audit.query"))
        .filter(event -> event.at("/change/after/app").asText().equals(id))
        .toList()
        .getLast();
  }

  private TestConsole.Answer export(String format, String fields) {
    return console.post(
        "/audit/export",
        "{\"format\":\"%s\",\"reason\":\"for the yearly audit\",\"query\":{\"app\":%d%s}}"
            .formatted(format, app.appId(), fields));
  }

  @Test
  void filesAreGivenInEveryFormAndThatIsOnRecord() throws IOException {
    rename(3);
    for (ExportFormat format : ExportFormat.values()) {
      JsonNode file = export(format.word(), ",\"type\":[\"app.update\"]").ok().body();
      assertEquals(3, file.path("events").asInt());
      String content = file.path("content").asText();
      List<String> lines = content.lines().toList();
      assertEquals(3 + (format.header().isEmpty() ? 0 : 1), lines.size(), content);
      assertTrue(lines.getLast().contains("app.update"));
      assertTrue(file.path("name").asText().endsWith(format.extension()));
      String sha256 =
          HexFormat.of().formatHex(MerkleHash.sha256(content.getBytes(StandardCharsets.UTF_8)));
      assertEquals(sha256, file.path("sha256").asText());
      JsonNode manifest = Json.mapper().readTree(file.path("manifest").asText());
      assertEquals(sha256, manifest.path("sha256").asText());
      assertTrue(manifest.path("checkpoint").asText().contains(manifest.path("origin").asText()));
      assertTrue(manifest.path("complete").asBoolean());
      JsonNode event =
          AuditLeaves.all(TestServer.shared().server()).stream()
              .filter(each -> each.at("/change/after/sha256").asText().equals(sha256))
              .toList()
              .getLast();
      assertEquals("audit.export", event.path("type").asText());
      assertEquals("for the yearly audit", event.at("/change/after/reason").asText());
      assertEquals(format.word(), event.at("/change/after/format").asText());
    }
  }

  @Test
  void aLongExportComesInParts() {
    rename(3);
    JsonNode first = export("jsonl", ",\"type\":[\"app.update\"],\"limit\":2").ok().body();
    assertEquals(2, first.path("events").asInt());
    String after = first.path("next").asText();
    JsonNode second =
        export("jsonl", ",\"type\":[\"app.update\"],\"limit\":2,\"after\":\"" + after + "\"")
            .ok()
            .body();
    assertEquals(1, second.path("events").asInt());
    assertFalse(second.has("next"));
    assertFalse(first.path("content").asText().contains(second.path("content").asText().strip()));
  }

  @Test
  void anExportNeedsItsPermissionAFormAndAReason() {
    export("xml", "").refused("invalid");
    console
        .post("/audit/export", "{\"format\":\"csv\",\"reason\":\"ab\",\"query\":{}}")
        .refused("invalid");
    console
        .post("/audit/export", "{\"format\":\"csv\",\"reason\":\"long enough\"}")
        .refused("invalid");
    export("csv", ",\"limit\":5001").refused("invalid");
    TestConsole.with("help-desk", app.appId())
        .post("/audit/export", "{\"format\":\"csv\",\"reason\":\"long enough\",\"query\":{}}")
        .refused("forbidden");
  }

  @Test
  void theIndexShowsHowFarItIs() {
    search("limit=1");
    JsonNode log = console.get("/audit").ok().body().at("/logs/0");
    assertTrue(log.path("unindexed").asLong() < log.path("size").asLong(), log::toString);
    assertFalse(log.has("indexProblem"), log::toString);
  }
}
