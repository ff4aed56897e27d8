package im.palisade.server.store;

/**
 * Statement texts whose length follows the number of rows. Lengths are powers of two, so that a
 * handful of prepared statements per connection serves every batch.
 */
public final class Sql {
  /** Most rows in one statement. */
  public static final int MAX_ROWS = 256;

  private static final int SIZES = 9;

  private final String[] bySize = new String[SIZES];

  /**
   * A family of statements.
   *
   * @param head up to the rows
   * @param row one row, e.g. {@code (?, ?)}
   * @param tail after the rows
   */
  public Sql(String head, String row, String tail) {
    for (int i = 0; i < SIZES; i++) {
      int rows = 1 << i;
      StringBuilder text = new StringBuilder(head.length() + tail.length() + rows * row.length());
      text.append(head).append(row);
      for (int r = 1; r < rows; r++) {
        text.append(", ").append(row);
      }
      bySize[i] = text.append(tail).toString();
    }
  }

  /** The statement for exactly that power of two of rows. */
  public String exactly(int rows) {
    return bySize[Integer.numberOfTrailingZeros(rows)];
  }

  /** Size of the statement that takes {@code rows} when the last value is repeated as padding. */
  public static int padded(int rows) {
    return rows <= 1 ? 1 : Integer.highestOneBit(rows - 1) << 1;
  }

  /** Size of the largest statement that takes no more than {@code rows}. */
  public static int fitting(int rows) {
    return Math.min(MAX_ROWS, Integer.highestOneBit(rows));
  }
}
