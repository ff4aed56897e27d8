package im.palisade.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import im.palisade.server.security.CallbackSignature;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/** webhook-echo as an integrator uses it. */
class WebhookEchoCommandTest {
  private static final Pattern ADDRESS = Pattern.compile("taken at (\\S+)");

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @Test
  void itPrintsWhatArrivesAndLetsItPass() throws Exception {
    CompletableFuture<Integer> command = echo("--count", "1");
    HttpResponse<String> reply =
        post(
            "CallbackCommand=State.StateChange&SdkAppid=7&ClientIP=1.2.3.4",
            "{\"a\":\"\\u001b[2J\"}");
    assertEquals(200, reply.statusCode());
    assertEquals("{\"ActionStatus\":\"OK\",\"ErrorInfo\":\"\",\"ErrorCode\":0}", reply.body());
    assertEquals(0, command.get(20, TimeUnit.SECONDS));
    String printed = out.toString();
    assertTrue(printed.contains("State.StateChange"), printed);
    assertTrue(printed.contains("app 7") && printed.contains("signature none"), printed);
    assertFalse(printed.contains("\u001b"), "escape sequences stay harmless");
  }

  @Test
  void itVerifiesSignatures() throws Exception {
    CompletableFuture<Integer> command = echo("--count", "5", "--token", "s3cret", "--code", "1");
    long now = Instant.now().getEpochSecond();
    assertEquals(200, signed("s3cret", now, now).statusCode());
    assertEquals(403, signed("other", now, now).statusCode());
    assertEquals(403, signed("s3cret", now, now + 1).statusCode());
    assertEquals(403, signed("s3cret", now - 61, now - 61).statusCode());
    assertEquals(403, post("CallbackCommand=x", "{}").statusCode());
    assertEquals(0, command.get(20, TimeUnit.SECONDS));
    assertTrue(out.toString().contains("signature valid"));
    assertTrue(out.toString().contains("signature INVALID, another token"));
    assertTrue(out.toString().contains("s from this clock"));
    assertTrue(out.toString().contains("signature MISSING"));
  }

  @Test
  void itAnswersAsTold() throws Exception {
    CompletableFuture<Integer> command =
        echo("--count", "1", "--answer", "{\"ErrorCode\":0,\"CloudCustomData\":\"seen\"}");
    assertEquals(
        "{\"ErrorCode\":0,\"CloudCustomData\":\"seen\"}", post("a=b%zz", "no json").body());
    command.get(20, TimeUnit.SECONDS);
    assertTrue(out.toString().contains("body is not JSON"));
  }

  @Test
  void aPortThatIsTakenIsSaidInOneLine() throws Exception {
    CompletableFuture<Integer> first = echo("--count", "1");
    String port = address().replaceAll(".*:(\\d+)/", "$1");
    assertEquals(
        1,
        new CommandLine(new WebhookEchoCommand())
            .setErr(new PrintWriter(err))
            .execute("--port", port));
    assertEquals(1, err.toString().lines().count(), err.toString());
    post("a=b", "{}");
    first.get(20, TimeUnit.SECONDS);
  }

  private CompletableFuture<Integer> echo(String... arguments) {
    CommandLine command =
        new CommandLine(new WebhookEchoCommand()).setOut(new PrintWriter(out, true));
    String[] all = new String[arguments.length + 2];
    System.arraycopy(arguments, 0, all, 2, arguments.length);
    all[0] = "--port";
    all[1] = "0";
    return CompletableFuture.supplyAsync(() -> command.execute(all));
  }

  private HttpResponse<String> signed(String token, long signedTime, long toldTime)
      throws Exception {
    return post(
        "CallbackCommand=x&Sign="
            + CallbackSignature.of(token, signedTime)
            + "&RequestTime="
            + toldTime,
        "{}");
  }

  private HttpResponse<String> post(String query, String body) throws Exception {
    // Not every query of a hostile sender is one that URI would take.
    URI uri = URI.create(address() + "?" + query.replace("%zz", "%25zz"));
    try (HttpClient client = HttpClient.newHttpClient()) {
      return client.send(
          HttpRequest.newBuilder(uri).POST(BodyPublishers.ofString(body)).build(),
          BodyHandlers.ofString());
    }
  }

  private String address() {
    Awaitility.await().until(() -> ADDRESS.matcher(out.toString()).find());
    Matcher found = ADDRESS.matcher(out.toString());
    assertTrue(found.find());
    return found.group(1);
  }
}
