package im.palisade.server.callback;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import im.palisade.client.ImLogin;
import im.palisade.server.PalisadeServer;
import im.palisade.server.protocol.ErrorCode;
import im.palisade.server.protocol.Json;
import im.palisade.server.testing.AuditLeaves;
import im.palisade.server.testing.TestApp;
import im.palisade.server.testing.TestBalancer;
import im.palisade.server.testing.TestConsole;
import im.palisade.server.testing.TestReceiver.Received;
import im.palisade.server.testing.TestServer;
import im.palisade.server.testing.TestUser;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import org.junit.jupiter.api.Test;

/** The address that a load balancer names reaches everything that goes by addresses. */
class BehindABalancerTest {
  private static final String CLIENT = "203.0.113.7";
  private static final String NETWORK = "203.0.113.0/24";

  private final PalisadeServer server = TestServer.shared().server();

  @Test
  void webhooksAndTheRecordNameAChatClientsOwnAddress() {
    try (Hooked hooked = Hooked.on("State.StateChange");
        TestBalancer balancer = TestBalancer.before(server.facts().imUrl(), CLIENT);
        TestUser mia = TestUser.connect(balancer.instead(server.facts().imUrl()))) {
      TestApp app = hooked.app();
      TestUser.await(
          mia.client().login(new ImLogin(app.appId(), "mia", app.sig("mia"), "web", "d1")));
      Received told = hooked.receiver().next();
      assertEquals(CLIENT, told.query().get("ClientIP"));
      JsonNode login = AuditLeaves.await(app, "auth.user.login", _ -> true);
      assertEquals(NETWORK, login.path("source").path("net").asText());
    }
  }

  @Test
  void allowListsAndTheRecordGoByABackEndsOwnAddress() throws Exception {
    try (Hooked hooked = Hooked.on("State.StateChange");
        TestBalancer near = TestBalancer.before(server.facts().restUrl(), CLIENT);
        TestBalancer far = TestBalancer.before(server.facts().restUrl(), "198.51.100.7")) {
      hooked.settings("{\"allowedAddresses\":[\"" + NETWORK + "\"]}");
      String act = "{\"UserID\":\"mia\"}";
      assertEquals(0, call(hooked.app(), near, "im_open_login_svc/kick", act));
      assertEquals(
          ErrorCode.ADDRESS_REFUSED.number(),
          call(hooked.app(), far, "im_open_login_svc/kick", act));
      JsonNode event = AuditLeaves.await(hooked.app(), "auth.user.kicked", _ -> true);
      assertEquals(NETWORK, event.path("source").path("net").asText());
    }
  }

  @Test
  void administratorsSeeTheirOwnAddressBesideTheirSessions() {
    TestConsole first = TestConsole.superAdministrator();
    String name = TestConsole.newName();
    JsonNode created =
        first
            .post(
                "/administrators",
                "{\"name\":\"" + name + "\",\"displayName\":\"N\",\"grants\":[]}")
            .ok()
            .body();
    try (TestBalancer balancer = TestBalancer.before(first.url(), CLIENT)) {
      String password = created.path("password").asText();
      TestConsole console =
          TestConsole.at(balancer.instead(first.url()))
              .signIn(name, password)
              .changePassword(password, TestConsole.PASSWORD);
      JsonNode sessions = console.get("/account").ok().body().path("sessions");
      assertEquals(CLIENT, sessions.path(0).path("address").asText(), sessions::toString);
    }
  }

  private int call(TestApp app, TestBalancer balancer, String path, String body) throws Exception {
    String query = app.query(app.administrator(), app.sig(app.administrator()));
    URI url = URI.create(balancer.instead(server.facts().restUrl()) + "/v4/" + path + "?" + query);
    try (HttpClient http = HttpClient.newHttpClient()) {
      byte[] answer =
          http.send(
                  HttpRequest.newBuilder(url).POST(BodyPublishers.ofString(body)).build(),
                  BodyHandlers.ofByteArray())
              .body();
      return Json.mapper().readTree(answer).path("ErrorCode").asInt(-1);
    }
  }
}
