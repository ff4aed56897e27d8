package im.palisade.server.conversation;

import com.fasterxml.jackson.databind.node.ObjectNode;
import im.palisade.server.account.Account;
import im.palisade.server.gateway.ClientEvent;
import im.palisade.server.gateway.EncodedFrame;
import im.palisade.server.gateway.Session;
import im.palisade.server.gateway.SessionDirectory;
import java.util.List;

/** Tells an account's live connections what became of its own lists. */
final class OwnDevices {
  private final SessionDirectory sessions;

  OwnDevices(SessionDirectory sessions) {
    this.sessions = sessions;
  }

  void tell(Account owner, ClientEvent event, ObjectNode data) {
    List<Session> devices = sessions.of(owner.id());
    if (!devices.isEmpty()) {
      EncodedFrame frame = EncodedFrame.event(event, data);
      devices.forEach(device -> device.send(frame));
    }
  }
}
