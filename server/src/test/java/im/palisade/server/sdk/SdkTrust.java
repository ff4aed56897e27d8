package im.palisade.server.sdk;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import okhttp3.internal.platform.Jdk9Platform;
import okhttp3.internal.platform.Platform;

/**
 * What OkHttp trusts. The SDK builds a client of its own for every call and lets nobody set it; its
 * users would name a trust store to the whole JVM, which here runs other tests as well.
 */
final class SdkTrust {
  private SdkTrust() {}

  /** OkHttp trusts this certificate alone from now on. */
  static void onlyIn(X509Certificate certificate) throws IOException, GeneralSecurityException {
    KeyStore trusted = KeyStore.getInstance("PKCS12");
    trusted.load(null, null);
    trusted.setCertificateEntry("server", certificate);
    TrustManagerFactory factory =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    factory.init(trusted);
    X509TrustManager manager =
        Arrays.stream(factory.getTrustManagers())
            .filter(X509TrustManager.class::isInstance)
            .map(X509TrustManager.class::cast)
            .findFirst()
            .orElseThrow();
    Platform.Companion.resetForTests(
        new Jdk9Platform() {
          @Override
          public X509TrustManager platformTrustManager() {
            return manager;
          }
        });
  }
}
