package im.palisade.server.archive;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import im.palisade.server.app.AppSettings;
import im.palisade.server.archive.ArchiveHour.ChatType;
import im.palisade.server.protocol.ImException;
import im.palisade.server.protocol.Json;
import im.palisade.server.testing.AuditLeaves;
import im.palisade.server.testing.TestApp;
import im.palisade.server.testing.TestServer;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.zip.GZIPInputStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** rest-conversations G2 (get_history), from the request to the messages in the file. */
class ArchiveRestTest {
  private static final ZoneId ZONE = ZoneId.of("+08:00");
  private static final DateTimeFormatter HOUR = DateTimeFormatter.ofPattern("uuuuMMddHH");

  private final TestApp app = TestServer.shared().newApp().withUsers("mia", "noah");

  @Test
  void theFileHoldsTheMessagesOfTheHourAndNoOthers() throws Exception {
    Instant begin = hour(2);
    String text = "quote \" line\n\u0001\ud83d\ude00 =1+'; DROP";
    message("mia", "noah", begin.getEpochSecond(), 5, text, "{\"a\":1}");
    message("noah", "mia", begin.getEpochSecond() + 3599, 4294967295L, "last", "");
    message("mia", "noah", begin.getEpochSecond() - 1, 1, "before", "");
    message("mia", "noah", begin.getEpochSecond() + 3600, 1, "after", "");

    JsonNode reply = ready("C2C", begin);
    assertEquals("OK", reply.path("ActionStatus").asText());
    assertEquals(1, reply.path("File").size());
    JsonNode file = reply.at("/File/0");
    HttpResponse<byte[]> response = get(file.path("URL").asText());
    assertEquals(200, response.statusCode());
    AuditLeaves.await(app, "export.download", _ -> true);
    byte[] packed = response.body();
    assertEquals(file.path("GzipSize").asLong(), packed.length);
    assertEquals(file.path("GzipMD5").asText(), md5(packed));
    byte[] plain = new GZIPInputStream(new ByteArrayInputStream(packed)).readAllBytes();
    assertEquals(file.path("FileSize").asLong(), plain.length);
    assertEquals(file.path("FileMD5").asText(), md5(plain));

    List<String> lines = new String(plain, StandardCharsets.UTF_8).lines().toList();
    assertEquals(
        "{\"SdkAppId\":"
            + app.appId()
            + ",\"ChatType\":\"C2C\",\"MsgTime\":\""
            + name(begin)
            + "\",\"MsgList\":[",
        lines.getFirst());
    assertTrue(lines.get(1).endsWith(","));
    assertTrue(lines.get(2).endsWith("}"));
    assertEquals("]}", lines.get(3));
    assertEquals(4, lines.size());
    JsonNode list = Json.mapper().readTree(plain).path("MsgList");
    assertEquals("mia", list.at("/0/From_Account").asText());
    assertEquals("noah", list.at("/0/To_Account").asText());
    assertEquals(begin.getEpochSecond(), list.at("/0/MsgTimestamp").asLong());
    assertEquals(5, list.at("/0/MsgSeq").asLong());
    assertEquals(77, list.at("/0/MsgRandom").asLong());
    assertEquals(text, list.at("/0/MsgBody/0/MsgContent/Text").asText());
    assertEquals("{\"a\":1}", list.at("/0/CloudCustomData").asText());
    assertEquals(4294967295L, list.at("/1/MsgSeq").asLong());
    assertTrue(list.at("/1/CloudCustomData").isMissingNode());
    String expires = file.path("ExpireTime").asText();
    assertTrue(expires.matches("\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d"), expires);
  }

  @Test
  void anHourWithoutMessagesHasNoFile() {
    assertEquals(1004, code("C2C", name(hour(3))));
    message("mia", "noah", hour(2).getEpochSecond(), 5, "x", "");
    assertEquals(1004, code("Group", name(hour(2))));
  }

  @Test
  void groupsHaveFilesOfTheirOwn() throws Exception {
    Instant begin = hour(2);
    String old =
        "{\"Type\":\"Public\",\"Name\":\"n\",\"CreateTime\":"
            + (begin.getEpochSecond() - 99)
            + ",\"GroupId\":\"%s\"}";
    group("import", old.formatted("gone"));
    imported("gone", begin.getEpochSecond() + 1, "not to be found");
    group("destroy", "{\"GroupId\":\"gone\"}");
    group("import", old.formatted("club"));
    imported("club", begin.getEpochSecond() - 1, "before");
    imported("club", begin.getEpochSecond() + 5, "first");
    message("mia", "noah", begin.getEpochSecond(), 5, "private", "");
    assertEquals(1, list(ready("Group", begin)).size());

    imported("club", begin.getEpochSecond() + 3599, "later");
    imported("club", begin.getEpochSecond() + 3600, "after");
    JsonNode list = list(ready("Group", begin));
    assertEquals(2, list.size());
    assertEquals("noah", list.at("/0/From_Account").asText());
    assertEquals("club", list.at("/0/GroupId").asText());
    assertEquals(begin.getEpochSecond() + 5, list.at("/0/MsgTimestamp").asLong());
    assertEquals(2, list.at("/0/MsgSeq").asLong());
    assertTrue(list.at("/0/To_Account").isMissingNode());
    assertEquals("first", list.at("/0/MsgBody/0/MsgContent/Text").asText());
    assertEquals("later", list.at("/1/MsgBody/0/MsgContent/Text").asText());
    assertEquals(1, list(ready("C2C", begin)).size());
  }

  private void group(String act, String body) {
    JsonNode reply = app.rest("group_open_http_svc/" + act + "_group", body);
    assertEquals(0, reply.path("ErrorCode").asInt(), reply::toString);
  }

  private void imported(String groupId, long time, String text) {
    ObjectNode body = Json.object().put("GroupId", groupId);
    ObjectNode each = body.putArray("MsgList").addObject();
    each.put("From_Account", "noah").put("SendTime", time);
    each.putArray("MsgBody")
        .addObject()
        .put("MsgType", "TIMTextElem")
        .putObject("MsgContent")
        .put("Text", text);
    JsonNode reply = app.rest("group_open_http_svc/import_group_msg", body.toString());
    assertEquals(0, reply.at("/ImportMsgResult/0/Result").asInt(-1), reply::toString);
  }

  private static JsonNode list(JsonNode reply) throws Exception {
    byte[] packed = get(reply.at("/File/0/URL").asText()).body();
    byte[] plain = new GZIPInputStream(new ByteArrayInputStream(packed)).readAllBytes();
    return Json.mapper().readTree(plain).path("MsgList");
  }

  @Test
  void anHourThatIsNotOverHasNoFileYet() {
    message("mia", "noah", Instant.now().getEpochSecond(), 5, "x", "");
    assertEquals(1004, code("C2C", name(hour(0))));
    assertEquals(1004, code("C2C", name(hour(-1))));
    assertEquals(1004, code("C2C", name(hour(-2000))));
  }

  @Test
  void hoursOlderThanSevenDaysAreGone() {
    assertEquals(1005, code("C2C", name(hour(7 * 24 + 1))));
    assertEquals(1004, code("C2C", name(hour(7 * 24 - 1))));
  }

  @Test
  void hoursAreThoseOfTheAppsTimeZone() throws Exception {
    TestApp utc =
        TestServer.shared().newApp(AppSettings.parse("{\"timeZone\":\"Z\"}")).withUsers("mia");
    Instant begin = hour(5);
    send(utc, "mia", "administrator", begin.getEpochSecond(), 1, "x", "");
    String named = HOUR.format(begin.atZone(ZoneOffset.UTC));
    Awaitility.await().until(() -> request(utc, "C2C", named).path("ErrorCode").asInt() == 0);
    assertEquals(1004, request(utc, "C2C", name(begin)).path("ErrorCode").asInt());
  }

  @Test
  void otherAppsMessagesAreNotInIt() {
    TestApp other = TestServer.shared().newApp().withUsers("mia", "noah");
    send(other, "mia", "noah", hour(2).getEpochSecond(), 1, "x", "");
    assertEquals(1004, code("C2C", name(hour(2))));
  }

  @Test
  void aLinkThatWasChangedIsRefused() throws Exception {
    message("mia", "noah", hour(2).getEpochSecond(), 5, "x", "");
    String url = ready("C2C", hour(2)).at("/File/0/URL").asText();
    assertEquals(200, get(url).statusCode());
    for (String bad :
        List.of(
            url.replaceAll("t=.{8}", "t=00000000"),
            url.replaceAll("e=\\d", "e=9"),
            url.replace("-0.gz", "-1.gz"),
            url.replace("/archive/", "/archive/..%2F"),
            url.replaceAll("\\?.*", ""),
            url.replaceAll("e=\\d+", "e=x"))) {
      HttpResponse<byte[]> response = get(bad);
      // What is no link at all is answered like any unknown path.
      int code = bad.contains("%2F") ? 60009 : 1001;
      assertEquals(code == 1001 ? 403 : 200, response.statusCode(), bad);
      assertEquals(code, Json.mapper().readTree(response.body()).path("ErrorCode").asInt(), bad);
    }
  }

  @Test
  void aBusyHourTakesSeveralFilesThatHoldEveryMessageOnce(@TempDir Path folder) throws Exception {
    for (int i = 0; i < 20; i++) {
      message("mia", "noah", hour(2).getEpochSecond() + i, i + 1, "m" + i, "");
    }
    try (MessageArchive archive =
        new MessageArchive(
            TestServer.shared().server().regions(), folder, () -> false, 600, Clock.systemUTC())) {
      ArchiveHour hour = ArchiveHour.parse(app.app(), ChatType.C2C, name(hour(2))).orElseThrow();
      List<ArchiveFile> files = eventually(archive, hour);
      assertTrue(files.size() > 2, files::toString);
      List<String> texts = new ArrayList<>();
      for (ArchiveFile file : files) {
        try (var in = new GZIPInputStream(Files.newInputStream(archive.file(file.name())))) {
          Json.mapper()
              .readTree(in)
              .path("MsgList")
              .forEach(m -> texts.add(m.at("/MsgBody/0/MsgContent/Text").asText()));
        }
      }
      assertEquals(20, texts.stream().distinct().count());
      assertEquals(20, texts.size());
    }
  }

  @Test
  void aMessageImportedIntoAnHourThatIsArchivedIsInItsNextArchive() throws Exception {
    assertEquals(1004, code("C2C", name(hour(4))));
    message("mia", "noah", hour(4).getEpochSecond() + 10, 1, "first", "");
    JsonNode before = ready("C2C", hour(4)).at("/File/0");
    message("mia", "noah", hour(4).getEpochSecond() + 3599, 2, "second", "");
    JsonNode after = ready("C2C", hour(4)).at("/File/0");
    assertEquals(List.of("first", "second"), textsOf(after.path("URL").asText()));
    // Who has the earlier link gets what it was given for.
    byte[] earlier = get(before.path("URL").asText()).body();
    assertEquals(before.path("GzipMD5").asText(), md5(earlier));
    assertEquals(List.of("first"), textsOf(before.path("URL").asText()));
  }

  private List<String> textsOf(String url) throws Exception {
    List<String> texts = new ArrayList<>();
    try (var in = new GZIPInputStream(new ByteArrayInputStream(get(url).body()))) {
      Json.mapper()
          .readTree(in)
          .path("MsgList")
          .forEach(m -> texts.add(m.at("/MsgBody/0/MsgContent/Text").asText()));
    }
    return texts;
  }

  @Test
  void summerTimeLeavesAnHourOutAndMakesOneTwiceAsLong() {
    TestApp berlin =
        TestServer.shared().newApp(AppSettings.parse("{\"timeZone\":\"Europe/Berlin\"}"));
    assertEquals(Optional.empty(), ArchiveHour.parse(berlin.app(), ChatType.C2C, "2026032902"));
    assertEquals(1002, request(berlin, "C2C", "2026032902").path("ErrorCode").asInt());
    ArchiveHour before = ArchiveHour.parse(berlin.app(), ChatType.C2C, "2026032901").orElseThrow();
    assertEquals(Duration.ofHours(1), Duration.between(before.begin(), before.end()));
    ArchiveHour twice = ArchiveHour.parse(berlin.app(), ChatType.C2C, "2026102502").orElseThrow();
    assertEquals(Duration.ofHours(2), Duration.between(twice.begin(), twice.end()));
    for (int minutes : List.of(0, 59, 60, 119)) {
      Instant moment = twice.begin().plusSeconds(minutes * 60L);
      assertEquals(twice, ArchiveHour.of(berlin.app(), ChatType.C2C, moment));
    }
  }

  @Test
  void nothingIsMadeWhileStorageIsLow(@TempDir Path folder) throws IOException {
    message("mia", "noah", hour(2).getEpochSecond(), 1, "x", "");
    try (MessageArchive archive =
        new MessageArchive(
            TestServer.shared().server().regions(), folder, () -> true, 600, Clock.systemUTC())) {
      ArchiveHour hour = ArchiveHour.parse(app.app(), ChatType.C2C, name(hour(2))).orElseThrow();
      assertEquals(1003, assertThrows(ImException.class, () -> archive.files(hour)).code());
      try (var left = Files.list(folder)) {
        assertEquals(0, left.count());
      }
    }
  }

  @Test
  void filesAreDeletedOnceNoLinkToThemIsGood(@TempDir Path folder) throws IOException {
    long now = hour(0).getEpochSecond();
    Path fresh = Files.createFile(folder.resolve("5-c2c-" + (now - 190 * 3600) + "-0.gz"));
    for (String old : List.of("-0.gz", ".json")) {
      Files.createFile(folder.resolve("5-c2c-" + (now - 195 * 3600) + old));
    }
    try (MessageArchive archive =
        new MessageArchive(
            TestServer.shared().server().regions(), folder, () -> false, 600, Clock.systemUTC())) {
      archive.deleteOld();
    }
    try (var left = Files.list(folder)) {
      assertEquals(List.of(fresh), left.toList());
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\0',
      textBlock =
          """
          x
          {}
          {"ChatType":"C2C"}
          {"MsgTime":"2026112109"}
          {"ChatType":"c2c","MsgTime":"2026112109"}
          {"ChatType":1,"MsgTime":"2026112109"}
          {"ChatType":"C2C","MsgTime":2026112109}
          {"ChatType":"C2C","MsgTime":"202611210"}
          {"ChatType":"C2C","MsgTime":"20261121099"}
          {"ChatType":"C2C","MsgTime":"2026112124"}
          {"ChatType":"C2C","MsgTime":"2026023010"}
          {"ChatType":"C2C","MsgTime":"202611-109"}
          {"ChatType":"C2C","MsgTime":""}
          """)
  void aBadRequestIsRefusedWithItsCode(String body) {
    assertEquals(1002, app.rest("open_msg_svc/get_history", body).path("ErrorCode").asInt(), body);
  }

  private static List<ArchiveFile> eventually(MessageArchive archive, ArchiveHour hour) {
    return Awaitility.await()
        .until(
            () -> {
              try {
                return archive.files(hour);
              } catch (ImException e) {
                return List.<ArchiveFile>of();
              }
            },
            files -> !files.isEmpty());
  }

  /** The answer once the file is made; on a busy machine that may take more than one call. */
  private JsonNode ready(String type, Instant hour) {
    return Awaitility.await()
        .until(() -> request(app, type, name(hour)), reply -> reply.path("ErrorCode").asInt() == 0);
  }

  private int code(String type, String hour) {
    return request(app, type, hour).path("ErrorCode").asInt();
  }

  private static JsonNode request(TestApp at, String type, String hour) {
    return at.rest(
        "open_msg_svc/get_history",
        Json.object().put("ChatType", type).put("MsgTime", hour).toString());
  }

  private void message(
      String from, String to, long time, long seq, String text, String customData) {
    send(app, from, to, time, seq, text, customData);
  }

  private static void send(
      TestApp at, String from, String to, long time, long seq, String text, String customData) {
    ObjectNode body =
        Json.object()
            .put("From_Account", from)
            .put("To_Account", to)
            .put("SyncFromOldSystem", 2)
            .put("MsgSeq", seq)
            .put("MsgRandom", 77)
            .put("MsgTimeStamp", time)
            .put("CloudCustomData", customData);
    body.putArray("MsgBody")
        .addObject()
        .put("MsgType", "TIMTextElem")
        .putObject("MsgContent")
        .put("Text", text);
    JsonNode reply = at.rest("openim/importmsg", body.toString());
    assertEquals(0, reply.path("ErrorCode").asInt(), reply::toString);
  }

  private static HttpResponse<byte[]> get(String url) throws Exception {
    try (HttpClient http = HttpClient.newHttpClient()) {
      return http.send(
          HttpRequest.newBuilder(URI.create(url)).timeout(Duration.ofSeconds(20)).build(),
          BodyHandlers.ofByteArray());
    }
  }

  private static String md5(byte[] bytes) throws Exception {
    return HexFormat.of().formatHex(MessageDigest.getInstance("MD5").digest(bytes));
  }

  /** The begin of the hour so many hours ago. */
  private static Instant hour(int ago) {
    long now = Instant.now().getEpochSecond();
    return Instant.ofEpochSecond(now - now % 3600 - ago * 3600L);
  }

  private static String name(Instant hour) {
    return HOUR.format(hour.atZone(ZONE));
  }
}
