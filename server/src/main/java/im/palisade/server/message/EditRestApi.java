package im.palisade.server.message;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import im.palisade.server.account.Account;
import im.palisade.server.account.AccountService;
import im.palisade.server.audit.AuditDeclaration;
import im.palisade.server.message.MessageEdits.Replacement;
import im.palisade.server.protocol.ErrorCode;
import im.palisade.server.protocol.ImException;
import im.palisade.server.protocol.Json;
import im.palisade.server.rest.Endpoint;
import im.palisade.server.rest.Family;
import im.palisade.server.rest.Field;
import im.palisade.server.rest.Fields;
import im.palisade.server.rest.RestCall;
import im.palisade.server.rest.RestReply;
import im.palisade.server.rest.Shape;
import im.palisade.server.store.StoreException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Changing stored one-to-one messages through REST (rest-messages B5, B6, B9, B10). */
public final class EditRestApi {
  private static final Logger log = LoggerFactory.getLogger(EditRestApi.class);
  private static final String SERVICE = "openim";
  private static final int MAX_KEYS = 30;
  private static final int MAX_TEXT = 1 << 20;

  private static final Field<String> FROM_ACCOUNT = from("From_Account", "sender");
  private static final Field<String> TO_ACCOUNT = to("To_Account", "recipient");
  private static final Field<String> OPERATOR = from("Operator_Account", "whose side it is");
  private static final Field<String> PEER = to("Peer_Account", "the other party");
  private static final Field<String> MSG_KEY =
      Field.text("MsgKey", MAX_TEXT, "key of the message")
          .whenWrong(ErrorCode.MSG_KEY_INVALID)
          .required(ErrorCode.MSG_KEY_INVALID);
  private static final Field<List<String>> MSG_KEYS =
      Field.list("MsgKeyList", new Shape.Text(0, MAX_TEXT), 1, MAX_KEYS, "keys of the messages")
          .required();
  private static final Field<String> ITEM_FROM =
      Field.text("From_Account", MAX_TEXT, "sender, the peer").required();
  private static final Field<String> ITEM_TO =
      Field.text("To_Account", MAX_TEXT, "recipient, the operator").required();
  private static final Field<List<Fields>> MESSAGES =
      Field.objects(
              "C2CMsgInfo",
              1,
              MAX_KEYS,
              List.of(ITEM_FROM, ITEM_TO, MSG_KEY),
              "messages that were read")
          .required();
  private static final Field<JsonNode> MSG_BODY =
      Field.raw("MsgBody", "elements that replace the message's");
  private static final Field<String> CUSTOM_DATA =
      Field.text("CloudCustomData", MAX_TEXT, "replaces the message's");

  private final MessageEdits edits;
  private final AccountService accounts;

  public EditRestApi(MessageEdits edits, AccountService accounts) {
    this.edits = edits;
    this.accounts = accounts;
  }

  /** The endpoints. */
  public List<Endpoint> endpoints() {
    return List.of(
        Endpoint.of(SERVICE, "admin_msgwithdraw", Family.MESSAGE)
            .meaning("Recalls a message for both sides")
            .fields(FROM_ACCOUNT, TO_ACCOUNT, MSG_KEY)
            .handledBy(AuditDeclaration.records("message.recall"), this::recall),
        Endpoint.of(SERVICE, "delete_c2c_msg_ramble", Family.MESSAGE)
            .meaning("Deletes messages from one side's history")
            .fields(OPERATOR, PEER, MSG_KEYS)
            .handledBy(AuditDeclaration.records("message.delete"), this::delete),
        Endpoint.of(SERVICE, "c2c_msg_read_receipt", Family.MESSAGE)
            .meaning("Gives read receipts for messages that asked for them")
            .fields(OPERATOR, PEER, MESSAGES)
            .handledBy(AuditDeclaration.records("message.modify"), this::receipt),
        Endpoint.of(SERVICE, "modify_c2c_msg", Family.MESSAGE)
            .meaning("Replaces a stored message's content")
            .fields(FROM_ACCOUNT, TO_ACCOUNT, MSG_KEY, MSG_BODY, CUSTOM_DATA)
            .handledBy(AuditDeclaration.records("message.modify"), this::modify));
  }

  private RestReply recall(RestCall call) {
    String from = call.get(FROM_ACCOUNT);
    String to = call.get(TO_ACCOUNT);
    MsgKey key = key(call.get(MSG_KEY));
    Account sender = account(call, from, ErrorCode.FROM_ACCOUNT_INVALID);
    Account recipient = account(call, to, ErrorCode.TO_ACCOUNT_INVALID);
    edits.recall(call.app(), sender, recipient, key, call.cause());
    return RestReply.ok();
  }

  private RestReply delete(RestCall call) {
    String operator = call.get(OPERATOR);
    String peer = call.get(PEER);
    Set<MsgKey> keys = new LinkedHashSet<>();
    List<String> malformed = new ArrayList<>();
    for (String text : call.get(MSG_KEYS)) {
      MsgKey.parse(text).ifPresentOrElse(keys::add, () -> malformed.add(text));
    }
    Account side = account(call, operator, ErrorCode.FROM_ACCOUNT_INVALID);
    Account other = account(call, peer, ErrorCode.TO_ACCOUNT_INVALID);
    try {
      edits.deleteForOne(call.app(), side, other, keys, call.cause());
    } catch (StoreException e) {
      log.error("request {}: messages not deleted", call.requestId(), e);
      throw e.refusal(ErrorCode.HISTORY_DELETION_FAILED, ErrorCode.HISTORY_DELETION_FAILED);
    }
    ObjectNode reply = Json.object();
    if (!malformed.isEmpty()) {
      ArrayNode invalid = reply.putArray("InvalidMsgKeyList");
      malformed.forEach(invalid::add);
    }
    return RestReply.ok(reply);
  }

  private RestReply receipt(RestCall call) {
    String operator = call.get(OPERATOR);
    String peer = call.get(PEER);
    Set<MsgKey> keys = new LinkedHashSet<>();
    for (Fields each : call.get(MESSAGES)) {
      if (!each.get(ITEM_FROM).equals(peer) || !each.get(ITEM_TO).equals(operator)) {
        throw new ImException(
            ErrorCode.BODY_NOT_JSON, "a message is not from Peer_Account to Operator_Account");
      }
      keys.add(key(each.get(MSG_KEY)));
    }
    Account reader = account(call, operator, ErrorCode.FROM_ACCOUNT_INVALID);
    Account sender = account(call, peer, ErrorCode.TO_ACCOUNT_INVALID);
    edits.receipt(call.app(), reader, sender, keys, call.cause());
    return RestReply.ok();
  }

  private RestReply modify(RestCall call) {
    String from = call.get(FROM_ACCOUNT);
    String to = call.get(TO_ACCOUNT);
    MsgKey key = key(call.get(MSG_KEY));
    Optional<JsonNode> elements = call.find(MSG_BODY);
    Optional<String> custom = call.find(CUSTOM_DATA);
    if (elements.isEmpty() && custom.isEmpty()) {
      throw new ImException(
          ErrorCode.MSG_BODY_MALFORMED, "neither MsgBody nor CloudCustomData is there");
    }
    Optional<MessageBody> body =
        elements.map(
            present ->
                MessageBody.of(
                    present,
                    custom,
                    call.app().settings().maxMessageBytes(),
                    ErrorCode.MESSAGE_TOO_LONG_REST,
                    call.app().settings().strictMedia()));
    Account recipient = account(call, to, ErrorCode.TO_ACCOUNT_NOT_FOUND);
    Account sender = account(call, from, ErrorCode.FROM_ACCOUNT_NOT_FOUND);
    edits.modify(call.app(), sender, recipient, key, new Replacement(body, custom), call.cause());
    return RestReply.ok().withErrorInfo("succeed");
  }

  private Account account(RestCall call, String userId, ErrorCode whenUnknown) {
    return accounts
        .find(call.app(), userId)
        .orElseThrow(() -> new ImException(whenUnknown, "unknown account"));
  }

  private static MsgKey key(String text) {
    return MsgKey.parse(text).orElseThrow(() -> new ImException(ErrorCode.MSG_KEY_INVALID));
  }

  private static Field<String> from(String name, String meaning) {
    return Field.text(name, MAX_TEXT, meaning)
        .whenWrong(ErrorCode.FROM_ACCOUNT_INVALID)
        .required(ErrorCode.FROM_ACCOUNT_INVALID);
  }

  private static Field<String> to(String name, String meaning) {
    return Field.text(name, MAX_TEXT, meaning)
        .whenWrong(ErrorCode.TO_ACCOUNT_INVALID)
        .required(ErrorCode.TO_ACCOUNT_INVALID);
  }
}
