package im.palisade.server.admin.identity;

import im.palisade.server.admin.door.Access;
import im.palisade.server.admin.door.AdminCall;
import im.palisade.server.admin.door.AdminEndpoint;
import im.palisade.server.admin.door.AdminException;
import im.palisade.server.admin.door.ConsoleSettings;
import im.palisade.server.admin.door.Lines;
import im.palisade.server.admin.door.Meaning;
import im.palisade.server.admin.door.Nothing;
import im.palisade.server.admin.door.Reason;
import im.palisade.server.admin.door.Refusal;
import im.palisade.server.admin.door.Within;
import java.time.Instant;
import java.util.List;

/** The signed-in administrator's own account. */
public final class OwnAccountApi {
  private static final String TAG = "account";

  private final OwnAccountService accounts;
  private final SignInService signIns;
  private final ConsoleSettings settings;

  public OwnAccountApi(
      OwnAccountService accounts, SignInService signIns, ConsoleSettings settings) {
    this.accounts = accounts;
    this.signIns = signIns;
    this.settings = settings;
  }

  /** Its calls. */
  public List<AdminEndpoint<?, ?>> endpoints() {
    return List.of(
        AdminEndpoint.get("/account", TAG, "Shows the own account and where it is signed in")
            .allows(new Access.SignedIn())
            .recordsNone("administrators see their own account")
            .handledBy(Nothing.class, OwnAccount.class, this::show),
        AdminEndpoint.post("/account/password", TAG, "Changes the own password; others end")
            .allows(new Access.SignedIn())
            .records("admin.password.change")
            .handledBy(PasswordChange.class, Nothing.class, this::changePassword),
        AdminEndpoint.post(
                "/account/second-factor", TAG, "Begins to set up one-time codes: a fresh secret")
            .allows(new Access.SignedIn())
            .recordsNone("the secret counts for nothing until its first code was given")
            .handledBy(Nothing.class, Enrolment.class, this::beginFactor),
        AdminEndpoint.post(
                "/account/second-factor/finish", TAG, "Gives the first code, gets recovery codes")
            .allows(new Access.SignedIn())
            .records("admin.mfa.enroll")
            .handledBy(FirstCode.class, RecoveryCodes.class, this::finishFactor),
        AdminEndpoint.post(
                "/account/second-factor/remove",
                TAG,
                "Removes the own second factor, where allowed")
            .allows(new Access.SignedIn())
            .confirmed()
            .records("admin.mfa.remove")
            .handledBy(Nothing.class, Nothing.class, this::removeFactor),
        AdminEndpoint.post("/account/recovery-codes", TAG, "Replaces the recovery codes")
            .allows(new Access.SignedIn())
            .confirmed()
            .records("admin.mfa.enroll")
            .handledBy(
                Nothing.class,
                RecoveryCodes.class,
                (call, in) ->
                    new RecoveryCodes(accounts.renewRecoveryCodes(call.who(), call.cause()))),
        AdminEndpoint.post("/account/sessions/{id}/end", TAG, "Ends one of the own sessions")
            .allows(new Access.SignedIn())
            .records("auth.admin.logout")
            .handledBy(
                Nothing.class,
                Nothing.class,
                (call, in) -> {
                  accounts.endSession(call.who(), call.id(), call.cause());
                  return Nothing.NOTHING;
                }));
  }

  /** The own account. */
  @Meaning("The own account.")
  public record OwnAccount(
      @Meaning("to sign in with") String name,
      @Meaning("as it is shown") String displayName,
      @Meaning("whether codes are asked for") boolean secondFactor,
      @Meaning("recovery codes that were not used yet") int recoveryCodesLeft,
      @Meaning("where the account is signed in, newest first") List<OwnSession> sessions) {}

  /** A session of one's own. */
  @Meaning("Where an administrator is signed in.")
  public record OwnSession(
      @Meaning("number") long id,
      @Meaning("whether it is the one that asks") boolean current,
      @Meaning("since when") Instant createdAt,
      @Meaning("when something was last done, to half a minute") Instant seenAt,
      @Meaning("IP address of the sign-in") String address,
      @Meaning("the browser as it names itself") String browser) {

    static OwnSession of(ConsoleSession session, long current) {
      return new OwnSession(
          session.id(),
          session.id() == current,
          session.createdAt(),
          session.seenAt(),
          session.address(),
          session.browser());
    }
  }

  /** A change of password. */
  public record PasswordChange(
      @Meaning("the present password") @Lines @Within(min = 1, max = 1000) String current,
      @Meaning("the new one") @Lines @Within(min = Passwords.MIN_LENGTH, max = Passwords.MAX_LENGTH)
          String password) {}

  /** A secret for an authenticator app. */
  @Meaning("A secret for an authenticator app; it counts once its first code was given.")
  public record Enrolment(
      @Meaning("base 32, to be typed") String secret,
      @Meaning("otpauth address, to be shown as a picture") String uri) {}

  /** The first code. */
  public record FirstCode(@Meaning("six digits") @Within(min = 6, max = 6) String code) {}

  /** Recovery codes. */
  @Meaning("Codes that each take the place of a one-time code once; shown this one time.")
  public record RecoveryCodes(@Meaning("the codes") List<String> codes) {}

  private OwnAccount show(AdminCall call, Nothing in) {
    SignedIn who = call.who();
    return new OwnAccount(
        who.administrator().name(),
        who.administrator().displayName(),
        who.administrator().secondFactor(),
        accounts.recoveryCodesLeft(who),
        accounts.sessions(who).stream()
            .map(session -> OwnSession.of(session, who.session().id()))
            .toList());
  }

  private Nothing changePassword(AdminCall call, PasswordChange in) {
    signIns.checkPassword(call.who(), in.current(), call.visit());
    accounts.changePassword(call.who(), in.password(), call.cause());
    return Nothing.NOTHING;
  }

  /** Whoever has codes already gives one before they are replaced. */
  private Enrolment beginFactor(AdminCall call, Nothing in) {
    if (call.who().administrator().secondFactor() && !signIns.isConfirmed(call.who())) {
      throw AdminException.of(Refusal.CONFIRMATION_NEEDED);
    }
    var enrolment = accounts.beginFactor(call.who());
    return new Enrolment(enrolment.secret(), enrolment.uri());
  }

  private RecoveryCodes finishFactor(AdminCall call, FirstCode in) {
    return new RecoveryCodes(accounts.finishFactor(call.who(), in.code(), call.cause()));
  }

  private Nothing removeFactor(AdminCall call, Nothing in) {
    if (settings.secondFactor() == ConsoleSettings.SecondFactor.REQUIRED) {
      throw AdminException.of(Refusal.CONFLICT, Reason.FACTOR_REQUIRED);
    }
    accounts.removeFactor(call.who(), call.cause());
    return Nothing.NOTHING;
  }
}
