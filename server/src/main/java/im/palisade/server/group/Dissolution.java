package im.palisade.server.group;

import im.palisade.server.account.Account;
import im.palisade.server.app.App;
import im.palisade.server.gateway.AudienceId;
import im.palisade.server.gateway.Audiences;
import im.palisade.server.gateway.EncodedFrame;
import im.palisade.server.protocol.ImException;
import im.palisade.server.protocol.Json;
import java.sql.SQLException;
import java.util.List;

/** Dissolves groups (rest-groups A5, group-semantics §11). */
public final class Dissolution {
  private final GroupOrder order;
  private final GroupStore store;
  private final MemberStore members;
  private final GroupRemains remains;
  private final Audiences audiences;
  private final LiveRooms rooms;

  Dissolution(
      GroupOrder order,
      GroupStore store,
      MemberStore members,
      GroupRemains remains,
      Audiences audiences,
      LiveRooms rooms) {
    this.order = order;
    this.store = store;
    this.members = members;
    this.remains = remains;
    this.audiences = audiences;
    this.rooms = rooms;
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

  /** Dissolves within a change; the caller lets {@link GroupRemains} clean up after it. */
  void within(Changing changing, Actor actor) throws SQLException {
    Group group = changing.group();
    Account operator = actor.account();
    changing.happened(
        actor,
        new GroupHook.Fact.Dissolved(
            members.userId(changing.connection(), group.ownerId()),
            () -> members.userIds(changing.connection(), group.id())));
    store.markGone(changing.connection(), group.id());
    changing.rightsLost();
    App app = changing.app();
    changing
        .unit()
        .onCommit(
            () -> {
              EncodedFrame frame =
                  GroupNotices.frame(
                      GroupNotices.Kind.DISSOLVED, group, operator.userId(), Json.object());
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
