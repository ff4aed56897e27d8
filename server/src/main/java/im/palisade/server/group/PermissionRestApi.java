package im.palisade.server.group;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import im.palisade.server.account.AccountService;
import im.palisade.server.audit.AuditDeclaration;
import im.palisade.server.group.PermissionGroups.Done;
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
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Permission groups of communities (rest-groups-advanced annex K). */
public final class PermissionRestApi {
  private static final String SERVICE = GroupFields.SERVICE;
  private static final int MAX_NAME = 150;
  private static final int MAX_PAGE = 100;
  private static final int MAX_TOPICS = 50;

  private static final Field<String> ID =
      Field.text("PermissionGroupId", 1 << 10, "the permission group").required();
  private static final Field<String> CHOSEN_ID =
      Field.text("PermissionGroupId", 1 << 10, "@PMG#_ and a text of the app's choice");
  private static final Field<String> NEW_NAME =
      Field.of("PermissionGroupName", new Shape.Text(1, MAX_NAME), "its name").required();
  private static final Field<String> NAME =
      Field.of("PermissionGroupName", new Shape.Text(1, MAX_NAME), "its name");
  private static final Field<Long> PERMISSION =
      Field.whole("Permission", 0, Long.MAX_VALUE, "bits of the community");
  private static final Field<Long> TOPIC_PERMISSION =
      Field.whole("Permission", 0, Long.MAX_VALUE, "bits in the topic").required();
  private static final Field<String> CUSTOM_STRING =
      Field.text("CustomString", Topic.MAX_CUSTOM_STRING, "free text of the app");
  private static final Field<List<String>> IDS =
      Field.list(
          "PermissionGroupIdList",
          GroupFields.NAME_SHAPE,
          1,
          PermissionGroups.MAX_GROUPS,
          "permission groups");
  private static final Field<Integer> LIMIT =
      Field.integer("Limit", 1, MAX_PAGE, "most of a page").defaultsTo(MAX_PAGE);
  private static final Field<String> NEXT =
      Field.text("Next", 32, "empty first, then what was returned").defaultsTo("");
  private static final Field<String> TOPIC_ID =
      Field.text("TopicId", 1 << 10, "a topic").required();
  private static final Field<List<Fields>> TOPIC_BITS =
      Field.objects(
              "TopicPermissionList",
              1,
              MAX_TOPICS,
              List.of(TOPIC_ID, TOPIC_PERMISSION),
              "topics and bits")
          .required();
  private static final Field<List<String>> TOPIC_IDS =
      Field.list("TopicIdList", GroupFields.NAME_SHAPE, 1, MAX_TOPICS, "topics").required();
  private static final Field<List<String>> SOME_TOPIC_IDS =
      Field.list("TopicIdList", GroupFields.NAME_SHAPE, 0, Topics.MAX_TOPICS, "only these topics")
          .defaultsTo(List.of());
  private static final Field<String> MEMBER_ACCOUNT =
      Field.userId("Member_Account", "an account").required();
  private static final Field<List<Fields>> MEMBER_LIST =
      Field.objects("MemberList", 1, 100, List.of(MEMBER_ACCOUNT), "members of the community")
          .whenTooMany(ErrorCode.GROUP_TOO_MANY_ACCOUNTS)
          .required();

  private final GroupService groups;
  private final PermissionGroups permissions;
  private final AccountService accounts;

  PermissionRestApi(GroupServices services, PermissionGroups permissions) {
    this.groups = services.groups();
    this.accounts = services.accounts();
    this.permissions = permissions;
  }

  /** The endpoints. */
  public List<Endpoint> endpoints() {
    AuditDeclaration changes = AuditDeclaration.records("group.update");
    AuditDeclaration roles = AuditDeclaration.records("group.member.role");
    AuditDeclaration reads = AuditDeclaration.none("an app's back end reads its own groups");
    return List.of(
        Endpoint.of(SERVICE, "create_permission_group", Family.GROUP)
            .meaning("Makes a permission group of a community")
            .fields(GroupFields.GROUP_ID, NEW_NAME, CHOSEN_ID, PERMISSION, CUSTOM_STRING)
            .handledBy(changes, this::create),
        Endpoint.of(SERVICE, "destroy_permission_group", Family.GROUP)
            .meaning("Ends permission groups")
            .fields(GroupFields.GROUP_ID, IDS)
            .handledBy(changes, this::destroy),
        Endpoint.of(SERVICE, "modify_permission_group", Family.GROUP)
            .meaning("Changes a permission group")
            .fields(GroupFields.GROUP_ID, ID, NAME, PERMISSION, CUSTOM_STRING)
            .handledBy(changes, this::modify),
        Endpoint.of(SERVICE, "get_permission_group", Family.GROUP)
            .meaning("Reads permission groups")
            .fields(GroupFields.GROUP_ID, IDS, LIMIT, NEXT)
            .handledBy(reads, this::read),
        Endpoint.of(SERVICE, "add_topic_permission_group", Family.GROUP)
            .meaning("Grants in topics where nothing is granted yet")
            .fields(GroupFields.GROUP_ID, ID, TOPIC_BITS)
            .handledBy(changes, call -> grant(call, true)),
        Endpoint.of(SERVICE, "set_topic_permission_group", Family.GROUP)
            .meaning("Grants in topics")
            .fields(GroupFields.GROUP_ID, ID, TOPIC_BITS)
            .handledBy(changes, call -> grant(call, false)),
        Endpoint.of(SERVICE, "delete_topic_permission_group", Family.GROUP)
            .meaning("Takes back what was granted in topics")
            .fields(GroupFields.GROUP_ID, ID, TOPIC_IDS)
            .handledBy(changes, this::withdraw),
        Endpoint.of(SERVICE, "get_topic_permission_group", Family.GROUP)
            .meaning("Tells what is granted in topics")
            .fields(GroupFields.GROUP_ID, ID, SOME_TOPIC_IDS)
            .handledBy(reads, this::topics),
        Endpoint.of(SERVICE, "add_permission_group_member", Family.GROUP)
            .meaning("Adds members of the community to a permission group")
            .fields(GroupFields.GROUP_ID, ID, MEMBER_LIST)
            .handledBy(roles, this::add),
        Endpoint.of(SERVICE, "delete_permission_group_member", Family.GROUP)
            .meaning("Takes members out of a permission group")
            .fields(GroupFields.GROUP_ID, ID, MEMBER_LIST)
            .handledBy(roles, this::remove),
        Endpoint.of(SERVICE, "get_permission_group_member_list", Family.GROUP)
            .meaning("Lists who is in a permission group")
            .fields(GroupFields.GROUP_ID, ID, LIMIT, NEXT)
            .handledBy(reads, this::members));
  }

  private RestReply create(RestCall call) {
    String id =
        permissions.create(
            call.app(),
            RestActors.of(accounts, call),
            group(call),
            call.find(CHOSEN_ID),
            call.get(NEW_NAME),
            call.find(PERMISSION).orElse(0L),
            call.find(CUSTOM_STRING).orElse(""));
    return RestReply.ok(Json.object().put("PermissionGroupId", id));
  }

  private RestReply destroy(RestCall call) {
    List<String> ids =
        call.find(IDS)
            .orElseThrow(
                () ->
                    new ImException(
                        ErrorCode.GROUP_INVALID_PARAMETER, "PermissionGroupIdList is missing"));
    Map<String, Done> done =
        permissions.destroy(call.app(), RestActors.of(accounts, call), group(call), ids);
    return results("PermissionGroupResultList", "PermissionGroupId", done);
  }

  private RestReply modify(RestCall call) {
    permissions.modify(
        call.app(),
        RestActors.of(accounts, call),
        group(call),
        call.get(ID),
        call.find(NAME),
        call.find(PERMISSION),
        call.find(CUSTOM_STRING));
    return RestReply.ok();
  }

  private RestReply read(RestCall call) {
    Group group = group(call);
    Optional<List<String>> ids = call.find(IDS);
    ObjectNode reply = Json.object();
    ArrayNode list = reply.putArray("PermissionGroupList");
    if (ids.isPresent()) {
      Map<String, PermissionGroup> found = permissions.some(call.app(), group, ids.get());
      for (String id : ids.get()) {
        PermissionGroup each = found.get(id);
        ObjectNode entry = list.addObject();
        if (each == null) {
          entry.put("PermissionGroupId", id);
          result(entry, Done.MISSING);
        } else {
          fill(entry, each);
          result(entry, Done.YES);
        }
      }
      return RestReply.ok(reply.put("Next", ""));
    }
    PermissionGroups.Page page = permissions.page(call.app(), group, after(call), call.get(LIMIT));
    page.groups().forEach(each -> fill(list.addObject(), each));
    return RestReply.ok(reply.put("Next", next(page.next())));
  }

  private static void fill(ObjectNode json, PermissionGroup group) {
    json.put("PermissionGroupId", group.permissionId())
        .put("PermissionGroupName", group.name())
        .put("Permission", group.permission())
        .put("CustomString", group.customString())
        .put("CreateTime", group.createTime())
        .put("MemberNum", group.members());
  }

  private RestReply grant(RestCall call, boolean only) {
    Map<String, Long> bits = new LinkedHashMap<>();
    call.get(TOPIC_BITS).forEach(each -> bits.put(each.get(TOPIC_ID), each.get(TOPIC_PERMISSION)));
    Map<String, Done> done =
        permissions.grant(
            call.app(), RestActors.of(accounts, call), group(call), call.get(ID), bits, only);
    return results("TopicPermissionResultList", "TopicId", done);
  }

  private RestReply withdraw(RestCall call) {
    Map<String, Done> done =
        permissions.withdraw(
            call.app(),
            RestActors.of(accounts, call),
            group(call),
            call.get(ID),
            call.get(TOPIC_IDS));
    return results("TopicPermissionResultList", "TopicId", done);
  }

  private RestReply topics(RestCall call) {
    ObjectNode reply = Json.object();
    ArrayNode list = reply.putArray("TopicPermissionList");
    permissions
        .topics(call.app(), group(call), call.get(ID), call.get(SOME_TOPIC_IDS))
        .forEach((id, bits) -> list.addObject().put("TopicId", id).put("Permission", bits));
    return RestReply.ok(reply);
  }

  private RestReply add(RestCall call) {
    ObjectNode reply = Json.object();
    ArrayNode list = reply.putArray("MemberList");
    permissions
        .add(call.app(), RestActors.of(accounts, call), group(call), call.get(ID), named(call))
        .forEach(
            (userId, result) ->
                list.addObject().put("Member_Account", userId).put("Result", result));
    return RestReply.ok(reply);
  }

  private RestReply remove(RestCall call) {
    permissions.remove(
        call.app(), RestActors.of(accounts, call), group(call), call.get(ID), named(call));
    return RestReply.ok();
  }

  private RestReply members(RestCall call) {
    PermissionGroups.Members page =
        permissions.members(call.app(), group(call), call.get(ID), after(call), call.get(LIMIT));
    ObjectNode reply = Json.object();
    ArrayNode list = reply.putArray("MemberList");
    page.userIds().forEach(userId -> list.addObject().put("Member_Account", userId));
    return RestReply.ok(reply.put("Next", next(page.next())));
  }

  private static Collection<String> named(RestCall call) {
    return call.get(MEMBER_LIST).stream().map(each -> each.get(MEMBER_ACCOUNT)).distinct().toList();
  }

  private static RestReply results(String list, String name, Map<String, Done> done) {
    ObjectNode reply = Json.object();
    ArrayNode array = reply.putArray(list);
    done.forEach((id, each) -> result(array.addObject().put(name, id), each));
    return RestReply.ok(reply);
  }

  private static void result(ObjectNode json, Done done) {
    boolean missing = done == Done.MISSING;
    json.put("ErrorCode", missing ? ErrorCode.GROUP_NOT_FOUND.number() : 0)
        .put("ErrorInfo", missing ? ErrorCode.GROUP_NOT_FOUND.meaning() : "");
  }

  private static long after(RestCall call) {
    String next = call.get(NEXT);
    if (!next.matches("[0-9]{0,18}")) {
      throw new ImException(ErrorCode.GROUP_INVALID_PARAMETER, "Next is not one of ours");
    }
    return next.isEmpty() ? 0 : Long.parseLong(next);
  }

  private static String next(long id) {
    return id == 0 ? "" : Long.toString(id);
  }

  private Group group(RestCall call) {
    return groups.require(call.app(), call.get(GroupFields.GROUP_ID));
  }
}
