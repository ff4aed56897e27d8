package im.palisade.client;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketServerProtocolHandler;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A gateway in a few lines for tests of clients: one-to-one messages, history, duplicates by
 * random, and faults on demand. It keeps everything in memory and trusts every login whose UserSig
 * is not {@code bad}.
 */
// A write that fails ends its connection, which the tests see.
@SuppressWarnings("FutureReturnValueIgnored")
public final class InMemoryImServer implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final MultiThreadIoEventLoopGroup loop =
      new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
  private final Channel listening;
  private final Map<String, Channel> online = new ConcurrentHashMap<>();
  private final Map<String, List<ObjectNode>> conversations = new LinkedHashMap<>();
  private final Map<String, ObjectNode> byRandom = new HashMap<>();
  private final List<JsonNode> logins = new CopyOnWriteArrayList<>();
  private final AtomicInteger sendsToLose = new AtomicInteger();
  private volatile Delivery delivery = Delivery.RIGHT;
  private Optional<TextWebSocketFrame> heldBack = Optional.empty();
  private final Set<String> unknownPeers = ConcurrentHashMap.newKeySet();

  /** What happens to messages on their way to the receiver. */
  public enum Delivery {
    RIGHT,
    TWICE,
    NEVER,
    /** The second of two overtakes the first. */
    SWAPPED
  }

  public InMemoryImServer() {
    this(0);
  }

  public InMemoryImServer(int port) {
    listening =
        new ServerBootstrap()
            .group(loop)
            .channel(NioServerSocketChannel.class)
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
                            new Frames());
                  }
                })
            .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port))
            .syncUninterruptibly()
            .channel();
  }

  public URI url() {
    return URI.create("ws://127.0.0.1:" + port() + "/im");
  }

  public int port() {
    return ((InetSocketAddress) listening.localAddress()).getPort();
  }

  /** The data of every login so far. */
  public List<JsonNode> logins() {
    return logins;
  }

  /** The next sends are stored, but their connection is closed instead of answered. */
  public void loseNextReplies(int count) {
    sendsToLose.set(count);
  }

  /** Sends to this user are refused with 20003. */
  public void forget(String user) {
    unknownPeers.add(user);
  }

  /** From now on messages are delivered like that. */
  public void deliver(Delivery how) {
    delivery = how;
  }

  /** Closes a user's connection with a code. */
  public void disconnect(String user, int code) {
    Optional.ofNullable(online.get(user))
        .ifPresent(c -> c.writeAndFlush(new CloseWebSocketFrame(code, "")));
  }

  /** Everything stored between two users, as texts in order. */
  public List<String> texts(String one, String other) {
    return onLoop(
        () ->
            conversations.getOrDefault(pair(one, other), List.of()).stream()
                .map(m -> ImMessage.of(m).text())
                .toList());
  }

  /** Stores and delivers a message as if that user had sent it. */
  public void say(String from, String to, String text) {
    ArrayNode body = JSON.createArrayNode();
    body.addObject().put("MsgType", "TIMTextElem").putObject("MsgContent").put("Text", text);
    onLoop(() -> store(from, to, System.nanoTime() & 0xFFFFFFFFL, body));
  }

  @Override
  public void close() {
    loop.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
  }

  private <T> T onLoop(Callable<T> work) {
    return loop.submit(work).syncUninterruptibly().getNow();
  }

  private ObjectNode store(String from, String to, long random, JsonNode body) {
    String key = from + "|" + to + "|" + random;
    ObjectNode known = byRandom.get(key);
    if (known != null) {
      return known;
    }
    List<ObjectNode> messages =
        conversations.computeIfAbsent(pair(from, to), k -> new ArrayList<>());
    long seq = messages.size() + 1L;
    ObjectNode message =
        JSON.createObjectNode()
            .put("seq", seq)
            .put("time", 1_790_000_000L + seq)
            .put("random", random)
            .put("msgKey", seq + "_" + random + "_" + (1_790_000_000L + seq))
            .put("from", from)
            .put("to", to);
    message.set("body", body);
    messages.add(message);
    byRandom.put(key, message);
    Channel receiver = online.get(to);
    if (receiver != null) {
      ObjectNode event = JSON.createObjectNode().put("evt", "message.new");
      event.putObject("data").putArray("messages").add(seenBy(to, message));
      deliver(receiver, new TextWebSocketFrame(event.toString()));
    }
    return message;
  }

  private void deliver(Channel receiver, TextWebSocketFrame event) {
    switch (delivery) {
      case RIGHT -> receiver.writeAndFlush(event);
      case TWICE -> {
        receiver.writeAndFlush(event.copy());
        receiver.writeAndFlush(event);
      }
      case NEVER -> event.release();
      case SWAPPED -> {
        if (heldBack.isEmpty()) {
          heldBack = Optional.of(event);
        } else {
          receiver.writeAndFlush(event);
          receiver.writeAndFlush(heldBack.get());
          heldBack = Optional.empty();
        }
      }
    }
  }

  private static ObjectNode seenBy(String user, ObjectNode message) {
    String from = message.get("from").asText();
    String peer = user.equals(from) ? message.get("to").asText() : from;
    return message.deepCopy().put("conversation", "C2C" + peer);
  }

  private static String pair(String one, String other) {
    return one.compareTo(other) < 0 ? one + "|" + other : other + "|" + one;
  }

  private final class Frames extends SimpleChannelInboundHandler<TextWebSocketFrame> {
    private String user = "";

    @Override
    protected void channelRead0(ChannelHandlerContext ctx, TextWebSocketFrame text)
        throws Exception {
      if (!(JSON.readTree(text.text()) instanceof ObjectNode frame)) {
        ctx.writeAndFlush(new CloseWebSocketFrame(4000, "malformed"));
        return;
      }
      JsonNode data = frame.path("data");
      ObjectNode reply = JSON.createObjectNode().put("id", frame.path("id").asLong());
      switch (frame.path("cmd").asText()) {
        case "session.login" -> login(ctx, data, reply);
        case "message.send" -> send(ctx, data, reply);
        case "message.history" -> history(data, reply);
        case "ping" -> reply.put("code", 0);
        default -> reply.put("code", 60009).put("info", "no such command");
      }
      if (reply.has("code")) {
        ctx.writeAndFlush(new TextWebSocketFrame(reply.toString()));
      }
      if (reply.path("code").asInt() == 70009) {
        ctx.writeAndFlush(new CloseWebSocketFrame(4002, "login refused"));
      }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
      online.remove(user, ctx.channel());
    }

    private void login(ChannelHandlerContext ctx, JsonNode data, ObjectNode reply) {
      logins.add(data);
      if (data.path("userSig").asText().equals("bad")) {
        reply.put("code", 70009).put("info", "UserSig does not verify");
        return;
      }
      user = data.path("userId").asText();
      online.put(user, ctx.channel());
      reply.put("code", 0).putObject("data").put("sessionId", "s").put("heartbeat", 30);
    }

    private void send(ChannelHandlerContext ctx, JsonNode data, ObjectNode reply) {
      String peer = data.path("conversation").asText().substring("C2C".length());
      if (unknownPeers.contains(peer)) {
        reply.put("code", 20003).put("info", "receiver is not imported");
        return;
      }
      ObjectNode stored = store(user, peer, data.path("random").asLong(), data.path("body"));
      if (sendsToLose.getAndUpdate(n -> Math.max(0, n - 1)) > 0) {
        ctx.writeAndFlush(new CloseWebSocketFrame(1012, "restarting"));
        return;
      }
      ObjectNode result = reply.put("code", 0).putObject("data");
      result.set("seq", stored.get("seq"));
      result.set("time", stored.get("time"));
      result.set("msgKey", stored.get("msgKey"));
    }

    private void history(JsonNode data, ObjectNode reply) {
      String peer = data.path("conversation").asText().substring("C2C".length());
      List<ObjectNode> all = conversations.getOrDefault(pair(user, peer), List.of());
      int limit = data.path("limit").asInt(20);
      int from;
      int to;
      if (data.has("after")) {
        from = Math.min(all.size(), data.get("after").asInt());
        to = Math.min(all.size(), from + limit);
      } else {
        to = data.has("before") ? Math.min(all.size(), data.get("before").asInt() - 1) : all.size();
        from = Math.max(0, to - limit);
      }
      ObjectNode result = reply.put("code", 0).putObject("data");
      ArrayNode messages = result.putArray("messages");
      all.subList(from, to).forEach(m -> messages.add(seenBy(user, m)));
      result.put("complete", data.has("after") ? to == all.size() : from == 0);
    }
  }
}
