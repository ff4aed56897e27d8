package im.palisade.server.relation;

import im.palisade.server.account.Account;
import im.palisade.server.account.AccountService;
import im.palisade.server.app.App;
import im.palisade.server.audit.Cause;
import im.palisade.server.protocol.ErrorCode;
import im.palisade.server.protocol.ImException;
import im.palisade.server.store.Regions;
import java.sql.SQLException;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Friend requests that wait: who answers them, and what there is (client-features §13). */
final class FriendRequestService {
  private final Regions regions;
  private final AccountService accounts;
  private final RelationWrites writes;
  private final RelationStores stores;

  FriendRequestService(
      Regions regions, AccountService accounts, RelationWrites writes, RelationStores stores) {
    this.regions = regions;
    this.accounts = accounts;
    this.writes = writes;
    this.stores = stores;
  }

  /** A request as one side sees it. */
  record Listed(FriendRequest request, Account peer, boolean incoming) {}

  /**
   * Everything that waits.
   *
   * @param unread received ones that came since the account last saw them
   */
  record All(List<Listed> requests, long unread) {}

  All all(App app, Account self) {
    List<FriendRequest> found = regions.of(app).read(c -> stores.requests().all(c, self.id()));
    long seen = regions.of(app).read(c -> stores.requests().readUntil(c, self.id()));
    Set<Long> peers = new HashSet<>();
    found.forEach(each -> peers.add(peer(self, each)));
    Map<Long, Account> named = accounts.findByIds(app, peers);
    List<Listed> listed =
        found.stream()
            .filter(each -> named.containsKey(peer(self, each)))
            .map(each -> new Listed(each, named.get(peer(self, each)), each.toId() == self.id()))
            .toList();
    long unread =
        listed.stream().filter(each -> each.incoming() && each.request().time() > seen).count();
    return new All(listed, unread);
  }

  /** The account has seen the requests there are. */
  void read(App app, Account self) {
    long newest =
        all(app, self).requests().stream()
            .filter(Listed::incoming)
            .mapToLong(each -> each.request().time())
            .max()
            .orElse(0);
    regions
        .of(app)
        .inUnitOfWork(
            unit -> {
              stores.requests().read(unit.connection(), self.id(), newest);
              return null;
            });
  }

  /**
   * Ends a request without making friends.
   *
   * @param incoming whether the other has asked, or the account itself
   * @throws ImException 30001 when there is none, 30003
   */
  void drop(App app, Account self, String other, boolean incoming, Cause cause) {
    answer(app, self, other, cause, (adding, peer) -> adding.drop(peer, incoming));
  }

  @FunctionalInterface
  private interface Work {
    Optional<RelationFault> on(FriendAdding adding, Account other) throws SQLException;
  }

  private void answer(App app, Account self, String userId, Cause cause, Work work) {
    Account other =
        accounts
            .find(app, userId)
            .orElseThrow(() -> new ImException(ErrorCode.RELATION_ACCOUNT_NOT_FOUND));
    if (other.id() == self.id()) {
      throw RelationFault.SELF.refusal();
    }
    List<Long> ids = List.of(other.id());
    Optional<RelationFault> fault =
        writes.change(
            app,
            self,
            ids,
            cause,
            unit -> {
              unit.tellOfFriends(false);
              return work.on(new FriendAdding(unit, ids, true, true, Map.of()), other);
            });
    if (fault.isPresent()) {
      throw fault.get().refusal();
    }
  }

  private static long peer(Account self, FriendRequest request) {
    return request.fromId() == self.id() ? request.toId() : request.fromId();
  }
}
