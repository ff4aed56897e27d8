package im.palisade.server.demo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import im.palisade.server.PalisadeServer;
import im.palisade.server.demo.DemoSettings.When;
import im.palisade.server.protocol.Json;
import im.palisade.server.testing.TestServer;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ChatPageTest {
  private static final HttpClient HTTP = HttpClient.newHttpClient();

  private final PalisadeServer server = TestServer.shared().server();

  @Test
  void thePageComesWithAPolicyThatNamesThisServerAlone() throws Exception {
    HttpResponse<String> page = get("/chat/");

    assertEquals(200, page.statusCode());
    assertTrue(page.body().contains("<div id=\"app\">"), page.body());
    String policy = page.headers().firstValue("Content-Security-Policy").orElseThrow();
    String gateway = server.facts().imUrl().replace("/im", "");
    String connects = "connect-src 'self' " + gateway + " " + server.facts().restUrl() + ";";
    assertTrue(policy.contains(connects), policy);
    assertTrue(
        policy.startsWith("default-src 'none'; script-src 'self'; style-src 'self';"), policy);
  }

  @Test
  void aFileThatIsKnownAlreadyIsNotSentAgain() throws Exception {
    String etag = get("/chat/main.js").headers().firstValue("ETag").orElseThrow();

    HttpResponse<String> again =
        HTTP.send(
            request("/chat/main.js").header("If-None-Match", etag).build(),
            BodyHandlers.ofString());

    assertEquals(304, again.statusCode());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"/chat/..", "/chat/%2e%2e%2fmain.js", "/chat/main.js.map", "/chat/a/b", "/chat/x"})
  void whatIsNoFileOfThePageIsNotServed(String path) throws Exception {
    assertFalse(get(path).body().contains("<div id=\"app\">"));
  }

  @Test
  void aUserSigIsIssuedThatTheGatewayTakes() throws Exception {
    JsonNode reply = Json.mapper().readTree(post("{\"userId\":\"visitor\"}").body());

    assertEquals(server.facts().app().appId(), reply.path("sdkAppId").asLong());
    assertEquals(server.facts().imUrl(), reply.path("endpoint").asText());
    assertFalse(reply.path("userSig").asText().isEmpty());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "[]",
        "{",
        "{}",
        "{\"userId\":7}",
        "{\"userId\":\"\"}",
        "{\"userId\":\" a\"}",
        "{\"userId\":\"@TIM#SYSTEM\"}",
        "{\"userId\":\"administrator\"}",
        "{\"userId\":\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\"}"
      })
  void nobodyElseIsSignedIn(String body) throws Exception {
    HttpResponse<String> reply = post(body);

    assertEquals(400, reply.statusCode(), reply.body());
    assertFalse(reply.body().contains("userSig"), reply.body());
  }

  @Test
  void anotherSitesPageSignsNobodyIn() throws Exception {
    HttpRequest.Builder request =
        request("/chat/sign-in")
            .header("Content-Type", "application/json")
            .header("Sec-Fetch-Site", "cross-site")
            .POST(HttpRequest.BodyPublishers.ofString("{\"userId\":\"visitor\"}"));

    assertEquals(400, HTTP.send(request.build(), BodyHandlers.ofString()).statusCode());
  }

  /** A page under a name that was made to point here would read the answer. */
  @Test
  void onLoopbackOnlyLocalhostSignsIn() throws IOException {
    String body = "{\"userId\":\"visitor\"}";
    String refused = raw("evil.example", body);
    String taken = raw("localhost", body);

    assertTrue(refused.startsWith("HTTP/1.1 400"), refused);
    assertTrue(taken.startsWith("HTTP/1.1 200"), taken);
  }

  @ParameterizedTest
  @CsvSource({
    "AUTO, true, true, true",
    "AUTO, true, false, false",
    "AUTO, false, true, false",
    "ON, false, false, true",
    "OFF, true, true, false"
  })
  void byItselfThePageIsForATrialAlone(When when, boolean embedded, boolean loopback, boolean on) {
    assertEquals(on, new DemoSettings(when).isOn(embedded, loopback));
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create(server.facts().restUrl() + path));
  }

  private HttpResponse<String> get(String path) throws IOException, InterruptedException {
    return HTTP.send(request(path).build(), BodyHandlers.ofString());
  }

  private HttpResponse<String> post(String body) throws IOException, InterruptedException {
    return HTTP.send(
        request("/chat/sign-in")
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(body))
            .build(),
        BodyHandlers.ofString());
  }

  private String raw(String host, String body) throws IOException {
    URI address = URI.create(server.facts().restUrl());
    try (Socket socket = new Socket(address.getHost(), address.getPort())) {
      String request =
          "POST /chat/sign-in HTTP/1.1\r\nHost: "
              + host
              + "\r\nContent-Type: application/json\r\nConnection: close\r\nContent-Length: "
              + body.length()
              + "\r\n\r\n"
              + body;
      socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
