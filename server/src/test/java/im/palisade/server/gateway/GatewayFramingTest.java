package im.palisade.server.gateway;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class GatewayFramingTest {

  @Test
  void anotherPathIsNotFound() {
    try (var server = GatewayUnderTest.start();
        var client = new RawClient(server, 0)) {
      assertTrue(client.http(RawClient.upgradeRequest("/other")).startsWith("HTTP/1.1 404"));
      assertTrue(client.ends());
    }
  }

  @Test
  void aRequestThatIsNoUpgradeIsToldToBeOne() {
    try (var server = GatewayUnderTest.start();
        var client = new RawClient(server, 0)) {
      String answer = client.http("GET /im HTTP/1.1\r\nHost: localhost\r\n\r\n");
      assertTrue(answer.startsWith("HTTP/1.1 426"), answer);
      assertTrue(client.ends());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"\u0000\u0001\u0002nonsense\r\n\r\n", "GET / HTTP/9.9 x\r\n\r\n"})
  void whatIsNoHttpIsABadRequest(String nonsense) {
    try (var server = GatewayUnderTest.start();
        var client = new RawClient(server, 0)) {
      assertTrue(client.http(nonsense).startsWith("HTTP/1.1 400"));
      assertTrue(client.ends());
    }
  }

  @Test
  void anEndlessHeaderIsCutOff() {
    try (var server = GatewayUnderTest.start();
        var client = new RawClient(server, 0)) {
      client.sendRegardless("GET /im HTTP/1.1\r\nX: ".getBytes(StandardCharsets.ISO_8859_1));
      byte[] filler = new byte[16 << 10];
      Arrays.fill(filler, (byte) 'a');
      client.sendRegardless(filler);
      assertTrue(client.ends());
    }
  }

  @Test
  void theSubProtocolIsEchoedToThoseWhoAskOnly() {
    try (var server = GatewayUnderTest.start();
        var asking = new RawClient(server, 0);
        var silent = new RawClient(server, 0)) {
      String asked =
          asking.http(
              RawClient.upgradeRequest(
                  "/im?v=1", "Sec-WebSocket-Protocol: other, palisade.v1.json\r\n"));
      assertTrue(asked.contains("sec-websocket-protocol: palisade.v1.json"), asked);
      String plain = silent.http(RawClient.upgradeRequest("/im"));
      assertTrue(plain.startsWith("HTTP/1.1 101"), plain);
      assertFalse(plain.contains("sec-websocket-protocol"), plain);
      silent.send(RawClient.loginFrame("alice"));
      assertEquals(0, silent.next().json().path("code").asInt(-1));
    }
  }

  @Test
  void framesThatDoNotAwaitTheUpgradeEndTheConnection() {
    try (var server = GatewayUnderTest.start();
        var client = new RawClient(server, 0)) {
      byte[] request = RawClient.upgradeRequest("/im").getBytes(StandardCharsets.ISO_8859_1);
      client.send(concat(request, RawClient.loginFrame("alice")));
      assertTrue(client.ends());
    }
  }

  @Test
  void aHandshakeThatNeverEndsIsCutOff() {
    try (var server = GatewayUnderTest.start(it -> it.loginTimeout(200));
        var client = new RawClient(server, 0)) {
      client.send("GET /im HTTP/1.1\r\n".getBytes(StandardCharsets.ISO_8859_1));
      assertTrue(client.ends());
      await().until(() -> server.metric("connections") == 0);
    }
  }

  @Test
  void aFrameThatNeverEndsBeforeLoginIsClosedWith4001() {
    try (var server = GatewayUnderTest.start(it -> it.loginTimeout(200));
        var client = RawClient.upgraded(server)) {
      byte[] login = RawClient.loginFrame("alice");
      client.send(Arrays.copyOf(login, login.length - 1));
      assertEquals(4001, client.closeCode());
    }
  }

  @Test
  void aFrameThatNeverEndsAfterLoginIsClosedWhenItsPingsAreNotAnswered() {
    try (var server = GatewayUnderTest.start(it -> it.heartbeat(150));
        var client = RawClient.loggedIn(server, "alice")) {
      byte[] request = RawClient.request(2, "echo", "{}");
      client.send(Arrays.copyOf(request, request.length - 1));
      assertEquals(RawClient.PING, client.next().opcode());
      assertEquals(RawClient.PING, client.next().opcode());
      assertEquals(1001, client.closeCode());
      await().until(() -> server.happenings.contains("closed raw-alice TIMED_OUT"));
    }
  }

  @Test
  void framesMayComeByteByByte() {
    try (var server = GatewayUnderTest.start();
        var client = RawClient.upgraded(server)) {
      for (byte b : RawClient.loginFrame("alice")) {
        client.send(new byte[] {b});
      }
      assertEquals(0, client.next().json().path("code").asInt(-1));
      for (byte b : RawClient.request(7, "echo", "{\"a\":[1,2]}")) {
        client.send(new byte[] {b});
      }
      assertEquals("{\"a\":[1,2]}", client.next().json().path("data").toString());
    }
  }

  @Test
  void aMessageMayComeInFragmentsWithAPingBetween() {
    try (var server = GatewayUnderTest.start();
        var client = RawClient.loggedIn(server, "alice")) {
      byte[] payload =
          "{\"id\":2,\"cmd\":\"echo\",\"data\":{\"t\":\"ü\"}}".getBytes(StandardCharsets.UTF_8);
      for (int i = 0; i < payload.length; i++) {
        client.send(
            RawClient.frame(
                i == payload.length - 1,
                i == 0 ? RawClient.TEXT : RawClient.CONTINUATION,
                new byte[] {payload[i]}));
        if (i == 10) {
          client.send(RawClient.frame(true, RawClient.PING, new byte[] {1, 2, 3}));
        }
      }
      var pong = client.next();
      assertEquals(RawClient.PONG, pong.opcode());
      assertArrayEquals(new byte[] {1, 2, 3}, pong.payload());
      assertEquals("ü", client.next().json().path("data").path("t").asText());
    }
  }

  @Test
  void aMessageOf64KiBIsServedAndOneByteMoreIsTooLarge() {
    try (var server = GatewayUnderTest.start();
        var client = RawClient.loggedIn(server, "alice")) {
      client.send(sized(Frames.MAX_BYTES));
      assertEquals(0, client.next().json().path("code").asInt(-1));
      client.send(sized(Frames.MAX_BYTES + 1));
      assertEquals(1009, client.closeCode());
      await().until(() -> server.happenings.contains("closed raw-alice VIOLATION"));
    }
  }

  @Test
  void fragmentsThatAddUpToMoreAreTooLarge() {
    try (var server = GatewayUnderTest.start();
        var client = RawClient.loggedIn(server, "alice")) {
      byte[] part = new byte[40 << 10];
      Arrays.fill(part, (byte) ' ');
      client.send(RawClient.frame(false, RawClient.TEXT, part));
      client.send(RawClient.frame(false, RawClient.CONTINUATION, part));
      assertEquals(1009, client.closeCode());
    }
  }

  @Test
  void aFrameThatClaimsToBeHugeIsTooLargeAtOnce() {
    try (var server = GatewayUnderTest.start();
        var client = RawClient.loggedIn(server, "alice")) {
      byte[] head = {(byte) 0x81, (byte) 0xFF, 0, 0, 0, 1, 0, 0, 0, 0, 1, 2, 3, 4};
      client.send(head);
      assertEquals(1009, client.closeCode());
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "nonsense",
        "[]",
        "7",
        "null",
        "{\"id\":1,\"cmd\":\"echo\"",
        "{\"id\":1,\"cmd\":\"echo\"}{}",
        "{\"cmd\":\"echo\"}",
        "{\"id\":0,\"cmd\":\"echo\"}",
        "{\"id\":4294967296,\"cmd\":\"echo\"}",
        "{\"id\":-1,\"cmd\":\"echo\"}",
        "{\"id\":1.5,\"cmd\":\"echo\"}",
        "{\"id\":\"1\",\"cmd\":\"echo\"}",
        "{\"id\":1e400000000,\"cmd\":\"echo\"}",
        "{\0\"\0i\0d\0\"\0:\0002\0}\0"
      })
  void whatIsNoRequestIsMalformed(String text) {
    try (var server = GatewayUnderTest.start();
        var client = RawClient.loggedIn(server, "alice")) {
      client.send(RawClient.text(text));
      assertEquals(4000, client.closeCode());
    }
  }

  @Test
  void deepNestingIsMalformed() {
    try (var server = GatewayUnderTest.start();
        var client = RawClient.loggedIn(server, "alice")) {
      client.send(RawClient.request(2, "echo", "[".repeat(20_000) + "]".repeat(20_000)));
      assertEquals(4000, client.closeCode());
    }
  }

  @ParameterizedTest
  @CsvSource({"c328", "c0af", "eda080", "f4908080", "ff", "e282"})
  void textThatIsNoUtf8IsMalformed(String hex) {
    try (var server = GatewayUnderTest.start();
        var client = RawClient.loggedIn(server, "alice")) {
      byte[] bad = HexFormat.of().parseHex(hex);
      byte[] payload =
          concat(
              "{\"id\":2,\"cmd\":\"echo\",\"data\":{\"t\":\"".getBytes(StandardCharsets.UTF_8),
              bad,
              "\"}}".getBytes(StandardCharsets.UTF_8));
      client.send(RawClient.frame(true, RawClient.TEXT, payload));
      assertEquals(4000, client.closeCode());
    }
  }

  @Test
  void binaryFramesAreMalformed() {
    try (var server = GatewayUnderTest.start();
        var client = TestClient.loggedIn(server, "alice")) {
      client.sendBinary(new byte[] {1, 2, 3});
      assertEquals(4000, client.closeCode());
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "8105" + "48656c6c6f", // not masked
        "c18001020304", // a reserved bit
        "838001020304", // an unknown opcode
        "808001020304", // a continuation of nothing
        "098001020304", // a ping in fragments
        "89fe007e01020304" // a ping of 126 bytes
      })
  void whatIsNoWebSocketFrameBreaksTheProtocol(String hex) {
    try (var server = GatewayUnderTest.start();
        var client = RawClient.loggedIn(server, "alice")) {
      client.send(HexFormat.of().parseHex(hex));
      assertEquals(1002, client.closeCode());
    }
  }

  @Test
  void theClientsCloseFrameIsEchoed() {
    try (var server = GatewayUnderTest.start();
        var one = RawClient.loggedIn(server, "alice");
        var two = RawClient.loggedIn(server, "bob")) {
      one.send(RawClient.frame(true, RawClient.CLOSE, new byte[] {3, (byte) 0xE9}));
      var echo = one.next();
      assertEquals(RawClient.CLOSE, echo.opcode());
      assertEquals(1001, echo.closeCode());
      assertTrue(one.ends());
      two.send(RawClient.frame(true, RawClient.CLOSE, new byte[0]));
      assertEquals(1005, two.next().closeCode());
      assertTrue(two.ends());
      await().until(() -> server.happenings.contains("closed raw-alice LOST"));
      await().until(() -> server.directory.sessions() == 0);
      assertEquals(1, server.metric("closes_total", "by", "client", "code", "1001"));
    }
  }

  @Test
  void aClientThatVanishesIsForgotten() {
    try (var server = GatewayUnderTest.start()) {
      RawClient.loggedIn(server, "alice").close();
      RawClient halfway = RawClient.loggedIn(server, "bob");
      halfway.send(new byte[] {(byte) 0x81, (byte) 0xFE});
      halfway.close();
      await().until(() -> server.metric("connections") == 0);
      await().until(() -> server.happenings.contains("closed raw-alice LOST"));
      assertEquals(0, server.directory.accounts());
    }
  }

  private static byte[] sized(int bytes) {
    String empty = "{\"id\":2,\"cmd\":\"echo\",\"data\":{\"t\":\"\"}}";
    String text = empty.replace("\"\"", '"' + "x".repeat(bytes - empty.length()) + '"');
    return RawClient.text(text);
  }

  private static byte[] concat(byte[]... parts) {
    var all = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      all.writeBytes(part);
    }
    return all.toByteArray();
  }
}
