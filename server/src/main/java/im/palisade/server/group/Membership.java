package im.palisade.server.group;

import im.palisade.server.account.Account;
import im.palisade.server.app.App;
import im.palisade.server.group.ApplicationStore.Kind;
import im.palisade.server.protocol.ErrorCode;
import im.palisade.server.protocol.ImException;
import java.time.Clock;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Who comes into a group (group-semantics §9), but for live rooms, whose members are kept by those
 * who are there. Who has to wait is {@link JoinRequests}'s, who goes {@link Leaving}'s.
 */
public final class Membership {
  /** Longest text that goes with a request or a removal, in UTF-8 bytes. */
  public static final int MAX_TEXT = 1_000;

  private final GroupService groups;
  private final GroupOrder order;
  private final Admission admission;
  private final Standings standings;
  private final JoinRequests requests;
  private final Entrance entrance;
  private final Clock clock;

  Membership(
      GroupService groups,
      GroupOrder order,
      Admission admission,
      Standings standings,
      JoinRequests requests,
      Entrance entrance,
      Clock clock) {
    this.groups = groups;
    this.order = order;
    this.admission = admission;
    this.standings = standings;
    this.requests = requests;
    this.entrance = entrance;
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
      requests.askForConsent(app, actor, group, agreed, outcomes);
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
        requests.askForConsent(app, actor, group, agreed, outcomes);
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
      boolean waits = requests.apply(app, group, account, Kind.INVITED, actor.account(), "");
      outcomes.put(account.userId(), waits ? Outcome.WAITING : Outcome.ALREADY_IN);
    }
    return outcomes;
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
        if (!requests.apply(app, group, account, Kind.ASKED, account, message)) {
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
    entrance.change(
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
          entrance.entered(changing, actor, entered, false, false);
          return null;
        });
  }

  private Set<Long> letIn(App app, Actor actor, Group group, List<Account> named, boolean silent) {
    long now = clock.instant().getEpochSecond();
    List<Account> let =
        entrance.change(
            app,
            actor,
            group,
            changing -> {
              List<Account> entered = admission.admit(changing, named, now);
              if (!entered.isEmpty()) {
                entrance.entered(changing, actor, entered, true, silent);
                changing.record(actor, "group.member.add", entered);
              }
              return entered;
            });
    Set<Long> ids = new HashSet<>();
    let.forEach(account -> ids.add(account.id()));
    return ids;
  }

  /** Those of the accounts to whose coming in nobody objects; the others have failed. */
  private List<Account> agreed(
      App app, Actor actor, Group group, List<Account> named, Map<String, Outcome> outcomes) {
    Set<String> refused =
        order.ask(
            app,
            actor,
            new GroupHook.Intent.Invite(group, actor.account().userId(), Entrance.userIds(named)));
    named.forEach(
        account ->
            outcomes.put(
                account.userId(),
                refused.contains(account.userId()) ? Outcome.FAILED : Outcome.IN));
    return named.stream().filter(account -> !refused.contains(account.userId())).toList();
  }

  /**
   * Lets pass a group that keeps its members.
   *
   * @throws ImException GROUP_NOT_PERMITTED
   */
  static void checkKept(Group group) {
    if (!group.type().allows(Rule.MEMBERS)) {
      throw new ImException(ErrorCode.GROUP_NOT_PERMITTED, "the type keeps no members");
    }
  }
}
