package im.palisade.server.presence;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import im.palisade.server.account.Account;
import im.palisade.server.account.AccountService;
import im.palisade.server.audit.AuditDeclaration;
import im.palisade.server.presence.PresenceService.Presence;
import im.palisade.server.presence.PresenceService.Status;
import im.palisade.server.protocol.ErrorCode;
import im.palisade.server.protocol.ImException;
import im.palisade.server.protocol.Json;
import im.palisade.server.rest.Endpoint;
import im.palisade.server.rest.Family;
import im.palisade.server.rest.Field;
import im.palisade.server.rest.RestCall;
import im.palisade.server.rest.RestReply;
import im.palisade.server.rest.Shape;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** {@code query_online_status} and its older form (rest-accounts A6, A7). */
public final class PresenceRestApi {
  private static final String SERVICE = "openim";
  private static final int MAX_ACCOUNTS = 500;
  private static final int MAX_ITEM_BYTES = 1 << 20;

  private static final Field<List<String>> TO_ACCOUNT =
      Field.list("To_Account", new Shape.Text(0, MAX_ITEM_BYTES), 0, MAX_ACCOUNTS, "accounts")
          .required(ErrorCode.BODY_NOT_JSON)
          .whenWrongType(ErrorCode.TO_ACCOUNT_INVALID)
          .whenTooMany(ErrorCode.TOO_MANY_TARGETS);
  private static final Field<Integer> NEED_DETAIL =
      Field.integer("IsNeedDetail", Integer.MIN_VALUE, Integer.MAX_VALUE, "1 for each platform")
          .defaultsTo(0);

  private final AccountService accounts;
  private final PresenceService presence;

  public PresenceRestApi(AccountService accounts, PresenceService presence) {
    this.accounts = accounts;
    this.presence = presence;
  }

  /** The endpoints. */
  public List<Endpoint> endpoints() {
    AuditDeclaration none = AuditDeclaration.none("tells only whether accounts are online");
    return List.of(
        Endpoint.of(SERVICE, "query_online_status", Family.MESSAGE)
            .meaning("Tells how accounts are to be reached")
            .fields(TO_ACCOUNT, NEED_DETAIL)
            .handledBy(none, this::queryOnlineStatus),
        Endpoint.of(SERVICE, "querystate", Family.MESSAGE)
            .meaning("Older form of query_online_status; unknown accounts are Offline")
            .fields(TO_ACCOUNT, NEED_DETAIL)
            .handledBy(none, this::queryState));
  }

  private RestReply queryOnlineStatus(RestCall call) {
    List<String> wanted = wanted(call);
    Map<String, Account> known = known(call, wanted);
    ObjectNode reply = results(call, known, List.copyOf(known.keySet()));
    ArrayNode errors = reply.putArray("ErrorList");
    for (String userId : wanted) {
      if (!known.containsKey(userId)) {
        errors
            .addObject()
            .put("To_Account", userId)
            .put("ErrorCode", ErrorCode.ACCOUNT_NOT_FOUND.number());
      }
    }
    return known.isEmpty()
        ? RestReply.failed(
            ErrorCode.ACCOUNT_NOT_FOUND, ErrorCode.ACCOUNT_NOT_FOUND.meaning(), reply)
        : RestReply.ok(reply);
  }

  private RestReply queryState(RestCall call) {
    List<String> wanted = wanted(call);
    return RestReply.ok(results(call, known(call, wanted), wanted));
  }

  private ObjectNode results(RestCall call, Map<String, Account> known, List<String> listed) {
    Map<Long, Presence> found = presence.of(call.app(), known.values());
    ObjectNode reply = Json.object();
    ArrayNode results = reply.putArray("QueryResult");
    for (String userId : listed) {
      Presence each =
          Optional.ofNullable(known.get(userId))
              .map(account -> found.get(account.id()))
              .orElse(new Presence(Status.OFFLINE, Map.of()));
      ObjectNode item = results.addObject().put("To_Account", userId);
      item.put("Status", each.status().restName()).put("State", each.status().restName());
      if (call.get(NEED_DETAIL) == 1) {
        addDetail(item, each);
      }
    }
    return reply;
  }

  /** One entry per REST platform name: the web and mini-programs share one, so do PCs. */
  private static void addDetail(ObjectNode item, Presence presence) {
    Map<String, Status> byName = new TreeMap<>();
    presence
        .platforms()
        .forEach(
            (platform, status) -> {
              if (!platform.restName().isEmpty()) {
                byName.merge(platform.restName(), status, (a, b) -> a.compareTo(b) >= 0 ? a : b);
              }
            });
    if (!byName.isEmpty()) {
      ArrayNode detail = item.putArray("Detail");
      byName.forEach(
          (name, status) ->
              detail.addObject().put("Platform", name).put("Status", status.restName()));
    }
  }

  private static List<String> wanted(RestCall call) {
    List<String> wanted = call.get(TO_ACCOUNT);
    if (wanted.isEmpty()) {
      throw new ImException(ErrorCode.BODY_NOT_JSON, "To_Account is empty");
    }
    return List.copyOf(new LinkedHashSet<>(wanted));
  }

  private Map<String, Account> known(RestCall call, List<String> wanted) {
    return accounts.findAll(call.app(), wanted);
  }
}
