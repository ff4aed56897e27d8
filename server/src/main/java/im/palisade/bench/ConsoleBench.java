package im.palisade.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.function.Supplier;

/** Pages of the console's table of users, as an administrator's browser asks for them. */
final class ConsoleBench {
  private static final int WARM_UP_CALLS = 100;
  private static final int CALLS = 500;
  private static final int PAGE = 50;
  private static final double TARGET_MILLIS = 100;

  private final Report report;
  private final ServerUnderTest server;
  private final Path data;
  private final int users;
  private final Random random = new Random(1);
  private final HttpClient http = HttpClient.newHttpClient();
  private final ObjectMapper json = new ObjectMapper();

  /** By what one browser is signed in. */
  private record Browser(String url, String cookie) {}

  ConsoleBench(Report report, ServerUnderTest server, Path data, int users) {
    this.report = report;
    this.server = server;
    this.data = data;
    this.users = users;
  }

  /** Fills the table of users and asks for pages of it. */
  void run() throws InterruptedException {
    report.progress("console: " + users + " users");
    try (BenchStore store = BenchStore.open(data)) {
      store.addUsers(server.appId(), users);
    }
    Browser browser = signIn();
    measure(browser, "first page of all", () -> "");
    measure(browser, "by exact id", () -> "&prefix=" + any());
    measure(browser, "by the beginning of ids", () -> "&prefix=" + any().substring(0, 11));
    measure(browser, "a page from anywhere", () -> "&after=" + any());
    measure(browser, "nobody found", () -> "&prefix=" + encoded("%' OR 1=1 --"));
  }

  private void measure(Browser browser, String what, Supplier<String> query)
      throws InterruptedException {
    Latencies taken = new Latencies();
    for (int i = 0; i < WARM_UP_CALLS + CALLS; i++) {
      if (i == WARM_UP_CALLS) {
        taken.reset();
      }
      String path =
          "/console/api/apps/%d/users?limit=%d%s".formatted(server.appId(), PAGE, query.get());
      long sent = System.nanoTime();
      HttpResponse<byte[]> answer =
          send(
              HttpRequest.newBuilder(URI.create(browser.url() + path))
                  .header("Cookie", browser.cookie()));
      taken.record(System.nanoTime() - sent);
      if (answer.statusCode() != 200) {
        throw new BenchException("the console answered " + answer.statusCode() + " to " + path);
      }
    }
    report.add(Figure.of("console", what + ", p50", taken.millisAt(50), "ms"));
    report.add(Figure.of("console", "  p99", taken.millisAt(99), "ms").atMost(TARGET_MILLIS));
  }

  /** Becomes the first administrator by the link that the start left. */
  private Browser signIn() throws InterruptedException {
    try {
      String link = Files.readString(data.resolve("first-administrator")).trim();
      String url = link.substring(0, link.indexOf("/console"));
      String token = link.substring(link.indexOf("token=") + "token=".length());
      String body =
          json.createObjectNode()
              .put("token", token)
              .put("name", "bench")
              .put("displayName", "Bench")
              .put("password", "measured on this machine")
              .toString();
      HttpResponse<byte[]> answer =
          send(
              HttpRequest.newBuilder(URI.create(url + "/console/api/first-administrator"))
                  .header("Content-Type", "application/json")
                  .POST(HttpRequest.BodyPublishers.ofString(body)));
      JsonNode said = json.readTree(answer.body());
      String cookie =
          answer
              .headers()
              .firstValue("Set-Cookie")
              .orElseThrow(() -> new BenchException("nobody is signed in: " + said));
      return new Browser(url, cookie.split(";", -1)[0]);
    } catch (IOException e) {
      throw new BenchException("the first administrator cannot be made: " + e.getMessage(), e);
    }
  }

  private HttpResponse<byte[]> send(HttpRequest.Builder request) throws InterruptedException {
    try {
      return http.send(request.build(), BodyHandlers.ofByteArray());
    } catch (IOException e) {
      throw new BenchException("the console does not answer: " + e.getMessage(), e);
    }
  }

  private String any() {
    return BenchStore.userName(1 + random.nextInt(users));
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }
}
