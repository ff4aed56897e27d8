package im.palisade.server.relation;

import com.fasterxml.jackson.databind.JsonNode;
import im.palisade.server.account.Account;
import im.palisade.server.account.AccountService;
import im.palisade.server.app.App;
import im.palisade.server.audit.Cause;
import im.palisade.server.profile.Profile;
import im.palisade.server.profile.ProfileService;
import im.palisade.server.protocol.ErrorCode;
import im.palisade.server.protocol.ImException;
import im.palisade.server.relation.RelationHead.Count;
import im.palisade.server.store.Regions;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/**
 * The rules of friends (rest-accounts C1–C5). Each account of a call stands for itself: what fails
 * is in the result by UserID, everything else was done, in one transaction.
 */
public final class FriendService {
  /** Attempts to lock all of a friend list that others are adding to. */
  private static final int ATTEMPTS = 5;

  private final Regions regions;
  private final AccountService accounts;
  private final ProfileService profiles;
  private final RelationWrites writes;
  private final FriendStore store;
  private final RelationTexts texts;

  FriendService(
      Regions regions,
      AccountService accounts,
      ProfileService profiles,
      RelationWrites writes,
      FriendStore store,
      RelationTexts texts) {
    this.regions = regions;
    this.accounts = accounts;
    this.profiles = profiles;
    this.writes = writes;
    this.store = store;
    this.texts = texts;
  }

  /** A change of one friend: new values by tag. */
  public record Update(String userId, List<Map.Entry<String, JsonNode>> values) {}

  /**
   * Adds friends, asks for approval, or refuses, as the others' settings say.
   *
   * @param both whether they are to have the account as well
   * @param forced whether nobody is asked
   * @throws ImException 30003, 30008
   */
  public Map<String, RelationFault> add(
      App app,
      String from,
      Collection<NewFriend> wanted,
      boolean both,
      boolean forced,
      Cause cause) {
    Wanted valid =
        Wanted.of(app, accounts, from, wanted).moderated(() -> texts.reading(app, cause));
    Map<Long, Profile> policies = policies(app, valid);
    List<Long> ids = valid.ids();
    return valid.faultsWith(
        writes.change(
            app,
            valid.owner(),
            ids,
            cause,
            unit -> {
              unit.tellOfFriends(forced);
              return new FriendAdding(unit, ids, both, forced, policies).addAll(valid.byAccount());
            }));
  }

  /**
   * Answers an account that asked to become a friend.
   *
   * @return why not; a request that is not there is an invalid one
   * @throws ImException 30003
   */
  public Optional<RelationFault> respond(
      App app, String from, RelationHook.Response response, Cause cause) {
    Wanted valid =
        Wanted.of(
                app,
                accounts,
                from,
                List.of(
                    new NewFriend(
                        response.userId(),
                        response.remark(),
                        response.list().map(List::of),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        Map.of())))
            .moderated(() -> texts.reading(app, cause));
    Map<Long, Profile> policies = policies(app, valid);
    List<Long> ids = valid.ids();
    Map<String, RelationFault> faults =
        valid.faultsWith(
            writes.change(
                app,
                valid.owner(),
                ids,
                cause,
                unit -> {
                  unit.tellOfResponse();
                  return new FriendAdding(unit, ids, true, true, policies)
                      .respond(valid.byAccount(), response.action());
                }));
    return Optional.ofNullable(faults.get(response.userId()));
  }

  /**
   * Puts friends into one account's list without asking anybody; those it has are updated with what
   * is given.
   *
   * @throws ImException 30003, 30008
   */
  public Map<String, RelationFault> importAll(
      App app, String from, Collection<NewFriend> wanted, Cause cause) {
    Wanted valid = Wanted.of(app, accounts, from, wanted);
    List<Long> ids = valid.ids();
    return valid.faultsWith(
        writes.change(
            app,
            valid.owner(),
            ids,
            cause,
            unit -> {
              Map<Long, Friend> present = store.of(unit.connection(), valid.owner().id(), ids);
              Map<String, RelationFault> faults = new LinkedHashMap<>();
              for (Map.Entry<Account, NewFriend> each : valid.byAccount().entrySet()) {
                Account other = each.getKey();
                importOne(
                        unit, other, each.getValue(), Optional.ofNullable(present.get(other.id())))
                    .ifPresent(fault -> faults.put(other.userId(), fault));
              }
              return faults;
            }));
  }

  /**
   * Changes remark, lists and custom fields of friends.
   *
   * @throws ImException 30003, 30008
   */
  public Map<String, RelationFault> update(
      App app, String from, Collection<Update> updates, Cause cause) {
    Map<String, Update> byUserId = new LinkedHashMap<>();
    updates.forEach(update -> byUserId.putIfAbsent(update.userId(), update));
    Addressees addressees = Addressees.resolve(accounts, app, from, byUserId.keySet());
    List<Long> ids = addressees.ids();
    Map<String, FriendChange> changes = new LinkedHashMap<>();
    for (String userId : addressees.others().keySet()) {
      changes.put(
          userId, FriendChange.of(app, byUserId.get(userId).values(), texts.reading(app, cause)));
    }
    return writes.changeEach(
        app,
        addressees,
        List.of(),
        cause,
        unit -> {
          Map<Long, Friend> present = store.of(unit.connection(), addressees.owner().id(), ids);
          Map<String, RelationFault> faults = new LinkedHashMap<>();
          for (Account other : addressees.others().values()) {
            Friend friend = present.get(other.id());
            Optional<RelationFault> fault =
                friend == null
                    ? Optional.of(RelationFault.FRIEND_NOT_EXIST)
                    : changes.get(other.userId()).apply(unit, friend, other);
            fault.ifPresent(reason -> faults.put(other.userId(), reason));
          }
          return faults;
        });
  }

  /**
   * Removes friends from the account's list, and with {@code both} the account from theirs.
   *
   * @throws ImException 30003, 30008
   */
  public Map<String, RelationFault> delete(
      App app, String from, Collection<String> userIds, boolean both, Cause cause) {
    Addressees addressees = Addressees.resolve(accounts, app, from, userIds);
    List<Long> ids = addressees.ids();
    return writes.changeEach(
        app,
        addressees,
        ids,
        cause,
        unit -> {
          unit.tellOfFriends(false);
          Map<String, RelationFault> faults = new LinkedHashMap<>();
          Set<Long> removed = unfriend(unit, addressees.others().values(), both);
          for (Account other : addressees.others().values()) {
            if (!removed.contains(other.id())) {
              faults.put(other.userId(), RelationFault.NO_FRIEND_TO_DELETE);
            }
          }
          return faults;
        });
  }

  /**
   * Empties an account's friend list, and with {@code both} takes it out of those friends' lists.
   * Its named lists stay.
   *
   * @throws ImException 30003, 30008
   */
  public void deleteAll(App app, String from, boolean both, Cause cause) {
    Account owner = Addressees.owner(accounts, app, from);
    for (int attempt = 1; attempt <= ATTEMPTS; attempt++) {
      Set<Long> expected = friendIds(app, owner);
      boolean done =
          writes.change(
              app,
              owner,
              both ? expected : Set.of(),
              cause,
              unit -> deleteAll(unit, both, expected));
      if (done) {
        return;
      }
    }
    throw new ImException(ErrorCode.RELATION_CONFLICT);
  }

  /** Ends friendships within a transaction; returns the ids of those of whom there were any. */
  Set<Long> unfriend(RelationUnit unit, Collection<Account> others, boolean both)
      throws SQLException {
    List<Long> ids = others.stream().map(Account::id).toList();
    Account owner = unit.owner();
    Map<Long, Friend> mine = store.of(unit.connection(), owner.id(), ids);
    Map<Long, Friend> theirs = both ? store.toward(unit.connection(), ids, owner.id()) : Map.of();
    Set<Long> removed = new HashSet<>();
    for (Account other : others) {
      Optional.ofNullable(mine.get(other.id()))
          .ifPresent(
              friend -> {
                unit.remove(friend, other.userId(), other);
                removed.add(other.id());
              });
      Optional.ofNullable(theirs.get(other.id()))
          .ifPresent(
              friend -> {
                unit.remove(friend, owner.userId(), other);
                removed.add(other.id());
              });
    }
    return removed;
  }

  private Set<Long> friendIds(App app, Account owner) {
    Set<Long> ids = new HashSet<>();
    regions
        .of(app)
        .read(connection -> store.all(connection, owner.id()))
        .forEach(friend -> ids.add(friend.friendId()));
    return ids;
  }

  /** False when somebody was added in between whose row is not locked. */
  private boolean deleteAll(RelationUnit unit, boolean both, Set<Long> locked) throws SQLException {
    Account owner = unit.owner();
    List<Friend> mine = store.all(unit.connection(), owner.id());
    List<Long> ids = mine.stream().map(Friend::friendId).toList();
    if (both && !locked.containsAll(ids)) {
      return false;
    }
    Map<Long, Account> friends = accounts.findByIds(unit.app(), ids);
    Map<Long, Friend> theirs = both ? store.toward(unit.connection(), ids, owner.id()) : Map.of();
    for (Friend friend : mine) {
      Account other = friends.getOrDefault(friend.friendId(), owner);
      unit.remove(friend, friend.userId(), other);
      Optional.ofNullable(theirs.get(friend.friendId()))
          .ifPresent(reverse -> unit.remove(reverse, owner.userId(), other));
    }
    return true;
  }

  private static Optional<RelationFault> importOne(
      RelationUnit unit, Account other, NewFriend wanted, Optional<Friend> present)
      throws SQLException {
    if (unit.head(other.id()).deleted()) {
      return Optional.of(RelationFault.ACCOUNT_NOT_EXIST);
    }
    if (present.isEmpty() && unit.head().get(Count.FRIENDS) >= RelationLimits.FRIENDS) {
      return Optional.of(RelationFault.FRIENDS_FULL);
    }
    FriendLists lists = unit.lists(unit.owner().id());
    if (!lists.canHold(wanted.lists().orElse(List.of()))) {
      return Optional.of(RelationFault.LISTS_FULL);
    }
    Friend base =
        present.orElseGet(
            () ->
                new Friend(
                    unit.owner().id(),
                    other.id(),
                    other.userId(),
                    unit.seconds(),
                    0,
                    "",
                    FriendTags.UNKNOWN_SOURCE,
                    "",
                    Map.of()));
    Map<String, String> custom = new HashMap<>();
    wanted
        .custom()
        .forEach(
            (tag, value) ->
                custom.put(tag, FriendTags.customValue(unit.app(), tag, value).orElseThrow()));
    Friend imported =
        new Friend(
            base.ownerId(),
            base.friendId(),
            base.userId(),
            wanted.addTime().orElse(base.addTime()),
            wanted.lists().isPresent() ? lists.maskOf(wanted.lists().get()) : base.lists(),
            wanted.remark().orElse(base.remark()),
            wanted.source().orElse(base.source()),
            wanted.wording().orElse(base.wording()),
            FriendTags.merged(base.custom(), custom));
    if (present.isEmpty()) {
      unit.add(imported, other);
    } else {
      unit.change(present.get(), imported, other);
    }
    return Optional.empty();
  }

  private Map<Long, Profile> policies(App app, Wanted valid) {
    List<Account> all = new ArrayList<>(valid.byAccount().keySet());
    all.add(valid.owner());
    return profiles.findPolicies(app, all);
  }

  /** Friends to add whose accounts exist and whose fields are right, and why the others are not. */
  private record Wanted(
      Account owner, Map<Account, NewFriend> byAccount, Map<String, RelationFault> faults) {

    static Wanted of(App app, AccountService accounts, String from, Collection<NewFriend> wanted) {
      Map<String, NewFriend> byUserId = new LinkedHashMap<>();
      wanted.forEach(each -> byUserId.putIfAbsent(each.userId(), each));
      Addressees addressees = Addressees.resolve(accounts, app, from, byUserId.keySet());
      Map<Account, NewFriend> valid = new LinkedHashMap<>();
      Map<String, RelationFault> faults = new LinkedHashMap<>(addressees.faults());
      for (Account other : addressees.others().values()) {
        NewFriend each = byUserId.get(other.userId());
        if (isValid(app, each)) {
          valid.put(other, each);
        } else {
          faults.put(other.userId(), RelationFault.INVALID);
        }
      }
      return new Wanted(addressees.owner(), valid, faults);
    }

    /** Without those whose texts may not be written. */
    Wanted moderated(Supplier<RelationTexts.Reading> readings) {
      Map<Account, NewFriend> passed = new LinkedHashMap<>();
      Map<String, RelationFault> all = new LinkedHashMap<>(faults);
      byAccount.forEach(
          (other, given) -> {
            RelationTexts.Reading reading = readings.get();
            NewFriend friend = reading.friend(given);
            reading
                .fault()
                .ifPresentOrElse(
                    fault -> all.put(other.userId(), fault), () -> passed.put(other, friend));
          });
      return new Wanted(owner, passed, all);
    }

    List<Long> ids() {
      return byAccount.keySet().stream().map(Account::id).toList();
    }

    Map<String, RelationFault> faultsWith(Map<String, RelationFault> more) {
      Map<String, RelationFault> all = new LinkedHashMap<>(faults);
      all.putAll(more);
      return all;
    }

    private static boolean isValid(App app, NewFriend wanted) {
      return wanted.source().map(FriendTags::isSource).orElse(true)
          && wanted.custom().entrySet().stream()
              .allMatch(
                  each -> FriendTags.customValue(app, each.getKey(), each.getValue()).isPresent());
    }
  }
}
