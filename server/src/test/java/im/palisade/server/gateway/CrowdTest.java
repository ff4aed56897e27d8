package im.palisade.server.gateway;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import im.palisade.server.protocol.Json;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Audiences of more members than a test has sockets for. */
class CrowdTest {
  private static final AudienceId ROOM = new AudienceId(1, 7);

  @Test
  void whatIsSaidWhileARoundIsUnderWayGoesOutInOneWriteToEach() {
    int members = 2_000;
    try (var crowd = new Crowd(2, members)) {
      Audiences audiences = new Audiences();
      crowd.members().forEach(member -> audiences.join(ROOM, member));
      crowd.turn();
      crowd.pauseLoops(
          () -> {
            for (int n = 0; n < 10; n++) {
              audiences.say(ROOM, event(n));
            }
          });
      await().until(() -> crowd.frames() == 10L * members);
      assertEquals(members, crowd.writes(), "one write for ten frames");
      assertEquals(members, crowd.flushes(), "and one flush");
      assertTrue(crowd.allGot("0,1,2,3,4,5,6,7,8,9"), crowd::firstOddOne);
    }
  }

  @Test
  void membersThatComeAndGoDuringRoundsNeitherMissNorDoubleAnything() {
    int members = 3_000;
    int rounds = 300;
    Random random = new Random(42);
    try (var crowd = new Crowd(2, members)) {
      Audiences audiences = new Audiences();
      List<List<Integer>> due = new ArrayList<>();
      boolean[] in = new boolean[members];
      for (int i = 0; i < members; i++) {
        due.add(new ArrayList<>());
      }
      for (int n = 0; n < rounds; n++) {
        for (int k = 0; k < 200; k++) {
          int i = random.nextInt(members);
          in[i] = !in[i];
          if (in[i]) {
            audiences.join(ROOM, crowd.members().get(i));
          } else {
            audiences.leave(ROOM, crowd.members().get(i));
          }
        }
        audiences.say(ROOM, event(n));
        for (int i = 0; i < members; i++) {
          if (in[i]) {
            due.get(i).add(n);
          }
        }
      }
      long all = due.stream().mapToLong(List::size).sum();
      await().atMost(Duration.ofSeconds(60)).until(() -> crowd.frames() >= all);
      crowd.turn();
      for (int i = 0; i < members; i++) {
        assertEquals(due.get(i), crowd.numbersOf(i), "member " + i);
      }
    }
  }

  @Test
  void anAudienceOfAHundredThousandHearsEverythingAndHoldsUpNobody() {
    int members = 100_000;
    try (var crowd = new Crowd(2, members)) {
      Audiences audiences = new Audiences();
      crowd.members().forEach(member -> audiences.join(ROOM, member));
      AudienceId small = new AudienceId(1, 8);
      crowd.members().subList(0, 10).forEach(member -> audiences.join(small, member));
      assertEquals(members, audiences.size(ROOM));
      crowd.watchFor(100);
      crowd.pauseLoops(
          () -> {
            for (int n = 0; n < 5; n++) {
              audiences.say(ROOM, event(n));
            }
            audiences.say(small, event(100));
          });
      long begin = System.nanoTime();
      await().atMost(Duration.ofSeconds(60)).until(() -> crowd.frames() == 5L * members + 10);
      if (Boolean.getBoolean("palisade.figures")) {
        double seconds = (System.nanoTime() - begin) / 1e9;
        System.out.printf(
            "FIGURE room of %d channels in one process: %.0f deliveries/s%n",
            members, 5L * members / seconds);
      }
      // The small audience has its turn long before the large one is through.
      assertTrue(crowd.framesWhenSeen() < members, () -> "after " + crowd.framesWhenSeen());
      crowd.turn();
      for (int i = 10; i < members; i++) {
        assertEquals(List.of(0, 1, 2, 3, 4), crowd.numbersOf(i));
      }
    }
  }

  private static EncodedFrame event(int n) {
    return EncodedFrame.event("n", Json.object().put("n", n));
  }
}
