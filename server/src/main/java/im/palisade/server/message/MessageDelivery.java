package im.palisade.server.message;

import im.palisade.server.account.Account;
import im.palisade.server.app.App;
import im.palisade.server.gateway.AudienceId;
import im.palisade.server.gateway.Audiences;
import im.palisade.server.gateway.ClientEvent;
import im.palisade.server.gateway.EncodedFrame;
import im.palisade.server.gateway.Session;
import im.palisade.server.gateway.SessionDirectory;
import im.palisade.server.message.MessageJson.ClientMessage;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Hands committed messages to live connections: the recipients', and the sender's other devices.
 */
public final class MessageDelivery {
  private final SessionDirectory sessions;
  private final Audiences audiences;
  private final SentListener listener;

  /** Delivery that tells of everything it was handed. */
  public MessageDelivery(SessionDirectory sessions, Audiences audiences, SentListener listener) {
    this.sessions = sessions;
    this.audiences = audiences;
    this.listener = listener;
  }

  /**
   * Delivers to whoever is connected now; never blocks.
   *
   * @param seq 0 for an online-only message
   */
  void deliver(OutgoingMessage message, long seq, MsgKey key, int flags) {
    switch (message.target()) {
      case Target.Pair pair -> deliver(message, pair.recipient(), seq, key, flags);
      case Target.Group group -> deliver(message, group, seq, key, flags);
    }
    listener.sent(message);
    if (seq == 0) {
      listener.unstored(message, receivers(message));
    }
  }

  private int receivers(OutgoingMessage message) {
    return switch (message.target()) {
      case Target.Pair pair ->
          message.recipientCopy() && pair.recipient().id() != message.sender().id() ? 1 : 0;
      case Target.Group group ->
          group.isTargeted()
              ? group.only().size()
              : audiences.size(new AudienceId(message.app().appId(), group.followedAs()));
    };
  }

  /** Tells a group of itself; never blocks. */
  void tell(App app, long conversationId, OrderedTask.Said said, int flags) {
    EncodedFrame frame =
        frame(
            new ClientMessage(
                said.tip().conversation(),
                said.seq(),
                said.key(),
                GroupTip.SENDER,
                "",
                "",
                said.body(),
                flags));
    audiences.say(new AudienceId(app.appId(), conversationId), frame);
  }

  /** The event of a group message that nobody stores; tells the listener of it. */
  EncodedFrame unstored(OutgoingMessage message, long seq, MsgKey key, int flags, int receivers) {
    Account sender = message.sender();
    String name =
        switch (message.target()) {
          case Target.Group group -> group.name();
          case Target.Pair pair -> "C2C" + pair.recipient().userId();
        };
    listener.sent(message);
    listener.unstored(message, receivers);
    return frame(
        new ClientMessage(
            name,
            seq,
            key,
            sender.userId(),
            sender.nick(),
            sender.faceUrl(),
            message.body(),
            flags));
  }

  /** The event of a tip that takes no number. */
  EncodedFrame frame(GroupTip tip, long time) {
    return frame(
        new ClientMessage(
            tip.conversation(), 0, new MsgKey(0, 0, time), GroupTip.SENDER, "", "", tip.body(), 0));
  }

  private void deliver(
      OutgoingMessage message, Target.Group group, long seq, MsgKey key, int flags) {
    Account sender = message.sender();
    EncodedFrame frame =
        frame(
            new ClientMessage(
                group.name(),
                seq,
                key,
                sender.userId(),
                sender.nick(),
                sender.faceUrl(),
                message.body(),
                flags));
    List<Session> own = sessions.of(sender.id());
    Optional<Session> sending =
        own.stream().filter(each -> each.id().equals(message.fromSession())).findFirst();
    AudienceId audience = new AudienceId(message.app().appId(), group.followedAs());
    if (group.isTargeted()) {
      List<Session> receivers = new ArrayList<>();
      group.only().forEach(account -> receivers.addAll(sessions.of(account.id())));
      receivers.addAll(own);
      sending.ifPresent(each -> receivers.removeIf(each::equals));
      audiences.sayTo(audience, frame, receivers);
    } else if (!group.deaf().isEmpty()) {
      Set<Session> except = new HashSet<>(group.deaf());
      sending.ifPresent(except::add);
      audiences.sayToAllBut(audience, frame, except);
    } else if (sending.isPresent()) {
      audiences.sayToOthers(audience, frame, sending.get());
    } else {
      audiences.say(audience, frame);
    }
    if (!group.fromMember()) {
      own.stream()
          .filter(each -> !each.id().equals(message.fromSession()))
          .forEach(each -> each.send(frame));
    }
  }

  private void deliver(
      OutgoingMessage message, Account recipient, long seq, MsgKey key, int flags) {
    Account sender = message.sender();
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
  }

  private static EncodedFrame frame(ClientMessage message) {
    return EncodedFrame.event(ClientEvent.MESSAGE_NEW, MessageJson.newMessage(message));
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
            frame(
                new ClientMessage(
                    conversation,
                    seq,
                    key,
                    sender.userId(),
                    sender.nick(),
                    sender.faceUrl(),
                    message.body(),
                    flags));
      }
      receiver.send(frame);
    }
  }
}
