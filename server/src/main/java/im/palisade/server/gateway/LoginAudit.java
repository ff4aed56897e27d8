package im.palisade.server.gateway;

/**
 * Records logins ({@code auth.user.login}, {@code auth.user.login_failed}), logouts and kicks.
 * Called on virtual threads on the path of a login, so it should return fast.
 */
public interface LoginAudit {

  /** A login was accepted; called before its reply is sent. */
  void accepted(Session session);

  /**
   * A login was refused; called before its reply is sent.
   *
   * @param sdkAppId as claimed, 0 when unusable
   * @param userId as claimed, unverified, at most 64 characters; empty when unusable
   * @param code what the client is answered
   */
  void refused(long sdkAppId, String userId, String address, int code);

  /** A session was ended by its client's own request. */
  void loggedOut(Session session);

  /** A session was ended by {@code reason}. */
  void kicked(Session session, KickReason reason);
}
