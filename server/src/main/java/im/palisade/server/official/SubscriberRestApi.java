package im.palisade.server.official;

import static im.palisade.server.official.OfficialFields.BASE_FILTER;
import static im.palisade.server.official.OfficialFields.OFFICIAL_ACCOUNT;
import static im.palisade.server.official.OfficialFields.SERVICE;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import im.palisade.server.audit.AuditDeclaration;
import im.palisade.server.official.SubscriberStore.Subscription;
import im.palisade.server.official.SubscriptionService.Result;
import im.palisade.server.official.SubscriptionService.Subscriptions;
import im.palisade.server.protocol.Json;
import im.palisade.server.rest.Endpoint;
import im.palisade.server.rest.Family;
import im.palisade.server.rest.Field;
import im.palisade.server.rest.Fields;
import im.palisade.server.rest.RestCall;
import im.palisade.server.rest.RestReply;
import java.util.List;
import java.util.Optional;

/** Subscriptions to official accounts through REST (rest-conversations-ops I5–I9). */
final class SubscriberRestApi {
  private static final int MAX_CHANGED = 100;
  private static final int MAX_PAGE = 200;
  private static final int MAX_WITHOUT_LIMIT = 10_000;

  /** Subscribers of one answer, about; the others follow with {@code Next}. */
  private static final int MAX_PAGE_BYTES = 1_000_000;

  private static final String SUBSCRIBER_NAME = "Subscriber_Account";

  /** The SDK gives the user's id the name of the official account. */
  private static final Field<String> NEW_SUBSCRIBER =
      Field.named(SUBSCRIBER_NAME, "the user").alias("Official_Account").required();

  private static final Field<List<Fields>> NEW_SUBSCRIBERS =
      Field.objects("SubscriberList", 1, MAX_CHANGED, List.of(NEW_SUBSCRIBER), "users to subscribe")
          .required();
  private static final Field<List<String>> FORMER_SUBSCRIBERS =
      Field.namedAccounts("SubscriberToDel_Account", 1, MAX_CHANGED, "users to unsubscribe")
          .required();
  private static final Field<String> SUBSCRIBER =
      Field.named(SUBSCRIBER_NAME, "the user").required();
  private static final Field<String> CUSTOM =
      Field.text("CustomString", 3000, "what the app notes of the subscription").required();
  private static final Field<Integer> LIMIT =
      Field.integer("Limit", 1, MAX_PAGE, "most subscribers to list; as many as fit when absent");
  private static final Field<String> NEXT =
      Field.text("Next", 1 << 20, "where to go on, as the page before returned it").defaultsTo("");
  private static final Field<Integer> USER_LIMIT =
      Field.integer("Limit", 1, MAX_PAGE, "most subscriptions to list").defaultsTo(MAX_PAGE);
  private static final Field<Integer> OFFSET =
      Field.integer("Offset", 0, Integer.MAX_VALUE, "subscriptions to pass over").defaultsTo(0);
  private static final Field<List<String>> SELF_FILTER =
      OfficialFields.filter("SelfInfoFilter", List.of("SubscribeTime", "CustomString"));
  private static final Field<Fields> FILTER =
      Field.object("ResponseFilter", List.of(BASE_FILTER, SELF_FILTER), "what to tell");

  private final OfficialService official;
  private final SubscriptionService subscriptions;

  SubscriberRestApi(OfficialService official, SubscriptionService subscriptions) {
    this.official = official;
    this.subscriptions = subscriptions;
  }

  List<Endpoint> endpoints() {
    AuditDeclaration changes = AuditDeclaration.records("rest.call");
    AuditDeclaration reads =
        AuditDeclaration.none("an app's back end reads who subscribes to what, no content");
    return List.of(
        Endpoint.of(SERVICE, "add_subscriber", Family.GROUP)
            .meaning("Subscribes users to an official account")
            .fields(OFFICIAL_ACCOUNT, NEW_SUBSCRIBERS)
            .handledBy(changes, this::add),
        Endpoint.of(SERVICE, "delete_subscriber", Family.GROUP)
            .meaning("Ends subscriptions of users to an official account")
            .fields(OFFICIAL_ACCOUNT, FORMER_SUBSCRIBERS)
            .handledBy(changes, this::remove),
        Endpoint.of(SERVICE, "modify_subscriber_info", Family.GROUP)
            .meaning("Sets what the app notes of a subscription")
            .fields(OFFICIAL_ACCOUNT, SUBSCRIBER, CUSTOM)
            .handledBy(changes, this::note),
        Endpoint.of(SERVICE, "get_subscriber_info", Family.GROUP)
            .meaning("Lists the subscribers of an official account")
            .fields(OFFICIAL_ACCOUNT, LIMIT, NEXT)
            .handledBy(reads, this::list),
        Endpoint.of(SERVICE, "get_subscribed_official_account_list", Family.GROUP)
            .meaning("Lists the official accounts a user subscribes to")
            .fields(SUBSCRIBER, USER_LIMIT, OFFSET, FILTER)
            .handledBy(reads, this::listOfUser));
  }

  private RestReply add(RestCall call) {
    List<String> users =
        call.get(NEW_SUBSCRIBERS).stream().map(item -> item.get(NEW_SUBSCRIBER)).toList();
    return results(
        users,
        subscriptions.add(
            call.app(),
            call.get(OFFICIAL_ACCOUNT),
            users,
            Optional.of(call.cause()),
            call.origin()));
  }

  private RestReply remove(RestCall call) {
    List<String> users = call.get(FORMER_SUBSCRIBERS);
    return results(
        users,
        subscriptions.remove(
            call.app(),
            call.get(OFFICIAL_ACCOUNT),
            users,
            Optional.of(call.cause()),
            call.origin()));
  }

  private RestReply note(RestCall call) {
    subscriptions.note(
        call.app(),
        call.get(OFFICIAL_ACCOUNT),
        call.get(SUBSCRIBER),
        call.get(CUSTOM),
        call.cause());
    return RestReply.ok();
  }

  private RestReply list(RestCall call) {
    int limit = call.find(LIMIT).orElse(MAX_WITHOUT_LIMIT);
    long after = number(call.get(NEXT));
    OfficialAccount account = official.require(call.app(), call.get(OFFICIAL_ACCOUNT));
    List<Subscriber> found = subscriptions.page(call.app(), account, after, limit + 1);
    ObjectNode reply = Json.object();
    ArrayNode list = Json.mapper().createArrayNode();
    String next = "";
    int bytes = 0;
    for (Subscriber each : found) {
      ObjectNode json = json(each);
      bytes += Json.bytes(json).length + 1;
      if (list.size() == limit || (bytes > MAX_PAGE_BYTES && !list.isEmpty())) {
        next = Long.toString(found.get(list.size() - 1).number());
        break;
      }
      list.add(json);
    }
    reply.put("Next", next).put("SubscriberNum", account.subscribers());
    reply.set("SubscriberList", list);
    return RestReply.ok(reply);
  }

  /** Users cannot write to official accounts, so none has ever sent a message. */
  private static ObjectNode json(Subscriber subscriber) {
    return Json.object()
        .put(SUBSCRIBER_NAME, subscriber.userId())
        .put("SubscribeTime", subscriber.subscribedAt())
        .put("CustomString", subscriber.custom())
        .put("MsgFlag", subscriber.msgFlag())
        .put("LastSendMsgTime", 0);
  }

  private RestReply listOfUser(RestCall call) {
    int offset = call.get(OFFSET);
    int limit = call.get(USER_LIMIT);
    Optional<Fields> filter = call.find(FILTER);
    Optional<List<String>> base = OfficialFields.find(filter, BASE_FILTER);
    Optional<List<String>> self = OfficialFields.find(filter, SELF_FILTER);
    Subscriptions found = subscriptions.ofUser(call.app(), call.get(SUBSCRIBER), offset, limit);
    ObjectNode reply = Json.object();
    ArrayNode list = reply.putArray("OfficialAccountInfoList");
    for (Subscription each : found.page()) {
      ObjectNode selfInfo = Json.object();
      if (wanted(self, "SubscribeTime")) {
        selfInfo.put("SubscribeTime", each.subscribedAt());
      }
      if (wanted(self, "CustomString")) {
        selfInfo.put("CustomString", each.custom());
      }
      list.add(OfficialFields.json(each.account(), base).set("SelfInfo", selfInfo));
    }
    long next = (long) offset + found.page().size();
    return RestReply.ok(
        reply
            .put("TotalCount", found.total())
            .put("CompleteFlag", next >= found.total() ? 1 : 0)
            .put("Next", next));
  }

  private static RestReply results(List<String> users, List<Result> results) {
    ObjectNode reply = Json.object();
    ArrayNode list = reply.putArray("SubscriberList");
    for (int i = 0; i < users.size(); i++) {
      list.addObject().put(SUBSCRIBER_NAME, users.get(i)).put("Result", results.get(i).code());
    }
    return RestReply.ok(reply);
  }

  private static boolean wanted(Optional<List<String>> filter, String word) {
    return filter.isEmpty() || filter.get().contains(word);
  }

  /** Where a list goes on: the number of the last subscriber listed. */
  private static long number(String next) {
    if (next.isEmpty()) {
      return 0;
    }
    if (next.length() > 18 || !next.chars().allMatch(c -> c >= '0' && c <= '9')) {
      throw OfficialFaults.invalid("Next is not what a page returned");
    }
    return Long.parseLong(next);
  }
}
