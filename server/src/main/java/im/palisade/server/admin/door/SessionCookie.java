package im.palisade.server.admin.door;

import io.helidon.http.HeaderNames;
import io.helidon.http.SetCookie;
import io.helidon.webserver.http.ServerRequest;
import java.time.Duration;
import java.util.Optional;

/**
 * The cookie a session's token travels in. Where it is encrypted the name begins with {@code
 * __Host-}: then browsers take it from this very host only, for every path, and never in the clear.
 */
final class SessionCookie {
  private static final String NAME = "palisade-console";
  private static final String HOST_NAME = "__Host-" + NAME;
  private static final int TOKEN_LENGTH = 43;

  private SessionCookie() {}

  /** The token the request carries, if it looks like one. */
  static Optional<String> read(ServerRequest request, boolean encrypted) {
    if (!request.headers().contains(HeaderNames.COOKIE)) {
      return Optional.empty();
    }
    String prefix = name(encrypted) + "=";
    for (String line : request.headers().get(HeaderNames.COOKIE).allValues()) {
      for (String pair : line.split(";", -1)) {
        String cookie = pair.strip();
        if (cookie.startsWith(prefix) && cookie.length() == prefix.length() + TOKEN_LENGTH) {
          return Optional.of(cookie.substring(prefix.length()));
        }
      }
    }
    return Optional.empty();
  }

  /** The cookie of a token, gone with the browser; of none one that is gone at once. */
  static SetCookie write(String token, boolean encrypted) {
    SetCookie.Builder cookie =
        SetCookie.builder(name(encrypted), token)
            .path("/")
            .httpOnly(true)
            .secure(encrypted)
            .sameSite(SetCookie.SameSite.STRICT);
    return token.isEmpty() ? cookie.maxAge(Duration.ZERO).build() : cookie.build();
  }

  private static String name(boolean encrypted) {
    return encrypted ? HOST_NAME : NAME;
  }
}
