package im.palisade.server.group;

import im.palisade.server.account.Account;
import im.palisade.server.account.AccountService;
import im.palisade.server.app.App;
import java.util.List;

/** Shows a new Work group to its members with its first message (group-semantics §9). */
public final class GroupActivation {
  private final AccountService accounts;
  private final GroupOrder order;
  private final GroupStore store;
  private final MemberStore members;
  private final GroupNotices notices;

  GroupActivation(
      AccountService accounts,
      GroupOrder order,
      GroupStore store,
      MemberStore members,
      GroupNotices notices) {
    this.accounts = accounts;
    this.order = order;
    this.store = store;
    this.members = members;
    this.notices = notices;
  }

  /** Makes the group visible to its members; nothing happens when it is already. Blocks. */
  public void activate(App app, Group group) {
    if (group.active()) {
      return;
    }
    List<Long> invited =
        order.change(
            app,
            group,
            changing -> {
              if (changing.group().active()) {
                return List.of();
              }
              store.update(changing.connection(), changing.group().activated());
              changing.changed();
              return members.some(changing.connection(), group.id(), Integer.MAX_VALUE);
            });
    Account owner = accounts.findByIds(app, List.of(group.ownerId())).get(group.ownerId());
    if (owner != null) {
      notices.tell(
          GroupNotices.Kind.INVITED,
          group,
          owner,
          invited.stream().filter(id -> id != group.ownerId()).toList());
    }
  }
}
