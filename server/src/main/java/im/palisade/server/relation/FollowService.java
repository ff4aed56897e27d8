package im.palisade.server.relation;

import im.palisade.server.account.Account;
import im.palisade.server.account.AccountService;
import im.palisade.server.app.App;
import im.palisade.server.audit.Cause;
import im.palisade.server.protocol.ErrorCode;
import im.palisade.server.protocol.ImException;
import im.palisade.server.relation.FollowStore.Kind;
import im.palisade.server.relation.FollowStore.Listed;
import im.palisade.server.relation.RelationHead.Count;
import im.palisade.server.store.Regions;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** The rules of following (rest-accounts Part D); every call fails with 30005 when it is off. */
public final class FollowService {
  private static final Pattern CURSOR = Pattern.compile("\\d{1,18}_\\d{1,18}");
  private static final Listed NEWEST = new Listed(Long.MAX_VALUE, Long.MAX_VALUE);

  private final Regions regions;
  private final AccountService accounts;
  private final RelationWrites writes;
  private final RelationStores stores;

  FollowService(
      Regions regions, AccountService accounts, RelationWrites writes, RelationStores stores) {
    this.regions = regions;
    this.accounts = accounts;
    this.writes = writes;
    this.stores = stores;
  }

  /** The three lists of an account. */
  public enum ListKind {
    FANS(Kind.FANS),
    FOLLOWING(Kind.FOLLOWING),
    MUTUAL(Kind.MUTUAL);

    private final Kind kind;

    ListKind(Kind kind) {
      this.kind = kind;
    }
  }

  /** A listed account and since when, in UNIX seconds. */
  public record Entry(Account account, long time) {}

  /**
   * One page.
   *
   * @param next where the next begins, or empty when there is none
   */
  public record Page(List<Entry> entries, String next) {}

  /** How many an account has of each. */
  public record Counters(int followers, int following, int mutual) {}

  /**
   * Follows accounts; those followed already stay as they are.
   *
   * @return what failed, by UserID
   */
  public Map<String, RelationFault> add(
      App app, String from, Collection<String> userIds, Cause cause) {
    checkEnabled(app);
    Addressees addressees = Addressees.resolve(accounts, app, from, userIds);
    List<Long> ids = addressees.ids();
    return writes.changeEach(
        app,
        addressees,
        ids,
        cause,
        unit -> {
          long self = unit.owner().id();
          Map<Long, Follow> mine = stores.follows().by(unit.connection(), self, ids);
          Map<Long, Follow> theirs = stores.follows().of(unit.connection(), self, ids);
          Set<Long> blockedByMe = stores.blocks().by(unit.connection(), self, ids);
          Set<Long> blockingMe = stores.blocks().toward(unit.connection(), ids, self);
          Map<String, RelationFault> faults = new LinkedHashMap<>();
          int position = 0;
          for (Account other : addressees.others().values()) {
            long id = other.id();
            if (unit.head(id).deleted()) {
              faults.put(other.userId(), RelationFault.ACCOUNT_NOT_EXIST);
            } else if (blockedByMe.contains(id)) {
              faults.put(other.userId(), RelationFault.PEER_IS_BLOCKED);
            } else if (blockingMe.contains(id)) {
              faults.put(other.userId(), RelationFault.BLOCKED_BY_PEER);
            } else if (!mine.containsKey(id)) {
              if (unit.head().get(Count.FOLLOWING) >= RelationLimits.FOLLOWING) {
                faults.put(other.userId(), RelationFault.FOLLOWS_FULL);
              } else {
                unit.follow(other, Optional.ofNullable(theirs.get(id)), position++);
              }
            }
          }
          return faults;
        });
  }

  /**
   * Ends follows; where there is none nothing happens.
   *
   * @return what failed, by UserID
   */
  public Map<String, RelationFault> delete(
      App app, String from, Collection<String> userIds, Cause cause) {
    checkEnabled(app);
    Addressees addressees = Addressees.resolve(accounts, app, from, userIds);
    List<Long> ids = addressees.ids();
    writes.change(
        app,
        addressees.owner(),
        ids,
        cause,
        unit -> {
          long self = unit.owner().id();
          Map<Long, Follow> mine = stores.follows().by(unit.connection(), self, ids);
          Map<Long, Follow> theirs = stores.follows().of(unit.connection(), self, ids);
          for (Account other : addressees.others().values()) {
            Optional.ofNullable(mine.get(other.id()))
                .ifPresent(
                    follow ->
                        unit.unfollow(follow, Optional.ofNullable(theirs.get(other.id())), other));
          }
          return null;
        });
    return addressees.faults();
  }

  /**
   * A page of one of an account's lists, newest first.
   *
   * @param cursor empty for the first page, else {@link Page#next}
   * @throws ImException 30001 for a cursor that is none, 30003
   */
  public Page page(App app, String from, ListKind list, String cursor, int limit) {
    checkEnabled(app);
    Account owner = Addressees.owner(accounts, app, from);
    Listed before = cursor.isEmpty() ? NEWEST : parse(cursor);
    List<Listed> found =
        regions
            .of(app)
            .read(
                connection ->
                    stores.follows().page(connection, list.kind, owner.id(), before, limit + 1));
    boolean complete = found.size() <= limit;
    List<Listed> page = complete ? found : found.subList(0, limit);
    Map<Long, Account> byId =
        accounts.findByIds(app, page.stream().map(Listed::accountId).toList());
    List<Entry> entries = new ArrayList<>(page.size());
    for (Listed each : page) {
      Account account = byId.get(each.accountId());
      if (account != null) {
        entries.add(new Entry(account, each.time() / 1_000_000));
      }
    }
    return new Page(entries, complete ? "" : text(page.getLast()));
  }

  /** Who follows whom, by UserID. */
  public Map<String, Direction> check(
      App app, String from, Collection<String> userIds, Map<String, RelationFault> faults) {
    checkEnabled(app);
    Addressees addressees = Addressees.resolve(accounts, app, from, userIds);
    faults.putAll(addressees.faults());
    long owner = addressees.owner().id();
    List<Long> ids = addressees.ids();
    return regions
        .of(app)
        .read(
            connection -> {
              Set<Long> mine = stores.follows().by(connection, owner, ids).keySet();
              Set<Long> theirs = stores.follows().of(connection, owner, ids).keySet();
              return addressees.directions(mine, theirs);
            });
  }

  /**
   * The counters of accounts, by UserID; unknown ones are missing.
   *
   * @throws ImException 30003 when the asking account does not exist
   */
  public Map<String, Counters> counters(App app, String from, Collection<String> userIds) {
    checkEnabled(app);
    Addressees.owner(accounts, app, from);
    Map<String, Account> known = accounts.findAll(app, userIds);
    Map<Long, RelationHead> heads =
        regions
            .of(app)
            .read(
                connection ->
                    stores
                        .heads()
                        .find(connection, known.values().stream().map(Account::id).toList()));
    Map<String, Counters> counters = new LinkedHashMap<>();
    known.forEach(
        (userId, account) -> {
          RelationHead head = heads.getOrDefault(account.id(), RelationHead.none(account.id()));
          counters.put(
              userId,
              new Counters(
                  head.get(Count.FOLLOWERS), head.get(Count.FOLLOWING), head.get(Count.MUTUAL)));
        });
    return counters;
  }

  private static void checkEnabled(App app) {
    if (!app.settings().followEnabled()) {
      throw new ImException(ErrorCode.FOLLOW_DISABLED);
    }
  }

  private static Listed parse(String cursor) {
    if (!CURSOR.matcher(cursor).matches()) {
      throw new ImException(ErrorCode.RELATION_INVALID_PARAMETER, "StartCursor is none of ours");
    }
    int split = cursor.indexOf('_');
    return new Listed(
        Long.parseLong(cursor.substring(split + 1)), Long.parseLong(cursor.substring(0, split)));
  }

  private static String text(Listed last) {
    return last.time() + "_" + last.accountId();
  }
}
