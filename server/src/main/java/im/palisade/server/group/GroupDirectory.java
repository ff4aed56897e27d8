package im.palisade.server.group;

import im.palisade.server.app.App;
import im.palisade.server.store.Regions;
import java.util.List;
import java.util.Optional;

/** Enumerates the groups of an app in the order of their creation (rest-groups A2). */
public final class GroupDirectory {
  private final Regions regions;
  private final GroupStore store;

  GroupDirectory(Regions regions, GroupStore store) {
    this.regions = regions;
    this.store = store;
  }

  /**
   * A page.
   *
   * @param total of all groups, or of all of the type
   * @param next where to go on; 0 at the end
   */
  public record Page(long total, List<String> groupIds, long next) {}

  /** Groups behind a place; no group that is there all the time is missed. */
  public Page page(App app, Optional<GroupType> type, long after, int limit) {
    return regions
        .of(app)
        .read(
            connection -> {
              List<GroupStore.Listed> found = store.list(connection, app, type, after, limit + 1);
              boolean more = found.size() > limit;
              List<GroupStore.Listed> page = more ? found.subList(0, limit) : found;
              return new Page(
                  store.count(connection, app, type),
                  page.stream().map(GroupStore.Listed::groupId).toList(),
                  more ? page.getLast().id() : 0);
            });
  }
}
