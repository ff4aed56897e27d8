package im.palisade.server.group;

import im.palisade.server.app.App;
import im.palisade.server.store.Regions;
import java.util.List;
import java.util.Optional;

/** Finds groups for operators; no list is counted, since that would read it whole. */
final class GroupSearch {
  private final Regions regions;
  private final GroupStore store;
  private final GroupSearchStore byId = new GroupSearchStore();

  GroupSearch(Regions regions, GroupStore store) {
    this.regions = regions;
    this.store = store;
  }

  /** Where a list of a type goes on; 0 at the end. */
  record TypePage(List<String> groupIds, long next) {}

  List<String> byId(App app, String prefix, String after, int limit) {
    return regions
        .of(app)
        .read(connection -> byId.byId(connection, app.appId(), prefix, after, limit));
  }

  TypePage byType(App app, GroupType type, long after, int limit) {
    List<GroupStore.Listed> found =
        regions
            .of(app)
            .read(connection -> store.list(connection, app, Optional.of(type), after, limit + 1));
    boolean more = found.size() > limit;
    List<GroupStore.Listed> page = more ? found.subList(0, limit) : found;
    return new TypePage(
        page.stream().map(GroupStore.Listed::groupId).toList(), more ? page.getLast().id() : 0);
  }
}
