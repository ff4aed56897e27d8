package im.palisade.server.group;

import im.palisade.server.app.App;
import im.palisade.server.audit.Cause;
import im.palisade.server.gateway.AudienceId;
import im.palisade.server.gateway.Audiences;
import im.palisade.server.gateway.EncodedFrame;
import im.palisade.server.message.GroupTip;
import im.palisade.server.protocol.ImException;
import im.palisade.server.protocol.Json;
import im.palisade.server.protocol.Origin;
import java.sql.SQLException;
import java.time.Clock;
import java.util.List;

/** Dissolves groups (rest-groups A5, group-semantics §11). */
public final class Dissolution {
  private final GroupOrder order;
  private final GroupStore store;
  private final MemberStore members;
  private final GroupRemains remains;
  private final Audiences audiences;
  private final LiveRooms rooms;
  private final Clock clock;

  Dissolution(
      GroupOrder order,
      GroupStore store,
      MemberStore members,
      GroupRemains remains,
      Audiences audiences,
      LiveRooms rooms,
      Clock clock) {
    this.order = order;
    this.store = store;
    this.members = members;
    this.remains = remains;
    this.audiences = audiences;
    this.rooms = rooms;
    this.clock = clock;
  }

  /**
   * Dissolves a group: its name is free, and its members are told.
   *
   * @throws ImException GROUP_NOT_PERMITTED; GROUP_NOT_FOUND when another was first
   */
  public void dissolve(App app, Actor actor, Group group) {
    order.change(
        app,
        group,
        changing -> {
          changing.require(actor, Rule.DISSOLVE);
          within(changing, actor);
          changing.record(actor, "group.destroy", List.of());
          return null;
        });
    remains.clean(app, group.id());
  }

  /**
   * Dissolves a group in which nothing has happened since a time, if that is still so; its members
   * are told that it was recycled (group-semantics §11).
   *
   * @return whether it was dissolved
   */
  boolean recycle(App app, Group group, long since, Cause cause) {
    boolean recycled =
        order.change(
            app,
            group,
            changing -> {
              boolean idle =
                  store
                      .idle(changing.connection(), app, group.type(), since, group.id() - 1, 1)
                      .stream()
                      .anyMatch(each -> each.id() == group.id());
              if (idle) {
                within(changing, GroupNotices.Kind.RECYCLED, GroupTip.SENDER, Origin.SERVER);
                changing.record(cause, "group.destroy", List.of());
              }
              return idle;
            });
    if (recycled) {
      remains.clean(app, group.id());
    }
    return recycled;
  }

  /** Dissolves within a change; the caller lets {@link GroupRemains} clean up after it. */
  void within(Changing changing, Actor actor) throws SQLException {
    within(changing, GroupNotices.Kind.DISSOLVED, actor.account().userId(), actor.cause().origin());
  }

  private void within(Changing changing, GroupNotices.Kind kind, String operator, Origin origin)
      throws SQLException {
    Group group = changing.group();
    changing.happened(
        operator,
        origin,
        new GroupHook.Fact.Dissolved(
            members.userId(changing.connection(), group.ownerId()),
            () -> members.userIds(changing.connection(), group.id())));
    store.markGone(changing.connection(), group.id());
    if (changing.app().settings().groups().groupsPerDay() > 0) {
      store.addToDay(
          changing.connection(),
          changing.app(),
          GroupStore.day(changing.app(), clock.instant().getEpochSecond()),
          -1);
    }
    changing.rightsLost();
    App app = changing.app();
    changing
        .unit()
        .onCommit(
            () -> {
              EncodedFrame frame = GroupNotices.frame(kind, group, operator, Json.object());
              if (group.type().isLive()) {
                rooms.say(app, group, frame);
                rooms.dissolved(app, group);
              } else {
                AudienceId audience = new AudienceId(app.appId(), group.id());
                audiences.say(audience, frame);
                audiences.disperse(audience);
              }
            });
  }

  /** Takes out what a change that dissolved has left. */
  void cleanUp(App app, Group group) {
    remains.clean(app, group.id());
  }
}
