package im.palisade.server.message;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import im.palisade.server.account.Account;
import im.palisade.server.account.AccountService;
import im.palisade.server.app.App;
import im.palisade.server.audit.AuditDeclaration;
import im.palisade.server.message.OutgoingMessage.Door;
import im.palisade.server.protocol.ErrorCode;
import im.palisade.server.protocol.ImException;
import im.palisade.server.rest.Endpoint;
import im.palisade.server.rest.Family;
import im.palisade.server.rest.Field;
import im.palisade.server.rest.RestCall;
import im.palisade.server.rest.RestReply;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CopyOnWriteArrayList;

/** Importing one-to-one messages from another system (rest-messages B3). */
public final class ImportRestApi {
  private static final int HISTORY = 2;
  private static final int REAL_TIME = 5;

  /** What old server SDKs send for {@link #REAL_TIME} (rest-conventions §4.3). */
  private static final int REAL_TIME_OF_OLD = 1;

  private static final long MOST_AHEAD_SECONDS = 86_400;
  private static final int MAX_TEXT = 1 << 20;

  private static final Field<Integer> MODE =
      Field.integer("SyncFromOldSystem", 1, REAL_TIME, "2: history, read already; 5: real-time")
          .strict()
          .whenWrong(ErrorCode.ATTRIBUTE_OR_IMPORT_MODE_INVALID)
          .required(ErrorCode.ATTRIBUTE_OR_IMPORT_MODE_INVALID);
  private static final Field<String> FROM_ACCOUNT =
      Field.text("From_Account", MAX_TEXT, "sender")
          .whenWrong(ErrorCode.FROM_ACCOUNT_INVALID)
          .required(ErrorCode.FROM_ACCOUNT_INVALID);
  private static final Field<String> TO_ACCOUNT =
      Field.text("To_Account", MAX_TEXT, "recipient")
          .whenWrong(ErrorCode.TO_ACCOUNT_INVALID)
          .required(ErrorCode.TO_ACCOUNT_INVALID);
  private static final Field<Long> MSG_SEQ =
      Field.u32("MsgSeq", "first number of the message's key; drawn when absent");
  private static final Field<Long> MSG_RANDOM =
      Field.u32("MsgRandom", "second number of the message's key")
          .strict()
          .whenWrong(ErrorCode.MSG_RANDOM_INVALID)
          .required(ErrorCode.MSG_RANDOM_INVALID);
  private static final Field<Long> MSG_TIME_STAMP =
      Field.whole("MsgTimeStamp", 1, Field.U32_MAX, "UNIX seconds, at most one day ahead")
          .strict()
          .whenWrong(ErrorCode.MSG_TIMESTAMP_INVALID)
          .required(ErrorCode.MSG_TIMESTAMP_INVALID);
  private static final Field<JsonNode> MSG_BODY = Field.raw("MsgBody", "message elements");
  private static final Field<String> CUSTOM_DATA =
      Field.text("CloudCustomData", MAX_TEXT, "kept with the message");

  private final MessageService messages;
  private final AccountService accounts;
  private final Clock clock;
  private final List<ImportListener> listeners = new CopyOnWriteArrayList<>();

  public ImportRestApi(MessageService messages, AccountService accounts, Clock clock) {
    this.messages = messages;
    this.accounts = accounts;
    this.clock = clock;
  }

  /** Tells all listeners. */
  void tell(App app, long time) {
    listeners.forEach(listener -> listener.imported(app, time));
  }

  /** Registers a listener; at composition only. */
  void onImport(ImportListener listener) {
    listeners.add(listener);
  }

  /** The endpoints. */
  public List<Endpoint> endpoints() {
    return List.of(
        Endpoint.of("openim", "importmsg", Family.MESSAGE)
            .meaning("Imports one message of another system")
            .fields(
                MODE,
                FROM_ACCOUNT,
                TO_ACCOUNT,
                MSG_SEQ,
                MSG_RANDOM,
                MSG_TIME_STAMP,
                MSG_BODY,
                CUSTOM_DATA)
            .handledBy(AuditDeclaration.records("message.import"), this::importMessage));
  }

  private RestReply importMessage(RestCall call) {
    boolean live =
        switch (call.get(MODE)) {
          case HISTORY -> false;
          case REAL_TIME, REAL_TIME_OF_OLD -> true;
          default -> throw new ImException(ErrorCode.ATTRIBUTE_OR_IMPORT_MODE_INVALID);
        };
    String from = call.get(FROM_ACCOUNT);
    String to = call.get(TO_ACCOUNT);
    Optional<Long> msgSeq = call.find(MSG_SEQ);
    long random = call.get(MSG_RANDOM);
    long time = call.get(MSG_TIME_STAMP);
    if (time > clock.instant().getEpochSecond() + MOST_AHEAD_SECONDS) {
      throw new ImException(ErrorCode.MSG_TIMESTAMP_INVALID, "MsgTimeStamp is over a day ahead");
    }
    MessageBody body =
        MessageBody.of(
            call.find(MSG_BODY).orElse(MissingNode.getInstance()),
            call.find(CUSTOM_DATA),
            call.app().settings().maxMessageBytes(),
            ErrorCode.MESSAGE_TOO_LONG_REST,
            false);
    Account recipient =
        accounts
            .find(call.app(), to)
            .orElseThrow(() -> new ImException(ErrorCode.TO_ACCOUNT_NOT_FOUND));
    Account sender =
        accounts
            .find(call.app(), from)
            .orElseThrow(() -> new ImException(ErrorCode.FROM_ACCOUNT_NOT_FOUND));
    if (time < MessageHistory.retainedSince(call.app(), clock)) {
      // Past its retention it would never be seen: it has come and gone.
      return RestReply.ok();
    }
    OutgoingMessage message =
        new OutgoingMessage(
            call.app(),
            sender,
            new Target.Pair(recipient),
            new Door.Import(
                call.administrator().accountId(),
                call.requestId(),
                live,
                call.cause()
                    .event(
                        "message.import",
                        AccountService.target(sender),
                        AccountService.target(recipient))
                    .withCount(1)),
            random,
            msgSeq.map(OptionalLong::of).orElse(OptionalLong.empty()),
            msgSeq.isPresent(),
            OptionalLong.of(time),
            body,
            false,
            true,
            true,
            true,
            !live,
            false,
            false,
            false,
            OutgoingMessage.MAX_LIFE_TIME,
            Optional.empty());
    tell(call.app(), time);
    try {
      RestSends.await(call, clock, RestSends.offer(messages, message));
    } finally {
      // Also when the outcome is unknown: it may have been stored.
      tell(call.app(), time);
    }
    return RestReply.ok();
  }
}
