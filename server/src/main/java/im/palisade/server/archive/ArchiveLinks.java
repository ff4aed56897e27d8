package im.palisade.server.archive;

import im.palisade.server.protocol.ErrorCode;
import im.palisade.server.protocol.ImException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Clock;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** Links that are good for one file until a moment, for whoever holds them. */
final class ArchiveLinks {
  /** Where the listener serves them. */
  static final String PREFIX = "/archive";

  static final String EXPIRY = "e";
  static final String TAG = "t";

  private final SecretKeySpec key;
  private final Clock clock;

  /**
   * Links under a key.
   *
   * @param secret 64 hexadecimal digits
   */
  ArchiveLinks(String secret, Clock clock) {
    this.key = new SecretKeySpec(HexFormat.of().parseHex(secret), "HmacSHA256");
    this.clock = clock;
  }

  /** Path and query of a link. */
  String link(String file, Instant expiry) {
    long seconds = expiry.getEpochSecond();
    return PREFIX
        + "/"
        + file
        + "?"
        + EXPIRY
        + "="
        + seconds
        + "&"
        + TAG
        + "="
        + tag(file, seconds);
  }

  /**
   * Checks a link.
   *
   * @throws ImException HISTORY_BAD_URL, HISTORY_EXPIRED
   */
  void check(String file, Optional<String> expiry, Optional<String> tag) {
    long seconds;
    try {
      seconds = Long.parseLong(expiry.orElse(""));
    } catch (NumberFormatException e) {
      throw new ImException(ErrorCode.HISTORY_BAD_URL);
    }
    boolean genuine =
        MessageDigest.isEqual(
            tag(file, seconds).getBytes(StandardCharsets.US_ASCII),
            tag.orElse("").getBytes(StandardCharsets.UTF_8));
    if (!genuine) {
      throw new ImException(ErrorCode.HISTORY_BAD_URL);
    }
    if (clock.instant().getEpochSecond() > seconds) {
      throw new ImException(ErrorCode.HISTORY_EXPIRED, "the link has expired, ask for another");
    }
  }

  private String tag(String file, long expiry) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(key);
      byte[] bytes = mac.doFinal((file + "\n" + expiry).getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(bytes);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("HMAC-SHA256 is part of every JDK", e);
    }
  }
}
