package im.palisade.server.auditlog;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import im.palisade.compliance.file.DiskFiles;
import im.palisade.compliance.log.PeriodDigest;
import im.palisade.compliance.side.SideRecords;
import im.palisade.compliance.side.SubjectKeys;
import im.palisade.compliance.verify.LogVerifier;
import im.palisade.compliance.verify.VerifyOptions;
import im.palisade.compliance.verify.VerifyReport;
import im.palisade.server.PalisadeServer;
import im.palisade.server.jobs.Job;
import im.palisade.server.testing.AuditLeaves;
import im.palisade.server.testing.MovedClock;
import im.palisade.server.testing.TestApp;
import im.palisade.server.testing.TestDatabase;
import im.palisade.server.testing.TestServer;
import im.palisade.server.testing.TestUser;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;

/** What the log's own jobs do, on a server whose clock can be moved. */
class AuditJobsTest {
  private final Path data = TestDatabase.newDirectory().resolve("data");
  private final MovedClock clock = new MovedClock();

  @Test
  void theAddressOfALoginIsProvableUntilTheAccountIsGoneAndHoursAreSummedUp() throws IOException {
    try (PalisadeServer server =
        TestServer.start(data, Map.of("audit.erase-deleted-after", "0s"), clock)) {
      TestApp app =
          TestApp.of(server, server.facts().app().appId(), server.facts().administrator())
              .withUsers("mia");
      try (TestUser user = app.login("mia")) {
        user.settle();
      }
      JsonNode login = AuditLeaves.await(app, "auth.user.login", _ -> true);
      JsonNode commit = login.path("commit").path(0);
      assertEquals("source.ip", commit.path("slot").asText());
      assertEquals("127.0.0.0/24", login.path("source").path("net").asText());
      SideRecords.Opened opened = open(login).getFirst();
      assertEquals("127.0.0.1", opened.value());
      assertTrue(opened.opens(commit.path("value").asText()));

      app.rest("im_open_login_svc/account_delete", "{\"DeleteItem\":[{\"UserID\":\"mia\"}]}");
      Job erasure = job(server, "audit-erasure");
      erasure.work().run();
      JsonNode destroyed = AuditLeaves.await(app, "erasure.key.destroy", _ -> true);
      assertEquals(login.path("actor").path("ref"), destroyed.path("target").path(0).path("ref"));
      assertTrue(open(login).isEmpty());
      erasure.work().run();
      AuditLeaves.catchUp(server);
      assertEquals(
          1,
          AuditLeaves.of(app).stream()
              .filter(event -> event.path("type").asText().equals("erasure.key.destroy"))
              .count());
      assertFalse(AuditLeaves.all(server).toString().contains("127.0.0.1"));
      theHourIsSummedUp(app.withUsers("noah"));
    }
  }

  /** The digest commits to the messages of its hour, and the log holds with it. */
  private void theHourIsSummedUp(TestApp app) throws IOException {
    for (int i = 1; i <= 3; i++) {
      app.rest(
          "openim/sendmsg",
          "{\"To_Account\":\"noah\",\"MsgRandom\":"
              + i
              + ",\"MsgBody\":[{\"MsgType\":\"TIMTextElem\",\"MsgContent\":{\"Text\":\"a\"}}]}");
    }
    clock.advance(Duration.ofMinutes(70));
    app.withUsers("later");
    AuditLeaves.catchUp(app.server());
    job(app.server(), "audit-digest").work().run();
    Path log = data.resolve("audit/default");
    Path digest;
    try (var files = Files.walk(log.resolve("1/digest"))) {
      digest = files.filter(file -> file.toString().endsWith(".json")).findFirst().orElseThrow();
    }
    PeriodDigest read = PeriodDigest.parse(Files.readString(digest));
    assertTrue(read.to() > read.from() && read.to() < AuditLeaves.size(app.server()));
    JsonNode facts = read.facts().path("apps").path(Long.toString(app.appId()));
    assertEquals(3, facts.path("messages").asInt(), () -> read.facts().toString());
    assertEquals(1, facts.path("conversations").asInt());
    try (var lines =
        new GZIPInputStream(
            Files.newInputStream(
                log.resolve("1/objects").resolve(facts.path("sequences").asText())))) {
      assertTrue(new String(lines.readAllBytes(), StandardCharsets.US_ASCII).matches("\\d+ 1 3\n"));
    }
    String key;
    try (var files = Files.list(log.resolve("1/keys"))) {
      key = Files.readAllLines(files.findFirst().orElseThrow()).getFirst();
    }
    VerifyReport report = LogVerifier.verify(log, VerifyOptions.trusting(LogVerifier.keys(key)));
    assertEquals(0, report.exitCode(), report::text);
  }

  private static Job job(PalisadeServer server, String name) {
    return server.jobs().jobs().stream()
        .filter(job -> job.name().equals(name))
        .findFirst()
        .orElseThrow();
  }

  private List<SideRecords.Opened> open(JsonNode event) throws IOException {
    Path log = data.resolve("audit/default");
    byte[] key =
        HexFormat.of()
            .parseHex(Files.readString(data.resolve("secrets/audit-region-default")).trim());
    List<SideRecords.Opened> found = new ArrayList<>();
    try (SubjectKeys keys = new SubjectKeys(new DiskFiles(log), key);
        var files = Files.walk(log.resolve("1/side"))) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        found.addAll(
            new SideRecords(keys).open(Files.readAllBytes(file), event.path("id").asText()));
      }
    }
    return found;
  }
}
