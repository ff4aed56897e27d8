package im.palisade.server.relation;

import im.palisade.server.account.Account;
import im.palisade.server.account.AccountService;
import im.palisade.server.app.App;
import im.palisade.server.relation.RelationHead.Count;
import im.palisade.server.relation.RelationHead.Sequence;
import im.palisade.server.store.Regions;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Reads friends (rest-accounts C6–C8). */
public final class FriendLookup {
  /** Friends in one page. */
  public static final int PAGE = 100;

  private final Regions regions;
  private final AccountService accounts;
  private final RelationHeadStore heads;
  private final FriendStore store;

  FriendLookup(
      Regions regions, AccountService accounts, RelationHeadStore heads, FriendStore store) {
    this.regions = regions;
    this.accounts = accounts;
    this.heads = heads;
    this.store = store;
  }

  /** A friend and the names of the lists it is in. */
  public record Listed(Friend friend, List<String> lists) {}

  /**
   * One page.
   *
   * @param total friends of the account
   */
  public record Page(
      List<Listed> friends,
      int total,
      int standardSequence,
      int customSequence,
      boolean complete) {}

  /**
   * What is known of accounts that were asked for.
   *
   * @param friends by UserID, only those who are friends
   * @param faults by UserID
   */
  public record Selected(
      Map<String, Account> accounts,
      Map<String, Listed> friends,
      Map<String, RelationFault> faults) {}

  /**
   * A page of the friend list, oldest friend first.
   *
   * @throws im.palisade.server.protocol.ImException 30003
   */
  public Page page(App app, String from, int start) {
    Account owner = Addressees.owner(accounts, app, from);
    return regions
        .of(app)
        .read(
            connection -> {
              // Sequences first: what changes in between then comes again instead of never.
              RelationHead head = heads.of(connection, owner.id());
              List<Friend> found = store.page(connection, owner.id(), start, PAGE + 1);
              boolean complete = found.size() <= PAGE;
              return new Page(
                  listed(connection, owner.id(), complete ? found : found.subList(0, PAGE)),
                  head.get(Count.FRIENDS),
                  head.get(Sequence.STANDARD),
                  head.get(Sequence.CUSTOM),
                  complete);
            });
  }

  /**
   * Some friends of an account.
   *
   * @throws im.palisade.server.protocol.ImException 30003
   */
  public Selected select(App app, String from, Collection<String> userIds) {
    Addressees addressees = Addressees.resolve(accounts, app, from, userIds);
    Map<String, Listed> friends = new LinkedHashMap<>();
    Map<String, RelationFault> faults = new LinkedHashMap<>(addressees.faults());
    regions
        .of(app)
        .read(
            connection -> {
              long owner = addressees.owner().id();
              Map<Long, Friend> found = store.of(connection, owner, addressees.ids());
              listed(connection, owner, List.copyOf(found.values()))
                  .forEach(each -> friends.put(each.friend().userId(), each));
              return null;
            });
    for (String userId : addressees.others().keySet()) {
      if (!friends.containsKey(userId)) {
        faults.put(userId, RelationFault.FRIEND_NOT_EXIST);
      }
    }
    return new Selected(addressees.others(), friends, faults);
  }

  /**
   * Who has whom, by UserID.
   *
   * @param both whether the others' lists are looked at as well
   * @throws im.palisade.server.protocol.ImException 30003
   */
  public Map<String, Direction> check(
      App app,
      String from,
      Collection<String> userIds,
      boolean both,
      Map<String, RelationFault> faults) {
    Addressees addressees = Addressees.resolve(accounts, app, from, userIds);
    faults.putAll(addressees.faults());
    long owner = addressees.owner().id();
    List<Long> ids = addressees.ids();
    return regions
        .of(app)
        .read(
            connection -> {
              Set<Long> mine = store.idsOf(connection, owner, ids);
              Set<Long> theirs = both ? store.idsToward(connection, ids, owner) : Set.of();
              return addressees.directions(mine, theirs);
            });
  }

  /** Which of these an account has as friends. */
  public Set<Long> mine(App app, Account owner, Collection<Long> others) {
    return others.isEmpty()
        ? Set.of()
        : regions
            .of(app)
            .read(connection -> store.idsOf(connection, owner.id(), List.copyOf(others)));
  }

  /** All friends of an account with the lists they are in, and the names of all lists. */
  All all(App app, Account owner) {
    return regions
        .of(app)
        .read(
            connection -> {
              List<Friend> found = store.page(connection, owner.id(), 0, RelationLimits.FRIENDS);
              return new All(
                  listed(connection, owner.id(), found),
                  store.lists(connection, owner.id()).names());
            });
  }

  /** Everything there is. */
  record All(List<Listed> friends, List<String> lists) {}

  /** Who of two accounts has the other; two reads by primary key. */
  public Direction between(App app, Account one, Account other) {
    List<Long> otherId = List.of(other.id());
    return regions
        .of(app)
        .read(
            connection ->
                Direction.of(
                    !store.idsOf(connection, one.id(), otherId).isEmpty(),
                    !store.idsToward(connection, otherId, one.id()).isEmpty()));
  }

  /** The accounts of these friends. */
  List<Account> accounts(App app, List<Friend> friends) {
    return List.copyOf(
        accounts.findByIds(app, friends.stream().map(Friend::friendId).toList()).values());
  }

  private List<Listed> listed(Connection connection, long ownerId, List<Friend> friends)
      throws SQLException {
    boolean anyListed = friends.stream().anyMatch(friend -> friend.lists() != 0);
    FriendLists lists = anyListed ? store.lists(connection, ownerId) : new FriendLists(Map.of());
    return friends.stream().map(each -> new Listed(each, lists.names(each.lists()))).toList();
  }
}
