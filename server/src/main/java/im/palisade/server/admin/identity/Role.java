package im.palisade.server.admin.identity;

import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * A set of permissions under a name.
 *
 * @param key of a built-in role its word, of another {@code r} and its number
 * @param builtIn whether it is ours and cannot be changed
 */
public record Role(
    String key, String name, String description, boolean builtIn, Set<Permission> permissions) {

  /** May everything. */
  public static final Role SUPER =
      builtIn(
          "super",
          "Super administrator",
          "Everything, administrators and roles included.",
          EnumSet.allOf(Permission.class));

  /** Runs apps. */
  public static final Role APP_ADMINISTRATOR =
      builtIn(
          "app-administrator",
          "App administrator",
          "Everything about the apps it is given for, but reading messages.",
          without(ofApp(), Permission.MESSAGES_READ));

  /** Helps users. */
  public static final Role HELP_DESK =
      builtIn(
          "help-desk",
          "Help desk",
          "Finds users and groups, ends sessions, silences and deactivates.",
          EnumSet.of(
              Permission.APPS_READ,
              Permission.OVERVIEW_READ,
              Permission.USERS_READ,
              Permission.USERS_KICK,
              Permission.USERS_MUTE,
              Permission.USERS_DEACTIVATE,
              Permission.GROUPS_READ,
              Permission.ROOMS_READ,
              Permission.MODERATION_READ));

  /** Looks and changes nothing. */
  public static final Role AUDITOR =
      builtIn(
          "auditor",
          "Auditor",
          "Reads everything but messages, the audit log included; changes nothing.",
          EnumSet.of(
              Permission.APPS_READ,
              Permission.OVERVIEW_READ,
              Permission.SETTINGS_READ,
              Permission.USERS_READ,
              Permission.GROUPS_READ,
              Permission.WEBHOOKS_READ,
              Permission.MODERATION_READ,
              Permission.ROOMS_READ,
              Permission.AUDIT_READ,
              Permission.AUDIT_EXPORT,
              Permission.NODES_READ,
              Permission.ADMINISTRATORS_READ));

  /** Those that are ours, the mightiest first. */
  public static final List<Role> BUILT_IN = List.of(SUPER, APP_ADMINISTRATOR, HELP_DESK, AUDITOR);

  public Role {
    permissions = Set.copyOf(permissions);
  }

  /** The built-in role of that key. */
  static Optional<Role> builtIn(String key) {
    return BUILT_IN.stream().filter(role -> role.key().equals(key)).findFirst();
  }

  private static Role builtIn(
      String key, String name, String description, Set<Permission> permissions) {
    return new Role(key, name, description, true, permissions);
  }

  private static Set<Permission> ofApp() {
    EnumSet<Permission> all = EnumSet.noneOf(Permission.class);
    Stream.of(Permission.values())
        .filter(permission -> permission.scope() == Permission.Scope.APP)
        .forEach(all::add);
    return all;
  }

  private static Set<Permission> without(Set<Permission> some, Permission one) {
    some.remove(one);
    return some;
  }
}
