package im.palisade.server.callback;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import im.palisade.server.callback.CallbackCommand.Kind;
import im.palisade.server.message.Bundles;
import im.palisade.server.message.MessageFact;
import im.palisade.server.message.MessageHooks.Verdict;
import im.palisade.server.message.MsgKey;
import im.palisade.server.message.OutgoingMessage;
import im.palisade.server.message.Receipt;
import im.palisade.server.message.Target;
import im.palisade.server.protocol.ImException;
import im.palisade.server.protocol.Origin;
import im.palisade.server.store.UnitOfWork;
import java.sql.SQLException;
import java.util.Optional;

/** Webhooks of messages between two (callbacks §4.4). */
final class PairCallbacks {
  private final Receivers receivers;
  private final Announcer announcer;
  private final Bundles bundles;

  PairCallbacks(Receivers receivers, Announcer announcer, Bundles bundles) {
    this.bundles = bundles;
    this.receivers = receivers;
    this.announcer = announcer;
  }

  boolean asks(OutgoingMessage message) {
    return fires(CallbackCommand.C2C_BEFORE_SEND, message);
  }

  Verdict before(OutgoingMessage message, Target.Pair pair) {
    CallbackCommand command = CallbackCommand.C2C_BEFORE_SEND;
    ObjectNode body = common(command, message, pair, keyOf(message));
    Answer answer =
        receivers.call(
            message.app(),
            Kind.BEFORE,
            new Callback(
                command.wireName(), message.announced().origin(), MessageBodies.text(body)));
    return Verdicts.PAIR.of(
        message, answer, bundles, announcer.webhook(message.app()).c2cFailure());
  }

  boolean follows(OutgoingMessage message, Target.Pair pair) {
    return fires(CallbackCommand.C2C_AFTER_SEND, message)
        || fires(CallbackCommand.PUSH_OFFLINE, message)
        || (MessageBodies.isRobot(pair.recipient()) && fires(CallbackCommand.BOT_C2C, message));
  }

  void refused(OutgoingMessage message, Target.Pair pair, ImException reason) {
    if (fires(CallbackCommand.C2C_AFTER_SEND, message)) {
      tellSent(message, pair, keyOf(message), reason.code(), reason.info());
    }
  }

  void sentOnline(OutgoingMessage message, Target.Pair pair, MsgKey key) {
    if (fires(CallbackCommand.C2C_AFTER_SEND, message)) {
      tellSent(message, pair, key, 0, "send msg succeed");
    }
    if (MessageBodies.isRobot(pair.recipient())
        && !MessageBodies.isRobot(message.sender())
        && fires(CallbackCommand.BOT_C2C, message)) {
      tell(CallbackCommand.BOT_C2C, message, pair, key, 0, "send msg succeed");
    }
  }

  private void tellSent(
      OutgoingMessage message, Target.Pair pair, MsgKey key, int result, String info) {
    tell(CallbackCommand.C2C_AFTER_SEND, message, pair, key, result, info);
  }

  private void tell(
      CallbackCommand command,
      OutgoingMessage message,
      Target.Pair pair,
      MsgKey key,
      int result,
      String info) {
    ObjectNode body = common(command, message, pair, key);
    body.put("SendMsgResult", result).put("ErrorInfo", info);
    boolean sent = result == 0;
    announcer.tell(
        message.app(),
        message.sender().id(),
        command,
        message.announced().origin(),
        sent ? body : body.put("UnreadMsgNum", -1),
        sent ? Optional.of(pair.recipient()) : Optional.empty());
  }

  void recalled(UnitOfWork unit, MessageFact.Recalled fact, Origin origin) throws SQLException {
    CallbackCommand command = CallbackCommand.C2C_RECALL;
    if (announcer.fires(fact.app(), command, origin)) {
      ObjectNode body =
          MessageBodies.head(command)
              .put("From_Account", fact.sender().userId())
              .put("To_Account", fact.recipient().userId())
              .put("MsgKey", fact.key().toString());
      announcer.keep(
          unit,
          fact.app(),
          fact.sender().id(),
          command,
          origin,
          body,
          Optional.of(fact.recipient()));
    }
  }

  void modified(UnitOfWork unit, MessageFact.Modified fact, Origin origin) throws SQLException {
    CallbackCommand command = CallbackCommand.C2C_MODIFY;
    if (announcer.fires(fact.app(), command, origin)) {
      ObjectNode body =
          MessageBodies.head(command)
              .put("Operator_Account", origin.userId())
              .put("From_Account", fact.sender().userId())
              .put("To_Account", fact.recipient().userId())
              .put("MsgSeq", fact.key().msgSeq())
              .put("MsgRandom", fact.key().random())
              .put("MsgTime", fact.key().time())
              .put("MsgKey", fact.key().toString());
      MessageBodies.withContent(body, fact.body()).put("EventTime", announcer.now());
      announcer.keep(unit, fact.app(), fact.sender().id(), command, origin, body);
    }
  }

  void receipted(UnitOfWork unit, MessageFact.Receipted fact, Origin origin) throws SQLException {
    CallbackCommand command = CallbackCommand.C2C_RECEIPT;
    if (announcer.fires(fact.app(), command, origin)) {
      ObjectNode body =
          MessageBodies.head(command)
              .put("Operator_Account", fact.reader().userId())
              .put("Peer_Account", fact.sender().userId());
      ArrayNode messages = body.putArray("C2CMsgInfo");
      for (Receipt each : fact.messages()) {
        messages
            .addObject()
            .put("From_Account", fact.sender().userId())
            .put("To_Account", fact.reader().userId())
            .put("MsgKey", each.key().toString())
            .put("MsgId", each.msgId());
      }
      body.put("EventTime", announcer.now());
      announcer.keep(unit, fact.app(), fact.reader().id(), command, origin, body);
    }
  }

  void read(UnitOfWork unit, MessageFact.Read fact, Origin origin) throws SQLException {
    CallbackCommand command = CallbackCommand.C2C_READ;
    if (announcer.fires(fact.app(), command, origin)) {
      ObjectNode body =
          MessageBodies.head(command)
              .put("Report_Account", fact.reader().userId())
              .put("Peer_Account", fact.peer().userId())
              .put("LastReadTime", fact.time());
      announcer.keep(
          unit, fact.app(), fact.reader().id(), command, origin, body, Optional.of(fact.reader()));
    }
  }

  private static ObjectNode common(
      CallbackCommand command, OutgoingMessage message, Target.Pair pair, MsgKey key) {
    ObjectNode node =
        MessageBodies.common(
            command, message.sender(), pair.recipient(), key, message.onlineOnly());
    return MessageBodies.withContent(node, message.body());
  }

  private static MsgKey keyOf(OutgoingMessage message) {
    return new MsgKey(
        message.msgSeq().orElseThrow(), message.random(), message.time().orElseThrow());
  }

  private boolean fires(CallbackCommand command, OutgoingMessage message) {
    return announcer.fires(message.app(), command, message.announced().origin());
  }
}
