package im.palisade.server.auditlog.forward;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import im.palisade.server.security.Certificates;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Phaser;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntUnaryOperator;

/** An HTTPS address that takes events as lines and keeps those it confirms. */
final class WebCollector implements AutoCloseable {
  private final HttpsServer server;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final AtomicInteger calls = new AtomicInteger();
  private final List<String> taken = Collections.synchronizedList(new ArrayList<>());
  private final List<String> tokens = Collections.synchronizedList(new ArrayList<>());
  private final Phaser gate = new Phaser(1);
  private volatile boolean holds;

  /**
   * Begins to listen.
   *
   * @param status the status of each call, by its number from 1 on
   */
  WebCollector(IntUnaryOperator status) throws IOException {
    server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 10);
    server.setHttpsConfigurator(
        new HttpsConfigurator(ReceiverTls.server(Certificates.ec(), Optional.empty())));
    server.setExecutor(threads);
    server.createContext("/in", exchange -> take(exchange, status));
    server.start();
  }

  URI url() {
    return URI.create("https://localhost:" + server.getAddress().getPort() + "/in");
  }

  /** Lines that were answered with 2xx, in the order they came. */
  List<String> taken() {
    synchronized (taken) {
      return List.copyOf(taken);
    }
  }

  /** What calls brought as Authorization. */
  List<String> tokens() {
    synchronized (tokens) {
      return List.copyOf(tokens);
    }
  }

  int calls() {
    return calls.get();
  }

  /** What comes from now on is taken and not answered before {@link #letGo}. */
  void hold() {
    holds = true;
  }

  void letGo() {
    holds = false;
    gate.arrive();
  }

  private void take(HttpExchange exchange, IntUnaryOperator status) throws IOException {
    String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
    tokens.add(exchange.getRequestHeaders().getFirst("Authorization"));
    int phase = gate.getPhase();
    int answer = status.applyAsInt(calls.incrementAndGet());
    if (answer / 100 == 2) {
      taken.addAll(body.lines().toList());
    }
    if (holds) {
      gate.awaitAdvance(phase);
    }
    exchange.sendResponseHeaders(answer, -1);
    exchange.close();
  }

  @Override
  public void close() {
    letGo();
    server.stop(0);
    threads.close();
  }
}
