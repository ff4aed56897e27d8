package im.palisade.server.message;

import im.palisade.compliance.audit.AuditEvent;
import im.palisade.server.app.App;
import im.palisade.server.conversation.Conversation;
import im.palisade.server.moderation.ReviewStore;
import im.palisade.server.protocol.ErrorCode;
import im.palisade.server.protocol.ImException;
import im.palisade.server.store.Regions;
import im.palisade.server.store.UnitOfWork;
import java.sql.SQLException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The one way a stored message changes later, be it recalled, edited, extended, receipted or
 * deleted on one side: under its conversation's lock, with the next number of the conversation's
 * changes, marked for whoever synchronises, together with its audit event.
 */
public final class MessageChanges {
  private final Regions regions;
  private final SentListener listener;
  private final Clock clock;
  private final ChangeStore store = new ChangeStore();
  private final ReviewStore reviews = new ReviewStore();

  public MessageChanges(Regions regions, SentListener listener, Clock clock) {
    this.regions = regions;
    this.listener = listener;
    this.clock = clock;
  }

  /** What becomes of a message's row. */
  public sealed interface Change {
    /** Bits of {@link MessageFlags} to set and to clear. */
    record Flags(int set, int clear) implements Change {}

    /**
     * Another content; the push settings stay.
     *
     * @param marked whether somebody should look at it
     */
    record Content(MessageBody body, boolean marked) implements Change {}

    /** Nothing: what changed is kept beside the row. */
    record Beside() implements Change {}
  }

  /** Work under the lock; it may run more than once and has no effect outside the transaction. */
  @FunctionalInterface
  public interface Work<T> {
    T on(Locked conversation) throws SQLException;
  }

  /** Runs work on a locked conversation as one transaction, durable on return. */
  public <T> T in(App app, Conversation conversation, Work<T> work) {
    return regions
        .of(app)
        .inUnitOfWork(
            unit -> {
              long changeSeq =
                  store
                      .lock(unit.connection(), conversation.id())
                      .orElseThrow(() -> new IllegalStateException("conversation vanished"));
              return work.on(
                  new Locked(
                      unit,
                      app.appId(),
                      conversation.id(),
                      changeSeq,
                      MessageHistory.retainedSince(app, clock)));
            });
  }

  /** A message of that key and sender as it is now, unlocked; none when retention has passed it. */
  public Optional<StoredMessage> find(
      App app, Conversation conversation, MsgKey key, long senderId) {
    return regions
        .of(app)
        .read(
            connection ->
                store.find(
                    connection,
                    conversation.id(),
                    key,
                    senderId,
                    MessageHistory.retainedSince(app, clock)));
  }

  /** A message by its sequence as it is now, unlocked; none when retention has passed it. */
  public Optional<StoredMessage> find(App app, Conversation conversation, long seq) {
    return regions
        .of(app)
        .read(
            connection ->
                store.bySeqs(
                    connection,
                    conversation.id(),
                    List.of(seq),
                    MessageHistory.retainedSince(app, clock)))
        .stream()
        .findFirst();
  }

  /**
   * Changes of a conversation's messages after a number.
   *
   * @param seqs of the messages changed, in the order of their newest change
   * @param changeSeq of the last of them; where the next part begins
   * @param complete whether there are no more
   */
  public record Since(List<Long> seqs, long changeSeq, boolean complete) {}

  /** What was changed after a number. */
  public Since since(App app, Conversation conversation, long changeSeq, int limit) {
    List<ChangeStore.Mark> marks =
        regions.of(app).read(c -> store.after(c, conversation.id(), changeSeq, limit + 1));
    boolean complete = marks.size() <= limit;
    List<ChangeStore.Mark> part = complete ? marks : marks.subList(0, limit);
    return new Since(
        part.stream().map(ChangeStore.Mark::seq).toList(),
        part.isEmpty() ? changeSeq : part.getLast().changeSeq(),
        complete);
  }

  /** The number of the first message at or after a second; empty when there is none. */
  public OptionalLong firstSince(App app, Conversation conversation, long time) {
    return regions.of(app).read(c -> store.firstSince(c, conversation.id(), time));
  }

  /** A conversation locked for one transaction. */
  public final class Locked {
    private final UnitOfWork unit;
    private final long appId;
    private final long conversationId;
    private final long notBefore;
    private long changeSeq;

    private Locked(
        UnitOfWork unit, long appId, long conversationId, long changeSeq, long notBefore) {
      this.appId = appId;
      this.unit = unit;
      this.conversationId = conversationId;
      this.changeSeq = changeSeq;
      this.notBefore = notBefore;
    }

    /** The transaction, for what is kept beside the rows. */
    public UnitOfWork unit() {
      return unit;
    }

    /**
     * Holds that nobody has changed a message since somebody read it.
     *
     * @param known the number of its newest change then; empty does not ask
     * @throws ImException EDIT_CONFLICT
     */
    public void checkUnchanged(StoredMessage message, OptionalLong known) throws SQLException {
      if (known.isPresent()
          && store.changeOf(unit.connection(), conversationId, message.seq()) > known.getAsLong()) {
        throw new ImException(ErrorCode.EDIT_CONFLICT);
      }
    }

    /** The message of that key and sender; none when retention has passed it. */
    public Optional<StoredMessage> find(MsgKey key, long senderId) throws SQLException {
      return store.find(unit.connection(), conversationId, key, senderId, notBefore);
    }

    /** The messages with one of these keys, from either side. */
    public List<StoredMessage> find(Collection<MsgKey> keys) throws SQLException {
      return keys.isEmpty()
          ? List.of()
          : store.find(unit.connection(), conversationId, keys, notBefore);
    }

    /** The messages of those sequences that retention has not passed, in their order. */
    public List<StoredMessage> bySeqs(Collection<Long> seqs) throws SQLException {
      return store.bySeqs(unit.connection(), conversationId, seqs, notBefore);
    }

    /** The newest messages of a sender among the last so many sequences, recalled ones included. */
    public List<StoredMessage> newestOf(long senderId, int sequences) throws SQLException {
      return store.newestOf(unit.connection(), conversationId, senderId, sequences, notBefore);
    }

    /**
     * Changes messages alike and records the event; nothing happens when there are none.
     *
     * @param event of all of them together
     */
    public List<ChangedMessage> change(
        List<StoredMessage> messages, Change change, AuditEvent event) throws SQLException {
      if (messages.isEmpty()) {
        return List.of();
      }
      List<ChangedMessage> changed = apply(messages, change);
      unit.record(event.withCount(changed.size()));
      return changed;
    }

    /**
     * Replaces the content of a message that is still being written by its sender: no event, since
     * the row is the record of what was sent.
     */
    ChangedMessage grow(StoredMessage message, MessageBody body) throws SQLException {
      return apply(List.of(message), new Change.Content(body, body.isMarked())).getFirst();
    }

    private List<ChangedMessage> apply(List<StoredMessage> messages, Change change)
        throws SQLException {
      int set = 0;
      int clear = 0;
      switch (change) {
        case Change.Flags flags -> {
          set = flags.set();
          clear = flags.clear();
        }
        case Change.Content content -> {
          set = MessageFlags.MODIFIED | (content.marked() ? MessageFlags.MARKED : 0);
          for (StoredMessage each : messages) {
            replaceContent(each, content.body());
          }
          unit.onCommit(() -> listener.says(appId, content.body()));
          if (content.marked()) {
            review(messages);
          }
        }
        case Change.Beside _ -> {}
      }
      if ((set | clear) != 0) {
        store.changeFlags(unit.connection(), messages, set, clear);
      }
      List<ChangedMessage> changed = new ArrayList<>(messages.size());
      for (StoredMessage each : messages) {
        changed.add(new ChangedMessage(each, (each.flags() | set) & ~clear, ++changeSeq));
      }
      store.mark(unit.connection(), changed);
      store.saveChangeSeq(unit.connection(), conversationId, changeSeq);
      return changed;
    }

    private void review(List<StoredMessage> messages) throws SQLException {
      reviews.insert(
          unit.connection(),
          messages.stream()
              .map(
                  each ->
                      new ReviewStore.Marked(appId, conversationId, each.seq(), each.senderId()))
              .toList(),
          clock.instant());
    }

    private void replaceContent(StoredMessage message, MessageBody body) throws SQLException {
      byte[] stored = store.content(unit.connection(), message);
      store.changeContent(
          unit.connection(),
          message,
          MessageContent.encode(
              body.noted(MessageContent.decode(stored).note()),
              MessageContent.offlinePush(stored)));
    }
  }
}
