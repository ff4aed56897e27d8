package im.palisade.server.sync;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import im.palisade.client.ImRefusedException;
import im.palisade.server.protocol.Json;
import im.palisade.server.testing.TestApp;
import im.palisade.server.testing.TestServer;
import im.palisade.server.testing.TestUser;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Random schedules of three users at once. One device of the first stays connected and lives by
 * events, one comes and goes and synchronises with what it had, one comes only at the end: all
 * three must hold the same list.
 */
class SyncModelTest {
  private static final int STEPS = 40;
  private static final int ROUNDS = 14;
  private static final List<String> PEERS = List.of("bo", "cy");
  private static final List<String> FLAGS =
      List.of("AcceptAndNotify", "AcceptNotNotify", "Discard");

  private final TestApp app = TestServer.shared().newApp().withUsers("ann", "bo", "cy");
  private final AtomicLong randoms = new AtomicLong(1);
  private final ConcurrentHashMap<String, List<Long>> sentTo = new ConcurrentHashMap<>();

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void aDeviceThatWasAwayHoldsWhatOneHoldsThatNeverLeft(long seed) throws Exception {
    String group = "GROUP" + group();
    ModelDevice stays = new ModelDevice(app, "ann", "stays");
    ModelDevice goes = new ModelDevice(app, "ann", "goes");
    stays.comeBack();
    goes.comeBack();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<?>> running = new ArrayList<>();
      for (int i = 0; i < PEERS.size(); i++) {
        String peer = PEERS.get(i);
        Random random = new Random(seed * 31 + i);
        running.add(threads.submit(() -> peers(peer, group, random)));
      }
      running.add(threads.submit(() -> owns(stays, group, new Random(seed * 31 + 7))));
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
        String peer = PEERS.get(random.nextInt(PEERS.size()));
        try (TestUser user = app.login(peer)) {
          done = peer + peer(user, peer, group, random);
        }
      } else {
        done = own(stays, group, random);
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
    try (ModelDevice late = new ModelDevice(app, "ann", "late")) {
      late.comeBack();
      assertEquals(late.state(), goes.state(), "came back after " + when);
      assertEquals(late.state(), stays.state(), "stayed during " + when);
    }
  }

  private Void peers(String self, String group, Random random) {
    try (TestUser user = app.login(self)) {
      for (int step = 0; step < STEPS; step++) {
        peer(user, self, group, random);
      }
    }
    return null;
  }

  private Void owns(ModelDevice device, String group, Random random) {
    for (int step = 0; step < STEPS; step++) {
      own(device, group, random);
    }
    return null;
  }

  /** Another user does something; returns what. */
  private String peer(TestUser user, String self, String group, Random random) {
    String to = random.nextInt(3) == 0 ? group : "C2Cann";
    List<Long> mine = sentTo.computeIfAbsent(self + to, each -> new ArrayList<>());
    int choice = mine.isEmpty() ? 3 : random.nextInt(8);
    switch (choice) {
      case 0 ->
          quietly(
              user, "message.recall", SyncTest.at(to, mine.remove(random.nextInt(mine.size()))));
      case 1 -> {
        ObjectNode edit = SyncTest.at(to, mine.getLast());
        edit.set("body", SyncTest.message("x", randoms.get()).path("body"));
        quietly(user, "message.modify", edit);
      }
      case 2 -> quietly(user, "message.read", SyncTest.conversation(to));
      default -> {
        ObjectNode message = SyncTest.message(to, randoms.incrementAndGet());
        message.put("noUnread", random.nextInt(6) == 0);
        message.put("noLastMessage", random.nextInt(6) == 0);
        if (to.equals(group) && random.nextInt(5) == 0) {
          message.putArray("mentions").add("ann");
        }
        mine.add(SyncTest.ask(user, "message.send", message).path("seq").asLong());
      }
    }
    return " does " + choice + " with " + to;
  }

  /** The user itself does something at the device that stays; returns what. */
  private String own(ModelDevice device, String group, Random random) {
    String to = random.nextInt(3) == 0 ? group : "C2C" + PEERS.get(random.nextInt(PEERS.size()));
    ObjectNode named = Json.object();
    named.putArray("conversations").add(to);
    int choice = random.nextInt(11);
    switch (choice) {
      case 0 ->
          quietly(
              device,
              "conversation.pin",
              SyncTest.conversation(to).put("pinned", random.nextBoolean()));
      case 1 ->
          quietly(
              device,
              "conversation.mark",
              named.put("mark", 1 + random.nextInt(4)).put("marked", random.nextBoolean()));
      case 2 ->
          quietly(
              device, "conversation.customData", named.put("customData", "c" + random.nextInt(3)));
      case 3 -> quietly(device, "conversation.delete", named.put("clear", random.nextBoolean()));
      case 4 -> quietly(device, "conversation.clear", SyncTest.conversation(to));
      case 5 ->
          quietly(
              device,
              "conversation.option",
              named.put("msgFlag", FLAGS.get(random.nextInt(FLAGS.size()))));
      case 6 -> quietly(device, "message.read", SyncTest.conversation(to));
      case 7 -> quietly(device, "message.delete", SyncTest.seqs(to, 1 + random.nextInt(20)));
      default -> device.send(to, SyncTest.message(to, randoms.incrementAndGet()));
    }
    return "ann does " + choice + " with " + to;
  }

  private static Void comeAndGo(ModelDevice device) {
    for (int step = 0; step < STEPS / 5; step++) {
      device.drop();
      device.comeBack();
      quietly(device, "ping", Json.object());
    }
    return null;
  }

  private String group() {
    try (TestUser bo = app.login("bo")) {
      ObjectNode group = Json.object().put("type", "Public").put("name", "g");
      group.putArray("members").addObject().put("userId", "ann");
      group.withArray("members").addObject().put("userId", "cy");
      return SyncTest.ask(bo, "group.create", group).path("groupId").asText();
    }
  }

  private static void quietly(TestUser user, String command, ObjectNode data) {
    refusable(user.client().request(command, data));
  }

  private static void quietly(ModelDevice device, String command, ObjectNode data) {
    refusable(device.client().request(command, data));
  }

  /** Whether it was allowed is not the question here; that it was answered is. */
  private static void refusable(CompletableFuture<JsonNode> reply) {
    try {
      reply.get(20, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      if (!(e.getCause() instanceof ImRefusedException)) {
        throw new AssertionError(e);
      }
    } catch (InterruptedException | TimeoutException e) {
      throw new AssertionError(e);
    }
  }
}
