package im.palisade.server.stats;

import im.palisade.server.store.Counter;
import im.palisade.server.store.Counts;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** What transactions counted of one app's day, summed up. */
final class DaySums {
  private final Map<Counter, Long> counts = new EnumMap<>(Counter.class);
  private final Map<Long, Integer> users = new HashMap<>();
  private final Set<Long> groups = new HashSet<>();

  void add(Counts.Added key, long amount) {
    counts.merge(key.counter(), amount, Long::sum);
  }

  void seen(Counts.Seen key, int kinds) {
    users.merge(key.accountId(), kinds, (a, b) -> a | b);
  }

  void said(Counts.Said key, long received) {
    groups.add(key.groupId());
    counts.merge(Counter.GROUP_DOWN, received, Long::sum);
  }

  Tally.Batch batch() {
    return new Tally.Batch(counts, users, groups);
  }
}
