package im.palisade.server.account;

import im.palisade.compliance.audit.AuditEvent.Actor;
import im.palisade.compliance.audit.AuditEvent.ActorKind;
import im.palisade.compliance.audit.AuditEvent.Channel;
import im.palisade.compliance.audit.AuditEvent.Source;
import im.palisade.server.app.App;
import im.palisade.server.app.AppKey;
import im.palisade.server.app.AppService;
import im.palisade.server.app.Principal;
import im.palisade.server.app.SignOn;
import im.palisade.server.audit.Cause;
import im.palisade.server.gateway.CloseCause;
import im.palisade.server.gateway.KickReason;
import im.palisade.server.gateway.Session;
import im.palisade.server.gateway.SessionListener;
import im.palisade.server.protocol.ErrorCode;
import im.palisade.server.protocol.ImException;
import im.palisade.server.protocol.UserIds;
import im.palisade.server.security.FailedVerifications;
import im.palisade.server.security.UserSigVerifier;
import im.palisade.server.security.VerifiedSig;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** Verifies UserSigs against an app's keys and an account's last invalidation. */
public final class SignOnService implements SignOn {
  /** How long a guest's ticket may live. */
  static final long MOST_GUEST_SECONDS = 7_200;

  private final AppService apps;
  private final AccountService accounts;
  private final UserSigVerifier verifier;
  private final FailedVerifications failures;
  private final Clock clock;

  public SignOnService(
      AppService apps,
      AccountService accounts,
      UserSigVerifier verifier,
      FailedVerifications failures,
      Clock clock) {
    this.apps = apps;
    this.accounts = accounts;
    this.verifier = verifier;
    this.failures = failures;
    this.clock = clock;
  }

  @Override
  public Principal verify(App app, String userId, String userSig, String address) {
    VerifiedSig sig = check(app, userId, userSig);
    Account account =
        accounts.find(app, userId).orElseThrow(() -> new ImException(ErrorCode.NOT_ADMINISTRATOR));
    return principal(app, account, sig);
  }

  @Override
  public Principal login(long sdkAppId, String userId, String userSig, String address) {
    App app = apps.find(sdkAppId).orElseThrow(() -> new ImException(ErrorCode.APP_INVALID));
    if (!app.isActive()) {
      throw new ImException(ErrorCode.APP_DISABLED);
    }
    if (!UserIds.isWellFormed(userId)) {
      throw new ImException(ErrorCode.ACCOUNT_INVALID_PARAMETER, "userId is not a UserID");
    }
    if (UserIds.isGuest(userId) && app.settings().groups().guests()) {
      return guest(app, userId, userSig);
    }
    // Robots are accounts, and so would be found.
    if (!UserIds.isImportable(userId)) {
      throw new ImException(ErrorCode.ACCOUNT_INVALID_PARAMETER, "userId has a reserved prefix");
    }
    VerifiedSig sig = check(app, userId, userSig);
    Optional<Account> known = accounts.find(app, userId);
    Account account = known.isPresent() ? known.get() : create(app, userId, address);
    return principal(app, account, sig);
  }

  /**
   * Looks again once a session is in the directory: a sign-out that committed between the check and
   * the admission would otherwise have missed it.
   */
  public SessionListener recheck() {
    return new SessionListener() {
      @Override
      public void opened(Session session, List<Session> kicked) {
        Principal who = session.principal();
        boolean stillValid =
            accounts
                .find(who.app(), who.userId())
                .filter(account -> account.id() == who.accountId())
                .filter(account -> who.sigIssuedAt() > account.sigNotBefore())
                .isPresent();
        if (!stillValid) {
          session.kick(KickReason.ADMIN);
        }
      }

      @Override
      public void closed(Session session, CloseCause cause) {
        // Nothing is kept for a session.
      }
    };
  }

  /**
   * A guest's ticket is a UserSig for a guest's id that does not live for long (client-features
   * §11). The same ticket is the same guest: a second device with it makes the first one go.
   */
  private Principal guest(App app, String userId, String userSig) {
    VerifiedSig sig = check(app, userId, userSig);
    if (sig.expiresAt() - sig.issuedAt() > MOST_GUEST_SECONDS) {
      throw new ImException(
          ErrorCode.ACCOUNT_INVALID_PARAMETER,
          "the UserSig of a guest lives for " + MOST_GUEST_SECONDS + " seconds at most");
    }
    return new Principal(
        app, guestNumber(app, userId), userId, "guest", sig.issuedAt(), sig.expiresAt());
  }

  /** A negative number in the place of an account's, the same for the same guest. */
  private static long guestNumber(App app, String userId) {
    byte[] named = (app.appId() + " " + userId).getBytes(StandardCharsets.UTF_8);
    return UUID.nameUUIDFromBytes(named).getMostSignificantBits() | Long.MIN_VALUE;
  }

  private Account create(App app, String userId, String address) {
    if (!app.settings().createAccountAtLogin()) {
      throw new ImException(ErrorCode.ACCOUNT_NOT_FOUND);
    }
    Cause cause =
        new Cause(
            new Actor(ActorKind.USER, "new"),
            new Source(Channel.CLIENT, Cause.networkOf(address)),
            "",
            "login",
            clock.instant());
    return accounts.importAccount(app, AccountImport.of(userId), cause);
  }

  private VerifiedSig check(App app, String userId, String userSig) {
    failures.check(app.appId(), userId);
    try {
      return verifier.verify(
          app.appId(), userId, userSig, app.keys().stream().map(AppKey::key).toList());
    } catch (ImException e) {
      // A client that comes back with its old signature is not guessing.
      if (e.code() != ErrorCode.SIG_EXPIRED.number()) {
        failures.failed(app.appId(), userId);
      }
      throw e;
    }
  }

  private static Principal principal(App app, Account account, VerifiedSig sig) {
    if (!account.isActive()) {
      throw new ImException(ErrorCode.ACCOUNT_DENIED);
    }
    if (sig.issuedAt() <= account.sigNotBefore()) {
      throw new ImException(ErrorCode.SIG_EXPIRED, "UserSig was invalidated");
    }
    return new Principal(
        app, account.id(), account.userId(), account.subjectRef(), sig.issuedAt(), sig.expiresAt());
  }
}
