package im.palisade.compliance.merkle;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Makes roots and proofs as RFC 9162 section 2.1 defines them, from hashes of perfect subtrees. */
public final class MerkleTree {
  private final PerfectTrees trees;

  public MerkleTree(PerfectTrees trees) {
    this.trees = trees;
  }

  /** The root of the first {@code size} leaves. */
  public byte[] root(long size) throws IOException {
    return size == 0 ? MerkleHash.empty() : range(0, size);
  }

  /**
   * The inclusion proof of a leaf in the tree of that size, nearest hash first.
   *
   * @throws IllegalArgumentException when the tree does not hold the leaf
   */
  public List<byte[]> inclusion(long index, long size) throws IOException {
    if (index < 0 || index >= size) {
      throw new IllegalArgumentException("no leaf " + index + " in a tree of " + size);
    }
    List<byte[]> proof = new ArrayList<>();
    new MerkleTree(trees.forOneProof()).path(index, 0, size, proof);
    return proof;
  }

  /**
   * The proof that the tree of size {@code to} continues that of size {@code from}; empty when
   * either is the other or {@code from} is 0.
   */
  public List<byte[]> consistency(long from, long to) throws IOException {
    if (from < 0 || from > to) {
      throw new IllegalArgumentException("no tree of " + from + " before one of " + to);
    }
    List<byte[]> proof = new ArrayList<>();
    if (from > 0 && from < to) {
      new MerkleTree(trees.forOneProof()).subproof(from, 0, to, true, proof);
    }
    return proof;
  }

  private void path(long index, long from, long to, List<byte[]> proof) throws IOException {
    if (to - from == 1) {
      return;
    }
    long middle = from + split(to - from);
    if (index < middle) {
      path(index, from, middle, proof);
      proof.add(range(middle, to));
    } else {
      path(index, middle, to, proof);
      proof.add(range(from, middle));
    }
  }

  private void subproof(long size, long from, long to, boolean whole, List<byte[]> proof)
      throws IOException {
    if (size == to) {
      if (!whole) {
        proof.add(range(from, to));
      }
      return;
    }
    long middle = from + split(to - from);
    if (size <= middle) {
      subproof(size, from, middle, whole, proof);
      proof.add(range(middle, to));
    } else {
      subproof(size, middle, to, false, proof);
      proof.add(range(from, middle));
    }
  }

  /** The hash over leaves [from, to), where from is a multiple of the largest power that fits. */
  private byte[] range(long from, long to) throws IOException {
    long count = to - from;
    if (Long.bitCount(count) == 1) {
      int level = Long.numberOfTrailingZeros(count);
      return trees.hash(level, from >>> level);
    }
    long middle = from + split(count);
    return MerkleHash.node(range(from, middle), range(middle, to));
  }

  /** The largest power of two below the count. */
  private static long split(long count) {
    return Long.highestOneBit(count - 1);
  }
}
