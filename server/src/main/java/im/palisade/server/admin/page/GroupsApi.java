package im.palisade.server.admin.page;

import im.palisade.server.account.Account;
import im.palisade.server.admin.door.AdminCall;
import im.palisade.server.admin.door.AdminEndpoint;
import im.palisade.server.admin.door.AdminException;
import im.palisade.server.admin.door.FieldFault.Fault;
import im.palisade.server.admin.door.Lines;
import im.palisade.server.admin.door.Meaning;
import im.palisade.server.admin.door.Nothing;
import im.palisade.server.admin.door.Reason;
import im.palisade.server.admin.door.Within;
import im.palisade.server.admin.identity.Permission;
import im.palisade.server.app.App;
import im.palisade.server.group.Actor;
import im.palisade.server.group.Group;
import im.palisade.server.group.GroupOperations;
import im.palisade.server.group.GroupRoster;
import im.palisade.server.group.GroupRow;
import im.palisade.server.group.Role;
import im.palisade.server.mute.Mute;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Groups of an app and their members. */
public final class GroupsApi {
  private static final String TAG = "groups";
  private static final int PAGE = 50;

  private final GroupOperations groups;
  private final Operators operators;

  GroupsApi(GroupOperations groups, Operators operators) {
    this.groups = groups;
    this.operators = operators;
  }

  List<AdminEndpoint<?, ?>> endpoints() {
    return List.of(
        AdminEndpoint.get("/apps/{app}/groups", TAG, "Finds groups by id, its beginning or type")
            .needs(Permission.GROUPS_READ)
            .recordsNone("a list of ids, names and states changes nothing")
            .handledBy(GroupQuery.class, GroupPage.class, this::list),
        AdminEndpoint.get("/apps/{app}/groups/detail", TAG, "Shows a group")
            .needs(Permission.GROUPS_READ)
            .recordsNone("what a group says of itself every member sees")
            .handledBy(OneGroup.class, GroupDetail.class, this::show),
        AdminEndpoint.get("/apps/{app}/groups/members", TAG, "Members, in the order of joining")
            .needs(Permission.GROUPS_READ)
            .recordsNone("a list of ids, names and states changes nothing")
            .handledBy(MemberQuery.class, MemberPage.class, this::members),
        act("create", "Creates a group", "group.create")
            .handledBy(NewGroupFields.class, OneGroup.class, this::create),
        act("update", "Changes a group's profile", "group.update", "group.mute")
            .handledBy(GroupChange.class, Nothing.class, this::update),
        act("transfer", "Gives a group to another of its members", "group.owner.transfer")
            .handledBy(
                OneMember.class,
                Nothing.class,
                (call, in) -> {
                  groups.transfer(call.app(), actor(call), group(call, in.group()), in.user());
                  return Nothing.NOTHING;
                }),
        act("dissolve", "Dissolves a group for good", "group.destroy")
            .confirmed()
            .handledBy(
                OneGroup.class,
                Nothing.class,
                (call, in) -> {
                  groups.dissolve(call.app(), actor(call), group(call, in.group()));
                  return Nothing.NOTHING;
                }),
        act("members/add", "Adds members", "group.member.add")
            .handledBy(
                Members.class,
                Nothing.class,
                (call, in) -> {
                  groups.add(call.app(), actor(call), group(call, in.group()), in.users());
                  return Nothing.NOTHING;
                }),
        act("members/remove", "Removes members", "group.member.remove")
            .handledBy(
                Members.class,
                Nothing.class,
                (call, in) -> {
                  groups.remove(call.app(), actor(call), group(call, in.group()), in.users());
                  return Nothing.NOTHING;
                }),
        act("members/mute", "Silences members, or ends that", "group.mute")
            .handledBy(MemberMuting.class, Nothing.class, this::mute));
  }

  /** What is looked for. */
  public record GroupQuery(
      @Meaning("what the ids begin with; a whole id finds that one first") @Within(max = 48)
          Optional<String> prefix,
      @Meaning("only of this type, in the order of creation; not together with prefix")
          @Within(max = 32)
          Optional<String> type,
      @Meaning("next of the page before") @Within(max = 100) Optional<String> after,
      @Meaning("how many; 50 unless given") @Within(min = 1, max = 200) Optional<Integer> limit) {}

  /** A page. */
  @Meaning("A page of groups.")
  public record GroupPage(
      @Meaning("by id, or of a type by creation") List<ListedGroup> groups,
      @Meaning("to be given as after for the next page; absent at the end")
          Optional<String> next) {}

  /** A group in a list. */
  @Meaning("A group.")
  public record ListedGroup(
      @Meaning("GroupID") String group,
      @Meaning("type, as the app names it") String type,
      @Meaning("name") String name,
      @Meaning("members; of a live room those who are in it") int members,
      @Meaning("UserID of the owner; absent when there is none") Optional<String> owner,
      @Meaning("since when") Instant createdAt,
      @Meaning("when something was last said") Optional<Instant> lastMessageAt,
      @Meaning("whether all but its admins are silenced") boolean muteAll) {}

  /** Which group. */
  public record OneGroup(@Meaning("GroupID") @Within(min = 1, max = 48) String group) {}

  /** A group. */
  @Meaning("A group with what it says of itself.")
  public record GroupDetail(
      @Meaning("the group") ListedGroup group,
      @Meaning("introduction") String introduction,
      @Meaning("notice") String notification,
      @Meaning("address of the face") String faceUrl,
      @Meaning("most members; 0 for no limit") int maxMembers,
      @Meaning("how somebody comes in who asks") String joinOption,
      @Meaning("how somebody comes in who is invited") String inviteOption,
      @Meaning("sequence of the last message") long lastSeq,
      @Meaning("custom fields that have a value") Map<String, String> custom) {}

  /** Which page of members. */
  public record MemberQuery(
      @Meaning("GroupID") @Within(min = 1, max = 48) String group,
      @Meaning("next of the page before") @Within(max = 100) Optional<String> after,
      @Meaning("how many; 50 unless given") @Within(min = 1, max = 100) Optional<Integer> limit) {}

  /** A page. */
  @Meaning("A page of members.")
  public record MemberPage(
      @Meaning("in the order of joining") List<ListedMember> members,
      @Meaning("to be given as after for the next page; absent at the end")
          Optional<String> next) {}

  /** A member. */
  @Meaning("A member of a group.")
  public record ListedMember(
      @Meaning("UserID") String user,
      @Meaning("name in this group") String nameCard,
      @Meaning("role") Role role,
      @Meaning("since when") Instant joinedAt,
      @Meaning("when something was last sent") Optional<Instant> lastSentAt,
      @Meaning("silenced until then; far away for ever") Optional<Instant> mutedUntil) {}

  /** A new group. */
  public record NewGroupFields(
      @Meaning("type, such as Private, Public, ChatRoom, AVChatRoom, Community")
          @Within(min = 1, max = 32)
          String type,
      @Meaning("GroupID; one is made up unless given") @Within(min = 1, max = 48)
          Optional<String> group,
      @Meaning("name") @Within(min = 1, max = 100) String name,
      @Meaning("UserID of the owner") @Within(min = 1, max = 32) Optional<String> owner) {}

  /** A change; what is absent stays. */
  public record GroupChange(
      @Meaning("GroupID") @Within(min = 1, max = 48) String group,
      @Meaning("name") @Within(min = 1, max = 100) Optional<String> name,
      @Meaning("introduction") @Lines @Within(max = 240) Optional<String> introduction,
      @Meaning("notice") @Lines @Within(max = 300) Optional<String> notification,
      @Meaning("whether all but its admins are silenced") Optional<Boolean> muteAll) {}

  /** Who. */
  public record OneMember(
      @Meaning("GroupID") @Within(min = 1, max = 48) String group,
      @Meaning("UserID") @Within(min = 1, max = 32) String user) {}

  /** Who. */
  public record Members(
      @Meaning("GroupID") @Within(min = 1, max = 48) String group,
      @Meaning("UserIDs") @Within(min = 1, max = 100, each = 32) List<String> users) {}

  /** Who is silenced for how long. */
  public record MemberMuting(
      @Meaning("GroupID") @Within(min = 1, max = 48) String group,
      @Meaning("UserIDs") @Within(min = 1, max = 100, each = 32) List<String> users,
      @Meaning("seconds; 0 ends it, 4294967295 is for ever") @Within(max = Mute.FOR_EVER_SECONDS)
          long seconds) {}

  private static AdminEndpoint.Builder act(String name, String meaning, String... events) {
    return AdminEndpoint.post("/apps/{app}/groups/" + name, TAG, meaning)
        .needs(Permission.GROUPS_WRITE)
        .records(events);
  }

  private GroupPage list(AdminCall call, GroupQuery in) {
    if (in.prefix().isPresent() && in.type().isPresent()) {
      throw AdminException.invalid("type", Fault.NOT_ALLOWED, Reason.PREFIX_OR_TYPE);
    }
    int limit = in.limit().orElse(PAGE);
    String after = in.after().orElse("");
    GroupOperations.Page page =
        in.type().isPresent()
            ? groups.byType(call.app(), in.type().get(), after, limit)
            : groups.byId(call.app(), in.prefix().orElse(""), after, limit);
    Map<Long, Account> owners =
        groups.accounts(
            call.app(),
            page.groups().stream().map(row -> row.group().ownerId()).distinct().toList());
    return new GroupPage(
        page.groups().stream().map(row -> listed(call.app(), row, owners)).toList(), page.next());
  }

  private GroupDetail show(AdminCall call, OneGroup in) {
    GroupRow row = groups.get(call.app(), in.group());
    Group group = row.group();
    return new GroupDetail(
        listed(call.app(), row, groups.accounts(call.app(), List.of(group.ownerId()))),
        group.texts().introduction(),
        group.texts().notification(),
        group.texts().faceUrl(),
        group.maxMembers(),
        group.joinOption().applyName(),
        group.inviteOption().inviteName(),
        row.numbers().lastSeq(),
        group.custom());
  }

  private MemberPage members(AdminCall call, MemberQuery in) {
    GroupRoster.Page page =
        groups.members(
            call.app(), group(call, in.group()), in.after().orElse(""), in.limit().orElse(PAGE));
    return new MemberPage(
        page.members().stream().map(GroupsApi::listed).toList(),
        page.next().isEmpty() ? Optional.empty() : Optional.of(page.next()));
  }

  private OneGroup create(AdminCall call, NewGroupFields in) {
    int most = call.app().settings().groups().nameBytes();
    if (in.name().getBytes(StandardCharsets.UTF_8).length > most) {
      throw AdminException.invalid("name", Fault.TOO_LONG, most + " bytes");
    }
    Group made =
        groups.create(call.app(), actor(call), in.type(), in.group(), in.name(), in.owner());
    return new OneGroup(made.groupId());
  }

  private Nothing update(AdminCall call, GroupChange in) {
    int most = call.app().settings().groups().nameBytes();
    if (in.name().isPresent() && in.name().get().getBytes(StandardCharsets.UTF_8).length > most) {
      throw AdminException.invalid("name", Fault.TOO_LONG, most + " bytes");
    }
    groups.change(
        call.app(),
        actor(call),
        group(call, in.group()),
        new GroupOperations.Change(in.name(), in.introduction(), in.notification(), in.muteAll()));
    return Nothing.NOTHING;
  }

  private Nothing mute(AdminCall call, MemberMuting in) {
    groups.mute(call.app(), actor(call), group(call, in.group()), in.users(), in.seconds());
    return Nothing.NOTHING;
  }

  private Group group(AdminCall call, String groupId) {
    return groups.get(call.app(), groupId).group();
  }

  private Actor actor(AdminCall call) {
    return Actor.app(operators.of(call), call.cause());
  }

  private ListedGroup listed(App app, GroupRow row, Map<Long, Account> owners) {
    Group group = row.group();
    boolean live = group.type().isLive();
    return new ListedGroup(
        group.groupId(),
        group.type().name(),
        group.texts().name(),
        live ? groups.online(app, group) : row.numbers().memberCount(),
        Optional.ofNullable(owners.get(group.ownerId())).map(Account::userId),
        Instant.ofEpochSecond(group.createTime()),
        time(row.numbers().lastMsgTime()),
        group.muteAll());
  }

  private static ListedMember listed(GroupRoster.Listed each) {
    long most = 253_402_300_799L;
    Optional<Instant> muted =
        each.muteUntil() == 0
            ? Optional.empty()
            : Optional.of(
                Instant.ofEpochSecond(
                    each.muteUntil() == Mute.FOR_EVER_SECONDS ? most : each.muteUntil()));
    return new ListedMember(
        each.userId(),
        each.member().nameCard(),
        each.member().role(),
        Instant.ofEpochSecond(each.member().joinTime()),
        time(each.member().lastSendTime()),
        muted);
  }

  private static Optional<Instant> time(long seconds) {
    return seconds == 0 ? Optional.empty() : Optional.of(Instant.ofEpochSecond(seconds));
  }
}
