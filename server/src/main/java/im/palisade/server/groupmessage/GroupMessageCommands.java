package im.palisade.server.groupmessage;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
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
import im.palisade.server.gateway.LaneKey;
import im.palisade.server.groupmessage.GroupHistory.MemberPage;
import im.palisade.server.groupmessage.GroupMessageStore.Line;
import im.palisade.server.groupmessage.GroupSends.Author;
import im.palisade.server.message.GroupTip;
import im.palisade.server.message.MessageCommands;
import im.palisade.server.message.MessageFlags;
import im.palisade.server.message.MessageJson;
import im.palisade.server.message.MessageJson.ClientMessage;
import im.palisade.server.message.MsgKey;
import im.palisade.server.message.OutgoingMessage.Door;
import im.palisade.server.message.Priority;
import im.palisade.server.message.Receipt;
import im.palisade.server.protocol.ErrorCode;
import im.palisade.server.protocol.ImException;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** What clients may do with group messages (client-protocol: Sending, History). */
final class GroupMessageCommands implements MessageCommands.Groups {
  private static final int DEFAULT_PAGE = 20;
  private static final int MAX_PAGE = 100;
  private static final int MAX_REASON = 100;
  private static final int MAX_RECEIPTS = 30;

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
    LaneKey inTurn = LaneKey.field("conversation");
    return List.of(
        new Command(
            "message.recall", AuditDeclaration.records("message.recall"), inTurn, this::recall),
        new Command(
            "message.read",
            AuditDeclaration.none("users move their own read positions"),
            inTurn,
            this::read),
        new Command(
            "message.receipt", AuditDeclaration.records("message.modify"), inTurn, this::receipt));
  }

  @Override
  public void send(CommandCall call, String conversation) {
    App app = call.principal().app();
    Account sender = self(call);
    Place place = places.ofConversation(app, conversation);
    JsonNode push = call.data().path("offlinePush");
    Draft draft =
        new Draft(
            GroupBodies.of(
                app,
                call.data().path("body"),
                call.optionalText("cloudCustomData", ErrorCode.GROUP_INVALID_PARAMETER)),
            call.u32("random", ErrorCode.GROUP_INVALID_PARAMETER),
            priority(call),
            call.flag("onlineOnly", ErrorCode.GROUP_INVALID_PARAMETER),
            call.flag("noUnread", ErrorCode.GROUP_INVALID_PARAMETER),
            call.flag("noLastMessage", ErrorCode.GROUP_INVALID_PARAMETER),
            call.flag("needReceipt", ErrorCode.GROUP_INVALID_PARAMETER),
            call.flag("extensible", ErrorCode.GROUP_INVALID_PARAMETER),
            List.copyOf(new LinkedHashSet<>(userIds(call.data(), "to"))),
            userIds(call.data(), "mentions"),
            GroupBodies.offlinePush(
                Optional.of(push).filter(node -> !node.isMissingNode() && !node.isNull())));
    sends.send(
        app,
        place,
        sender,
        Author.USER,
        new Door.Client(call.session().id()),
        draft,
        new Reply(call, draft.random(), new MessageCommands.Reply(call)));
  }

  @Override
  public void history(CommandCall call, String conversation) {
    App app = call.principal().app();
    Account viewer = self(call);
    OptionalLong before = call.optionalU32("before", ErrorCode.GROUP_INVALID_PARAMETER);
    OptionalLong after = call.optionalU32("after", ErrorCode.GROUP_INVALID_PARAMETER);
    if (before.isPresent() && after.isPresent()) {
      throw new ImException(
          ErrorCode.GROUP_INVALID_PARAMETER, "before and after exclude each other");
    }
    int limit =
        Math.clamp(
            call.optionalU32("limit", ErrorCode.GROUP_INVALID_PARAMETER).orElse(DEFAULT_PAGE),
            1,
            MAX_PAGE);
    Place place = places.ofConversation(app, conversation);
    MemberPage page =
        after.isPresent()
            ? history.after(app, place, viewer, after.getAsLong(), limit)
            : history.before(app, place, viewer, before.orElse(Long.MAX_VALUE), limit);
    call.reply(json(place, page));
  }

  private void recall(CommandCall call) {
    App app = call.principal().app();
    Account member = self(call);
    Place place = place(call);
    String reason = call.optionalText("reason", ErrorCode.GROUP_INVALID_PARAMETER).orElse("");
    if (reason.getBytes(StandardCharsets.UTF_8).length > MAX_REASON) {
      throw new ImException(ErrorCode.GROUP_INVALID_PARAMETER, "reason above 100 bytes");
    }
    if (place.group().type().isLive()) {
      MsgKey key =
          MsgKey.parse(call.text("msgKey", ErrorCode.GROUP_INVALID_PARAMETER))
              .orElseThrow(() -> new ImException(ErrorCode.GROUP_INVALID_PARAMETER));
      rooms.recall(
          app, place.group(), member, key, Optional.of(reason).filter(text -> !text.isEmpty()));
    } else {
      long seq = call.u32("seq", ErrorCode.GROUP_INVALID_PARAMETER);
      edits.recallAs(app, place, member, seq, reason, cause(call, member));
    }
    call.reply();
  }

  private void read(CommandCall call) {
    Account reader = self(call);
    OptionalLong seq = call.optionalU32("seq", ErrorCode.GROUP_INVALID_PARAMETER);
    reads.markRead(call.principal().app(), place(call), reader, seq.orElse(Long.MAX_VALUE));
    call.reply();
  }

  private void receipt(CommandCall call) {
    Account reader = self(call);
    JsonNode named = call.data().path("seqs");
    List<Long> seqs = new ArrayList<>();
    for (JsonNode each : named) {
      if (!each.isIntegralNumber() || !each.canConvertToLong()) {
        throw new ImException(ErrorCode.GROUP_INVALID_PARAMETER, "seqs are not all numbers");
      }
      seqs.add(each.longValue());
    }
    if (!named.isArray() || seqs.isEmpty() || seqs.size() > MAX_RECEIPTS) {
      throw new ImException(ErrorCode.GROUP_INVALID_PARAMETER, "seqs are not 1 to 30");
    }
    receipts.give(
        call.principal().app(),
        place(call).group(),
        reader,
        GroupFields.distinct(seqs),
        cause(call, reader));
    call.reply();
  }

  private Place place(CommandCall call) {
    String conversation = call.text("conversation", ErrorCode.GROUP_INVALID_PARAMETER);
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

  private static Priority priority(CommandCall call) {
    String name =
        call.optionalText("priority", ErrorCode.GROUP_INVALID_PARAMETER)
            .orElse(Priority.NORMAL.wireName());
    return Priority.of(name)
        .orElseThrow(() -> new ImException(ErrorCode.GROUP_INVALID_PARAMETER, "no such priority"));
  }

  private static List<String> userIds(ObjectNode data, String field) {
    JsonNode named = data.path(field);
    if (named.isMissingNode() || named.isNull()) {
      return List.of();
    }
    List<String> found = new ArrayList<>();
    for (JsonNode each : named) {
      if (!each.isTextual()) {
        throw new ImException(
            ErrorCode.GROUP_INVALID_PARAMETER, field + " is not an array of user ids");
      }
      found.add(each.textValue());
    }
    if (!named.isArray()) {
      throw new ImException(ErrorCode.GROUP_INVALID_PARAMETER, field + " is not an array");
    }
    return found;
  }

  private static Cause cause(CommandCall call, Account account) {
    return new Cause(
        new Actor(ActorKind.USER, account.subjectRef()),
        new Source(Channel.CLIENT, Cause.networkOf(call.session().address())),
        Long.toString(call.principal().app().appId()),
        call.requestId(),
        call.receivedAt());
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
