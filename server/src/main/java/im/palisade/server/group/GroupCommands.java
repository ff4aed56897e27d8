package im.palisade.server.group;

import static im.palisade.server.group.GroupParams.CUSTOM;
import static im.palisade.server.group.GroupParams.FACE_URL;
import static im.palisade.server.group.GroupParams.GROUP_ID;
import static im.palisade.server.group.GroupParams.INTRODUCTION;
import static im.palisade.server.group.GroupParams.INVITE_OPTION;
import static im.palisade.server.group.GroupParams.JOIN_OPTION;
import static im.palisade.server.group.GroupParams.MAX_MEMBERS;
import static im.palisade.server.group.GroupParams.MEMBERS;
import static im.palisade.server.group.GroupParams.MEMBER_ADMIN;
import static im.palisade.server.group.GroupParams.MEMBER_ID;
import static im.palisade.server.group.GroupParams.MUTE_ALL;
import static im.palisade.server.group.GroupParams.NAME;
import static im.palisade.server.group.GroupParams.NEW_NAME;
import static im.palisade.server.group.GroupParams.NOTIFICATION;
import static im.palisade.server.group.GroupParams.USER_ID;
import static im.palisade.server.group.GroupParams.WRONG;

import im.palisade.compliance.audit.AuditEvent.ActorKind;
import im.palisade.compliance.audit.AuditEvent.Channel;
import im.palisade.compliance.audit.AuditEvent.Source;
import im.palisade.server.account.Account;
import im.palisade.server.account.AccountService;
import im.palisade.server.app.App;
import im.palisade.server.audit.AuditDeclaration;
import im.palisade.server.audit.Cause;
import im.palisade.server.gateway.Command;
import im.palisade.server.gateway.CommandCall;
import im.palisade.server.gateway.Param;
import im.palisade.server.gateway.ReplyField;
import im.palisade.server.protocol.ErrorCode;
import im.palisade.server.protocol.ImException;
import im.palisade.server.protocol.Json;
import im.palisade.server.protocol.Origin;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * What clients may do to groups (client-features §11); who is in them is {@link
 * MembershipCommands}'s, reading {@link GroupReadCommands}'s.
 */
public final class GroupCommands {
  private static final Param<String> TYPE =
      Param.id(
              "type",
              "`Private` (Work), `Public`, `ChatRoom` (Meeting), `AVChatRoom`, `Community`, or one"
                  + " of the app's")
          .required();
  private static final Param<String> GROUP_ID_WANTED =
      Param.id("groupId", "its id; without it one is made up");
  private static final Param<Boolean> SUPPORT_TOPIC =
      Param.flag("supportTopic", "a community with topics");

  private final GroupServices services;

  GroupCommands(GroupServices services) {
    this.services = services;
  }

  /** The commands. */
  public List<Command> commands() {
    return List.of(
        inTurn("group.create")
            .inTurnBy(GROUP_ID_WANTED)
            .meaning("Makes a group, whose owner the caller is.")
            .params(
                TYPE,
                GROUP_ID_WANTED,
                NEW_NAME,
                INTRODUCTION,
                NOTIFICATION,
                FACE_URL,
                MAX_MEMBERS,
                JOIN_OPTION,
                INVITE_OPTION,
                CUSTOM,
                MEMBERS,
                SUPPORT_TOPIC)
            .reply(ReplyField.of("groupId", "its id"), ReplyField.of("type", "its type"))
            .codes(
                ErrorCode.GROUP_ID_IN_USE,
                ErrorCode.GROUP_ID_IN_OWN_USE,
                ErrorCode.GROUP_ID_INVALID,
                ErrorCode.GROUPS_EXCEEDED,
                ErrorCode.GROUP_TOO_MANY_JOINED,
                ErrorCode.GROUP_MEMBERS_ABOVE_CAP,
                ErrorCode.GROUP_NOT_PERMITTED,
                ErrorCode.COMMUNITY_OFF,
                ErrorCode.TEXT_PROHIBITED)
            .handledBy(AuditDeclaration.records("group.create"), this::create),
        inTurn("group.dismiss")
            .meaning("Ends a group for everybody.")
            .params(GROUP_ID)
            .codes(ErrorCode.GROUP_NOT_FOUND, ErrorCode.GROUP_NOT_PERMITTED)
            .handledBy(AuditDeclaration.records("group.destroy"), this::dismiss),
        inTurn("group.transfer")
            .meaning("Makes a member the owner.")
            .params(GROUP_ID, USER_ID)
            .codes(
                ErrorCode.GROUP_NOT_FOUND,
                ErrorCode.GROUP_NOT_PERMITTED,
                ErrorCode.GROUP_ACCOUNT_NOT_FOUND)
            .handledBy(AuditDeclaration.records("group.owner.transfer"), this::transfer),
        inTurn("group.modify")
            .meaning("Changes what a group says of itself; what is absent stays.")
            .params(
                GROUP_ID,
                NAME,
                INTRODUCTION,
                NOTIFICATION,
                FACE_URL,
                MAX_MEMBERS,
                JOIN_OPTION,
                INVITE_OPTION,
                MUTE_ALL,
                CUSTOM)
            .codes(
                ErrorCode.GROUP_NOT_FOUND, ErrorCode.GROUP_NOT_PERMITTED, ErrorCode.TEXT_PROHIBITED)
            .handledBy(AuditDeclaration.records("group.update", "group.mute"), this::modify));
  }

  private static Command.Builder inTurn(String name) {
    return Command.of(name, WRONG).inTurnBy(GROUP_ID);
  }

  private void create(CommandCall call) {
    App app = app(call);
    GroupType type =
        services
            .groups()
            .types()
            .named(app, call.get(TYPE))
            .orElseThrow(() -> new ImException(WRONG, "type is not known"));
    List<NewGroup.Initial> members =
        call.get(MEMBERS).stream()
            .map(
                each ->
                    new NewGroup.Initial(
                        each.get(MEMBER_ID), each.get(MEMBER_ADMIN), each.get(CUSTOM)))
            .toList();
    Actor actor = actor(services.accounts(), call);
    Group group =
        services
            .creation()
            .create(
                app,
                actor,
                new NewGroup(
                    type,
                    call.find(GROUP_ID_WANTED),
                    new GroupTexts(
                        GroupFields.name(app, call.get(NEW_NAME)),
                        call.find(INTRODUCTION).orElse(""),
                        call.find(NOTIFICATION).orElse(""),
                        call.find(FACE_URL).orElse("")),
                    Optional.of(actor.account().userId()),
                    maxMembers(call).map(OptionalInt::of).orElseGet(OptionalInt::empty),
                    joinOption(call),
                    inviteOption(call),
                    call.get(CUSTOM),
                    members,
                    call.is(SUPPORT_TOPIC),
                    false,
                    OptionalLong.empty(),
                    OptionalLong.empty(),
                    false));
    call.reply(Json.object().put("groupId", group.groupId()).put("type", group.type().name()));
  }

  private void dismiss(CommandCall call) {
    services.dissolution().dissolve(app(call), actor(services.accounts(), call), group(call));
    call.reply();
  }

  private void transfer(CommandCall call) {
    services
        .profiles()
        .transfer(app(call), actor(services.accounts(), call), group(call), call.get(USER_ID));
    call.reply();
  }

  private void modify(CommandCall call) {
    App app = app(call);
    ProfileChange change =
        new ProfileChange(
            call.find(NAME).map(name -> GroupFields.name(app, name)),
            call.find(INTRODUCTION),
            call.find(NOTIFICATION),
            call.find(FACE_URL),
            maxMembers(call),
            joinOption(call),
            inviteOption(call),
            call.find(MUTE_ALL),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            call.get(CUSTOM));
    services.profiles().modify(app, actor(services.accounts(), call), group(call), change);
    call.reply();
  }

  private Group group(CommandCall call) {
    return services.groups().require(app(call), groupId(call));
  }

  /** The group a command is about; one that cannot be is not found out to be by the store. */
  static String groupId(CommandCall call) {
    return call.get(GROUP_ID);
  }

  static App app(CommandCall call) {
    return call.principal().app();
  }

  /** The caller with its own rights. */
  static Actor actor(AccountService accounts, CommandCall call) {
    Account account =
        accounts
            .find(app(call), call.principal().userId())
            .filter(each -> each.id() == call.principal().accountId())
            .orElseThrow(() -> new ImException(ErrorCode.GROUP_ACCOUNT_NOT_FOUND));
    return Actor.user(
        account,
        new Cause(
            new im.palisade.compliance.audit.AuditEvent.Actor(
                ActorKind.USER, call.principal().subjectRef()),
            new Source(Channel.CLIENT, Cause.networkOf(call.session().address())),
            Long.toString(app(call).appId()),
            call.requestId(),
            call.receivedAt(),
            Origin.client(
                call.principal().userId(), call.session().address(), call.session().platform())));
  }

  private static Optional<Integer> maxMembers(CommandCall call) {
    return call.find(MAX_MEMBERS).map(Long::intValue);
  }

  private static Optional<JoinOption> joinOption(CommandCall call) {
    return call.find(JOIN_OPTION).map(JoinOption::named);
  }

  private static Optional<JoinOption> inviteOption(CommandCall call) {
    return call.find(INVITE_OPTION).map(JoinOption::named);
  }
}
