package im.palisade.server.relation;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import im.palisade.server.audit.AuditDeclaration;
import im.palisade.server.protocol.Json;
import im.palisade.server.relation.FriendLookup.Listed;
import im.palisade.server.relation.FriendService.Update;
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
import java.util.Optional;

/** Friends in {@code sns} (rest-accounts C1–C7). */
public final class FriendRestApi {
  private static final String SERVICE = "sns";

  private static final Field<String> TAG =
      Field.text("Tag", 1 << 20, "name of the field").required();
  private static final Field<JsonNode> VALUE =
      Field.raw("Value", "text, number or list, as the field has it").required();
  private static final Field<List<Fields>> CUSTOM_ITEM =
      Field.objects("CustomItem", 0, 100, List.of(TAG, VALUE), "custom fields of the app");
  private static final Field<Long> REMARK_TIME =
      Field.u32("RemarkTime", "when the remark was set; not kept");
  private static final Field<Long> ADD_TIME = Field.u32("AddTime", "since when; now by default");
  private static final Field<List<Fields>> ADD_ITEM =
      Field.objects(
              "AddFriendItem",
              1,
              SnsFields.MAX_ACCOUNTS,
              List.of(
                  SnsFields.TO_ACCOUNT,
                  SnsFields.REMARK,
                  SnsFields.ITEM_LISTS,
                  SnsFields.ADD_SOURCE,
                  SnsFields.ADD_WORDING),
              "friends to add")
          .required();
  private static final Field<List<Fields>> IMPORT_ITEM =
      Field.objects(
              "AddFriendItem",
              1,
              SnsFields.MAX_ACCOUNTS,
              List.of(
                  SnsFields.TO_ACCOUNT,
                  SnsFields.REMARK,
                  REMARK_TIME,
                  SnsFields.ITEM_LISTS,
                  SnsFields.ADD_SOURCE,
                  SnsFields.ADD_WORDING,
                  ADD_TIME,
                  CUSTOM_ITEM),
              "friends to import")
          .required();
  private static final Field<String> ADD_TYPE =
      Field.word("AddType", List.of("Add_Type_Both", "Add_Type_Single"), "both sides or one")
          .defaultsTo("Add_Type_Both");
  private static final Field<Integer> FORCE =
      Field.integer(
              "ForceAddFlags", Integer.MIN_VALUE, Integer.MAX_VALUE, "1 asks nobody for approval")
          .defaultsTo(0);
  private static final Field<List<Fields>> SNS_ITEM =
      Field.objects("SnsItem", 1, 100, List.of(TAG, VALUE), "new values").required();
  private static final Field<List<Fields>> UPDATE_ITEM =
      Field.objects(
              "UpdateItem",
              1,
              SnsFields.MAX_ACCOUNTS,
              List.of(SnsFields.TO_ACCOUNT, SNS_ITEM),
              "friends to change")
          .required();
  private static final Field<String> DELETE_TYPE =
      Field.word(
              "DeleteType", List.of("Delete_Type_Single", "Delete_Type_Both"), "one side or both")
          .defaultsTo("Delete_Type_Single");
  private static final Field<String> CHECK_TYPE = SnsFields.checkType("CheckResult_Type");
  private static final Field<Integer> START_INDEX =
      Field.integer("StartIndex", 0, Integer.MAX_VALUE, "0, then NextStartIndex").required();
  private static final Field<Long> STANDARD_SEQUENCE =
      Field.u32("StandardSequence", "the caller's; standard data of the same is not sent")
          .defaultsTo(0L);
  private static final Field<Long> CUSTOM_SEQUENCE =
      Field.u32("CustomSequence", "the caller's; custom data of the same is not sent")
          .defaultsTo(0L);

  private final FriendService friends;
  private final FriendLookup lookup;

  FriendRestApi(FriendService friends, FriendLookup lookup) {
    this.friends = friends;
    this.lookup = lookup;
  }

  /** The endpoints. */
  public List<Endpoint> endpoints() {
    AuditDeclaration changes = AuditDeclaration.records("user.relation.set");
    AuditDeclaration reads =
        AuditDeclaration.none("an app's back end reads who its users' friends are");
    return List.of(
        Endpoint.of(SERVICE, "friend_add", Family.RELATION)
            .meaning("Adds friends, or asks those who want to be asked")
            .fields(SnsFields.FROM_ACCOUNT, ADD_ITEM, ADD_TYPE, FORCE)
            .handledBy(changes, this::add),
        Endpoint.of(SERVICE, "friend_import", Family.RELATION)
            .meaning("Puts friends into one account's list")
            .fields(SnsFields.FROM_ACCOUNT, IMPORT_ITEM)
            .handledBy(changes, this::importAll),
        Endpoint.of(SERVICE, "friend_update", Family.RELATION)
            .meaning("Changes remark, lists and custom fields of friends")
            .fields(SnsFields.FROM_ACCOUNT, UPDATE_ITEM)
            .handledBy(changes, this::update),
        Endpoint.of(SERVICE, "friend_delete", Family.RELATION)
            .meaning("Removes friends")
            .fields(SnsFields.FROM_ACCOUNT, SnsFields.TO_ACCOUNTS, DELETE_TYPE)
            .handledBy(changes, this::delete),
        Endpoint.of(SERVICE, "friend_delete_all", Family.RELATION)
            .meaning("Removes all friends of an account")
            .fields(SnsFields.FROM_ACCOUNT, DELETE_TYPE)
            .handledBy(changes, this::deleteAll),
        Endpoint.of(SERVICE, "friend_check", Family.RELATION)
            .meaning("Tells who is whose friend")
            .fields(SnsFields.FROM_ACCOUNT, SnsFields.TO_ACCOUNTS, CHECK_TYPE)
            .handledBy(reads, this::check),
        Endpoint.of(SERVICE, "friend_get", Family.RELATION)
            .meaning("Pages through all friends")
            .fields(SnsFields.FROM_ACCOUNT, START_INDEX, STANDARD_SEQUENCE, CUSTOM_SEQUENCE)
            .handledBy(reads, this::get));
  }

  private RestReply add(RestCall call) {
    Items items = new Items();
    for (Fields item : call.get(ADD_ITEM)) {
      items.take(item, () -> newFriend(item, false));
    }
    Map<String, RelationFault> faults =
        friends.add(
            call.app(),
            call.get(SnsFields.FROM_ACCOUNT),
            items.valid(),
            call.get(ADD_TYPE).equals("Add_Type_Both"),
            call.get(FORCE) == 1,
            call.cause());
    return items.reply("FriendAdd", faults);
  }

  private RestReply importAll(RestCall call) {
    Items items = new Items();
    for (Fields item : call.get(IMPORT_ITEM)) {
      items.take(item, () -> newFriend(item, true));
    }
    return items.reply(
        "FriendImport",
        friends.importAll(
            call.app(), call.get(SnsFields.FROM_ACCOUNT), items.valid(), call.cause()));
  }

  private RestReply update(RestCall call) {
    Map<String, Update> updates = new LinkedHashMap<>();
    for (Fields item : call.get(UPDATE_ITEM)) {
      String userId = item.get(SnsFields.TO_ACCOUNT);
      updates.computeIfAbsent(userId, id -> new Update(id, values(item)));
    }
    Map<String, RelationFault> faults =
        friends.update(
            call.app(), call.get(SnsFields.FROM_ACCOUNT), updates.values(), call.cause());
    return ItemResults.reply("FriendUpdate", updates.keySet(), faults);
  }

  private RestReply delete(RestCall call) {
    List<String> wanted = call.get(SnsFields.TO_ACCOUNTS);
    Map<String, RelationFault> faults =
        friends.delete(
            call.app(),
            call.get(SnsFields.FROM_ACCOUNT),
            wanted,
            call.get(DELETE_TYPE).equals("Delete_Type_Both"),
            call.cause());
    return ItemResults.reply("FriendDelete", wanted, faults);
  }

  private RestReply deleteAll(RestCall call) {
    friends.deleteAll(
        call.app(),
        call.get(SnsFields.FROM_ACCOUNT),
        call.get(DELETE_TYPE).equals("Delete_Type_Both"),
        call.cause());
    return RestReply.ok();
  }

  private RestReply check(RestCall call) {
    List<String> wanted = call.get(SnsFields.TO_ACCOUNTS);
    boolean both = call.get(CHECK_TYPE).endsWith("_Both");
    Map<String, RelationFault> faults = new LinkedHashMap<>();
    Map<String, Direction> found =
        lookup.check(call.app(), call.get(SnsFields.FROM_ACCOUNT), wanted, both, faults);
    return ItemResults.reply(
        "InfoItem",
        "FriendCheck",
        wanted,
        faults,
        (item, userId) ->
            item.put("Relation", relation(found.getOrDefault(userId, Direction.NONE))));
  }

  private RestReply get(RestCall call) {
    FriendLookup.Page page =
        lookup.page(call.app(), call.get(SnsFields.FROM_ACCOUNT), call.get(START_INDEX));
    boolean standard = differs(call.get(STANDARD_SEQUENCE), page.standardSequence());
    boolean custom = differs(call.get(CUSTOM_SEQUENCE), page.customSequence());
    ObjectNode reply = Json.object();
    ArrayNode items = reply.putArray("UserDataItem");
    for (Listed listed : page.friends()) {
      ArrayNode values = Json.mapper().createArrayNode();
      if (standard) {
        FriendTags.addTo(values, listed.friend(), listed.lists(), FriendTags.STANDARD);
      }
      if (custom) {
        FriendTags.addTo(
            values, listed.friend(), listed.lists(), FriendTags.customOf(listed.friend()));
      }
      if (!values.isEmpty()) {
        items.addObject().put("To_Account", listed.friend().userId()).set("ValueItem", values);
      }
    }
    boolean complete = page.complete() || !(standard || custom);
    return RestReply.ok(
        reply
            .put("StandardSequence", page.standardSequence())
            .put("CustomSequence", page.customSequence())
            .put("FriendNum", page.total())
            .put("CompleteFlag", complete ? 1 : 0)
            .put("NextStartIndex", complete ? 0 : call.get(START_INDEX) + FriendLookup.PAGE));
  }

  /** 0 means the caller has nothing yet. */
  private static boolean differs(long known, int present) {
    return known == 0 || known != present;
  }

  private static String relation(Direction direction) {
    return switch (direction) {
      case NONE -> "CheckResult_Type_NoRelation";
      case A_WITH_B -> "CheckResult_Type_AWithB";
      case B_WITH_A -> "CheckResult_Type_BWithA";
      case BOTH -> "CheckResult_Type_BothWay";
    };
  }

  private static NewFriend newFriend(Fields item, boolean imported) {
    Map<String, JsonNode> custom = new LinkedHashMap<>();
    if (imported) {
      for (Fields each : item.find(CUSTOM_ITEM).orElse(List.of())) {
        custom.put(each.get(TAG), each.get(VALUE));
      }
      item.find(REMARK_TIME);
    }
    return new NewFriend(
        item.get(SnsFields.TO_ACCOUNT),
        item.find(SnsFields.REMARK),
        item.find(SnsFields.ITEM_LISTS),
        item.find(SnsFields.ADD_SOURCE),
        item.find(SnsFields.ADD_WORDING),
        imported ? item.find(ADD_TIME) : Optional.empty(),
        custom);
  }

  /** Values to change; none when the item is malformed, which fails as an item. */
  private static List<Map.Entry<String, JsonNode>> values(Fields item) {
    List<Map.Entry<String, JsonNode>> values = new ArrayList<>();
    return Items.reading(
            () -> {
              for (Fields each : item.get(SNS_ITEM)) {
                values.add(Map.entry(each.get(TAG), each.get(VALUE)));
              }
              return values;
            })
        .orElse(List.of());
  }
}
