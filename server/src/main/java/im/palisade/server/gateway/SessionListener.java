package im.palisade.server.gateway;

import java.util.List;

/**
 * Told of sessions as they come and go, on virtual threads. For one session {@code closed} comes
 * after {@code opened} has returned, and always comes, while the process lives.
 */
public interface SessionListener {

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
