package im.palisade.server.account;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import im.palisade.server.rest.RefusalAudit.RefusedCall;
import im.palisade.server.store.AuditJournal;
import im.palisade.server.testing.AuditLeaves;
import im.palisade.server.testing.TestApp;
import im.palisade.server.testing.TestServer;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** Refused credentials are on record, and a flood of them does not fill the database. */
class RefusalJournalTest {
  private final TestServer server = TestServer.shared();
  private final TestApp app = server.newApp();

  @Test
  void aRejectedCredentialOfTheRestApiIsOnRecordAtOnce() {
    JsonNode reply =
        app.call(app.query(app.administrator(), "junk"), "im_open_login_svc/account_check", "{}");
    assertEquals(70003, reply.path("ErrorCode").asInt());
    Awaitility.await().until(() -> recorded().size() == 1);
    JsonNode event = recorded().getFirst();
    assertEquals("auth.api.rejected", event.path("type").asText());
    assertEquals(70003, event.path("outcome").path("code").asInt());
    assertEquals("127.0.0.0/24", event.path("source").path("net").asText());
  }

  @Test
  void aCallOfSomebodyWhoIsNoAdministratorNamesWho() {
    app.withUsers("mia");
    app.restAs("mia", "im_open_login_svc/account_check", "{}");
    Awaitility.await().until(() -> recorded().size() == 1);
    JsonNode event = recorded().getFirst();
    assertEquals("rest.denied", event.path("type").asText());
    assertTrue(event.path("actor").path("ref").asText().startsWith("usr_"), event::toString);
  }

  @Test
  void aFloodIsCountedInAFewEvents() {
    int calls = 3000;
    try (RefusalJournal refusals =
        new RefusalJournal(
            new AuditJournal(server.server().regions()), server.server().summaries())) {
      for (int i = 0; i < calls; i++) {
        refusals.refused(
            new RefusedCall(
                Optional.of(app.app()),
                Optional.empty(),
                "10." + i / 200 + "." + i % 200 + ".1",
                "request-" + i,
                Instant.now(),
                70009));
      }
    }
    Awaitility.await().until(() -> recorded().size() == RefusalJournal.MAX_KINDS + 2);
    assertEquals(calls, recorded().stream().mapToInt(event -> event.path("count").asInt(1)).sum());
  }

  private List<JsonNode> recorded() {
    return AuditLeaves.of(app).stream()
        .filter(event -> event.path("outcome").path("result").asText().equals("denied"))
        .toList();
  }
}
