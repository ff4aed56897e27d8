package im.palisade.server.groupmessage;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import im.palisade.server.account.Account;
import im.palisade.server.account.AccountService;
import im.palisade.server.audit.AuditDeclaration;
import im.palisade.server.group.Group;
import im.palisade.server.group.GroupService;
import im.palisade.server.groupmessage.GroupReceipts.Counts;
import im.palisade.server.groupmessage.GroupReceipts.Page;
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

/** Read positions and receipts through REST (rest-groups C8, rest-groups-advanced Part G). */
final class GroupReadRestApi {
  private static final String SERVICE = "group_open_http_svc";
  private static final int MAX_SEQS = 50;
  private static final int MAX_READERS = 200;
  private static final String END = "0";

  private static final Field<String> MEMBER =
      Field.text("Member_Account", GroupFields.MAX_TEXT, "a member").required();
  private static final Field<Long> UNREAD =
      Field.u32("UnreadMsgNum", "how many messages are to be unread").required();
  private static final Field<String> FROM_ACCOUNT =
      Field.text("From_Account", GroupFields.MAX_TEXT, "the reader, a member").required();
  private static final Field<List<Fields>> SEQS = GroupFields.seqs(MAX_SEQS);
  private static final Field<Long> MSG_SEQ =
      Field.u32("MsgSeq", "sequence of the message").required();
  private static final Field<Integer> FILTER =
      Field.integer("Filter", 0, 1, "0: who has read it, 1: who has not").alias("Flag").required();
  private static final Field<String> CURSOR =
      Field.text("Cursor", GroupFields.MAX_TEXT, "empty at first, then as returned").required();
  private static final Field<Integer> COUNT =
      Field.integer("Count", 1, Integer.MAX_VALUE, "at most 200 come").alias("Num").required();

  private final GroupReads reads;
  private final GroupReceipts receipts;
  private final GroupService groups;
  private final AccountService accounts;

  GroupReadRestApi(
      GroupReads reads, GroupReceipts receipts, GroupService groups, AccountService accounts) {
    this.reads = reads;
    this.receipts = receipts;
    this.groups = groups;
    this.accounts = accounts;
  }

  List<Endpoint> endpoints() {
    return List.of(
        Endpoint.of(SERVICE, "set_unread_msg_num", Family.GROUP)
            .meaning("Sets how many messages a member has not read")
            .fields(GroupFields.GROUP_ID, MEMBER, UNREAD)
            .handledBy(AuditDeclaration.records("user.update"), this::setUnread),
        Endpoint.of(SERVICE, "group_msg_receipt", Family.GROUP)
            .meaning("Gives a member's receipts for messages that asked for them")
            .fields(GroupFields.GROUP_ID, FROM_ACCOUNT, SEQS)
            .handledBy(AuditDeclaration.records("message.modify"), this::give),
        Endpoint.of(SERVICE, "get_group_msg_receipt", Family.GROUP)
            .meaning("Counts who has read messages that asked for receipts")
            .fields(GroupFields.GROUP_ID, SEQS)
            .handledBy(
                AuditDeclaration.none("tells how many have read messages, no content"),
                this::counts),
        Endpoint.of(SERVICE, "get_group_msg_receipt_detail", Family.GROUP)
            .meaning("Lists who has read a message, or who has not")
            .fields(GroupFields.GROUP_ID, MSG_SEQ, FILTER, CURSOR, COUNT)
            .handledBy(AuditDeclaration.records("content.read"), this::readers));
  }

  private RestReply setUnread(RestCall call) {
    String userId = call.get(MEMBER);
    long unread = call.get(UNREAD);
    Group group = group(call);
    Account member = GroupFields.account(call, accounts, userId);
    reads.setUnread(call.app(), group, member, unread, call.cause());
    return RestReply.ok();
  }

  private RestReply give(RestCall call) {
    String userId = call.get(FROM_ACCOUNT);
    List<Long> seqs = GroupFields.distinct(GroupFields.seqs(call, SEQS));
    Group group = group(call);
    Account reader = GroupFields.account(call, accounts, userId);
    receipts.give(call.app(), group, reader, seqs, call.cause());
    return RestReply.ok();
  }

  private RestReply counts(RestCall call) {
    List<Long> seqs = GroupFields.seqs(call, SEQS);
    Group group = group(call);
    Map<Long, Counts> counts = receipts.counts(call.app(), group, GroupFields.distinct(seqs));
    ObjectNode reply = Json.object();
    ArrayNode list = reply.putArray("GroupMsgReceiptList");
    for (long seq : seqs) {
      Counts found = counts.get(seq);
      list.addObject()
          .put("MsgSeq", seq)
          .put("Code", found == null ? ErrorCode.GROUP_RECEIPT_NONE.number() : 0)
          .put("ReadNum", found == null ? 0 : found.read())
          .put("UnreadNum", found == null ? 0 : found.unread());
    }
    return RestReply.ok(reply);
  }

  private RestReply readers(RestCall call) {
    long seq = call.get(MSG_SEQ);
    boolean read = call.get(FILTER) == 0;
    long after = after(call.get(CURSOR));
    int limit = Math.min(call.get(COUNT), MAX_READERS);
    Group group = group(call);
    Page page = receipts.readers(call.app(), group, seq, read, after, limit, call.cause());
    ObjectNode reply = Json.object().put("MsgSeq", seq);
    ArrayNode list = reply.putArray(read ? "ReadList" : "UnreadList");
    page.userIds()
        .forEach(userId -> list.addObject().put(read ? "Read_Account" : "Unread_Account", userId));
    int finished = page.next() == 0 ? 1 : 0;
    reply.put("Cursor", finished == 1 ? END : Long.toString(page.next()));
    reply.put("IsFinish", finished).put("IsFinished", finished);
    return RestReply.ok(reply);
  }

  private Group group(RestCall call) {
    return groups.require(call.app(), call.get(GroupFields.GROUP_ID));
  }

  private static long after(String cursor) {
    if (cursor.isEmpty()) {
      return 0;
    }
    try {
      return Long.parseUnsignedLong(cursor);
    } catch (NumberFormatException e) {
      throw new ImException(ErrorCode.GROUP_INVALID_PARAMETER, "Cursor is not one of ours");
    }
  }
}
