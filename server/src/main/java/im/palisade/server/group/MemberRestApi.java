package im.palisade.server.group;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import im.palisade.server.account.AccountService;
import im.palisade.server.app.App;
import im.palisade.server.audit.AuditDeclaration;
import im.palisade.server.group.GroupJson.Filter;
import im.palisade.server.group.GroupRoster.Listed;
import im.palisade.server.group.Membership.Outcome;
import im.palisade.server.protocol.ErrorCode;
import im.palisade.server.protocol.ImException;
import im.palisade.server.protocol.Json;
import im.palisade.server.rest.Endpoint;
import im.palisade.server.rest.Family;
import im.palisade.server.rest.Field;
import im.palisade.server.rest.Fields;
import im.palisade.server.rest.RestCall;
import im.palisade.server.rest.RestReply;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Members of groups (rest-groups Part B); mutes are {@link GroupMuteRestApi}'s. */
public final class MemberRestApi {
  private static final String SERVICE = GroupFields.SERVICE;
  private static final int MAX_ADDED = 300;
  private static final int MAX_REMOVED = 500;
  private static final int MAX_SPECIFIED = 50;
  private static final int MAX_ROLES = 500;

  private static final Field<String> MEMBER_ACCOUNT =
      Field.userId("Member_Account", "an account").required();
  private static final Field<List<Fields>> MEMBER_LIST =
      Field.objects("MemberList", 1, MAX_ADDED, List.of(MEMBER_ACCOUNT), "accounts to add")
          .whenTooMany(ErrorCode.GROUP_TOO_MANY_ACCOUNTS)
          .required();
  private static final Field<List<String>> TO_DELETE =
      Field.namedAccounts("MemberToDel_Account", 1, MAX_REMOVED, "members to remove")
          .whenTooMany(ErrorCode.GROUP_TOO_MANY_ACCOUNTS)
          .required();
  private static final Field<String> REASON =
      Field.text("Reason", Membership.MAX_TEXT, "told to those removed").defaultsTo("");

  private static final Field<List<String>> MEMBER_FILTER =
      GroupFields.names("MemberInfoFilter", "names of member fields");
  private static final Field<List<String>> ROLE_FILTER =
      GroupFields.names("MemberRoleFilter", "only members with these roles");
  private static final Field<List<String>> CUSTOM_FILTER =
      GroupFields.names("AppDefinedDataFilter_GroupMember", "keys of custom fields");
  private static final Field<Integer> LIMIT =
      Field.integer("Limit", 0, Integer.MAX_VALUE, "most members of a page");
  private static final Field<Integer> OFFSET =
      Field.integer("Offset", 0, Integer.MAX_VALUE, "members to pass over").defaultsTo(0);
  private static final Field<String> NEXT =
      Field.text("Next", 64, "empty first, then what was returned").defaultsTo("");
  private static final Field<List<String>> SPECIFIED =
      Field.namedAccounts("Member_List_Account", 1, MAX_SPECIFIED, "whom to read").required();

  private static final Field<String> ROLE =
      Field.word("Role", List.of("Admin", "Member"), "what the member becomes");
  private static final Field<String> MSG_FLAG =
      Field.word(
          "MsgFlag",
          List.of("AcceptAndNotify", "AcceptNotNotify", "Discard"),
          "its message option");
  private static final Field<String> NAME_CARD =
      Field.text("NameCard", MemberProfiles.MAX_NAME_CARD, "its name card");
  private static final Field<Long> MUTE_TIME =
      Field.u32("MuteTime", "seconds without sending; 0 lifts, 4294967295 for ever")
          .alias("ShutUpTime")
          .alias("ShutUpUntil");
  private static final Field<List<String>> USERS =
      Field.namedAccounts("User_Account", 1, MAX_ROLES, "whose roles")
          .whenTooMany(ErrorCode.GROUP_TOO_MANY_ACCOUNTS)
          .required();

  private final GroupService groups;
  private final GroupRoster roster;
  private final Membership membership;
  private final Leaving leaving;
  private final MemberProfiles profiles;
  private final AccountService accounts;
  private final OnlineAccounts online;

  MemberRestApi(GroupServices services) {
    this.groups = services.groups();
    this.roster = services.roster();
    this.membership = services.membership();
    this.leaving = services.leaving();
    this.profiles = services.memberProfiles();
    this.accounts = services.accounts();
    this.online = services.online();
  }

  /** The endpoints. */
  public List<Endpoint> endpoints() {
    AuditDeclaration reads =
        AuditDeclaration.none("an app's back end reads who is in its own groups");
    return List.of(
        Endpoint.of(SERVICE, "add_group_member", Family.GROUP)
            .meaning("Adds members without asking anybody")
            .fields(GroupFields.GROUP_ID, MEMBER_LIST, GroupFields.SILENCE)
            .handledBy(AuditDeclaration.records("group.member.add"), this::add),
        Endpoint.of(SERVICE, "delete_group_member", Family.GROUP)
            .meaning("Removes members")
            .fields(GroupFields.GROUP_ID, TO_DELETE, GroupFields.SILENCE, REASON)
            .handledBy(AuditDeclaration.records("group.member.remove"), this::remove),
        Endpoint.of(SERVICE, "get_group_member_info", Family.GROUP)
            .meaning("Lists members")
            .fields(
                GroupFields.GROUP_ID,
                MEMBER_FILTER,
                ROLE_FILTER,
                CUSTOM_FILTER,
                LIMIT,
                OFFSET,
                NEXT)
            .handledBy(reads, this::list),
        Endpoint.of(SERVICE, "get_specified_group_member_info", Family.GROUP)
            .meaning("Reads some members")
            .fields(GroupFields.GROUP_ID, SPECIFIED, MEMBER_FILTER, ROLE_FILTER, CUSTOM_FILTER)
            .handledBy(reads, this::specified),
        Endpoint.of(SERVICE, "modify_group_member_info", Family.GROUP)
            .meaning("Changes a member")
            .fields(
                GroupFields.GROUP_ID,
                MEMBER_ACCOUNT,
                ROLE,
                MSG_FLAG,
                NAME_CARD,
                GroupFields.MEMBER_DEFINED_DATA,
                MUTE_TIME)
            .handledBy(
                AuditDeclaration.records("group.member.role", "group.update", "group.mute"),
                this::modify),
        Endpoint.of(SERVICE, "get_role_in_group", Family.GROUP)
            .meaning("Tells the roles of accounts")
            .fields(GroupFields.GROUP_ID, USERS)
            .handledBy(reads, this::roles));
  }

  private RestReply add(RestCall call) {
    List<String> named =
        call.get(MEMBER_LIST).stream().map(each -> each.get(MEMBER_ACCOUNT)).toList();
    boolean silent = call.get(GroupFields.SILENCE);
    Group group = group(call);
    Map<String, Outcome> outcomes =
        membership.add(call.app(), RestActors.of(accounts, call), group, named, silent);
    return RestReply.ok(outcomes(outcomes));
  }

  static ObjectNode outcomes(Map<String, Outcome> outcomes) {
    ObjectNode reply = Json.object();
    ArrayNode list = reply.putArray("MemberList");
    outcomes.forEach(
        (userId, outcome) ->
            list.addObject().put("Member_Account", userId).put("Result", outcome.code()));
    return reply;
  }

  private RestReply remove(RestCall call) {
    List<String> named = call.get(TO_DELETE);
    boolean silent = call.get(GroupFields.SILENCE);
    String reason = call.get(REASON);
    leaving.remove(call.app(), RestActors.of(accounts, call), group(call), named, silent, reason);
    return RestReply.ok();
  }

  private RestReply list(RestCall call) {
    App app = call.app();
    Set<Role> roles = roles(call.find(ROLE_FILTER));
    Filter filter = filter(call, false);
    int offset = call.get(OFFSET);
    String next = call.get(NEXT);
    Optional<Integer> limit = call.find(LIMIT);
    Group group = stored(call);
    GroupRow row = groups.read(app, List.of(group.groupId())).get(group.groupId());
    if (row == null) {
      throw new ImException(ErrorCode.GROUP_NOT_FOUND);
    }
    ObjectNode reply = Json.object().put("MemberNum", row.numbers().memberCount());
    ArrayNode list = reply.putArray("MemberList");
    if (group.type().pagesByCursor()) {
      if (offset != 0) {
        throw new ImException(ErrorCode.GROUP_INVALID_PARAMETER, "Offset is not for this type");
      }
      int most = GroupRoster.MAX_CURSOR_PAGE;
      GroupRoster.Page page =
          roster.page(app, group, roles, next, Math.clamp(limit.orElse(most), 1, most));
      page.members().forEach(each -> list.add(member(app, each, filter)));
      return GroupFields.within(RestReply.ok(reply.put("Next", page.next())));
    }
    int most = limit.map(each -> Math.min(each, GroupRoster.MAX_PAGE)).orElse(Integer.MAX_VALUE);
    roster
        .page(app, group, roles, offset, most)
        .forEach(each -> list.add(member(app, each, filter)));
    return GroupFields.within(RestReply.ok(reply));
  }

  private RestReply specified(RestCall call) {
    App app = call.app();
    List<String> named = call.get(SPECIFIED);
    Set<Role> roles = roles(call.find(ROLE_FILTER));
    Filter filter = filter(call, true);
    Group group = stored(call);
    ObjectNode reply = Json.object().put("GroupId", group.groupId());
    ArrayNode list = reply.putArray("MemberList");
    for (Listed each : roster.some(app, group, named)) {
      if (roles.contains(each.member().role())) {
        list.add(member(app, each, filter));
      }
    }
    return GroupFields.within(RestReply.ok(reply));
  }

  private RestReply modify(RestCall call) {
    String userId = call.get(MEMBER_ACCOUNT);
    MemberChange change =
        new MemberChange(
            call.find(ROLE).map(word -> word.equals("Admin") ? Role.ADMIN : Role.MEMBER),
            call.find(MSG_FLAG).flatMap(MsgFlag::named),
            call.find(NAME_CARD),
            GroupFields.pairs(call.find(GroupFields.MEMBER_DEFINED_DATA)),
            call.find(MUTE_TIME));
    profiles.modify(call.app(), RestActors.of(accounts, call), group(call), userId, change);
    return RestReply.ok();
  }

  private RestReply roles(RestCall call) {
    List<String> named = call.get(USERS);
    Group group = stored(call);
    Map<String, Role> roles = roster.roles(call.app(), group, named);
    ObjectNode reply = Json.object();
    ArrayNode list = reply.putArray("UserIdList");
    for (String userId : named) {
      Role role = roles.get(userId);
      list.addObject()
          .put("Member_Account", userId)
          .put("Role", role == null ? "NotMember" : role.wireName());
    }
    return RestReply.ok(reply);
  }

  private ObjectNode member(App app, Listed listed, Filter filter) {
    return GroupJson.member(app, listed, filter, online.is(listed.member().accountId()));
  }

  private Group group(RestCall call) {
    return groups.require(call.app(), call.get(GroupFields.GROUP_ID));
  }

  /** A group whose members are kept. */
  private Group stored(RestCall call) {
    Group group = group(call);
    if (!group.type().allows(Rule.MEMBERS)) {
      throw new ImException(ErrorCode.GROUP_NOT_PERMITTED, "the type keeps no members");
    }
    return group;
  }

  /** Names of no role are passed over. */
  private static Set<Role> roles(Optional<List<String>> names) {
    Set<Role> all = Set.of(Role.values());
    if (names.isEmpty() || names.get().isEmpty()) {
      return all;
    }
    return all.stream()
        .filter(role -> names.get().contains(role.wireName()))
        .collect(Collectors.toUnmodifiableSet());
  }

  /**
   * Neither filter wants everything; one of member fields alone leaves custom fields out, unless
   * the command returns them always.
   */
  private static Filter filter(RestCall call, boolean customAlways) {
    Optional<Set<String>> fields =
        call.find(MEMBER_FILTER).filter(names -> !names.isEmpty()).map(HashSet::new);
    Optional<Set<String>> custom =
        call.find(CUSTOM_FILTER).filter(names -> !names.isEmpty()).map(HashSet::new);
    boolean withoutCustom = custom.isEmpty() && fields.isPresent() && !customAlways;
    return new Filter(
        Optional.empty(), fields, Optional.empty(), withoutCustom ? Optional.of(Set.of()) : custom);
  }
}
