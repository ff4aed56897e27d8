package im.palisade.server.gateway;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import im.palisade.server.protocol.ErrorCode;
import im.palisade.server.protocol.Json;
import im.palisade.server.testing.LoggedErrors;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** Audiences over real sockets. */
class AudiencesTest {
  private static final AudienceId ROOM = new AudienceId(GatewayUnderTest.APP, 7);
  private static final AudienceId OTHER_ROOM = new AudienceId(GatewayUnderTest.APP, 8);

  static {
    LoggedErrors.expect("login failed");
  }

  private final Audiences audiences = new Audiences();

  @Test
  void whatIsSaidReachesEveryMemberInOrderAndNobodyElse() {
    List<RawClient> members = new ArrayList<>();
    try (var server = GatewayUnderTest.start();
        var outsider = RawClient.loggedIn(server, "outsider")) {
      for (int i = 0; i < 20; i++) {
        members.add(RawClient.loggedIn(server, "u" + i));
        audiences.join(ROOM, session(server, "u" + i));
      }
      audiences.join(OTHER_ROOM, session(server, "outsider"));
      for (int n = 0; n < 300; n++) {
        audiences.say(ROOM, event(n));
      }
      audiences.say(OTHER_ROOM, event(-1));
      for (RawClient member : members) {
        for (int n = 0; n < 300; n++) {
          assertEquals(n, number(member));
        }
      }
      assertEquals(-1, number(outsider));
      assertEquals(20, audiences.size(ROOM));
      assertEquals(2, audiences.count());
    } finally {
      members.forEach(RawClient::close);
    }
  }

  @Test
  void aFrameMayLeaveOutOneSessionOrBeForSomeAndKeepsItsPlace() {
    try (var server = GatewayUnderTest.start();
        var alice = RawClient.loggedIn(server, "alice");
        var bob = RawClient.loggedIn(server, "bob");
        var carol = RawClient.loggedIn(server, "carol");
        var stranger = RawClient.loggedIn(server, "stranger")) {
      for (String user : List.of("alice", "bob", "carol")) {
        audiences.join(ROOM, session(server, user));
      }
      audiences.say(ROOM, event(1));
      audiences.sayToOthers(ROOM, event(2), session(server, "alice"));
      audiences.sayTo(ROOM, event(3), List.of(session(server, "bob"), session(server, "stranger")));
      audiences.say(ROOM, event(4));
      assertEquals(List.of(1, 4), numbers(alice, 2));
      assertEquals(List.of(1, 2, 3, 4), numbers(bob, 4));
      assertEquals(List.of(1, 2, 4), numbers(carol, 3));
      session(server, "stranger").send(event(9));
      assertEquals(9, number(stranger));
    }
  }

  @Test
  void aMemberHearsWhatIsSaidBetweenItsJoinAndItsLeaveAndNothingElse() {
    try (var server = GatewayUnderTest.start();
        var alice = RawClient.loggedIn(server, "alice");
        var witness = RawClient.loggedIn(server, "witness")) {
      audiences.join(ROOM, session(server, "witness"));
      int expected = 0;
      for (int round = 0; round < 200; round++) {
        audiences.say(ROOM, event(-1));
        audiences.join(ROOM, session(server, "alice"));
        audiences.join(ROOM, session(server, "alice"));
        audiences.say(ROOM, event(expected++));
        audiences.say(ROOM, event(expected++));
        audiences.leave(ROOM, session(server, "alice"));
        audiences.leave(ROOM, session(server, "alice"));
      }
      audiences.say(ROOM, event(-1));
      for (int n = 0; n < expected; n++) {
        assertEquals(n, number(alice));
      }
      session(server, "alice").send(event(9));
      assertEquals(9, number(alice));
      assertEquals(601, numbers(witness, 601).size());
      await().until(() -> audiences.size(ROOM) == 1);
    }
  }

  @Test
  void aSessionThatEndsLeavesAllItsAudiencesAndEmptyOnesAreForgotten() {
    try (var server = GatewayUnderTest.start()) {
      try (var client = RawClient.loggedIn(server, "alice")) {
        Session session = session(server, "alice");
        for (int i = 0; i < 100; i++) {
          audiences.join(new AudienceId(1, i), session);
        }
        audiences.say(new AudienceId(1, 99), event(1));
        assertEquals(1, number(client));
        assertEquals(100, audiences.count());
        for (int i = 0; i < 100; i += 7) {
          audiences.leave(new AudienceId(1, i), session);
        }
        await().until(() -> audiences.count() == 85);
      }
      await().until(() -> audiences.count() == 0);
    }
  }

  @Test
  void whoJoinsAfterItsSessionEndedIsNotCounted() {
    try (var server = GatewayUnderTest.start()) {
      RawClient client = RawClient.loggedIn(server, "alice");
      Session session = session(server, "alice");
      client.close();
      await().until(() -> server.directory.of(server.accountId("alice")).isEmpty());
      audiences.join(ROOM, session);
      await().until(() -> audiences.count() == 0);
    }
  }

  @Test
  void anAudienceThatIsDispersedHearsItsLastFrameAndIsGone() {
    try (var server = GatewayUnderTest.start();
        var alice = RawClient.loggedIn(server, "alice");
        var bob = RawClient.loggedIn(server, "bob")) {
      audiences.join(ROOM, session(server, "alice"));
      audiences.join(ROOM, session(server, "bob"));
      audiences.say(ROOM, event(1));
      audiences.disperse(ROOM);
      audiences.say(ROOM, event(2));
      assertEquals(1, number(alice));
      assertEquals(1, number(bob));
      await().until(() -> audiences.count() == 0);
      session(server, "alice").send(event(3));
      assertEquals(3, number(alice));
    }
  }

  @Test
  void theReplyOfALoginWaitsForThoseWhoEnterTheSessionAndWhatIsSaidMeanwhileFollowsIt() {
    CountDownLatch said = new CountDownLatch(1);
    try (var server = GatewayUnderTest.start()) {
      server.entering =
          session -> {
            audiences.joinAtLogin(List.of(ROOM, OTHER_ROOM), session);
            audiences.say(ROOM, event(1));
            said.countDown();
          };
      try (var client = TestClient.loggedIn(server, "alice")) {
        assertEquals(0, said.getCount());
        audiences.say(OTHER_ROOM, event(2));
        assertEquals(1, client.next().path("data").path("n").asInt());
        assertEquals(2, client.next().path("data").path("n").asInt());
      }
    }
  }

  @Test
  void aLeaveDuringTheLoginOutweighsWhatWasReadBeforeItAndAJoinAfterItCounts() {
    try (var server = GatewayUnderTest.start()) {
      server.entering =
          session -> {
            audiences.leave(ROOM, session);
            audiences.leave(OTHER_ROOM, session);
            audiences.join(OTHER_ROOM, session);
            audiences.joinAtLogin(List.of(ROOM, OTHER_ROOM), session);
          };
      try (var client = TestClient.loggedIn(server, "alice")) {
        audiences.say(ROOM, event(1));
        audiences.say(OTHER_ROOM, event(2));
        assertEquals(2, client.next().path("data").path("n").asInt());
        assertEquals(0, audiences.size(ROOM));
        assertEquals(1, audiences.size(OTHER_ROOM));
      }
    }
  }

  @Test
  void aLoginWhoseAudiencesCannotBeFoundIsRefused() {
    AtomicBoolean broken = new AtomicBoolean(true);
    try (var server = GatewayUnderTest.start()) {
      server.entering =
          session -> {
            if (broken.get()) {
              throw new IllegalStateException("no database");
            }
          };
      try (var client = TestClient.connect(server)) {
        assertEquals(
            ErrorCode.ACCOUNT_INTERNAL.number(),
            client.login("alice", GatewayUnderTest.GOOD, "web", "d").path("code").asInt());
        assertEquals(4002, client.closeCode());
        assertTrue(server.directory.of(server.accountId("alice")).isEmpty());
      }
      broken.set(false);
      TestClient.loggedIn(server, "alice").close();
      await().until(() -> server.happenings.stream().anyMatch(h -> h.startsWith("closed")));
      assertEquals(1, server.happenings.stream().filter(h -> h.startsWith("opened")).count());
    }
  }

  @Test
  void aMemberThatDoesNotReadIsClosedAndTheOthersMissNothing() {
    try (var server = GatewayUnderTest.start(it -> it.outbound(100_000, 60_000));
        var slow = RawClient.loggedIn(server, "slow", 8 << 10);
        var quick = RawClient.loggedIn(server, "quick");
        var other = RawClient.loggedIn(server, "other")) {
      for (String user : List.of("slow", "quick", "other")) {
        audiences.join(ROOM, session(server, user));
      }
      int n = 0;
      while (!server.directory.of(server.accountId("slow")).isEmpty()) {
        audiences.say(ROOM, event(n, "x".repeat(5000)));
        assertEquals(n, number(quick));
        assertEquals(n, number(other));
        assertTrue(++n < 20_000, "the kernel takes it all");
      }
      await().until(() -> audiences.size(ROOM) == 2);
      audiences.say(ROOM, event(n));
      assertEquals(n, number(quick));
      assertEquals(n, number(other));
      assertEquals(1, server.metric("slow_readers_total"));
      assertEquals(4008, slow.closeCode());
    }
  }

  private static Session session(GatewayUnderTest server, String user) {
    return server.directory.of(server.accountId(user)).getFirst();
  }

  private static EncodedFrame event(int n) {
    return EncodedFrame.event("test", Json.object().put("n", n));
  }

  private static EncodedFrame event(int n, String more) {
    return EncodedFrame.event("test", Json.object().put("n", n).put("more", more));
  }

  private static int number(RawClient client) {
    return client.next().json().path("data").path("n").asInt();
  }

  private static List<Integer> numbers(RawClient client, int count) {
    List<Integer> numbers = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      numbers.add(number(client));
    }
    return numbers;
  }
}
