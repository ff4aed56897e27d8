package im.palisade.server.store;

import im.palisade.compliance.audit.AuditEvent;
import java.sql.Connection;
import java.util.ArrayList;
import java.util.List;

/**
 * One transaction and the audit events of what it changes. Committing writes the events as one
 * outbox row of the same transaction: no change without its record, no record without its change.
 */
public final class UnitOfWork {
  private final Connection connection;
  private final List<AuditEvent> events = new ArrayList<>();

  UnitOfWork(Connection connection) {
    this.connection = connection;
  }

  /** The transaction's connection; it must not be committed, closed or kept. */
  public Connection connection() {
    return connection;
  }

  /** Adds an event that becomes durable with the change. */
  public void record(AuditEvent event) {
    events.add(event);
  }

  List<AuditEvent> events() {
    return events;
  }
}
