package im.palisade.server.relation;

import im.palisade.server.account.Account;
import im.palisade.server.app.AllowType;
import im.palisade.server.profile.Profile;
import im.palisade.server.relation.RelationHead.Count;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** One {@code friend_add} within its transaction: its checks in their order (rest-accounts C1). */
final class FriendAdding {
  private final RelationUnit unit;
  private final boolean both;
  private final boolean forced;
  private final Map<Long, Profile> profiles;
  private final Map<Long, Friend> mine;
  private final Map<Long, Friend> theirs;
  private final Set<Long> blockedByMe;
  private final Set<Long> blockingMe;
  private final Map<Long, FriendRequest> sent;
  private final Map<Long, FriendRequest> received;

  FriendAdding(
      RelationUnit unit,
      List<Long> others,
      boolean both,
      boolean forced,
      Map<Long, Profile> profiles)
      throws SQLException {
    this.unit = unit;
    this.both = both;
    this.forced = forced;
    this.profiles = profiles;
    RelationStores stores = unit.stores();
    long self = unit.owner().id();
    mine = stores.friends().of(unit.connection(), self, others);
    theirs = stores.friends().toward(unit.connection(), others, self);
    blockedByMe = stores.blocks().by(unit.connection(), self, others);
    blockingMe = stores.blocks().toward(unit.connection(), others, self);
    sent = stores.requests().from(unit.connection(), self, others);
    received = stores.requests().to(unit.connection(), others, self);
  }

  /** Adds each, or says why not. */
  Map<String, RelationFault> addAll(Map<Account, NewFriend> wanted) throws SQLException {
    Map<String, RelationFault> faults = new LinkedHashMap<>();
    for (Map.Entry<Account, NewFriend> each : wanted.entrySet()) {
      Optional<RelationFault> fault = add(each.getKey(), each.getValue());
      fault.ifPresent(reason -> faults.put(each.getKey().userId(), reason));
    }
    return faults;
  }

  /** Answers each who asked, or says why not. */
  Map<String, RelationFault> respond(Map<Account, NewFriend> wanted, RelationHook.Action action)
      throws SQLException {
    Map<String, RelationFault> faults = new LinkedHashMap<>();
    for (Map.Entry<Account, NewFriend> each : wanted.entrySet()) {
      Optional<RelationFault> fault = respond(each.getKey(), each.getValue(), action);
      fault.ifPresent(reason -> faults.put(each.getKey().userId(), reason));
    }
    return faults;
  }

  private Optional<RelationFault> respond(
      Account other, NewFriend wanted, RelationHook.Action action) throws SQLException {
    FriendRequest asked = received.get(other.id());
    if (asked == null) {
      return Optional.of(RelationFault.INVALID);
    }
    return switch (action) {
      case REJECT -> {
        unit.endRequest(asked, other);
        yield Optional.empty();
      }
      case AGREE_AND_ADD -> add(other, wanted);
      case AGREE -> {
        if (!theirs.containsKey(other.id())) {
          if (unit.head(other.id()).get(Count.FRIENDS) >= RelationLimits.FRIENDS) {
            yield Optional.of(RelationFault.PEER_FRIENDS_FULL);
          }
          unit.add(reverse(other, asked), other);
        }
        unit.endRequest(asked, other);
        yield Optional.empty();
      }
    };
  }

  /** Ends a request between the two. */
  Optional<RelationFault> drop(Account other, boolean incoming) {
    FriendRequest request = incoming ? received.get(other.id()) : sent.get(other.id());
    if (request == null) {
      return Optional.of(RelationFault.NO_REQUEST);
    }
    unit.endRequest(request, other);
    return Optional.empty();
  }

  private Optional<RelationFault> add(Account other, NewFriend wanted) throws SQLException {
    long id = other.id();
    if (unit.head(id).deleted()) {
      return Optional.of(RelationFault.ACCOUNT_NOT_EXIST);
    }
    if (!forced && !profiles.get(unit.owner().id()).maySendRequests()) {
      return Optional.of(RelationFault.REQUESTS_BARRED);
    }
    if (blockedByMe.contains(id)) {
      return Optional.of(RelationFault.PEER_IS_BLOCKED);
    }
    if (blockingMe.contains(id)) {
      return Optional.of(RelationFault.BLOCKED_BY_PEER);
    }
    // Who has asked is answered by being asked: both become friends at once.
    boolean answers = received.containsKey(id);
    boolean twoWay = both || answers;
    if (mine.containsKey(id) && (!twoWay || theirs.containsKey(id))) {
      return Optional.of(RelationFault.ALREADY_FRIEND);
    }
    Optional<RelationFault> full = checkRoom(id, twoWay, wanted.lists().orElse(List.of()));
    if (full.isPresent()) {
      return full;
    }
    if (!forced && !answers) {
      AllowType policy = profiles.get(id).allowType();
      switch (policy) {
        case DENY_ANY -> {
          return Optional.of(RelationFault.REFUSED);
        }
        case NEED_CONFIRM -> {
          return Optional.of(request(other, wanted));
        }
        case ALLOW_ANY -> {
          // Nothing stands in the way.
        }
      }
    }
    befriend(other, wanted, twoWay);
    return Optional.empty();
  }

  private Optional<RelationFault> checkRoom(long id, boolean twoWay, List<String> lists)
      throws SQLException {
    if (!mine.containsKey(id) && unit.head().get(Count.FRIENDS) >= RelationLimits.FRIENDS) {
      return Optional.of(RelationFault.FRIENDS_FULL);
    }
    if (twoWay
        && !theirs.containsKey(id)
        && unit.head(id).get(Count.FRIENDS) >= RelationLimits.FRIENDS) {
      return Optional.of(RelationFault.PEER_FRIENDS_FULL);
    }
    return unit.lists(unit.owner().id()).canHold(lists)
        ? Optional.empty()
        : Optional.of(RelationFault.LISTS_FULL);
  }

  private RelationFault request(Account other, NewFriend wanted) {
    boolean present = sent.containsKey(other.id());
    boolean room =
        unit.head().get(Count.REQUESTS_OUT) < RelationLimits.REQUESTS
            && unit.head(other.id()).get(Count.REQUESTS_IN) < RelationLimits.REQUESTS;
    if (!present && !room) {
      return RelationFault.REQUESTS_FULL;
    }
    FriendRequest request =
        new FriendRequest(
            unit.owner().id(),
            other.id(),
            unit.seconds(),
            both,
            wanted.lists().orElse(List.of()).stream().findFirst().orElse(""),
            wanted.remark().orElse(""),
            wanted.source().orElse(FriendTags.UNKNOWN_SOURCE),
            wanted.wording().orElse(""));
    unit.request(request, present, other);
    return RelationFault.PENDING;
  }

  private void befriend(Account other, NewFriend wanted, boolean twoWay) throws SQLException {
    long id = other.id();
    Account self = unit.owner();
    Friend present = mine.get(id);
    FriendLists lists = unit.lists(self.id());
    int mask = lists.maskOf(wanted.lists().orElse(List.of()));
    if (present == null) {
      unit.add(
          new Friend(
              self.id(),
              id,
              other.userId(),
              unit.seconds(),
              mask,
              wanted.remark().orElse(""),
              wanted.source().orElse(FriendTags.UNKNOWN_SOURCE),
              wanted.wording().orElse(""),
              Map.of()),
          other);
    } else {
      Friend changed =
          present
              .withRemark(wanted.remark().orElse(present.remark()))
              .withLists(present.lists() | mask);
      unit.change(present, changed, other);
    }
    FriendRequest asked = received.get(id);
    if (twoWay && !theirs.containsKey(id)) {
      unit.add(reverse(other, asked), other);
    }
    FriendRequest own = sent.get(id);
    if (own != null) {
      unit.endRequest(own, other);
    }
    if (asked != null) {
      unit.endRequest(asked, other);
    }
  }

  /** The other's entry: plain, or as it asked for when it did. */
  private Friend reverse(Account other, FriendRequest asked) throws SQLException {
    Account self = unit.owner();
    int mask = 0;
    if (asked != null && !asked.list().isEmpty()) {
      List<String> names = List.of(asked.list());
      FriendLists lists = unit.lists(other.id());
      mask = lists.canHold(names) ? lists.maskOf(names) : 0;
    }
    return new Friend(
        other.id(),
        self.id(),
        self.userId(),
        unit.seconds(),
        mask,
        asked == null ? "" : asked.remark(),
        asked == null ? "" : asked.source(),
        asked == null ? "" : asked.wording(),
        Map.of());
  }
}
