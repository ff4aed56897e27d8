package im.palisade.server.message;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import im.palisade.server.account.Account;
import im.palisade.server.account.AccountService;
import im.palisade.server.app.App;
import im.palisade.server.audit.AuditDeclaration;
import im.palisade.server.conversation.ConversationKeeper;
import im.palisade.server.gateway.Command;
import im.palisade.server.gateway.CommandCall;
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

/** What clients may do with messages (client-protocol: Sending, History). */
public final class MessageCommands {
  private static final String C2C = "C2C";
  private static final String GROUP = "GROUP";

  private final MessageService messages;
  private final MessageHistory history;
  private final AccountService accounts;
  private final MuteService mutes;
  private final SendPermission permission;
  private final Groups groups;

  /** Where conversations that are no one-to-one ones are served. */
  public interface Groups {
    /** Serves {@code message.send} into {@code GROUP<id>}. */
    void send(CommandCall call, String conversation);

    /** Serves {@code message.history} of {@code GROUP<id>}. */
    void history(CommandCall call, String conversation);
  }

  MessageCommands(
      MessageService messages,
      MessageHistory history,
      AccountService accounts,
      MuteService mutes,
      SendPermission permission,
      Groups groups) {
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
                MessageParams.LIMIT)
            .reply(MessageParams.MESSAGES, MessageParams.COMPLETE)
            .codes(
                ErrorCode.GROUP_NOT_FOUND,
                ErrorCode.GROUP_NOT_PERMITTED,
                ErrorCode.GROUP_WITHOUT_HISTORY)
            .handledBy(AuditDeclaration.none("users read their own conversations"), this::history));
  }

  private void send(CommandCall call) {
    Optional<String> group = group(call);
    if (group.isPresent()) {
      groups.send(call, group.get());
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
    mutes.checkC2c(app, sender);
    boolean reaches = permission.reaches(app, sender, recipient);
    messages.send(reaches ? message : message.forSenderOnly(), new Reply(call));
  }

  private void history(CommandCall call) {
    Optional<String> group = group(call);
    if (group.isPresent()) {
      groups.history(call, group.get());
      return;
    }
    Account viewer = self(call);
    String peer = peer(call);
    App app = call.principal().app();
    Optional<Long> before = call.find(MessageParams.BEFORE);
    Optional<Long> after = call.find(MessageParams.AFTER);
    if (before.isPresent() && after.isPresent()) {
      throw new ImException(ErrorCode.MESSAGE_INVALID, "before and after exclude each other");
    }
    int limit = call.get(MessageParams.LIMIT);
    Optional<ConversationKeeper> keeper = history.keeper(peer);
    if (keeper.isPresent()) {
      call.reply(
          keeper
              .get()
              .history(
                  app,
                  viewer,
                  peer,
                  after.orElse(0L),
                  before.orElse(Long.MAX_VALUE),
                  after.isEmpty(),
                  limit));
      return;
    }
    Page page =
        after.isPresent()
            ? history.after(app, viewer, peer, after.get(), limit)
            : history.before(app, viewer, peer, before.orElse(Long.MAX_VALUE), limit);
    call.reply(json(app, viewer, peer, page));
  }

  private byte[] json(App app, Account viewer, String peerId, Page page) {
    Optional<Account> peer = accounts.findLatest(app, peerId);
    ByteArrayOutputStream out = new ByteArrayOutputStream(1024);
    out.writeBytes("{\"messages\":[".getBytes(StandardCharsets.US_ASCII));
    String separator = "";
    for (StoredMessage message : page.messages()) {
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
    out.writeBytes(("],\"complete\":" + page.complete() + "}").getBytes(StandardCharsets.US_ASCII));
    return out.toByteArray();
  }

  private Account self(CommandCall call) {
    return accounts
        .find(call.principal().app(), call.principal().userId())
        .filter(account -> account.id() == call.principal().accountId())
        .orElseThrow(() -> new ImException(ErrorCode.MESSAGE_ACCOUNT_INVALID));
  }

  private static Optional<String> group(CommandCall call) {
    String conversation = call.get(MessageParams.CONVERSATION);
    return Optional.of(conversation)
        .filter(name -> name.startsWith(GROUP) && name.length() > GROUP.length());
  }

  private static String peer(CommandCall call) {
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
