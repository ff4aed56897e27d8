package im.palisade.server.conversation;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import im.palisade.server.account.Account;
import im.palisade.server.account.AccountService;
import im.palisade.server.app.App;
import im.palisade.server.protocol.ErrorCode;
import im.palisade.server.protocol.ImException;
import im.palisade.server.store.Regions;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;

/** Finds and creates one-to-one conversations. They are cached with the version last seen. */
public final class ConversationService {
  private static final int CACHED_CONVERSATIONS = 200_000;

  private final Regions regions;
  private final AccountService accounts;
  private final ConversationStore store = new ConversationStore();
  private final Cache<Pair, Conversation> cache =
      Caffeine.newBuilder().maximumSize(CACHED_CONVERSATIONS).build();

  public ConversationService(Regions regions, AccountService accounts) {
    this.regions = regions;
    this.accounts = accounts;
    accounts.onDeletion((unit, account) -> store.leaveAll(unit.connection(), account.id()));
  }

  /**
   * The conversation of two accounts, created in a transaction of its own when it is new. Whoever
   * writes with the version it has is refused once either account has been deleted, however long
   * ago the caller looked them up.
   *
   * @throws ImException MESSAGE_ACCOUNT_INVALID when either has been deleted
   */
  public Conversation between(App app, Account one, Account other) {
    Pair pair = Pair.of(one.id(), other.id());
    Conversation cached = cache.getIfPresent(pair);
    if (cached != null) {
      return cached;
    }
    return cache.get(
        pair,
        key ->
            readWithMembers(app, key)
                .or(() -> create(app, key))
                .or(() -> readWithMembers(app, key))
                .orElseThrow(() -> new IllegalStateException("conversation vanished")));
  }

  /** The conversation of two accounts if they have ever had one. */
  public Optional<Conversation> find(App app, Account one, Account other) {
    Pair pair = Pair.of(one.id(), other.id());
    Conversation cached = cache.getIfPresent(pair);
    return cached != null ? Optional.of(cached) : read(app, pair);
  }

  /**
   * Asks within a writer's transaction, under the conversation's lock, whether a pair may still
   * write.
   *
   * @throws ImException MESSAGE_ACCOUNT_INVALID when either account has been deleted
   */
  public void check(Connection connection, Conversation conversation) throws SQLException {
    int expected = new Pair(conversation.account1(), conversation.account2()).size();
    if (store.members(connection, conversation.id()) < expected) {
      throw accountDeleted();
    }
  }

  /** Forgets the version last seen, after a writer found another. */
  public void refresh(Conversation conversation) {
    cache.invalidate(new Pair(conversation.account1(), conversation.account2()));
  }

  /** The sequence up to which this account has cleared the conversation. */
  public long clearSeq(App app, Conversation conversation, long accountId) {
    return regions
        .of(app)
        .read(connection -> store.clearSeq(connection, conversation.id(), accountId));
  }

  private Optional<Conversation> readWithMembers(App app, Pair pair) {
    return regions
        .of(app)
        .read(connection -> store.findJoined(connection, pair.account1(), pair.account2()))
        .map(
            found -> {
              if (found.members() < pair.size()) {
                throw accountDeleted();
              }
              return found.conversation();
            });
  }

  private Optional<Conversation> read(App app, Pair pair) {
    return regions
        .of(app)
        .read(connection -> store.findPair(connection, pair.account1(), pair.account2()));
  }

  private Optional<Conversation> create(App app, Pair pair) {
    return regions
        .of(app)
        .inUnitOfWork(
            unit -> {
              if (accounts.holdLive(unit, pair.account1(), pair.account2()) < pair.size()) {
                throw accountDeleted();
              }
              return store.insertPair(
                  unit.connection(), app.appId(), pair.account1(), pair.account2());
            });
  }

  private static ImException accountDeleted() {
    return new ImException(ErrorCode.MESSAGE_ACCOUNT_INVALID, "an account was deleted");
  }

  private record Pair(long account1, long account2) {
    static Pair of(long one, long other) {
      return new Pair(Math.min(one, other), Math.max(one, other));
    }

    /** How many accounts they are: one in a chat with oneself. */
    int size() {
      return account1 == account2 ? 1 : 2;
    }
  }
}
