package im.palisade.server.security;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Clock;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Optional;
import java.util.function.Function;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** Links that are good for one thing until a moment, for whoever holds them. */
public final class SignedLinks {
  private static final String EXPIRY = "e";
  private static final String TAG = "t";

  private final SecretKeySpec key;
  private final Clock clock;

  /** What a link is worth. */
  public enum Verdict {
    GOOD,
    /** It was good once. */
    EXPIRED,
    FORGED
  }

  /**
   * Links under a key.
   *
   * @param secret 64 hexadecimal digits
   */
  public SignedLinks(String secret, Clock clock) {
    this.key = new SecretKeySpec(HexFormat.of().parseHex(secret), "HmacSHA256");
    this.clock = clock;
  }

  /**
   * The two parameters that make a link good, as they stand in its query.
   *
   * @param subject everything the link stands for; two purposes must not share one
   */
  public String parameters(String subject, Instant expiry) {
    long seconds = expiry.getEpochSecond();
    return EXPIRY + "=" + seconds + "&" + TAG + "=" + tag(subject, seconds);
  }

  /** Judges a link by the parameters of its query. */
  public Verdict check(String subject, Function<String, Optional<String>> parameters) {
    long seconds;
    try {
      seconds = Long.parseLong(parameters.apply(EXPIRY).orElse(""));
    } catch (NumberFormatException e) {
      return Verdict.FORGED;
    }
    boolean genuine =
        MessageDigest.isEqual(
            tag(subject, seconds).getBytes(StandardCharsets.US_ASCII),
            parameters.apply(TAG).orElse("").getBytes(StandardCharsets.UTF_8));
    if (!genuine) {
      return Verdict.FORGED;
    }
    return clock.instant().getEpochSecond() > seconds ? Verdict.EXPIRED : Verdict.GOOD;
  }

  private String tag(String subject, long expiry) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(key);
      byte[] bytes = mac.doFinal((subject + "\n" + expiry).getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(bytes);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("HMAC-SHA256 is part of every JDK", e);
    }
  }
}
