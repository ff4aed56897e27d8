package im.palisade.server.relation;

import im.palisade.server.account.Account;
import im.palisade.server.app.App;
import im.palisade.server.audit.Cause;
import im.palisade.server.store.UnitOfWork;
import java.sql.SQLException;
import java.util.List;

/** Takes part in the transaction that changes relations. */
@FunctionalInterface
public interface RelationHook {
  /** Nobody takes part. */
  RelationHook NONE = (unit, change, cause) -> {};

  /** One entry of somebody's list. */
  record Pair(String from, String to) {}

  /**
   * What an act changed; imports of friends and the emptying of a whole list tell of no friends.
   *
   * @param owner whose act it is
   * @param forced whether nobody was asked
   */
  record Change(
      App app,
      Account owner,
      boolean forced,
      List<Pair> friendsAdded,
      List<Pair> friendsRemoved,
      List<Pair> blocked,
      List<Pair> unblocked) {}

  /** Relations have changed. */
  void changed(UnitOfWork unit, Change change, Cause cause) throws SQLException;
}
