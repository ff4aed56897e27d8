package im.palisade.server.auditlog.search;

import im.palisade.compliance.export.PlacedEntry;
import im.palisade.compliance.index.AuditIndex;
import im.palisade.compliance.index.AuditQuery;
import im.palisade.compliance.index.EntryPosition;
import im.palisade.compliance.index.SearchCursor;
import im.palisade.compliance.index.SearchPage;
import im.palisade.compliance.merkle.MerkleHash;
import im.palisade.compliance.tile.TilePath;
import im.palisade.server.auditlog.LogEntries;
import im.palisade.server.config.DurableFiles;
import im.palisade.server.jobs.Threads;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the index of one region's log: one thread follows the log and never holds it up. What it
 * keeps is derived; when it cannot be used it is made anew from the log's files.
 */
final class Indexer implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Indexer.class);
  private static final int BATCH = 2048;

  private static final long COMMIT_NANOS = Duration.ofSeconds(2).toNanos();

  /**
   * While entries keep coming. A search sees what is not committed, and a crash costs reading it
   * anew; every two seconds, commits and the merges of their small segments cost a quarter of a
   * small REST write's CPU time.
   */
  private static final long BUSY_COMMIT_NANOS = Duration.ofSeconds(30).toNanos();

  private static final long PRUNING_NANOS = Duration.ofMinutes(1).toNanos();
  private static final Duration IDLE = Duration.ofMillis(500);

  /** New entries gather so long, so that each bundle is read once and not once an entry. */
  private static final Duration LINGER = Duration.ofMillis(250);

  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);

  private final String region;
  private final Path folder;
  private final LogEntries entries;
  private final Thread thread;
  private final Map<Integer, Long> forgotten = new HashMap<>();
  private volatile Optional<AuditIndex> index = Optional.empty();
  private volatile String problem = "";
  private volatile boolean closing;
  private final Semaphore hurried = new Semaphore(0);
  private final CountDownLatch closed = new CountDownLatch(1);
  private boolean dirty;
  private long committedAt = System.nanoTime();
  private long prunedAt;

  Indexer(String region, Path folder, LogEntries entries) {
    this.region = region;
    this.folder = folder;
    this.entries = entries;
    this.thread = Thread.ofPlatform().name("audit-index-" + region).unstarted(this::run);
  }

  void start() {
    thread.start();
  }

  /** The file whose appearance makes a running server begin the index anew. */
  static Path request(Path folder) {
    return folder.resolveSibling(folder.getFileName() + ".reindex");
  }

  /** Where the next entry belongs that can not be found yet; empty while there is no index. */
  Optional<EntryPosition> next() {
    return index.map(AuditIndex::next);
  }

  /** Why the index does not work; empty when it does. */
  Optional<String> problem() {
    return problem.isEmpty() ? Optional.empty() : Optional.of(problem);
  }

  /** Searches; empty while there is no index. */
  Optional<SearchPage> search(
      AuditQuery query, boolean newestFirst, Optional<SearchCursor> behind, int limit)
      throws IOException {
    Optional<AuditIndex> now = index;
    return now.isEmpty()
        ? Optional.empty()
        : Optional.of(now.get().search(query, newestFirst, behind, limit));
  }

  /** Somebody waits for what has come. */
  void hurry() {
    hurried.release();
  }

  boolean knows(String pseudonym) {
    return index.map(now -> now.knows(pseudonym)).orElse(false);
  }

  @Override
  public void close() {
    closing = true;
    // Never an interrupt: it would close the files of the index in the middle of a write.
    closed.countDown();
    Threads.join(thread);
  }

  private void run() {
    Duration pause = Duration.ofSeconds(1);
    while (!closing) {
      try {
        follow();
        pause = Duration.ofSeconds(1);
        if (!problem.isEmpty()) {
          LOG.info("the audit index of region {} works again", region);
          problem = "";
        }
      } catch (InterruptedException e) {
        // Closing: the loop's condition ends it.
        closing = true;
      } catch (IOException | RuntimeException e) {
        if (closing) {
          break;
        }
        if (problem.isEmpty()) {
          LOG.warn("the audit index of region {} cannot be kept: {}", region, e.toString());
        }
        problem = e.toString();
        abandon();
        pause = sleep(pause);
      }
    }
    finish();
  }

  private Duration sleep(Duration pause) {
    try {
      sleepFor(pause);
    } catch (InterruptedException e) {
      closing = true;
    }
    Duration twice = pause.multipliedBy(2);
    return twice.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : twice;
  }

  private void sleepFor(Duration time) throws InterruptedException {
    if (closed.await(time.toMillis(), TimeUnit.MILLISECONDS)) {
      closing = true;
    }
  }

  private void follow() throws IOException, InterruptedException {
    if (Files.exists(request(folder))) {
      LOG.info("the audit index of region {} is made anew, as asked for", region);
      discard();
      Files.deleteIfExists(request(folder));
    }
    if (index.isEmpty()) {
      if (entries.end().isEmpty()) {
        sleepFor(IDLE);
        return;
      }
      open();
    }
    AuditIndex now = index.orElseThrow();
    if (entries.end().isPresent()) {
      LogEntries.Batch batch = entries.next(now.next(), BATCH);
      if (!batch.first().equals(now.next()) || !batch.entries().isEmpty()) {
        now.add(batch.first(), batch.entries());
        dirty = true;
      }
      forgetPruned(now);
      boolean isIdle = batch.entries().size() < BATCH;
      long pause = batch.entries().isEmpty() ? COMMIT_NANOS : BUSY_COMMIT_NANOS;
      if (dirty && System.nanoTime() - committedAt > pause) {
        now.commit();
        dirty = false;
        committedAt = System.nanoTime();
      }
      if (isIdle) {
        if (entries.await(now.next(), IDLE)) {
          boolean _ = hurried.tryAcquire(LINGER.toMillis(), TimeUnit.MILLISECONDS);
        }
        hurried.drainPermits();
      }
    } else {
      sleepFor(IDLE);
    }
  }

  /** Opens what is there, if it belongs to this log as it is now. */
  private void open() throws IOException {
    AuditIndex opened = AuditIndex.open(folder);
    if (!belongs(opened)) {
      LOG.warn("the audit index of region {} is not that of the log and is made anew", region);
      opened.abandon();
      DurableFiles.deleteTree(folder);
      opened = AuditIndex.open(folder);
    }
    forgotten.clear();
    index = Optional.of(opened);
  }

  /** A restored log may be another one, or shorter. */
  private boolean belongs(AuditIndex opened) throws IOException {
    EntryPosition next = opened.next();
    if (next.compareTo(entries.end().orElseThrow()) > 0) {
      return false;
    }
    if (next.index() == 0 || opened.lastLeaf().isEmpty()) {
      return next.equals(EntryPosition.START);
    }
    Optional<PlacedEntry> last = entries.one(next.plus(-1));
    return last.isEmpty()
        || Arrays.equals(MerkleHash.leaf(last.get().entry()), opened.lastLeaf().get());
  }

  /** Entries that were pruned are found no more; those a hold keeps are. */
  private void forgetPruned(AuditIndex now) throws IOException {
    if (prunedAt != 0 && System.nanoTime() - prunedAt < PRUNING_NANOS) {
      return;
    }
    prunedAt = System.nanoTime();
    for (EntryPosition minimum : entries.minima()) {
      long from = forgotten.getOrDefault(minimum.epoch(), 0L);
      for (long n = from / TilePath.WIDTH; n * TilePath.WIDTH < minimum.index(); n++) {
        if (!entries.isKept(minimum.epoch(), n)) {
          now.remove(
              new EntryPosition(minimum.epoch(), n * TilePath.WIDTH),
              new EntryPosition(minimum.epoch(), (n + 1) * TilePath.WIDTH));
          dirty = true;
        }
      }
      forgotten.put(minimum.epoch(), minimum.index());
    }
  }

  private void discard() throws IOException {
    abandon();
    DurableFiles.deleteTree(folder);
  }

  private void abandon() {
    try {
      if (index.isPresent()) {
        index.get().abandon();
      }
    } catch (IOException e) {
      LOG.debug("an index that does not work cannot be closed either", e);
    }
    index = Optional.empty();
    dirty = false;
  }

  private void finish() {
    try {
      if (index.isPresent()) {
        index.get().close();
      }
    } catch (IOException e) {
      LOG.warn("the audit index of region {} was not closed: {}", region, e.toString());
    }
  }
}
