package im.palisade.server.group;

import com.fasterxml.jackson.databind.JsonNode;
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
import im.palisade.server.gateway.LaneKey;
import im.palisade.server.group.Membership.Outcome;
import im.palisade.server.group.Membership.Request;
import im.palisade.server.protocol.ErrorCode;
import im.palisade.server.protocol.ImException;
import im.palisade.server.protocol.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * What clients may do to groups and their membership (client-features §11); reading is {@link
 * GroupReadCommands}'s.
 */
public final class GroupCommands {
  private static final int MAX_INITIAL = 500;
  private static final int MAX_INVITED = 300;
  private static final int MAX_KICKED = 100;
  private static final int MAX_MUTED = 100;

  private final GroupServices services;
  private final Topics topics;

  GroupCommands(GroupServices services, Topics topics) {
    this.services = services;
    this.topics = topics;
  }

  /** The commands. */
  public List<Command> commands() {
    LaneKey inTurn = LaneKey.field("groupId");
    AuditDeclaration own = AuditDeclaration.none("users come and go by themselves");
    return List.of(
        new Command("group.create", AuditDeclaration.records("group.create"), inTurn, this::create),
        new Command("group.join", own, inTurn, this::join),
        new Command("group.quit", own, inTurn, this::quit),
        new Command(
            "group.invite", AuditDeclaration.records("group.member.add"), inTurn, this::invite),
        new Command(
            "group.kick", AuditDeclaration.records("group.member.remove"), inTurn, this::kick),
        new Command(
            "group.applications",
            AuditDeclaration.none("users read what waits for their own decision"),
            this::applications),
        new Command(
            "group.approve",
            AuditDeclaration.records("group.member.add"),
            call -> answer(call, true)),
        new Command(
            "group.refuse",
            AuditDeclaration.none("nothing but the request itself changes"),
            call -> answer(call, false)),
        new Command(
            "group.dismiss", AuditDeclaration.records("group.destroy"), inTurn, this::dismiss),
        new Command(
            "group.transfer",
            AuditDeclaration.records("group.owner.transfer"),
            inTurn,
            this::transfer),
        new Command(
            "group.modify",
            AuditDeclaration.records("group.update", "group.mute"),
            inTurn,
            this::modify),
        new Command("group.mute", AuditDeclaration.records("group.mute"), inTurn, this::mute),
        new Command(
            "group.role", AuditDeclaration.records("group.member.role"), inTurn, this::role),
        new Command(
            "group.member", AuditDeclaration.records("group.update"), inTurn, this::member));
  }

  private void create(CommandCall call) {
    App app = app(call);
    GroupType type =
        services
            .groups()
            .types()
            .named(app, call.text("type", ClientFields.WRONG))
            .orElseThrow(() -> new ImException(ClientFields.WRONG, "type is not known"));
    List<NewGroup.Initial> members = new ArrayList<>();
    for (JsonNode each : call.data().path("members")) {
      if (!each.path("userId").isTextual()) {
        throw new ImException(ClientFields.WRONG, "a member without userId");
      }
      members.add(
          new NewGroup.Initial(
              each.path("userId").textValue(),
              each.path("admin").asBoolean(false),
              ClientFields.pairs(each.path("custom"), "custom")));
    }
    if (members.size() > MAX_INITIAL) {
      throw new ImException(ErrorCode.GROUP_TOO_MANY_ACCOUNTS);
    }
    Actor actor = actor(services.accounts(), call);
    Group group =
        services
            .creation()
            .create(
                app,
                actor,
                new NewGroup(
                    type,
                    call.optionalText("groupId", ClientFields.WRONG),
                    new GroupTexts(
                        GroupFields.name(app, call.text("name", ClientFields.WRONG)),
                        introduction(call).orElse(""),
                        notification(call).orElse(""),
                        faceUrl(call).orElse("")),
                    Optional.of(actor.account().userId()),
                    maxMembers(call).map(OptionalInt::of).orElseGet(OptionalInt::empty),
                    joinOption(call),
                    inviteOption(call),
                    ClientFields.pairs(call.data().path("custom"), "custom"),
                    members,
                    call.flag("supportTopic", ClientFields.WRONG),
                    false,
                    OptionalLong.empty(),
                    OptionalLong.empty(),
                    false));
    call.reply(Json.object().put("groupId", group.groupId()).put("type", group.type().name()));
  }

  private void join(CommandCall call) {
    Actor actor = actor(services.accounts(), call);
    Group group = group(call);
    String message = ClientFields.text(call, "message", Membership.MAX_TEXT).orElse("");
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
        services
            .membership()
            .invite(app(call), actor, group(call), ClientFields.userIds(call, MAX_INVITED));
    ObjectNode reply = Json.object();
    ArrayNode list = reply.putArray("results");
    outcomes.forEach(
        (userId, outcome) -> list.addObject().put("userId", userId).put("result", outcome.code()));
    call.reply(reply);
  }

  private void kick(CommandCall call) {
    Actor actor = actor(services.accounts(), call);
    services
        .membership()
        .remove(
            app(call),
            actor,
            group(call),
            ClientFields.userIds(call, MAX_KICKED),
            false,
            ClientFields.text(call, "reason", Membership.MAX_TEXT).orElse(""));
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
    JsonNode id = call.data().path("requestId");
    if (!id.isIntegralNumber() || !id.canConvertToLong()) {
      throw new ImException(ClientFields.WRONG, "requestId is missing");
    }
    services
        .membership()
        .answer(
            app(call),
            actor(services.accounts(), call),
            id.longValue(),
            approved,
            ClientFields.text(call, "message", Membership.MAX_TEXT).orElse(""));
    call.reply();
  }

  private void dismiss(CommandCall call) {
    services.dissolution().dissolve(app(call), actor(services.accounts(), call), group(call));
    call.reply();
  }

  private void transfer(CommandCall call) {
    services
        .profiles()
        .transfer(
            app(call),
            actor(services.accounts(), call),
            group(call),
            call.text("userId", ClientFields.WRONG));
    call.reply();
  }

  private void modify(CommandCall call) {
    App app = app(call);
    ProfileChange change =
        new ProfileChange(
            call.optionalText("name", ClientFields.WRONG).map(name -> GroupFields.name(app, name)),
            introduction(call),
            notification(call),
            faceUrl(call),
            maxMembers(call),
            joinOption(call),
            inviteOption(call),
            ClientFields.flag(call, "muteAll"),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            ClientFields.pairs(call.data().path("custom"), "custom"));
    services.profiles().modify(app, actor(services.accounts(), call), group(call), change);
    call.reply();
  }

  private void mute(CommandCall call) {
    App app = app(call);
    Actor actor = actor(services.accounts(), call);
    List<String> userIds = ClientFields.userIds(call, MAX_MUTED);
    long seconds = call.u32("seconds", ClientFields.WRONG);
    Optional<String> topicId = call.optionalText("topicId", ClientFields.WRONG);
    Group group = group(call);
    if (topicId.isPresent()) {
      topics.mute(app, actor, group, topicId.get(), userIds, seconds);
    } else {
      services.mutes().mute(app, actor, group, userIds, seconds);
    }
    call.reply();
  }

  private void role(CommandCall call) {
    boolean admin =
        ClientFields.word(call, "role", List.of("Admin", "Member"))
            .orElseThrow(() -> new ImException(ClientFields.WRONG, "role is missing"))
            .equals("Admin");
    change(
        call,
        call.text("userId", ClientFields.WRONG),
        new MemberChange(
            Optional.of(admin ? Role.ADMIN : Role.MEMBER),
            Optional.empty(),
            Optional.empty(),
            Map.of(),
            Optional.empty()));
  }

  private void member(CommandCall call) {
    Optional<String> topicId = call.optionalText("topicId", ClientFields.WRONG);
    if (topicId.isPresent()) {
      MsgFlag flag =
          msgFlag(call)
              .orElseThrow(() -> new ImException(ClientFields.WRONG, "msgFlag is missing"));
      Actor actor = actor(services.accounts(), call);
      topics.setOption(app(call), actor, group(call), topicId.get(), flag);
      call.reply();
      return;
    }
    change(
        call,
        call.optionalText("userId", ClientFields.WRONG).orElse(call.principal().userId()),
        new MemberChange(
            Optional.empty(),
            msgFlag(call),
            ClientFields.text(call, "nameCard", MemberProfiles.MAX_NAME_CARD),
            ClientFields.pairs(call.data().path("custom"), "custom"),
            Optional.empty()));
  }

  private static Optional<MsgFlag> msgFlag(CommandCall call) {
    return call.optionalText("msgFlag", ClientFields.WRONG)
        .map(
            name ->
                MsgFlag.named(name)
                    .orElseThrow(() -> new ImException(ClientFields.WRONG, "msgFlag " + name)));
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
    return call.text("groupId", ClientFields.WRONG);
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
            call.receivedAt()));
  }

  private static Optional<String> introduction(CommandCall call) {
    return ClientFields.text(call, "introduction", GroupTexts.MAX_INTRODUCTION);
  }

  private static Optional<String> notification(CommandCall call) {
    return ClientFields.text(call, "notification", GroupTexts.MAX_NOTIFICATION);
  }

  private static Optional<String> faceUrl(CommandCall call) {
    return ClientFields.text(call, "faceUrl", GroupTexts.MAX_FACE_URL);
  }

  private static Optional<Integer> maxMembers(CommandCall call) {
    OptionalLong max = call.optionalU32("maxMembers", ClientFields.WRONG);
    if (max.isEmpty()) {
      return Optional.empty();
    }
    if (max.getAsLong() < 1 || max.getAsLong() > Integer.MAX_VALUE) {
      throw new ImException(ClientFields.WRONG, "maxMembers is out of range");
    }
    return Optional.of((int) max.getAsLong());
  }

  private static Optional<JoinOption> joinOption(CommandCall call) {
    return ClientFields.word(call, "joinOption", JoinOption.APPLY_WORDS).map(JoinOption::named);
  }

  private static Optional<JoinOption> inviteOption(CommandCall call) {
    return ClientFields.word(call, "inviteOption", JoinOption.INVITE_WORDS).map(JoinOption::named);
  }
}
