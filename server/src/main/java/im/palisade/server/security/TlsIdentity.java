package im.palisade.server.security;

import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.List;

/**
 * A private key and its certificate chain, leaf first.
 *
 * @param alias another content has another alias
 */
record TlsIdentity(String alias, PrivateKey key, List<X509Certificate> chain) {
  TlsIdentity {
    chain = List.copyOf(chain);
  }

  /** The certificate of the server itself. */
  X509Certificate leaf() {
    return chain.getFirst();
  }

  @Override
  public String toString() {
    return leaf().getSubjectX500Principal().getName();
  }
}
