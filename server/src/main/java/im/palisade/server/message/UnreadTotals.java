package im.palisade.server.message;

import java.sql.Connection;
import java.sql.SQLException;

/** Unread messages of all one-to-one conversations of an account together. */
public final class UnreadTotals {
  private final UnreadStore store = new UnreadStore();

  /** As the connection's transaction sees it; at most 250 of each conversation count. */
  public int of(Connection connection, long accountId) throws SQLException {
    return store.unread(connection, accountId).values().stream().mapToInt(Integer::intValue).sum();
  }
}
