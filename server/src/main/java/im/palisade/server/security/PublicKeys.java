package im.palisade.server.security;

import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.spec.X509EncodedKeySpec;
import java.util.Base64;

/** Reads public keys that apps bring along. */
public final class PublicKeys {
  private PublicKeys() {}

  /**
   * An EC public key.
   *
   * @param encoded SubjectPublicKeyInfo in DER
   * @throws IllegalArgumentException when it is none
   */
  public static PublicKey ec(byte[] encoded) {
    try {
      return KeyFactory.getInstance("EC").generatePublic(new X509EncodedKeySpec(encoded));
    } catch (GeneralSecurityException e) {
      throw new IllegalArgumentException("not an EC public key", e);
    }
  }

  /** The same from PEM text ("BEGIN PUBLIC KEY"). */
  public static PublicKey ecFromPem(String pem) {
    String base64 = pem.replaceAll("-----[A-Z ]+-----", "").replaceAll("\\s", "");
    return ec(Base64.getDecoder().decode(base64));
  }
}
