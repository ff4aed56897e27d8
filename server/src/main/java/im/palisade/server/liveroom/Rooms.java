package im.palisade.server.liveroom;

import im.palisade.server.app.App;
import im.palisade.server.gateway.AudienceId;
import im.palisade.server.gateway.Audiences;
import im.palisade.server.gateway.Session;
import im.palisade.server.group.Group;
import im.palisade.server.store.Regions;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/** The rooms of this node, and which session is in which. */
final class Rooms {
  /** Everybody who is in a room of an app; no conversation has this number. */
  private static final long ANY_ROOM = -1;

  private final Regions regions;
  private final Audiences audiences;
  private final LiveRoomStore store;
  private final Clock clock;
  private final Map<AudienceId, Room> rooms = new ConcurrentHashMap<>();
  private final Map<Session, List<Room>> bySession = new ConcurrentHashMap<>();
  private final Set<Room> unsettled = ConcurrentHashMap.newKeySet();

  Rooms(Regions regions, Audiences audiences, LiveRoomStore store, Clock clock) {
    this.regions = regions;
    this.audiences = audiences;
    this.store = store;
    this.clock = clock;
  }

  /** Those of the app that are in any of its rooms. */
  static AudienceId anyOf(App app) {
    return new AudienceId(app.appId(), ANY_ROOM);
  }

  /** The room of a group; the same one until it is dissolved. May read the store. */
  Room of(App app, Group group) {
    AudienceId id = new AudienceId(app.appId(), group.id());
    Room room = rooms.get(id);
    if (room == null) {
      long now = clock.instant().getEpochSecond();
      Room read =
          regions
              .of(app)
              .read(
                  connection -> {
                    Map<Long, Long> bans = store.bans(connection, group.id(), now);
                    Set<Long> admins = store.admins(connection, group.id());
                    return new Room(app, group, bans, admins);
                  });
      Room other = rooms.putIfAbsent(id, read);
      room = other == null ? read : other;
    }
    room.seen(app, group, clock.instant().getEpochSecond());
    return room;
  }

  /** Does something within the lock of a group's room. */
  <T> T in(App app, Group group, Function<Room, T> work) {
    while (true) {
      Room room = of(app, group);
      room.lock().lock();
      try {
        if (!room.isRetired()) {
          return work.apply(room);
        }
      } finally {
        room.lock().unlock();
      }
    }
  }

  /**
   * Does something that changes what the store knows of a room; nobody else does meanwhile. The
   * room's lock is not held.
   */
  <T> T changing(App app, Group group, Function<Room, T> work) {
    while (true) {
      Room room = of(app, group);
      room.changes.lock();
      try {
        if (!LiveRoomService.locked(room, room::isRetired)) {
          return work.apply(room);
        }
      } finally {
        room.changes.unlock();
      }
    }
  }

  /** Somebody in the room is away for a while, or stays without a connection. */
  void unsettled(Room room) {
    unsettled.add(room);
  }

  /** Nobody in the room is any more. */
  void settled(Room room) {
    unsettled.remove(room);
  }

  /** The rooms that have to be looked at again. */
  Iterable<Room> unsettled() {
    return unsettled;
  }

  /** Frees rooms in which nothing has happened since then and which hold nothing. */
  void retire(long idleSince) {
    for (Room room : rooms.values()) {
      if (room.isIdleSince(idleSince) && room.changes.tryLock()) {
        try {
          boolean retired =
              LiveRoomService.locked(
                  room, () -> room.retire(clock.millis()) && rooms.remove(room.audience(), room));
          if (retired) {
            giveBack(room);
          }
        } finally {
          room.changes.unlock();
        }
      }
    }
  }

  /** Gives back the numbers that rooms have reserved and not given out; nobody sends any more. */
  void close() {
    rooms.values().forEach(this::giveBack);
  }

  /** How many rooms are held in memory. */
  int count() {
    return rooms.size();
  }

  private void giveBack(Room room) {
    long end = LiveRoomService.locked(room, () -> room.numbers().end());
    long next = LiveRoomService.locked(room, () -> room.numbers().next().orElse(0));
    if (next == 0 || next > end) {
      return;
    }
    regions
        .of(room.app())
        .inUnitOfWork(
            unit -> {
              store.giveBack(unit.connection(), room.group().id(), end, next - 1);
              return null;
            });
  }

  /** The room of a group if anything happened in it. */
  Optional<Room> known(App app, Group group) {
    return Optional.ofNullable(rooms.get(new AudienceId(app.appId(), group.id())));
  }

  /** The room is no more. */
  void forget(Room room) {
    rooms.remove(room.audience(), room);
  }

  /** A session is in a room; false when that was known. Within the room's lock. */
  boolean add(Session session, Room room) {
    boolean[] added = new boolean[1];
    bySession.compute(
        session,
        (key, in) -> {
          if (in == null) {
            audiences.join(anyOf(room.app()), session);
          } else if (in.contains(room)) {
            return in;
          }
          added[0] = true;
          List<Room> more = new ArrayList<>(in == null ? List.of() : in);
          more.add(room);
          return List.copyOf(more);
        });
    if (added[0]) {
      audiences.join(room.audience(), session);
    }
    return added[0];
  }

  /** A session is in a room no more. */
  void remove(Session session, Room room) {
    bySession.computeIfPresent(
        session,
        (key, in) -> {
          List<Room> fewer = in.stream().filter(each -> !each.equals(room)).toList();
          if (fewer.isEmpty()) {
            audiences.leave(anyOf(room.app()), session);
            return null;
          }
          return fewer;
        });
    audiences.leave(room.audience(), session);
  }

  /** A session has ended; returns the rooms it was in. Its audiences know by themselves. */
  List<Room> removeAll(Session session) {
    List<Room> in = bySession.remove(session);
    return in == null ? List.of() : in;
  }

  /** The rooms a session is in. */
  List<Room> of(Session session) {
    return bySession.getOrDefault(session, List.of());
  }
}
