package im.palisade.server.relation;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import im.palisade.server.account.Account;
import im.palisade.server.app.App;
import im.palisade.server.audit.AuditDeclaration;
import im.palisade.server.gateway.Command;
import im.palisade.server.gateway.CommandCall;
import im.palisade.server.gateway.Param;
import im.palisade.server.gateway.ParamType;
import im.palisade.server.gateway.ReplyField;
import im.palisade.server.protocol.ErrorCode;
import im.palisade.server.protocol.ImException;
import im.palisade.server.protocol.Json;
import im.palisade.server.relation.FollowService.ListKind;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What clients may do with friend lists, blocklists and follows (client-features §13). */
final class RelationCommands {
  private static final ErrorCode WRONG = FriendCommands.WRONG;
  private static final int BLOCKED_PAGE = 100;
  private static final Param<String> NAME = name("name", "of the friend list");
  private static final Param<String> NEW_NAME = name("newName", "that it is to have");
  private static final Param<List<String>> MEMBERS =
      Param.ids("userIds", 1, 1000, "friends").required();
  private static final Param<List<String>> SOME_MEMBERS =
      Param.ids("userIds", 0, 1000, "friends").defaultsTo(List.of());
  private static final Param<List<String>> BLOCKED =
      Param.ids("userIds", 1, 1000, "the others").required();
  private static final Param<List<String>> FOLLOWED =
      Param.ids("userIds", 1, 20, "the others").required();
  private static final Param<List<String>> CHECKED =
      Param.ids("userIds", 1, 100, "the others").required();
  private static final Param<List<String>> COUNTED =
      Param.ids("userIds", 0, 100, "whose; the caller's own without").defaultsTo(List.of());
  private static final Param<String> KIND =
      Param.word("kind", List.of("following", "followers", "mutual"), "which list").required();
  private static final Param<String> CURSOR =
      Param.text("cursor", 100, "of the last reply").defaultsTo("");
  private static final Param<Integer> LIMIT = Param.limit(100, 500);

  private final FriendListService lists;
  private final BlocklistService blocklists;
  private final FollowService follows;

  RelationCommands(FriendListService lists, BlocklistService blocklists, FollowService follows) {
    this.lists = lists;
    this.blocklists = blocklists;
    this.follows = follows;
  }

  private static Param<String> name(String name, String meaning) {
    return Param.of(name, new ParamType.Text(1, RelationLimits.LIST_NAME_BYTES), meaning)
        .required();
  }

  List<Command> commands() {
    AuditDeclaration writes = AuditDeclaration.records("user.relation.set");
    AuditDeclaration reads = AuditDeclaration.none("users read their own relations");
    ReplyField results = FriendCommands.RESULTS;
    ReplyField cursor = ReplyField.of("cursor", "of the next page; empty at the end");
    return List.of(
        Command.of("friend.groups", WRONG)
            .meaning("The caller's friend lists.")
            .reply(ReplyField.of("groups", "`name`, `userIds` of each"))
            .handledBy(reads, this::lists),
        write("friend.group.create")
            .meaning("Makes a friend list.")
            .params(NAME, SOME_MEMBERS)
            .reply(results)
            .codes(ErrorCode.FRIEND_LISTS_FULL, ErrorCode.TEXT_PROHIBITED)
            .handledBy(writes, this::createList),
        write("friend.group.delete")
            .meaning("Deletes a friend list; the friends stay.")
            .params(NAME)
            .handledBy(writes, this::deleteList),
        write("friend.group.rename")
            .meaning("Renames a friend list.")
            .params(NAME, NEW_NAME)
            .codes(ErrorCode.TEXT_PROHIBITED)
            .handledBy(writes, this::renameList),
        write("friend.group.add")
            .meaning("Puts friends into a friend list.")
            .params(NAME, MEMBERS)
            .reply(results)
            .handledBy(writes, this::addToList),
        write("friend.group.remove")
            .meaning("Takes friends out of a friend list.")
            .params(NAME, MEMBERS)
            .reply(results)
            .handledBy(writes, this::removeFromList),
        Command.of("block.list", WRONG)
            .meaning("Whom the caller blocks, the newest first, 100 at a time.")
            .params(CURSOR)
            .reply(ReplyField.of("userIds", "whom"), cursor)
            .handledBy(reads, this::blocked),
        write("block.add")
            .meaning("Blocks others: what they write does not arrive.")
            .params(BLOCKED)
            .reply(results)
            .codes(ErrorCode.RELATION_ACCOUNT_NOT_FOUND)
            .handledBy(
                writes,
                call ->
                    FriendCommands.reply(
                        call,
                        call.get(BLOCKED),
                        blocklists.add(app(call), user(call), call.get(BLOCKED), call.cause()))),
        write("block.delete")
            .meaning("Blocks others no more.")
            .params(BLOCKED)
            .reply(results)
            .codes(ErrorCode.RELATION_ACCOUNT_NOT_FOUND)
            .handledBy(
                writes,
                call ->
                    FriendCommands.reply(
                        call,
                        call.get(BLOCKED),
                        blocklists.delete(app(call), user(call), call.get(BLOCKED), call.cause()))),
        write("follow.add")
            .meaning("Follows others.")
            .params(FOLLOWED)
            .reply(results)
            .codes(ErrorCode.FOLLOW_DISABLED)
            .handledBy(
                writes,
                call ->
                    FriendCommands.reply(
                        call,
                        call.get(FOLLOWED),
                        follows.add(app(call), user(call), call.get(FOLLOWED), call.cause()))),
        write("follow.delete")
            .meaning("Follows others no more.")
            .params(FOLLOWED)
            .reply(results)
            .codes(ErrorCode.FOLLOW_DISABLED)
            .handledBy(
                writes,
                call ->
                    FriendCommands.reply(
                        call,
                        call.get(FOLLOWED),
                        follows.delete(app(call), user(call), call.get(FOLLOWED), call.cause()))),
        Command.of("follow.list", WRONG)
            .meaning("Whom the caller follows, who follows it, or both.")
            .params(KIND, CURSOR, LIMIT)
            .reply(ReplyField.of("users", "`userId`, `nick`, `faceUrl` of each"), cursor)
            .codes(ErrorCode.FOLLOW_DISABLED)
            .handledBy(reads, this::followed),
        Command.of("follow.check", WRONG)
            .meaning("Who follows whom.")
            .params(CHECKED)
            .reply(
                ReplyField.of(
                    "results",
                    "`userId`, `code`, `followType` of each: 0 none, 1 follows the caller, 2 is"
                        + " followed by it, 3 both"))
            .codes(ErrorCode.FOLLOW_DISABLED)
            .handledBy(reads, this::check),
        Command.of("follow.counts", WRONG)
            .meaning("How many follow an account and are followed by it.")
            .params(COUNTED)
            .reply(ReplyField.of("users", "`userId`, `followers`, `following`, `mutual` of each"))
            .codes(ErrorCode.FOLLOW_DISABLED)
            .handledBy(
                AuditDeclaration.none("everybody may see how many follow whom"), this::counts));
  }

  private static Command.Builder write(String name) {
    return Command.of(name, WRONG).inTurnBy(FriendCommands.IN_TURN);
  }

  private void lists(CommandCall call) {
    ObjectNode reply = Json.object();
    ArrayNode groups = reply.putArray("groups");
    lists
        .find(app(call), user(call), List.of())
        .lists()
        .forEach(
            each -> {
              ArrayNode members = groups.addObject().put("name", each.name()).putArray("userIds");
              each.members().forEach(members::add);
            });
    call.reply(reply);
  }

  private void createList(CommandCall call) {
    List<String> members = call.get(SOME_MEMBERS);
    FriendCommands.reply(
        call,
        members,
        lists.add(app(call), user(call), List.of(call.get(NAME)), members, call.cause()).faults());
  }

  private void addToList(CommandCall call) {
    requireList(call);
    List<String> members = call.get(MEMBERS);
    FriendCommands.reply(
        call,
        members,
        lists.add(app(call), user(call), List.of(call.get(NAME)), members, call.cause()).faults());
  }

  private void removeFromList(CommandCall call) {
    requireList(call);
    List<String> members = call.get(MEMBERS);
    FriendCommands.reply(
        call, members, lists.remove(app(call), user(call), call.get(NAME), members, call.cause()));
  }

  private void deleteList(CommandCall call) {
    requireList(call);
    lists.delete(app(call), user(call), List.of(call.get(NAME)), call.cause());
    call.reply();
  }

  private void renameList(CommandCall call) {
    lists.rename(app(call), user(call), call.get(NAME), call.get(NEW_NAME), call.cause());
    call.reply();
  }

  private void requireList(CommandCall call) {
    if (lists.find(app(call), user(call), List.of(call.get(NAME))).lists().isEmpty()) {
      throw new ImException(WRONG, "no such friend list");
    }
  }

  private void blocked(CommandCall call) {
    String cursor = call.get(CURSOR);
    if (!cursor.matches("[0-9]{0,9}")) {
      throw new ImException(WRONG, "cursor is none of ours");
    }
    int start = cursor.isEmpty() ? 0 : Integer.parseInt(cursor);
    BlocklistService.Page page = blocklists.page(app(call), user(call), start, BLOCKED_PAGE, 0);
    ObjectNode reply = Json.object();
    page.entries().forEach(each -> reply.withArray("userIds").add(each.userId()));
    reply.withArray("userIds");
    call.reply(
        reply.put(
            "cursor", page.complete() ? "" : Integer.toString(start + page.entries().size())));
  }

  private void followed(CommandCall call) {
    ListKind kind =
        switch (call.get(KIND)) {
          case "following" -> ListKind.FOLLOWING;
          case "followers" -> ListKind.FANS;
          default -> ListKind.MUTUAL;
        };
    FollowService.Page page =
        follows.page(app(call), user(call), kind, call.get(CURSOR), call.get(LIMIT));
    ObjectNode reply = Json.object();
    ArrayNode users = reply.putArray("users");
    page.entries()
        .forEach(
            each ->
                users
                    .addObject()
                    .put("userId", each.account().userId())
                    .put("nick", each.account().nick())
                    .put("faceUrl", each.account().faceUrl()));
    call.reply(reply.put("cursor", page.next()));
  }

  private void check(CommandCall call) {
    Map<String, RelationFault> faults = new LinkedHashMap<>();
    Map<String, Direction> found = follows.check(app(call), user(call), call.get(CHECKED), faults);
    ObjectNode reply = Json.object();
    ArrayNode results = reply.putArray("results");
    call.get(CHECKED).stream()
        .distinct()
        .forEach(
            userId -> {
              RelationFault fault = faults.get(userId);
              results
                  .addObject()
                  .put("userId", userId)
                  .put("code", fault == null ? 0 : fault.number())
                  .put("followType", found.getOrDefault(userId, Direction.NONE).followType());
            });
    call.reply(reply);
  }

  private void counts(CommandCall call) {
    List<String> named = call.get(COUNTED);
    List<String> wanted = named.isEmpty() ? List.of(user(call)) : named;
    ObjectNode reply = Json.object();
    ArrayNode users = reply.putArray("users");
    follows
        .counters(app(call), user(call), wanted)
        .forEach(
            (userId, count) ->
                users
                    .addObject()
                    .put("userId", userId)
                    .put("followers", count.followers())
                    .put("following", count.following())
                    .put("mutual", count.mutual()));
    call.reply(reply);
  }

  /** The whole blocklist, as a device is given it at once. */
  ObjectNode blockSection(App app, Account self) {
    ObjectNode section = Json.object();
    ArrayNode userIds = section.putArray("blocked");
    blocklists
        .page(app, self.userId(), 0, RelationLimits.BLOCKED, 0)
        .entries()
        .forEach(each -> userIds.add(each.userId()));
    return section;
  }

  private static App app(CommandCall call) {
    return call.principal().app();
  }

  private static String user(CommandCall call) {
    return call.principal().userId();
  }
}
