package im.palisade.compliance.checkpoint;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.Set;

/** Signs with a private key of the JDK; also reads and writes the sealed key file. */
public final class Ed25519Signer implements NoteSigner {
  private final PrivateKey key;
  private final VerifierKey verifierKey;

  public Ed25519Signer(PrivateKey key, VerifierKey verifierKey) {
    this.key = key;
    this.verifierKey = verifierKey;
  }

  /** A fresh key. */
  public static Ed25519Signer generate(String name) {
    try {
      KeyPair pair = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
      return new Ed25519Signer(pair.getPrivate(), VerifierKey.of(name, pair.getPublic()));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  /**
   * Writes the key into a new file that only its owner may read.
   *
   * @throws IOException when the file exists or cannot be written
   */
  public void seal(Path file) throws IOException {
    String text =
        verifierKey.line() + "\n" + Base64.getEncoder().encodeToString(key.getEncoded()) + "\n";
    Files.createFile(
        file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    Files.writeString(file, text, StandardOpenOption.WRITE, StandardOpenOption.SYNC);
  }

  /**
   * Reads a sealed key file.
   *
   * @throws IOException when it cannot be read, is malformed, or others than its owner may read it
   */
  public static Ed25519Signer unseal(Path file) throws IOException {
    Set<PosixFilePermission> allowed = PosixFilePermissions.fromString("rw-------");
    if (!allowed.containsAll(Files.getPosixFilePermissions(file))) {
      throw new IOException("others than the owner have rights on the audit signing key: " + file);
    }
    try {
      String[] lines = Files.readString(file, StandardCharsets.UTF_8).split("\n", -1);
      PrivateKey key =
          KeyFactory.getInstance("Ed25519")
              .generatePrivate(new PKCS8EncodedKeySpec(Base64.getDecoder().decode(lines[1])));
      Ed25519Signer signer = new Ed25519Signer(key, VerifierKey.parse(lines[0]));
      byte[] probe = "probe".getBytes(StandardCharsets.UTF_8);
      if (!signer.verifierKey.ed25519(probe, signer.sign(probe))) {
        throw new IOException("private and public audit key do not belong together: " + file);
      }
      return signer;
    } catch (GeneralSecurityException | IllegalArgumentException | IndexOutOfBoundsException e) {
      throw new IOException("not a sealed audit signing key: " + file, e);
    }
  }

  @Override
  public VerifierKey verifierKey() {
    return verifierKey;
  }

  @Override
  public byte[] sign(byte[] message) {
    try {
      Signature signature = Signature.getInstance("Ed25519");
      signature.initSign(key);
      signature.update(message);
      return signature.sign();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("the audit signing key cannot be used", e);
    }
  }

  @Override
  public NoteSigner named(String name) {
    return new Ed25519Signer(key, VerifierKey.of(name, VerifierKey.ED25519, verifierKey.raw()));
  }
}
