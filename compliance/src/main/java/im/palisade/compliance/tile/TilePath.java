package im.palisade.compliance.tile;

/** File names of C2SP tlog-tiles. */
public final class TilePath {
  /** Hashes in a full tile and entries in a full bundle. */
  public static final int WIDTH = 256;

  private TilePath() {}

  /** A hash tile; {@code width} below 256 names a partial one. */
  public static String tile(int level, long n, int width) {
    return "tile/" + level + "/" + number(n) + partial(width);
  }

  /** An entry bundle; {@code width} below 256 names a partial one. */
  public static String entries(long n, int width) {
    return "tile/entries/" + number(n) + partial(width);
  }

  /** The number in groups of three digits: 1234067 is x001/x234/067. */
  public static String number(long n) {
    StringBuilder out = new StringBuilder("%03d".formatted(n % 1000));
    for (long rest = n / 1000; rest > 0; rest /= 1000) {
      out.insert(0, "x%03d/".formatted(rest % 1000));
    }
    return out.toString();
  }

  private static String partial(int width) {
    if (width < 1 || width > WIDTH) {
      throw new IllegalArgumentException("no tile is " + width + " wide");
    }
    return width == WIDTH ? "" : ".p/" + width;
  }
}
