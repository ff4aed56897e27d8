package im.palisade.server.groupmessage;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import im.palisade.server.account.Account;
import im.palisade.server.account.AccountService;
import im.palisade.server.audit.AuditDeclaration;
import im.palisade.server.groupmessage.GroupSends.Author;
import im.palisade.server.message.Announced;
import im.palisade.server.message.GroupNote;
import im.palisade.server.message.GroupRef;
import im.palisade.server.message.OutgoingMessage.Door;
import im.palisade.server.message.Priority;
import im.palisade.server.message.Receipt;
import im.palisade.server.message.RestSends;
import im.palisade.server.message.SendSummary;
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
import java.time.Clock;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/** Sending into groups through REST (rest-groups C1, C2). */
final class GroupSendRestApi {
  private static final String SERVICE = "group_open_http_svc";
  private static final int MAX_NOTIFIED = 500;
  private static final int MAX_CONTENT = 12_288;
  private static final int ANY = 10_000;

  private static final Field<Long> RANDOM =
      Field.u32("Random", "the sender's key against duplicates within 5 minutes").required();
  private static final Field<JsonNode> MSG_BODY = Field.raw("MsgBody", "message elements");
  private static final Field<String> FROM_ACCOUNT =
      Field.text("From_Account", GroupFields.MAX_TEXT, "displayed sender; the caller when absent");
  private static final Field<String> PRIORITY =
      Field.word(
              "MsgPriority",
              Arrays.stream(Priority.values()).map(Priority::wireName).toList(),
              "who survives a short budget")
          .defaultsTo(Priority.NORMAL.wireName());
  private static final Field<JsonNode> OFFLINE_PUSH = Field.raw("OfflinePushInfo", "push settings");
  private static final Field<List<String>> FORBID_CALLBACK =
      words("ForbidCallbackControl", "webhooks this message does not fire");
  private static final Field<List<String>> SEND_CONTROL =
      words("SendMsgControl", "NoUnread, NoLastMsg");
  private static final Field<Integer> ONLINE_ONLY =
      flag("OnlineOnlyFlag", "above 0: only those online, nothing stored")
          .alias("MsgOnlineOnlyFlag");
  private static final Field<String> CUSTOM_DATA =
      Field.text("CloudCustomData", GroupFields.MAX_TEXT, "kept with the message")
          .alias("cloudCustomData");
  private static final Field<Integer> EXTENSIBLE =
      flag("SupportMessageExtension", "1 allows message extensions");
  private static final Field<Integer> NEED_RECEIPT =
      flag("NeedReadReceipt", "1 asks for read receipts");
  private static final Field<List<String>> TO_ACCOUNT =
      Field.list(
              "To_Account",
              new Shape.Text(0, GroupFields.MAX_TEXT),
              0,
              Draft.MAX_RECEIVERS,
              "the only receivers")
          .orOne()
          .defaultsTo(List.of());
  private static final Field<Integer> AT_ALL =
      Field.integer("GroupAtAllFlag", 0, 1, "1 mentions everybody").required();
  private static final Field<String> AT_ACCOUNT =
      Field.text("GroupAt_Account", GroupFields.MAX_TEXT, "who is mentioned");
  private static final Field<List<Fields>> AT_INFO =
      Field.objects("GroupAtInfo", 0, ANY, List.of(AT_ALL, AT_ACCOUNT), "mentions, in their order")
          .defaultsTo(List.of());

  private static final Field<String> CONTENT =
      Field.of("Content", new Shape.Text(1, MAX_CONTENT), "what is notified").required();
  private static final Field<List<String>> TO_MEMBERS =
      Field.list(
              "ToMembers_Account",
              new Shape.Text(0, GroupFields.MAX_TEXT),
              0,
              MAX_NOTIFIED,
              "whom to notify; everybody when empty")
          .whenTooMany(ErrorCode.GROUP_TOO_MANY_ACCOUNTS)
          .defaultsTo(List.of());

  private final GroupSends sends;
  private final GroupNotifications notifications;
  private final Places places;
  private final AccountService accounts;
  private final SendSummary summary;
  private final Clock clock;

  GroupSendRestApi(
      GroupSends sends,
      GroupNotifications notifications,
      Places places,
      AccountService accounts,
      SendSummary summary,
      Clock clock) {
    this.sends = sends;
    this.notifications = notifications;
    this.places = places;
    this.accounts = accounts;
    this.summary = summary;
    this.clock = clock;
  }

  List<Endpoint> endpoints() {
    return List.of(
        Endpoint.of(SERVICE, "send_group_msg", Family.GROUP)
            .meaning("Sends one message into a group")
            .fields(
                GroupFields.GROUP_ID,
                RANDOM,
                MSG_BODY,
                FROM_ACCOUNT,
                PRIORITY,
                OFFLINE_PUSH,
                FORBID_CALLBACK,
                ONLINE_ONLY,
                SEND_CONTROL,
                CUSTOM_DATA,
                EXTENSIBLE,
                NEED_RECEIPT,
                TO_ACCOUNT,
                AT_INFO,
                GroupFields.TOPIC_ID)
            .handledBy(AuditDeclaration.records("message.sent_as_other"), this::send),
        Endpoint.of(SERVICE, "send_group_system_notification", Family.GROUP)
            .meaning("Notifies connected members of a group")
            .fields(GroupFields.GROUP_ID, CONTENT, TO_MEMBERS, GroupFields.TOPIC_ID)
            .handledBy(AuditDeclaration.records("rest.call"), this::notifyMembers));
  }

  private RestReply send(RestCall call) {
    List<String> forbidden = call.get(FORBID_CALLBACK);
    Announced announced =
        new Announced(
            call.origin(),
            !forbidden.contains("ForbidBeforeSendMsgCallback"),
            !forbidden.contains("ForbidAfterSendMsgCallback"));
    List<String> controls = call.get(SEND_CONTROL);
    long random = call.get(RANDOM);
    String from = call.find(FROM_ACCOUNT).orElse(call.administrator().userId());
    Priority priority = Priority.of(call.get(PRIORITY)).orElseThrow();
    List<String> mentions = mentions(call);
    List<String> to = List.copyOf(new LinkedHashSet<>(call.get(TO_ACCOUNT)));
    boolean onlineOnly = call.get(ONLINE_ONLY) > 0;
    boolean extensible = call.get(EXTENSIBLE) == 1;
    boolean needsReceipt = call.get(NEED_RECEIPT) == 1;
    Supplier<Draft> drafts =
        () ->
            new Draft(
                GroupBodies.of(
                    call.app(),
                    call.find(MSG_BODY).orElse(MissingNode.getInstance()),
                    call.find(CUSTOM_DATA)),
                random,
                priority,
                onlineOnly,
                controls.contains("NoUnread"),
                controls.contains("NoLastMsg"),
                needsReceipt,
                extensible,
                to,
                mentions,
                GroupBodies.offlinePush(call.find(OFFLINE_PUSH)));
    Place place =
        sends.directed(
            call.app(),
            new GroupRef(call.get(GroupFields.GROUP_ID), "", call.find(GroupFields.TOPIC_ID)),
            from,
            drafts,
            announced,
            () -> GroupFields.place(call, places));
    Account sender = GroupFields.account(call, accounts, from);
    Draft draft = drafts.get();
    boolean own = sender.id() == call.administrator().accountId();
    Waiting waiting = new Waiting();
    sends.send(
        call.app(),
        place,
        sender,
        own ? Author.APP : Author.APP_FOR_ACCOUNT,
        new Door.Rest(call.administrator().accountId(), call.requestId(), announced),
        draft,
        waiting);
    Optional<Receipt> receipt =
        waiting.dropped ? Optional.empty() : Optional.of(await(call, waiting));
    summary.count(call, SERVICE + "/send_group_msg", !own, receipt.isPresent() ? 1 : 0);
    ObjectNode reply = Json.object();
    reply.put("MsgTime", receipt.map(Receipt::time).orElse(waiting.time));
    reply.put("MsgSeq", receipt.map(Receipt::seq).orElse(0L));
    if (receipt.isEmpty()) {
      reply.put("MsgDropReason", "MsgFreqCtrl");
    }
    return RestReply.ok(reply);
  }

  private Receipt await(RestCall call, Waiting waiting) {
    try {
      return RestSends.await(call, clock, waiting.receipt);
    } catch (ImException e) {
      // What the one-to-one family says of a timeout, in this family's numbers.
      boolean internal =
          e.code() == ErrorCode.MESSAGE_TIMEOUT.number()
              || e.code() == ErrorCode.MESSAGE_RETRY.number()
              || e.code() == ErrorCode.MESSAGE_FAILED.number();
      throw internal ? new ImException(ErrorCode.GROUP_INTERNAL, e.info()) : e;
    }
  }

  private RestReply notifyMembers(RestCall call) {
    String content = call.get(CONTENT);
    List<String> to = call.get(TO_MEMBERS);
    Place place = GroupFields.place(call, places);
    notifications.send(call.app(), place, call.administrator().userId(), content, to, call.cause());
    return RestReply.ok();
  }

  private static List<String> mentions(RestCall call) {
    return call.get(AT_INFO).stream()
        .map(
            each ->
                each.get(AT_ALL) == 1
                    ? GroupNote.EVERYBODY
                    : each.find(AT_ACCOUNT)
                        .orElseThrow(
                            () ->
                                new ImException(
                                    ErrorCode.GROUP_INVALID_PARAMETER,
                                    "GroupAt_Account is missing")))
        .toList();
  }

  private static Field<Integer> flag(String name, String meaning) {
    return Field.integer(name, Integer.MIN_VALUE, Integer.MAX_VALUE, meaning).defaultsTo(0);
  }

  private static Field<List<String>> words(String name, String meaning) {
    return Field.list(name, new Shape.Text(0, GroupFields.MAX_TEXT), 0, ANY, meaning)
        .defaultsTo(List.of());
  }

  /** A call waits for its message; what waits is filled in by whoever answers first. */
  private static final class Waiting implements GroupSends.Answer {
    private final CompletableFuture<Receipt> receipt = new CompletableFuture<>();

    /** Only ever set on the call's own thread, before {@code send} returns. */
    private boolean dropped;

    private long time;

    @Override
    public void sent(Receipt answer) {
      receipt.complete(answer);
    }

    @Override
    public void refused(ImException reason) {
      receipt.completeExceptionally(reason);
    }

    @Override
    public void dropped(long when) {
      dropped = true;
      time = when;
    }
  }
}
