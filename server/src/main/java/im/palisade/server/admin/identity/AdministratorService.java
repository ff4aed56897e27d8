package im.palisade.server.admin.identity;

import im.palisade.compliance.audit.AuditEvent;
import im.palisade.server.admin.door.AdminException;
import im.palisade.server.admin.door.FieldFault.Fault;
import im.palisade.server.admin.door.Reason;
import im.palisade.server.admin.door.Refusal;
import im.palisade.server.app.AppService;
import im.palisade.server.audit.Cause;
import im.palisade.server.store.Region;
import im.palisade.server.store.UnitOfWork;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Administrators and what they may. Nobody hands out or takes away more than they may themselves,
 * nobody changes their own rights, and the last one who may everything stays.
 */
public final class AdministratorService {
  private final Region home;
  private final AppService apps;
  private final Passwords passwords;
  private final SignInService signIns;
  private final RoleService roles;
  private final Clock clock;
  private final AdministratorStore store = new AdministratorStore();
  private final SessionStore sessions = new SessionStore();

  public AdministratorService(
      Region home,
      AppService apps,
      Passwords passwords,
      SignInService signIns,
      RoleService roles,
      Clock clock) {
    this.home = home;
    this.apps = apps;
    this.passwords = passwords;
    this.signIns = signIns;
    this.roles = roles;
    this.clock = clock;
  }

  /** An administrator with the roles given. */
  public record Listed(Administrator administrator, List<Grant> grants) {}

  /** An administrator that was made, and the password to hand over. */
  public record Created(long id, String password) {}

  /** Everybody, by name. */
  public List<Listed> all() {
    return home.read(
        connection -> {
          List<Listed> all = new ArrayList<>();
          for (Administrator each : store.all(connection)) {
            all.add(new Listed(each, store.grants(connection, each.id())));
          }
          return all;
        });
  }

  /**
   * One of them.
   *
   * @throws AdminException NOT_FOUND
   */
  public Listed get(long id) {
    return home.read(
        connection ->
            new Listed(
                store.find(connection, id).orElseThrow(AdministratorService::unknown),
                store.grants(connection, id)));
  }

  /** Where an administrator is signed in. */
  public List<ConsoleSession> sessions(long id) {
    return home.read(connection -> sessions.of(connection, id));
  }

  /**
   * Creates an administrator, who must change the password at the first sign-in.
   *
   * @throws AdminException INVALID when the name is taken or a grant names nothing; FORBIDDEN
   */
  public Created create(
      SignedIn by, String name, String displayName, Collection<Grant> grants, Cause cause) {
    Set<Grant> wanted = checked(by, grants);
    String password = Tokens.password();
    String hash = passwords.hash(password);
    Instant now = clock.instant();
    long id =
        home.inUnitOfWork(
            unit -> {
              OptionalLong inserted =
                  store.insert(unit.connection(), name, displayName, hash, true, now);
              if (inserted.isEmpty()) {
                throw AdminException.invalid("name", Fault.TAKEN, "");
              }
              Administrator made =
                  store.find(unit.connection(), inserted.getAsLong()).orElseThrow();
              unit.record(cause.event("admin.account.create", SignInService.target(made)));
              give(unit, made, wanted, cause);
              return inserted.getAsLong();
            });
    return new Created(id, password);
  }

  /** Changes the name that is shown. */
  public void rename(long id, String displayName, Cause cause) {
    change(
        id,
        (unit, who) -> {
          store.updateDisplayName(unit.connection(), id, displayName);
          unit.record(cause.event("admin.account.update", SignInService.target(who)));
        });
  }

  /**
   * Replaces the roles of another administrator, whose sessions go on with the new ones.
   *
   * @throws AdminException FORBIDDEN, CONFLICT
   */
  public void setGrants(SignedIn by, long id, Collection<Grant> grants, Cause cause) {
    refuseSelf(by, id);
    changeKeepingLast(
        id,
        (unit, who) -> {
          Set<Grant> before = new LinkedHashSet<>(store.grants(unit.connection(), id));
          Set<Grant> after = new LinkedHashSet<>(grants);
          Set<Grant> added = new LinkedHashSet<>(after);
          added.removeAll(before);
          Set<Grant> removed = new LinkedHashSet<>(before);
          removed.removeAll(after);
          checked(by, added);
          refuseMightier(by, removed);
          give(unit, who, added, cause);
          for (Grant grant : removed) {
            store.deleteGrant(unit.connection(), id, grant);
          }
          if (!removed.isEmpty()) {
            unit.record(granted(cause, "admin.role.revoke", who, removed));
          }
        });
  }

  /** Disables another administrator, whose sessions end, or enables one. */
  public void setActive(SignedIn by, long id, boolean active, Cause cause) {
    refuseSelf(by, id);
    changeKeepingLast(
        id,
        (unit, who) -> {
          refuseMightier(by, store.grants(unit.connection(), id));
          store.updateActive(unit.connection(), id, active);
          if (!active) {
            sessions.deleteOthers(unit.connection(), id, 0);
          }
          unit.record(
              cause.event(
                  active ? "admin.account.enable" : "admin.account.disable",
                  SignInService.target(who)));
        });
  }

  /** Deletes another administrator. */
  public void delete(SignedIn by, long id, Cause cause) {
    refuseSelf(by, id);
    changeKeepingLast(
        id,
        (unit, who) -> {
          refuseMightier(by, store.grants(unit.connection(), id));
          signIns.unlock(unit, who.name());
          store.delete(unit.connection(), id);
          unit.record(cause.event("admin.account.delete", SignInService.target(who)));
        });
  }

  /** Gives another administrator a password to be changed at once; the sessions end. */
  public String resetPassword(SignedIn by, long id, Cause cause) {
    refuseSelf(by, id);
    String password = Tokens.password();
    String hash = passwords.hash(password);
    change(
        id,
        (unit, who) -> {
          refuseMightier(by, store.grants(unit.connection(), id));
          store.updatePassword(unit.connection(), id, hash, true);
          sessions.deleteOthers(unit.connection(), id, 0);
          signIns.unlock(unit, who.name());
          unit.record(cause.event("admin.password.reset", SignInService.target(who)));
        });
    return password;
  }

  /** Takes away another administrator's second factor, for who has lost it; the sessions end. */
  public void removeFactor(SignedIn by, long id, Cause cause) {
    refuseSelf(by, id);
    change(
        id,
        (unit, who) -> {
          refuseMightier(by, store.grants(unit.connection(), id));
          store.removeFactor(unit.connection(), id);
          sessions.deleteOthers(unit.connection(), id, 0);
          unit.record(cause.event("admin.mfa.remove", SignInService.target(who)));
        });
  }

  /** Lifts the lock of an administrator's name. */
  public void unlock(long id, Cause cause) {
    change(
        id,
        (unit, who) -> {
          signIns.unlock(unit, who.name());
          unit.record(cause.event("auth.admin.unlocked", SignInService.target(who)));
        });
  }

  /** An event of roles given or taken. */
  static AuditEvent granted(Cause cause, String type, Administrator who, Set<Grant> grants) {
    return cause
        .event(type, SignInService.target(who))
        .withChange(
            Map.of(
                "roles",
                grants.stream()
                    .map(grant -> grant.role() + "@" + grant.app())
                    .sorted()
                    .collect(Collectors.joining(" "))));
  }

  private interface Change {
    void apply(UnitOfWork unit, Administrator who) throws SQLException;
  }

  private void change(long id, Change change) {
    home.inUnitOfWork(
        unit -> {
          Administrator who =
              store.find(unit.connection(), id).orElseThrow(AdministratorService::unknown);
          change.apply(unit, who);
          return null;
        });
  }

  private void changeKeepingLast(long id, Change change) {
    change(
        id,
        (unit, who) -> {
          store.holdAll(unit.connection());
          change.apply(unit, who);
          if (store.countActive(unit.connection(), Role.SUPER.key()) == 0) {
            throw AdminException.of(Refusal.CONFLICT, Reason.LAST_SUPER);
          }
        });
  }

  private void give(UnitOfWork unit, Administrator who, Set<Grant> grants, Cause cause)
      throws SQLException {
    for (Grant grant : grants) {
      store.insertGrant(unit.connection(), who.id(), grant);
    }
    if (!grants.isEmpty()) {
      unit.record(granted(cause, "admin.role.grant", who, grants));
    }
  }

  /**
   * The grants without doubles, each of a role and an app that exist and no more than one's own.
   */
  private Set<Grant> checked(SignedIn by, Collection<Grant> grants) {
    Map<String, Role> known = roles.byKey();
    for (Grant grant : grants) {
      if (!known.containsKey(grant.role())) {
        throw AdminException.invalid("grants", Reason.NO_ROLE, grant.role());
      }
      if (grant.app() != Grant.EVERYWHERE && apps.find(grant.app()).isEmpty()) {
        throw AdminException.invalid("grants", Reason.NO_APP, Long.toString(grant.app()));
      }
    }
    refuseMightier(by, grants);
    return new LinkedHashSet<>(grants);
  }

  private void refuseMightier(SignedIn by, Collection<Grant> grants) {
    Map<String, Role> known = roles.byKey();
    for (Grant grant : grants) {
      Role role = known.get(grant.role());
      if (role != null && !by.rights().cover(role, grant.app())) {
        throw AdminException.of(Refusal.FORBIDDEN, Reason.ROLE_ABOVE_OWN);
      }
    }
  }

  private static void refuseSelf(SignedIn by, long id) {
    if (by.administrator().id() == id) {
      throw AdminException.of(Refusal.CONFLICT, Reason.ONESELF);
    }
  }

  private static AdminException unknown() {
    return AdminException.of(Refusal.NOT_FOUND);
  }
}
