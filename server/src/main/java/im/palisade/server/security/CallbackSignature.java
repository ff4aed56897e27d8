package im.palisade.server.security;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** The token signature of webhooks (callbacks §1.4). */
public final class CallbackSignature {
  private CallbackSignature() {}

  /**
   * {@code Sign}: lower-case hex of SHA-256 over the token followed by the time in decimal.
   *
   * @param requestTime UNIX seconds
   */
  public static String of(String token, long requestTime) {
    try {
      byte[] signed = (token + requestTime).getBytes(StandardCharsets.UTF_8);
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(signed));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
