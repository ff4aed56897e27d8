package im.palisade.server.message;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import im.palisade.server.account.Account;
import im.palisade.server.account.AccountService;
import im.palisade.server.app.App;
import im.palisade.server.audit.AuditDeclaration;
import im.palisade.server.conversation.ConversationKeeper;
import im.palisade.server.gateway.Command;
import im.palisade.server.gateway.CommandCall;
import im.palisade.server.gateway.LaneKey;
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
  private static final int DEFAULT_PAGE = 20;
  private static final int MAX_PAGE = 100;

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
        new Command(
            "message.send",
            AuditDeclaration.none("the message row is its record"),
            LaneKey.field("conversation"),
            this::send),
        new Command(
            "message.history",
            AuditDeclaration.none("users read their own conversations"),
            this::history));
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
    ObjectNode data = call.data();
    MessageBody body =
        MessageBody.of(
            data.path("body"),
            call.optionalText("cloudCustomData", ErrorCode.MESSAGE_INVALID),
            app.settings().maxMessageBytes(),
            ErrorCode.MESSAGE_TOO_LONG,
            app.settings().strictMedia());
    boolean onlineOnly = call.flag("onlineOnly", ErrorCode.MESSAGE_INVALID);
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
            call.u32("random", ErrorCode.MSG_RANDOM_INVALID),
            OptionalLong.empty(),
            false,
            OptionalLong.empty(),
            body,
            onlineOnly,
            true,
            true,
            true,
            call.flag("noUnread", ErrorCode.MESSAGE_INVALID),
            call.flag("noLastMessage", ErrorCode.MESSAGE_INVALID),
            !onlineOnly && call.flag("needReceipt", ErrorCode.MESSAGE_INVALID),
            !onlineOnly && call.flag("extensible", ErrorCode.MESSAGE_INVALID),
            OutgoingMessage.MAX_LIFE_TIME,
            offlinePush(data.path("offlinePush")));
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
    OptionalLong before = call.optionalU32("before", ErrorCode.MESSAGE_INVALID);
    OptionalLong after = call.optionalU32("after", ErrorCode.MESSAGE_INVALID);
    if (before.isPresent() && after.isPresent()) {
      throw new ImException(ErrorCode.MESSAGE_INVALID, "before and after exclude each other");
    }
    int limit =
        Math.clamp(
            call.optionalU32("limit", ErrorCode.MESSAGE_INVALID).orElse(DEFAULT_PAGE), 1, MAX_PAGE);
    Optional<ConversationKeeper> keeper = history.keeper(peer);
    if (keeper.isPresent()) {
      call.reply(
          keeper
              .get()
              .history(
                  app,
                  viewer,
                  peer,
                  after.orElse(0),
                  before.orElse(Long.MAX_VALUE),
                  after.isEmpty(),
                  limit));
      return;
    }
    Page page =
        after.isPresent()
            ? history.after(app, viewer, peer, after.getAsLong(), limit)
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
    String conversation = call.text("conversation", ErrorCode.MESSAGE_INVALID);
    return Optional.of(conversation)
        .filter(name -> name.startsWith(GROUP) && name.length() > GROUP.length());
  }

  private static String peer(CommandCall call) {
    String conversation = call.text("conversation", ErrorCode.MESSAGE_INVALID);
    if (!conversation.startsWith(C2C) || conversation.length() == C2C.length()) {
      throw new ImException(
          ErrorCode.MESSAGE_INVALID, "conversation must be C2C<userId> or GROUP<groupId>");
    }
    return conversation.substring(C2C.length());
  }

  private static Optional<String> offlinePush(JsonNode node) {
    if (node.isMissingNode() || node.isNull()) {
      return Optional.empty();
    }
    OfflinePush.validate(node);
    return Optional.of(node.toString());
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
