package im.palisade.server.admin.identity;

import im.palisade.compliance.audit.AuditEvent.Outcome;
import im.palisade.compliance.audit.AuditEvent.Target;
import im.palisade.server.admin.door.AdminException;
import im.palisade.server.admin.door.ConsoleSettings;
import im.palisade.server.admin.door.Refusal;
import im.palisade.server.audit.AuditDeclaration;
import im.palisade.server.audit.Cause;
import im.palisade.server.jobs.Job;
import im.palisade.server.security.SecretBox;
import im.palisade.server.store.AuditJournal;
import im.palisade.server.store.Region;
import im.palisade.server.store.UnitOfWork;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/** Who is signed in: passwords and codes are checked here, sessions begin and end here. */
public final class SignInService {
  private static final Duration SEEN_EVERY = Duration.ofSeconds(30);
  private static final Duration SWEEP_EVERY = Duration.ofMinutes(1);
  private static final int SWEEP_BATCH = 500;
  private static final int MAX_BROWSER = 100;

  private final Region home;
  private final AuditJournal journal;
  private final SecretBox secrets;
  private final Passwords passwords;
  private final LoginThrottle throttle;
  private final AddressThrottle addresses;
  private final ConsoleSettings settings;
  private final Clock clock;
  private final AdministratorStore administrators = new AdministratorStore();
  private final RoleStore roles = new RoleStore();
  private final SessionStore sessions = new SessionStore();

  public SignInService(
      Region home,
      AuditJournal journal,
      SecretBox secrets,
      Passwords passwords,
      ConsoleSettings settings,
      Clock clock) {
    this.home = home;
    this.journal = journal;
    this.secrets = secrets;
    this.passwords = passwords;
    this.settings = settings;
    this.clock = clock;
    this.throttle = new LoginThrottle(home, clock);
    this.addresses = new AddressThrottle(clock);
  }

  /** A session that has begun; only its token opens it. */
  public record Begun(String token, SignedIn signedIn) {}

  /** A name as it is kept. */
  public static String canonical(String name) {
    return name.toLowerCase(Locale.ROOT);
  }

  /**
   * Signs in.
   *
   * @param code of the second factor, or a recovery code
   * @throws AdminException LOCKED, TOO_MANY, WRONG_CREDENTIALS, CODE_NEEDED, WRONG_CODE
   */
  public Begun signIn(String name, String password, Optional<String> code, Visit visit) {
    String canonical = canonical(name);
    addresses.check(visit.address());
    String token = Tokens.next();
    ConsoleSession session;
    Administrator administrator;
    try (var _ = throttle.turn(canonical)) {
      Optional<Administrator> found =
          home.read(connection -> administrators.findByName(connection, canonical));
      Cause cause = found.map(visit::by).orElseGet(visit::byNobody);
      checkPassword(canonical, found, password, cause, visit);
      administrator = found.orElseThrow();
      Administrator who = administrator;
      session =
          withCode(
              administrator,
              code,
              visit,
              (unit, now) -> {
                administrators.updateLastLogin(unit.connection(), who.id(), now);
                return sessions.insert(
                    unit.connection(),
                    Tokens.hash(token),
                    who.id(),
                    now,
                    visit.address(),
                    cut(visit.browser()));
              });
    }
    return new Begun(token, signedIn(token, session, administrator));
  }

  /**
   * Who the token's session belongs to; a session that has run out is ended and there is none.
   *
   * @param passive whether the request says nothing of somebody being there
   */
  public Optional<SignedIn> find(String token, Visit visit, boolean passive) {
    Optional<ConsoleSession> session =
        home.read(connection -> sessions.find(connection, Tokens.hash(token)));
    if (session.isEmpty()) {
      return Optional.empty();
    }
    Instant now = clock.instant();
    if (isOver(session.get(), now)) {
      expire(session.get());
      return Optional.empty();
    }
    Optional<Administrator> administrator =
        home.read(connection -> administrators.find(connection, session.get().administratorId()));
    if (administrator.filter(Administrator::active).isEmpty()) {
      return Optional.empty();
    }
    if (!passive && session.get().seenAt().isBefore(now.minus(SEEN_EVERY))) {
      home.inUnitOfWork(
          unit -> {
            sessions.seen(unit.connection(), session.get().id(), now);
            return null;
          });
    }
    return Optional.of(signedIn(token, session.get(), administrator.get()));
  }

  /** Ends the session. */
  public void signOut(SignedIn who, Cause cause) {
    home.inUnitOfWork(
        unit -> {
          if (sessions.delete(unit.connection(), who.session().id())) {
            unit.record(cause.event("auth.admin.logout", target(who.administrator())));
          }
          return null;
        });
  }

  /**
   * Takes password and code again, before destructive acts.
   *
   * @throws AdminException LOCKED, WRONG_CREDENTIALS, CODE_NEEDED, WRONG_CODE
   */
  public void confirm(SignedIn who, String password, Optional<String> code, Visit visit) {
    Administrator administrator = who.administrator();
    try (var _ = throttle.turn(administrator.name())) {
      check(administrator, password, visit);
      withCode(
          administrator,
          code,
          visit,
          (unit, now) -> {
            sessions.confirmed(unit.connection(), who.session().id(), now);
            return who;
          });
    }
  }

  /**
   * Asks for the present password, as before it is changed; guesses count as failed sign-ins.
   *
   * @throws AdminException LOCKED, WRONG_CREDENTIALS
   */
  public void checkPassword(SignedIn who, String password, Visit visit) {
    try (var _ = throttle.turn(who.administrator().name())) {
      check(who.administrator(), password, visit);
    }
  }

  /** Whether password and code were given lately enough for a destructive act. */
  public boolean isConfirmed(SignedIn who) {
    return !who.session().confirmedAt().isBefore(clock.instant().minus(settings.confirmFor()));
  }

  /** Ends sessions that have run out and forgets old failures. */
  public Job sweeping() {
    return new Job(
        "console-sessions",
        SWEEP_EVERY,
        AuditDeclaration.records("auth.admin.session_expired"),
        this::sweep);
  }

  void sweep() {
    Instant now = clock.instant();
    home.read(
            connection ->
                sessions.ended(
                    connection,
                    now.minus(settings.idleTimeout()),
                    now.minus(settings.sessionLifetime()),
                    SWEEP_BATCH))
        .forEach(this::expire);
    throttle.prune();
  }

  /** The name's lock is lifted; false when there was none. */
  boolean unlock(UnitOfWork unit, String name) throws SQLException {
    return throttle.store().delete(unit.connection(), Tokens.hash(name));
  }

  /** How an administrator stands in audit events. */
  static Target target(Administrator administrator) {
    return new Target("administrator", administrator.ref());
  }

  /** Whether the code is right; it is used up within the unit. */
  private boolean isCodeRight(
      UnitOfWork unit, Administrator administrator, String code, Instant now) throws SQLException {
    var factor = administrators.factor(unit.connection(), administrator.id());
    if (factor.secret().isEmpty()) {
      return true;
    }
    byte[] secret = secrets.open(factor.secret().get(), owner(administrator.id()));
    OptionalLong step = Totp.step(secret, code, now, factor.lastStep());
    if (step.isPresent()) {
      return administrators.useStep(unit.connection(), administrator.id(), step.getAsLong());
    }
    return administrators.useRecoveryCode(
        unit.connection(), administrator.id(), Tokens.hash(Tokens.canonical(code)));
  }

  /** Whose secret it is, for the box it is sealed in. */
  static String owner(long administratorId) {
    return "administrator/" + administratorId;
  }

  /** What is done once the code has turned out right. */
  private interface Welcome<T> {
    T carryOut(UnitOfWork unit, Instant now) throws SQLException;
  }

  /** Uses up the code and goes on in the same transaction, on record. */
  private <T> T withCode(
      Administrator administrator, Optional<String> code, Visit visit, Welcome<T> welcome) {
    if (administrator.secondFactor() && code.isEmpty()) {
      throw AdminException.of(Refusal.CODE_NEEDED);
    }
    Cause cause = visit.by(administrator);
    Instant now = clock.instant();
    Optional<T> done =
        home.inUnitOfWork(
            unit -> {
              if (!isCodeRight(unit, administrator, code.orElse(""), now)) {
                return Optional.empty();
              }
              unlock(unit, administrator.name());
              unit.record(cause.event("auth.admin.login", target(administrator)));
              return Optional.of(welcome.carryOut(unit, now));
            });
    return done.orElseThrow(
        () ->
            failed(
                administrator.name(),
                Optional.of(administrator),
                cause,
                visit,
                Refusal.WRONG_CODE));
  }

  private void check(Administrator administrator, String password, Visit visit) {
    checkPassword(
        administrator.name(), Optional.of(administrator), password, visit.by(administrator), visit);
  }

  private void checkPassword(
      String name, Optional<Administrator> found, String password, Cause cause, Visit visit) {
    try {
      throttle.check(name);
    } catch (AdminException locked) {
      record(found, cause, Refusal.LOCKED);
      throw locked;
    }
    boolean right =
        found.isPresent()
            ? passwords.matches(password, found.get().passwordHash())
            : passwords.matchesNobody(password);
    if (!right || !found.orElseThrow().active()) {
      throw failed(name, found, cause, visit, Refusal.WRONG_CREDENTIALS);
    }
  }

  private AdminException failed(
      String name, Optional<Administrator> found, Cause cause, Visit visit, Refusal why) {
    addresses.failed(visit.address());
    record(found, cause, why);
    if (throttle.failed(name) && found.isPresent()) {
      journal.record(
          cause.event("auth.admin.locked", Outcome.SUCCESS, List.of(target(found.get()))));
    }
    return AdminException.of(why);
  }

  private void record(Optional<Administrator> found, Cause cause, Refusal why) {
    journal.record(
        cause
            .event(
                "auth.admin.login_failed",
                Outcome.DENIED,
                found.map(SignInService::target).stream().toList())
            .withChange(Map.of("reason", why.name())));
  }

  private boolean isOver(ConsoleSession session, Instant now) {
    return !session.seenAt().plus(settings.idleTimeout()).isAfter(now)
        || !session.createdAt().plus(settings.sessionLifetime()).isAfter(now);
  }

  private void expire(ConsoleSession session) {
    home.inUnitOfWork(
        unit -> {
          Optional<Administrator> administrator =
              administrators.find(unit.connection(), session.administratorId());
          if (sessions.delete(unit.connection(), session.id()) && administrator.isPresent()) {
            Cause cause = Cause.system(clock.instant());
            unit.record(cause.event("auth.admin.session_expired", target(administrator.get())));
          }
          return null;
        });
  }

  private SignedIn signedIn(String token, ConsoleSession session, Administrator administrator) {
    Rights rights =
        home.read(
            connection ->
                Rights.of(
                    administrators.grants(connection, administrator.id()),
                    byKey(roles.all(connection))));
    return new SignedIn(administrator, session, rights, Tokens.csrf(token));
  }

  /** Built-in roles and others. */
  static Map<String, Role> byKey(List<Role> own) {
    Map<String, Role> roles = new HashMap<>();
    Role.BUILT_IN.forEach(role -> roles.put(role.key(), role));
    own.forEach(role -> roles.put(role.key(), role));
    return roles;
  }

  private static String cut(String browser) {
    return browser.length() <= MAX_BROWSER ? browser : browser.substring(0, MAX_BROWSER);
  }
}
