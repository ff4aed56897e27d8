package im.palisade.server.auditlog;

import im.palisade.server.auditlog.Relay.Item;
import im.palisade.server.auditlog.SpillJournal.Spilled;
import im.palisade.server.security.SecretBox;
import im.palisade.server.store.AuditRecord;
import im.palisade.server.store.AuditUnavailableException;
import im.palisade.server.store.StoreException;
import java.io.IOException;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where records wait while the log cannot be written. What somebody waits for, or what stands
 * nowhere else, goes to the spill journal, up to its limit; what no file takes and nobody waits for
 * may stand in the outbox. For the relay's thread, but for what others may know.
 */
final class Shelter {
  private static final Logger LOG = LoggerFactory.getLogger(Shelter.class);
  private static final int MOST_HOMELESS = 8192;

  private final SpillJournal spill;
  private final OutboxStore outbox;
  private final SecretBox box;
  private final AuditLogSettings settings;
  private final Clock clock;

  /** Rows in the hands of this process. */
  private final Set<Long> held;

  private final Deque<Item> homeless = new ArrayDeque<>();
  private final AtomicLong spilledNow = new AtomicLong();
  private final AtomicLong refused = new AtomicLong();
  private volatile boolean broken;
  private volatile int homelessCount;

  /** Takes spilled records into the log. */
  @FunctionalInterface
  interface Taker {
    void take(List<AuditRecord> records) throws IOException;
  }

  Shelter(
      SpillJournal spill,
      OutboxStore outbox,
      SecretBox box,
      AuditLogSettings settings,
      Clock clock,
      Set<Long> held) {
    this.spill = spill;
    this.outbox = outbox;
    this.box = box;
    this.settings = settings;
    this.clock = clock;
    this.held = held;
  }

  /** Records in the spill journal that this outage brought there. */
  long spilled() {
    return spilledNow.get();
  }

  /** Acts that were refused since the start. */
  long refused() {
    return refused.get();
  }

  void countRefusal() {
    refused.incrementAndGet();
  }

  /** Records that no file took. */
  int homeless() {
    return homelessCount;
  }

  /** When what an earlier run left began to wait. */
  Optional<Instant> since() {
    return spill.since();
  }

  /** Whether it takes what somebody waits for. */
  boolean takes(Instant downSince) {
    return !broken && isWithinLimit(downSince);
  }

  /** Nothing can be kept any more. */
  void breakDown() {
    broken = true;
  }

  /**
   * Takes what could not be appended and answers who waits.
   *
   * @param holding what goes on record of it when this is the first
   */
  void take(List<Item> batch, Instant downSince, Supplier<List<AuditRecord>> holding) {
    List<Item> kept =
        new ArrayList<>(
            batch.stream().filter(item -> item.row() == 0 || item.isAwaited()).toList());
    if (spilledNow.get() == 0 && !kept.isEmpty()) {
      kept.addFirst(Item.of(0, holding.get()));
    }
    boolean spilled = !kept.isEmpty() && isWithinLimit(downSince) && spill(kept);
    for (Item item : batch) {
      boolean inSpill = spilled && kept.contains(item);
      if (item.row() != 0 && !inSpill) {
        held.remove(item.row());
      }
      if (inSpill || !item.isAwaited()) {
        if (!inSpill && item.row() == 0) {
          homeless.add(item);
        }
        item.durable().complete(null);
      } else {
        refused.incrementAndGet();
        item.durable().completeExceptionally(new AuditUnavailableException(item.row() != 0));
      }
    }
    house();
  }

  private boolean spill(List<Item> items) {
    try {
      spill.write(
          items.stream()
              .map(item -> new Spilled(item.row(), clock.instant(), item.records()))
              .toList());
      spilledNow.addAndGet(items.stream().mapToInt(item -> item.records().size()).sum());
      broken = false;
      return true;
    } catch (IOException e) {
      if (!broken) {
        LOG.error("the audit spill journal cannot be written: {}", e.toString());
      }
      broken = true;
      return false;
    }
  }

  /** Looks whether the spill journal can be written again, and for a place for the rest. */
  void tend(Instant downSince) {
    if (broken && isWithinLimit(downSince)) {
      broken = !spill.isUsable();
    }
    house();
  }

  private void house() {
    try {
      while (!homeless.isEmpty()) {
        outbox.insert(AuditRecord.write(homeless.peek().records(), box));
        homeless.remove();
      }
    } catch (StoreException e) {
      LOG.debug("neither log nor database take audit events", e);
      while (homeless.size() > MOST_HOMELESS) {
        homeless.remove();
        LOG.error("an audit event was lost: neither log, spill journal nor database take it");
      }
    }
    homelessCount = homeless.size();
  }

  /** Gives back what the spill journal holds, oldest first; how many events. */
  long drain(Taker log) throws IOException {
    long events = 0;
    for (Optional<String> file = spill.oldest(); file.isPresent(); file = spill.oldest()) {
      List<Spilled> spilled;
      try {
        spilled = spill.read(file.get());
      } catch (IllegalArgumentException e) {
        LOG.error("the audit spill file {} was changed and is set aside", file.get(), e);
        spill.setAside(file.get());
        continue;
      }
      List<AuditRecord> records =
          spilled.stream().flatMap(each -> each.records().stream()).toList();
      log.take(records);
      events += records.size();
      List<Long> rows = spilled.stream().map(Spilled::row).filter(row -> row != 0).toList();
      if (!rows.isEmpty()) {
        outbox.delete(rows);
        rows.forEach(held::remove);
      }
      spill.remove(file.get());
    }
    return events;
  }

  /** The log is written again. */
  void over() {
    broken = false;
    spilledNow.set(0);
  }

  private boolean isWithinLimit(Instant downSince) {
    return clock.instant().isBefore(downSince.plus(settings.spillMax()))
        && spill.bytes() < settings.spillBytes();
  }
}
