package im.palisade.server.auditlog.forward;

import im.palisade.compliance.anchor.HttpCall;
import im.palisade.compliance.export.ExportFormat;
import im.palisade.compliance.export.PlacedEntry;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import javax.net.ssl.SSLContext;

/** An HTTPS address that takes events as lines of JSON; an answer of 2xx confirms them. */
final class WebReceiver implements Receiver {
  private static final Duration CONNECT = Duration.ofSeconds(10);
  private static final Duration ANSWER = Duration.ofSeconds(30);
  private static final Settling EACH_CALL = new Settling(Forwarder.BATCH, Duration.ZERO);

  private final URI url;
  private final ExportFormat format;
  private final Optional<String> token;
  private final HttpClient client;

  WebReceiver(URI url, ExportFormat format, Optional<String> token, SSLContext tls) {
    this.url = url;
    this.format = format;
    this.token = token;
    this.client =
        HttpClient.newBuilder()
            .sslContext(tls)
            .connectTimeout(CONNECT)
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER)
            .build();
  }

  @Override
  public String name() {
    return "https";
  }

  @Override
  public String place() {
    return url.getScheme() + "://" + url.getRawAuthority().replaceFirst("^.*@", "");
  }

  @Override
  public Settling settling() {
    return EACH_CALL;
  }

  @Override
  public void send(List<PlacedEntry> events) throws IOException {
    String body =
        events.stream().map(event -> format.line(event) + "\n").collect(Collectors.joining());
    PlacedEntry first = events.getFirst();
    HttpRequest.Builder request =
        HttpRequest.newBuilder(url)
            .header("Content-Type", format.mediaType())
            // The same events come under the same key when they are repeated.
            .header("Idempotency-Key", first.origin() + "/" + first.index() + "+" + events.size())
            .POST(BodyPublishers.ofString(body));
    token.ifPresent(text -> request.header("Authorization", "Bearer " + text));
    int status = HttpCall.send(client, request.build(), ANSWER).statusCode();
    if (status / 100 != 2) {
      throw new IOException(place() + " answered " + status);
    }
  }

  @Override
  public void settle() {
    // The answer was the confirmation.
  }

  @Override
  public void reset() {
    // Connections are the client's.
  }

  @Override
  public void abort() {
    client.shutdownNow();
  }
}
