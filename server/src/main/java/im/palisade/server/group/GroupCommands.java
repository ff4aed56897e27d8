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
import static im.palisade.server.group.GroupParams.MESSAGE;
import static im.palisade.server.group.GroupParams.MUTE_ALL;
import static im.palisade.server.group.GroupParams.NAME;
import static im.palisade.server.group.GroupParams.NEW_NAME;
import static im.palisade.server.group.GroupParams.NOTIFICATION;
import static im.palisade.server.group.GroupParams.REASON;
import static im.palisade.server.group.GroupParams.REQUEST_ID;
import static im.palisade.server.group.GroupParams.TOPIC_ID;
import static im.palisade.server.group.GroupParams.USER_ID;
import static im.palisade.server.group.GroupParams.WRONG;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
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
import im.palisade.server.group.Membership.Outcome;
import im.palisade.server.group.Membership.Request;
import im.palisade.server.protocol.ErrorCode;
import im.palisade.server.protocol.ImException;
import im.palisade.server.protocol.Json;
import im.palisade.server.protocol.Origin;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.stream.Stream;

/**
 * What clients may do to groups and their membership (client-features §11); reading is {@link
 * GroupReadCommands}'s.
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
  private static final Param<List<String>> INVITED = GroupParams.userIds(300, "who is to come in");
  private static final Param<List<String>> KICKED = GroupParams.userIds(100, "who is to go");
  private static final Param<List<String>> MUTED = GroupParams.userIds(100, "who is meant");
  private static final Param<Long> SECONDS =
      Param.u32("seconds", "for how long; 0 lifts, 4294967295 is for ever").required();
  private static final Param<String> ROLE =
      Param.word("role", List.of("Admin", "Member"), "what the member becomes").required();
  private static final Param<String> OTHER = Param.id("userId", "whose, when it is another's");
  private static final Param<String> MSG_FLAG =
      Param.word(
          "msgFlag", Stream.of(MsgFlag.values()).map(MsgFlag::wireName).toList(), "receive option");
  private static final Param<String> NAME_CARD =
      Param.text("nameCard", MemberProfiles.MAX_NAME_CARD, "name in the group");
  private static final Param<Long> DURATION =
      Param.u32("duration", "seconds of a live room's ban, 4294967295 for ever");
  private static final int MAX_BANNED = 20;

  private final GroupServices services;
  private final Topics topics;

  GroupCommands(GroupServices services, Topics topics) {
    this.services = services;
    this.topics = topics;
  }

  /** The commands. */
  public List<Command> commands() {
    AuditDeclaration own = AuditDeclaration.none("users come and go by themselves");
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
        inTurn("group.join")
            .meaning("Enters a group, or asks for it where owner and admins decide.")
            .params(GROUP_ID, MESSAGE)
            .reply(
                ReplyField.of("status", "`joined` or `waiting`"),
                ReplyField.of("memberNum?", "how many are in, live rooms"))
            .codes(
                ErrorCode.GROUP_NOT_FOUND,
                ErrorCode.GROUP_NOT_PERMITTED,
                ErrorCode.GROUP_ALREADY_MEMBER,
                ErrorCode.GROUP_FULL,
                ErrorCode.GROUP_TOO_MANY_JOINED)
            .handledBy(own, this::join),
        inTurn("group.quit")
            .meaning("Leaves a group.")
            .params(GROUP_ID)
            .codes(
                ErrorCode.GROUP_NOT_FOUND,
                ErrorCode.GROUP_NOT_PERMITTED,
                ErrorCode.GROUP_OWNER_QUITS)
            .handledBy(own, this::quit),
        inTurn("group.invite")
            .meaning("Takes others in, or proposes it to owner and admins.")
            .params(GROUP_ID, INVITED)
            .reply(
                ReplyField.of(
                    "results",
                    "`userId`, `result` of each: 0 failed, 1 in, 2 was in, 3 waits for owner or"
                        + " admins, or for its own consent"))
            .codes(ErrorCode.GROUP_NOT_FOUND, ErrorCode.GROUP_NOT_PERMITTED, ErrorCode.GROUP_FULL)
            .handledBy(AuditDeclaration.records("group.member.add"), this::invite),
        inTurn("group.kick")
            .meaning(
                "Puts members out; out of a live room by a ban, of 20 at most, by its owner and"
                    + " admins.")
            .params(GROUP_ID, KICKED, REASON, DURATION)
            .codes(
                ErrorCode.GROUP_NOT_FOUND,
                ErrorCode.GROUP_NOT_PERMITTED,
                ErrorCode.GROUP_TOO_MANY_ACCOUNTS)
            .handledBy(AuditDeclaration.records("group.member.remove"), this::kick),
        Command.of("group.applications", WRONG)
            .meaning(
                "The newest 50 applications the caller decides on, its own invitations included.")
            .reply(
                ReplyField.of(
                    "applications",
                    "`requestId`, `groupId`, `groupName`, `userId`, `nick`, `inviter`, `message`,"
                        + " `time` of each"))
            .handledBy(
                AuditDeclaration.none("users read what waits for their own decision"),
                this::applications),
        Command.of("group.approve", WRONG)
            .meaning("Lets in who asked or was proposed; an invitee agrees to come.")
            .params(REQUEST_ID, MESSAGE)
            .codes(
                ErrorCode.GROUP_NOT_PERMITTED,
                ErrorCode.GROUP_REQUEST_HANDLED,
                ErrorCode.GROUP_FULL)
            .handledBy(AuditDeclaration.records("group.member.add"), call -> answer(call, true)),
        Command.of("group.refuse", WRONG)
            .meaning("Refuses who asked or was proposed.")
            .params(REQUEST_ID, MESSAGE)
            .codes(ErrorCode.GROUP_NOT_PERMITTED, ErrorCode.GROUP_REQUEST_HANDLED)
            .handledBy(
                AuditDeclaration.none("nothing but the request itself changes"),
                call -> answer(call, false)),
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
            .handledBy(AuditDeclaration.records("group.update", "group.mute"), this::modify),
        inTurn("group.mute")
            .meaning("Silences members of a group or of one topic.")
            .params(GROUP_ID, MUTED, SECONDS, TOPIC_ID)
            .codes(ErrorCode.GROUP_NOT_FOUND, ErrorCode.GROUP_NOT_PERMITTED)
            .handledBy(AuditDeclaration.records("group.mute"), this::mute),
        inTurn("group.role")
            .meaning("Makes a member an admin, or an admin a member.")
            .params(GROUP_ID, USER_ID, ROLE)
            .codes(ErrorCode.GROUP_NOT_FOUND, ErrorCode.GROUP_NOT_PERMITTED)
            .handledBy(AuditDeclaration.records("group.member.role"), this::role),
        inTurn("group.member")
            .meaning(
                "Changes what the caller or, as owner or admin, another is in a group; with a topic"
                    + " its `msgFlag` there.")
            .params(GROUP_ID, OTHER, TOPIC_ID, MSG_FLAG, NAME_CARD, CUSTOM)
            .codes(ErrorCode.GROUP_NOT_FOUND, ErrorCode.GROUP_NOT_PERMITTED)
            .handledBy(AuditDeclaration.records("group.update"), this::member));
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

  private void join(CommandCall call) {
    Actor actor = actor(services.accounts(), call);
    Group group = group(call);
    String message = call.get(MESSAGE);
    if (group.type().isLive()) {
      services.rooms().enter(app(call), group, actor.account(), call.session());
      call.reply(
          Json.object()
              .put("status", "joined")
              .put("memberNum", services.rooms().online(app(call), group)));
      return;
    }
    Outcome outcome = services.membership().join(app(call), actor, group, message);
    call.reply(Json.object().put("status", outcome == Outcome.IN ? "joined" : "waiting"));
  }

  private void quit(CommandCall call) {
    Actor actor = actor(services.accounts(), call);
    Group group = group(call);
    if (!group.type().isLive()) {
      services.membership().quit(app(call), actor, group);
    } else if (group.ownerId() == actor.account().id() && !group.type().allows(Rule.OWNER_QUITS)) {
      throw new ImException(ErrorCode.GROUP_OWNER_QUITS);
    } else {
      services.rooms().leave(app(call), group, actor.account(), call.session());
    }
    call.reply();
  }

  private void invite(CommandCall call) {
    Actor actor = actor(services.accounts(), call);
    Map<String, Outcome> outcomes =
        services.membership().invite(app(call), actor, group(call), call.get(INVITED));
    ObjectNode reply = Json.object();
    ArrayNode list = reply.putArray("results");
    outcomes.forEach(
        (userId, outcome) -> list.addObject().put("userId", userId).put("result", outcome.code()));
    call.reply(reply);
  }

  private void kick(CommandCall call) {
    Actor actor = actor(services.accounts(), call);
    Group group = group(call);
    if (!group.type().isLive()) {
      services
          .membership()
          .remove(app(call), actor, group, call.get(KICKED), false, call.get(REASON));
      call.reply();
      return;
    }
    // Who is put out of a live room would be back at once: there a removal is a ban.
    long seconds = call.find(DURATION).orElse(0L);
    if (seconds == 0) {
      throw new ImException(WRONG, "a live room wants a duration");
    }
    if (call.get(KICKED).size() > MAX_BANNED) {
      throw new ImException(ErrorCode.GROUP_TOO_MANY_ACCOUNTS);
    }
    services.rooms().ban(app(call), group, actor, call.get(KICKED), seconds, call.get(REASON));
    call.reply();
  }

  private void applications(CommandCall call) {
    Actor actor = actor(services.accounts(), call);
    ObjectNode reply = Json.object();
    ArrayNode list = reply.putArray("applications");
    for (Request each : services.membership().requests(app(call), actor.account())) {
      ObjectNode json =
          list.addObject()
              .put("requestId", each.id())
              .put("groupId", each.group().groupId())
              .put("groupName", each.group().texts().name())
              .put("userId", each.account().userId())
              .put("nick", each.account().nick())
              .put("message", each.message())
              .put("time", each.time());
      each.inviter().ifPresent(inviter -> json.put("inviter", inviter.userId()));
    }
    call.reply(reply);
  }

  private void answer(CommandCall call, boolean approved) {
    services
        .membership()
        .answer(
            app(call),
            actor(services.accounts(), call),
            call.get(REQUEST_ID),
            approved,
            call.get(MESSAGE));
    call.reply();
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

  private void mute(CommandCall call) {
    App app = app(call);
    Actor actor = actor(services.accounts(), call);
    List<String> userIds = call.get(MUTED);
    long seconds = call.get(SECONDS);
    Optional<String> topicId = call.find(TOPIC_ID);
    Group group = group(call);
    if (topicId.isPresent()) {
      topics.mute(app, actor, group, topicId.get(), userIds, seconds);
    } else {
      services.mutes().mute(app, actor, group, userIds, seconds);
    }
    call.reply();
  }

  private void role(CommandCall call) {
    boolean admin = call.get(ROLE).equals("Admin");
    change(
        call,
        call.get(USER_ID),
        new MemberChange(
            Optional.of(admin ? Role.ADMIN : Role.MEMBER),
            Optional.empty(),
            Optional.empty(),
            Map.of(),
            Optional.empty()));
  }

  private void member(CommandCall call) {
    Optional<String> topicId = call.find(TOPIC_ID);
    if (topicId.isPresent()) {
      MsgFlag flag =
          call.find(MSG_FLAG)
              .flatMap(MsgFlag::named)
              .orElseThrow(() -> new ImException(WRONG, "msgFlag is missing"));
      Actor actor = actor(services.accounts(), call);
      topics.setOption(app(call), actor, group(call), topicId.get(), flag);
      call.reply();
      return;
    }
    change(
        call,
        call.find(OTHER).orElse(call.principal().userId()),
        new MemberChange(
            Optional.empty(),
            call.find(MSG_FLAG).flatMap(MsgFlag::named),
            call.find(NAME_CARD),
            call.get(CUSTOM),
            Optional.empty()));
  }

  private void change(CommandCall call, String userId, MemberChange change) {
    services
        .memberProfiles()
        .modify(app(call), actor(services.accounts(), call), group(call), userId, change);
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
