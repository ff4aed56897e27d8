package im.palisade.server.presence;

import com.fasterxml.jackson.databind.node.ObjectNode;
import im.palisade.server.account.Account;
import im.palisade.server.app.App;
import im.palisade.server.gateway.ClientEvent;
import im.palisade.server.gateway.CloseCause;
import im.palisade.server.gateway.EncodedFrame;
import im.palisade.server.gateway.Session;
import im.palisade.server.gateway.SessionDirectory;
import im.palisade.server.gateway.SessionListener;
import im.palisade.server.protocol.Json;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * What users say of themselves and who is told (client-features §14). All of it lasts as long as
 * somebody is connected: nothing is stored, and all is forgotten a minute after the last
 * connection.
 */
public final class StatusService implements SessionListener, AutoCloseable {
  /** Most subscriptions of an account; the oldest makes room. */
  static final int MAX_SUBSCRIPTIONS = 200;

  /** Somebody who comes back within this time has not been away. */
  private static final Duration OFFLINE_DELAY = Duration.ofSeconds(5);

  private static final Duration FORGOTTEN_AFTER = Duration.ofMinutes(1);

  private final SessionDirectory sessions;
  private final Map<Long, String> custom = new ConcurrentHashMap<>();
  private final ScheduledExecutorService later =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("status").factory());

  /** Whom an account watches, the oldest first. Both maps are guarded by this. */
  private final Map<Long, LinkedHashSet<Long>> watched = new HashMap<>();

  private final Map<Long, Set<Long>> watchers = new HashMap<>();

  /** Who was last told to be online. */
  private final Set<Long> online = ConcurrentHashMap.newKeySet();

  public StatusService(SessionDirectory sessions) {
    this.sessions = sessions;
  }

  /** How an account is to be reached, as clients are told it. */
  enum Status {
    ONLINE(1),
    OFFLINE(2),
    NOT_LOGGED_IN(3);

    private final int code;

    Status(int code) {
      this.code = code;
    }

    int code() {
      return code;
    }
  }

  /** What an account says of itself; empty when it says nothing. */
  String customStatus(long accountId) {
    return custom.getOrDefault(accountId, "");
  }

  /** Says something else of the account from now on; the empty text takes it back. */
  void say(App app, Account account, String text) {
    String before = text.isEmpty() ? custom.remove(account.id()) : custom.put(account.id(), text);
    if (!text.equals(before == null ? "" : before)) {
      tell(account.id(), account.userId(), Status.ONLINE, true);
    }
  }

  /** Has an account told of others from now on. */
  synchronized void watch(long accountId, Collection<Long> others) {
    LinkedHashSet<Long> mine = watched.computeIfAbsent(accountId, id -> new LinkedHashSet<>());
    for (long other : others) {
      mine.remove(other);
      mine.add(other);
      watchers.computeIfAbsent(other, id -> new HashSet<>()).add(accountId);
    }
    while (mine.size() > MAX_SUBSCRIPTIONS) {
      unwatch(accountId, mine.iterator().next());
    }
  }

  /** Has an account told of others no more. */
  synchronized void unwatch(long accountId, Collection<Long> others) {
    others.forEach(other -> unwatch(accountId, other));
  }

  /** Has an account told of nobody any more. */
  synchronized void unwatchAll(long accountId) {
    for (long other : List.copyOf(watched.getOrDefault(accountId, new LinkedHashSet<>()))) {
      unwatch(accountId, other);
    }
  }

  private void unwatch(long accountId, long other) {
    LinkedHashSet<Long> mine = watched.get(accountId);
    if (mine != null && mine.remove(other)) {
      if (mine.isEmpty()) {
        watched.remove(accountId);
      }
      watchers.computeIfPresent(
          other,
          (id, those) -> {
            those.remove(accountId);
            return those.isEmpty() ? null : those;
          });
    }
  }

  @Override
  public void opened(Session session, List<Session> kicked) {
    if (online.add(session.principal().accountId())) {
      tell(session.principal().accountId(), session.principal().userId(), Status.ONLINE, false);
    }
  }

  @Override
  public void closed(Session session, CloseCause cause) {
    long accountId = session.principal().accountId();
    Status status = cause == CloseCause.LOGOUT ? Status.NOT_LOGGED_IN : Status.OFFLINE;
    try {
      var _ =
          later.schedule(
              () -> leave(accountId, session.principal().userId(), status),
              OFFLINE_DELAY.toMillis(),
              TimeUnit.MILLISECONDS);
      var _ =
          later.schedule(
              () -> forget(accountId), FORGOTTEN_AFTER.toMillis(), TimeUnit.MILLISECONDS);
    } catch (RejectedExecutionException e) {
      // The server stops; nobody is left to be told.
      online.remove(accountId);
    }
  }

  private void leave(long accountId, String userId, Status status) {
    if (sessions.of(accountId).isEmpty() && online.remove(accountId)) {
      tell(accountId, userId, status, false);
    }
  }

  private void forget(long accountId) {
    if (sessions.of(accountId).isEmpty()) {
      custom.remove(accountId);
      unwatchAll(accountId);
    }
  }

  private void tell(long accountId, String userId, Status status, boolean withItself) {
    List<Long> receivers = new ArrayList<>();
    synchronized (this) {
      receivers.addAll(watchers.getOrDefault(accountId, Set.of()));
    }
    if (withItself && !receivers.contains(accountId)) {
      receivers.add(accountId);
    }
    ObjectNode data = Json.object();
    data.putArray("users")
        .addObject()
        .put("userId", userId)
        .put("status", status.code())
        .put("customStatus", customStatus(accountId));
    EncodedFrame frame = EncodedFrame.event(ClientEvent.PRESENCE_CHANGED, data);
    receivers.forEach(receiver -> sessions.of(receiver).forEach(session -> session.send(frame)));
  }

  @Override
  public void close() {
    later.shutdownNow();
  }
}
