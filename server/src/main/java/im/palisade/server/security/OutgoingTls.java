package im.palisade.server.security;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;
import javax.net.ssl.X509TrustManager;

/** TLS of connections this server opens: whom it trusts and what it shows of itself. */
public final class OutgoingTls {
  private static final char[] NO_PASSWORD = {};

  private OutgoingTls() {}

  /** Whether a peer's certificate is looked at. */
  public enum Verification {
    ON,
    /** As on, but nobody counts beside the given authorities. */
    GIVEN_ONLY,
    /** An operator's decision, never an app's. */
    OFF
  }

  /**
   * A context for client connections.
   *
   * @param authorities PEM certificates trusted beside those the JDK trusts, or alone
   * @param identity PEM: our certificate and its chain, and its PKCS#8 key, not encrypted
   * @throws IllegalArgumentException saying what of these is wrong
   */
  public static SSLContext context(
      Optional<String> authorities, Optional<String> identity, Verification verification) {
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      KeyManager[] keys = identity.isPresent() ? keys(identity.get()) : new KeyManager[0];
      TrustManager[] trust =
          switch (verification) {
            case ON -> current(trust(authorities));
            case GIVEN_ONLY -> current(only(authorities.orElseThrow()));
            case OFF -> new TrustManager[] {new Anybody()};
          };
      context.init(keys, trust, null);
      return context;
    } catch (GeneralSecurityException | IOException e) {
      throw new IllegalArgumentException("TLS material: " + e.getMessage(), e);
    }
  }

  private static TrustManager[] trust(Optional<String> authorities)
      throws GeneralSecurityException, IOException {
    TrustManagerFactory factory =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    factory.init((KeyStore) null);
    if (authorities.isEmpty()) {
      return factory.getTrustManagers();
    }
    int number = 0;
    KeyStore all = empty();
    for (TrustManager each : factory.getTrustManagers()) {
      if (each instanceof X509TrustManager known) {
        for (X509Certificate issuer : known.getAcceptedIssuers()) {
          all.setCertificateEntry("jdk-" + number++, issuer);
        }
      }
    }
    return trusting(all, authorities.get());
  }

  private static TrustManager[] only(String authorities)
      throws GeneralSecurityException, IOException {
    return trusting(empty(), authorities);
  }

  private static TrustManager[] trusting(KeyStore all, String authorities)
      throws GeneralSecurityException {
    int number = 0;
    for (Certificate own : certificates(authorities)) {
      all.setCertificateEntry("own-" + number++, own);
    }
    TrustManagerFactory extended =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    extended.init(all);
    return extended.getTrustManagers();
  }

  /** The JDK does not ask whether a certificate that is itself trusted has expired. */
  private static TrustManager[] current(TrustManager[] trust) {
    for (int i = 0; i < trust.length; i++) {
      if (trust[i] instanceof X509ExtendedTrustManager delegate) {
        trust[i] = new Current(delegate);
      }
    }
    return trust;
  }

  private static KeyManager[] keys(String identity) throws GeneralSecurityException, IOException {
    List<X509Certificate> chain = certificates(identity);
    PrivateKey key = PrivateKeys.fromPem(identity, NO_PASSWORD);
    if (!PrivateKeys.match(key, chain.getFirst().getPublicKey())) {
      throw new IllegalArgumentException("the key does not belong to the first certificate");
    }
    KeyStore own = empty();
    own.setKeyEntry("own", key, NO_PASSWORD, chain.toArray(Certificate[]::new));
    KeyManagerFactory factory =
        KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    factory.init(own, NO_PASSWORD);
    return factory.getKeyManagers();
  }

  private static List<X509Certificate> certificates(String pem) throws GeneralSecurityException {
    StringBuilder blocks = new StringBuilder();
    String begin = "-----BEGIN CERTIFICATE-----";
    String end = "-----END CERTIFICATE-----";
    for (int from = pem.indexOf(begin); from >= 0; from = pem.indexOf(begin, from + 1)) {
      int to = pem.indexOf(end, from);
      if (to < 0) {
        throw new IllegalArgumentException("a certificate is cut off");
      }
      blocks.append(pem, from, to + end.length()).append('\n');
    }
    byte[] bytes = blocks.toString().getBytes(StandardCharsets.US_ASCII);
    List<X509Certificate> found =
        CertificateFactory.getInstance("X.509")
            .generateCertificates(new ByteArrayInputStream(bytes))
            .stream()
            .map(X509Certificate.class::cast)
            .toList();
    if (found.isEmpty()) {
      throw new IllegalArgumentException("holds no PEM certificate");
    }
    return found;
  }

  private static KeyStore empty() throws GeneralSecurityException, IOException {
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, NO_PASSWORD);
    return store;
  }

  /** Trusts whom another trusts, while their certificate is valid. */
  private static final class Current extends X509ExtendedTrustManager {
    private final X509ExtendedTrustManager delegate;

    Current(X509ExtendedTrustManager delegate) {
      this.delegate = delegate;
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket)
        throws CertificateException {
      delegate.checkClientTrusted(chain, type, socket);
      chain[0].checkValidity();
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket)
        throws CertificateException {
      delegate.checkServerTrusted(chain, type, socket);
      chain[0].checkValidity();
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine)
        throws CertificateException {
      delegate.checkClientTrusted(chain, type, engine);
      chain[0].checkValidity();
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine)
        throws CertificateException {
      delegate.checkServerTrusted(chain, type, engine);
      chain[0].checkValidity();
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type)
        throws CertificateException {
      delegate.checkClientTrusted(chain, type);
      chain[0].checkValidity();
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type)
        throws CertificateException {
      delegate.checkServerTrusted(chain, type);
      chain[0].checkValidity();
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return delegate.getAcceptedIssuers();
    }
  }

  /** Trusts everybody, under any name. */
  private static final class Anybody extends X509ExtendedTrustManager {
    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) {}

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type) {}

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }
}
