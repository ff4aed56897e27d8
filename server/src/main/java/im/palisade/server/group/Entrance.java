package im.palisade.server.group;

import im.palisade.server.account.Account;
import im.palisade.server.app.App;
import im.palisade.server.protocol.ErrorCode;
import im.palisade.server.protocol.ImException;
import java.sql.SQLException;
import java.util.List;

/** What every door into a stored group has in common: who has come in is told of and hears it. */
final class Entrance {
  private final GroupOrder order;
  private final GroupAudiences audiences;
  private final GroupNotices notices;

  Entrance(GroupOrder order, GroupAudiences audiences, GroupNotices notices) {
    this.order = order;
    this.audiences = audiences;
    this.notices = notices;
  }

  /** A change that lets accounts in; one for which there is no room is told of. */
  <T> T change(App app, Actor actor, Group group, GroupOrder.Work<T> work) {
    try {
      return order.change(app, group, work);
    } catch (ImException refusal) {
      if (refusal.code() == ErrorCode.GROUP_FULL.number()) {
        order.happened(app, actor, group, new GroupHook.Fact.Full());
      }
      throw refusal;
    }
  }

  /** Tells of those who have come in, and lets them hear the group before its tip is told. */
  void entered(
      Changing changing, Actor actor, List<Account> entered, boolean invited, boolean silent)
      throws SQLException {
    if (entered.isEmpty()) {
      return;
    }
    Group group = changing.group();
    Account operator = actor.account();
    changing.happened(actor, new GroupHook.Fact.Joined(invited, userIds(entered)));
    int max = group.maxMembers();
    if (max > 0 && changing.numbers().memberCount() + entered.size() >= max) {
      changing.happened(actor, new GroupHook.Fact.Full());
    }
    App app = changing.app();
    List<Long> ids = entered.stream().map(Account::id).toList();
    changing
        .unit()
        .onCommit(
            () -> {
              if (group.type().msgFlag() != MsgFlag.DISCARD) {
                audiences.join(app, group.id(), ids);
              }
              if (!invited && ids.contains(operator.id())) {
                notices.tellSelf(group, ids);
              }
              if (invited && !silent && group.active()) {
                notices.tell(GroupNotices.Kind.INVITED, group, operator, ids);
              }
            });
    if (!silent) {
      changing.tip(
          invited ? Rule.TIP_INVITE : Rule.TIP_JOIN,
          GroupTips.joined(
              group,
              operator,
              entered,
              invited,
              changing.numbers().memberCount() + entered.size()));
    }
  }

  static List<String> userIds(List<Account> accounts) {
    return accounts.stream().map(Account::userId).toList();
  }
}
