package im.palisade.server.relation;

import im.palisade.compliance.audit.AuditEvent.Actor;
import im.palisade.compliance.audit.AuditEvent.ActorKind;
import im.palisade.compliance.audit.AuditEvent.Channel;
import im.palisade.compliance.audit.AuditEvent.Source;
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
import im.palisade.server.relation.RelationHook.Action;
import im.palisade.server.relation.RelationHook.Refusal;
import im.palisade.server.relation.RelationHook.Response;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** How clients make friends (client-features §13): asking, and answering who asks. */
final class FriendCommands {
  private static final ErrorCode WRONG = ErrorCode.RELATION_INVALID_PARAMETER;

  private static final Param<String> USER = Param.id("userId", "the other account").required();
  private static final Param<String> REMARK =
      Param.text("remark", RelationLimits.REMARK_BYTES, "the caller's name for the friend");
  private static final Param<String> LIST =
      Param.text("list", RelationLimits.LIST_NAME_BYTES, "the caller's list the friend goes into");
  private static final Param<String> SOURCE =
      Param.text("source", 32, "`AddSource_Type_` and 1 to 8 letters");
  private static final Param<String> WORDING =
      Param.text("wording", RelationLimits.WORDING_BYTES, "what the other is told");
  private static final Param<Boolean> SINGLE =
      Param.flag("single", "only the caller's list grows, not the other's");
  private static final Param<String> ACTION =
      Param.word(
              "action",
              Stream.of(Action.values()).map(Action::word).toList(),
              "`agree`: the other gets the caller; `agreeAndAdd`: both get each other")
          .required();

  private final FriendService friends;
  private final RelationHook hook;

  FriendCommands(FriendService friends, RelationHook hook) {
    this.friends = friends;
    this.hook = hook;
  }

  List<Command> commands() {
    AuditDeclaration changes = AuditDeclaration.records("user.relation.set");
    return List.of(
        Command.of("friend.add", WRONG)
            .meaning("Makes an account a friend, or asks it to become one.")
            .params(USER, REMARK, LIST, SOURCE, WORDING, SINGLE)
            .inTurnBy(USER)
            .reply(ReplyField.of("status", "`added`, or `waiting` for the other to agree"))
            .codes(ErrorCode.RELATION_ACCOUNT_NOT_FOUND, ErrorCode.FRIENDS_REFUSED)
            .handledBy(changes, this::add),
        Command.of("friend.respond", WRONG)
            .meaning("Answers an account that asked to become a friend.")
            .params(USER, ACTION, REMARK, LIST)
            .inTurnBy(USER)
            .codes(ErrorCode.RELATION_ACCOUNT_NOT_FOUND, ErrorCode.FRIENDS_FULL)
            .handledBy(changes, this::respond));
  }

  private void add(CommandCall call) {
    String self = call.principal().userId();
    NewFriend wanted =
        new NewFriend(
            call.get(USER),
            given(call, REMARK),
            given(call, LIST).map(List::of),
            given(call, SOURCE),
            given(call, WORDING),
            Optional.empty(),
            Map.of());
    boolean both = !call.is(SINGLE);
    App app = call.principal().app();
    obey(hook.before(app, new RelationHook.Intent.Add(self, List.of(wanted), both), origin(call)));
    Map<String, RelationFault> faults =
        friends.add(app, self, List.of(wanted), both, false, cause(call));
    Optional<RelationFault> fault = Optional.ofNullable(faults.get(wanted.userId()));
    if (fault.isPresent() && fault.get() != RelationFault.PENDING) {
      throw fault.get().refusal();
    }
    call.reply(Json.object().put("status", fault.isPresent() ? "waiting" : "added"));
  }

  private void respond(CommandCall call) {
    String self = call.principal().userId();
    App app = call.principal().app();
    Response response =
        new Response(
            call.get(USER), Action.of(call.get(ACTION)), given(call, REMARK), given(call, LIST));
    obey(hook.before(app, new RelationHook.Intent.Respond(self, List.of(response)), origin(call)));
    Optional<RelationFault> fault = friends.respond(app, self, response, cause(call));
    if (fault.isPresent()) {
      throw fault.get().refusal();
    }
    call.reply();
  }

  private static void obey(Map<String, Refusal> refusals) {
    for (Refusal refusal : refusals.values()) {
      throw new ImException(refusal.code(), refusal.info());
    }
  }

  private static Optional<String> given(CommandCall call, Param<String> param) {
    return call.find(param).filter(text -> !text.isEmpty());
  }

  private static Origin origin(CommandCall call) {
    return Origin.client(
        call.principal().userId(), call.session().address(), call.session().platform());
  }

  private static Cause cause(CommandCall call) {
    return new Cause(
        new Actor(ActorKind.USER, call.principal().subjectRef()),
        new Source(Channel.CLIENT, Cause.networkOf(call.session().address())),
        Long.toString(call.principal().app().appId()),
        call.requestId(),
        call.receivedAt(),
        origin(call));
  }
}
