package im.palisade.server.message;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import im.palisade.server.account.Account;
import im.palisade.server.account.AccountService;
import im.palisade.server.audit.AuditDeclaration;
import im.palisade.server.conversation.ConversationKeeper;
import im.palisade.server.protocol.ErrorCode;
import im.palisade.server.protocol.ImException;
import im.palisade.server.protocol.Json;
import im.palisade.server.rest.Endpoint;
import im.palisade.server.rest.Family;
import im.palisade.server.rest.Field;
import im.palisade.server.rest.RestCall;
import im.palisade.server.rest.RestReply;
import im.palisade.server.rest.Shape;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/** Read positions and unread counts through REST (rest-messages B7, B8). */
public final class ReadRestApi {
  private static final String SERVICE = "openim";
  private static final int MAX_PEERS = 10;
  private static final int MAX_TEXT = 1 << 20;

  private static final Field<String> REPORTER =
      Field.text("Report_Account", MAX_TEXT, "whose unread is cleared")
          .whenWrong(ErrorCode.FROM_ACCOUNT_INVALID)
          .required(ErrorCode.FROM_ACCOUNT_INVALID);
  private static final Field<String> PEER =
      Field.text("Peer_Account", MAX_TEXT, "the other party")
          .whenWrong(ErrorCode.TO_ACCOUNT_INVALID)
          .required(ErrorCode.TO_ACCOUNT_INVALID);
  private static final Field<Long> READ_TIME =
      Field.whole(
          "MsgReadTime", 0, Long.MAX_VALUE, "messages up to this second are read; now when absent");
  private static final Field<String> USER =
      Field.text("To_Account", MAX_TEXT, "whose unread is asked for")
          .whenWrong(ErrorCode.TO_ACCOUNT_INVALID)
          .required(ErrorCode.TO_ACCOUNT_INVALID);
  private static final Field<List<String>> PEERS =
      Field.list(
              "Peer_Account", new Shape.Text(0, MAX_TEXT), 0, MAX_PEERS, "peers; all when absent")
          .defaultsTo(List.of());

  private final ReadService reads;
  private final AccountService accounts;

  public ReadRestApi(ReadService reads, AccountService accounts) {
    this.reads = reads;
    this.accounts = accounts;
  }

  /** The endpoints. */
  public List<Endpoint> endpoints() {
    return List.of(
        Endpoint.of(SERVICE, "admin_set_msg_read", Family.MESSAGE)
            .meaning("Marks a conversation read for one side")
            .fields(REPORTER, PEER, READ_TIME)
            .handledBy(AuditDeclaration.records("user.update"), this::markRead),
        Endpoint.of(SERVICE, "get_c2c_unread_msg_num", Family.MESSAGE)
            .meaning("Tells how many one-to-one messages an account has not read")
            .fields(USER, PEERS)
            .handledBy(AuditDeclaration.none("reads counts, no content"), this::unread));
  }

  private RestReply markRead(RestCall call) {
    String reporter = call.get(REPORTER);
    String peerId = call.get(PEER);
    OptionalLong time = call.find(READ_TIME).map(OptionalLong::of).orElse(OptionalLong.empty());
    Account reader =
        accounts
            .find(call.app(), reporter)
            .orElseThrow(() -> new ImException(ErrorCode.FROM_ACCOUNT_INVALID, "unknown account"));
    Optional<ConversationKeeper> keeper = reads.keeper(peerId);
    if (keeper.isPresent()) {
      if (!keeper.get().markRead(call.app(), reader, peerId, time, call.cause())) {
        throw new ImException(ErrorCode.TO_ACCOUNT_INVALID, "unknown account");
      }
      return RestReply.ok();
    }
    Account peer =
        accounts
            .find(call.app(), peerId)
            .orElseThrow(() -> new ImException(ErrorCode.TO_ACCOUNT_INVALID, "unknown account"));
    reads.markRead(call.app(), reader, peer, time, call.cause());
    return RestReply.ok();
  }

  private RestReply unread(RestCall call) {
    String user = call.get(USER);
    List<String> peerIds = call.get(PEERS);
    Account account =
        accounts
            .find(call.app(), user)
            .orElseThrow(() -> new ImException(ErrorCode.TO_ACCOUNT_INVALID, "unknown account"));
    ObjectNode reply = Json.object();
    if (peerIds.isEmpty()) {
      return RestReply.ok(reply.put("AllC2CUnreadMsgNum", reads.unread(call.app(), account)));
    }
    Map<String, Optional<Account>> peers = new LinkedHashMap<>();
    peerIds.forEach(peerId -> peers.put(peerId, accounts.find(call.app(), peerId)));
    Map<Account, Integer> unread =
        reads.unread(
            call.app(), account, peers.values().stream().flatMap(Optional::stream).toList());
    peers.forEach(
        (peerId, peer) -> {
          OptionalInt count =
              peer.map(known -> OptionalInt.of(unread.getOrDefault(known, 0)))
                  .or(
                      () ->
                          reads
                              .keeper(peerId)
                              .map(keeper -> keeper.unread(call.app(), account, peerId)))
                  .orElse(OptionalInt.empty());
          count.ifPresentOrElse(
              number ->
                  list(reply, "C2CUnreadMsgNumList")
                      .addObject()
                      .put("Peer_Account", peerId)
                      .put("C2CUnreadMsgNum", number),
              () ->
                  list(reply, "ErrorList")
                      .addObject()
                      .put("Peer_Account", peerId)
                      .put("ErrorCode", ErrorCode.ACCOUNT_NOT_FOUND.number()));
        });
    return RestReply.ok(reply);
  }

  private static ArrayNode list(ObjectNode reply, String name) {
    return reply.withArrayProperty(name);
  }
}
