package im.palisade.compliance.event;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.Arrays;

/** Makes ULIDs: 48 bits of milliseconds and 80 more, in Crockford's base 32. */
public final class Ulid {
  private static final String DIGITS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
  private static final char[] ALPHABET = DIGITS.toCharArray();
  private static final SecureRandom RANDOM = new SecureRandom();

  private Ulid() {}

  /** A new one. */
  public static String next(Instant time) {
    byte[] more = new byte[10];
    RANDOM.nextBytes(more);
    return of(time, more);
  }

  /** The same one for the same time and seed: for events that may be handed over twice. */
  public static String derived(Instant time, byte[] seed) {
    try {
      return of(time, Arrays.copyOf(MessageDigest.getInstance("SHA-256").digest(seed), 10));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The time of one. */
  public static Instant time(String ulid) {
    long millis = 0;
    for (int i = 0; i < 10; i++) {
      millis = millis << 5 | DIGITS.indexOf(ulid.charAt(i));
    }
    return Instant.ofEpochMilli(millis);
  }

  private static String of(Instant time, byte[] more) {
    char[] out = new char[26];
    long millis = time.toEpochMilli();
    for (int i = 9; i >= 0; i--, millis >>>= 5) {
      out[i] = ALPHABET[(int) (millis & 31)];
    }
    for (int i = 0; i < 16; i++) {
      int bit = i * 5;
      int pair = ((more[bit / 8] & 255) << 8) | (bit / 8 < 9 ? (more[bit / 8 + 1] & 255) : 0);
      out[10 + i] = ALPHABET[(pair >> (11 - bit % 8)) & 31];
    }
    return new String(out);
  }
}
