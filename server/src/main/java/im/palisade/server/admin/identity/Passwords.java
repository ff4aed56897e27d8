package im.palisade.server.admin.identity;

import im.palisade.server.admin.door.AdminException;
import im.palisade.server.admin.door.FieldFault.Fault;
import im.palisade.server.admin.door.Reason;
import im.palisade.server.admin.door.Refusal;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Base64;
import java.util.Locale;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.bouncycastle.crypto.generators.Argon2BytesGenerator;
import org.bouncycastle.crypto.params.Argon2Parameters;

/**
 * Passwords as Argon2id hashes (RFC 9106) with the parameters OWASP's cheat sheet names first: 19
 * MiB, two passes, one lane. Few are worked out at once: each takes memory and a core.
 */
public final class Passwords {
  /** Shortest password in characters. */
  public static final int MIN_LENGTH = 12;

  /** Longest password in characters. */
  public static final int MAX_LENGTH = 200;

  private static final int MEMORY_KIB = 19 << 10;
  private static final int PASSES = 2;
  private static final int LANES = 1;
  private static final int SALT_BYTES = 16;
  private static final int HASH_BYTES = 32;
  private static final int LEAST_DIFFERENT = 5;
  private static final int LEAST_NAME = 4;
  private static final Duration PATIENCE = Duration.ofSeconds(5);
  private static final Pattern PHC =
      Pattern.compile(
          "\\$argon2id\\$v=19\\$m=(\\d{1,7}),t=(\\d{1,3}),p=(\\d{1,2})"
              + "\\$([A-Za-z0-9+/]+)\\$([A-Za-z0-9+/]+)");

  private final SecureRandom random = new SecureRandom();
  private final Semaphore places =
      new Semaphore(Math.max(1, Runtime.getRuntime().availableProcessors() / 2), true);

  /**
   * What an unknown name's password is compared with, so that it takes as long as a known one's.
   */
  private final String nobody;

  public Passwords() {
    nobody = hash(Base64.getEncoder().encodeToString(random.generateSeed(HASH_BYTES)));
  }

  /** The password's hash in PHC form. */
  public String hash(String password) {
    byte[] salt = new byte[SALT_BYTES];
    random.nextBytes(salt);
    byte[] hash = argon2(password, salt, MEMORY_KIB, PASSES, LANES, HASH_BYTES);
    Base64.Encoder base64 = Base64.getEncoder().withoutPadding();
    return "$argon2id$v=19$m="
        + MEMORY_KIB
        + ",t="
        + PASSES
        + ",p="
        + LANES
        + "$"
        + base64.encodeToString(salt)
        + "$"
        + base64.encodeToString(hash);
  }

  /** Whether that is the password of the hash. */
  public boolean matches(String password, String phc) {
    Matcher parts = PHC.matcher(phc);
    if (!parts.matches()) {
      throw new IllegalStateException("a stored password is no Argon2id hash");
    }
    byte[] expected = Base64.getDecoder().decode(parts.group(5));
    byte[] actual =
        argon2(
            password,
            Base64.getDecoder().decode(parts.group(4)),
            Integer.parseInt(parts.group(1)),
            Integer.parseInt(parts.group(2)),
            Integer.parseInt(parts.group(3)),
            expected.length);
    return MessageDigest.isEqual(expected, actual);
  }

  /** Takes the time of a comparison; false. */
  public boolean matchesNobody(String password) {
    var _ = matches(password, nobody);
    return false;
  }

  /**
   * Refuses a password that is too easy to guess.
   *
   * @param field named in the refusal
   * @param name of the administrator
   */
  public static void check(String field, String password, String name) {
    int length = password.codePointCount(0, password.length());
    if (length < MIN_LENGTH) {
      throw AdminException.invalid(field, Fault.TOO_SHORT, Integer.toString(MIN_LENGTH));
    }
    if (length > MAX_LENGTH) {
      throw AdminException.invalid(field, Fault.TOO_LONG, Integer.toString(MAX_LENGTH));
    }
    if (name.length() >= LEAST_NAME && password.toLowerCase(Locale.ROOT).contains(name)) {
      throw AdminException.invalid(field, Fault.NOT_ALLOWED, Reason.HOLDS_NAME);
    }
    if (password.codePoints().distinct().count() < LEAST_DIFFERENT) {
      throw AdminException.invalid(field, Reason.FEW_CHARACTERS, Integer.toString(LEAST_DIFFERENT));
    }
  }

  private byte[] argon2(
      String password, byte[] salt, int memory, int passes, int lanes, int length) {
    boolean admitted = false;
    try {
      admitted = places.tryAcquire(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
      if (!admitted) {
        throw AdminException.later(Refusal.TOO_MANY, PATIENCE);
      }
      Argon2BytesGenerator generator = new Argon2BytesGenerator();
      generator.init(
          new Argon2Parameters.Builder(Argon2Parameters.ARGON2_id)
              .withVersion(Argon2Parameters.ARGON2_VERSION_13)
              .withMemoryAsKB(memory)
              .withIterations(passes)
              .withParallelism(lanes)
              .withSalt(salt)
              .build());
      byte[] hash = new byte[length];
      generator.generateBytes(password.getBytes(StandardCharsets.UTF_8), hash);
      return hash;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw AdminException.of(Refusal.UNAVAILABLE);
    } finally {
      if (admitted) {
        places.release();
      }
    }
  }
}
