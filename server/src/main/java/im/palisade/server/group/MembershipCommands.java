package im.palisade.server.group;

import static im.palisade.server.group.GroupParams.CUSTOM;
import static im.palisade.server.group.GroupParams.GROUP_ID;
import static im.palisade.server.group.GroupParams.MESSAGE;
import static im.palisade.server.group.GroupParams.REASON;
import static im.palisade.server.group.GroupParams.REQUEST_ID;
import static im.palisade.server.group.GroupParams.TOPIC_ID;
import static im.palisade.server.group.GroupParams.USER_ID;
import static im.palisade.server.group.GroupParams.WRONG;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import im.palisade.server.app.App;
import im.palisade.server.audit.AuditDeclaration;
import im.palisade.server.gateway.Command;
import im.palisade.server.gateway.CommandCall;
import im.palisade.server.gateway.Param;
import im.palisade.server.gateway.ReplyField;
import im.palisade.server.group.JoinRequests.Request;
import im.palisade.server.group.Membership.Outcome;
import im.palisade.server.protocol.ErrorCode;
import im.palisade.server.protocol.ImException;
import im.palisade.server.protocol.Json;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** What clients may do to be in groups, and to those who are (client-features §11). */
public final class MembershipCommands {
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

  MembershipCommands(GroupServices services, Topics topics) {
    this.services = services;
    this.topics = topics;
  }

  /** The commands. */
  public List<Command> commands() {
    AuditDeclaration own = AuditDeclaration.none("users come and go by themselves");
    return List.of(
        inTurn("group.join")
            .forGuests()
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
            .forGuests()
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

  private void join(CommandCall call) {
    if (call.principal().isGuest()) {
      watch(call);
      return;
    }
    Actor actor = GroupCommands.actor(services.accounts(), call);
    Group group = group(call);
    String message = call.get(MESSAGE);
    if (group.type().isLive()) {
      services.rooms().enter(GroupCommands.app(call), group, actor.account(), call.session());
      call.reply(
          Json.object()
              .put("status", "joined")
              .put("memberNum", services.rooms().online(GroupCommands.app(call), group)));
      return;
    }
    Outcome outcome = services.membership().join(GroupCommands.app(call), actor, group, message);
    call.reply(Json.object().put("status", outcome == Outcome.IN ? "joined" : "waiting"));
  }

  /** Guests come into live rooms only; of others they learn nothing. */
  private void watch(CommandCall call) {
    Group room = group(call);
    if (!room.type().isLive()) {
      throw new ImException(ErrorCode.GROUP_NOT_PERMITTED);
    }
    services.rooms().watch(GroupCommands.app(call), room, call.session());
    call.reply(
        Json.object()
            .put("status", "joined")
            .put("memberNum", services.rooms().online(GroupCommands.app(call), room)));
  }

  private void quit(CommandCall call) {
    if (call.principal().isGuest()) {
      services.rooms().leave(GroupCommands.app(call), group(call), call.session());
      call.reply();
      return;
    }
    Actor actor = GroupCommands.actor(services.accounts(), call);
    Group group = group(call);
    if (!group.type().isLive()) {
      services.leaving().quit(GroupCommands.app(call), actor, group);
    } else if (group.ownerId() == actor.account().id() && !group.type().allows(Rule.OWNER_QUITS)) {
      throw new ImException(ErrorCode.GROUP_OWNER_QUITS);
    } else {
      services.rooms().leave(GroupCommands.app(call), group, call.session());
    }
    call.reply();
  }

  private void invite(CommandCall call) {
    Actor actor = GroupCommands.actor(services.accounts(), call);
    Map<String, Outcome> outcomes =
        services
            .membership()
            .invite(GroupCommands.app(call), actor, group(call), call.get(INVITED));
    ObjectNode reply = Json.object();
    ArrayNode list = reply.putArray("results");
    outcomes.forEach(
        (userId, outcome) -> list.addObject().put("userId", userId).put("result", outcome.code()));
    call.reply(reply);
  }

  private void kick(CommandCall call) {
    Actor actor = GroupCommands.actor(services.accounts(), call);
    Group group = group(call);
    if (!group.type().isLive()) {
      services
          .leaving()
          .remove(GroupCommands.app(call), actor, group, call.get(KICKED), false, call.get(REASON));
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
    services
        .rooms()
        .ban(GroupCommands.app(call), group, actor, call.get(KICKED), seconds, call.get(REASON));
    call.reply();
  }

  private void applications(CommandCall call) {
    Actor actor = GroupCommands.actor(services.accounts(), call);
    ObjectNode reply = Json.object();
    ArrayNode list = reply.putArray("applications");
    for (Request each : services.requests().requests(GroupCommands.app(call), actor.account())) {
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
        .requests()
        .answer(
            GroupCommands.app(call),
            GroupCommands.actor(services.accounts(), call),
            call.get(REQUEST_ID),
            approved,
            call.get(MESSAGE));
    call.reply();
  }

  private void mute(CommandCall call) {
    App app = GroupCommands.app(call);
    Actor actor = GroupCommands.actor(services.accounts(), call);
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
      Actor actor = GroupCommands.actor(services.accounts(), call);
      topics.setOption(GroupCommands.app(call), actor, group(call), topicId.get(), flag);
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
        .modify(
            GroupCommands.app(call),
            GroupCommands.actor(services.accounts(), call),
            group(call),
            userId,
            change);
    call.reply();
  }

  private Group group(CommandCall call) {
    return services.groups().require(GroupCommands.app(call), GroupCommands.groupId(call));
  }
}
