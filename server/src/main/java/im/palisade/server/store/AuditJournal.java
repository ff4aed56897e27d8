package im.palisade.server.store;

import im.palisade.compliance.audit.AuditEvent;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Takes audit events that belong to no transaction (sign-ons, refusals, summaries) and writes them
 * to the outbox in batches. Only for types that are not fail-closed: the act does not wait.
 */
public final class AuditJournal implements AutoCloseable {
  private final Regions regions;
  private final Map<String, BatchWorker<AuditEvent>> workers = new ConcurrentHashMap<>();

  public AuditJournal(Regions regions) {
    this.regions = regions;
  }

  /** Records an event in the region of its app. */
  public void record(Tenant app, AuditEvent event) {
    worker(regions.of(app)).add(event);
  }

  /** Records an event of the installation. */
  public void record(AuditEvent event) {
    worker(regions.home()).add(event);
  }

  /** Writes what has come and ends. */
  @Override
  public void close() {
    for (BatchWorker<AuditEvent> worker : workers.values()) {
      worker.close();
    }
  }

  private BatchWorker<AuditEvent> worker(Region region) {
    return workers.computeIfAbsent(
        region.name(),
        name -> new BatchWorker<>("audit-journal-" + name, events -> write(region, events)));
  }

  private static void write(Region region, List<AuditEvent> events) {
    region.inUnitOfWork(
        unit -> {
          events.forEach(unit::record);
          return null;
        });
  }
}
