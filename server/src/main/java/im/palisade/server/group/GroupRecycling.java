package im.palisade.server.group;

import im.palisade.server.app.App;
import im.palisade.server.audit.AuditDeclaration;
import im.palisade.server.audit.Cause;
import im.palisade.server.jobs.Job;
import im.palisade.server.protocol.ImException;
import im.palisade.server.store.Regions;
import java.time.Clock;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.function.Supplier;

/**
 * Dissolves groups that have been silent for as long as their app says (group-semantics §11). Live
 * rooms are never reclaimed.
 */
final class GroupRecycling {
  private static final Duration EVERY = Duration.ofMinutes(10);
  private static final int PAGE = 100;

  private final Regions regions;
  private final GroupTypes types;
  private final GroupStore store;
  private final GroupService groups;
  private final Dissolution dissolution;
  private final Clock clock;

  GroupRecycling(
      Regions regions,
      GroupTypes types,
      GroupStore store,
      GroupService groups,
      Dissolution dissolution,
      Clock clock) {
    this.regions = regions;
    this.types = types;
    this.store = store;
    this.groups = groups;
    this.dissolution = dissolution;
    this.clock = clock;
  }

  Job job(Supplier<Collection<App>> apps) {
    return new Job(
        "group-recycling",
        EVERY,
        AuditDeclaration.records("group.destroy"),
        () -> apps.get().forEach(this::recycle));
  }

  private void recycle(App app) {
    app.settings()
        .groups()
        .recycleAfterSeconds()
        .forEach(
            (name, seconds) ->
                types
                    .named(app, name)
                    .filter(type -> !type.isLive())
                    .ifPresent(type -> recycle(app, type, seconds)));
  }

  private void recycle(App app, GroupType type, int seconds) {
    long since = clock.instant().getEpochSecond() - seconds;
    Cause cause = Cause.system(clock.instant()).within(app.appId());
    long after = 0;
    while (true) {
      long from = after;
      List<GroupStore.Listed> page =
          regions.of(app).read(c -> store.idle(c, app, type, since, from, PAGE));
      for (GroupStore.Listed each : page) {
        groups.find(app, each.groupId()).ifPresent(group -> recycle(app, group, since, cause));
        after = each.id();
      }
      if (page.size() < PAGE) {
        return;
      }
    }
  }

  private void recycle(App app, Group group, long since, Cause cause) {
    try {
      dissolution.recycle(app, group, since, cause);
    } catch (ImException _) {
      // Somebody else has dissolved it meanwhile, or its lane is too busy: then it is not silent.
    }
  }
}
