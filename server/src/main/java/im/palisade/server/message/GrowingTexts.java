package im.palisade.server.message;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import im.palisade.server.account.Account;
import im.palisade.server.app.App;
import im.palisade.server.conversation.Conversation;
import im.palisade.server.conversation.ConversationService;
import im.palisade.server.message.OutgoingMessage.Door;
import im.palisade.server.protocol.ErrorCode;
import im.palisade.server.protocol.ImException;
import im.palisade.server.protocol.Json;
import im.palisade.server.rest.RestCall;
import im.palisade.server.store.UnitOfWork;
import java.sql.SQLException;
import java.time.Clock;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ThreadLocalRandom;

/**
 * One-to-one texts that grow after they were sent. The first piece goes the way of every message;
 * each further one is committed before it is answered, as a change of the message. Live connections
 * see the text grow by {@code message.modified}, a few times a second at most; the last piece is
 * always seen.
 */
public final class GrowingTexts implements AutoCloseable {
  private static final long U32 = 0xFFFF_FFFFL;

  private final MessageService messages;
  private final MessageChanges changes;
  private final ConversationService conversations;
  private final MessageModeration moderation;
  private final MessageEvents events;
  private final SendSummary summary;
  private final Clock clock;
  private final PacedEvents paced = new PacedEvents();

  GrowingTexts(
      MessageService messages,
      MessageChanges changes,
      ConversationService conversations,
      MessageModeration moderation,
      MessageEvents events,
      SendSummary summary,
      Clock clock) {
    this.messages = messages;
    this.changes = changes;
    this.conversations = conversations;
    this.moderation = moderation;
    this.events = events;
    this.summary = summary;
    this.clock = clock;
  }

  /**
   * A stored message that may grow.
   *
   * @param body as it was sent, for whoever is told of it when it is finished
   */
  public record Begun(MsgKey key, long conversationId, long seq, MessageBody body) {}

  /** Whether a message may still grow, decided under its conversation's lock. */
  @FunctionalInterface
  public interface Permission {
    /**
     * Lets the piece through; may run more than once.
     *
     * @throws ImException to refuse it
     */
    void check(UnitOfWork unit, long conversationId, long seq) throws SQLException;
  }

  /**
   * Sends the first piece.
   *
   * @throws ImException GROUP_INVALID_PARAMETER above the size limit, TEXT_PROHIBITED, the refusals
   *     of a send
   */
  public Begun begin(RestCall call, Account sender, Account recipient, String piece) {
    OutgoingMessage message =
        new OutgoingMessage(
            call.app(),
            sender,
            new Target.Pair(recipient),
            new Door.Rest(call.administrator().accountId(), call.requestId()),
            ThreadLocalRandom.current().nextInt() & U32,
            OptionalLong.empty(),
            false,
            OptionalLong.empty(),
            body(call.app(), piece),
            false,
            true,
            true,
            false,
            false,
            false,
            false,
            false,
            OutgoingMessage.MAX_LIFE_TIME,
            Optional.empty());
    Receipt receipt = RestSends.await(call, clock, RestSends.offer(messages, message));
    summary.count(call, "openim_robot_http_svc/send_stream_msg", true, 1);
    Conversation conversation = conversations.between(call.app(), sender, recipient);
    return new Begun(receipt.key(), conversation.id(), receipt.seq(), message.body());
  }

  /**
   * Appends a piece and returns the whole text as it is now.
   *
   * @throws ImException GROUP_INVALID_PARAMETER when there is no such message of the sender to the
   *     recipient, it is recalled or no text any more, or would be above the size limit;
   *     TEXT_PROHIBITED for the whole text
   */
  public MessageBody grow(
      App app, Account sender, Account recipient, MsgKey key, String piece, Permission permission) {
    Conversation conversation =
        conversations.find(app, sender, recipient).orElseThrow(GrowingTexts::noSuchMessage);
    record Grown(ChangedMessage message, MessageBody body) {}
    Grown grown =
        changes.in(
            app,
            conversation,
            locked -> {
              StoredMessage message =
                  locked
                      .find(key, sender.id())
                      .filter(found -> !found.has(MessageFlags.RECALLED))
                      .orElseThrow(GrowingTexts::noSuchMessage);
              permission.check(locked.unit(), conversation.id(), message.seq());
              String text = text(message.body()) + piece;
              MessageBody body =
                  moderation.passFromBackEnd(
                      app,
                      BlockedMessages.PAIR,
                      body(app, text),
                      ErrorCode.GROUP_INVALID_PARAMETER);
              return new Grown(locked.grow(message, body), body);
            });
    long seq = grown.message().message().seq();
    paced.tell(
        new PacedEvents.Subject(conversation.id(), seq),
        grown.message().changeSeq(),
        () -> events.modified(sender, recipient, grown.message(), grown.body()));
    return grown.body();
  }

  @Override
  public void close() {
    paced.close();
  }

  private static MessageBody body(App app, String text) {
    ArrayNode elements = Json.mapper().createArrayNode();
    elements
        .addObject()
        .put("MsgType", "TIMTextElem")
        .set("MsgContent", Json.object().put("Text", text));
    return MessageBody.of(
        elements,
        Optional.empty(),
        app.settings().maxMessageBytes(),
        ErrorCode.GROUP_INVALID_PARAMETER,
        false);
  }

  /** The text so far; an administrator may have replaced the message by something else. */
  private static String text(MessageBody body) {
    JsonNode elements = body.parsed();
    JsonNode text = elements.path(0).path("MsgContent").path("Text");
    if (elements.size() != 1
        || !elements.path(0).path("MsgType").asText().equals("TIMTextElem")
        || !text.isTextual()) {
      throw new ImException(ErrorCode.GROUP_INVALID_PARAMETER, "the message is no text any more");
    }
    return text.textValue();
  }

  private static ImException noSuchMessage() {
    return new ImException(ErrorCode.GROUP_INVALID_PARAMETER, "no such message to append to");
  }
}
