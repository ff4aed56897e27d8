package im.palisade.server.auditlog.forward;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;

/** A collector as RFC 5425 has it, which can be killed and come back. */
final class SyslogCollector implements AutoCloseable {
  private final SSLContext tls;
  private final boolean wantsCertificate;
  private final Set<Socket> connections = ConcurrentHashMap.newKeySet();

  /** What each connection brought. */
  private final List<List<String>> received = new ArrayList<>();

  private SSLServerSocket server;
  private int port;

  /** Messages of a connection after which the collector stops reading; 0: never. */
  private volatile int deafAfter;

  SyslogCollector(SSLContext tls, boolean wantsCertificate) throws IOException {
    this.tls = tls;
    this.wantsCertificate = wantsCertificate;
    comeBack();
  }

  int port() {
    return port;
  }

  void deafAfter(int messages) {
    deafAfter = messages;
  }

  void comeBack() throws IOException {
    SSLServerSocket fresh =
        (SSLServerSocket)
            tls.getServerSocketFactory()
                .createServerSocket(port, 10, InetAddress.getLoopbackAddress());
    fresh.setNeedClientAuth(wantsCertificate);
    port = fresh.getLocalPort();
    server = fresh;
    Thread.ofVirtual().start(() -> accept(fresh));
  }

  /** As kill -9 does: what was not read is lost, and connections are reset. */
  void kill() throws IOException {
    server.close();
    for (Socket connection : connections) {
      connection.setSoLinger(true, 0);
      connection.close();
    }
    connections.clear();
  }

  /** Messages by connection. */
  List<List<String>> received() {
    synchronized (received) {
      return received.stream().map(List::copyOf).toList();
    }
  }

  List<String> all() {
    return received().stream().flatMap(List::stream).toList();
  }

  private void accept(SSLServerSocket at) {
    while (!at.isClosed()) {
      try {
        SSLSocket connection = (SSLSocket) at.accept();
        connections.add(connection);
        Thread.ofVirtual().start(() -> serve(connection));
      } catch (IOException e) {
        return;
      }
    }
  }

  private void serve(SSLSocket connection) {
    List<String> messages = new ArrayList<>();
    synchronized (received) {
      received.add(messages);
    }
    try (connection) {
      InputStream in = new BufferedInputStream(connection.getInputStream());
      int heard = 0;
      while (true) {
        int length = length(in);
        if (length < 0) {
          return;
        }
        byte[] message = in.readNBytes(length);
        if (message.length < length) {
          return;
        }
        synchronized (received) {
          messages.add(new String(message, StandardCharsets.UTF_8));
        }
        heard++;
        while (deafAfter > 0 && heard >= deafAfter && !connection.isClosed()) {
          LockSupport.parkNanos(1_000_000);
        }
      }
    } catch (IOException e) {
      // Killed.
    } finally {
      connections.remove(connection);
    }
  }

  /** RFC 5425 section 4.3: digits and a space; -1 at the end. */
  private static int length(InputStream in) throws IOException {
    int length = 0;
    for (int c = in.read(); c != ' '; c = in.read()) {
      if (c < 0) {
        return -1;
      }
      if (c < '0' || c > '9') {
        throw new AssertionError("not a length: " + c);
      }
      length = length * 10 + c - '0';
    }
    return length;
  }

  @Override
  public void close() throws IOException {
    kill();
  }
}
