package im.palisade.server.rest;

import im.palisade.server.protocol.ErrorCode;
import im.palisade.server.protocol.ImException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The parameters of a request. Percent escapes are decoded once, as UTF-8; {@code +} stands for
 * itself, since old clients send identifiers raw. Of a parameter given twice the first counts.
 */
final class Query {
  private final Map<String, String> values = new HashMap<>();

  private Query() {}

  /**
   * Reads a raw query string.
   *
   * @throws ImException 60002 when an escape is broken
   */
  static Query parse(String raw) {
    Query query = new Query();
    int from = 0;
    while (from < raw.length()) {
      int end = raw.indexOf('&', from);
      end = end < 0 ? raw.length() : end;
      int equals = raw.indexOf('=', from);
      if (equals < 0 || equals > end) {
        equals = end;
      }
      if (end > from) {
        query.values.putIfAbsent(
            decode(raw.substring(from, equals)),
            equals == end ? "" : decode(raw.substring(equals + 1, end)));
      }
      from = end + 1;
    }
    return query;
  }

  /** The value, or empty when the parameter is absent or has none. */
  Optional<String> find(String name) {
    String value = values.get(name);
    return value == null || value.isEmpty() ? Optional.empty() : Optional.of(value);
  }

  private static String decode(String text) {
    if (text.indexOf('%') < 0) {
      return text;
    }
    ByteBuffer bytes = ByteBuffer.allocate(text.length() * 3);
    int i = 0;
    while (i < text.length()) {
      char c = text.charAt(i);
      if (c == '%') {
        int high = i + 2 < text.length() ? Character.digit(text.charAt(i + 1), 16) : -1;
        int low = i + 2 < text.length() ? Character.digit(text.charAt(i + 2), 16) : -1;
        if (high < 0 || low < 0) {
          throw broken();
        }
        bytes.put((byte) (high << 4 | low));
        i += 3;
      } else {
        int next = text.indexOf('%', i);
        next = next < 0 ? text.length() : next;
        bytes.put(text.substring(i, next).getBytes(StandardCharsets.UTF_8));
        i = next;
      }
    }
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(bytes.flip()).toString();
    } catch (CharacterCodingException e) {
      throw broken();
    }
  }

  private static ImException broken() {
    return new ImException(ErrorCode.HTTP_UNPARSABLE, "the query string has a broken escape");
  }
}
