package im.palisade.server.callback;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import im.palisade.server.app.App;
import im.palisade.server.app.Webhook;
import im.palisade.server.callback.CallbackCommand.Kind;
import im.palisade.server.callback.GroupBodies.Sent;
import im.palisade.server.message.Bundles;
import im.palisade.server.message.MessageFact;
import im.palisade.server.message.MessageHooks.Misdirected;
import im.palisade.server.message.MessageHooks.Verdict;
import im.palisade.server.message.MsgKey;
import im.palisade.server.message.OutgoingMessage;
import im.palisade.server.message.Target;
import im.palisade.server.protocol.ImException;
import im.palisade.server.protocol.Origin;
import im.palisade.server.store.UnitOfWork;
import java.sql.SQLException;
import java.util.List;

/** Webhooks of messages in groups, topics and live rooms (callbacks §4.5, §4.7). */
final class GroupMessageCallbacks {
  private final Receivers receivers;
  private final Announcer announcer;
  private final Bundles bundles;

  GroupMessageCallbacks(Receivers receivers, Announcer announcer, Bundles bundles) {
    this.bundles = bundles;
    this.receivers = receivers;
    this.announcer = announcer;
  }

  /** What is told of a fact, by which command. */
  private record Told(CallbackCommand command, ObjectNode body) {}

  boolean asks(OutgoingMessage message) {
    return fires(CallbackCommand.GROUP_BEFORE_SEND, message);
  }

  Verdict before(OutgoingMessage message, Target.Group group) {
    CallbackCommand command = CallbackCommand.GROUP_BEFORE_SEND;
    ObjectNode body = timed(GroupBodies.message(command, sent(message, group)));
    Webhook settings = announcer.webhook(message.app());
    Answer answer =
        receivers.call(
            message.app(),
            Kind.BEFORE,
            new Callback(
                command.wireName(), message.announced().origin(), MessageBodies.text(body)));
    return Verdicts.GROUP.of(message, answer, bundles, settings.groupFailure());
  }

  boolean follows(OutgoingMessage message) {
    return fires(CallbackCommand.GROUP_AFTER_SEND, message)
        || (message.needsReceipt() && fires(CallbackCommand.GROUP_RECEIPT, message))
        || (fires(CallbackCommand.BOT_GROUP, message) && !robots(message).isEmpty());
  }

  void refused(OutgoingMessage message, Target.Group group, ImException reason) {
    tellOfException(
        message.app(),
        group.followedAs(),
        message.announced().origin(),
        sent(message, group),
        reason);
  }

  void misdirected(Misdirected attempt, ImException reason) {
    Origin origin = attempt.announced().origin();
    tellOfException(
        attempt.app(),
        1,
        origin,
        new Sent(
            attempt.group(),
            attempt.from(),
            origin.userId(),
            attempt.random(),
            attempt.onlineOnly(),
            attempt.body()),
        reason);
  }

  void sentOnline(OutgoingMessage message, Target.Group group, MsgKey key) {
    if (fires(CallbackCommand.GROUP_AFTER_SEND, message)) {
      ObjectNode body =
          GroupBodies.sent(CallbackCommand.GROUP_AFTER_SEND, sent(message, group), key);
      tell(
          message,
          group,
          CallbackCommand.GROUP_AFTER_SEND,
          GroupBodies.withMentions(body, message.body()));
    }
    if (fires(CallbackCommand.BOT_GROUP, message) && !robots(message).isEmpty()) {
      tell(
          message,
          group,
          CallbackCommand.BOT_GROUP,
          GroupBodies.mentioned(sent(message, group), key, robots(message)));
    }
  }

  void happened(UnitOfWork unit, MessageFact.OfGroup fact, Origin origin) throws SQLException {
    if (announcer.fires(fact.app(), command(fact), origin)) {
      Told told = told(fact);
      announcer.keep(unit, fact.app(), fact.conversationId(), told.command(), origin, told.body());
    }
  }

  void told(MessageFact.OfGroup fact, Origin origin) {
    if (announcer.fires(fact.app(), command(fact), origin)) {
      Told told = told(fact);
      announcer.tell(fact.app(), fact.conversationId(), told.command(), origin, told.body());
    }
  }

  private static CallbackCommand command(MessageFact.OfGroup fact) {
    return switch (fact) {
      case MessageFact.GroupRecalled _ -> CallbackCommand.GROUP_RECALL;
      case MessageFact.GroupModified _ -> CallbackCommand.GROUP_MODIFY;
      case MessageFact.GroupReceipted _ -> CallbackCommand.GROUP_RECEIPT;
    };
  }

  private Told told(MessageFact.OfGroup fact) {
    CallbackCommand command = command(fact);
    ObjectNode body = GroupBodies.head(command, fact.group());
    switch (fact) {
      case MessageFact.GroupRecalled recalled -> {
        body.put("Operator_Account", recalled.operator());
        ArrayNode list = body.putArray("MsgSeqList");
        recalled.seqs().forEach(seq -> list.addObject().put("MsgSeq", seq));
      }
      case MessageFact.GroupModified modified -> {
        body.put("Operator_Account", modified.operator())
            .put("From_Account", modified.sender())
            .put("MsgSeq", modified.key().msgSeq())
            .put("Random", modified.key().random())
            .put("MsgTime", modified.key().time());
        MessageBodies.withContent(body, modified.body());
      }
      case MessageFact.GroupReceipted receipted -> {
        ArrayNode list = body.putArray("GroupMsgReceiptList");
        for (MessageFact.GroupReceipted.Count each : receipted.messages()) {
          GroupBodies.receipt(
              list, each.seq(), each.read(), each.unread(), List.of(receipted.reader()));
        }
      }
    }
    return new Told(command, timed(GroupBodies.withTopic(body, fact.group())));
  }

  private void tellOfException(App app, long lane, Origin origin, Sent sent, ImException reason) {
    CallbackCommand command = CallbackCommand.GROUP_EXCEPTION;
    if (announcer.fires(app, command, origin)) {
      ObjectNode body = GroupBodies.message(command, sent);
      body.put("ErrorCode", reason.code()).put("ErrorInfo", reason.info());
      announcer.tell(app, lane, command, origin, timed(body));
    }
  }

  private void tell(
      OutgoingMessage message, Target.Group group, CallbackCommand command, ObjectNode body) {
    announcer.tell(
        message.app(),
        group.conversation().id(),
        command,
        message.announced().origin(),
        timed(body));
  }

  private static Sent sent(OutgoingMessage message, Target.Group group) {
    return new Sent(
        group.ref(),
        message.sender().userId(),
        message.announced().origin().userId(),
        message.random(),
        message.onlineOnly(),
        message.body());
  }

  private ObjectNode timed(ObjectNode body) {
    return body.put("EventTime", announcer.now());
  }

  private static List<String> robots(OutgoingMessage message) {
    return GroupBodies.robots(message.sender().userId(), message.body());
  }

  private boolean fires(CallbackCommand command, OutgoingMessage message) {
    return announcer.fires(message.app(), command, message.announced().origin());
  }
}
