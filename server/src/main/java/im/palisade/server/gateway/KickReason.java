package im.palisade.server.gateway;

import im.palisade.server.protocol.Json;

/** Why a session is ended against its will; the client gets {@code session.kicked} first. */
public enum KickReason {
  /** Another login of the same user took its place. */
  MULTI_LOGIN("multiLogin", CloseCode.KICKED_BY_LOGIN, CloseCause.KICKED_BY_LOGIN),
  /** An administrator or the REST {@code kick}. */
  ADMIN("admin", CloseCode.KICKED_BY_ADMIN, CloseCause.KICKED_BY_ADMIN),
  /** The UserSig it logged in with ran out. */
  SIG_EXPIRED("sigExpired", CloseCode.SIG_EXPIRED, CloseCause.SIG_EXPIRED);

  private final String wireName;
  private final CloseCode code;
  private final CloseCause cause;

  KickReason(String wireName, CloseCode code, CloseCause cause) {
    this.wireName = wireName;
    this.code = code;
    this.cause = cause;
  }

  /** The reason as the client sees it. */
  public String wireName() {
    return wireName;
  }

  /** The close code that follows. */
  public CloseCode code() {
    return code;
  }

  CloseCause cause() {
    return cause;
  }

  EncodedFrame event() {
    return EncodedFrame.event(ClientEvent.SESSION_KICKED, Json.object().put("reason", wireName));
  }
}
