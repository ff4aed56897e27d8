package im.palisade.server.auditlog.forward;

import im.palisade.compliance.export.ExportFormat;
import im.palisade.compliance.export.PlacedEntry;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;

/**
 * A collector that speaks syslog over TLS (RFC 5425, octet counting). The protocol has no
 * acknowledgement, so a connection is ended in order from time to time: what stood before our
 * closing alert has been read by a collector that ends its side after it. A collector that went
 * away with something unread shows by a reset, at the latest one round trip later.
 */
final class SyslogReceiver implements Receiver {
  private static final Duration CONNECT = Duration.ofSeconds(10);
  private static final Duration ANSWER = Duration.ofSeconds(15);

  /** How long a reset may be under way. */
  private static final Duration RESET = Duration.ofMillis(500);

  /**
   * Each settling takes a connection and more than half a second, so this is also what a receiver
   * takes in a second: some thousands.
   */
  private static final Settling SETTLING = new Settling(5_000, Duration.ofSeconds(2));

  private final String host;
  private final int port;
  private final SSLContext tls;

  /** Also one that is still being made. */
  private volatile Optional<Socket> socket = Optional.empty();

  private volatile boolean aborted;
  private Optional<Connection> connection = Optional.empty();

  private record Connection(Socket raw, SSLSocket tls) {}

  SyslogReceiver(String host, int port, SSLContext tls) {
    this.host = host;
    this.port = port;
    this.tls = tls;
  }

  @Override
  public String name() {
    return "syslog";
  }

  @Override
  public String place() {
    return "syslog over TLS at " + host + ":" + port;
  }

  @Override
  public Settling settling() {
    return SETTLING;
  }

  @Override
  public void send(List<PlacedEntry> events) throws IOException {
    if (connection.isEmpty()) {
      connect();
    } else {
      lookForEnd(connection.get());
    }
    OutputStream out = new BufferedOutputStream(connection.orElseThrow().tls().getOutputStream());
    for (PlacedEntry event : events) {
      byte[] message = ExportFormat.SYSLOG.line(event).getBytes(StandardCharsets.UTF_8);
      out.write((message.length + " ").getBytes(StandardCharsets.US_ASCII));
      out.write(message);
    }
    out.flush();
  }

  @Override
  public void settle() throws IOException {
    Connection now = connection.orElseThrow(() -> new IOException("the connection is gone"));
    lookForEnd(now);
    now.tls().shutdownOutput();
    now.tls().setSoTimeout((int) ANSWER.toMillis());
    InputStream in = now.tls().getInputStream();
    byte[] ignored = new byte[512];
    while (in.read(ignored) >= 0) {
      // Collectors have nothing to say.
    }
    try {
      Thread.sleep(RESET);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("the server stops", e);
    }
    // Fails when a reset has come; the other side is closed and takes no harm.
    now.raw().getOutputStream().write(0);
    reset();
  }

  @Override
  public void reset() {
    socket.ifPresent(SyslogReceiver::end);
    socket = Optional.empty();
    connection = Optional.empty();
  }

  @Override
  public void abort() {
    aborted = true;
    socket.ifPresent(SyslogReceiver::end);
  }

  private static void end(Socket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      // It is given up anyway.
    }
  }

  private void connect() throws IOException {
    Socket raw = new Socket();
    socket = Optional.of(raw);
    boolean done = false;
    try {
      if (aborted) {
        throw new IOException("the server stops");
      }
      raw.connect(new InetSocketAddress(host, port), (int) CONNECT.toMillis());
      raw.setSoTimeout((int) CONNECT.toMillis());
      raw.setTcpNoDelay(true);
      SSLSocket secured = (SSLSocket) tls.getSocketFactory().createSocket(raw, host, port, false);
      SSLParameters parameters = secured.getSSLParameters();
      parameters.setProtocols(new String[] {"TLSv1.3", "TLSv1.2"});
      parameters.setEndpointIdentificationAlgorithm("HTTPS");
      secured.setSSLParameters(parameters);
      secured.startHandshake();
      connection = Optional.of(new Connection(raw, secured));
      done = true;
    } finally {
      if (!done) {
        end(raw);
      }
    }
  }

  /** Whether the other side has ended the connection already: then nothing of it counts. */
  private static void lookForEnd(Connection now) throws IOException {
    now.tls().setSoTimeout(1);
    try {
      if (now.tls().getInputStream().read() < 0) {
        throw new IOException("the collector has ended the connection");
      }
    } catch (SocketTimeoutException e) {
      // Nothing was said, as it should be.
    }
  }
}
