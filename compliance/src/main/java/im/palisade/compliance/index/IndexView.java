package im.palisade.compliance.index;

import im.palisade.compliance.checkpoint.SignedNote;
import im.palisade.compliance.file.ReadableFiles;
import im.palisade.compliance.log.EpochFiles;
import im.palisade.compliance.log.LogReader;
import im.palisade.compliance.merkle.MerkleHash;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.apache.lucene.index.IndexReader;
import org.apache.lucene.index.MultiReader;
import org.apache.lucene.index.Term;
import org.apache.lucene.search.IndexSearcher;

/**
 * A view of a log's index that is read beside the one who keeps it. What the kept index does not
 * have yet is indexed for the view alone, so that it is complete up to a checkpoint even while the
 * index is being made anew, or when nobody keeps it.
 */
public final class IndexView implements AutoCloseable {
  private static final int BATCH = 2048;

  /** A log that runs has a checkpoint of everything within a second. */
  private static final long CHECKPOINT_NANOS = Duration.ofSeconds(3).toNanos();

  private static final List<String> NAMING =
      List.of(IndexFields.ACTOR, IndexFields.TARGET, IndexFields.REQUEST, IndexFields.CASE);

  private final Path scratch;
  private final List<CommittedIndex> parts;
  private final IndexReader reader;
  private final SignedNote checkpoint;

  private IndexView(Path scratch, List<CommittedIndex> parts, SignedNote checkpoint)
      throws IOException {
    this.scratch = scratch;
    this.parts = parts;
    this.reader =
        new MultiReader(
            parts.stream().map(CommittedIndex::reader).toArray(IndexReader[]::new), true);
    this.checkpoint = checkpoint;
  }

  /**
   * Opens the index of that folder, if it is there and belongs to the log, and indexes what it does
   * not have.
   *
   * @throws IOException when the log cannot be read
   */
  public static IndexView complete(Path folder, ReadableFiles log) throws IOException {
    LogReader newest = LogReader.newest(log);
    EntryPosition end = new EntryPosition(newest.files().epoch(), newest.size());
    List<CommittedIndex> parts = new ArrayList<>();
    Path scratch = Files.createTempDirectory("palisade-index-");
    boolean done = false;
    try {
      kept(folder, log, end).ifPresent(parts::add);
      EntryPosition next = parts.isEmpty() ? EntryPosition.START : parts.getFirst().next();
      if (next.compareTo(end) < 0) {
        try (AuditIndex rest = AuditIndex.open(scratch)) {
          for (int epoch : EpochFiles.epochs(log)) {
            if (epoch >= next.epoch()) {
              long from = epoch == next.epoch() ? next.index() : 0;
              add(rest, epoch == end.epoch() ? newest : LogReader.open(log, epoch), from);
            }
          }
        }
        parts.add(CommittedIndex.open(scratch).orElseThrow());
      }
      IndexView view = new IndexView(scratch, parts, newest.checkpoint());
      done = true;
      return view;
    } finally {
      if (!done) {
        close(parts, scratch);
      }
    }
  }

  private static void add(AuditIndex index, LogReader epoch, long from) throws IOException {
    int number = epoch.files().epoch();
    List<byte[]> batch = new ArrayList<>();
    long first = from;
    for (long at = from; at < epoch.size(); at++) {
      Optional<byte[]> entry = epoch.entry(at);
      entry.ifPresent(batch::add);
      if (entry.isEmpty() || batch.size() == BATCH) {
        index.add(new EntryPosition(number, first), batch);
        batch.clear();
        first = at + 1;
      }
    }
    index.add(new EntryPosition(number, first), batch);
  }

  /** The index that is kept; empty when it is of no use: it can be made anew at any time. */
  private static Optional<CommittedIndex> kept(Path folder, ReadableFiles log, EntryPosition end)
      throws IOException {
    Optional<CommittedIndex> kept;
    try {
      kept = CommittedIndex.open(folder);
    } catch (IOException e) {
      return Optional.empty();
    }
    if (kept.isPresent() && !belongs(kept.get(), log, end)) {
      kept.get().close();
      return Optional.empty();
    }
    return kept;
  }

  /** A log that was restored may be another one, or shorter. */
  private static boolean belongs(CommittedIndex kept, ReadableFiles log, EntryPosition end)
      throws IOException {
    EntryPosition next = kept.next();
    if (next.epoch() > end.epoch() || next.index() == 0 || kept.lastLeaf().isEmpty()) {
      return next.equals(EntryPosition.START);
    }
    LogReader epoch = LogReader.open(log, next.epoch());
    for (long stop = System.nanoTime() + CHECKPOINT_NANOS;
        next.index() > epoch.size() && System.nanoTime() < stop;
        epoch = LogReader.open(log, next.epoch())) {
      // The keeper may be a moment ahead of the checkpoint.
      LockSupport.parkNanos(CHECKPOINT_NANOS / 30);
    }
    if (next.index() > epoch.size()) {
      return false;
    }
    Optional<byte[]> last = epoch.entry(next.index() - 1);
    return last.isEmpty() || Arrays.equals(MerkleHash.leaf(last.get()), kept.lastLeaf().get());
  }

  /** The checkpoint up to which it is complete; entries behind it may be there as well. */
  public SignedNote checkpoint() {
    return checkpoint;
  }

  /** As {@link AuditIndex#search}. */
  public SearchPage search(
      AuditQuery query, boolean newestFirst, Optional<SearchCursor> behind, int limit)
      throws IOException {
    return new Search(new IndexSearcher(reader), query, newestFirst, behind).page(limit);
  }

  /** As {@link AuditIndex#knows}. */
  public boolean knows(String pseudonym) {
    return knows(reader, pseudonym);
  }

  static boolean knows(IndexReader reader, String value) {
    try {
      for (String field : NAMING) {
        if (reader.docFreq(new Term(field, value)) > 0) {
          return true;
        }
      }
      return false;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() throws IOException {
    reader.close();
    close(parts, scratch);
  }

  private static void close(List<CommittedIndex> parts, Path scratch) throws IOException {
    for (CommittedIndex part : parts) {
      part.close();
    }
    try (Stream<Path> files = Files.list(scratch)) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
    }
    Files.delete(scratch);
  }
}
