package im.palisade.server.groupmessage;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import im.palisade.server.account.Account;
import im.palisade.server.account.AccountService;
import im.palisade.server.app.App;
import im.palisade.server.gateway.CommandCall;
import im.palisade.server.gateway.CommandHandler;
import im.palisade.server.groupmessage.GroupReceipts.Counts;
import im.palisade.server.message.ExtensionService;
import im.palisade.server.message.ExtensionService.Operation;
import im.palisade.server.message.MessageCommands;
import im.palisade.server.message.MessageEditCommands;
import im.palisade.server.message.MessageParams;
import im.palisade.server.message.MsgKey;
import im.palisade.server.message.StoredMessage;
import im.palisade.server.protocol.ErrorCode;
import im.palisade.server.protocol.ImException;
import im.palisade.server.protocol.Json;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What clients may do with group messages that are there. */
final class GroupEditCommands implements MessageCommands.Groups {
  private final GroupHistory history;
  private final GroupEdits edits;
  private final GroupReads reads;
  private final GroupReceipts receipts;
  private final GroupEvents events;
  private final ExtensionService extensions;
  private final RoomSends rooms;
  private final Places places;
  private final AccountService accounts;

  GroupEditCommands(
      GroupHistory history,
      GroupEdits edits,
      GroupReads reads,
      GroupReceipts receipts,
      GroupEvents events,
      ExtensionService extensions,
      RoomSends rooms,
      Places places,
      AccountService accounts) {
    this.history = history;
    this.edits = edits;
    this.reads = reads;
    this.receipts = receipts;
    this.events = events;
    this.extensions = extensions;
    this.rooms = rooms;
    this.places = places;
    this.accounts = accounts;
  }

  @Override
  public CommandHandler of(String command) {
    return switch (command) {
      case "message.recall" -> this::recall;
      case "message.modify" -> this::modify;
      case "message.delete" -> this::delete;
      case "message.read" -> this::read;
      case "message.receipt" -> this::receipt;
      case "message.receipts" -> this::receipts;
      case "message.readers" -> this::readers;
      case "message.extension.set" -> this::setExtensions;
      case "message.extension.get" -> this::getExtensions;
      case "message.extension.delete" ->
          call -> changeExtensions(call, MessageEditCommands.deletion(call));
      default -> throw new IllegalArgumentException(command);
    };
  }

  private void recall(CommandCall call) {
    App app = call.principal().app();
    Account member = self(call);
    Place place = place(call);
    String reason = call.get(MessageParams.REASON);
    if (place.group().type().isLive()) {
      MsgKey key =
          call.find(MessageParams.MSG_KEY)
              .flatMap(MsgKey::parse)
              .orElseThrow(() -> new ImException(ErrorCode.GROUP_INVALID_PARAMETER));
      rooms.recall(
          app,
          place.group(),
          member,
          key,
          Optional.of(reason).filter(text -> !text.isEmpty()),
          call.cause().origin());
    } else {
      long seq =
          call.find(MessageParams.SEQ_IF_STORED)
              .orElseThrow(
                  () -> new ImException(ErrorCode.GROUP_INVALID_PARAMETER, "seq is missing"));
      seen(call, place, seq, ErrorCode.GROUP_RECALL_NOT_FOUND);
      edits.recallAs(app, place, member, seq, reason, call.cause());
    }
    call.reply();
  }

  private void modify(CommandCall call) {
    App app = call.principal().app();
    Place place = place(call);
    long seq = call.get(MessageParams.SEQ);
    checkMember(call, place);
    StoredMessage message = seen(call, place, seq, ErrorCode.EDIT_NOT_FOUND);
    edits.modify(app, place, seq, MessageEditCommands.replacement(call, message), call.cause());
    call.reply();
  }

  private void delete(CommandCall call) {
    edits.deleteFor(
        call.principal().app(),
        place(call),
        self(call),
        history.some(call.principal().app(), place(call), self(call), call.get(MessageParams.SEQS)),
        call.cause());
    call.reply();
  }

  private void read(CommandCall call) {
    App app = call.principal().app();
    Account reader = self(call);
    Place place = place(call);
    checkMember(call, place);
    long upTo = call.find(MessageParams.UP_TO).orElse(Long.MAX_VALUE);
    ObjectNode reply = Json.object();
    reads.markRead(app, place, reader, upTo).ifPresent(seq -> reply.put("readSeq", seq));
    call.reply(
        reply.put(
            "unread", reads.unread(app, reader, List.of(place.id())).getOrDefault(place.id(), 0L)));
  }

  private void receipt(CommandCall call) {
    receipts.give(
        call.principal().app(),
        place(call).group(),
        self(call),
        GroupFields.distinct(call.get(MessageParams.SEQS)),
        call.cause());
    call.reply();
  }

  private void receipts(CommandCall call) {
    Place place = place(call);
    List<Long> seqs =
        history
            .some(call.principal().app(), place, self(call), call.get(MessageParams.SEQS))
            .stream()
            .map(line -> line.message().seq())
            .toList();
    Map<Long, Counts> counts = receipts.counts(call.principal().app(), place.group(), seqs);
    ObjectNode reply = Json.object();
    ArrayNode list = reply.putArray("receipts");
    counts.forEach(
        (seq, count) ->
            list.addObject()
                .put("seq", seq)
                .put("readCount", count.read())
                .put("unreadCount", count.unread()));
    call.reply(reply);
  }

  private void readers(CommandCall call) {
    Place place = place(call);
    StoredMessage message =
        seen(call, place, call.get(MessageParams.SEQ), ErrorCode.GROUP_RECEIPT_NONE);
    if (message.senderId() != call.principal().accountId()) {
      throw new ImException(ErrorCode.GROUP_NOT_PERMITTED, "not the sender");
    }
    String cursor = call.get(MessageParams.CURSOR);
    if (!cursor.matches("[0-9]{0,18}")) {
      throw new ImException(ErrorCode.GROUP_INVALID_PARAMETER, "cursor is none of ours");
    }
    GroupReceipts.Page page =
        receipts.readers(
            call.principal().app(),
            place.group(),
            message,
            call.get(MessageParams.READ),
            cursor.isEmpty() ? 0 : Long.parseLong(cursor),
            call.get(MessageParams.CHANGES_LIMIT));
    ObjectNode reply = Json.object();
    page.userIds().forEach(reply.putArray("userIds")::add);
    call.reply(reply.put("cursor", page.next() == 0 ? "" : Long.toString(page.next())));
  }

  private void setExtensions(CommandCall call) {
    changeExtensions(
        call,
        new Operation.Set(MessageEditCommands.wishes(call.get(MessageParams.EXTENSIONS), true)));
  }

  private void changeExtensions(CommandCall call, Operation operation) {
    App app = call.principal().app();
    Place place = place(call);
    checkMember(call, place);
    long seq = call.get(MessageParams.SEQ);
    seen(call, place, seq, ErrorCode.EXTENSION_MESSAGE_MISSING);
    ExtensionService.Changed changed =
        extensions.change(app, place.conversation(), seq, operation, call.cause());
    changed
        .message()
        .ifPresent(
            message ->
                events.extended(app, place, edits.told(app, place, message), changed.told()));
    call.reply(MessageEditCommands.results(changed.results()));
  }

  private void getExtensions(CommandCall call) {
    Place place = place(call);
    StoredMessage message =
        seen(call, place, call.get(MessageParams.SEQ), ErrorCode.EXTENSION_MESSAGE_MISSING);
    call.reply(MessageEditCommands.pairs(extensions.pairs(call.principal().app(), message)));
  }

  /** A message that the caller may see. */
  private StoredMessage seen(CommandCall call, Place place, long seq, ErrorCode whenMissing) {
    return history.some(call.principal().app(), place, self(call), List.of(seq)).stream()
        .findFirst()
        .orElseThrow(() -> new ImException(whenMissing))
        .message();
  }

  private void checkMember(CommandCall call, Place place) {
    if (!edits.isMember(call.principal().app(), place, call.principal().accountId())) {
      throw new ImException(ErrorCode.GROUP_NOT_PERMITTED, "not a member");
    }
  }

  private Place place(CommandCall call) {
    return places.ofConversation(call.principal().app(), call.get(MessageParams.CONVERSATION));
  }

  private Account self(CommandCall call) {
    return accounts.caller(call, ErrorCode.GROUP_ACCOUNT_NOT_FOUND);
  }
}
