package im.palisade.server.group;

import im.palisade.server.app.App;
import im.palisade.server.audit.AuditDeclaration;
import im.palisade.server.jobs.Job;
import im.palisade.server.store.Region;
import im.palisade.server.store.Regions;
import java.sql.Connection;
import java.time.Duration;
import java.util.List;

/**
 * Takes out what dissolved groups and topics have left, in small transactions beside the lanes of
 * messages: a community has a hundred thousand members. Dissolution itself only marks; a server
 * that dies in between goes on when it is back.
 */
final class GroupRemains {
  private static final int BATCH = 1_000;
  private static final Duration EVERY = Duration.ofMinutes(1);

  private final Regions regions;
  private final MemberStore members;
  private final RemainsStore store = new RemainsStore();

  GroupRemains(Regions regions, MemberStore members) {
    this.regions = regions;
    this.members = members;
  }

  /** Goes on with what a server that ended has left. */
  Job job() {
    return new Job(
        "group-remains",
        EVERY,
        AuditDeclaration.none("the dissolution is on record"),
        () -> regions.all().forEach(GroupRemains.this::cleanAll));
  }

  /** Cleans up after a dissolution: at once what is little, the rest in the background. */
  void clean(App app, long conversationId) {
    Region region = regions.of(app);
    if (!step(region, conversationId)) {
      Thread.startVirtualThread(() -> finish(region, conversationId));
    }
  }

  private void cleanAll(Region region) {
    region.read(store::left).forEach(id -> finish(region, id));
  }

  private void finish(Region region, long conversationId) {
    boolean done = false;
    while (!done) {
      done = step(region, conversationId);
    }
  }

  /** One transaction's worth; true when nothing is left. */
  private boolean step(Region region, long conversationId) {
    return region.inUnitOfWork(
        unit -> {
          Connection connection = unit.connection();
          List<Long> some = members.some(connection, conversationId, BATCH);
          members.end(connection, conversationId, some);
          boolean done = some.size() < BATCH;
          done &= store.deleteSome(connection, conversationId, BATCH);
          if (done) {
            store.forget(connection, conversationId);
          }
          return done;
        });
  }
}
