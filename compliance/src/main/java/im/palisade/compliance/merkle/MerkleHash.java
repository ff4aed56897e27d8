package im.palisade.compliance.merkle;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/** The hashes of RFC 9162 section 2.1.1 over SHA-256. */
public final class MerkleHash {
  /** Bytes of a hash. */
  public static final int LENGTH = 32;

  private static final ThreadLocal<MessageDigest> SHA256 =
      ThreadLocal.withInitial(
          () -> {
            try {
              return MessageDigest.getInstance("SHA-256");
            } catch (NoSuchAlgorithmException e) {
              throw new IllegalStateException(e);
            }
          });

  private MerkleHash() {}

  /** The root of the empty tree. */
  public static byte[] empty() {
    return SHA256.get().digest();
  }

  /** SHA-256(0x00 || entry). */
  public static byte[] leaf(byte[] entry) {
    MessageDigest digest = SHA256.get();
    digest.update((byte) 0);
    return digest.digest(entry);
  }

  /** SHA-256(0x01 || left || right). */
  public static byte[] node(byte[] left, byte[] right) {
    MessageDigest digest = SHA256.get();
    digest.update((byte) 1);
    digest.update(left);
    return digest.digest(right);
  }

  /** SHA-256 of bytes, for files. */
  public static byte[] sha256(byte[] bytes) {
    return SHA256.get().digest(bytes);
  }
}
