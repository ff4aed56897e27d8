package im.palisade.server.gateway;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import im.palisade.server.app.MultiLogin;
import im.palisade.server.app.MultiLogin.Policy;
import im.palisade.server.protocol.Json;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MultiLoginTest {

  @Test
  void aLoginBeyondThePlacesKicksTheOldestOfItsKind() {
    try (var server = GatewayUnderTest.start();
        var phone = TestClient.loggedIn(server, "alice", "android", "phone");
        var web1 = TestClient.loggedIn(server, "alice", "web", "web1");
        var web2 = TestClient.loggedIn(server, "alice", "mini", "web2");
        var web3 = TestClient.loggedIn(server, "alice", "web", "web3");
        var other = TestClient.loggedIn(server, "bob", "web", "other");
        var web4 = TestClient.loggedIn(server, "alice", "web", "web4")) {
      assertKicked(web1, "multiLogin", 4003);
      assertEquals(
          List.of("phone", "web2", "web3", "web4"),
          server.directory.of(server.accountId("alice")).stream().map(Session::deviceId).toList());
      await().until(() -> server.happenings.contains("opened web4 kicking web1"));
      await().until(() -> server.happenings.contains("closed web1 KICKED_BY_LOGIN"));
      await().until(() -> server.audited.contains("kicked web1 multiLogin"));
      for (TestClient left : List.of(phone, web2, web3, other, web4)) {
        assertEquals(0, left.call("ping", Json.object()).path("code").asInt(-1));
      }
      assertEquals(5, server.directory.sessions());
      assertEquals(2, server.directory.accounts());
      assertEquals(5, server.metric("sessions"));
    }
  }

  @Test
  void theSameDeviceTakesItsOwnPlaceAndTheOlderConnectionIsClosedWithoutAnEvent() {
    try (var server = GatewayUnderTest.start();
        var older = TestClient.loggedIn(server, "alice", "ios", "phone");
        var tablet = TestClient.loggedIn(server, "alice", "web", "tab");
        var newer = TestClient.loggedIn(server, "alice", "ios", "phone")) {
      assertEquals(1000, older.closeCode());
      assertTrue(older.hasReceivedNothing());
      await().until(() -> server.happenings.contains("closed phone REPLACED"));
      assertEquals(2, server.directory.sessions());
      assertEquals(0, newer.call("ping", Json.object()).path("code").asInt(-1));
      assertTrue(tablet.isOpen());
    }
  }

  @ParameterizedTest
  @CsvSource({
    "SINGLE, android, web, true",
    "SINGLE, web, linux, true",
    "DUAL, android, windows, true",
    "DUAL, android, web, false",
    "TRIPLE, android, ios, true",
    "TRIPLE, android, mac, false",
    "TRIPLE, windows, mac, true",
    "TRIPLE, windows, web, false",
    "MULTI, android, ios, false",
    "MULTI, android, android, true",
    "MULTI, server, server, false",
    "SINGLE, server, server, false"
  })
  void thePolicySaysWhoCompetes(Policy policy, String first, String second, boolean kicked) {
    try (var server = GatewayUnderTest.start()) {
      server.multiLogin(new MultiLogin(policy, 1, 1));
      try (var one = TestClient.loggedIn(server, "alice", first, "one");
          var two = TestClient.loggedIn(server, "alice", second, "two")) {
        assertEquals(0, two.call("ping", Json.object()).path("code").asInt(-1));
        if (kicked) {
          assertKicked(one, "multiLogin", 4003);
        } else {
          assertEquals(0, one.call("ping", Json.object()).path("code").asInt(-1));
        }
      }
    }
  }

  @Test
  void morePlacesLetMoreIn() {
    try (var server = GatewayUnderTest.start()) {
      server.multiLogin(new MultiLogin(Policy.MULTI, 1, 2));
      try (var one = TestClient.loggedIn(server, "alice", "ios", "one");
          var two = TestClient.loggedIn(server, "alice", "ios", "two");
          var three = TestClient.loggedIn(server, "alice", "ios", "three")) {
        assertKicked(one, "multiLogin", 4003);
        assertTrue(two.isOpen());
        assertTrue(three.isOpen());
      }
    }
  }

  @Test
  void anAdministratorsKickEndsEverySessionOfTheAccount() {
    try (var server = GatewayUnderTest.start();
        var phone = TestClient.loggedIn(server, "alice", "android", "phone");
        var web = TestClient.loggedIn(server, "alice", "web", "web");
        var other = TestClient.loggedIn(server, "bob")) {
      assertEquals(2, server.directory.kickAccount(server.accountId("alice"), KickReason.ADMIN));
      assertEquals(0, server.directory.kickAccount(server.accountId("alice"), KickReason.ADMIN));
      assertKicked(phone, "admin", 4004);
      assertKicked(web, "admin", 4004);
      assertEquals(1, server.directory.sessions());
      await().until(() -> server.happenings.contains("closed web KICKED_BY_ADMIN"));
      assertTrue(other.isOpen());
    }
  }

  @Test
  void aSessionEndsWhenItsSignatureDoes() {
    try (var server = GatewayUnderTest.start(it -> it.heartbeat(400));
        var client = TestClient.connect(server)) {
      long soon = System.currentTimeMillis() / 1000 + 1;
      assertEquals(
          0,
          client
              .login("alice", GatewayUnderTest.UNTIL + soon, "web", "d-1")
              .path("code")
              .asInt(-1));
      assertEquals("session.expiring", client.next().path("evt").asText());
      assertKicked(client, "sigExpired", 4005);
      assertTrue(System.currentTimeMillis() / 1000 > soon);
      await().until(() -> server.happenings.contains("closed d-1 SIG_EXPIRED"));
    }
  }

  static void assertKicked(TestClient client, String reason, int code) {
    var event = client.next();
    assertEquals("session.kicked", event.path("evt").asText());
    assertEquals(reason, event.path("data").path("reason").asText());
    assertEquals(code, client.closeCode());
  }
}
