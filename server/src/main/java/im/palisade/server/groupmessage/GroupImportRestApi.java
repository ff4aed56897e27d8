package im.palisade.server.groupmessage;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import im.palisade.server.account.Account;
import im.palisade.server.account.AccountService;
import im.palisade.server.audit.AuditDeclaration;
import im.palisade.server.groupmessage.GroupImports.Imported;
import im.palisade.server.groupmessage.GroupImports.Importer;
import im.palisade.server.message.ImportListener;
import im.palisade.server.message.MessageBody;
import im.palisade.server.message.MessageService;
import im.palisade.server.message.Receipt;
import im.palisade.server.message.RestSends;
import im.palisade.server.protocol.ErrorCode;
import im.palisade.server.protocol.ImException;
import im.palisade.server.protocol.Json;
import im.palisade.server.rest.Endpoint;
import im.palisade.server.rest.Family;
import im.palisade.server.rest.Field;
import im.palisade.server.rest.Fields;
import im.palisade.server.rest.RestCall;
import im.palisade.server.rest.RestReply;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;

/** Importing group messages of another system (rest-groups-advanced J3). */
final class GroupImportRestApi {
  private static final int MOST = 20;

  private static final Field<String> FROM_ACCOUNT =
      Field.text("From_Account", GroupFields.MAX_TEXT, "sender").required();
  private static final Field<Long> SEND_TIME =
      Field.u32("SendTime", "UNIX seconds, not before the message in front").required();
  private static final Field<Long> RANDOM = Field.u32("Random", "key against duplicates");
  private static final Field<JsonNode> MSG_BODY =
      Field.raw("MsgBody", "message elements").required();
  private static final Field<List<Fields>> MESSAGES =
      Field.objects(
              "MsgList",
              1,
              MOST,
              List.of(FROM_ACCOUNT, SEND_TIME, RANDOM, MSG_BODY),
              "messages, in ascending order of their times")
          .required();
  private static final Field<Integer> RECENT_CONTACT =
      Field.integer("RecentContactFlag", 0, 1, "1 refreshes the members' conversation lists")
          .defaultsTo(0);

  private final GroupImports imports;
  private final ImportListener listeners;
  private final Places places;
  private final AccountService accounts;
  private final Clock clock;

  GroupImportRestApi(
      GroupImports imports,
      Places places,
      AccountService accounts,
      ImportListener listeners,
      Clock clock) {
    this.listeners = listeners;
    this.imports = imports;
    this.places = places;
    this.accounts = accounts;
    this.clock = clock;
  }

  List<Endpoint> endpoints() {
    return List.of(
        Endpoint.of("group_open_http_svc", "import_group_msg", Family.GROUP)
            .meaning("Imports messages of another system into a group")
            .fields(GroupFields.GROUP_ID, MESSAGES, RECENT_CONTACT, GroupFields.TOPIC_ID)
            .handledBy(AuditDeclaration.records("message.import"), this::importMessages));
  }

  /** A message on its way, or why it is not. */
  private record Item(long time, int code, CompletableFuture<Receipt> receipt) {}

  private record Checked(Optional<MessageBody> body, int code) {}

  private RestReply importMessages(RestCall call) {
    List<Fields> list = call.get(MESSAGES);
    boolean recent = call.get(RECENT_CONTACT) == 1;
    Place place = GroupFields.place(call, places);
    long[] span = imports.span(call.app(), place);
    boolean listed = recent && !place.group().type().isCommunity();
    Importer importer =
        new Importer(call.administrator().accountId(), call.requestId(), call.cause());
    List<Checked> bodies = list.stream().map(each -> body(call, each)).toList();
    List<Item> items = new ArrayList<>();
    for (int i = 0; i < list.size(); i++) {
      Item item = offer(call, place, list.get(i), bodies.get(i), span, listed, importer);
      if (item.code() == 0) {
        span[0] = item.time();
      }
      items.add(item);
    }
    ObjectNode reply = Json.object();
    ArrayNode results = reply.putArray("ImportMsgResult");
    boolean any = false;
    for (Item item : items) {
      int code = item.code();
      long seq = 0;
      if (code == 0) {
        try {
          seq = RestSends.await(call, clock, item.receipt()).seq();
          any = true;
        } catch (ImException e) {
          code = e.code();
        } finally {
          // Also when the outcome is unknown: it may have been stored.
          listeners.imported(call.app(), item.time());
        }
      }
      results.addObject().put("MsgSeq", seq).put("MsgTime", item.time()).put("Result", code);
    }
    if (any) {
      imports.allRead(call.app(), place);
    }
    return RestReply.ok(reply);
  }

  /** A body, or why the message is too long; what is malformed refuses the request. */
  private static Checked body(RestCall call, Fields each) {
    try {
      MessageBody body = GroupBodies.of(call.app(), each.get(MSG_BODY), Optional.empty());
      return new Checked(Optional.of(body), 0);
    } catch (ImException e) {
      if (e.code() != ErrorCode.MESSAGE_TOO_LONG.number()) {
        throw e;
      }
      return new Checked(Optional.empty(), e.code());
    }
  }

  private Item offer(
      RestCall call,
      Place place,
      Fields each,
      Checked checked,
      long[] span,
      boolean listed,
      Importer importer) {
    long time = each.get(SEND_TIME);
    CompletableFuture<Receipt> receipt = new CompletableFuture<>();
    if (checked.body().isEmpty()) {
      return new Item(time, checked.code(), receipt);
    }
    try {
      if (time < span[0] || time > span[1]) {
        throw new ImException(ErrorCode.GROUP_INVALID_PARAMETER, "SendTime is out of range");
      }
      Account sender = GroupFields.account(call, accounts, each.get(FROM_ACCOUNT));
      listeners.imported(call.app(), time);
      imports.take(
          call.app(),
          place,
          new Imported(
              sender,
              time,
              each.find(RANDOM).map(OptionalLong::of).orElse(OptionalLong.empty()),
              checked.body().get()),
          listed,
          importer,
          new MessageService.Answer() {
            @Override
            public void sent(Receipt answer) {
              receipt.complete(answer);
            }

            @Override
            public void refused(ImException reason) {
              receipt.completeExceptionally(reason);
            }
          });
    } catch (ImException e) {
      return new Item(time, e.code(), receipt);
    }
    return new Item(time, 0, receipt);
  }
}
