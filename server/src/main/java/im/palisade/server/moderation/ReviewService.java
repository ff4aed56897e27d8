package im.palisade.server.moderation;

import im.palisade.compliance.audit.AuditEvent.Outcome;
import im.palisade.compliance.audit.AuditEvent.Target;
import im.palisade.server.app.App;
import im.palisade.server.audit.Cause;
import im.palisade.server.moderation.Review.State;
import im.palisade.server.store.Regions;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The queue of messages somebody should look at, for the console. */
public final class ReviewService {
  private static final int MOST = 200;

  private final Regions regions;
  private final Clock clock;
  private final ReviewStore store = new ReviewStore();

  ReviewService(Regions regions, Clock clock) {
    this.regions = regions;
    this.clock = clock;
  }

  /**
   * A page of an app's queue, oldest first.
   *
   * @param afterId id of the last one of the page before; 0 for the first page
   * @param limit at most {@value #MOST}
   */
  public List<Review> page(App app, State state, long afterId, int limit) {
    int most = Math.clamp(limit, 1, MOST);
    return regions
        .of(app)
        .read(connection -> store.page(connection, app.appId(), state, afterId, most));
  }

  /** The entry of that id, whatever its state. */
  public Optional<Review> find(App app, long id) {
    return regions.of(app).read(connection -> store.find(connection, app.appId(), id));
  }

  /**
   * Decides an open entry, on record. Taking the message back is up to the caller.
   *
   * @param state ACCEPTED or REJECTED
   * @return false when there is no open entry of that id
   */
  public boolean decide(App app, long id, State state, Cause cause) {
    if (state == State.OPEN) {
      throw new IllegalArgumentException("a decision is ACCEPTED or REJECTED");
    }
    return regions
        .of(app)
        .inUnitOfWork(
            unit -> {
              boolean decided =
                  store.decide(unit.connection(), app.appId(), id, state, clock.instant());
              if (decided) {
                unit.record(
                    cause
                        .within(app.appId())
                        .event(
                            "message.moderation.decide",
                            Outcome.SUCCESS,
                            List.of(new Target("review", Long.toString(id))))
                        .withChange(Map.of("state", state.name())));
              }
              return decided;
            });
  }
}
