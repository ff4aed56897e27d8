package im.palisade.server.security;

import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.time.Clock;
import java.time.Duration;

/** Issues UserSigs, as an app's own back end does (rest-conventions §6). */
public final class UserSigSigner {
  private final Clock clock;

  public UserSigSigner(Clock clock) {
    this.clock = clock;
  }

  /** A UserSig of generation 2.0, valid from now on. */
  public String sign(long sdkAppId, VerificationKey.Hmac key, String userId, Duration validFor) {
    return UserSig.hmac(sdkAppId, key.secret(), userId, now(), validFor.toSeconds());
  }

  /**
   * A UserSig of the legacy generation, valid from now on.
   *
   * @throws GeneralSecurityException when the key is not an EC key
   */
  public String signLegacy(long sdkAppId, PrivateKey key, String userId, Duration validFor)
      throws GeneralSecurityException {
    return UserSig.ecdsa(sdkAppId, key, userId, now(), validFor.toSeconds());
  }

  private long now() {
    return Math.floorDiv(clock.millis(), 1000);
  }
}
