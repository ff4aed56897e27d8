package im.palisade.server.gateway;

import im.palisade.server.app.Principal;
import im.palisade.server.protocol.Platform;
import java.time.Instant;

/** One logged-in connection. Every method may be called from any thread and none blocks. */
public interface Session {

  /** Random and unguessable; {@code sessionId} of the login reply. */
  String id();

  /** Who logged in. */
  Principal principal();

  /** The platform named at login. */
  Platform platform();

  /** Stable per installation; the session's id when the client named none. */
  String deviceId();

  /** The client's name and version as it gave them, or empty. */
  String client();

  /** The client's IP address. */
  String address();

  /** When the login was accepted. */
  Instant loggedInAt();

  /**
   * Queues a frame. Frames sent by one thread arrive in that order; on a closed session this does
   * nothing.
   */
  void send(EncodedFrame frame);

  /** Closes after what was sent before. Does nothing when already closing. */
  void close(CloseCode code);

  /** Sends {@code session.kicked}, then closes with the reason's code. */
  void kick(KickReason reason);
}
