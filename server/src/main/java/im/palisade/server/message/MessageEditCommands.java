package im.palisade.server.message;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import im.palisade.server.account.Account;
import im.palisade.server.account.AccountService;
import im.palisade.server.app.App;
import im.palisade.server.audit.AuditDeclaration;
import im.palisade.server.conversation.Conversation;
import im.palisade.server.conversation.ConversationService;
import im.palisade.server.gateway.Command;
import im.palisade.server.gateway.CommandCall;
import im.palisade.server.gateway.CommandHandler;
import im.palisade.server.gateway.Params;
import im.palisade.server.gateway.ReplyField;
import im.palisade.server.message.ExtensionPairs.Pair;
import im.palisade.server.message.ExtensionPairs.Result;
import im.palisade.server.message.ExtensionPairs.Wish;
import im.palisade.server.message.ExtensionService.Operation;
import im.palisade.server.message.MessageEdits.Replacement;
import im.palisade.server.protocol.ErrorCode;
import im.palisade.server.protocol.ImException;
import im.palisade.server.protocol.Json;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/** What clients may do with messages that are there (client-features §5, §7, §10). */
public final class MessageEditCommands {
  /** Elements whose content a client may replace (message-formats §6). */
  private static final Set<String> EDITABLE =
      Set.of("TIMTextElem", "TIMCustomElem", "TIMLocationElem", "TIMFaceElem");

  private final MessageEdits edits;
  private final MessageHistory history;
  private final ReadService reads;
  private final ExtensionService extensions;
  private final AccountService accounts;
  private final ConversationService conversations;
  private final MessageCommands.Groups groups;
  private final Clock clock;

  MessageEditCommands(
      MessageEdits edits,
      MessageHistory history,
      ReadService reads,
      ExtensionService extensions,
      AccountService accounts,
      ConversationService conversations,
      MessageCommands.Groups groups,
      Clock clock) {
    this.edits = edits;
    this.history = history;
    this.reads = reads;
    this.extensions = extensions;
    this.accounts = accounts;
    this.conversations = conversations;
    this.groups = groups;
    this.clock = clock;
  }

  List<Command> commands() {
    AuditDeclaration modifies = AuditDeclaration.records("message.modify");
    return List.of(
        inTurn("message.recall")
            .meaning(
                "Takes a message back: one's own within the app's window, others' as owner or admin"
                    + " of the group.")
            .params(
                MessageParams.CONVERSATION,
                MessageParams.SEQ_IF_STORED,
                MessageParams.MSG_KEY,
                MessageParams.REASON)
            .codes(
                ErrorCode.RECALL_NOT_FOUND,
                ErrorCode.RECALL_TOO_LATE,
                ErrorCode.ALREADY_RECALLED,
                ErrorCode.GROUP_NOT_FOUND,
                ErrorCode.GROUP_NOT_PERMITTED,
                ErrorCode.GROUP_RECALL_NOT_FOUND,
                ErrorCode.GROUP_RECALL_TOO_LATE,
                ErrorCode.GROUP_NOT_RECALLABLE)
            .handledBy(AuditDeclaration.records("message.recall"), either(this::recall)),
        inTurn("message.modify")
            .meaning(
                "Replaces the content of a text, custom, location or face message, or its"
                    + " `cloudCustomData`, for everybody; both sides of a pair and every member of"
                    + " a group may.")
            .params(
                MessageParams.CONVERSATION,
                MessageParams.SEQ,
                MessageParams.BODY,
                MessageParams.CUSTOM_DATA,
                MessageParams.CHANGE_SEQ)
            .codes(
                ErrorCode.EDIT_NOT_FOUND,
                ErrorCode.EDIT_CONFLICT,
                ErrorCode.MESSAGE_TOO_LONG,
                ErrorCode.MESSAGE_TOO_LONG_REST,
                ErrorCode.TEXT_PROHIBITED,
                ErrorCode.GROUP_NOT_FOUND,
                ErrorCode.GROUP_NOT_PERMITTED)
            .handledBy(modifies, either(this::modify)),
        inTurn("message.delete")
            .meaning("Takes the caller's own copies of messages away; the others keep theirs.")
            .params(MessageParams.CONVERSATION, MessageParams.SEQS)
            .codes(
                ErrorCode.GROUP_NOT_FOUND,
                ErrorCode.GROUP_NOT_PERMITTED,
                ErrorCode.GROUP_WITHOUT_HISTORY)
            .handledBy(AuditDeclaration.records("message.delete"), either(this::delete)),
        inTurn("message.read")
            .meaning("Marks messages as read; never backwards.")
            .params(MessageParams.CONVERSATION, MessageParams.UP_TO)
            .reply(
                ReplyField.of("readSeq?", "up to which everything is read now"),
                ReplyField.of("unread?", "left"))
            .codes(ErrorCode.GROUP_NOT_FOUND, ErrorCode.GROUP_NOT_PERMITTED)
            .handledBy(
                AuditDeclaration.none("users move their own read positions"), either(this::read)),
        inTurn("message.receipt")
            .meaning("Tells senders that asked for it that their messages were read.")
            .params(MessageParams.CONVERSATION, MessageParams.SEQS)
            .codes(
                ErrorCode.GROUP_NOT_FOUND,
                ErrorCode.GROUP_NOT_PERMITTED,
                ErrorCode.GROUP_RECEIPTS_TOO_LARGE,
                ErrorCode.GROUP_RECEIPT_NONE)
            .handledBy(modifies, either(this::receipt)),
        of("message.receipts")
            .meaning("How many have given receipts for messages that asked for them.")
            .params(MessageParams.CONVERSATION, MessageParams.SEQS)
            .reply(
                ReplyField.of(
                    "receipts",
                    "`seq`, `readCount`, `unreadCount` of those that asked for receipts"))
            .codes(ErrorCode.GROUP_NOT_FOUND, ErrorCode.GROUP_NOT_PERMITTED)
            .handledBy(
                AuditDeclaration.none("users read their own conversations"),
                either(this::receipts)),
        of("message.readers")
            .meaning("Who has given a receipt for a group message of the caller, or who has not.")
            .params(
                MessageParams.CONVERSATION,
                MessageParams.SEQ,
                MessageParams.READ,
                MessageParams.CURSOR,
                MessageParams.CHANGES_LIMIT)
            .reply(
                ReplyField.of("userIds", "who they are"),
                ReplyField.of("cursor", "of the next page; empty at the end"))
            .codes(
                ErrorCode.GROUP_NOT_FOUND,
                ErrorCode.GROUP_NOT_PERMITTED,
                ErrorCode.GROUP_RECEIPT_NONE)
            .handledBy(
                AuditDeclaration.none("users read who has read what they sent"),
                either(MessageEditCommands::onlyInGroups)),
        inTurn("message.extension.set")
            .meaning("Sets key-value pairs of a message that was sent as extensible.")
            .params(MessageParams.CONVERSATION, MessageParams.SEQ, MessageParams.EXTENSIONS)
            .reply(RESULTS)
            .codes(EXTENSION_CODES)
            .handledBy(modifies, either(this::setExtensions)),
        of("message.extension.get")
            .meaning("All pairs of a message, and the tombstones of those that were deleted.")
            .params(MessageParams.CONVERSATION, MessageParams.SEQ)
            .reply(
                ReplyField.of(
                    "extensions", "`key`, `seq`, and `value` or, of a tombstone, `deleted` true"),
                ReplyField.of("latestSeq", "the highest number of a pair"),
                ReplyField.of("clearSeq", "pairs with lower numbers are gone"))
            .codes(EXTENSION_CODES)
            .handledBy(
                AuditDeclaration.none("users read their own conversations"),
                either(this::getExtensions)),
        inTurn("message.extension.delete")
            .meaning("Deletes pairs of a message, or all of them.")
            .params(MessageParams.CONVERSATION, MessageParams.SEQ, MessageParams.KEYS)
            .reply(RESULTS)
            .codes(EXTENSION_CODES)
            .handledBy(modifies, either(this::deleteExtensions)));
  }

  private static final ReplyField RESULTS =
      ReplyField.of(
          "results", "`key`, `code` (0, or 23001 with the pair as it is), `value`, `seq` of each");

  private static final ErrorCode[] EXTENSION_CODES = {
    ErrorCode.EXTENSION_MESSAGE_MISSING,
    ErrorCode.EXTENSION_UNSUPPORTED,
    ErrorCode.EXTENSION_TOO_FREQUENT,
    ErrorCode.GROUP_FEATURE_OFF,
    ErrorCode.GROUP_NOT_FOUND,
    ErrorCode.GROUP_NOT_PERMITTED
  };

  private static Command.Builder of(String name) {
    return Command.of(name, ErrorCode.MESSAGE_INVALID, ErrorCode.GROUP_INVALID_PARAMETER);
  }

  private static Command.Builder inTurn(String name) {
    return of(name).inTurnBy(MessageParams.CONVERSATION);
  }

  /** Groups have their own rules for the same commands. */
  private CommandHandler either(CommandHandler ofPairs) {
    return call ->
        (MessageCommands.group(call).isPresent() ? groups.of(call.command()) : ofPairs)
            .handle(call);
  }

  /**
   * A message of a pair that the caller sees.
   *
   * @param sender who sent it
   * @param recipient the other of the pair
   */
  private record Seen(
      Conversation conversation, StoredMessage message, Account sender, Account recipient) {}

  private Seen seen(CommandCall call, long seq, ErrorCode whenMissing) {
    App app = call.principal().app();
    Account self = self(call);
    String peerId = MessageCommands.peer(call);
    StoredMessage message =
        history.some(app, self, peerId, List.of(seq)).stream()
            .findFirst()
            .orElseThrow(() -> new ImException(whenMissing));
    Account peer = accounts.findLatest(app, peerId).orElseThrow(() -> new ImException(whenMissing));
    Conversation conversation =
        conversations.find(app, self, peer).orElseThrow(() -> new ImException(whenMissing));
    boolean mine = message.senderId() == self.id();
    return new Seen(conversation, message, mine ? self : peer, mine ? peer : self);
  }

  private void recall(CommandCall call) {
    long seq =
        call.find(MessageParams.SEQ_IF_STORED)
            .orElseThrow(() -> new ImException(ErrorCode.MESSAGE_INVALID, "seq is missing"));
    Seen seen = seen(call, seq, ErrorCode.RECALL_NOT_FOUND);
    App app = call.principal().app();
    if (seen.sender().id() != call.principal().accountId()) {
      throw new ImException(ErrorCode.RECALL_NOT_FOUND);
    }
    long age = clock.instant().getEpochSecond() - seen.message().time();
    if (age > app.settings().recallWindowSeconds()) {
      throw new ImException(ErrorCode.RECALL_TOO_LATE);
    }
    edits.recall(app, seen.sender(), seen.recipient(), seen.message().key(), call.cause());
    call.reply();
  }

  private void modify(CommandCall call) {
    Seen seen = seen(call, call.get(MessageParams.SEQ), ErrorCode.EDIT_NOT_FOUND);
    App app = call.principal().app();
    Replacement with = replacement(call, seen.message());
    edits.modify(app, seen.sender(), seen.recipient(), seen.message().key(), with, call.cause());
    call.reply();
  }

  /**
   * What a client wants a message to be.
   *
   * @throws ImException when it is nothing, or not for clients to replace
   */
  public static Replacement replacement(CommandCall call, StoredMessage message) {
    boolean grouped = MessageCommands.group(call).isPresent();
    ErrorCode wrong = grouped ? ErrorCode.GROUP_INVALID_PARAMETER : ErrorCode.MESSAGE_INVALID;
    App app = call.principal().app();
    Optional<JsonNode> elements = call.find(MessageParams.BODY);
    Optional<String> custom = call.find(MessageParams.CUSTOM_DATA);
    if (elements.isEmpty() && custom.isEmpty()) {
      throw new ImException(wrong, "neither body nor cloudCustomData");
    }
    Optional<MessageBody> body =
        elements.map(
            node ->
                MessageBody.of(
                    node,
                    Optional.empty(),
                    app.settings().maxMessageBytes(),
                    ErrorCode.MESSAGE_TOO_LONG,
                    app.settings().strictMedia()));
    if (body.isPresent() && !(isEditable(body.get()) && isEditable(message.body()))) {
      throw new ImException(wrong, "an element of that type is not edited by clients");
    }
    return new Replacement(
        body,
        custom,
        call.find(MessageParams.CHANGE_SEQ).map(OptionalLong::of).orElseGet(OptionalLong::empty));
  }

  private static boolean isEditable(MessageBody body) {
    for (JsonNode element : body.parsed()) {
      if (!EDITABLE.contains(element.path("MsgType").asText())) {
        return false;
      }
    }
    return true;
  }

  private void delete(CommandCall call) {
    App app = call.principal().app();
    Account self = self(call);
    String peerId = MessageCommands.peer(call);
    List<MsgKey> keys =
        history.some(app, self, peerId, call.get(MessageParams.SEQS)).stream()
            .map(StoredMessage::key)
            .toList();
    accounts
        .findLatest(app, peerId)
        .ifPresent(peer -> edits.deleteForOne(app, self, peer, keys, call.cause()));
    call.reply();
  }

  private void read(CommandCall call) {
    App app = call.principal().app();
    Account self = self(call);
    String peerId = MessageCommands.peer(call);
    if (history.keeper(peerId).isPresent()) {
      history.keeper(peerId).get().markRead(app, self, peerId, OptionalLong.empty(), call.cause());
      call.reply();
      return;
    }
    Optional<Account> peer = accounts.findLatest(app, peerId);
    ObjectNode reply = Json.object().put("readSeq", 0).put("unread", 0);
    if (peer.isPresent()) {
      long upTo = call.find(MessageParams.UP_TO).orElse(Long.MAX_VALUE);
      reply.put("readSeq", reads.markReadTo(app, self, peer.get(), upTo, call.cause()));
      conversations
          .find(app, self, peer.get())
          .ifPresent(found -> reply.put("unread", reads.unread(app, self, found.id())));
    }
    call.reply(reply);
  }

  private void receipt(CommandCall call) {
    App app = call.principal().app();
    Account self = self(call);
    String peerId = MessageCommands.peer(call);
    List<MsgKey> keys =
        history.some(app, self, peerId, call.get(MessageParams.SEQS)).stream()
            .filter(message -> message.senderId() != self.id())
            .map(StoredMessage::key)
            .toList();
    Optional<Account> peer = accounts.findLatest(app, peerId);
    if (peer.isPresent() && !keys.isEmpty()) {
      edits.receipt(app, self, peer.get(), keys, call.cause());
    }
    call.reply();
  }

  private void receipts(CommandCall call) {
    ObjectNode reply = Json.object();
    ArrayNode list = reply.putArray("receipts");
    history
        .some(
            call.principal().app(),
            self(call),
            MessageCommands.peer(call),
            call.get(MessageParams.SEQS))
        .stream()
        .filter(message -> message.has(MessageFlags.NEEDS_RECEIPT))
        .forEach(
            message -> {
              int given = message.has(MessageFlags.RECEIPT_GIVEN) ? 1 : 0;
              list.addObject()
                  .put("seq", message.seq())
                  .put("readCount", given)
                  .put("unreadCount", 1 - given);
            });
    call.reply(reply);
  }

  private static void onlyInGroups(CommandCall call) {
    throw new ImException(ErrorCode.MESSAGE_INVALID, "conversation must be GROUP<groupId>");
  }

  private void setExtensions(CommandCall call) {
    change(call, new Operation.Set(wishes(call.get(MessageParams.EXTENSIONS), true)));
  }

  private void deleteExtensions(CommandCall call) {
    change(call, deletion(call));
  }

  private void change(CommandCall call, Operation operation) {
    Seen seen = seen(call, call.get(MessageParams.SEQ), ErrorCode.EXTENSION_MESSAGE_MISSING);
    ExtensionService.Changed changed =
        extensions.change(
            call.principal().app(),
            seen.conversation(),
            seen.message().seq(),
            operation,
            call.cause());
    extensions.tell(seen.sender(), seen.recipient(), changed);
    call.reply(results(changed.results()));
  }

  private void getExtensions(CommandCall call) {
    Seen seen = seen(call, call.get(MessageParams.SEQ), ErrorCode.EXTENSION_MESSAGE_MISSING);
    call.reply(pairs(extensions.pairs(call.principal().app(), seen.message())));
  }

  private Account self(CommandCall call) {
    return accounts.caller(call, ErrorCode.MESSAGE_ACCOUNT_INVALID);
  }

  /** What a call wants deleted. */
  public static Operation deletion(CommandCall call) {
    List<Params> keys = call.get(MessageParams.KEYS);
    return keys.isEmpty() ? new Operation.Clear() : new Operation.Delete(wishes(keys, false));
  }

  /** Pairs as a call names them. */
  public static List<Wish> wishes(List<Params> named, boolean withValues) {
    return named.stream()
        .map(
            each ->
                new Wish(
                    each.get(MessageParams.KEY),
                    withValues ? each.get(MessageParams.VALUE) : "",
                    each.find(MessageParams.KEY_SEQ)
                        .map(OptionalLong::of)
                        .orElseGet(OptionalLong::empty)))
        .toList();
  }

  /** The reply to a change of pairs. */
  public static ObjectNode results(List<Result> results) {
    ObjectNode reply = Json.object();
    ArrayNode list = reply.putArray("results");
    for (Result each : results) {
      list.addObject()
          .put("key", each.pair().key())
          .put("code", each.code())
          .put("value", each.pair().value())
          .put("seq", each.pair().seq());
    }
    return reply;
  }

  /** The reply to a reading of pairs. */
  public static ObjectNode pairs(ExtensionPairs pairs) {
    ObjectNode reply = Json.object();
    ArrayNode list = reply.putArray("extensions");
    for (Pair each : pairs.all()) {
      ObjectNode json = list.addObject().put("key", each.key()).put("seq", each.seq());
      if (each.deleted()) {
        json.put("deleted", true);
      } else {
        json.put("value", each.value());
      }
    }
    return reply.put("latestSeq", pairs.latestSeq()).put("clearSeq", pairs.clearSeq());
  }
}
