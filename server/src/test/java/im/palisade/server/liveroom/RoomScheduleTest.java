package im.palisade.server.liveroom;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import im.palisade.server.testing.TestUser;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Random schedules of who comes, goes, is banned and speaks in a live room at the same time. */
class RoomScheduleTest {
  private static final List<String> USERS = List.of("ann", "bo", "eve");
  private static final Set<Integer> LEGAL = Set.of(0, 10007, 10010);

  private final LiveApp live = LiveApp.full();

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6})
  void nobodyWhoIsBannedIsThereAndNumbersAreNeverGivenOutTwice(long seed) throws Exception {
    Random random = new Random(seed);
    List<TestUser> users = USERS.stream().map(live.app()::login).toList();
    Set<Long> numbers = new TreeSet<>();
    int[] answered = new int[1];
    List<Callable<Void>> acts = new ArrayList<>();
    for (int i = 0; i < 60; i++) {
      int who = random.nextInt(USERS.size());
      long key = i;
      acts.add(
          switch (random.nextInt(5)) {
            case 0 -> () -> legal(authority("ban_group_member", who, ",\"Duration\":600"));
            case 1 -> () -> legal(authority("unban_group_member", who, ""));
            case 2 -> () -> legal(LiveApp.quit(users.get(who), LiveApp.ROOM));
            case 3 ->
                () -> {
                  JsonNode sent = live.send("owner", key, "hello", "High");
                  if (sent.path("MsgSeq").asLong() > 0) {
                    synchronized (numbers) {
                      numbers.add(sent.path("MsgSeq").asLong());
                      answered[0]++;
                    }
                  }
                  return legal(sent.path("ErrorCode").asInt());
                };
            default -> () -> legal(LiveApp.join(users.get(who), LiveApp.ROOM));
          });
    }
    boolean ends = seed % 3 == 0;
    if (ends) {
      acts.add(
          40,
          () -> legal(live.code("group_open_http_svc/destroy_group", LiveApp.room().toString())));
    }
    try (ExecutorService threads = Executors.newFixedThreadPool(8)) {
      for (Future<Void> each : threads.invokeAll(acts)) {
        each.get();
      }
    }
    assertEquals(answered[0], numbers.size(), "a number came twice");
    if (ends) {
      assertEquals(10010, LiveApp.join(users.getFirst(), LiveApp.ROOM));
    } else {
      Set<String> banned = new TreeSet<>();
      live.call(
              "group_open_http_svc/get_group_ban_member",
              LiveApp.room().put("Offset", 0).toString())
          .path("BannedAccountList")
          .forEach(each -> banned.add(each.path("Member_Account").asText()));
      Set<String> present = new TreeSet<>();
      live.call(
              "group_open_avchatroom_http_svc/get_members",
              LiveApp.room().put("Timestamp", 0).toString())
          .path("MemberList")
          .forEach(each -> present.add(each.path("Member_Account").asText()));
      assertEquals(present.size(), live.online());
      for (String each : banned) {
        assertTrue(!present.contains(each), each + " is banned and there");
      }
      // Who is there hears, and nobody else.
      long heard = live.send("owner", 1_000, "last", "High").path("MsgSeq").asLong();
      for (int i = 0; i < USERS.size(); i++) {
        boolean hears = false;
        users.get(i).settle();
        while (users.get(i).hasMessage()) {
          hears |= users.get(i).nextMessage().seq() == heard;
        }
        assertEquals(present.contains(USERS.get(i)), hears, USERS.get(i));
      }
    }
    users.forEach(TestUser::close);
  }

  private int authority(String command, int who, String more) {
    return live.code(
        "group_open_http_svc/" + command,
        "{\"GroupId\":\"room\",\"Members_Account\":[\"" + USERS.get(who) + "\"]" + more + "}");
  }

  private static Void legal(int code) {
    assertTrue(LEGAL.contains(code), "code " + code);
    return null;
  }
}
