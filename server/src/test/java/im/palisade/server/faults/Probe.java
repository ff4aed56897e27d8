package im.palisade.server.faults;

import com.fasterxml.jackson.databind.JsonNode;
import im.palisade.cli.ConnectionFile;
import im.palisade.server.protocol.Json;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import org.awaitility.Awaitility;

/** Asks {@code /healthz/ready}, as a load balancer does. */
final class Probe {
  private static final HttpClient HTTP = HttpClient.newHttpClient();
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private Probe() {}

  record Answer(int status, JsonNode body) {
    /** What it says of one thing the server needs. */
    JsonNode check(String name) {
      for (JsonNode check : body.path("checks")) {
        if (check.path("name").asText().equals(name)) {
          return check;
        }
      }
      throw new AssertionError(name + " is not in " + body);
    }
  }

  static Answer ready(ConnectionFile facts) throws IOException, InterruptedException {
    HttpResponse<byte[]> response =
        HTTP.send(
            HttpRequest.newBuilder(URI.create(facts.restUrl() + "/healthz/ready"))
                .timeout(PATIENCE)
                .build(),
            BodyHandlers.ofByteArray());
    return new Answer(response.statusCode(), Json.mapper().readTree(response.body()));
  }

  static void awaitReady(ConnectionFile facts, Duration within) {
    Awaitility.await().atMost(within).until(() -> ready(facts).status() == 200);
  }
}
