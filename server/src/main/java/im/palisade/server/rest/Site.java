package im.palisade.server.rest;

import com.fasterxml.jackson.databind.node.ObjectNode;
import im.palisade.server.protocol.ErrorCode;
import im.palisade.server.protocol.ImException;
import im.palisade.server.protocol.Json;
import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.http.Status;
import io.helidon.webserver.http.HttpRules;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * A small web site on this listener, with its files in memory and one form. Nothing of it may be
 * framed, run inline or fetch from elsewhere.
 *
 * @param prefix first part of its path, e.g. {@code /chat}
 * @param connectTo from the host name a browser used, the origins that the page may connect to
 *     besides its own
 */
public record Site(String prefix, Pages pages, Form form, UnaryOperator<String> connectTo) {
  private static final int MAX_FORM_BYTES = 4 << 10;
  private static final HeaderName CSP = HeaderNames.create("Content-Security-Policy");
  private static final HeaderName NO_SNIFF = HeaderNames.create("X-Content-Type-Options");
  private static final HeaderName REFERRER = HeaderNames.create("Referrer-Policy");
  private static final HeaderName FETCH_SITE = HeaderNames.create("Sec-Fetch-Site");

  /** A file of the site, as it is sent plain and with gzip. */
  public static final class Page {
    private final byte[] bytes;
    private final byte[] compressed;
    private final String contentType;
    private final String etag;

    /** A file; what is handed over is kept. */
    public Page(byte[] bytes, byte[] compressed, String contentType, String etag) {
      this.bytes = bytes;
      this.compressed = compressed;
      this.contentType = contentType;
      this.etag = etag;
    }
  }

  /** Finds files by name; the first one is {@code index.html}. */
  @FunctionalInterface
  public interface Pages {
    Optional<Page> find(String name);
  }

  /** Answers what a page of this site posts to {@code <prefix>/<name>}. */
  public interface Form {
    /** Its name. */
    String name();

    /**
     * Answers.
     *
     * @param host the host name that the browser used
     * @throws ImException to refuse
     */
    ObjectNode answer(ObjectNode posted, String host);
  }

  void register(HttpRules rules) {
    rules
        .get(prefix, (_, response) -> redirect(response))
        .get(prefix + "/", (request, response) -> serve("index.html", request, response))
        .get(
            prefix + "/{name}",
            (request, response) ->
                serve(request.path().pathParameters().get("name"), request, response))
        .post(prefix + "/" + form.name(), this::post);
  }

  private void redirect(ServerResponse response) {
    response.status(Status.MOVED_PERMANENTLY_301).header(HeaderNames.LOCATION, prefix + "/").send();
  }

  private void serve(String name, ServerRequest request, ServerResponse response) {
    Optional<Page> found = pages.find(name);
    if (found.isEmpty()) {
      response.status(Status.NOT_FOUND_404).header(NO_SNIFF, "nosniff").send();
      return;
    }
    Page page = found.get();
    response
        .header(HeaderNames.ETAG, page.etag)
        .header(HeaderNames.CACHE_CONTROL, "no-cache")
        .header(HeaderNames.VARY, "Accept-Encoding")
        .header(NO_SNIFF, "nosniff")
        .header(REFERRER, "no-referrer")
        .header(CSP, policy(host(request)));
    if (header(request, HeaderNames.IF_NONE_MATCH).equals(page.etag)) {
      response.status(Status.NOT_MODIFIED_304).send();
      return;
    }
    response.header(HeaderNames.CONTENT_TYPE, page.contentType);
    if (header(request, HeaderNames.ACCEPT_ENCODING).contains("gzip")) {
      response.header(HeaderNames.CONTENT_ENCODING, "gzip").send(page.compressed);
    } else {
      response.send(page.bytes);
    }
  }

  private String policy(String host) {
    return "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self';"
        + " img-src 'self' data: blob: http: https:; media-src 'self' http: https:;"
        + " manifest-src 'self'; connect-src 'self' "
        + connectTo.apply(host)
        + "; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";
  }

  private void post(ServerRequest request, ServerResponse response) {
    try {
      // Another site's page must not act here in a visitor's name.
      String from = header(request, FETCH_SITE);
      if (!from.isEmpty() && !from.equals("same-origin")) {
        throw new ImException(ErrorCode.HTTP_UNPARSABLE, "posted by another site");
      }
      if (!header(request, HeaderNames.CONTENT_TYPE).startsWith("application/json")) {
        throw new ImException(ErrorCode.HTTP_UNPARSABLE, "not JSON");
      }
      send(response, Status.OK_200, form.answer(body(request), host(request)));
    } catch (ImException e) {
      ObjectNode json = Json.object().put("code", e.code()).put("info", e.getMessage());
      send(response, Status.BAD_REQUEST_400, json);
    }
  }

  private static ObjectNode body(ServerRequest request) {
    try (InputStream in = request.content().inputStream()) {
      byte[] bytes = in.readNBytes(MAX_FORM_BYTES + 1);
      if (bytes.length <= MAX_FORM_BYTES
          && Json.mapper().readTree(bytes) instanceof ObjectNode json) {
        return json;
      }
    } catch (IOException e) {
      throw new ImException(ErrorCode.HTTP_UNPARSABLE, "not JSON");
    }
    throw new ImException(ErrorCode.HTTP_UNPARSABLE, "no object, or too large");
  }

  private static void send(ServerResponse response, Status status, ObjectNode json) {
    response
        .status(status)
        .header(HeaderNames.CONTENT_TYPE, "application/json; charset=utf-8")
        .header(HeaderNames.CACHE_CONTROL, "no-store")
        .header(NO_SNIFF, "nosniff")
        .send(Json.bytes(json));
  }

  /** The host name alone; what could not be one is localhost, since it goes into a header. */
  private static String host(ServerRequest request) {
    String named = header(request, HeaderNames.HOST).replaceFirst(":[0-9]{1,5}$", "");
    return named.matches("[A-Za-z0-9.-]{1,255}|\\[[0-9A-Fa-f:.]{2,45}]") ? named : "localhost";
  }

  private static String header(ServerRequest request, HeaderName name) {
    return request.headers().contains(name) ? request.headers().get(name).get() : "";
  }
}
