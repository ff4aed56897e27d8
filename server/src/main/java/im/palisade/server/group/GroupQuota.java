package im.palisade.server.group;

import im.palisade.server.app.App;
import im.palisade.server.store.UnitOfWork;
import java.sql.SQLException;
import java.time.LocalDate;

/**
 * Tells an app when the groups made today come near what it lets be made in a day (callbacks §4.5):
 * once a day at 80 % and once at 100 %.
 */
final class GroupQuota {
  private static final int NEAR = 80;
  private static final int FULL = 100;

  private final GroupHook hook;
  private final GroupQuotaStore store = new GroupQuotaStore();

  GroupQuota(GroupHook hook) {
    this.hook = hook;
  }

  /** A group was just made, and counted, within the unit. */
  void made(UnitOfWork unit, App app, Actor actor, Group group, long now) throws SQLException {
    int quota = app.settings().groups().groupsPerDay();
    if (quota == 0) {
      return;
    }
    LocalDate day = GroupStore.day(app, now);
    int used = store.madeOn(unit.connection(), app, day);
    for (int percent : new int[] {NEAR, FULL}) {
      if ((long) used * FULL >= (long) quota * percent
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
