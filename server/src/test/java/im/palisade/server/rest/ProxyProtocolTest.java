package im.palisade.server.rest;

import static im.palisade.server.rest.RestFixture.path;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import im.palisade.server.config.SettingException;
import im.palisade.server.config.Settings;
import im.palisade.server.security.AddressBlock;
import im.palisade.server.security.Certificates;
import im.palisade.server.security.ProxyProtocol;
import im.palisade.server.security.TlsSettings;
import im.palisade.server.security.TransportSecurity;
import im.palisade.server.testing.ProxyHeaders;
import im.palisade.server.testing.TestBalancer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

/** What load balancers say ahead of HTTP and TLS, and what nobody else may. */
class ProxyProtocolTest {
  private static final String BALANCER = "127.0.9.1";
  private static final String OTHER = "127.0.0.1";
  private static final byte[] NOTHING = {};

  @TempDir private Path folder;
  private Certificates.Identity identity;
  private TransportSecurity security;
  private RestFixture plain;
  private RestFixture encrypted;

  @BeforeEach
  void start() throws IOException {
    identity = Certificates.ec();
    Path certificate = folder.resolve("server.pem");
    Path key = folder.resolve("server.key");
    identity.write(certificate, key);
    security = TransportSecurity.load(Certificates.settings(certificate, key));
    plain = new RestFixture(settings(), TransportSecurity.load(TlsSettings.none()));
    encrypted = new RestFixture(settings(), security);
  }

  @AfterEach
  void stop() {
    plain.close();
    encrypted.close();
    security.close();
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void theAddressABalancerNamesIsTheCallers(boolean tls) throws Exception {
    byte[] name = "im.example.org".getBytes(StandardCharsets.US_ASCII);
    byte[] withExtras =
        ProxyHeaders.v2(
            "203.0.113.9",
            ProxyHeaders.extra(2, name),
            ProxyHeaders.extra(0x20, new byte[] {1, 0, 0, 0, 0}),
            ProxyHeaders.extra(4, new byte[1500]));
    for (var header :
        Map.of(
                "203.0.113.7", ProxyHeaders.v1("TCP4 203.0.113.7 192.0.2.1 56324 443"),
                "2001:db8:0:0:0:0:0:7", ProxyHeaders.v1("TCP6 2001:db8::7 2001:db8::1 56324 443"),
                "203.0.113.8", ProxyHeaders.v2("203.0.113.8"),
                "2001:db8:0:0:0:0:0:8", ProxyHeaders.v2("2001:db8::8"),
                "203.0.113.9", withExtras)
            .entrySet()) {
      assertEquals(header.getKey(), from(tls, BALANCER, header.getValue(), ""));
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aHeaderOfNobodyWithAnAddressLeavesThePeers(boolean tls) throws Exception {
    byte[] local = ProxyHeaders.v2(ProxyHeaders.LOCAL, 0, NOTHING);
    byte[] localWithExtra =
        ProxyHeaders.v2(ProxyHeaders.LOCAL, 0, ProxyHeaders.extra(4, new byte[30]));
    byte[] unspecified = ProxyHeaders.v2(ProxyHeaders.PROXY, 0, new byte[7]);
    byte[] unix = ProxyHeaders.v2(ProxyHeaders.PROXY, 0x31, new byte[216]);
    byte[] unknown = ProxyHeaders.v1("UNKNOWN");
    byte[] unknownWithMore = ProxyHeaders.v1("UNKNOWN ffff::1 ffff::2 65535 65535");
    for (byte[] header :
        List.of(local, localWithExtra, unspecified, unix, unknown, unknownWithMore)) {
      assertEquals(BALANCER, from(tls, BALANCER, header, ""));
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void whoeverIsNoBalancerCallsWithoutAHeaderAndNeverWithOne(boolean tls) throws Exception {
    assertEquals(OTHER, from(tls, OTHER, NOTHING, ""));
    assertRefused(tls, OTHER, ProxyHeaders.v2("203.0.113.7"));
    assertRefused(tls, OTHER, ProxyHeaders.v2(ProxyHeaders.LOCAL, 0, NOTHING));
    assertRefused(tls, OTHER, ProxyHeaders.v1("TCP4 203.0.113.7 192.0.2.1 56324 443"));
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aBalancersConnectionWithoutAHeaderIsRefused(boolean tls) throws Exception {
    assertThrows(IOException.class, () -> from(tls, BALANCER, NOTHING, ""));
    assertEquals("203.0.113.7", from(tls, BALANCER, ProxyHeaders.v2("203.0.113.7"), ""));
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aBrokenHeaderClosesTheConnectionAndHarmsNobody(boolean tls) throws Exception {
    byte[] addresses = new byte[12];
    for (byte[] header :
        List.of(
            ProxyHeaders.v1(""),
            ProxyHeaders.v1("TCP4"),
            ProxyHeaders.v1("TCP4 203.0.113.7 192.0.2.1 56324"),
            ProxyHeaders.v1("TCP4 203.0.113.700 192.0.2.1 56324 443"),
            ProxyHeaders.v1("TCP4 localhost 192.0.2.1 56324 443"),
            ProxyHeaders.v1("TCP4 2001:db8::7 2001:db8::1 56324 443"),
            ProxyHeaders.v1("TCP4 203.0.113.7 192.0.2.1 56324 65536"),
            ProxyHeaders.v1("TCP9 203.0.113.7 192.0.2.1 56324 443"),
            ProxyHeaders.v1("TCP4 " + "1".repeat(200)),
            ProxyHeaders.v2(0x11, ProxyHeaders.TCP4, addresses),
            ProxyHeaders.v2(0x2f, ProxyHeaders.TCP4, addresses),
            ProxyHeaders.v2(ProxyHeaders.PROXY, 0x91, addresses),
            ProxyHeaders.v2(ProxyHeaders.PROXY, 0x12, addresses),
            ProxyHeaders.v2(ProxyHeaders.PROXY, ProxyHeaders.TCP4, new byte[11]),
            ProxyHeaders.v2(ProxyHeaders.PROXY, ProxyHeaders.TCP6, addresses),
            ProxyHeaders.v2(ProxyHeaders.PROXY, 0x31, addresses),
            ProxyHeaders.v2("203.0.113.7", new byte[] {4, 127, 127, 1}),
            ProxyHeaders.v2(ProxyHeaders.PROXY, ProxyHeaders.TCP4, 65_535, addresses))) {
      assertRefused(tls, BALANCER, header);
    }
    assertEquals("203.0.113.7", from(tls, BALANCER, ProxyHeaders.v2("203.0.113.7"), ""));
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aHeaderThatNeverEndsIsGivenUpLongBeforeAnIdleConnection(boolean tls) throws Exception {
    byte[] whole = ProxyHeaders.v2("203.0.113.7");
    List<Socket> sockets = new ArrayList<>();
    try {
      for (int sent : List.of(0, 1, 12, whole.length - 1)) {
        Socket socket = TestBalancer.connect(BALANCER, port(tls));
        sockets.add(socket);
        socket.getOutputStream().write(whole, 0, sent);
      }
      for (Socket socket : sockets) {
        assertClosed(socket);
      }
    } finally {
      for (Socket socket : sockets) {
        socket.close();
      }
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aHeaderMayComeInPieces(boolean tls) throws Exception {
    Socket socket = TestBalancer.connect(BALANCER, port(tls));
    for (byte each : ProxyHeaders.v1("TCP4 203.0.113.7 192.0.2.1 56324 443")) {
      socket.getOutputStream().write(each);
    }
    assertEquals("203.0.113.7", ask(tls, socket, ""));
  }

  @Test
  void nobodysForwardedForIsBelievedOnlyBecauseABalancerConnected() throws Exception {
    String lie = "X-Forwarded-For: 198.51.100.1\r\n";
    assertEquals("203.0.113.7", from(true, BALANCER, ProxyHeaders.v2("203.0.113.7"), lie));
    assertEquals(OTHER, from(true, OTHER, NOTHING, lie));
  }

  @Test
  void aFloodOfRefusalsFillsNoLog() {
    var proxies = new ProxyProtocol("Flooded", List.of(AddressBlock.parse("127.0.9.0/24")));
    Logger logger = (Logger) LoggerFactory.getLogger(ProxyProtocol.class);
    var lines = new ListAppender<ILoggingEvent>();
    lines.start();
    logger.addAppender(lines);
    try {
      for (int i = 0; i < 1_000; i++) {
        proxies.refused(new InetSocketAddress("203.0.113.7", 5), "it may not");
      }
    } finally {
      logger.detachAppender(lines);
    }
    assertEquals(
        List.of("Flooded closed a connection from 203.0.113.7: it may not"),
        lines.list.stream()
            .map(ILoggingEvent::getFormattedMessage)
            .filter(line -> line.startsWith("Flooded"))
            .toList());
  }

  @ParameterizedTest
  @ValueSource(strings = {"0.0.0.0/0", "10.0.0.1,::/0", "balancer.example.org", "10.0.0.0/33"})
  void aSettingThatNamesEverybodyOrNobodyIsRefusedByName(String value) {
    var refusal =
        assertThrows(
            SettingException.class,
            () ->
                Settings.read(
                    RestSettings.SETTINGS,
                    Path.of("nowhere.yaml"),
                    Map.of(),
                    Map.of("rest.proxy-protocol-from", value)));
    assertTrue(refusal.getMessage().startsWith("rest.proxy-protocol-from"), refusal::getMessage);
  }

  private static RestSettings settings() {
    return new RestSettings(
        "127.0.0.1",
        0,
        100,
        100,
        Duration.ofSeconds(60),
        List.of(),
        List.of(),
        true,
        List.of(AddressBlock.parse(TestBalancer.NETWORK)));
  }

  private int port(boolean tls) {
    return tls ? encrypted.port : plain.port;
  }

  /** The caller's address as the server has it. */
  private String from(boolean tls, String peer, byte[] header, String lines) throws Exception {
    Socket socket = TestBalancer.connect(peer, port(tls));
    socket.getOutputStream().write(header);
    return ask(tls, socket, lines);
  }

  private String ask(boolean tls, Socket connected, String lines) throws Exception {
    Socket socket = connected;
    if (tls) {
      socket =
          Certificates.trusting(identity)
              .getSocketFactory()
              .createSocket(connected, "localhost", connected.getPort(), true);
    }
    try (Http http = new Http(socket)) {
      String request =
          Http.request(path("openim/echo"), "{\"Text\":\"x\"}")
              .replace("Host: x\r\n", "Host: x\r\n" + lines);
      http.send(request);
      String first = http.answer().json().path("From").asText();
      http.send(request);
      assertEquals(first, http.answer().json().path("From").asText());
      return first;
    }
  }

  private void assertRefused(boolean tls, String peer, byte[] header) throws IOException {
    try (Socket socket = TestBalancer.connect(peer, port(tls))) {
      socket.getOutputStream().write(header);
      if (!tls) {
        socket
            .getOutputStream()
            .write(
                Http.request(path("openim/echo"), "{\"Text\":\"x\"}")
                    .getBytes(StandardCharsets.US_ASCII));
      }
      assertClosed(socket);
    } catch (AssertionError e) {
      throw new AssertionError("after " + Arrays.toString(header), e);
    }
  }

  /** Closed or reset, without a word. */
  private static void assertClosed(Socket socket) throws IOException {
    int next;
    try {
      next = socket.getInputStream().read();
    } catch (SocketTimeoutException e) {
      throw new AssertionError("still open", e);
    } catch (IOException e) {
      next = -1;
    }
    assertEquals(-1, next);
  }
}
