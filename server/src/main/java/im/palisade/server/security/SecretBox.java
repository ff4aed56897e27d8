package im.palisade.server.security;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.Provider;
import java.security.SecureRandom;
import java.util.HexFormat;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * Seals small secrets that must stand in the database (app keys) with the installation's master
 * key: AES-256-GCM, one version byte, a random nonce, the owner as associated data.
 */
public final class SecretBox {
  private static final byte VERSION = 1;
  private static final int NONCE_BYTES = 12;
  private static final int TAG_BITS = 128;

  private static final String AES_GCM = "AES/GCM/NoPadding";
  private static final Provider PROVIDER = provider();

  private final SecretKeySpec key;
  private final SecureRandom random = new SecureRandom();

  /**
   * A box under a master key.
   *
   * @param masterKeyHex 64 hexadecimal digits
   */
  public SecretBox(String masterKeyHex) {
    byte[] bytes = HexFormat.of().parseHex(masterKeyHex.strip());
    if (bytes.length != 32) {
      throw new IllegalArgumentException("the master key must be 32 bytes");
    }
    this.key = new SecretKeySpec(bytes, "AES");
  }

  /** Seals a secret for its owner; only {@link #open} with the same owner gives it back. */
  public byte[] seal(byte[] secret, String owner) {
    byte[] nonce = new byte[NONCE_BYTES];
    random.nextBytes(nonce);
    try {
      byte[] sealed = cipher(Cipher.ENCRYPT_MODE, nonce, owner).doFinal(secret);
      return ByteBuffer.allocate(1 + NONCE_BYTES + sealed.length)
          .put(VERSION)
          .put(nonce)
          .put(sealed)
          .array();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("AES-GCM is part of every JDK", e);
    }
  }

  /**
   * Opens what was sealed.
   *
   * @throws IllegalArgumentException when it was sealed under another key or for another owner
   */
  public byte[] open(byte[] sealed, String owner) {
    if (sealed.length <= 1 + NONCE_BYTES || sealed[0] != VERSION) {
      throw new IllegalArgumentException("not a sealed secret of a known version");
    }
    ByteBuffer in = ByteBuffer.wrap(sealed, 1, sealed.length - 1);
    byte[] nonce = new byte[NONCE_BYTES];
    in.get(nonce);
    byte[] body = new byte[in.remaining()];
    in.get(body);
    try {
      return cipher(Cipher.DECRYPT_MODE, nonce, owner).doFinal(body);
    } catch (GeneralSecurityException e) {
      throw new IllegalArgumentException(
          "a secret of " + owner + " does not open with this master key", e);
    }
  }

  /** Asking all providers anew costs more than to seal a short text. */
  private static Provider provider() {
    try {
      return Cipher.getInstance(AES_GCM).getProvider();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("AES-GCM is part of every JDK", e);
    }
  }

  private Cipher cipher(int mode, byte[] nonce, String owner) throws GeneralSecurityException {
    Cipher cipher = Cipher.getInstance(AES_GCM, PROVIDER);
    cipher.init(mode, key, new GCMParameterSpec(TAG_BITS, nonce));
    cipher.updateAAD(owner.getBytes(StandardCharsets.UTF_8));
    return cipher;
  }
}
