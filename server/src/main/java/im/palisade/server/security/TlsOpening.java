package im.palisade.server.security;

import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;

/** What a listener does with a new connection before TLS begins, on the connection's own thread. */
@FunctionalInterface
public interface TlsOpening {
  /**
   * Looks at the connection.
   *
   * @return bytes that were read and belong to TLS
   * @throws IOException when it is to be closed
   */
  InputStream open(Socket socket) throws IOException;
}
