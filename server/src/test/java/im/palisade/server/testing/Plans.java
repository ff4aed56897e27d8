package im.palisade.server.testing;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import im.palisade.server.store.SqlFunction;
import java.lang.reflect.Method;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import javax.sql.DataSource;

/** How the database goes about what a store reads. */
public final class Plans {
  /** What a read may touch besides its rows: ends of ranges, the statement's own bookkeeping. */
  private static final int SLACK = 10;

  private Plans() {}

  /** One table of one statement, as EXPLAIN shows it. */
  public record Step(String table, String type, String key, String extra) {
    /** Whether a whole table or a whole index of it is read. */
    public boolean isScan() {
      return !table.startsWith("<") && Set.of("ALL", "index").contains(type);
    }
  }

  /** Runs a read and tells the steps of all its statements; it must have some. */
  public static List<Step> of(Connection connection, SqlFunction<Connection, ?> read)
      throws SQLException {
    List<Step> steps = new ArrayList<>();
    read.apply(explaining(connection, steps));
    assertFalse(steps.isEmpty(), "no statement was explained");
    return steps;
  }

  /** Rows the engine touches for a read. */
  public static long rowsTouched(Connection connection, SqlFunction<Connection, ?> read)
      throws SQLException {
    long before = rowsRead(connection);
    read.apply(connection);
    return rowsRead(connection) - before;
  }

  /** Holds that a read scans no table and touches no more than so many rows. */
  public static void holdNoScan(DataSource dataSource, int rows, SqlFunction<Connection, ?> read)
      throws SQLException {
    try (Connection connection = dataSource.getConnection()) {
      List<Step> steps = of(connection, read);
      steps.forEach(step -> assertFalse(step.isScan(), steps::toString));
      long touched = rowsTouched(connection, read);
      assertTrue(touched <= rows + SLACK, () -> touched + " rows read by " + steps);
    }
  }

  /** A connection whose queries are explained before they are run. */
  private static Connection explaining(Connection real, List<Step> steps) {
    return HookedDataSource.proxy(
        Connection.class,
        (method, arguments) -> {
          if (!method.getName().equals("prepareStatement")) {
            return method.invoke(real, arguments);
          }
          String sql = (String) arguments[0];
          PreparedStatement statement = (PreparedStatement) method.invoke(real, arguments);
          PreparedStatement explain = real.prepareStatement("EXPLAIN " + sql);
          return HookedDataSource.proxy(
              PreparedStatement.class,
              (call, values) -> {
                explain(call, values, explain, steps);
                return call.invoke(statement, values);
              });
        });
  }

  private static void explain(
      Method call, Object[] values, PreparedStatement explain, List<Step> steps) throws Throwable {
    switch (call.getName()) {
      case "executeQuery" -> {
        try (ResultSet plan = explain.executeQuery()) {
          while (plan.next()) {
            steps.add(
                new Step(
                    "" + plan.getString("table"),
                    "" + plan.getString("type"),
                    "" + plan.getString("key"),
                    "" + plan.getString("Extra")));
          }
        }
      }
      case "setFetchSize" -> {}
      case "close" -> explain.close();
      default -> call.invoke(explain, values);
    }
  }

  private static long rowsRead(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery("SHOW SESSION STATUS LIKE 'Handler\\_read\\_%'")) {
      long read = 0;
      while (rows.next()) {
        // Reading the status itself scans a table of its own.
        if (!rows.getString(1).startsWith("Handler_read_rnd")) {
          read += rows.getLong(2);
        }
      }
      return read;
    }
  }
}
