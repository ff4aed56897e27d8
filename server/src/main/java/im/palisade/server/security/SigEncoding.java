package im.palisade.server.security;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/** Undoes the outer encoding of a UserSig: Base64 with {@code *-_}, then zlib. */
final class SigEncoding {
  /** Most bytes of JSON (rest-conventions §6.1). */
  static final int MAX_JSON_BYTES = 8 << 10;

  private static final int MAX_TEXT = 16 << 10;
  private static final int USUAL_JSON_BYTES = 512;

  /** An inflater holds about 40 KB of native memory, so a few are kept instead of made. */
  private static final ArrayBlockingQueue<Inflater> IDLE = new ArrayBlockingQueue<>(16);

  private SigEncoding() {}

  /** The JSON bytes; throws 70003 for what is no such text or is too large. */
  static byte[] inflate(String text) {
    if (text.length() > MAX_TEXT) {
      throw UserSig.malformed();
    }
    byte[] compressed;
    try {
      byte[] base64 = text.getBytes(StandardCharsets.ISO_8859_1);
      for (int i = 0; i < base64.length; i++) {
        base64[i] =
            switch (base64[i]) {
              case '*' -> '+';
              case '-' -> '/';
              case '_' -> '=';
              default -> base64[i];
            };
      }
      compressed = Base64.getDecoder().decode(base64);
    } catch (IllegalArgumentException e) {
      throw UserSig.malformed();
    }
    Inflater pooled = IDLE.poll();
    Inflater inflater = pooled == null ? new Inflater() : pooled;
    try {
      return inflate(inflater, compressed);
    } catch (DataFormatException e) {
      throw UserSig.malformed();
    } finally {
      inflater.reset();
      if (!IDLE.offer(inflater)) {
        inflater.end();
      }
    }
  }

  private static byte[] inflate(Inflater inflater, byte[] compressed) throws DataFormatException {
    inflater.setInput(compressed);
    byte[] json = new byte[USUAL_JSON_BYTES];
    int length = 0;
    while (true) {
      int read = inflater.inflate(json, length, json.length - length);
      length += read;
      if (inflater.finished()) {
        return Arrays.copyOf(json, length);
      }
      if (length == json.length && length < MAX_JSON_BYTES) {
        json = Arrays.copyOf(json, Math.min(length * 4, MAX_JSON_BYTES));
      } else if (read == 0) {
        throw UserSig.malformed();
      }
    }
  }
}
