package im.palisade.server.store;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collection;
import java.util.List;

/**
 * Statement texts whose length follows the number of rows. Lengths are powers of two, so that a
 * handful of prepared statements per connection serves every batch.
 */
public final class Sql {
  /** Most rows in one statement. */
  public static final int MAX_ROWS = 256;

  private static final int SIZES = 9;

  /** Binds a row that is one number. */
  public static final Binder<Long> ID =
      (statement, at, id) -> {
        statement.setLong(at, id);
        return at + 1;
      };

  private final String[] bySize = new String[SIZES];

  /**
   * A family of statements.
   *
   * @param head up to the rows
   * @param row one row, e.g. {@code (?, ?)}
   * @param tail after the rows
   */
  public Sql(String head, String row, String tail) {
    this(head, row, ", ", tail);
  }

  /** The same with something else between the rows. */
  public Sql(String head, String row, String separator, String tail) {
    for (int i = 0; i < SIZES; i++) {
      int rows = 1 << i;
      StringBuilder text = new StringBuilder(head.length() + tail.length() + rows * row.length());
      text.append(head).append(row);
      for (int r = 1; r < rows; r++) {
        text.append(separator).append(row);
      }
      bySize[i] = text.append(tail).toString();
    }
  }

  /** Sets the parameters of one row from an index on. */
  @FunctionalInterface
  public interface Binder<R> {
    /** Returns the index after those it has set. */
    int bind(PreparedStatement statement, int at, R row) throws SQLException;
  }

  /** Takes one row of a result; must not move it. */
  @FunctionalInterface
  public interface RowReader {
    void read(ResultSet row) throws SQLException;
  }

  /**
   * Selects by any number of values, which stand where the family's rows do, as {@code IN} lists.
   *
   * @param leading parameters that precede them in every statement
   * @param values without duplicates, else their rows may be read more than once
   */
  public <R> void select(
      Connection connection,
      List<Long> leading,
      Collection<R> values,
      Binder<R> binder,
      RowReader reader)
      throws SQLException {
    List<R> all = List.copyOf(values);
    for (int done = 0; done < all.size(); done += MAX_ROWS) {
      List<R> part = all.subList(done, Math.min(all.size(), done + MAX_ROWS));
      int size = padded(part.size());
      try (PreparedStatement select = connection.prepareStatement(exactly(size))) {
        int at = bindLeading(select, leading);
        for (int i = 0; i < size; i++) {
          at = binder.bind(select, at, part.get(Math.min(i, part.size() - 1)));
        }
        try (ResultSet rows = select.executeQuery()) {
          while (rows.next()) {
            reader.read(rows);
          }
        }
      }
    }
  }

  /**
   * Inserts, updates or deletes any number of rows in as few statements as they fit.
   *
   * @param leading parameters that precede them in every statement
   * @return rows the database says it changed
   */
  public <R> int update(
      Connection connection, List<Long> leading, Collection<R> rows, Binder<R> binder)
      throws SQLException {
    List<R> all = List.copyOf(rows);
    int done = 0;
    int changed = 0;
    while (done < all.size()) {
      int size = fitting(all.size() - done);
      try (PreparedStatement update = connection.prepareStatement(exactly(size))) {
        int at = bindLeading(update, leading);
        for (R row : all.subList(done, done + size)) {
          at = binder.bind(update, at, row);
        }
        changed += update.executeUpdate();
      }
      done += size;
    }
    return changed;
  }

  private static int bindLeading(PreparedStatement statement, List<Long> leading)
      throws SQLException {
    int at = 1;
    for (long value : leading) {
      statement.setLong(at++, value);
    }
    return at;
  }

  /** The statement for exactly that power of two of rows. */
  public String exactly(int rows) {
    return bySize[Integer.numberOfTrailingZeros(rows)];
  }

  /** Size of the statement that takes {@code rows} when the last value is repeated as padding. */
  public static int padded(int rows) {
    return rows <= 1 ? 1 : Integer.highestOneBit(rows - 1) << 1;
  }

  /** Size of the largest statement that takes no more than {@code rows}. */
  public static int fitting(int rows) {
    return Math.min(MAX_ROWS, Integer.highestOneBit(rows));
  }
}
