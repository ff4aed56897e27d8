package im.palisade.server.security;

import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.codec.haproxy.HAProxyMessage;
import io.netty.handler.codec.haproxy.HAProxyMessageDecoder;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;

/** The header of the PROXY protocol at the beginning of a connection that is read by blocking. */
public final class ProxyHeader {
  /** Said of what must begin with a header and does not. */
  public static final String MISSING = "a load balancer must send the PROXY protocol's header";

  /** Said of what must not begin with one and does. */
  public static final String UNEXPECTED =
      "it sent a header of the PROXY protocol and is no load balancer that may";

  private static final String BROKEN = "its PROXY protocol header is broken: ";
  private static final byte[] V1 = "PROXY ".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] V2 = {13, 10, 13, 10, 0, 13, 10, 'Q', 'U', 'I', 'T', 10};
  private static final int V1_MAX = 107;
  private static final int V2_FIXED = 16;

  /** The largest addresses there are: those of UNIX sockets. */
  private static final int V2_ADDRESSES = 216;

  private ProxyHeader() {}

  /** How a connection begins. */
  public enum Beginning {
    HEADER,
    SOMETHING_ELSE,
    UNDECIDED
  }

  /** What a connection has sent and nobody has read. */
  @FunctionalInterface
  public interface Unread {
    /**
     * The first so many bytes, waiting for them; they stay unread.
     *
     * @throws IOException when there are not that many
     */
    byte[] first(int count) throws IOException;
  }

  /** A header that was read. */
  public record Read(int length, Optional<InetAddress> client) {}

  /** Tells by the first bytes what a connection begins with. */
  public static Beginning beginning(byte[] bytes) {
    if (begins(bytes, V1) || begins(bytes, V2)) {
      return bytes.length >= (bytes.length > 0 && bytes[0] == V1[0] ? V1 : V2).length
          ? Beginning.HEADER
          : Beginning.UNDECIDED;
    }
    return Beginning.SOMETHING_ELSE;
  }

  /** Whether a connection begins with a header; reads no more of it than tells. */
  public static boolean isNext(Unread in) throws IOException {
    for (int count = 1; ; count++) {
      switch (beginning(in.first(count))) {
        case HEADER -> {
          return true;
        }
        case SOMETHING_ELSE -> {
          return false;
        }
        case UNDECIDED -> {}
      }
    }
  }

  /**
   * Reads a header that is there.
   *
   * @throws ProxyHeaderException when it is wrong or too long
   */
  public static Read read(Unread in) throws IOException {
    byte[] header = in.first(V1.length)[0] == V1[0] ? version1(in) : version2(in);
    var channel = new EmbeddedChannel(new HAProxyMessageDecoder(ProxyProtocol.MAX_EXTRAS));
    try {
      channel.writeInbound(Unpooled.wrappedBuffer(header));
      HAProxyMessage message = channel.readInbound();
      if (message == null) {
        throw broken("it is not complete");
      }
      try {
        return new Read(header.length, ProxyProtocol.client(message));
      } finally {
        message.release();
      }
    } catch (DecoderException e) {
      throw broken(e);
    } finally {
      channel.finishAndReleaseAll();
    }
  }

  /** Says of a header that it cannot be read. */
  public static ProxyHeaderException broken(Throwable cause) {
    Throwable root = cause;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    return new ProxyHeaderException(BROKEN + root.getMessage(), cause);
  }

  private static ProxyHeaderException broken(String why) {
    return new ProxyHeaderException(BROKEN + why);
  }

  private static byte[] version1(Unread in) throws IOException {
    for (int count = V1.length; count <= V1_MAX; count++) {
      byte[] bytes = in.first(count);
      if (bytes[count - 1] == '\n' && bytes[count - 2] == '\r') {
        return bytes;
      }
    }
    throw broken("it has no end of line within " + V1_MAX + " bytes");
  }

  private static byte[] version2(Unread in) throws IOException {
    byte[] fixed = in.first(V2_FIXED);
    int length = ((fixed[V2_FIXED - 2] & 255) << 8) | (fixed[V2_FIXED - 1] & 255);
    if (length > V2_ADDRESSES + ProxyProtocol.MAX_EXTRAS) {
      throw broken("it holds " + length + " bytes");
    }
    return in.first(V2_FIXED + length);
  }

  /** Whether the bytes and the signature are alike as far as both go. */
  private static boolean begins(byte[] bytes, byte[] signature) {
    int both = Math.min(bytes.length, signature.length);
    return Arrays.equals(bytes, 0, both, signature, 0, both);
  }
}
