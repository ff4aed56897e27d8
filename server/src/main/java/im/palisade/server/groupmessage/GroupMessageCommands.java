package im.palisade.server.groupmessage;

import com.fasterxml.jackson.databind.node.MissingNode;
import im.palisade.server.account.Account;
import im.palisade.server.account.AccountService;
import im.palisade.server.app.App;
import im.palisade.server.gateway.CommandCall;
import im.palisade.server.gateway.CommandHandler;
import im.palisade.server.groupmessage.GroupHistory.MemberPage;
import im.palisade.server.groupmessage.GroupMessageStore.Line;
import im.palisade.server.groupmessage.GroupSends.Author;
import im.palisade.server.message.Announced;
import im.palisade.server.message.GroupRef;
import im.palisade.server.message.GroupTip;
import im.palisade.server.message.MessageChanges;
import im.palisade.server.message.MessageCommands;
import im.palisade.server.message.MessageCommands.Span;
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
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** What clients may do with group messages (client-protocol: Sending, History). */
final class GroupMessageCommands implements MessageCommands.Groups {
  private final GroupSends sends;
  private final GroupHistory history;
  private final MessageChanges changes;
  private final GroupEditCommands editing;
  private final Places places;
  private final AccountService accounts;

  GroupMessageCommands(
      GroupSends sends,
      GroupHistory history,
      MessageChanges changes,
      GroupEditCommands editing,
      Places places,
      AccountService accounts) {
    this.sends = sends;
    this.history = history;
    this.changes = changes;
    this.editing = editing;
    this.places = places;
    this.accounts = accounts;
  }

  @Override
  public CommandHandler of(String command) {
    return switch (command) {
      case "message.send" -> this::send;
      case "message.history" -> this::history;
      case "message.get" -> this::get;
      case "message.changes" -> this::changes;
      default -> editing.of(command);
    };
  }

  private void send(CommandCall call) {
    App app = call.principal().app();
    Account sender = self(call);
    Supplier<Draft> drafts = () -> draft(call, app);
    Announced announced = Announced.by(call.cause().origin());
    Place place =
        sends.directed(
            app,
            new GroupRef(
                call.get(MessageParams.CONVERSATION).substring(Place.PREFIX.length()),
                "",
                Optional.empty()),
            sender.userId(),
            drafts,
            announced,
            () -> place(call));
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

  private void history(CommandCall call) {
    App app = call.principal().app();
    Account viewer = self(call);
    int limit = call.get(MessageParams.LIMIT);
    Place place = place(call);
    Span span = Span.of(call, time -> changes.firstSince(app, place.conversation(), time));
    MemberPage page =
        span.forward()
            ? history.after(app, place, viewer, span.from(), limit)
            : history.before(app, place, viewer, span.from(), limit);
    call.reply(json(place, page.lines(), "],\"complete\":" + page.complete() + "}"));
  }

  private void get(CommandCall call) {
    Place place = place(call);
    call.reply(
        json(
            place,
            history.some(call.principal().app(), place, self(call), call.get(MessageParams.WANTED)),
            "]}"));
  }

  private void changes(CommandCall call) {
    App app = call.principal().app();
    Account viewer = self(call);
    Place place = place(call);
    MessageChanges.Since since =
        changes.since(
            app,
            place.conversation(),
            call.get(MessageParams.AFTER_CHANGE),
            call.get(MessageParams.CHANGES_LIMIT));
    List<Line> lines = history.some(app, place, viewer, since.seqs());
    List<Long> seen = lines.stream().map(line -> line.message().seq()).toList();
    call.reply(json(place, lines, MessageCommands.tail(since, seen)));
  }

  private Place place(CommandCall call) {
    String conversation = call.get(MessageParams.CONVERSATION);
    if (!conversation.startsWith(Place.PREFIX)) {
      throw new ImException(
          ErrorCode.GROUP_INVALID_PARAMETER, "conversation must be GROUP<groupId>");
    }
    return places.ofConversation(call.principal().app(), conversation);
  }

  private Account self(CommandCall call) {
    return accounts.caller(call, ErrorCode.GROUP_ACCOUNT_NOT_FOUND);
  }

  private static byte[] json(Place place, List<Line> lines, String tail) {
    ByteArrayOutputStream out = new ByteArrayOutputStream(1024);
    out.writeBytes("{\"messages\":[".getBytes(StandardCharsets.US_ASCII));
    String separator = "";
    for (Line line : lines) {
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
    out.writeBytes(tail.getBytes(StandardCharsets.US_ASCII));
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
