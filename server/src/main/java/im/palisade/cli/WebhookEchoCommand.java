package im.palisade.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import im.palisade.server.security.CallbackSignature;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * {@code palisade webhook-echo}: takes webhooks, prints and verifies them, and answers as told. For
 * trying out an integration; it is no server to leave running.
 */
@Command(
    name = "webhook-echo",
    mixinStandardHelpOptions = true,
    description = {
      "Take webhooks, print them and say whether their signature is right.",
      "A server on the same machine calls it only when webhook.allowed-networks has 127.0.0.0/8."
    })
public final class WebhookEchoCommand implements Callable<Integer> {
  private static final int MAX_BODY = 4 << 20;
  private static final long MAX_SKEW_SECONDS = 60;
  private static final ObjectMapper JSON = new ObjectMapper();

  @Spec private CommandSpec spec;

  @Option(
      names = "--host",
      defaultValue = "127.0.0.1",
      description = "address to listen on (default: ${DEFAULT-VALUE})")
  private String host = "127.0.0.1";

  @Option(
      names = "--port",
      defaultValue = "8090",
      description = "port to listen on, 0 for a free one (default: ${DEFAULT-VALUE})")
  private int port;

  @Option(
      names = "--token",
      paramLabel = "TOKEN",
      description = "the app's token: signatures are verified, and what fails gets status 403")
  private Optional<String> token = Optional.empty();

  @Option(
      names = "--code",
      defaultValue = "0",
      description = "ErrorCode of every answer: 0 lets pass, 1 refuses, 2 drops (default: 0)")
  private long code;

  @Option(
      names = "--answer",
      paramLabel = "JSON",
      description = "the whole answer instead, as {\"ErrorCode\":0,\"CloudCustomData\":\"seen\"}")
  private Optional<String> answer = Optional.empty();

  @Option(
      names = "--count",
      paramLabel = "N",
      defaultValue = "0",
      description = "end after so many webhooks (default: run until stopped)")
  private int count;

  private CountDownLatch left = new CountDownLatch(1);

  @Override
  public Integer call() throws Exception {
    return CliException.orExplain(spec, this::serve);
  }

  private int serve() throws InterruptedException {
    String reply = answer.orElseGet(this::plainAnswer);
    left = new CountDownLatch(Math.max(1, count));
    HttpServer server;
    try {
      server = HttpServer.create(new InetSocketAddress(host, port), 100);
    } catch (IOException e) {
      throw new CliException("cannot listen on " + host + ":" + port + ": " + e.getMessage(), e);
    }
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      server.createContext("/", exchange -> take(exchange, reply));
      server.setExecutor(threads);
      server.start();
      say("webhooks are taken at http://" + host + ":" + server.getAddress().getPort() + "/");
      left.await();
      server.stop(1);
    }
    return 0;
  }

  private String plainAnswer() {
    return JSON.createObjectNode()
        .put("ActionStatus", "OK")
        .put("ErrorInfo", "")
        .put("ErrorCode", code)
        .toString();
  }

  private void take(HttpExchange exchange, String reply) throws IOException {
    try (exchange) {
      byte[] body = exchange.getRequestBody().readNBytes(MAX_BODY);
      Map<String, String> query = query(exchange.getRequestURI().getRawQuery());
      String verdict = signature(query);
      boolean fine = token.isEmpty() || verdict.equals("valid");
      print(exchange, query, body, verdict);
      byte[] bytes = (fine ? reply : "").getBytes(StandardCharsets.UTF_8);
      exchange.getResponseHeaders().set("Content-Type", "application/json");
      exchange.sendResponseHeaders(fine ? 200 : 403, bytes.length == 0 ? -1 : bytes.length);
      exchange.getResponseBody().write(bytes);
    } finally {
      if (count > 0) {
        left.countDown();
      }
    }
  }

  private String signature(Map<String, String> query) {
    String sign = query.getOrDefault("Sign", "");
    if (token.isEmpty()) {
      return sign.isEmpty() ? "none" : "not checked, no --token given";
    }
    if (sign.isEmpty()) {
      return "MISSING";
    }
    long time;
    try {
      time = Long.parseLong(query.getOrDefault("RequestTime", ""));
    } catch (NumberFormatException e) {
      return "INVALID, RequestTime is no number";
    }
    byte[] expected = CallbackSignature.of(token.get(), time).getBytes(StandardCharsets.US_ASCII);
    if (!MessageDigest.isEqual(expected, sign.getBytes(StandardCharsets.UTF_8))) {
      return "INVALID, another token";
    }
    long skew = Math.abs(Clock.systemUTC().instant().getEpochSecond() - time);
    return skew > MAX_SKEW_SECONDS ? "INVALID, " + skew + " s from this clock" : "valid";
  }

  private synchronized void print(
      HttpExchange exchange, Map<String, String> query, byte[] body, String signature) {
    PrintWriter out = spec.commandLine().getOut();
    out.println(SafeText.line(query.getOrDefault("CallbackCommand", "(no CallbackCommand)")));
    out.println(
        "  from "
            + exchange.getRemoteAddress().getAddress().getHostAddress()
            + ", app "
            + SafeText.line(query.getOrDefault("SdkAppid", "?"))
            + ", client "
            + SafeText.line(query.getOrDefault("ClientIP", "-"))
            + ", platform "
            + SafeText.line(query.getOrDefault("OptPlatform", "-"))
            + ", signature "
            + signature);
    out.println(indented(body));
    out.flush();
  }

  private static String indented(byte[] body) {
    try {
      JsonNode tree = JSON.readTree(body);
      String text = tree.toPrettyString();
      StringBuilder safe = new StringBuilder();
      text.lines().forEach(line -> safe.append("  ").append(SafeText.line(line)).append('\n'));
      return safe.toString().stripTrailing();
    } catch (IOException e) {
      return "  body is not JSON, " + body.length + " bytes";
    }
  }

  private static Map<String, String> query(String raw) {
    Map<String, String> query = new LinkedHashMap<>();
    for (String part : raw == null ? new String[0] : raw.split("&", -1)) {
      int at = part.indexOf('=');
      if (at > 0) {
        query.put(part.substring(0, at), decoded(part.substring(at + 1)));
      }
    }
    return query;
  }

  private static String decoded(String text) {
    try {
      return URLDecoder.decode(text, StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      return text;
    }
  }

  private void say(String line) {
    spec.commandLine().getOut().println(line);
    spec.commandLine().getOut().flush();
  }
}
