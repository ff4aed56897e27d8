package im.palisade.server.security;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import im.palisade.server.config.SettingException;
import im.palisade.server.security.TlsSettings.PlainListeners;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.Optional;
import javax.crypto.Cipher;
import javax.crypto.EncryptedPrivateKeyInfo;
import javax.crypto.SecretKey;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What certificates are taken, and which plain listeners. */
class TransportSecurityTest {
  @TempDir private Path folder;
  private Path certificate;
  private Path key;

  @BeforeEach
  void files() {
    certificate = folder.resolve("server.pem");
    key = folder.resolve("server.key");
  }

  @Test
  void plainListenersAreForLoopback() {
    try (var security = TransportSecurity.load(TlsSettings.none())) {
      assertTrue(security.forListener("rest.host", "127.0.0.1").isEmpty());
      assertTrue(security.forListener("rest.host", "::1").isEmpty());
      for (String host : new String[] {"0.0.0.0", "::", "10.1.2.3"}) {
        var refusal =
            assertThrows(SettingException.class, () -> security.forListener("im.host", host), host);
        assertTrue(refusal.getMessage().startsWith("im.host: "), refusal.getMessage());
        assertTrue(refusal.getMessage().contains("tls.certificate"), refusal.getMessage());
        assertTrue(
            refusal.getMessage().contains("tls.plain-listeners: anywhere-unencrypted"),
            refusal.getMessage());
      }
    }
  }

  @Test
  void plainListenersAreAnywhereWhenTheSettingsSaySo() {
    var settings =
        new TlsSettings(
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Duration.ofMinutes(1),
            PlainListeners.ANYWHERE_UNENCRYPTED);
    try (var security = TransportSecurity.load(settings)) {
      assertTrue(security.forListener("rest.host", "0.0.0.0").isEmpty());
    }
  }

  @Test
  void withACertificateEveryListenerIsEncrypted() throws IOException {
    Certificates.ec().write(certificate, key);
    try (var security = TransportSecurity.load(Certificates.settings(certificate, key))) {
      assertTrue(security.forListener("rest.host", "0.0.0.0").isPresent());
      assertTrue(security.forListener("rest.host", "127.0.0.1").isPresent());
    }
  }

  @Test
  void rsaExpiredAndPkcs12CertificatesAreTaken() throws IOException {
    Certificates.rsa().write(certificate, key);
    TransportSecurity.load(Certificates.settings(certificate, key)).close();
    Certificates.expired().write(certificate, key);
    TransportSecurity.load(Certificates.settings(certificate, key)).close();

    Path store = Certificates.ec().keyStore();
    Path password = Files.writeString(folder.resolve("password"), Certificates.password() + "\n");
    TransportSecurity.load(
            Certificates.settings(Optional.of(store), Optional.empty(), Optional.of(password)))
        .close();
    refused("tls.certificate", Optional.of(store), Optional.empty(), Optional.empty());
    Files.writeString(password, "wrong");
    refused("tls.certificate", Optional.of(store), Optional.empty(), Optional.of(password));
  }

  @Test
  void anEncryptedKeyIsTakenWithItsPassword() throws IOException, GeneralSecurityException {
    var identity = Certificates.ec();
    identity.write(certificate, key);
    Certificates.pem(key, "ENCRYPTED PRIVATE KEY", encrypted(identity.key().getEncoded()));
    Path password = Files.writeString(folder.resolve("password"), "secret");
    TransportSecurity.load(
            Certificates.settings(
                Optional.of(certificate), Optional.of(key), Optional.of(password)))
        .close();
    refused("tls.key", Optional.of(certificate), Optional.of(key), Optional.empty());
    Files.writeString(password, "wrong");
    refused("tls.key", Optional.of(certificate), Optional.of(key), Optional.of(password));
  }

  @Test
  void whatDoesNotFitIsRefusedByTheNameOfItsSetting() throws IOException {
    Optional<Path> none = Optional.empty();
    Certificates.ec().write(certificate, key);
    refused("tls.key", Optional.of(certificate), none, none);
    refused("tls.key", Optional.of(certificate), Optional.of(folder.resolve("nowhere")), none);
    refused("tls.certificate", Optional.of(folder.resolve("nowhere")), Optional.of(key), none);
    refused("tls.certificate", Optional.of(key), Optional.of(key), none);
    refused("tls.key", Optional.of(certificate), Optional.of(certificate), none);
    Certificates.otherEc().write(folder.resolve("other.pem"), folder.resolve("other.key"));
    refused("tls.key", Optional.of(certificate), Optional.of(folder.resolve("other.key")), none);
    Certificates.rsa().write(folder.resolve("other.pem"), folder.resolve("other.key"));
    refused("tls.key", Optional.of(certificate), Optional.of(folder.resolve("other.key")), none);
    Files.writeString(key, Files.readString(key).replace(" PRIVATE", " EC PRIVATE"));
    var old = refused("tls.key", Optional.of(certificate), Optional.of(key), none);
    assertTrue(old.getMessage().contains("openssl pkcs8"), old.getMessage());
  }

  @Test
  void aWrongChangeKeepsTheOldCertificate() throws IOException {
    Certificates.ec().write(certificate, key);
    var slow =
        new TlsSettings(
            Optional.of(certificate),
            Optional.of(key),
            Optional.empty(),
            Duration.ofHours(1),
            PlainListeners.LOOPBACK_ONLY);
    try (var material = TlsMaterial.load(slow)) {
      assertFalse(material.reload());
      String good = Files.readString(key, StandardCharsets.US_ASCII);
      Files.writeString(key, "nonsense");
      assertFalse(material.reload());
      Files.delete(key);
      assertFalse(material.reload());
      var next = Certificates.otherEc();
      next.write(certificate, key);
      assertTrue(material.reload());
      Files.writeString(key, good);
      assertFalse(material.reload());
      next.write(certificate, key);
      assertFalse(material.reload(), "the certificate in use is back");
    }
  }

  private static SettingException refused(
      String setting, Optional<Path> certificate, Optional<Path> key, Optional<Path> password) {
    var settings = Certificates.settings(certificate, key, password);
    var refusal = assertThrows(SettingException.class, () -> TransportSecurity.load(settings));
    String message = refusal.getMessage();
    assertEquals(setting, message.substring(0, message.indexOf(':')), message);
    return refusal;
  }

  private static byte[] encrypted(byte[] pkcs8) throws GeneralSecurityException, IOException {
    String algorithm = "PBEWithHmacSHA256AndAES_256";
    SecretKey secret =
        SecretKeyFactory.getInstance(algorithm)
            .generateSecret(new PBEKeySpec("secret".toCharArray()));
    Cipher cipher = Cipher.getInstance(algorithm);
    cipher.init(Cipher.ENCRYPT_MODE, secret);
    // The cipher names its parameters by what is in them, which has no object identifier.
    AlgorithmParameters parameters = AlgorithmParameters.getInstance("PBES2");
    parameters.init(cipher.getParameters().getEncoded());
    return new EncryptedPrivateKeyInfo(parameters, cipher.doFinal(pkcs8)).getEncoded();
  }
}
