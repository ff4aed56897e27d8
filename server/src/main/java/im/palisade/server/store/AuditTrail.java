package im.palisade.server.store;

import im.palisade.compliance.audit.AuditEvent;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * Where the audit events of one region go. A change writes its records as an outbox row of its own
 * transaction and hands them over after the commit; everything else hands them over directly.
 */
public interface AuditTrail {
  /** Whether events of a type are recorded; all are but optional ones that are switched off. */
  boolean records(String type);

  /**
   * The records of these events, in final form.
   *
   * @throws AuditUnavailableException when one of them is fail-closed and could not be made durable
   *     now
   * @throws im.palisade.compliance.event.EventRefusedException when one does not follow the schema
   */
  List<AuditRecord> prepare(List<AuditEvent> events);

  /** The bytes of an outbox row of these records. */
  byte[] row(List<AuditRecord> records);

  /** An outbox row was written in a transaction that may commit: it is the caller's until told. */
  void hold(long row);

  /** The row's transaction did not commit, or nobody knows; whoever finds the row may take it. */
  void release(long row);

  /**
   * Takes the records of a committed row.
   *
   * @return completes when those that are fail-closed are durable, exceptionally with {@link
   *     AuditUnavailableException}
   */
  CompletableFuture<Void> committed(long row, List<AuditRecord> records);

  /**
   * Makes events durable that belong to no transaction, before it returns.
   *
   * @throws AuditUnavailableException when that is not possible now
   */
  void append(List<AuditEvent> events);

  /** Takes an event that nobody waits for; waits itself only while too many wait already. */
  void offer(AuditEvent event);
}
