package im.palisade.compliance.merkle;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import im.palisade.compliance.tile.RightEdge;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

class MerkleTreeTest {
  /** The leaves and roots of the reference tests of Certificate Transparency (RFC 6962). */
  private static final List<String> LEAVES =
      List.of(
          "",
          "00",
          "10",
          "2021",
          "3031",
          "40414243",
          "5051525354555657",
          "606162636465666768696a6b6c6d6e6f");

  private static final List<String> ROOTS =
      List.of(
          "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
          "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
          "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
          "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
          "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
          "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
          "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
          "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
          "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328");

  @Test
  void theRootsAreThoseOfTheReferenceVectors() throws IOException {
    List<byte[]> leaves = LEAVES.stream().map(HexFormat.of()::parseHex).toList();
    RightEdge edge = new RightEdge();
    for (int size = 0; size <= leaves.size(); size++) {
      if (size > 0) {
        edge.add(MerkleHash.leaf(leaves.get(size - 1)), (level, n, hashes) -> {});
      }
      String root = ROOTS.get(size);
      assertEquals(root, HexFormat.of().formatHex(tree(hashes(leaves)).root(size)));
      assertEquals(root, HexFormat.of().formatHex(edge.root()));
    }
  }

  @Test
  void everyProofOfEverySmallTreeHoldsAndNoOther() throws IOException {
    List<byte[]> leaves = new ArrayList<>();
    for (int i = 0; i < 33; i++) {
      leaves.add(MerkleHash.leaf(new byte[] {(byte) i}));
    }
    MerkleTree tree = tree(leaves);
    for (int size = 1; size <= leaves.size(); size++) {
      byte[] root = tree.root(size);
      for (int index = 0; index < size; index++) {
        List<byte[]> proof = tree.inclusion(index, size);
        assertTrue(MerkleProof.includes(leaves.get(index), index, size, proof, root));
        for (int other = 0; other < size; other++) {
          assertEquals(
              other == index,
              MerkleProof.includes(leaves.get(index), other, size, proof, root),
              index + " as " + other + " of " + size);
        }
        assertTampersFail(proof, bad -> MerkleProof.includes(leaves.get(0), 0, 33, bad, root));
      }
      for (int from = 0; from <= size; from++) {
        List<byte[]> proof = tree.consistency(from, size);
        byte[] before = tree.root(from);
        assertTrue(MerkleProof.continues(from, before, size, root, proof), from + " to " + size);
        if (from > 0 && from < size) {
          byte[] other = MerkleHash.leaf(before);
          assertFalse(MerkleProof.continues(from, other, size, root, proof));
          assertFalse(MerkleProof.continues(from, before, size, other, proof));
          int first = from;
          int second = size;
          assertTampersFail(proof, bad -> MerkleProof.continues(first, before, second, root, bad));
        }
      }
    }
  }

  @Test
  void theEdgeReadBackFromFullTilesGoesOnAsIfNothingHadHappened() throws IOException {
    var tiles = new java.util.HashMap<String, byte[]>();
    RightEdge edge = new RightEdge();
    RightEdge copy = edge;
    for (int i = 0; i < 70_000; i++) {
      byte[] leaf =
          MerkleHash.leaf(Integer.toString(i).getBytes(java.nio.charset.StandardCharsets.UTF_8));
      edge.add(leaf, (level, n, hashes) -> tiles.put(level + "/" + n, hashes));
      if (i > 65_792) {
        copy.add(leaf, (level, n, hashes) -> {});
      } else if (i == 65_792) {
        RightEdge whole = edge;
        copy =
            RightEdge.read(
                65_793,
                (level, n, width) -> {
                  byte[] full = tiles.get(level + "/" + n);
                  return full != null ? full : whole.partial(level);
                });
      }
    }
    assertArrayEquals(edge.root(), copy.root());
  }

  private static void assertTampersFail(
      List<byte[]> proof, java.util.function.Predicate<List<byte[]>> check) {
    List<byte[]> longer = new ArrayList<>(proof);
    longer.add(new byte[32]);
    assertFalse(check.test(longer), "one hash more");
    for (int i = 0; i < proof.size(); i++) {
      List<byte[]> changed = new ArrayList<>(proof);
      byte[] hash = proof.get(i).clone();
      hash[i % 32] ^= 1;
      changed.set(i, hash);
      assertFalse(check.test(changed), "hash " + i + " changed");
    }
  }

  private static List<byte[]> hashes(List<byte[]> entries) {
    return entries.stream().map(MerkleHash::leaf).toList();
  }

  /** Perfect trees the plain way, straight from the definition. */
  private static MerkleTree tree(List<byte[]> leaves) {
    return new MerkleTree(
        new PerfectTrees() {
          @Override
          public byte[] hash(int level, long index) throws IOException {
            return level == 0
                ? leaves.get((int) index)
                : MerkleHash.node(hash(level - 1, 2 * index), hash(level - 1, 2 * index + 1));
          }
        });
  }
}
