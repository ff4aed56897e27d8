package im.palisade.server.gateway;

import im.palisade.server.app.SignOn;
import im.palisade.server.config.SettingException;
import im.palisade.server.security.ProxyProtocol;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.EventExecutor;
import io.prometheus.client.CollectorRegistry;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The access gateway: the listener of the client protocol. */
@SuppressWarnings("FutureReturnValueIgnored") // closing is awaited by count, not by channel
public final class Gateway {
  private static final Logger LOG = LoggerFactory.getLogger(Gateway.class);
  private static final int BACKLOG = 4096;
  private static final Duration CLOSE_GRACE = Duration.ofSeconds(2);

  /** What the channel itself holds for a client; the rest stays shared in the connection. */
  private static final WriteBufferWaterMark CHANNEL_BUFFER =
      new WriteBufferWaterMark(32 << 10, 64 << 10);

  private final GatewaySettings settings;
  private final Supplier<Optional<SslContext>> tls;
  private final GatewayCore core;
  private final ProxyProtocol proxies;
  private final ExecutorService threads =
      Executors.newThreadPerTaskExecutor(
          Thread.ofVirtual().name("im-login").inheritInheritableThreadLocals(false).factory());

  /** Set by start. */
  private volatile Optional<Running> running = Optional.empty();

  private record Running(EventLoopGroup group, Channel listener, Map<EventLoop, Shard> shards) {
    void onEach(Consumer<Shard> action) {
      shards.values().forEach(shard -> shard.loop().execute(() -> action.accept(shard)));
    }
  }

  /**
   * Makes a gateway that does not listen yet.
   *
   * @param signOn asked on virtual threads
   * @param tls asked for each connection, so that certificates may change; empty for plain
   * @param registry where its metrics go; one gateway per registry
   */
  public Gateway(
      GatewaySettings settings,
      SignOn signOn,
      CommandTable commands,
      SessionDirectory directory,
      List<SessionListener> listeners,
      LoginAudit audit,
      Supplier<Optional<SslContext>> tls,
      CollectorRegistry registry) {
    this.settings = settings;
    this.tls = tls;
    this.proxies = new ProxyProtocol("The access gateway", settings.balancers());
    Logins logins = new Logins(signOn, directory, listeners, audit, settings.heartbeat(), threads);
    this.core =
        new GatewayCore(
            settings,
            directory,
            new GatewayMetrics(registry, directory),
            logins,
            new Requests(commands, logins));
  }

  /**
   * Listens.
   *
   * @return the port
   * @throws SettingException when the address cannot be had
   */
  public int start() {
    boolean epoll = Epoll.isAvailable();
    EventLoopGroup group =
        new MultiThreadIoEventLoopGroup(
            settings.loops(),
            new DefaultThreadFactory("im-loop"),
            epoll ? EpollIoHandler.newFactory() : NioIoHandler.newFactory());
    Map<EventLoop, Shard> shards = new HashMap<>();
    for (EventExecutor executor : group) {
      EventLoop loop = (EventLoop) executor;
      shards.put(loop, new Shard(loop, core.metrics()));
    }
    shards.values().forEach(shard -> shard.start(settings.sweep()));

    ServerBootstrap bootstrap =
        new ServerBootstrap()
            .group(group)
            .channel(epoll ? EpollServerSocketChannel.class : NioServerSocketChannel.class)
            .option(ChannelOption.SO_BACKLOG, BACKLOG)
            .option(ChannelOption.SO_REUSEADDR, true)
            .childOption(ChannelOption.TCP_NODELAY, true)
            .childOption(ChannelOption.WRITE_BUFFER_WATER_MARK, CHANNEL_BUFFER)
            .childHandler(
                new ChannelInitializer<Channel>() {
                  @Override
                  protected void initChannel(Channel channel) {
                    accept(channel, shards.get(channel.eventLoop()));
                  }
                });
    if (epoll) {
      // Unsent bytes stay with us, where slow readers are seen and share memory.
      bootstrap.childOption(EpollChannelOption.TCP_NOTSENT_LOWAT, 128L << 10);
    }
    var bound = bootstrap.bind(settings.host(), settings.port()).awaitUninterruptibly();
    if (!bound.isSuccess()) {
      group.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
      throw new SettingException(
          "im.port",
          "cannot listen on "
              + settings.host()
              + ":"
              + settings.port()
              + ": "
              + bound.cause().getMessage(),
          bound.cause());
    }
    Channel listener = bound.channel();
    running = Optional.of(new Running(group, listener, Map.copyOf(shards)));
    int port = ((InetSocketAddress) listener.localAddress()).getPort();
    LOG.info(
        "access gateway listens on {}:{} ({}, {} event loops, {})",
        settings.host(),
        port,
        epoll ? "epoll" : "nio",
        shards.size(),
        tls.get().isPresent() ? "TLS" : "plain");
    return port;
  }

  /**
   * Stops accepting, lets the requests under way finish, closes every client with 1012 and ends.
   *
   * @param drain how long requests may take; what is unfinished then is cut off
   */
  public void stop(Duration drain) {
    Optional<Running> ended = running;
    running = Optional.empty();
    ended.ifPresent(it -> stop(it, drain));
  }

  private void stop(Running ended, Duration drain) {
    LOG.info("access gateway stops, {} connections", core.connections());
    ended.listener().close().awaitUninterruptibly();
    ended.onEach(Shard::drain);
    await(drain, () -> core.connections() == 0);
    ended.onEach(Shard::closeAll);
    await(CLOSE_GRACE, () -> core.connections() == 0);
    ended.onEach(Shard::abortAll);
    await(CLOSE_GRACE, () -> core.connections() == 0);
    threads.shutdown();
    try {
      if (!threads.awaitTermination(CLOSE_GRACE.toMillis(), TimeUnit.MILLISECONDS)) {
        LOG.warn("logins or session listeners were still at work when the gateway ended");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    ended.group().shutdownGracefully(0, 2, TimeUnit.SECONDS).awaitUninterruptibly();
  }

  private void accept(Channel channel, Shard shard) {
    if (!core.connectionOpened()) {
      channel.close();
      return;
    }
    Connection connection = new Connection(channel, shard, core);
    channel.closeFuture().addListener(connection);
    shard.add(connection);
    if (proxies.isOn()) {
      channel.pipeline().addLast(new ProxyHeaderHandler(connection, proxies));
    }
    tls.get()
        .ifPresent(
            context -> {
              SslHandler handler = context.newHandler(channel.alloc());
              handler.setHandshakeTimeoutMillis(settings.loginTimeout().toMillis());
              channel.pipeline().addLast(handler);
            });
    Handshake.install(channel.pipeline(), connection);
  }

  private static void await(Duration atMost, BooleanSupplier condition) {
    long deadline = System.nanoTime() + atMost.toNanos();
    try {
      while (!condition.getAsBoolean() && System.nanoTime() < deadline) {
        Thread.sleep(10);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
