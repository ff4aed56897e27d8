package im.palisade.server.relation;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import im.palisade.server.audit.AuditDeclaration;
import im.palisade.server.protocol.Json;
import im.palisade.server.relation.FriendListService.Changed;
import im.palisade.server.relation.FriendListService.Found;
import im.palisade.server.relation.FriendListService.Named;
import im.palisade.server.rest.Endpoint;
import im.palisade.server.rest.Family;
import im.palisade.server.rest.Field;
import im.palisade.server.rest.RestCall;
import im.palisade.server.rest.RestReply;
import java.util.List;
import java.util.Optional;

/** Named friend lists in {@code sns} (rest-accounts C13–C15). */
public final class FriendListRestApi {
  private static final String SERVICE = "sns";
  private static final int MAX_NAMES = 1000;

  private static final Field<List<String>> GROUP_NAME =
      Field.list("GroupName", SnsFields.LIST_NAME, 1, MAX_NAMES, "names of friend lists")
          .required();
  private static final Field<List<String>> ONLY_GROUPS =
      Field.list("GroupName", SnsFields.LIST_NAME, 0, MAX_NAMES, "only these; all without it")
          .defaultsTo(List.of());
  private static final Field<List<String>> MEMBERS =
      Field.namedAccounts(
          "To_Account", 0, RelationLimits.FRIENDS, "friends to put into every list named");
  private static final Field<String> NEED_FRIEND =
      Field.text("NeedFriend", 64, "Need_Friend_Type_Yes for the members as well").defaultsTo("");

  private final FriendListService lists;

  FriendListRestApi(FriendListService lists) {
    this.lists = lists;
  }

  /** The endpoints. */
  public List<Endpoint> endpoints() {
    AuditDeclaration changes = AuditDeclaration.records("user.relation.set");
    return List.of(
        Endpoint.of(SERVICE, "group_add", Family.RELATION)
            .meaning("Makes friend lists and puts friends into them")
            .fields(SnsFields.FROM_ACCOUNT, GROUP_NAME, MEMBERS)
            .handledBy(changes, this::add),
        Endpoint.of(SERVICE, "group_delete", Family.RELATION)
            .meaning("Deletes friend lists; their friends stay friends")
            .fields(SnsFields.FROM_ACCOUNT, GROUP_NAME)
            .handledBy(changes, this::delete),
        Endpoint.of(SERVICE, "group_get", Family.RELATION)
            .meaning("Lists friend lists")
            .fields(SnsFields.FROM_ACCOUNT, NEED_FRIEND, ONLY_GROUPS)
            .handledBy(
                AuditDeclaration.none("an app's back end reads how its users sort their friends"),
                this::get));
  }

  private RestReply add(RestCall call) {
    Optional<List<String>> members = call.find(MEMBERS);
    Changed changed =
        lists.add(
            call.app(),
            call.get(SnsFields.FROM_ACCOUNT),
            call.get(GROUP_NAME),
            members.orElse(List.of()),
            call.cause());
    ObjectNode reply = Json.object();
    members.ifPresent(
        named ->
            ItemResults.addTo(
                reply, "ResultItem", "GroupAdd", named, changed.faults(), (item, userId) -> {}));
    return RestReply.ok(reply.put("CurrentSequence", changed.sequence()));
  }

  private RestReply delete(RestCall call) {
    Changed changed =
        lists.delete(
            call.app(), call.get(SnsFields.FROM_ACCOUNT), call.get(GROUP_NAME), call.cause());
    return RestReply.ok(Json.object().put("CurrentSequence", changed.sequence()));
  }

  private RestReply get(RestCall call) {
    Found found = lists.find(call.app(), call.get(SnsFields.FROM_ACCOUNT), call.get(ONLY_GROUPS));
    boolean members = call.get(NEED_FRIEND).equals("Need_Friend_Type_Yes");
    ObjectNode reply = Json.object();
    ArrayNode items = reply.putArray("ResultItem");
    for (Named list : found.lists()) {
      ObjectNode item = items.addObject().put("GroupName", list.name());
      item.put("FriendNumber", list.members().size());
      if (members) {
        list.members().forEach(item.putArray("To_Account")::add);
      }
    }
    return RestReply.ok(reply.put("CurrentSequence", found.sequence()));
  }
}
