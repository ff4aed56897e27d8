package im.palisade.server.auditlog;

import im.palisade.compliance.audit.AuditEvent;
import im.palisade.server.store.AuditRecord;
import im.palisade.server.store.AuditTrail;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** A trail that only remembers. */
final class RecordedEvents implements AuditTrail {
  final List<AuditEvent> events = new ArrayList<>();

  List<String> types() {
    return events.stream().map(AuditEvent::type).toList();
  }

  @Override
  public boolean records(String type) {
    return true;
  }

  @Override
  public List<AuditRecord> prepare(List<AuditEvent> prepared) {
    throw new UnsupportedOperationException();
  }

  @Override
  public byte[] row(List<AuditRecord> records) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void hold(long row) {}

  @Override
  public void release(long row) {}

  @Override
  public CompletableFuture<Void> committed(long row, List<AuditRecord> records) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void append(List<AuditEvent> appended) {
    events.addAll(appended);
  }

  @Override
  public void offer(AuditEvent event) {
    events.add(event);
  }
}
