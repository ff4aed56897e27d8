package im.palisade.server.gateway;

import im.palisade.server.app.App;
import im.palisade.server.app.AppSettings;
import im.palisade.server.app.Principal;
import im.palisade.server.protocol.Platform;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.channel.EventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.EventExecutor;
import io.prometheus.client.CollectorRegistry;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Logged-in connections on real event loops, whose channels end in the process itself: what they
 * write is read and counted at once.
 */
final class Crowd implements AutoCloseable {
  private final MultiThreadIoEventLoopGroup group;
  private final List<Shard> shards = new ArrayList<>();
  private final List<Connection> members = new ArrayList<>();
  private final List<End> ends = new ArrayList<>();
  private final AtomicLong frames = new AtomicLong();
  private final AtomicLong writes = new AtomicLong();
  private final AtomicLong flushes = new AtomicLong();

  private volatile int watched = -1;
  private volatile long framesWhenSeen;

  Crowd(int loops, int size) {
    group = new MultiThreadIoEventLoopGroup(loops, NioIoHandler.newFactory());
    SessionDirectory directory = new SessionDirectory();
    GatewayMetrics metrics = new GatewayMetrics(new CollectorRegistry(), directory);
    for (EventExecutor loop : group) {
      shards.add(new Shard((EventLoop) loop, metrics));
    }
    Logins logins =
        new Logins(
            new NobodySignsOn(), directory, List.of(), new Unrecorded(), Duration.ZERO, r -> {});
    GatewayCore core =
        new GatewayCore(
            GatewayUnderTest.SETTINGS,
            directory,
            metrics,
            logins,
            new Requests(new CommandTable(List.of()), logins));
    App app =
        new App(1, "t", App.Status.ACTIVE, "default", AppSettings.DEFAULT, List.of(), Set.of());
    for (int i = 0; i < size; i++) {
      End end = new End();
      Shard shard = shards.get(i % loops);
      Connection connection = new Connection(new EmbeddedChannel(end), shard, core);
      connection.upgraded();
      connection.startLogin();
      connection.identify(
          new Connection.Login(
              "s" + i,
              new Principal(app, i, "u" + i, "usr_" + i, 0, Long.MAX_VALUE),
              Platform.LINUX,
              "d",
              "",
              0));
      shard.submit(connection, new Outbound.Welcome(EncodedFrame.reply(1)), 0);
      ends.add(end);
      members.add(connection);
    }
    turn();
    frames.set(0);
    writes.set(0);
    flushes.set(0);
    ends.forEach(end -> end.count = 0);
  }

  List<Connection> members() {
    return members;
  }

  /** Frames that came out since all were logged in. */
  long frames() {
    return frames.get();
  }

  long writes() {
    return writes.get();
  }

  long flushes() {
    return flushes.get();
  }

  /** From now on it is noted when the event of this number comes out. */
  void watchFor(int number) {
    watched = number;
  }

  /** How many frames had come out when the number watched for did. */
  long framesWhenSeen() {
    return framesWhenSeen;
  }

  /** Waits until the loops have done what they were asked before. */
  void turn() {
    CountDownLatch done = new CountDownLatch(shards.size());
    shards.forEach(shard -> shard.submit(done::countDown));
    await(done);
  }

  /** Does something while the loops do nothing, so that they find all of it in one turn. */
  void pauseLoops(Runnable meanwhile) {
    CountDownLatch paused = new CountDownLatch(shards.size());
    CountDownLatch go = new CountDownLatch(1);
    shards.forEach(
        shard ->
            shard.submit(
                () -> {
                  paused.countDown();
                  await(go);
                }));
    await(paused);
    meanwhile.run();
    go.countDown();
  }

  /** The numbers of the events a member got. */
  List<Integer> numbersOf(int member) {
    return ends.get(member).numbers();
  }

  boolean allGot(String numbers) {
    List<Integer> expected = Arrays.stream(numbers.split(",", -1)).map(Integer::valueOf).toList();
    return ends.stream().allMatch(end -> end.numbers().equals(expected));
  }

  String firstOddOne() {
    return ends.getFirst().numbers() + " … " + ends.getLast().numbers();
  }

  @Override
  public void close() {
    group.shutdownGracefully(0, 2, TimeUnit.SECONDS).awaitUninterruptibly();
  }

  private static void await(CountDownLatch latch) {
    try {
      if (!latch.await(30, TimeUnit.SECONDS)) {
        throw new AssertionError("the event loops do not come round");
      }
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static final class NobodySignsOn implements im.palisade.server.app.SignOn {
    @Override
    public Principal verify(App app, String userId, String userSig, String address) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Principal login(long sdkAppId, String userId, String userSig, String address) {
      throw new UnsupportedOperationException();
    }
  }

  private static final class Unrecorded implements LoginAudit {
    @Override
    public void loggedOut(Session session) {}

    @Override
    public void accepted(Session session) {}

    @Override
    public void refused(long sdkAppId, String userId, String address, int code) {}

    @Override
    public void kicked(Session session, KickReason reason) {}
  }

  /** Where a channel's writes come out. */
  private final class End extends ChannelOutboundHandlerAdapter {
    private volatile int count;
    private int[] numbers = new int[8];

    List<Integer> numbers() {
      int seen = count;
      return Arrays.stream(Arrays.copyOf(numbers, seen)).boxed().toList();
    }

    @Override
    public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
      ByteBuf bytes = (ByteBuf) message;
      writes.incrementAndGet();
      int came = 0;
      while (bytes.isReadable()) {
        bytes.skipBytes(1);
        int length = bytes.readUnsignedByte();
        String text = bytes.readCharSequence(length, StandardCharsets.UTF_8).toString();
        came++;
        int at = text.indexOf("\"n\":");
        if (at >= 0) {
          keep(Integer.parseInt(text.substring(at + 4, text.indexOf('}', at))));
        }
      }
      frames.addAndGet(came);
      ReferenceCountUtil.release(message);
    }

    @SuppressWarnings("NonAtomicOperationOnVolatileField")
    private void keep(int number) {
      if (number == watched) {
        framesWhenSeen = frames.get();
      }
      int place = count;
      if (place == numbers.length) {
        numbers = Arrays.copyOf(numbers, 2 * place);
      }
      numbers[place] = number;
      count = place + 1;
    }

    @Override
    public void flush(ChannelHandlerContext context) {
      flushes.incrementAndGet();
    }
  }
}
