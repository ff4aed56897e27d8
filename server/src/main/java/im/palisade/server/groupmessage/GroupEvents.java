package im.palisade.server.groupmessage;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.util.RawValue;
import im.palisade.server.app.App;
import im.palisade.server.gateway.AudienceId;
import im.palisade.server.gateway.Audiences;
import im.palisade.server.gateway.ClientEvent;
import im.palisade.server.gateway.EncodedFrame;
import im.palisade.server.gateway.Session;
import im.palisade.server.gateway.SessionDirectory;
import im.palisade.server.message.ChangedMessage;
import im.palisade.server.message.MessageBody;
import im.palisade.server.protocol.Json;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/** Tells connected members what became of messages they have seen. */
final class GroupEvents {
  private final SessionDirectory sessions;
  private final Audiences audiences;

  GroupEvents(SessionDirectory sessions, Audiences audiences) {
    this.sessions = sessions;
    this.audiences = audiences;
  }

  /**
   * A stored message that has changed.
   *
   * @param from UserID of its sender
   * @param only who may see it, by internal id; empty for everybody
   */
  record Changed(ChangedMessage message, String from, Collection<Long> only) {}

  /** G-RECALL. */
  void recalled(App app, Place place, Changed changed, String revoker, String reason) {
    ObjectNode data = identity(place, changed).put("revoker", revoker);
    if (!reason.isEmpty()) {
      data.put("reason", reason);
    }
    say(app, place, changed, ClientEvent.MESSAGE_RECALLED, data);
  }

  /** G-MODIFY. */
  void modified(App app, Place place, Changed changed, MessageBody body) {
    ObjectNode data = identity(place, changed);
    data.putRawValue("body", new RawValue(new String(body.elements(), StandardCharsets.UTF_8)));
    body.cloudCustomData().ifPresent(custom -> data.put("cloudCustomData", custom));
    say(app, place, changed, ClientEvent.MESSAGE_MODIFIED, data);
  }

  /** G-EXT. */
  void extended(App app, Place place, Changed changed, ObjectNode pairs) {
    ObjectNode data = identity(place, changed);
    data.setAll(pairs);
    say(app, place, changed, ClientEvent.MESSAGE_EXTENSION, data);
  }

  /** History up to a sequence can no longer be loaded. */
  void cleared(App app, Place place, long seq) {
    ObjectNode data = Json.object().put("conversation", place.wireName()).put("seq", seq);
    audiences.say(audience(app, place), EncodedFrame.event(ClientEvent.GROUP_CLEARED, data));
  }

  /** The reader's devices learn how far it has read. */
  void read(Place place, long reader, long readSeq, long unread) {
    ObjectNode data =
        Json.object()
            .put("conversation", place.wireName())
            .put("readSeq", readSeq)
            .put("unread", unread);
    EncodedFrame frame = EncodedFrame.event(ClientEvent.CONVERSATION_READ, data);
    sessions.of(reader).forEach(session -> session.send(frame));
  }

  /** G-RECEIPT, to the messages' sender. */
  void receipted(Place place, long sender, List<ObjectNode> messages, long time) {
    ObjectNode data = Json.object().put("conversation", place.wireName()).put("time", time);
    data.putArray("messages").addAll(messages);
    EncodedFrame frame = EncodedFrame.event(ClientEvent.MESSAGE_RECEIPT, data);
    sessions.of(sender).forEach(session -> session.send(frame));
  }

  /** One account's view is without these messages now, to its devices. */
  void deleted(Place place, long account, List<ChangedMessage> messages) {
    ObjectNode data = Json.object().put("conversation", place.wireName());
    var list = data.putArray("messages");
    messages.forEach(
        each ->
            list.addObject()
                .put("seq", each.message().seq())
                .put("msgKey", each.message().key().toString())
                .put("changeSeq", each.changeSeq()));
    EncodedFrame frame = EncodedFrame.event(ClientEvent.MESSAGE_DELETED, data);
    sessions.of(account).forEach(session -> session.send(frame));
  }

  private void say(App app, Place place, Changed changed, ClientEvent event, ObjectNode data) {
    EncodedFrame frame = EncodedFrame.event(event, data);
    if (changed.only().isEmpty()) {
      audiences.say(audience(app, place), frame);
    } else {
      List<Session> receivers = new ArrayList<>();
      changed.only().forEach(id -> receivers.addAll(sessions.of(id)));
      audiences.sayTo(audience(app, place), frame, receivers);
    }
  }

  private static AudienceId audience(App app, Place place) {
    // Topics are followed with their community.
    return new AudienceId(app.appId(), place.group().id());
  }

  private static ObjectNode identity(Place place, Changed changed) {
    return Json.object()
        .put("conversation", place.wireName())
        .put("seq", changed.message().message().seq())
        .put("msgKey", changed.message().message().key().toString())
        .put("changeSeq", changed.message().changeSeq())
        .put("from", changed.from());
  }
}
