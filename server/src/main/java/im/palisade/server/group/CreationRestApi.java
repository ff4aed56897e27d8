package im.palisade.server.group;

import im.palisade.server.account.AccountService;
import im.palisade.server.audit.AuditDeclaration;
import im.palisade.server.protocol.ErrorCode;
import im.palisade.server.protocol.ImException;
import im.palisade.server.protocol.Json;
import im.palisade.server.rest.Endpoint;
import im.palisade.server.rest.Family;
import im.palisade.server.rest.Field;
import im.palisade.server.rest.Fields;
import im.palisade.server.rest.RestCall;
import im.palisade.server.rest.RestReply;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/** Makes groups and imports them (rest-groups A1, rest-groups-advanced J1). */
public final class CreationRestApi {
  private static final int MAX_MEMBERS = 100;

  private static final Field<String> OWNER =
      Field.userId("Owner_Account", "becomes the owner; a group without one has none");
  private static final Field<String> TYPE = Field.text("Type", 64, "the group's type").required();
  private static final Field<String> CHOSEN_ID =
      Field.text("GroupId", 1 << 10, "an id of the app's choice; assigned without it");
  private static final Field<String> NAME =
      Field.text("Name", 512, "its name; not empty, at most as many bytes as the app allows")
          .required();
  private static final Field<Integer> MAX_MEMBER_COUNT =
      Field.integer("MaxMemberCount", 1, Integer.MAX_VALUE, "most members").alias("MaxMemberNum");
  private static final Field<String> MEMBER_ACCOUNT =
      Field.userId("Member_Account", "an account").required();
  private static final Field<String> ROLE =
      Field.word("Role", List.of("Admin"), "Admin for an admin");
  private static final Field<List<Fields>> MEMBER_LIST =
      Field.objects(
              "MemberList",
              0,
              MAX_MEMBERS,
              List.of(MEMBER_ACCOUNT, ROLE, GroupFields.MEMBER_DEFINED_DATA),
              "members from the start")
          .whenTooMany(ErrorCode.GROUP_TOO_MANY_ACCOUNTS);
  private static final Field<Long> CREATE_TIME =
      Field.u32("CreateTime", "UNIX seconds; now without it");

  private final GroupService groups;
  private final GroupCreation creation;
  private final AccountService accounts;

  CreationRestApi(GroupServices services) {
    this.groups = services.groups();
    this.creation = services.creation();
    this.accounts = services.accounts();
  }

  /** The endpoints. */
  public List<Endpoint> endpoints() {
    return List.of(
        Endpoint.of(GroupFields.SERVICE, "create_group", Family.GROUP)
            .meaning("Makes a group")
            .fields(
                OWNER,
                TYPE,
                CHOSEN_ID,
                NAME,
                GroupFields.INTRODUCTION,
                GroupFields.NOTIFICATION,
                GroupFields.FACE_URL,
                MAX_MEMBER_COUNT,
                GroupFields.APPLY_JOIN_OPTION,
                GroupFields.INVITE_JOIN_OPTION,
                GroupFields.APP_DEFINED_DATA,
                MEMBER_LIST,
                GroupFields.SUPPORT_TOPIC,
                GroupFields.ENABLE_PERMISSION,
                GroupFields.DEFAULT_PERMISSION)
            .handledBy(AuditDeclaration.records("group.create"), this::create),
        Endpoint.of(GroupFields.SERVICE, "import_group", Family.GROUP)
            .meaning("Takes over a group of another system")
            .fields(
                OWNER,
                TYPE,
                CHOSEN_ID,
                NAME,
                GroupFields.INTRODUCTION,
                GroupFields.NOTIFICATION,
                GroupFields.FACE_URL,
                MAX_MEMBER_COUNT,
                GroupFields.APPLY_JOIN_OPTION,
                GroupFields.APP_DEFINED_DATA,
                MEMBER_LIST,
                GroupFields.SUPPORT_TOPIC,
                CREATE_TIME)
            .handledBy(AuditDeclaration.records("group.create"), this::take));
  }

  private RestReply create(RestCall call) {
    return made(
        call,
        new NewGroup(
            type(call),
            call.find(CHOSEN_ID),
            texts(call),
            call.find(OWNER),
            maxMembers(call),
            call.find(GroupFields.APPLY_JOIN_OPTION).map(JoinOption::named),
            call.find(GroupFields.INVITE_JOIN_OPTION).map(JoinOption::named),
            GroupFields.pairs(call.find(GroupFields.APP_DEFINED_DATA)),
            members(call),
            call.find(GroupFields.SUPPORT_TOPIC).orElse(false),
            call.find(GroupFields.ENABLE_PERMISSION).orElse(false),
            call.find(GroupFields.DEFAULT_PERMISSION)
                .map(OptionalLong::of)
                .orElseGet(OptionalLong::empty),
            OptionalLong.empty(),
            false));
  }

  private RestReply take(RestCall call) {
    return made(
        call,
        new NewGroup(
            type(call),
            call.find(CHOSEN_ID),
            texts(call),
            call.find(OWNER),
            maxMembers(call),
            call.find(GroupFields.APPLY_JOIN_OPTION).map(JoinOption::named),
            Optional.empty(),
            GroupFields.pairs(call.find(GroupFields.APP_DEFINED_DATA)),
            members(call),
            call.find(GroupFields.SUPPORT_TOPIC).orElse(false),
            false,
            OptionalLong.empty(),
            call.find(CREATE_TIME).map(OptionalLong::of).orElseGet(OptionalLong::empty),
            true));
  }

  private RestReply made(RestCall call, NewGroup wanted) {
    Group group = creation.create(call.app(), RestActors.of(accounts, call), wanted);
    return RestReply.ok(
        Json.object()
            .put("GroupId", group.groupId())
            .put("Type", group.type().name())
            .put("HugeGroupFlag", group.type().isLive() ? 1 : 0));
  }

  private GroupType type(RestCall call) {
    return groups
        .types()
        .named(call.app(), call.get(TYPE))
        .orElseThrow(() -> new ImException(ErrorCode.GROUP_INVALID_PARAMETER, "Type is not known"));
  }

  private static GroupTexts texts(RestCall call) {
    return new GroupTexts(
        GroupFields.name(call.app(), call.get(NAME)),
        call.find(GroupFields.INTRODUCTION).orElse(""),
        call.find(GroupFields.NOTIFICATION).orElse(""),
        call.find(GroupFields.FACE_URL).orElse(""));
  }

  private static OptionalInt maxMembers(RestCall call) {
    return call.find(MAX_MEMBER_COUNT).map(OptionalInt::of).orElseGet(OptionalInt::empty);
  }

  private static List<NewGroup.Initial> members(RestCall call) {
    return call.find(MEMBER_LIST).orElse(List.of()).stream()
        .map(
            each ->
                new NewGroup.Initial(
                    each.get(MEMBER_ACCOUNT),
                    each.find(ROLE).isPresent(),
                    GroupFields.pairs(each.find(GroupFields.MEMBER_DEFINED_DATA))))
        .toList();
  }
}
