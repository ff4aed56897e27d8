package im.palisade.server.group;

import com.fasterxml.jackson.databind.node.ObjectNode;
import im.palisade.server.account.Account;
import im.palisade.server.account.AccountService;
import im.palisade.server.app.App;
import im.palisade.server.group.ApplicationStore.Application;
import im.palisade.server.group.ApplicationStore.Kind;
import im.palisade.server.protocol.ErrorCode;
import im.palisade.server.protocol.ImException;
import im.palisade.server.protocol.Json;
import im.palisade.server.store.Counter;
import im.palisade.server.store.Regions;
import java.sql.SQLException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Who comes into a group and who goes (group-semantics §9, §11), but for live rooms, whose members
 * are kept by those who are there.
 */
public final class Membership {
  /** Longest text that goes with a request or a removal, in UTF-8 bytes. */
  public static final int MAX_TEXT = 1_000;

  private final Regions regions;
  private final AccountService accounts;
  private final GroupService groups;
  private final GroupOrder order;
  private final GroupStore store;
  private final MemberStore members;
  private final ApplicationStore applications;
  private final PermissionStore permissions = new PermissionStore();
  private final Admission admission;
  private final Dissolution dissolution;
  private final GroupAudiences audiences;
  private final TopicOptions topicOptions;
  private final GroupNotices notices;
  private final Standings standings;
  private final Clock clock;

  Membership(
      Regions regions,
      AccountService accounts,
      GroupService groups,
      GroupOrder order,
      GroupStore store,
      MemberStore members,
      ApplicationStore applications,
      Admission admission,
      Dissolution dissolution,
      GroupAudiences audiences,
      TopicOptions topicOptions,
      GroupNotices notices,
      Standings standings,
      Clock clock) {
    this.regions = regions;
    this.accounts = accounts;
    this.groups = groups;
    this.order = order;
    this.store = store;
    this.members = members;
    this.applications = applications;
    this.admission = admission;
    this.dissolution = dissolution;
    this.audiences = audiences;
    this.topicOptions = topicOptions;
    this.notices = notices;
    this.standings = standings;
    this.clock = clock;
  }

  /** What became of an account that was to come in. */
  public enum Outcome {
    FAILED(0),
    IN(1),
    ALREADY_IN(2),
    /** Somebody must agree first. */
    WAITING(3);

    private final int code;

    Outcome(int code) {
      this.code = code;
    }

    /** {@code Result} of the wire. */
    public int code() {
      return code;
    }
  }

  /**
   * Adds accounts as the app: no approval (rest-groups B1). One that cannot come in fails all.
   *
   * @param silent nobody is told
   * @return what became of each, by UserID, in the order given
   * @throws ImException GROUP_NOT_PERMITTED, GROUP_ACCOUNT_NOT_FOUND, GROUP_FULL,
   *     GROUP_TOO_MANY_JOINED
   */
  public Map<String, Outcome> add(
      App app, Actor actor, Group group, Collection<String> userIds, boolean silent) {
    checkKept(group);
    List<Account> named = admission.named(app, new LinkedHashSet<>(userIds));
    Map<String, Outcome> outcomes = new LinkedHashMap<>();
    List<Account> agreed = agreed(app, actor, group, named, outcomes);
    if (group.type().allows(Rule.INVITEE_CONSENTS)) {
      askForConsent(app, actor, group, agreed, outcomes);
      return outcomes;
    }
    Set<Long> let = letIn(app, actor, group, agreed, silent);
    agreed.forEach(
        account ->
            outcomes.put(
                account.userId(), let.contains(account.id()) ? Outcome.IN : Outcome.ALREADY_IN));
    return outcomes;
  }

  /**
   * A member invites accounts; the group's option says whether they are in at once or wait for
   * owner or admins.
   *
   * @throws ImException as {@link #add}; GROUP_NOT_PERMITTED also when members may not invite
   */
  public Map<String, Outcome> invite(
      App app, Actor actor, Group group, Collection<String> userIds) {
    checkKept(group);
    List<Account> named = admission.named(app, new LinkedHashSet<>(userIds));
    Standing standing = standings.of(app, actor, group);
    boolean manages = standing.atLeast(Role.ADMIN);
    JoinOption option = group.inviteOption();
    if (!standing.atLeast(Role.MEMBER) || option == JoinOption.DISABLED) {
      throw new ImException(ErrorCode.GROUP_NOT_PERMITTED);
    }
    Map<String, Outcome> outcomes = new LinkedHashMap<>();
    List<Account> agreed = agreed(app, actor, group, named, outcomes);
    if (option == JoinOption.FREE || manages) {
      if (group.type().allows(Rule.INVITEE_CONSENTS)) {
        askForConsent(app, actor, group, agreed, outcomes);
        return outcomes;
      }
      Set<Long> let = letIn(app, actor, group, agreed, false);
      agreed.forEach(
          account ->
              outcomes.put(
                  account.userId(), let.contains(account.id()) ? Outcome.IN : Outcome.ALREADY_IN));
      return outcomes;
    }
    for (Account account : agreed) {
      boolean waits = apply(app, group, account, Kind.INVITED, actor.account(), "");
      outcomes.put(account.userId(), waits ? Outcome.WAITING : Outcome.ALREADY_IN);
    }
    return outcomes;
  }

  /** Nobody is in a group of such a type before it has agreed; those who are in stay. */
  private void askForConsent(
      App app, Actor actor, Group group, List<Account> named, Map<String, Outcome> outcomes) {
    long now = clock.instant().getEpochSecond();
    Map<Account, Long> asked =
        order.change(
            app,
            group,
            changing -> {
              Map<Account, Long> requests = new LinkedHashMap<>();
              for (Account account : named) {
                if (changing.member(account.id()).isEmpty()) {
                  requests.put(account, invite(changing, actor.account(), account, now));
                }
              }
              return requests;
            });
    asked.forEach((account, request) -> tellInvited(group, actor.account(), account, request));
    named.forEach(
        account ->
            outcomes.put(
                account.userId(),
                asked.containsKey(account) ? Outcome.WAITING : Outcome.ALREADY_IN));
  }

  private long invite(Changing changing, Account inviter, Account account, long now)
      throws SQLException {
    long id =
        applications.put(
            changing.connection(),
            changing.group().id(),
            account.id(),
            Kind.CONSENT,
            inviter.id(),
            "",
            now);
    applications.pruneInvitations(changing.connection(), account.id());
    return id;
  }

  private void tellInvited(Group group, Account inviter, Account account, long request) {
    notices.tell(
        GroupNotices.Kind.ASKED_FOR_CONSENT,
        group,
        inviter,
        List.of(account.id()),
        Json.object().put("requestId", request));
  }

  /**
   * An account asks to come in.
   *
   * @param message for owner and admins, at most {@value #MAX_TEXT} bytes
   * @return {@link Outcome#IN} or {@link Outcome#WAITING}
   * @throws ImException GROUP_NOT_PERMITTED, GROUP_ALREADY_MEMBER, GROUP_FULL,
   *     GROUP_TOO_MANY_JOINED
   */
  public Outcome join(App app, Actor actor, Group group, String message) {
    checkKept(group);
    Account account = actor.account();
    if (groups.member(app, group, account.id()).isPresent()) {
      throw new ImException(ErrorCode.GROUP_ALREADY_MEMBER);
    }
    if (group.joinOption() != JoinOption.DISABLED) {
      var _ = order.ask(app, actor, new GroupHook.Intent.Apply(group, account.userId()));
    }
    return switch (group.joinOption()) {
      case DISABLED -> throw new ImException(ErrorCode.GROUP_NOT_PERMITTED);
      case APPROVAL -> {
        if (!apply(app, group, account, Kind.ASKED, account, message)) {
          throw new ImException(ErrorCode.GROUP_ALREADY_MEMBER);
        }
        yield Outcome.WAITING;
      }
      case FREE -> {
        walkIn(app, actor, group);
        yield Outcome.IN;
      }
    };
  }

  private void walkIn(App app, Actor actor, Group group) {
    Account account = actor.account();
    long now = clock.instant().getEpochSecond();
    changeMembers(
        app,
        actor,
        group,
        changing -> {
          if (changing.group().joinOption() != JoinOption.FREE) {
            throw new ImException(ErrorCode.GROUP_NOT_PERMITTED);
          }
          List<Account> entered = admission.admit(changing, List.of(account), now);
          if (entered.isEmpty()) {
            throw new ImException(ErrorCode.GROUP_ALREADY_MEMBER);
          }
          entered(changing, actor, entered, false, false);
          return null;
        });
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
                changing.happened(actor, new GroupHook.Fact.Left(true, userIds(targets)));
                if (!silent) {
                  changing.tip(
                      Rule.TIP_MEMBERS,
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

  /**
   * A member leaves. The last one to leave dissolves the group.
   *
   * @throws ImException GROUP_NOT_PERMITTED for one who is no member, GROUP_OWNER_QUITS
   */
  public void quit(App app, Actor actor, Group group) {
    checkKept(group);
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
              changing.tip(Rule.TIP_MEMBERS, GroupTips.quit(changing.group(), account, left));
              return false;
            });
    if (dissolved) {
      dissolution.cleanUp(app, group);
    }
    notices.tell(GroupNotices.Kind.QUIT, group, account, List.of(account.id()));
  }

  /**
   * Owner or an admin answers a request.
   *
   * @param message for the one who asked
   * @throws ImException GROUP_INVALID_PARAMETER for an unknown request, GROUP_REQUEST_HANDLED,
   *     GROUP_NOT_PERMITTED, and what {@link #add} throws
   */
  public void answer(App app, Actor actor, long requestId, boolean approved, String message) {
    Application asked =
        regions
            .of(app)
            .read(connection -> applications.find(connection, requestId))
            .orElseThrow(
                () -> new ImException(ErrorCode.GROUP_INVALID_PARAMETER, "no such request"));
    Group group =
        Optional.ofNullable(groups.readByIds(app, List.of(asked.groupId())).get(asked.groupId()))
            .map(GroupRow::group)
            .orElseThrow(() -> new ImException(ErrorCode.GROUP_NOT_FOUND));
    Optional<Account> applicant =
        Optional.ofNullable(
            accounts.findByIds(app, List.of(asked.accountId())).get(asked.accountId()));
    Optional<Account> inviter =
        Optional.ofNullable(
            accounts.findByIds(app, List.of(asked.inviterId())).get(asked.inviterId()));
    long now = clock.instant().getEpochSecond();
    changeMembers(
        app,
        actor,
        group,
        changing -> {
          boolean decides =
              asked.kind() == Kind.CONSENT
                  ? asked.accountId() == actor.account().id()
                  : changing.standing(actor).atLeast(Role.ADMIN);
          if (!decides) {
            throw new ImException(ErrorCode.GROUP_NOT_PERMITTED);
          }
          if (!applications.settle(changing.connection(), requestId)) {
            throw new ImException(ErrorCode.GROUP_REQUEST_HANDLED);
          }
          if (approved) {
            Account account =
                applicant.orElseThrow(() -> new ImException(ErrorCode.GROUP_ACCOUNT_NOT_FOUND));
            letIn(changing, actor, asked, account, inviter, now);
          }
          return null;
        });
    tellAnswer(actor, group, asked, approved, message);
  }

  /** Lets in who was approved; who was invited may have to agree as well. */
  private void letIn(
      Changing changing,
      Actor actor,
      Application asked,
      Account account,
      Optional<Account> inviter,
      long now)
      throws SQLException {
    Group group = changing.group();
    if (asked.kind() == Kind.INVITED && group.type().allows(Rule.INVITEE_CONSENTS)) {
      Account by = inviter.orElse(actor.account());
      long request = invite(changing, by, account, now);
      changing.unit().onCommit(() -> tellInvited(group, by, account, request));
      return;
    }
    List<Account> entered = admission.admit(changing, List.of(account), now);
    boolean invited = asked.kind() != Kind.ASKED;
    // Who agreed itself was brought in by whoever invited it.
    Actor by =
        asked.kind() == Kind.CONSENT
            ? new Actor(inviter.orElse(account), false, actor.cause())
            : actor;
    entered(changing, by, entered, invited, false);
    changing.record(actor, "group.member.add", entered);
  }

  /** A request to be let in, as those who decide see it. */
  public record Request(
      long id,
      Group group,
      Account account,
      Optional<Account> inviter,
      String message,
      long time) {}

  /** The newest requests that an account decides on, its own invitations too; at most 50. */
  public List<Request> requests(App app, Account manager) {
    List<Application> pending =
        regions.of(app).read(connection -> applications.pending(connection, manager.id()));
    Set<Long> ids = new HashSet<>();
    Set<Long> groupIds = new HashSet<>();
    for (Application each : pending) {
      ids.add(each.accountId());
      ids.add(each.inviterId());
      groupIds.add(each.groupId());
    }
    Map<Long, Account> named = accounts.findByIds(app, ids);
    Map<Long, GroupRow> about = groups.readByIds(app, groupIds);
    List<Request> requests = new ArrayList<>();
    for (Application each : pending) {
      Account account = named.get(each.accountId());
      GroupRow row = about.get(each.groupId());
      if (account != null && row != null) {
        requests.add(
            new Request(
                each.id(),
                row.group(),
                account,
                Optional.ofNullable(named.get(each.inviterId())),
                each.message(),
                each.createdAt()));
      }
    }
    return requests;
  }

  private Set<Long> letIn(App app, Actor actor, Group group, List<Account> named, boolean silent) {
    long now = clock.instant().getEpochSecond();
    List<Account> let =
        changeMembers(
            app,
            actor,
            group,
            changing -> {
              List<Account> entered = admission.admit(changing, named, now);
              if (!entered.isEmpty()) {
                entered(changing, actor, entered, true, silent);
                changing.record(actor, "group.member.add", entered);
              }
              return entered;
            });
    Set<Long> ids = new HashSet<>();
    let.forEach(account -> ids.add(account.id()));
    return ids;
  }

  /** Tells of those who have come in, and lets them hear the group before its tip is told. */
  private void entered(
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
              if (invited && !silent && group.active()) {
                notices.tell(GroupNotices.Kind.INVITED, group, operator, ids);
              }
            });
    if (!silent) {
      changing.tip(
          Rule.TIP_MEMBERS,
          GroupTips.joined(
              group,
              operator,
              entered,
              invited,
              changing.numbers().memberCount() + entered.size()));
    }
  }

  /** Those of the accounts to whose coming in nobody objects; the others have failed. */
  private List<Account> agreed(
      App app, Actor actor, Group group, List<Account> named, Map<String, Outcome> outcomes) {
    Set<String> refused =
        order.ask(
            app,
            actor,
            new GroupHook.Intent.Invite(group, actor.account().userId(), userIds(named)));
    named.forEach(
        account ->
            outcomes.put(
                account.userId(),
                refused.contains(account.userId()) ? Outcome.FAILED : Outcome.IN));
    return named.stream().filter(account -> !refused.contains(account.userId())).toList();
  }

  /** A change that lets accounts in; one for which there is no room is told of. */
  private <T> T changeMembers(App app, Actor actor, Group group, GroupOrder.Work<T> work) {
    try {
      return order.change(app, group, work);
    } catch (ImException refusal) {
      if (refusal.code() == ErrorCode.GROUP_FULL.number()) {
        order.happened(app, actor, group, new GroupHook.Fact.Full());
      }
      throw refusal;
    }
  }

  private static List<String> userIds(List<Account> accounts) {
    return accounts.stream().map(Account::userId).toList();
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

  /** Enters a request and tells those who decide; false for one who is in already. */
  private boolean apply(
      App app, Group group, Account account, Kind kind, Account inviter, String message) {
    long now = clock.instant().getEpochSecond();
    record Asked(long id, List<Long> managers) {}
    Optional<Asked> asked =
        order.change(
            app,
            group,
            changing -> {
              if (changing.member(account.id()).isPresent()) {
                return Optional.empty();
              }
              long id =
                  applications.put(
                      changing.connection(),
                      group.id(),
                      account.id(),
                      kind,
                      kind == Kind.INVITED ? inviter.id() : 0,
                      message,
                      now);
              applications.prune(changing.connection(), group.id());
              return Optional.of(
                  new Asked(id, members.managers(changing.connection(), group.id())));
            });
    asked.ifPresent(
        each ->
            notices.tell(
                GroupNotices.Kind.ASKED_TO_JOIN,
                group,
                inviter,
                each.managers(),
                Json.object()
                    .put("requestId", each.id())
                    .put("applicant", account.userId())
                    .put("message", message)));
    return asked.isPresent();
  }

  private void tellAnswer(
      Actor actor, Group group, Application asked, boolean approved, String message) {
    ObjectNode more = Json.object().put("requestId", asked.id()).put("message", message);
    if (asked.kind() == Kind.ASKED) {
      notices.tell(
          approved ? GroupNotices.Kind.APPROVED : GroupNotices.Kind.REFUSED,
          group,
          actor.account(),
          List.of(asked.accountId()),
          more);
    } else {
      notices.tell(
          approved ? GroupNotices.Kind.INVITATION_ACCEPTED : GroupNotices.Kind.INVITATION_REFUSED,
          group,
          actor.account(),
          List.of(asked.inviterId()),
          more);
    }
  }

  private static void checkKept(Group group) {
    if (!group.type().allows(Rule.MEMBERS)) {
      throw new ImException(ErrorCode.GROUP_NOT_PERMITTED, "the type keeps no members");
    }
  }
}
