package im.palisade.server.group;

import im.palisade.server.app.App;
import im.palisade.server.audit.AuditDeclaration;
import im.palisade.server.audit.Cause;
import im.palisade.server.gateway.CloseCause;
import im.palisade.server.gateway.Session;
import im.palisade.server.gateway.SessionDirectory;
import im.palisade.server.gateway.SessionListener;
import im.palisade.server.jobs.Job;
import im.palisade.server.protocol.ImException;
import im.palisade.server.store.Regions;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/**
 * Removes members who have not been connected for as many days as their app allows in groups of
 * that type (group-semantics §3.1, off by default); the owner stays. Days are counted from when the
 * app first said so. What a killed server had noted and not written makes somebody look away since
 * an hour earlier.
 */
final class AwayMembers implements SessionListener {
  private static final Duration EVERY = Duration.ofHours(1);
  private static final int PAGE = 100;
  private static final int BATCH = 200;

  private final Regions regions;
  private final GroupService groups;
  private final Leaving leaving;
  private final SessionDirectory sessions;
  private final Clock clock;
  private final AbsenceStore store = new AbsenceStore();

  /** Accounts that were connected and are not written yet, by app. */
  private final Map<Long, Set<Long>> seen = new ConcurrentHashMap<>();

  AwayMembers(
      Regions regions,
      GroupService groups,
      Leaving leaving,
      SessionDirectory sessions,
      Clock clock) {
    this.regions = regions;
    this.groups = groups;
    this.leaving = leaving;
    this.sessions = sessions;
    this.clock = clock;
  }

  Job job(Supplier<Collection<App>> apps) {
    return new Job(
        "group-away-members",
        EVERY,
        AuditDeclaration.records("group.member.remove"),
        () -> apps.get().forEach(this::sweep));
  }

  @Override
  public void opened(Session session, List<Session> kicked) {
    note(session);
  }

  @Override
  public void closed(Session session, CloseCause cause) {
    note(session);
  }

  private void note(Session session) {
    App app = session.principal().app();
    if (!app.settings().groups().removeAwayAfterDays().isEmpty()) {
      seen.computeIfAbsent(app.appId(), id -> ConcurrentHashMap.newKeySet())
          .add(session.principal().accountId());
    }
  }

  private void sweep(App app) {
    Map<String, Integer> daysByType = app.settings().groups().removeAwayAfterDays();
    Set<Long> noted = seen.remove(app.appId());
    if (daysByType.isEmpty()) {
      return;
    }
    write(app, noted == null ? Set.of() : noted);
    daysByType.forEach(
        (name, days) ->
            groups
                .types()
                .named(app, name)
                .filter(type -> !type.isLive())
                .ifPresent(type -> sweep(app, type, days)));
  }

  private void write(App app, Collection<Long> accountIds) {
    if (!accountIds.isEmpty()) {
      regions
          .of(app)
          .inUnitOfWork(
              unit -> {
                store.seen(unit.connection(), accountIds, today());
                return null;
              });
    }
  }

  private void sweep(App app, GroupType type, int days) {
    long after = 0;
    while (true) {
      long from = after;
      List<AbsenceStore.Place> page =
          regions.of(app).read(c -> store.groups(c, app, type, from, PAGE));
      for (AbsenceStore.Place each : page) {
        groups.find(app, each.groupId()).ifPresent(group -> sweep(app, group, days));
        after = each.id();
      }
      if (page.size() < PAGE) {
        return;
      }
    }
  }

  private void sweep(App app, Group group, int days) {
    long joinedBefore = clock.instant().getEpochSecond() - Duration.ofDays(days).toSeconds();
    Cause cause = Cause.system(clock.instant()).within(app.appId());
    try {
      regions
          .of(app)
          .inUnitOfWork(
              unit -> {
                store.begin(unit.connection(), group.id(), today());
                return null;
              });
      while (true) {
        List<Long> away =
            regions
                .of(app)
                .read(c -> store.away(c, group.id(), today() - days, joinedBefore, BATCH));
        List<Long> connected = new ArrayList<>(away);
        connected.removeIf(id -> sessions.of(id).isEmpty());
        write(app, connected);
        List<Long> gone = new ArrayList<>(away);
        gone.removeAll(connected);
        if (!gone.isEmpty()) {
          leaving.removeAway(app, group, gone, cause);
        }
        if (away.size() < BATCH) {
          return;
        }
      }
    } catch (ImException _) {
      // Dissolved meanwhile, or its lane is too busy: another hour will do.
    }
  }

  private long today() {
    return clock.instant().getEpochSecond() / 86_400;
  }
}
