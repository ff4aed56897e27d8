package im.palisade.server.liveroom;

import com.fasterxml.jackson.databind.node.ObjectNode;
import im.palisade.server.gateway.AudienceId;
import im.palisade.server.group.GroupType.TipWay;
import im.palisade.server.group.Rule;
import im.palisade.server.protocol.Json;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * Tells rooms who comes and goes, at a bounded rate: what happens within an interval is told as
 * one, with the names of the latest and the number of all. The larger the room the longer the
 * interval, and a very large one is told nothing, so that presence never costs more than a fraction
 * of what the messages do.
 */
final class RoomTips {
  private static final int CAME = 1;
  private static final int WENT = 2;
  private static final int BANNED = 10;
  private static final int UNBANNED = 11;

  /** Rooms up to this size are told within {@link #SHORT_MILLIS}. */
  private static final int SMALL = 300;

  /** Rooms beyond this size are told nothing. */
  static final int LARGEST_TOLD = 10_000;

  private static final long SHORT_MILLIS = 200;
  private static final long LONG_MILLIS = 1_000;

  /** Most accounts named in one tip. */
  static final int MOST_NAMES = 20;

  private final Saying saying;
  private final ScheduledExecutorService timer;
  private final Map<AudienceId, Pending> pending = new ConcurrentHashMap<>();

  /** What is to be told. Changed within compute of its entry. */
  private static final class Pending {
    final Set<String> came = new LinkedHashSet<>();
    final Set<String> went = new LinkedHashSet<>();

    /** About how many are there, which sets the pace. */
    int present;
  }

  /** Says a tip to everybody in a room; never blocks. */
  @FunctionalInterface
  interface Saying {
    void say(Room room, ObjectNode content);
  }

  RoomTips(Saying saying, ScheduledExecutorService timer) {
    this.saying = saying;
    this.timer = timer;
  }

  /** Somebody came; {@code present} are there now. */
  void came(Room room, String userId, int present) {
    note(room, userId, present, true);
  }

  /** Somebody went. */
  void went(Room room, String userId, int present) {
    note(room, userId, present, false);
  }

  /** Accounts were banned. */
  void banned(Room room, String operator, Collection<String> userIds) {
    say(room, BANNED, operator, userIds, count(room));
  }

  /** Bans were lifted. */
  void unbanned(Room room, String operator, Collection<String> userIds) {
    say(room, UNBANNED, operator, userIds, count(room));
  }

  private void note(Room room, String userId, int present, boolean arrives) {
    Rule rule = arrives ? Rule.TIP_JOIN : Rule.TIP_QUIT;
    if (present > LARGEST_TOLD || room.group().type().tips(rule) == TipWay.OFF) {
      return;
    }
    pending.compute(
        room.audience(),
        (key, before) -> {
          Pending now = before;
          if (now == null) {
            now = new Pending();
            later(room, 0);
          }
          now.present = present;
          add(arrives ? now.came : now.went, arrives ? now.went : now.came, userId);
          return now;
        });
  }

  /** Who came and went again meanwhile is told of neither way. */
  private static void add(Set<String> to, Set<String> opposite, String userId) {
    if (!opposite.remove(userId) && to.add(userId) && to.size() > MOST_NAMES) {
      to.remove(to.iterator().next());
    }
  }

  private void tell(Room room) {
    Pending[] told = new Pending[1];
    pending.computeIfPresent(
        room.audience(),
        (key, now) -> {
          if (now.came.isEmpty() && now.went.isEmpty()) {
            return null;
          }
          told[0] = now;
          later(room, now.present <= SMALL ? SHORT_MILLIS : LONG_MILLIS);
          return new Pending();
        });
    if (told[0] != null) {
      Pending now = told[0];
      // Those who come and go at once are noted in any order: the room knows how many are left.
      int present = count(room);
      if (!now.came.isEmpty()) {
        say(room, CAME, now.came.iterator().next(), now.came, present);
      }
      if (!now.went.isEmpty()) {
        say(room, WENT, now.went.iterator().next(), now.went, present);
      }
    }
  }

  private void later(Room room, long millis) {
    var _ = timer.schedule(() -> tell(room), millis, TimeUnit.MILLISECONDS);
  }

  private void say(Room room, int code, String operator, Collection<String> userIds, int present) {
    var content =
        Json.object()
            .put("OpType", code)
            .put("GroupName", room.group().texts().name())
            .put("Operator_Account", operator);
    if (code == CAME) {
      content.put("JoinType", "Apply");
    }
    var members = content.putArray("MemberList");
    List.copyOf(userIds).forEach(each -> members.addObject().put("Member_Account", each));
    content.put("MemberNum", present);
    saying.say(room, content);
  }

  private static int count(Room room) {
    room.lock().lock();
    try {
      return room.present().size();
    } finally {
      room.lock().unlock();
    }
  }
}
