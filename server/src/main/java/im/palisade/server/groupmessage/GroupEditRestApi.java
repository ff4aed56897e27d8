package im.palisade.server.groupmessage;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import im.palisade.server.account.Account;
import im.palisade.server.account.AccountService;
import im.palisade.server.audit.AuditDeclaration;
import im.palisade.server.message.MessageBody;
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
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Changing stored group messages through REST (rest-groups C3, C4, C6, C7). */
final class GroupEditRestApi {
  private static final String SERVICE = "group_open_http_svc";
  private static final int MAX_RECALLED = 10;
  private static final int MAX_REASON = 100;

  private static final Field<List<Fields>> SEQS = GroupFields.seqs(MAX_RECALLED);
  private static final Field<String> REASON =
      Field.text("Reason", MAX_REASON, "told to the members").defaultsTo("");
  private static final Field<String> SENDER =
      Field.text("Sender_Account", GroupFields.MAX_TEXT, "whose messages").required();
  private static final Field<Long> MSG_SEQ =
      Field.u32("MsgSeq", "sequence of the message")
          .whenWrong(ErrorCode.BODY_NOT_JSON)
          .required(ErrorCode.BODY_NOT_JSON);
  private static final Field<JsonNode> MSG_BODY =
      Field.raw("MsgBody", "elements that replace the message's");
  private static final Field<String> CUSTOM_DATA =
      Field.text("CloudCustomData", GroupFields.MAX_TEXT, "replaces the message's");
  private static final Field<Long> UP_TO =
      Field.u32("MsgSeq", "the last that is hidden; everything when absent");

  private final GroupEdits edits;
  private final Places places;
  private final AccountService accounts;

  GroupEditRestApi(GroupEdits edits, Places places, AccountService accounts) {
    this.edits = edits;
    this.places = places;
    this.accounts = accounts;
  }

  List<Endpoint> endpoints() {
    return List.of(
        Endpoint.of(SERVICE, "group_msg_recall", Family.GROUP)
            .meaning("Recalls group messages")
            .fields(GroupFields.GROUP_ID, SEQS, GroupFields.TOPIC_ID, REASON)
            .handledBy(AuditDeclaration.records("message.recall"), this::recall),
        Endpoint.of(SERVICE, "delete_group_msg_by_sender", Family.GROUP)
            .meaning("Recalls what one account has sent among the last 1,000 messages")
            .fields(GroupFields.GROUP_ID, SENDER, GroupFields.TOPIC_ID)
            .handledBy(AuditDeclaration.records("message.recall"), this::deleteBySender),
        Endpoint.of("openim", "modify_group_msg", Family.MESSAGE)
            .meaning("Replaces a stored group message's content")
            .fields(GroupFields.GROUP_ID, MSG_SEQ, MSG_BODY, CUSTOM_DATA, GroupFields.TOPIC_ID)
            .handledBy(AuditDeclaration.records("message.modify"), this::modify),
        Endpoint.of(SERVICE, "clear_group_msg", Family.GROUP)
            .meaning("Hides a group's history from clients")
            .fields(GroupFields.GROUP_ID, UP_TO)
            .handledBy(AuditDeclaration.records("conversation.clear"), this::clear));
  }

  private RestReply recall(RestCall call) {
    List<Long> seqs = GroupFields.seqs(call, SEQS);
    String reason = call.get(REASON);
    Place place = GroupFields.place(call, places);
    Map<Long, Integer> codes =
        edits.recall(
            call.app(),
            place,
            GroupFields.distinct(seqs),
            call.administrator().userId(),
            reason,
            call.cause());
    ObjectNode reply = Json.object();
    ArrayNode results = reply.putArray("RecallRetList");
    seqs.forEach(seq -> results.addObject().put("MsgSeq", seq).put("RetCode", codes.get(seq)));
    return RestReply.ok(reply);
  }

  private RestReply deleteBySender(RestCall call) {
    String userId = call.get(SENDER);
    Place place = GroupFields.place(call, places);
    Account sender = GroupFields.account(call, accounts, userId);
    edits.recallAllOf(call.app(), place, sender, call.cause());
    return RestReply.ok();
  }

  private RestReply modify(RestCall call) {
    long seq = call.get(MSG_SEQ);
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
                    ErrorCode.MESSAGE_TOO_LONG,
                    call.app().settings().strictMedia()));
    Place place = GroupFields.place(call, places);
    edits.modify(call.app(), place, seq, new Replacement(body, custom), call.cause());
    return RestReply.ok().withErrorInfo("succeed");
  }

  private RestReply clear(RestCall call) {
    Optional<Long> upTo = call.find(UP_TO);
    Place place = places.named(call.app(), call.get(GroupFields.GROUP_ID), Optional.empty());
    edits.clear(call.app(), place, upTo, call.cause());
    return RestReply.ok();
  }
}
