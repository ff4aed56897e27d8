package im.palisade.server.official;

import static im.palisade.server.official.OfficialFields.BASE_FILTER;
import static im.palisade.server.official.OfficialFields.OFFICIAL_ACCOUNT;
import static im.palisade.server.official.OfficialFields.SERVICE;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import im.palisade.server.account.Account;
import im.palisade.server.account.AccountService;
import im.palisade.server.audit.AuditDeclaration;
import im.palisade.server.official.OfficialFields.BaseInfo;
import im.palisade.server.official.OfficialService.Change;
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

/** Official accounts themselves through REST (rest-conversations-ops I1–I4). */
final class OfficialAccountRestApi {
  private static final int MAX_ASKED = 50;
  private static final long DEFAULT_SUBSCRIBERS = 100_000;

  private static final Field<String> OWNER =
      Field.named("Owner_Account", "user who owns it").required();
  private static final Field<String> CHOSEN_ID =
      Field.text(
          "OfficialAccountUserID", 1 << 20, "id of the app's choice, @TOA#_…; made if absent");
  private static final Field<String> NEW_NAME = BaseInfo.NAME.required();
  private static final Field<Long> NEW_MAX =
      BaseInfo.MAX_SUBSCRIBERS.defaultsTo(DEFAULT_SUBSCRIBERS);
  private static final Field<String> CHANGED_ACCOUNT =
      OfficialFields.account("Official_Account").alias("OfficialAccount").required();
  private static final Field<List<Fields>> ASKED =
      Field.objects(
              "OfficialAccountIdList", 1, MAX_ASKED, List.of(OFFICIAL_ACCOUNT), "which to tell of")
          .required();
  private static final Field<Fields> FILTER =
      Field.object("ResponseFilter", List.of(BASE_FILTER), "what to tell");

  private final OfficialService official;
  private final AccountService accounts;

  OfficialAccountRestApi(OfficialService official, AccountService accounts) {
    this.official = official;
    this.accounts = accounts;
  }

  List<Endpoint> endpoints() {
    AuditDeclaration changes = AuditDeclaration.records("rest.call");
    return List.of(
        Endpoint.of(SERVICE, "create_official_account", Family.GROUP)
            .meaning("Creates an official account")
            .fields(
                OWNER,
                CHOSEN_ID,
                NEW_NAME,
                BaseInfo.INTRODUCTION,
                BaseInfo.FACE_URL,
                BaseInfo.ORGANIZATION,
                BaseInfo.CUSTOM,
                NEW_MAX)
            .handledBy(changes, this::create),
        Endpoint.of(SERVICE, "destroy_official_account", Family.GROUP)
            .meaning("Destroys an official account with its subscriptions and messages")
            .fields(OFFICIAL_ACCOUNT)
            .handledBy(changes, this::destroy),
        Endpoint.of(SERVICE, "modify_official_account_base_info", Family.GROUP)
            .meaning("Changes what an official account says of itself")
            .fields(
                CHANGED_ACCOUNT,
                BaseInfo.NAME,
                BaseInfo.INTRODUCTION,
                BaseInfo.FACE_URL,
                BaseInfo.ORGANIZATION,
                BaseInfo.CUSTOM,
                BaseInfo.MAX_SUBSCRIBERS)
            .handledBy(changes, this::modify),
        Endpoint.of(SERVICE, "get_official_account_info", Family.GROUP)
            .meaning("Tells what official accounts say of themselves")
            .fields(ASKED, FILTER)
            .handledBy(
                AuditDeclaration.none("official accounts say this to everybody"), this::tell));
  }

  private RestReply create(RestCall call) {
    String name = call.get(NEW_NAME);
    Optional<String> chosen = call.find(CHOSEN_ID).filter(id -> !id.isEmpty());
    long most = call.get(NEW_MAX);
    var profile = BaseInfo.profile(call, name);
    OfficialFaults.settings(call.app());
    Account owner = accounts.find(call.app(), call.get(OWNER)).orElseThrow(OfficialFaults::noUser);
    String account = official.create(call.app(), owner, chosen, profile, most, call.cause());
    return RestReply.ok(Json.object().put("OfficialAccountUserID", account));
  }

  private RestReply destroy(RestCall call) {
    official.destroy(call.app(), call.get(OFFICIAL_ACCOUNT), call.cause());
    return RestReply.ok();
  }

  private RestReply modify(RestCall call) {
    official.modify(
        call.app(),
        call.get(CHANGED_ACCOUNT),
        new Change(
            call.find(BaseInfo.NAME),
            call.find(BaseInfo.INTRODUCTION),
            call.find(BaseInfo.FACE_URL),
            call.find(BaseInfo.ORGANIZATION),
            call.find(BaseInfo.CUSTOM),
            call.find(BaseInfo.MAX_SUBSCRIBERS)),
        call.cause());
    return RestReply.ok();
  }

  private RestReply tell(RestCall call) {
    List<String> asked = call.get(ASKED).stream().map(item -> item.get(OFFICIAL_ACCOUNT)).toList();
    Optional<List<String>> wanted = OfficialFields.find(call.find(FILTER), BASE_FILTER);
    Map<String, OfficialAccount> known = official.findAll(call.app(), asked);
    ObjectNode reply = Json.object();
    ArrayNode list = reply.putArray("OfficialAccountInfoList");
    for (String account : asked) {
      OfficialAccount found = known.get(account);
      if (found == null) {
        ImException missing = OfficialFaults.missing();
        list.addObject()
            .put("ActionStatus", "FAIL")
            .put("ErrorCode", missing.code())
            .put("ErrorInfo", missing.info())
            .put("Official_Account", account);
      } else {
        list.addObject()
            .put("ActionStatus", "OK")
            .put("ErrorCode", 0)
            .put("ErrorInfo", "")
            .setAll(OfficialFields.json(found, wanted));
      }
    }
    return RestReply.ok(reply);
  }
}
