package im.palisade.server.app;

/**
 * Somebody whose UserSig was verified: made once by authentication and carried through.
 *
 * @param accountId internal id of the account, never reused; negative for a guest, who has none
 * @param subjectRef pseudonymous reference for the audit log, {@code usr_…}
 * @param sigIssuedAt UNIX seconds the UserSig was made at
 * @param sigExpiresAt UNIX seconds after which the UserSig no longer counts
 */
public record Principal(
    App app,
    long accountId,
    String userId,
    String subjectRef,
    long sigIssuedAt,
    long sigExpiresAt) {

  /** Whether this is somebody without an account, who may only watch live rooms. */
  public boolean isGuest() {
    return accountId < 0;
  }

  /** Whether the account may call REST. */
  public boolean isAdministrator() {
    return app.administrators().contains(userId);
  }
}
