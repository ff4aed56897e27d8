package im.palisade.server.groupmessage;

import com.fasterxml.jackson.databind.node.MissingNode;
import im.palisade.compliance.audit.AuditEvent.Actor;
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
import im.palisade.server.groupmessage.GroupHistory.MemberPage;
import im.palisade.server.groupmessage.GroupMessageStore.Line;
import im.palisade.server.groupmessage.GroupSends.Author;
import im.palisade.server.message.Announced;
import im.palisade.server.message.GroupRef;
import im.palisade.server.message.GroupTip;
import im.palisade.server.message.MessageCommands;
import im.palisade.server.message.MessageFlags;
import im.palisade.server.message.MessageJson;
import im.palisade.server.message.MessageJson.ClientMessage;
import im.palisade.server.message.MessageParams;
import im.palisade.server.message.MsgKey;
import im.palisade.server.message.OutgoingMessage.Door;
import im.palisade.server.message.Priority;
import im.palisade.server.message.Receipt;
import im.palisade.server.protocol.ErrorCode;
import im.palisade.server.protocol.ImException;
import im.palisade.server.protocol.Origin;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** What clients may do with group messages (client-protocol: Sending, History). */
final class GroupMessageCommands implements MessageCommands.Groups {
  private static final Param<String> CONVERSATION = MessageParams.CONVERSATION;
  private static final Param<Long> SEQ_IF_STORED =
      Param.u32("seq", "its number; not in live rooms");
  private static final Param<String> MSG_KEY =
      Param.text("msgKey", Param.ANY_LENGTH, "live rooms: its key");
  private static final Param<String> REASON =
      Param.text("reason", 100, "what the others are told").defaultsTo("");
  private static final Param<Long> UP_TO = Param.u32("seq", "up to which; everything without");
  private static final Param<List<Long>> SEQS =
      Param.numbers("seqs", 1, 30, "numbers of messages that asked for receipts").required();

  private final GroupSends sends;
  private final GroupHistory history;
  private final GroupEdits edits;
  private final GroupReads reads;
  private final GroupReceipts receipts;
  private final RoomSends rooms;
  private final Places places;
  private final AccountService accounts;

  GroupMessageCommands(
      GroupSends sends,
      GroupHistory history,
      GroupEdits edits,
      GroupReads reads,
      GroupReceipts receipts,
      RoomSends rooms,
      Places places,
      AccountService accounts) {
    this.sends = sends;
    this.history = history;
    this.edits = edits;
    this.reads = reads;
    this.receipts = receipts;
    this.rooms = rooms;
    this.places = places;
    this.accounts = accounts;
  }

  /** The commands that only groups have; sends and histories come through those of all messages. */
  List<Command> commands() {
    return List.of(
        inTurn("message.recall")
            .meaning("Takes a message back.")
            .params(CONVERSATION, SEQ_IF_STORED, MSG_KEY, REASON)
            .codes(
                ErrorCode.GROUP_NOT_FOUND,
                ErrorCode.GROUP_NOT_PERMITTED,
                ErrorCode.GROUP_RECALL_NOT_FOUND,
                ErrorCode.GROUP_RECALL_TOO_LATE,
                ErrorCode.GROUP_NOT_RECALLABLE)
            .handledBy(AuditDeclaration.records("message.recall"), this::recall),
        inTurn("message.read")
            .meaning("Marks messages as read.")
            .params(CONVERSATION, UP_TO)
            .codes(ErrorCode.GROUP_NOT_FOUND, ErrorCode.GROUP_NOT_PERMITTED)
            .handledBy(AuditDeclaration.none("users move their own read positions"), this::read),
        inTurn("message.receipt")
            .meaning("Tells senders that asked for it that their messages were read.")
            .params(CONVERSATION, SEQS)
            .codes(
                ErrorCode.GROUP_NOT_FOUND,
                ErrorCode.GROUP_NOT_PERMITTED,
                ErrorCode.GROUP_RECEIPTS_TOO_LARGE,
                ErrorCode.GROUP_RECEIPT_NONE)
            .handledBy(AuditDeclaration.records("message.modify"), this::receipt));
  }

  private static Command.Builder inTurn(String name) {
    return Command.of(name, ErrorCode.GROUP_INVALID_PARAMETER).inTurnBy(CONVERSATION);
  }

  @Override
  public void send(CommandCall call, String conversation) {
    App app = call.principal().app();
    Account sender = self(call);
    Supplier<Draft> drafts = () -> draft(call, app);
    Announced announced = Announced.by(origin(call));
    Place place =
        sends.directed(
            app,
            new GroupRef(conversation.substring(Place.PREFIX.length()), "", Optional.empty()),
            sender.userId(),
            drafts,
            announced,
            () -> places.ofConversation(app, conversation));
    Draft draft = drafts.get();
    sends.send(
        app,
        place,
        sender,
        Author.USER,
        new Door.Client(call.session().id(), announced),
        draft,
        new Reply(call, draft.random(), new MessageCommands.Reply(call)));
  }

  private static Draft draft(CommandCall call, App app) {
    return new Draft(
        GroupBodies.of(
            app,
            call.find(MessageParams.BODY).orElse(MissingNode.getInstance()),
            call.find(MessageParams.CUSTOM_DATA)),
        call.get(MessageParams.RANDOM),
        Priority.of(call.get(MessageParams.PRIORITY)).orElseThrow(),
        call.is(MessageParams.ONLINE_ONLY),
        call.is(MessageParams.NO_UNREAD),
        call.is(MessageParams.NO_LAST_MESSAGE),
        call.is(MessageParams.NEED_RECEIPT),
        call.is(MessageParams.EXTENSIBLE),
        List.copyOf(new LinkedHashSet<>(call.get(MessageParams.TO))),
        call.get(MessageParams.MENTIONS),
        GroupBodies.offlinePush(call.find(MessageParams.OFFLINE_PUSH)));
  }

  @Override
  public void history(CommandCall call, String conversation) {
    App app = call.principal().app();
    Account viewer = self(call);
    Optional<Long> before = call.find(MessageParams.BEFORE);
    Optional<Long> after = call.find(MessageParams.AFTER);
    if (before.isPresent() && after.isPresent()) {
      throw new ImException(
          ErrorCode.GROUP_INVALID_PARAMETER, "before and after exclude each other");
    }
    int limit = call.get(MessageParams.LIMIT);
    Place place = places.ofConversation(app, conversation);
    MemberPage page =
        after.isPresent()
            ? history.after(app, place, viewer, after.get(), limit)
            : history.before(app, place, viewer, before.orElse(Long.MAX_VALUE), limit);
    call.reply(json(place, page));
  }

  private void recall(CommandCall call) {
    App app = call.principal().app();
    Account member = self(call);
    Place place = place(call);
    String reason = call.get(REASON);
    if (place.group().type().isLive()) {
      MsgKey key =
          call.find(MSG_KEY)
              .flatMap(MsgKey::parse)
              .orElseThrow(() -> new ImException(ErrorCode.GROUP_INVALID_PARAMETER));
      rooms.recall(
          app,
          place.group(),
          member,
          key,
          Optional.of(reason).filter(text -> !text.isEmpty()),
          origin(call));
    } else {
      long seq =
          call.find(SEQ_IF_STORED)
              .orElseThrow(
                  () -> new ImException(ErrorCode.GROUP_INVALID_PARAMETER, "seq is missing"));
      edits.recallAs(app, place, member, seq, reason, cause(call, member));
    }
    call.reply();
  }

  private void read(CommandCall call) {
    Account reader = self(call);
    long upTo = call.find(UP_TO).orElse(Long.MAX_VALUE);
    reads.markRead(call.principal().app(), place(call), reader, upTo);
    call.reply();
  }

  private void receipt(CommandCall call) {
    Account reader = self(call);
    receipts.give(
        call.principal().app(),
        place(call).group(),
        reader,
        GroupFields.distinct(call.get(SEQS)),
        cause(call, reader));
    call.reply();
  }

  private Place place(CommandCall call) {
    String conversation = call.get(CONVERSATION);
    if (!conversation.startsWith(Place.PREFIX)) {
      throw new ImException(
          ErrorCode.GROUP_INVALID_PARAMETER, "conversation must be GROUP<groupId>");
    }
    return places.ofConversation(call.principal().app(), conversation);
  }

  private Account self(CommandCall call) {
    return accounts
        .find(call.principal().app(), call.principal().userId())
        .filter(account -> account.id() == call.principal().accountId())
        .orElseThrow(() -> new ImException(ErrorCode.GROUP_ACCOUNT_NOT_FOUND));
  }

  private static Cause cause(CommandCall call, Account account) {
    return new Cause(
        new Actor(ActorKind.USER, account.subjectRef()),
        new Source(Channel.CLIENT, Cause.networkOf(call.session().address())),
        Long.toString(call.principal().app().appId()),
        call.requestId(),
        call.receivedAt(),
        origin(call));
  }

  private static Origin origin(CommandCall call) {
    return Origin.client(
        call.principal().userId(), call.session().address(), call.session().platform());
  }

  private static byte[] json(Place place, MemberPage page) {
    ByteArrayOutputStream out = new ByteArrayOutputStream(1024);
    out.writeBytes("{\"messages\":[".getBytes(StandardCharsets.US_ASCII));
    String separator = "";
    for (Line line : page.lines()) {
      out.writeBytes(separator.getBytes(StandardCharsets.US_ASCII));
      separator = ",";
      boolean system = line.message().has(MessageFlags.SYSTEM);
      MessageJson.write(
          out,
          new ClientMessage(
              place.wireName(),
              line.message().seq(),
              line.message().key(),
              system ? GroupTip.SENDER : line.from(),
              line.nick(),
              line.faceUrl(),
              line.message().body(),
              line.message().flags()));
    }
    out.writeBytes(("],\"complete\":" + page.complete() + "}").getBytes(StandardCharsets.US_ASCII));
    return out.toByteArray();
  }

  /** Answers a send once its fate is known; a dropped one has sequence 0. */
  private record Reply(CommandCall call, long random, MessageCommands.Reply reply)
      implements GroupSends.Answer {
    @Override
    public void sent(Receipt receipt) {
      reply.sent(receipt);
    }

    @Override
    public void refused(ImException reason) {
      reply.refused(reason);
    }

    @Override
    public void dropped(long time) {
      reply.sent(new Receipt(0, new MsgKey(0, random, time), 0, false));
    }
  }
}
