package im.palisade.compliance.log;

import im.palisade.compliance.checkpoint.Checkpoint;
import im.palisade.compliance.checkpoint.NoteSigner;
import im.palisade.compliance.checkpoint.SignedNote;
import im.palisade.compliance.event.DraftEntry;
import im.palisade.compliance.file.LogFiles;
import im.palisade.compliance.log.AuditLog.Receipt;
import im.palisade.compliance.log.AuditLogException.Reason;
import im.palisade.compliance.log.NodeCounters.Place;
import im.palisade.compliance.merkle.MerkleHash;
import im.palisade.compliance.merkle.MerkleTree;
import im.palisade.compliance.tile.EntryBundle;
import im.palisade.compliance.tile.TilePath;
import im.palisade.compliance.tile.TileTrees;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/**
 * The one thread that orders events: takes what has queued up, makes it durable with one sync,
 * grows the tree, answers; signs once in a while.
 */
final class LogWriter implements AutoCloseable {
  private static final Logger LOG = System.getLogger(LogWriter.class.getName());
  private static final int GROUP = 4096;
  private static final int GROUP_BYTES = 8 << 20;
  private static final int MAX_BACKLOG = 2048;

  /** A signed tree and how to read its hashes. */
  record Head(SignedNote note, long size, MerkleTree tree) {}

  private sealed interface Work {}

  private record Offer(DraftEntry entry, CompletableFuture<Receipt> answer) implements Work {}

  private record Offers(List<Offer> offers) implements Work {}

  private record Task(Runnable work, CompletableFuture<?> answer) implements Work {}

  private final AuditLog.Settings settings;
  private final String origin;
  private final int epoch;
  private final long fence;
  private final LogFiles files;
  private final Journal journal;
  private final EpochStore store;
  private final SideFile side;
  private final KeyRing keys;
  private final NodeCounters counters;
  private final List<NoteSigner> signers;
  private final InstantSource clock;
  private final Periods periods;
  private final Object growth = new Object();
  private final BlockingQueue<Work> queue = new ArrayBlockingQueue<>(4 * GROUP);
  private final ExecutorService sealer =
      Executors.newSingleThreadExecutor(Thread.ofPlatform().daemon().name("audit-seal").factory());
  private final Thread thread = Thread.ofPlatform().daemon().name("audit-log").unstarted(this::run);
  private volatile Optional<AuditLogException> ended = Optional.empty();
  private volatile boolean closing;
  private volatile boolean done;
  private volatile Head head;
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
    this.keys = keys;
    this.counters = counters;
    this.signers = new ArrayList<>(signers);
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
    return List.copyOf(signers);
  }

  List<LogKey> keys() {
    return keys.keys();
  }

  NodeCounters counters() {
    return counters;
  }

  Head head() {
    return head;
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
    return ended.isEmpty() && !done && !closing;
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
    CompletableFuture<Receipt> answer = new CompletableFuture<>();
    enqueue(new Offer(entry, answer), answer);
    return answer;
  }

  /** Offers events that are to be made durable together, as far as a group has room. */
  List<CompletableFuture<Receipt>> submit(List<DraftEntry> entries) {
    List<Offer> offers =
        entries.stream().map(entry -> new Offer(entry, new CompletableFuture<>())).toList();
    List<CompletableFuture<Receipt>> answers = new ArrayList<>();
    offers.forEach(offer -> answers.add(offer.answer()));
    if (!offers.isEmpty()) {
      CompletableFuture<Void> refused = new CompletableFuture<>();
      enqueue(new Offers(offers), refused);
      if (refused.isCompletedExceptionally()) {
        offers.forEach(offer -> offer.answer().completeExceptionally(refusal()));
      }
    }
    return answers;
  }

  <T> CompletableFuture<T> task(Callable<T> work) {
    CompletableFuture<T> answer = new CompletableFuture<>();
    Runnable run =
        () -> {
          try {
            answer.complete(work.call());
          } catch (Exception e) {
            answer.completeExceptionally(e);
          }
        };
    enqueue(new Task(run, answer), answer);
    return answer;
  }

  private void enqueue(Work work, CompletableFuture<?> answer) {
    try {
      while (!closing && !done) {
        if (queue.offer(work, 100, TimeUnit.MILLISECONDS)) {
          if (done) {
            refuseQueued();
          }
          return;
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    answer.completeExceptionally(refusal());
  }

  private AuditLogException refusal() {
    return ended.orElseGet(
        () -> new AuditLogException(Reason.UNAVAILABLE, "the audit log is closed"));
  }

  private void run() {
    try {
      while (ended.isEmpty() && !(closing && queue.isEmpty())) {
        step();
      }
      if (ended.isEmpty()) {
        publish();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (IOException | RuntimeException e) {
      LOG.log(Level.ERROR, "the audit log stopped", e);
      ended =
          Optional.of(
              e instanceof AuditLogException known
                  ? known
                  : new AuditLogException(Reason.UNAVAILABLE, "the audit log stopped", e));
    } finally {
      done = true;
      refuseQueued();
      synchronized (growth) {
        growth.notifyAll();
      }
    }
  }

  private void step() throws InterruptedException {
    long wait = Math.max(0, nextCheckpoint - System.nanoTime());
    Work work = queue.poll(Math.min(wait, TimeUnit.SECONDS.toNanos(1)), TimeUnit.NANOSECONDS);
    List<Offer> group = new ArrayList<>();
    int bytes = 0;
    while (work instanceof Offer || work instanceof Offers) {
      List<Offer> offered = work instanceof Offers many ? many.offers() : List.of((Offer) work);
      for (Offer offer : offered) {
        group.add(offer);
        bytes += offer.entry().head().length + offer.entry().tail().length;
      }
      if (group.size() >= GROUP || bytes > GROUP_BYTES) {
        work = null;
        break;
      }
      work = queue.poll();
    }
    periods.turn(clock.instant(), store.size());
    if (!group.isEmpty()) {
      commit(group);
    }
    if (work instanceof Task task) {
      task.work().run();
    }
    if (ended.isEmpty() && System.nanoTime() - nextCheckpoint >= 0) {
      nextCheckpoint = System.nanoTime() + settings.checkpointEvery().toNanos();
      try {
        publish();
      } catch (IOException e) {
        LOG.log(Level.WARNING, "no audit checkpoint could be written, trying again", e);
      }
    }
  }

  /** Makes a group durable and answers it; on failure all of it is refused. */
  private void commit(List<Offer> group) {
    Map<String, Long> last = new HashMap<>();
    Map<String, Place> fresh = new HashMap<>();
    List<Offer> taken = new ArrayList<>();
    List<byte[]> entries = new ArrayList<>();
    List<Runnable> answers = new ArrayList<>();
    for (Offer offer : group) {
      DraftEntry draft = offer.entry();
      Optional<Place> twice =
          counters.placeOf(draft.id()).or(() -> Optional.ofNullable(fresh.get(draft.id())));
      if (twice.isPresent()) {
        Place place = twice.get();
        answers.add(() -> offer.answer().complete(new Receipt(place.index(), place.counter())));
        continue;
      }
      OptionalLong before =
          last.containsKey(draft.node())
              ? OptionalLong.of(last.get(draft.node()))
              : counters.last(draft.node());
      long next = before.isPresent() ? before.getAsLong() + 1 : 1;
      long n = draft.counter().orElse(next);
      if (before.isPresent() && n != next) {
        offer
            .answer()
            .completeExceptionally(
                new AuditLogException(
                    Reason.COUNTER,
                    "node " + draft.node() + " sent event " + n + " where " + next + " is next"));
        continue;
      }
      Place place = new Place(store.size() + entries.size(), n);
      last.put(draft.node(), n);
      fresh.put(draft.id(), place);
      taken.add(offer);
      entries.add(draft.entry(n));
      answers.add(() -> offer.answer().complete(new Receipt(place.index(), place.counter())));
    }
    try {
      if (!entries.isEmpty()) {
        persist(taken, entries);
      }
    } catch (IOException | RuntimeException e) {
      AuditLogException refused =
          e instanceof AuditLogException known
              ? known
              : new AuditLogException(Reason.UNAVAILABLE, "the audit log cannot be written", e);
      if (!(e instanceof IOException)) {
        ended = Optional.of(refused);
      }
      LOG.log(Level.WARNING, "audit events refused: " + entries.size() + ": " + e);
      group.forEach(offer -> offer.answer().completeExceptionally(refused));
      return;
    }
    for (Offer offer : taken) {
      Place place = fresh.get(offer.entry().id());
      counters.took(offer.entry().id(), offer.entry().node(), place);
    }
    answers.forEach(Runnable::run);
    keepUp();
  }

  private void persist(List<Offer> taken, List<byte[]> entries) throws IOException {
    if (store.backlog() > MAX_BACKLOG) {
      store.flush();
    }
    List<byte[]> records =
        taken.stream().flatMap(offer -> offer.entry().sideRecords().stream()).toList();
    if (!records.isEmpty()) {
      side.append(records, clock.instant());
    }
    journal.append(new JournalFrame(fence, store.size(), entries));
    checkFence();
    for (byte[] entry : entries) {
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

  /** What follows a commit and may wait: tiles, bundles, a new journal file. */
  private void keepUp() {
    try {
      store.flush();
      if (journal.length() >= settings.segmentBytes()) {
        journal.begin(store.size());
        journal.plan(store.takeUnsynced(), store.bundled());
        sealer.execute(this::seal);
      }
    } catch (IOException e) {
      LOG.log(Level.WARNING, "audit tiles cannot be written, kept until they can", e);
    }
  }

  /**
   * Lets the journal no longer hold entries below an index, as far as bundles hold them; what
   * cannot go yet goes with a later call. Done when the sealer has caught up.
   */
  CompletableFuture<Void> releaseJournal(long below) {
    return task(() -> {
          store.flush();
          if (journal.begun() < below) {
            journal.begin(store.size());
          }
          journal.plan(store.takeUnsynced(), store.bundled());
          return null;
        })
        .thenRunAsync(this::seal, sealer);
  }

  private void seal() {
    try {
      journal.seal();
    } catch (IOException e) {
      LOG.log(Level.WARNING, "audit tiles cannot be synced, the journal is kept", e);
    }
  }

  /** Signs the present tree if it grew. */
  SignedNote publish() throws IOException {
    if (head != null && head.size() == store.size()) {
      return head.note();
    }
    checkFence();
    store.flush();
    Instant now = clock.instant();
    signers.removeIf(signer -> signers.size() > 1 && !keys.isValid(signer.verifierKey(), now));
    Checkpoint checkpoint = new Checkpoint(origin, store.size(), store.edge().root());
    SignedNote note = SignedNote.sign(checkpoint.text(), signers);
    List<String> partials = store.writePartials();
    files.replace(epoch + "/checkpoint", note.toString().getBytes(StandardCharsets.UTF_8));
    store.replacePartials(partials);
    files.write("writer/state-" + epoch, counters.state(store.size()));
    head = new Head(note, store.size(), tree());
    return note;
  }

  /** The published tree for any thread: partial tiles as they are now, full ones from disk. */
  private MerkleTree tree() {
    long published = store.size();
    List<byte[]> edge = new ArrayList<>();
    for (int level = 0; level < store.edge().levels(); level++) {
      edge.add(store.edge().partial(level));
    }
    TileTrees.Source source =
        (level, n, width) ->
            n == (published >>> (8 * level)) / TilePath.WIDTH
                ? edge.get(level)
                : files
                    .read(epoch + "/" + TilePath.tile(level, n, TilePath.WIDTH))
                    .orElseThrow(
                        () -> new IOException("hash tile " + level + "/" + n + " is gone"));
    return new MerkleTree(new TileTrees(source, published));
  }

  /** A kept checkpoint is never written again: receipts name its bytes. */
  SignedNote keepCheckpoint() throws IOException {
    SignedNote note = publish();
    String path = epoch + "/checkpoints/" + head.size();
    Optional<byte[]> kept = files.read(path);
    if (kept.isPresent()) {
      return SignedNote.parse(new String(kept.get(), StandardCharsets.UTF_8));
    }
    files.replace(path, note.toString().getBytes(StandardCharsets.UTF_8));
    return note;
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

  /** Files of an anchor's receipts. */
  String receipt(long of, String kind, byte[] receipt) throws IOException {
    String path = epoch + "/anchors/" + of + "/" + kind;
    files.replace(path, receipt);
    return path;
  }

  /** Lets a key sign from now on; the one before stops at {@code overlapEnd}. */
  SignedNote addSigner(NoteSigner fresh, Instant from, String endorsement, Instant overlapEnd)
      throws IOException {
    keys.put(new LogKey(fresh.verifierKey(), from, Optional.empty(), Optional.of(endorsement)));
    for (LogKey key : keys.keys()) {
      if (key.until().isEmpty() && !key.key().equals(fresh.verifierKey())) {
        keys.put(new LogKey(key.key(), key.from(), Optional.of(overlapEnd), key.endorsement()));
      }
    }
    signers.add(fresh);
    return publish();
  }

  private void refuseQueued() {
    for (Work work = queue.poll(); work != null; work = queue.poll()) {
      switch (work) {
        case Offer offer -> offer.answer().completeExceptionally(refusal());
        case Offers many ->
            many.offers().forEach(offer -> offer.answer().completeExceptionally(refusal()));
        case Task task -> task.answer().completeExceptionally(refusal());
      }
    }
  }

  @Override
  public void close() {
    closing = true;
    queue.offer(new Task(() -> {}, new CompletableFuture<>())); // wakes the writer
    try {
      if (thread.getState() != Thread.State.NEW) {
        thread.join();
      }
      sealer.shutdown();
      sealer.awaitTermination(1, TimeUnit.MINUTES);
      journal.close();
      side.close();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (IOException e) {
      LOG.log(Level.WARNING, "the audit journal did not close", e);
    }
  }
}
