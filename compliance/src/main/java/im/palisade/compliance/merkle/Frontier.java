package im.palisade.compliance.merkle;

/** A tree that only grows, as the roots of its perfect subtrees: at most 63 hashes. */
public final class Frontier {
  private final byte[][] nodes;
  private long size;

  /** The empty tree. */
  public Frontier() {
    nodes = new byte[64][];
  }

  private Frontier(byte[][] nodes, long size) {
    this.nodes = nodes.clone();
    this.size = size;
  }

  /** A copy that grows by itself. */
  public Frontier copy() {
    return new Frontier(nodes, size);
  }

  /** Leaves so far. */
  public long size() {
    return size;
  }

  /** Adds a leaf. */
  public void add(byte[] leafHash) {
    add(0, leafHash);
  }

  /**
   * Adds a perfect subtree of 2^level leaves.
   *
   * @throws IllegalArgumentException when the size is no multiple of it
   */
  public void add(int level, byte[] hash) {
    if ((size & ((1L << level) - 1)) != 0) {
      throw new IllegalArgumentException("no perfect tree of level " + level + " at " + size);
    }
    byte[] node = hash;
    int at = level;
    for (; (size >>> at & 1) == 1; at++) {
      node = MerkleHash.node(nodes[at], node);
    }
    nodes[at] = node;
    size += 1L << level;
  }

  /** The root so far. */
  public byte[] root() {
    if (size == 0) {
      return MerkleHash.empty();
    }
    int lowest = Long.numberOfTrailingZeros(size);
    byte[] root = nodes[lowest];
    for (int level = lowest + 1; level < 63; level++) {
      if ((size >>> level & 1) == 1) {
        root = MerkleHash.node(nodes[level], root);
      }
    }
    return root;
  }
}
