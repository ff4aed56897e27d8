package im.palisade.server.callback;

import im.palisade.client.Sent;
import im.palisade.server.callback.CallbackOutboxStore.Due;
import im.palisade.server.protocol.Origin;
import im.palisade.server.store.Region;
import im.palisade.server.testing.QuickReceiver;
import im.palisade.server.testing.TestUser;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/** Measures; run alone with {@code -Dpalisade.figures=true}. */
@EnabledIfSystemProperty(named = "palisade.figures", matches = "true")
class CallbackFiguresTest {
  private static final int WARM_UP = 400;
  private static final int SENDS = 400;
  private static final int FACTS = 60_000;

  @Test
  void aBeforeWebhookToThisMachineCostsAtMostThreeMilliseconds() throws IOException {
    try (QuickReceiver receiver = new QuickReceiver();
        Hooked without = Hooked.on();
        Hooked with = Hooked.on("C2C.CallbackBeforeSendMsg")) {
      with.configure(now -> now.to(receiver.url(), now.events()));
      try (TestUser plain = without.app().login("mia");
          TestUser hooked = with.app().login("mia")) {
        medianMicros(plain, 0, WARM_UP);
        medianMicros(hooked, 0, WARM_UP);
        long base = medianMicros(plain, WARM_UP, SENDS);
        long asked = medianMicros(hooked, WARM_UP, SENDS);
        System.out.printf(
            "FIGURE median of a send: %d us, with a before-webhook %d us%n", base, asked);
        Assertions.assertTrue(asked - base <= 3_000, "added " + (asked - base) + " us");
      }
    }
  }

  @Test
  void theOutboxKeepsUpWithFiveThousandASecond() throws IOException {
    try (QuickReceiver receiver = new QuickReceiver();
        Hooked hooked = Hooked.on()) {
      String command = "Profile.CallbackPortraitSet";
      hooked.configure(now -> now.to(receiver.url(), Set.of(command)));
      drain(hooked, receiver, command, FACTS / 3);
      long begin = System.nanoTime();
      drain(hooked, receiver, command, FACTS);
      double seconds = (System.nanoTime() - begin) / 1e9;
      System.out.printf("FIGURE outbox: %.0f webhooks/s%n", FACTS / seconds);
      Assertions.assertTrue(FACTS / seconds >= 5_000, FACTS / seconds + "/s");
    }
  }

  private static void drain(Hooked hooked, QuickReceiver receiver, String command, int facts) {
    long before = receiver.taken();
    Region region = hooked.app().server().regions().of(hooked.app().app());
    CallbackOutboxStore store = hooked.app().server().webhooks().outbox();
    long appId = hooked.app().appId();
    String body = "{\"CallbackCommand\":\"" + command + "\",\"x\":\"" + "a".repeat(200) + "\"}";
    for (int done = 0; done < facts; done += 256) {
      List<Due> step = new ArrayList<>();
      long now = System.currentTimeMillis();
      for (int i = 0; i < Math.min(256, facts - done); i++) {
        Callback callback = new Callback(command, Origin.SERVER, body);
        step.add(new Due(new Kept(0, appId, done + i + 1, now, 0, callback), now));
      }
      region.inUnitOfWork(
          unit -> {
            store.insert(unit.connection(), step);
            return null;
          });
    }
    Awaitility.await()
        .atMost(Duration.ofMinutes(2))
        .pollInterval(Duration.ofMillis(20))
        .until(() -> receiver.taken() - before >= facts);
  }

  private static long medianMicros(TestUser user, int first, int count) {
    long[] micros = new long[count];
    for (int i = 0; i < count; i++) {
      // A client may send a hundred frames a second.
      LockSupport.parkNanos(11_000_000);
      long begin = System.nanoTime();
      Sent sent = user.send("noah", first + i + 1L, "hello");
      micros[i] = (System.nanoTime() - begin) / 1_000;
      Assertions.assertTrue(sent.seq() > 0);
    }
    Arrays.sort(micros);
    return micros[count / 2];
  }
}
