package im.palisade.server.rest;

import com.fasterxml.jackson.databind.node.ObjectNode;
import im.palisade.server.protocol.ErrorCode;
import im.palisade.server.protocol.ImException;
import im.palisade.server.store.StoreException;
import io.helidon.http.HeaderNames;
import io.helidon.http.HeaderValues;
import io.helidon.http.Status;
import io.helidon.webserver.CloseConnectionException;
import io.helidon.webserver.http.HttpRules;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Files this listener serves, and takes, beside the API, each by a link that says for itself
 * whether it is good. A refusal carries the usual envelope: HTTP 403 for a link that is not good,
 * 404 for what is gone, another 4xx for an upload that is not as announced.
 *
 * @param prefix first part of the path, e.g. {@code /archive}
 * @param whenGone the code of a file that is not there
 * @param sink takes uploads, if any are taken
 */
public record FileRoute(String prefix, ErrorCode whenGone, Source source, Optional<Sink> sink) {
  private static final Logger LOG = LoggerFactory.getLogger(FileRoute.class);

  /**
   * A file to send.
   *
   * @param shown whether a browser may show it; else it is only offered for saving, since a page or
   *     a drawing with scripts would run as if it came from this server
   */
  public record Served(Path file, String contentType, boolean shown) {}

  /** What a link says: the last part of its path, its parameters, and who came with it. */
  public record Link(String name, Function<String, Optional<String>> parameters, String address) {}

  /** Finds what a link means. */
  @FunctionalInterface
  public interface Source {
    /**
     * Checks a link; empty when what it names is gone.
     *
     * @throws ImException when the link is not good; then its code is answered
     */
    Optional<Served> open(Link link);
  }

  /** Takes uploads. */
  @FunctionalInterface
  public interface Sink {
    /**
     * Takes a file.
     *
     * @return the answer's fields
     * @throws ImException to refuse
     * @throws IOException when the body breaks off
     */
    ObjectNode take(Link link, InputStream body) throws IOException;
  }

  /** Files that are only read. */
  public static FileRoute of(String prefix, ErrorCode whenGone, Source source) {
    return new FileRoute(prefix, whenGone, source, Optional.empty());
  }

  void register(HttpRules rules, Callers callers, ReadWatch readWatch) {
    String path = prefix + "/{name}";
    rules.get(path, (request, response) -> serve(request, response, callers));
    sink.ifPresent(
        takes ->
            rules
                .put(
                    path, (request, response) -> take(takes, request, response, callers, readWatch))
                .options(path, (request, response) -> allow(response)));
  }

  private void serve(ServerRequest request, ServerResponse response, Callers callers) {
    Optional<Served> served;
    try {
      served = source.open(link(request, callers));
    } catch (ImException e) {
      refuse(response, Status.FORBIDDEN_403, e);
      return;
    }
    served.ifPresentOrElse(
        found -> send(response, found),
        () -> refuse(response, Status.NOT_FOUND_404, new ImException(whenGone)));
  }

  private void send(ServerResponse response, Served found) {
    try (InputStream in = Files.newInputStream(found.file())) {
      response
          .header(HeaderNames.CONTENT_TYPE, found.contentType())
          .header(HeaderNames.CACHE_CONTROL, "no-store")
          .header(HeaderNames.create("X-Content-Type-Options"), "nosniff")
          .header(HeaderNames.create("Content-Security-Policy"), "default-src 'none'; sandbox")
          .header(HeaderNames.ACCESS_CONTROL_ALLOW_ORIGIN, "*")
          .header(HeaderNames.CONTENT_LENGTH, Long.toString(Files.size(found.file())));
      if (!found.shown()) {
        response.header(HeaderNames.CONTENT_DISPOSITION, "attachment");
      }
      try (OutputStream out = response.outputStream()) {
        in.transferTo(out);
      }
    } catch (IOException e) {
      if (!response.isSent()) {
        refuse(response, Status.NOT_FOUND_404, new ImException(whenGone));
      }
    }
  }

  private static void take(
      Sink sink,
      ServerRequest request,
      ServerResponse response,
      Callers callers,
      ReadWatch readWatch) {
    Optional<RuntimeException> unread = Optional.empty();
    try (InputStream body = new Watched(request.content().inputStream(), readWatch)) {
      ObjectNode answer = sink.take(link(request, callers), body);
      send(response, Status.OK_200, RestReply.ok(answer));
    } catch (ImException e) {
      // What is left of the body is not worth reading.
      unread = Optional.of(new CloseConnectionException("the upload was refused"));
      response.header(HeaderValues.CONNECTION_CLOSE);
      refuse(response, statusOf(e), e);
    } catch (StoreException e) {
      LOG.error("an upload failed in the store", e);
      unread = Optional.of(new CloseConnectionException("the upload failed"));
      response.header(HeaderValues.CONNECTION_CLOSE);
      refuse(
          response,
          Status.SERVICE_UNAVAILABLE_503,
          e.refusal(ErrorCode.BACKEND_TIMEOUT, ErrorCode.BACKEND_TIMEOUT));
    } catch (IOException e) {
      unread = Optional.of(new CloseConnectionException("the upload broke off"));
    }
    if (unread.isPresent()) {
      throw unread.get();
    }
  }

  /** Browsers ask before they upload from another origin's page; the link itself is the right. */
  private static void allow(ServerResponse response) {
    response
        .status(Status.NO_CONTENT_204)
        .header(HeaderNames.ACCESS_CONTROL_ALLOW_ORIGIN, "*")
        .header(HeaderNames.ACCESS_CONTROL_ALLOW_METHODS, "GET, PUT")
        .header(HeaderNames.ACCESS_CONTROL_ALLOW_HEADERS, "Content-Type")
        .header(HeaderNames.create("Access-Control-Max-Age"), "86400")
        .send();
  }

  private static Link link(ServerRequest request, Callers callers) {
    Query query = Query.parse(request.query().rawValue());
    return new Link(
        request.path().pathParameters().get("name"), query::find, callers.address(request));
  }

  private static Status statusOf(ImException refusal) {
    if (refusal.code() == ErrorCode.FILE_TOO_LARGE.number()) {
      return Status.REQUEST_ENTITY_TOO_LARGE_413;
    }
    if (refusal.code() == ErrorCode.FILE_NO_ACCESS.number()) {
      return Status.FORBIDDEN_403;
    }
    return refusal.code() == ErrorCode.OVERLOADED.number()
        ? Status.SERVICE_UNAVAILABLE_503
        : Status.BAD_REQUEST_400;
  }

  private static void refuse(ServerResponse response, Status status, ImException reason) {
    send(response, status, RestReply.failed(reason));
  }

  private static void send(ServerResponse response, Status status, RestReply reply) {
    response
        .status(status)
        .header(HeaderNames.CONTENT_TYPE, "application/json; charset=utf-8")
        .header(HeaderNames.ACCESS_CONTROL_ALLOW_ORIGIN, "*")
        .send(reply.bytes(Family.GATEWAY));
  }

  /** A body whose every piece must come within the listener's idle time. */
  private static final class Watched extends FilterInputStream {
    private final ReadWatch readWatch;

    Watched(InputStream in, ReadWatch readWatch) {
      super(in);
      this.readWatch = readWatch;
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 255;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
      readWatch.reading();
      try {
        return super.read(bytes, offset, length);
      } catch (IllegalStateException | UncheckedIOException e) {
        throw new IOException("the body cannot be read", e);
      } finally {
        readWatch.serving();
      }
    }
  }
}
