package im.palisade.server.admin.door;

import io.helidon.http.Header;
import io.helidon.http.HeaderNames;
import io.helidon.http.HeaderValues;
import io.helidon.webserver.http.ServerResponse;
import java.util.List;

/** What a browser is told not to do with the console's pages. */
final class SecurityHeaders {
  /** Scripts, styles and everything else come from this very place, and none stand in a page. */
  static final String CONTENT_POLICY =
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:;"
          + " font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'self';"
          + " frame-ancestors 'none'";

  private static final List<Header> ALL =
      List.of(
          header("Content-Security-Policy", CONTENT_POLICY),
          header("X-Content-Type-Options", "nosniff"),
          header("X-Frame-Options", "DENY"),
          header("Referrer-Policy", "no-referrer"),
          header("Cross-Origin-Opener-Policy", "same-origin"),
          header("Cross-Origin-Resource-Policy", "same-origin"),
          header("Permissions-Policy", "camera=(), microphone=(), geolocation=(), payment=()"));

  private static final Header TRANSPORT = header("Strict-Transport-Security", "max-age=31536000");

  private SecurityHeaders() {}

  static void add(ServerResponse response, boolean encrypted) {
    ALL.forEach(response::header);
    if (encrypted) {
      response.header(TRANSPORT);
    }
  }

  private static Header header(String name, String value) {
    return HeaderValues.createCached(HeaderNames.create(name), value);
  }
}
