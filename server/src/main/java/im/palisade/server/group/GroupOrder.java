package im.palisade.server.group;

import im.palisade.server.app.App;
import im.palisade.server.message.MessageService;
import im.palisade.server.protocol.ErrorCode;
import im.palisade.server.protocol.ImException;
import java.sql.SQLException;

/** Changes groups, each in the order of its messages (one lane per conversation). */
final class GroupOrder {
  private final MessageService messages;
  private final GroupService groups;
  private final GroupStore store;
  private final MemberStore members;

  GroupOrder(MessageService messages, GroupService groups, GroupStore store, MemberStore members) {
    this.messages = messages;
    this.groups = groups;
    this.store = store;
    this.members = members;
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
                    groups)));
  }

  private ImException gone(App app, Group group) {
    groups.refresh(app, group.groupId());
    return new ImException(ErrorCode.GROUP_NOT_FOUND);
  }
}
