package im.palisade.server.message;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.util.RawValue;
import im.palisade.server.account.Account;
import im.palisade.server.gateway.ClientEvent;
import im.palisade.server.gateway.EncodedFrame;
import im.palisade.server.gateway.Session;
import im.palisade.server.gateway.SessionDirectory;
import im.palisade.server.protocol.Json;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Tells live connections what became of messages they have seen. Who is away learns it by the
 * numbers of the conversation's changes.
 */
final class MessageEvents {
  private final SessionDirectory sessions;

  MessageEvents(SessionDirectory sessions) {
    this.sessions = sessions;
  }

  /** N-RECALL, to the sides that have a copy. */
  void recalled(Account sender, Account recipient, ChangedMessage message) {
    ObjectNode data = identity(message).put("from", sender.userId());
    toCopies(
        sender,
        recipient,
        message,
        ClientEvent.MESSAGE_RECALLED,
        data.put("revoker", sender.userId()));
  }

  /** N-MODIFY, to the sides that have a copy. */
  void modified(Account sender, Account recipient, ChangedMessage message, MessageBody body) {
    ObjectNode data = identity(message).put("from", sender.userId());
    data.putRawValue("body", new RawValue(new String(body.elements(), StandardCharsets.UTF_8)));
    body.cloudCustomData().ifPresent(custom -> data.put("cloudCustomData", custom));
    toCopies(sender, recipient, message, ClientEvent.MESSAGE_MODIFIED, data);
  }

  /** N-MODIFY, to the sender of a message that was stored with another content. */
  void replaced(OutgoingMessage message, Receipt receipt) {
    ObjectNode data =
        Json.object()
            .put("seq", receipt.seq())
            .put("msgKey", receipt.key().toString())
            .put("changeSeq", 0)
            .put("from", message.sender().userId());
    MessageBody body = message.body();
    data.putRawValue("body", new RawValue(new String(body.elements(), StandardCharsets.UTF_8)));
    body.cloudCustomData().ifPresent(custom -> data.put("cloudCustomData", custom));
    String conversation =
        switch (message.target()) {
          case Target.Pair pair -> "C2C" + pair.recipient().userId();
          case Target.Group group -> group.name();
        };
    tell(message.sender(), conversation, ClientEvent.MESSAGE_MODIFIED, data);
  }

  /** N-EXT, to the sides that have a copy. */
  void extended(Account sender, Account recipient, ChangedMessage message, ObjectNode pairs) {
    ObjectNode data = identity(message);
    data.setAll(pairs);
    toCopies(sender, recipient, message, ClientEvent.MESSAGE_EXTENSION, data);
  }

  /** One side's copies are gone, to that side. */
  void deleted(Account side, Account peer, List<ChangedMessage> messages) {
    tell(side, peer, ClientEvent.MESSAGE_DELETED, list(messages));
  }

  /** N-RECEIPT, to the sender. */
  void receipted(Account sender, Account reader, List<ChangedMessage> messages, long time) {
    tell(sender, reader, ClientEvent.MESSAGE_RECEIPT, list(messages).put("time", time));
  }

  /** N-READ to the peer and N-READ-SYNC to the reader. */
  void read(Account reader, Account peer, long readSeq, long readTime, int unread) {
    if (reader.id() != peer.id()) {
      tell(
          peer,
          reader,
          ClientEvent.MESSAGE_READ,
          Json.object().put("readSeq", readSeq).put("readTime", readTime));
    }
    tell(
        reader,
        peer,
        ClientEvent.CONVERSATION_READ,
        Json.object().put("readSeq", readSeq).put("readTime", readTime).put("unread", unread));
  }

  private void toCopies(
      Account sender,
      Account recipient,
      ChangedMessage message,
      ClientEvent event,
      ObjectNode data) {
    if (message.has(MessageFlags.SENDER_COPY)) {
      tell(sender, recipient, event, data);
    }
    if (message.has(MessageFlags.RECIPIENT_COPY) && sender.id() != recipient.id()) {
      tell(recipient, sender, event, data);
    }
  }

  private void tell(Account side, Account peer, ClientEvent event, ObjectNode data) {
    tell(side, "C2C" + peer.userId(), event, data);
  }

  private void tell(Account side, String conversation, ClientEvent event, ObjectNode data) {
    List<Session> receivers = sessions.of(side.id());
    if (!receivers.isEmpty()) {
      ObjectNode named = Json.object().put("conversation", conversation);
      named.setAll(data);
      EncodedFrame frame = EncodedFrame.event(event, named);
      receivers.forEach(receiver -> receiver.send(frame));
    }
  }

  private static ObjectNode identity(ChangedMessage message) {
    return Json.object()
        .put("seq", message.message().seq())
        .put("msgKey", message.message().key().toString())
        .put("changeSeq", message.changeSeq());
  }

  private static ObjectNode list(List<ChangedMessage> messages) {
    ObjectNode data = Json.object();
    var array = data.putArray("messages");
    messages.forEach(message -> array.add(identity(message)));
    return data;
  }
}
