package im.palisade.server.security;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.crypto.Cipher;
import javax.crypto.EncryptedPrivateKeyInfo;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;

/** Reads private keys and tells whose they are. */
final class PrivateKeys {
  private static final Pattern PEM =
      Pattern.compile("-----BEGIN ([A-Z ]*)PRIVATE KEY-----([^-]*)-----END \\1PRIVATE KEY-----");

  private static final List<String> ALGORITHMS = List.of("EC", "RSA", "EdDSA");

  private PrivateKeys() {}

  /**
   * Reads a PKCS#8 key, encrypted or not.
   *
   * @param password of an encrypted one
   * @throws IllegalArgumentException saying what is wrong
   */
  static PrivateKey fromPem(String pem, char[] password)
      throws GeneralSecurityException, IOException {
    Matcher block = PEM.matcher(pem);
    if (!block.find()) {
      throw new IllegalArgumentException("holds no PEM private key");
    }
    byte[] der = Base64.getMimeDecoder().decode(block.group(2));
    return switch (block.group(1).strip()) {
      case "" -> fromPkcs8(new PKCS8EncodedKeySpec(der));
      case "ENCRYPTED" -> fromPkcs8(decrypt(new EncryptedPrivateKeyInfo(der), password));
      default ->
          throw new IllegalArgumentException(
              "holds a key in the old "
                  + block.group(1).strip()
                  + " form; convert it: openssl pkcs8 -topk8 -nocrypt -in OLD -out NEW");
    };
  }

  /** Whether these are two halves of one key. */
  static boolean match(PrivateKey privateKey, PublicKey publicKey) {
    byte[] probe = "palisade".getBytes(StandardCharsets.US_ASCII);
    try {
      Signature signature = Signature.getInstance(signatureOf(privateKey));
      signature.initSign(privateKey);
      signature.update(probe);
      byte[] signed = signature.sign();
      signature.initVerify(publicKey);
      signature.update(probe);
      return signature.verify(signed);
    } catch (GeneralSecurityException e) {
      return false; // of another algorithm
    }
  }

  private static String signatureOf(PrivateKey key) {
    return switch (key.getAlgorithm()) {
      case "EC" -> "SHA256withECDSA";
      case "RSA" -> "SHA256withRSA";
      default -> key.getAlgorithm();
    };
  }

  private static PKCS8EncodedKeySpec decrypt(EncryptedPrivateKeyInfo encrypted, char[] password)
      throws GeneralSecurityException {
    if (password.length == 0) {
      throw new IllegalArgumentException("is encrypted: name its password in tls.password-file");
    }
    // PBES2 names itself only in its parameters.
    String algorithm =
        encrypted.getAlgParameters() == null
            ? encrypted.getAlgName()
            : encrypted.getAlgParameters().toString();
    Cipher cipher = Cipher.getInstance(algorithm);
    cipher.init(
        Cipher.DECRYPT_MODE,
        SecretKeyFactory.getInstance(algorithm).generateSecret(new PBEKeySpec(password)),
        encrypted.getAlgParameters());
    return encrypted.getKeySpec(cipher);
  }

  private static PrivateKey fromPkcs8(PKCS8EncodedKeySpec spec) throws GeneralSecurityException {
    for (String algorithm : ALGORITHMS) {
      try {
        return KeyFactory.getInstance(algorithm).generatePrivate(spec);
      } catch (InvalidKeySpecException e) {
        // of another algorithm
      }
    }
    throw new IllegalArgumentException("holds a key that is neither EC, RSA nor EdDSA");
  }
}
