package im.palisade.server.rest;

import im.palisade.server.security.ProxyHeader;
import im.palisade.server.security.ProxyHeaderException;
import im.palisade.server.security.ProxyProtocol;
import io.helidon.common.buffers.BufferData;
import io.helidon.common.buffers.DataReader;
import io.helidon.webserver.CloseConnectionException;
import io.helidon.webserver.ConnectionContext;
import io.helidon.webserver.spi.ServerConnection;
import io.helidon.webserver.spi.ServerConnectionSelector;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;

/**
 * The beginning of an HTTP connection, ahead of TLS and of the first request: there a load balancer
 * says by the PROXY protocol for whom it connects. Helidon's own support of that asks it of every
 * peer, health checks and administrators beside the balancer too, believes every peer, waits for
 * ever, and leaves a line feed behind the header of an unknown client.
 */
final class Openings {
  /** One thread serves a connection from its beginning to its end. */
  private static final ThreadLocal<InetAddress> CLIENT = new ThreadLocal<>();

  private final ProxyProtocol proxies;
  private final ReadWatch beginnings;
  private final ReadWatch headers;

  /**
   * Those of a listener.
   *
   * @param beginnings watches how long the first request takes, TLS included
   */
  Openings(ProxyProtocol proxies, ReadWatch beginnings, Duration idle) {
    this.proxies = proxies;
    this.beginnings = beginnings;
    this.headers =
        new ReadWatch(idle.compareTo(ProxyProtocol.PATIENCE) < 0 ? idle : ProxyProtocol.PATIENCE);
  }

  /** For whom the peer of the current thread's connection has connected, if it said so. */
  static Optional<InetAddress> client() {
    return Optional.ofNullable(CLIENT.get());
  }

  void start() {
    headers.start();
  }

  void stop() {
    headers.stop();
  }

  /** A connection that will speak TLS. */
  InputStream open(Socket socket) throws IOException {
    beginnings.reading();
    if (!proxies.isOn()) {
      return InputStream.nullInputStream();
    }
    var ahead = new Ahead(socket.getInputStream());
    return new ByteArrayInputStream(ahead.after(look(socket.getRemoteSocketAddress(), ahead)));
  }

  /** Connections that speak HTTP at once, as that selector has them. */
  ServerConnectionSelector before(ServerConnectionSelector http) {
    return new ServerConnectionSelector() {
      @Override
      public int bytesToIdentifyConnection() {
        return http.bytesToIdentifyConnection();
      }

      @Override
      public Support supports(BufferData data) {
        return http.supports(data);
      }

      @Override
      public Set<String> supportedApplicationProtocols() {
        return http.supportedApplicationProtocols();
      }

      @Override
      public ServerConnection connection(ConnectionContext context) {
        if (proxies.isOn()) {
          beginnings.reading();
          DataReader reader = context.dataReader();
          try {
            reader.skip(look(context.remotePeer().address(), count -> peek(reader, count)));
          } catch (IOException | DataReader.InsufficientDataAvailableException e) {
            throw new CloseConnectionException("the connection did not begin as it must", e);
          }
        }
        return http.connection(context);
      }
    };
  }

  /** Takes the header where there must be one; returns its length. */
  private int look(SocketAddress peer, ProxyHeader.Unread in) throws IOException {
    try {
      if (!proxies.isBalancer(peer)) {
        if (ProxyHeader.isNext(in)) {
          throw new ProxyHeaderException(ProxyHeader.UNEXPECTED);
        }
        return 0;
      }
      headers.reading();
      if (!ProxyHeader.isNext(in)) {
        throw new ProxyHeaderException(ProxyHeader.MISSING);
      }
      ProxyHeader.Read header = ProxyHeader.read(in);
      headers.serving();
      header.client().ifPresent(CLIENT::set);
      return header.length();
    } catch (ProxyHeaderException e) {
      proxies.refused(peer, e.getMessage());
      throw e;
    }
  }

  private static byte[] peek(DataReader reader, int count) {
    return reader.getBuffer(count).readBytes();
  }

  /** Reads from a socket no more than it is asked for, and keeps it. */
  private static final class Ahead implements ProxyHeader.Unread {
    private final InputStream in;
    private final ByteArrayOutputStream read = new ByteArrayOutputStream();

    Ahead(InputStream in) {
      this.in = in;
    }

    @Override
    public byte[] first(int count) throws IOException {
      if (read.size() < count) {
        read.write(in.readNBytes(count - read.size()));
      }
      if (read.size() < count) {
        throw new EOFException("the connection ended in its beginning");
      }
      return Arrays.copyOf(read.toByteArray(), count);
    }

    /** What was read behind the first so many bytes. */
    byte[] after(int length) {
      byte[] bytes = read.toByteArray();
      return Arrays.copyOfRange(bytes, length, bytes.length);
    }
  }
}
