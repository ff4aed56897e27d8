package im.palisade.server.admin.identity;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** Random tokens, which are kept as hashes only: they are long enough not to need a slow one. */
final class Tokens {
  static final int RECOVERY_CODES = 10;

  private static final int TOKEN_BYTES = 32;
  private static final int RECOVERY_BYTES = 10;
  private static final SecureRandom RANDOM = new SecureRandom();

  private Tokens() {}

  /** A token of 256 bits. */
  static String next() {
    byte[] bytes = new byte[TOKEN_BYTES];
    RANDOM.nextBytes(bytes);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }

  /** A password to be handed over and changed at its first use. */
  static String password() {
    byte[] bytes = new byte[RECOVERY_BYTES];
    RANDOM.nextBytes(bytes);
    return grouped(Totp.base32(bytes).toLowerCase(Locale.ROOT));
  }

  /** Fresh recovery codes of 80 bits each. */
  static List<String> recoveryCodes() {
    List<String> codes = new ArrayList<>();
    for (int i = 0; i < RECOVERY_CODES; i++) {
      codes.add(password());
    }
    return codes;
  }

  /** A recovery code as it was given out, however it is typed. */
  static String canonical(String recoveryCode) {
    return recoveryCode.toLowerCase(Locale.ROOT).replaceAll("[^a-z2-7]", "");
  }

  static byte[] hash(String token) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(token.getBytes(StandardCharsets.UTF_8));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  /** What a page must send with every act of the session of that token. */
  static String csrf(String token) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(token.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
      byte[] hash = mac.doFinal("csrf".getBytes(StandardCharsets.UTF_8));
      return Base64.getUrlEncoder().withoutPadding().encodeToString(hash);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has HmacSHA256", e);
    }
  }

  static boolean same(String one, String other) {
    return MessageDigest.isEqual(
        one.getBytes(StandardCharsets.UTF_8), other.getBytes(StandardCharsets.UTF_8));
  }

  private static String grouped(String text) {
    return String.join("-", text.split("(?<=\\G.{4})"));
  }
}
