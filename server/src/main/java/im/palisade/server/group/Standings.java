package im.palisade.server.group;

import im.palisade.server.app.App;

/** Where somebody stands now, stored groups and live rooms alike; asked without a lock. */
final class Standings {
  private final GroupService groups;
  private final LiveRooms rooms;

  Standings(GroupService groups, LiveRooms rooms) {
    this.groups = groups;
    this.rooms = rooms;
  }

  Standing of(App app, Actor actor, Group group) {
    long account = actor.account().id();
    if (actor.forApp()) {
      return Standing.APP;
    }
    if (group.ownerId() == account) {
      return Standing.OWNER;
    }
    if (group.type().isLive()) {
      return rooms.isPresent(app, group, account) ? Standing.MEMBER : Standing.OUTSIDER;
    }
    return groups
        .member(app, group, account)
        .map(
            member ->
                group.enablePermission()
                    ? groups.grants(app, group, account, Permit.MANAGE_MEMBERS)
                        ? Standing.ADMIN
                        : Standing.MEMBER
                    : Standing.of(member.role()))
        .orElse(Standing.OUTSIDER);
  }
}
