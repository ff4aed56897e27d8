package im.palisade.compliance.log;

import im.palisade.compliance.checkpoint.NoteSigner;
import im.palisade.compliance.checkpoint.SignedNote;
import im.palisade.compliance.event.DraftEntry;
import im.palisade.compliance.file.LogFiles;
import im.palisade.compliance.log.AuditLog.Receipt;
import im.palisade.compliance.log.AuditLogException.Reason;
import im.palisade.compliance.log.WriteQueue.Offer;
import im.palisade.compliance.merkle.MerkleHash;
import im.palisade.compliance.tile.EntryBundle;
import im.palisade.compliance.tile.TilePath;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * The one thread that orders events: takes what has queued up, makes it durable with one sync,
 * grows the tree, answers; signs once in a while.
 */
final class LogWriter implements AutoCloseable {
  private static final Logger LOG = System.getLogger(LogWriter.class.getName());
  private static final int MAX_BACKLOG = 2048;

  private final AuditLog.Settings settings;
  private final String origin;
  private final int epoch;
  private final long fence;
  private final LogFiles files;
  private final Journal journal;
  private final EpochStore store;
  private final SideFile side;
  private final NodeCounters counters;
  private final Publication publication;
  private final Sealer sealer;
  private final InstantSource clock;
  private final Periods periods;
  private final Object growth = new Object();
  private final WriteQueue queue = new WriteQueue();
  private final Thread thread = Thread.ofPlatform().daemon().name("audit-log").unstarted(this::run);
  private volatile long size;
  private long nextCheckpoint = System.nanoTime();

  LogWriter(
      AuditLog.Settings settings,
      String origin,
      int epoch,
      long fence,
      LogFiles files,
      Journal journal,
      EpochStore store,
      KeyRing keys,
      NodeCounters counters,
      List<NoteSigner> signers,
      Periods periods,
      InstantSource clock)
      throws IOException {
    this.settings = settings;
    this.origin = origin;
    this.epoch = epoch;
    this.fence = fence;
    this.files = files;
    this.journal = journal;
    this.store = store;
    this.side = new SideFile(files, epoch, fence);
    this.counters = counters;
    this.publication = new Publication(origin, epoch, files, store, keys, counters, signers, clock);
    this.sealer = new Sealer(journal, store, settings.segmentBytes());
    this.periods = periods;
    this.clock = clock;
    this.size = store.size();
  }

  void start() throws IOException {
    publish();
    thread.start();
  }

  /** Commits the first entry of an epoch before the writer runs. */
  CompletableFuture<Receipt> first(DraftEntry entry) {
    CompletableFuture<Receipt> answer = new CompletableFuture<>();
    commit(List.of(new Offer(entry, answer)));
    return answer;
  }

  String origin() {
    return origin;
  }

  List<NoteSigner> signers() {
    return publication.signers();
  }

  List<LogKey> keys() {
    return publication.keys();
  }

  NodeCounters counters() {
    return counters;
  }

  Publication.Head head() {
    return publication.head();
  }

  long size() {
    return size;
  }

  Periods periods() {
    return periods;
  }

  int epoch() {
    return epoch;
  }

  /** Whether it still takes events. */
  boolean isOpen() {
    return queue.isOpen();
  }

  /** A bundle of what is durable: from disk on any thread, else between two groups. */
  List<byte[]> bundle(long n, int width) throws IOException {
    if (width == TilePath.WIDTH) {
      Optional<byte[]> full = files.read(epoch + "/" + TilePath.entries(n, width));
      if (full.isPresent()) {
        Optional<List<byte[]>> whole = whole(full.get());
        if (whole.isPresent()) {
          return whole.get();
        }
      }
    }
    return task(() -> store.bundle(n, width)).join();
  }

  /**
   * Empty when the file is being written at this moment: then the writer, who does one thing after
   * the other, is asked; it also says so when the file is damaged for good.
   */
  private static Optional<List<byte[]>> whole(byte[] bundle) {
    try {
      List<byte[]> entries = EntryBundle.decode(bundle);
      return entries.size() == TilePath.WIDTH ? Optional.of(entries) : Optional.empty();
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  /** Waits until there are more entries than that; false when the time is up or the log closed. */
  boolean awaitBeyond(long entries, Duration atMost) throws InterruptedException {
    long until = System.nanoTime() + atMost.toNanos();
    synchronized (growth) {
      while (size <= entries && isOpen()) {
        long left = until - System.nanoTime();
        if (left <= 0) {
          return false;
        }
        TimeUnit.NANOSECONDS.timedWait(growth, left);
      }
    }
    return size > entries;
  }

  byte[] entry(long index) throws IOException {
    if (index < 0 || index >= store.size()) {
      throw new IllegalArgumentException("no entry " + index);
    }
    int at = (int) (index % TilePath.WIDTH);
    return store.bundle(index / TilePath.WIDTH, at + 1).get(at);
  }

  CompletableFuture<Receipt> submit(DraftEntry entry) {
    return queue.submit(entry);
  }

  List<CompletableFuture<Receipt>> submit(List<DraftEntry> entries) {
    return queue.submit(entries);
  }

  /** Does something between two groups. */
  <T> CompletableFuture<T> task(Callable<T> work) {
    return queue.task(work);
  }

  private void run() {
    try {
      while (!queue.isOver()) {
        step();
      }
      if (!queue.hasFailed()) {
        publish();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (IOException | RuntimeException e) {
      LOG.log(Level.ERROR, "the audit log stopped", e);
      queue.fail(refusal(e, "the audit log stopped"));
    } finally {
      queue.end();
      synchronized (growth) {
        growth.notifyAll();
      }
    }
  }

  private static AuditLogException refusal(Exception e, String what) {
    return e instanceof AuditLogException known
        ? known
        : new AuditLogException(Reason.UNAVAILABLE, what, e);
  }

  private void step() throws InterruptedException {
    long wait = Math.max(0, nextCheckpoint - System.nanoTime());
    WriteQueue.Turn turn = queue.next(Math.min(wait, TimeUnit.SECONDS.toNanos(1)));
    periods.turn(clock.instant(), store.size());
    if (!turn.group().isEmpty()) {
      commit(turn.group());
    }
    turn.task().ifPresent(Runnable::run);
    if (!queue.hasFailed() && System.nanoTime() - nextCheckpoint >= 0) {
      nextCheckpoint = System.nanoTime() + settings.checkpointEvery().toNanos();
      try {
        publish();
      } catch (IOException e) {
        LOG.log(Level.WARNING, "no audit checkpoint could be written, trying again", e);
      }
    }
  }

  /** Makes a group durable and answers it; on failure all of it is refused. */
  private void commit(List<Offer> offers) {
    Group group = new Group(offers, counters, store.size());
    try {
      if (!group.entries().isEmpty()) {
        persist(group);
      }
    } catch (IOException | RuntimeException e) {
      AuditLogException refused = refusal(e, "the audit log cannot be written");
      if (!(e instanceof IOException)) {
        queue.fail(refused);
      }
      LOG.log(Level.WARNING, "audit events refused: " + group.entries().size() + ": " + e);
      group.refuse(refused);
      return;
    }
    group.taken();
    sealer.keepUp();
  }

  private void persist(Group group) throws IOException {
    if (store.backlog() > MAX_BACKLOG) {
      store.flush();
    }
    List<byte[]> records = group.sideRecords();
    if (!records.isEmpty()) {
      side.append(records, clock.instant());
    }
    journal.append(new JournalFrame(fence, store.size(), group.entries()));
    checkFence();
    for (byte[] entry : group.entries()) {
      store.add(entry, MerkleHash.leaf(entry));
    }
    size = store.size();
    synchronized (growth) {
      growth.notifyAll();
    }
  }

  private void checkFence() throws IOException {
    long present;
    try {
      present = Fence.present(files);
    } catch (IOException e) {
      throw new AuditLogException(Reason.UNAVAILABLE, "the fencing number cannot be read", e);
    }
    if (present != fence) {
      throw new AuditLogException(Reason.FENCED, "another writer of the audit log took over");
    }
  }

  /**
   * Lets the journal no longer hold entries below an index, as far as bundles hold them; what
   * cannot go yet goes with a later call. Done when the sealer has caught up.
   */
  CompletableFuture<Void> releaseJournal(long below) {
    return sealer.carryOut(
        task(
            () -> {
              sealer.plan(below);
              return null;
            }));
  }

  /** Signs the present tree if it grew. */
  SignedNote publish() throws IOException {
    if (!publication.isCurrent()) {
      checkFence();
      store.flush();
      publication.sign();
    }
    return publication.head().note();
  }

  /** Keeps the newest checkpoint for ever. */
  SignedNote keepCheckpoint() throws IOException {
    publish();
    return publication.keep();
  }

  LogFiles logFiles() {
    return files;
  }

  /** Removes what was put on record as pruned. */
  long carryOut(Pruning pruning) throws IOException {
    checkFence();
    pruning.carryOut();
    return pruning.minimum();
  }

  /** Files an anchor's receipt. */
  Void receipt(long of, String kind, byte[] receipt) throws IOException {
    publication.receipt(of, kind, receipt);
    return null;
  }

  /** Lets a key sign from now on; the one before stops at {@code overlapEnd}. */
  SignedNote addSigner(NoteSigner fresh, Instant from, String endorsement, Instant overlapEnd)
      throws IOException {
    publication.addSigner(fresh, from, endorsement, overlapEnd);
    return publish();
  }

  @Override
  public void close() {
    queue.close();
    try {
      if (thread.getState() != Thread.State.NEW) {
        thread.join();
      }
      sealer.finish();
      side.close();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (IOException e) {
      LOG.log(Level.WARNING, "the audit journal did not close", e);
    }
  }
}
