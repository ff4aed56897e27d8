package im.palisade.compliance.checkpoint;

import im.palisade.compliance.merkle.MerkleProof;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/** A C2SP tlog-proof: that one entry stands in the tree of a checkpoint. */
public record TlogProof(long index, List<byte[]> hashes, SignedNote checkpoint) {
  private static final String HEADER = "c2sp.org/tlog-proof@v1\n";

  public TlogProof {
    hashes = List.copyOf(hashes);
  }

  /**
   * Reads a proof file; an {@code extra} line is passed over.
   *
   * @throws IllegalArgumentException when it is malformed
   */
  public static TlogProof parse(String file) {
    int end = file.indexOf("\n\n");
    if (!file.startsWith(HEADER) || end < 0) {
      throw new IllegalArgumentException("not a tlog-proof");
    }
    List<String> lines =
        new ArrayList<>(List.of(file.substring(HEADER.length(), end).split("\n", -1)));
    if (lines.getFirst().startsWith("extra ")) {
      lines.removeFirst();
    }
    if (lines.isEmpty() || !lines.getFirst().matches("index (0|[1-9][0-9]{0,17})")) {
      throw new IllegalArgumentException("no index in the tlog-proof");
    }
    long index = Long.parseLong(lines.removeFirst().substring("index ".length()));
    List<byte[]> hashes = new ArrayList<>();
    for (String line : lines) {
      byte[] hash = Base64.getDecoder().decode(line);
      if (hash.length != 32 || hashes.size() == 63) {
        throw new IllegalArgumentException("not a hash in the tlog-proof");
      }
      hashes.add(hash);
    }
    return new TlogProof(index, hashes, SignedNote.parse(file.substring(end + 2)));
  }

  /** Whether the proof holds for a leaf hash and the checkpoint is signed by the key. */
  public boolean proves(byte[] leafHash, VerifierKey key) {
    if (!checkpoint.isSignedBy(key)) {
      return false;
    }
    Checkpoint head = Checkpoint.parse(checkpoint.text());
    return head.origin().equals(key.name())
        && MerkleProof.includes(leafHash, index, head.size(), hashes, head.root());
  }

  /** The proof as it is written. */
  @Override
  public String toString() {
    StringBuilder out = new StringBuilder(HEADER).append("index ").append(index).append('\n');
    hashes.forEach(hash -> out.append(Base64.getEncoder().encodeToString(hash)).append('\n'));
    return out.append('\n').append(checkpoint).toString();
  }
}
