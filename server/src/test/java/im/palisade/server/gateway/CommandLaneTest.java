package im.palisade.server.gateway;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.ObjectNode;
import im.palisade.server.audit.AuditDeclaration;
import im.palisade.server.protocol.ErrorCode;
import im.palisade.server.protocol.ImException;
import im.palisade.server.protocol.Json;
import im.palisade.server.testing.LoggedErrors;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

class CommandLaneTest {
  static {
    LoggedErrors.expect("command picky failed");
  }

  private static Command laned(CommandHandler handler) {
    return Command.of("send", ErrorCode.MESSAGE_INVALID)
        .inTurnBy(LaneKey.field("conversation"))
        .handledBy(AuditDeclaration.none("a test"), handler);
  }

  private static ObjectNode to(String conversation, int number) {
    return Json.object().put("conversation", conversation).put("number", number);
  }

  @Test
  void callsOfOneLaneRunInTurnWhileOtherLanesOvertake() {
    var gate = new CountDownLatch(1);
    Command send =
        laned(
            call -> {
              if (call.data().path("conversation").asText().equals("slow")) {
                awaitQuietly(gate);
              }
              call.reply(call.data());
            });
    try (var server = GatewayUnderTest.start(send);
        var client = TestClient.loggedIn(server, "alice")) {
      for (int i = 0; i < 3; i++) {
        client.send("send", to("slow", i));
      }
      client.send("send", to("fast", 10));
      assertEquals(10, client.next().path("data").path("number").asInt());
      assertTrue(client.hasReceivedNothing());
      gate.countDown();
      for (int i = 0; i < 3; i++) {
        assertEquals(i, client.next().path("data").path("number").asInt());
      }
    }
  }

  @Test
  void noTwoCallsOfALaneRunAtOnceAndNoneLosesItsTurn() {
    Map<String, AtomicInteger> running = Map.of("a", new AtomicInteger(), "b", new AtomicInteger());
    List<String> overlaps = new CopyOnWriteArrayList<>();
    Map<String, List<Integer>> order =
        Map.of("a", new CopyOnWriteArrayList<>(), "b", new CopyOnWriteArrayList<>());
    Command send =
        laned(
            call -> {
              String conversation = call.data().path("conversation").asText();
              if (running.get(conversation).incrementAndGet() != 1) {
                overlaps.add(conversation);
              }
              if (ThreadLocalRandom.current().nextInt(4) == 0) {
                LockSupport.parkNanos(1000);
              }
              order.get(conversation).add(call.data().path("number").asInt());
              running.get(conversation).decrementAndGet();
              call.reply();
            });
    try (var server = GatewayUnderTest.start(send);
        var client = RawClient.loggedIn(server, "alice")) {
      Map<String, List<Integer>> sent = new HashMap<>();
      for (int i = 0; i < 3000; i++) {
        String conversation = ThreadLocalRandom.current().nextBoolean() ? "a" : "b";
        sent.computeIfAbsent(conversation, c -> new ArrayList<>()).add(i);
        client.send(
            RawClient.request(
                i + 2L,
                "send",
                "{\"conversation\":\"" + conversation + "\",\"number\":" + i + "}"));
      }
      for (int i = 0; i < 3000; i++) {
        assertEquals(0, client.next().json().path("code").asInt(-1));
      }
      assertTrue(overlaps.isEmpty());
      assertEquals(sent.get("a"), order.get("a"));
      assertEquals(sent.get("b"), order.get("b"));
    }
  }

  @Test
  void aLaneGoesOnWhenTheHandlerHasReturnedThoughItsReplyComesLater() {
    List<CommandCall> unanswered = new CopyOnWriteArrayList<>();
    try (var server = GatewayUnderTest.start(laned(unanswered::add));
        var client = TestClient.loggedIn(server, "alice")) {
      client.send("send", to("c", 1));
      client.send("send", to("c", 2));
      await().until(() -> unanswered.size() == 2);
      unanswered.get(1).reply(Json.object().put("number", 2));
      assertEquals(2, client.next().path("data").path("number").asInt());
      unanswered.get(0).reply(Json.object().put("number", 1));
      unanswered.get(0).reply(Json.object().put("number", 7));
      unanswered.get(0).fail(new ImException(ErrorCode.MESSAGE_INVALID));
      assertEquals(1, client.next().path("data").path("number").asInt());
      assertEquals(0, client.call("ping", Json.object()).path("code").asInt(-1));
    }
  }

  @Test
  void whoHasTooManyRequestsUnderWayIsNotReadUntilSomeAreAnswered() {
    var started = new AtomicInteger();
    var answers = new Semaphore(0);
    Command slow =
        GatewayUnderTest.command(
            "slow",
            call -> {
              started.incrementAndGet();
              answers.acquireUninterruptibly();
              call.reply();
            });
    int requests = 6000;
    try (var server = GatewayUnderTest.start(slow);
        var client = RawClient.loggedIn(server, "alice")) {
      Thread writer =
          Thread.startVirtualThread(
              () -> {
                for (int i = 0; i < requests; i++) {
                  // Padded, so that little of it fits into one read of the socket.
                  client.send(
                      RawClient.request(i + 2L, "slow", "{\"pad\":\"" + "x".repeat(2000) + "\"}"));
                }
              });
      await().until(() -> started.get() >= Connection.MAX_IN_FLIGHT);
      // A whole second request stream waits in the sockets; only what one read held came on top.
      await()
          .during(Duration.ofMillis(300))
          .until(() -> started.get() < Connection.MAX_IN_FLIGHT + 2 * (64 << 10) / 2000);
      answers.release(requests);
      for (int i = 0; i < requests; i++) {
        assertEquals(0, client.next().json().path("code").asInt(-1));
      }
      assertEquals(requests, started.get());
      assertFalse(writer.isAlive());
    }
  }

  @Test
  void refusalsAndFaultsAreAnsweredAndTheSessionGoesOn() {
    Command picky =
        Command.of("picky", ErrorCode.MESSAGE_INVALID)
            .params(
                Param.id("name", "a test").required(),
                Param.u32("random", "a test").required().whenWrong(ErrorCode.MSG_RANDOM_INVALID),
                Param.flag("loud", "a test"))
            .handledBy(
                AuditDeclaration.none("a test"),
                call -> {
                  throw new IllegalStateException("a fault for the test");
                });
    try (var server = GatewayUnderTest.start(picky);
        var client = TestClient.loggedIn(server, "alice")) {
      ObjectNode data = Json.object();
      assertEquals(20001, client.call("picky", data).path("code").asInt());
      assertEquals(20001, client.call("picky", data.put("name", 7)).path("code").asInt());
      assertEquals(90005, client.call("picky", data.put("name", "n")).path("code").asInt());
      assertEquals(90005, client.call("picky", data.put("random", -1)).path("code").asInt());
      assertEquals(90005, client.call("picky", data.put("random", 1L << 32)).path("code").asInt());
      assertEquals(90005, client.call("picky", data.put("random", 1.5)).path("code").asInt());
      data.put("random", 0xFFFF_FFFFL).put("loud", "yes");
      assertEquals(20001, client.call("picky", data).path("code").asInt());
      ObjectNode fault = client.call("picky", data.put("loud", true));
      assertEquals(60008, fault.path("code").asInt());
      assertFalse(fault.toString().contains("fault for the test"));
      assertEquals(0, client.call("ping", Json.object()).path("code").asInt(-1));
    }
  }

  @Test
  void dataMustBeAnObject() {
    try (var server = GatewayUnderTest.start();
        var client = RawClient.loggedIn(server, "alice")) {
      client.send(RawClient.request(2, "echo", "[]"));
      assertEquals(60003, client.next().json().path("code").asInt());
      client.send(RawClient.request(3, "echo", "null"));
      assertEquals(0, client.next().json().path("code").asInt(-1));
      client.send(RawClient.text("{\"id\":4294967295,\"cmd\":\"echo\"}"));
      assertEquals(0xFFFF_FFFFL, client.next().json().path("id").asLong());
    }
  }

  @Test
  void requestsMayFollowTheLoginWithoutAwaitingItsReply() {
    try (var server = GatewayUnderTest.start();
        var client = RawClient.upgraded(server)) {
      client.send(RawClient.loginFrame("alice"));
      client.send(RawClient.request(2, "echo", "{}"));
      assertEquals(1, client.next().json().path("id").asInt());
      assertEquals(2, client.next().json().path("id").asInt());
    }
  }

  @Test
  void aRequestIdNamesTheSessionAndTheRequest() {
    List<String> ids = new CopyOnWriteArrayList<>();
    Command note =
        GatewayUnderTest.command(
            "note",
            call -> {
              ids.add(call.requestId());
              call.reply();
            });
    try (var server = GatewayUnderTest.start(note);
        var client = TestClient.loggedIn(server, "alice")) {
      client.call("note", Json.object());
      String session = server.directory.of(server.accountId("alice")).getFirst().id();
      assertEquals(List.of(session + "-2"), ids);
    }
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
