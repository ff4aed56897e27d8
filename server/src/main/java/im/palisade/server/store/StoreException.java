package im.palisade.server.store;

import java.sql.SQLException;

/**
 * The database refused or could not be reached. The caller's work was rolled back unless stated.
 */
public class StoreException extends RuntimeException {
  private final boolean outcomeUnknown;

  public StoreException(String message, SQLException cause, boolean outcomeUnknown) {
    super(message, cause);
    this.outcomeUnknown = outcomeUnknown;
  }

  StoreException(String message, boolean outcomeUnknown) {
    super(message);
    this.outcomeUnknown = outcomeUnknown;
  }

  /** True when the connection was lost during the commit, so that the work may have happened. */
  public boolean outcomeUnknown() {
    return outcomeUnknown;
  }
}
