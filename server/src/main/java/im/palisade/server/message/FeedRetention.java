package im.palisade.server.message;

import im.palisade.server.audit.AuditDeclaration;
import im.palisade.server.jobs.Job;
import im.palisade.server.store.Region;
import im.palisade.server.store.Regions;
import java.time.Clock;
import java.time.Duration;

/** Deletes feed rows older than a day, in transactions of a few hundred rows. */
public final class FeedRetention {
  private static final Duration KEPT = Duration.ofDays(1);
  private static final Duration EVERY = Duration.ofMinutes(10);

  private final Regions regions;
  private final Clock clock;

  public FeedRetention(Regions regions, Clock clock) {
    this.regions = regions;
    this.clock = clock;
  }

  /** The job. */
  public Job job() {
    return new Job(
        "commit-feed-retention",
        EVERY,
        AuditDeclaration.none("feed rows name sequence ranges that the message rows hold too"),
        this::run);
  }

  void run() {
    long before = clock.instant().minus(KEPT).toEpochMilli();
    for (Region region : regions.all()) {
      int deleted;
      do {
        deleted = region.inUnitOfWork(unit -> CommitFeed.deleteBefore(unit.connection(), before));
      } while (deleted > 0);
    }
  }
}
