package im.palisade.bench;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * One client connection of the generator: the WebSocket handshake, then frames, read in place. All
 * of it runs on the one event loop of the generator.
 */
// A write that fails ends the channel, which the handler hears as inactive.
@SuppressWarnings("FutureReturnValueIgnored")
final class LoadConnection extends ChannelInboundHandlerAdapter {
  private static final byte[] END_OF_HEADERS = Bytes.ascii("\r\n\r\n");
  private static final byte[] SWITCHED = Bytes.ascii("HTTP/1.1 101");
  private static final int OPCODE_TEXT = 0x1;
  private static final int OPCODE_CLOSE = 0x8;
  private static final int OPCODE_PING = 0x9;

  /** Shared: everything happens on one thread, and a payload is looked at once. */
  static final ThreadLocal<byte[]> SCRATCH = ThreadLocal.withInitial(() -> new byte[1 << 20]);

  /** What becomes of a connection. */
  interface User {
    /** The handshake is done. */
    void onOpen(LoadConnection connection);

    /** A text frame, valid during the call. */
    void onFrame(LoadConnection connection, byte[] payload, int length);

    /** The end, also of a connection that never opened. */
    void onClosed(LoadConnection connection, int code);
  }

  private final User user;
  private final byte[] upgrade;
  private ChannelHandlerContext ctx;
  private Optional<ByteBuf> partial = Optional.empty();
  private boolean open;
  private boolean toFlush;
  private int closeCode = 1006;

  LoadConnection(URI url, User user) {
    this.user = user;
    this.upgrade =
        """
        GET %s HTTP/1.1\r
        Host: %s:%d\r
        Upgrade: websocket\r
        Connection: Upgrade\r
        Sec-WebSocket-Key: cGFsaXNhZGUtYmVuY2gtMQ==\r
        Sec-WebSocket-Version: 13\r
        Sec-WebSocket-Protocol: palisade.v1.json\r
        \r
        """
            .formatted(url.getPath(), url.getHost(), url.getPort())
            .getBytes(StandardCharsets.US_ASCII);
  }

  /** Sends a frame; it leaves when the current turn of the event loop ends. */
  void send(ClientFrame frame, long number) {
    ctx.write(frame.write(ctx.alloc(), number), ctx.voidPromise());
    toFlush = true;
  }

  /** Sends a frame that holds no number. */
  void send(ClientFrame frame) {
    ctx.write(frame.write(ctx.alloc()), ctx.voidPromise());
    toFlush = true;
  }

  /** Lets what was sent outside of a read leave. */
  void flush() {
    if (toFlush) {
      toFlush = false;
      ctx.flush();
    }
  }

  /** Says goodbye and closes. */
  void close() {
    send(ClientFrame.close());
    flush();
    ctx.close();
  }

  @Override
  public void handlerAdded(ChannelHandlerContext context) {
    ctx = context;
  }

  @Override
  public void channelActive(ChannelHandlerContext context) {
    context.writeAndFlush(context.alloc().buffer(upgrade.length).writeBytes(upgrade));
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    ByteBuf in = (ByteBuf) message;
    if (partial.isPresent()) {
      in = partial.get().writeBytes(in);
      ((ByteBuf) message).release();
      partial = Optional.empty();
    }
    if (open || handshake(in)) {
      while (frame(in)) {
        // Every whole frame is taken.
      }
    }
    if (in.isReadable()) {
      ByteBuf rest = context.alloc().buffer(in.readableBytes() + 1024);
      partial = Optional.of(rest.writeBytes(in));
    }
    in.release();
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext context) {
    flush();
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    partial.ifPresent(ByteBuf::release);
    partial = Optional.empty();
    user.onClosed(this, closeCode);
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    context.close();
  }

  private boolean handshake(ByteBuf in) {
    byte[] bytes = SCRATCH.get();
    int length = in.readableBytes();
    in.getBytes(in.readerIndex(), bytes, 0, length);
    int end = Bytes.indexOf(bytes, 0, length, END_OF_HEADERS);
    if (end < 0) {
      return false;
    }
    if (Bytes.indexOf(bytes, 0, end, SWITCHED) != 0) {
      in.skipBytes(length);
      ctx.close();
      return false;
    }
    in.skipBytes(end + END_OF_HEADERS.length);
    open = true;
    user.onOpen(this);
    return true;
  }

  /** Takes one frame; false when it is not all there yet. */
  private boolean frame(ByteBuf in) {
    int readable = in.readableBytes();
    if (readable < 2) {
      return false;
    }
    int at = in.readerIndex();
    int opcode = in.getByte(at) & 0x0F;
    int length = in.getByte(at + 1) & 0x7F;
    int header = 2;
    if (length == 126) {
      header = 4;
      if (readable < header) {
        return false;
      }
      length = in.getUnsignedShort(at + 2);
    } else if (length == 127) {
      header = 10;
      if (readable < header) {
        return false;
      }
      length = Math.toIntExact(in.getLong(at + 2));
    }
    if (readable < header + length) {
      return false;
    }
    byte[] bytes = SCRATCH.get();
    in.getBytes(at + header, bytes, 0, length);
    in.skipBytes(header + length);
    switch (opcode) {
      case OPCODE_TEXT -> user.onFrame(this, bytes, length);
      case OPCODE_PING -> {
        byte[] echoed = new byte[length];
        System.arraycopy(bytes, 0, echoed, 0, length);
        send(ClientFrame.pong(echoed));
      }
      case OPCODE_CLOSE -> {
        closeCode = length >= 2 ? (bytes[0] & 0xFF) << 8 | (bytes[1] & 0xFF) : 1005;
        ctx.close();
      }
      default -> {
        // Pongs and continuations: the server sends neither to us.
      }
    }
    return true;
  }
}
