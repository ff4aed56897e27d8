package im.palisade.server.gateway;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import im.palisade.server.protocol.Json;
import java.nio.charset.StandardCharsets;

/**
 * A whole frame from server to client, encoded once and shared by all its receivers: WebSocket
 * header and payload in one array. It is immutable and garbage collected; an event loop puts it
 * into a native buffer when it writes, once for all receivers it serves in one turn, so nobody
 * outside the gateway counts references.
 */
public final class EncodedFrame implements Outbound {
  private static final int FIN = 0x80;
  private static final int TEXT = 0x1;
  private static final int CLOSE = 0x8;
  private static final int PING = 0x9;
  private static final int PONG = 0xA;
  private static final byte[] NO_BYTES = {};
  private static final byte[] EVENT_BEGIN = ascii("{\"evt\":\"");
  private static final byte[] EVENT_DATA = ascii("\",\"data\":");
  private static final byte[] REPLY_BEGIN = ascii("{\"id\":");
  private static final byte[] REPLY_DATA = ascii(",\"code\":0,\"data\":");
  private static final byte[] END = ascii("}");
  private static final byte[] EMPTY_OBJECT = ascii("{}");

  /** An empty ping. */
  static final EncodedFrame PING_FRAME = frame(PING, NO_BYTES);

  private final byte[] bytes;

  private EncodedFrame(byte[] bytes) {
    this.bytes = bytes;
  }

  /** An event with the fields declared for it. */
  public static EncodedFrame event(ClientEvent event, ObjectNode data) {
    assert event.fits(data) : event.wireName() + " is not declared as " + data;
    return event(event.wireName(), Json.bytes(data));
  }

  /** An event whose data is JSON already. */
  public static EncodedFrame event(ClientEvent event, byte[] data) {
    return event(event.wireName(), data);
  }

  static EncodedFrame event(String name, JsonNode data) {
    return event(name, Json.bytes(data));
  }

  static EncodedFrame event(String name, byte[] data) {
    return frame(TEXT, EVENT_BEGIN, ascii(name), EVENT_DATA, data, END);
  }

  /** The successful reply to the request of that id; data is a JSON object. */
  static EncodedFrame reply(long id, byte[] data) {
    return frame(TEXT, REPLY_BEGIN, ascii(Long.toString(id)), REPLY_DATA, data, END);
  }

  /** The successful reply without data. */
  static EncodedFrame reply(long id) {
    return reply(id, EMPTY_OBJECT);
  }

  /** The refusal of the request of that id. */
  static EncodedFrame error(long id, int code, String info) {
    return frame(TEXT, Json.bytes(Json.object().put("id", id).put("code", code).put("info", info)));
  }

  static EncodedFrame close(int code) {
    return frame(CLOSE, new byte[] {(byte) (code >> 8), (byte) code});
  }

  /** A close frame without a code, the echo of one without a code. */
  static EncodedFrame close() {
    return frame(CLOSE, NO_BYTES);
  }

  static EncodedFrame pong(byte[] payload) {
    return frame(PONG, payload);
  }

  /** Bytes on the wire, without TLS. */
  public int size() {
    return bytes.length;
  }

  byte[] bytes() {
    return bytes;
  }

  private static EncodedFrame frame(int opcode, byte[]... parts) {
    int length = 0;
    for (byte[] part : parts) {
      length += part.length;
    }
    int header = length < 126 ? 2 : length < 1 << 16 ? 4 : 10;
    byte[] bytes = new byte[header + length];
    bytes[0] = (byte) (FIN | opcode);
    switch (header) {
      case 2 -> bytes[1] = (byte) length;
      case 4 -> {
        bytes[1] = 126;
        bytes[2] = (byte) (length >> 8);
        bytes[3] = (byte) length;
      }
      default -> {
        bytes[1] = 127;
        for (int i = 0; i < 4; i++) {
          bytes[6 + i] = (byte) (length >> (8 * (3 - i)));
        }
      }
    }
    int at = header;
    for (byte[] part : parts) {
      System.arraycopy(part, 0, bytes, at, part.length);
      at += part.length;
    }
    return new EncodedFrame(bytes);
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }
}
