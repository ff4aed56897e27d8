package im.palisade.server.relation;

import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;

/**
 * An account's running numbers in the hands of a transaction that has locked its row. A sequence
 * grows by one per transaction that changes what it stands for.
 */
final class RelationHead {
  private final long accountId;
  private final boolean deleted;
  private final Map<Sequence, Integer> sequences;
  private final Set<Sequence> grown = EnumSet.noneOf(Sequence.class);
  private final Map<Count, Integer> counts;
  private boolean changed;

  RelationHead(
      long accountId,
      boolean deleted,
      Map<Sequence, Integer> sequences,
      Map<Count, Integer> counts) {
    this.accountId = accountId;
    this.deleted = deleted;
    this.sequences = new EnumMap<>(Sequence.class);
    this.sequences.putAll(sequences);
    this.counts = new EnumMap<>(Count.class);
    this.counts.putAll(counts);
  }

  /** What callers keep a number of to see whether it is still the same. */
  enum Sequence {
    STANDARD,
    CUSTOM,
    LISTS,
    BLOCKED
  }

  /** What there are limits or totals of. */
  enum Count {
    FRIENDS,
    BLOCKED,
    REQUESTS_IN,
    REQUESTS_OUT,
    FOLLOWING,
    FOLLOWERS,
    MUTUAL
  }

  /** The numbers of an account that has no row. */
  static RelationHead none(long accountId) {
    return new RelationHead(accountId, false, Map.of(), Map.of());
  }

  long accountId() {
    return accountId;
  }

  /** Whether the account is gone. */
  boolean deleted() {
    return deleted;
  }

  int get(Sequence sequence) {
    return sequences.getOrDefault(sequence, 0);
  }

  int get(Count count) {
    return counts.getOrDefault(count, 0);
  }

  /** What this sequence stands for changes. SDKs read it into 31 bits, so it begins anew at 1. */
  void grow(Sequence sequence) {
    if (grown.add(sequence)) {
      changed = true;
      int present = get(sequence);
      sequences.put(sequence, present == Integer.MAX_VALUE ? 1 : present + 1);
    }
  }

  void add(Count count, int difference) {
    counts.merge(count, difference, Integer::sum);
    changed = true;
  }

  /** Whether the row must be written. */
  boolean changed() {
    return changed;
  }
}
