package im.palisade.server.message;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import im.palisade.server.account.Account;
import im.palisade.server.account.AccountService;
import im.palisade.server.app.App;
import im.palisade.server.audit.AuditDeclaration;
import im.palisade.server.conversation.Conversation;
import im.palisade.server.conversation.ConversationKeeper;
import im.palisade.server.conversation.ConversationService;
import im.palisade.server.gateway.Command;
import im.palisade.server.gateway.CommandCall;
import im.palisade.server.gateway.CommandHandler;
import im.palisade.server.gateway.ReplyField;
import im.palisade.server.message.MessageHistory.Page;
import im.palisade.server.message.MessageJson.ClientMessage;
import im.palisade.server.message.OutgoingMessage.Door;
import im.palisade.server.mute.MuteService;
import im.palisade.server.protocol.ErrorCode;
import im.palisade.server.protocol.ImException;
import im.palisade.server.protocol.Origin;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.LongFunction;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What clients may do with messages (client-protocol: Sending, History). */
public final class MessageCommands {
  private static final String C2C = "C2C";
  private static final String GROUP = "GROUP";

  private final MessageService messages;
  private final MessageHistory history;
  private final AccountService accounts;
  private final MuteService mutes;
  private final SendPermission permission;
  private final ConversationService conversations;
  private final MessageChanges changes;
  private final Groups groups;

  /** Where commands are served that name {@code GROUP<id>}. */
  public interface Groups {
    /** Who serves a command there. */
    CommandHandler of(String command);
  }

  MessageCommands(
      MessageService messages,
      MessageHistory history,
      AccountService accounts,
      MuteService mutes,
      SendPermission permission,
      ConversationService conversations,
      MessageChanges changes,
      Groups groups) {
    this.conversations = conversations;
    this.changes = changes;
    this.groups = groups;
    this.mutes = mutes;
    this.permission = permission;
    this.messages = messages;
    this.history = history;
    this.accounts = accounts;
  }

  /** The commands. */
  public List<Command> commands() {
    return List.of(
        Command.of("message.send", ErrorCode.MESSAGE_INVALID, ErrorCode.GROUP_INVALID_PARAMETER)
            .meaning(
                "Sends a message. The reply means that it is committed and flushed, unless it is"
                    + " not stored at all; the same conversation and random within five minutes get"
                    + " the first reply again.")
            .params(
                MessageParams.CONVERSATION,
                MessageParams.RANDOM,
                MessageParams.BODY,
                MessageParams.CUSTOM_DATA,
                MessageParams.PRIORITY,
                MessageParams.ONLINE_ONLY,
                MessageParams.NEED_RECEIPT,
                MessageParams.NO_UNREAD,
                MessageParams.NO_LAST_MESSAGE,
                MessageParams.EXTENSIBLE,
                MessageParams.MENTIONS,
                MessageParams.TO,
                MessageParams.OFFLINE_PUSH)
            .inTurnBy(MessageParams.CONVERSATION)
            .reply(
                ReplyField.of(
                    "seq",
                    "its number in the conversation; 0 when it is not stored or was dropped"),
                ReplyField.of("time", "UNIX seconds"),
                ReplyField.of("msgKey", "its key"))
            .codes(
                ErrorCode.MESSAGE_ACCOUNT_INVALID,
                ErrorCode.MSG_BODY_MALFORMED,
                ErrorCode.MSG_BODY_NOT_ARRAY,
                ErrorCode.MSG_ELEMENT_MALFORMED,
                ErrorCode.MESSAGE_TOO_LONG,
                ErrorCode.OFFLINE_PUSH_INVALID,
                ErrorCode.SENDER_MUTED,
                ErrorCode.BLOCKED_BY_RECIPIENT,
                ErrorCode.NOT_FRIENDS,
                ErrorCode.NOT_IN_RECIPIENTS_FRIENDS,
                ErrorCode.NOT_IN_SENDERS_FRIENDS,
                ErrorCode.TEXT_PROHIBITED,
                ErrorCode.REFUSED_BY_WEBHOOK,
                ErrorCode.GROUP_NOT_FOUND,
                ErrorCode.GROUP_NOT_PERMITTED,
                ErrorCode.GROUP_SENDER_MUTED,
                ErrorCode.GROUP_MESSAGE_RATE_EXCEEDED,
                ErrorCode.MESSAGE_NETWORK,
                ErrorCode.MESSAGE_INTERNAL,
                ErrorCode.OVERLOADED)
            .handledBy(AuditDeclaration.none("the message row is its record"), this::send),
        Command.of("message.history", ErrorCode.MESSAGE_INVALID, ErrorCode.GROUP_INVALID_PARAMETER)
            .meaning("A page of stored messages; `before` and `after` exclude each other.")
            .params(
                MessageParams.CONVERSATION,
                MessageParams.BEFORE,
                MessageParams.AFTER,
                MessageParams.TIME,
                MessageParams.NEWER,
                MessageParams.LIMIT)
            .reply(MessageParams.MESSAGES, MessageParams.COMPLETE)
            .codes(
                ErrorCode.GROUP_NOT_FOUND,
                ErrorCode.GROUP_NOT_PERMITTED,
                ErrorCode.GROUP_WITHOUT_HISTORY)
            .handledBy(AuditDeclaration.none("users read their own conversations"), this::history),
        Command.of("message.get", ErrorCode.MESSAGE_INVALID, ErrorCode.GROUP_INVALID_PARAMETER)
            .meaning("Messages by their numbers: those that the caller may see, as they are now.")
            .params(MessageParams.CONVERSATION, MessageParams.WANTED)
            .reply(MessageParams.MESSAGES)
            .codes(
                ErrorCode.GROUP_NOT_FOUND,
                ErrorCode.GROUP_NOT_PERMITTED,
                ErrorCode.GROUP_WITHOUT_HISTORY)
            .handledBy(AuditDeclaration.none("users read their own conversations"), this::get),
        Command.of("message.changes", ErrorCode.MESSAGE_INVALID, ErrorCode.GROUP_INVALID_PARAMETER)
            .meaning(
                "Messages that were changed after a number of a change, as they are now: recalled,"
                    + " edited, receipted, given pairs; and those that are gone for the caller.")
            .params(
                MessageParams.CONVERSATION, MessageParams.AFTER_CHANGE, MessageParams.CHANGES_LIMIT)
            .reply(
                MessageParams.MESSAGES,
                ReplyField.of("gone", "numbers of messages the caller has no more"),
                ReplyField.of("changeSeq", "where to go on from"),
                ReplyField.of("complete", "whether there are no more"))
            .codes(
                ErrorCode.GROUP_NOT_FOUND,
                ErrorCode.GROUP_NOT_PERMITTED,
                ErrorCode.GROUP_WITHOUT_HISTORY)
            .handledBy(AuditDeclaration.none("users read their own conversations"), this::changes));
  }

  private void send(CommandCall call) {
    Optional<String> group = group(call);
    if (group.isPresent()) {
      groups.of("message.send").handle(call);
      return;
    }
    App app = call.principal().app();
    Account sender = self(call);
    Account recipient =
        accounts
            .find(app, peer(call))
            .orElseThrow(() -> new ImException(ErrorCode.MESSAGE_ACCOUNT_INVALID));
    MessageBody body =
        MessageBody.of(
            call.find(MessageParams.BODY).orElse(MissingNode.getInstance()),
            call.find(MessageParams.CUSTOM_DATA),
            app.settings().maxMessageBytes(),
            ErrorCode.MESSAGE_TOO_LONG,
            app.settings().strictMedia());
    boolean onlineOnly = call.is(MessageParams.ONLINE_ONLY);
    OutgoingMessage message =
        new OutgoingMessage(
            app,
            sender,
            new Target.Pair(recipient),
            new Door.Client(
                call.session().id(),
                Announced.by(
                    Origin.client(
                        sender.userId(), call.session().address(), call.session().platform()))),
            call.get(MessageParams.RANDOM),
            OptionalLong.empty(),
            false,
            OptionalLong.empty(),
            body,
            onlineOnly,
            true,
            true,
            true,
            call.is(MessageParams.NO_UNREAD),
            call.is(MessageParams.NO_LAST_MESSAGE),
            !onlineOnly && call.is(MessageParams.NEED_RECEIPT),
            !onlineOnly && call.is(MessageParams.EXTENSIBLE),
            OutgoingMessage.MAX_LIFE_TIME,
            offlinePush(call.find(MessageParams.OFFLINE_PUSH)));
    boolean reaches;
    try {
      mutes.checkC2c(app, sender);
      reaches = permission.reaches(app, sender, recipient);
    } catch (ImException refusal) {
      messages.forbidden(message, refusal);
      throw refusal;
    }
    messages.send(reaches ? message : message.forSenderOnly(), new Reply(call));
  }

  private void history(CommandCall call) {
    Optional<String> group = group(call);
    if (group.isPresent()) {
      groups.of("message.history").handle(call);
      return;
    }
    Account viewer = self(call);
    String peer = peer(call);
    App app = call.principal().app();
    int limit = call.get(MessageParams.LIMIT);
    Optional<ConversationKeeper> keeper = history.keeper(peer);
    if (keeper.isPresent()) {
      Span span = Span.of(call, time -> OptionalLong.empty());
      call.reply(
          keeper
              .get()
              .history(
                  app,
                  viewer,
                  peer,
                  span.forward() ? span.from() : 0,
                  span.forward() ? Long.MAX_VALUE : span.from(),
                  !span.forward(),
                  limit));
      return;
    }
    Span span = Span.of(call, time -> firstSince(app, viewer, peer, time));
    Page page =
        span.forward()
            ? history.after(app, viewer, peer, span.from(), limit)
            : history.before(app, viewer, peer, span.from(), limit);
    call.reply(json(app, viewer, peer, page.messages(), "],\"complete\":" + page.complete() + "}"));
  }

  private OptionalLong firstSince(App app, Account viewer, String peerId, long time) {
    return conversation(app, viewer, peerId)
        .map(found -> changes.firstSince(app, found, time))
        .orElse(OptionalLong.empty());
  }

  private Optional<Conversation> conversation(App app, Account viewer, String peerId) {
    return accounts.findLatest(app, peerId).flatMap(peer -> conversations.find(app, viewer, peer));
  }

  private void get(CommandCall call) {
    if (group(call).isPresent()) {
      groups.of("message.get").handle(call);
      return;
    }
    App app = call.principal().app();
    Account viewer = self(call);
    String peer = peer(call);
    List<StoredMessage> found = history.some(app, viewer, peer, call.get(MessageParams.WANTED));
    call.reply(json(app, viewer, peer, found, "]}"));
  }

  private void changes(CommandCall call) {
    if (group(call).isPresent()) {
      groups.of("message.changes").handle(call);
      return;
    }
    App app = call.principal().app();
    Account viewer = self(call);
    String peer = peer(call);
    Optional<Conversation> conversation = conversation(app, viewer, peer);
    long after = call.get(MessageParams.AFTER_CHANGE);
    MessageChanges.Since since =
        conversation.isEmpty()
            ? new MessageChanges.Since(List.of(), after, true)
            : changes.since(app, conversation.get(), after, call.get(MessageParams.CHANGES_LIMIT));
    List<StoredMessage> found = history.some(app, viewer, peer, since.seqs());
    call.reply(
        json(
            app,
            viewer,
            peer,
            found,
            tail(since, found.stream().map(StoredMessage::seq).toList())));
  }

  /** How a reply to {@code message.changes} ends. */
  public static String tail(MessageChanges.Since since, List<Long> seen) {
    String gone =
        since.seqs().stream()
            .filter(seq -> !seen.contains(seq))
            .map(String::valueOf)
            .collect(Collectors.joining(","));
    return "],\"gone\":["
        + gone
        + "],\"changeSeq\":"
        + since.changeSeq()
        + ",\"complete\":"
        + since.complete()
        + "}";
  }

  /**
   * Where a page of history begins and which way it goes.
   *
   * @param from exclusive
   */
  public record Span(long from, boolean forward) {
    /**
     * As a call asks for it.
     *
     * @param firstSince number of the first message at or after a second
     * @throws ImException when it asks for more than one thing
     */
    public static Span of(CommandCall call, LongFunction<OptionalLong> firstSince) {
      Optional<Long> before = call.find(MessageParams.BEFORE);
      Optional<Long> after = call.find(MessageParams.AFTER);
      Optional<Long> time = call.find(MessageParams.TIME);
      if (Stream.of(before, after, time).filter(Optional::isPresent).count() > 1) {
        boolean grouped = call.get(MessageParams.CONVERSATION).startsWith(GROUP);
        throw new ImException(
            grouped ? ErrorCode.GROUP_INVALID_PARAMETER : ErrorCode.MESSAGE_INVALID,
            "before, after and time exclude each other");
      }
      if (time.isPresent()) {
        long first = firstSince.apply(time.get()).orElse(Long.MAX_VALUE);
        return call.is(MessageParams.NEWER) ? new Span(first - 1, true) : new Span(first, false);
      }
      return after.isPresent()
          ? new Span(after.get(), true)
          : new Span(before.orElse(Long.MAX_VALUE), false);
    }
  }

  private byte[] json(
      App app, Account viewer, String peerId, List<StoredMessage> messages, String tail) {
    Optional<Account> peer = accounts.findLatest(app, peerId);
    ByteArrayOutputStream out = new ByteArrayOutputStream(1024);
    out.writeBytes("{\"messages\":[".getBytes(StandardCharsets.US_ASCII));
    String separator = "";
    for (StoredMessage message : messages) {
      out.writeBytes(separator.getBytes(StandardCharsets.US_ASCII));
      separator = ",";
      Account from = message.senderId() == viewer.id() || peer.isEmpty() ? viewer : peer.get();
      MessageJson.write(
          out,
          new ClientMessage(
              C2C + peerId,
              message.seq(),
              message.key(),
              from.userId(),
              from.nick(),
              from.faceUrl(),
              message.body(),
              message.flags()));
    }
    out.writeBytes(tail.getBytes(StandardCharsets.US_ASCII));
    return out.toByteArray();
  }

  private Account self(CommandCall call) {
    return accounts.caller(call, ErrorCode.MESSAGE_ACCOUNT_INVALID);
  }

  static Optional<String> group(CommandCall call) {
    String conversation = call.get(MessageParams.CONVERSATION);
    return Optional.of(conversation)
        .filter(name -> name.startsWith(GROUP) && name.length() > GROUP.length());
  }

  static String peer(CommandCall call) {
    String conversation = call.get(MessageParams.CONVERSATION);
    if (!conversation.startsWith(C2C) || conversation.length() == C2C.length()) {
      throw new ImException(
          ErrorCode.MESSAGE_INVALID, "conversation must be C2C<userId> or GROUP<groupId>");
    }
    return conversation.substring(C2C.length());
  }

  private static Optional<String> offlinePush(Optional<JsonNode> settings) {
    settings.ifPresent(OfflinePush::validate);
    return settings.map(JsonNode::toString);
  }

  /** Answers a send once its fate is known. */
  public record Reply(CommandCall call) implements MessageService.Answer {
    @Override
    public void sent(Receipt receipt) {
      call.reply(
          ("{\"seq\":"
                  + receipt.seq()
                  + ",\"time\":"
                  + receipt.time()
                  + ",\"msgKey\":\""
                  + receipt.key()
                  + "\"}")
              .getBytes(StandardCharsets.US_ASCII));
    }

    @Override
    public void refused(ImException reason) {
      call.fail(reason);
    }
  }
}
