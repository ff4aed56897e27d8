package im.palisade.server.message;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.util.RawValue;
import im.palisade.server.account.Account;
import im.palisade.server.account.AccountService;
import im.palisade.server.audit.AuditDeclaration;
import im.palisade.server.message.MessageHistory.Page;
import im.palisade.server.protocol.ErrorCode;
import im.palisade.server.protocol.ImException;
import im.palisade.server.protocol.Json;
import im.palisade.server.rest.Endpoint;
import im.palisade.server.rest.Family;
import im.palisade.server.rest.Field;
import im.palisade.server.rest.RestCall;
import im.palisade.server.rest.RestReply;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Reading a conversation's history through REST (rest-messages B4). */
public final class HistoryRestApi {
  private static final int MAX_COUNT = 100;

  /** A page's compact {@code MsgList} stays below this, but holds at least one message. */
  private static final int MAX_LIST_BYTES = 13_312;

  private static final int RECALLED_BITS = 8;
  private static final int MAX_TEXT = 1 << 20;

  private static final Field<String> OPERATOR =
      Field.text("Operator_Account", MAX_TEXT, "whose view of the conversation")
          .alias("From_Account")
          .whenWrong(ErrorCode.FROM_ACCOUNT_INVALID)
          .required(ErrorCode.FROM_ACCOUNT_INVALID);
  private static final Field<String> PEER =
      Field.text("Peer_Account", MAX_TEXT, "the other party")
          .alias("To_Account")
          .whenWrong(ErrorCode.TO_ACCOUNT_INVALID)
          .required(ErrorCode.TO_ACCOUNT_INVALID);
  private static final Field<Long> MAX_CNT =
      Field.whole("MaxCnt", 1, Long.MAX_VALUE, "wanted number of messages, 100 at most").required();
  private static final Field<Long> MIN_TIME =
      Field.whole("MinTime", Long.MIN_VALUE, Long.MAX_VALUE, "earliest second").required();
  private static final Field<Long> MAX_TIME =
      Field.whole("MaxTime", Long.MIN_VALUE, Long.MAX_VALUE, "latest second").required();
  private static final Field<String> LAST_MSG_KEY =
      Field.text("LastMsgKey", MAX_TEXT, "LastMsgKey of the page before")
          .whenWrong(ErrorCode.MSG_KEY_INVALID);

  private final MessageHistory history;
  private final AccountService accounts;

  public HistoryRestApi(MessageHistory history, AccountService accounts) {
    this.history = history;
    this.accounts = accounts;
  }

  /** The endpoints. */
  public List<Endpoint> endpoints() {
    return List.of(
        Endpoint.of("openim", "admin_getroammsg", Family.MESSAGE)
            .meaning("Reads one side's history of a one-to-one conversation")
            .fields(OPERATOR, PEER, MAX_CNT, MIN_TIME, MAX_TIME, LAST_MSG_KEY)
            .handledBy(AuditDeclaration.records("content.read"), this::read));
  }

  private RestReply read(RestCall call) {
    String operator = call.get(OPERATOR);
    String peer = call.get(PEER);
    int limit = (int) Math.min(call.get(MAX_CNT), MAX_COUNT);
    long from = call.get(MIN_TIME);
    long to = call.get(MAX_TIME);
    Optional<MsgKey> last =
        call.find(LAST_MSG_KEY)
            .filter(text -> !text.isEmpty())
            .map(
                text ->
                    MsgKey.parse(text)
                        .orElseThrow(() -> new ImException(ErrorCode.MSG_KEY_INVALID)));
    Account viewer =
        accounts
            .find(call.app(), operator)
            .orElseThrow(() -> new ImException(ErrorCode.FROM_ACCOUNT_INVALID));
    return reply(
        viewer.id(),
        operator,
        peer,
        history.byTime(call.app(), viewer, peer, from, to, last, limit, call.cause()));
  }

  private static RestReply reply(long viewerId, String viewer, String peer, Page page) {
    List<ObjectNode> newestFirst = new ArrayList<>();
    StoredMessage oldest = null;
    int bytes = 2;
    boolean cut = false;
    for (StoredMessage message : page.messages().reversed()) {
      boolean own = message.senderId() == viewerId;
      ObjectNode json = json(message, own ? viewer : peer, own ? peer : viewer);
      bytes += Json.bytes(json).length + 1;
      if (bytes > MAX_LIST_BYTES && !newestFirst.isEmpty()) {
        cut = true;
        break;
      }
      newestFirst.add(json);
      oldest = message;
    }
    ObjectNode reply = Json.object();
    reply.put("Complete", page.complete() && !cut ? 1 : 0);
    reply.put("MsgCnt", newestFirst.size());
    reply.put("LastMsgTime", oldest == null ? 0 : oldest.time());
    reply.put("LastMsgKey", oldest == null ? "" : oldest.key().toString());
    reply.putArray("MsgList").addAll(newestFirst.reversed());
    return RestReply.ok(reply);
  }

  /** Recalled messages keep their body here: an administrator may see what was recalled. */
  private static ObjectNode json(StoredMessage message, String from, String to) {
    ObjectNode json = Json.object();
    json.put("From_Account", from);
    json.put("To_Account", to);
    json.put("MsgSeq", message.msgSeq());
    json.put("MsgRandom", message.random());
    json.put("MsgTimeStamp", message.time());
    json.put("MsgClientTime", message.time());
    json.put("MsgFlagBits", message.has(MessageFlags.RECALLED) ? RECALLED_BITS : 0);
    json.put("IsPeerRead", message.has(MessageFlags.RECEIPT_GIVEN) ? 1 : 0);
    json.put("MsgKey", message.key().toString());
    json.putRawValue(
        "MsgBody", new RawValue(new String(message.body().elements(), StandardCharsets.UTF_8)));
    json.put("CloudCustomData", message.body().cloudCustomData().orElse(""));
    return json;
  }
}
