package im.palisade.bench;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;

/** The one thread that drives all connections, since it shares the machine with the server. */
final class Generator implements AutoCloseable {
  /** One source address has some 28,000 ports; it changes well before they run out. */
  private static final int CONNECTIONS_PER_ADDRESS = 10_000;

  private final MultiThreadIoEventLoopGroup group;
  private final EventLoop loop;
  private final Bootstrap bootstrap;
  private int opened;

  Generator() {
    boolean epoll = Epoll.isAvailable();
    group =
        new MultiThreadIoEventLoopGroup(
            1, epoll ? EpollIoHandler.newFactory() : NioIoHandler.newFactory());
    loop = (EventLoop) group.next();
    bootstrap =
        new Bootstrap()
            .group(group)
            .channel(epoll ? EpollSocketChannel.class : NioSocketChannel.class)
            .option(ChannelOption.TCP_NODELAY, true)
            .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, 10_000);
  }

  /** The thread on which every {@link LoadConnection.User} is called. */
  EventLoop loop() {
    return loop;
  }

  /** Opens a connection; call it on the loop. The user hears how it went. */
  void open(URI url, LoadConnection.User user) {
    LoadConnection connection = new LoadConnection(url, user);
    int address = 1 + opened++ / CONNECTIONS_PER_ADDRESS % 200;
    ChannelFuture connecting =
        bootstrap
            .clone()
            .handler(
                new ChannelInitializer<Channel>() {
                  @Override
                  protected void initChannel(Channel channel) {
                    channel.pipeline().addLast(connection);
                  }
                })
            .connect(
                new InetSocketAddress(url.getHost(), url.getPort()),
                new InetSocketAddress("127.0.0." + address, 0));
    connecting.addListener(
        done -> {
          if (!done.isSuccess()) {
            user.onClosed(connection, 1006);
          }
        });
  }

  /** Runs something on the loop and waits for its result. */
  <T> T call(Callable<T> work) {
    return loop().submit(work).syncUninterruptibly().getNow();
  }

  @Override
  public void close() {
    group.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
  }
}
