package im.palisade.server.admin.identity;

import im.palisade.server.admin.door.AdminException;
import im.palisade.server.admin.door.FieldFault.Fault;
import im.palisade.server.admin.door.Reason;
import im.palisade.server.admin.door.Refusal;
import im.palisade.server.audit.Cause;
import im.palisade.server.security.SecretBox;
import im.palisade.server.store.Region;
import java.time.Clock;
import java.util.List;
import java.util.OptionalLong;

/** What administrators do about their own account. */
public final class OwnAccountService {
  private final Region home;
  private final SecretBox secrets;
  private final Passwords passwords;
  private final Clock clock;
  private final AdministratorStore store = new AdministratorStore();
  private final SessionStore sessions = new SessionStore();

  public OwnAccountService(Region home, SecretBox secrets, Passwords passwords, Clock clock) {
    this.home = home;
    this.secrets = secrets;
    this.passwords = passwords;
    this.clock = clock;
  }

  /** A secret for an authenticator app, to be confirmed by its first code. */
  public record Enrolment(String secret, String uri) {}

  /**
   * Changes the password; other sessions end.
   *
   * @throws AdminException INVALID for a new one that is too easy or the old one again
   */
  public void changePassword(SignedIn who, String password, Cause cause) {
    Administrator administrator = who.administrator();
    Passwords.check("password", password, administrator.name());
    if (passwords.matches(password, administrator.passwordHash())) {
      throw AdminException.invalid("password", Fault.NOT_ALLOWED, Reason.SAME_PASSWORD);
    }
    String hash = passwords.hash(password);
    home.inUnitOfWork(
        unit -> {
          store.updatePassword(unit.connection(), administrator.id(), hash, false);
          sessions.deleteOthers(unit.connection(), administrator.id(), who.session().id());
          unit.record(cause.event("admin.password.change", SignInService.target(administrator)));
          return null;
        });
  }

  /** Makes a secret that counts once its first code was given. */
  public Enrolment beginFactor(SignedIn who) {
    byte[] secret = Totp.newSecret();
    long id = who.administrator().id();
    home.inUnitOfWork(
        unit -> {
          store.setPendingFactor(
              unit.connection(), id, secrets.seal(secret, SignInService.owner(id)));
          return null;
        });
    return new Enrolment(Totp.base32(secret), Totp.uri(secret, who.administrator().name()));
  }

  /**
   * Makes the secret count.
   *
   * @return fresh recovery codes, shown this once
   * @throws AdminException WRONG_CODE, or CONFLICT when none was begun
   */
  public List<String> finishFactor(SignedIn who, String code, Cause cause) {
    long id = who.administrator().id();
    List<String> codes = Tokens.recoveryCodes();
    home.inUnitOfWork(
        unit -> {
          byte[] sealed =
              store
                  .factor(unit.connection(), id)
                  .pending()
                  .orElseThrow(() -> AdminException.of(Refusal.CONFLICT, Reason.FACTOR_NOT_BEGUN));
          OptionalLong step =
              Totp.step(secrets.open(sealed, SignInService.owner(id)), code, clock.instant(), 0);
          if (step.isEmpty()) {
            throw AdminException.of(Refusal.WRONG_CODE);
          }
          store.confirmFactor(unit.connection(), id, step.getAsLong());
          store.replaceRecoveryCodes(unit.connection(), id, hashes(codes));
          unit.record(cause.event("admin.mfa.enroll", SignInService.target(who.administrator())));
          return null;
        });
    return codes;
  }

  /** Replaces the recovery codes. */
  public List<String> renewRecoveryCodes(SignedIn who, Cause cause) {
    List<String> codes = Tokens.recoveryCodes();
    home.inUnitOfWork(
        unit -> {
          store.replaceRecoveryCodes(unit.connection(), who.administrator().id(), hashes(codes));
          unit.record(cause.event("admin.mfa.enroll", SignInService.target(who.administrator())));
          return null;
        });
    return codes;
  }

  /** Removes the second factor. */
  public void removeFactor(SignedIn who, Cause cause) {
    home.inUnitOfWork(
        unit -> {
          store.removeFactor(unit.connection(), who.administrator().id());
          unit.record(cause.event("admin.mfa.remove", SignInService.target(who.administrator())));
          return null;
        });
  }

  /** How many recovery codes are left. */
  public int recoveryCodesLeft(SignedIn who) {
    return home.read(connection -> store.recoveryCodesLeft(connection, who.administrator().id()));
  }

  /** Where the administrator is signed in. */
  public List<ConsoleSession> sessions(SignedIn who) {
    return home.read(connection -> sessions.of(connection, who.administrator().id()));
  }

  /**
   * Ends one of the administrator's sessions.
   *
   * @throws AdminException NOT_FOUND
   */
  public void endSession(SignedIn who, long sessionId, Cause cause) {
    boolean own = sessions(who).stream().anyMatch(session -> session.id() == sessionId);
    home.inUnitOfWork(
        unit -> {
          if (!own || !sessions.delete(unit.connection(), sessionId)) {
            throw AdminException.of(Refusal.NOT_FOUND);
          }
          unit.record(cause.event("auth.admin.logout", SignInService.target(who.administrator())));
          return null;
        });
  }

  private static List<byte[]> hashes(List<String> codes) {
    return codes.stream().map(code -> Tokens.hash(Tokens.canonical(code))).toList();
  }
}
