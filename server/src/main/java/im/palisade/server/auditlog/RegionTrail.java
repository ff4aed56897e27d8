package im.palisade.server.auditlog;

import im.palisade.compliance.audit.AuditEvent;
import im.palisade.compliance.audit.AuditEvent.Channel;
import im.palisade.compliance.audit.AuditEvent.Target;
import im.palisade.compliance.audit.AuditEventCatalogue;
import im.palisade.server.security.SecretBox;
import im.palisade.server.store.AuditRecord;
import im.palisade.server.store.AuditTrail;
import im.palisade.server.store.AuditUnavailableException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** The way of a region's events into its log. */
final class RegionTrail implements AuditTrail {
  private static final CompletableFuture<Void> NOBODY_WAITS =
      CompletableFuture.completedFuture(null);
  private static final long MOST_SECONDS = 10;

  /** Accounts, messages or other items of one call from which on it is a bulk call. */
  private static final int BULK = 100;

  private final LogKeeper keeper;
  private final Relay relay;
  private final SecretBox box;
  private final Set<String> optional;

  RegionTrail(LogKeeper keeper, Relay relay, SecretBox box, Set<String> optional) {
    this.keeper = keeper;
    this.relay = relay;
    this.box = box;
    this.optional = optional;
  }

  @Override
  public boolean records(String type) {
    return AuditEventCatalogue.shipped().type(type).mandatory() || optional.contains(type);
  }

  @Override
  public List<AuditRecord> prepare(List<AuditEvent> events) {
    List<AuditEvent> all = new ArrayList<>(events.size());
    for (AuditEvent event : events) {
      if (records(event.type())) {
        all.add(event);
      }
      if (event.count() >= BULK && event.source().channel() == Channel.REST) {
        all.add(bulk(event));
      }
    }
    List<AuditRecord> records = AuditRecord.encode(keeper.encoder(), all);
    if (relay.refuses() && records.stream().anyMatch(AuditRecord::failClosed)) {
      relay.countRefusal();
      throw new AuditUnavailableException(false);
    }
    return records;
  }

  /** Who touches many at once by REST is to be found by that alone. */
  private static AuditEvent bulk(AuditEvent event) {
    return AuditEvent.of(
            "rest.bulk",
            event.time(),
            event.app(),
            event.outcome(),
            event.actor(),
            event.source(),
            List.of(new Target("event-type", event.type())),
            event.request())
        .withCount(event.count());
  }

  @Override
  public byte[] row(List<AuditRecord> records) {
    return AuditRecord.write(records, box);
  }

  @Override
  public void hold(long row) {
    relay.hold(row);
  }

  @Override
  public void release(long row) {
    relay.release(row);
  }

  @Override
  public CompletableFuture<Void> committed(long row, List<AuditRecord> records) {
    CompletableFuture<Void> durable = relay.take(row, records);
    return records.stream().anyMatch(AuditRecord::failClosed) ? durable : NOBODY_WAITS;
  }

  @Override
  public void append(List<AuditEvent> events) {
    List<AuditRecord> records = prepare(events);
    if (records.isEmpty()) {
      return;
    }
    try {
      relay.take(0, records).get(MOST_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException | TimeoutException e) {
      throw new AuditUnavailableException(false);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AuditUnavailableException(false);
    }
  }

  @Override
  public void offer(AuditEvent event) {
    List<AuditRecord> records =
        records(event.type())
            ? AuditRecord.encode(keeper.encoder(), List.of(event)).stream()
                .map(record -> new AuditRecord(record.draft(), false, record.aside()))
                .toList()
            : List.of();
    if (!records.isEmpty()) {
      var _ = relay.take(0, records);
    }
  }
}
