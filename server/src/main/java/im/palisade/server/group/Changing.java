package im.palisade.server.group;

import im.palisade.compliance.audit.AuditEvent.Outcome;
import im.palisade.compliance.audit.AuditEvent.Target;
import im.palisade.server.account.Account;
import im.palisade.server.account.AccountService;
import im.palisade.server.app.App;
import im.palisade.server.audit.Cause;
import im.palisade.server.conversation.ConversationHeads;
import im.palisade.server.message.GroupTip;
import im.palisade.server.message.OrderedWork.Tips;
import im.palisade.server.protocol.ErrorCode;
import im.palisade.server.protocol.ImException;
import im.palisade.server.protocol.Origin;
import im.palisade.server.store.UnitOfWork;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/**
 * A group under its conversation's lock, within the transaction that changes it. What it says is as
 * of now; nobody else joins, leaves or changes it until the transaction ends.
 */
final class Changing {
  private final UnitOfWork unit;
  private final App app;
  private final GroupRow row;
  private final Tips tips;
  private final MemberStore members;
  private final GroupService groups;
  private final PermissionStore permissions = new PermissionStore();
  private final GroupHook hook;

  Changing(
      UnitOfWork unit,
      App app,
      GroupRow row,
      Tips tips,
      MemberStore members,
      GroupService groups,
      GroupHook hook) {
    this.unit = unit;
    this.app = app;
    this.row = row;
    this.tips = tips;
    this.members = members;
    this.groups = groups;
    this.hook = hook;
  }

  UnitOfWork unit() {
    return unit;
  }

  Connection connection() {
    return unit.connection();
  }

  App app() {
    return app;
  }

  Group group() {
    return row.group();
  }

  GroupNumbers numbers() {
    return row.numbers();
  }

  Optional<GroupMember> member(long accountId) throws SQLException {
    return members.find(connection(), group().id(), accountId);
  }

  /** Where an account stands, whoever asks. */
  Standing standing(long accountId) throws SQLException {
    if (group().ownerId() == accountId) {
      return Standing.OWNER;
    }
    if (group().enablePermission()) {
      // Here admins have no rights as such; whoever manages members stands above the others.
      return member(accountId).isEmpty()
          ? Standing.OUTSIDER
          : grants(accountId, Permit.MANAGE_MEMBERS, 0) ? Standing.ADMIN : Standing.MEMBER;
    }
    return member(accountId).map(member -> Standing.of(member.role())).orElse(Standing.OUTSIDER);
  }

  /** Where the actor stands. */
  Standing standing(Actor actor) throws SQLException {
    return actor.forApp() ? Standing.APP : standing(actor.account().id());
  }

  /**
   * Where the actor stands, if that is enough for what a rule says.
   *
   * @throws ImException GROUP_NOT_PERMITTED
   */
  Standing require(Actor actor, Rule rule) throws SQLException {
    if (group().enablePermission() && !actor.forApp()) {
      Optional<Permit> permit =
          switch (rule) {
            case EDIT_TEXTS, EDIT_REST -> Optional.of(Permit.MANAGE_INFO);
            case REMOVE -> Optional.of(Permit.MANAGE_MEMBERS);
            case MUTE -> Optional.of(Permit.MUTE);
            default -> Optional.empty();
          };
      if (permit.isPresent()) {
        return require(actor, permit.get());
      }
    }
    Standing standing = standing(actor);
    Optional<Role> least = group().type().least(rule);
    if (standing != Standing.APP && !least.map(standing::atLeast).orElse(false)) {
      throw new ImException(ErrorCode.GROUP_NOT_PERMITTED);
    }
    return standing;
  }

  /**
   * Where the actor stands, if the community's permission groups grant it that: then above those
   * who have no such power, and below the owner.
   *
   * @throws ImException GROUP_NOT_PERMITTED
   */
  Standing require(Actor actor, Permit permit) throws SQLException {
    return require(actor, permit, 0);
  }

  /** The same in one topic; 0 for none. */
  Standing require(Actor actor, Permit permit, long topicId) throws SQLException {
    if (actor.forApp()) {
      return Standing.APP;
    }
    long account = actor.account().id();
    if (group().ownerId() == account) {
      return Standing.OWNER;
    }
    if (member(account).isEmpty() || !grants(account, permit, topicId)) {
      throw new ImException(ErrorCode.GROUP_NOT_PERMITTED);
    }
    return Standing.ADMIN;
  }

  private boolean grants(long accountId, Permit permit, long topicId) throws SQLException {
    PermissionStore.Granted granted =
        permissions.granted(connection(), group().id(), topicId, accountId);
    return permit.in(granted.communityBits() | group().defaultPermission(), granted.topicBits());
  }

  /** What is cached of the group is out of date once this is committed. */
  void changed() {
    unit.onCommit(() -> groups.refresh(app, group().groupId()));
  }

  /** Somebody may have lost a right: what was permitted before is asked for again. */
  void rightsLost() throws SQLException {
    ConversationHeads.moveVersion(connection(), group().id());
    if (group().supportTopic()) {
      members.moveTopicVersions(connection(), group().id());
    }
    changed();
  }

  /** Tells the group, in the order of its messages, as its type's rule says. */
  void tip(Rule rule, GroupTips.Content content) {
    tip(group().type().tips(rule), content);
  }

  /** The same in that way. */
  void tip(GroupType.TipWay way, GroupTips.Content content) {
    if (way != GroupType.TipWay.OFF && group().active()) {
      tips.append(
          new GroupTip("GROUP" + group().groupId(), content.json(), way == GroupType.TipWay.STORE));
    }
  }

  /** An audit event about the group and these accounts. */
  void record(Actor actor, String type, Collection<Account> accounts) {
    record(actor.cause(), type, accounts);
  }

  /** The same of something that nobody in particular does. */
  void record(Cause cause, String type, Collection<Account> accounts) {
    List<Target> targets = new ArrayList<>();
    targets.add(target(group()));
    accounts.forEach(account -> targets.add(AccountService.target(account)));
    unit.record(cause.within(app.appId()).event(type, Outcome.SUCCESS, List.copyOf(targets)));
  }

  /** Has whoever takes part told of it once this is committed. */
  void happened(Actor actor, GroupHook.Fact fact) throws SQLException {
    happened(actor.account().userId(), actor.cause().origin(), fact);
  }

  /** The same of something that nobody in particular does. */
  void happened(String operator, Origin origin, GroupHook.Fact fact) throws SQLException {
    hook.happened(unit, app, group(), fact, operator, origin);
  }

  /** How a group stands in audit events. */
  static Target target(Group group) {
    return new Target("group", group.groupId());
  }
}
