package im.palisade.server.auditlog;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import im.palisade.compliance.file.DiskFiles;
import im.palisade.compliance.side.SideRecords;
import im.palisade.compliance.side.SubjectKeys;
import im.palisade.server.PalisadeServer;
import im.palisade.server.jobs.Job;
import im.palisade.server.testing.AuditLeaves;
import im.palisade.server.testing.TestApp;
import im.palisade.server.testing.TestDatabase;
import im.palisade.server.testing.TestServer;
import im.palisade.server.testing.TestUser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What is kept aside about a person opens a commitment in the log until the account is deleted. */
class ErasureTest {
  private final Path data = TestDatabase.newDirectory().resolve("data");

  @Test
  void theAddressOfALoginIsProvableUntilTheAccountIsGone() throws IOException {
    try (PalisadeServer server =
        TestServer.start(data, Map.of("audit.erase-deleted-after", "0s"))) {
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
      Job erasure =
          server.jobs().jobs().stream()
              .filter(job -> job.name().equals("audit-erasure"))
              .findFirst()
              .orElseThrow();
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
    }
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
