package im.palisade.compliance.log;

import im.palisade.compliance.checkpoint.SignedNote;
import im.palisade.compliance.file.ReadableFiles;
import im.palisade.compliance.merkle.MerkleHash;
import im.palisade.compliance.tile.EntryBundle;
import im.palisade.compliance.tile.TilePath;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** Reads the files of one epoch, also while its writer goes on. Trusts none of them. */
public final class EpochFiles {
  private static final String PARTIAL = ".p";

  private final ReadableFiles files;
  private final int epoch;

  /** The files of that epoch. */
  public EpochFiles(ReadableFiles files, int epoch) {
    this.files = files;
    this.epoch = epoch;
  }

  /**
   * The epochs that have a folder, oldest first; without a newest one that holds nothing yet, as
   * when power failed while it was begun.
   */
  public static List<Integer> epochs(ReadableFiles files) throws IOException {
    List<Integer> found =
        files.list("").stream()
            .filter(name -> name.matches("[1-9][0-9]{0,8}"))
            .map(Integer::valueOf)
            .sorted()
            .toList();
    int count = found.size();
    while (count > 0 && !new EpochFiles(files, found.get(count - 1)).holdsAnything()) {
      count--;
    }
    return found.subList(0, count);
  }

  private boolean holdsAnything() throws IOException {
    if (text("checkpoint").isPresent() || isPublished()) {
      return true;
    }
    JournalView journal = JournalView.read(files, epoch);
    return journal.end() > 0 || !journal.troubles().stream().allMatch(JournalView.Trouble::torn);
  }

  /** Whether there is anything, but for the newest checkpoint, that comes of a signature. */
  public boolean isPublished() throws IOException {
    for (String folder : List.of("checkpoints", "digest", "anchors")) {
      if (!list(folder).isEmpty()) {
        return true;
      }
    }
    return text("minimum").isPresent() || !bundles(0, 2).isEmpty();
  }

  /** Number of the epoch. */
  public int epoch() {
    return epoch;
  }

  /** The folder of the log. */
  public ReadableFiles files() {
    return files;
  }

  /** A path in the log's folder. */
  public String path(String inEpoch) {
    return epoch + "/" + inEpoch;
  }

  /** A file of the epoch. */
  public Optional<byte[]> read(String inEpoch) throws IOException {
    return files.read(path(inEpoch));
  }

  /** A text file of the epoch. */
  public Optional<String> text(String inEpoch) throws IOException {
    return read(inEpoch).map(bytes -> new String(bytes, StandardCharsets.UTF_8));
  }

  /** Names in a folder of the epoch, without what an interrupted replacement left. */
  public List<String> list(String inEpoch) throws IOException {
    return files.list(path(inEpoch)).stream().filter(name -> !name.endsWith(".new")).toList();
  }

  /**
   * The newest checkpoint; nobody has checked its signature.
   *
   * @throws IllegalArgumentException when the file is malformed
   */
  public Optional<SignedNote> checkpoint() throws IOException {
    return text("checkpoint").map(SignedNote::parse);
  }

  /**
   * The lowest index that was not pruned.
   *
   * @throws IllegalArgumentException when the file is malformed
   */
  public long minimum() throws IOException {
    Optional<String> text = text("minimum");
    if (text.isEmpty()) {
      return 0;
    }
    if (!text.get().matches("(0|[1-9][0-9]{0,17})\\n")) {
      throw new IllegalArgumentException("not a minimum index");
    }
    return Long.parseLong(text.get().trim());
  }

  /** The first {@code width} hashes of a tile, from the full file or a partial one wide enough. */
  public Optional<byte[]> tile(int level, long n, int width) throws IOException {
    int bytes = width * MerkleHash.LENGTH;
    Optional<byte[]> full = read(TilePath.tile(level, n, TilePath.WIDTH));
    if (full.isPresent() && full.get().length == TilePath.WIDTH * MerkleHash.LENGTH) {
      return full.map(tile -> Arrays.copyOf(tile, bytes));
    }
    String folder = TilePath.tile(level, n, TilePath.WIDTH) + PARTIAL;
    for (int wide : widths(folder, width)) {
      Optional<byte[]> tile = read(folder + "/" + wide);
      if (tile.isPresent() && tile.get().length == wide * MerkleHash.LENGTH) {
        return tile.map(hashes -> Arrays.copyOf(hashes, bytes));
      }
    }
    return Optional.empty();
  }

  /**
   * A bundle's file as it was found.
   *
   * @param entries those that could be read
   * @param whole whether the file is exactly a bundle of as many entries as its name says
   */
  public record Bundle(String file, List<byte[]> entries, boolean whole) {
    public Bundle {
      entries = List.copyOf(entries);
    }
  }

  /** The files that hold a bundle: the full one first, then partial ones that are wide enough. */
  public List<Bundle> bundles(long n, int atLeast) throws IOException {
    List<Bundle> found = new ArrayList<>();
    String full = TilePath.entries(n, TilePath.WIDTH);
    Optional<byte[]> bytes = read(full);
    if (bytes.isPresent()) {
      found.add(bundle(full, bytes.get(), TilePath.WIDTH));
      if (found.getFirst().whole()) {
        return found;
      }
    }
    for (int wide : widths(full + PARTIAL, atLeast)) {
      String file = full + PARTIAL + "/" + wide;
      read(file).ifPresent(partial -> found.add(bundle(file, partial, wide)));
    }
    return found;
  }

  /** The numbers of the bundles that have a file, in order. */
  public List<Long> bundleNumbers() throws IOException {
    List<Long> found = new ArrayList<>();
    bundleNumbers("tile/entries", 0, found);
    return found.stream().sorted().distinct().toList();
  }

  private void bundleNumbers(String folder, long above, List<Long> found) throws IOException {
    for (String name : list(folder)) {
      if (name.matches("x[0-9]{3}")) {
        long group = above + Long.parseLong(name.substring(1));
        bundleNumbers(folder + "/" + name, group * 1000, found);
      } else if (name.matches("[0-9]{3}")) {
        found.add(above + Long.parseLong(name));
      } else if (name.matches("[0-9]{3}\\.p") && !list(folder + "/" + name).isEmpty()) {
        found.add(above + Long.parseLong(name.substring(0, 3)));
      }
    }
  }

  /** The partial files of a bundle, whatever their width. */
  public List<Bundle> partials(long n) throws IOException {
    List<Bundle> found = new ArrayList<>();
    String folder = TilePath.entries(n, TilePath.WIDTH) + PARTIAL;
    for (int wide : widths(folder, 1)) {
      String file = folder + "/" + wide;
      read(file).ifPresent(partial -> found.add(bundle(file, partial, wide)));
    }
    return found;
  }

  /** The entries [0, atLeast) of a bundle from whatever holds them, the journal last. */
  public Optional<List<byte[]>> entries(long n, int atLeast) throws IOException {
    for (Bundle bundle : bundles(n, atLeast)) {
      if (bundle.entries().size() >= atLeast) {
        return Optional.of(bundle.entries().subList(0, atLeast));
      }
    }
    long first = n * TilePath.WIDTH;
    return JournalView.read(files, epoch).entries(first, first + atLeast);
  }

  private List<Integer> widths(String folder, int atLeast) throws IOException {
    return list(folder).stream()
        .filter(name -> name.matches("[1-9][0-9]{0,2}"))
        .map(Integer::valueOf)
        .filter(width -> width >= atLeast && width < TilePath.WIDTH)
        .sorted()
        .toList();
  }

  private static Bundle bundle(String file, byte[] bytes, int width) {
    List<byte[]> entries = new ArrayList<>();
    boolean whole = EntryBundle.decode(bytes, entries::add) && entries.size() == width;
    return new Bundle(file, entries, whole);
  }
}
