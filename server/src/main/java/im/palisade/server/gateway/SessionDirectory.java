package im.palisade.server.gateway;

import im.palisade.server.app.MultiLogin;
import im.palisade.server.protocol.Platform;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/** The logged-in sessions of this node, by account. */
public final class SessionDirectory {
  private final ConcurrentHashMap<Long, List<Session>> byAccount = new ConcurrentHashMap<>();
  private final LongAdder sessions = new LongAdder();

  /** Who had to go for a login. */
  record Admission(List<Session> replaced, List<Session> kicked) {}

  /** The account's sessions, oldest login first; unmodifiable. */
  public List<Session> of(long accountId) {
    List<Session> found = byAccount.get(accountId);
    return found == null ? List.of() : found;
  }

  /** Ends every session of the account and returns how many there were. */
  public int kickAccount(long accountId, KickReason reason) {
    List<Session> ended = byAccount.remove(accountId);
    if (ended == null) {
      return 0;
    }
    sessions.add(-ended.size());
    ended.forEach(session -> session.kick(reason));
    return ended.size();
  }

  /** Ends every session of an app and returns how many there were. */
  public int kickApp(long appId, KickReason reason) {
    int ended = 0;
    for (Map.Entry<Long, List<Session>> entry : byAccount.entrySet()) {
      if (entry.getValue().getFirst().principal().app().appId() == appId) {
        ended += kickAccount(entry.getKey(), reason);
      }
    }
    return ended;
  }

  /** Ends one session of an account; false when it has ended already. */
  public boolean kick(long accountId, String sessionId, KickReason reason) {
    for (Session session : of(accountId)) {
      if (session.id().equals(sessionId) && remove(session)) {
        session.kick(reason);
        return true;
      }
    }
    return false;
  }

  /** Sessions of all accounts. */
  public long sessions() {
    return sessions.sum();
  }

  /** Accounts that have a session. */
  public int accounts() {
    return byAccount.size();
  }

  /** Enters a session and takes out those that must make room (client-features §2.1). */
  Admission admit(Session session) {
    List<Session> replaced = new ArrayList<>(1);
    List<Session> kicked = new ArrayList<>(1);
    byAccount.compute(
        session.principal().accountId(),
        (account, present) -> {
          List<Session> next = present == null ? new ArrayList<>(1) : new ArrayList<>(present);
          next.removeIf(
              other -> other.deviceId().equals(session.deviceId()) && replaced.add(other));
          makeRoom(next, session, kicked);
          next.add(session);
          return List.copyOf(next);
        });
    sessions.add(1L - replaced.size() - kicked.size());
    return new Admission(List.copyOf(replaced), List.copyOf(kicked));
  }

  /** Takes a session out; false when it was not in. */
  boolean remove(Session session) {
    boolean[] removed = {false};
    byAccount.computeIfPresent(
        session.principal().accountId(),
        (account, present) -> {
          List<Session> next = new ArrayList<>(present);
          removed[0] = next.remove(session);
          return next.isEmpty() ? null : List.copyOf(next);
        });
    if (removed[0]) {
      sessions.decrement();
    }
    return removed[0];
  }

  private static void makeRoom(List<Session> present, Session newcomer, List<Session> kicked) {
    MultiLogin rule = newcomer.principal().app().settings().multiLogin();
    String contest = rule.contest(newcomer.platform());
    if (contest.isEmpty()) {
      return;
    }
    List<Session> rivals =
        present.stream().filter(other -> contests(rule, contest, other.platform())).toList();
    int surplus = rivals.size() - rule.places(newcomer.platform()) + 1;
    if (surplus > 0) {
      kicked.addAll(rivals.subList(0, surplus));
      present.removeAll(kicked);
    }
  }

  private static boolean contests(MultiLogin rule, String contest, Platform platform) {
    return rule.contest(platform).equals(contest);
  }
}
