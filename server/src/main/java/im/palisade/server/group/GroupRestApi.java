package im.palisade.server.group;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import im.palisade.server.account.Account;
import im.palisade.server.account.AccountService;
import im.palisade.server.app.App;
import im.palisade.server.audit.AuditDeclaration;
import im.palisade.server.group.GroupJson.Filter;
import im.palisade.server.group.GroupRoster.Joined;
import im.palisade.server.group.GroupRoster.Wanted;
import im.palisade.server.protocol.ErrorCode;
import im.palisade.server.protocol.ImException;
import im.palisade.server.protocol.Json;
import im.palisade.server.rest.Endpoint;
import im.palisade.server.rest.Family;
import im.palisade.server.rest.Field;
import im.palisade.server.rest.Fields;
import im.palisade.server.rest.RestCall;
import im.palisade.server.rest.RestReply;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Groups (rest-groups Part A); making and importing them is {@link CreationRestApi}'s. */
public final class GroupRestApi {
  private static final String SERVICE = GroupFields.SERVICE;
  private static final int MAX_LISTED = 10_000;
  private static final int MAX_JOINED = 5_000;
  private static final int MAX_READ = 50;
  private static final int TYPE_BYTES = 64;

  private static final Field<Integer> LIMIT =
      Field.integer("Limit", 1, MAX_LISTED, "most groups of a page").defaultsTo(MAX_LISTED);
  private static final Field<Long> NEXT =
      Field.whole("Next", 0, Long.MAX_VALUE, "0 first, then what was returned").defaultsTo(0L);
  private static final Field<String> GROUP_TYPE =
      Field.text("GroupType", TYPE_BYTES, "only this type").alias("Type");

  private static final Field<List<String>> GROUP_ID_LIST =
      Field.list("GroupIdList", GroupFields.NAME_SHAPE, 1, MAX_READ, "groups to read").required();
  private static final Field<List<String>> BASE_FILTER =
      GroupFields.names("GroupBaseInfoFilter", "names of group fields");
  private static final Field<List<String>> MEMBER_FILTER =
      GroupFields.names("MemberInfoFilter", "names of member fields");
  private static final Field<List<String>> CUSTOM_FILTER =
      GroupFields.names("AppDefinedDataFilter_Group", "keys of custom fields");
  private static final Field<List<String>> MEMBER_CUSTOM_FILTER =
      GroupFields.names("AppDefinedDataFilter_GroupMember", "keys of members' custom fields");
  private static final Field<Fields> FILTER =
      Field.object(
          "ResponseFilter",
          List.of(BASE_FILTER, MEMBER_FILTER, CUSTOM_FILTER, MEMBER_CUSTOM_FILTER),
          "what to return; everything without it");

  private static final Field<String> NAME =
      Field.text("Name", 512, "its name; not empty, at most as many bytes as the app allows");
  private static final Field<Integer> MAX_MEMBER_NUM =
      Field.integer("MaxMemberNum", 1, Integer.MAX_VALUE, "most members");
  private static final Field<String> MUTE_ALL =
      Field.word("MuteAllMember", List.of("On", "Off"), "whether only owner and admins may speak")
          .alias("ShutUpAllMember");
  private static final Field<String> HISTORY =
      Field.word(
          "HistoryMsgBeforeJoin", List.of("On", "Off"), "whether members see what was before them");
  private static final Field<String> FROM_ACCOUNT =
      Field.userId("From_Account", "shown as the operator; acts with its own rights");

  private static final Field<String> MEMBER_ACCOUNT =
      Field.userId("Member_Account", "whose groups").required();
  private static final Field<Boolean> WITH_HUGE =
      Field.flag("WithHugeGroups", "1 for live rooms as well").defaultsTo(false);
  private static final Field<Boolean> WITH_INACTIVE =
      Field.flag("WithNoActiveGroups", "1 for Work groups without a message").defaultsTo(false);
  private static final Field<Integer> JOINED_LIMIT =
      Field.integer("Limit", 0, Integer.MAX_VALUE, "most groups of a page; all without it");
  private static final Field<Integer> OFFSET =
      Field.integer("Offset", 0, Integer.MAX_VALUE, "groups to pass over").defaultsTo(0);
  private static final Field<List<String>> SELF_FILTER =
      GroupFields.names("SelfInfoFilter", "names of member fields");
  private static final Field<Fields> JOINED_FILTER =
      Field.object("ResponseFilter", List.of(BASE_FILTER, SELF_FILTER), "what to return");

  private static final Field<String> NEW_OWNER =
      Field.userId("NewOwner_Account", "a member").required();

  private final GroupService groups;
  private final GroupDirectory directory;
  private final GroupRoster roster;
  private final GroupProfiles profiles;
  private final Dissolution dissolution;
  private final LiveRooms rooms;
  private final AccountService accounts;
  private final OnlineAccounts online;

  GroupRestApi(GroupServices services) {
    this.groups = services.groups();
    this.directory = services.directory();
    this.roster = services.roster();
    this.profiles = services.profiles();
    this.dissolution = services.dissolution();
    this.rooms = services.rooms();
    this.accounts = services.accounts();
    this.online = services.online();
  }

  /** The endpoints. */
  public List<Endpoint> endpoints() {
    return List.of(
        Endpoint.of(SERVICE, "get_appid_group_list", Family.GROUP)
            .meaning("Lists the groups of the app")
            .callsPerSecond(1)
            .whenTooFrequent(ErrorCode.GROUP_RATE_EXCEEDED)
            .fields(LIMIT, NEXT, GROUP_TYPE)
            .handledBy(AuditDeclaration.none("names groups, and nobody in them"), this::list),
        Endpoint.of(SERVICE, "get_group_info", Family.GROUP)
            .meaning("Reads groups")
            .fields(GROUP_ID_LIST, FILTER)
            .handledBy(AuditDeclaration.none("an app's back end reads its own groups"), this::info),
        Endpoint.of(SERVICE, "modify_group_base_info", Family.GROUP)
            .meaning("Changes a group's profile")
            .fields(
                GroupFields.GROUP_ID,
                NAME,
                GroupFields.INTRODUCTION,
                GroupFields.NOTIFICATION,
                GroupFields.FACE_URL,
                MAX_MEMBER_NUM,
                GroupFields.APPLY_JOIN_OPTION,
                GroupFields.INVITE_JOIN_OPTION,
                MUTE_ALL,
                GroupFields.APP_DEFINED_DATA,
                FROM_ACCOUNT,
                GroupFields.ENABLE_PERMISSION,
                GroupFields.DEFAULT_PERMISSION,
                HISTORY)
            .handledBy(AuditDeclaration.records("group.update", "group.mute"), this::modify),
        Endpoint.of(SERVICE, "destroy_group", Family.GROUP)
            .meaning("Dissolves a group for ever")
            .fields(GroupFields.GROUP_ID)
            .handledBy(AuditDeclaration.records("group.destroy"), this::destroy),
        Endpoint.of(SERVICE, "get_joined_group_list", Family.GROUP)
            .meaning("Lists the groups an account is in")
            .fields(
                MEMBER_ACCOUNT,
                WITH_HUGE,
                WITH_INACTIVE,
                JOINED_LIMIT,
                OFFSET,
                GROUP_TYPE,
                GroupFields.SUPPORT_TOPIC,
                JOINED_FILTER)
            .handledBy(
                AuditDeclaration.none("an app's back end reads its users' groups"), this::joined),
        Endpoint.of(SERVICE, "change_group_owner", Family.GROUP)
            .meaning("Hands a group to another member")
            .fields(GroupFields.GROUP_ID, NEW_OWNER, FROM_ACCOUNT)
            .handledBy(AuditDeclaration.records("group.owner.transfer"), this::transfer));
  }

  private RestReply list(RestCall call) {
    Optional<GroupType> type = type(call);
    if (type.isEmpty() && call.find(GROUP_TYPE).isPresent()) {
      // A type that has gone: no group has it.
      ObjectNode none = Json.object().put("TotalCount", 0);
      none.putArray("GroupIdList");
      return RestReply.ok(none.put("Next", 0));
    }
    GroupDirectory.Page page = directory.page(call.app(), type, call.get(NEXT), call.get(LIMIT));
    ObjectNode reply = Json.object().put("TotalCount", page.total());
    ArrayNode list = reply.putArray("GroupIdList");
    page.groupIds().forEach(id -> list.addObject().put("GroupId", id));
    return GroupFields.within(RestReply.ok(reply.put("Next", page.next())));
  }

  /** The type asked for; empty for all, and for one that no group can have. */
  private Optional<GroupType> type(RestCall call) {
    return call.find(GROUP_TYPE)
        .filter(name -> !name.equals("BChatRoom"))
        .map(
            name ->
                groups
                    .types()
                    .named(call.app(), name)
                    .orElseThrow(
                        () ->
                            new ImException(
                                ErrorCode.GROUP_INVALID_PARAMETER, "GroupType is not known")));
  }

  private RestReply info(RestCall call) {
    App app = call.app();
    List<String> wanted = call.get(GROUP_ID_LIST);
    Filter filter = filter(call.find(FILTER));
    Map<String, GroupRow> found =
        groups.read(app, wanted.stream().filter(GroupIds::isPossible).distinct().toList());
    Map<Long, Account> owners = owners(app, found.values());
    ObjectNode reply = Json.object();
    ArrayNode list = reply.putArray("GroupInfo");
    Room room = new Room();
    for (String groupId : wanted) {
      GroupRow row = found.get(groupId);
      if (row != null) {
        list.add(group(app, row, owners, filter, room));
      } else {
        ErrorCode code =
            GroupIds.isPossible(groupId) ? ErrorCode.GROUP_NOT_FOUND : ErrorCode.GROUP_ID_INVALID;
        list.addObject()
            .put("GroupId", groupId)
            .put("ErrorCode", code.number())
            .put("ErrorInfo", code.meaning());
      }
    }
    return GroupFields.within(RestReply.ok(reply));
  }

  /** Room left in an answer; whoever takes more than there is fails the call. */
  private static final class Room {
    private int left = GroupFields.MAX_ANSWER;

    void take(ObjectNode json) {
      left -= Json.bytes(json).length;
      if (left < 0) {
        throw new ImException(ErrorCode.GROUP_ANSWER_TOO_LARGE);
      }
    }
  }

  private ObjectNode group(
      App app, GroupRow row, Map<Long, Account> owners, Filter filter, Room room) {
    Group group = row.group();
    ObjectNode json =
        Json.object().put("GroupId", group.groupId()).put("ErrorCode", 0).put("ErrorInfo", "");
    GroupJson.base(
        json,
        app,
        row,
        memberCount(app, row),
        nextSeq(app, row, filter.base()),
        owner(group, owners),
        filter.base());
    if (!filter.custom().map(Set::isEmpty).orElse(false)) {
      json.set("AppDefinedData", GroupJson.custom(group, filter.custom()));
    }
    boolean lists = group.type().allows(Rule.MEMBERS) && !group.type().pagesByCursor();
    if (lists && !filter.member().map(Set::isEmpty).orElse(false)) {
      ArrayNode members = json.putArray("MemberList");
      roster.each(
          app,
          group,
          Set.of(Role.values()),
          0,
          Integer.MAX_VALUE,
          listed -> {
            ObjectNode member =
                GroupJson.member(app, listed, filter, online.is(listed.member().accountId()));
            room.take(member);
            members.add(member);
          });
    }
    return json;
  }

  /** A missing part of a filter that is there wants nothing of that part. */
  private static Filter filter(Optional<Fields> given) {
    if (given.isEmpty() || given.get().json().isEmpty()) {
      return Filter.ALL;
    }
    Fields fields = given.get();
    return new Filter(
        Optional.of(set(fields, BASE_FILTER)),
        Optional.of(set(fields, MEMBER_FILTER)),
        Optional.of(set(fields, CUSTOM_FILTER)),
        Optional.of(set(fields, MEMBER_CUSTOM_FILTER)));
  }

  private static Set<String> set(Fields fields, Field<List<String>> names) {
    return new HashSet<>(fields.find(names).orElse(List.of()));
  }

  private RestReply modify(RestCall call) {
    App app = call.app();
    ProfileChange change =
        new ProfileChange(
            call.find(NAME).map(name -> GroupFields.name(app, name)),
            call.find(GroupFields.INTRODUCTION),
            call.find(GroupFields.NOTIFICATION),
            call.find(GroupFields.FACE_URL),
            call.find(MAX_MEMBER_NUM),
            call.find(GroupFields.APPLY_JOIN_OPTION).map(JoinOption::named),
            call.find(GroupFields.INVITE_JOIN_OPTION).map(JoinOption::named),
            call.find(MUTE_ALL).map("On"::equals),
            call.find(HISTORY).map("On"::equals),
            call.find(GroupFields.ENABLE_PERMISSION),
            call.find(GroupFields.DEFAULT_PERMISSION),
            GroupFields.pairs(call.find(GroupFields.APP_DEFINED_DATA)));
    Optional<String> from = call.find(FROM_ACCOUNT);
    Group group = groups.require(app, call.get(GroupFields.GROUP_ID));
    profiles.modify(app, actor(call, from), group, change);
    return RestReply.ok();
  }

  private RestReply destroy(RestCall call) {
    Group group = groups.require(call.app(), call.get(GroupFields.GROUP_ID));
    dissolution.dissolve(call.app(), actor(call, Optional.empty()), group);
    return RestReply.ok();
  }

  private RestReply joined(RestCall call) {
    App app = call.app();
    Optional<String> typeName = call.find(GROUP_TYPE);
    Optional<GroupType> type = type(call);
    Optional<Boolean> topics = call.find(GroupFields.SUPPORT_TOPIC);
    if (topics.isPresent() && type.map(each -> !each.isCommunity()).orElse(false)) {
      throw new ImException(ErrorCode.GROUP_INVALID_PARAMETER, "SupportTopic is for communities");
    }
    Optional<Fields> filter = call.find(JOINED_FILTER);
    boolean live = call.get(WITH_HUGE) || type.map(GroupType::isLive).orElse(false);
    List<Joined> all = new ArrayList<>();
    if (typeName.isEmpty() || type.isPresent()) {
      all.addAll(
          roster.joined(
              app,
              call.get(MEMBER_ACCOUNT),
              new Wanted(type, topics, live, call.get(WITH_INACTIVE))));
    }
    int from = Math.min(call.get(OFFSET), all.size());
    int limit = Math.min(call.find(JOINED_LIMIT).orElse(Integer.MAX_VALUE), cut(call));
    List<Joined> page = all.subList(from, (int) Math.min(all.size(), (long) from + limit));
    boolean owners =
        filter.map(fields -> set(fields, BASE_FILTER).contains("Owner_Account")).orElse(false);
    Map<Long, Account> named =
        owners ? owners(app, page.stream().map(Joined::row).toList()) : Map.of();
    ObjectNode reply = Json.object().put("TotalCount", all.size());
    ArrayNode list = reply.putArray("GroupIdList");
    boolean topicFields = topics.orElse(false);
    page.forEach(each -> list.add(joined(app, each, filter, named, topicFields)));
    return GroupFields.within(RestReply.ok(reply));
  }

  /** A limit above the largest is cut; without one everything is returned. */
  private static int cut(RestCall call) {
    return call.find(JOINED_LIMIT).isPresent() ? MAX_JOINED : Integer.MAX_VALUE;
  }

  private ObjectNode joined(
      App app,
      Joined joined,
      Optional<Fields> filter,
      Map<Long, Account> owners,
      boolean topicFields) {
    Group group = joined.row().group();
    ObjectNode json = Json.object().put("GroupId", group.groupId());
    Set<String> base = filter.map(fields -> set(fields, BASE_FILTER)).orElse(Set.of());
    Set<String> self = filter.map(fields -> set(fields, SELF_FILTER)).orElse(Set.of());
    GroupJson.base(
        json,
        app,
        joined.row(),
        base.contains("MemberNum") ? memberCount(app, joined.row()) : 0,
        nextSeq(app, joined.row(), Optional.of(base)),
        owner(group, owners),
        Optional.of(base));
    ObjectNode selfInfo = Json.object();
    if (!self.isEmpty() && joined.self().isPresent()) {
      GroupJson.member(
          selfInfo,
          app,
          joined.self().get(),
          joined.muteUntil(),
          new Filter(Optional.empty(), Optional.of(self), Optional.empty(), Optional.of(Set.of())),
          false);
    }
    if (topicFields) {
      json.put("Type", group.type().name()).put("SupportTopic", 1);
      json.put("GrossTopicNextMsgSeq", joined.topics().nextSeq());
      selfInfo.put("GrossTopicReadSeq", joined.topics().readSeq());
    }
    if (!selfInfo.isEmpty()) {
      json.set("SelfInfo", selfInfo);
    }
    return json;
  }

  private RestReply transfer(RestCall call) {
    String newOwner = call.get(NEW_OWNER);
    Optional<String> from = call.find(FROM_ACCOUNT);
    Group group = groups.require(call.app(), call.get(GroupFields.GROUP_ID));
    profiles.transfer(call.app(), actor(call, from), group, newOwner);
    return RestReply.ok();
  }

  private Actor actor(RestCall call, Optional<String> from) {
    return RestActors.of(accounts, call, from);
  }

  private int memberCount(App app, GroupRow row) {
    return row.group().type().isLive()
        ? rooms.online(app, row.group())
        : row.numbers().memberCount();
  }

  /** A live room keeps its numbers itself; they are looked up only when they are wanted. */
  private long nextSeq(App app, GroupRow row, Optional<Set<String>> wanted) {
    boolean asked = wanted.map(names -> names.contains("NextMsgSeq")).orElse(true);
    return asked && row.group().type().isLive()
        ? rooms.nextSeq(app, row.group())
        : row.numbers().nextSeq();
  }

  private Map<Long, Account> owners(App app, Iterable<GroupRow> rows) {
    Set<Long> ids = new HashSet<>();
    for (GroupRow row : rows) {
      if (row.group().ownerId() != 0) {
        ids.add(row.group().ownerId());
      }
    }
    return accounts.findByIds(app, ids);
  }

  private static String owner(Group group, Map<Long, Account> owners) {
    return Optional.ofNullable(owners.get(group.ownerId())).map(Account::userId).orElse("");
  }
}
