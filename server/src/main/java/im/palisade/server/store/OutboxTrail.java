package im.palisade.server.store;

import im.palisade.compliance.audit.AuditEvent;
import im.palisade.compliance.event.EventEncoder;
import im.palisade.server.security.SecretBox;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** The trail of a region that has no log (yet): events stay in the outbox until one takes them. */
final class OutboxTrail implements AuditTrail {
  private final Region region;
  private final EventEncoder encoder;
  private final SecretBox box = new SecretBox("0".repeat(64));

  OutboxTrail(Region region) {
    this.region = region;
    this.encoder = new EventEncoder("none", region.name());
  }

  @Override
  public boolean records(String type) {
    return true;
  }

  @Override
  public List<AuditRecord> prepare(List<AuditEvent> events) {
    return AuditRecord.encode(encoder, events);
  }

  @Override
  public byte[] row(List<AuditRecord> records) {
    return AuditRecord.write(records, box);
  }

  @Override
  public void hold(long row) {}

  @Override
  public void release(long row) {}

  @Override
  public CompletableFuture<Void> committed(long row, List<AuditRecord> records) {
    return CompletableFuture.completedFuture(null);
  }

  @Override
  public void append(List<AuditEvent> events) {
    region.inUnitOfWork(
        unit -> {
          events.forEach(unit::record);
          return null;
        });
  }

  @Override
  public void offer(AuditEvent event) {
    append(List.of(event));
  }
}
