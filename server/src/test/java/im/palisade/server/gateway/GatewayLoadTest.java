package im.palisade.server.gateway;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import im.palisade.server.protocol.Json;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class GatewayLoadTest {

  @Test
  void oneFrameReachesManySessionsEncodedOnce() {
    int receivers = 60;
    List<RawClient> clients = new ArrayList<>();
    try (var server = GatewayUnderTest.start()) {
      for (int i = 0; i < receivers; i++) {
        clients.add(RawClient.loggedIn(server, "u" + i));
      }
      for (int round = 0; round < 50; round++) {
        EncodedFrame frame = EncodedFrame.event("message.new", Json.object().put("round", round));
        for (int i = 0; i < receivers; i++) {
          server.directory.of(server.accountId("u" + i)).forEach(session -> session.send(frame));
        }
      }
      for (RawClient client : clients) {
        for (int round = 0; round < 50; round++) {
          var event = client.next().json();
          assertEquals("message.new", event.path("evt").asText());
          assertEquals(round, event.path("data").path("round").asInt());
        }
      }
    } finally {
      clients.forEach(RawClient::close);
    }
  }

  @Test
  void framesOfEveryLengthClassArriveWhole() {
    try (var server = GatewayUnderTest.start();
        var client = TestClient.loggedIn(server, "alice")) {
      Session session = server.directory.of(server.accountId("alice")).getFirst();
      for (int length :
          new int[] {0, 90, 95, 96, 97, 98, 99, 100, 65_000, 65_535, 66_000, 300_000}) {
        String text = "é".repeat(length / 2) + "x".repeat(length % 2);
        session.send(EncodedFrame.event("test", Json.object().put("t", text)));
        assertEquals(text, client.next().path("data").path("t").asText());
      }
    }
  }

  @Test
  void whoFloodsIsClosedAndWhoKeepsToTheRateIsNot() {
    try (var server = GatewayUnderTest.start(it -> it.rate(50, 20));
        var flooding = RawClient.loggedIn(server, "alice");
        var decent = TestClient.loggedIn(server, "bob")) {
      byte[] ping = RawClient.frame(true, RawClient.PING, new byte[0]);
      for (int i = 0; i < 200; i++) {
        flooding.sendRegardless(ping);
      }
      assertEquals(4009, flooding.closeCode());
      await().until(() -> server.happenings.contains("closed raw-alice FLOOD"));
      assertEquals(1, server.metric("frames_refused_total"));
      for (int i = 0; i < 15; i++) {
        assertEquals(0, decent.call("ping", Json.object()).path("code").asInt(-1));
      }
    }
  }

  @Test
  void aSlowReaderIsClosedWith4008AndHoldsNoMoreThanItsBudget() {
    int highWater = 200_000;
    try (var server = GatewayUnderTest.start(it -> it.outbound(highWater, 300));
        var slow = RawClient.loggedIn(server, "alice", 8 << 10);
        var quick = TestClient.loggedIn(server, "bob")) {
      Session slowSession = server.directory.of(server.accountId("alice")).getFirst();
      Session quickSession = server.directory.of(server.accountId("bob")).getFirst();
      EncodedFrame frame =
          EncodedFrame.event("message.new", Json.object().put("t", "x".repeat(5000)));
      int sent = 0;
      while (server.metric("pending_bytes") <= highWater) {
        slowSession.send(frame);
        quickSession.send(frame);
        assertEquals("message.new", quick.next().path("evt").asText());
        assertTrue(++sent < 20_000, "the kernel takes it all");
      }
      assertTrue(server.metric("pending_bytes") <= 2 * highWater + 10_000);
      await().until(() -> server.metric("slow_readers_total") == 1);
      await().until(() -> server.directory.of(server.accountId("alice")).isEmpty());
      assertTrue(server.metric("pending_bytes") < 1000, "the backlog is given up");
      assertEquals(0, quick.call("ping", Json.object()).path("code").asInt(-1));
      // Who begins to read again still learns why.
      assertEquals(4008, slow.closeCode());
      await().until(() -> server.happenings.contains("closed raw-alice SLOW_READER"));
      await().until(() -> server.metric("pending_bytes") == 0);
    }
  }

  @Test
  void twiceTheBudgetClosesAtOnce() {
    int highWater = 100_000;
    try (var server = GatewayUnderTest.start(it -> it.outbound(highWater, 60_000));
        var slow = RawClient.loggedIn(server, "alice", 8 << 10)) {
      Session session = server.directory.of(server.accountId("alice")).getFirst();
      EncodedFrame frame =
          EncodedFrame.event("message.new", Json.object().put("t", "x".repeat(5000)));
      for (int i = 0; i < 4000; i++) {
        session.send(frame);
      }
      await().until(() -> server.metric("slow_readers_total") == 1);
      assertTrue(server.metric("pending_bytes") < 1000);
      assertEquals(4008, slow.closeCode());
    }
  }

  @Test
  void whoReadsSlowlyButReadsGetsEverything() {
    try (var server = GatewayUnderTest.start(it -> it.outbound(8 << 20, 20_000));
        var client = RawClient.loggedIn(server, "alice", 8 << 10)) {
      Session session = server.directory.of(server.accountId("alice")).getFirst();
      for (int i = 0; i < 1000; i++) {
        session.send(EncodedFrame.event("n", Json.object().put("i", i).put("t", "x".repeat(5000))));
      }
      for (int i = 0; i < 1000; i++) {
        assertEquals(i, client.next().json().path("data").path("i").asInt());
      }
      await().until(() -> server.metric("pending_bytes") == 0);
    }
  }

  @Test
  void anIdleClientIsPingedAndStaysWhileItAnswers() {
    try (var server = GatewayUnderTest.start(it -> it.heartbeat(400));
        var client = RawClient.loggedIn(server, "alice")) {
      for (int i = 0; i < 5; i++) {
        assertEquals(RawClient.PING, client.next().opcode());
        client.send(RawClient.frame(true, RawClient.PONG, new byte[0]));
      }
      client.send(RawClient.request(2, "echo", "{}"));
      RawClient.Received frame = client.next();
      while (frame.opcode() == RawClient.PING) {
        frame = client.next();
      }
      assertEquals(2, frame.json().path("id").asInt());
    }
  }

  @Test
  void connectionsBeyondTheLimitAreClosedAsTheyCome() {
    try (var server = GatewayUnderTest.start(it -> it.maxConnections(1));
        var first = TestClient.loggedIn(server, "alice");
        var second = new RawClient(server, 0)) {
      assertTrue(second.ends());
      assertEquals(1, server.metric("connections_refused_total"));
      assertEquals(0, first.call("ping", Json.object()).path("code").asInt(-1));
      first.sendClose(1000);
      await().until(() -> server.metric("connections") == 0);
      TestClient.loggedIn(server, "bob").close();
    }
  }

  @Test
  void logoutIsAnsweredAndThenClosedWith1000() {
    try (var server = GatewayUnderTest.start();
        var client = TestClient.loggedIn(server, "alice")) {
      assertEquals(0, client.call("session.logout", Json.object()).path("code").asInt(-1));
      assertEquals(1000, client.closeCode());
      await().until(() -> server.happenings.contains("closed d-alice LOGOUT"));
    }
  }

  @Test
  void aSecondLoginOnOneConnectionIsRefused() {
    try (var server = GatewayUnderTest.start();
        var client = TestClient.loggedIn(server, "alice")) {
      assertEquals(
          70402, client.login("bob", GatewayUnderTest.GOOD, "web", "d").path("code").asInt());
      assertEquals(
          "alice", server.directory.of(server.accountId("alice")).getFirst().principal().userId());
      assertEquals(0, client.call("ping", Json.object()).path("code").asInt(-1));
    }
  }

  @Test
  void stoppingFinishesRequestsUnderWayAndClosesEverybodyWith1012() throws Exception {
    var begun = new CountDownLatch(1);
    var go = new CountDownLatch(1);
    Command slow =
        GatewayUnderTest.command(
            "slow",
            call -> {
              begun.countDown();
              try {
                go.await();
              } catch (InterruptedException e) {
                throw new IllegalStateException(e);
              }
              call.reply();
            });
    try (var server = GatewayUnderTest.start(slow);
        var idle = TestClient.loggedIn(server, "alice");
        var busy = TestClient.loggedIn(server, "bob");
        var anonymous = TestClient.connect(server)) {
      busy.send("slow", Json.object());
      assertTrue(begun.await(10, TimeUnit.SECONDS));
      var stopped = CompletableFuture.runAsync(() -> server.gateway.stop(Duration.ofSeconds(20)));
      assertEquals(1012, idle.closeCode());
      assertEquals(1012, anonymous.closeCode());
      assertTrue(busy.isOpen());
      assertFalse(stopped.isDone());
      go.countDown();
      assertEquals(0, busy.next().path("code").asInt(-1));
      assertEquals(1012, busy.closeCode());
      stopped.get(20, TimeUnit.SECONDS);
      assertEquals(0, server.directory.sessions());
      assertTrue(server.happenings.contains("closed d-alice SHUTDOWN"));
      assertTrue(server.happenings.contains("closed d-bob SHUTDOWN"));
      assertRefused(server);
    }
  }

  @Test
  void stoppingDoesNotWaitForEver() {
    var never = new CountDownLatch(1);
    Command stuck =
        GatewayUnderTest.command(
            "stuck",
            call -> {
              try {
                never.await();
              } catch (InterruptedException e) {
                throw new IllegalStateException(e);
              }
            });
    try (var server = GatewayUnderTest.start(stuck);
        var client = RawClient.loggedIn(server, "alice")) {
      client.send(RawClient.request(2, "stuck", "{}"));
      server.gateway.stop(Duration.ofMillis(200));
      assertEquals(1012, client.next().closeCode());
      assertTrue(client.ends());
      never.countDown();
    }
  }

  private static void assertRefused(GatewayUnderTest server) {
    try (var late = new RawClient(server, 0)) {
      assertTrue(late.ends());
    } catch (UncheckedIOException refused) {
      assertFalse(refused.getMessage().isEmpty());
    }
  }
}
