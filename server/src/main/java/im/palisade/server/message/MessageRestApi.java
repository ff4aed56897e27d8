package im.palisade.server.message;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import im.palisade.server.account.Account;
import im.palisade.server.account.AccountService;
import im.palisade.server.audit.AuditDeclaration;
import im.palisade.server.message.OutgoingMessage.Door;
import im.palisade.server.protocol.ErrorCode;
import im.palisade.server.protocol.ImException;
import im.palisade.server.protocol.Json;
import im.palisade.server.protocol.UserIds;
import im.palisade.server.rest.Endpoint;
import im.palisade.server.rest.Family;
import im.palisade.server.rest.Field;
import im.palisade.server.rest.RestCall;
import im.palisade.server.rest.RestReply;
import im.palisade.server.rest.Shape;
import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;

/** Sending one-to-one messages through REST (rest-messages B1, B2). */
public final class MessageRestApi {
  private static final String SERVICE = "openim";
  private static final int MAX_TARGETS = 500;
  private static final int MAX_TEXT = 1 << 20;

  private static final Field<Integer> SYNC_OTHER_MACHINE =
      Field.integer(
              "SyncOtherMachine",
              Integer.MIN_VALUE,
              Integer.MAX_VALUE,
              "1: the sender's devices get it too; 2: the sender keeps no copy")
          .strict()
          .whenWrong(ErrorCode.SYNC_OTHER_MACHINE_INVALID)
          .defaultsTo(0);
  private static final Field<String> FROM_ACCOUNT =
      Field.text("From_Account", MAX_TEXT, "displayed sender; the caller when absent")
          .whenWrongType(ErrorCode.MESSAGE_ACCOUNT_INVALID);
  private static final Field<String> BATCH_FROM_ACCOUNT =
      Field.text("From_Account", MAX_TEXT, "displayed sender; the caller when absent")
          .whenWrong(ErrorCode.FROM_ACCOUNT_INVALID);
  private static final Field<String> TO_ACCOUNT =
      Field.text("To_Account", MAX_TEXT, "recipient")
          .whenWrong(ErrorCode.TO_ACCOUNT_INVALID)
          .required(ErrorCode.TO_ACCOUNT_INVALID);
  private static final Field<List<String>> TO_ACCOUNTS =
      Field.list("To_Account", new Shape.Text(0, MAX_TEXT), 0, MAX_TARGETS, "recipients")
          .whenWrong(ErrorCode.TO_ACCOUNT_INVALID)
          .whenTooMany(ErrorCode.TOO_MANY_TARGETS)
          .required(ErrorCode.TO_ACCOUNT_INVALID);
  private static final Field<Long> MSG_SEQ =
      Field.u32("MsgSeq", "order inside one second; drawn when absent")
          .whenWrong(ErrorCode.MESSAGE_INVALID);
  private static final Field<Long> BATCH_MSG_SEQ =
      Field.u32("MsgSeq", "order inside one second; drawn when absent")
          .strict()
          .whenWrong(ErrorCode.MSG_SEQ_INVALID);
  private static final Field<Long> MSG_RANDOM =
      Field.u32("MsgRandom", "the sender's key against duplicates")
          .strict()
          .whenWrong(ErrorCode.MSG_RANDOM_INVALID)
          .required(ErrorCode.MSG_RANDOM_INVALID);
  private static final Field<Long> MSG_LIFE_TIME =
      Field.whole("MsgLifeTime", 0, Long.MAX_VALUE, "seconds of offline retention; 0: online only")
          .strict()
          .whenWrongType(ErrorCode.MSG_LIFE_TIME_INVALID)
          .whenOutOfRange(ErrorCode.MSG_LIFE_TIME_RANGE)
          .defaultsTo((long) OutgoingMessage.MAX_LIFE_TIME);
  private static final Field<Long> BATCH_MSG_LIFE_TIME =
      Field.whole(
              "MsgLifeTime",
              0,
              OutgoingMessage.MAX_LIFE_TIME,
              "seconds of offline retention; 0: online only")
          .strict()
          .whenWrongType(ErrorCode.MSG_LIFE_TIME_INVALID)
          .whenOutOfRange(ErrorCode.MSG_LIFE_TIME_RANGE)
          .defaultsTo((long) OutgoingMessage.MAX_LIFE_TIME);
  private static final Field<Integer> ONLINE_ONLY = flag("OnlineOnlyFlag", "1: online only");
  private static final Field<Integer> NEED_RECEIPT =
      flag("IsNeedReadReceipt", "1 asks for a read receipt");
  private static final Field<Integer> EXTENSIBLE =
      flag("SupportMessageExtension", "1 allows message extensions");
  private static final Field<List<JsonNode>> FORBID_CALLBACK =
      control("ForbidCallbackControl", "webhooks this message does not fire");
  private static final Field<List<JsonNode>> SEND_CONTROL =
      control("SendMsgControl", "NoUnread, NoLastMsg, WithMuteNotifications");
  private static final Field<JsonNode> MSG_BODY = Field.raw("MsgBody", "message elements");
  private static final Field<String> CUSTOM_DATA =
      Field.text("CloudCustomData", MAX_TEXT, "kept with the message")
          .whenWrong(ErrorCode.MESSAGE_INVALID);
  private static final Field<JsonNode> OFFLINE_PUSH = Field.raw("OfflinePushInfo", "push settings");

  private final MessageService messages;
  private final AccountService accounts;
  private final SendSummary summary;
  private final Clock clock;
  private final RecipientBudget recipients = new RecipientBudget(System::nanoTime);

  public MessageRestApi(
      MessageService messages, AccountService accounts, SendSummary summary, Clock clock) {
    this.messages = messages;
    this.accounts = accounts;
    this.summary = summary;
    this.clock = clock;
  }

  /** The endpoints. */
  public List<Endpoint> endpoints() {
    AuditDeclaration sends = AuditDeclaration.records("message.sent_as_other");
    return List.of(
        Endpoint.of(SERVICE, "sendmsg", Family.MESSAGE)
            .meaning("Sends one message to one account")
            .fields(
                SYNC_OTHER_MACHINE,
                FROM_ACCOUNT,
                TO_ACCOUNT,
                ONLINE_ONLY,
                MSG_LIFE_TIME,
                MSG_SEQ,
                MSG_RANDOM,
                FORBID_CALLBACK,
                SEND_CONTROL,
                MSG_BODY,
                CUSTOM_DATA,
                EXTENSIBLE,
                OFFLINE_PUSH,
                NEED_RECEIPT)
            .handledBy(sends, this::send),
        Endpoint.of(SERVICE, "batchsendmsg", Family.MESSAGE)
            .meaning("Sends one message to many accounts")
            .fields(
                SYNC_OTHER_MACHINE,
                BATCH_FROM_ACCOUNT,
                TO_ACCOUNTS,
                BATCH_MSG_LIFE_TIME,
                BATCH_MSG_SEQ,
                MSG_RANDOM,
                SEND_CONTROL,
                MSG_BODY,
                CUSTOM_DATA,
                OFFLINE_PUSH,
                NEED_RECEIPT)
            .handledBy(sends, this::sendBatch));
  }

  private RestReply send(RestCall call) {
    String to = call.get(TO_ACCOUNT);
    String from = call.find(FROM_ACCOUNT).orElse(call.administrator().userId());
    if (!UserIds.isWellFormed(to) || !UserIds.isWellFormed(from)) {
      throw new ImException(ErrorCode.MESSAGE_ACCOUNT_INVALID, "a UserID is malformed");
    }
    OptionalLong msgSeq = call.find(MSG_SEQ).map(OptionalLong::of).orElse(OptionalLong.empty());
    long random = call.get(MSG_RANDOM);
    int sync = call.get(SYNC_OTHER_MACHINE);
    long lifeTime = Math.min(call.get(MSG_LIFE_TIME), OutgoingMessage.MAX_LIFE_TIME);
    Announced announced =
        new Announced(
            call.origin(),
            !forbids(call, "ForbidBeforeSendMsgCallback"),
            !forbids(call, "ForbidAfterSendMsgCallback"));
    boolean extensible = call.get(EXTENSIBLE) == 1;
    boolean onlineOnly = call.get(ONLINE_ONLY) == 1 || lifeTime == 0;
    MessageBody body = body(call);
    Template template =
        new Template(
            call,
            msgSeq,
            msgSeq.isPresent(),
            random,
            body,
            sync,
            onlineOnly,
            extensible,
            announced);
    Account recipient =
        accounts
            .find(call.app(), to)
            .orElseThrow(() -> new ImException(ErrorCode.TO_ACCOUNT_NOT_FOUND));
    Account sender =
        accounts
            .find(call.app(), from)
            .orElseThrow(() -> new ImException(ErrorCode.FROM_ACCOUNT_NOT_FOUND));
    Receipt receipt =
        RestSends.await(
            call,
            clock,
            RestSends.offer(
                messages,
                template.message(sender, recipient, OptionalLong.empty(), (int) lifeTime)));
    count(call, "sendmsg", sender, 1);
    return RestReply.ok(
        Json.object()
            .put("MsgTime", receipt.time())
            .put("MsgKey", receipt.key().toString())
            .put("MsgId", receipt.msgId()));
  }

  private RestReply sendBatch(RestCall call) {
    List<String> targets = call.get(TO_ACCOUNTS);
    if (targets.isEmpty()) {
      throw new ImException(ErrorCode.BODY_NOT_JSON, "To_Account is empty");
    }
    String from = call.find(BATCH_FROM_ACCOUNT).orElse(call.administrator().userId());
    Optional<Long> givenSeq = call.find(BATCH_MSG_SEQ);
    long random = call.get(MSG_RANDOM);
    int sync = call.get(SYNC_OTHER_MACHINE);
    int lifeTime = (int) (long) call.get(BATCH_MSG_LIFE_TIME);
    MessageBody body = body(call);
    Account sender =
        accounts
            .find(call.app(), from)
            .orElseThrow(() -> new ImException(ErrorCode.FROM_ACCOUNT_INVALID));
    long msgSeq = givenSeq.orElseGet(() -> ThreadLocalRandom.current().nextInt() & Field.U32_MAX);
    OptionalLong now = OptionalLong.of(clock.instant().getEpochSecond());
    Template template =
        new Template(
            call,
            OptionalLong.of(msgSeq),
            givenSeq.isPresent(),
            random,
            body,
            sync,
            lifeTime == 0,
            false,
            Announced.NONE);
    Set<String> distinct = new LinkedHashSet<>(targets);
    if (!recipients.take(call.app(), distinct.size())) {
      throw new ImException(ErrorCode.BATCH_RECIPIENTS_EXCEEDED);
    }
    Map<String, Integer> failed = new LinkedHashMap<>();
    Map<String, CompletableFuture<Receipt>> offered = new LinkedHashMap<>();
    for (String userId : distinct) {
      accounts
          .find(call.app(), userId)
          .ifPresentOrElse(
              recipient ->
                  offered.put(
                      userId,
                      RestSends.offer(
                          messages, template.message(sender, recipient, now, lifeTime))),
              () -> failed.put(userId, ErrorCode.ACCOUNT_NOT_FOUND.number()));
    }
    if (offered.isEmpty()) {
      throw new ImException(ErrorCode.TO_ACCOUNT_NOT_FOUND, "invalid To_Account");
    }
    List<Receipt> receipts = new ArrayList<>();
    offered.forEach(
        (userId, future) -> {
          try {
            receipts.add(RestSends.await(call, clock, future));
          } catch (ImException e) {
            failed.put(userId, e.code());
          }
        });
    count(call, "batchsendmsg", sender, receipts.size());
    return batchReply(receipts, failed);
  }

  private static RestReply batchReply(List<Receipt> receipts, Map<String, Integer> failed) {
    ObjectNode reply = Json.object();
    if (!receipts.isEmpty()) {
      reply.put("MsgKey", receipts.getFirst().key().toString());
      reply.put("MsgId", receipts.getFirst().msgId());
    }
    if (!failed.isEmpty()) {
      ArrayNode errors = reply.putArray("ErrorList");
      failed.forEach(
          (userId, code) -> errors.addObject().put("To_Account", userId).put("ErrorCode", code));
    }
    if (receipts.isEmpty()) {
      return RestReply.failed(ErrorCode.MESSAGE_FAILED, "no message was sent", reply);
    }
    return failed.isEmpty()
        ? RestReply.ok(reply)
        : RestReply.ok(reply).withActionStatus("SomeError");
  }

  private static MessageBody body(RestCall call) {
    call.find(OFFLINE_PUSH).ifPresent(OfflinePush::validate);
    return MessageBody.of(
        call.find(MSG_BODY).orElse(MissingNode.getInstance()),
        call.find(CUSTOM_DATA),
        call.app().settings().maxMessageBytes(),
        ErrorCode.MESSAGE_TOO_LONG_REST,
        call.app().settings().strictMedia());
  }

  private static boolean forbids(RestCall call, String webhook) {
    return call.get(FORBID_CALLBACK).stream()
        .anyMatch(each -> each.isTextual() && each.textValue().equals(webhook));
  }

  private void count(RestCall call, String command, Account sender, int sent) {
    boolean asOther = sender.id() != call.administrator().accountId();
    summary.count(call, SERVICE + "/" + command, asOther, sent);
  }

  private static Field<Integer> flag(String name, String meaning) {
    return Field.integer(name, Integer.MIN_VALUE, Integer.MAX_VALUE, meaning)
        .whenWrong(ErrorCode.MESSAGE_INVALID)
        .defaultsTo(0);
  }

  private static Field<List<JsonNode>> control(String name, String meaning) {
    return Field.list(name, new Shape.Raw(), 0, 100, meaning)
        .whenWrong(ErrorCode.BODY_NOT_JSON)
        .defaultsTo(List.of());
  }

  /** What all messages of one call have in common. */
  private record Template(
      RestCall call,
      OptionalLong msgSeq,
      boolean msgSeqGiven,
      long random,
      MessageBody body,
      int sync,
      boolean onlineOnly,
      boolean extensible,
      Announced announced) {

    OutgoingMessage message(Account sender, Account recipient, OptionalLong time, int lifeTime) {
      return new OutgoingMessage(
          call.app(),
          sender,
          new Target.Pair(recipient),
          new Door.Rest(
              call.administrator().accountId(),
              call.requestId(),
              announced,
              controls("WithMuteNotifications")),
          random,
          msgSeq,
          msgSeqGiven,
          time,
          body,
          onlineOnly,
          sync != 2,
          true,
          sync == 1,
          controls("NoUnread"),
          controls("NoLastMsg"),
          call.get(NEED_RECEIPT) == 1,
          extensible,
          lifeTime,
          call.find(OFFLINE_PUSH).map(JsonNode::toString));
    }

    private boolean controls(String word) {
      return call.get(SEND_CONTROL).stream()
          .anyMatch(each -> each.isTextual() && each.textValue().equals(word));
    }
  }
}
