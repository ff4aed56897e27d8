package im.palisade.server.message;

import im.palisade.compliance.audit.AuditEvent;
import im.palisade.compliance.audit.AuditEvent.Outcome;
import im.palisade.compliance.audit.AuditEvent.Target;
import im.palisade.server.account.Account;
import im.palisade.server.account.AccountService;
import im.palisade.server.app.App;
import im.palisade.server.audit.Cause;
import im.palisade.server.conversation.Conversation;
import im.palisade.server.conversation.ConversationService;
import im.palisade.server.message.MessageChanges.Change;
import im.palisade.server.message.MessageChanges.Locked;
import im.palisade.server.moderation.TextModeration.Author;
import im.palisade.server.protocol.ErrorCode;
import im.palisade.server.protocol.ImException;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/** Recalling, modifying, deleting and receipting stored one-to-one messages. */
public final class MessageEdits {
  private final MessageChanges changes;
  private final ConversationService conversations;
  private final MessageEvents events;
  private final MessageModeration moderation;
  private final Bundles bundles;
  private final MessageHooks hooks;
  private final Clock clock;

  MessageEdits(
      MessageChanges changes,
      ConversationService conversations,
      MessageEvents events,
      MessageModeration moderation,
      Bundles bundles,
      MessageHooks hooks,
      Clock clock) {
    this.hooks = hooks;
    this.changes = changes;
    this.conversations = conversations;
    this.events = events;
    this.moderation = moderation;
    this.bundles = bundles;
    this.clock = clock;
  }

  /**
   * Recalls a message for both sides, for good. Its content is kept for administrators and never
   * given to a client again.
   *
   * @throws ImException RECALL_NOT_FOUND, ALREADY_RECALLED
   */
  public void recall(App app, Account sender, Account recipient, MsgKey key, Cause cause) {
    Conversation conversation =
        conversations
            .find(app, sender, recipient)
            .orElseThrow(() -> new ImException(ErrorCode.RECALL_NOT_FOUND));
    ChangedMessage recalled =
        changes.in(
            app,
            conversation,
            locked -> {
              StoredMessage message =
                  locked
                      .find(key, sender.id())
                      .orElseThrow(() -> new ImException(ErrorCode.RECALL_NOT_FOUND));
              if (message.has(MessageFlags.RECALLED)) {
                throw new ImException(ErrorCode.ALREADY_RECALLED);
              }
              List<StoredMessage> one = List.of(message);
              ChangedMessage changed =
                  locked
                      .change(
                          one,
                          new Change.Flags(MessageFlags.RECALLED, 0),
                          event(cause, "message.recall", one))
                      .getFirst();
              hooks.happened(
                  locked.unit(),
                  new MessageFact.Recalled(app, sender, recipient, message.key()),
                  cause);
              return changed;
            });
    events.recalled(sender, recipient, recalled);
  }

  /**
   * What to replace; the other part stays. At least one of them is there.
   *
   * @param known number of the message's newest change that its editor has seen
   */
  public record Replacement(
      Optional<MessageBody> body, Optional<String> cloudCustomData, OptionalLong known) {

    /** One that does not ask what was changed before. */
    public Replacement(Optional<MessageBody> body, Optional<String> cloudCustomData) {
      this(body, cloudCustomData, OptionalLong.empty());
    }
  }

  /**
   * Replaces a message's content for both sides, for good. Key, time, order, read state, extensions
   * and push settings stay.
   *
   * @throws ImException EDIT_NOT_FOUND, MESSAGE_TOO_LONG_REST, MSG_ELEMENT_MALFORMED,
   *     TEXT_PROHIBITED
   */
  public void modify(
      App app, Account sender, Account recipient, MsgKey key, Replacement with, Cause cause) {
    with.body().ifPresent(body -> bundles.require(app, body, ErrorCode.MSG_ELEMENT_MALFORMED));
    Conversation conversation =
        conversations
            .find(app, sender, recipient)
            .orElseThrow(() -> new ImException(ErrorCode.EDIT_NOT_FOUND));
    Replacement passed =
        new Replacement(
            with.body().map(body -> moderation.passEdit(app, Author.of(cause), body)),
            with.cloudCustomData(),
            with.known());
    record Modified(ChangedMessage message, MessageBody body) {}
    Modified modified =
        changes.in(
            app,
            conversation,
            locked -> {
              StoredMessage message =
                  locked
                      .find(key, sender.id())
                      .filter(found -> !found.has(MessageFlags.RECALLED))
                      .orElseThrow(() -> new ImException(ErrorCode.EDIT_NOT_FOUND));
              locked.checkUnchanged(message, with.known());
              MessageBody body =
                  replaced(
                      message.body(),
                      passed,
                      app.settings().maxMessageBytes(),
                      ErrorCode.MESSAGE_TOO_LONG_REST);
              boolean marked = passed.body().map(MessageBody::isMarked).orElse(false);
              ChangedMessage changed = replace(locked, message, body, marked, cause);
              hooks.happened(
                  locked.unit(),
                  new MessageFact.Modified(app, sender, recipient, message.key(), body),
                  cause);
              return new Modified(changed, body);
            });
    events.modified(sender, recipient, modified.message(), modified.body());
  }

  /**
   * Removes messages of either sender from one side; the other keeps them. Unknown keys are
   * skipped.
   */
  public void deleteForOne(
      App app, Account side, Account peer, Collection<MsgKey> keys, Cause cause) {
    Optional<Conversation> conversation = conversations.find(app, side, peer);
    if (conversation.isEmpty() || keys.isEmpty()) {
      return;
    }
    List<ChangedMessage> deleted =
        changes.in(app, conversation.get(), locked -> delete(locked, side, keys, cause));
    if (!deleted.isEmpty()) {
      events.deleted(side, peer, deleted);
    }
  }

  /**
   * Tells the sender that messages were read, where the sender had asked for it. Unknown messages,
   * others' and repeats are skipped.
   */
  public void receipt(
      App app, Account reader, Account sender, Collection<MsgKey> keys, Cause cause) {
    Optional<Conversation> conversation = conversations.find(app, reader, sender);
    if (conversation.isEmpty()) {
      return;
    }
    List<ChangedMessage> receipted =
        changes.in(
            app,
            conversation.get(),
            locked -> {
              List<StoredMessage> awaiting =
                  locked.find(keys).stream()
                      .filter(message -> message.senderId() == sender.id())
                      .filter(message -> message.has(MessageFlags.NEEDS_RECEIPT))
                      .filter(message -> !message.has(MessageFlags.RECEIPT_GIVEN))
                      .filter(message -> !message.has(MessageFlags.RECALLED))
                      .toList();
              List<ChangedMessage> changed =
                  locked.change(
                      awaiting,
                      new Change.Flags(MessageFlags.RECEIPT_GIVEN, 0),
                      event(cause, "message.modify", awaiting)
                          .withChange(Map.of("receipt", "given for its reader")));
              if (!changed.isEmpty()) {
                List<Receipt> receipts =
                    awaiting.stream()
                        .map(each -> new Receipt(each.seq(), each.key(), each.senderId(), false))
                        .toList();
                hooks.happened(
                    locked.unit(), new MessageFact.Receipted(app, reader, sender, receipts), cause);
              }
              return changed;
            });
    if (!receipted.isEmpty()) {
      events.receipted(sender, reader, receipted, clock.instant().getEpochSecond());
    }
  }

  /** How changed messages stand in an audit event. */
  public static AuditEvent event(Cause cause, String type, List<StoredMessage> messages) {
    return cause.event(
        type,
        Outcome.SUCCESS,
        messages.stream()
            .map(each -> new Target("message", each.conversationId() + "/" + each.seq()))
            .toList());
  }

  private static List<ChangedMessage> delete(
      Locked locked, Account side, Collection<MsgKey> keys, Cause cause) throws SQLException {
    List<StoredMessage> found = locked.find(keys);
    List<ChangedMessage> deleted = new ArrayList<>();
    for (boolean own : new boolean[] {true, false}) {
      int copy = own ? MessageFlags.SENDER_COPY : MessageFlags.RECIPIENT_COPY;
      List<StoredMessage> seen =
          found.stream()
              .filter(message -> (message.senderId() == side.id()) == own && message.has(copy))
              .toList();
      deleted.addAll(
          locked.change(
              seen,
              new Change.Flags(0, copy),
              event(cause, "message.delete", seen)
                  .withChange(Map.of("side", AccountService.target(side).id()))));
    }
    return deleted;
  }

  private static ChangedMessage replace(
      Locked locked, StoredMessage message, MessageBody body, boolean marked, Cause cause)
      throws SQLException {
    List<StoredMessage> one = List.of(message);
    return locked
        .change(one, new Change.Content(body, marked), event(cause, "message.modify", one))
        .getFirst();
  }

  /**
   * A stored body with some of it replaced.
   *
   * @throws ImException tooLong
   */
  public static MessageBody replaced(
      MessageBody stored, Replacement with, int maxBytes, ErrorCode tooLong) {
    Optional<String> custom = with.cloudCustomData().or(stored::cloudCustomData);
    byte[] elements = with.body().orElse(stored).elements();
    int bytes =
        elements.length
            + custom.map(text -> text.getBytes(StandardCharsets.UTF_8).length).orElse(0);
    if (bytes > maxBytes) {
      throw new ImException(tooLong, "message above " + maxBytes + " bytes");
    }
    return MessageBody.stored(elements, custom);
  }
}
