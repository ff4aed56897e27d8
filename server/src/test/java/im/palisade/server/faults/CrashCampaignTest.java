package im.palisade.server.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import im.palisade.cli.ConnectionFile;
import im.palisade.server.protocol.Json;
import im.palisade.server.testing.ServerProcess;
import im.palisade.server.testing.TestDatabase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The promise that an acknowledged message is there, exactly once and in order, held against a
 * server that is killed again and again while it is busy.
 */
@ResourceLock(ServerProcess.MACHINE)
class CrashCampaignTest {
  private static final Logger LOG = LoggerFactory.getLogger(CrashCampaignTest.class);
  private static final Duration GONE = Duration.ofSeconds(10);

  /** In this order, each in the middle of load. */
  private static final List<Victim> KILLS =
      List.of(
          Victim.SERVER,
          Victim.SERVER,
          Victim.DATABASE,
          Victim.SERVER_TWICE,
          Victim.SERVER,
          Victim.BOTH,
          Victim.SERVER,
          Victim.DATABASE,
          Victim.SERVER,
          Victim.SERVER_TWICE,
          Victim.SERVER,
          Victim.SERVER,
          Victim.DATABASE,
          Victim.SERVER,
          Victim.BOTH,
          Victim.SERVER_TWICE,
          Victim.SERVER,
          Victim.DATABASE,
          Victim.SERVER,
          Victim.SERVER);

  private final Random random = new Random(20_261_122);
  private final Path data = TestDatabase.newDirectory().resolve("data");

  private enum Victim {
    SERVER,
    DATABASE,
    BOTH,
    /** And once more while it starts again. */
    SERVER_TWICE
  }

  @Test
  void whatWasAcknowledgedIsThereOnceAndInOrderAfterTwentyKills()
      throws IOException, InterruptedException {
    assertEquals(20, KILLS.size());
    Load load =
        new Load()
            .client("a0", "b0")
            .client("b0", "a0")
            .client("a1", "b1")
            .client("b1", "a1")
            .client("a2", "b2")
            .client("b2", "a2")
            .rest("a0", "b0", 1)
            .rest("r0", "s0", 2)
            .rest("r1", "s1", 2);
    try (load;
        AccountWriter accounts = new AccountWriter(load);
        ServerProcess first = start().awaitReady()) {
      importUsers(first, "a0", "b0", "a1", "b1", "a2", "b2", "r0", "s0", "r1", "s1");
      load.start();
      accounts.start();
      ServerProcess last = kill(first, load);
      try (last) {
        load.stop();
        accounts.join();
        finish(last, load);
        RecordedRows.check(data, accounts);
      }
    }
  }

  /** Kills twenty times; returns the server that runs after the last one. */
  private ServerProcess kill(ServerProcess first, Load load) throws InterruptedException {
    ServerProcess server = first;
    load.serverIsAt(server.connection().orElseThrow());
    for (Victim victim : KILLS) {
      load.awaitMore(1 + random.nextInt(400));
      // Not always just after an acknowledgement.
      assertFalse(server.hasEnded(Duration.ofMillis(random.nextInt(30))));
      if (victim == Victim.DATABASE || victim == Victim.BOTH) {
        assertTrue(ServerProcess.killDatabase(data));
      }
      if (victim != Victim.DATABASE) {
        load.serverGoes();
        server.kill();
        awaitNoDatabase();
        if (victim == Victim.SERVER_TWICE) {
          killStarting();
        }
        server = start().awaitReady();
        load.serverIsAt(server.connection().orElseThrow());
      }
    }
    load.awaitMore(1);
    return server;
  }

  /** The kernel ends it with the server, before the next start could. */
  private void awaitNoDatabase() {
    Awaitility.await("the database to go")
        .atMost(GONE)
        .pollInterval(Duration.ofMillis(5))
        .until(() -> ServerProcess.databases(data).isEmpty());
  }

  /** References of deleted accounts are kept, so that their rows can be held to their events. */
  private ServerProcess start() {
    return ServerProcess.start(data, "audit.erase-deleted-after=never");
  }

  /** Anywhere between the first class loaded and the first connection taken. */
  private void killStarting() {
    try (ServerProcess starting = start()) {
      assertFalse(starting.hasEnded(Duration.ofMillis(100 + random.nextInt(1500))));
    }
  }

  private void finish(ServerProcess server, Load load) throws IOException, InterruptedException {
    ConnectionFile facts = server.connection().orElseThrow();
    int messages = History.check(facts, load.senders());
    LOG.info(
        "crash campaign: {} acknowledged, {} stored, refusals by code {}",
        load.acknowledgedSoFar(),
        messages,
        load.refusals());
    server.stop();
    assertFalse(Files.exists(data.resolve("connection.json")));
    assertEquals(List.of(), ServerProcess.databases(data));
    assertEquals(messages, StoredRows.check(data), "no message is in a conversation nobody knows");
  }

  static void importUsers(ServerProcess server, String... users)
      throws IOException, InterruptedException {
    ObjectNode body = Json.object();
    ArrayNode accounts = body.putArray("Accounts");
    List.of(users).forEach(accounts::add);
    assertEquals(
        0, server.rest("im_open_login_svc/multiaccount_import", body).path("ErrorCode").asInt(-1));
  }
}
