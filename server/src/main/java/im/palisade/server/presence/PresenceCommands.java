package im.palisade.server.presence;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import im.palisade.server.account.Account;
import im.palisade.server.account.AccountService;
import im.palisade.server.app.App;
import im.palisade.server.audit.AuditDeclaration;
import im.palisade.server.gateway.Command;
import im.palisade.server.gateway.CommandCall;
import im.palisade.server.gateway.Param;
import im.palisade.server.gateway.ReplyField;
import im.palisade.server.presence.PresenceService.Presence;
import im.palisade.server.presence.StatusService.Status;
import im.palisade.server.protocol.ErrorCode;
import im.palisade.server.protocol.Json;
import java.util.Collection;
import java.util.List;
import java.util.Map;

/** What clients may do with status (client-features §14). */
public final class PresenceCommands {
  private static final ErrorCode WRONG = ErrorCode.ACCOUNT_INVALID_PARAMETER;
  private static final Param<String> CUSTOM_STATUS =
      Param.text("customStatus", 256, "what the caller says of itself; empty takes it back")
          .required();
  private static final Param<List<String>> ASKED = Param.ids("userIds", 1, 500, "whose").required();
  private static final Param<List<String>> WATCHED =
      Param.ids("userIds", 1, 100, "whose").required();
  private static final Param<List<String>> DROPPED =
      Param.ids("userIds", 0, 200, "whose; everybody's without").defaultsTo(List.of());
  private static final ReplyField FAILED =
      ReplyField.of("failed", "`userId`, `code` of those that do not exist");

  private final PresenceService presence;
  private final StatusService statuses;
  private final AccountService accounts;

  public PresenceCommands(
      PresenceService presence, StatusService statuses, AccountService accounts) {
    this.presence = presence;
    this.statuses = statuses;
    this.accounts = accounts;
  }

  /** The commands. */
  public List<Command> commands() {
    AuditDeclaration own = AuditDeclaration.none("nothing of it is stored");
    return List.of(
        Command.of("presence.set", WRONG)
            .meaning("Says something of the caller, until a minute after its last connection.")
            .params(CUSTOM_STATUS)
            .handledBy(own, this::set),
        Command.of("presence.get", WRONG)
            .meaning("Who is online and what they say of themselves.")
            .params(ASKED)
            .reply(
                ReplyField.of(
                    "users",
                    "`userId`, `status` (1 online, 2 offline, 3 not logged in), `customStatus` of"
                        + " each"),
                FAILED)
            .handledBy(AuditDeclaration.none("everybody may see who is online"), this::get),
        Command.of("presence.subscribe", WRONG)
            .meaning(
                "Has the caller told when others come, go or say something else; 200 at most, the"
                    + " oldest make room.")
            .params(WATCHED)
            .reply(FAILED)
            .handledBy(own, this::subscribe),
        Command.of("presence.unsubscribe", WRONG)
            .meaning("Has the caller told no more.")
            .params(DROPPED)
            .handledBy(own, this::unsubscribe));
  }

  private void set(CommandCall call) {
    Account self = accounts.caller(call, ErrorCode.ACCOUNT_NOT_FOUND);
    statuses.say(app(call), self, call.get(CUSTOM_STATUS));
    call.reply();
  }

  private void get(CommandCall call) {
    List<String> wanted = call.get(ASKED).stream().distinct().toList();
    Map<String, Account> known = accounts.findAll(app(call), wanted);
    Map<Long, Presence> found = presence.of(app(call), known.values());
    ObjectNode reply = Json.object();
    ArrayNode users = reply.putArray("users");
    for (String userId : wanted) {
      Account account = known.get(userId);
      if (account != null) {
        users
            .addObject()
            .put("userId", userId)
            .put("status", status(found.get(account.id())).code())
            .put("customStatus", statuses.customStatus(account.id()));
      }
    }
    failed(reply, wanted, known);
    call.reply(reply);
  }

  private void subscribe(CommandCall call) {
    List<String> wanted = call.get(WATCHED).stream().distinct().toList();
    Map<String, Account> known = accounts.findAll(app(call), wanted);
    statuses.watch(call.principal().accountId(), ids(known.values()));
    ObjectNode reply = Json.object();
    failed(reply, wanted, known);
    call.reply(reply);
  }

  private void unsubscribe(CommandCall call) {
    List<String> named = call.get(DROPPED);
    long self = call.principal().accountId();
    if (named.isEmpty()) {
      statuses.unwatchAll(self);
    } else {
      statuses.unwatch(self, ids(accounts.findAll(app(call), named).values()));
    }
    call.reply();
  }

  private static Status status(Presence presence) {
    return switch (presence.status()) {
      case ONLINE -> Status.ONLINE;
      case PUSH_ONLINE -> Status.OFFLINE;
      case OFFLINE -> Status.NOT_LOGGED_IN;
    };
  }

  private static List<Long> ids(Collection<Account> accounts) {
    return accounts.stream().map(Account::id).toList();
  }

  private static void failed(ObjectNode reply, List<String> wanted, Map<String, Account> known) {
    ArrayNode failed = reply.putArray("failed");
    wanted.stream()
        .filter(userId -> !known.containsKey(userId))
        .forEach(
            userId ->
                failed
                    .addObject()
                    .put("userId", userId)
                    .put("code", ErrorCode.ACCOUNT_NOT_FOUND.number()));
  }

  private static App app(CommandCall call) {
    return call.principal().app();
  }
}
