package im.palisade.server.relation;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import im.palisade.server.account.Account;
import im.palisade.server.account.AccountService;
import im.palisade.server.app.App;
import im.palisade.server.audit.AuditDeclaration;
import im.palisade.server.gateway.Command;
import im.palisade.server.gateway.CommandCall;
import im.palisade.server.gateway.LaneKey;
import im.palisade.server.gateway.Param;
import im.palisade.server.gateway.ReplyField;
import im.palisade.server.protocol.ErrorCode;
import im.palisade.server.protocol.ImException;
import im.palisade.server.protocol.Json;
import im.palisade.server.relation.FriendLookup.Listed;
import im.palisade.server.relation.RelationHook.Action;
import im.palisade.server.relation.RelationHook.Refusal;
import im.palisade.server.relation.RelationHook.Response;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What clients may do with friends and friend requests (client-features §13). */
final class FriendCommands {
  static final ErrorCode WRONG = ErrorCode.RELATION_INVALID_PARAMETER;

  /** A user's relations change one after another. */
  static final LaneKey IN_TURN = _ -> "relations";

  static final ReplyField RESULTS = ReplyField.of("results", "`userId`, `code` of each");

  private static final Param<String> USER_ID = Param.id("userId", "the other").required();
  private static final Param<List<String>> USER_IDS =
      Param.ids("userIds", 1, 100, "the others").required();
  private static final Param<List<String>> MANY =
      Param.ids("userIds", 1, 1000, "the others").required();
  private static final Param<String> SOURCE =
      Param.text("source", 32, "`AddSource_Type_` and at most 8 letters")
          .defaultsTo(FriendTags.UNKNOWN_SOURCE);
  private static final Param<String> REMARK =
      Param.text("remark", RelationLimits.REMARK_BYTES, "what the caller calls the other");
  private static final Param<String> LIST =
      Param.text("group", RelationLimits.LIST_NAME_BYTES, "friend list the other goes into");
  private static final Param<String> WORDING =
      Param.text("wording", RelationLimits.WORDING_BYTES, "what the other is told");
  private static final Param<Boolean> SINGLE =
      Param.flag("single", "only the caller's own list is meant, not both");
  private static final Param<Map<String, String>> CUSTOM =
      Param.pairs("custom", "the app's own fields by tag `Tag_SNS_Custom_…`").defaultsTo(Map.of());
  private static final Param<Boolean> ADD =
      Param.flag("add", "the caller gets the other as a friend as well").defaultsTo(true);
  private static final Param<Boolean> INCOMING =
      Param.flag("incoming", "a request that was received, not sent").defaultsTo(true);
  private static final Param<String> CURSOR =
      Param.text("cursor", 10, "of the last reply").defaultsTo("");

  private final FriendService friends;
  private final RelationHook hook;
  private final FriendLookup lookup;
  private final FriendRequestService requests;
  private final AccountService accounts;

  FriendCommands(
      FriendService friends,
      RelationHook hook,
      FriendLookup lookup,
      FriendRequestService requests,
      AccountService accounts) {
    this.friends = friends;
    this.hook = hook;
    this.lookup = lookup;
    this.requests = requests;
    this.accounts = accounts;
  }

  List<Command> commands() {
    AuditDeclaration writes = AuditDeclaration.records("user.relation.set");
    AuditDeclaration reads = AuditDeclaration.none("users read their own relations");
    return List.of(
        Command.of("friend.list", WRONG)
            .meaning("The caller's friends, the oldest friendship first, 100 at a time.")
            .params(CURSOR)
            .reply(
                ReplyField.of(
                    "friends",
                    "`userId`, `remark`, `source`, `wording`, `addTime`, `groups`, `custom` (`tag`,"
                        + " `value`), `nick`, `faceUrl` of each"),
                ReplyField.of("cursor", "of the next page; empty at the end"))
            .handledBy(reads, this::list),
        Command.of("friend.get", WRONG)
            .meaning("Some of the caller's friends.")
            .params(USER_IDS)
            .reply(
                ReplyField.of("friends", "as in `friend.list`"),
                ReplyField.of("failed", "`userId`, `code` of those that are none"))
            .handledBy(reads, this::get),
        write("friend.add")
            .meaning("Adds a friend, or asks for it where the other decides.")
            .params(USER_ID, SOURCE, REMARK, LIST, WORDING, SINGLE)
            .reply(ReplyField.of("result", "0: friends now; 30539: the other is asked"))
            .codes(
                ErrorCode.RELATION_ACCOUNT_NOT_FOUND,
                ErrorCode.FRIEND_REQUESTS_BARRED,
                ErrorCode.FRIENDS_FULL,
                ErrorCode.FRIEND_LISTS_FULL,
                ErrorCode.FRIEND_REQUESTS_FULL,
                ErrorCode.PEER_FRIENDS_FULL,
                ErrorCode.PEER_IS_BLOCKED,
                ErrorCode.FRIENDS_REFUSED,
                ErrorCode.BLOCKED_BY_PEER,
                ErrorCode.TEXT_PROHIBITED)
            .handledBy(writes, this::add),
        write("friend.update")
            .meaning("Changes what the caller keeps of a friend.")
            .params(USER_ID, REMARK, CUSTOM)
            .codes(ErrorCode.RELATION_ACCOUNT_NOT_FOUND, ErrorCode.TEXT_PROHIBITED)
            .handledBy(writes, this::update),
        write("friend.delete")
            .meaning("Ends friendships, on both sides unless `single`.")
            .params(USER_IDS, SINGLE)
            .reply(RESULTS)
            .handledBy(writes, this::delete),
        Command.of("friend.check", WRONG)
            .meaning("Who has whom as a friend.")
            .params(MANY, SINGLE)
            .reply(
                ReplyField.of(
                    "results",
                    "`userId`, `code`, `relation` (`none`, `mine`, `theirs`, `both`) of each"))
            .handledBy(reads, this::check),
        Command.of("friend.requests", WRONG)
            .meaning("Friend requests that wait, sent and received.")
            .reply(
                ReplyField.of(
                    "requests",
                    "`userId`, `type` (`Pendency_Type_ComeIn`, `Pendency_Type_SendOut`), `time`,"
                        + " `source`, `wording`, `nick`, `faceUrl` of each, newest first"),
                ReplyField.of("unread", "received ones that came since `friend.request.read`"))
            .handledBy(reads, this::requests),
        write("friend.accept")
            .meaning("Accepts a friend request.")
            .params(USER_ID, REMARK, ADD)
            .codes(
                ErrorCode.RELATION_ACCOUNT_NOT_FOUND,
                ErrorCode.FRIENDS_FULL,
                ErrorCode.PEER_FRIENDS_FULL)
            .handledBy(writes, this::accept),
        write("friend.refuse")
            .meaning("Refuses a friend request.")
            .params(USER_ID)
            .codes(ErrorCode.RELATION_ACCOUNT_NOT_FOUND)
            .handledBy(writes, this::refuse),
        write("friend.request.delete")
            .meaning("Drops a friend request, received or sent.")
            .params(USER_ID, INCOMING)
            .codes(ErrorCode.RELATION_ACCOUNT_NOT_FOUND)
            .handledBy(writes, call -> drop(call, call.get(INCOMING))),
        write("friend.request.read")
            .meaning("The caller has seen the friend requests there are.")
            .handledBy(
                AuditDeclaration.none("users move their own read positions"), this::readRequests));
  }

  private static Command.Builder write(String name) {
    return Command.of(name, WRONG).inTurnBy(IN_TURN);
  }

  private void list(CommandCall call) {
    String cursor = call.get(CURSOR);
    if (!cursor.matches("[0-9]{0,9}")) {
      throw new ImException(WRONG, "cursor is none of ours");
    }
    int start = cursor.isEmpty() ? 0 : Integer.parseInt(cursor);
    FriendLookup.Page page = lookup.page(app(call), call.principal().userId(), start);
    ObjectNode reply = Json.object();
    reply.putArray("friends").addAll(json(app(call), page.friends()));
    call.reply(
        reply.put(
            "cursor", page.complete() ? "" : Integer.toString(start + page.friends().size())));
  }

  private void get(CommandCall call) {
    FriendLookup.Selected found =
        lookup.select(app(call), call.principal().userId(), call.get(USER_IDS));
    ObjectNode reply = Json.object();
    reply.putArray("friends").addAll(json(app(call), found.friends().values()));
    reply.set("failed", failed(found.faults()));
    call.reply(reply);
  }

  private void add(CommandCall call) {
    String source = call.get(SOURCE);
    if (!FriendTags.isSource(source)) {
      throw new ImException(WRONG, "source has not its form");
    }
    String self = call.principal().userId();
    List<NewFriend> wanted =
        List.of(
            new NewFriend(
                call.get(USER_ID),
                call.find(REMARK).filter(text -> !text.isEmpty()),
                call.find(LIST).filter(name -> !name.isEmpty()).map(List::of),
                Optional.of(source),
                call.find(WORDING).filter(text -> !text.isEmpty()),
                Optional.empty(),
                Map.of()));
    boolean both = !call.is(SINGLE);
    obey(
        hook.before(
            app(call), new RelationHook.Intent.Add(self, wanted, both), call.cause().origin()));
    RelationFault fault =
        friends.add(app(call), self, wanted, both, false, call.cause()).get(call.get(USER_ID));
    if (fault != null && fault != RelationFault.PENDING) {
      throw fault.refusal();
    }
    call.reply(Json.object().put("result", fault == null ? 0 : fault.number()));
  }

  private void accept(CommandCall call) {
    respond(call, call.get(ADD) ? Action.AGREE_AND_ADD : Action.AGREE, call.find(REMARK));
  }

  private void refuse(CommandCall call) {
    respond(call, Action.REJECT, Optional.empty());
  }

  private void respond(CommandCall call, Action action, Optional<String> remark) {
    Response response =
        new Response(
            call.get(USER_ID), action, remark.filter(text -> !text.isEmpty()), Optional.empty());
    String self = call.principal().userId();
    obey(
        hook.before(
            app(call),
            new RelationHook.Intent.Respond(self, List.of(response)),
            call.cause().origin()));
    friends.respond(app(call), self, response, call.cause()).ifPresent(FriendCommands::refuse);
    call.reply();
  }

  /** The app's own server may have said no. */
  private static void obey(Map<String, Refusal> refusals) {
    for (Refusal refusal : refusals.values()) {
      throw new ImException(refusal.code(), refusal.info());
    }
  }

  private void update(CommandCall call) {
    Map<String, JsonNode> values = new LinkedHashMap<>();
    var nodes = Json.mapper().getNodeFactory();
    call.find(REMARK).ifPresent(remark -> values.put(FriendTags.REMARK, nodes.textNode(remark)));
    call.get(CUSTOM).forEach((tag, value) -> values.put(tag, nodes.textNode(value)));
    Map<String, RelationFault> faults =
        friends.update(
            app(call),
            call.principal().userId(),
            List.of(new FriendService.Update(call.get(USER_ID), List.copyOf(values.entrySet()))),
            call.cause());
    refuse(faults.get(call.get(USER_ID)));
    call.reply();
  }

  private void delete(CommandCall call) {
    List<String> wanted = call.get(USER_IDS);
    reply(
        call,
        wanted,
        friends.delete(
            app(call), call.principal().userId(), wanted, !call.is(SINGLE), call.cause()));
  }

  private void check(CommandCall call) {
    Map<String, RelationFault> faults = new LinkedHashMap<>();
    List<String> wanted = call.get(MANY);
    Map<String, Direction> found =
        lookup.check(app(call), call.principal().userId(), wanted, !call.is(SINGLE), faults);
    ObjectNode reply = Json.object();
    ArrayNode results = results(reply, wanted, faults);
    results.forEach(
        each ->
            ((ObjectNode) each)
                .put(
                    "relation",
                    switch (found.getOrDefault(each.path("userId").textValue(), Direction.NONE)) {
                      case NONE -> "none";
                      case A_WITH_B -> "mine";
                      case B_WITH_A -> "theirs";
                      case BOTH -> "both";
                    }));
    call.reply(reply);
  }

  private void requests(CommandCall call) {
    FriendRequestService.All all = requests.all(app(call), self(call));
    ObjectNode reply = Json.object();
    reply.putArray("requests").addAll(json(all));
    call.reply(reply.put("unread", all.unread()));
  }

  private void drop(CommandCall call, boolean incoming) {
    requests.drop(app(call), self(call), call.get(USER_ID), incoming, call.cause());
    call.reply();
  }

  private void readRequests(CommandCall call) {
    requests.read(app(call), self(call));
    call.reply();
  }

  /** All friends and the names of all lists, as a device is given them at once. */
  ObjectNode friendSection(App app, Account self) {
    FriendLookup.All all = lookup.all(app, self);
    ObjectNode section = Json.object();
    section.putArray("friends").addAll(json(app, all.friends()));
    all.lists().forEach(section.putArray("friendGroups")::add);
    return section;
  }

  /** All requests, as a device is given them at once. */
  ObjectNode requestSection(App app, Account self) {
    FriendRequestService.All all = requests.all(app, self);
    ObjectNode section = Json.object();
    section.putArray("requests").addAll(json(all));
    return section.put("requestsUnread", all.unread());
  }

  private List<ObjectNode> json(App app, Collection<Listed> listed) {
    Set<Long> ids = new HashSet<>();
    listed.forEach(each -> ids.add(each.friend().friendId()));
    Map<Long, Account> named = accounts.findByIds(app, ids);
    List<ObjectNode> all = new ArrayList<>();
    for (Listed each : listed) {
      ObjectNode json = RelationEvents.json(each.friend(), each.lists());
      Account account = named.get(each.friend().friendId());
      if (account != null) {
        json.put("nick", account.nick()).put("faceUrl", account.faceUrl());
      }
      all.add(json);
    }
    return all;
  }

  private static List<ObjectNode> json(FriendRequestService.All all) {
    return all.requests().stream()
        .map(
            each ->
                Json.object()
                    .put("userId", each.peer().userId())
                    .put("type", RelationEvents.type(each.incoming()))
                    .put("time", each.request().time())
                    .put("source", each.request().source())
                    .put("wording", each.request().wording())
                    .put("nick", each.peer().nick())
                    .put("faceUrl", each.peer().faceUrl()))
        .toList();
  }

  private static void refuse(RelationFault fault) {
    if (fault != null) {
      throw fault.refusal();
    }
  }

  /** One result for each account, in the order asked. */
  static void reply(
      CommandCall call, Collection<String> wanted, Map<String, RelationFault> faults) {
    ObjectNode reply = Json.object();
    results(reply, wanted, faults);
    call.reply(reply);
  }

  private static ArrayNode results(
      ObjectNode reply, Collection<String> wanted, Map<String, RelationFault> faults) {
    ArrayNode results = reply.putArray("results");
    for (String userId : new LinkedHashSet<>(wanted)) {
      RelationFault fault = faults.get(userId);
      results.addObject().put("userId", userId).put("code", fault == null ? 0 : fault.number());
    }
    return results;
  }

  private static ArrayNode failed(Map<String, RelationFault> faults) {
    ArrayNode failed = Json.mapper().createArrayNode();
    faults.forEach(
        (userId, fault) -> failed.addObject().put("userId", userId).put("code", fault.number()));
    return failed;
  }

  private static App app(CommandCall call) {
    return call.principal().app();
  }

  private Account self(CommandCall call) {
    return accounts.caller(call, ErrorCode.RELATION_ACCOUNT_NOT_FOUND);
  }
}
