package im.palisade.server.profile;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import im.palisade.server.account.Account;
import im.palisade.server.account.AccountService;
import im.palisade.server.audit.AuditDeclaration;
import im.palisade.server.profile.ProfileService.Item;
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
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** {@code profile} (rest-accounts B1, B2). */
public final class ProfileRestApi {
  private static final String SERVICE = "profile";
  private static final int MAX_ACCOUNTS = 100;
  private static final int MAX_ITEMS = 1000;

  /** Longer tags cannot exist; they are looked at so that they get the code of unknown ones. */
  private static final int MAX_TAG_BYTES = 1 << 20;

  private static final Field<String> FROM_ACCOUNT =
      Field.named("From_Account", "whose profile is written").required();
  private static final Field<String> TAG =
      Field.text("Tag", MAX_TAG_BYTES, "name of the field").required();
  private static final Field<JsonNode> VALUE =
      Field.raw("Value", "text or number, as the field has it").required();
  private static final Field<List<Fields>> PROFILE_ITEM =
      Field.objects("ProfileItem", 1, MAX_ITEMS, List.of(TAG, VALUE), "fields to write").required();
  private static final Field<List<String>> TO_ACCOUNT =
      Field.namedAccounts("To_Account", 0, MAX_ACCOUNTS, "whose profiles are read")
          .required(ErrorCode.PROFILE_NO_ACCOUNT);
  private static final Field<List<String>> TAG_LIST =
      Field.list("TagList", new Shape.Text(0, MAX_TAG_BYTES), 1, MAX_ITEMS, "fields to read")
          .required();

  private final ProfileService profiles;
  private final AccountService accounts;

  public ProfileRestApi(ProfileService profiles, AccountService accounts) {
    this.profiles = profiles;
    this.accounts = accounts;
  }

  /** The endpoints. */
  public List<Endpoint> endpoints() {
    return List.of(
        Endpoint.of(SERVICE, "portrait_set", Family.PROFILE)
            .meaning("Writes fields of a profile, all or none")
            .fields(FROM_ACCOUNT, PROFILE_ITEM)
            .handledBy(AuditDeclaration.records("user.update"), this::set),
        Endpoint.of(SERVICE, "portrait_get", Family.PROFILE)
            .meaning("Reads fields of profiles")
            .fields(TO_ACCOUNT, TAG_LIST)
            .handledBy(
                AuditDeclaration.none("an app's back end reads what its users show each other"),
                this::get));
  }

  private RestReply set(RestCall call) {
    List<Item> items =
        call.get(PROFILE_ITEM).stream()
            .map(item -> new Item(item.get(TAG), item.get(VALUE)))
            .toList();
    profiles.set(call.app(), call.get(FROM_ACCOUNT), items, call.cause());
    return RestReply.ok();
  }

  private RestReply get(RestCall call) {
    Set<String> wanted = new LinkedHashSet<>(call.get(TO_ACCOUNT));
    if (wanted.isEmpty()) {
      throw new ImException(ErrorCode.PROFILE_NO_ACCOUNT);
    }
    List<ProfileField> fields =
        profiles.readable(call.app(), new LinkedHashSet<>(call.get(TAG_LIST)));
    Map<String, Account> known = accounts.findAll(call.app(), wanted);
    if (known.isEmpty()) {
      throw new ImException(ErrorCode.PROFILE_ACCOUNT_NOT_FOUND);
    }
    Map<Long, Profile> found = profiles.find(call.app(), known.values());
    ObjectNode reply = Json.object();
    ArrayNode items = reply.putArray("UserProfileItem");
    for (String userId : wanted) {
      ObjectNode item = items.addObject().put("To_Account", userId);
      Account account = known.get(userId);
      if (account != null) {
        item.set("ProfileItem", json(found.get(account.id()), fields));
        item.put("ResultCode", 0).put("ResultInfo", "");
      } else {
        item.put("ResultCode", ErrorCode.PROFILE_ACCOUNT_NOT_FOUND.number())
            .put("ResultInfo", "Err_Profile_PortraitGet_Account_Not_Exist");
        reply.withArray("/Fail_Account").add(userId);
      }
    }
    return RestReply.ok(reply);
  }

  /** Fields that have a value, as {@code [{Tag, Value}]}, in the order asked for. */
  public static ArrayNode json(Profile profile, List<ProfileField> fields) {
    ArrayNode items = Json.mapper().createArrayNode();
    for (ProfileField field : fields) {
      profile
          .find(field)
          .ifPresent(
              value -> items.addObject().put("Tag", field.tag()).set("Value", field.json(value)));
    }
    return items;
  }
}
