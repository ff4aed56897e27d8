package im.palisade.server.stats;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import im.palisade.server.app.App;
import im.palisade.server.store.Counter;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/**
 * One app's counts of one day that are not written yet. Counting never blocks: it happens on the
 * threads that write messages.
 */
final class Tally {
  private static final int REMEMBERED = 200_000;

  private final App app;
  private final long day;
  private final Map<Counter, LongAdder> counts = new EnumMap<>(Counter.class);
  private final ConcurrentHashMap<Counter, Long> peaks = new ConcurrentHashMap<>();
  private final ConcurrentHashMap<Long, Integer> users = new ConcurrentHashMap<>();

  private final Set<Long> groups = ConcurrentHashMap.newKeySet();

  /** What is known of users already; one that falls out is only written once more. */
  private final Cache<Long, Integer> known = Caffeine.newBuilder().maximumSize(REMEMBERED).build();

  private final Cache<Long, Boolean> saidIn = Caffeine.newBuilder().maximumSize(REMEMBERED).build();

  Tally(App app, long day) {
    this.app = app;
    this.day = day;
    for (Counter counter : Counter.values()) {
      if (!counter.isPeak()) {
        counts.put(counter, new LongAdder());
      }
    }
  }

  App app() {
    return app;
  }

  long day() {
    return day;
  }

  void add(Counter counter, long amount) {
    if (counter.isPeak()) {
      peaks.merge(counter, amount, Math::max);
    } else {
      counts.get(counter).add(amount);
    }
  }

  void seen(long accountId, int kind) {
    Integer before = known.getIfPresent(accountId);
    if (before == null || (before & kind) == 0) {
      known.asMap().merge(accountId, kind, (a, b) -> a | b);
      users.merge(accountId, kind, (a, b) -> a | b);
    }
  }

  void said(long groupId) {
    if (saidIn.getIfPresent(groupId) == null) {
      saidIn.put(groupId, true);
      groups.add(groupId);
    }
  }

  /** Takes out what is to be written. */
  Batch take() {
    Map<Counter, Long> taken = new EnumMap<>(Counter.class);
    counts.forEach(
        (counter, adder) -> {
          long sum = adder.sumThenReset();
          if (sum != 0) {
            taken.put(counter, sum);
          }
        });
    for (Counter counter : Counter.values()) {
      Long peak = peaks.remove(counter);
      if (peak != null) {
        taken.put(counter, peak);
      }
    }
    Map<Long, Integer> who = new HashMap<>();
    for (long accountId : users.keySet()) {
      Integer kinds = users.remove(accountId);
      if (kinds != null) {
        who.put(accountId, kinds);
      }
    }
    Set<Long> where = new HashSet<>();
    groups.removeIf(where::add);
    return new Batch(taken, who, where);
  }

  /** Takes back what could not be written. */
  void giveBack(Batch batch) {
    batch.counts().forEach(this::add);
    batch.users().forEach((id, kinds) -> users.merge(id, kinds, (a, b) -> a | b));
    groups.addAll(batch.groups());
  }

  /** What is written at once. */
  record Batch(Map<Counter, Long> counts, Map<Long, Integer> users, Set<Long> groups) {
    boolean isEmpty() {
      return counts.isEmpty() && users.isEmpty() && groups.isEmpty();
    }
  }
}
