package im.palisade.server.liveroom;

import im.palisade.server.gateway.Session;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** One account in one room. Guarded by the room's lock. */
final class Presence {
  /** Counts as there for a while, whatever becomes of its connections. */
  static final int STAYS = 500;

  /** Does not stand in the list of who is there. */
  static final int HIDDEN = 600;

  private final long accountId;
  private final String userId;
  private final long number;
  private final long joinTime;
  private List<Session> sessions = List.of();
  private Set<Integer> marks = Set.of();

  /** UNIX seconds until which {@link #STAYS} holds; 0 without it. */
  private long staysUntil;

  /**
   * An account that comes.
   *
   * @param number grows with every arrival in the room
   * @param joinTime UNIX seconds
   */
  Presence(long accountId, String userId, long number, long joinTime) {
    this.accountId = accountId;
    this.userId = userId;
    this.number = number;
    this.joinTime = joinTime;
  }

  long accountId() {
    return accountId;
  }

  String userId() {
    return userId;
  }

  /** Somebody without an account: counted, and shown to nobody. */
  boolean isGuest() {
    return accountId < 0;
  }

  long number() {
    return number;
  }

  long joinTime() {
    return joinTime;
  }

  List<Session> sessions() {
    return sessions;
  }

  /** False when it was there already. */
  boolean add(Session session) {
    if (sessions.contains(session)) {
      return false;
    }
    List<Session> more = new ArrayList<>(sessions);
    more.add(session);
    sessions = List.copyOf(more);
    return true;
  }

  /** False when it was not there. */
  boolean remove(Session session) {
    if (!sessions.contains(session)) {
      return false;
    }
    sessions = sessions.stream().filter(each -> !each.equals(session)).toList();
    return true;
  }

  Set<Integer> marks() {
    return marks;
  }

  boolean isMarked(int mark) {
    return marks.contains(mark);
  }

  void mark(int mark, long until) {
    if (mark == STAYS) {
      staysUntil = until;
    }
    if (!marks.contains(mark)) {
      Set<Integer> more = new TreeSet<>(marks);
      more.add(mark);
      marks = Set.copyOf(more);
    }
  }

  void unmark(int mark) {
    if (mark == STAYS) {
      staysUntil = 0;
    }
    if (marks.contains(mark)) {
      Set<Integer> fewer = new TreeSet<>(marks);
      fewer.remove(mark);
      marks = Set.copyOf(fewer);
    }
  }

  /** Whether it is there at that second. */
  boolean isThere(long now) {
    return !sessions.isEmpty() || staysUntil > now;
  }
}
