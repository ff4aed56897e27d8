package im.palisade.server.relation;

import im.palisade.server.account.Account;
import im.palisade.server.account.AccountService;
import im.palisade.server.app.App;
import im.palisade.server.audit.Cause;
import im.palisade.server.protocol.ErrorCode;
import im.palisade.server.protocol.ImException;
import im.palisade.server.relation.RelationHead.Sequence;
import im.palisade.server.store.Regions;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The rules of named friend lists (rest-accounts C13–C15). */
public final class FriendListService {
  private final Regions regions;
  private final AccountService accounts;
  private final RelationWrites writes;
  private final RelationStores stores;
  private final RelationTexts texts;

  FriendListService(
      Regions regions,
      AccountService accounts,
      RelationWrites writes,
      RelationStores stores,
      RelationTexts texts) {
    this.regions = regions;
    this.accounts = accounts;
    this.writes = writes;
    this.stores = stores;
    this.texts = texts;
  }

  /** What became of a change: failures by UserID and the sequence of the lists after it. */
  public record Changed(Map<String, RelationFault> faults, int sequence) {}

  /** A list with its members' UserIDs, oldest friend first. */
  public record Named(String name, List<String> members) {}

  /** Lists and the sequence they belong to. */
  public record Found(List<Named> lists, int sequence) {}

  /**
   * Makes lists, those that exist stay, and puts friends into every one of them.
   *
   * @throws ImException 30001, 30003, 30008, 30011, 80001; then nothing was written
   */
  public Changed add(
      App app, String from, Collection<String> names, Collection<String> members, Cause cause) {
    Addressees addressees = Addressees.resolve(accounts, app, from, members);
    RelationTexts.Reading reading = texts.reading(app, cause);
    Set<String> wanted = new LinkedHashSet<>(reading.listNames(List.copyOf(names)));
    if (reading.fault().isPresent()) {
      throw reading.fault().get().refusal();
    }
    return writes.change(
        app,
        addressees.owner(),
        List.of(),
        cause,
        unit -> {
          FriendLists lists = unit.lists(unit.owner().id());
          if (!lists.canHold(wanted)) {
            throw new ImException(ErrorCode.FRIEND_LISTS_FULL);
          }
          int mask = lists.maskOf(wanted);
          if (!lists.created().isEmpty()) {
            unit.listsChanged();
          }
          Map<Long, Friend> present =
              stores.friends().of(unit.connection(), unit.owner().id(), addressees.ids());
          Map<String, RelationFault> faults = new LinkedHashMap<>();
          for (Account other : addressees.others().values()) {
            Friend friend = present.get(other.id());
            if (friend == null) {
              faults.put(other.userId(), RelationFault.STRANGER);
            } else {
              unit.change(friend, friend.withLists(friend.lists() | mask), other);
            }
          }
          return new Changed(addressees.with(faults), unit.head().get(Sequence.LISTS));
        });
  }

  /**
   * Deletes lists; their friends stay friends. Unknown names are ignored.
   *
   * @throws ImException 30003, 30008
   */
  public Changed delete(App app, String from, Collection<String> names, Cause cause) {
    Account owner = Addressees.owner(accounts, app, from);
    return writes.change(
        app,
        owner,
        List.of(),
        cause,
        unit -> {
          FriendLists lists = unit.lists(owner.id());
          int mask = lists.delete(names);
          if (mask != 0) {
            unit.listsChanged();
            List<Friend> listed =
                stores.friends().listed(unit.connection(), owner.id()).stream()
                    .filter(friend -> (friend.lists() & mask) != 0)
                    .toList();
            Map<Long, Account> members =
                accounts.findByIds(app, listed.stream().map(Friend::friendId).toList());
            for (Friend friend : listed) {
              unit.change(
                  friend,
                  friend.withLists(friend.lists() & ~mask),
                  members.getOrDefault(friend.friendId(), owner));
            }
          }
          return new Changed(Map.of(), unit.head().get(Sequence.LISTS));
        });
  }

  /**
   * Takes friends out of a list.
   *
   * @throws ImException 30003, 30008
   */
  Map<String, RelationFault> remove(
      App app, String from, String name, Collection<String> members, Cause cause) {
    Addressees addressees = Addressees.resolve(accounts, app, from, members);
    return addressees.with(
        writes.change(
            app,
            addressees.owner(),
            List.of(),
            cause,
            unit -> {
              int mask = unit.lists(unit.owner().id()).maskOf(Set.of(name));
              Map<Long, Friend> present =
                  stores.friends().of(unit.connection(), unit.owner().id(), addressees.ids());
              Map<String, RelationFault> faults = new LinkedHashMap<>();
              for (Account other : addressees.others().values()) {
                Friend friend = present.get(other.id());
                if (friend == null) {
                  faults.put(other.userId(), RelationFault.STRANGER);
                } else {
                  unit.change(friend, friend.withLists(friend.lists() & ~mask), other);
                }
              }
              return faults;
            }));
  }

  /**
   * Renames a list.
   *
   * @throws ImException 30001 when there is none of that name or one of the new, 30003, 80001
   */
  void rename(App app, String from, String name, String newName, Cause cause) {
    Account owner = Addressees.owner(accounts, app, from);
    RelationTexts.Reading reading = texts.reading(app, cause);
    String wanted = reading.listNames(List.of(newName)).getFirst();
    if (reading.fault().isPresent()) {
      throw reading.fault().get().refusal();
    }
    writes.change(
        app,
        owner,
        List.of(),
        cause,
        unit -> {
          FriendLists lists = unit.lists(owner.id());
          if (lists.find(name).isEmpty() || lists.find(wanted).isPresent()) {
            throw new ImException(
                ErrorCode.RELATION_INVALID_PARAMETER, "no such list, or the name is taken");
          }
          int old = lists.maskOf(Set.of(name));
          lists.delete(Set.of(name));
          int to = lists.maskOf(Set.of(wanted));
          unit.listsChanged();
          for (Friend friend : stores.friends().listed(unit.connection(), owner.id())) {
            if ((friend.lists() & old) != 0) {
              unit.change(friend, friend.withLists((friend.lists() & ~old) | to), owner);
            }
          }
          return null;
        });
  }

  /**
   * Lists of an account; unknown names are skipped.
   *
   * @param names only these, or all when there are none
   * @throws ImException 30003
   */
  public Found find(App app, String from, Collection<String> names) {
    Account owner = Addressees.owner(accounts, app, from);
    return regions
        .of(app)
        .read(
            connection -> {
              int sequence = stores.heads().of(connection, owner.id()).get(Sequence.LISTS);
              FriendLists lists = stores.friends().lists(connection, owner.id());
              List<Friend> listed = stores.friends().listed(connection, owner.id());
              List<Named> found = new ArrayList<>();
              for (String name : names.isEmpty() ? lists.names() : new LinkedHashSet<>(names)) {
                lists.find(name).ifPresent(bit -> found.add(new Named(name, members(listed, bit))));
              }
              return new Found(found, sequence);
            });
  }

  private static List<String> members(List<Friend> listed, int bit) {
    return listed.stream()
        .filter(friend -> (friend.lists() & bit) != 0)
        .map(Friend::userId)
        .toList();
  }
}
