package im.palisade.server.relation;

import im.palisade.compliance.audit.AuditEvent.Outcome;
import im.palisade.compliance.audit.AuditEvent.Target;
import im.palisade.server.account.Account;
import im.palisade.server.account.AccountService;
import im.palisade.server.app.App;
import im.palisade.server.audit.Cause;
import im.palisade.server.protocol.ErrorCode;
import im.palisade.server.protocol.ImException;
import im.palisade.server.relation.RelationHead.Count;
import im.palisade.server.relation.RelationHead.Sequence;
import im.palisade.server.store.Counter;
import im.palisade.server.store.UnitOfWork;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * One transaction on the relations of an account with others. All their rows are locked, so what is
 * read here holds until the end. Changes are gathered with their counters, sequences and notices
 * and written together by {@link #finish}.
 */
final class RelationUnit {
  private final App app;
  private final Account owner;
  private final Instant now;
  private final UnitOfWork unit;
  private final RelationStores stores;
  private final Map<Long, RelationHead> heads;
  private final Map<Long, FriendLists> lists = new HashMap<>();
  private final Map<Edge, Friend> friendsPut = new LinkedHashMap<>();
  private final Map<Edge, Friend> friendsRemoved = new LinkedHashMap<>();
  private final List<FriendRequest> requestsPut = new ArrayList<>();
  private final List<FriendRequest> requestsRemoved = new ArrayList<>();
  private final List<Blocked> blockedPut = new ArrayList<>();
  private final List<Blocked> blockedRemoved = new ArrayList<>();
  private final Map<Edge, Follow> followsPut = new LinkedHashMap<>();
  private final Map<Edge, Follow> followsRemoved = new LinkedHashMap<>();
  private final Set<String> touched = new TreeSet<>();
  private final Notices notices = new Notices();

  private final Map<Edge, RelationHook.Pair> friendsMet = new LinkedHashMap<>();
  private final List<RelationHook.Pair> friendsLost = new ArrayList<>();
  private final List<RelationHook.Pair> blocks = new ArrayList<>();
  private final List<RelationHook.Pair> unblocks = new ArrayList<>();
  private boolean tellsFriends;
  private boolean forced;
  private boolean responds;

  private record Edge(long from, long to) {}

  /**
   * Begins by locking the rows of all.
   *
   * @throws ImException 30003 when the owner has been deleted
   */
  RelationUnit(
      App app,
      Account owner,
      Collection<Long> others,
      Instant now,
      UnitOfWork unit,
      RelationStores stores)
      throws SQLException {
    this.app = app;
    this.owner = owner;
    this.now = now;
    this.unit = unit;
    this.stores = stores;
    Set<Long> all = new TreeSet<>(others);
    all.add(owner.id());
    this.heads = stores.heads().lock(unit.connection(), all);
    if (head(owner.id()).deleted()) {
      throw new ImException(ErrorCode.RELATION_ACCOUNT_NOT_FOUND);
    }
  }

  App app() {
    return app;
  }

  Account owner() {
    return owner;
  }

  Connection connection() {
    return unit.connection();
  }

  RelationStores stores() {
    return stores;
  }

  long seconds() {
    return now.getEpochSecond();
  }

  long micros() {
    return ChronoUnit.MICROS.between(Instant.EPOCH, now);
  }

  RelationHead head(long accountId) {
    return heads.get(accountId);
  }

  /** The owner's numbers. */
  RelationHead head() {
    return head(owner.id());
  }

  Notices notices() {
    return notices;
  }

  /** The named lists of an account whose row is locked. */
  FriendLists lists(long accountId) throws SQLException {
    FriendLists found = lists.get(accountId);
    if (found == null) {
      found = stores.friends().lists(connection(), accountId);
      lists.put(accountId, found);
    }
    return found;
  }

  /**
   * Hooks are told of friends who come and go.
   *
   * @param withoutAsking whether nobody was asked
   */
  void tellOfFriends(boolean withoutAsking) {
    tellsFriends = true;
    forced = withoutAsking;
  }

  /** The same for friends of a request that is answered. */
  void tellOfResponse() {
    tellsFriends = true;
    responds = true;
  }

  /** Runs once the transaction is committed. */
  void onCommit(Runnable follower) {
    unit.onCommit(follower);
  }

  /** A new entry; the account touched stands in the record of the call. */
  void add(Friend friend, Account touchedAccount) throws SQLException {
    friendsPut.put(edge(friend), friend);
    friendsMet.put(edge(friend), pair(friend, touchedAccount));
    touched.add(touchedAccount.subjectRef());
    RelationHead head = head(friend.ownerId());
    head.add(Count.FRIENDS, 1);
    head.grow(Sequence.STANDARD);
    if (friend.lists() != 0) {
      head.grow(Sequence.LISTS);
    }
    if (!friend.custom().isEmpty()) {
      head.grow(Sequence.CUSTOM);
    }
    notices.of(friend.ownerId()).added(friend, names(friend));
  }

  /** Another content of an entry that is there; does nothing when it is the same. */
  void change(Friend before, Friend after, Account touchedAccount) throws SQLException {
    if (before.equals(after)) {
      return;
    }
    friendsPut.put(edge(after), after);
    touched.add(touchedAccount.subjectRef());
    RelationHead head = head(after.ownerId());
    if (!before.hasStandardOf(after)) {
      head.grow(Sequence.STANDARD);
    }
    if (before.lists() != after.lists()) {
      head.grow(Sequence.LISTS);
    }
    if (!before.custom().equals(after.custom())) {
      head.grow(Sequence.CUSTOM);
    }
    notices.of(after.ownerId()).updated(after, names(after));
  }

  /**
   * Removes an entry with everything in it.
   *
   * @param friendUserId as the entry's owner knows the friend
   */
  void remove(Friend friend, String friendUserId, Account touchedAccount) {
    friendsRemoved.put(edge(friend), friend);
    friendsLost.add(pair(friend, touchedAccount));
    touched.add(touchedAccount.subjectRef());
    RelationHead head = head(friend.ownerId());
    head.add(Count.FRIENDS, -1);
    head.grow(Sequence.STANDARD);
    if (friend.lists() != 0) {
      head.grow(Sequence.LISTS);
    }
    if (!friend.custom().isEmpty()) {
      head.grow(Sequence.CUSTOM);
    }
    notices.of(friend.ownerId()).deleted(friendUserId);
  }

  /** A request, or another content of one that is there. */
  void request(FriendRequest request, boolean present, Account to) {
    requestsPut.add(request);
    touched.add(to.subjectRef());
    if (!present) {
      head(request.fromId()).add(Count.REQUESTS_OUT, 1);
      head(request.toId()).add(Count.REQUESTS_IN, 1);
    }
    notices.of(request.fromId()).requested(request, to.userId(), false);
    notices.of(request.toId()).requested(request, owner.userId(), true);
  }

  /** Ends a request between the owner and another, accepted or dropped. */
  void endRequest(FriendRequest request, Account other) {
    requestsRemoved.add(request);
    head(request.fromId()).add(Count.REQUESTS_OUT, -1);
    head(request.toId()).add(Count.REQUESTS_IN, -1);
    boolean mine = request.fromId() == owner.id();
    Account from = mine ? owner : other;
    Account to = mine ? other : owner;
    notices.of(from.id()).requestEnded(to.userId(), false);
    notices.of(to.id()).requestEnded(from.userId(), true);
  }

  void block(Account other, int position) {
    blockedPut.add(new Blocked(owner.id(), other.id(), other.userId(), micros() + position));
    blocks.add(new RelationHook.Pair(owner.userId(), other.userId()));
    touched.add(other.subjectRef());
    head().add(Count.BLOCKED, 1);
    head().grow(Sequence.BLOCKED);
    notices.of(owner.id()).blocked(other.userId());
  }

  void unblock(Account other) {
    blockedRemoved.add(new Blocked(owner.id(), other.id(), other.userId(), 0));
    unblocks.add(new RelationHook.Pair(owner.userId(), other.userId()));
    touched.add(other.subjectRef());
    head().add(Count.BLOCKED, -1);
    head().grow(Sequence.BLOCKED);
    notices.of(owner.id()).unblocked(other.userId());
  }

  /** The owner follows; both see it as mutual when the other does already. */
  void follow(Account other, Optional<Follow> reverse, int position) {
    long time = micros() + position;
    long mutualAt = reverse.isPresent() ? time : 0;
    put(new Follow(owner.id(), other.id(), time, mutualAt));
    head().add(Count.FOLLOWING, 1);
    head(other.id()).add(Count.FOLLOWERS, 1);
    reverse.ifPresent(
        follow -> {
          put(new Follow(follow.followerId(), follow.followedId(), follow.followedAt(), time));
          head().add(Count.MUTUAL, 1);
          head(other.id()).add(Count.MUTUAL, 1);
        });
    touched.add(other.subjectRef());
    followChanged(other, Direction.of(true, reverse.isPresent()));
  }

  /** The follower no longer follows; one of both is the owner. */
  void unfollow(Follow follow, Optional<Follow> reverse, Account other) {
    Edge edge = new Edge(follow.followerId(), follow.followedId());
    followsPut.remove(edge);
    followsRemoved.put(edge, follow);
    head(follow.followerId()).add(Count.FOLLOWING, -1);
    head(follow.followedId()).add(Count.FOLLOWERS, -1);
    reverse.ifPresent(
        back -> {
          put(new Follow(back.followerId(), back.followedId(), back.followedAt(), 0));
          head(follow.followerId()).add(Count.MUTUAL, -1);
          head(follow.followedId()).add(Count.MUTUAL, -1);
        });
    touched.add(other.subjectRef());
    boolean mine = follow.followerId() == owner.id();
    followChanged(other, Direction.of(!mine && reverse.isPresent(), mine && reverse.isPresent()));
  }

  /** The owner's named lists change by themselves. */
  void listsChanged() {
    head().grow(Sequence.LISTS);
    notices.of(owner.id()).listsChanged();
  }

  /** Writes everything, records the call and has sessions told after the commit. */
  void finish(Cause cause, RelationEvents events, RelationHook hook) throws SQLException {
    List<RelationHead> changed = heads.values().stream().filter(RelationHead::changed).toList();
    if (changed.isEmpty() && requestsPut.isEmpty()) {
      return;
    }
    Connection connection = connection();
    for (Map.Entry<Long, FriendLists> each : lists.entrySet()) {
      stores.friends().saveLists(connection, each.getKey(), each.getValue(), micros());
    }
    long self = owner.id();
    stores.friends().put(connection, friendsPut.values());
    stores.friends().deleteOf(connection, self, ids(friendsRemoved.values(), true));
    stores.friends().deleteToward(connection, ids(friendsRemoved.values(), false), self);
    stores.requests().put(connection, requestsPut);
    stores.requests().delete(connection, requestsRemoved);
    stores.blocks().put(connection, blockedPut);
    stores
        .blocks()
        .delete(connection, self, blockedRemoved.stream().map(Blocked::blockedId).toList());
    stores.follows().delete(connection, followsRemoved.values());
    stores.follows().put(connection, followsPut.values());
    stores.heads().save(connection, changed);
    record(cause);
    unit.counts().add(app.appId(), Counter.FRIENDS_ADDED, pairs(friendsMet.keySet()));
    unit.counts().add(app.appId(), Counter.FRIENDS_REMOVED, pairs(friendsRemoved.keySet()));
    hook.changed(
        unit,
        new RelationHook.Change(
            app,
            owner,
            forced,
            responds,
            tellsFriends ? List.copyOf(friendsMet.values()) : List.of(),
            tellsFriends ? friendsLost : List.of(),
            blocks,
            unblocks),
        cause);
    onCommit(() -> events.publish(notices, heads, lists));
  }

  private void put(Follow follow) {
    Edge edge = new Edge(follow.followerId(), follow.followedId());
    if (!followsRemoved.containsKey(edge)) {
      followsPut.put(edge, follow);
    }
  }

  private void followChanged(Account other, Direction direction) {
    Direction reverse =
        switch (direction) {
          case A_WITH_B -> Direction.B_WITH_A;
          case B_WITH_A -> Direction.A_WITH_B;
          case NONE, BOTH -> direction;
        };
    notices.of(owner.id()).followed(other.userId(), direction);
    notices.of(other.id()).followed(owner.userId(), reverse);
  }

  private void record(Cause cause) {
    List<Target> targets = new ArrayList<>();
    targets.add(AccountService.target(owner));
    touched.remove(owner.subjectRef());
    touched.forEach(ref -> targets.add(new Target("user", ref)));
    unit.record(cause.within(app.appId()).event("user.relation.set", Outcome.SUCCESS, targets));
  }

  private List<String> names(Friend friend) throws SQLException {
    return friend.lists() == 0 ? List.of() : lists(friend.ownerId()).names(friend.lists());
  }

  /** The other sides of the owner's entries, or of the entries others have for the owner. */
  private List<Long> ids(Collection<Friend> friends, boolean mine) {
    return friends.stream()
        .filter(friend -> (friend.ownerId() == owner.id()) == mine)
        .map(friend -> mine ? friend.friendId() : friend.ownerId())
        .toList();
  }

  /** How many pairs of accounts these entries are of, whichever of both has one. */
  private static int pairs(Set<Edge> entries) {
    return (int)
        entries.stream()
            .map(
                each ->
                    new Edge(Math.min(each.from(), each.to()), Math.max(each.from(), each.to())))
            .distinct()
            .count();
  }

  private RelationHook.Pair pair(Friend friend, Account other) {
    return friend.ownerId() == owner.id()
        ? new RelationHook.Pair(owner.userId(), other.userId())
        : new RelationHook.Pair(other.userId(), owner.userId());
  }

  private static Edge edge(Friend friend) {
    return new Edge(friend.ownerId(), friend.friendId());
  }
}
