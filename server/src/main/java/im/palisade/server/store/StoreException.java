package im.palisade.server.store;

import im.palisade.server.protocol.ErrorCode;
import im.palisade.server.protocol.ImException;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;

/**
 * The database refused or could not be reached. The caller's work was rolled back unless stated.
 */
public class StoreException extends RuntimeException {
  private static final String POOL_SAYS = "Connection is not available, request timed out";

  private final boolean outcomeUnknown;
  private final boolean busy;

  public StoreException(String message, SQLException cause, boolean outcomeUnknown) {
    super(message, cause);
    this.outcomeUnknown = outcomeUnknown;
    this.busy = isPoolExhausted(cause);
  }

  StoreException(String message, boolean outcomeUnknown) {
    super(message);
    this.outcomeUnknown = outcomeUnknown;
    this.busy = false;
  }

  /** True when the connection was lost during the commit, so that the work may have happened. */
  public boolean outcomeUnknown() {
    return outcomeUnknown;
  }

  /** True when nothing is broken: no connection came free in time, and nothing was begun. */
  public boolean isBusy() {
    return busy;
  }

  /**
   * What a caller is told: to come again later when there is too much to do (error-codes 60018),
   * else what its family says of faults.
   *
   * @param internal nothing was done
   * @param unknown it may have been done
   */
  public ImException refusal(ErrorCode internal, ErrorCode unknown) {
    return new ImException(busy ? ErrorCode.OVERLOADED : outcomeUnknown ? unknown : internal);
  }

  /** The pool says so without a cause; with one the database could not be reached. */
  private static boolean isPoolExhausted(SQLException cause) {
    return cause instanceof SQLTransientConnectionException
        && cause.getCause() == null
        && cause.getSQLState() == null
        && String.valueOf(cause.getMessage()).contains(POOL_SAYS);
  }
}
