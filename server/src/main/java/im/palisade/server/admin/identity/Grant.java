package im.palisade.server.admin.identity;

/**
 * A role given to an administrator.
 *
 * @param role its key
 * @param app SDKAppID, or 0 for every app and the installation
 */
public record Grant(String role, long app) {
  /** Stands for every app and the installation. */
  public static final long EVERYWHERE = 0;
}
