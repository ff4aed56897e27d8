package im.palisade.server.store;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import im.palisade.compliance.audit.AuditEvent;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
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
  private static final JsonMapper AUDIT_JSON =
      JsonMapper.builder().addModule(new JavaTimeModule()).build();

  private final String name;
  private final DataSource dataSource;

  public Region(String name, DataSource dataSource) {
    this.name = name;
    this.dataSource = dataSource;
  }

  /** The region's name. */
  public String name() {
    return name;
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
   * @throws StoreException when the database fails; see {@link StoreException#outcomeUnknown}
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
    try {
      return transact(work, ended);
    } finally {
      // The connection is back in the pool: what follows may need one itself.
      Optional.ofNullable(ended.get()).ifPresent(UnitOfWork::committed);
    }
  }

  private <T> T transact(SqlFunction<UnitOfWork, T> work, AtomicReference<UnitOfWork> ended)
      throws SQLException {
    try (Connection connection = dataSource.getConnection()) {
      connection.setAutoCommit(false);
      boolean done = false;
      try {
        // The pool turns auto-commit on again; here that could hide how a broken commit ended.
        UnitOfWork unit = new UnitOfWork(connection);
        T result = work.apply(unit);
        writeOutbox(connection, unit.events());
        unit.counts().write(connection);
        ended.set(unit);
        commit(connection);
        done = true;
        return result;
      } finally {
        if (!done) {
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

  /** Writes a unit's events as one outbox row on a transaction of the caller's. */
  public static void writeOutbox(Connection connection, List<AuditEvent> events)
      throws SQLException {
    if (events.isEmpty()) {
      return;
    }
    try (PreparedStatement insert =
        connection.prepareStatement(
            "INSERT INTO audit_outbox (recorded_at, events) VALUES (UTC_TIMESTAMP(6), ?)")) {
      insert.setBytes(1, AUDIT_JSON.writeValueAsBytes(events));
      insert.executeUpdate();
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("an audit event can always be written", e);
    }
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
