package im.palisade.server.testing;

import com.mysql.cj.jdbc.JdbcConnection;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;

/** A real data source whose connecting and committing a test can take into its own hands. */
public final class HookedDataSource {
  private final DataSource real;
  private final AtomicInteger connects = new AtomicInteger();
  private volatile Connecting connecting = DataSource::getConnection;
  private volatile Committing committing = Connection::commit;

  public HookedDataSource(DataSource real) {
    this.real = real;
  }

  /** What happens when somebody wants a connection. */
  public interface Connecting {
    Connection connect(DataSource real) throws SQLException;
  }

  /** What happens when somebody commits. */
  public interface Committing {
    void commit(Connection real) throws SQLException;
  }

  public void atConnect(Connecting hook) {
    connecting = hook;
  }

  public void atCommit(Committing hook) {
    committing = hook;
  }

  public void behave() {
    connecting = DataSource::getConnection;
    committing = Connection::commit;
  }

  /** The commit happens, its answer is lost. */
  public static void loseAfterCommit(Connection real) throws SQLException {
    real.commit();
    cut(real);
    throw new SQLException("the connection broke", "08S01");
  }

  /** The commit is lost on its way. */
  public static void loseBeforeCommit(Connection real) throws SQLException {
    cut(real);
    throw new SQLException("the connection broke", "08S01");
  }

  /** Breaks a connection as a network would; its transaction is rolled back. */
  public static void cut(Connection real) throws SQLException {
    real.unwrap(JdbcConnection.class).abortInternal();
  }

  /** How often a connection was asked for. */
  public int connects() {
    return connects.get();
  }

  /** What to hand to the code under test. */
  public DataSource dataSource() {
    return proxy(
        DataSource.class,
        (method, arguments) -> {
          if (method.getName().equals("getConnection")) {
            connects.incrementAndGet();
            return hooked(connecting.connect(real));
          }
          return method.invoke(real, arguments);
        });
  }

  private Connection hooked(Connection connection) {
    return proxy(
        Connection.class,
        (method, arguments) -> {
          if (method.getName().equals("commit")) {
            committing.commit(connection);
            return null;
          }
          return method.invoke(connection, arguments);
        });
  }

  /** A call of a method that a proxy stands before. */
  public interface Call {
    Object on(java.lang.reflect.Method method, Object[] arguments) throws Throwable;
  }

  /** An object of an interface whose every call takes one way; throws what was thrown there. */
  public static <T> T proxy(Class<T> type, Call call) {
    return type.cast(
        Proxy.newProxyInstance(
            type.getClassLoader(),
            new Class<?>[] {type},
            (self, method, arguments) -> {
              try {
                return call.on(method, arguments);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            }));
  }
}
