package im.palisade.server.official;

import im.palisade.compliance.audit.AuditEvent.Outcome;
import im.palisade.compliance.audit.AuditEvent.Target;
import im.palisade.server.account.Account;
import im.palisade.server.account.AccountService;
import im.palisade.server.app.App;
import im.palisade.server.app.OfficialAccounts;
import im.palisade.server.audit.Cause;
import im.palisade.server.official.OfficialHook.Fact;
import im.palisade.server.official.OfficialHook.Intent;
import im.palisade.server.official.SubscriberStore.Subscription;
import im.palisade.server.protocol.ErrorCode;
import im.palisade.server.protocol.ImException;
import im.palisade.server.protocol.Origin;
import im.palisade.server.store.Regions;
import im.palisade.server.store.UnitOfWork;
import java.sql.SQLException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Who subscribes to official accounts (rest-conversations-ops I5–I9). */
final class SubscriptionService {
  private final Regions regions;
  private final AccountService accounts;
  private final OfficialStore store;
  private final SubscriberStore subscribers;
  private final OfficialNotices notices;
  private final OfficialHook hook;
  private final Clock clock;

  SubscriptionService(
      Regions regions,
      AccountService accounts,
      OfficialStore store,
      SubscriberStore subscribers,
      OfficialNotices notices,
      OfficialHook hook,
      Clock clock) {
    this.hook = hook;
    this.regions = regions;
    this.accounts = accounts;
    this.store = store;
    this.subscribers = subscribers;
    this.notices = notices;
    this.clock = clock;
    accounts.onDeletion((unit, account) -> subscribers.forget(unit.connection(), account.id()));
  }

  /** What became of one user of a call; the code is {@code Result} on REST. */
  enum Result {
    UNKNOWN(0),
    /** The official account has as many subscribers as it may. */
    FULL(0),
    /** The user has as many subscriptions as it may. */
    TOO_MANY(0),
    DONE(1),
    /** Was a subscriber already, or none. */
    ALREADY(2);

    private final int code;

    Result(int code) {
      this.code = code;
    }

    int code() {
      return code;
    }
  }

  /**
   * Subscribes users, each for itself: unknown ones fail, and so do those beyond the account's
   * maximum or their own.
   *
   * @param cause empty when a user acts for itself, which is not on record
   * @return in the order given
   * @throws ImException 130004
   */
  List<Result> add(
      App app, String account, List<String> userIds, Optional<Cause> cause, Origin origin) {
    OfficialAccounts settings = OfficialFaults.settings(app);
    hook.before(app, new Intent.Subscribe(account, userIds), origin);
    Map<String, Account> known = accounts.findAll(app, new LinkedHashSet<>(userIds));
    record Added(OfficialAccount account, List<Result> results, List<Long> ids) {}
    Added added =
        regions
            .of(app)
            .inUnitOfWork(
                unit -> {
                  // Accounts are held first, here as in their deletion.
                  Set<Long> live = accounts.holdLive(unit, ids(known));
                  OfficialAccount to = lock(unit, app, account);
                  Set<Long> present =
                      subscribers.among(unit.connection(), to.conversationId(), live);
                  Map<Long, Integer> counts = subscribers.counts(unit.connection(), live);
                  List<Long> fresh = new ArrayList<>();
                  List<Result> results = new ArrayList<>();
                  for (String userId : userIds) {
                    Optional<Account> user =
                        Optional.ofNullable(known.get(userId))
                            .filter(found -> live.contains(found.id()));
                    Result result =
                        user.map(
                                found ->
                                    decide(
                                        settings,
                                        to,
                                        present.contains(found.id()),
                                        fresh.size(),
                                        counts.getOrDefault(found.id(), 0)))
                            .orElse(Result.UNKNOWN);
                    if (result == Result.DONE) {
                      fresh.add(user.get().id());
                      present.add(user.get().id());
                    }
                    results.add(result);
                  }
                  if (!fresh.isEmpty()) {
                    subscribers.insert(
                        unit.connection(), to, fresh, clock.instant().getEpochSecond());
                    record(unit, cause, to, known, fresh, "subscribed");
                    hook.happened(
                        unit,
                        app,
                        to.conversationId(),
                        new Fact.Subscribed(account, userIds(known, fresh)),
                        origin);
                  }
                  boolean reached =
                      !fresh.isEmpty() && to.subscribers() + fresh.size() >= to.maxSubscribers();
                  if (reached || results.contains(Result.FULL)) {
                    hook.happened(unit, app, to.conversationId(), new Fact.Full(account), origin);
                  }
                  return new Added(
                      to.withSubscribers(to.subscribers() + fresh.size()), results, fresh);
                });
    notices.subscribed(added.account(), added.ids());
    return added.results();
  }

  private static Result decide(
      OfficialAccounts settings, OfficialAccount to, boolean present, int fresh, int own) {
    if (present) {
      return Result.ALREADY;
    }
    if (to.subscribers() + fresh >= to.maxSubscribers()) {
      return Result.FULL;
    }
    int most = settings.subscriptionsPerUser();
    return most > 0 && own >= most ? Result.TOO_MANY : Result.DONE;
  }

  /**
   * Ends subscriptions, each for itself.
   *
   * @param cause empty when a user acts for itself, which is not on record
   * @return in the order given
   * @throws ImException 130004
   */
  List<Result> remove(
      App app, String account, List<String> userIds, Optional<Cause> cause, Origin origin) {
    OfficialFaults.settings(app);
    Map<String, Account> known = accounts.findAll(app, new LinkedHashSet<>(userIds));
    record Removed(OfficialAccount account, List<Result> results, List<Long> ids) {}
    Removed removed =
        regions
            .of(app)
            .inUnitOfWork(
                unit -> {
                  OfficialAccount from = lock(unit, app, account);
                  Set<Long> present =
                      new HashSet<>(
                          subscribers.among(unit.connection(), from.conversationId(), ids(known)));
                  List<Long> gone = new ArrayList<>();
                  List<Result> results = new ArrayList<>();
                  for (String userId : userIds) {
                    Account user = known.get(userId);
                    if (user == null) {
                      results.add(Result.UNKNOWN);
                    } else if (present.remove(user.id())) {
                      gone.add(user.id());
                      results.add(Result.DONE);
                    } else {
                      results.add(Result.ALREADY);
                    }
                  }
                  if (!gone.isEmpty()) {
                    subscribers.delete(unit.connection(), from.conversationId(), gone);
                    record(unit, cause, from, known, gone, "unsubscribed");
                    hook.happened(
                        unit,
                        app,
                        from.conversationId(),
                        new Fact.Unsubscribed(account, userIds(known, gone)),
                        origin);
                  }
                  return new Removed(from, results, gone);
                });
    notices.unsubscribed(removed.account(), removed.ids());
    return removed.results();
  }

  /**
   * Sets what the app notes of a subscription.
   *
   * @throws ImException 130004, GROUP_ACCOUNT_NOT_FOUND, SUBSCRIPTION_NOT_FOUND
   */
  void note(App app, String account, String userId, String custom, Cause cause) {
    OfficialFaults.settings(app);
    regions
        .of(app)
        .inUnitOfWork(
            unit -> {
              OfficialAccount of = lock(unit, app, account);
              Account user = accounts.find(app, userId).orElseThrow(OfficialFaults::noUser);
              if (!subscribers.setCustom(
                  unit.connection(), of.conversationId(), user.id(), custom)) {
                throw new ImException(ErrorCode.SUBSCRIPTION_NOT_FOUND);
              }
              record(
                  unit, Optional.of(cause), of, Map.of(userId, user), List.of(user.id()), "noted");
              return null;
            });
  }

  /** Subscribers behind a number, in the order of subscription. */
  List<Subscriber> page(App app, OfficialAccount of, long after, int limit) {
    return regions
        .of(app)
        .read(connection -> subscribers.page(connection, of.conversationId(), after, limit));
  }

  /**
   * Sets how a subscriber wants its messages.
   *
   * @param msgFlag 0 receive and notify, 1 do not receive, 2 receive without push
   * @throws ImException 130004, SUBSCRIPTION_NOT_FOUND
   */
  void setMsgFlag(App app, String account, Account user, int msgFlag) {
    OfficialFaults.settings(app);
    regions
        .of(app)
        .inUnitOfWork(
            unit -> {
              OfficialAccount of = lock(unit, app, account);
              if (subscribers
                  .among(unit.connection(), of.conversationId(), List.of(user.id()))
                  .isEmpty()) {
                throw new ImException(ErrorCode.SUBSCRIPTION_NOT_FOUND);
              }
              subscribers.setMsgFlag(unit.connection(), of.conversationId(), user.id(), msgFlag);
              return null;
            });
  }

  /** A page of a user's subscriptions. */
  record Subscriptions(List<Subscription> page, int total) {}

  /**
   * A user's subscriptions, the oldest first.
   *
   * @throws ImException GROUP_ACCOUNT_NOT_FOUND
   */
  Subscriptions ofUser(App app, String userId, int offset, int limit) {
    OfficialFaults.settings(app);
    Account user = accounts.find(app, userId).orElseThrow(OfficialFaults::noUser);
    return regions
        .of(app)
        .read(
            connection ->
                new Subscriptions(
                    subscribers.ofUser(connection, user.id(), offset, limit),
                    subscribers.countOfUser(connection, user.id())));
  }

  private OfficialAccount lock(UnitOfWork unit, App app, String account) throws SQLException {
    return store.lock(unit.connection(), app.appId(), account).orElseThrow(OfficialFaults::missing);
  }

  private static List<Long> ids(Map<String, Account> known) {
    return known.values().stream().map(Account::id).toList();
  }

  private static List<String> userIds(Map<String, Account> known, List<Long> ids) {
    return known.values().stream()
        .filter(user -> ids.contains(user.id()))
        .map(Account::userId)
        .toList();
  }

  private static void record(
      UnitOfWork unit,
      Optional<Cause> cause,
      OfficialAccount account,
      Map<String, Account> known,
      List<Long> ids,
      String what) {
    Set<Long> concerned = new HashSet<>(ids);
    List<Target> targets = new ArrayList<>();
    targets.add(OfficialService.target(account.conversationId()));
    known.values().stream()
        .filter(user -> concerned.contains(user.id()))
        .map(AccountService::target)
        .forEach(targets::add);
    cause.ifPresent(
        by ->
            unit.record(
                by.event("rest.call", Outcome.SUCCESS, targets)
                    .withChange(Map.of("subscription", what))
                    .withCount(concerned.size())));
  }
}
