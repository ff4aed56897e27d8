package im.palisade.server.official;

import static im.palisade.server.official.OfficialFields.OFFICIAL_ACCOUNT;
import static im.palisade.server.official.OfficialFields.SERVICE;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import im.palisade.server.audit.AuditDeclaration;
import im.palisade.server.message.Announced;
import im.palisade.server.message.Broadcasts;
import im.palisade.server.message.Broadcasts.Broadcast;
import im.palisade.server.message.Broadcasts.Draft;
import im.palisade.server.message.Broadcasts.Place;
import im.palisade.server.message.MessageBody;
import im.palisade.server.official.PublishingService.Page;
import im.palisade.server.protocol.ErrorCode;
import im.palisade.server.protocol.ImException;
import im.palisade.server.protocol.Json;
import im.palisade.server.rest.Endpoint;
import im.palisade.server.rest.Family;
import im.palisade.server.rest.Field;
import im.palisade.server.rest.RestCall;
import im.palisade.server.rest.RestReply;
import im.palisade.server.rest.Shape;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** What official accounts publish, through REST (rest-conversations-ops I10–I12). */
final class PublishingRestApi {
  private static final int MAX_RECALLED = 10;
  private static final int MAX_PAGE = 20;
  private static final int MAX_TEXT = 1 << 20;

  /** A page's messages stay below this, but there is at least one. */
  private static final int MAX_PAGE_BYTES = 1_000_000;

  private static final int NORMAL_PRIORITY = 2;
  private static final int RECALLED_PLACE = 2;

  /** Faults of a message body, which have numbers of their own elsewhere. */
  private static final Set<Integer> BODY_FAULTS =
      Set.of(
          ErrorCode.MSG_BODY_MALFORMED.number(),
          ErrorCode.MSG_BODY_NOT_ARRAY.number(),
          ErrorCode.MSG_ELEMENT_MALFORMED.number());

  private static final Field<Long> RANDOM =
      Field.u32("Random", "the sender's key against duplicates").required();
  private static final Field<JsonNode> MSG_BODY = Field.raw("MsgBody", "message elements");
  private static final Field<JsonNode> OFFLINE_PUSH = Field.raw("OfflinePushInfo", "push settings");
  private static final Field<List<JsonNode>> FORBID_CALLBACK =
      Field.list(
              "ForbidCallbackControl",
              new Shape.Raw(),
              0,
              100,
              "webhooks this message does not fire")
          .defaultsTo(List.of());
  private static final Field<Boolean> ONLINE_ONLY =
      Field.flag("OnlineOnlyFlag", "1: for online subscribers only, not stored").defaultsTo(false);
  private static final Field<List<JsonNode>> SEND_CONTROL =
      Field.list("SendMsgControl", new Shape.Raw(), 0, 100, "NoLastMsg").defaultsTo(List.of());
  private static final Field<String> CUSTOM_DATA =
      Field.text("CloudCustomData", MAX_TEXT, "kept with the message");
  private static final Field<List<String>> MSG_KEYS =
      Field.list("MsgKeyList", new Shape.Text(0, MAX_TEXT), 1, MAX_RECALLED, "messages to recall")
          .required();
  private static final Field<String> REASON =
      Field.text("Reason", 100, "shown to clients").defaultsTo("");
  private static final Field<Integer> REQ_NUMBER =
      Field.integer("ReqMsgNumber", 1, Integer.MAX_VALUE, "messages to list; 20 an answer at most")
          .required();
  private static final Field<String> LAST_MSG_KEY =
      Field.text("LastMsgKey", MAX_TEXT, "where to go on, as the page before returned it")
          .defaultsTo("");
  private static final Field<Boolean> WITH_RECALLED =
      Field.flag("WithRecalledMsg", "1: recalled ones as well").defaultsTo(false);

  private final OfficialService official;
  private final PublishingService publishing;
  private final Broadcasts broadcasts;

  PublishingRestApi(OfficialService official, PublishingService publishing, Broadcasts broadcasts) {
    this.official = official;
    this.publishing = publishing;
    this.broadcasts = broadcasts;
  }

  List<Endpoint> endpoints() {
    return List.of(
        Endpoint.of(SERVICE, "send_official_account_msg", Family.GROUP)
            .meaning("Sends a message of an official account to all its subscribers")
            .fields(
                OFFICIAL_ACCOUNT,
                RANDOM,
                MSG_BODY,
                OFFLINE_PUSH,
                FORBID_CALLBACK,
                ONLINE_ONLY,
                SEND_CONTROL,
                CUSTOM_DATA)
            .handledBy(AuditDeclaration.records("message.broadcast"), this::send),
        Endpoint.of(SERVICE, "official_account_msg_recall", Family.GROUP)
            .meaning("Recalls messages of an official account")
            .fields(OFFICIAL_ACCOUNT, MSG_KEYS, REASON)
            .handledBy(AuditDeclaration.records("message.recall"), this::recall),
        Endpoint.of(SERVICE, "official_account_msg_get_simple", Family.GROUP)
            .meaning("Lists messages of an official account, newest first")
            .fields(OFFICIAL_ACCOUNT, REQ_NUMBER, LAST_MSG_KEY, WITH_RECALLED)
            .handledBy(AuditDeclaration.records("content.read"), this::list));
  }

  private RestReply send(RestCall call) {
    String account = call.get(OFFICIAL_ACCOUNT);
    long random = call.get(RANDOM);
    boolean onlineOnly = call.get(ONLINE_ONLY);
    List<JsonNode> forbidden = call.get(FORBID_CALLBACK);
    Announced announced =
        new Announced(
            call.origin(),
            !names(forbidden, "ForbidBeforeSendMsgCallback"),
            !names(forbidden, "ForbidAfterSendMsgCallback"));
    boolean noLastMessage = names(call.get(SEND_CONTROL), "NoLastMsg");
    if (onlineOnly && noLastMessage) {
      throw OfficialFaults.invalid("OnlineOnlyFlag and NoLastMsg exclude each other");
    }
    Optional<String> push = call.find(OFFLINE_PUSH).map(Broadcasts::pushSettings);
    MessageBody body = body(call);
    Place place =
        publishing.send(
            call.app(),
            account,
            new Draft(
                body,
                random,
                push,
                noLastMessage,
                call.administrator().accountId(),
                call.requestId()),
            onlineOnly,
            announced,
            call.cause());
    return RestReply.ok(
        Json.object().put("MsgTime", place.time()).put("MsgKey", OfficialJson.key(place)));
  }

  private static boolean names(List<JsonNode> words, String word) {
    return words.stream().anyMatch(each -> each.isTextual() && each.textValue().equals(word));
  }

  private RestReply recall(RestCall call) {
    List<String> keys = call.get(MSG_KEYS);
    String reason = call.get(REASON);
    List<Place> places =
        keys.stream().map(OfficialJson::place).flatMap(Optional::stream).distinct().toList();
    List<Place> found =
        publishing.recall(call.app(), call.get(OFFICIAL_ACCOUNT), places, reason, call.cause());
    ObjectNode reply = Json.object();
    ArrayNode list = reply.putArray("RecallRetList");
    for (String key : keys) {
      Optional<Place> place = OfficialJson.place(key);
      boolean recalled = place.filter(found::contains).isPresent();
      list.addObject()
          .put("MsgKey", key)
          .put("MsgSeq", place.map(Place::seq).orElse(0L))
          .put("RetCode", recalled ? 0 : ErrorCode.GROUP_RECALL_NOT_FOUND.number());
    }
    return RestReply.ok(reply);
  }

  private RestReply list(RestCall call) {
    int wanted = call.get(REQ_NUMBER);
    boolean withRecalled = call.get(WITH_RECALLED);
    String last = call.get(LAST_MSG_KEY);
    long before =
        last.isEmpty()
            ? Long.MAX_VALUE
            : OfficialJson.place(last)
                .map(Place::seq)
                .orElseThrow(() -> OfficialFaults.invalid("LastMsgKey is malformed"));
    OfficialAccount from = official.require(call.app(), call.get(OFFICIAL_ACCOUNT));
    int limit = Math.min(wanted, MAX_PAGE);
    Page page = publishing.read(call.app(), from, before, withRecalled, limit, call.cause());
    ObjectNode reply = Json.object().put("Official_Account", from.account());
    ArrayNode list = Json.mapper().createArrayNode();
    int bytes = 0;
    String lastKey = last;
    boolean cut = false;
    for (Broadcast message : page.messages()) {
      ObjectNode json = json(from, message);
      bytes += Json.bytes(json).length + 1;
      if (bytes > MAX_PAGE_BYTES && !list.isEmpty()) {
        cut = true;
        break;
      }
      list.add(json);
      lastKey = OfficialJson.key(new Place(message.seq(), message.time()));
    }
    reply.put("IsFinished", finished(page, cut || (wanted > MAX_PAGE && page.beyond()), wanted));
    reply.put("LastMsgKey", lastKey);
    reply.set("RspMsgList", list);
    return RestReply.ok(reply);
  }

  /** 1: all that was asked for; 0: there is more of it; 2: what is missing has expired. */
  private static int finished(Page page, boolean more, int wanted) {
    if (more) {
      return 0;
    }
    return page.expired() && page.messages().size() < wanted ? 2 : 1;
  }

  private static ObjectNode json(OfficialAccount from, Broadcast message) {
    ObjectNode json =
        Json.object()
            .put("From_Account", from.account())
            .put("IsPlaceMsg", message.recalled() ? RECALLED_PLACE : 0)
            .put("IsSystemMsg", 0);
    json.putRawValue("MsgBody", OfficialJson.body(message));
    json.put("MsgPriority", NORMAL_PRIORITY)
        .put("MsgRandom", message.random())
        .put("MsgKey", OfficialJson.key(new Place(message.seq(), message.time())))
        .put("MsgSeq", message.seq())
        .put("MsgTimeStamp", message.time());
    message.body().cloudCustomData().ifPresent(custom -> json.put("CloudCustomData", custom));
    return json;
  }

  private MessageBody body(RestCall call) {
    try {
      return broadcasts.body(
          call.app(),
          call.find(MSG_BODY).orElse(MissingNode.getInstance()),
          call.find(CUSTOM_DATA));
    } catch (ImException refusal) {
      throw BODY_FAULTS.contains(refusal.code()) ? OfficialFaults.invalid(refusal.info()) : refusal;
    }
  }
}
