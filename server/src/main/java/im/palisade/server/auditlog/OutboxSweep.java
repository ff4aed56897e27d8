package im.palisade.server.auditlog;

import im.palisade.compliance.event.Ulid;
import im.palisade.server.auditlog.OutboxStore.Row;
import im.palisade.server.auditlog.Relay.Item;
import im.palisade.server.security.SecretBox;
import im.palisade.server.store.AuditRecord;
import java.io.IOException;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Finds outbox rows that nobody handed over: of an earlier run, or whose commit was in doubt. */
final class OutboxSweep {
  private static final Logger LOG = LoggerFactory.getLogger(OutboxSweep.class);
  private static final int PAGE = 256;

  private final OutboxStore outbox;
  private final SecretBox box;
  private final LogKeeper keeper;
  private final Clock clock;

  /** Rows that cannot be read, so that each is complained of once. */
  private final Set<Long> unreadable = new HashSet<>();

  /** Events that stand in the outbox and, as was found at the start, in the log. */
  private final Set<String> there = new HashSet<>();

  /** Who appends what was found. */
  interface Takeover {
    void take(List<Item> found) throws IOException;
  }

  OutboxSweep(OutboxStore outbox, SecretBox box, LogKeeper keeper, Clock clock) {
    this.outbox = outbox;
    this.box = box;
    this.keeper = keeper;
    this.clock = clock;
  }

  /**
   * Takes over what an earlier run left in the outbox. After a restore the database may be older
   * than the log by more events than the log knows by id, so the log itself is asked.
   */
  void rest(Set<Long> held, Takeover takeover) throws IOException {
    Set<String> left = new HashSet<>();
    Instant oldest = clock.instant();
    long last = 0;
    List<Row> rows;
    do {
      rows = outbox.after(last, PAGE);
      for (Row row : rows) {
        last = row.id();
        try {
          for (AuditRecord record : AuditRecord.read(row.records(), box)) {
            left.add(record.draft().id());
            Instant at = Ulid.time(record.draft().id());
            oldest = at.isBefore(oldest) ? at : oldest;
          }
        } catch (IllegalArgumentException e) {
          LOG.debug("complained of by the sweep", e);
        }
      }
    } while (rows.size() == PAGE);
    there.addAll(keeper.presentOf(left, oldest));
    now(held, takeover);
    there.clear();
  }

  /**
   * Finds rows and hands them over.
   *
   * @param held rows that are in hand and left alone
   */
  void now(Set<Long> held, Takeover takeover) throws IOException {
    long last = 0;
    while (true) {
      List<Row> rows = outbox.after(last, PAGE);
      List<Item> found = new ArrayList<>();
      for (Row row : rows) {
        last = row.id();
        if (!held.contains(row.id()) && !unreadable.contains(row.id())) {
          try {
            List<AuditRecord> records = new ArrayList<>(AuditRecord.read(row.records(), box));
            records.removeIf(record -> there.contains(record.draft().id()));
            found.add(Item.of(row.id(), records));
          } catch (IllegalArgumentException e) {
            unreadable.add(row.id());
            LOG.error("audit outbox row {} cannot be read and is left", row.id(), e);
          }
        }
      }
      if (!found.isEmpty()) {
        takeover.take(found);
      }
      if (rows.size() < PAGE) {
        return;
      }
    }
  }
}
