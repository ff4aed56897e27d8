package im.palisade.server.liveroom;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import im.palisade.client.ImClient;
import im.palisade.client.ImMessage;
import im.palisade.server.testing.TestUser;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Ten thousand joins and leaves at once: the room keeps its rhythm, others do not notice. */
class RoomStormTest {
  private static final int USERS = 100;
  private static final int ROUNDS = 50;

  @Test
  void aStormOfJoinsEndsWithEverybodyThereAndDisturbsNobody() {
    LiveApp live = LiveApp.full();
    live.create("AVChatRoom", "quiet", "owner");
    String[] names = new String[USERS];
    for (int i = 0; i < USERS; i++) {
      names[i] = "s" + i;
    }
    live.app().withUsers(names);
    List<TestUser> users = new ArrayList<>();
    try (TestUser witness = live.in("ann");
        TestUser quiet = live.in("bo", "quiet")) {
      for (String name : names) {
        users.add(live.app().login(name));
      }
      long begin = System.nanoTime();
      List<CompletableFuture<JsonNode>> requests = new ArrayList<>();
      for (int round = 0; round < ROUNDS; round++) {
        for (TestUser user : users) {
          requests.add(room(user, "group.join"));
          requests.add(room(user, "group.quit"));
        }
      }
      users.forEach(user -> requests.add(room(user, "group.join")));
      // Somebody speaks in both rooms meanwhile, and is heard in the midst of it.
      for (int n = 0; n < 10; n++) {
        say(live, "quiet", n);
        say(live, "room", n);
        assertEquals("m" + n, RoomMessagesTest.text(quiet).text());
      }
      requests.forEach(TestUser::await);
      Duration took = Duration.ofNanos(System.nanoTime() - begin);
      assertEquals(USERS + 1, live.online());
      for (int n = 0; n < 10; n++) {
        assertEquals("m" + n, RoomMessagesTest.text(witness).text());
      }
      witness.settle();
      int tips = 0;
      while (witness.hasMessage()) {
        ImMessage message = witness.nextMessage();
        tips += message.from().equals("@TIM#SYSTEM") ? 1 : 0;
      }
      // Two kinds of tips, each at most once in 200 ms.
      long most = 2 * (took.toMillis() / 200 + 2);
      assertTrue(tips <= most, tips + " tips in " + took);
    } finally {
      users.forEach(TestUser::close);
    }
  }

  private static CompletableFuture<JsonNode> room(TestUser user, String command) {
    return user.client().request(command, ImClient.object().put("groupId", LiveApp.ROOM));
  }

  private static void say(LiveApp live, String room, int n) {
    var body = LiveApp.room().put("GroupId", room).put("Random", n).put("From_Account", "eve");
    LiveApp.element(body, "m" + n);
    live.ok("group_open_http_svc/send_group_msg", body);
  }
}
