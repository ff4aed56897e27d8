package im.palisade.server.rest;

import static im.palisade.server.rest.RestFixture.path;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import im.palisade.server.config.SettingException;
import im.palisade.server.security.Certificates;
import im.palisade.server.security.TlsSettings;
import im.palisade.server.security.TransportSecurity;
import io.netty.handler.ssl.SslContext;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.List;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** REST over TLS, as SDKs speak it. */
class RestTlsTest {
  @TempDir private Path folder;
  private Path certificate;
  private Path key;
  private Certificates.Identity identity;
  private TransportSecurity security;
  private RestFixture rest;

  @BeforeEach
  void start() throws IOException {
    certificate = folder.resolve("server.pem");
    key = folder.resolve("server.key");
    identity = Certificates.ec();
    identity.write(certificate, key);
    security = TransportSecurity.load(Certificates.settings(certificate, key));
    rest = new RestFixture(RestFixture.settings(), security);
  }

  @AfterEach
  void stop() {
    rest.close();
    security.close();
  }

  @Test
  void anOrdinaryClientCallsOverTls() throws Exception {
    assertEquals(200, call(identity).statusCode());
    assertTrue(call(identity).body().contains("\"ErrorCode\":0"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.3", "TLSv1.2"})
  void modernVersionsAreSpoken(String version) throws Exception {
    try (SSLSocket socket = connect(identity)) {
      socket.setEnabledProtocols(new String[] {version});
      Http http = new Http(socket);
      assertEquals(0, http.post(path("im_open_login_svc/check"), "{}").code());
      assertEquals(version, socket.getSession().getProtocol());
      assertTrue(socket.getSession().getCipherSuite().contains("AES_128_GCM"));
    }
  }

  @Test
  void aSuiteWithoutForwardSecrecyIsRefused() throws Exception {
    try (SSLSocket socket = connect(identity)) {
      socket.setEnabledProtocols(new String[] {"TLSv1.2"});
      socket.setEnabledCipherSuites(new String[] {"TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256"});
      assertThrows(SSLException.class, socket::startHandshake);
    }
  }

  @Test
  void aNewCertificateIsUsedWithoutARestartAndTheConnectionsBeforeLiveOn() throws Exception {
    try (SSLSocket old = connect(identity)) {
      Http before = new Http(old);
      assertEquals(0, before.post(path("im_open_login_svc/check"), "{}").code());
      var next = Certificates.rsa();
      next.write(certificate, key);
      await()
          .atMost(Duration.ofSeconds(10))
          .ignoreExceptionsInstanceOf(SSLException.class)
          .untilAsserted(() -> assertEquals(200, call(next).statusCode()));
      assertEquals(0, before.post(path("im_open_login_svc/check"), "{}").code());
    }
  }

  @Test
  void nettyGetsTheSameCertificate() {
    SslContext context = security.forListener("im.host", "0.0.0.0").orElseThrow().netty().get();
    assertTrue(context.isServer());
    assertTrue(context.cipherSuites().stream().noneMatch(suite -> suite.contains("CBC")));
  }

  @Test
  void aClientThatSpeaksPlainHttpGetsNoAnswerAndHarmsNobody() throws Exception {
    assertThrows(
        IOException.class, () -> Http.post(rest.port, path("im_open_login_svc/check"), "{}"));
    assertEquals(200, call(identity).statusCode());
  }

  @Test
  void aPlainListenerOnTheNetworkIsRefused() {
    var settings = RestFixture.settings();
    var everywhere =
        new RestSettings(
            "0.0.0.0",
            0,
            settings.maxInFlight(),
            settings.maxConnections(),
            settings.idleTimeout(),
            List.of(),
            List.of(),
            true,
            List.of());
    try (var plain = TransportSecurity.load(TlsSettings.none())) {
      var refusal =
          assertThrows(SettingException.class, () -> new RestFixture(everywhere, plain).close());
      assertTrue(refusal.getMessage().startsWith("rest.host: "), refusal.getMessage());
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aHandshakeThatNeverEndsIsGivenUp(boolean begun) throws Exception {
    var impatient =
        new RestSettings(
            "127.0.0.1",
            0,
            100,
            100,
            Duration.ofMillis(300),
            List.of(),
            List.of(),
            true,
            List.of());
    try (var server = new RestFixture(impatient, security);
        Http http = new Http(server.port)) {
      if (begun) {
        http.send(new byte[] {22, 3, 1, 2});
      }
      assertTrue(http.isClosedByServerAfterAnyAnswer());
    }
  }

  private HttpResponse<String> call(Certificates.Identity trusted)
      throws IOException, InterruptedException, GeneralSecurityException {
    try (HttpClient client =
        HttpClient.newBuilder().sslContext(Certificates.trusting(trusted)).build()) {
      URI uri = URI.create("https://localhost:" + rest.port + path("im_open_login_svc/check"));
      return client.send(
          HttpRequest.newBuilder(uri).POST(HttpRequest.BodyPublishers.ofString("{}")).build(),
          HttpResponse.BodyHandlers.ofString());
    }
  }

  private SSLSocket connect(Certificates.Identity trusted)
      throws IOException, GeneralSecurityException {
    Socket socket =
        Certificates.trusting(trusted)
            .getSocketFactory()
            .createSocket(InetAddress.getLoopbackAddress(), rest.port);
    socket.setSoTimeout(10_000);
    return (SSLSocket) socket;
  }
}
