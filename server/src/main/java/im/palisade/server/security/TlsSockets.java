package im.palisade.server.security;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.security.SecureRandom;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLContextSpi;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLServerSocketFactory;
import javax.net.ssl.SSLSessionContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManager;

/**
 * TLS over accepted sockets, with something done before it begins. Helidon asks the factory of its
 * context for that, which is the one place where a connection can be looked at ahead of TLS.
 */
final class TlsSockets extends SSLSocketFactory {
  private final SSLSocketFactory jdk;
  private final SSLParameters parameters;
  private final TlsOpening opening;

  private TlsSockets(SSLSocketFactory jdk, SSLParameters parameters, TlsOpening opening) {
    this.jdk = jdk;
    this.parameters = parameters;
    this.opening = opening;
  }

  /** A context as that one whose sockets are opened so. */
  static SSLContext context(SSLContext jdk, SSLParameters parameters, TlsOpening opening) {
    var sockets = new TlsSockets(jdk.getSocketFactory(), parameters, opening);
    return new SSLContext(new Spi(jdk, sockets), jdk.getProvider(), jdk.getProtocol()) {};
  }

  @Override
  public Socket createSocket(Socket accepted, InputStream consumed, boolean autoClose)
      throws IOException {
    // Closed with the TLS above it: Helidon closes only that.
    SSLSocket socket = (SSLSocket) jdk.createSocket(accepted, opening.open(accepted), true);
    socket.setSSLParameters(parameters);
    return socket;
  }

  @Override
  public String[] getDefaultCipherSuites() {
    return jdk.getDefaultCipherSuites();
  }

  @Override
  public String[] getSupportedCipherSuites() {
    return jdk.getSupportedCipherSuites();
  }

  @Override
  public Socket createSocket(Socket socket, String host, int port, boolean autoClose) {
    throw clients();
  }

  @Override
  public Socket createSocket(String host, int port) {
    throw clients();
  }

  @Override
  public Socket createSocket(String host, int port, InetAddress local, int localPort) {
    throw clients();
  }

  @Override
  public Socket createSocket(InetAddress host, int port) {
    throw clients();
  }

  @Override
  public Socket createSocket(InetAddress host, int port, InetAddress local, int localPort) {
    throw clients();
  }

  private static UnsupportedOperationException clients() {
    return new UnsupportedOperationException("a listener's context has no clients");
  }

  private static final class Spi extends SSLContextSpi {
    private final SSLContext jdk;
    private final SSLSocketFactory sockets;

    Spi(SSLContext jdk, SSLSocketFactory sockets) {
      this.jdk = jdk;
      this.sockets = sockets;
    }

    @Override
    protected void engineInit(KeyManager[] keys, TrustManager[] trust, SecureRandom random) {
      throw new IllegalStateException("the context is ready");
    }

    @Override
    protected SSLSocketFactory engineGetSocketFactory() {
      return sockets;
    }

    @Override
    protected SSLServerSocketFactory engineGetServerSocketFactory() {
      return jdk.getServerSocketFactory();
    }

    @Override
    protected SSLEngine engineCreateSSLEngine() {
      return jdk.createSSLEngine();
    }

    @Override
    protected SSLEngine engineCreateSSLEngine(String host, int port) {
      return jdk.createSSLEngine(host, port);
    }

    @Override
    protected SSLSessionContext engineGetServerSessionContext() {
      return jdk.getServerSessionContext();
    }

    @Override
    protected SSLSessionContext engineGetClientSessionContext() {
      return jdk.getClientSessionContext();
    }
  }
}
