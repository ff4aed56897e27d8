package im.palisade.server.relation;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import im.palisade.server.account.Account;
import im.palisade.server.account.AccountService;
import im.palisade.server.app.App;
import im.palisade.server.audit.Cause;
import im.palisade.server.relation.RelationHead.Count;
import im.palisade.server.relation.RelationHead.Sequence;
import im.palisade.server.store.Regions;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The rules of blocklists (rest-accounts C9–C12). */
public final class BlocklistService {
  /** Blocklists and their entries that are kept in memory; most lists are empty. */
  private static final long CACHED = 1_000_000;

  private final Regions regions;
  private final AccountService accounts;
  private final FriendService friends;
  private final RelationWrites writes;
  private final RelationStores stores;
  private final Cache<Long, Set<Long>> cache =
      Caffeine.newBuilder()
          .maximumWeight(CACHED)
          .weigher((Long owner, Set<Long> blocked) -> 1 + blocked.size())
          .build();

  BlocklistService(
      Regions regions,
      AccountService accounts,
      FriendService friends,
      RelationWrites writes,
      RelationStores stores) {
    this.regions = regions;
    this.accounts = accounts;
    this.friends = friends;
    this.writes = writes;
    this.stores = stores;
  }

  /** One page, newest entry first. */
  public record Page(List<Blocked> entries, int sequence, boolean complete) {}

  /**
   * Whether an account has another in its blocklist. From memory but for the first time; a change
   * counts from the moment its call is answered.
   */
  public boolean blocks(App app, Account blocker, Account blocked) {
    return cache
        .get(blocker.id(), id -> Set.copyOf(regions.of(app).read(c -> stores.blocks().all(c, id))))
        .contains(blocked.id());
  }

  /**
   * Blocks accounts. That ends follows, pending requests and, unless the app says otherwise,
   * friendships on both sides.
   *
   * @return what failed, by UserID
   */
  public Map<String, RelationFault> add(
      App app, String from, Collection<String> userIds, Cause cause) {
    Addressees addressees = Addressees.resolve(accounts, app, from, userIds);
    return addressees.with(
        writes.change(
            app, addressees.owner(), addressees.ids(), cause, unit -> add(unit, addressees)));
  }

  /**
   * Takes accounts out of the blocklist; nothing that blocking ended comes back.
   *
   * @return what failed, by UserID
   */
  public Map<String, RelationFault> delete(
      App app, String from, Collection<String> userIds, Cause cause) {
    Addressees addressees = Addressees.resolve(accounts, app, from, userIds);
    return writes.changeEach(
        app,
        addressees,
        List.of(),
        cause,
        unit -> {
          Set<Long> present =
              stores.blocks().by(unit.connection(), unit.owner().id(), addressees.ids());
          Map<String, RelationFault> faults = new LinkedHashMap<>();
          for (Account other : addressees.others().values()) {
            if (present.contains(other.id())) {
              unit.unblock(other);
            } else {
              faults.put(other.userId(), RelationFault.NOT_BLOCKED);
            }
          }
          forgetOnCommit(unit);
          return faults;
        });
  }

  /**
   * A page of the blocklist.
   *
   * @param known sequence the caller has; when it is the present one and not 0 there are no entries
   */
  public Page page(App app, String from, int start, int limit, int known) {
    Account owner = Addressees.owner(accounts, app, from);
    return regions
        .of(app)
        .read(
            connection -> {
              int sequence = stores.heads().of(connection, owner.id()).get(Sequence.BLOCKED);
              if (known > 0 && known == sequence) {
                return new Page(List.of(), sequence, true);
              }
              List<Blocked> found = stores.blocks().page(connection, owner.id(), start, limit + 1);
              boolean complete = found.size() <= limit;
              return new Page(complete ? found : found.subList(0, limit), sequence, complete);
            });
  }

  /** Who has whom in a blocklist, by UserID. */
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
              Set<Long> mine = stores.blocks().by(connection, owner, ids);
              Set<Long> theirs = both ? stores.blocks().toward(connection, ids, owner) : Set.of();
              return addressees.directions(mine, theirs);
            });
  }

  /** Forgets what is cached of an account. */
  void forget(long accountId) {
    cache.invalidate(accountId);
  }

  private Map<String, RelationFault> add(RelationUnit unit, Addressees addressees)
      throws SQLException {
    Connection connection = unit.connection();
    long self = unit.owner().id();
    List<Long> ids = addressees.ids();
    Set<Long> present = stores.blocks().by(connection, self, ids);
    Map<String, RelationFault> faults = new LinkedHashMap<>();
    Map<Long, Account> blocked = new LinkedHashMap<>();
    for (Account other : addressees.others().values()) {
      if (unit.head(other.id()).deleted()) {
        faults.put(other.userId(), RelationFault.ACCOUNT_NOT_EXIST);
      } else if (present.contains(other.id())) {
        faults.put(other.userId(), RelationFault.ALREADY_BLOCKED);
      } else if (unit.head().get(Count.BLOCKED) >= RelationLimits.BLOCKED) {
        faults.put(other.userId(), RelationFault.BLOCKLIST_FULL);
      } else {
        unit.block(other, blocked.size());
        blocked.put(other.id(), other);
      }
    }
    if (unit.app().settings().blockEndsFriendship()) {
      unit.tellOfFriends(false);
      friends.unfriend(unit, blocked.values(), true);
    }
    endRequests(unit, blocked);
    endFollows(unit, blocked);
    forgetOnCommit(unit);
    return faults;
  }

  private void endRequests(RelationUnit unit, Map<Long, Account> blocked) throws SQLException {
    long self = unit.owner().id();
    stores
        .requests()
        .from(unit.connection(), self, blocked.keySet())
        .forEach((id, request) -> unit.endRequest(request, blocked.get(id)));
    stores
        .requests()
        .to(unit.connection(), blocked.keySet(), self)
        .forEach((id, request) -> unit.endRequest(request, blocked.get(id)));
  }

  private void endFollows(RelationUnit unit, Map<Long, Account> blocked) throws SQLException {
    long self = unit.owner().id();
    Map<Long, Follow> mine = stores.follows().by(unit.connection(), self, blocked.keySet());
    Map<Long, Follow> theirs = stores.follows().of(unit.connection(), self, blocked.keySet());
    mine.forEach(
        (id, follow) ->
            unit.unfollow(follow, Optional.ofNullable(theirs.get(id)), blocked.get(id)));
    theirs.forEach((id, follow) -> unit.unfollow(follow, Optional.empty(), blocked.get(id)));
  }

  private void forgetOnCommit(RelationUnit unit) {
    long owner = unit.owner().id();
    unit.onCommit(() -> forget(owner));
  }
}
