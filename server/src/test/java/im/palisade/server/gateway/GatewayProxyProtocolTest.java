package im.palisade.server.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import im.palisade.server.security.AddressBlock;
import im.palisade.server.security.Certificates;
import im.palisade.server.testing.ProxyHeaders;
import im.palisade.server.testing.TestBalancer;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What load balancers say ahead of the client protocol, and what nobody else may. */
class GatewayProxyProtocolTest {
  private static final String BALANCER = "127.0.9.1";
  private static final String OTHER = "127.0.0.1";
  private static final byte[] NOTHING = {};
  private static final byte[] GOOD = ProxyHeaders.v2("203.0.113.7");

  private final GatewayUnderTest server = GatewayUnderTest.start(it -> it.balancers(network()));

  @AfterEach
  void stop() {
    server.close();
  }

  @Test
  void theAddressABalancerNamesIsTheClients() throws Exception {
    byte[] extra = ProxyHeaders.extra(4, new byte[1800]);
    for (var header :
        Map.of(
                "203.0.113.7", GOOD,
                "2001:db8:0:0:0:0:0:7", ProxyHeaders.v2("2001:db8::7", extra),
                "203.0.113.8", ProxyHeaders.v1("TCP4 203.0.113.8 192.0.2.1 56324 443"),
                "2001:db8:0:0:0:0:0:8", ProxyHeaders.v1("TCP6 2001:db8::8 2001:db8::1 1 2"))
            .entrySet()) {
      assertEquals(header.getKey(), addressAfter(BALANCER, header.getValue()));
    }
    for (byte[] header :
        List.of(
            ProxyHeaders.v1("UNKNOWN"),
            ProxyHeaders.v2(ProxyHeaders.LOCAL, 0, NOTHING),
            ProxyHeaders.v2(ProxyHeaders.PROXY, 0, new byte[9]),
            ProxyHeaders.v2(ProxyHeaders.PROXY, 0x31, new byte[216]))) {
      assertEquals(BALANCER, addressAfter(BALANCER, header));
    }
    assertEquals(OTHER, addressAfter(OTHER, NOTHING));
  }

  @Test
  void aHeaderMayComeInPiecesOrTogetherWithTheFirstRequest() throws Exception {
    Socket socket = TestBalancer.connect(BALANCER, server.port);
    for (byte each : GOOD) {
      socket.getOutputStream().write(each);
    }
    assertEquals("203.0.113.7", address(new RawClient(socket)));
  }

  @Test
  void whatDoesNotBeginAsItMustIsClosedAndHarmsNobody() throws Exception {
    byte[] request = RawClient.upgradeRequest("/im").getBytes(StandardCharsets.US_ASCII);
    for (byte[] header :
        List.of(
            request,
            new byte[] {22, 3, 1, 0, 5},
            ProxyHeaders.v1("TCP4 203.0.113.700 192.0.2.1 56324 443"),
            ProxyHeaders.v1("TCP4 " + "1".repeat(200)),
            ProxyHeaders.v2(0x11, ProxyHeaders.TCP4, new byte[12]),
            ProxyHeaders.v2(ProxyHeaders.PROXY, 0x12, new byte[12]),
            ProxyHeaders.v2(ProxyHeaders.PROXY, 0x91, new byte[12]),
            ProxyHeaders.v2(ProxyHeaders.PROXY, ProxyHeaders.TCP6, new byte[12]),
            ProxyHeaders.v2(ProxyHeaders.PROXY, ProxyHeaders.TCP4, 65_535, new byte[3_000]))) {
      assertCloses(server, BALANCER, header);
    }
    assertCloses(server, OTHER, GOOD);
    assertCloses(server, OTHER, ProxyHeaders.v1("TCP4 203.0.113.8 192.0.2.1 56324 443"));
    assertEquals("203.0.113.7", addressAfter(BALANCER, GOOD));
  }

  @Test
  void aHeaderThatNeverEndsIsGivenUp() throws Exception {
    try (var impatient = GatewayUnderTest.start(it -> it.loginTimeout(300).balancers(network()))) {
      for (int sent : List.of(0, 5, GOOD.length - 1)) {
        assertCloses(impatient, BALANCER, Arrays.copyOf(GOOD, sent));
      }
    }
  }

  @Test
  void tlsBeginsBehindTheHeader() throws Exception {
    Certificates.Identity identity = Certificates.ec();
    SslContext context =
        SslContextBuilder.forServer(identity.key(), identity.certificate()).build();
    try (var encrypted = GatewayUnderTest.startTls(it -> it.balancers(network()), context)) {
      for (String peer : List.of(BALANCER, OTHER)) {
        BlockingQueue<String> addresses = addresses(encrypted);
        Socket socket = TestBalancer.connect(peer, encrypted.port);
        socket.getOutputStream().write(peer.equals(BALANCER) ? GOOD : NOTHING);
        Socket tls =
            Certificates.trusting(identity)
                .getSocketFactory()
                .createSocket(socket, "localhost", encrypted.port, true);
        logIn(new RawClient(tls));
        assertEquals(
            peer.equals(BALANCER) ? "203.0.113.7" : OTHER, addresses.poll(20, TimeUnit.SECONDS));
      }
    }
  }

  private String addressAfter(String peer, byte[] header) throws Exception {
    Socket socket = TestBalancer.connect(peer, server.port);
    RawClient client = new RawClient(socket);
    client.send(header);
    return address(client);
  }

  private String address(RawClient client) throws InterruptedException {
    BlockingQueue<String> addresses = addresses(server);
    logIn(client);
    return addresses.poll(20, TimeUnit.SECONDS);
  }

  private static BlockingQueue<String> addresses(GatewayUnderTest server) {
    BlockingQueue<String> addresses = new LinkedBlockingQueue<>();
    server.entering = session -> addresses.add(session.address());
    return addresses;
  }

  private static void logIn(RawClient client) {
    try (client) {
      assertTrue(client.http(RawClient.upgradeRequest("/im")).startsWith("HTTP/1.1 101"));
      client.send(RawClient.loginFrame("mia"));
      assertEquals(0, client.next().json().path("code").asInt(-1));
    }
  }

  private static void assertCloses(GatewayUnderTest server, String peer, byte[] sent)
      throws IOException {
    Socket socket = TestBalancer.connect(peer, server.port);
    try (RawClient client = new RawClient(socket)) {
      client.sendRegardless(sent);
      assertThrows(UncheckedIOException.class, () -> client.http(""));
    }
  }

  private static AddressBlock network() {
    return AddressBlock.parse(TestBalancer.NETWORK);
  }
}
