package im.palisade.server.liveroom;

import im.palisade.server.app.App;
import im.palisade.server.gateway.AudienceId;
import im.palisade.server.gateway.EncodedFrame;
import im.palisade.server.gateway.Session;
import im.palisade.server.group.Group;
import im.palisade.server.message.MsgKey;
import im.palisade.server.protocol.ErrorCode;
import im.palisade.server.protocol.ImException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;

/**
 * One live room. Its lock is held for microseconds: to note who comes and goes, and to number a
 * message and hand it to the audience; writing it to the members is no business of the room.
 */
final class Room {
  private static final long REPLAY_MILLIS = 24 * 3_600_000L;

  /** Most accounts of which is known that they were lost. */
  private static final int MOST_AWAY = 10_000;

  /** Who comes back within that many seconds after a lost connection was never away. */
  static final long GRACE_SECONDS = 20;

  /** How an account stands after somebody entered. */
  enum Arrival {
    /** The account was not there before. */
    NEW,
    /** It had lost its connection a moment ago. */
    BACK,
    /** It had lost its connection so long ago that it was taken for gone. */
    RETURNED,
    /** It was there already, with another device or this one. */
    PRESENT
  }

  /** A message kept for those who come later. */
  private record Kept(EncodedFrame frame, MsgKey key, long atMillis) {}

  /** Somebody whose connection was lost. */
  private record Lost(String userId, long at) {}

  private final AudienceId audience;
  private volatile App app;
  private volatile Group group;

  /** Held while a block of numbers is reserved or a ban is written; taken before {@link #lock}. */
  final ReentrantLock changes = new ReentrantLock();

  private final ReentrantLock lock = new ReentrantLock();

  // Guarded by lock.
  private final LinkedHashMap<Long, Presence> present = new LinkedHashMap<>();
  private final Map<Long, Lost> lost = new HashMap<>();

  /** Who was lost and is still a member for those who are told of it; the longest away go first. */
  private final Set<Long> away = new LinkedHashSet<>();

  private final Map<Long, Long> bans = new HashMap<>();
  private final Set<Long> admins = new HashSet<>();
  private final Marks marks = new Marks();
  private final RateBudget budget = new RateBudget();
  private final SeqBlock numbers = new SeqBlock();
  private final ArrayDeque<Kept> kept = new ArrayDeque<>(0);
  private long arrivals;
  private boolean dissolved;
  private boolean retired;

  /** UNIX seconds when somebody last had to do with the room. */
  private volatile long seenAt;

  /** A room as the store knows it. */
  Room(App app, Group group, Map<Long, Long> bans, Set<Long> admins) {
    this.app = app;
    this.group = group;
    this.audience = new AudienceId(app.appId(), group.id());
    this.bans.putAll(bans);
    this.admins.addAll(admins);
  }

  /** The group as it was last seen here. */
  Group group() {
    return group;
  }

  /** Its app, likewise. */
  App app() {
    return app;
  }

  void seen(App in, Group as, long now) {
    app = in;
    group = as;
    seenAt = now;
  }

  /** Whether nobody had to do with it since then, and it is worth asking {@link #retire}. */
  boolean isIdleSince(long time) {
    return seenAt < time;
  }

  /**
   * Ends this room object when nobody is there and nothing is kept that the store has not: whoever
   * still holds it has to look for the room again. Its lock and {@link #changes} are held.
   */
  boolean retire(long nowMillis) {
    boolean empty = present.isEmpty() && lost.isEmpty();
    boolean forgotten = kept.stream().allMatch(each -> isTooOld(each, nowMillis));
    retired = !dissolved && empty && forgotten;
    return retired;
  }

  /** Whether another object stands for the room now. */
  boolean isRetired() {
    return retired;
  }

  AudienceId audience() {
    return audience;
  }

  ReentrantLock lock() {
    return lock;
  }

  RateBudget budget() {
    return budget;
  }

  SeqBlock numbers() {
    return numbers;
  }

  Marks marks() {
    return marks;
  }

  /**
   * An account's session enters.
   *
   * @throws ImException GROUP_NOT_PERMITTED for a banned one, GROUP_NOT_FOUND
   */
  Arrival enter(long accountId, Session session, long now) {
    if (dissolved) {
      throw new ImException(ErrorCode.GROUP_NOT_FOUND);
    }
    if (isBanned(accountId, now)) {
      throw new ImException(ErrorCode.GROUP_NOT_PERMITTED, "banned from the room");
    }
    Presence presence = present.get(accountId);
    if (presence != null) {
      presence.add(session);
      return Arrival.PRESENT;
    }
    presence = new Presence(accountId, session.principal().userId(), ++arrivals, now);
    presence.add(session);
    present.put(accountId, presence);
    Lost before = lost.remove(accountId);
    if (away.remove(accountId)) {
      return Arrival.RETURNED;
    }
    return before != null && now - before.at() <= GRACE_SECONDS ? Arrival.BACK : Arrival.NEW;
  }

  /**
   * A session leaves.
   *
   * @param quits whether by its own will; else its connection is gone
   * @return whether the account is not there any more
   */
  boolean leave(Session session, boolean quits, long now) {
    long accountId = session.principal().accountId();
    Presence presence = present.get(accountId);
    if (presence == null || !presence.remove(session)) {
      return false;
    }
    if (!presence.sessions().isEmpty() || (!quits && presence.isThere(now))) {
      return false;
    }
    forget(presence);
    if (!quits && !session.principal().isGuest()) {
      lost.put(accountId, new Lost(presence.userId(), now));
    }
    return true;
  }

  /** Takes an account out and returns the sessions it was there with; empty when it was not. */
  Optional<List<Session>> remove(long accountId) {
    Presence presence = present.get(accountId);
    lost.remove(accountId);
    away.remove(accountId);
    if (presence == null) {
      return Optional.empty();
    }
    forget(presence);
    return Optional.of(presence.sessions());
  }

  /** Takes everybody out; nobody enters any more. */
  List<Session> dissolve() {
    dissolved = true;
    List<Session> all = new ArrayList<>();
    present.values().forEach(presence -> all.addAll(presence.sessions()));
    present.clear();
    lost.clear();
    away.clear();
    return all;
  }

  private void forget(Presence presence) {
    present.remove(presence.accountId());
    presence.marks().forEach(mark -> marks.remove(presence.accountId(), mark));
  }

  /** Accounts that were not seen again for {@link #GRACE_SECONDS}, by UserID. */
  List<String> givenUp(long now) {
    List<String> gone = new ArrayList<>();
    lost.entrySet()
        .removeIf(
            each ->
                now - each.getValue().at() > GRACE_SECONDS
                    && gone.add(each.getValue().userId())
                    && away.add(each.getKey()));
    while (away.size() > MOST_AWAY) {
      away.remove(away.iterator().next());
    }
    return gone;
  }

  /** Ends the stay of accounts that were marked to stay, had no connection and are past it. */
  List<String> outstayed(long now) {
    List<Presence> gone = new ArrayList<>();
    for (long accountId : marks.of(Presence.STAYS)) {
      Presence presence = present.get(accountId);
      if (presence != null && !presence.isThere(now)) {
        gone.add(presence);
      }
    }
    gone.forEach(this::forget);
    return gone.stream().map(Presence::userId).toList();
  }

  /** Whether {@link #givenUp} or {@link #outstayed} may have something to say later. */
  boolean isUnsettled() {
    return !lost.isEmpty() || !marks.of(Presence.STAYS).isEmpty();
  }

  /** Whether an account is in the room, or was when its connection was lost. */
  boolean knows(long accountId) {
    return present.containsKey(accountId)
        || lost.containsKey(accountId)
        || away.contains(accountId);
  }

  /** Who is there; the latest come last. */
  SequencedMap<Long, Presence> present() {
    return present;
  }

  /** Comes in without a connection, by a mark. */
  Presence seat(long accountId, String userId, long now) {
    return present.computeIfAbsent(
        accountId, key -> new Presence(accountId, userId, ++arrivals, now));
  }

  boolean isBanned(long accountId, long now) {
    return bans.getOrDefault(accountId, 0L) > now;
  }

  void ban(long accountId, long until) {
    bans.put(accountId, until);
  }

  void unban(long accountId) {
    bans.remove(accountId);
  }

  boolean isAdmin(long accountId) {
    return admins.contains(accountId);
  }

  Set<Long> admins() {
    return admins;
  }

  /** Keeps a message for those who come later. */
  void keep(EncodedFrame frame, MsgKey key, int most, long nowMillis) {
    if (most > 0) {
      kept.add(new Kept(frame, key, nowMillis));
    }
    while (kept.size() > most) {
      kept.poll();
    }
  }

  /** A message that was taken back is shown to nobody who comes later. */
  void unkeep(MsgKey key) {
    kept.removeIf(each -> each.key().equals(key));
  }

  private static boolean isTooOld(Kept message, long nowMillis) {
    return nowMillis - message.atMillis() >= REPLAY_MILLIS;
  }

  /** What those who come now are shown, oldest first. */
  List<EncodedFrame> replay(int most, long nowMillis) {
    if (most == 0) {
      return List.of();
    }
    return kept.stream().filter(each -> !isTooOld(each, nowMillis)).map(Kept::frame).toList();
  }
}
