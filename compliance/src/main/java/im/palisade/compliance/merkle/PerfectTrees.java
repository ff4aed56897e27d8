package im.palisade.compliance.merkle;

import java.io.IOException;

/** Where the hashes of perfect subtrees come from: memory, tiles, a test. */
@FunctionalInterface
public interface PerfectTrees {
  /**
   * The hash of the perfect subtree over the leaves [index &lt;&lt; level, (index + 1) &lt;&lt;
   * level).
   *
   * @throws IOException when it cannot be read
   */
  byte[] hash(int level, long index) throws IOException;
}
