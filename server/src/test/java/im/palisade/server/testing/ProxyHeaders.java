package im.palisade.server.testing;

import java.io.ByteArrayOutputStream;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** Headers of the PROXY protocol as load balancers send them, made by hand. */
public final class ProxyHeaders {
  /** Version 2, connection of a client. */
  public static final int PROXY = 0x21;

  /** Version 2, connection of the balancer itself. */
  public static final int LOCAL = 0x20;

  public static final int TCP4 = 0x11;
  public static final int TCP6 = 0x21;

  private static final byte[] SIGNATURE = {13, 10, 13, 10, 0, 13, 10, 'Q', 'U', 'I', 'T', 10};

  private ProxyHeaders() {}

  /** A line of version 1. */
  public static byte[] v1(String rest) {
    return ("PROXY " + rest + "\r\n").getBytes(StandardCharsets.US_ASCII);
  }

  /** Version 2 for a client with that address. */
  public static byte[] v2(String client, byte[]... extras) {
    byte[] address = InetAddress.ofLiteral(client).getAddress();
    ByteBuffer body = ByteBuffer.allocate(2 * address.length + 4);
    body.put(address).put(new byte[address.length]).putShort((short) 4711).putShort((short) 443);
    return v2(PROXY, address.length == 4 ? TCP4 : TCP6, join(body.array(), join(extras)));
  }

  /** Version 2 of any kind. */
  public static byte[] v2(int versionAndCommand, int family, byte[] body) {
    return v2(versionAndCommand, family, body.length, body);
  }

  /** Version 2 that may lie about its length. */
  public static byte[] v2(int versionAndCommand, int family, int length, byte[] body) {
    byte[] fixed = {
      (byte) versionAndCommand, (byte) family, (byte) (length >> 8), (byte) length,
    };
    return join(SIGNATURE, fixed, body);
  }

  /** A further field of version 2. */
  public static byte[] extra(int type, byte[] value) {
    byte[] head = {(byte) type, (byte) (value.length >> 8), (byte) value.length};
    return join(head, value);
  }

  private static byte[] join(byte[]... parts) {
    var all = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      all.writeBytes(part);
    }
    return all.toByteArray();
  }
}
