package im.palisade.compliance.bench;

import im.palisade.compliance.file.DiskFiles;
import im.palisade.compliance.merkle.MerkleHash;
import im.palisade.compliance.merkle.MerkleProof;
import im.palisade.compliance.merkle.MerkleTree;
import im.palisade.compliance.tile.RightEdge;
import im.palisade.compliance.tile.TilePath;
import im.palisade.compliance.tile.TileTrees;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** Time of an inclusion proof from tiles on disk. */
public final class ProofBench {
  private ProofBench() {}

  /** Runs it in an empty folder; leaves are numbers, and every proof is checked. */
  public static void run(Path folder, long size, int proofs) throws Exception {
    DiskFiles files = new DiskFiles(folder);
    RightEdge edge = new RightEdge();
    long began = System.nanoTime();
    for (long i = 0; i < size; i++) {
      edge.add(leaf(i), (level, n, tile) -> files.write(TilePath.tile(level, n, 256), tile));
    }
    System.out.printf("%d leaves in %.0f s%n", size, (System.nanoTime() - began) / 1e9);
    TileTrees.Source source =
        (level, n, width) ->
            n == (size >>> (8 * level)) / 256
                ? edge.partial(level)
                : files.read(TilePath.tile(level, n, 256)).orElseThrow();
    MerkleTree tree = new MerkleTree(new TileTrees(source, size));
    byte[] root = edge.root();
    Random random = new Random(1);
    long[] times = new long[proofs];
    for (int i = 0; i < times.length; i++) {
      long index = random.nextLong(size);
      long start = System.nanoTime();
      List<byte[]> proof = tree.inclusion(index, size);
      times[i] = System.nanoTime() - start;
      if (!MerkleProof.includes(leaf(index), index, size, proof, root)) {
        throw new IllegalStateException("proof of " + index + " does not hold");
      }
    }
    Arrays.sort(times);
    System.out.printf(
        "proofs over %d leaves: ms p50 %.2f p99 %.2f worst %.2f%n",
        size,
        times[times.length / 2] / 1e6,
        times[times.length * 99 / 100] / 1e6,
        times[times.length - 1] / 1e6);
  }

  private static byte[] leaf(long i) {
    return MerkleHash.leaf(ByteBuffer.allocate(8).putLong(i).array());
  }
}
