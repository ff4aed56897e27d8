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
import im.palisade.server.store.Regions;
import java.sql.SQLException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Requests to be let into stored groups: who asks waits for owner or admins, who is invited may
 * have to agree itself (group-semantics §9).
 */
public final class JoinRequests {
  private final Regions regions;
  private final AccountService accounts;
  private final GroupService groups;
  private final GroupOrder order;
  private final MemberStore members;
  private final ApplicationStore applications;
  private final Admission admission;
  private final Entrance entrance;
  private final GroupNotices notices;
  private final Clock clock;

  JoinRequests(
      Regions regions,
      AccountService accounts,
      GroupService groups,
      GroupOrder order,
      MemberStore members,
      ApplicationStore applications,
      Admission admission,
      Entrance entrance,
      GroupNotices notices,
      Clock clock) {
    this.regions = regions;
    this.accounts = accounts;
    this.groups = groups;
    this.order = order;
    this.members = members;
    this.applications = applications;
    this.admission = admission;
    this.entrance = entrance;
    this.notices = notices;
    this.clock = clock;
  }

  /** Nobody is in a group of such a type before it has agreed; those who are in stay. */
  void askForConsent(
      App app,
      Actor actor,
      Group group,
      List<Account> named,
      Map<String, Membership.Outcome> outcomes) {
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
                asked.containsKey(account)
                    ? Membership.Outcome.WAITING
                    : Membership.Outcome.ALREADY_IN));
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

  /** Enters a request and tells those who decide; false for one who is in already. */
  boolean apply(App app, Group group, Account account, Kind kind, Account inviter, String message) {
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

  /**
   * Owner or an admin answers a request.
   *
   * @param message for the one who asked
   * @throws ImException GROUP_INVALID_PARAMETER for an unknown request, GROUP_REQUEST_HANDLED,
   *     GROUP_NOT_PERMITTED, and what {@link Membership#add} throws
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
    entrance.change(
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
    entrance.entered(changing, by, entered, invited, false);
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
}
