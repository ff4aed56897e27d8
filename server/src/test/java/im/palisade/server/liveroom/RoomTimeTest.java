package im.palisade.server.liveroom;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import im.palisade.server.app.App;
import im.palisade.server.app.Principal;
import im.palisade.server.gateway.Audiences;
import im.palisade.server.gateway.ClientEvent;
import im.palisade.server.gateway.EncodedFrame;
import im.palisade.server.gateway.Session;
import im.palisade.server.gateway.SessionDirectory;
import im.palisade.server.group.Group;
import im.palisade.server.group.GroupService;
import im.palisade.server.liveroom.Attendance.Marking;
import im.palisade.server.message.MessageHooks;
import im.palisade.server.message.MsgKey;
import im.palisade.server.message.SettableClock;
import im.palisade.server.metrics.Metrics;
import im.palisade.server.protocol.ImException;
import im.palisade.server.protocol.Json;
import im.palisade.server.store.Regions;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What in live rooms goes by the clock, and the limits that only a thousand accounts reach. */
class RoomTimeTest {
  private final LiveApp live = LiveApp.full();
  private final App app = live.app().app();
  private final Regions regions = live.app().server().regions();
  private final GroupService groups = new GroupService(regions);
  private final Group group = groups.find(app, LiveApp.ROOM).orElseThrow();
  private final SettableClock clock = new SettableClock(Instant.now());
  private final Rooms rooms = new Rooms(regions, new Audiences(), new LiveRoomStore(), clock);

  @Test
  void aThousandAccountsCarryAMarkAndPagesOfThemGoOnForAMinute() {
    importAccounts(1_001);
    try (LiveRoomFeature feature = feature()) {
      Attendance attendance = feature.attendance();
      for (int from = 0; from < 1_000; from += 500) {
        assertEquals(
            500, attendance.mark(app, group, true, markings(from, from + 500), "app").size());
      }
      var tooMany =
          assertThrows(
              ImException.class,
              () -> attendance.mark(app, group, true, markings(1_000, 1_001), "app"));
      assertEquals(10004, tooMany.code());
      assertEquals(1_000, feature.rooms().online(app, group), "and nobody was seated for it");
      for (Optional<Integer> mark : List.of(Optional.of(1_000), Optional.<Integer>empty())) {
        Attendance.Page first = attendance.list(app, group, 0, mark);
        assertEquals(500, first.attendees().size());
        assertEquals("u999", first.attendees().getFirst().account().userId(), "the latest first");
        clock.advance(Duration.ofSeconds(60));
        Attendance.Page second = attendance.list(app, group, first.next(), mark);
        assertEquals(500, second.attendees().size());
        assertEquals("u499", second.attendees().getFirst().account().userId());
        assertEquals(0, second.next());
        clock.advance(Duration.ofSeconds(1));
        assertEquals(
            "u999",
            attendance
                .list(app, group, first.next(), mark)
                .attendees()
                .getFirst()
                .account()
                .userId(),
            "after a minute the list begins again");
      }
    }
  }

  @Test
  void aRoomInWhichNothingHappensIsFreedAndGoesOnWithItsNumbers() {
    Room room = rooms.of(app, group);
    reserve(room, 3);
    rooms.retire(now() - 600);
    assertSame(room, rooms.of(app, group), "it was seen a moment ago");
    clock.advance(Duration.ofSeconds(601));
    rooms.retire(now() - 600);
    assertEquals(0, rooms.count());
    Room again = rooms.of(app, group);
    assertNotSame(room, again);
    assertEquals(4, reserve(again, 1));
  }

  @Test
  void aRoomIsKeptWhileSomebodyIsThereOrMessagesAreToBeReplayed() {
    importAccounts(1);
    long account = live.app().server().accounts().find(app, "u0").orElseThrow().id();
    Room room = rooms.of(app, group);
    rooms.in(app, group, it -> it.seat(account, "u0", now()));
    clock.advance(Duration.ofDays(1));
    rooms.retire(now());
    assertEquals(1, rooms.count());
    rooms.in(app, group, it -> it.remove(account));
    ObjectNode nothingNew = Json.object();
    nothingNew.putArray("messages");
    LiveRoomService.locked(
        room,
        () -> {
          room.keep(
              EncodedFrame.event(ClientEvent.MESSAGE_NEW, nothingNew),
              new MsgKey(1, 1, now()),
              3,
              clock.millis());
          return true;
        });
    clock.advance(Duration.ofHours(23));
    rooms.retire(now());
    assertEquals(1, rooms.count());
    clock.advance(Duration.ofHours(1));
    rooms.retire(now());
    assertEquals(0, rooms.count());
  }

  @Test
  void whoIsLostIsToldOfAfterAWhileAndAGuestNever() {
    Room room = rooms.of(app, group);
    for (long account : new long[] {-5, 7}) {
      Session session = session(account);
      var _ = room.enter(account, session, now());
      assertTrue(room.leave(session, false, now()));
      assertEquals(account > 0, room.isUnsettled(), "account " + account);
    }
    clock.advance(Duration.ofSeconds(21));
    assertEquals(List.of("u7"), room.givenUp(now()));
  }

  private Session session(long account) {
    Principal principal = new Principal(app, account, "u" + account, "usr", 0, 0);
    return (Session)
        Proxy.newProxyInstance(
            Session.class.getClassLoader(),
            new Class<?>[] {Session.class},
            (self, method, arguments) ->
                switch (method.getName()) {
                  case "principal" -> principal;
                  case "equals" ->
                      System.identityHashCode(self) == System.identityHashCode(arguments[0]);
                  case "hashCode" -> System.identityHashCode(self);
                  default -> throw new UnsupportedOperationException(method.getName());
                });
  }

  @Test
  void whatHappensWithinAnIntervalIsToldOnceAndTheLargerTheRoomTheLongerItIs() {
    Room room = rooms.of(app, group);
    List<ObjectNode> told = new ArrayList<>();
    Deque<Runnable> due = new ArrayDeque<>();
    List<Long> delays = new ArrayList<>();
    try (ScheduledThreadPoolExecutor timer =
        new ScheduledThreadPoolExecutor(1) {
          @Override
          public ScheduledFuture<?> schedule(Runnable task, long delay, TimeUnit unit) {
            due.add(task);
            delays.add(unit.toMillis(delay));
            return null;
          }
        }) {
      RoomTips tips = new RoomTips((_, content) -> told.add(content), timer);
      tips.came(room, "a", 1);
      tips.came(room, "b", 2);
      tips.came(room, "c", 3);
      tips.went(room, "b", 2);
      assertEquals(List.of(0L), delays, "one task for all of them");
      due.remove().run();
      assertEquals(1, told.size(), told::toString);
      assertEquals(
          "[{\"Member_Account\":\"a\"},{\"Member_Account\":\"c\"}]",
          told.getFirst().path("MemberList").toString(),
          "who came and went again is not told of");
      assertEquals(
          0,
          told.getFirst().path("MemberNum").asInt(-1),
          "as many as are there when it is told, whatever order the news came in");
      tips.went(room, "a", 1);
      tips.came(room, "d", 301);
      assertEquals(List.of(0L, 200L), delays, "what comes next waits for the end of the interval");
      assertEquals(1, told.size());
      due.remove().run();
      assertEquals(List.of(0L, 200L, 1_000L), delays);
      assertEquals(3, told.size(), "one tip of who came and one of who went");
      due.remove().run();
      assertEquals(3, told.size());
      assertEquals(0, due.size(), "nothing happened, so nothing is planned");
      tips.came(room, "e", 10_000);
      assertEquals(List.of(0L, 200L, 1_000L, 0L), delays);
      tips.came(room, "f", 10_001);
      due.remove().run();
      assertEquals(
          "[{\"Member_Account\":\"e\"}]",
          told.getLast().path("MemberList").toString(),
          "a room beyond ten thousand is told nothing");
    }
  }

  private long reserve(Room room, int taken) {
    long last =
        regions
            .of(app)
            .inUnitOfWork(
                unit -> new LiveRoomStore().reserve(unit.connection(), group.id(), SeqBlock.SIZE));
    return LiveRoomService.locked(
        room,
        () -> {
          room.numbers().reserved(last);
          long seq = 0;
          for (int i = 0; i < taken; i++) {
            seq = room.numbers().take();
          }
          return seq;
        });
  }

  private LiveRoomFeature feature() {
    return new LiveRoomFeature(
        regions,
        live.app().server().accounts(),
        groups,
        new SessionDirectory(),
        new Audiences(),
        null,
        MessageHooks.NONE,
        null,
        null,
        null,
        new Metrics(),
        clock);
  }

  private static List<Marking> markings(int from, int to) {
    List<Marking> markings = new ArrayList<>();
    for (int i = from; i < to; i++) {
      markings.add(new Marking("u" + i, List.of(500, 1_000)));
    }
    return markings;
  }

  private void importAccounts(int count) {
    for (int from = 0; from < count; from += 100) {
      ObjectNode body = Json.object();
      ArrayNode accounts = body.putArray("Accounts");
      for (int i = from; i < Math.min(count, from + 100); i++) {
        accounts.add("u" + i);
      }
      live.ok("im_open_login_svc/multiaccount_import", body);
    }
  }

  private long now() {
    return clock.instant().getEpochSecond();
  }
}
