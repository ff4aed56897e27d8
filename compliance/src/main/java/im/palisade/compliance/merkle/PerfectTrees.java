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

  /**
   * The same for the hashes of one proof, which lie close together: what was read for one may serve
   * the next. For one thread.
   */
  default PerfectTrees forOneProof() {
    return this;
  }
}
