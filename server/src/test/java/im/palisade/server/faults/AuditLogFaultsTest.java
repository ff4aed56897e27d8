package im.palisade.server.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import im.palisade.cli.ConnectionFile;
import im.palisade.server.PalisadeServer;
import im.palisade.server.store.AuditUnavailableException;
import im.palisade.server.testing.AuditLeaves;
import im.palisade.server.testing.LoggedErrors;
import im.palisade.server.testing.TestApp;
import im.palisade.server.testing.TestDatabase;
import im.palisade.server.testing.TestServer;
import im.palisade.server.testing.TestUser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * An audit log that cannot be written for a while. Its folder is taken away, which is what a lost
 * mount looks like; a file stands in its place, so that nobody can make it anew.
 */
class AuditLogFaultsTest {
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private final Path root = TestDatabase.newDirectory();
  private final Path data = root.resolve("data");
  private final Path logs = root.resolve("logs");
  private final Path spill = root.resolve("spill");
  private Optional<PalisadeServer> server = Optional.empty();

  @BeforeEach
  void expectErrors() {
    LoggedErrors.expect("the audit log cannot be written");
    LoggedErrors.expect("the audit log stopped");
    LoggedErrors.expect("the audit spill journal cannot be written");
  }

  @AfterEach
  void end() {
    server.ifPresent(PalisadeServer::close);
  }

  @Test
  void whatMustBeOnRecordWaitsInTheSpillJournalAndIsInTheLogOnceItIsBack()
      throws IOException, InterruptedException {
    TestApp app = start("15m");
    takeAway(logs);
    assertEquals(0, delete(app, "u1"));
    assertEquals(0, delete(app, "u2"));
    assertEquals(0, update(app, "u3"));
    assertEquals(0, read(app));
    assertEquals(200, Probe.ready(ConnectionFile.read(data)).status());
    assertTrue(spilledBytes() > 0);

    giveBack(logs);
    awaitWritable();
    awaitCounts(app, Map.of("user.delete", 2, "user.update", 1, "content.read", 2));
    List<JsonNode> spills =
        AuditLeaves.all(app.server()).stream()
            .filter(event -> event.path("type").asText().equals("audit.spill"))
            .toList();
    assertEquals(
        List.of("holding", "drained"), spills.stream().map(AuditLogFaultsTest::state).toList());
    assertEquals(0, spilledBytes());
    assertNoGapAndNothingTwice(app.server());
  }

  @Test
  void pastTheLimitActsAreRefusedInClearWordsAndOthersGoOn()
      throws IOException, InterruptedException {
    TestApp app = start("1ms");
    takeAway(logs);
    assertEquals(0, update(app, "u3"), "needs no record at once");
    Awaitility.await().atMost(PATIENCE).until(() -> app.server().audit().problem().isPresent());
    JsonNode refused = app.rest("im_open_login_svc/kick", "{\"UserID\":\"u1\"}");
    assertEquals(70500, refused.path("ErrorCode").asInt());
    assertEquals(AuditUnavailableException.PUBLIC_REASON, refused.path("ErrorInfo").asText());
    assertTrue(read(app) != 0, "nothing is read without a record");
    assertEquals(0, update(app, "u4"));
    assertEquals(0, send(app));
    Probe.Answer ready = Probe.ready(ConnectionFile.read(data));
    assertEquals(503, ready.status());
    assertEquals("the audit log cannot be written", ready.check("audit").path("reason").asText());

    giveBack(logs);
    awaitWritable();
    assertEquals(0, delete(app, "u1"));
    assertEquals(0, read(app));
    awaitCounts(app, Map.of("user.delete", 1, "user.update", 2, "content.read", 2));
    Probe.awaitReady(ConnectionFile.read(data), PATIENCE);
    assertNoGapAndNothingTwice(app.server());
  }

  @Test
  void withoutLogAndSpillJournalActsAreRefusedUntilOneIsBack()
      throws IOException, InterruptedException {
    TestApp app = start("15m");
    takeAway(spill);
    takeAway(logs);
    delete(app, "u1");
    Awaitility.await().atMost(PATIENCE).until(() -> app.server().audit().problem().isPresent());
    assertEquals(30006, delete(app, "u2"), "internal error of the relationship dialect");
    assertTrue(exists(app, "u2"));
    giveBack(spill);
    Awaitility.await().atMost(PATIENCE).until(() -> app.server().audit().problem().isEmpty());
    assertEquals(0, delete(app, "u2"));
    // Refused as well where the server noticed before.
    int deleted = exists(app, "u1") ? 1 : 2;
    giveBack(logs);
    awaitWritable();
    awaitCounts(app, Map.of("user.delete", deleted));
    assertNoGapAndNothingTwice(app.server());
  }

  @Test
  void whatWaitedIsInTheLogAfterARestart() throws IOException {
    TestApp app = start("15m");
    takeAway(logs);
    assertEquals(0, delete(app, "u1"));
    assertEquals(0, update(app, "u3"));
    assertEquals(0, send(app));
    blocked(app);
    server.orElseThrow().close();
    giveBack(logs);
    server = Optional.of(TestServer.start(data, settings("15m")));
    TestApp again = TestApp.of(server.orElseThrow(), app.appId(), app.administrator());
    awaitCounts(again, Map.of("user.delete", 1, "user.update", 1, "message.sent_as_other", 1));
    server.orElseThrow().close();
    server = Optional.of(TestServer.start(data, settings("15m")));
    Set<String> types = new HashSet<>();
    AuditLeaves.all(server.orElseThrow()).forEach(event -> types.add(event.path("type").asText()));
    assertTrue(
        types.containsAll(
            Set.of("audit.writer.stop", "node.leave", "config.audit.set", "config.ratelimit.set")),
        types::toString);
    assertFalse(types.contains("message.blocked"), "off unless it is asked for");
    assertNoGapAndNothingTwice(server.orElseThrow());
  }

  private TestApp start(String spillMax) {
    server = Optional.of(TestServer.start(data, settings(spillMax)));
    return DatabaseRestartTest.trial(server.orElseThrow()).withUsers("u1", "u2", "u3", "u4", "u5");
  }

  private Map<String, String> settings(String spillMax) {
    return Map.of(
        "audit.directory",
        logs.toString(),
        "audit.spill.directory",
        spill.toString(),
        "audit.spill.max",
        spillMax,
        "limits.call-rates",
        "false");
  }

  /** Files that are open stay writable, as on a mount that is lost later. */
  private static void takeAway(Path folder) throws IOException {
    Files.createDirectories(folder);
    Files.move(folder, away(folder));
    Files.writeString(folder, "not a folder");
  }

  private static void giveBack(Path folder) throws IOException {
    Files.delete(folder);
    Files.move(away(folder), folder);
  }

  private static Path away(Path folder) {
    return folder.resolveSibling(folder.getFileName() + "-away");
  }

  private void awaitWritable() {
    Awaitility.await()
        .atMost(PATIENCE)
        .until(
            () -> {
              PalisadeServer running = server.orElseThrow();
              return running.audit().of(running.regions().home()).problem().isEmpty();
            });
  }

  private long spilledBytes() throws IOException {
    try (var files = Files.walk(spill)) {
      return files.filter(Files::isRegularFile).mapToLong(file -> file.toFile().length()).sum();
    }
  }

  private static void awaitCounts(TestApp app, Map<String, Integer> expected) {
    Awaitility.await()
        .atMost(PATIENCE)
        .untilAsserted(
            () ->
                expected.forEach(
                    (type, count) ->
                        assertEquals(
                            (long) count,
                            AuditLeaves.of(app).stream()
                                .filter(event -> event.path("type").asText().equals(type))
                                .count(),
                            type)));
  }

  /** Every node counts without gap, no event stands twice. */
  static void assertNoGapAndNothingTwice(PalisadeServer server) {
    Set<String> ids = new HashSet<>();
    long next = 1;
    for (JsonNode event : AuditLeaves.all(server)) {
      assertTrue(ids.add(event.path("id").asText()), event::toString);
      assertEquals(next++, event.path("node").path("n").asLong(), event::toString);
    }
  }

  private static String state(JsonNode spill) {
    return spill.path("change").path("after").path("state").asText();
  }

  private static int delete(TestApp app, String userId) {
    JsonNode reply =
        app.rest(
            "im_open_login_svc/account_delete",
            "{\"DeleteItem\":[{\"UserID\":\"" + userId + "\"}]}");
    int code = reply.path("ErrorCode").asInt(-1);
    return code != 0 ? code : reply.path("ResultItem").path(0).path("ResultCode").asInt(-1);
  }

  private static boolean exists(TestApp app, String userId) {
    return app.rest(
            "im_open_login_svc/account_check", "{\"CheckItem\":[{\"UserID\":\"" + userId + "\"}]}")
        .path("ResultItem")
        .path(0)
        .path("AccountStatus")
        .asText()
        .equals("Imported");
  }

  private static int update(TestApp app, String userId) {
    return app.rest(
            "profile/portrait_set",
            "{\"From_Account\":\""
                + userId
                + "\",\"ProfileItem\":[{\"Tag\":\"Tag_Profile_IM_Level\",\"Value\":7}]}")
        .path("ErrorCode")
        .asInt(-1);
  }

  private static int read(TestApp app) {
    return app.rest(
            "openim/admin_getroammsg",
            "{\"Operator_Account\":\"u4\",\"Peer_Account\":\"u5\",\"MaxCnt\":1,"
                + "\"MinTime\":0,\"MaxTime\":1}")
        .path("ErrorCode")
        .asInt(-1);
  }

  private static void blocked(TestApp app) {
    app.rest(
        "im_msg_audit_mgr/add_local_audit_keywords",
        "{\"SdkAppId\":"
            + app.appId()
            + ",\"LocalAuditWords\":[{\"Keyword\":\"bad\",\"WordType\":1,\"FilterType\":2}]}");
    try (TestUser user = app.login("u4")) {
      assertEquals(80_001, TestUser.code(user.client().sendText("C2Cu5", 2, "bad")));
    }
  }

  private static int send(TestApp app) {
    return app.rest(
            "openim/sendmsg",
            "{\"From_Account\":\"u4\",\"To_Account\":\"u5\",\"MsgRandom\":1,\"MsgBody\":"
                + "[{\"MsgType\":\"TIMTextElem\",\"MsgContent\":{\"Text\":\"a\"}}]}")
        .path("ErrorCode")
        .asInt(-1);
  }
}
