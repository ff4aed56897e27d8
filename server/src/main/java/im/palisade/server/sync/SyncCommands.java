package im.palisade.server.sync;

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
import im.palisade.server.protocol.ErrorCode;
import im.palisade.server.protocol.Json;
import java.time.Clock;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Semaphore;

/**
 * How a device comes to hold what one holds that never left: it says what it has, by the versions
 * it was given, and is given what differs from the truth. There is no log that could be too short.
 */
public final class SyncCommands {
  private static final Param<Map<String, String>> CONVERSATIONS =
      Param.pairs("conversations", "`version` by conversation of what the device holds")
          .defaultsTo(Map.of());
  private static final Param<Map<String, String>> GROUPS =
      Param.pairs("groups", "`version` by group id of what the device holds").defaultsTo(Map.of());
  private static final Param<String> CURSOR =
      Param.text("cursor", 1000, "of the last reply").defaultsTo("");
  private static final Param<Integer> LIMIT = Param.limit(500, 500);
  private static final int AT_ONCE = 8;

  private final Inbox inbox;
  private final JoinedGroups groups;
  private final Sections sections;

  /** So many at a time: who comes back in a storm waits here and not for the database. */
  private final Semaphore turns = new Semaphore(AT_ONCE, true);

  private final AccountService accounts;
  private final Clock clock;

  public SyncCommands(
      Inbox inbox, JoinedGroups groups, Sections sections, AccountService accounts, Clock clock) {
    this.inbox = inbox;
    this.groups = groups;
    this.sections = sections;
    this.accounts = accounts;
    this.clock = clock;
  }

  /** The groups an account is in, as {@code group.list} tells them. */
  @FunctionalInterface
  public interface JoinedGroups {
    List<ObjectNode> of(App app, Account account);
  }

  /** What an account has beside, in parts that are given as a whole when they differ. */
  @FunctionalInterface
  public interface Sections {
    /** The fields of each part in the reply; always as many, in the same order. */
    List<ObjectNode> of(App app, Account account);
  }

  /** The commands. */
  public List<Command> commands() {
    return List.of(
        Command.of("sync", ErrorCode.CONVERSATION_INVALID_PARAMETER)
            .meaning("Brings a device up to date: it names what it has and is given what differs.")
            .params(CONVERSATIONS, GROUPS, CURSOR, LIMIT)
            .reply(
                ReplyField.of(
                    "conversations", "entries that differ, pinned first, then the newest"),
                ReplyField.of("gone", "conversations named that are not on the list any more"),
                ReplyField.of("more", "whether some were left out: call again"),
                ReplyField.of("groups", "groups that differ, as in `group.list`, with `version`"),
                ReplyField.of("groupsGone", "groups named that the caller is not in any more"),
                ReplyField.of("profile?", "the caller's own, as in `profile.get`"),
                ReplyField.of("friends?", "all friends, as in `friend.list`"),
                ReplyField.of("friendGroups?", "names of all friend lists, with `friends`"),
                ReplyField.of("requests?", "all friend requests, as in `friend.requests`"),
                ReplyField.of("requestsUnread?", "with `requests`"),
                ReplyField.of("blocked?", "the whole blocklist"),
                ReplyField.of("cursor", "for the next call"),
                ReplyField.of("time", "UNIX milliseconds"))
            .handledBy(AuditDeclaration.none("users read what is their own"), this::sync));
  }

  private void sync(CommandCall call) {
    turns.acquireUninterruptibly();
    try {
      answer(call);
    } finally {
      turns.release();
    }
  }

  private void answer(CommandCall call) {
    App app = call.principal().app();
    Account self = accounts.caller(call, ErrorCode.CONVERSATION_ACCOUNT_NOT_FOUND);
    ObjectNode reply = Json.object();
    conversations(call, reply, inbox.list(app, self));
    groups(call, reply, groups.of(app, self));
    String[] known = call.get(CURSOR).split("\\.", -1);
    StringBuilder cursor = new StringBuilder();
    List<ObjectNode> parts = sections.of(app, self);
    for (int i = 0; i < parts.size(); i++) {
      ObjectNode section = parts.get(i);
      String version = InboxEntry.digest(Json.bytes(section));
      cursor.append(i == 0 ? "" : ".").append(version);
      if (i >= known.length || !known[i].equals(version)) {
        reply.setAll(section);
      }
    }
    call.reply(reply.put("cursor", cursor.toString()).put("time", clock.millis()));
  }

  private static void conversations(CommandCall call, ObjectNode reply, List<InboxEntry> list) {
    Map<String, String> known = call.get(CONVERSATIONS);
    int limit = call.get(LIMIT);
    ArrayNode differing = reply.putArray("conversations");
    boolean more = false;
    Set<String> gone = new HashSet<>(known.keySet());
    for (InboxEntry each : list) {
      String name = each.contact().wireName();
      gone.remove(name);
      if (!each.version().equals(known.get(name))) {
        if (differing.size() < limit) {
          differing.add(each.json());
        } else {
          more = true;
        }
      }
    }
    gone.forEach(reply.putArray("gone")::add);
    reply.put("more", more);
  }

  private static void groups(CommandCall call, ObjectNode reply, List<ObjectNode> joined) {
    Map<String, String> known = call.get(GROUPS);
    ArrayNode differing = reply.putArray("groups");
    Map<String, ObjectNode> byId = new LinkedHashMap<>();
    joined.forEach(each -> byId.put(each.path("groupId").textValue(), each));
    byId.forEach(
        (id, group) -> {
          // What every message and every member changes is told by the messages themselves.
          ObjectNode state = group.deepCopy();
          state.remove(List.of("lastSeq", "lastMsgTime", "memberCount", "unread", "readSeq"));
          String version = InboxEntry.digest(Json.bytes(state));
          if (!version.equals(known.get(id))) {
            differing.add(group.put("version", version));
          }
        });
    ArrayNode gone = reply.putArray("groupsGone");
    known.keySet().stream().filter(id -> !byId.containsKey(id)).forEach(gone::add);
  }
}
