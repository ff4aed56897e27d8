package im.palisade.compliance.checkpoint;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.MessageDigest;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;

/**
 * A verifier key of C2SP signed-note: {@code name+hash+base64(type || key)}. Types 0x01 (Ed25519)
 * and 0x04 (Ed25519 cosignature with a time) can be checked.
 */
@SuppressWarnings("ArrayRecordComponent") // compared by content or not at all
public record VerifierKey(String name, int id, int type, byte[] raw) {
  /** A note signature. */
  public static final int ED25519 = 1;

  /** A witness's cosignature, C2SP tlog-cosignature. */
  public static final int COSIGNATURE = 4;

  private static final byte[] SPKI_PREFIX = HexFormat.of().parseHex("302a300506032b6570032100");

  /** The key of that name. */
  public static VerifierKey of(String name, int type, byte[] raw) {
    if (name.isEmpty()
        || name.indexOf('+') >= 0
        || name.codePoints().anyMatch(VerifierKey::space)) {
      throw new IllegalArgumentException("not a key name: " + name);
    }
    if (raw.length != 32 || (type != ED25519 && type != COSIGNATURE)) {
      throw new IllegalArgumentException("not a key of a known type: " + name);
    }
    ByteArrayOutputStream hashed = new ByteArrayOutputStream();
    hashed.writeBytes(name.getBytes(StandardCharsets.UTF_8));
    hashed.write('\n');
    hashed.write(type);
    hashed.writeBytes(raw);
    try {
      byte[] hash = MessageDigest.getInstance("SHA-256").digest(hashed.toByteArray());
      return new VerifierKey(name, ByteBuffer.wrap(hash).getInt(), type, raw);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The key of a JDK public key. */
  public static VerifierKey of(String name, PublicKey key) {
    byte[] spki = key.getEncoded();
    if (spki.length != 44 || !Arrays.equals(SPKI_PREFIX, Arrays.copyOf(spki, 12))) {
      throw new IllegalArgumentException("not an Ed25519 key");
    }
    return of(name, ED25519, Arrays.copyOfRange(spki, 12, 44));
  }

  /**
   * Reads a key line.
   *
   * @throws IllegalArgumentException when it is malformed or its hash is not that of the key
   */
  public static VerifierKey parse(String line) {
    String[] parts = line.split("\\+", 3);
    if (parts.length != 3) {
      throw new IllegalArgumentException("not a verifier key line");
    }
    byte[] bytes = Base64.getDecoder().decode(parts[2]);
    if (bytes.length != 33) {
      throw new IllegalArgumentException("not a key of a known type: " + parts[0]);
    }
    VerifierKey key = of(parts[0], bytes[0], Arrays.copyOfRange(bytes, 1, 33));
    if (!key.idHex().equals(parts[1])) {
      throw new IllegalArgumentException("key id does not fit the key: " + parts[0]);
    }
    return key;
  }

  /** The key id as eight hexadecimal digits. */
  public String idHex() {
    return HexFormat.of().toHexDigits(id);
  }

  /** The key line. */
  public String line() {
    byte[] bytes = new byte[33];
    bytes[0] = (byte) type;
    System.arraycopy(raw, 0, bytes, 1, 32);
    return name + "+" + idHex() + "+" + Base64.getEncoder().encodeToString(bytes);
  }

  /**
   * Whether the signature bytes (without key id) are this key's over the note text. A cosignature
   * begins with its eight bytes of time.
   */
  public boolean verifies(String text, byte[] signature) {
    if (type == ED25519) {
      return signature.length == 64 && ed25519(text.getBytes(StandardCharsets.UTF_8), signature);
    }
    if (signature.length != 72) {
      return false;
    }
    long time = ByteBuffer.wrap(signature).getLong();
    byte[] message =
        ("cosignature/v1\ntime " + time + "\n" + text).getBytes(StandardCharsets.UTF_8);
    return time >= 0 && ed25519(message, Arrays.copyOfRange(signature, 8, 72));
  }

  /** Whether these are this key's 64 bytes over that message. */
  public boolean ed25519(byte[] message, byte[] signature) {
    try {
      byte[] spki = Arrays.copyOf(SPKI_PREFIX, 44);
      System.arraycopy(raw, 0, spki, 12, 32);
      Signature verifier = Signature.getInstance("Ed25519");
      verifier.initVerify(
          KeyFactory.getInstance("Ed25519").generatePublic(new X509EncodedKeySpec(spki)));
      verifier.update(message);
      return verifier.verify(signature);
    } catch (GeneralSecurityException e) {
      return false;
    }
  }

  private static boolean space(int c) {
    return Character.isWhitespace(c) || Character.isSpaceChar(c);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof VerifierKey key && key.line().equals(line());
  }

  @Override
  public int hashCode() {
    return line().hashCode();
  }

  @Override
  public String toString() {
    return line();
  }
}
