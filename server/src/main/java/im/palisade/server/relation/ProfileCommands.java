package im.palisade.server.relation;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import im.palisade.server.account.Account;
import im.palisade.server.account.AccountService;
import im.palisade.server.app.App;
import im.palisade.server.audit.AuditDeclaration;
import im.palisade.server.gateway.Command;
import im.palisade.server.gateway.CommandCall;
import im.palisade.server.gateway.Param;
import im.palisade.server.gateway.ReplyField;
import im.palisade.server.profile.Profile;
import im.palisade.server.profile.ProfileField;
import im.palisade.server.profile.ProfileFields;
import im.palisade.server.profile.ProfileService;
import im.palisade.server.profile.ProfileService.Item;
import im.palisade.server.protocol.ErrorCode;
import im.palisade.server.protocol.ImException;
import im.palisade.server.protocol.Json;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/**
 * What clients may do with profiles (client-features §13). They stand with relations because who
 * may see a field depends on who is whose friend.
 */
public final class ProfileCommands {
  private static final ErrorCode WRONG = ErrorCode.PROFILE_INVALID_PARAMETER;
  private static final Param<List<String>> USER_IDS =
      Param.ids("userIds", 1, 100, "whose").required();

  /** Names on the wire by tag, in the order of the reference. */
  private static final Map<String, String> NAMES = new LinkedHashMap<>();

  static {
    NAMES.put("Tag_Profile_IM_Nick", "nick");
    NAMES.put("Tag_Profile_IM_Image", "faceUrl");
    NAMES.put("Tag_Profile_IM_Gender", "gender");
    NAMES.put("Tag_Profile_IM_BirthDay", "birthday");
    NAMES.put("Tag_Profile_IM_Location", "location");
    NAMES.put("Tag_Profile_IM_SelfSignature", "selfSignature");
    NAMES.put("Tag_Profile_IM_AllowType", "allowType");
    NAMES.put("Tag_Profile_IM_Language", "language");
    NAMES.put("Tag_Profile_IM_MsgSettings", "messageSettings");
    NAMES.put("Tag_Profile_IM_AdminForbidType", "adminForbidType");
    NAMES.put("Tag_Profile_IM_Level", "level");
    NAMES.put("Tag_Profile_IM_Role", "role");
  }

  private static final Map<String, Param<JsonNode>> BY_TAG = new LinkedHashMap<>();

  static {
    NAMES.forEach(
        (tag, name) ->
            BY_TAG.put(
                tag, Param.raw(name, "as in the REST API", "`" + tag + "`; absent leaves it")));
  }

  private static final Param<Map<String, String>> CUSTOM =
      Param.pairs("custom", "the app's own fields by tag `Tag_Profile_Custom_…`")
          .defaultsTo(Map.of());

  private final ProfileService profiles;
  private final FriendLookup friends;
  private final AccountService accounts;

  ProfileCommands(ProfileService profiles, FriendLookup friends, AccountService accounts) {
    this.profiles = profiles;
    this.friends = friends;
    this.accounts = accounts;
  }

  List<Command> commands() {
    List<Param<?>> settable = new ArrayList<>(BY_TAG.values());
    settable.add(CUSTOM);
    return List.of(
        Command.of("profile.get", WRONG)
            .meaning("Profiles, as far as the caller may see them; also how users are found by id.")
            .params(USER_IDS)
            .reply(
                ReplyField.of(
                    "profiles",
                    "`userId`, `code` of each; when that is 0 the fields of `profile.set` that have"
                        + " a value"))
            .handledBy(AuditDeclaration.none("users read what profiles show them"), this::get),
        Command.of("profile.set", WRONG)
            .meaning("Changes the caller's own profile, all fields or none.")
            .params(settable.toArray(Param<?>[]::new))
            .reply(ReplyField.of("profile", "as it is now"))
            .codes(
                ErrorCode.PROFILE_FIELD_UNKNOWN,
                ErrorCode.PROFILE_NOT_WRITABLE,
                ErrorCode.PROFILE_VALUE_TOO_LONG,
                ErrorCode.PROFILE_VALUE_NOT_ALLOWED,
                ErrorCode.PROFILE_VALUE_WRONG_TYPE,
                ErrorCode.PROFILE_TEXT_PROHIBITED)
            .handledBy(AuditDeclaration.records("user.update"), this::set));
  }

  private void get(CommandCall call) {
    App app = call.principal().app();
    Account self = accounts.caller(call, ErrorCode.PROFILE_ACCOUNT_NOT_FOUND);
    List<String> wanted = call.get(USER_IDS).stream().distinct().toList();
    Map<String, Account> known = accounts.findAll(app, wanted);
    Map<Long, Profile> found = profiles.find(app, known.values());
    Set<Long> mine = friends.mine(app, self, found.keySet());
    ObjectNode reply = Json.object();
    ArrayNode list = reply.putArray("profiles");
    for (String userId : wanted) {
      Account account = known.get(userId);
      if (account == null) {
        list.addObject()
            .put("userId", userId)
            .put("code", ErrorCode.PROFILE_ACCOUNT_NOT_FOUND.number());
      } else {
        ObjectNode json =
            account.id() == self.id()
                ? own(app, found.get(account.id()))
                : json(
                    app,
                    found.get(account.id()),
                    field -> field.isReadableBy(mine.contains(account.id())));
        list.add(json.put("code", 0));
      }
    }
    call.reply(reply);
  }

  private void set(CommandCall call) {
    App app = call.principal().app();
    List<Item> items = new ArrayList<>();
    BY_TAG.forEach(
        (tag, param) -> call.find(param).ifPresent(value -> items.add(new Item(tag, value))));
    call.get(CUSTOM)
        .forEach(
            (tag, value) ->
                items.add(new Item(tag, Json.mapper().getNodeFactory().textNode(value))));
    if (items.isEmpty()) {
      throw new ImException(WRONG, "nothing to set");
    }
    profiles.setOwn(app, call.principal().userId(), items, call.cause());
    Account self = accounts.caller(call, ErrorCode.PROFILE_ACCOUNT_NOT_FOUND);
    ObjectNode reply = Json.object();
    reply.set("profile", own(app, self));
    call.reply(reply);
  }

  /** The field's name on the client wire; of the app's own its tag. */
  static String nameOf(ProfileField field) {
    return NAMES.getOrDefault(field.tag(), field.tag());
  }

  /** An account's own profile as its clients are told it. */
  ObjectNode own(App app, Account self) {
    return own(app, profiles.find(app, List.of(self)).get(self.id()));
  }

  private static ObjectNode own(App app, Profile profile) {
    return json(app, profile, ProfileField::isReadableByItself);
  }

  private static ObjectNode json(App app, Profile profile, Predicate<ProfileField> shown) {
    ObjectNode json = Json.object().put("userId", profile.account().userId());
    for (ProfileField field : ProfileFields.standard()) {
      if (shown.test(field)) {
        profile.find(field).ifPresent(value -> json.set(NAMES.get(field.tag()), field.json(value)));
      }
    }
    ObjectNode custom = Json.object();
    for (ProfileField field : ProfileFields.custom(app)) {
      if (shown.test(field)) {
        profile.find(field).ifPresent(value -> custom.put(field.tag(), value));
      }
    }
    if (!custom.isEmpty()) {
      json.set("custom", custom);
    }
    return json;
  }
}
