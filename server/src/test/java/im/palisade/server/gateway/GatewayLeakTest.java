package im.palisade.server.gateway;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;

import im.palisade.server.protocol.Json;
import im.palisade.server.testing.LoggedErrors;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import io.netty.util.ResourceLeakDetector;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;

/** Every buffer is given back, also when connections end badly. Alone, since it watches the JVM. */
@Isolated
class GatewayLeakTest {
  static {
    LoggedErrors.expect("LEAK: ");
  }

  private final List<String> leaks = new CopyOnWriteArrayList<>();
  private ResourceLeakDetector.Level level = ResourceLeakDetector.getLevel();

  @BeforeEach
  void watch() {
    level = ResourceLeakDetector.getLevel();
    ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.PARANOID);
    ByteBufUtil.setLeakListener((type, records) -> leaks.add(records));
  }

  @AfterEach
  void unwatch() {
    ByteBufUtil.setLeakListener(null);
    ResourceLeakDetector.setLevel(level);
  }

  @Test
  void connectionsThatEndInTheMiddleOfAnythingGiveTheirBuffersBack() {
    try (var server = GatewayUnderTest.start(it -> it.outbound(50_000, 100))) {
      for (int round = 0; round < 10; round++) {
        String user = "u" + round;
        endInTheMiddleOfAFrame(server, user);
        endInTheMiddleOfAMessage(server, user);
        endWhileMuchIsWaiting(server, user);
        endBadly(server, user);
      }
      await().until(() -> server.metric("connections") == 0);
    }
    provokeReports();
    assertEquals(List.of(), leaks);
  }

  @Test
  void theWatchNoticesALeak() {
    forget();
    await()
        .until(
            () -> {
              provokeReports();
              return !leaks.isEmpty();
            });
  }

  private static void endInTheMiddleOfAFrame(GatewayUnderTest server, String user) {
    try (var client = RawClient.loggedIn(server, user)) {
      byte[] request = RawClient.request(2, "echo", "{\"t\":\"" + "x".repeat(9000) + "\"}");
      client.send(Arrays.copyOf(request, 5000));
    }
  }

  private static void endInTheMiddleOfAMessage(GatewayUnderTest server, String user) {
    try (var client = RawClient.loggedIn(server, user)) {
      client.send(RawClient.frame(false, RawClient.TEXT, new byte[3000]));
      client.send(RawClient.frame(false, RawClient.CONTINUATION, new byte[3000]));
      client.send(RawClient.frame(true, RawClient.PING, new byte[10]));
      assertEquals(RawClient.PONG, client.next().opcode());
    }
  }

  private static void endWhileMuchIsWaiting(GatewayUnderTest server, String user) {
    try (var client = RawClient.loggedIn(server, user, 8 << 10)) {
      EncodedFrame frame = EncodedFrame.event("n", Json.object().put("t", "x".repeat(5000)));
      Session session = server.directory.of(server.accountId(user)).getFirst();
      for (int i = 0; i < 500; i++) {
        session.send(frame);
      }
      await().until(() -> server.directory.of(server.accountId(user)).isEmpty());
      client.sendRegardless(new byte[100]);
    }
  }

  private static void endBadly(GatewayUnderTest server, String user) {
    try (var client = RawClient.loggedIn(server, user)) {
      client.send(RawClient.request(2, "echo", "{\"t\":\"" + "x".repeat(9000) + "\"}"));
      client.send(RawClient.text("nonsense"));
      assertEquals(4000, client.closeCode());
    }
    try (var client = new RawClient(server, 0)) {
      client.sendRegardless(new byte[9000]);
    }
  }

  @SuppressWarnings("unused")
  private static void forget() {
    ByteBuf forgotten = ByteBufAllocator.DEFAULT.directBuffer(64);
    forgotten.writeByte(1);
  }

  /** Leaks are reported when the next buffer is allocated after the collector has found them. */
  private static void provokeReports() {
    for (int i = 0; i < 5; i++) {
      System.gc();
      for (int k = 0; k < 100; k++) {
        ByteBufAllocator.DEFAULT.directBuffer(64).release();
      }
    }
  }
}
