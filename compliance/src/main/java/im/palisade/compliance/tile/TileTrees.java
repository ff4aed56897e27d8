package im.palisade.compliance.tile;

import im.palisade.compliance.merkle.MerkleHash;
import im.palisade.compliance.merkle.PerfectTrees;
import java.io.IOException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/**
 * Reads hashes of perfect subtrees out of tiles of a log of one size. One tile is read per call,
 * and up to 127 hashes are made from it; a full tile that is missing where a partial one is asked
 * for is the tile source's affair.
 */
public final class TileTrees implements PerfectTrees {
  /** Where tiles come from. */
  @FunctionalInterface
  public interface Source {
    /** The first {@code width} hashes, 32 bytes each, of that tile. */
    byte[] tile(int level, long n, int width) throws IOException;
  }

  private final Source source;
  private final long size;

  public TileTrees(Source source, long size) {
    this.source = source;
    this.size = size;
  }

  @Override
  public byte[] hash(int level, long index) throws IOException {
    int tileLevel = level / 8;
    int height = level % 8;
    long first = index << height;
    long n = first / TilePath.WIDTH;
    int at = (int) (first % TilePath.WIDTH);
    int count = 1 << height;
    long hashes = size >>> (8 * tileLevel);
    int width = (int) Math.min(TilePath.WIDTH, hashes - n * TilePath.WIDTH);
    if (at + count > width) {
      throw new IllegalArgumentException("no perfect tree " + level + "/" + index + " in " + size);
    }
    return subtree(source.tile(tileLevel, n, width), at, count);
  }

  /**
   * Reads each tile once: of the 27 hashes of a proof over 100 million leaves eight each lie in one
   * tile.
   */
  @Override
  public PerfectTrees forOneProof() {
    record Tile(int level, long n, int width) {}
    Map<Tile, byte[]> read = new HashMap<>();
    return new TileTrees(
        (level, n, width) -> {
          Tile tile = new Tile(level, n, width);
          byte[] hashes = read.get(tile);
          if (hashes == null) {
            hashes = source.tile(level, n, width);
            read.put(tile, hashes);
          }
          return hashes;
        },
        size);
  }

  /** The root over {@code count} (a power of two) hashes of a tile. */
  public static byte[] subtree(byte[] tile, int at, int count) {
    if (count == 1) {
      return Arrays.copyOfRange(tile, at * MerkleHash.LENGTH, (at + 1) * MerkleHash.LENGTH);
    }
    int half = count / 2;
    return MerkleHash.node(subtree(tile, at, half), subtree(tile, at + half, half));
  }
}
