package im.palisade.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import im.palisade.client.ImClient;
import im.palisade.client.ImListener;
import im.palisade.client.ImLogin;
import im.palisade.server.config.SettingException;
import im.palisade.server.security.Certificates;
import im.palisade.server.testing.TestApp;
import im.palisade.server.testing.TestDatabase;
import im.palisade.server.testing.TestServer;
import im.palisade.server.testing.TestUser;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A whole server with a certificate, and one that must not start without. */
class TlsServerTest {
  @TempDir private Path files;

  @Test
  void bothListenersSpeakTls() throws Exception {
    Certificates.Identity identity = Certificates.ec();
    Path certificate = files.resolve("server.pem");
    Path key = files.resolve("server.key");
    identity.write(certificate, key);
    Path data = TestDatabase.newDirectory().resolve("data");
    try (PalisadeServer server =
        TestServer.start(
            data, Map.of("tls.certificate", certificate.toString(), "tls.key", key.toString()))) {
      HttpClient http = HttpClient.newBuilder().sslContext(Certificates.trusting(identity)).build();
      String restUrl = server.facts().restUrl();
      String imUrl = server.facts().imUrl();
      assertTrue(restUrl.startsWith("https://") && imUrl.startsWith("wss://"), restUrl + imUrl);
      HttpRequest request =
          HttpRequest.newBuilder(URI.create(named(restUrl) + "/healthz/ready")).build();
      assertEquals(200, http.send(request, BodyHandlers.ofString()).statusCode());
      TestApp app =
          TestApp.of(server, server.facts().app().appId(), server.facts().administrator());
      try (ImClient client =
          ImClient.connect(
              http, URI.create(named(imUrl)), new ImListener() {}, Duration.ofSeconds(10))) {
        TestUser.await(client.login(new ImLogin(app.appId(), "mia", app.sig("mia"), "web", "d")));
        assertEquals(1, TestUser.await(client.sendText("C2Cmia", 1, "to myself")).seq());
      }
    }
  }

  @Test
  void aPlainListenerOnTheNetworkIsRefusedBeforeAnythingIsStarted() {
    Path data = TestDatabase.newDirectory().resolve("data");
    SettingException refusal =
        assertThrows(
            SettingException.class, () -> TestServer.start(data, Map.of("rest.host", "0.0.0.0")));
    assertTrue(refusal.getMessage().startsWith("rest.host: "), refusal.getMessage());
    assertTrue(Files.notExists(data));
  }

  /** The certificate names localhost. */
  private static String named(String url) {
    return url.replace("127.0.0.1", "localhost");
  }
}
