package im.palisade.server.security;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** Self-signed certificates for tests, made by the JDK's keytool. */
public final class Certificates {
  private static final String PASSWORD = "changeit-please";

  private static final Map<String, Identity> MADE = new HashMap<>();

  private Certificates() {}

  /** A key and its certificate. */
  public record Identity(PrivateKey key, X509Certificate certificate, Path keyStore) {
    /** Writes both as PEM. */
    public void write(Path certificateFile, Path keyFile) throws IOException {
      try {
        pem(certificateFile, "CERTIFICATE", certificate.getEncoded());
        pem(keyFile, "PRIVATE KEY", key.getEncoded());
      } catch (GeneralSecurityException e) {
        throw new IOException(e);
      }
    }
  }

  /** The password of every key store made here. */
  public static String password() {
    return PASSWORD;
  }

  /** On P-256. */
  public static Identity ec() throws IOException {
    return made("first", List.of("-keyalg", "EC", "-groupname", "secp256r1"), 30);
  }

  /** On P-256, and not {@link #ec()}. */
  public static Identity otherEc() throws IOException {
    return made("second", List.of("-keyalg", "EC", "-groupname", "secp256r1"), 30);
  }

  public static Identity rsa() throws IOException {
    return made("rsa", List.of("-keyalg", "RSA", "-keysize", "2048"), 30);
  }

  public static Identity expired() throws IOException {
    return made("expired", List.of("-keyalg", "EC", "-startdate", "-10d"), 5);
  }

  /** A client's side of TLS that trusts this certificate alone. */
  public static SSLContext trusting(Identity identity)
      throws IOException, GeneralSecurityException {
    KeyStore trusted = KeyStore.getInstance("PKCS12");
    trusted.load(null, null);
    trusted.setCertificateEntry("server", identity.certificate());
    TrustManagerFactory trust =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(trusted);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, trust.getTrustManagers(), null);
    return context;
  }

  /** Settings over PEM files. */
  public static TlsSettings settings(Path certificate, Path key) {
    return settings(Optional.of(certificate), Optional.of(key), Optional.empty());
  }

  /** Settings that look at their files every 50 ms. */
  public static TlsSettings settings(
      Optional<Path> certificate, Optional<Path> key, Optional<Path> password) {
    return new TlsSettings(
        certificate,
        key,
        password,
        Duration.ofMillis(50),
        TlsSettings.PlainListeners.LOOPBACK_ONLY);
  }

  static void pem(Path file, String kind, byte[] der) throws IOException {
    String base64 = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der);
    String text = "-----BEGIN " + kind + "-----\n" + base64 + "\n-----END " + kind + "-----\n";
    Files.writeString(file, text);
  }

  /** Starting keytool takes a second, so what it made serves every test. */
  private static synchronized Identity made(String name, List<String> algorithm, int days)
      throws IOException {
    Identity known = MADE.get(name);
    if (known == null) {
      known = make(name, algorithm, days);
      MADE.put(name, known);
    }
    return known;
  }

  private static Identity make(String name, List<String> algorithm, int days) throws IOException {
    Path folder = Files.createTempDirectory("palisade-certificates");
    Path store = folder.resolve(name + ".p12");
    folder.toFile().deleteOnExit();
    store.toFile().deleteOnExit();
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
    command.addAll(List.of("-genkeypair", "-alias", "k", "-dname", "CN=localhost"));
    command.addAll(List.of("-ext", "san=dns:localhost,ip:127.0.0.1", "-storetype", "PKCS12"));
    command.addAll(List.of("-storepass", PASSWORD, "-keystore", store.toString()));
    command.addAll(List.of("-validity", Integer.toString(days)));
    command.addAll(algorithm);
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    try (OutputStream nothing = process.getOutputStream();
        var in = Files.newInputStream(ended(process, store))) {
      nothing.flush();
      KeyStore keys = KeyStore.getInstance("PKCS12");
      keys.load(in, PASSWORD.toCharArray());
      Certificate certificate = keys.getCertificate("k");
      PrivateKey key = (PrivateKey) keys.getKey("k", PASSWORD.toCharArray());
      return new Identity(key, (X509Certificate) certificate, store);
    } catch (GeneralSecurityException e) {
      throw new IOException(e);
    }
  }

  private static Path ended(Process process, Path store) throws IOException {
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    try {
      if (!process.waitFor(30, TimeUnit.SECONDS) || process.exitValue() != 0) {
        throw new IOException("keytool: " + said);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(e);
    }
    return store;
  }
}
