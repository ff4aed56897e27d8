package im.palisade.server.group;

import im.palisade.compliance.audit.AuditEvent.Outcome;
import im.palisade.server.account.Account;
import im.palisade.server.app.App;
import im.palisade.server.app.GroupSettings;
import im.palisade.server.group.Admission.Newcomer;
import im.palisade.server.protocol.ErrorCode;
import im.palisade.server.protocol.ImException;
import im.palisade.server.store.Regions;
import im.palisade.server.store.UnitOfWork;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Makes groups, new ones and those of another system (rest-groups A1, rest-groups-advanced J1). */
public final class GroupCreation {
  private final Regions regions;
  private final GroupStore store;
  private final GroupOrder order;
  private final GroupHook hook;
  private final GroupQuota quota;
  private final GroupQuotaStore counts = new GroupQuotaStore();
  private final Admission admission;
  private final GroupAudiences audiences;
  private final GroupNotices notices;
  private final GroupTextCheck texts;
  private final Clock clock;

  GroupCreation(
      Regions regions,
      GroupStore store,
      GroupOrder order,
      GroupHook hook,
      Admission admission,
      GroupAudiences audiences,
      GroupNotices notices,
      GroupTextCheck texts,
      Clock clock) {
    this.regions = regions;
    this.store = store;
    this.order = order;
    this.hook = hook;
    this.quota = new GroupQuota(hook);
    this.admission = admission;
    this.audiences = audiences;
    this.notices = notices;
    this.texts = texts;
    this.clock = clock;
  }

  /**
   * Makes a group with its first members.
   *
   * @throws ImException the codes of A1; nothing was made then
   */
  public Group create(App app, Actor actor, NewGroup wanted) {
    checkType(app, wanted);
    Optional<Account> owner = wanted.owner().map(userId -> admission.named(app, userId));
    List<Newcomer> members = members(app, wanted, owner);
    long now = clock.instant().getEpochSecond();
    if (wanted.createTime().orElse(now) > now) {
      throw new ImException(ErrorCode.GROUP_INVALID_PARAMETER, "CreateTime is in the future");
    }
    int max = wanted.maxMembers().orElse(wanted.type().maxMembers());
    if (max > 0 && members.size() > max) {
      throw new ImException(ErrorCode.GROUP_MEMBERS_ABOVE_CAP);
    }
    if (!wanted.imported()) {
      ask(app, actor, wanted, owner);
    }
    GroupTexts passed = wanted.imported() ? wanted.texts() : texts.pass(app, actor, wanted.texts());
    Group group =
        regions
            .of(app)
            .inUnitOfWork(
                unit -> {
                  Group made =
                      insert(unit, app, actor, wanted, passed, owner, members.size(), max, now);
                  if (!members.isEmpty()) {
                    admission.enter(
                        unit,
                        app,
                        made,
                        new GroupNumbers(0, 0, 0, 0),
                        members,
                        made.createTime(),
                        Set.of());
                  }
                  unit.record(
                      actor
                          .cause()
                          .within(app.appId())
                          .event("group.create", Outcome.SUCCESS, List.of(Changing.target(made))));
                  if (!wanted.imported()) {
                    happened(unit, app, actor, made, owner, members);
                    quota.made(unit, app, actor, made, now);
                  }
                  return made;
                });
    List<Long> ids = members.stream().map(each -> each.account().id()).toList();
    if (group.type().msgFlag() != MsgFlag.DISCARD) {
      audiences.join(app, group.id(), ids);
    }
    if (!wanted.imported()) {
      tell(group, actor, owner, ids);
    }
    return group;
  }

  private void ask(App app, Actor actor, NewGroup wanted, Optional<Account> owner) {
    order.ask(
        app,
        actor,
        new GroupHook.Intent.Create(
            actor.account().userId(),
            owner.map(Account::userId).orElse(""),
            wanted.type(),
            wanted.texts().name(),
            wanted.members().stream().map(NewGroup.Initial::userId).toList(),
            wanted.inviteOption().orElse(wanted.type().entry(Rule.INVITE)),
            () ->
                regions
                    .of(app)
                    .read(
                        connection ->
                            counts.owned(connection, app, owner.orElse(actor.account()).id()))));
  }

  /** The owner is no member of the list: the sample of the specification names it apart. */
  private void happened(
      UnitOfWork unit,
      App app,
      Actor actor,
      Group made,
      Optional<Account> owner,
      List<Newcomer> members)
      throws SQLException {
    hook.happened(
        unit,
        app,
        made,
        new GroupHook.Fact.Created(
            owner.map(Account::userId).orElse(""),
            members.stream()
                .filter(each -> each.role() != Role.OWNER)
                .map(each -> each.account().userId())
                .toList()),
        actor.account().userId(),
        actor.cause().origin());
  }

  private void tell(Group group, Actor actor, Optional<Account> owner, List<Long> members) {
    owner.ifPresent(
        account ->
            notices.tell(GroupNotices.Kind.CREATED, group, actor.account(), List.of(account.id())));
    if (group.active()) {
      notices.tell(
          GroupNotices.Kind.INVITED,
          group,
          actor.account(),
          members.stream().filter(id -> id != group.ownerId()).toList());
    }
  }

  private Group insert(
      UnitOfWork unit,
      App app,
      Actor actor,
      NewGroup wanted,
      GroupTexts passed,
      Optional<Account> owner,
      int memberCount,
      int max,
      long now)
      throws SQLException {
    Connection connection = unit.connection();
    GroupType type = wanted.type();
    if (wanted.groupId().isPresent()) {
      checkFree(connection, app, actor, wanted, owner);
    }
    checkCaps(connection, app, type);
    if (!wanted.imported()) {
      countToday(connection, app, now);
    }
    long created = wanted.createTime().orElse(now);
    boolean waits = type.allows(Rule.ACTIVATION) && owner.isPresent() && !wanted.imported();
    long id = GroupStore.insertConversation(connection, app.appId(), GroupStore.KIND_GROUP);
    Group group =
        new Group(
            id,
            app.appId(),
            wanted.groupId().orElseGet(() -> GroupIds.assigned(type.base())),
            type,
            owner.map(Account::id).orElse(0L),
            passed,
            created,
            1,
            created,
            max,
            type.allows(Rule.JOIN_SETTABLE)
                ? wanted.joinOption().orElse(type.entry(Rule.JOIN))
                : type.entry(Rule.JOIN),
            type.allows(Rule.INVITE_SETTABLE)
                ? wanted.inviteOption().orElse(type.entry(Rule.INVITE))
                : type.entry(Rule.INVITE),
            false,
            !waits,
            wanted.supportTopic(),
            Optional.empty(),
            wanted.enablePermission(),
            wanted.defaultPermission().orElse(wanted.enablePermission() ? Permit.DEFAULT : 0),
            CustomFields.merged(Map.of(), wanted.custom()),
            0);
    if (!store.insert(connection, group, memberCount, now)) {
      throw new ImException(ErrorCode.GROUP_ID_IN_USE);
    }
    return group;
  }

  private void checkFree(
      Connection connection, App app, Actor actor, NewGroup wanted, Optional<Account> owner)
      throws SQLException {
    Optional<GroupRow> present =
        store.find(connection, app, List.of(wanted.groupId().orElseThrow())).stream().findFirst();
    if (present.isPresent()) {
      long claimant = owner.map(Account::id).orElse(actor.account().id());
      boolean own = present.get().group().ownerId() == claimant && !wanted.imported();
      throw new ImException(own ? ErrorCode.GROUP_ID_IN_OWN_USE : ErrorCode.GROUP_ID_IN_USE);
    }
  }

  private void checkCaps(Connection connection, App app, GroupType type) throws SQLException {
    GroupSettings settings = app.settings().groups();
    if (type.isCommunity()
        && store.countBase(connection, app, BaseType.COMMUNITY) >= settings.communities()) {
      throw new ImException(ErrorCode.GROUP_TOO_MANY_JOINED, "too many communities");
    }
    if (type.isLive()
        && settings.liveRooms() > 0
        && store.countBase(connection, app, BaseType.AV_CHAT_ROOM) >= settings.liveRooms()) {
      throw new ImException(ErrorCode.GROUP_LIVE_ROOMS_EXCEEDED);
    }
    if (settings.groups() > 0
        && store.count(connection, app, Optional.empty()) >= settings.groups()) {
      throw new ImException(ErrorCode.GROUPS_EXCEEDED);
    }
  }

  private void countToday(Connection connection, App app, long now) throws SQLException {
    int cap = app.settings().groups().groupsPerDay();
    if (cap > 0 && store.addToDay(connection, app, GroupStore.day(app, now), 1) > cap) {
      throw new ImException(ErrorCode.GROUP_RATE_EXCEEDED, "no more groups today");
    }
  }

  private static void checkType(App app, NewGroup wanted) {
    GroupType type = wanted.type();
    CustomFields.checkGroup(app, type, wanted.custom());
    wanted.groupId().ifPresent(id -> GroupIds.checkChosen(id, type.base()));
    wanted.members().forEach(each -> CustomFields.checkMember(app, type, each.custom()));
    if (wanted.supportTopic() && !type.allows(Rule.TOPICS)) {
      throw invalid("SupportTopic is for communities");
    }
    if (wanted.enablePermission() && !wanted.supportTopic()) {
      throw invalid("EnablePermission is for communities with topics");
    }
    if (wanted.defaultPermission().isPresent() && !wanted.enablePermission()) {
      throw invalid("DefaultPermission needs EnablePermission");
    }
    if (type.maxMembers() > 0
        && wanted.maxMembers().isPresent()
        && wanted.maxMembers().getAsInt() > type.maxMembers()) {
      throw invalid("MaxMemberCount is above " + type.maxMembers());
    }
    if (wanted.imported() && !type.allows(Rule.IMPORT)) {
      throw new ImException(ErrorCode.GROUP_NOT_PERMITTED, "the type cannot be imported");
    }
    if (!wanted.members().isEmpty() && !type.allows(Rule.MEMBERS)) {
      throw new ImException(ErrorCode.GROUP_NOT_PERMITTED, "the type has no initial members");
    }
    if (!type.allows(Rule.ADMINS) && wanted.members().stream().anyMatch(NewGroup.Initial::admin)) {
      throw new ImException(ErrorCode.GROUP_NOT_PERMITTED, "the type has no admins");
    }
    GroupSettings settings = app.settings().groups();
    if ((type.isCommunity() && !settings.community())
        || (wanted.supportTopic() && !settings.topics())) {
      throw new ImException(ErrorCode.COMMUNITY_OFF);
    }
  }

  /** The owner first, then the others; each once. A live room's owner has to join by itself. */
  private List<Newcomer> members(App app, NewGroup wanted, Optional<Account> owner) {
    if (!wanted.type().allows(Rule.MEMBERS)) {
      return List.of();
    }
    List<Account> named =
        admission.named(app, wanted.members().stream().map(NewGroup.Initial::userId).toList());
    Map<String, Newcomer> members = new LinkedHashMap<>();
    owner.ifPresent(
        account -> members.put(account.userId(), new Newcomer(account, Role.OWNER, Map.of())));
    for (NewGroup.Initial each : wanted.members()) {
      Account account =
          named.stream()
              .filter(one -> one.userId().equals(each.userId()))
              .findFirst()
              .orElseThrow();
      boolean owns = owner.isPresent() && owner.get().id() == account.id();
      Role role = owns ? Role.OWNER : each.admin() ? Role.ADMIN : Role.MEMBER;
      Newcomer newcomer = new Newcomer(account, role, CustomFields.merged(Map.of(), each.custom()));
      members.merge(
          account.userId(),
          newcomer,
          (first, second) -> first.custom().isEmpty() && owns ? second : first);
    }
    return new ArrayList<>(members.values());
  }

  private static ImException invalid(String info) {
    return new ImException(ErrorCode.GROUP_INVALID_PARAMETER, info);
  }
}
