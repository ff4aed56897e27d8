package im.palisade.server.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import im.palisade.cli.ConnectionFile;
import im.palisade.server.PalisadeServer;
import im.palisade.server.testing.LoggedErrors;
import im.palisade.server.testing.ServerProcess;
import im.palisade.server.testing.TestApp;
import im.palisade.server.testing.TestDatabase;
import im.palisade.server.testing.TestServer;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.ResourceLock;

/** The database dies under a server that lives. */
@ResourceLock(ServerProcess.MACHINE)
class DatabaseRestartTest {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final Path data = TestDatabase.newDirectory().resolve("data");

  @Test
  void everySendIsAnsweredNothingIsLostAndTheServerRecoversByItself()
      throws IOException, InterruptedException {
    try (PalisadeServer server = TestServer.start(data, Map.of("limits.call-rates", "false"));
        Load load =
            new Load()
                .client("alice", "bob")
                .client("bob", "alice")
                .client("carol", "bob")
                .rest("dave", "erin", 2)) {
      trial(server).withUsers("alice", "bob", "carol", "dave", "erin");
      ConnectionFile facts = ConnectionFile.read(data);
      Probe.awaitReady(facts, PATIENCE);
      load.serverIsAt(facts);
      load.start();
      for (int kills = 0; kills < 3; kills++) {
        load.awaitMore(50);
        assertTrue(ServerProcess.killDatabase(data));
        load.awaitMore(50);
      }
      load.stop();
      Probe.awaitReady(facts, PATIENCE);
      assertTrue(History.check(facts, load.senders()) >= load.acknowledgedSoFar());
    }
    assertEquals(0, ServerProcess.databases(data).size());
    assertTrue(StoredRows.check(data) > 0);
  }

  @Test
  void whileTheDatabaseIsAwayTheServerIsNotReadyAndSaysWhy() throws IOException {
    LoggedErrors.expect("Supervisor: The embedded database failed");
    try (PalisadeServer server = TestServer.start(data, Map.of())) {
      TestApp app = trial(server).withUsers("alice", "bob");
      ConnectionFile facts = ConnectionFile.read(data);
      Probe.awaitReady(facts, PATIENCE);
      // Killed as often as it comes back, until the probe has seen it away.
      Probe.Answer[] away = new Probe.Answer[1];
      Awaitility.await()
          .atMost(PATIENCE)
          .until(
              () -> {
                ServerProcess.killDatabase(data);
                away[0] = Probe.ready(facts);
                return away[0].status() == 503;
              });
      JsonNode check = away[0].check("database");
      assertEquals("down", away[0].body().path("status").asText());
      assertEquals(false, check.path("ok").asBoolean());
      assertEquals("the database does not answer", check.path("reason").asText());
      assertEquals(true, away[0].check("storage").path("ok").asBoolean());
      Probe.awaitReady(facts, PATIENCE);
      JsonNode sent =
          app.rest(
              "openim/sendmsg",
              """
              {"From_Account":"alice","To_Account":"bob","MsgRandom":1,"MsgBody":
              [{"MsgType":"TIMTextElem","MsgContent":{"Text":"back"}}]}
              """);
      assertEquals(0, sent.path("ErrorCode").asInt(-1), sent::toString);
    }
  }

  static TestApp trial(PalisadeServer server) {
    return TestApp.of(server, server.facts().app().appId(), server.facts().administrator());
  }
}
