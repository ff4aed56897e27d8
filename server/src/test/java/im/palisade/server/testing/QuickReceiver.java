package im.palisade.server.testing;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.LongAdder;

/** Reads as little of a request as it must and says yes. */
public final class QuickReceiver implements AutoCloseable {
  private static final byte[] YES =
      "HTTP/1.1 200 OK\r\nContent-Length: 15\r\n\r\n{\"ErrorCode\":0}"
          .getBytes(StandardCharsets.US_ASCII);

  private final LongAdder taken = new LongAdder();
  private final ServerSocket socket;

  public QuickReceiver() throws IOException {
    socket = new ServerSocket(0, 200, InetAddress.getLoopbackAddress());
    Thread.startVirtualThread(
        () -> {
          while (!socket.isClosed()) {
            try {
              Socket connection = socket.accept();
              Thread.startVirtualThread(() -> serve(connection));
            } catch (IOException e) {
              return;
            }
          }
        });
  }

  /** Webhooks taken so far. */
  public long taken() {
    return taken.sum();
  }

  /** Where it listens. */
  public String url() {
    return "http://127.0.0.1:" + socket.getLocalPort() + "/";
  }

  private void serve(Socket connection) {
    try (connection;
        InputStream in = new BufferedInputStream(connection.getInputStream())) {
      connection.setTcpNoDelay(true);
      StringBuilder line = new StringBuilder();
      int length = 0;
      for (int c = in.read(); c >= 0; c = in.read()) {
        if (c != '\n') {
          line.append((char) c);
          continue;
        }
        String text = line.toString().trim();
        line.setLength(0);
        if (text.regionMatches(true, 0, "Content-Length:", 0, 15)) {
          length = Integer.parseInt(text.substring(15).trim());
        } else if (text.isEmpty()) {
          in.readNBytes(length);
          connection.getOutputStream().write(YES);
          taken.increment();
        }
      }
    } catch (IOException e) {
      // The server has had enough of this connection.
    }
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
