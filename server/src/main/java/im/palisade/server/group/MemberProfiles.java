package im.palisade.server.group;

import im.palisade.server.account.Account;
import im.palisade.server.account.AccountService;
import im.palisade.server.app.App;
import im.palisade.server.gateway.ClientEvent;
import im.palisade.server.gateway.EncodedFrame;
import im.palisade.server.gateway.SessionDirectory;
import im.palisade.server.message.GroupPositionStore;
import im.palisade.server.protocol.ErrorCode;
import im.palisade.server.protocol.ImException;
import im.palisade.server.protocol.Json;
import java.sql.SQLException;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Changes members: roles, message options, name cards, custom fields (rest-groups B5). */
public final class MemberProfiles {
  private final GroupPositionStore positions = new GroupPositionStore();
  private final TopicStore topics = new TopicStore();

  /** Longest name card in UTF-8 bytes. */
  public static final int MAX_NAME_CARD = 50;

  private final AccountService accounts;
  private final GroupOrder order;
  private final MemberStore members;
  private final GroupMutes mutes;
  private final GroupAudiences audiences;
  private final GroupNotices notices;
  private final SessionDirectory sessions;
  private final GroupTextCheck texts;
  private final Clock clock;

  MemberProfiles(
      AccountService accounts,
      GroupOrder order,
      MemberStore members,
      GroupMutes mutes,
      GroupAudiences audiences,
      GroupNotices notices,
      SessionDirectory sessions,
      GroupTextCheck texts,
      Clock clock) {
    this.accounts = accounts;
    this.order = order;
    this.members = members;
    this.mutes = mutes;
    this.audiences = audiences;
    this.notices = notices;
    this.sessions = sessions;
    this.texts = texts;
    this.clock = clock;
  }

  /**
   * Changes a member, all of it or nothing.
   *
   * @throws ImException GROUP_NOT_PERMITTED, also when the account is no member;
   *     GROUP_INVALID_PARAMETER for the owner's role and undeclared fields; TEXT_PROHIBITED
   */
  public void modify(App app, Actor actor, Group group, String userId, MemberChange wanted) {
    GroupType type = group.type();
    if (!type.allows(Rule.MEMBERS)
        || (wanted.role().isPresent() && !type.allows(Rule.ADMINS))
        || (wanted.muteSeconds().isPresent() && type.least(Rule.MUTE).isEmpty())) {
      throw new ImException(ErrorCode.GROUP_NOT_PERMITTED, "the type has no such thing");
    }
    CustomFields.checkMember(app, type, wanted.custom());
    Optional<Account> named = accounts.find(app, userId);
    Optional<String> nameCard = wanted.nameCard().map(text -> texts.passMember(app, actor, text));
    long now = clock.instant().getEpochSecond();
    order.change(
        app,
        group,
        changing -> {
          Account account = named.orElseThrow(MemberProfiles::noMember);
          GroupMember before = changing.member(account.id()).orElseThrow(MemberProfiles::noMember);
          permit(changing, actor, before, wanted);
          GroupMember after =
              before.with(
                  wanted.role().orElse(before.role()),
                  wanted.msgFlag().orElse(before.msgFlag()),
                  nameCard.orElse(before.nameCard()),
                  CustomFields.merged(before.custom(), wanted.custom()));
          if (!after.equals(before)) {
            members.update(changing.connection(), after);
            changing.record(
                actor,
                after.role() == before.role() ? "group.update" : "group.member.role",
                List.of(account));
            follow(changing, actor, account, before, after);
          }
          if (wanted.muteSeconds().isPresent()) {
            long seconds = wanted.muteSeconds().get();
            mutes.set(changing, group.id(), List.of(account), seconds, now);
            changing.record(actor, "group.mute", List.of(account));
            changing.tip(
                Rule.TIP_MUTE, GroupTips.muted(group, actor.account(), Map.of(account, seconds)));
          }
          return null;
        });
  }

  private void permit(Changing changing, Actor actor, GroupMember target, MemberChange wanted)
      throws SQLException {
    Standing standing = changing.standing(actor);
    if (wanted.role().isPresent()) {
      if (target.role() == Role.OWNER) {
        throw new ImException(ErrorCode.GROUP_INVALID_PARAMETER, "the owner's role stays");
      }
      if (!standing.atLeast(Role.OWNER)) {
        throw new ImException(ErrorCode.GROUP_NOT_PERMITTED);
      }
    }
    if (wanted.muteSeconds().isPresent()) {
      mutes.permit(changing, actor, target.accountId());
    }
    if (standing == Standing.APP) {
      return;
    }
    boolean own = target.accountId() == actor.account().id();
    boolean manages = standing.atLeast(Role.ADMIN) && standing.above(Standing.of(target.role()));
    boolean allowed =
        (wanted.msgFlag().isEmpty() || own)
            && (wanted.nameCard().isEmpty() || own || manages)
            && standing.atLeast(Role.MEMBER)
            && wanted.custom().keySet().stream()
                .allMatch(
                    field ->
                        CustomFields.mayWriteMember(changing.app(), field, standing, own)
                            && (own || manages));
    if (!allowed) {
      throw new ImException(ErrorCode.GROUP_NOT_PERMITTED);
    }
  }

  private void follow(
      Changing changing, Actor actor, Account account, GroupMember before, GroupMember after)
      throws SQLException {
    Group group = changing.group();
    boolean renamed = !after.nameCard().equals(before.nameCard());
    if (after.role() != before.role() || renamed) {
      changing.happened(
          actor,
          new GroupHook.Fact.MemberChanged(
              account.userId(),
              Optional.of(after.role()).filter(role -> role != before.role()),
              Optional.of(after.nameCard()).filter(card -> renamed)));
    }
    if (after.role() != before.role()) {
      boolean appointed = after.role() == Role.ADMIN;
      if (!appointed) {
        changing.rightsLost();
      }
      changing.tip(Rule.TIP_ADMIN, GroupTips.admin(group, actor.account(), account, appointed));
      changing
          .unit()
          .onCommit(
              () ->
                  notices.tell(
                      appointed ? GroupNotices.Kind.MADE_ADMIN : GroupNotices.Kind.NO_LONGER_ADMIN,
                      group,
                      actor.account(),
                      List.of(account.id())));
    }
    if (before.msgFlag() == MsgFlag.DISCARD && after.msgFlag() != MsgFlag.DISCARD) {
      // What came while it was discarded is unread for nobody: counting begins anew.
      positions.advance(changing.connection(), group.conversation(), account.id(), Long.MAX_VALUE);
      members.holdOnList(changing.connection(), group.id(), account.id(), false);
      if (group.supportTopic()) {
        topics.release(changing.connection(), group.id(), account.id());
      }
    }
    if (after.msgFlag() == MsgFlag.DISCARD && before.msgFlag() != MsgFlag.DISCARD) {
      members.holdOnList(changing.connection(), group.id(), account.id(), true);
      if (group.supportTopic()) {
        topics.holdAll(changing.connection(), group.id(), account.id());
      }
    }
    changing.unit().onCommit(() -> tellOwnDevices(changing.app(), group, account, before, after));
  }

  private void tellOwnDevices(
      App app, Group group, Account account, GroupMember before, GroupMember after) {
    if (after.msgFlag() != before.msgFlag()) {
      if (after.msgFlag() == MsgFlag.DISCARD) {
        audiences.leave(app, group.id(), List.of(account.id()));
      } else {
        audiences.join(app, group.id(), List.of(account.id()));
      }
    }
    EncodedFrame frame =
        EncodedFrame.event(
            ClientEvent.GROUP_SELF,
            Json.object()
                .put("groupId", group.groupId())
                .put("role", after.role().wireName())
                .put("msgFlag", after.msgFlag().wireName())
                .put("nameCard", after.nameCard())
                .set("custom", Json.mapper().valueToTree(after.custom())));
    sessions.of(account.id()).forEach(session -> session.send(frame));
  }

  private static ImException noMember() {
    return new ImException(ErrorCode.GROUP_NOT_PERMITTED, "no member of the group");
  }
}
