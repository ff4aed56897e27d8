package im.palisade.server.liveroom;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import im.palisade.server.account.Account;
import im.palisade.server.account.AccountService;
import im.palisade.server.app.App;
import im.palisade.server.gateway.AudienceId;
import im.palisade.server.gateway.Audiences;
import im.palisade.server.gateway.ClientEvent;
import im.palisade.server.gateway.EncodedFrame;
import im.palisade.server.group.Group;
import im.palisade.server.group.LiveRooms.Attendee;
import im.palisade.server.protocol.ErrorCode;
import im.palisade.server.protocol.ImException;
import im.palisade.server.protocol.Json;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;

/** Who is in a live room now: the list, the check, the marks (group-semantics §10.2–4). */
public final class Attendance {
  /** Those listed, from the latest on, when the app has the online list. */
  static final int LISTED = 1_000;

  /** Those listed when it has not. */
  static final int LISTED_WITHOUT = 30;

  static final int PAGE = 500;
  private static final Duration CURSOR_LIFE = Duration.ofSeconds(60);
  private static final long STAY_SECONDS = 3 * 86_400;

  private final AccountService accounts;
  private final Rooms rooms;
  private final Audiences audiences;
  private final LiveRoomMetrics metrics;
  private final Clock clock;
  private final Cache<Integer, Cursor> cursors =
      Caffeine.newBuilder().maximumSize(100_000).expireAfterWrite(CURSOR_LIFE).build();

  Attendance(
      AccountService accounts,
      Rooms rooms,
      Audiences audiences,
      LiveRoomMetrics metrics,
      Clock clock) {
    this.accounts = accounts;
    this.rooms = rooms;
    this.audiences = audiences;
    this.metrics = metrics;
    this.clock = clock;
  }

  /**
   * A page.
   *
   * @param next where it goes on, for a minute; 0 at the end
   */
  public record Page(List<Attendee> attendees, int next) {}

  /**
   * Where a list goes on.
   *
   * @param before number of the last presence listed
   * @param listed how many were
   * @param madeAt milliseconds; good for a minute
   */
  private record Cursor(
      AudienceId room, Optional<Integer> mark, long before, int listed, long madeAt) {
    static Cursor start(AudienceId room, Optional<Integer> mark) {
      return new Cursor(room, mark, Long.MAX_VALUE, 0, 0);
    }
  }

  /** Marks to set on or take from an account. */
  public record Marking(String userId, List<Integer> marks) {}

  /**
   * Who is there, the latest first.
   *
   * @param position of the page before; one that is 0, too old or of another list starts again
   * @param mark only those who carry it
   */
  public Page list(App app, Group group, long position, Optional<Integer> mark) {
    return list(app, group, position, mark, PAGE);
  }

  /** The same by pages of that size. */
  Page list(App app, Group group, long position, Optional<Integer> mark, int limit) {
    AudienceId id = new AudienceId(app.appId(), group.id());
    long now = clock.millis();
    Cursor from =
        Optional.ofNullable(cursors.getIfPresent((int) position))
            .filter(cursor -> cursor.room().equals(id) && cursor.mark().equals(mark))
            .filter(cursor -> now - cursor.madeAt() <= CURSOR_LIFE.toMillis())
            .orElseGet(() -> Cursor.start(id, mark));
    // Of those with a mark there are never more than a thousand: all of them are listed.
    int most = mark.isPresent() || app.settings().groups().memberList() ? LISTED : LISTED_WITHOUT;
    Map<Long, Long> page = new LinkedHashMap<>();
    boolean more = false;
    Cursor to = from;
    Optional<Room> room = rooms.known(app, group);
    if (room.isPresent()) {
      room.get().lock().lock();
      try {
        for (Presence each : candidates(room.get(), mark)) {
          if (each.number() >= from.before()
              || each.isGuest()
              || (mark.isEmpty() && each.isMarked(Presence.HIDDEN))) {
            continue;
          }
          if (page.size() == limit || to.listed() == most) {
            more = to.listed() < most;
            break;
          }
          page.put(each.accountId(), each.joinTime());
          to = new Cursor(id, mark, each.number(), to.listed() + 1, now);
        }
      } finally {
        room.get().lock().unlock();
      }
    }
    int next = 0;
    if (more) {
      next = ThreadLocalRandom.current().nextInt(1, Integer.MAX_VALUE);
      cursors.put(next, to);
    }
    Map<Long, Account> found = accounts.findByIds(app, page.keySet());
    List<Attendee> attendees =
        page.entrySet().stream()
            .filter(entry -> found.containsKey(entry.getKey()))
            .map(entry -> new Attendee(found.get(entry.getKey()), entry.getValue()))
            .toList();
    return new Page(attendees, next);
  }

  /** The position a cursor of a client's stands for; 0 when it is none of ours. */
  static long position(String cursor) {
    return cursor.matches("[0-9]{1,10}") ? Long.parseLong(cursor) : 0;
  }

  private static Collection<Presence> candidates(Room room, Optional<Integer> mark) {
    if (mark.isEmpty()) {
      return room.present().sequencedValues().reversed();
    }
    return room.marks().of(mark.get()).stream()
        .map(account -> room.present().get(account))
        .filter(Objects::nonNull)
        .sorted(Comparator.comparingLong(Presence::number).reversed())
        .toList();
  }

  /** Those of the users who are there, in the order given. */
  public List<Attendee> present(App app, Group group, Collection<String> userIds) {
    requireList(app);
    Optional<Room> room = rooms.known(app, group);
    if (room.isEmpty()) {
      return List.of();
    }
    Map<String, Account> found = accounts.findAll(app, userIds);
    return LiveRoomService.locked(
        room.get(),
        () ->
            userIds.stream()
                .distinct()
                .filter(found::containsKey)
                .map(found::get)
                .filter(account -> room.get().present().containsKey(account.id()))
                .map(
                    account ->
                        new Attendee(account, room.get().present().get(account.id()).joinTime()))
                .toList());
  }

  /**
   * Sets or takes marks; all or nothing. Everybody in the room is told of those that are the app's
   * own.
   *
   * @param operator shown as who did it
   * @return the users who were there, with the marks given, in the order given
   * @throws ImException GROUP_NOT_PERMITTED when the app has no online list,
   *     GROUP_INVALID_PARAMETER when nobody is there or a limit would be passed
   */
  public Map<String, List<Integer>> mark(
      App app, Group group, boolean sets, List<Marking> markings, String operator) {
    requireList(app);
    Map<String, List<Integer>> wanted = new LinkedHashMap<>();
    for (Marking each : markings) {
      List<Integer> all = new ArrayList<>(wanted.getOrDefault(each.userId(), List.of()));
      each.marks().stream().filter(mark -> !all.contains(mark)).forEach(all::add);
      wanted.put(each.userId(), all);
    }
    Map<String, Account> found = accounts.findAll(app, wanted.keySet());
    long now = clock.instant().getEpochSecond();
    record Done(Room room, Map<String, List<Integer>> changed) {}
    Done done = rooms.in(app, group, room -> new Done(room, mark(room, sets, wanted, found, now)));
    tell(done.room(), sets, done.changed(), operator);
    return done.changed();
  }

  private void tell(Room room, boolean sets, Map<String, List<Integer>> changed, String operator) {
    ObjectNode data =
        Json.object()
            .put("groupId", room.group().groupId())
            .put("operator", operator)
            .put("set", sets);
    ArrayNode members = data.putArray("members");
    changed.forEach(
        (userId, marks) -> {
          List<Integer> free = marks.stream().filter(mark -> mark >= Marks.FIRST_FREE).toList();
          if (!free.isEmpty()) {
            ArrayNode of = members.addObject().put("userId", userId).putArray("marks");
            free.forEach(of::add);
          }
        });
    if (!members.isEmpty()) {
      audiences.say(room.audience(), EncodedFrame.event(ClientEvent.GROUP_MARKED, data));
    }
  }

  private Map<String, List<Integer>> mark(
      Room room,
      boolean sets,
      Map<String, List<Integer>> wanted,
      Map<String, Account> found,
      long now) {
    Map<String, List<Integer>> changed = new LinkedHashMap<>();
    wanted.forEach(
        (userId, marks) -> {
          Account account = found.get(userId);
          if (account != null
              && (room.present().containsKey(account.id())
                  || (sets
                      && marks.contains(Presence.STAYS)
                      && !room.isBanned(account.id(), now)))) {
            changed.put(userId, marks);
          }
        });
    if (changed.isEmpty()) {
      throw new ImException(ErrorCode.GROUP_INVALID_PARAMETER, "none of them is in the room");
    }
    if (sets) {
      Map<Long, List<Integer>> added = new LinkedHashMap<>();
      changed.forEach((userId, marks) -> added.put(found.get(userId).id(), marks));
      room.marks().checkAdded(added);
    }
    int before = room.present().size();
    changed.forEach(
        (userId, marks) -> {
          Account account = found.get(userId);
          if (sets) {
            Presence presence = room.seat(account.id(), userId, now);
            for (int mark : marks) {
              presence.mark(mark, now + STAY_SECONDS);
              room.marks().add(account.id(), mark);
            }
          } else {
            unmark(room, account.id(), marks, now);
          }
        });
    metrics.present.inc(room.present().size() - before);
    if (room.isUnsettled()) {
      rooms.unsettled(room);
    }
    return changed;
  }

  private static void unmark(Room room, long accountId, List<Integer> marks, long now) {
    Presence presence = room.present().get(accountId);
    for (int mark : marks) {
      presence.unmark(mark);
      room.marks().remove(accountId, mark);
    }
    if (!presence.isThere(now)) {
      room.remove(accountId);
    }
  }

  private static void requireList(App app) {
    if (!app.settings().groups().memberList()) {
      throw new ImException(
          ErrorCode.GROUP_NOT_PERMITTED, "the list of online members is switched off");
    }
  }
}
