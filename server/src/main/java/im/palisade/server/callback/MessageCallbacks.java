package im.palisade.server.callback;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import im.palisade.server.app.Webhook.OnFailure;
import im.palisade.server.audit.Cause;
import im.palisade.server.callback.CallbackCommand.Kind;
import im.palisade.server.message.MessageBody;
import im.palisade.server.message.MessageFact;
import im.palisade.server.message.MessageHooks;
import im.palisade.server.message.MsgKey;
import im.palisade.server.message.OutgoingMessage;
import im.palisade.server.message.Receipt;
import im.palisade.server.message.Target;
import im.palisade.server.protocol.ErrorCode;
import im.palisade.server.protocol.ImException;
import im.palisade.server.protocol.Origin;
import im.palisade.server.store.UnitOfWork;
import java.sql.SQLException;
import java.util.Optional;

/** Webhooks of messages between two (callbacks §4.4). */
final class MessageCallbacks implements MessageHooks {
  private static final int PROCEED = 0;
  private static final int DROP = 2;

  /** Codes a receiver may choose; any other that is not 0 or 2 stands for a plain refusal. */
  private static final int FIRST_OWN_CODE = 120_001;

  private static final int LAST_OWN_CODE = 130_000;

  private final Receivers receivers;
  private final Announcer announcer;

  MessageCallbacks(Receivers receivers, Announcer announcer) {
    this.receivers = receivers;
    this.announcer = announcer;
  }

  @Override
  public boolean asks(OutgoingMessage message) {
    return message.announced().before() && fires(CallbackCommand.C2C_BEFORE_SEND, message);
  }

  @Override
  public Verdict before(OutgoingMessage message) {
    CallbackCommand command = CallbackCommand.C2C_BEFORE_SEND;
    ObjectNode body = common(command, message, keyOf(message));
    Answer answer =
        receivers.call(
            message.app(),
            Kind.BEFORE,
            new Callback(
                command.wireName(), message.announced().origin(), MessageBodies.text(body)));
    return switch (answer) {
      case Answer.Given given -> verdict(message, given);
      case Answer.Failed _ -> failed(message);
    };
  }

  @Override
  public boolean follows(OutgoingMessage message) {
    return message.announced().after()
        && !message.onlineOnly()
        && (fires(CallbackCommand.C2C_AFTER_SEND, message)
            || (isToRobot(message) && fires(CallbackCommand.BOT_C2C, message)));
  }

  @Override
  public void refused(OutgoingMessage message, ImException reason) {
    if (message.announced().after() && fires(CallbackCommand.C2C_AFTER_SEND, message)) {
      tellSent(message, keyOf(message), reason.code(), reason.info());
    }
  }

  @Override
  public void sentOnline(OutgoingMessage message, MsgKey key) {
    if (message.announced().after() && fires(CallbackCommand.C2C_AFTER_SEND, message)) {
      tellSent(message, key, 0, "send msg succeed");
    }
  }

  @Override
  public void happened(UnitOfWork unit, MessageFact fact, Cause cause) throws SQLException {
    switch (fact) {
      case MessageFact.Recalled recalled -> recalled(unit, recalled, cause.origin());
      case MessageFact.Modified modified -> modified(unit, modified, cause.origin());
      case MessageFact.Receipted receipted -> receipted(unit, receipted, cause.origin());
      case MessageFact.Read read -> read(unit, read, cause.origin());
    }
  }

  private Verdict verdict(OutgoingMessage message, Answer.Given given) {
    long code = given.errorCode();
    if (code == PROCEED) {
      return proceed(message, given.json());
    }
    if (code == DROP) {
      return new Verdict.Drop();
    }
    boolean own = code >= FIRST_OWN_CODE && code <= LAST_OWN_CODE;
    return refusal(own ? (int) code : ErrorCode.REFUSED_BY_WEBHOOK.number(), given.errorInfo());
  }

  /** The text is the receiver's, unchanged; a caller must still be told something. */
  private static Verdict refusal(int code, String info) {
    String text = info.isEmpty() ? ErrorCode.REFUSED_BY_WEBHOOK.meaning() : info;
    return new Verdict.Refuse(new ImException(code, text));
  }

  private Verdict proceed(OutgoingMessage message, ObjectNode answer) {
    JsonNode body = answer.path("MsgBody");
    JsonNode custom = answer.path("CloudCustomData");
    boolean newBody = !body.isMissingNode() && !body.isNull();
    boolean newCustom = !custom.isMissingNode() && !custom.isNull();
    if (!newBody && !newCustom) {
      return new Verdict.Pass(message, false);
    }
    if (newCustom && !custom.isTextual()) {
      return failed(message);
    }
    try {
      MessageBody replaced =
          MessageBody.of(
              newBody ? body : message.body().parsed(),
              newCustom ? Optional.of(custom.textValue()) : message.body().cloudCustomData(),
              message.app().settings().maxMessageBytes(),
              ErrorCode.MESSAGE_TOO_LONG,
              message.app().settings().strictMedia());
      return new Verdict.Pass(message.withBody(replaced), true);
    } catch (ImException invalid) {
      return failed(message);
    }
  }

  private static Verdict failed(OutgoingMessage message) {
    OnFailure policy = message.app().settings().webhook().c2cFailure();
    return switch (policy) {
      case PASS -> new Verdict.Pass(message, false);
      case REFUSE -> new Verdict.Refuse(new ImException(ErrorCode.WEBHOOK_FAILED));
    };
  }

  private void tellSent(OutgoingMessage message, MsgKey key, int result, String info) {
    ObjectNode body = common(CallbackCommand.C2C_AFTER_SEND, message, key);
    body.put("SendMsgResult", result).put("ErrorInfo", info);
    announcer.tell(
        message.app(),
        message.sender().id(),
        CallbackCommand.C2C_AFTER_SEND,
        message.announced().origin(),
        result == 0 ? body : body.put("UnreadMsgNum", -1));
  }

  private void recalled(UnitOfWork unit, MessageFact.Recalled fact, Origin origin)
      throws SQLException {
    CallbackCommand command = CallbackCommand.C2C_RECALL;
    if (Announcer.fires(fact.app(), command, origin)) {
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

  private void modified(UnitOfWork unit, MessageFact.Modified fact, Origin origin)
      throws SQLException {
    CallbackCommand command = CallbackCommand.C2C_MODIFY;
    if (Announcer.fires(fact.app(), command, origin)) {
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

  private void receipted(UnitOfWork unit, MessageFact.Receipted fact, Origin origin)
      throws SQLException {
    CallbackCommand command = CallbackCommand.C2C_RECEIPT;
    if (Announcer.fires(fact.app(), command, origin)) {
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

  private void read(UnitOfWork unit, MessageFact.Read fact, Origin origin) throws SQLException {
    CallbackCommand command = CallbackCommand.C2C_READ;
    if (Announcer.fires(fact.app(), command, origin)) {
      ObjectNode body =
          MessageBodies.head(command)
              .put("Report_Account", fact.reader().userId())
              .put("Peer_Account", fact.peer().userId())
              .put("LastReadTime", fact.time());
      announcer.keep(
          unit, fact.app(), fact.reader().id(), command, origin, body, Optional.of(fact.reader()));
    }
  }

  private static ObjectNode common(CallbackCommand command, OutgoingMessage message, MsgKey key) {
    if (!(message.target() instanceof Target.Pair pair)) {
      throw new IllegalArgumentException("no message between two");
    }
    ObjectNode node =
        MessageBodies.common(
            command, message.sender(), pair.recipient(), key, message.onlineOnly());
    return MessageBodies.withContent(node, message.body());
  }

  private static MsgKey keyOf(OutgoingMessage message) {
    return new MsgKey(
        message.msgSeq().orElseThrow(), message.random(), message.time().orElseThrow());
  }

  private static boolean isToRobot(OutgoingMessage message) {
    return message.target() instanceof Target.Pair pair && MessageBodies.isRobot(pair.recipient());
  }

  private static boolean fires(CallbackCommand command, OutgoingMessage message) {
    return message.target() instanceof Target.Pair
        && Announcer.fires(message.app(), command, message.announced().origin());
  }
}
