package im.palisade.compliance.log;

import im.palisade.compliance.file.LogFiles;
import im.palisade.compliance.log.AuditLogException.Reason;
import im.palisade.compliance.merkle.MerkleHash;
import im.palisade.compliance.tile.EntryBundle;
import im.palisade.compliance.tile.RightEdge;
import im.palisade.compliance.tile.TilePath;
import im.palisade.compliance.tile.TileTrees;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The tree of one epoch as the writer grows it: right edge in memory, full tiles and bundles on
 * disk. A file that cannot be written now (full disk) is kept and offered again. For one thread.
 */
final class EpochStore {
  private final LogFiles files;
  private final String folder;
  private final Map<String, byte[]> unwritten = new LinkedHashMap<>();
  private final List<String> unsynced = new ArrayList<>();
  private final List<String> partials = new ArrayList<>();
  private final List<byte[]> tail = new ArrayList<>();
  private final RightEdge edge;

  /**
   * The store up to {@code size}, whose full tiles and last bundle are read from disk.
   *
   * @throws AuditLogException DAMAGED when a file that must be there is not
   */
  EpochStore(LogFiles files, int epoch, long size) throws IOException {
    this.files = files;
    this.folder = epoch + "/";
    long aligned = size - size % TilePath.WIDTH;
    edge = RightEdge.read(aligned, this::fullOrMade);
    int rest = (int) (size - aligned);
    if (rest > 0) {
      for (byte[] entry : bundle(aligned / TilePath.WIDTH, rest).subList(0, rest)) {
        add(entry, MerkleHash.leaf(entry));
      }
    }
    unsynced.clear();
  }

  long size() {
    return edge.size();
  }

  RightEdge edge() {
    return edge;
  }

  /** Entries from this index on stand in no full bundle. */
  long bundled() {
    return edge.size() - tail.size();
  }

  /** Files that wait to be written. */
  int backlog() {
    return unwritten.size();
  }

  void add(byte[] entry, byte[] leafHash) throws IOException {
    tail.add(entry);
    edge.add(leafHash, (level, n, hashes) -> put(TilePath.tile(level, n, TilePath.WIDTH), hashes));
    if (tail.size() == TilePath.WIDTH) {
      long n = edge.size() / TilePath.WIDTH - 1;
      put(TilePath.entries(n, TilePath.WIDTH), EntryBundle.encode(tail));
      tail.clear();
    }
  }

  private void put(String path, byte[] content) {
    unwritten.put(folder + path, content);
  }

  /** Writes what waits; the first failure leaves the rest waiting. */
  void flush() throws IOException {
    var waiting = unwritten.entrySet().iterator();
    while (waiting.hasNext()) {
      Map.Entry<String, byte[]> file = waiting.next();
      files.write(file.getKey(), file.getValue());
      unsynced.add(file.getKey());
      waiting.remove();
    }
  }

  /** Full files written since the last call; they still have to be synced. */
  List<String> takeUnsynced() {
    List<String> taken = List.copyOf(unsynced);
    unsynced.clear();
    return taken;
  }

  /** Writes the partial tiles and bundle of the present size. */
  List<String> writePartials() throws IOException {
    List<String> written = new ArrayList<>();
    for (int level = 0; level < edge.levels(); level++) {
      byte[] hashes = edge.partial(level);
      if (hashes.length > 0) {
        int width = hashes.length / MerkleHash.LENGTH;
        long n = (edge.size() >>> (8 * level)) / TilePath.WIDTH;
        written.add(folder + TilePath.tile(level, n, width));
        files.write(written.getLast(), hashes);
      }
    }
    if (!tail.isEmpty()) {
      written.add(folder + TilePath.entries(edge.size() / TilePath.WIDTH, tail.size()));
      files.write(written.getLast(), EntryBundle.encode(tail));
    }
    return written;
  }

  /**
   * Takes the partial files of a checkpoint of that size for its own, to be removed by the next.
   */
  void ownPartials(long published) {
    for (int level = 0; published >>> (8 * level) > 0; level++) {
      long hashes = published >>> (8 * level);
      int width = (int) (hashes % TilePath.WIDTH);
      if (width > 0) {
        partials.add(folder + TilePath.tile(level, hashes / TilePath.WIDTH, width));
      }
    }
    if (published % TilePath.WIDTH > 0) {
      partials.add(
          folder
              + TilePath.entries(published / TilePath.WIDTH, (int) (published % TilePath.WIDTH)));
    }
  }

  /** Removes the partial files of the checkpoint before. */
  void replacePartials(List<String> written) throws IOException {
    for (String old : partials) {
      if (!written.contains(old)) {
        files.delete(old);
      }
    }
    partials.clear();
    partials.addAll(written);
  }

  /** The entries of a bundle, from memory or disk. */
  List<byte[]> bundle(long n, int atLeast) throws IOException {
    if (n == edge.size() / TilePath.WIDTH && tail.size() >= atLeast) {
      return List.copyOf(tail);
    }
    String full = TilePath.entries(n, TilePath.WIDTH);
    byte[] waiting = unwritten.get(folder + full);
    Optional<byte[]> bytes = waiting != null ? Optional.of(waiting) : files.read(folder + full);
    for (int width = TilePath.WIDTH - 1; bytes.isEmpty() && width >= atLeast; width--) {
      bytes = files.read(folder + TilePath.entries(n, width));
    }
    try {
      List<byte[]> entries = EntryBundle.decode(bytes.orElse(new byte[0]));
      if (entries.size() >= atLeast) {
        return entries;
      }
    } catch (IllegalArgumentException e) {
      throw new AuditLogException(Reason.DAMAGED, "entry bundle " + folder + full, e);
    }
    throw new AuditLogException(Reason.DAMAGED, "entry bundle is missing: " + folder + full);
  }

  /** A tile of the present tree, from memory or disk. */
  byte[] tile(int level, long n, int width) throws IOException {
    long hashes = edge.size() >>> (8 * level);
    if (n == hashes / TilePath.WIDTH && width <= hashes % TilePath.WIDTH) {
      return Arrays.copyOf(edge.partial(level), width * MerkleHash.LENGTH);
    }
    return fullOrMade(level, n, width);
  }

  /** A full tile of the disk; where there is none yet, its hashes made from the level below. */
  private byte[] fullOrMade(int level, long n, int width) throws IOException {
    String path = folder + TilePath.tile(level, n, TilePath.WIDTH);
    byte[] waiting = unwritten.get(path);
    Optional<byte[]> tile = waiting != null ? Optional.of(waiting) : files.read(path);
    if (tile.isPresent() && tile.get().length == TilePath.WIDTH * MerkleHash.LENGTH) {
      return tile.get();
    }
    if (level == 0) {
      byte[] made = new byte[width * MerkleHash.LENGTH];
      List<byte[]> entries = bundle(n, width);
      for (int i = 0; i < width; i++) {
        System.arraycopy(MerkleHash.leaf(entries.get(i)), 0, made, i * 32, 32);
      }
      return made;
    }
    byte[] made = new byte[width * MerkleHash.LENGTH];
    for (int i = 0; i < width; i++) {
      byte[] below = fullOrMade(level - 1, n * TilePath.WIDTH + i, TilePath.WIDTH);
      System.arraycopy(TileTrees.subtree(below, 0, TilePath.WIDTH), 0, made, i * 32, 32);
    }
    return made;
  }
}
