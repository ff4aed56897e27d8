package im.palisade.server.rest;

import com.fasterxml.jackson.databind.node.ObjectNode;
import im.palisade.server.protocol.Json;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** HTTP/1.1 spoken by hand, so that tests may say what no client would. */
final class Http implements AutoCloseable {
  private final Socket socket;

  /** An answer as it came. */
  record Answer(int status, Map<String, String> headers, String text) {
    ObjectNode json() {
      return Json.parseObject(text.getBytes(StandardCharsets.UTF_8))
          .orElseThrow(() -> new AssertionError("no JSON object: " + text));
    }

    int code() {
      return json().path("ErrorCode").asInt(-1);
    }
  }

  Http(int port) throws IOException {
    this(new Socket(InetAddress.getLoopbackAddress(), port));
  }

  Http(Socket socket) throws IOException {
    this.socket = socket;
    socket.setSoTimeout(10_000);
  }

  /** One POST on a connection of its own. */
  static Answer post(int port, String path, String body) throws IOException {
    try (Http http = new Http(port)) {
      return http.post(path, body);
    }
  }

  /** One GET on a connection of its own. */
  static Answer get(int port, String path) throws IOException {
    try (Http http = new Http(port)) {
      http.send("GET " + path + " HTTP/1.1\r\nHost: x\r\n\r\n");
      return http.answer();
    }
  }

  Answer post(String path, String body) throws IOException {
    send(request(path, body));
    return answer();
  }

  static String request(String path, String body) {
    return "POST "
        + path
        + " HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: "
        + body.getBytes(StandardCharsets.UTF_8).length
        + "\r\n\r\n"
        + body;
  }

  void send(String text) throws IOException {
    send(text.getBytes(StandardCharsets.UTF_8));
  }

  void send(byte[] bytes) throws IOException {
    socket.getOutputStream().write(bytes);
    socket.getOutputStream().flush();
  }

  /** Reads one answer. */
  Answer answer() throws IOException {
    List<String> lines = head().lines().toList();
    Map<String, String> headers = new TreeMap<>();
    for (String line : lines.subList(1, lines.size())) {
      int colon = line.indexOf(':');
      headers.put(
          line.substring(0, colon).toLowerCase(Locale.ROOT), line.substring(colon + 1).trim());
    }
    int length = Integer.parseInt(headers.getOrDefault("content-length", "0"));
    byte[] body = socket.getInputStream().readNBytes(length);
    int status = Integer.parseInt(lines.getFirst().substring(9, 12));
    return new Answer(status, headers, new String(body, StandardCharsets.UTF_8));
  }

  /** Whether the server has closed the connection, waiting for it at most the socket's timeout. */
  boolean isClosedByServer() throws IOException {
    return socket.getInputStream().read() < 0;
  }

  /** As {@link #isClosedByServer}, whatever it says before. */
  boolean isClosedByServerAfterAnyAnswer() throws IOException {
    socket.getInputStream().readAllBytes();
    return true;
  }

  private String head() throws IOException {
    InputStream in = socket.getInputStream();
    ByteArrayOutputStream head = new ByteArrayOutputStream();
    int state = 0;
    while (state < 4) {
      int next = in.read();
      if (next < 0) {
        throw new IOException("closed after: " + head.toString(StandardCharsets.UTF_8));
      }
      head.write(next);
      state = next == (state % 2 == 0 ? '\r' : '\n') ? state + 1 : 0;
    }
    return head.toString(StandardCharsets.UTF_8).strip();
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
