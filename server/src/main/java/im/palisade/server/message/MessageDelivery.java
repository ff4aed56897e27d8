package im.palisade.server.message;

import im.palisade.server.account.Account;
import im.palisade.server.gateway.EncodedFrame;
import im.palisade.server.gateway.Session;
import im.palisade.server.gateway.SessionDirectory;
import im.palisade.server.message.MessageJson.ClientMessage;
import java.util.List;

/**
 * Hands committed messages to live connections: the recipient's, and the sender's other devices.
 */
public final class MessageDelivery {
  private final SessionDirectory sessions;
  private final SentListener listener;

  public MessageDelivery(SessionDirectory sessions) {
    this(sessions, message -> {});
  }

  /** Delivery that tells of everything it was handed. */
  public MessageDelivery(SessionDirectory sessions, SentListener listener) {
    this.sessions = sessions;
    this.listener = listener;
  }

  /**
   * Delivers to whoever is connected now; never blocks.
   *
   * @param seq 0 for an online-only message
   */
  void deliver(OutgoingMessage message, long seq, MsgKey key, int flags) {
    Account sender = message.sender();
    Account recipient = message.recipient();
    List<Session> recipients = message.recipientCopy() ? sessions.of(recipient.id()) : List.of();
    if (!recipients.isEmpty()) {
      send(message, seq, key, flags, "C2C" + sender.userId(), recipients);
    }
    if (sender.id() != recipient.id() && message.senderDevices()) {
      List<Session> others = sessions.of(sender.id());
      if (!others.isEmpty()) {
        send(message, seq, key, flags, "C2C" + recipient.userId(), others);
      }
    }
    listener.sent(message);
  }

  private static void send(
      OutgoingMessage message,
      long seq,
      MsgKey key,
      int flags,
      String conversation,
      List<Session> receivers) {
    EncodedFrame frame = null;
    for (Session receiver : receivers) {
      if (receiver.id().equals(message.fromSession())) {
        continue;
      }
      if (frame == null) {
        Account sender = message.sender();
        frame =
            EncodedFrame.event(
                "message.new",
                MessageJson.newMessage(
                    new ClientMessage(
                        conversation,
                        seq,
                        key,
                        sender.userId(),
                        sender.nick(),
                        sender.faceUrl(),
                        message.body(),
                        flags)));
      }
      receiver.send(frame);
    }
  }
}
