package im.palisade.server.admin.door;

import im.palisade.server.admin.identity.Permission;

/** Who may make a call. */
public sealed interface Access {
  /** Anybody who reaches the listener. */
  record Open() implements Access {}

  /** Whoever is signed in, also while a second factor or a new password is still asked for. */
  record SignedIn() implements Access {}

  /** Whoever has the permission: for the app in the path, or else for the installation. */
  record Needs(Permission permission) implements Access {}

  /** Whoever has the permission for any app at all; the call shows no more than those. */
  record NeedsSomewhere(Permission permission) implements Access {}
}
