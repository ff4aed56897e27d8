package im.palisade.server.testing;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import im.palisade.server.PalisadeServer;
import im.palisade.server.protocol.Json;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

/** An administrator at a browser, as the console's listener sees it. */
public final class TestConsole {
  /** Of everybody whom tests create. */
  public static final String PASSWORD = "correct horse battery";

  private static final HttpClient HTTP = HttpClient.newHttpClient();
  private static final AtomicLong NUMBERS = new AtomicLong();

  private final String url;
  private Optional<String> cookie = Optional.empty();
  private Optional<String> csrf = Optional.empty();

  private TestConsole(String url) {
    this.url = url;
  }

  /** An answer as it came. */
  public record Answer(int status, JsonNode body, HttpHeaders headers) {
    /** The word of a refusal; empty for success. */
    public String error() {
      return body.path("error").asText();
    }

    /** The same, when it is a success. */
    public Answer ok() {
      if (status >= 300) {
        throw new AssertionError(status + ": " + body);
      }
      return this;
    }

    /** The same, when it is that refusal. */
    public Answer refused(String word) {
      if (!error().equals(word)) {
        throw new AssertionError("not " + word + " but " + status + ": " + body);
      }
      return this;
    }
  }

  /** A browser nobody has signed in at. */
  public static TestConsole at(String url) {
    return new TestConsole(url);
  }

  /** A browser of the shared server's first administrator, who may everything. */
  public static TestConsole superAdministrator() {
    return at(Super.SERVER.facts().consoleUrl()).signIn(Super.NAME, PASSWORD);
  }

  /** A browser of a new administrator with that role; app 0 for every app. */
  public static TestConsole with(String role, long app) {
    TestConsole first = superAdministrator();
    String name = newName();
    String grants = "[{\"role\":\"" + role + "\",\"app\":" + app + "}]";
    JsonNode created =
        first
            .post(
                "/administrators",
                "{\"name\":\"" + name + "\",\"displayName\":\"N\",\"grants\":" + grants + "}")
            .ok()
            .body();
    TestConsole console = at(first.url).signIn(name, created.path("password").asText());
    return console.changePassword(created.path("password").asText(), PASSWORD);
  }

  /** A name no other test has. */
  public static String newName() {
    return "admin-" + NUMBERS.incrementAndGet();
  }

  /** Signs in. */
  public TestConsole signIn(String name, String password) {
    post("/session", signInBody(name, password, Optional.empty())).ok();
    return this;
  }

  /** The body of a sign-in. */
  public static String signInBody(String name, String password, Optional<String> code) {
    ObjectNode body = Json.object().put("name", name).put("password", password);
    code.ifPresent(text -> body.put("code", text));
    return body.toString();
  }

  /** Changes the password. */
  public TestConsole changePassword(String from, String to) {
    post("/account/password", Json.object().put("current", from).put("password", to).toString())
        .ok();
    return this;
  }

  /** A read. */
  public Answer get(String path) {
    return send(request(path).GET());
  }

  /** An act, with what the pages send. */
  public Answer post(String path, String body) {
    HttpRequest.Builder request =
        request(path)
            .header("Content-Type", "application/json")
            .header("Sec-Fetch-Site", "same-origin")
            .POST(BodyPublishers.ofString(body));
    csrf.ifPresent(token -> request.header("X-Csrf-Token", token));
    return send(request);
  }

  /** A request of a test's own; the cookie is on it. */
  public HttpRequest.Builder request(String path) {
    HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(url + "/console/api" + path));
    cookie.ifPresent(each -> request.header("Cookie", each));
    return request;
  }

  /** Sends a request; a cookie and a token that come are kept. */
  public Answer send(HttpRequest.Builder request) {
    try {
      HttpResponse<byte[]> response = HTTP.send(request.build(), BodyHandlers.ofByteArray());
      response
          .headers()
          .firstValue("Set-Cookie")
          .ifPresent(line -> cookie = Optional.of(line.split(";", -1)[0]));
      JsonNode body =
          response.body().length == 0 ? Json.object() : Json.mapper().readTree(response.body());
      if (body.has("csrf")) {
        csrf = Optional.of(body.path("csrf").asText());
      }
      return new Answer(response.statusCode(), body, response.headers());
    } catch (IOException e) {
      throw new AssertionError(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  /** What acts carry. */
  public String csrf() {
    return csrf.orElseThrow();
  }

  /** Where the console is. */
  public String url() {
    return url;
  }

  /** Makes the first administrator by the link. */
  public static void createFirst(PalisadeServer server, String name) {
    String link = server.facts().firstAdministratorLink().orElseThrow();
    String token = link.substring(link.indexOf("token=") + "token=".length());
    at(server.facts().consoleUrl())
        .post(
            "/first-administrator",
            Json.object()
                .put("token", token)
                .put("name", name)
                .put("displayName", "First")
                .put("password", PASSWORD)
                .toString())
        .ok();
  }

  private static final class Super {
    static final String NAME = "root-of-tests";
    static final PalisadeServer SERVER = start();

    private static PalisadeServer start() {
      PalisadeServer server = TestServer.shared().server();
      createFirst(server, NAME);
      return server;
    }
  }
}
