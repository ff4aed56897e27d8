package im.palisade.server.testing;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsParameters;
import com.sun.net.httpserver.HttpsServer;
import im.palisade.server.protocol.Json;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;

/** An app's own server that takes webhooks, on a free port of this machine. */
public final class TestReceiver implements AutoCloseable {
  private static final String FINE = "{\"ActionStatus\":\"OK\",\"ErrorInfo\":\"\",\"ErrorCode\":0}";
  private static final int PATIENCE_SECONDS = 20;

  private final HttpServer server;
  private final String scheme;
  private final BlockingQueue<Received> received = new LinkedBlockingQueue<>();
  private final Queue<Received> all = new ConcurrentLinkedQueue<>();
  private volatile Function<Received, Reply> answering = each -> new Reply(200, FINE);

  private TestReceiver(HttpServer server, String scheme) {
    this.server = server;
    this.scheme = scheme;
    server.createContext("/", this::take);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.start();
  }

  /** A webhook that arrived. */
  public record Received(
      String path, Map<String, String> query, Map<String, String> headers, JsonNode body) {
    public String command() {
      return query.get("CallbackCommand");
    }
  }

  /** An answer. */
  public record Reply(int status, String body) {}

  /** One that speaks plain HTTP. */
  public static TestReceiver plain() {
    try {
      return new TestReceiver(HttpServer.create(address(), 100), "http");
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  /** One that speaks TLS. */
  public static TestReceiver tls(SSLContext context, boolean wantsClientCertificate) {
    try {
      HttpsServer server = HttpsServer.create(address(), 100);
      server.setHttpsConfigurator(
          new HttpsConfigurator(context) {
            @Override
            public void configure(HttpsParameters parameters) {
              SSLParameters tls = context.getDefaultSSLParameters();
              tls.setNeedClientAuth(wantsClientCertificate);
              parameters.setSSLParameters(tls);
            }
          });
      return new TestReceiver(server, "https");
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  /** Where it is reached. */
  public String url() {
    return scheme + "://localhost:" + server.getAddress().getPort() + "/hooks";
  }

  /** Answers everything like this from now on. */
  public TestReceiver answering(Function<Received, Reply> function) {
    answering = function;
    return this;
  }

  /** Answers everything with 200 and this body. */
  public TestReceiver answering(String body) {
    return answering(each -> new Reply(200, body));
  }

  /** The next webhook. */
  public Received next() {
    return next(PATIENCE_SECONDS);
  }

  /** The next webhook within some time. */
  public Received next(int seconds) {
    try {
      Received next = received.poll(seconds, TimeUnit.SECONDS);
      if (next == null) {
        throw new AssertionError("no webhook arrived");
      }
      return next;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  /** How many have arrived and were not asked for; not a wait. */
  public int waiting() {
    return received.size();
  }

  /** Everything that has arrived, asked for or not. */
  public List<Received> all() {
    return List.copyOf(all);
  }

  @Override
  public void close() {
    server.stop(0);
  }

  private void take(HttpExchange exchange) throws IOException {
    try (exchange) {
      Map<String, String> query = new HashMap<>();
      for (String part : exchange.getRequestURI().getRawQuery().split("&", -1)) {
        int at = part.indexOf('=');
        query.put(
            part.substring(0, at),
            URLDecoder.decode(part.substring(at + 1), StandardCharsets.UTF_8));
      }
      Map<String, String> headers = new HashMap<>();
      exchange.getRequestHeaders().forEach((name, values) -> headers.put(name, values.getFirst()));
      JsonNode body = Json.mapper().readTree(exchange.getRequestBody().readAllBytes());
      Received request = new Received(exchange.getRequestURI().getPath(), query, headers, body);
      Reply reply = answering.apply(request);
      all.add(request);
      received.add(request);
      byte[] bytes = reply.body().getBytes(StandardCharsets.UTF_8);
      exchange.sendResponseHeaders(reply.status(), bytes.length == 0 ? -1 : bytes.length);
      exchange.getResponseBody().write(bytes);
    }
  }

  private static InetSocketAddress address() {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
  }
}
