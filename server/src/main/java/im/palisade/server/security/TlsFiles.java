package im.palisade.server.security;

import im.palisade.server.config.Setting;
import im.palisade.server.config.SettingException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.MessageDigest;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** The contents of the files that {@link TlsSettings} names, and what they mean. */
final class TlsFiles {
  private final TlsSettings settings;
  private final byte[] certificate;
  private final byte[] key;
  private final char[] password;

  private TlsFiles(TlsSettings settings, byte[] certificate, byte[] key, char[] password) {
    this.settings = settings;
    this.certificate = certificate;
    this.key = key;
    this.password = password;
  }

  /** Reads the files; throws SettingException when one is missing. */
  static TlsFiles read(TlsSettings settings) {
    byte[] password = content(TlsSettings.PASSWORD_FILE, settings.passwordFile());
    return new TlsFiles(
        settings,
        content(TlsSettings.CERTIFICATE, settings.certificate()),
        content(TlsSettings.KEY, settings.key()),
        new String(password, StandardCharsets.UTF_8).strip().toCharArray());
  }

  /** A name for exactly these contents. */
  String digest() {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      for (byte[] part :
          List.of(certificate, key, new String(password).getBytes(StandardCharsets.UTF_8))) {
        digest.update(MessageDigest.getInstance("SHA-256").digest(part));
      }
      return HexFormat.of().formatHex(digest.digest());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  /**
   * The key and chain in them.
   *
   * @throws SettingException when they are unreadable or do not belong together
   */
  TlsIdentity identity() {
    String name = settings.certificate().orElseThrow().toString().toLowerCase(Locale.ROOT);
    TlsIdentity identity =
        name.endsWith(".p12") || name.endsWith(".pfx") ? fromKeyStore() : fromPem();
    if (!PrivateKeys.match(identity.key(), identity.leaf().getPublicKey())) {
      throw new SettingException(
          TlsSettings.KEY.key(), "the key does not belong to the first certificate of the chain");
    }
    return identity;
  }

  private TlsIdentity fromPem() {
    if (key.length == 0) {
      throw new SettingException(TlsSettings.KEY.key(), "must name the certificate's private key");
    }
    List<X509Certificate> chain;
    try {
      chain =
          CertificateFactory.getInstance("X.509")
              .generateCertificates(new ByteArrayInputStream(certificate))
              .stream()
              .map(X509Certificate.class::cast)
              .toList();
    } catch (GeneralSecurityException e) {
      throw wrong(TlsSettings.CERTIFICATE, "holds no PEM certificates", e);
    }
    if (chain.isEmpty()) {
      throw new SettingException(TlsSettings.CERTIFICATE.key(), "holds no certificate");
    }
    try {
      PrivateKey read = PrivateKeys.fromPem(new String(key, StandardCharsets.US_ASCII), password);
      return new TlsIdentity(digest(), read, chain);
    } catch (GeneralSecurityException | IOException | IllegalArgumentException e) {
      throw wrong(TlsSettings.KEY, e.getMessage(), e);
    }
  }

  private TlsIdentity fromKeyStore() {
    try {
      KeyStore store = KeyStore.getInstance("PKCS12");
      store.load(new ByteArrayInputStream(certificate), password);
      List<String> aliases = Collections.list(store.aliases());
      for (String alias : aliases) {
        if (store.getKey(alias, password) instanceof PrivateKey read) {
          Certificate[] chain = store.getCertificateChain(alias);
          return new TlsIdentity(
              digest(), read, Arrays.stream(chain).map(X509Certificate.class::cast).toList());
        }
      }
      throw new SettingException(TlsSettings.CERTIFICATE.key(), "holds no private key");
    } catch (GeneralSecurityException | IOException e) {
      throw wrong(TlsSettings.CERTIFICATE, "cannot be opened as PKCS#12: " + e.getMessage(), e);
    }
  }

  private static byte[] content(Setting<?> setting, Optional<Path> file) {
    if (file.isEmpty()) {
      return new byte[0];
    }
    try {
      return Files.readAllBytes(file.get());
    } catch (IOException e) {
      throw new SettingException(setting.key(), file.get() + " cannot be read", e);
    }
  }

  private static SettingException wrong(Setting<?> setting, String what, Exception cause) {
    return new SettingException(setting.key(), what, cause);
  }
}
