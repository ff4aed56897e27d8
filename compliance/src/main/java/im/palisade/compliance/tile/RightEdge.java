package im.palisade.compliance.tile;

import im.palisade.compliance.merkle.MerkleHash;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The growing side of a tree in memory: per level the hashes of the tile that is not yet full. */
public final class RightEdge {
  /** Takes a tile that has become full. */
  @FunctionalInterface
  public interface FullTile {
    void take(int level, long n, byte[] hashes) throws IOException;
  }

  private final List<byte[]> levels = new ArrayList<>();
  private long size;

  /** The edge of an empty tree. */
  public RightEdge() {}

  /** The edge of the tree of that size whose tiles can be read. */
  public static RightEdge read(long size, TileTrees.Source source) throws IOException {
    RightEdge edge = new RightEdge();
    edge.size = size;
    for (int level = 0; size >>> (8 * level) > 0; level++) {
      long hashes = size >>> (8 * level);
      int width = (int) (hashes % TilePath.WIDTH);
      byte[] tile = new byte[TilePath.WIDTH * MerkleHash.LENGTH];
      if (width > 0) {
        byte[] read = source.tile(level, hashes / TilePath.WIDTH, width);
        System.arraycopy(read, 0, tile, 0, width * MerkleHash.LENGTH);
      }
      edge.levels.add(tile);
    }
    return edge;
  }

  /** Leaves so far. */
  public long size() {
    return size;
  }

  /** Adds a leaf and hands over the tiles that it fills. */
  public void add(byte[] leafHash, FullTile full) throws IOException {
    long index = size;
    byte[] hash = leafHash;
    size++;
    for (int level = 0; ; level++) {
      if (level == levels.size()) {
        levels.add(new byte[TilePath.WIDTH * MerkleHash.LENGTH]);
      }
      byte[] tile = levels.get(level);
      int at = (int) (index % TilePath.WIDTH);
      System.arraycopy(hash, 0, tile, at * MerkleHash.LENGTH, MerkleHash.LENGTH);
      index /= TilePath.WIDTH;
      if (at < TilePath.WIDTH - 1) {
        return;
      }
      full.take(level, index, tile.clone());
      hash = TileTrees.subtree(tile, 0, TilePath.WIDTH);
    }
  }

  /** Levels that have a partial tile to write, lowest first; see {@link #partial}. */
  public int levels() {
    return levels.size();
  }

  /** The hashes of the partial tile of that level; empty when there is none at this size. */
  public byte[] partial(int level) {
    int width = (int) ((size >>> (8 * level)) % TilePath.WIDTH);
    return Arrays.copyOf(levels.get(level), width * MerkleHash.LENGTH);
  }

  /** The root of the tree so far, from memory alone. */
  public byte[] root() {
    if (size == 0) {
      return MerkleHash.empty();
    }
    byte[] root = null;
    for (int level = 0; level < levels.size(); level++) {
      byte[] tile = levels.get(level);
      int width = (int) ((size >>> (8 * level)) % TilePath.WIDTH);
      // Perfect trees of a tile stand from the widest to the narrowest; fold from the right.
      int end = width;
      for (int rest = width; rest > 0; rest &= rest - 1) {
        int count = Integer.lowestOneBit(rest);
        byte[] hash = TileTrees.subtree(tile, end - count, count);
        root = root == null ? hash : MerkleHash.node(hash, root);
        end -= count;
      }
    }
    if (root == null) {
      throw new IllegalStateException("no hash in a tree of " + size);
    }
    return root;
  }
}
