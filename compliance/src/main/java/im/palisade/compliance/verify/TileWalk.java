package im.palisade.compliance.verify;

import im.palisade.compliance.log.EpochFiles;
import im.palisade.compliance.merkle.MerkleHash;
import im.palisade.compliance.tile.TilePath;
import im.palisade.compliance.tile.TileTrees;
import im.palisade.compliance.verify.Finding.Kind;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** Looks at every file under {@code tile}: what the scan has not compared, and what is foreign. */
final class TileWalk {
  private static final int WIDTH = TilePath.WIDTH;

  private final EpochFiles epoch;
  private final LeafScan scan;
  private final LeafScan.View view;
  private final long size;
  private final Findings findings;

  TileWalk(EpochFiles epoch, LeafScan scan, LeafScan.View view, long size, Findings findings) {
    this.epoch = epoch;
    this.scan = scan;
    this.view = view;
    this.size = size;
    this.findings = findings;
  }

  void run() throws IOException {
    for (String level : epoch.list("tile")) {
      if (level.equals("entries")) {
        walk("tile/entries", 0, -1);
      } else if (level.matches("[0-5]")) {
        walk("tile/" + level, 0, Integer.parseInt(level));
      } else {
        unknown("tile/" + level);
      }
    }
    for (int level = 1; size >>> (8 * level) > 0; level++) {
      long hashes = size >>> (8 * level);
      for (long n = 0; n * WIDTH < hashes; n++) {
        int width = (int) Math.min(WIDTH, hashes - n * WIDTH);
        if (epoch.tile(level, n, width).isEmpty()) {
          findings.add(
              Kind.TILE_MISSING, epoch.path(TilePath.tile(level, n, width)), width + " hashes");
        }
      }
    }
  }

  /** Follows the groups of three digits; level -1 means entry bundles. */
  private void walk(String folder, long above, int level) throws IOException {
    for (String name : epoch.list(folder)) {
      String path = folder + "/" + name;
      if (name.matches("x[0-9]{3}")) {
        walk(path, (above + Integer.parseInt(name.substring(1))) * 1000, level);
      } else if (name.matches("[0-9]{3}")) {
        file(path, above + Integer.parseInt(name), level, WIDTH);
      } else if (name.matches("[0-9]{3}\\.p")) {
        for (String width : epoch.list(path)) {
          if (width.matches("[1-9][0-9]{0,2}") && Integer.parseInt(width) < WIDTH) {
            file(
                path + "/" + width,
                above + Integer.parseInt(name.substring(0, 3)),
                level,
                Integer.parseInt(width));
          } else {
            unknown(path + "/" + width);
          }
        }
      } else {
        unknown(path);
      }
    }
  }

  private void unknown(String path) {
    findings.add(Kind.UNKNOWN_FILE, epoch.path(path), "");
  }

  private void file(String path, long n, int level, int width) throws IOException {
    if (level < 0) {
      bundle(path, n, width);
    } else if (level == 0 && width == WIDTH && (n + 1) * WIDTH <= size) {
      // The scan has compared it, unless it was of no use to it.
      if (epoch.read(path).map(tile -> tile.length != WIDTH * MerkleHash.LENGTH).orElse(false)) {
        damaged(path, level, n);
      }
    } else {
      tile(path, n, level, width);
    }
  }

  private void tile(String path, long n, int level, int width) throws IOException {
    long hashes = level > 5 ? 0 : size >>> (8 * level);
    int known = (int) Math.min(width, hashes - n * WIDTH);
    if (known <= 0) {
      return; // Behind the newest checkpoint.
    }
    Optional<byte[]> tile = epoch.read(path);
    if (tile.isEmpty()) {
      return; // Replaced by the writer's next checkpoint.
    }
    boolean fits = tile.get().length == width * MerkleHash.LENGTH;
    Optional<byte[]> leaves = fits && level == 0 ? leaves(n, known) : Optional.empty();
    for (int i = 0; fits && i < known; i++) {
      byte[] found =
          Arrays.copyOfRange(tile.get(), i * MerkleHash.LENGTH, (i + 1) * MerkleHash.LENGTH);
      if (level > 0) {
        fits = Arrays.equals(found, node(level - 1, n * WIDTH + i));
      } else if (leaves.isPresent()) {
        fits =
            Arrays.equals(
                found,
                Arrays.copyOfRange(
                    leaves.get(), i * MerkleHash.LENGTH, (i + 1) * MerkleHash.LENGTH));
      }
    }
    if (!fits && width < WIDTH && !isEdge(n, level, width)) {
      findings.add(Kind.TORN_TAIL, epoch.path(path), "left over from an older checkpoint");
    } else if (!fits) {
      damaged(path, level, n);
    }
  }

  /** Whether a partial file belongs to the newest checkpoint; others a crash has left over. */
  private boolean isEdge(long n, int level, int width) {
    long items = size >>> (8 * level);
    return n == items / WIDTH && width == items % WIDTH;
  }

  private void damaged(String path, int level, long n) {
    long leaves = 1L << (8 * (level + 1));
    findings.add(
        Kind.TILE_DAMAGED,
        epoch.path(path),
        new Span(n * leaves, Math.min(size, (n + 1) * leaves)),
        "");
  }

  /** The hash over 256^(height + 1) leaves. */
  private byte[] node(int height, long index) {
    if (height == 0) {
      return scan.bundleRoot(index, view);
    }
    byte[] below = new byte[WIDTH * MerkleHash.LENGTH];
    for (int i = 0; i < WIDTH; i++) {
      System.arraycopy(
          node(height - 1, index * WIDTH + i), 0, below, i * MerkleHash.LENGTH, MerkleHash.LENGTH);
    }
    return TileTrees.subtree(below, 0, WIDTH);
  }

  /** Leaf hashes of a bundle as the view has them, as far as they can be known here. */
  private Optional<byte[]> leaves(long n, int count) throws IOException {
    LeafScan.Disagreement disagreement = scan.disagreements().get(n);
    if (disagreement != null) {
      return Optional.empty(); // Told already.
    }
    Optional<List<byte[]>> entries = epoch.entries(n, count);
    return entries.map(
        each -> {
          byte[] hashes = new byte[count * MerkleHash.LENGTH];
          for (int i = 0; i < count; i++) {
            System.arraycopy(
                MerkleHash.leaf(each.get(i)), 0, hashes, i * MerkleHash.LENGTH, MerkleHash.LENGTH);
          }
          return hashes;
        });
  }

  private void bundle(String path, long n, int width) throws IOException {
    if (n * WIDTH >= size) {
      return; // Behind the newest checkpoint.
    }
    if (width == WIDTH) {
      return; // The scan has read it.
    }
    int known = (int) Math.min(width, size - n * WIDTH);
    Optional<byte[]> leaves = epoch.tile(0, n, known);
    for (EpochFiles.Bundle bundle : epoch.partials(n)) {
      if (!bundle.file().equals(path) || scan.disagreements().containsKey(n)) {
        continue;
      }
      boolean fits = bundle.whole();
      for (int i = 0; fits && leaves.isPresent() && i < known; i++) {
        fits =
            Arrays.equals(
                MerkleHash.leaf(bundle.entries().get(i)),
                Arrays.copyOfRange(
                    leaves.get(), i * MerkleHash.LENGTH, (i + 1) * MerkleHash.LENGTH));
      }
      if (!fits && !isEdge(n, 0, width)) {
        findings.add(Kind.TORN_TAIL, epoch.path(path), "left over from an older checkpoint");
      } else if (!fits && !findings.isAbout(epoch.path(path))) {
        findings.add(
            Kind.BUNDLE_DAMAGED,
            epoch.path(path),
            new Span(n * WIDTH, n * WIDTH + known),
            "a partial bundle");
      }
    }
  }
}
