package im.palisade.server.relation;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import im.palisade.server.account.Account;
import im.palisade.server.app.App;
import im.palisade.server.audit.AuditDeclaration;
import im.palisade.server.profile.Profile;
import im.palisade.server.profile.ProfileField;
import im.palisade.server.profile.ProfileFields;
import im.palisade.server.profile.ProfileRestApi;
import im.palisade.server.profile.ProfileService;
import im.palisade.server.protocol.Json;
import im.palisade.server.relation.FollowService.Counters;
import im.palisade.server.relation.FollowService.Entry;
import im.palisade.server.relation.FollowService.ListKind;
import im.palisade.server.rest.Endpoint;
import im.palisade.server.rest.Family;
import im.palisade.server.rest.Field;
import im.palisade.server.rest.Fields;
import im.palisade.server.rest.RestCall;
import im.palisade.server.rest.RestReply;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** {@code follow} (rest-accounts Part D). */
public final class FollowRestApi {
  private static final String SERVICE = "follow";
  private static final int MAX_CHANGED = 20;
  private static final int MAX_CHECKED = 100;
  private static final int MAX_PAGE = 1000;
  private static final int DEFAULT_PAGE = 100;

  private static final Field<List<Fields>> FOLLOW_ITEM =
      Field.objects(
              "FollowItem", 1, MAX_CHANGED, List.of(SnsFields.TO_ACCOUNT), "accounts to follow")
          .required();
  private static final Field<List<String>> FEW_ACCOUNTS =
      Field.namedAccounts("To_Account", 1, MAX_CHANGED, "the other accounts").required();
  private static final Field<List<String>> CHECKED_ACCOUNTS =
      Field.namedAccounts("To_Account", 1, MAX_CHECKED, "the other accounts").required();
  private static final Field<Integer> FOLLOW_TYPE =
      Field.integer("FollowType", 1, 3, "1 fans, 2 followed, 3 mutual").required();
  private static final Field<String> START_CURSOR =
      Field.text("StartCursor", 64, "empty, then NextCursor").required();
  private static final Field<Integer> WANT_NUM =
      Field.integer("WantNum", 1, MAX_PAGE, "accounts per page").defaultsTo(DEFAULT_PAGE);

  private final FollowService follows;
  private final ProfileService profiles;

  FollowRestApi(FollowService follows, ProfileService profiles) {
    this.follows = follows;
    this.profiles = profiles;
  }

  /** The endpoints. */
  public List<Endpoint> endpoints() {
    AuditDeclaration changes = AuditDeclaration.records("user.relation.set");
    AuditDeclaration reads = AuditDeclaration.none("an app's back end reads whom its users follow");
    return List.of(
        Endpoint.of(SERVICE, "follow_add", Family.RELATION)
            .meaning("Follows accounts")
            .fields(SnsFields.FROM_ACCOUNT, FOLLOW_ITEM)
            .handledBy(changes, this::add),
        Endpoint.of(SERVICE, "follow_delete", Family.RELATION)
            .meaning("Ends follows")
            .fields(SnsFields.FROM_ACCOUNT, FEW_ACCOUNTS)
            .handledBy(changes, this::delete),
        Endpoint.of(SERVICE, "follow_get", Family.RELATION)
            .meaning("Pages through fans, followed or mutual accounts")
            .fields(SnsFields.FROM_ACCOUNT, FOLLOW_TYPE, START_CURSOR, WANT_NUM)
            .handledBy(reads, this::get),
        Endpoint.of(SERVICE, "follow_check", Family.RELATION)
            .meaning("Tells who follows whom")
            .fields(SnsFields.FROM_ACCOUNT, CHECKED_ACCOUNTS)
            .handledBy(reads, this::check),
        Endpoint.of(SERVICE, "follow_get_info", Family.RELATION)
            .meaning("Counts fans, followed and mutual accounts")
            .fields(SnsFields.FROM_ACCOUNT, FEW_ACCOUNTS)
            .handledBy(reads, this::getInfo));
  }

  private RestReply add(RestCall call) {
    List<String> wanted =
        call.get(FOLLOW_ITEM).stream().map(item -> item.get(SnsFields.TO_ACCOUNT)).toList();
    return ItemResults.reply(
        "FollowAdd",
        wanted,
        follows.add(call.app(), call.get(SnsFields.FROM_ACCOUNT), wanted, call.cause()));
  }

  private RestReply delete(RestCall call) {
    List<String> wanted = call.get(FEW_ACCOUNTS);
    return ItemResults.reply(
        "FollowDelete",
        wanted,
        follows.delete(call.app(), call.get(SnsFields.FROM_ACCOUNT), wanted, call.cause()));
  }

  private RestReply get(RestCall call) {
    ListKind list =
        switch (call.get(FOLLOW_TYPE)) {
          case 1 -> ListKind.FANS;
          case 2 -> ListKind.FOLLOWING;
          default -> ListKind.MUTUAL;
        };
    FollowService.Page page =
        follows.page(
            call.app(),
            call.get(SnsFields.FROM_ACCOUNT),
            list,
            call.get(START_CURSOR),
            call.get(WANT_NUM));
    List<Account> accounts = page.entries().stream().map(Entry::account).toList();
    Map<Long, Profile> read = profiles.find(call.app(), accounts);
    List<ProfileField> shown = shown(call.app());
    ObjectNode reply = Json.object();
    ArrayNode items = reply.putArray("FollowItem");
    for (Entry entry : page.entries()) {
      items
          .addObject()
          .put("To_Account", entry.account().userId())
          .put("FollowTime", entry.time())
          .set("ProfileItem", ProfileRestApi.json(read.get(entry.account().id()), shown));
    }
    return RestReply.ok(reply.put("NextCursor", page.next()));
  }

  private RestReply check(RestCall call) {
    List<String> wanted = call.get(CHECKED_ACCOUNTS);
    Map<String, RelationFault> faults = new LinkedHashMap<>();
    Map<String, Direction> found =
        follows.check(call.app(), call.get(SnsFields.FROM_ACCOUNT), wanted, faults);
    return ItemResults.reply(
        "ResultItem",
        "FollowCheck",
        wanted,
        faults,
        (item, userId) ->
            item.put("FollowType", found.getOrDefault(userId, Direction.NONE).followType()));
  }

  private RestReply getInfo(RestCall call) {
    List<String> wanted = call.get(FEW_ACCOUNTS);
    Map<String, Counters> found =
        follows.counters(call.app(), call.get(SnsFields.FROM_ACCOUNT), wanted);
    Map<String, RelationFault> faults = new LinkedHashMap<>();
    for (String userId : wanted) {
      if (!found.containsKey(userId)) {
        faults.put(userId, RelationFault.ACCOUNT_NOT_EXIST);
      }
    }
    return ItemResults.reply(
        "FollowInfo",
        "FollowGetInfo",
        wanted,
        faults,
        (item, userId) -> {
          Counters counters = found.getOrDefault(userId, new Counters(0, 0, 0));
          item.put("FollowerCount", counters.followers());
          item.put("FollowingCount", counters.following());
          item.put("MutualFollowingCount", counters.mutual());
        });
  }

  private static List<ProfileField> shown(App app) {
    List<ProfileField> shown =
        new ArrayList<>(
            List.of(
                ProfileFields.NICK,
                ProfileFields.IMAGE,
                ProfileFields.GENDER,
                ProfileFields.ALLOW_TYPE,
                ProfileFields.SELF_SIGNATURE));
    ProfileFields.custom(app).stream()
        .filter(ProfileField::isReadableByAdministrators)
        .forEach(shown::add);
    return shown;
  }
}
