package im.palisade.server.group;

import im.palisade.server.app.App;
import im.palisade.server.store.UnitOfWork;
import java.sql.SQLException;
import java.time.Duration;

/**
 * Tells an app when the groups made today come near what it wants made in a day (callbacks §4.5):
 * once at 80 % and once at 100 %. Days are those of UTC; nothing is refused.
 */
final class GroupQuota {
  private static final int NEAR = 80;
  private static final int FULL = 100;
  private static final long DAY = Duration.ofDays(1).toSeconds();

  private final GroupHook hook;
  private final GroupQuotaStore store = new GroupQuotaStore();

  GroupQuota(GroupHook hook) {
    this.hook = hook;
  }

  /** A group was just made within the unit. */
  void made(UnitOfWork unit, App app, Actor actor, Group group, long now) throws SQLException {
    int quota = app.settings().groups().newPerDay();
    if (quota == 0 || group.type().isCommunity()) {
      return;
    }
    long day = now / DAY;
    int used = store.madeSince(unit.connection(), app, day * DAY);
    for (int percent : new int[] {NEAR, FULL}) {
      if ((long) used * 100 >= (long) quota * percent
          && store.note(unit.connection(), app, day, percent)) {
        hook.happened(
            unit,
            app,
            group,
            new GroupHook.Fact.QuotaReached(used, quota),
            actor.account().userId(),
            actor.cause().origin());
      }
    }
  }
}
