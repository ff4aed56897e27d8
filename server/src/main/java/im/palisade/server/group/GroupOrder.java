package im.palisade.server.group;

import im.palisade.server.app.App;
import im.palisade.server.message.MessageService;
import im.palisade.server.protocol.ErrorCode;
import im.palisade.server.protocol.ImException;
import im.palisade.server.store.Regions;
import java.sql.SQLException;
import java.util.Set;

/** Changes groups, each in the order of its messages (one lane per conversation). */
final class GroupOrder {
  private final Regions regions;
  private final MessageService messages;
  private final GroupService groups;
  private final GroupStore store;
  private final MemberStore members;
  private final GroupHook hook;

  GroupOrder(
      Regions regions,
      MessageService messages,
      GroupService groups,
      GroupStore store,
      MemberStore members,
      GroupHook hook) {
    this.regions = regions;
    this.messages = messages;
    this.groups = groups;
    this.store = store;
    this.members = members;
    this.hook = hook;
  }

  /** A change; may run more than once and has no effect outside the transaction. */
  @FunctionalInterface
  interface Work<T> {
    T in(Changing changing) throws SQLException;
  }

  /**
   * Does the work under the group's lock and tells its tips; durable on return.
   *
   * @throws ImException what the work threw, or GROUP_NOT_FOUND when the group is gone meanwhile;
   *     nothing was changed then
   */
  <T> T change(App app, Group group, Work<T> work) {
    return messages.inOrder(
        app,
        group.conversation(),
        (unit, head, tips) ->
            work.in(
                new Changing(
                    unit,
                    app,
                    store
                        .findById(unit.connection(), app, group.id())
                        .orElseThrow(() -> gone(app, group)),
                    tips,
                    members,
                    groups,
                    hook)));
  }

  /** Has whoever takes part told of something that changed nothing. */
  void happened(App app, Actor actor, Group group, GroupHook.Fact fact) {
    regions
        .of(app)
        .inUnitOfWork(
            unit -> {
              hook.happened(
                  unit, app, group, fact, actor.account().userId(), actor.cause().origin());
              return null;
            });
  }

  /**
   * Asks whoever takes part; may block for 2 s, so never within a change.
   *
   * @return UserIDs of those invited who are not to come in
   * @throws ImException when it is refused
   */
  Set<String> ask(App app, Actor actor, GroupHook.Intent intent) {
    return hook.before(app, intent, actor.cause().origin());
  }

  private ImException gone(App app, Group group) {
    groups.refresh(app, group.groupId());
    return new ImException(ErrorCode.GROUP_NOT_FOUND);
  }
}
