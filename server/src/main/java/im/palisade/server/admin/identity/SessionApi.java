package im.palisade.server.admin.identity;

import im.palisade.server.admin.door.Access;
import im.palisade.server.admin.door.AdminCall;
import im.palisade.server.admin.door.AdminEndpoint;
import im.palisade.server.admin.door.ConsoleSettings;
import im.palisade.server.admin.door.Lines;
import im.palisade.server.admin.door.Meaning;
import im.palisade.server.admin.door.Nothing;
import im.palisade.server.admin.door.Within;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** Signing in and out, and the very first administrator. */
public final class SessionApi {
  private static final String TAG = "session";

  private final SignInService signIns;
  private final FirstAdministrator first;
  private final ConsoleSettings settings;

  public SessionApi(SignInService signIns, FirstAdministrator first, ConsoleSettings settings) {
    this.signIns = signIns;
    this.first = first;
    this.settings = settings;
  }

  /** Its calls. */
  public List<AdminEndpoint<?, ?>> endpoints() {
    return List.of(
        AdminEndpoint.get("/session", TAG, "Says who is signed in and what comes next")
            .allows(new Access.Open())
            .passive()
            .recordsNone("it says nothing but what the browser's own cookie stands for")
            .handledBy(Nothing.class, SessionState.class, (call, in) -> state(call.whoever())),
        AdminEndpoint.post("/session", TAG, "Signs in and sets the session's cookie")
            .allows(new Access.Open())
            .records("auth.admin.login", "auth.admin.login_failed", "auth.admin.locked")
            .handledBy(SignIn.class, SessionState.class, this::signIn),
        AdminEndpoint.post("/session/end", TAG, "Signs out")
            .allows(new Access.SignedIn())
            .records("auth.admin.logout")
            .handledBy(Nothing.class, Nothing.class, this::signOut),
        AdminEndpoint.post(
                "/session/confirm", TAG, "Takes password and code again before destructive acts")
            .allows(new Access.SignedIn())
            .records("auth.admin.login", "auth.admin.login_failed")
            .handledBy(Confirmation.class, Nothing.class, this::confirm),
        AdminEndpoint.post(
                "/first-administrator", TAG, "Creates the first administrator by the one-time link")
            .allows(new Access.Open())
            .records("admin.account.create", "admin.role.grant")
            .handledBy(NewFirstAdministrator.class, SessionState.class, this::createFirst));
  }

  /** What the pages go by. */
  @Meaning("Who is signed in, and what comes next.")
  public record SessionState(
      @Meaning("what comes next") State state,
      @Meaning("to be sent as X-Csrf-Token with every act") Optional<String> csrf,
      @Meaning("who is signed in") Optional<Me> me,
      @Meaning("until when destructive acts need no confirmation") Optional<Instant> confirmedUntil,
      @Meaning("what holds for everybody") Policy policy) {}

  /** What comes next. */
  public enum State {
    FIRST_ADMINISTRATOR,
    SIGNED_OUT,
    PASSWORD_CHANGE_NEEDED,
    SECOND_FACTOR_MISSING,
    SIGNED_IN
  }

  /** Who is signed in. */
  @Meaning("The administrator who is signed in.")
  public record Me(
      @Meaning("number") long id,
      @Meaning("to sign in with") String name,
      @Meaning("as it is shown") String displayName,
      @Meaning("whether codes are asked for") boolean secondFactor,
      @Meaning("what is allowed, by app; pages show no more") List<AppRights> rights) {}

  /** Permissions for one app. */
  @Meaning("Permissions for one app.")
  public record AppRights(
      @Meaning("SDKAppID; 0 for every app and the installation") long app,
      @Meaning("what is allowed") List<Permission> permissions) {}

  /** What holds for everybody. */
  @Meaning("What holds for everybody.")
  public record Policy(
      @Meaning("seconds without an act after which a session ends") long idleSeconds,
      @Meaning("seconds after which every session ends") long lifetimeSeconds,
      @Meaning("whether everybody must set up a second factor") boolean secondFactorRequired,
      @Meaning("shortest password in characters") int passwordMinLength) {}

  /** A sign-in. */
  public record SignIn(
      @Meaning("name; in any case") @Within(min = 1, max = 64) String name,
      @Meaning("password") @Lines @Within(min = 1, max = 1000) String password,
      @Meaning("six digits of the authenticator app, or a recovery code") @Within(min = 1, max = 40)
          Optional<String> code) {}

  /** Password and code again. */
  public record Confirmation(
      @Meaning("password") @Lines @Within(min = 1, max = 1000) String password,
      @Meaning("six digits of the authenticator app, or a recovery code") @Within(min = 1, max = 40)
          Optional<String> code) {}

  /** The first administrator. */
  public record NewFirstAdministrator(
      @Meaning("token of the one-time link") @Within(min = 1, max = 100) String token,
      @Meaning("to sign in with: letters, digits and ._@-") @Within(min = 2, max = 64) String name,
      @Meaning("as it is shown") @Within(min = 1, max = 50) String displayName,
      @Meaning("password") @Lines @Within(min = Passwords.MIN_LENGTH, max = Passwords.MAX_LENGTH)
          String password) {}

  private SessionState signIn(AdminCall call, SignIn in) {
    var begun = signIns.signIn(in.name(), in.password(), in.code(), call.visit());
    call.begun(begun);
    return state(Optional.of(begun.signedIn()));
  }

  private Nothing signOut(AdminCall call, Nothing in) {
    signIns.signOut(call.who(), call.cause());
    call.ended();
    return Nothing.NOTHING;
  }

  private Nothing confirm(AdminCall call, Confirmation in) {
    signIns.confirm(call.who(), in.password(), in.code(), call.visit());
    return Nothing.NOTHING;
  }

  private SessionState createFirst(AdminCall call, NewFirstAdministrator in) {
    String name = AdministratorNames.checked(in.name());
    first.create(in.token(), name, in.displayName(), in.password(), call.cause());
    var begun = signIns.signIn(name, in.password(), Optional.empty(), call.visit());
    call.begun(begun);
    return state(Optional.of(begun.signedIn()));
  }

  private SessionState state(Optional<SignedIn> who) {
    boolean required = settings.secondFactor() == ConsoleSettings.SecondFactor.REQUIRED;
    Policy policy =
        new Policy(
            settings.idleTimeout().toSeconds(),
            settings.sessionLifetime().toSeconds(),
            required,
            Passwords.MIN_LENGTH);
    if (who.isEmpty()) {
      State state = first.isAwaited() ? State.FIRST_ADMINISTRATOR : State.SIGNED_OUT;
      return new SessionState(state, Optional.empty(), Optional.empty(), Optional.empty(), policy);
    }
    SignedIn signedIn = who.get();
    Administrator administrator = signedIn.administrator();
    State state =
        administrator.mustChangePassword()
            ? State.PASSWORD_CHANGE_NEEDED
            : required && !administrator.secondFactor()
                ? State.SECOND_FACTOR_MISSING
                : State.SIGNED_IN;
    return new SessionState(
        state,
        Optional.of(signedIn.csrf()),
        Optional.of(me(signedIn)),
        Optional.of(signedIn.session().confirmedAt().plus(settings.confirmFor())),
        policy);
  }

  private static Me me(SignedIn who) {
    List<AppRights> rights =
        who.rights().byApp().entrySet().stream()
            .map(
                entry -> new AppRights(entry.getKey(), entry.getValue().stream().sorted().toList()))
            .sorted(Comparator.comparingLong(AppRights::app))
            .toList();
    Administrator administrator = who.administrator();
    return new Me(
        administrator.id(),
        administrator.name(),
        administrator.displayName(),
        administrator.secondFactor(),
        rights);
  }
}
