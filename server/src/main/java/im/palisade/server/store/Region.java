package im.palisade.server.store;

import im.palisade.compliance.audit.AuditEvent;
import im.palisade.compliance.audit.AuditEvent.Outcome;
import im.palisade.server.protocol.ImException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import java.util.function.ToIntFunction;
import javax.sql.DataSource;
import org.slf4j.LoggerFactory;

/**
 * One region's store. Every change runs in {@link #inUnitOfWork}, every read in {@link #read}; the
 * transaction isolation is READ COMMITTED. Deadlocks are retried here, so the work may run more
 * than once and must not have effects outside the transaction.
 */
public final class Region {
  private static final int DEADLOCK_RETRIES = 5;
  private static final Duration LOST_CONNECTIONS = Duration.ofSeconds(3);

  private final String name;
  private final DataSource dataSource;
  private volatile AuditTrail trail;

  public Region(String name, DataSource dataSource) {
    this.name = name;
    this.dataSource = dataSource;
    // Last: it asks for the name.
    this.trail = new OutboxTrail(this);
  }

  /** The region's name. */
  public String name() {
    return name;
  }

  /** Says where audit events go; at composition only. Until then they stay in the outbox. */
  public void recordTo(AuditTrail other) {
    trail = other;
  }

  /** Where audit events of no transaction go. */
  public AuditTrail trail() {
    return trail;
  }

  /**
   * Reads content on record: the intent is durable before anything is read, the outcome follows.
   *
   * @param event of a type for content, of any outcome
   * @param count items that were read
   * @throws AuditUnavailableException when the intent cannot be recorded; nothing is read then
   */
  public <T> T reading(AuditEvent event, ToIntFunction<T> count, Supplier<T> read) {
    trail.append(List.of(event.withOutcome(Outcome.INTENT)));
    try {
      T found = read.get();
      trail.offer(event.withOutcome(Outcome.SUCCESS).withCount(count.applyAsInt(found)));
      return found;
    } catch (ImException e) {
      trail.offer(event.withOutcome(Outcome.FAILURE).withOutcomeCode(e.code()).withCount(0));
      throw e;
    } catch (RuntimeException e) {
      trail.offer(event.withOutcome(Outcome.FAILURE).withCount(0));
      throw e;
    }
  }

  /**
   * Runs a read on a connection in auto-commit mode.
   *
   * @throws StoreException when the database fails
   */
  public <T> T read(SqlFunction<Connection, T> work) {
    try (Connection connection = dataSource.getConnection()) {
      return work.apply(connection);
    } catch (SQLException e) {
      throw new StoreException("read in region " + name, e, false);
    }
  }

  /**
   * Runs a change as one transaction together with the audit events it records; durable on return.
   *
   * <p>When it records a fail-closed event, that is in the audit log on return.
   *
   * @throws StoreException when the database fails; see {@link StoreException#outcomeUnknown}
   * @throws AuditUnavailableException when a fail-closed event cannot be recorded
   */
  public <T> T inUnitOfWork(SqlFunction<UnitOfWork, T> work) {
    for (int attempt = 1; ; attempt++) {
      try {
        return attempt(work);
      } catch (SQLException e) {
        if (!isTransient(e) || attempt > DEADLOCK_RETRIES) {
          throw new StoreException("write in region " + name, e, false);
        }
      }
    }
  }

  /**
   * A connection out of the pool, auto-commit off, for a caller that runs its own transactions.
   * After a restart of the database every one in the pool may be dead; those are passed over.
   *
   * @throws StoreException when none can be had
   */
  public Connection openTransaction() {
    long begin = System.nanoTime();
    while (true) {
      try {
        Connection connection = dataSource.getConnection();
        if (begins(connection, begin)) {
          return connection;
        }
      } catch (SQLException e) {
        throw new StoreException("connect to region " + name, e, false);
      }
    }
  }

  /** Whether the connection is alive; gives it back to the pool unless it can be used. */
  private static boolean begins(Connection connection, long begin) throws SQLException {
    boolean usable = false;
    try {
      connection.setAutoCommit(false);
      usable = true;
    } catch (SQLException e) {
      if (!isConnectionLost(e) || System.nanoTime() - begin > LOST_CONNECTIONS.toNanos()) {
        throw e;
      }
    } finally {
      if (!usable) {
        connection.close();
      }
    }
    return usable;
  }

  /** Whether the same work may succeed when repeated at once: deadlock or lock wait timeout. */
  public static boolean isTransient(SQLException e) {
    return e.getErrorCode() == 1213 || e.getErrorCode() == 1205;
  }

  /** Whether the connection is gone; work not yet committed may be repeated on another. */
  public static boolean isConnectionLost(SQLException e) {
    String state = e.getSQLState();
    return state != null && state.startsWith("08");
  }

  private <T> T attempt(SqlFunction<UnitOfWork, T> work) throws SQLException {
    AtomicReference<UnitOfWork> ended = new AtomicReference<>();
    AtomicReference<Recording> recording = new AtomicReference<>(Recording.NONE);
    T result;
    try {
      result = transact(work, ended, recording);
    } finally {
      // The connection is back in the pool: what follows may need one itself.
      Optional.ofNullable(ended.get()).ifPresent(UnitOfWork::committed);
    }
    recording.get().await();
    return result;
  }

  private <T> T transact(
      SqlFunction<UnitOfWork, T> work,
      AtomicReference<UnitOfWork> ended,
      AtomicReference<Recording> recording)
      throws SQLException {
    try (Connection connection = dataSource.getConnection()) {
      connection.setAutoCommit(false);
      boolean done = false;
      try {
        // The pool turns auto-commit on again; here that could hide how a broken commit ended.
        UnitOfWork unit = new UnitOfWork(connection);
        T result = work.apply(unit);
        recording.set(write(connection, unit.events()));
        unit.counts().write(connection);
        ended.set(unit);
        commit(connection);
        done = true;
        recording.get().committed();
        return result;
      } finally {
        if (!done) {
          recording.get().released();
          rollbackQuietly(connection);
        }
      }
    }
  }

  private void commit(Connection connection) {
    try {
      connection.commit();
    } catch (SQLException e) {
      throw new StoreException("commit in region " + name, e, true);
    }
  }

  /**
   * Writes events as one outbox row of a transaction of the caller's, who tells the recording how
   * the transaction ended.
   */
  public Recording write(Connection connection, List<AuditEvent> events) throws SQLException {
    return Recording.write(trail, connection, events);
  }

  /** Rolls back a transaction whose connection may be broken. */
  public static void rollbackQuietly(Connection connection) {
    try {
      connection.rollback();
    } catch (SQLException e) {
      // The connection is broken: the server rolls back by itself and the pool discards it.
      LoggerFactory.getLogger(Region.class).debug("rollback", e);
    }
  }
}
