package im.palisade.server.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import im.palisade.cli.ConnectionFile;
import im.palisade.client.ImClient;
import im.palisade.server.testing.ServerProcess;
import im.palisade.server.testing.TestDatabase;
import im.palisade.server.testing.TestUser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.ResourceLock;

/** Two servers on one data directory, and the end of one that is told to stop. */
@ResourceLock(ServerProcess.MACHINE)
class TwoServersTest {
  private static final int SIGTERM_EXIT = 128 + 15;
  private static final Duration A_FEW_SECONDS = Duration.ofSeconds(10);

  private final Path data = TestDatabase.newDirectory().resolve("data");

  @Test
  void theSecondIsRefusedInOneLineTheFirstGoesOnAndStopsCleanly()
      throws IOException, InterruptedException {
    try (ServerProcess first = ServerProcess.start(data).awaitReady()) {
      ConnectionFile facts = first.connection().orElseThrow();
      refuseSecond(first);
      assertEquals(facts, first.connection().orElseThrow());
      assertEquals(200, Probe.ready(facts).status());
      stopUnderLoad(first, facts);
    }
    assertEquals(List.of(), ServerProcess.databases(data));
    assertFalse(Files.exists(data.resolve("connection.json")));
  }

  private void refuseSecond(ServerProcess first) {
    try (ServerProcess second = ServerProcess.start(data)) {
      assertNotEquals(0, second.awaitExit());
      assertEquals(
          "palisade: data directory %s is in use by another server (pid %d)\n"
              .formatted(data, first.pid()),
          second.output());
    }
    assertTrue(first.isAlive());
    assertEquals(1, ServerProcess.databases(data).size());
  }

  private void stopUnderLoad(ServerProcess server, ConnectionFile facts)
      throws IOException, InterruptedException {
    CrashCampaignTest.importUsers(server, "alice", "bob", "carol", "dave");
    ImClient onlooker = ServerProcess.login(facts, "erin");
    try (Load load =
        new Load().client("alice", "bob").client("bob", "alice").rest("carol", "dave", 2)) {
      load.serverIsAt(facts);
      load.start();
      load.awaitMore(100);
      load.serverGoes();
      CompletableFuture<Integer> closeCode = onlooker.closed().thenApply(how -> how.code());
      long begin = System.nanoTime();
      assertEquals(SIGTERM_EXIT, server.stop());
      long tookMillis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begin);
      assertTrue(tookMillis < A_FEW_SECONDS.toMillis(), "stopping took " + tookMillis + " ms");
      assertEquals(1012, TestUser.await(closeCode));
      assertFalse(Files.exists(data.resolve("connection.json")));
      assertEquals(List.of(), ServerProcess.databases(data));
      try (ServerProcess next = ServerProcess.start(data).awaitReady()) {
        load.serverIsAt(next.connection().orElseThrow());
        load.stop();
        History.check(next.connection().orElseThrow(), load.senders());
        assertEquals(SIGTERM_EXIT, next.stop());
      }
    }
  }
}
