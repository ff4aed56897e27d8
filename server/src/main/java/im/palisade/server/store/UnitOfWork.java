package im.palisade.server.store;

import im.palisade.compliance.audit.AuditEvent;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One transaction and the audit events of what it changes. Committing writes the events as one
 * outbox row of the same transaction: no change without its record, no record without its change.
 * From there they go to the audit log.
 */
public final class UnitOfWork {
  private static final Logger log = LoggerFactory.getLogger(UnitOfWork.class);

  private final Connection connection;
  private final List<AuditEvent> events = new ArrayList<>();
  private final List<Runnable> afterCommit = new ArrayList<>();
  private Counts counts = new Counts();

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

  /** What statistics count of the change; becomes durable with it. */
  public Counts counts() {
    return counts;
  }

  /**
   * Registers what must follow the change: forgetting what is cached, telling sessions. It runs in
   * the order registered, on the caller's thread, after the commit and before the caller goes on;
   * also when the commit's outcome is unknown, since the change may have happened. What it throws
   * is logged.
   */
  public void onCommit(Runnable follower) {
    afterCommit.add(follower);
  }

  /** A place in the work, up to which it can be taken back. */
  public static final class Mark {
    private final Savepoint savepoint;
    private final int events;
    private final int followers;
    private final byte[] counts;

    private Mark(Savepoint savepoint, int events, int followers, byte[] counts) {
      this.savepoint = savepoint;
      this.events = events;
      this.followers = followers;
      this.counts = counts;
    }
  }

  /** Where the work has come to. */
  public Mark mark() throws SQLException {
    return new Mark(connection.setSavepoint(), events.size(), afterCommit.size(), counts.encode());
  }

  /** Takes back everything since a mark: what was changed, recorded, counted and to follow. */
  public void takeBack(Mark mark) throws SQLException {
    connection.rollback(mark.savepoint);
    events.subList(mark.events, events.size()).clear();
    afterCommit.subList(mark.followers, afterCommit.size()).clear();
    counts = Counts.decode(mark.counts);
  }

  List<AuditEvent> events() {
    return events;
  }

  void committed() {
    for (Runnable follower : afterCommit) {
      try {
        follower.run();
      } catch (RuntimeException e) {
        log.error("what follows a commit failed", e);
      }
    }
  }
}
