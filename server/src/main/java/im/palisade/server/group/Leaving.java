package im.palisade.server.group;

import com.fasterxml.jackson.databind.node.ObjectNode;
import im.palisade.server.account.Account;
import im.palisade.server.account.AccountService;
import im.palisade.server.app.App;
import im.palisade.server.audit.Cause;
import im.palisade.server.message.GroupTip;
import im.palisade.server.protocol.ErrorCode;
import im.palisade.server.protocol.ImException;
import im.palisade.server.protocol.Json;
import im.palisade.server.protocol.Origin;
import im.palisade.server.store.Counter;
import java.sql.SQLException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;

/** How members of stored groups go: by themselves, removed, or for having been away (§9, §11). */
public final class Leaving {
  private final AccountService accounts;
  private final GroupOrder order;
  private final GroupStore store;
  private final MemberStore members;
  private final PermissionStore permissions = new PermissionStore();
  private final Dissolution dissolution;
  private final GroupAudiences audiences;
  private final TopicOptions topicOptions;
  private final GroupNotices notices;
  private final Clock clock;

  Leaving(
      AccountService accounts,
      GroupOrder order,
      GroupStore store,
      MemberStore members,
      Dissolution dissolution,
      GroupAudiences audiences,
      TopicOptions topicOptions,
      GroupNotices notices,
      Clock clock) {
    this.accounts = accounts;
    this.order = order;
    this.store = store;
    this.members = members;
    this.dissolution = dissolution;
    this.audiences = audiences;
    this.topicOptions = topicOptions;
    this.notices = notices;
    this.clock = clock;
  }

  /**
   * Removes members; accounts that are none are passed over.
   *
   * @param silent the group is not told; those removed are
   * @param reason for those removed
   * @throws ImException GROUP_INVALID_PARAMETER for a live room; GROUP_NOT_PERMITTED when one of
   *     them may not be removed by the actor: then all stay
   */
  public void remove(
      App app,
      Actor actor,
      Group group,
      Collection<String> userIds,
      boolean silent,
      String reason) {
    if (!group.type().allows(Rule.MEMBERS)) {
      throw new ImException(ErrorCode.GROUP_INVALID_PARAMETER, "the type keeps no members");
    }
    Map<String, Account> named = accounts.findAll(app, new LinkedHashSet<>(userIds));
    Map<Long, Account> byId = new LinkedHashMap<>();
    named.values().forEach(account -> byId.put(account.id(), account));
    List<Account> removed =
        order.change(
            app,
            group,
            changing -> {
              Standing standing = changing.require(actor, Rule.REMOVE);
              List<Account> targets = new ArrayList<>();
              for (GroupMember member :
                  members.find(changing.connection(), group.id(), byId.keySet())) {
                permitRemoval(changing, standing, member);
                targets.add(byId.get(member.accountId()));
              }
              if (!targets.isEmpty()) {
                end(changing, targets);
                changing.record(actor, "group.member.remove", targets);
                changing.happened(actor, new GroupHook.Fact.Left(true, Entrance.userIds(targets)));
                if (!silent) {
                  changing.tip(
                      Rule.TIP_REMOVE,
                      GroupTips.removed(
                          changing.group(),
                          actor.account(),
                          targets,
                          changing.numbers().memberCount() - targets.size()));
                }
              }
              return targets;
            });
    ObjectNode more = Json.object();
    if (!reason.isEmpty()) {
      more.put("reason", reason);
    }
    notices.tell(
        GroupNotices.Kind.REMOVED,
        group,
        actor.account(),
        removed.stream().map(Account::id).toList(),
        more);
  }

  /** Removes members who have been away for too long; the group is told, as of any removal. */
  void removeAway(App app, Group group, Collection<Long> accountIds, Cause cause) {
    Map<Long, Account> named = accounts.findByIds(app, accountIds);
    order.change(
        app,
        group,
        changing -> {
          List<Account> targets =
              members.find(changing.connection(), group.id(), named.keySet()).stream()
                  .filter(member -> member.role() != Role.OWNER)
                  .map(member -> named.get(member.accountId()))
                  .toList();
          if (!targets.isEmpty()) {
            end(changing, targets);
            changing.record(cause, "group.member.remove", targets);
            changing.happened(
                GroupTip.SENDER,
                Origin.SERVER,
                new GroupHook.Fact.Left(true, Entrance.userIds(targets)));
            changing.tip(
                Rule.TIP_REMOVE,
                GroupTips.removed(
                    changing.group(),
                    GroupTip.SENDER,
                    targets,
                    changing.numbers().memberCount() - targets.size()));
          }
          return null;
        });
  }

  /**
   * A member leaves. The last one to leave dissolves the group.
   *
   * @throws ImException GROUP_NOT_PERMITTED for one who is no member, GROUP_OWNER_QUITS
   */
  public void quit(App app, Actor actor, Group group) {
    Membership.checkKept(group);
    Account account = actor.account();
    boolean dissolved =
        order.change(
            app,
            group,
            changing -> {
              if (changing.member(account.id()).isEmpty()) {
                throw new ImException(ErrorCode.GROUP_NOT_PERMITTED, "no member of the group");
              }
              boolean owns = changing.group().ownerId() == account.id();
              if (owns && !changing.group().type().allows(Rule.OWNER_QUITS)) {
                throw new ImException(ErrorCode.GROUP_OWNER_QUITS);
              }
              end(changing, List.of(account));
              changing.happened(actor, new GroupHook.Fact.Left(false, List.of(account.userId())));
              int left = changing.numbers().memberCount() - 1;
              if (left == 0) {
                dissolution.within(changing, actor);
                changing.record(actor, "group.destroy", List.of());
                return true;
              }
              changing.tip(Rule.TIP_QUIT, GroupTips.quit(changing.group(), account, left));
              return false;
            });
    if (dissolved) {
      dissolution.cleanUp(app, group);
    }
    notices.tell(GroupNotices.Kind.QUIT, group, account, List.of(account.id()));
  }

  private void end(Changing changing, List<Account> leaving) throws SQLException {
    Group group = changing.group();
    App app = changing.app();
    List<Long> ids = leaving.stream().map(Account::id).toList();
    if (group.supportTopic()) {
      List<Long> topics = members.topics(changing.connection(), group.id());
      changing.unit().onCommit(() -> topicOptions.forget(topics, audiences.sessions(ids)));
      members.leaveTopics(changing.connection(), group.id(), ids);
      permissions.leave(changing.connection(), group.id(), ids);
    }
    members.end(changing.connection(), group.id(), ids);
    store.addToCount(
        changing.connection(), group.id(), -ids.size(), clock.instant().getEpochSecond());
    changing.unit().counts().add(app.appId(), Counter.GROUP_QUITS, ids.size());
    if (ids.contains(group.ownerId())) {
      store.update(changing.connection(), group.owned(0));
    }
    changing.rightsLost();
    changing.unit().onCommit(() -> audiences.leave(app, group.id(), ids));
  }

  private static void permitRemoval(Changing changing, Standing standing, GroupMember member)
      throws SQLException {
    boolean allowed =
        member.role() == Role.OWNER
            ? standing == Standing.APP && changing.group().type().allows(Rule.OWNER_QUITS)
            : standing.above(changing.standing(member.accountId()));
    if (!allowed) {
      throw new ImException(ErrorCode.GROUP_NOT_PERMITTED);
    }
  }
}
