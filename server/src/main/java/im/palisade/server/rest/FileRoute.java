package im.palisade.server.rest;

import im.palisade.server.protocol.ErrorCode;
import im.palisade.server.protocol.ImException;
import io.helidon.http.HeaderNames;
import io.helidon.http.Status;
import io.helidon.webserver.http.HttpRules;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Function;

/**
 * Files this listener serves beside the API, each by a link that says for itself whether it is
 * good. A refusal is HTTP 403 with the usual envelope; what a good link names and is gone is 404.
 *
 * @param prefix first part of the path, e.g. {@code /archive}
 */
public record FileRoute(String prefix, Source source) {

  /** A file to send. */
  public record Served(Path file, String contentType) {}

  /** Finds what a link means. */
  @FunctionalInterface
  public interface Source {
    /**
     * Checks a link.
     *
     * @param name last part of the path
     * @param parameters of the query, by name
     * @param address the caller's
     * @throws ImException when the link is not good; then its code is answered
     */
    Served open(String name, Function<String, Optional<String>> parameters, String address);
  }

  void register(HttpRules rules, Callers callers) {
    rules.get(prefix + "/{name}", (request, response) -> serve(request, response, callers));
  }

  private void serve(ServerRequest request, ServerResponse response, Callers callers) {
    Served served;
    try {
      Query query = Query.parse(request.query().rawValue());
      String name = request.path().pathParameters().get("name");
      served = source.open(name, query::find, callers.address(request));
    } catch (ImException e) {
      refuse(response, Status.FORBIDDEN_403, e);
      return;
    }
    try (InputStream in = Files.newInputStream(served.file())) {
      response
          .header(HeaderNames.CONTENT_TYPE, served.contentType())
          .header(HeaderNames.CACHE_CONTROL, "no-store")
          .header(HeaderNames.CONTENT_LENGTH, Long.toString(Files.size(served.file())));
      try (OutputStream out = response.outputStream()) {
        in.transferTo(out);
      }
    } catch (IOException e) {
      if (!response.isSent()) {
        refuse(response, Status.NOT_FOUND_404, new ImException(ErrorCode.HISTORY_EXPIRED));
      }
    }
  }

  private static void refuse(ServerResponse response, Status status, ImException reason) {
    response
        .status(status)
        .header(HeaderNames.CONTENT_TYPE, "application/json; charset=utf-8")
        .send(RestReply.failed(reason).bytes(Family.GATEWAY));
  }
}
