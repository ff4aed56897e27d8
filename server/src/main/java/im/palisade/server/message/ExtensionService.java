package im.palisade.server.message;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import im.palisade.compliance.audit.AuditEvent.Target;
import im.palisade.server.account.Account;
import im.palisade.server.app.App;
import im.palisade.server.audit.Cause;
import im.palisade.server.conversation.Conversation;
import im.palisade.server.conversation.ConversationService;
import im.palisade.server.message.ExtensionPairs.Page;
import im.palisade.server.message.ExtensionPairs.Pair;
import im.palisade.server.message.ExtensionPairs.Result;
import im.palisade.server.message.ExtensionPairs.Wish;
import im.palisade.server.message.MessageChanges.Change;
import im.palisade.server.protocol.ErrorCode;
import im.palisade.server.protocol.ImException;
import im.palisade.server.protocol.Json;
import im.palisade.server.store.Regions;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Key-value pairs on stored messages (rest-messages Part C). */
public final class ExtensionService {
  private final Regions regions;
  private final ConversationService conversations;
  private final MessageChanges changes;
  private final MessageEvents events;
  private final Clock clock;
  private final ExtensionStore store = new ExtensionStore();

  ExtensionService(
      Regions regions,
      ConversationService conversations,
      MessageChanges changes,
      MessageEvents events,
      Clock clock) {
    this.regions = regions;
    this.conversations = conversations;
    this.changes = changes;
    this.events = events;
    this.clock = clock;
  }

  /** A message by its sender, its recipient and its key. */
  record Named(Account sender, Account recipient, MsgKey key) {}

  /** What to do with pairs. */
  public sealed interface Operation {
    /** Set them. */
    record Set(List<Wish> wishes) implements Operation {}

    /** Delete them. */
    record Delete(List<Wish> wishes) implements Operation {}

    /** Delete all there are. */
    record Clear() implements Operation {}
  }

  /**
   * Pairs of a message from a sequence on. An operator reads content here, so the intent is on
   * record before anything is returned.
   *
   * @param startSeq 0 for a full pull
   * @throws ImException GROUP_FEATURE_OFF, EXTENSION_MESSAGE_MISSING
   */
  Page pull(App app, Named named, long startSeq, Cause cause) {
    checkOn(app);
    Conversation conversation = conversation(app, named);
    return pull(
        app, changes.find(app, conversation, named.key(), named.sender().id()), startSeq, cause);
  }

  /** The same of a group's message. */
  public Page pull(App app, Conversation group, long seq, long startSeq, Cause cause) {
    checkOn(app);
    return pull(
        app,
        changes.find(app, group, seq).filter(found -> !found.has(MessageFlags.SYSTEM)),
        startSeq,
        cause);
  }

  private Page pull(App app, Optional<StoredMessage> found, long startSeq, Cause cause) {
    StoredMessage message = usable(found);
    return regions
        .of(app)
        .reading(
            cause.event(
                "content.read",
                new Target("message", message.conversationId() + "/" + message.seq())),
            page -> page.pairs().size(),
            () ->
                regions.of(app).read(connection -> store.read(connection, message)).page(startSeq));
  }

  /**
   * Changes pairs; a result for each of them in their order, none for a clear. Pairs in conflict
   * stay while the others are changed.
   *
   * @throws ImException GROUP_FEATURE_OFF, EXTENSION_MESSAGE_MISSING, EXTENSION_UNSUPPORTED,
   *     EXTENSION_TOO_FREQUENT, GROUP_INVALID_PARAMETER; then nothing was changed
   */
  List<Result> change(App app, Named named, Operation operation, Cause cause) {
    checkOn(app);
    Changed changed =
        change(
            app,
            conversation(app, named),
            locked -> locked.find(named.key(), named.sender().id()),
            operation,
            cause);
    changed
        .message()
        .ifPresent(
            message -> events.extended(named.sender(), named.recipient(), message, changed.told()));
    return changed.results();
  }

  /**
   * What a change has done.
   *
   * @param message as it is marked now; empty when nothing was changed
   * @param told what those who see the message are to know
   */
  public record Changed(List<Result> results, Optional<ChangedMessage> message, ObjectNode told) {}

  /**
   * All pairs of a message and the tombstones of those deleted, for a reader of the message.
   *
   * @throws ImException GROUP_FEATURE_OFF
   */
  public ExtensionPairs pairs(App app, StoredMessage message) {
    checkOn(app);
    return regions.of(app).read(connection -> store.read(connection, message));
  }

  /** Tells both sides of a pair what has become of a message's pairs. */
  void tell(Account sender, Account recipient, Changed changed) {
    changed
        .message()
        .ifPresent(message -> events.extended(sender, recipient, message, changed.told()));
  }

  /** The same on a group's message; telling the group is the caller's. */
  public Changed change(App app, Conversation group, long seq, Operation operation, Cause cause) {
    checkOn(app);
    return change(
        app,
        group,
        locked ->
            locked.bySeqs(List.of(seq)).stream()
                .filter(found -> !found.has(MessageFlags.SYSTEM))
                .findFirst(),
        operation,
        cause);
  }

  private Changed change(
      App app,
      Conversation conversation,
      MessageChanges.Work<Optional<StoredMessage>> find,
      Operation operation,
      Cause cause) {
    return changes.in(
        app,
        conversation,
        locked -> {
          StoredMessage message = usable(find.on(locked));
          if (!message.has(MessageFlags.EXTENSIBLE)) {
            throw new ImException(ErrorCode.EXTENSION_UNSUPPORTED);
          }
          ExtensionPairs pairs = store.read(locked.unit().connection(), message);
          List<Result> results = apply(app, pairs, operation);
          if (!results.isEmpty() && results.stream().noneMatch(Result::done)) {
            return new Changed(results, Optional.empty(), Json.object());
          }
          store.write(locked.unit().connection(), message, pairs);
          List<StoredMessage> one = List.of(message);
          List<ChangedMessage> marked =
              locked.change(
                  one,
                  new Change.Beside(),
                  MessageEdits.event(cause, "message.modify", one)
                      .withChange(Map.of("extension_seq", pairs.latestSeq())));
          return new Changed(
              results, Optional.of(marked.getFirst()), told(operation, results, pairs));
        });
  }

  private List<Result> apply(App app, ExtensionPairs pairs, Operation operation) {
    return switch (operation) {
      case Operation.Set set -> {
        pairs.admitSet(clock.instant().getEpochSecond(), app.settings().extensionSetsPerMinute());
        yield pairs.set(set.wishes());
      }
      case Operation.Delete delete -> pairs.delete(delete.wishes());
      case Operation.Clear _ -> {
        pairs.clear();
        yield List.of();
      }
    };
  }

  private static ObjectNode told(Operation operation, List<Result> results, ExtensionPairs pairs) {
    ObjectNode data = Json.object();
    switch (operation) {
      case Operation.Set _ -> {
        ArrayNode array = data.putArray("extensions");
        done(results)
            .forEach(
                pair ->
                    array
                        .addObject()
                        .put("key", pair.key())
                        .put("value", pair.value())
                        .put("seq", pair.seq()));
      }
      case Operation.Delete _ -> {
        ArrayNode tombstones = data.putArray("extensions");
        ArrayNode array = data.putArray("deleted");
        done(results)
            .forEach(
                pair -> {
                  array.add(pair.key());
                  tombstones
                      .addObject()
                      .put("key", pair.key())
                      .put("seq", pair.seq())
                      .put("deleted", true);
                });
      }
      case Operation.Clear _ -> data.put("cleared", true);
    }
    return data.put("latestSeq", pairs.latestSeq()).put("clearSeq", pairs.clearSeq());
  }

  private static List<Pair> done(List<Result> results) {
    return results.stream().filter(Result::done).map(Result::pair).toList();
  }

  /**
   * Lets nothing pass while the feature is off.
   *
   * @throws ImException GROUP_FEATURE_OFF
   */
  public static void checkOn(App app) {
    if (!app.settings().messageExtensions()) {
      throw new ImException(ErrorCode.GROUP_FEATURE_OFF);
    }
  }

  private Conversation conversation(App app, Named named) {
    return conversations
        .find(app, named.sender(), named.recipient())
        .orElseThrow(() -> new ImException(ErrorCode.EXTENSION_MESSAGE_MISSING));
  }

  private static StoredMessage usable(Optional<StoredMessage> found) {
    return found
        .filter(message -> !message.has(MessageFlags.RECALLED))
        .orElseThrow(() -> new ImException(ErrorCode.EXTENSION_MESSAGE_MISSING));
  }
}
