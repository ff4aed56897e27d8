package im.palisade.compliance.merkle;

import java.security.MessageDigest;
import java.util.List;

/** Checks proofs by the algorithms of RFC 9162 sections 2.1.3.2 and 2.1.4.2. */
public final class MerkleProof {
  private MerkleProof() {}

  /** Whether the leaf stands at that index of the tree of that size and root. */
  public static boolean includes(
      byte[] leaf, long index, long size, List<byte[]> proof, byte[] root) {
    if (index < 0 || index >= size) {
      return false;
    }
    long fn = index;
    long sn = size - 1;
    byte[] hash = leaf;
    for (byte[] step : proof) {
      if (sn == 0) {
        return false;
      }
      if ((fn & 1) == 1 || fn == sn) {
        hash = MerkleHash.node(step, hash);
        while ((fn & 1) == 0 && fn != 0) {
          fn >>>= 1;
          sn >>>= 1;
        }
      } else {
        hash = MerkleHash.node(hash, step);
      }
      fn >>>= 1;
      sn >>>= 1;
    }
    return sn == 0 && MessageDigest.isEqual(hash, root);
  }

  /**
   * Whether the second tree begins with all of the first. An empty first tree proves nothing wrong.
   */
  public static boolean continues(
      long first, byte[] firstRoot, long second, byte[] secondRoot, List<byte[]> proof) {
    if (first < 0 || first > second) {
      return false;
    }
    if (first == second) {
      return proof.isEmpty() && MessageDigest.isEqual(firstRoot, secondRoot);
    }
    if (first == 0) {
      return proof.isEmpty() && MessageDigest.isEqual(firstRoot, MerkleHash.empty());
    }
    boolean power = Long.bitCount(first) == 1;
    if (!power && proof.isEmpty()) {
      return false;
    }
    long fn = first - 1;
    long sn = second - 1;
    while ((fn & 1) == 1) {
      fn >>>= 1;
      sn >>>= 1;
    }
    byte[] fr = power ? firstRoot : proof.getFirst();
    byte[] sr = fr;
    for (byte[] step : power ? proof : proof.subList(1, proof.size())) {
      if (sn == 0) {
        return false;
      }
      if ((fn & 1) == 1 || fn == sn) {
        fr = MerkleHash.node(step, fr);
        sr = MerkleHash.node(step, sr);
        while ((fn & 1) == 0 && fn != 0) {
          fn >>>= 1;
          sn >>>= 1;
        }
      } else {
        sr = MerkleHash.node(sr, step);
      }
      fn >>>= 1;
      sn >>>= 1;
    }
    return sn == 0 && MessageDigest.isEqual(fr, firstRoot) && MessageDigest.isEqual(sr, secondRoot);
  }
}
