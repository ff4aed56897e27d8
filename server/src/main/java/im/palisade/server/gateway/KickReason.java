package im.palisade.server.gateway;

import com.fasterxml.jackson.databind.node.ObjectNode;
import im.palisade.server.protocol.Json;
import im.palisade.server.protocol.Platform;
import java.util.Optional;

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

  /**
   * What the client is told.
   *
   * @param by platform of the login that made it go, if one did
   */
  EncodedFrame event(Optional<Platform> by) {
    ObjectNode data = Json.object().put("reason", wireName);
    by.ifPresent(platform -> data.put("platform", platform.wireName()));
    return EncodedFrame.event(ClientEvent.SESSION_KICKED, data);
  }
}
