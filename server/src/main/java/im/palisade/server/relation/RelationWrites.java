package im.palisade.server.relation;

import im.palisade.server.account.Account;
import im.palisade.server.app.App;
import im.palisade.server.audit.Cause;
import im.palisade.server.protocol.ErrorCode;
import im.palisade.server.protocol.ImException;
import im.palisade.server.store.Region;
import im.palisade.server.store.Regions;
import im.palisade.server.store.SqlFunction;
import im.palisade.server.store.StoreException;
import java.sql.SQLException;
import java.time.Clock;
import java.util.Collection;
import java.util.Map;

/** Runs changes of relations as transactions. */
final class RelationWrites {
  private final Regions regions;
  private final RelationStores stores;
  private final RelationEvents events;
  private final RelationHook hook;
  private final Clock clock;

  RelationWrites(
      Regions regions,
      RelationStores stores,
      RelationEvents events,
      RelationHook hook,
      Clock clock) {
    this.hook = hook;
    this.regions = regions;
    this.stores = stores;
    this.events = events;
    this.clock = clock;
  }

  /**
   * Changes the relations of an account with others, which are locked meanwhile. The work may run
   * more than once.
   *
   * @throws ImException 30003 when the owner was deleted, 30008 when others change the same all the
   *     time
   */
  <T> T change(
      App app,
      Account owner,
      Collection<Long> others,
      Cause cause,
      SqlFunction<RelationUnit, T> work) {
    try {
      return regions
          .of(app)
          .inUnitOfWork(
              unit -> {
                RelationUnit relations =
                    new RelationUnit(app, owner, others, clock.instant(), unit, stores);
                T result = work.apply(relations);
                relations.finish(cause, events, hook);
                return result;
              });
    } catch (StoreException e) {
      if (e.getCause() instanceof SQLException reason && Region.isTransient(reason)) {
        throw new ImException(ErrorCode.RELATION_CONFLICT);
      }
      throw e;
    }
  }

  /**
   * The same for a call each of whose accounts stands for itself.
   *
   * @param locked ids of those among them whose relations change as well
   * @return what failed, by UserID, those included that could not be acted on
   */
  Map<String, RelationFault> changeEach(
      App app,
      Addressees addressees,
      Collection<Long> locked,
      Cause cause,
      SqlFunction<RelationUnit, Map<String, RelationFault>> work) {
    return addressees.with(change(app, addressees.owner(), locked, cause, work));
  }
}
