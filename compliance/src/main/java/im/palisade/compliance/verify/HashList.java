package im.palisade.compliance.verify;

import im.palisade.compliance.merkle.MerkleHash;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Many hashes in little memory. */
final class HashList {
  private static final int PAGE = 1 << 12;

  private final List<byte[]> pages = new ArrayList<>();
  private long size;

  void add(byte[] hash) {
    int at = (int) (size % PAGE);
    if (at == 0) {
      pages.add(new byte[PAGE * MerkleHash.LENGTH]);
    }
    System.arraycopy(hash, 0, pages.getLast(), at * MerkleHash.LENGTH, MerkleHash.LENGTH);
    size++;
  }

  byte[] get(long n) {
    int at = (int) (n % PAGE) * MerkleHash.LENGTH;
    return Arrays.copyOfRange(pages.get((int) (n / PAGE)), at, at + MerkleHash.LENGTH);
  }

  long size() {
    return size;
  }
}
