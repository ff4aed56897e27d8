package im.palisade.server.callback;

import im.palisade.server.app.App;
import im.palisade.server.callback.CallbackCommand.Kind;
import im.palisade.server.callback.CallbackOutboxStore.Due;
import im.palisade.server.callback.Failure.Reason;
import im.palisade.server.jobs.Threads;
import im.palisade.server.message.CommittedMessageStore;
import im.palisade.server.message.CommittedMessageStore.Batch;
import im.palisade.server.store.Region;
import im.palisade.server.store.StoreException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Delivers the after-webhooks of one region at least once: messages from the commit feed, other
 * facts from the outbox. What cannot be sent at once is put into the outbox, so the feed never
 * waits for a receiver. One node at a time does this, under a lease; a node that dies is followed
 * by another when its lease has ended, and what was under way is sent again.
 */
final class Delivery implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Delivery.class);
  private static final long IDLE_MILLIS = 100;
  private static final long FAULT_MILLIS = 1_000;
  private static final long LEASE_MILLIS = 10_000;
  private static final int BATCHES = 128;
  private static final int ROWS = 1_000;

  /** Pauses after the first, second … failed attempt, in seconds; the last one repeats. */
  private static final long[] PAUSES = {1, 5, 25, 125, 300};

  private final Region region;
  private final Queues queues;
  private final MessageBodies bodies;
  private final CallbackMetrics metrics;
  private final Clock clock;
  private final String owner;
  private final CallbackOutboxStore store;
  private final CallbackLeaseStore leases = new CallbackLeaseStore();
  private final CommittedMessageStore feed = new CommittedMessageStore();
  private final Semaphore wake = new Semaphore(0);
  private final ConcurrentLinkedQueue<Outcome> outcomes = new ConcurrentLinkedQueue<>();
  private final Map<Long, Set<Long>> rowsUnderWay = new HashMap<>();
  private final Map<Long, Integer> batchesUnderWay = new HashMap<>();
  private final Thread thread;
  private long leasedUntil;
  private volatile boolean closing;

  /** How a webhook ended; {@code batch} is 0 for one that has a row. */
  private record Outcome(Kept kept, long batch, Optional<Failure> failure) {}

  Delivery(
      Region region,
      Queues queues,
      MessageBodies bodies,
      CallbackMetrics metrics,
      CallbackOutboxStore store,
      Clock clock,
      String owner) {
    this.region = region;
    this.queues = queues;
    this.bodies = bodies;
    this.metrics = metrics;
    this.store = store;
    this.clock = clock;
    this.owner = owner;
    this.thread =
        Thread.ofPlatform().name("webhook-delivery-" + region.name()).unstarted(this::run);
  }

  void start() {
    thread.start();
  }

  /** There is something new. */
  void wake() {
    if (wake.availablePermits() == 0) {
      wake.release();
    }
  }

  /** Notes what has been answered and ends; what is under way is sent again later. */
  @Override
  public void close() {
    closing = true;
    wake();
    Threads.join(thread);
  }

  private void run() {
    while (!closing) {
      boolean busy = false;
      long pause = IDLE_MILLIS;
      try {
        busy = leads() && turn();
      } catch (StoreException e) {
        log.warn("webhooks wait for the database: {}", e.getMessage());
        pause = FAULT_MILLIS;
      } catch (RuntimeException e) {
        log.error("delivering webhooks", e);
        pause = FAULT_MILLIS;
      }
      if (!busy) {
        pause(pause);
      }
    }
    try {
      settle();
      region.inUnitOfWork(
          unit -> {
            leases.release(unit.connection(), owner);
            return null;
          });
    } catch (StoreException e) {
      log.warn("webhooks under way will be sent again: {}", e.getMessage());
    }
  }

  private void pause(long millis) {
    try {
      if (wake.tryAcquire(millis, TimeUnit.MILLISECONDS)) {
        wake.drainPermits();
      }
    } catch (InterruptedException e) {
      // Nobody interrupts this thread; ending it is the only sensible answer.
      closing = true;
    }
  }

  private boolean leads() {
    long now = clock.millis();
    if (leasedUntil - now > LEASE_MILLIS / 2) {
      return true;
    }
    boolean taken =
        region.inUnitOfWork(unit -> leases.take(unit.connection(), owner, now, now + LEASE_MILLIS));
    leasedUntil = taken ? now + LEASE_MILLIS : 0;
    return taken;
  }

  /** Whether there was something to do. */
  private boolean turn() {
    boolean settled = settle();
    boolean sent = sendRows();
    return readFeed() || sent || settled;
  }

  /** Takes what is due of every app whose receiver takes anything. */
  private boolean sendRows() {
    long now = clock.millis();
    boolean some = false;
    for (long appId : region.read(store::appsWaiting)) {
      Set<Long> underWay = rowsUnderWay.computeIfAbsent(appId, id -> new HashSet<>());
      int room = Math.min(ROWS, queues.room(appId));
      if (room == 0 || queues.app(appId).filter(queues::isSuspended).isPresent()) {
        continue;
      }
      List<Kept> due =
          region.read(
              connection ->
                  store.read(connection, store.due(connection, appId, now, underWay, room)));
      for (Kept kept : due) {
        underWay.add(kept.id());
        if (offer(kept, 0)) {
          some = true;
        } else {
          underWay.remove(kept.id());
        }
      }
    }
    return some;
  }

  /** Hands over the messages of new batches; those that find no place get a row. */
  private boolean readFeed() {
    int room = BATCHES - batchesUnderWay.size();
    if (room <= 0) {
      return false;
    }
    List<Batch> batches =
        region.read(connection -> feed.waiting(connection, BATCHES)).stream()
            .filter(batch -> !batchesUnderWay.containsKey(batch.id()))
            .limit(room)
            .toList();
    for (Batch batch : batches) {
      List<Kept> messages = bodies.of(region, batch.messages());
      batchesUnderWay.put(batch.id(), messages.size());
      for (Kept message : messages) {
        boolean suspended = queues.app(message.appId()).filter(queues::isSuspended).isPresent();
        if (suspended || !offer(message, batch.id())) {
          Failure later = new Failure(Reason.SUSPENDED, "put off");
          outcomes.add(new Outcome(message, batch.id(), Optional.of(later)));
        }
      }
      if (messages.isEmpty()) {
        batchesUnderWay.put(batch.id(), 0);
      }
    }
    return !batches.isEmpty();
  }

  private boolean offer(Kept kept, long batch) {
    return queues.offer(
        kept.appId(),
        kept.lane(),
        Kind.AFTER,
        () -> Optional.of(bodies.completed(region, kept.callback())),
        failure -> {
          outcomes.add(new Outcome(kept, batch, failure));
          wake();
        });
  }

  /** Writes down what became of what was sent. */
  private boolean settle() {
    List<Outcome> ended = new ArrayList<>();
    for (Outcome next = outcomes.poll(); next != null; next = outcomes.poll()) {
      ended.add(next);
      if (ended.size() >= ROWS) {
        break;
      }
    }
    Map<Long, Integer> left = new HashMap<>(batchesUnderWay);
    Plan plan = new Plan();
    ended.forEach(outcome -> plan.add(outcome, left));
    List<Long> done =
        left.entrySet().stream().filter(e -> e.getValue() == 0).map(Map.Entry::getKey).toList();
    if (ended.isEmpty() && done.isEmpty()) {
      return false;
    }
    boolean written = false;
    try {
      region.inUnitOfWork(
          unit -> {
            store.delivered(unit.connection(), plan.delivered);
            store.delete(unit.connection(), plan.givenUp);
            store.postpone(unit.connection(), plan.postponed);
            store.insert(unit.connection(), plan.parked);
            feed.settle(unit.connection(), done);
            plan.tooOld.forEach(
                (appId, count) -> unit.record(GivenUp.event(appId, count, clock.instant())));
            return null;
          });
      written = true;
    } finally {
      if (!written) {
        outcomes.addAll(ended);
      }
    }
    batchesUnderWay.clear();
    batchesUnderWay.putAll(left);
    done.forEach(batchesUnderWay::remove);
    for (Outcome outcome : ended) {
      if (outcome.batch() == 0) {
        rowsUnderWay.get(outcome.kept().appId()).remove(outcome.kept().id());
      }
    }
    metrics.dropped("age", plan.tooOld.values().stream().mapToInt(Integer::intValue).sum());
    metrics.dropped("once", plan.once);
    return true;
  }

  /** What is to be written in one transaction. */
  private final class Plan {
    private final List<Long> delivered = new ArrayList<>();
    private final List<Long> givenUp = new ArrayList<>();
    private final List<Due> postponed = new ArrayList<>();
    private final List<Due> parked = new ArrayList<>();
    private final Map<Long, Integer> tooOld = new HashMap<>();
    private int once;

    void add(Outcome outcome, Map<Long, Integer> left) {
      if (outcome.batch() != 0) {
        left.merge(outcome.batch(), -1, Integer::sum);
      }
      if (outcome.failure().isEmpty()) {
        if (outcome.batch() == 0) {
          delivered.add(outcome.kept().id());
        }
        return;
      }
      Due due = next(outcome.kept(), outcome.failure().get());
      Optional<App> app = queues.app(outcome.kept().appId());
      boolean counts = outcome.failure().get().reason().says() != Failure.Says.NOTHING;
      if (counts && app.filter(a -> !a.settings().webhook().retried()).isPresent()) {
        once++;
        giveUp(outcome);
      } else if (app.isEmpty() || due.dueAt() > due.kept().createdAt() + keptMillis(app.get())) {
        tooOld.merge(outcome.kept().appId(), 1, Integer::sum);
        giveUp(outcome);
      } else if (outcome.batch() == 0) {
        postponed.add(due);
      } else {
        parked.add(due);
      }
    }

    private void giveUp(Outcome outcome) {
      if (outcome.batch() == 0) {
        givenUp.add(outcome.kept().id());
      }
    }
  }

  private static long keptMillis(App app) {
    return TimeUnit.HOURS.toMillis(app.settings().webhook().keptHours());
  }

  /** What was not sent at all does not count as an attempt. */
  private Due next(Kept kept, Failure failure) {
    boolean sent = failure.reason().says() != Failure.Says.NOTHING;
    int attempts = kept.attempts() + (sent ? 1 : 0);
    long pause = PAUSES[Math.clamp(attempts - 1L, 0, PAUSES.length - 1)];
    Kept again =
        new Kept(kept.id(), kept.appId(), kept.lane(), kept.createdAt(), attempts, kept.callback());
    return new Due(again, clock.millis() + TimeUnit.SECONDS.toMillis(sent ? pause : 1));
  }
}
