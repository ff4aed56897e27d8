package im.palisade.server.file;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import im.palisade.server.audit.Cause;
import im.palisade.server.file.FileName.Form;
import im.palisade.server.protocol.Json;
import im.palisade.server.rest.FileRoute.Link;
import im.palisade.server.security.SignedLinks;
import im.palisade.server.testing.TestApp;
import im.palisade.server.testing.TestDatabase;
import im.palisade.server.testing.TestServer;
import im.palisade.server.testing.TestUser;
import im.palisade.server.testing.Uploads;
import java.awt.Color;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.stream.StreamSupport;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Media files from the upload to the ban (message-formats §1.3, rest-conversations-ops Part H). */
class FileRestTest {
  private static final HttpClient HTTP = HttpClient.newHttpClient();
  private static final byte[] VOICE = "voice of mia".getBytes(StandardCharsets.UTF_8);

  private final TestApp app = TestServer.shared().newApp();
  private final TestUser mia = app.login("mia");

  @AfterEach
  void close() {
    mia.close();
  }

  @Test
  void whatWasUploadedIsFetchedByItsUrlAsItWas() {
    JsonNode file = upload("sound", "a b.AMR", VOICE);
    assertTrue(file.path("UUID").asText().matches("[0-9a-f]{32}"), file::toString);
    assertEquals(VOICE.length, file.path("Size").asInt());
    assertTrue(file.path("ImageInfoArray").isMissingNode());
    String url = file.path("Url").asText();
    assertTrue(url.endsWith(file.path("UUID").asText() + ".amr"), url);
    HttpResponse<byte[]> response = Uploads.get(HTTP, url);
    assertEquals(200, response.statusCode());
    assertArrayEquals(VOICE, response.body());
    assertEquals("audio/amr", header(response, "content-type"));
    assertEquals("nosniff", header(response, "x-content-type-options"));
    assertEquals("", header(response, "content-disposition"));
  }

  @Test
  void aFileABrowserWouldRunIsOnlyOfferedForSaving() {
    for (String name : List.of("x.html", "x.svg", "x.xml", "x", "x.jpg.js", "../../x.html\"\r\n")) {
      String url = upload("file", name, VOICE).path("Url").asText();
      HttpResponse<byte[]> response = Uploads.get(HTTP, url);
      assertEquals("application/octet-stream", header(response, "content-type"), name);
      assertEquals("attachment", header(response, "content-disposition"), name);
      assertTrue(header(response, "content-security-policy").contains("sandbox"), name);
    }
  }

  @Test
  void anImageGetsASmallAndALargeForm() throws IOException {
    JsonNode file = upload("image", "photo.png", picture(1600, 400));
    assertEquals(3, file.path("ImageFormat").asInt());
    int[][] expected = {{1, 1600, 400}, {2, 720, 180}, {3, 198, 50}};
    for (int i = 0; i < 3; i++) {
      JsonNode form = file.path("ImageInfoArray").path(i);
      assertEquals(expected[i][0], form.path("Type").asInt());
      assertEquals(expected[i][1], form.path("Width").asInt());
      assertEquals(expected[i][2], form.path("Height").asInt());
      HttpResponse<byte[]> response = Uploads.get(HTTP, form.path("URL").asText());
      assertEquals(form.path("Size").asInt(), response.body().length);
      assertEquals(i == 0 ? "image/png" : "image/jpeg", header(response, "content-type"));
      BufferedImage image = ImageIO.read(new ByteArrayInputStream(response.body()));
      assertEquals(expected[i][1], image.getWidth());
      assertEquals(expected[i][2], image.getHeight());
    }
  }

  @Test
  void aSmallImageIsItsOwnLargeFormAndABrokenOneIsKeptAsItCame() throws IOException {
    JsonNode small = upload("image", "a.png", picture(200, 100)).path("ImageInfoArray");
    assertEquals(small.at("/0/URL"), small.at("/1/URL"));
    assertEquals(198, small.at("/2/Width").asInt());
    byte[] cut = picture(900, 900);
    JsonNode broken = upload("image", "a.png", Arrays.copyOf(cut, cut.length / 2));
    assertEquals(255, broken.path("ImageFormat").asInt());
    assertEquals(0, broken.at("/ImageInfoArray/0/Width").asInt());
    String url = broken.at("/ImageInfoArray/2/URL").asText();
    assertEquals(cut.length / 2, Uploads.get(HTTP, url).body().length);
  }

  @Test
  void aPictureThatWouldFillTheMemoryIsNotDecoded() {
    // A PNG of 60,000 x 60,000 pixels that says so in its header and is little else.
    byte[] bomb = new byte[200];
    byte[] head = {
      (byte) 0x89,
      'P',
      'N',
      'G',
      '\r',
      '\n',
      0x1a,
      '\n',
      0,
      0,
      0,
      13,
      'I',
      'H',
      'D',
      'R',
      0,
      0,
      (byte) 0xea,
      0x60,
      0,
      0,
      (byte) 0xea,
      0x60,
      8,
      2,
      0,
      0,
      0
    };
    System.arraycopy(head, 0, bomb, 0, head.length);
    assertEquals(255, upload("image", "a.png", bomb).path("ImageFormat").asInt());
  }

  @ParameterizedTest
  @CsvSource({
    "image, 29360128, 0",
    "image, 29360129, 114002",
    "sound, 29360129, 114002",
    "video, 104857600, 0",
    "video, 104857601, 114002",
    "file, 104857601, 114002",
    "file, 1, 0",
    "file, 0, 114011",
    "other, 1, 114011",
    "IMAGE, 1, 114011",
    "'', 1, 114011"
  })
  void aTicketIsForAFileOfItsKindsSize(String kind, long size, int code) {
    ObjectNode data = Uploads.announced("file", "a", VOICE).put("kind", kind).put("size", size);
    assertEquals(code, TestUser.code(mia.client().request("file.ticket", data)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "{\"kind\":1}",
        "{\"md5\":null}",
        "{\"md5\":\"xyz\"}",
        "{\"md5\":\"0123456789abcdef0123456789abcdeg\"}",
        "{\"size\":-1}",
        "{\"size\":\"1\"}",
        "{\"size\":1.5}",
        "{\"name\":7}"
      })
  void aTicketNeedsWhatItNeeds(String change) throws IOException {
    ObjectNode data =
        change.equals("{}") ? Json.object() : Uploads.announced("file", "a.txt", VOICE);
    data.setAll((ObjectNode) Json.mapper().readTree(change));
    assertEquals(114011, TestUser.code(mia.client().request("file.ticket", data)));
  }

  @Test
  void anUploadThatIsNotWhatWasAnnouncedIsNotKept() {
    String url = ticket("file", "a.txt", VOICE);
    byte[] other = VOICE.clone();
    other[0]++;
    assertRefused(400, 115066, Uploads.put(HTTP, url, other));
    assertRefused(400, 115066, Uploads.put(HTTP, url, new byte[VOICE.length - 1]));
    assertRefused(413, 114002, Uploads.put(HTTP, url, new byte[VOICE.length + 1]));
    assertRefused(404, 114000, Uploads.get(HTTP, url.replaceAll("\\?.*", "")));
    assertEquals(200, Uploads.put(HTTP, url, VOICE).statusCode());
    assertEquals(200, Uploads.put(HTTP, url, VOICE).statusCode());
  }

  @Test
  void aLinkThatWasChangedTakesNothing() {
    String url = ticket("file", "a.txt", VOICE);
    for (String bad :
        List.of(
            url.replaceAll("t=.{8}", "t=00000000"),
            url.replaceAll("e=\\d", "e=9"),
            url.replace("kind=file", "kind=video"),
            url.replaceAll("size=\\d+", "size=99"),
            url.replaceAll("md5=.{4}", "md5=0000"),
            url.replaceAll("owner=\\d+", "owner=1"),
            url.replaceAll("owner=\\d+", "owner=x"),
            url.replace(".txt", ".jpg"),
            url.replaceAll("-[0-9a-f]{8}", "-00000000"),
            url.replaceAll("\\?.*", ""))) {
      assertRefused(403, 114001, Uploads.put(HTTP, bad, VOICE));
    }
  }

  @Test
  void aLargeFilePassesThoughCallsMayNotBeThatLarge() {
    byte[] large = new byte[12 << 20];
    Arrays.fill(large, (byte) 7);
    String url = upload("video", "a.mp4", large).path("Url").asText();
    assertArrayEquals(large, Uploads.get(HTTP, url).body());
  }

  @Test
  void aBrowserOfAnotherOriginMayUpload() {
    HttpRequest.Builder preflight =
        HttpRequest.newBuilder(URI.create(ticket("file", "a", VOICE)))
            .header("Origin", "https://chat.example.org")
            .method("OPTIONS", HttpRequest.BodyPublishers.noBody());
    HttpResponse<byte[]> response = Uploads.send(HTTP, preflight);
    assertEquals(204, response.statusCode());
    assertEquals("*", header(response, "access-control-allow-origin"));
    assertTrue(header(response, "access-control-allow-methods").contains("PUT"));
  }

  @Test
  void aBannedFileIsRefusedInEveryFormUntilTheBanIsLifted() throws IOException {
    JsonNode file = upload("image", "photo.png", picture(1600, 400));
    String url = file.path("Url").asText();
    for (int repeat = 0; repeat < 2; repeat++) {
      assertEquals(0, code("forbid_illegal_object", url + "?x=1#f"));
    }
    for (JsonNode form : file.path("ImageInfoArray")) {
      assertRefused(403, 114001, Uploads.get(HTTP, form.path("URL").asText()));
    }
    // Any URL of the object names it.
    assertEquals(0, code("allow_banned_object", file.at("/ImageInfoArray/2/URL").asText()));
    assertEquals(0, code("allow_banned_object", url));
    for (JsonNode form : file.path("ImageInfoArray")) {
      assertEquals(200, Uploads.get(HTTP, form.path("URL").asText()).statusCode());
    }
  }

  @Test
  void reviewersSeeBannedFilesByTheirOwnUrls() throws IOException {
    JsonNode good = upload("image", "photo.png", picture(1600, 400));
    String bad = upload("sound", "a.amr", VOICE).path("Url").asText();
    assertEquals(0, code("forbid_illegal_object", bad));
    JsonNode reply =
        review(
            List.of(
                good.at("/ImageInfoArray/2/URL").asText(), bad, bad, "https://example.org/x.jpg"));
    assertEquals(0, reply.path("ErrorCode").asInt());
    assertEquals("0 1 1 2", all(reply, "Status"));
    assertEquals("0 0 0 10010", all(reply, "Code"));
    assertEquals("0 1 2 3", all(reply, "ResourceID"));
    assertEquals("", reply.at("/PreSigURLs/3/PreSigURL").asText());
    assertFalse(reply.at("/PreSigURLs/3/Desc").asText().isEmpty());
    String signed = reply.at("/PreSigURLs/1/PreSigURL").asText();
    assertArrayEquals(VOICE, Uploads.get(HTTP, signed).body());
    HttpResponse<byte[]> thumb = Uploads.get(HTTP, reply.at("/PreSigURLs/0/PreSigURL").asText());
    assertEquals(198, ImageIO.read(new ByteArrayInputStream(thumb.body())).getWidth());
    assertRefused(403, 114001, Uploads.get(HTTP, signed.replaceAll("t=.{8}", "t=00000000")));
    assertRefused(403, 114001, Uploads.get(HTTP, signed.replaceAll("e=\\d", "e=9")));
    assertRefused(403, 114001, Uploads.put(HTTP, signed, VOICE));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://media.example.org/1600012345/mia/3f2a.jpg",
        "x",
        "'; DROP TABLE media_file",
        "\u0000\ud83d\ude00",
        "$BASE/media/$APP-00000000000000000000000000000000.jpg",
        "$BASE/media/99999999999999999999-00000000000000000000000000000000",
        "ftp://h/media/$NAME",
        "/media/$NAME",
        "$BASE/other/$NAME",
        "$BASE/media/$NAME/more",
        "$BASE/?/media/$NAME"
      })
  void aUrlThatIsNoneOfOursIsUnknown(String form) {
    String url = upload("sound", "a.amr", VOICE).path("Url").asText();
    String raw =
        form.replace("$NAME", url.replaceAll(".*/", ""))
            .replace("$BASE", app.server().facts().restUrl())
            .replace("$APP", Long.toString(app.appId()));
    assertEquals(10010, code("forbid_illegal_object", raw));
    assertEquals(10010, code("allow_banned_object", raw));
    assertEquals("2", all(review(List.of(raw)), "Status"));
    assertEquals(200, Uploads.get(HTTP, url).statusCode());
  }

  @Test
  void anotherAppsFileIsUnknown() {
    String url = upload("sound", "a.amr", VOICE).path("Url").asText();
    TestApp other = TestServer.shared().newApp();
    String body = Json.object().put("RawURL", url).toString();
    assertEquals(
        10010, other.rest("im_cos_msg/forbid_illegal_object", body).path("ErrorCode").asInt());
    assertEquals(200, Uploads.get(HTTP, url).statusCode());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "forbid_illegal_object | {}",
        "forbid_illegal_object | {\"RawURL\":7}",
        "forbid_illegal_object | {\"RawURL\":\"\"}",
        "allow_banned_object | {\"RawURL\":null}",
        "allow_banned_object | [1]",
        "get_cos_sig | {}",
        "get_cos_sig | {\"RawURLs\":[]}",
        "get_cos_sig | {\"RawURLs\":\"x\"}",
        "get_cos_sig | {\"RawURLs\":[{\"ResourceID\":1}]}",
        "get_cos_sig | {\"RawURLs\":[{\"RawURL\":\"x\"}]}",
        "get_cos_sig | {\"RawURLs\":[{\"ResourceID\":\"a\",\"RawURL\":\"x\"}]}"
      })
  void badInputIsRefused(String command, String body) {
    assertEquals(10004, app.rest("im_cos_msg/" + command, body).path("ErrorCode").asInt());
  }

  @Test
  void aHundredUrlsAreTakenAndNoMore() {
    String url = upload("sound", "a.amr", VOICE).path("Url").asText();
    assertEquals(100, review(Collections.nCopies(100, url)).path("PreSigURLs").size());
    assertEquals(10004, review(Collections.nCopies(101, url)).path("ErrorCode").asInt());
  }

  @Test
  void aFileLivesAsLongAsTheLastMessageThatNamesIt() throws IOException {
    Path directory = TestDatabase.newDirectory().resolve("media");
    FileService today = filesIn(directory, 0);
    FileName forwarded = stored(today);
    FileName forgotten = stored(today);
    filesIn(directory, 20).used(app.app(), Set.of(forwarded.uuid()));
    Cause cause = Cause.system(Instant.now()).within(app.appId());
    assertEquals(0, filesIn(directory, 31).deleteUnused(app.app(), cause));
    assertEquals(1, filesIn(directory, 32).deleteUnused(app.app(), cause));
    assertFalse(Files.exists(today.path(app.app(), forgotten)));
    assertTrue(Files.exists(today.path(app.app(), forwarded)));
    assertEquals(
        Set.of(forwarded.uuid()),
        today.find(app.app(), Set.of(forwarded.uuid(), forgotten.uuid())).keySet());
  }

  @Test
  void aMessageThatNamesAFileProlongsItsLife() {
    JsonNode file = upload("sound", "a.amr", VOICE);
    app.withUsers("noah");
    lastUsed(file, "UPDATE media_file SET used_on = 7 WHERE uuid = ?");
    app.rest(
        "openim/sendmsg",
        message("{\"Text\":\"no file\"}", "TIMTextElem").replace("1,\"MsgBody", "2,\"MsgBody"));
    writeUses();
    assertEquals(7, lastUsed(file, "SELECT used_on FROM media_file WHERE uuid = ?"));
    String sound = Json.object().put("Url", file.path("Url").asText()).toString();
    assertEquals(
        0, app.rest("openim/sendmsg", message(sound, "TIMSoundElem")).path("ErrorCode").asInt());
    writeUses();
    assertTrue(lastUsed(file, "SELECT used_on FROM media_file WHERE uuid = ?") > 20_000);
    for (String type : new String[] {"Public", "AVChatRoom"}) {
      lastUsed(file, "UPDATE media_file SET used_on = 7 WHERE uuid = ?");
      group(
          "create_group", "\"Type\":\"" + type + "\",\"Name\":\"n\",\"GroupId\":\"" + type + "\"");
      group(
          "send_group_msg",
          "\"GroupId\":\""
              + type
              + "\",\"Random\":1,\"MsgBody\":[{\"MsgType\":\"TIMSoundElem\",\"MsgContent\":"
              + sound
              + "}]");
      writeUses();
      assertTrue(
          lastUsed(file, "SELECT used_on FROM media_file WHERE uuid = ?") > 20_000,
          "what is said in a " + type + " keeps its files");
    }
  }

  @Test
  void aFileThatOnlyAnEditOrAPublicationNamesIsKeptAsWell() {
    JsonNode file = upload("sound", "a.amr", VOICE);
    app.withUsers("noah");
    String sound =
        "\"MsgBody\":[{\"MsgType\":\"TIMSoundElem\",\"MsgContent\":"
            + Json.object().put("Url", file.path("Url").asText())
            + "}]";
    String key =
        app.rest(
                "openim/sendmsg",
                "{\"From_Account\":\"mia\","
                    + message("{\"Text\":\"no file\"}", "TIMTextElem").substring(1))
            .path("MsgKey")
            .asText();
    assertKept(
        file,
        "openim/modify_c2c_msg",
        "\"From_Account\":\"mia\",\"To_Account\":\"noah\",\"MsgKey\":\"" + key + "\"," + sound);
    group("create_group", "\"Type\":\"Public\",\"Name\":\"n\",\"GroupId\":\"g\"");
    group(
        "send_group_msg",
        "\"GroupId\":\"g\",\"Random\":1,\"MsgBody\":[{\"MsgType\":\"TIMTextElem\","
            + "\"MsgContent\":{\"Text\":\"no file\"}}]");
    assertKept(file, "openim/modify_group_msg", "\"GroupId\":\"g\",\"MsgSeq\":1," + sound);
    String account =
        app.rest(
                "official_account_open_http_svc/create_official_account",
                "{\"Owner_Account\":\"mia\",\"Name\":\"News\"}")
            .path("OfficialAccountUserID")
            .asText();
    assertKept(
        file,
        "official_account_open_http_svc/send_official_account_msg",
        "\"Official_Account\":\"" + account + "\",\"Random\":7," + sound);
  }

  private void assertKept(JsonNode file, String command, String fields) {
    lastUsed(file, "UPDATE media_file SET used_on = 7 WHERE uuid = ?");
    JsonNode reply = app.rest(command, "{" + fields + "}");
    assertEquals(0, reply.path("ErrorCode").asInt(), reply::toString);
    writeUses();
    assertTrue(lastUsed(file, "SELECT used_on FROM media_file WHERE uuid = ?") > 20_000, command);
  }

  private void group(String command, String fields) {
    JsonNode reply = app.rest("group_open_http_svc/" + command, "{" + fields + "}");
    assertEquals(0, reply.path("ErrorCode").asInt(), reply::toString);
  }

  private void writeUses() {
    app.server().jobs().jobs().stream()
        .filter(job -> job.name().equals("file-uses"))
        .forEach(job -> job.work().run());
  }

  private static String message(String content, String type) {
    return "{\"To_Account\":\"noah\",\"MsgRandom\":1,\"MsgBody\":[{\"MsgType\":\""
        + type
        + "\",\"MsgContent\":"
        + content
        + "}]}";
  }

  private long lastUsed(JsonNode file, String sql) {
    return app.server()
        .regions()
        .of(app.app())
        .read(
            connection -> {
              try (PreparedStatement statement = connection.prepareStatement(sql)) {
                statement.setBytes(1, HexFormat.of().parseHex(file.path("UUID").asText()));
                if (!statement.execute()) {
                  return (long) statement.getUpdateCount();
                }
                ResultSet row = statement.getResultSet();
                row.next();
                return row.getLong(1);
              }
            });
  }

  @Test
  void linksEndInTime() {
    FileName name = FileName.draw(app.appId(), "a.amr");
    Link link = link(linksIn(0).review(name));
    assertTrue(linksIn(900).isReview(name, link));
    assertFalse(linksIn(902).isReview(name, link));
  }

  private final Instant now = Instant.now();

  private FileService filesIn(Path directory, int days) {
    Clock clock = Clock.fixed(now.plus(Duration.ofDays(days)), ZoneOffset.UTC);
    return new FileService(app.server().regions(), directory, () -> false, clock);
  }

  private FileLinks linksIn(int seconds) {
    Clock clock = Clock.fixed(now.plusSeconds(seconds), ZoneOffset.UTC);
    return new FileLinks(new SignedLinks("00".repeat(32), clock), () -> "https://h", clock);
  }

  private static Link link(String url) {
    String query = url.replaceAll(".*\\?", "");
    return new Link(
        url.replaceAll(".*/|\\?.*", ""),
        name ->
            Arrays.stream(query.split("&", -1))
                .filter(pair -> pair.startsWith(name + "="))
                .map(pair -> pair.substring(name.length() + 1))
                .findFirst(),
        "127.0.0.1");
  }

  private FileName stored(FileService files) throws IOException {
    FileName name = FileName.draw(app.appId(), "a.amr");
    String md5 = Uploads.announced("sound", "", VOICE).path("md5").asText();
    var announced = new FileService.Announced(name, 1, FileKind.SOUND, VOICE.length, md5);
    files.take(app.app(), announced, new ByteArrayInputStream(VOICE));
    return name.as(Form.ORIGINAL);
  }

  private JsonNode upload(String kind, String name, byte[] bytes) {
    return Uploads.upload(HTTP, mia.client(), kind, name, bytes);
  }

  private String ticket(String kind, String name, byte[] bytes) {
    return TestUser.await(mia.client().request("file.ticket", Uploads.announced(kind, name, bytes)))
        .path("uploadUrl")
        .asText();
  }

  private int code(String command, String url) {
    String body = Json.object().put("RawURL", url).toString();
    return app.rest("im_cos_msg/" + command, body).path("ErrorCode").asInt();
  }

  private JsonNode review(List<String> urls) {
    ObjectNode body = Json.object();
    var list = body.putArray("RawURLs");
    for (int i = 0; i < urls.size(); i++) {
      list.addObject().put("ResourceID", i).put("RawURL", urls.get(i));
    }
    return app.rest("im_cos_msg/get_cos_sig", body.toString());
  }

  private static String all(JsonNode reply, String field) {
    return String.join(
        " ",
        StreamSupport.stream(reply.path("PreSigURLs").spliterator(), false)
            .map(each -> each.path(field).asText())
            .toList());
  }

  private static void assertRefused(int status, int code, HttpResponse<byte[]> response) {
    assertEquals(status, response.statusCode());
    JsonNode reply = Json.parseObject(response.body()).orElseThrow();
    assertEquals("FAIL", reply.path("ActionStatus").asText());
    assertEquals(code, reply.path("ErrorCode").asInt());
  }

  private static String header(HttpResponse<byte[]> response, String name) {
    return response.headers().firstValue(name).orElse("");
  }

  private static byte[] picture(int width, int height) throws IOException {
    BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_ARGB);
    for (int x = 0; x < width; x++) {
      image.setRGB(x, x % height, Color.RED.getRGB());
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    assertTrue(ImageIO.write(image, "png", out));
    return out.toByteArray();
  }
}
