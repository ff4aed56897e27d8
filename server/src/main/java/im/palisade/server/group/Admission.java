package im.palisade.server.group;

import im.palisade.server.account.Account;
import im.palisade.server.account.AccountService;
import im.palisade.server.app.App;
import im.palisade.server.protocol.ErrorCode;
import im.palisade.server.protocol.ImException;
import im.palisade.server.store.Counter;
import im.palisade.server.store.UnitOfWork;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Lets accounts into a group, whatever door they come by: by the app, invited, on their own, with
 * its making. All of them or none.
 */
final class Admission {
  private final AccountService accounts;
  private final GroupStore store;
  private final MemberStore members;
  private final ApplicationStore applications;

  Admission(
      AccountService accounts,
      GroupStore store,
      MemberStore members,
      ApplicationStore applications) {
    this.accounts = accounts;
    this.store = store;
    this.members = members;
    this.applications = applications;
  }

  /**
   * Somebody to let in.
   *
   * @param custom checked before
   */
  record Newcomer(Account account, Role role, Map<String, String> custom) {
    static Newcomer plain(Account account) {
      return new Newcomer(account, Role.MEMBER, Map.of());
    }
  }

  /**
   * Makes members of those that are none; the rest stay as they are.
   *
   * @return those let in, in the order given
   * @throws ImException GROUP_FULL, GROUP_ACCOUNT_NOT_FOUND, GROUP_TOO_MANY_JOINED
   */
  List<Account> admit(Changing changing, Collection<Account> candidates, long now)
      throws SQLException {
    Group group = changing.group();
    Set<Long> present = new HashSet<>();
    members
        .find(changing.connection(), group.id(), candidates.stream().map(Account::id).toList())
        .forEach(member -> present.add(member.accountId()));
    List<Newcomer> newcomers =
        candidates.stream()
            .filter(account -> !present.contains(account.id()))
            .map(Newcomer::plain)
            .toList();
    if (newcomers.isEmpty()) {
      return List.of();
    }
    int max = group.maxMembers();
    if (max > 0 && changing.numbers().memberCount() + newcomers.size() > max) {
      throw new ImException(ErrorCode.GROUP_FULL);
    }
    enter(changing.unit(), changing.app(), group, changing.numbers(), newcomers, now, Set.of());
    store.addToCount(changing.connection(), group.id(), newcomers.size(), now);
    List<Long> ids = newcomers.stream().map(each -> each.account().id()).toList();
    applications.settle(changing.connection(), group.id(), ids);
    return newcomers.stream().map(Newcomer::account).toList();
  }

  /**
   * Enters members into a group of which the caller knows that they are not in it and fit.
   *
   * @param exempt accounts whose number of groups is not asked
   * @throws ImException GROUP_ACCOUNT_NOT_FOUND, GROUP_TOO_MANY_JOINED
   */
  void enter(
      UnitOfWork unit,
      App app,
      Group group,
      GroupNumbers numbers,
      Collection<Newcomer> newcomers,
      long joinTime,
      Set<Long> exempt)
      throws SQLException {
    List<Long> ids = newcomers.stream().map(each -> each.account().id()).toList();
    if (accounts.holdAll(unit, ids).size() < ids.size()) {
      throw new ImException(ErrorCode.GROUP_ACCOUNT_NOT_FOUND);
    }
    int cap = app.settings().groups().groupsPerUser();
    Map<Long, Integer> joined = members.joined(unit.connection(), ids);
    for (Newcomer each : newcomers) {
      long id = each.account().id();
      if (!exempt.contains(id) && joined.getOrDefault(id, 0) >= cap) {
        throw new ImException(
            ErrorCode.GROUP_TOO_MANY_JOINED, each.account().userId() + " is in too many groups");
      }
    }
    List<GroupMember> entered = new ArrayList<>();
    for (Newcomer each : newcomers) {
      entered.add(
          new GroupMember(
              group.id(),
              each.account().id(),
              each.role(),
              joinTime,
              numbers.lastSeq() + 1,
              numbers.lastSeq(),
              0,
              0,
              group.type().msgFlag(),
              "",
              0,
              each.custom()));
    }
    members.insert(unit.connection(), entered, numbers.counted());
    if (group.supportTopic()) {
      members.enterTopics(unit.connection(), group.id(), ids);
    }
    // Whoever makes a group does not join it.
    long others = newcomers.stream().filter(each -> each.role() != Role.OWNER).count();
    unit.counts().add(app.appId(), Counter.GROUP_JOINS, (int) others);
  }

  /** The accounts of those UserIDs, in the order given, each once. */
  List<Account> named(App app, Collection<String> userIds) {
    Map<String, Account> found = accounts.findAll(app, userIds);
    for (String userId : userIds) {
      if (!found.containsKey(userId)) {
        throw new ImException(
            ErrorCode.GROUP_ACCOUNT_NOT_FOUND, "account " + userId + " does not exist");
      }
    }
    return List.copyOf(found.values());
  }

  /** The account of that UserID if there is one. */
  Optional<Account> find(App app, String userId) {
    return accounts.find(app, userId);
  }

  /** The account of that UserID. */
  Account named(App app, String userId) {
    Optional<Account> found = accounts.find(app, userId);
    return found.orElseThrow(
        () ->
            new ImException(
                ErrorCode.GROUP_ACCOUNT_NOT_FOUND, "account " + userId + " does not exist"));
  }
}
