package im.palisade.server.security;

import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.LoadingCache;
import im.palisade.server.protocol.ErrorCode;
import im.palisade.server.protocol.ImException;
import im.palisade.server.security.UserSig.Generation;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.Signature;
import java.security.SignatureException;
import java.time.Clock;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** Verifies UserSigs (rest-conventions §6). Safe for use by many threads; never blocks. */
public final class UserSigVerifier {
  /** A signature issued further in the future than this is malformed. */
  static final Duration MOST_AHEAD = Duration.ofHours(24);

  private static final int MOST_KEYS_REMEMBERED = 10_000;

  private final Clock clock;

  /** Keyed MACs that are only ever cloned: keying one costs more than the MAC itself. */
  private final LoadingCache<VerificationKey.Hmac, Mac> keyed =
      Caffeine.newBuilder()
          .maximumSize(MOST_KEYS_REMEMBERED)
          .expireAfterAccess(Duration.ofMinutes(10))
          .build(UserSigVerifier::keyed);

  public UserSigVerifier(Clock clock) {
    this.clock = clock;
  }

  /**
   * Verifies a UserSig against every key of its generation. Whether it was invalidated by a kick
   * (§6.3) the caller decides by {@link VerifiedSig#issuedAt()}.
   *
   * @param appId the app the request names
   * @param userId the account the request names
   * @throws ImException 70002 empty, 70003 malformed or issued more than a day ahead, 70013 of
   *     another user, 70014 of another app, 70001 expired, 70016 no key of that generation, 70009
   *     signed with none of the keys; the first of these in this order
   */
  public VerifiedSig verify(long appId, String userId, String sig, List<VerificationKey> keys) {
    if (sig.isEmpty()) {
      throw new ImException(ErrorCode.SIG_EMPTY);
    }
    UserSig claim = UserSig.decode(sig);
    if (!claim.identifier().equals(userId)) {
      throw new ImException(ErrorCode.SIG_OTHER_USER);
    }
    if (claim.sdkAppId() != appId) {
      throw new ImException(ErrorCode.SIG_OTHER_APP);
    }
    long now = Math.floorDiv(clock.millis(), 1000);
    if (claim.time() > now + MOST_AHEAD.toSeconds()) {
      throw new ImException(ErrorCode.SIG_MALFORMED, "UserSig is issued too far in the future");
    }
    long expiresAt = saturatedSum(claim.time(), claim.expire());
    if (now > expiresAt) {
      throw new ImException(ErrorCode.SIG_EXPIRED);
    }
    if (!matchesAny(claim, keys)) {
      throw new ImException(ErrorCode.SIG_MISMATCH);
    }
    return new VerifiedSig(claim.time(), expiresAt);
  }

  private boolean matchesAny(UserSig claim, List<VerificationKey> keys) {
    byte[] sig;
    try {
      sig = Base64.getDecoder().decode(claim.sig());
    } catch (IllegalArgumentException e) {
      throw UserSig.malformed();
    }
    byte[] signed = claim.signed().getBytes(StandardCharsets.UTF_8);
    boolean tried = false;
    for (VerificationKey key : keys) {
      boolean matches =
          switch (key) {
            case VerificationKey.Hmac hmac when claim.generation() == Generation.HMAC -> {
              tried = true;
              yield MessageDigest.isEqual(mac(hmac, signed), sig);
            }
            case VerificationKey.Ecdsa ecdsa when claim.generation() == Generation.ECDSA -> {
              tried = true;
              yield verifies(ecdsa, signed, sig);
            }
            case VerificationKey.Hmac _, VerificationKey.Ecdsa _ -> false;
          };
      if (matches) {
        return true;
      }
    }
    if (!tried) {
      throw new ImException(ErrorCode.SIG_NO_KEY);
    }
    return false;
  }

  private byte[] mac(VerificationKey.Hmac key, byte[] signed) {
    try {
      return ((Mac) keyed.get(key).clone()).doFinal(signed);
    } catch (CloneNotSupportedException e) {
      return keyed(key).doFinal(signed);
    }
  }

  private static Mac keyed(VerificationKey.Hmac key) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(key.secret().getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
      return mac;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has HmacSHA256", e);
    }
  }

  private static boolean verifies(VerificationKey.Ecdsa key, byte[] signed, byte[] sig) {
    try {
      Signature signature = Signature.getInstance("SHA256withECDSA");
      signature.initVerify(key.key());
      signature.update(signed);
      return signature.verify(sig);
    } catch (SignatureException e) {
      return false; // not the DER of two integers
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("a key of the app is no EC key", e);
    }
  }

  private static long saturatedSum(long time, long expire) {
    long sum = time + expire;
    boolean overflow = ((time ^ sum) & (expire ^ sum)) < 0;
    return overflow ? (expire < 0 ? Long.MIN_VALUE : Long.MAX_VALUE) : sum;
  }
}
