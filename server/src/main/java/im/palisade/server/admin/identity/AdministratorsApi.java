package im.palisade.server.admin.identity;

import im.palisade.server.admin.door.AdminCall;
import im.palisade.server.admin.door.AdminEndpoint;
import im.palisade.server.admin.door.Meaning;
import im.palisade.server.admin.door.Nothing;
import im.palisade.server.admin.door.Within;
import im.palisade.server.admin.identity.AdministratorService.Listed;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Administrators and roles. */
public final class AdministratorsApi {
  private static final String TAG = "administrators";

  private final AdministratorService administrators;
  private final RoleService roles;

  public AdministratorsApi(AdministratorService administrators, RoleService roles) {
    this.administrators = administrators;
    this.roles = roles;
  }

  /** Its calls. */
  public List<AdminEndpoint<?, ?>> endpoints() {
    return List.of(
        AdminEndpoint.get("/administrators", TAG, "Lists everybody, by name")
            .needs(Permission.ADMINISTRATORS_READ)
            .recordsNone("who may use the console is no secret among those who run it")
            .handledBy(
                Nothing.class,
                AdministratorList.class,
                (call, in) ->
                    new AdministratorList(
                        administrators.all().stream().map(ListedAdministrator::of).toList())),
        AdminEndpoint.get("/administrators/{id}", TAG, "Shows one with the sessions")
            .needs(Permission.ADMINISTRATORS_READ)
            .recordsNone("who may use the console is no secret among those who run it")
            .handledBy(Nothing.class, AdministratorDetail.class, this::show),
        AdminEndpoint.post("/administrators", TAG, "Creates one, with a password to hand over")
            .needs(Permission.ADMINISTRATORS_WRITE)
            .confirmed()
            .records("admin.account.create", "admin.role.grant")
            .handledBy(NewAdministrator.class, CreatedAdministrator.class, this::create),
        act("rename", "Changes the name that is shown", "admin.account.update")
            .handledBy(
                Renaming.class,
                Nothing.class,
                (call, in) -> {
                  administrators.rename(call.id(), in.displayName(), call.cause());
                  return Nothing.NOTHING;
                }),
        act("grants", "Replaces another's roles", "admin.role.grant", "admin.role.revoke")
            .confirmed()
            .handledBy(
                Grants.class,
                Nothing.class,
                (call, in) -> {
                  List<Grant> grants = in.grants().stream().map(GrantedRole::grant).toList();
                  administrators.setGrants(call.who(), call.id(), grants, call.cause());
                  return Nothing.NOTHING;
                }),
        act("disable", "Disables another, whose sessions end", "admin.account.disable")
            .confirmed()
            .handledBy(Nothing.class, Nothing.class, (call, in) -> setActive(call, false)),
        act("enable", "Enables another", "admin.account.enable")
            .handledBy(Nothing.class, Nothing.class, (call, in) -> setActive(call, true)),
        act("delete", "Deletes another", "admin.account.delete")
            .confirmed()
            .handledBy(
                Nothing.class,
                Nothing.class,
                (call, in) -> {
                  administrators.delete(call.who(), call.id(), call.cause());
                  return Nothing.NOTHING;
                }),
        act("reset-password", "Gives another a password to be changed", "admin.password.reset")
            .confirmed()
            .handledBy(
                Nothing.class,
                NewPassword.class,
                (call, in) ->
                    new NewPassword(
                        administrators.resetPassword(call.who(), call.id(), call.cause()))),
        act("remove-second-factor", "Takes away another's second factor", "admin.mfa.remove")
            .confirmed()
            .handledBy(
                Nothing.class,
                Nothing.class,
                (call, in) -> {
                  administrators.removeFactor(call.who(), call.id(), call.cause());
                  return Nothing.NOTHING;
                }),
        act("unlock", "Lifts the lock after failed sign-ins", "auth.admin.unlocked")
            .handledBy(
                Nothing.class,
                Nothing.class,
                (call, in) -> {
                  administrators.unlock(call.id(), call.cause());
                  return Nothing.NOTHING;
                }),
        AdminEndpoint.get("/roles", TAG, "Lists roles, and every permission there is")
            .needs(Permission.ADMINISTRATORS_READ)
            .recordsNone("what roles allow is no secret among those who run the console")
            .handledBy(Nothing.class, RoleList.class, (call, in) -> RoleList.of(roles.all())),
        role("/roles", "Creates a role", "admin.role.create")
            .handledBy(
                NewRole.class,
                CreatedRole.class,
                (call, in) ->
                    new CreatedRole(
                        roles.create(
                            call.who(),
                            in.name(),
                            in.description(),
                            Set.copyOf(in.permissions()),
                            call.cause()))),
        role("/roles/update", "Changes a role for everybody who has it", "admin.role.update")
            .handledBy(RoleChange.class, Nothing.class, this::updateRole),
        role("/roles/delete", "Deletes a role nobody has", "admin.role.delete")
            .handledBy(
                RoleKey.class,
                Nothing.class,
                (call, in) -> {
                  roles.delete(call.who(), in.key(), call.cause());
                  return Nothing.NOTHING;
                }));
  }

  /** Everybody. */
  @Meaning("Everybody who may use the console.")
  public record AdministratorList(@Meaning("by name") List<ListedAdministrator> administrators) {}

  /** One of them. */
  @Meaning("Somebody who may use the console.")
  public record ListedAdministrator(
      @Meaning("number") long id,
      @Meaning("pseudonym in the audit log") String ref,
      @Meaning("to sign in with") String name,
      @Meaning("as it is shown") String displayName,
      @Meaning("whether signing in is allowed") boolean active,
      @Meaning("whether codes are asked for") boolean secondFactor,
      @Meaning("whether the password must be changed") boolean mustChangePassword,
      @Meaning("since when") Instant createdAt,
      @Meaning("when somebody last signed in") Optional<Instant> lastLoginAt,
      @Meaning("roles given") List<GrantedRole> grants) {

    static ListedAdministrator of(Listed listed) {
      Administrator who = listed.administrator();
      return new ListedAdministrator(
          who.id(),
          who.ref(),
          who.name(),
          who.displayName(),
          who.active(),
          who.secondFactor(),
          who.mustChangePassword(),
          who.createdAt(),
          who.lastLoginAt(),
          listed.grants().stream().map(GrantedRole::of).toList());
    }
  }

  /** One with the sessions. */
  @Meaning("An administrator with the sessions.")
  public record AdministratorDetail(
      @Meaning("who") ListedAdministrator administrator,
      @Meaning("where signed in, newest first") List<OwnAccountApi.OwnSession> sessions) {}

  /** A role given. */
  @Meaning("A role given to an administrator.")
  public record GrantedRole(
      @Meaning("key of the role") @Within(min = 1, max = 32) String role,
      @Meaning("SDKAppID; 0 for every app and the installation") @Within(max = Long.MAX_VALUE)
          long app) {

    static GrantedRole of(Grant grant) {
      return new GrantedRole(grant.role(), grant.app());
    }

    Grant grant() {
      return new Grant(role, app);
    }
  }

  /** Roles to be given. */
  public record Grants(@Meaning("all of them") @Within(max = 100) List<GrantedRole> grants) {}

  /** A new administrator. */
  public record NewAdministrator(
      @Meaning("to sign in with: letters, digits and ._@-") @Within(min = 2, max = 64) String name,
      @Meaning("as it is shown") @Within(min = 1, max = 50) String displayName,
      @Meaning("roles given") @Within(max = 100) List<GrantedRole> grants) {}

  /** What to hand over. */
  @Meaning("A new administrator, and the password to hand over; shown this one time.")
  public record CreatedAdministrator(
      @Meaning("number") long id, @Meaning("to be changed at the first sign-in") String password) {}

  /** Another name. */
  public record Renaming(
      @Meaning("as it is shown") @Within(min = 1, max = 50) String displayName) {}

  /** What to hand over. */
  @Meaning("A password to hand over; shown this one time.")
  public record NewPassword(@Meaning("to be changed at the next sign-in") String password) {}

  /** Roles and permissions. */
  @Meaning("Every role, and every permission there is.")
  public record RoleList(
      @Meaning("the built-in ones first") List<ListedRole> roles,
      @Meaning("what roles are made of") List<ListedPermission> permissions) {

    static RoleList of(List<Role> roles) {
      return new RoleList(
          roles.stream().map(ListedRole::of).toList(),
          List.of(Permission.values()).stream()
              .map(each -> new ListedPermission(each, each.scope(), each.meaning()))
              .toList());
    }
  }

  /** A role. */
  @Meaning("A set of permissions under a name.")
  public record ListedRole(
      @Meaning("key") String key,
      @Meaning("name") String name,
      @Meaning("what it is for") String description,
      @Meaning("whether it is ours and does not change") boolean builtIn,
      @Meaning("what it allows") List<Permission> permissions) {

    static ListedRole of(Role role) {
      return new ListedRole(
          role.key(),
          role.name(),
          role.description(),
          role.builtIn(),
          role.permissions().stream().sorted().toList());
    }
  }

  /** A permission. */
  @Meaning("One thing an administrator may do.")
  public record ListedPermission(
      @Meaning("its word") Permission permission,
      @Meaning("what it can be given for") Permission.Scope scope,
      @Meaning("what it allows") String meaning) {}

  /** A new role. */
  public record NewRole(
      @Meaning("name") @Within(min = 1, max = 50) String name,
      @Meaning("what it is for") @Within(max = 200) String description,
      @Meaning("what it allows") @Within(min = 1, max = 100) List<Permission> permissions) {}

  /** A role's key. */
  @Meaning("A role that was made.")
  public record CreatedRole(@Meaning("key") String key) {}

  /** A changed role. */
  public record RoleChange(
      @Meaning("key") @Within(min = 1, max = 32) String key,
      @Meaning("name") @Within(min = 1, max = 50) String name,
      @Meaning("what it is for") @Within(max = 200) String description,
      @Meaning("what it allows") @Within(min = 1, max = 100) List<Permission> permissions) {}

  /** Which role. */
  public record RoleKey(@Meaning("key") @Within(min = 1, max = 32) String key) {}

  private static AdminEndpoint.Builder act(String name, String meaning, String... events) {
    return AdminEndpoint.post("/administrators/{id}/" + name, TAG, meaning)
        .needs(Permission.ADMINISTRATORS_WRITE)
        .records(events);
  }

  private static AdminEndpoint.Builder role(String path, String meaning, String event) {
    return AdminEndpoint.post(path, TAG, meaning)
        .needs(Permission.ROLES_WRITE)
        .confirmed()
        .records(event);
  }

  private AdministratorDetail show(AdminCall call, Nothing in) {
    return new AdministratorDetail(
        ListedAdministrator.of(administrators.get(call.id())),
        administrators.sessions(call.id()).stream()
            .map(session -> OwnAccountApi.OwnSession.of(session, call.who().session().id()))
            .toList());
  }

  private CreatedAdministrator create(AdminCall call, NewAdministrator in) {
    var created =
        administrators.create(
            call.who(),
            AdministratorNames.checked(in.name()),
            in.displayName(),
            in.grants().stream().map(GrantedRole::grant).toList(),
            call.cause());
    return new CreatedAdministrator(created.id(), created.password());
  }

  private Nothing setActive(AdminCall call, boolean active) {
    administrators.setActive(call.who(), call.id(), active, call.cause());
    return Nothing.NOTHING;
  }

  private Nothing updateRole(AdminCall call, RoleChange in) {
    roles.update(
        call.who(),
        in.key(),
        in.name(),
        in.description(),
        Set.copyOf(in.permissions()),
        call.cause());
    return Nothing.NOTHING;
  }
}
