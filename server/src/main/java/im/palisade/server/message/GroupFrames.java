package im.palisade.server.message;

import im.palisade.server.app.App;
import im.palisade.server.gateway.EncodedFrame;
import im.palisade.server.gateway.Session;
import java.util.Collection;
import java.util.Optional;

/** How frames reach those members of a group who are connected. Never blocks. */
public interface GroupFrames {

  /** To all of them but one session. */
  void toAll(App app, long conversationId, EncodedFrame frame, Optional<Session> except);

  /** To those of the sessions that follow the group, in the order of what all get. */
  void toSome(
      App app, long conversationId, EncodedFrame frame, Collection<? extends Session> sessions);
}
