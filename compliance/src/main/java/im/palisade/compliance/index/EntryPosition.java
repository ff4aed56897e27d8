package im.palisade.compliance.index;

/**
 * Where an entry stands among all entries of a log, epochs included. Later entries have greater
 * positions.
 */
public record EntryPosition(int epoch, long index) implements Comparable<EntryPosition> {
  private static final int INDEX_BITS = 40;

  /** Before everything. */
  public static final EntryPosition START = new EntryPosition(1, 0);

  public EntryPosition {
    if (epoch < 1 || epoch >= 1 << (62 - INDEX_BITS) || index < 0 || index >= 1L << INDEX_BITS) {
      throw new IllegalArgumentException("not a position: " + epoch + ", " + index);
    }
  }

  /** The position of that number, see {@link #number}. */
  public static EntryPosition of(long number) {
    return new EntryPosition(
        Math.toIntExact(number >>> INDEX_BITS), number & ((1L << INDEX_BITS) - 1));
  }

  /** One number that sorts as positions do. */
  public long number() {
    return ((long) epoch << INDEX_BITS) | index;
  }

  /** The position that many entries on in the same epoch. */
  public EntryPosition plus(long entries) {
    return new EntryPosition(epoch, index + entries);
  }

  @Override
  public int compareTo(EntryPosition other) {
    return Long.compare(number(), other.number());
  }
}
