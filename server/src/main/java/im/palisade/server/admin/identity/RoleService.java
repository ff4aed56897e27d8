package im.palisade.server.admin.identity;

import im.palisade.compliance.audit.AuditEvent.Target;
import im.palisade.server.admin.door.AdminException;
import im.palisade.server.admin.door.FieldFault.Fault;
import im.palisade.server.admin.door.Reason;
import im.palisade.server.admin.door.Refusal;
import im.palisade.server.audit.Cause;
import im.palisade.server.store.Region;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Collectors;

/** Roles: ours, which do not change, and an installation's own. */
public final class RoleService {
  /** Most roles of an installation's own. */
  public static final int MAX_ROLES = 100;

  private final Region home;
  private final RoleStore store = new RoleStore();

  public RoleService(Region home) {
    this.home = home;
  }

  /** Every role, the built-in ones first. */
  public List<Role> all() {
    List<Role> all = new ArrayList<>(Role.BUILT_IN);
    all.addAll(home.read(store::all));
    return all;
  }

  /**
   * Creates a role.
   *
   * @return its key
   * @throws AdminException FORBIDDEN when it allows more than who makes it may
   */
  public String create(
      SignedIn by, String name, String description, Set<Permission> permissions, Cause cause) {
    Role role = new Role("", name, description, false, permissions);
    refuseMightier(by, role);
    refuseBuiltInName(name);
    return home.inUnitOfWork(
        unit -> {
          if (store.all(unit.connection()).size() >= MAX_ROLES) {
            throw AdminException.of(Refusal.CONFLICT, Reason.ROLES_FULL);
          }
          OptionalLong id = store.insert(unit.connection(), role);
          if (id.isEmpty()) {
            throw AdminException.invalid("name", Fault.TAKEN, "");
          }
          String key = RoleStore.key(id.getAsLong());
          unit.record(
              cause
                  .event("admin.role.create", new Target("role", key))
                  .withChange(permissions(role)));
          return key;
        });
  }

  /** Changes a role, for everybody who has it. */
  public void update(
      SignedIn by,
      String key,
      String name,
      String description,
      Set<Permission> permissions,
      Cause cause) {
    Role role = new Role(key, name, description, false, permissions);
    refuseMightier(by, role);
    refuseMightier(by, own(key));
    refuseBuiltInName(name);
    home.inUnitOfWork(
        unit -> {
          if (!store.update(unit.connection(), number(key), role)) {
            throw AdminException.invalid("name", Fault.TAKEN, "");
          }
          unit.record(
              cause
                  .event("admin.role.update", new Target("role", key))
                  .withChange(permissions(role)));
          return null;
        });
  }

  /**
   * Deletes a role nobody has.
   *
   * @throws AdminException CONFLICT when somebody has it
   */
  public void delete(SignedIn by, String key, Cause cause) {
    refuseMightier(by, own(key));
    home.inUnitOfWork(
        unit -> {
          if (store.isGiven(unit.connection(), key)) {
            throw AdminException.of(Refusal.CONFLICT, Reason.ROLE_IN_USE);
          }
          store.delete(unit.connection(), number(key));
          unit.record(cause.event("admin.role.delete", new Target("role", key)));
          return null;
        });
  }

  Map<String, Role> byKey() {
    return SignInService.byKey(home.read(store::all));
  }

  private Role own(String key) {
    Role role = byKey().get(key);
    if (role == null) {
      throw AdminException.of(Refusal.NOT_FOUND);
    }
    if (role.builtIn()) {
      throw AdminException.of(Refusal.CONFLICT, Reason.ROLE_BUILT_IN);
    }
    return role;
  }

  private static void refuseMightier(SignedIn by, Role role) {
    if (!by.rights().cover(role, Grant.EVERYWHERE)) {
      throw AdminException.of(Refusal.FORBIDDEN, Reason.ROLE_ABOVE_OWN);
    }
  }

  private static void refuseBuiltInName(String name) {
    if (Role.BUILT_IN.stream().anyMatch(role -> role.name().equalsIgnoreCase(name))) {
      throw AdminException.invalid("name", Fault.TAKEN, "");
    }
  }

  private static long number(String key) {
    return Long.parseLong(key.substring(1));
  }

  private static Map<String, Object> permissions(Role role) {
    return Map.of(
        "permissions",
        role.permissions().stream()
            .map(Permission::word)
            .sorted()
            .collect(Collectors.joining(" ")));
  }
}
