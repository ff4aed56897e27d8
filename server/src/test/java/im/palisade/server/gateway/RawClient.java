package im.palisade.server.gateway;

import com.fasterxml.jackson.databind.node.ObjectNode;
import im.palisade.server.protocol.Json;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;

/** A socket on which frames are made by hand, well or badly. */
final class RawClient implements AutoCloseable {
  static final int TEXT = 0x1;
  static final int CONTINUATION = 0x0;
  static final int CLOSE = 0x8;
  static final int PING = 0x9;
  static final int PONG = 0xA;
  private static final int PATIENCE_MILLIS = 20_000;
  private static final byte[] MASK = {0x12, 0x34, 0x56, 0x78};

  private final Socket socket;
  private final DataInputStream in;
  private final OutputStream out;

  /** A frame from the server. */
  static final class Received {
    private final int opcode;
    private final byte[] payload;

    Received(int opcode, byte[] payload) {
      this.opcode = opcode;
      this.payload = payload;
    }

    int opcode() {
      return opcode;
    }

    byte[] payload() {
      return payload;
    }

    ObjectNode json() {
      return Json.parseObject(payload).orElseThrow();
    }

    int closeCode() {
      return payload.length < 2 ? 1005 : (payload[0] & 0xFF) << 8 | (payload[1] & 0xFF);
    }
  }

  /** Only connected. */
  RawClient(GatewayUnderTest server, int receiveBuffer) {
    this(connected(server, receiveBuffer));
  }

  /** On a connection that is there already. */
  RawClient(Socket socket) {
    this.socket = socket;
    try {
      socket.setSoTimeout(PATIENCE_MILLIS);
      socket.setTcpNoDelay(true);
      in = new DataInputStream(socket.getInputStream());
      out = socket.getOutputStream();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Socket connected(GatewayUnderTest server, int receiveBuffer) {
    Socket socket = new Socket();
    try {
      if (receiveBuffer > 0) {
        socket.setReceiveBufferSize(receiveBuffer);
      }
      socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), server.port));
      return socket;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static RawClient upgraded(GatewayUnderTest server) {
    return upgraded(server, 0);
  }

  static RawClient upgraded(GatewayUnderTest server, int receiveBuffer) {
    RawClient client = new RawClient(server, receiveBuffer);
    String answer = client.http(upgradeRequest("/im"));
    if (!answer.startsWith("HTTP/1.1 101")) {
      throw new AssertionError(answer);
    }
    return client;
  }

  static RawClient loggedIn(GatewayUnderTest server, String user) {
    return loggedIn(server, user, 0);
  }

  static RawClient loggedIn(GatewayUnderTest server, String user, int receiveBuffer) {
    RawClient client = upgraded(server, receiveBuffer);
    client.send(loginFrame(user));
    ObjectNode reply = client.next().json();
    if (reply.path("code").asInt(-1) != 0) {
      throw new AssertionError(reply);
    }
    return client;
  }

  static byte[] loginFrame(String user) {
    ObjectNode frame = Json.object().put("id", 1).put("cmd", "session.login");
    frame.set("data", TestClient.loginData(user, GatewayUnderTest.GOOD, "web", "raw-" + user));
    return frame(true, TEXT, Json.bytes(frame));
  }

  static String upgradeRequest(String path, String... headers) {
    return "GET "
        + path
        + " HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
        + String.join("", headers)
        + "\r\n";
  }

  /** Sends a request and reads the head of its answer. */
  String http(String request) {
    send(request.getBytes(StandardCharsets.ISO_8859_1));
    StringBuilder head = new StringBuilder();
    try {
      while (head.indexOf("\r\n\r\n") < 0) {
        head.append((char) in.readUnsignedByte());
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return head.toString();
  }

  static byte[] text(String payload) {
    return frame(true, TEXT, payload.getBytes(StandardCharsets.UTF_8));
  }

  static byte[] request(long id, String command, String data) {
    return text("{\"id\":" + id + ",\"cmd\":\"" + command + "\",\"data\":" + data + "}");
  }

  /** A masked frame. */
  static byte[] frame(boolean last, int opcode, byte[] payload) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(payload.length + 14);
    bytes.write((last ? 0x80 : 0) | opcode);
    if (payload.length < 126) {
      bytes.write(0x80 | payload.length);
    } else if (payload.length < 1 << 16) {
      bytes.write(0x80 | 126);
      bytes.write(payload.length >> 8);
      bytes.write(payload.length);
    } else {
      bytes.write(0x80 | 127);
      for (int shift = 56; shift >= 0; shift -= 8) {
        bytes.write((int) ((long) payload.length >> shift));
      }
    }
    bytes.writeBytes(MASK);
    for (int i = 0; i < payload.length; i++) {
      bytes.write(payload[i] ^ MASK[i % 4]);
    }
    return bytes.toByteArray();
  }

  void send(byte[] bytes) {
    try {
      out.write(bytes);
      out.flush();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Sends until the server has closed; whatever goes wrong then is no matter. */
  void sendRegardless(byte[] bytes) {
    try {
      out.write(bytes);
      out.flush();
    } catch (IOException e) {
      // The server has closed.
    }
  }

  /** The next frame. */
  Received next() {
    try {
      int opcode = in.readUnsignedByte() & 0xF;
      long length = in.readUnsignedByte();
      if (length == 126) {
        length = in.readUnsignedShort();
      } else if (length == 127) {
        length = in.readLong();
      }
      byte[] payload = new byte[Math.toIntExact(length)];
      in.readFully(payload);
      return new Received(opcode, payload);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Reads up to the close frame, answers it, and sees the connection end. */
  int closeCode() {
    Received frame = next();
    while (frame.opcode() != CLOSE) {
      frame = next();
    }
    sendRegardless(frame(true, CLOSE, frame.payload()));
    if (!ends()) {
      throw new AssertionError("still open after the close frame");
    }
    return frame.closeCode();
  }

  /** Whether the server ends the connection, with or without leftovers. */
  boolean ends() {
    try {
      while (in.read() >= 0) {
        // Leftovers.
      }
      return true;
    } catch (EOFException e) {
      return true;
    } catch (SocketTimeoutException e) {
      return false;
    } catch (IOException e) {
      return true;
    }
  }

  void halfClose() {
    try {
      socket.shutdownOutput();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    try {
      socket.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
