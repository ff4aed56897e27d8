package im.palisade.server.account;

/**
 * An end user or administrator of an app.
 *
 * @param id internal, never reused: a deleted UserID that returns is another account
 * @param nick display name, may be empty
 * @param faceUrl avatar address, may be empty
 * @param subjectRef pseudonymous reference for the audit log
 * @param sigNotBefore UNIX seconds; UserSigs issued up to then do not count
 */
public record Account(
    long id,
    long appId,
    String userId,
    String nick,
    String faceUrl,
    String subjectRef,
    long sigNotBefore) {

  /** Stands in {@code sigNotBefore} of a deactivated account: no signature is as late. */
  public static final long DEACTIVATED = Long.MAX_VALUE;

  /** Whether it may sign in and call REST at all. */
  public boolean isActive() {
    return sigNotBefore != DEACTIVATED;
  }
}
