package im.palisade.server.auditlog;

import im.palisade.server.jobs.Threads;
import im.palisade.server.security.SecretBox;
import im.palisade.server.store.AuditRecord;
import im.palisade.server.store.AuditUnavailableException;
import im.palisade.server.store.StoreException;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Moves records into the log, in the order in which their changes were committed, and takes outbox
 * rows away that the log has. One thread does it: what waits gathers into one sync, what nobody
 * waits for lingers a little so that more come along. While the log cannot be written, records that
 * somebody waits for go to the spill journal, up to its limit.
 *
 * <p>A record may be appended twice only after a crash, and then the log knows it by its id: what
 * is appended and not yet removed never is more than the log can tell apart.
 */
final class Relay implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Relay.class);
  private static final int QUEUE = 8192;
  private static final int BATCH = 1024;
  private static final long TICK_NANOS = Duration.ofMillis(100).toNanos();

  /**
   * What stands in the outbox is durable and can wait for company: at 200 single writes a second
   * lingering for 20 ms only cost a third of a write's CPU in syncs and deletes.
   */
  private static final long LINGER_NANOS = Duration.ofMillis(500).toNanos();

  /** What stands nowhere else must not wait long. */
  private static final long HURRY_NANOS = Duration.ofMillis(20).toNanos();

  private static final long PROBE_NANOS = Duration.ofSeconds(1).toNanos();
  private static final long SWEEP_NANOS = Duration.ofSeconds(5).toNanos();

  /** Records of one act. Row 0: they stand nowhere else. */
  record Item(long row, List<AuditRecord> records, long since, CompletableFuture<Void> durable) {
    static Item of(long row, List<AuditRecord> records) {
      return new Item(row, records, System.nanoTime(), new CompletableFuture<>());
    }

    /** Without records it only waits for what came before. */
    boolean isAwaited() {
      return records.isEmpty() || records.stream().anyMatch(AuditRecord::failClosed);
    }
  }

  private final LogKeeper keeper;
  private final RelayEvents events;
  private final OutboxSweep sweep;
  private final Shelter shelter;
  private final RowRemoval removal;
  private final AuditLogSettings settings;
  private final Clock clock;
  private final ClockWatch clockWatch;
  private final BlockingQueue<Item> queue = new ArrayBlockingQueue<>(QUEUE);
  private final Thread thread = Thread.ofPlatform().name("audit-relay").unstarted(this::run);

  /** Rows in the hands of this process: a sweep leaves them. */
  private final Set<Long> held = ConcurrentHashMap.newKeySet();

  private long sweepAt;
  private long probeAt;
  private volatile boolean closing;
  private volatile Optional<Instant> downSince = Optional.empty();
  private volatile String problem = "";
  private volatile long oldestSince;
  private final AtomicLong appended = new AtomicLong();

  Relay(
      LogKeeper keeper,
      OutboxStore outbox,
      SpillJournal spill,
      SecretBox box,
      AuditLogSettings settings,
      Clock clock) {
    this.keeper = keeper;
    this.events = new RelayEvents(keeper, clock);
    this.sweep = new OutboxSweep(outbox, box, keeper, clock);
    this.shelter = new Shelter(spill, outbox, box, settings, clock, held);
    this.removal = new RowRemoval(outbox, held, () -> closing, this::note);
    this.settings = settings;
    this.clock = clock;
    this.clockWatch = new ClockWatch(clock);
  }

  /**
   * Opens the log, takes over what an earlier run has left, and starts.
   *
   * @throws im.palisade.server.config.StartException when the log is not what was signed
   */
  void start() {
    try {
      keeper.open();
      shelter.drain(this::append);
      sweep.rest(held, this::takeOver);
    } catch (IOException | StoreException e) {
      down(e);
      // A restart gives no new patience.
      shelter.since().ifPresent(since -> downSince = Optional.of(since));
    }
    thread.start();
  }

  /** Whether an act that must be on record has to be refused. */
  boolean refuses() {
    return downSince.map(since -> !shelter.takes(since)).orElse(false);
  }

  void hold(long row) {
    held.add(row);
  }

  void release(long row) {
    held.remove(row);
  }

  /** Takes records; waits only while too many wait already. */
  CompletableFuture<Void> take(long row, List<AuditRecord> records) {
    Item item = Item.of(row, records);
    boolean taken = false;
    try {
      boolean dispensable = row != 0 && !item.isAwaited();
      taken = dispensable ? queue.offer(item) : offer(item);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    if (!taken) {
      // A row is found again by the next sweep.
      held.remove(row);
      item.durable().completeExceptionally(new AuditUnavailableException(row != 0));
    }
    return item.durable();
  }

  private boolean offer(Item item) throws InterruptedException {
    while (!closing || thread.isAlive()) {
      if (queue.offer(item, 100, TimeUnit.MILLISECONDS)) {
        return true;
      }
    }
    return false;
  }

  /** Lets what has come be appended, and ends. */
  @Override
  public void close() {
    closing = true;
    if (thread.getState() != Thread.State.NEW) {
      Threads.join(thread);
    }
    keeper.stop();
  }

  // --- What others may know ---------------------------------------------------------------------

  int waiting() {
    return queue.size() + shelter.homeless();
  }

  /** Seconds that the oldest record waits that is not in the log. */
  double lagSeconds() {
    Optional<Instant> since = downSince;
    if (since.isPresent()) {
      return Duration.between(since.get(), clock.instant()).toMillis() / 1000.0;
    }
    long oldest = oldestSince;
    return oldest == 0 ? 0 : (System.nanoTime() - oldest) / 1e9;
  }

  long appended() {
    return appended.get();
  }

  long spilled() {
    return shelter.spilled();
  }

  long refused() {
    return shelter.refused();
  }

  /** Why the log cannot be written; empty while it can. */
  Optional<String> problem() {
    return downSince.isPresent() ? Optional.of(problem) : Optional.empty();
  }

  void countRefusal() {
    shelter.countRefusal();
  }

  // --- The one thread ---------------------------------------------------------------------------

  private void run() {
    try {
      while (!(closing && queue.isEmpty())) {
        List<Item> batch = next();
        if (!batch.isEmpty()) {
          oldestSince = batch.getFirst().since();
          record(batch);
          oldestSince = 0;
        }
        tend();
      }
      finish();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException e) {
      LOG.error("the audit relay ended", e);
      down(e);
      shelter.breakDown();
    }
  }

  /** What waits, or after a while nothing; what nobody waits for lingers for company. */
  private List<Item> next() throws InterruptedException {
    List<Item> batch = new ArrayList<>();
    Item item = queue.poll(closing ? 0 : TICK_NANOS, TimeUnit.NANOSECONDS);
    long until = System.nanoTime() + LINGER_NANOS;
    int events = 0;
    while (item != null) {
      batch.add(item);
      events += item.records().size();
      if (events >= BATCH) {
        break;
      }
      if (item.isAwaited() || closing) {
        until = 0;
      } else if (item.row() == 0) {
        until = Math.min(until, System.nanoTime() + HURRY_NANOS);
      }
      long left = until == 0 ? 0 : until - System.nanoTime();
      item = left <= 0 ? queue.poll() : queue.poll(left, TimeUnit.NANOSECONDS);
    }
    return batch;
  }

  private void record(List<Item> batch) {
    if (downSince.isPresent() && System.nanoTime() < probeAt) {
      park(batch);
      return;
    }
    try {
      if (downSince.isPresent()) {
        recover();
      }
      appendAll(batch);
    } catch (IOException | StoreException e) {
      down(e);
      park(batch);
    }
  }

  private void appendAll(List<Item> batch) throws IOException {
    List<AuditRecord> records = batch.stream().flatMap(item -> item.records().stream()).toList();
    append(records);
    for (Item item : batch) {
      if (item.row() != 0) {
        removal.add(item.row());
      }
      item.durable().complete(null);
    }
    removal.appended(records.size());
  }

  private void append(List<AuditRecord> records) throws IOException {
    keeper.append(records);
    appended.addAndGet(records.size());
  }

  /** The log failed: who waits is served by the spill journal as far as it goes. */
  private void park(List<Item> batch) {
    shelter.take(batch, downSince.orElseThrow(), () -> events.holding(problem));
  }

  /** What has to be done from time to time. */
  private void tend() throws InterruptedException {
    long now = System.nanoTime();
    clockWatch.look(now).ifPresent(jump -> queue.offer(Item.of(0, events.jumped(jump))));
    if (downSince.isPresent()) {
      if (now >= probeAt) {
        probe();
      }
      return;
    }
    if (removal.isDue(now)) {
      removal.now();
    }
    if (now >= sweepAt) {
      sweepAt = now + SWEEP_NANOS;
      try {
        sweep.now(held, this::takeOver);
      } catch (IOException | StoreException e) {
        note(e);
      }
    }
  }

  private void probe() {
    try {
      recover();
    } catch (IOException | StoreException e) {
      down(e);
      shelter.tend(downSince.orElseThrow());
    }
  }

  /** Takes up again: first what was spilled, then what the outbox kept. */
  private void recover() throws IOException {
    // Always anew: a log that refused once may have files open that are no longer in its folder.
    keeper.reopen();
    long waited = shelter.drain(this::append);
    Instant since = downSince.orElseThrow();
    keeper.append(events.drained(since, shelter.refused(), waited));
    LOG.warn(
        "the audit log is written again after {} s; {} events had to wait",
        Duration.between(since, clock.instant()).toSeconds(),
        waited);
    downSince = Optional.empty();
    shelter.over();
    sweepAt = 0;
  }

  private void takeOver(List<Item> found) throws IOException {
    appendAll(found);
    found.forEach(item -> held.add(item.row()));
    removal.now();
  }

  private void finish() {
    if (downSince.isPresent()) {
      probe();
    }
    if (downSince.isEmpty()) {
      removal.now();
    }
    if (shelter.homeless() > 0) {
      LOG.error("{} audit events are lost at shutdown", shelter.homeless());
    }
  }

  private void down(Exception e) {
    note(e);
    probeAt = System.nanoTime() + PROBE_NANOS;
    if (downSince.isEmpty()) {
      downSince = Optional.of(clock.instant());
      LOG.error(
          "the audit log cannot be written ({}); acts that must be on record go on for {}",
          e.toString(),
          settings.spillMax());
    }
  }

  private void note(Exception e) {
    problem = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
  }
}
