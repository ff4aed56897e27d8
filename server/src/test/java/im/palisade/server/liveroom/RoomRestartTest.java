package im.palisade.server.liveroom;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import im.palisade.server.app.App;
import im.palisade.server.gateway.Audiences;
import im.palisade.server.store.Regions;
import im.palisade.server.testing.TestServer;
import java.time.Clock;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What of a room outlasts the process. */
class RoomRestartTest {

  @Test
  void numbersReservedByAProcessThatDiedAreNeverGivenOutAgain() {
    LiveApp live = LiveApp.full();
    App app = live.app().app();
    Regions regions = live.app().server().regions();
    LiveRoomStore store = new LiveRoomStore();
    Set<Long> taken = new HashSet<>();
    long last = 0;
    // Each process reserves a block, gives out some of it and dies without a word.
    for (int process = 0; process < 4; process++) {
      SeqBlock numbers = new SeqBlock();
      for (int n = 0; n < 700 * (process + 1); n++) {
        if (numbers.isUsedUp()) {
          numbers.reserved(
              regions
                  .of(app)
                  .inUnitOfWork(unit -> store.reserve(unit.connection(), 1L << 40, SeqBlock.SIZE)));
        }
        long next = numbers.take();
        assertTrue(next > last && taken.add(next), () -> "number " + next + " came back");
        last = next;
      }
    }
  }

  @Test
  void bansAndAdminsAreReadAgain() {
    LiveApp live = LiveApp.full();
    App app = live.app().app();
    live.code(
        "group_open_http_svc/ban_group_member",
        "{\"GroupId\":\"room\",\"Members_Account\":[\"eve\"],\"Duration\":600}");
    live.code(
        "group_open_avchatroom_http_svc/modify_admin",
        "{\"GroupId\":\"room\",\"CommandType\":1,\"Admin_Account\":[\"bo\"]}");
    Regions regions = live.app().server().regions();
    var group = new im.palisade.server.group.GroupService(regions).find(app, "room").orElseThrow();
    Room room =
        new Rooms(regions, new Audiences(), new LiveRoomStore(), Clock.systemUTC()).of(app, group);
    var accounts = TestServer.shared().server().accounts();
    long eve = accounts.find(app, "eve").orElseThrow().id();
    long bo = accounts.find(app, "bo").orElseThrow().id();
    assertTrue(room.isBanned(eve, System.currentTimeMillis() / 1000));
    assertEquals(Set.of(bo), room.admins());
  }
}
