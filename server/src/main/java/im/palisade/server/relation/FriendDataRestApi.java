package im.palisade.server.relation;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import im.palisade.server.account.Account;
import im.palisade.server.app.App;
import im.palisade.server.audit.AuditDeclaration;
import im.palisade.server.profile.Profile;
import im.palisade.server.profile.ProfileField;
import im.palisade.server.profile.ProfileFields;
import im.palisade.server.profile.ProfileService;
import im.palisade.server.protocol.ErrorCode;
import im.palisade.server.protocol.ImException;
import im.palisade.server.protocol.Json;
import im.palisade.server.relation.FriendLookup.Listed;
import im.palisade.server.relation.FriendLookup.Selected;
import im.palisade.server.rest.Endpoint;
import im.palisade.server.rest.Family;
import im.palisade.server.rest.Field;
import im.palisade.server.rest.RestCall;
import im.palisade.server.rest.RestReply;
import im.palisade.server.rest.Shape;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Friends with fields of the caller's choice, from their profile and from the friend list
 * (rest-accounts C8, C16).
 */
public final class FriendDataRestApi {
  private static final String SERVICE = "sns";
  private static final int MAX_SELECTED = 100;

  private static final Field<List<String>> TO_ACCOUNT =
      Field.namedAccounts("To_Account", 1, MAX_SELECTED, "the friends").required();
  private static final Field<List<String>> TAG_LIST =
      Field.list(
          "TagList",
          new Shape.Text(0, 1 << 20),
          1,
          1000,
          "fields to read; without it all of the friend list, nickname and avatar");
  private static final Field<Integer> START_INDEX =
      Field.integer("StartIndex", 0, Integer.MAX_VALUE, "0, then the StartIndex answered")
          .defaultsTo(0);
  private static final Field<Long> TIME_STAMP = Field.u32("TimeStamp", "not used");
  private static final Field<Long> LAST_SEQUENCE =
      Field.u32("LastStandardSequence", "the caller's; nothing is sent when it is the present one")
          .defaultsTo(0L);
  private static final Field<Integer> GET_COUNT =
      Field.integer("GetCount", 1, FriendLookup.PAGE, "most friends in the answer")
          .defaultsTo(FriendLookup.PAGE);

  private final FriendLookup lookup;
  private final ProfileService profiles;

  FriendDataRestApi(FriendLookup lookup, ProfileService profiles) {
    this.lookup = lookup;
    this.profiles = profiles;
  }

  /** The endpoints. */
  public List<Endpoint> endpoints() {
    AuditDeclaration reads =
        AuditDeclaration.none("an app's back end reads who its users' friends are");
    return List.of(
        Endpoint.of(SERVICE, "friend_get_list", Family.RELATION)
            .meaning("Reads fields of some friends")
            .fields(SnsFields.FROM_ACCOUNT, TO_ACCOUNT, TAG_LIST)
            .handledBy(reads, this::getList),
        Endpoint.of(SERVICE, "friend_get_all", Family.RELATION)
            .meaning("Older form of friend_get that reads profile fields as well")
            .fields(
                SnsFields.FROM_ACCOUNT, TIME_STAMP, START_INDEX, TAG_LIST, LAST_SEQUENCE, GET_COUNT)
            .handledBy(reads, this::getAll));
  }

  /**
   * Fields asked for, in order.
   *
   * @param profile the field, for those of the profile
   */
  private record Wanted(String tag, Optional<ProfileField> profile) {}

  private RestReply getList(RestCall call) {
    List<String> userIds = call.get(TO_ACCOUNT);
    List<Wanted> wanted = wanted(call);
    Selected found = lookup.select(call.app(), call.get(SnsFields.FROM_ACCOUNT), userIds);
    List<Account> accounts = new ArrayList<>();
    found.friends().keySet().forEach(userId -> accounts.add(found.accounts().get(userId)));
    Map<Long, Profile> read = profiles(call.app(), accounts, wanted);
    return ItemResults.reply(
        "InfoItem",
        "FriendGetList",
        userIds,
        found.faults(),
        (item, userId) -> {
          Listed listed = found.friends().get(userId);
          if (listed != null) {
            item.set("SnsProfileItem", values(listed, read, wanted));
          }
        });
  }

  private RestReply getAll(RestCall call) {
    List<Wanted> wanted = wanted(call);
    call.find(TIME_STAMP);
    int start = call.get(START_INDEX);
    int count = call.get(GET_COUNT);
    FriendLookup.Page page = lookup.page(call.app(), call.get(SnsFields.FROM_ACCOUNT), start);
    long known = call.get(LAST_SEQUENCE);
    boolean same = known > 0 && known == page.standardSequence();
    List<Listed> shown =
        same ? List.of() : page.friends().subList(0, Math.min(count, page.friends().size()));
    boolean complete = same || (page.complete() && shown.size() == page.friends().size());
    Map<Long, Profile> read =
        profiles(
            call.app(),
            lookup.accounts(call.app(), shown.stream().map(Listed::friend).toList()),
            wanted);
    ObjectNode reply = Json.object();
    ArrayNode items = reply.putArray("InfoItem");
    for (Listed listed : shown) {
      items
          .addObject()
          .put("To_Account", listed.friend().userId())
          .set("SnsProfileItem", values(listed, read, wanted));
    }
    return RestReply.ok(
        reply
            .put("NeedUpdateAll", same ? "GetAll_Type_NO" : "GetAll_Type_YES")
            .put("TimeStampNow", call.receivedAt().getEpochSecond())
            .put("StartIndex", complete ? 0 : start + shown.size())
            .put("CurrentStandardSequence", page.standardSequence())
            .put("FriendNum", page.total()));
  }

  /** Unknown tags are the call's fault. */
  private List<Wanted> wanted(RestCall call) {
    Optional<List<String>> tags = call.find(TAG_LIST);
    List<Wanted> wanted = new ArrayList<>();
    if (tags.isEmpty()) {
      for (String tag : FriendTags.STANDARD) {
        wanted.add(new Wanted(tag, Optional.empty()));
      }
      call.app()
          .settings()
          .friendFields()
          .forEach(
              field -> wanted.add(new Wanted(FriendTags.CUSTOM + field.name(), Optional.empty())));
      wanted.add(new Wanted(ProfileFields.NICK.tag(), Optional.of(ProfileFields.NICK)));
      wanted.add(new Wanted(ProfileFields.IMAGE.tag(), Optional.of(ProfileFields.IMAGE)));
      return wanted;
    }
    for (String tag : new LinkedHashSet<>(tags.get())) {
      Optional<ProfileField> field =
          ProfileFields.find(call.app(), tag).filter(ProfileField::isReadableByAdministrators);
      boolean known =
          field.isPresent()
              || FriendTags.STANDARD.contains(tag)
              || FriendTags.isCustom(call.app(), tag);
      if (!known) {
        throw new ImException(
            ErrorCode.RELATION_INVALID_PARAMETER, "TagList names no readable field: " + tag);
      }
      wanted.add(new Wanted(tag, field));
    }
    return wanted;
  }

  private Map<Long, Profile> profiles(App app, List<Account> accounts, List<Wanted> wanted) {
    Set<ProfileField> fields = new LinkedHashSet<>();
    wanted.forEach(each -> each.profile().ifPresent(fields::add));
    if (fields.isEmpty()) {
      return new HashMap<>();
    }
    fields.removeAll(Set.of(ProfileFields.NICK, ProfileFields.IMAGE));
    return fields.isEmpty() ? profiles.named(app, accounts) : profiles.find(app, accounts);
  }

  private static ArrayNode values(Listed listed, Map<Long, Profile> profiles, List<Wanted> wanted) {
    ArrayNode values = Json.mapper().createArrayNode();
    Optional<Profile> profile = Optional.ofNullable(profiles.get(listed.friend().friendId()));
    for (Wanted each : wanted) {
      if (each.profile().isEmpty()) {
        FriendTags.addTo(values, listed.friend(), listed.lists(), List.of(each.tag()));
        continue;
      }
      ProfileField field = each.profile().get();
      profile
          .flatMap(found -> found.find(field))
          .ifPresent(
              value -> values.addObject().put("Tag", field.tag()).set("Value", field.json(value)));
    }
    return values;
  }
}
