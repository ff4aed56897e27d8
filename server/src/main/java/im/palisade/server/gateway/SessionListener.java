package im.palisade.server.gateway;

import java.util.List;

/**
 * Told of sessions as they come and go, on virtual threads. For one session {@code closed} comes
 * after {@code opened} has returned, and always comes, while the process lives.
 */
public interface SessionListener {

  /** Whether it is told of guests too, who have no account (see {@code Principal.isGuest}). */
  default boolean hearsGuests() {
    return false;
  }

  /**
   * A login was accepted and the session stands in the directory; the reply waits until this
   * returns, so that what the session is to hear of has no gap. What is sent to it meanwhile comes
   * after the reply. If this throws, the login is refused and the session was never {@code opened}.
   */
  default void entering(Session session) {}

  /**
   * A login was accepted. Its reply is already on its way, and the session already in the
   * directory.
   *
   * @param kicked sessions of the same user that had to make room (not those of the same device)
   */
  void opened(Session session, List<Session> kicked);

  /** The session has left the directory. */
  void closed(Session session, CloseCause cause);
}
