package im.palisade.compliance.witness;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** Serves {@code POST /add-checkpoint} and, for the log's operator, {@code GET /key}. */
public final class WitnessServer implements AutoCloseable {
  private static final int MAX_REQUEST = 64 << 10;

  private final Witness witness;
  private final HttpServer server;
  private final ExecutorService workers = Executors.newFixedThreadPool(4);

  /** Starts to serve at that address; port 0 takes any. */
  public WitnessServer(Witness witness, InetSocketAddress address) throws IOException {
    this.witness = witness;
    server = HttpServer.create(address, 0);
    server.createContext("/", this::handle);
    server.setExecutor(workers);
    server.start();
  }

  /** The port it listens at. */
  public int port() {
    return server.getAddress().getPort();
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      String route = exchange.getRequestMethod() + " " + exchange.getRequestURI().getPath();
      Witness.Answer answer;
      try {
        answer =
            switch (route) {
              case "POST /add-checkpoint" ->
                  witness.addCheckpoint(exchange.getRequestBody().readNBytes(MAX_REQUEST + 1));
              case "GET /key" -> Witness.Answer.text(200, witness.verifierKey().line() + "\n");
              default -> Witness.Answer.text(404, "POST /add-checkpoint or GET /key\n");
            };
      } catch (IOException e) {
        System.getLogger("witness").log(System.Logger.Level.ERROR, "cannot keep its record", e);
        answer = Witness.Answer.text(500, "the witness cannot keep its record\n");
      }
      byte[] body = answer.body().getBytes(StandardCharsets.UTF_8);
      exchange.getResponseHeaders().set("Content-Type", answer.contentType());
      exchange.sendResponseHeaders(answer.status(), body.length);
      exchange.getResponseBody().write(body);
      System.getLogger("witness")
          .log(System.Logger.Level.INFO, witness.now() + " " + route + " " + answer.status());
    }
  }

  @Override
  public void close() {
    server.stop(0);
    workers.shutdown();
  }
}
