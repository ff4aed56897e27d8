package im.palisade.server.admin.identity;

import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What grants come to: per app and for the installation. */
public final class Rights {
  /** Nothing at all. */
  public static final Rights NONE = new Rights(Map.of());

  private final Map<Long, Set<Permission>> byApp;

  private Rights(Map<Long, Set<Permission>> byApp) {
    this.byApp = byApp;
  }

  /** Adds up roles; a grant whose role is gone gives nothing. */
  static Rights of(List<Grant> grants, Map<String, Role> roles) {
    Map<Long, Set<Permission>> byApp = new HashMap<>();
    for (Grant grant : grants) {
      Role role = roles.get(grant.role());
      if (role != null) {
        Set<Permission> allowed =
            byApp.computeIfAbsent(grant.app(), app -> EnumSet.noneOf(Permission.class));
        role.permissions().stream()
            .filter(
                permission ->
                    grant.app() == Grant.EVERYWHERE || permission.scope() == Permission.Scope.APP)
            .forEach(allowed::add);
      }
    }
    return new Rights(byApp);
  }

  /** Whether it is allowed for that app; 0 asks for the installation and every app. */
  public boolean allow(Permission permission, long app) {
    return byApp.getOrDefault(Grant.EVERYWHERE, Set.of()).contains(permission)
        || byApp.getOrDefault(app, Set.of()).contains(permission);
  }

  /** Whether it is allowed for any app. */
  public boolean allowSomewhere(Permission permission) {
    return byApp.values().stream().anyMatch(allowed -> allowed.contains(permission));
  }

  /** Whether everything the role gives there is allowed already: nobody hands out more. */
  public boolean cover(Role role, long app) {
    return role.permissions().stream()
        .filter(permission -> app == Grant.EVERYWHERE || permission.scope() == Permission.Scope.APP)
        .allMatch(permission -> allow(permission, app));
  }

  /** The permissions by app; {@link Grant#EVERYWHERE} for those that hold everywhere. */
  public Map<Long, Set<Permission>> byApp() {
    return Map.copyOf(byApp);
  }
}
