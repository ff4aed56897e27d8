package im.palisade.server.admin.identity;

import im.palisade.server.admin.door.Word;

/** One thing an administrator may do. A permission of the installation is never given by app. */
public enum Permission implements Word {
  OVERVIEW_READ("overview.read", Scope.APP, "see an app's figures"),
  APPS_READ("apps.read", Scope.APP, "see an app, its status and the ids of its keys"),
  APPS_CREATE("apps.create", Scope.INSTALLATION, "create apps"),
  APPS_MANAGE("apps.manage", Scope.APP, "rename, tag, suspend and resume an app, set REST users"),
  APPS_CLOSE("apps.close", Scope.INSTALLATION, "close apps, whose data are then destroyed"),
  APPS_KEYS("apps.keys", Scope.APP, "create an app's keys, see them once, and retire them"),
  SETTINGS_READ("settings.read", Scope.APP, "see an app's settings and their history"),
  SETTINGS_WRITE("settings.write", Scope.APP, "change an app's settings and undo changes"),
  USERS_READ("users.read", Scope.APP, "find users and see their profiles and devices"),
  USERS_CREATE("users.create", Scope.APP, "create users and change their profiles"),
  USERS_KICK("users.kick", Scope.APP, "end a user's sessions"),
  USERS_MUTE("users.mute", Scope.APP, "silence users"),
  USERS_DEACTIVATE("users.deactivate", Scope.APP, "deactivate, reactivate and delete users"),
  GROUPS_READ("groups.read", Scope.APP, "find groups and see their members"),
  GROUPS_WRITE("groups.write", Scope.APP, "create, change and dissolve groups"),
  MESSAGES_READ("messages.read", Scope.APP, "read messages, giving a reason that is recorded"),
  MESSAGES_SEND("messages.send", Scope.APP, "send messages in the name of users"),
  MESSAGES_RECALL("messages.recall", Scope.APP, "take messages back"),
  WEBHOOKS_READ("webhooks.read", Scope.APP, "see webhooks, their backlog and errors"),
  WEBHOOKS_WRITE("webhooks.write", Scope.APP, "change webhooks and secrets, try and replay them"),
  MODERATION_READ("moderation.read", Scope.APP, "see word lists and the review queue"),
  MODERATION_WRITE("moderation.write", Scope.APP, "change word lists and decide reviews"),
  ROOMS_READ("rooms.read", Scope.APP, "see live rooms and who is in them"),
  ROOMS_WRITE("rooms.write", Scope.APP, "ban from live rooms and send to them"),
  USERSIG_USE("usersig.use", Scope.APP, "make and check UserSigs, which sign in as any user"),
  AUDIT_READ("audit.read", Scope.INSTALLATION, "read the audit log and its proofs"),
  AUDIT_MANAGE(
      "audit.manage", Scope.INSTALLATION, "have the audit log verified and let a new key sign it"),
  AUDIT_EXPORT("audit.export", Scope.INSTALLATION, "take events of the audit log away as a file"),
  NODES_READ("nodes.read", Scope.INSTALLATION, "see nodes, health and storage"),
  ADMINISTRATORS_READ("administrators.read", Scope.INSTALLATION, "see administrators and roles"),
  ADMINISTRATORS_WRITE(
      "administrators.write", Scope.INSTALLATION, "create, change and disable administrators"),
  ROLES_WRITE("roles.write", Scope.INSTALLATION, "create, change and delete roles");

  /** What a permission can be given for. */
  public enum Scope {
    /** One app, or all of them. */
    APP,
    /** The installation only. */
    INSTALLATION
  }

  private final String word;
  private final Scope scope;
  private final String meaning;

  Permission(String word, Scope scope, String meaning) {
    this.word = word;
    this.scope = scope;
    this.meaning = meaning;
  }

  @Override
  public String word() {
    return word;
  }

  /** What it can be given for. */
  public Scope scope() {
    return scope;
  }

  /** What it allows. */
  public String meaning() {
    return meaning;
  }
}
