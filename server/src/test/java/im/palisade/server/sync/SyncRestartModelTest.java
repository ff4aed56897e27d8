package im.palisade.server.sync;

import static org.junit.jupiter.api.Assertions.assertEquals;

import im.palisade.cli.ConnectionFile;
import im.palisade.client.ImClient;
import im.palisade.client.ImLogin;
import im.palisade.server.testing.ServerProcess;
import im.palisade.server.testing.TestDatabase;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The same random schedules while the server is killed under them, or stopped, again and again:
 * devices that come back with what they had hold what one holds that comes with nothing.
 */
@ResourceLock(ServerProcess.MACHINE)
class SyncRestartModelTest {
  private static final int RESTARTS = 3;
  private static final int STEPS = 40;

  private final Path data = TestDatabase.newDirectory().resolve("data");

  static List<Long> seeds() {
    return Seeds.of("1-1");
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void devicesHoldTheSameHoweverTheServerEnded(long seed) throws Exception {
    Random random = new Random(seed);
    Reopening door = new Reopening();
    ModelDevice one = new ModelDevice(door, "ann", "one");
    ModelDevice two = new ModelDevice(door, "ann", "two");
    Schedule schedule = null;
    for (int start = 0; start <= RESTARTS; start++) {
      try (ServerProcess server = ServerProcess.start(data).awaitReady()) {
        door.facts = server.connection().orElseThrow();
        if (schedule == null) {
          schedule = Schedule.at(door);
        }
        one.comeBack();
        two.comeBack();
        compare(door, one, two, "start " + start + ", seed " + seed);
        boolean killed = start < RESTARTS && random.nextInt(3) > 0;
        crowd(server, door, schedule, one, two, random, killed);
        if (!killed) {
          compare(door, one, two, "all that happened, start " + start + ", seed " + seed);
          server.stop();
        }
      }
    }
  }

  /** Everybody acts; in the middle of it the server may die. */
  private static void crowd(
      ServerProcess server,
      Reopening door,
      Schedule schedule,
      ModelDevice one,
      ModelDevice two,
      Random random,
      boolean killed)
      throws Exception {
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<?>> running = new ArrayList<>();
      for (String peer : Schedule.PEERS) {
        Random own = new Random(random.nextLong());
        running.add(threads.submit(() -> peers(door, schedule, peer, own)));
      }
      for (ModelDevice device : List.of(one, two)) {
        Random own = new Random(random.nextLong());
        running.add(threads.submit(() -> owns(schedule, device, own)));
      }
      if (killed) {
        // Others are at it; where they are by then is the machine's affair.
        running.get(random.nextInt(running.size())).get(60, TimeUnit.SECONDS);
        server.kill();
      }
      for (Future<?> each : running) {
        each.get(60, TimeUnit.SECONDS);
      }
    }
  }

  private static Void peers(Reopening door, Schedule schedule, String self, Random random) {
    try (ImClient user = Schedule.login(door, self)) {
      for (int step = 0; step < STEPS && !user.closed().isDone(); step++) {
        schedule.peer(user, self, random);
      }
    }
    return null;
  }

  private static Void owns(Schedule schedule, ModelDevice device, Random random) {
    for (int step = 0; step < STEPS && device.isConnected(); step++) {
      schedule.own(device, random);
    }
    return null;
  }

  private static void compare(Reopening door, ModelDevice one, ModelDevice two, String when) {
    one.settle();
    two.settle();
    try (ModelDevice late = new ModelDevice(door, "ann", "late")) {
      late.comeBack();
      assertEquals(late.state(), one.state(), "one after " + when);
      assertEquals(late.state(), two.state(), "two after " + when);
    }
  }

  /** The door of whatever server runs now. */
  private static final class Reopening implements Door {
    private volatile ConnectionFile facts;

    @Override
    public URI address() {
      return facts.imUrl();
    }

    @Override
    public ImLogin login(String userId, String platform, String deviceId) {
      return new ImLogin(
          facts.sdkAppId(), userId, facts.sign(userId, Duration.ofDays(1)), platform, deviceId);
    }
  }
}
