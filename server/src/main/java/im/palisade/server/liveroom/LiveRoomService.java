package im.palisade.server.liveroom;

import im.palisade.server.account.Account;
import im.palisade.server.account.AccountService;
import im.palisade.server.app.App;
import im.palisade.server.gateway.Audiences;
import im.palisade.server.gateway.CloseCause;
import im.palisade.server.gateway.EncodedFrame;
import im.palisade.server.gateway.Session;
import im.palisade.server.gateway.SessionDirectory;
import im.palisade.server.gateway.SessionListener;
import im.palisade.server.group.Actor;
import im.palisade.server.group.Group;
import im.palisade.server.group.GroupHook;
import im.palisade.server.group.GroupHook.Fact;
import im.palisade.server.group.GroupHook.Intent;
import im.palisade.server.group.LiveRooms;
import im.palisade.server.liveroom.Room.Arrival;
import im.palisade.server.protocol.Origin;
import im.palisade.server.stats.Statistics;
import im.palisade.server.store.Counter;
import im.palisade.server.store.Regions;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who is in which live room. An account is there with each of its sessions that entered; it leaves
 * with the last of them. One that loses its connection is out at once, but the room is only told
 * when it does not come back within {@value Room#GRACE_SECONDS} seconds.
 */
public final class LiveRoomService implements LiveRooms, SessionListener {
  private static final Logger log = LoggerFactory.getLogger(LiveRoomService.class);
  private static final long SWEEP_SECONDS = 5;

  /** A room in which nothing happened for so long is freed when nobody is there. */
  private static final long IDLE_SECONDS = 600;

  private final Regions regions;
  private final SessionDirectory sessions;
  private final Audiences audiences;
  private final Rooms rooms;
  private final RoomTips tips;
  private final GroupHook hook;
  private final RoomAuthority authority;
  private final Attendance attendance;
  private final LiveRoomStore store;
  private final LiveRoomMetrics metrics;
  private final Statistics statistics;
  private final Clock clock;

  LiveRoomService(
      Regions regions,
      AccountService accounts,
      SessionDirectory sessions,
      Audiences audiences,
      Rooms rooms,
      RoomTips tips,
      GroupHook hook,
      RoomAuthority authority,
      Attendance attendance,
      LiveRoomStore store,
      LiveRoomMetrics metrics,
      Statistics statistics,
      ScheduledExecutorService timer,
      Clock clock) {
    this.regions = regions;
    this.sessions = sessions;
    this.audiences = audiences;
    this.rooms = rooms;
    this.tips = tips;
    this.hook = hook;
    this.authority = authority;
    this.attendance = attendance;
    this.store = store;
    this.metrics = metrics;
    this.statistics = statistics;
    this.clock = clock;
    accounts.onDeletion((unit, account) -> store.forgetAccount(unit.connection(), account.id()));
    var _ = timer.scheduleAtFixedRate(this::sweep, SWEEP_SECONDS, SWEEP_SECONDS, TimeUnit.SECONDS);
  }

  @Override
  public void enter(App app, Group group, Account account, Session session) {
    Origin origin = origin(session);
    if (!rooms.in(app, group, room -> room.knows(account.id()))) {
      var _ = hook.before(app, new Intent.Apply(group, account.userId()), origin);
    }
    int replayed = app.settings().groups().replay();
    record Entered(Room room, Arrival arrival, int present) {}
    Entered entered =
        rooms.in(
            app,
            group,
            room -> {
              Arrival arrival = room.enter(account.id(), session, now());
              List<EncodedFrame> replay = room.replay(replayed, clock.millis());
              // Whatever is said from now on comes after these: it is said within the same lock.
              if (rooms.add(session, room)) {
                replay.forEach(session::send);
              }
              return new Entered(room, arrival, room.present().size());
            });
    if (entered.arrival() != Arrival.PRESENT) {
      metrics.present.inc();
    }
    if (entered.arrival() == Arrival.NEW || entered.arrival() == Arrival.RETURNED) {
      statistics.count(app, Counter.GROUP_JOINS, 1);
    }
    if (!sessions.of(account.id()).contains(session)) {
      // It ended meanwhile, perhaps before anybody could know that it was here.
      ended(session);
    } else if (entered.arrival() == Arrival.NEW) {
      tips.came(entered.room(), account.userId(), entered.present());
      Fact joined = new Fact.Joined(false, List.of(account.userId()));
      tell(entered.room(), joined, account.userId(), origin);
    } else if (entered.arrival() == Arrival.RETURNED) {
      tips.came(entered.room(), account.userId(), entered.present());
      tellPresence(entered.room(), true, List.of(account.userId()), origin);
    }
  }

  @Override
  public void watch(App app, Group group, Session guest) {
    int replayed = app.settings().groups().replay();
    Arrival arrival =
        rooms.in(
            app,
            group,
            room -> {
              Arrival came = room.enter(guest.principal().accountId(), guest, now());
              List<EncodedFrame> replay = room.replay(replayed, clock.millis());
              if (rooms.add(guest, room)) {
                replay.forEach(guest::send);
              }
              return came;
            });
    if (arrival != Arrival.PRESENT) {
      metrics.present.inc();
    }
    if (!sessions.of(guest.principal().accountId()).contains(guest)) {
      ended(guest);
    }
  }

  @Override
  public void leave(App app, Group group, Session session) {
    rooms.known(app, group).ifPresent(room -> leave(room, session, true));
  }

  private void leave(Room room, Session session, boolean quits) {
    boolean gone;
    int present;
    room.lock().lock();
    try {
      if (quits) {
        rooms.remove(session, room);
      }
      gone = room.leave(session, quits, now());
      present = room.present().size();
      if (!quits && room.isUnsettled()) {
        rooms.unsettled(room);
      }
    } finally {
      room.lock().unlock();
    }
    if (gone) {
      metrics.present.dec();
      if (quits && !session.principal().isGuest()) {
        statistics.count(room.app(), Counter.GROUP_QUITS, 1);
        String userId = session.principal().userId();
        tips.went(room, userId, present);
        tell(room, new Fact.Left(false, List.of(userId)), userId, origin(session));
      }
    }
  }

  private void tell(Room room, Fact fact, String operator, Origin origin) {
    hook.told(room.app(), room.group(), fact, operator, origin);
  }

  /** Only apps with the list of who is there hear of connections (callbacks §1.5). */
  private void tellPresence(Room room, boolean online, List<String> userIds, Origin origin) {
    if (!userIds.isEmpty() && room.app().settings().groups().memberList()) {
      tell(room, new Fact.PresenceChanged(online, userIds), "", origin);
    }
  }

  private static Origin origin(Session session) {
    return Origin.client(session.principal().userId(), session.address(), session.platform());
  }

  @Override
  public boolean hearsGuests() {
    return true;
  }

  @Override
  public void opened(Session session, List<Session> kicked) {}

  @Override
  public void closed(Session session, CloseCause cause) {
    ended(session);
  }

  private void ended(Session session) {
    rooms.removeAll(session).forEach(room -> leave(room, session, false));
  }

  @Override
  public int online(App app, Group group) {
    return rooms.known(app, group).map(room -> locked(room, () -> room.present().size())).orElse(0);
  }

  @Override
  public Attendees attendees(
      App app, Group group, String cursor, int limit, Optional<Integer> mark) {
    Attendance.Page page =
        attendance.list(app, group, Attendance.position(cursor), mark, Math.min(limit, 500));
    return new Attendees(page.attendees(), page.next() == 0 ? "" : Integer.toString(page.next()));
  }

  @Override
  public List<Attendee> attendees(App app, Group group, Collection<String> userIds) {
    return attendance.present(app, group, userIds);
  }

  @Override
  public boolean isPresent(App app, Group group, long accountId) {
    return rooms
        .known(app, group)
        .map(room -> locked(room, () -> room.present().containsKey(accountId)))
        .orElse(false);
  }

  @Override
  public List<Long> roomsOf(App app, long accountId) {
    Set<Long> found = new LinkedHashSet<>();
    for (Session session : sessions.of(accountId)) {
      rooms.of(session).forEach(room -> found.add(room.audience().conversationId()));
    }
    return List.copyOf(found);
  }

  @Override
  public boolean isAdmin(App app, Group group, long accountId) {
    Room room = rooms.of(app, group);
    return locked(room, () -> room.isAdmin(accountId));
  }

  @Override
  public long nextSeq(App app, Group group) {
    return rooms
        .known(app, group)
        .map(room -> locked(room, () -> room.numbers().next()))
        .orElse(OptionalLong.empty())
        .orElseGet(() -> regions.of(app).read(c -> store.reserved(c, group.id())) + 1);
  }

  @Override
  public void ban(
      App app, Group group, Actor by, Collection<String> userIds, long seconds, String reason) {
    authority.banAs(app, group, by, userIds, seconds, reason);
  }

  @Override
  public void say(App app, Group group, EncodedFrame frame) {
    rooms.known(app, group).ifPresent(room -> audiences.say(room.audience(), frame));
  }

  @Override
  public void dissolved(App app, Group group) {
    Optional<Room> known = rooms.known(app, group);
    known.ifPresent(
        room -> {
          List<Session> out = new ArrayList<>();
          room.lock().lock();
          try {
            metrics.present.dec(room.present().size());
            out.addAll(room.dissolve());
          } finally {
            room.lock().unlock();
          }
          rooms.forget(room);
          rooms.settled(room);
          out.forEach(session -> rooms.remove(session, room));
        });
    regions
        .of(app)
        .inUnitOfWork(
            unit -> {
              store.forgetRoom(unit.connection(), group.id());
              return null;
            });
  }

  /** Tells of those that did not come back, and ends stays that are over. */
  private void sweep() {
    try {
      for (Room room : rooms.unsettled()) {
        settle(room);
      }
      rooms.retire(now() - IDLE_SECONDS);
    } catch (RuntimeException e) {
      log.error("live rooms could not be swept", e);
    }
  }

  private void settle(Room room) {
    List<String> gone = new ArrayList<>();
    List<String> lost = new ArrayList<>();
    int present;
    room.lock().lock();
    try {
      lost.addAll(room.givenUp(now()));
      gone.addAll(lost);
      List<String> outstayed = room.outstayed(now());
      metrics.present.dec(outstayed.size());
      gone.addAll(outstayed);
      present = room.present().size();
      if (!room.isUnsettled()) {
        rooms.settled(room);
      }
    } finally {
      room.lock().unlock();
    }
    statistics.count(room.app(), Counter.GROUP_QUITS, gone.size());
    gone.forEach(userId -> tips.went(room, userId, present));
    tellPresence(room, false, lost, Origin.SERVER);
  }

  static <T> T locked(Room room, Supplier<T> work) {
    room.lock().lock();
    try {
      return work.get();
    } finally {
      room.lock().unlock();
    }
  }

  private long now() {
    return clock.instant().getEpochSecond();
  }
}
