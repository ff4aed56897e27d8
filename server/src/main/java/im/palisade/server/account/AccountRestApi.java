package im.palisade.server.account;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import im.palisade.server.audit.AuditDeclaration;
import im.palisade.server.protocol.ErrorCode;
import im.palisade.server.protocol.ImException;
import im.palisade.server.protocol.Json;
import im.palisade.server.protocol.UserIds;
import im.palisade.server.rest.Endpoint;
import im.palisade.server.rest.Family;
import im.palisade.server.rest.Field;
import im.palisade.server.rest.Fields;
import im.palisade.server.rest.RestCall;
import im.palisade.server.rest.RestReply;
import im.palisade.server.rest.Shape;
import im.palisade.server.store.StoreException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** {@code im_open_login_svc} (rest-accounts A1–A5). */
public final class AccountRestApi {
  private static final Logger log = LoggerFactory.getLogger(AccountRestApi.class);
  private static final String SERVICE = "im_open_login_svc";
  private static final int MAX_ITEMS = 100;

  /** Longest text that is still looked at as a UserID of a list; what is too long fails by item. */
  private static final int MAX_ITEM_BYTES = 1 << 20;

  private static final Field<String> USER_ID =
      Field.userId("UserID", "the account")
          .alias("Identifier")
          .whenWrong(ErrorCode.ACCOUNT_INVALID_PARAMETER)
          .required();
  private static final Field<String> NICK =
      Field.text("Nick", AccountService.MAX_PROFILE_BYTES, "nickname")
          .whenOutOfRange(ErrorCode.PROFILE_VALUE_TOO_LONG);
  private static final Field<String> FACE_URL =
      Field.text("FaceUrl", AccountService.MAX_PROFILE_BYTES, "avatar address")
          .whenOutOfRange(ErrorCode.PROFILE_VALUE_TOO_LONG);

  private static final Field<String> ITEM_USER_ID =
      Field.text("UserID", MAX_ITEM_BYTES, "the account").required();
  private static final Field<List<String>> ACCOUNTS =
      Field.list("Accounts", new Shape.Text(0, MAX_ITEM_BYTES), 1, MAX_ITEMS, "accounts to import");
  private static final Field<List<Fields>> ACCOUNT_LIST =
      Field.objects(
          "AccountList",
          1,
          MAX_ITEMS,
          List.of(ITEM_USER_ID, NICK, FACE_URL),
          "accounts to import with their profile; wins over Accounts");
  private static final Field<List<Fields>> DELETE_ITEM =
      Field.objects("DeleteItem", 1, MAX_ITEMS, List.of(ITEM_USER_ID), "accounts to delete")
          .required();
  private static final Field<List<Fields>> CHECK_ITEM =
      Field.objects("CheckItem", 1, MAX_ITEMS, List.of(ITEM_USER_ID), "accounts to look up")
          .required();

  private final AccountService accounts;

  public AccountRestApi(AccountService accounts) {
    this.accounts = accounts;
  }

  /** The endpoints. */
  public List<Endpoint> endpoints() {
    return List.of(
        Endpoint.of(SERVICE, "account_import", Family.LOGIN)
            .meaning("Imports one account")
            .fields(USER_ID, NICK, FACE_URL)
            .handledBy(AuditDeclaration.records("user.import", "user.update"), this::importOne),
        Endpoint.of(SERVICE, "multiaccount_import", Family.LOGIN)
            .meaning("Imports many accounts")
            .callsPerSecond(100)
            .fields(ACCOUNTS, ACCOUNT_LIST)
            .handledBy(AuditDeclaration.records("user.import", "user.update"), this::importMany),
        Endpoint.of(SERVICE, "account_delete", Family.LOGIN)
            .meaning("Deletes accounts with everything that is theirs alone")
            .callsPerSecond(100)
            .fields(DELETE_ITEM)
            .handledBy(AuditDeclaration.records("user.delete"), this::delete),
        Endpoint.of(SERVICE, "account_check", Family.LOGIN)
            .meaning("Tells which accounts exist")
            .callsPerSecond(100)
            .fields(CHECK_ITEM)
            .handledBy(AuditDeclaration.none("tells only whether an account exists"), this::check),
        Endpoint.of(SERVICE, "kick", Family.LOGIN)
            .meaning("Makes an account's UserSigs invalid and ends its sessions")
            .fields(USER_ID)
            .handledBy(
                AuditDeclaration.records("auth.usersig.revoked", "auth.user.kicked"), this::kick));
  }

  private RestReply importOne(RestCall call) {
    String userId = call.get(USER_ID);
    if (!UserIds.isImportable(userId)) {
      throw new ImException(ErrorCode.ACCOUNT_INVALID_PARAMETER, "UserID has a reserved prefix");
    }
    accounts.importAccount(
        call.app(), new AccountImport(userId, call.find(NICK), call.find(FACE_URL)), call.cause());
    return RestReply.ok();
  }

  private RestReply importMany(RestCall call) {
    List<AccountImport> wanted =
        call.find(ACCOUNT_LIST)
            .map(
                list ->
                    list.stream()
                        .map(
                            each ->
                                new AccountImport(
                                    each.get(ITEM_USER_ID), each.find(NICK), each.find(FACE_URL)))
                        .toList())
            .orElseGet(
                () ->
                    call
                        .find(ACCOUNTS)
                        .orElseThrow(
                            () ->
                                new ImException(
                                    ErrorCode.ACCOUNT_INVALID_PARAMETER,
                                    "Accounts or AccountList is missing"))
                        .stream()
                        .map(AccountImport::of)
                        .toList());
    List<AccountImport> importable = new ArrayList<>();
    Set<String> failed = new LinkedHashSet<>();
    for (AccountImport each : wanted) {
      if (UserIds.isImportable(each.userId())) {
        importable.add(each);
      } else {
        failed.add(each.userId());
      }
    }
    if (!importable.isEmpty()) {
      accounts.importAccounts(call.app(), importable, call.cause());
    }
    ObjectNode reply = Json.object();
    ArrayNode failures = reply.putArray("FailAccounts");
    failed.forEach(failures::add);
    return RestReply.ok(reply);
  }

  private RestReply delete(RestCall call) {
    List<Fields> items = call.get(DELETE_ITEM);
    if (!call.app().settings().accountsDeletable()) {
      throw new ImException(ErrorCode.ACCOUNT_NOT_DELETABLE);
    }
    return perItem(
        items,
        userId -> {
          if (call.app().administrators().contains(userId)) {
            return Optional.of(ErrorCode.ACCOUNT_INVALID_PARAMETER);
          }
          try {
            return UserIds.isWellFormed(userId) && accounts.delete(call.app(), userId, call.cause())
                ? Optional.empty()
                : Optional.of(ErrorCode.ACCOUNT_NOT_FOUND);
          } catch (StoreException e) {
            // The others stand for themselves, and some may be gone already.
            log.warn("an account could not be deleted", e);
            return Optional.of(
                e.outcomeUnknown() ? ErrorCode.RELATION_TIMEOUT : ErrorCode.RELATION_INTERNAL);
          }
        });
  }

  private RestReply check(RestCall call) {
    ObjectNode reply = Json.object();
    ArrayNode results = reply.putArray("ResultItem");
    List<String> asked = call.get(CHECK_ITEM).stream().map(item -> item.get(ITEM_USER_ID)).toList();
    Map<String, Account> known = accounts.findAll(call.app(), asked);
    for (String userId : asked) {
      boolean exists = known.containsKey(userId);
      results
          .addObject()
          .put("UserID", userId)
          .put("ResultCode", 0)
          .put("ResultInfo", "")
          .put("AccountStatus", exists ? "Imported" : "NotImported");
    }
    return RestReply.ok(reply);
  }

  private RestReply kick(RestCall call) {
    accounts.revokeSignatures(call.app(), call.get(USER_ID), call.cause());
    return RestReply.ok();
  }

  /** All items are read before the first is acted on, so that a wrong one leaves all undone. */
  private static RestReply perItem(List<Fields> items, Function<String, Optional<ErrorCode>> act) {
    ObjectNode reply = Json.object();
    ArrayNode results = reply.putArray("ResultItem");
    for (String userId : items.stream().map(item -> item.get(ITEM_USER_ID)).toList()) {
      Optional<ErrorCode> fault = act.apply(userId);
      results
          .addObject()
          .put("UserID", userId)
          .put("ResultCode", fault.map(ErrorCode::number).orElse(0))
          .put("ResultInfo", fault.map(AccountRestApi::resultInfo).orElse(""));
    }
    return RestReply.ok(reply);
  }

  private static String resultInfo(ErrorCode fault) {
    return "Err_TLS_PT_Open_Login_Account_"
        + switch (fault) {
          case ACCOUNT_NOT_FOUND -> "Not_Exist";
          case RELATION_TIMEOUT -> "Delete_Timeout";
          case RELATION_INTERNAL -> "Delete_Internal_Error";
          default -> "Delete_Invalid_Parameter";
        };
  }
}
