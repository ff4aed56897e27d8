package im.palisade.server.store;

import im.palisade.compliance.audit.AuditEvent;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** The records of one transaction, from the outbox row to the moment when its caller may go on. */
public final class Recording {
  /** The records of a transaction that has none. */
  public static final Recording NONE = new Recording(List.of(), 0, null);

  /** Past a caller's patience; what is not durable by then has an unknown outcome. */
  private static final long MOST_SECONDS = 10;

  private final List<AuditRecord> records;
  private final long row;
  private final AuditTrail trail;
  private CompletableFuture<Void> durable = CompletableFuture.completedFuture(null);

  private Recording(List<AuditRecord> records, long row, AuditTrail trail) {
    this.records = records;
    this.row = row;
    this.trail = trail;
  }

  static Recording write(AuditTrail trail, Connection connection, List<AuditEvent> events)
      throws SQLException {
    if (events.isEmpty()) {
      return NONE;
    }
    List<AuditRecord> records = trail.prepare(events);
    if (records.isEmpty()) {
      return NONE;
    }
    long row;
    try (PreparedStatement insert =
        connection.prepareStatement(
            "INSERT INTO audit_outbox (recorded_at, events) VALUES (UTC_TIMESTAMP(6), ?)",
            Statement.RETURN_GENERATED_KEYS)) {
      insert.setBytes(1, trail.row(records));
      insert.executeUpdate();
      try (ResultSet keys = insert.getGeneratedKeys()) {
        keys.next();
        row = keys.getLong(1);
      }
    }
    trail.hold(row);
    return new Recording(records, row, trail);
  }

  /** The transaction has committed. */
  public void committed() {
    if (row != 0) {
      durable = trail.committed(row, records);
    }
  }

  /** The transaction did not commit, or nobody knows. */
  public void released() {
    if (row != 0) {
      trail.release(row);
    }
  }

  /**
   * Waits until what the act may not be without is durable.
   *
   * @throws AuditUnavailableException with an unknown outcome, when it is not
   */
  public void await() {
    try {
      durable.get(MOST_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException | TimeoutException e) {
      throw new AuditUnavailableException(true);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AuditUnavailableException(true);
    }
  }
}
