package im.palisade.server.store;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Says whether the database answers, over a connection of its own: a busy pool is no sign of a
 * database that is away.
 */
final class ReachabilityProbe implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ReachabilityProbe.class);
  private static final long FRESH_NANOS = 1_000_000_000L;

  private final DataSource direct;
  private final ReentrantLock probing = new ReentrantLock();
  private Optional<Connection> connection = Optional.empty();
  private volatile boolean reachable;
  private volatile long lookedAt = System.nanoTime() - FRESH_NANOS;

  private ReachabilityProbe(DataSource direct) {
    this.direct = direct;
  }

  /** A probe that takes no answer within about a second for an absence. */
  static ReachabilityProbe of(Supplier<String> url, Properties properties) throws SQLException {
    Properties impatient = new Properties();
    impatient.putAll(properties);
    impatient.put("connectTimeout", "1000");
    impatient.put("socketTimeout", "1000");
    return new ReachabilityProbe(new DriverDataSource(url, impatient));
  }

  /** At most a second old; of several callers one asks, the others take the last answer. */
  boolean isReachable() {
    if (System.nanoTime() - lookedAt >= FRESH_NANOS && probing.tryLock()) {
      try {
        reachable = probe();
        lookedAt = System.nanoTime();
      } finally {
        probing.unlock();
      }
    }
    return reachable;
  }

  @Override
  public void close() {
    probing.lock();
    try {
      discard();
    } finally {
      probing.unlock();
    }
  }

  private boolean probe() {
    try {
      if (connection.isPresent() && connection.get().isValid(1)) {
        return true;
      }
      discard();
      connection = Optional.of(direct.getConnection());
      return true;
    } catch (SQLException e) {
      LOG.debug("the database is away", e);
      return false;
    }
  }

  private void discard() {
    if (connection.isPresent()) {
      try {
        // Not close(): that takes leave of a server which may no longer listen.
        connection.get().abort(Runnable::run);
      } catch (SQLException e) {
        LOG.debug("the probe's connection was broken", e);
      }
      connection = Optional.empty();
    }
  }
}
