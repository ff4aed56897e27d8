package im.palisade.server.gateway;

import im.palisade.server.protocol.Platform;
import java.util.Optional;

/** What an event loop is asked to do with a connection. */
sealed interface Outbound
    permits EncodedFrame, Outbound.Welcome, Outbound.Refuse, Outbound.Close, Outbound.Kick {

  /** The login was accepted: answer it and serve requests from now on. */
  record Welcome(EncodedFrame reply) implements Outbound {}

  /** The login was refused: answer it and close. */
  record Refuse(EncodedFrame reply) implements Outbound {}

  /** Close the connection after what was queued before. */
  record Close(CloseCode code, CloseCause cause) implements Outbound {}

  /** Tell the client why, then close. */
  record Kick(KickReason reason, Optional<Platform> by) implements Outbound {}
}
