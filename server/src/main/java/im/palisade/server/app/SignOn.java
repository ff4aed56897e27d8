package im.palisade.server.app;

import im.palisade.server.protocol.ImException;

/** Verifies who somebody is; the one place REST and the gateway ask. May block. */
public interface SignOn {

  /**
   * Verifies a UserSig over REST (rest-conventions §2, check 8).
   *
   * @param address the caller's IP address
   * @throws ImException with a code of rest-conventions §6.4
   */
  Principal verify(App app, String userId, String userSig, String address);

  /**
   * Verifies a client's login and creates the account when it is new and the app allows that.
   *
   * @param address the client's IP address
   * @throws ImException with a code of rest-conventions §6.4, or 60006/60016 for the app
   */
  Principal login(long sdkAppId, String userId, String userSig, String address);
}
