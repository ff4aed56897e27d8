package im.palisade.server.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;

/** A load balancer that passes bytes through and says with a PROXY header for whom. */
public final class TestBalancer implements AutoCloseable {
  /** The network that the shared server believes. */
  public static final String NETWORK = "127.0.9.0/24";

  private static final String ADDRESS = "127.0.9.1";

  private final ServerSocket listener;
  private final int target;
  private final byte[] header;

  private TestBalancer(int target, byte[] header) {
    this.target = target;
    this.header = header;
    try {
      listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Thread.ofVirtual().start(this::accept);
  }

  /** One before the server at that URL, for clients that all have this address. */
  public static TestBalancer before(String url, String client) {
    return new TestBalancer(URI.create(url).getPort(), ProxyHeaders.v2(client));
  }

  /** A connection as a balancer's own, on which nothing is said yet. */
  public static Socket connect(String from, int port) throws IOException {
    Socket socket = new Socket();
    socket.bind(new InetSocketAddress(InetAddress.ofLiteral(from), 0));
    socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    socket.setSoTimeout(20_000);
    socket.setTcpNoDelay(true);
    return socket;
  }

  /** The server's URL by way of this balancer. */
  public String instead(String url) {
    return url.replace(":" + target, ":" + listener.getLocalPort());
  }

  @Override
  public void close() {
    try {
      listener.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void accept() {
    try {
      while (true) {
        Socket client = listener.accept();
        Socket server = connect(ADDRESS, target);
        server.setSoTimeout(0);
        server.getOutputStream().write(header);
        Thread.ofVirtual().start(() -> pass(client, server));
        Thread.ofVirtual().start(() -> pass(server, client));
      }
    } catch (IOException e) {
      // closed
    }
  }

  private static void pass(Socket from, Socket to) {
    try (from;
        to) {
      from.getInputStream().transferTo(to.getOutputStream());
    } catch (IOException e) {
      // either side has gone
    }
  }
}
