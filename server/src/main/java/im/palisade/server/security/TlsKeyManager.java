package im.palisade.server.security;

import java.net.Socket;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.stream.Stream;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedKeyManager;

/**
 * Hands out one identity that can be exchanged. A handshake asks for an alias, the chain and the
 * key one after the other; the identity before the newest is kept, so that it gets all three of
 * one.
 */
final class TlsKeyManager extends X509ExtendedKeyManager {
  private volatile List<TlsIdentity> newestFirst;

  TlsKeyManager(TlsIdentity identity) {
    newestFirst = List.of(identity);
  }

  /** Hands this one out from now on; false when it is the one in use. */
  synchronized boolean use(TlsIdentity identity) {
    TlsIdentity newest = newestFirst.getFirst();
    if (newest.alias().equals(identity.alias())) {
      return false;
    }
    newestFirst = List.of(identity, newest);
    return true;
  }

  @Override
  public String[] getServerAliases(String keyType, Principal[] issuers) {
    return Stream.ofNullable(alias(keyType)).toArray(String[]::new);
  }

  @Override
  public String chooseServerAlias(String keyType, Principal[] issuers, Socket socket) {
    return alias(keyType);
  }

  @Override
  public String chooseEngineServerAlias(String keyType, Principal[] issuers, SSLEngine engine) {
    return alias(keyType);
  }

  @Override
  public X509Certificate[] getCertificateChain(String alias) {
    for (TlsIdentity identity : newestFirst) {
      if (identity.alias().equals(alias)) {
        return identity.chain().toArray(X509Certificate[]::new);
      }
    }
    return null;
  }

  @Override
  public PrivateKey getPrivateKey(String alias) {
    for (TlsIdentity identity : newestFirst) {
      if (identity.alias().equals(alias)) {
        return identity.key();
      }
    }
    return null;
  }

  @Override
  public String[] getClientAliases(String keyType, Principal[] issuers) {
    return null;
  }

  @Override
  public String chooseClientAlias(String[] keyType, Principal[] issuers, Socket socket) {
    return null;
  }

  /** The alias when the key is of that type, else null, as the interface wants it. */
  private String alias(String keyType) {
    TlsIdentity newest = newestFirst.getFirst();
    return newest.key().getAlgorithm().equalsIgnoreCase(keyType) ? newest.alias() : null;
  }
}
