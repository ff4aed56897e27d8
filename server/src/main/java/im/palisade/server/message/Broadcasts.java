package im.palisade.server.message;

import com.fasterxml.jackson.databind.JsonNode;
import im.palisade.compliance.audit.AuditEvent;
import im.palisade.server.app.App;
import im.palisade.server.conversation.ConversationHead;
import im.palisade.server.conversation.ConversationHeads;
import im.palisade.server.moderation.BlockedBy;
import im.palisade.server.moderation.TextModeration.Author;
import im.palisade.server.protocol.ErrorCode;
import im.palisade.server.protocol.ImException;
import im.palisade.server.store.Regions;
import im.palisade.server.store.UnitOfWork;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.function.BooleanSupplier;

/**
 * Messages of one publisher for however many readers: one row each, in a conversation that has no
 * pair. They are validated, judged, numbered and kept like any other message, and retention deletes
 * them alike. So few are sent that each is a transaction of its own, under its conversation's lock.
 */
public final class Broadcasts {
  /** Number in the feed of what no lane has written. */
  private static final int OUTSIDE_LANES = 255;

  private static final int SIDE = 1;

  private final Regions regions;
  private final MessageModeration moderation;
  private final BlockedMessages blocked;
  private final Bundles bundles;
  private final BooleanSupplier storageLow;
  private final SentListener listener;
  private final Clock clock;
  private final BroadcastStore store = new BroadcastStore();
  private final ChangeStore changes = new ChangeStore();

  Broadcasts(
      Regions regions,
      MessageModeration moderation,
      BlockedMessages blocked,
      Bundles bundles,
      BooleanSupplier storageLow,
      SentListener listener,
      Clock clock) {
    this.listener = listener;
    this.regions = regions;
    this.bundles = bundles;
    this.moderation = moderation;
    this.blocked = blocked;
    this.storageLow = storageLow;
    this.clock = clock;
  }

  /**
   * A message as it is to be stored.
   *
   * @param random unsigned 32 bits
   * @param offlinePush compact JSON of push settings
   * @param operatorId account of the calling administrator
   * @param requestId correlation id
   */
  public record Draft(
      MessageBody body,
      long random,
      Optional<String> offlinePush,
      boolean noLastMessage,
      long operatorId,
      String requestId) {

    /** The same with another body. */
    public Draft withBody(MessageBody other) {
      return new Draft(other, random, offlinePush, noLastMessage, operatorId, requestId);
    }
  }

  /**
   * A stored message.
   *
   * @param seq its number in the conversation, from 1; 0 for one that is not stored
   * @param time UNIX seconds
   * @param marked whether moderation let it through for somebody to look at
   */
  public record Broadcast(
      long seq, long time, long random, boolean recalled, boolean marked, MessageBody body) {}

  /**
   * A message that was just recalled.
   *
   * @param changeSeq the change's number in its conversation
   */
  public record Recalled(long seq, long time, long changeSeq) {}

  /** Number and second of a message: what its key is made of. */
  public record Place(long seq, long time) {}

  /**
   * Validates what an app's back end publishes.
   *
   * @param msgBody the value of {@code MsgBody}; a missing node when absent
   * @throws ImException those of a message body, MESSAGE_TOO_LONG
   */
  public MessageBody body(App app, JsonNode msgBody, Optional<String> cloudCustomData) {
    MessageBody body =
        MessageBody.of(
            msgBody,
            cloudCustomData,
            app.settings().maxMessageBytes(),
            ErrorCode.MESSAGE_TOO_LONG,
            app.settings().strictMedia());
    bundles.require(app, body, ErrorCode.MSG_ELEMENT_MALFORMED);
    return body;
  }

  /**
   * Applies the app's word lists to what its back end publishes; not within a transaction.
   *
   * @throws ImException TEXT_PROHIBITED, MESSAGE_TOO_LONG when replacements made it so
   */
  public Draft judged(App app, Draft draft) {
    MessageBody body =
        moderation.passFromBackEnd(
            app, BlockedMessages.OFFICIAL, draft.body(), ErrorCode.MESSAGE_TOO_LONG);
    return draft.withBody(body);
  }

  /**
   * The app's own server kept a publication back.
   *
   * @param code what it answered; empty when it had it dropped in silence
   */
  public void blockedByWebhook(App app, OptionalInt code) {
    blocked.count(app, Author.REST, BlockedMessages.OFFICIAL, BlockedBy.WEBHOOK, code);
  }

  /**
   * Push settings as they are stored.
   *
   * @throws ImException OFFLINE_PUSH_INVALID
   */
  public static String pushSettings(JsonNode info) {
    OfflinePush.validate(info);
    return info.toString();
  }

  /**
   * Stores a message within a caller's transaction, which holds the conversation from then on.
   *
   * @throws ImException GROUP_INTERNAL while there is no room
   */
  public Broadcast append(UnitOfWork unit, App app, long conversationId, Draft draft)
      throws SQLException {
    if (storageLow.getAsBoolean()) {
      throw new ImException(ErrorCode.GROUP_INTERNAL, "storage is full, try again later");
    }
    Connection connection = unit.connection();
    ConversationHead head =
        ConversationHeads.lock(connection, new long[] {conversationId}).get(conversationId);
    long nowMillis = clock.millis();
    long time = nowMillis / 1000;
    long seq = head.advance(time);
    long counted = head.count(SIDE);
    int flags =
        MessageFlags.RECIPIENT_COPY
            | MessageFlags.COUNTED
            | MessageFlags.FROM_REST
            | (draft.body().isMarked() ? MessageFlags.MARKED : 0);
    if (draft.noLastMessage()) {
      flags |= MessageFlags.NOT_LAST;
    } else {
      head.show(SIDE);
    }
    store.insert(connection, conversationId, new Place(seq, time), counted, flags, draft);
    ConversationHeads.save(connection, List.of(head));
    CommitFeed.append(
        connection,
        OUTSIDE_LANES,
        seq,
        nowMillis,
        Map.of(conversationId, new CommitFeed.Range(conversationId, seq, seq)));
    unit.onCommit(() -> listener.says(app.appId(), draft.body()));
    return fresh(draft, seq, time);
  }

  /** A message for live connections only; it takes no number. */
  public Broadcast online(Draft draft) {
    return fresh(draft, 0, clock.instant().getEpochSecond());
  }

  private static Broadcast fresh(Draft draft, long seq, long time) {
    return new Broadcast(seq, time, draft.random(), false, draft.body().isMarked(), draft.body());
  }

  /**
   * Recalls those of the messages that are there and not recalled yet, for good, within a caller's
   * transaction. Their content is kept for administrators.
   *
   * @param event recorded over them when there are any
   * @return the places that were found, recalled now or before, and the changes made now
   */
  public Recall recall(
      UnitOfWork unit, App app, long conversationId, List<Place> places, AuditEvent event)
      throws SQLException {
    Connection connection = unit.connection();
    OptionalLong locked = changes.lock(connection, conversationId);
    long notBefore = MessageHistory.retainedSince(app, clock);
    List<StoredMessage> found =
        locked.isEmpty() || places.isEmpty()
            ? List.of()
            : store.find(connection, conversationId, places, notBefore);
    List<StoredMessage> fresh =
        found.stream().filter(message -> !message.has(MessageFlags.RECALLED)).toList();
    List<Recalled> recalled = new ArrayList<>();
    if (!fresh.isEmpty()) {
      changes.changeFlags(connection, fresh, MessageFlags.RECALLED, 0);
      long changeSeq = locked.getAsLong();
      List<ChangedMessage> changed = new ArrayList<>();
      for (StoredMessage each : fresh) {
        changed.add(new ChangedMessage(each, each.flags() | MessageFlags.RECALLED, ++changeSeq));
        recalled.add(new Recalled(each.seq(), each.time(), changeSeq));
      }
      changes.mark(connection, changed);
      changes.saveChangeSeq(connection, conversationId, changeSeq);
      unit.record(event.withCount(recalled.size()));
    }
    return new Recall(
        found.stream().map(message -> new Place(message.seq(), message.time())).toList(), recalled);
  }

  /** What a recall found and what it changed. */
  public record Recall(List<Place> found, List<Recalled> changed) {}

  /** Which messages a reader wants. */
  public record Range(long before, long after, boolean newestFirst, boolean withRecalled) {}

  /** Messages strictly between two sequences, within the app's retention. */
  public List<Broadcast> page(App app, long conversationId, Range range, int limit) {
    long notBefore = MessageHistory.retainedSince(app, clock);
    return regions
        .of(app)
        .read(connection -> store.page(connection, conversationId, range, notBefore, limit))
        .stream()
        .map(Broadcasts::broadcast)
        .toList();
  }

  /** The lowest sequence that retention has left; empty when there is no message any more. */
  public OptionalLong oldest(App app, long conversationId) {
    Range all = new Range(Long.MAX_VALUE, 0, false, true);
    return page(app, conversationId, all, 1).stream().mapToLong(Broadcast::seq).findFirst();
  }

  /** Unread messages behind each position, at most {@value UnreadStore#MOST} of each. */
  public Map<Long, Integer> unread(App app, Map<Long, Long> positions) {
    long notBefore = MessageHistory.retainedSince(app, clock);
    return regions.of(app).read(connection -> store.unread(connection, positions, notBefore));
  }

  /** The sequence up to which everything is of that second or earlier. */
  public long position(App app, long conversationId, long second) {
    return regions.of(app).read(connection -> store.position(connection, conversationId, second));
  }

  /** Deletes messages of a conversation that is to vanish; returns how many went in this step. */
  public int deleteSome(UnitOfWork unit, long conversationId, int limit) throws SQLException {
    return store.deleteSome(unit.connection(), conversationId, limit);
  }

  private static Broadcast broadcast(StoredMessage message) {
    return new Broadcast(
        message.seq(),
        message.time(),
        message.random(),
        message.has(MessageFlags.RECALLED),
        message.has(MessageFlags.MARKED),
        message.body());
  }
}
