package im.palisade.server.group;

import im.palisade.server.account.Account;
import im.palisade.server.app.App;
import im.palisade.server.group.GroupTips.Change;
import im.palisade.server.group.GroupType.TipWay;
import im.palisade.server.protocol.ErrorCode;
import im.palisade.server.protocol.ImException;
import java.sql.SQLException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Changes what groups say of themselves, and who owns them (rest-groups A4, A7). */
public final class GroupProfiles {
  private final GroupOrder order;
  private final GroupStore store;
  private final MemberStore members;
  private final Admission admission;
  private final GroupTextCheck texts;
  private final Clock clock;

  GroupProfiles(
      GroupOrder order,
      GroupStore store,
      MemberStore members,
      Admission admission,
      GroupTextCheck texts,
      Clock clock) {
    this.order = order;
    this.store = store;
    this.members = members;
    this.admission = admission;
    this.texts = texts;
    this.clock = clock;
  }

  /**
   * Changes a profile; what changes nothing succeeds without effect.
   *
   * @throws ImException GROUP_INVALID_PARAMETER, GROUP_NOT_PERMITTED, TEXT_PROHIBITED
   */
  public void modify(App app, Actor actor, Group group, ProfileChange wanted) {
    check(app, group, wanted);
    ProfileChange change = judged(app, actor, wanted);
    long now = clock.instant().getEpochSecond();
    order.change(
        app,
        group,
        changing -> {
          permit(changing, actor, change);
          Group before = changing.group();
          Group after = change.applied(before);
          if (!after.equals(before)) {
            store.update(changing.connection(), after.infoChanged(now));
            boolean rights =
                after.enablePermission() != before.enablePermission()
                    || after.defaultPermission() != before.defaultPermission();
            if ((after.muteAll() && !before.muteAll()) || rights) {
              changing.rightsLost();
            } else {
              changing.changed();
            }
            changing.record(actor, "group.update", List.of());
            if (after.muteAll() != before.muteAll()) {
              changing.record(actor, "group.mute", List.of());
            }
            tell(changing, actor, before, after);
          }
          return null;
        });
  }

  /**
   * Hands a group over; naming the present owner has no effect.
   *
   * @throws ImException GROUP_NOT_PERMITTED, also when the new owner is no member
   */
  public void transfer(App app, Actor actor, Group group, String newOwner) {
    if (group.type().least(Rule.TRANSFER).isEmpty()) {
      throw new ImException(ErrorCode.GROUP_NOT_PERMITTED, "the type has no such transfer");
    }
    long now = clock.instant().getEpochSecond();
    Optional<Account> heir = admission.find(app, newOwner);
    order.change(
        app,
        group,
        changing -> {
          changing.require(actor, Rule.TRANSFER);
          Account account =
              heir.orElseThrow(
                  () -> new ImException(ErrorCode.GROUP_NOT_PERMITTED, "no member of the group"));
          GroupMember member =
              changing
                  .member(account.id())
                  .orElseThrow(
                      () ->
                          new ImException(ErrorCode.GROUP_NOT_PERMITTED, "no member of the group"));
          Group before = changing.group();
          if (before.ownerId() != account.id()) {
            hand(changing, before, member, now);
            changing.record(actor, "group.owner.transfer", List.of(account));
            changing.happened(
                actor,
                new GroupHook.Fact.OwnerChanged(
                    members.userId(changing.connection(), before.ownerId()), account.userId()));
            changing.tip(
                Rule.TIP_OWNER,
                GroupTips.profile(
                    before,
                    actor.account(),
                    List.of(new Change("Owner_Account", account.userId()))));
          }
          return null;
        });
  }

  private void hand(Changing changing, Group before, GroupMember heir, long now)
      throws SQLException {
    if (before.ownerId() != 0) {
      Optional<GroupMember> former = changing.member(before.ownerId());
      if (former.isPresent()) {
        members.update(changing.connection(), former.get().as(Role.MEMBER));
      }
    }
    members.update(changing.connection(), heir.as(Role.OWNER));
    store.update(changing.connection(), before.owned(heir.accountId()).infoChanged(now));
    changing.rightsLost();
  }

  private static void permit(Changing changing, Actor actor, ProfileChange change)
      throws SQLException {
    if (change.touchesTexts()) {
      changing.require(actor, Rule.EDIT_TEXTS);
    }
    if (change.touchesRest()) {
      changing.require(actor, Rule.EDIT_REST);
    }
    Standing standing = changing.standing(actor);
    for (String field : change.custom().keySet()) {
      if (standing != Standing.APP
          && !CustomFields.mayWriteGroup(changing.app(), field, standing)) {
        throw new ImException(ErrorCode.GROUP_NOT_PERMITTED, "field " + field);
      }
    }
  }

  private static void check(App app, Group group, ProfileChange change) {
    GroupType type = group.type();
    CustomFields.checkGroup(app, type, change.custom());
    if (type.maxMembers() > 0 && change.maxMembers().orElse(1) > type.maxMembers()) {
      throw new ImException(
          ErrorCode.GROUP_INVALID_PARAMETER, "MaxMemberNum is above " + type.maxMembers());
    }
    boolean permissions =
        change.enablePermission().isPresent() || change.defaultPermission().isPresent();
    if (permissions && !group.supportTopic()) {
      throw new ImException(
          ErrorCode.GROUP_INVALID_PARAMETER, "permissions are for communities with topics");
    }
  }

  private ProfileChange judged(App app, Actor actor, ProfileChange wanted) {
    GroupTexts passed = texts.pass(app, actor, wanted.texts(new GroupTexts("", "", "", "")));
    return new ProfileChange(
        wanted.name().map(any -> passed.name()),
        wanted.introduction().map(any -> passed.introduction()),
        wanted.notification().map(any -> passed.notification()),
        wanted.faceUrl(),
        wanted.maxMembers(),
        wanted.joinOption(),
        wanted.inviteOption(),
        wanted.muteAll(),
        wanted.historyBeforeJoin(),
        wanted.enablePermission(),
        wanted.defaultPermission(),
        wanted.custom());
  }

  private static void tell(Changing changing, Actor actor, Group before, Group after)
      throws SQLException {
    GroupTexts old = before.texts();
    GroupTexts texts = after.texts();
    Map<String, String> changed = texts.differingFrom(old);
    if (!changed.isEmpty()) {
      changing.happened(actor, new GroupHook.Fact.Changed(changed));
    }
    News news = new News(after.type());
    news.add(Rule.TIP_NAME, "Name", old.name(), texts.name());
    news.add(Rule.TIP_INTRODUCTION, "Introduction", old.introduction(), texts.introduction());
    news.add(Rule.TIP_NOTICE, "Notification", old.notification(), texts.notification());
    news.add(Rule.TIP_FACE, "FaceUrl", old.faceUrl(), texts.faceUrl());
    for (String field : changing.app().settings().groups().groupFieldNames()) {
      String was = before.custom().getOrDefault(field, "");
      String is = after.custom().getOrDefault(field, "");
      news.add(Rule.TIP_FIELDS, was, new Change("AppDefinedData", field, is));
    }
    news.add(Rule.TIP_MUTE_ALL, "MuteAllMember", onOff(before.muteAll()), onOff(after.muteAll()));
    news.add(
        Rule.TIP_JOIN_OPTION,
        "ApplyJoinOption",
        before.joinOption().applyName(),
        after.joinOption().applyName());
    news.byWay.forEach(
        (way, changes) -> changing.tip(way, GroupTips.profile(before, actor.account(), changes)));
  }

  /** What has changed, by the way in which it is told. */
  private static final class News {
    private final GroupType type;
    private final Map<TipWay, List<Change>> byWay = new EnumMap<>(TipWay.class);

    News(GroupType type) {
      this.type = type;
    }

    void add(Rule rule, String key, String was, String is) {
      add(rule, was, new Change(key, is));
    }

    void add(Rule rule, String was, Change change) {
      if (!was.equals(change.value())) {
        byWay.computeIfAbsent(type.tips(rule), way -> new ArrayList<>()).add(change);
      }
    }
  }

  private static String onOff(boolean on) {
    return on ? "On" : "Off";
  }
}
