package im.palisade.server.account;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import im.palisade.compliance.audit.AuditEvent;
import im.palisade.compliance.audit.AuditEvent.Outcome;
import im.palisade.compliance.audit.AuditEvent.Target;
import im.palisade.server.app.App;
import im.palisade.server.audit.Cause;
import im.palisade.server.gateway.CommandCall;
import im.palisade.server.protocol.ErrorCode;
import im.palisade.server.protocol.ImException;
import im.palisade.server.protocol.UserIds;
import im.palisade.server.store.Regions;
import im.palisade.server.store.UnitOfWork;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/**
 * The rules of accounts: import, lookup, deletion, invalidation of signatures. Live accounts are
 * cached; a change evicts after its commit, so a lookup that follows a reply sees the change.
 */
public final class AccountService {
  /** Longest nickname and avatar address, in UTF-8 bytes. */
  public static final int MAX_PROFILE_BYTES = 500;

  private static final int CACHED_ACCOUNTS = 100_000;

  private final Regions regions;
  private final Clock clock;
  private final AccountStore store = new AccountStore();
  private final List<AccountCleaner> cleaners = new ArrayList<>();
  private final List<AccountCleaner> signOutCleaners = new ArrayList<>();
  private final List<Consumer<Account>> revocationListeners = new ArrayList<>();
  private final List<ProfileListener> profileListeners = new ArrayList<>();
  private final AtomicLong evictions = new AtomicLong();
  private final Cache<Key, Account> cache =
      Caffeine.newBuilder().maximumSize(CACHED_ACCOUNTS).build();

  public AccountService(Regions regions, Clock clock) {
    this.regions = regions;
    this.clock = clock;
  }

  /** What other features must do in the transaction that deletes or signs out an account. */
  @FunctionalInterface
  public interface AccountCleaner {
    void clean(UnitOfWork unit, Account account) throws SQLException;
  }

  /** Is told, after the commit, that an import changed the profile of an account. */
  @FunctionalInterface
  public interface ProfileListener {
    void changed(App app, Account account, boolean nick, boolean faceUrl);
  }

  /** Registers who is told of profiles that an import changed; at composition only. */
  public void onProfileImport(ProfileListener listener) {
    profileListeners.add(listener);
  }

  /** Registers a feature's part of a deletion; at composition only. */
  public void onDeletion(AccountCleaner cleaner) {
    cleaners.add(cleaner);
  }

  /** Registers a feature's part of a forced sign-out, which a deletion includes. */
  public void onSignOut(AccountCleaner cleaner) {
    signOutCleaners.add(cleaner);
  }

  /** Registers who is told, after the commit, that an account's signatures no longer count. */
  public void onRevocation(Consumer<Account> listener) {
    revocationListeners.add(listener);
  }

  /** The live account of that UserID. */
  public Optional<Account> find(App app, String userId) {
    if (!UserIds.isWellFormed(userId)) {
      return Optional.empty();
    }
    return Optional.ofNullable(
        cache.get(
            new Key(app.appId(), userId),
            key ->
                regions
                    .of(app)
                    .read(connection -> store.find(connection, key.appId(), key.userId()))
                    .orElse(null)));
  }

  /**
   * How many of two accounts, by internal id, are live; none of those is deleted before the unit's
   * transaction has ended.
   */
  public int holdLive(UnitOfWork unit, long id1, long id2) throws SQLException {
    return store.holdLive(unit.connection(), id1, id2);
  }

  /** Those of the accounts that are live; none of them is deleted before the transaction ends. */
  public Set<Long> holdLive(UnitOfWork unit, Collection<Long> ids) throws SQLException {
    return store.holdLive(unit.connection(), ids);
  }

  /**
   * Which of these accounts, by internal id, are live. Nobody else changes them, deletes them or
   * holds them this way before the unit's transaction has ended.
   */
  public Set<Long> holdAll(UnitOfWork unit, Collection<Long> ids) throws SQLException {
    return store.holdAll(unit.connection(), ids);
  }

  /**
   * The live accounts of those UserIDs, by UserID, in the order given; ids without an account are
   * missing. What is not cached is read in one query.
   */
  public Map<String, Account> findAll(App app, Collection<String> userIds) {
    Map<String, Account> found = new HashMap<>();
    Set<String> missing = new LinkedHashSet<>();
    for (String userId : userIds) {
      Account cached = cache.getIfPresent(new Key(app.appId(), userId));
      if (cached != null) {
        found.put(userId, cached);
      } else if (UserIds.isWellFormed(userId)) {
        missing.add(userId);
      }
    }
    if (!missing.isEmpty()) {
      long seen = evictions.get();
      for (Account account :
          regions.of(app).read(connection -> store.findAll(connection, app.appId(), missing))) {
        found.put(account.userId(), account);
        // A change in between has counted up before it evicts, so nothing old stays cached.
        cache
            .asMap()
            .computeIfAbsent(
                new Key(app.appId(), account.userId()),
                key -> evictions.get() == seen ? account : null);
      }
    }
    Map<String, Account> ordered = LinkedHashMap.newLinkedHashMap(found.size());
    for (String userId : userIds) {
      Account account = found.get(userId);
      if (account != null) {
        ordered.putIfAbsent(userId, account);
      }
    }
    return ordered;
  }

  /** The live accounts of those internal ids, by id, in one query. */
  public Map<Long, Account> findByIds(App app, Collection<Long> ids) {
    Map<Long, Account> found = HashMap.newHashMap(ids.size());
    if (!ids.isEmpty()) {
      regions
          .of(app)
          .read(connection -> store.findByIds(connection, ids))
          .forEach(account -> found.put(account.id(), account));
    }
    return found;
  }

  /**
   * Changes nickname and avatar address within a caller's transaction, which holds the account from
   * then on; an absent one stays.
   *
   * @return the account before the change, or empty when it does not exist
   * @throws ImException PROFILE_VALUE_TOO_LONG
   */
  public Optional<Account> changeProfile(
      UnitOfWork unit, App app, String userId, Optional<String> nick, Optional<String> faceUrl)
      throws SQLException {
    check(nick);
    check(faceUrl);
    if (!UserIds.isWellFormed(userId)) {
      return Optional.empty();
    }
    Optional<Account> found = store.findForUpdate(unit.connection(), app.appId(), userId);
    if (found.isPresent() && (nick.isPresent() || faceUrl.isPresent())) {
      Account account = found.get();
      store.updateProfile(
          unit.connection(),
          account.id(),
          nick.orElse(account.nick()),
          faceUrl.orElse(account.faceUrl()));
      unit.onCommit(() -> evict(app, userId));
    }
    return found;
  }

  /** The live account or, when there is none, the one last deleted: for reading history. */
  public Optional<Account> findLatest(App app, String userId) {
    Optional<Account> live = find(app, userId);
    if (live.isPresent() || !UserIds.isWellFormed(userId)) {
      return live;
    }
    return regions.of(app).read(connection -> store.findLatest(connection, app.appId(), userId));
  }

  /**
   * Creates or updates accounts in one transaction; the result holds them in the order given.
   *
   * @throws ImException ACCOUNT_CAP_REACHED, PROFILE_VALUE_TOO_LONG; then nothing was written
   */
  public List<Account> importAccounts(App app, Collection<AccountImport> imports, Cause cause) {
    return regions.of(app).inUnitOfWork(unit -> importAccounts(unit, app, imports, cause));
  }

  /** Imports accounts within a caller's transaction; see the other {@code importAccounts}. */
  public List<Account> importAccounts(
      UnitOfWork unit, App app, Collection<AccountImport> imports, Cause cause)
      throws SQLException {
    for (AccountImport each : imports) {
      check(each.nick());
      check(each.faceUrl());
    }
    Map<String, AccountImport> byUserId = new LinkedHashMap<>();
    imports.forEach(each -> byUserId.merge(each.userId(), each, AccountService::later));
    List<Account> done = new ArrayList<>();
    List<Target> created = new ArrayList<>();
    List<Target> updated = new ArrayList<>();
    for (AccountImport each : byUserId.values()) {
      done.add(importOne(unit, app, each, created, updated));
    }
    if (!created.isEmpty()) {
      unit.record(event(cause, app, "user.import", created));
    }
    if (!updated.isEmpty()) {
      unit.record(event(cause, app, "user.update", updated));
    }
    unit.onCommit(() -> done.forEach(account -> evict(app, account.userId())));
    return done;
  }

  /** Imports one account; see {@link #importAccounts}. */
  public Account importAccount(App app, AccountImport account, Cause cause) {
    return importAccounts(app, List.of(account), cause).getFirst();
  }

  /**
   * Deletes an account with its lists and devices; its messages stay in its peers' history.
   *
   * @return false when there is no such account
   */
  public boolean delete(App app, String userId, Cause cause) {
    Optional<Account> deleted =
        regions
            .of(app)
            .inUnitOfWork(
                unit -> {
                  Optional<Account> found =
                      store.findForUpdate(unit.connection(), app.appId(), userId);
                  if (found.isPresent()) {
                    Account account = found.get();
                    store.markDeleted(unit.connection(), account.id(), clock.instant());
                    signOut(unit, account);
                    for (AccountCleaner cleaner : cleaners) {
                      cleaner.clean(unit, account);
                    }
                    unit.record(event(cause, app, "user.delete", List.of(target(account))));
                    unit.onCommit(() -> signedOut(app, account));
                  }
                  return found;
                });
    return deleted.isPresent();
  }

  /**
   * Forgets by which reference the audit log knows a deleted account, so that its events belong to
   * nobody.
   */
  public void forgetReference(UnitOfWork unit, long accountId) throws SQLException {
    store.replaceSubjectRef(unit.connection(), accountId);
  }

  /**
   * Makes every UserSig issued up to now invalid and ends the account's sessions.
   *
   * @throws ImException ACCOUNT_NOT_FOUND
   */
  public void revokeSignatures(App app, String userId, Cause cause) {
    change(
        app,
        userId,
        (unit, account) -> {
          store.updateSigNotBefore(
              unit.connection(), account.id(), clock.instant().getEpochSecond());
          signOut(unit, account);
          unit.record(event(cause, app, "auth.usersig.revoked", List.of(target(account))));
          unit.record(event(cause, app, "auth.user.kicked", List.of(target(account))));
          unit.onCommit(() -> signedOut(app, account));
        });
  }

  /**
   * A page of an app's live accounts, by UserID.
   *
   * @param prefix what the UserIDs begin with; may be empty
   * @param after UserID of the last one of the page before; empty for the first
   */
  public List<ListedAccount> page(App app, String prefix, String after, int limit) {
    return regions
        .of(app)
        .read(connection -> store.page(connection, app.appId(), prefix, after, limit));
  }

  /**
   * Deactivates an account: its sessions end, no UserSig lets it in, whatever was made for it; its
   * data stay.
   *
   * @throws ImException ACCOUNT_NOT_FOUND
   */
  public void deactivate(App app, String userId, Cause cause) {
    change(
        app,
        userId,
        (unit, account) -> {
          store.setSigNotBefore(unit.connection(), account.id(), Account.DEACTIVATED);
          signOut(unit, account);
          unit.record(event(cause, app, "user.disable", List.of(target(account))));
          unit.onCommit(() -> signedOut(app, account));
        });
  }

  /**
   * Lets a deactivated account in again, with UserSigs that are made from now on.
   *
   * @throws ImException ACCOUNT_NOT_FOUND
   */
  public void reactivate(App app, String userId, Cause cause) {
    change(
        app,
        userId,
        (unit, account) -> {
          if (!account.isActive()) {
            long now = clock.instant().getEpochSecond() - 1;
            store.setSigNotBefore(unit.connection(), account.id(), now);
            unit.record(event(cause, app, "user.enable", List.of(target(account))));
            unit.onCommit(() -> evict(app, userId));
          }
        });
  }

  private interface Change {
    void apply(UnitOfWork unit, Account account) throws SQLException;
  }

  private void change(App app, String userId, Change change) {
    regions
        .of(app)
        .inUnitOfWork(
            unit -> {
              Account account =
                  store
                      .findForUpdate(unit.connection(), app.appId(), userId)
                      .orElseThrow(() -> new ImException(ErrorCode.ACCOUNT_NOT_FOUND));
              change.apply(unit, account);
              return account;
            });
  }

  /** How a stored reference stands in audit events. */
  public static String subjectRef(byte[] stored) {
    return "usr_" + Base64.getUrlEncoder().withoutPadding().encodeToString(stored);
  }

  /** How an account stands in audit events. */
  public static Target target(Account account) {
    return new Target("user", account.subjectRef());
  }

  private Account importOne(
      UnitOfWork unit, App app, AccountImport each, List<Target> created, List<Target> updated)
      throws SQLException {
    Optional<Account> present = store.find(unit.connection(), app.appId(), each.userId());
    if (present.isEmpty()) {
      checkCap(unit, app);
      Optional<Account> inserted =
          store.insert(unit.connection(), app.appId(), each, clock.instant());
      if (inserted.isPresent()) {
        created.add(target(inserted.get()));
        return inserted.get();
      }
    }
    Account account =
        store.findForUpdate(unit.connection(), app.appId(), each.userId()).orElseThrow();
    String nick = each.nick().orElse(account.nick());
    String faceUrl = each.faceUrl().orElse(account.faceUrl());
    if (nick.equals(account.nick()) && faceUrl.equals(account.faceUrl())) {
      return account;
    }
    store.updateProfile(unit.connection(), account.id(), nick, faceUrl);
    updated.add(target(account));
    Account changed =
        new Account(
            account.id(),
            account.appId(),
            account.userId(),
            nick,
            faceUrl,
            account.subjectRef(),
            account.sigNotBefore());
    unit.onCommit(
        () -> {
          evict(app, account.userId());
          profileListeners.forEach(
              listener ->
                  listener.changed(
                      app,
                      changed,
                      !nick.equals(account.nick()),
                      !faceUrl.equals(account.faceUrl())));
        });
    return changed;
  }

  private void evict(App app, String userId) {
    evictions.incrementAndGet();
    cache.invalidate(new Key(app.appId(), userId));
  }

  private void signedOut(App app, Account account) {
    evict(app, account.userId());
    revocationListeners.forEach(listener -> listener.accept(account));
  }

  private void signOut(UnitOfWork unit, Account account) throws SQLException {
    for (AccountCleaner cleaner : signOutCleaners) {
      cleaner.clean(unit, account);
    }
  }

  private void checkCap(UnitOfWork unit, App app) throws SQLException {
    int cap = app.settings().accountCap();
    if (cap > 0 && store.count(unit.connection(), app.appId()) >= cap) {
      throw new ImException(ErrorCode.ACCOUNT_CAP_REACHED);
    }
  }

  private static AccountImport later(AccountImport first, AccountImport second) {
    return new AccountImport(
        first.userId(), second.nick().or(first::nick), second.faceUrl().or(first::faceUrl));
  }

  private static void check(Optional<String> profileValue) {
    profileValue.ifPresent(
        value -> {
          if (value.getBytes(StandardCharsets.UTF_8).length > MAX_PROFILE_BYTES) {
            throw new ImException(ErrorCode.PROFILE_VALUE_TOO_LONG);
          }
        });
  }

  private static AuditEvent event(Cause cause, App app, String type, List<Target> targets) {
    return cause.within(app.appId()).event(type, Outcome.SUCCESS, targets);
  }

  private record Key(long appId, String userId) {}

  /**
   * The account of a client's call.
   *
   * @throws ImException with that code when it was deleted meanwhile
   */
  public Account caller(CommandCall call, ErrorCode whenGone) {
    return find(call.principal().app(), call.principal().userId())
        .filter(account -> account.id() == call.principal().accountId())
        .orElseThrow(() -> new ImException(whenGone));
  }
}
