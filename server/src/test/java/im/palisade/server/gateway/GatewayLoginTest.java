package im.palisade.server.gateway;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.ObjectNode;
import im.palisade.server.protocol.Json;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class GatewayLoginTest {

  @Test
  void aGoodLoginIsAnsweredWithWhatTheClientMustKnow() {
    try (var server = GatewayUnderTest.start();
        var client = TestClient.connect(server)) {
      assertEquals("palisade.v1.json", client.subprotocol());
      long before = System.currentTimeMillis();
      ObjectNode reply = client.login("alice", GatewayUnderTest.GOOD, "web", "d-1");
      ObjectNode data = (ObjectNode) reply.get("data");
      assertEquals(0, reply.path("code").asInt(-1));
      assertTrue(data.path("sessionId").asText().length() >= 16);
      assertTrue(data.path("serverTime").asLong() >= before);
      assertEquals(30, data.path("heartbeat").asInt());
      assertEquals(12288, data.path("maxMessageBytes").asInt());
      assertEquals(120, data.path("recallWindow").asInt());
      Session session = server.directory.of(server.accountId("alice")).getFirst();
      assertEquals(data.path("sessionId").asText(), session.id());
      assertEquals("127.0.0.1", session.address());
      assertEquals("test/1.0", session.client());
      await().until(() -> server.happenings.contains("opened d-1"));
      assertTrue(server.audited.contains("accepted alice 127.0.0.1"));
    }
  }

  @Test
  void aRefusedLoginIsAnsweredWithItsCodeAndThenClosed() {
    try (var server = GatewayUnderTest.start();
        var client = TestClient.connect(server)) {
      ObjectNode reply = client.login("alice", GatewayUnderTest.BAD, "web", "d-1");
      assertEquals(70009, reply.path("code").asInt());
      assertEquals(4002, client.closeCode());
      assertEquals(0, server.directory.sessions());
      assertTrue(server.audited.contains("refused 1400000001 alice 127.0.0.1 70009"));
    }
  }

  @Test
  void beforeLoginEveryOtherCommandIsRefused() {
    try (var server = GatewayUnderTest.start();
        var client = TestClient.connect(server)) {
      assertEquals(60004, client.call("ping", Json.object()).path("code").asInt());
      assertEquals(60004, client.call("no.such", Json.object()).path("code").asInt());
      assertEquals(
          0, client.login("alice", GatewayUnderTest.GOOD, "web", "d").path("code").asInt(-1));
    }
  }

  @Test
  void whoDoesNotLogInInTimeIsClosed() {
    try (var server = GatewayUnderTest.start(it -> it.loginTimeout(200));
        var client = TestClient.connect(server)) {
      assertEquals(4001, client.closeCode());
      await().atMost(Duration.ofSeconds(10)).until(() -> server.metric("connections") == 0);
    }
  }

  @Test
  void afterLoginPingAndCommandsAreAnsweredAndUnknownOnesRefused() {
    try (var server = GatewayUnderTest.start();
        var client = TestClient.loggedIn(server, "alice")) {
      assertEquals(0, client.call("ping", Json.object()).path("code").asInt(-1));
      assertEquals(60009, client.call("no.such", Json.object()).path("code").asInt());
      ObjectNode echo = client.call("echo", Json.object().put("text", "grüß dich 👋"));
      assertEquals("grüß dich 👋", echo.path("data").path("text").asText());
    }
  }

  @Test
  void aSessionCanBeReachedBeforeItsLoginIsAnsweredButTheReplyComesFirst() {
    try (var server = GatewayUnderTest.start()) {
      for (int round = 0; round < 100; round++) {
        String user = "u" + round;
        long account = server.accountId(user);
        try (var client = RawClient.upgraded(server)) {
          Thread sender =
              Thread.ofVirtual()
                  .start(
                      () -> {
                        await()
                            .pollInSameThread()
                            .pollDelay(Duration.ZERO)
                            .pollInterval(Duration.ofNanos(1000))
                            .until(() -> !server.directory.of(account).isEmpty());
                        server
                            .directory
                            .of(account)
                            .getFirst()
                            .send(EncodedFrame.event("news", Json.object()));
                      });
          client.send(RawClient.loginFrame(user));
          assertEquals(1, client.next().json().path("id").asInt());
          assertEquals(1, server.directory.of(account).size());
          assertEquals("news", client.next().json().path("evt").asText());
          assertTrue(sender.isVirtual());
        }
      }
    }
  }
}
