package im.palisade.server.message;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import im.palisade.server.account.Account;
import im.palisade.server.account.AccountService;
import im.palisade.server.audit.AuditDeclaration;
import im.palisade.server.message.ExtensionPairs.Page;
import im.palisade.server.message.ExtensionPairs.Pair;
import im.palisade.server.message.ExtensionPairs.Result;
import im.palisade.server.message.ExtensionPairs.Wish;
import im.palisade.server.message.ExtensionService.Named;
import im.palisade.server.message.ExtensionService.Operation;
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
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;

/** Message extensions through REST (rest-messages Part C). */
public final class ExtensionRestApi {
  private static final String SERVICE = "openim_msg_ext_http_svc";
  private static final int SET = 1;
  private static final int DELETE = 2;
  private static final int CLEAR = 3;
  private static final int MAX_WISHES = 20;
  private static final int MAX_KEY_BYTES = 100;
  private static final int MAX_VALUE_BYTES = 1000;
  private static final int MAX_TEXT = 1 << 20;
  private static final int MAX_GROUP_ID_BYTES = 48;

  private static final Field<String> FROM_ACCOUNT =
      Field.text("From_Account", MAX_TEXT, "sender of the message; the caller when absent")
          .whenWrong(ErrorCode.GROUP_INVALID_PARAMETER);
  private static final Field<String> TO_ACCOUNT =
      Field.text("To_Account", MAX_TEXT, "recipient of the message").required();
  private static final Field<String> MSG_KEY =
      Field.text("MsgKey", MAX_TEXT, "key of the message").required();
  private static final Field<Long> START_SEQ =
      Field.whole("StartSeq", 0, Long.MAX_VALUE, "0: everything; else entries from it on")
          .defaultsTo(0L);
  private static final Field<Integer> OPERATE_TYPE =
      Field.integer("OperateType", SET, CLEAR, "1: set, 2: delete, 3: clear").required();
  private static final Field<String> KEY =
      Field.of("Key", new Shape.Text(1, MAX_KEY_BYTES), "1 to 100 bytes").required();
  private static final Field<String> VALUE =
      Field.text("Value", MAX_VALUE_BYTES, "at most 1,000 bytes").required();
  private static final Field<JsonNode> SEQ = Field.raw("Seq", "ignored for administrators");
  private static final Field<List<Fields>> EXTENSION_LIST =
      Field.objects("ExtensionList", 1, MAX_WISHES, List.of(KEY, VALUE, SEQ), "pairs").required();
  private static final Field<String> GROUP_ID =
      Field.text("GroupId", MAX_TEXT, "group of the message").required();
  private static final Field<Long> MSG_SEQ =
      Field.u32("MsgSeq", "sequence of the message").required();

  private final ExtensionService extensions;
  private final AccountService accounts;

  public ExtensionRestApi(ExtensionService extensions, AccountService accounts) {
    this.extensions = extensions;
    this.accounts = accounts;
  }

  /** The endpoints. */
  public List<Endpoint> endpoints() {
    AuditDeclaration noGroups = AuditDeclaration.none("there are no groups to read or change yet");
    return List.of(
        Endpoint.of(SERVICE, "get_key_values", Family.GROUP)
            .meaning("Reads the pairs of a one-to-one message")
            .fields(FROM_ACCOUNT, TO_ACCOUNT, MSG_KEY, START_SEQ)
            .handledBy(AuditDeclaration.records("content.read"), this::pull),
        Endpoint.of(SERVICE, "set_key_values", Family.GROUP)
            .meaning("Sets, deletes or clears the pairs of a one-to-one message")
            .fields(FROM_ACCOUNT, TO_ACCOUNT, MSG_KEY, OPERATE_TYPE, EXTENSION_LIST)
            .handledBy(AuditDeclaration.records("message.modify"), this::change),
        Endpoint.of(SERVICE, "group_get_key_values", Family.GROUP)
            .meaning("Reads the pairs of a group message")
            .fields(GROUP_ID, MSG_SEQ, START_SEQ)
            .handledBy(
                noGroups,
                call -> {
                  call.get(GROUP_ID);
                  call.get(MSG_SEQ);
                  call.get(START_SEQ);
                  throw groupRefusal(call);
                }),
        Endpoint.of(SERVICE, "group_set_key_values", Family.GROUP)
            .meaning("Sets, deletes or clears the pairs of a group message")
            .fields(GROUP_ID, MSG_SEQ, OPERATE_TYPE, EXTENSION_LIST)
            .handledBy(
                noGroups,
                call -> {
                  call.get(GROUP_ID);
                  call.get(MSG_SEQ);
                  operation(call);
                  throw groupRefusal(call);
                }));
  }

  private RestReply pull(RestCall call) {
    Page page = extensions.pull(call.app(), named(call), call.get(START_SEQ), call.cause());
    ObjectNode reply = Json.object();
    ArrayNode list = reply.putArray("ExtensionList");
    page.pairs().forEach(pair -> list.add(json(pair)));
    reply.put("CompleteFlag", page.complete() ? 1 : 0);
    reply.put("LatestSeq", page.latestSeq());
    reply.put("ClearSeq", page.clearSeq());
    if (page.prunedSeq() > 0) {
      reply.put("PrunedSeq", page.prunedSeq());
    }
    return RestReply.ok(reply);
  }

  private RestReply change(RestCall call) {
    Named named = named(call);
    List<Result> results = extensions.change(call.app(), named, operation(call), call.cause());
    ObjectNode reply = Json.object();
    ArrayNode list = reply.putArray("ExtensionList");
    for (Result result : results) {
      ObjectNode pair = list.addObject().put("ErrorCode", result.code()).putObject("Extension");
      pair.put("Key", result.pair().key());
      pair.put("Value", result.pair().value());
      pair.put("Seq", result.pair().seq());
    }
    return RestReply.ok(reply);
  }

  private Named named(RestCall call) {
    String from = call.find(FROM_ACCOUNT).orElse(call.administrator().userId());
    String to = call.get(TO_ACCOUNT);
    MsgKey key =
        MsgKey.parse(call.get(MSG_KEY))
            .orElseThrow(
                () -> new ImException(ErrorCode.GROUP_INVALID_PARAMETER, "MsgKey is malformed"));
    return new Named(account(call, from), account(call, to), key);
  }

  private Account account(RestCall call, String userId) {
    return accounts
        .find(call.app(), userId)
        .orElseThrow(() -> new ImException(ErrorCode.GROUP_ACCOUNT_NOT_FOUND));
  }

  private static Operation operation(RestCall call) {
    return switch (call.get(OPERATE_TYPE)) {
      case SET -> new Operation.Set(wishes(call, true));
      case DELETE -> new Operation.Delete(wishes(call, false));
      default -> new Operation.Clear();
    };
  }

  private static List<Wish> wishes(RestCall call, boolean withValues) {
    Set<String> keys = new HashSet<>();
    List<Wish> wishes = new ArrayList<>();
    for (Fields pair : call.get(EXTENSION_LIST)) {
      String key = pair.get(KEY);
      if (!keys.add(key)) {
        throw new ImException(ErrorCode.GROUP_INVALID_PARAMETER, "the same key twice");
      }
      wishes.add(new Wish(key, withValues ? pair.get(VALUE) : "", OptionalLong.empty()));
    }
    return wishes;
  }

  private static ObjectNode json(Pair pair) {
    ObjectNode json =
        Json.object().put("Key", pair.key()).put("Value", pair.value()).put("Seq", pair.seq());
    return pair.deleted() ? json.put("Deleted", 1) : json;
  }

  private static ImException groupRefusal(RestCall call) {
    if (!call.app().settings().messageExtensions()) {
      return new ImException(ErrorCode.GROUP_FEATURE_OFF);
    }
    String id = call.get(GROUP_ID);
    boolean possible =
        !id.isEmpty()
            && id.getBytes(StandardCharsets.UTF_8).length <= MAX_GROUP_ID_BYTES
            && id.chars().allMatch(c -> c >= 0x20 && c < 0x7F);
    return new ImException(possible ? ErrorCode.GROUP_NOT_FOUND : ErrorCode.GROUP_ID_INVALID);
  }
}
