package im.palisade.server.security;

import im.palisade.server.config.SettingException;
import io.helidon.common.tls.Tls;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.Supplier;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.TrustManager;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The server's certificate for its listeners. A change of its files is noticed and used for new
 * connections; while the new files are wrong, the old certificate stays in use.
 */
public final class TlsMaterial implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(TlsMaterial.class);
  private static final Duration EXPIRES_SOON = Duration.ofDays(14);

  private static final List<String> PROTOCOLS = List.of("TLSv1.3", "TLSv1.2");

  /** Forward secrecy and authenticated encryption only; the cheapest first. */
  private static final List<String> CIPHER_SUITES =
      List.of(
          "TLS_AES_128_GCM_SHA256",
          "TLS_AES_256_GCM_SHA384",
          "TLS_CHACHA20_POLY1305_SHA256",
          "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
          "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
          "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
          "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
          "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256",
          "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256");

  private final TlsSettings settings;
  private final TlsKeyManager keys;
  private final SSLContext jdk;
  private final SslContext netty;
  private final Thread watcher;

  /** Of the files looked at last, whether they were good or not. */
  private String seen;

  private TlsMaterial(TlsSettings settings, TlsIdentity identity) {
    this.settings = settings;
    this.keys = new TlsKeyManager(identity);
    this.seen = identity.alias();
    try {
      jdk = SSLContext.getInstance("TLS");
      jdk.init(new KeyManager[] {keys}, new TrustManager[0], null);
      netty =
          SslContextBuilder.forServer(keys)
              .sslProvider(SslProvider.JDK)
              .protocols(PROTOCOLS)
              .ciphers(CIPHER_SUITES)
              .build();
    } catch (GeneralSecurityException | SSLException e) {
      throw new SettingException(TlsSettings.CERTIFICATE.key(), "cannot be used: " + e, e);
    }
    watcher = Thread.ofPlatform().daemon().name("tls-reload").unstarted(this::watch);
  }

  /**
   * Loads the files and watches them until closed.
   *
   * @throws SettingException when they cannot be used, naming the setting
   */
  static TlsMaterial load(TlsSettings settings) {
    TlsIdentity identity = TlsFiles.read(settings).identity();
    TlsMaterial material = new TlsMaterial(settings, identity);
    report("TLS uses", identity);
    material.watcher.start();
    return material;
  }

  /**
   * For Helidon listeners on sockets, not on channels; needs no reload, since its key manager
   * always has the newest key.
   *
   * @param opening what is done before TLS begins
   */
  public Tls helidon(TlsOpening opening) {
    SSLParameters parameters = new SSLParameters();
    parameters.setProtocols(PROTOCOLS.toArray(String[]::new));
    parameters.setCipherSuites(CIPHER_SUITES.toArray(String[]::new));
    parameters.setUseCipherSuitesOrder(true);
    parameters.setApplicationProtocols(new String[] {"http/1.1"});
    return Tls.builder()
        .sslContext(TlsSockets.context(jdk, parameters, opening))
        .sslParameters(parameters)
        .build();
  }

  /** For Netty listeners, to be asked for every connection. */
  public Supplier<SslContext> netty() {
    return () -> netty;
  }

  /** Looks at the files now; true when a new certificate is in use. */
  synchronized boolean reload() {
    try {
      TlsFiles files = TlsFiles.read(settings);
      if (files.digest().equals(seen)) {
        return false;
      }
      seen = files.digest();
      TlsIdentity identity = files.identity();
      if (!keys.use(identity)) {
        return false;
      }
      report("TLS now uses", identity);
      return true;
    } catch (SettingException e) {
      LOG.warn("TLS keeps its certificate, the changed files cannot be used: {}", e.getMessage());
      return false;
    }
  }

  @Override
  public void close() {
    watcher.interrupt();
  }

  private void watch() {
    try {
      while (true) {
        Thread.sleep(settings.reloadInterval());
        reload();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void report(String what, TlsIdentity identity) {
    Instant until = identity.leaf().getNotAfter().toInstant();
    Instant now = Instant.now();
    if (now.isAfter(until) || now.isBefore(identity.leaf().getNotBefore().toInstant())) {
      LOG.warn(
          "{} the certificate of {}, which is not valid now (until {})", what, identity, until);
    } else if (now.plus(EXPIRES_SOON).isAfter(until)) {
      LOG.warn("{} the certificate of {}, which expires soon, at {}", what, identity, until);
    } else {
      LOG.info("{} the certificate of {}, valid until {}", what, identity, until);
    }
  }
}
