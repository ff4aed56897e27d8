package im.palisade.server.sync;

import static org.junit.jupiter.api.Assertions.assertEquals;

import im.palisade.client.ImClient;
import im.palisade.server.testing.TestServer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Random schedules of three users at once. One device of the first stays connected and lives by
 * events, one comes and goes and synchronises with what it had, one comes only at the end: all
 * three must hold the same list. The seed is in every failure; {@code
 * -Dpalisade.test.seeds=100-200} tries others.
 */
class SyncModelTest {
  private static final int STEPS = 40;
  private static final int ROUNDS = 20;

  private final Door door = Door.of(TestServer.shared().newApp());

  static List<Long> seeds() {
    return Seeds.of("1-3");
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void aDeviceThatWasAwayHoldsWhatOneHoldsThatNeverLeft(long seed) throws Exception {
    Schedule schedule = Schedule.at(door);
    ModelDevice stays = new ModelDevice(door, "ann", "stays");
    ModelDevice goes = new ModelDevice(door, "ann", "goes");
    stays.comeBack();
    goes.comeBack();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<?>> running = new ArrayList<>();
      for (String peer : Schedule.PEERS) {
        Random random = new Random(seed * 31 + peer.hashCode());
        running.add(threads.submit(() -> peers(schedule, peer, random)));
      }
      running.add(threads.submit(() -> owns(schedule, stays, new Random(seed * 31 + 7))));
      running.add(threads.submit(() -> comeAndGo(goes)));
      for (Future<?> each : running) {
        each.get(60, TimeUnit.SECONDS);
      }
    }
    compare(stays, goes, "a crowd, seed " + seed);
    Random random = new Random(seed * 31 + 9);
    for (int round = 0; round < ROUNDS; round++) {
      goes.drop();
      String done;
      if (random.nextInt(3) == 0) {
        String peer = Schedule.PEERS.get(random.nextInt(Schedule.PEERS.size()));
        try (ImClient user = Schedule.login(door, peer)) {
          done = schedule.peer(user, peer, random);
        }
      } else {
        done = schedule.own(stays, random);
      }
      goes.comeBack();
      compare(stays, goes, done + ", round " + round + ", seed " + seed);
    }
    stays.close();
    goes.close();
  }

  private void compare(ModelDevice stays, ModelDevice goes, String when) {
    stays.settle();
    goes.settle();
    try (ModelDevice late = new ModelDevice(door, "ann", "late")) {
      late.comeBack();
      assertEquals(late.state(), goes.state(), "came back after " + when);
      assertEquals(late.state(), stays.state(), "stayed during " + when);
    }
  }

  private Void peers(Schedule schedule, String self, Random random) {
    try (ImClient user = Schedule.login(door, self)) {
      for (int step = 0; step < STEPS; step++) {
        schedule.peer(user, self, random);
      }
    }
    return null;
  }

  private static Void owns(Schedule schedule, ModelDevice device, Random random) {
    for (int step = 0; step < STEPS; step++) {
      schedule.own(device, random);
    }
    return null;
  }

  private static Void comeAndGo(ModelDevice device) {
    for (int step = 0; step < STEPS / 5; step++) {
      device.drop();
      device.comeBack();
      device.settle();
    }
    return null;
  }
}
