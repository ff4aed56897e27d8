package im.palisade.server.group;

import im.palisade.server.account.Account;
import im.palisade.server.account.AccountService;
import im.palisade.server.app.App;
import im.palisade.server.group.Membership.Outcome;
import im.palisade.server.message.GroupPositionStore;
import im.palisade.server.protocol.ErrorCode;
import im.palisade.server.protocol.ImException;
import java.sql.SQLException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;

/** Takes over members of another system (rest-groups-advanced J2): nobody is told. */
public final class MemberImport {
  private final AccountService accounts;
  private final GroupOrder order;
  private final GroupStore store;
  private final MemberStore members;
  private final GroupAudiences audiences;
  private final GroupPositionStore positions = new GroupPositionStore();
  private final Clock clock;

  MemberImport(
      AccountService accounts,
      GroupOrder order,
      GroupStore store,
      MemberStore members,
      GroupAudiences audiences,
      Clock clock) {
    this.accounts = accounts;
    this.order = order;
    this.store = store;
    this.members = members;
    this.audiences = audiences;
    this.clock = clock;
  }

  /**
   * A member to take over.
   *
   * @param joinTime UNIX seconds; now when empty
   * @param unread messages it has not read; all there are when there are fewer
   */
  public record Imported(String userId, boolean admin, OptionalLong joinTime, long unread) {}

  /**
   * Takes members over, each for itself.
   *
   * @return what became of each, in the order given
   * @throws ImException GROUP_NOT_PERMITTED for a live room
   */
  public List<Outcome> take(App app, Actor actor, Group group, List<Imported> wanted) {
    if (!group.type().allows(Rule.IMPORT)) {
      throw new ImException(ErrorCode.GROUP_NOT_PERMITTED, "the type cannot be imported");
    }
    Map<String, Account> named =
        accounts.findAll(app, new HashSet<>(wanted.stream().map(Imported::userId).toList()));
    long now = clock.instant().getEpochSecond();
    return order.change(
        app,
        group,
        changing -> {
          List<Outcome> outcomes = new ArrayList<>();
          List<Account> taken = new ArrayList<>();
          State state = state(changing, named);
          for (Imported each : wanted) {
            Account account = named.get(each.userId());
            Outcome outcome = outcome(changing, state, each, account, now);
            outcomes.add(outcome);
            if (outcome == Outcome.IN) {
              enter(changing, each, account, now);
              state.present().add(account.id());
              taken.add(account);
            }
          }
          if (!taken.isEmpty()) {
            store.addToCount(changing.connection(), group.id(), taken.size(), now);
            changing.record(actor, "group.member.add", taken);
            List<Long> ids = taken.stream().map(Account::id).toList();
            if (group.type().msgFlag() != MsgFlag.DISCARD) {
              changing.unit().onCommit(() -> audiences.join(app, group.id(), ids));
            }
          }
          return outcomes;
        });
  }

  private record State(Set<Long> live, Map<Long, Integer> joined, Set<Long> present, int count) {}

  private State state(Changing changing, Map<String, Account> named) throws SQLException {
    List<Long> ids = named.values().stream().map(Account::id).toList();
    Set<Long> live = accounts.holdAll(changing.unit(), ids);
    Set<Long> present = new HashSet<>();
    members
        .find(changing.connection(), changing.group().id(), ids)
        .forEach(member -> present.add(member.accountId()));
    return new State(
        live,
        new HashMap<>(members.joined(changing.connection(), ids)),
        present,
        changing.numbers().memberCount() - present.size());
  }

  private static Outcome outcome(
      Changing changing, State state, Imported wanted, Account account, long now) {
    Group group = changing.group();
    if (account == null || !state.live().contains(account.id())) {
      return Outcome.FAILED;
    }
    if (state.present().contains(account.id())) {
      return Outcome.ALREADY_IN;
    }
    long joinTime = wanted.joinTime().orElse(now);
    int cap = changing.app().settings().groups().groupsPerUser();
    boolean fits =
        joinTime >= group.createTime()
            && joinTime <= now
            && (!wanted.admin() || group.type().allows(Rule.ADMINS))
            && state.joined().getOrDefault(account.id(), 0) < cap
            && (group.maxMembers() == 0
                || state.count() + state.present().size() < group.maxMembers());
    return fits ? Outcome.IN : Outcome.FAILED;
  }

  private void enter(Changing changing, Imported wanted, Account account, long now)
      throws SQLException {
    Group group = changing.group();
    long lastSeq = changing.numbers().lastSeq();
    // What came before the import is the member's own history.
    members.insert(
        changing.connection(),
        List.of(
            new GroupMember(
                group.id(),
                account.id(),
                wanted.admin() ? Role.ADMIN : Role.MEMBER,
                wanted.joinTime().orElse(now),
                1,
                lastSeq,
                0,
                0,
                group.type().msgFlag(),
                "",
                0,
                Map.of())),
        changing.numbers().counted());
    if (group.supportTopic()) {
      members.enterTopics(changing.connection(), group.id(), List.of(account.id()));
    }
    if (wanted.unread() > 0) {
      positions.leaveUnread(
          changing.connection(), group.conversation(), account.id(), wanted.unread());
    }
  }
}
