package im.palisade.bench;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketServerProtocolHandler;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * The least that a server of this protocol can be: Netty's WebSocket codec and one event loop that
 * answers a send and passes it on in frames of the real sizes. It stores nothing, checks nothing.
 */
// A write that fails ends its channel.
@SuppressWarnings("FutureReturnValueIgnored")
public final class ControlServer implements AutoCloseable {
  private static final byte[] ID = Bytes.ascii("{\"id\":");
  private static final byte[] USER = Bytes.ascii("\"userId\":\"");
  private static final byte[] CONVERSATION = Bytes.ascii("\"conversation\":\"C2C");
  private static final byte[] JOIN = Bytes.ascii("\"cmd\":\"group.join\"");
  private static final byte[] TO_ROOM = Bytes.ascii("\"conversation\":\"GROUP");
  private static final byte[] RANDOM = Bytes.ascii("\"random\":");
  private static final byte[] BODY = Bytes.ascii("\"body\":");

  private final MultiThreadIoEventLoopGroup loop;
  private final Channel listening;
  private final Map<String, Channel> online = new HashMap<>();

  /** Everybody who ever joined anything: it serves one room at a time. */
  private final Set<Channel> room = new LinkedHashSet<>();

  private long seq;

  /** Listens on a free port of the loopback interface. */
  public ControlServer() {
    boolean epoll = Epoll.isAvailable();
    loop =
        new MultiThreadIoEventLoopGroup(
            1, epoll ? EpollIoHandler.newFactory() : NioIoHandler.newFactory());
    listening =
        new ServerBootstrap()
            .group(loop)
            .channel(epoll ? EpollServerSocketChannel.class : NioServerSocketChannel.class)
            .childHandler(
                new ChannelInitializer<>() {
                  @Override
                  protected void initChannel(Channel channel) {
                    channel
                        .pipeline()
                        .addLast(
                            new HttpServerCodec(),
                            new HttpObjectAggregator(8192),
                            new WebSocketServerProtocolHandler("/im", "palisade.v1.json"),
                            new Relay());
                  }
                })
            .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .syncUninterruptibly()
            .channel();
  }

  /** The port it listens on. */
  public int port() {
    return ((InetSocketAddress) listening.localAddress()).getPort();
  }

  @Override
  public void close() {
    loop.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
  }

  /** Prints the port and serves until standard input ends, as it does when the parent dies. */
  public static void main(String[] args) throws IOException {
    try (ControlServer server = new ControlServer()) {
      System.out.println(server.port());
      System.out.flush();
      while (System.in.read() >= 0) {
        // Nothing is ever said.
      }
    }
  }

  private final class Relay extends SimpleChannelInboundHandler<TextWebSocketFrame> {
    private String name = "";
    private Channel peer;

    @Override
    protected void channelRead0(ChannelHandlerContext ctx, TextWebSocketFrame frame) {
      ByteBuf content = frame.content();
      int length = content.readableBytes();
      byte[] bytes = LoadConnection.SCRATCH.get();
      content.getBytes(content.readerIndex(), bytes, 0, length);
      long id = Bytes.number(bytes, ID.length, length);
      int user = Bytes.indexOf(bytes, 0, length, USER);
      if (user >= 0) {
        name = quoted(bytes, user + USER.length, length);
        online.put(name, ctx.channel());
        reply(ctx, id, "{\"sessionId\":\"control\",\"serverTime\":1790000000123,\"heartbeat\":30}");
        return;
      }
      if (Bytes.indexOf(bytes, 0, length, JOIN) >= 0) {
        room.add(ctx.channel());
        reply(ctx, id, "{}");
        return;
      }
      if (Bytes.indexOf(bytes, 0, length, TO_ROOM) >= 0) {
        toRoom(ctx, id, bytes, length);
        return;
      }
      if (peer == null) {
        int to = Bytes.indexOf(bytes, 0, length, CONVERSATION) + CONVERSATION.length;
        peer = online.get(quoted(bytes, to, length));
      }
      ByteBuf event = event(ctx, id, "C2C" + name, bytes, length);
      peer.writeAndFlush(new TextWebSocketFrame(event), peer.voidPromise());
    }

    /** One buffer for all; one frame object, write and flush for each. */
    private void toRoom(ChannelHandlerContext ctx, long id, byte[] bytes, int length) {
      ByteBuf event = event(ctx, id, "GROUProom", bytes, length);
      for (Channel member : room) {
        if (!member.equals(ctx.channel())) {
          member.writeAndFlush(
              new TextWebSocketFrame(event.retainedDuplicate()), member.voidPromise());
        }
      }
      event.release();
    }

    /** Answers a send and returns the event it becomes. */
    private ByteBuf event(
        ChannelHandlerContext ctx, long id, String conversation, byte[] bytes, int length) {
      seq++;
      long random = Bytes.numberAfter(bytes, 0, length, RANDOM);
      String key = seq + "_" + random + "_1790000001";
      reply(ctx, id, "{\"seq\":" + seq + ",\"time\":1790000001,\"msgKey\":\"" + key + "\"}");
      int body = Bytes.indexOf(bytes, 0, length, BODY);
      byte[] head =
          ("{\"evt\":\"message.new\",\"data\":{\"messages\":[{\"conversation\":\""
                  + conversation
                  + "\",\"seq\":"
                  + seq
                  + ",\"time\":1790000001,\"random\":"
                  + random
                  + ",\"msgKey\":\""
                  + key
                  + "\",\"from\":\""
                  + name
                  + "\",\"nick\":\"\",")
              .getBytes(StandardCharsets.UTF_8);
      // What follows in the request is the body and two closing braces; the event has four.
      ByteBuf event = ctx.alloc().directBuffer(head.length + length - body + 8);
      event.writeBytes(head).writeBytes(bytes, body, length - 2 - body);
      return event.writeBytes(Bytes.ascii("}]}}"));
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
      ctx.flush();
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
      online.remove(name, ctx.channel());
      room.remove(ctx.channel());
    }

    private void reply(ChannelHandlerContext ctx, long id, String data) {
      String text = "{\"id\":" + id + ",\"code\":0,\"data\":" + data + "}";
      ByteBuf buffer = ctx.alloc().directBuffer(text.length());
      buffer.writeCharSequence(text, StandardCharsets.US_ASCII);
      ctx.write(new TextWebSocketFrame(buffer), ctx.voidPromise());
    }

    private static String quoted(byte[] in, int from, int to) {
      int end = from;
      while (end < to && in[end] != '"') {
        end++;
      }
      return new String(in, from, end - from, StandardCharsets.UTF_8);
    }
  }
}
