package im.palisade.compliance.pack;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import im.palisade.compliance.event.CanonicalJson;
import im.palisade.compliance.merkle.MerkleHash;
import im.palisade.compliance.merkle.PerfectTrees;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Iterator;
import java.util.List;

/**
 * Proves that entries are exactly the leaves [from, to) of a tree: the hashes of the largest
 * subtrees beside the range, from left to right as RFC 9162 section 2.1.1 splits the tree.
 */
public record RangeProof(long from, long to, long size, List<byte[]> hashes) {
  /** Leaf hashes in order. */
  @FunctionalInterface
  public interface Leaves {
    /** The next leaf hash. */
    byte[] next() throws IOException;
  }

  private static final ObjectMapper MAPPER = new ObjectMapper();

  public RangeProof {
    if (from < 0 || from > to || to > size) {
      throw new IllegalArgumentException("no range " + from + " to " + to + " in " + size);
    }
    hashes = List.copyOf(hashes);
  }

  /** Makes the proof from a tree's perfect subtrees. */
  public static RangeProof make(long from, long to, long size, PerfectTrees trees)
      throws IOException {
    List<byte[]> hashes = new ArrayList<>();
    collect(0, size, from, to, trees, hashes);
    return new RangeProof(from, to, size, hashes);
  }

  private static void collect(
      long lo, long hi, long from, long to, PerfectTrees trees, List<byte[]> hashes)
      throws IOException {
    if (lo == hi) {
      return;
    }
    if (hi <= from || lo >= to) {
      hashes.add(subtree(lo, hi, trees));
    } else if (hi - lo > 1 && (lo < from || hi > to)) {
      long middle = lo + split(hi - lo);
      collect(lo, middle, from, to, trees, hashes);
      collect(middle, hi, from, to, trees, hashes);
    }
  }

  private static byte[] subtree(long lo, long hi, PerfectTrees trees) throws IOException {
    long count = hi - lo;
    if (Long.bitCount(count) == 1) {
      int level = Long.numberOfTrailingZeros(count);
      return trees.hash(level, lo >>> level);
    }
    long middle = lo + split(count);
    return MerkleHash.node(subtree(lo, middle, trees), subtree(middle, hi, trees));
  }

  /**
   * The root that follows from these leaves, taken in order, each once.
   *
   * @throws IllegalArgumentException when the proof has too few or too many hashes
   */
  public byte[] root(Leaves leaves) throws IOException {
    if (size == 0) {
      return MerkleHash.empty();
    }
    Iterator<byte[]> beside = hashes.iterator();
    byte[] root = root(0, size, leaves, beside);
    if (beside.hasNext()) {
      throw new IllegalArgumentException("a range proof with too many hashes");
    }
    return root;
  }

  private byte[] root(long lo, long hi, Leaves leaves, Iterator<byte[]> beside) throws IOException {
    if (hi <= from || lo >= to) {
      if (!beside.hasNext()) {
        throw new IllegalArgumentException("a range proof with too few hashes");
      }
      return beside.next();
    }
    if (hi - lo == 1) {
      return leaves.next();
    }
    long middle = lo + split(hi - lo);
    byte[] left = root(lo, middle, leaves, beside);
    return MerkleHash.node(left, root(middle, hi, leaves, beside));
  }

  private static long split(long count) {
    return Long.highestOneBit(count - 1);
  }

  /** The proof as it is written: canonical JSON and a line feed. */
  public String text() {
    ObjectNode out = JsonNodeFactory.instance.objectNode();
    out.put("from", from).put("to", to).put("size", size);
    ArrayNode list = out.putArray("hashes");
    hashes.forEach(hash -> list.add(Base64.getEncoder().encodeToString(hash)));
    return CanonicalJson.text(out) + "\n";
  }

  /**
   * Reads a proof.
   *
   * @throws IllegalArgumentException when it is malformed
   */
  public static RangeProof parse(String text) {
    try {
      JsonNode json = MAPPER.readTree(text);
      List<byte[]> hashes = new ArrayList<>();
      for (JsonNode hash : json.path("hashes")) {
        byte[] bytes = Base64.getDecoder().decode(hash.asText());
        if (bytes.length != MerkleHash.LENGTH || hashes.size() == 128) {
          throw new IllegalArgumentException("not a range proof");
        }
        hashes.add(bytes);
      }
      return new RangeProof(
          json.path("from").asLong(-1),
          json.path("to").asLong(-1),
          json.path("size").asLong(-1),
          hashes);
    } catch (IOException e) {
      throw new IllegalArgumentException("not a range proof", e);
    }
  }
}
