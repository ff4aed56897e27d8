package im.palisade.compliance.log;

import im.palisade.compliance.checkpoint.Checkpoint;
import im.palisade.compliance.checkpoint.SignedNote;
import im.palisade.compliance.checkpoint.TlogProof;
import im.palisade.compliance.file.ReadableFiles;
import im.palisade.compliance.merkle.MerkleTree;
import im.palisade.compliance.merkle.PerfectTrees;
import im.palisade.compliance.tile.TilePath;
import im.palisade.compliance.tile.TileTrees;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/**
 * Reads an epoch as it stood at its newest checkpoint when this reader was opened, beside the
 * writer and without disturbing it. It believes the files: checking is the verifier's work. For one
 * thread.
 */
public final class LogReader {
  /** Takes entries in order. */
  @FunctionalInterface
  public interface EntrySink {
    /** An entry at its index. */
    void take(long index, byte[] entry) throws IOException;
  }

  private final EpochFiles files;
  private final SignedNote note;
  private final Checkpoint head;
  private final TileTrees trees;
  private final MerkleTree tree;
  private long cachedBundle = -1;
  private List<byte[]> cached = List.of();

  private LogReader(EpochFiles files, SignedNote note) {
    this.files = files;
    this.note = note;
    this.head = Checkpoint.parse(note.text());
    this.trees =
        new TileTrees(
            (level, n, width) ->
                files
                    .tile(level, n, width)
                    .orElseThrow(
                        () -> new IOException("hash tile " + level + "/" + n + " is missing")),
            head.size());
    this.tree = new MerkleTree(trees);
  }

  /**
   * Opens an epoch.
   *
   * @throws IOException when it has no checkpoint that can be read
   */
  public static LogReader open(ReadableFiles files, int epoch) throws IOException {
    EpochFiles epochFiles = new EpochFiles(files, epoch);
    try {
      SignedNote note =
          epochFiles
              .checkpoint()
              .orElseThrow(() -> new IOException("epoch " + epoch + " has no checkpoint"));
      return new LogReader(epochFiles, note);
    } catch (IllegalArgumentException e) {
      throw new IOException("the checkpoint of epoch " + epoch + " is malformed", e);
    }
  }

  /** Opens the newest epoch. */
  public static LogReader newest(ReadableFiles files) throws IOException {
    List<Integer> epochs = EpochFiles.epochs(files);
    if (epochs.isEmpty()) {
      throw new IOException("no epoch of an audit log here");
    }
    return open(files, epochs.getLast());
  }

  /** The checkpoint that everything here belongs to. */
  public SignedNote checkpoint() {
    return note;
  }

  /** Its origin, size and root. */
  public Checkpoint head() {
    return head;
  }

  /** Entries under the checkpoint. */
  public long size() {
    return head.size();
  }

  /** The lowest index that was not pruned. */
  public long minimum() throws IOException {
    return files.minimum();
  }

  /** The epoch's files. */
  public EpochFiles files() {
    return files;
  }

  /** The hashes of its perfect subtrees. */
  public PerfectTrees trees() {
    return trees;
  }

  /** The tree of the checkpoint. */
  public MerkleTree tree() {
    return tree;
  }

  /**
   * The entry at that index, empty when it was pruned.
   *
   * @throws IllegalArgumentException when the checkpoint does not reach that far
   */
  public Optional<byte[]> entry(long index) throws IOException {
    if (index < 0 || index >= size()) {
      throw new IllegalArgumentException("no entry " + index + " in a log of " + size());
    }
    long n = index / TilePath.WIDTH;
    if (n != cachedBundle) {
      int count = (int) Math.min(TilePath.WIDTH, size() - n * TilePath.WIDTH);
      Optional<List<byte[]>> entries = files.entries(n, count);
      if (entries.isEmpty()) {
        return Optional.empty();
      }
      cached = entries.get();
      cachedBundle = n;
    }
    return Optional.of(cached.get((int) (index % TilePath.WIDTH)));
  }

  /**
   * Hands over the entries [from, to) in order.
   *
   * @throws IOException when one of them is not there, or the sink's own
   */
  public void entries(long from, long to, EntrySink sink) throws IOException {
    for (long index = from; index < to; index++) {
      long missing = index;
      sink.take(
          index,
          entry(index)
              .orElseThrow(() -> new IOException("entry " + missing + " is no longer there")));
    }
  }

  /** The proof that an entry stands in the checkpoint. */
  public TlogProof prove(long index) throws IOException {
    return new TlogProof(index, tree.inclusion(index, size()), note);
  }

  /** The proof that the checkpoint continues the tree of that size. */
  public List<byte[]> consistency(long from) throws IOException {
    return tree.consistency(from, size());
  }
}
