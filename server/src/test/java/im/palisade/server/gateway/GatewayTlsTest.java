package im.palisade.server.gateway;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import im.palisade.server.protocol.Json;
import io.netty.handler.ssl.SslContextBuilder;
import java.io.InputStream;
import java.net.http.HttpClient;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GatewayTlsTest {
  private static final String PASSWORD = "changeit";
  private static KeyStore keys;

  @BeforeAll
  static void makeCertificate(@TempDir Path folder) throws Exception {
    Path file = folder.resolve("keys.p12");
    Process keytool =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-keyalg",
                "EC",
                "-alias",
                "im",
                "-dname",
                "CN=localhost",
                "-ext",
                "san=ip:127.0.0.1",
                "-storetype",
                "PKCS12",
                "-storepass",
                PASSWORD,
                "-keystore",
                file.toString())
            .inheritIO()
            .start();
    assertEquals(0, keytool.waitFor());
    keys = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(file)) {
      keys.load(in, PASSWORD.toCharArray());
    }
  }

  private static GatewayUnderTest server() throws Exception {
    KeyManagerFactory factory =
        KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    factory.init(keys, PASSWORD.toCharArray());
    return GatewayUnderTest.startTls(SslContextBuilder.forServer(factory).build());
  }

  private static HttpClient http() throws Exception {
    TrustManagerFactory trust =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(keys);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, trust.getTrustManagers(), null);
    return HttpClient.newBuilder().sslContext(context).build();
  }

  @Test
  void overTlsSharedFramesReachEveryoneUnmixed() throws Exception {
    List<TestClient> clients = new ArrayList<>();
    HttpClient http = http();
    try (var server = server()) {
      for (int i = 0; i < 8; i++) {
        TestClient client = TestClient.connectTls(server, http);
        clients.add(client);
        assertEquals(
            0, client.login("u" + i, GatewayUnderTest.GOOD, "web", "d").path("code").asInt(-1));
      }
      for (int round = 0; round < 300; round++) {
        EncodedFrame shared = EncodedFrame.event("shared", Json.object().put("round", round));
        for (int i = 0; i < 8; i++) {
          server.directory.of(server.accountId("u" + i)).getFirst().send(shared);
        }
        for (int i = 0; i < 8; i++) {
          server
              .directory
              .of(server.accountId("u" + i))
              .getFirst()
              .send(EncodedFrame.event("own", Json.object().put("to", i).put("round", round)));
        }
      }
      for (int i = 0; i < 8; i++) {
        for (int round = 0; round < 300; round++) {
          assertEquals(round, clients.get(i).next().path("data").path("round").asInt());
          assertEquals(i, clients.get(i).next().path("data").path("to").asInt());
        }
      }
      String text = "x".repeat(200_000);
      server
          .directory
          .of(server.accountId("u0"))
          .getFirst()
          .send(EncodedFrame.event("big", Json.object().put("t", text)));
      assertEquals(text, clients.get(0).next().path("data").path("t").asText());
      clients.get(0).send("session.logout", Json.object());
      assertEquals(1000, clients.get(0).closeCode());
    } finally {
      clients.forEach(TestClient::close);
      http.shutdownNow();
    }
  }

  @Test
  void whoSpeaksNoTlsIsClosed() throws Exception {
    try (var server = server();
        var plain = new RawClient(server, 0)) {
      plain.send(RawClient.upgradeRequest("/im").getBytes(StandardCharsets.ISO_8859_1));
      assertTrue(plain.ends());
      await().until(() -> server.metric("connections") == 0);
    }
  }
}
