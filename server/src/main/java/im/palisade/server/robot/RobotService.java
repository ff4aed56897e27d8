package im.palisade.server.robot;

import com.fasterxml.jackson.databind.node.TextNode;
import im.palisade.server.account.Account;
import im.palisade.server.account.AccountImport;
import im.palisade.server.account.AccountService;
import im.palisade.server.app.App;
import im.palisade.server.audit.Cause;
import im.palisade.server.profile.ProfileFields;
import im.palisade.server.profile.ProfileService;
import im.palisade.server.profile.ProfileService.Item;
import im.palisade.server.protocol.ErrorCode;
import im.palisade.server.protocol.ImException;
import im.palisade.server.protocol.UserIds;
import im.palisade.server.store.Regions;
import im.palisade.server.store.UnitOfWork;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * Accounts that nobody logs in to and for which an app answers (rest-conversations-ops J1–J3). A
 * deleted robot stays an account with its profile and messages; it is no robot any more until it is
 * created again.
 */
public final class RobotService {
  /** What every robot's UserID begins with. */
  public static final String PREFIX = "@RBT#";

  /** Most valid robots of an app. */
  public static final int MOST = 20;

  private final Regions regions;
  private final AccountService accounts;
  private final ProfileService profiles;
  private final RobotStore store;
  private final List<AccountService.AccountCleaner> leaving = new CopyOnWriteArrayList<>();

  RobotService(
      Regions regions, AccountService accounts, ProfileService profiles, RobotStore store) {
    this.regions = regions;
    this.accounts = accounts;
    this.profiles = profiles;
    this.store = store;
    accounts.onDeletion((unit, account) -> store.forget(unit.connection(), account.id()));
  }

  /** Registers a part of what a robot leaves when it is deleted; at composition only. */
  public void onDeletion(AccountService.AccountCleaner cleaner) {
    leaving.add(cleaner);
  }

  /** What a robot's profile is to say; what is absent stays. */
  public record Face(
      Optional<String> nick, Optional<String> faceUrl, Optional<String> selfSignature) {}

  /**
   * Creates a robot, revives it or gives it another face.
   *
   * @throws ImException GROUP_INVALID_PARAMETER for an id that is none of a robot,
   *     GROUP_FEATURE_OFF when the app has as many as it may
   */
  public void create(App app, String userId, Face face, Cause cause) {
    if (!isRobotId(userId)) {
      throw new ImException(
          ErrorCode.GROUP_INVALID_PARAMETER, "UserID must be a UserID that begins with " + PREFIX);
    }
    Optional<ProfileService.Judged> signature =
        face.selfSignature()
            .map(text -> new Item(ProfileFields.SELF_SIGNATURE.tag(), TextNode.valueOf(text)))
            .map(item -> profiles.judged(app, userId, List.of(item), cause));
    try {
      regions
          .of(app)
          .inUnitOfWork(
              unit -> {
                create(unit, app, userId, face, signature, cause);
                return null;
              });
    } catch (ImException refusal) {
      throw refusal.code() == ErrorCode.ACCOUNT_CAP_REACHED.number()
          ? new ImException(ErrorCode.GROUP_FEATURE_OFF, refusal.info())
          : refusal;
    }
  }

  private void create(
      UnitOfWork unit,
      App app,
      String userId,
      Face face,
      Optional<ProfileService.Judged> signature,
      Cause cause)
      throws SQLException {
    store.lock(unit.connection(), app.appId());
    Account account =
        accounts
            .importAccounts(
                unit, app, List.of(new AccountImport(userId, face.nick(), face.faceUrl())), cause)
            .getFirst();
    if (store.countOthers(unit.connection(), app.appId(), account.id()) >= MOST) {
      throw new ImException(
          ErrorCode.GROUP_FEATURE_OFF, "an app may have " + MOST + " robots at most");
    }
    if (signature.isPresent()) {
      profiles.set(unit, app, userId, signature.get(), cause);
    }
    store.save(unit.connection(), app.appId(), account.id(), true);
    unit.record(
        cause
            .event("rest.call", AccountService.target(account))
            .withChange(Map.of("robot", "valid")));
  }

  /**
   * Makes a robot invalid and takes it out of its groups; one that is already stays so.
   *
   * @throws ImException GROUP_INVALID_PARAMETER when there is no such account
   */
  public void delete(App app, String userId, Cause cause) {
    Account account =
        accounts
            .find(app, userId)
            .filter(found -> isRobotId(userId))
            .orElseThrow(() -> new ImException(ErrorCode.GROUP_INVALID_PARAMETER, "no such robot"));
    regions
        .of(app)
        .inUnitOfWork(
            unit -> {
              store.lock(unit.connection(), app.appId());
              store.save(unit.connection(), app.appId(), account.id(), false);
              for (AccountService.AccountCleaner cleaner : leaving) {
                cleaner.clean(unit, account);
              }
              unit.record(
                  cause
                      .event("rest.call", AccountService.target(account))
                      .withChange(Map.of("robot", "invalid")));
              return null;
            });
  }

  /** UserIDs of the app's valid robots. */
  public List<String> all(App app) {
    return regions.of(app).read(connection -> store.valid(connection, app.appId()));
  }

  /** The account of a valid robot. */
  public Optional<Account> find(App app, String userId) {
    return isRobotId(userId)
        ? accounts
            .find(app, userId)
            .filter(
                account ->
                    regions.of(app).read(connection -> store.isValid(connection, account.id())))
        : Optional.empty();
  }

  private static boolean isRobotId(String userId) {
    return UserIds.isWellFormed(userId)
        && userId.startsWith(PREFIX)
        && userId.length() > PREFIX.length();
  }
}
