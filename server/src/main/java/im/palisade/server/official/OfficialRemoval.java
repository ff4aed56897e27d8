package im.palisade.server.official;

import im.palisade.server.audit.AuditDeclaration;
import im.palisade.server.jobs.Job;
import im.palisade.server.message.Broadcasts;
import im.palisade.server.store.Region;
import im.palisade.server.store.Regions;
import java.time.Duration;
import java.util.List;

/**
 * Deletes subscriptions and messages of destroyed official accounts, a few hundred rows in a
 * transaction. Nobody finds them from the moment of their destruction; a job does what a stopped
 * server has left undone.
 */
final class OfficialRemoval {
  private static final Duration EVERY = Duration.ofMinutes(1);
  private static final int ROWS = 500;
  private static final int ACCOUNTS = 100;

  private final Regions regions;
  private final Broadcasts broadcasts;
  private final OfficialStore accounts;
  private final SubscriberStore subscribers;

  OfficialRemoval(
      Regions regions, Broadcasts broadcasts, OfficialStore accounts, SubscriberStore subscribers) {
    this.regions = regions;
    this.broadcasts = broadcasts;
    this.accounts = accounts;
    this.subscribers = subscribers;
  }

  Job job() {
    return new Job(
        "official-account-removal",
        EVERY,
        AuditDeclaration.none("the destruction itself is on record"),
        this::run);
  }

  /** Removes one that was destroyed. */
  void remove(Region region, long conversationId) {
    while (region.inUnitOfWork(
            unit -> subscribers.deleteSome(unit.connection(), conversationId, ROWS))
        > 0) {
      // Until there is none.
    }
    while (region.inUnitOfWork(unit -> broadcasts.deleteSome(unit, conversationId, ROWS)) > 0) {
      // Until there is none.
    }
    region.inUnitOfWork(
        unit -> {
          accounts.delete(unit.connection(), conversationId);
          return null;
        });
  }

  private void run() {
    for (Region region : regions.all()) {
      List<Long> gone = region.read(connection -> accounts.gone(connection, ACCOUNTS));
      gone.forEach(conversationId -> remove(region, conversationId));
    }
  }
}
