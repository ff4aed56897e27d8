package im.palisade.server.group;

import im.palisade.server.gateway.CloseCause;
import im.palisade.server.gateway.Session;
import im.palisade.server.gateway.SessionListener;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Which sessions hear nothing of a topic. Topics are followed with their community, so those who
 * discard one of them are left out when something is said there; few do, and only they are kept.
 */
public final class TopicOptions implements SessionListener {
  private final ReentrantLock lock = new ReentrantLock();

  // Guarded by lock.
  private final Map<Long, Set<Session>> deaf = new HashMap<>();
  private final Map<Session, Set<Long>> topics = new HashMap<>();

  TopicOptions() {}

  /** Sessions of accounts that discard what is said in that topic. */
  public Set<Session> deafTo(long topicId) {
    lock.lock();
    try {
      return Set.copyOf(deaf.getOrDefault(topicId, Set.of()));
    } finally {
      lock.unlock();
    }
  }

  /** A session of an account that discards these begins. */
  void entering(Session session, List<Long> discarded) {
    discarded.forEach(topic -> set(topic, List.of(session), true));
  }

  @Override
  public void opened(Session session, List<Session> kicked) {}

  @Override
  public void closed(Session session, CloseCause cause) {
    lock.lock();
    try {
      for (long topic : List.copyOf(topics.getOrDefault(session, Set.of()))) {
        change(topic, session, false);
      }
    } finally {
      lock.unlock();
    }
  }

  /** The sessions hear the topic from now on, or no more. */
  void set(long topicId, Collection<Session> sessions, boolean discards) {
    lock.lock();
    try {
      sessions.forEach(session -> change(topicId, session, discards));
    } finally {
      lock.unlock();
    }
  }

  /** The sessions' accounts have no options in the topics any more. */
  void forget(Collection<Long> topicIds, Collection<Session> sessions) {
    topicIds.forEach(topic -> set(topic, sessions, false));
  }

  private void change(long topicId, Session session, boolean discards) {
    if (discards) {
      deaf.computeIfAbsent(topicId, id -> new HashSet<>()).add(session);
      topics.computeIfAbsent(session, each -> new HashSet<>()).add(topicId);
    } else {
      remove(deaf, topicId, session);
      remove(topics, session, topicId);
    }
  }

  private static <K, V> void remove(Map<K, Set<V>> map, K key, V value) {
    map.computeIfPresent(
        key,
        (same, values) -> {
          values.remove(value);
          return values.isEmpty() ? null : values;
        });
  }
}
