package im.palisade.server.admin.door;

import im.palisade.server.protocol.Json;
import io.helidon.http.HeaderNames;
import io.helidon.http.HeaderValues;
import io.helidon.http.Status;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The console's files, out of the server's own jar. Only names of letters, digits, hyphens and dots
 * below {@code assets} are looked for, so that no path leads anywhere else.
 */
final class ConsolePages {
  private static final String ROOT = "/im/palisade/console/";
  private static final String START = "/console/";
  private static final Pattern ASSET =
      Pattern.compile("/console/((?:assets/)?[A-Za-z0-9_-]+(?:\\.[A-Za-z0-9_-]+)+)");
  private static final Map<String, String> TYPES =
      Map.of(
          "html", "text/html; charset=utf-8",
          "js", "text/javascript; charset=utf-8",
          "css", "text/css; charset=utf-8",
          "svg", "image/svg+xml",
          "png", "image/png",
          "ico", "image/x-icon",
          "woff2", "font/woff2",
          "json", "application/json");

  private final boolean tls;

  ConsolePages(boolean tls) {
    this.tls = tls;
  }

  void handle(ServerRequest request, ServerResponse response) {
    SecurityHeaders.add(response, tls);
    String method = request.prologue().method().text();
    String path = request.prologue().uriPath().rawPath();
    if (!method.equals("GET") && !method.equals("HEAD")) {
      refuse(response, Refusal.METHOD_NOT_ALLOWED);
    } else if (path.equals("/") || path.equals("/console")) {
      response
          .status(Status.FOUND_302)
          .header(HeaderValues.create(HeaderNames.LOCATION, START))
          .send();
    } else {
      serve(path, request, response);
    }
  }

  private static void serve(String path, ServerRequest request, ServerResponse response) {
    Optional<String> name = name(path);
    Optional<byte[]> plain = name.flatMap(ConsolePages::read);
    if (plain.isEmpty()) {
      refuse(response, Refusal.NOT_FOUND);
      return;
    }
    String ending = name.get().substring(name.get().lastIndexOf('.') + 1);
    response.header(
        HeaderNames.CONTENT_TYPE, TYPES.getOrDefault(ending, "application/octet-stream"));
    // The names of assets change with their content; the page that names them is asked for again.
    response.header(
        HeaderNames.CACHE_CONTROL,
        name.get().startsWith("assets/") ? "public, max-age=31536000, immutable" : "no-cache");
    response.header(HeaderNames.VARY, "Accept-Encoding");
    String accepted = request.headers().first(HeaderNames.ACCEPT_ENCODING).orElse("");
    Optional<byte[]> packed =
        accepted.contains("gzip") ? read(name.get() + ".gz") : Optional.empty();
    if (packed.isPresent()) {
      response.header(HeaderNames.CONTENT_ENCODING, "gzip");
    }
    response.status(Status.OK_200).send(packed.orElse(plain.get()));
  }

  private static Optional<String> name(String path) {
    if (path.equals(START)) {
      return Optional.of("index.html");
    }
    var asset = ASSET.matcher(path);
    return asset.matches() ? Optional.of(asset.group(1)) : Optional.empty();
  }

  private static Optional<byte[]> read(String name) {
    try (InputStream file = ConsolePages.class.getResourceAsStream(ROOT + name)) {
      return file == null ? Optional.empty() : Optional.of(file.readAllBytes());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void refuse(ServerResponse response, Refusal refusal) {
    response
        .status(Status.create(refusal.status()))
        .header(HeaderNames.CONTENT_TYPE, "application/json");
    Problem problem = Problem.of(AdminException.of(refusal), "");
    response.send(Json.bytes(Shapes.write(problem)));
  }
}
