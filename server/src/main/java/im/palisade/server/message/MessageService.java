package im.palisade.server.message;

import im.palisade.server.account.Account;
import im.palisade.server.app.App;
import im.palisade.server.conversation.Conversation;
import im.palisade.server.conversation.ConversationService;
import im.palisade.server.conversation.ReceiveOption;
import im.palisade.server.gateway.EncodedFrame;
import im.palisade.server.message.MessageStore.RandomKey;
import im.palisade.server.message.Submission.Completion;
import im.palisade.server.message.Submission.Failure;
import im.palisade.server.message.Submission.Outcome;
import im.palisade.server.moderation.ReviewStore;
import im.palisade.server.moderation.TextModeration.Author;
import im.palisade.server.protocol.ErrorCode;
import im.palisade.server.protocol.ImException;
import im.palisade.server.store.Region;
import im.palisade.server.store.Regions;
import im.palisade.server.store.StoreException;
import io.prometheus.client.CollectorRegistry;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one path of a message, whatever door it comes through: permissions, sequence and store,
 * answer, delivery. An answer means the message is committed and flushed; delivery starts after
 * that.
 */
public final class MessageService implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(MessageService.class);

  private final Regions regions;
  private final ConversationService conversations;
  private final MessageDelivery delivery;
  private final MessageGate gate;
  private final BlockedMessages blocked;
  private final MessageHooks hooks;
  private final MessageEvents events;
  private final BooleanSupplier storageLow;
  private final Clock clock;
  private final int writersPerRegion;
  private final MessageMetrics metrics;
  private final MessageStore store = new MessageStore();
  private final ReviewStore reviews = new ReviewStore();
  private final Map<String, List<MessageWriter>> writers = new ConcurrentHashMap<>();

  /**
   * The service; writers of a region start with its first message.
   *
   * @param storageLow true while sends must be refused for want of room
   */
  public MessageService(
      Regions regions,
      ConversationService conversations,
      MessageDelivery delivery,
      MessageGate gate,
      BlockedMessages blocked,
      MessageHooks hooks,
      MessageEvents events,
      BooleanSupplier storageLow,
      MessageSettings settings,
      CollectorRegistry registry,
      Clock clock) {
    this.regions = regions;
    this.conversations = conversations;
    this.delivery = delivery;
    this.gate = gate;
    this.blocked = blocked;
    this.hooks = hooks;
    this.events = events;
    this.storageLow = storageLow;
    this.clock = clock;
    this.writersPerRegion = settings.writers();
    this.metrics = new MessageMetrics(registry);
  }

  /** Who waits for an answer; called once, from any thread, and must not block. */
  public interface Answer {
    void sent(Receipt receipt);

    void refused(ImException reason);
  }

  /**
   * Sends. The answer comes later; messages offered one after another into one conversation are
   * stored and delivered in that order, also when permissions have to be asked for again.
   */
  public void send(OutgoingMessage message, Answer answer) {
    if (message.onlineOnly()) {
      sendOnline(message, answer);
      return;
    }
    if (storageLow.getAsBoolean()) {
      answer.refused(
          failure(message, ErrorCode.MESSAGE_INTERNAL, "storage is full, try again later"));
      return;
    }
    submit(message, answer);
  }

  /**
   * Does a change of a conversation in the order of its messages, and tells the group of it: what
   * was offered before is stored before. Blocks until it is durable.
   *
   * @throws ImException what the work threw; OVERLOADED when the server is stopping or too busy;
   *     nothing was changed then
   * @throws StoreException when the database failed
   */
  public <T> T inOrder(App app, Conversation conversation, OrderedWork<T> work) {
    MessageWriter lane = writer(app, conversation);
    if (lane.isOwnThread()) {
      throw new IllegalStateException("a lane cannot wait for itself");
    }
    OrderedTask<T> task =
        new OrderedTask<>(app, regions.of(app), conversation, work, delivery, clock);
    lane.offer(task);
    return task.await();
  }

  /**
   * A message for a room that stores none, as the app's own server and its word lists let it go on;
   * may block for as long as they may take.
   *
   * @throws ImException when somebody objects
   */
  public Admission admit(OutgoingMessage message) {
    Admission admission;
    try {
      admission = gate.admit(message, () -> false);
    } catch (ImException refusal) {
      blocked.refused(message, refusal);
      throw refusal;
    }
    if (admission instanceof Admission.Dropped) {
      blocked.dropped(message);
    }
    return admission;
  }

  /** The bundles that messages may name. */
  public Bundles bundles() {
    return gate.bundles();
  }

  /**
   * The new body of a group's message that is there already, likewise.
   *
   * @throws ImException TEXT_PROHIBITED
   */
  public MessageBody moderatedEdit(App app, Author author, MessageBody body) {
    return gate.moderatedEdit(app, author, body);
  }

  /**
   * The event of a message that its room relays without storing it; it is counted as sent and told
   * of. Does not block.
   *
   * @param receivers how many accounts it is for
   */
  public EncodedFrame unstored(OutgoingMessage message, long seq, MsgKey key, int receivers) {
    hooks.sentOnline(message, key);
    return delivery.unstored(message, seq, key, onlineFlags(message), receivers);
  }

  /**
   * A message that its room relayed without storing it: the app's own server may hear what was
   * found in it, and one that somebody should look at is put into the queue with what it says.
   * Blocks only for such a one.
   */
  public void relayed(OutgoingMessage message, Receipt receipt) {
    hooks.judged(message, receipt);
    if (!message.body().isMarked() || !(message.target() instanceof Target.Group room)) {
      return;
    }
    App app = message.app();
    try {
      regions
          .of(app)
          .inUnitOfWork(
              unit -> {
                reviews.insert(
                    unit.connection(),
                    new ReviewStore.Marked(
                        app.appId(),
                        room.conversation().id(),
                        receipt.seq(),
                        message.sender().id()),
                    receipt.key().toString(),
                    receipt.key().time(),
                    MessageContent.encode(message.body(), Optional.empty()),
                    clock.instant());
                return null;
              });
    } catch (StoreException e) {
      // It was heard already: who said it is not told of a failure.
      log.warn("a marked message of a live room could not be put into the review queue", e);
    }
  }

  /** The app's own server is told of a message between two that its sender may not send. */
  void forbidden(OutgoingMessage message, ImException refusal) {
    hooks.refused(gate.numbered(message), refusal);
  }

  /** Tells the sender's devices of what a message became that they show otherwise. */
  public void replaced(OutgoingMessage message, Receipt receipt) {
    events.replaced(message, receipt);
  }

  /** The event of a tip that is only for those who are connected. */
  public EncodedFrame tip(GroupTip tip) {
    return delivery.frame(tip, clock.instant().getEpochSecond());
  }

  private void submit(OutgoingMessage offered, Answer answer) {
    Conversation conversation;
    Permission permission;
    try {
      switch (offered.target()) {
        case Target.Pair pair -> {
          conversation = conversations.between(offered.app(), offered.sender(), pair.recipient());
          permission = new PairPermission(conversation);
        }
        case Target.Group group -> {
          conversation = group.conversation();
          permission = group.permission();
        }
      }
    } catch (ImException refusal) {
      answer.refused(refusal);
      return;
    } catch (StoreException e) {
      unreadable(offered, answer, e);
      return;
    }
    try {
      switch (gate.admit(offered, () -> earlier(offered, conversation).isPresent())) {
        case Admission.Admitted(OutgoingMessage message, boolean replaced) -> {
          permission.admit();
          write(
              message,
              conversation,
              permission,
              replaced ? new Correction(message, answer) : answer);
        }
        case Admission.Dropped(Receipt receipt) -> {
          blocked.dropped(offered);
          answer.sent(receipt);
        }
      }
    } catch (ImException refusal) {
      refuseUnlessRepeated(offered, conversation, refusal, answer);
    } catch (StoreException e) {
      unreadable(offered, answer, e);
    }
  }

  private void write(
      OutgoingMessage message, Conversation conversation, Permission permission, Answer answer) {
    byte[] content = MessageContent.encode(message.body(), message.offlinePush());
    writer(message.app(), conversation)
        .offer(
            new Submission(
                message,
                conversation,
                permission,
                content,
                hooks.follows(message),
                new Completion() {
                  @Override
                  public void done(Submission submission) {
                    finish(submission, answer);
                  }

                  @Override
                  public void failed(Failure failure) {
                    metrics.failed(failure);
                    answer.refused(refusal(message, failure));
                  }
                }));
  }

  /** What was let pass and is too much for its group is told of as refused. */
  private void tellIfBeyondRate(OutgoingMessage message, ImException refusal) {
    if (refusal.code() == ErrorCode.GROUP_MESSAGE_RATE_EXCEEDED.number()) {
      hooks.refused(message, refusal);
    }
  }

  /** What was accepted before the app's words forbade it is answered as it was then. */
  private void refuseUnlessRepeated(
      OutgoingMessage message, Conversation conversation, ImException refusal, Answer answer) {
    Optional<Receipt> earlier;
    try {
      earlier = earlier(message, conversation);
    } catch (StoreException e) {
      unreadable(message, answer, e);
      return;
    }
    if (earlier.isPresent()) {
      metrics.duplicate();
      answer.sent(earlier.get());
    } else {
      blocked.refused(message, refusal);
      tellIfBeyondRate(message, refusal);
      answer.refused(refusal);
    }
  }

  /** The receipt of the stored message that this one repeats, by an unlocked look. */
  private Optional<Receipt> earlier(OutgoingMessage message, Conversation conversation) {
    RandomKey key = new RandomKey(conversation.id(), message.random());
    long now = message.time().orElseGet(() -> clock.instant().getEpochSecond());
    return regions
        .of(message.app())
        .read(connection -> store.earlier(connection, List.of(key)))
        .getOrDefault(key, List.of())
        .stream()
        .filter(candidate -> DuplicateRule.repeats(message, candidate, now))
        .findFirst()
        .map(found -> new Receipt(found.seq(), found.key(), message.sender().id(), true));
  }

  /** Delivery is on its way before the sender knows, so whoever is told can rely on it. */
  private void finish(Submission submission, Answer answer) {
    submission.forgetOutdated();
    if (submission.outcome() == Outcome.REFUSED) {
      if (submission.message().target() instanceof Target.Group) {
        hooks.refused(submission.message(), submission.refusal());
      }
      answer.refused(submission.refusal());
      return;
    }
    Receipt receipt = submission.receipt();
    if (receipt.duplicate()) {
      metrics.duplicate();
    } else {
      metrics.stored();
      if (!submission.message().isImport()) {
        hooks.judged(submission.message(), receipt);
      }
      if (submission.message().isLive()) {
        delivery.deliver(submission.delivered(), receipt.seq(), receipt.key(), submission.flags());
      }
    }
    answer.sent(receipt);
  }

  /** Both accounts must still be there. */
  private final class PairPermission implements Permission {
    private final Conversation conversation;

    private PairPermission(Conversation conversation) {
      this.conversation = conversation;
    }

    @Override
    public void check(Connection connection) throws SQLException {
      conversations.check(connection, conversation);
    }

    @Override
    public void forget() {
      conversations.refresh(conversation);
    }
  }

  private void sendOnline(OutgoingMessage offered, Answer answer) {
    try {
      switch (admit(offered)) {
        case Admission.Admitted(OutgoingMessage message, boolean replaced) -> {
          if (message.target() instanceof Target.Group group) {
            group.permission().admit();
          }
          (replaced ? new Correction(message, answer) : answer).sent(deliverOnline(message));
        }
        case Admission.Dropped(Receipt receipt) -> answer.sent(receipt);
      }
    } catch (ImException refusal) {
      tellIfBeyondRate(offered, refusal);
      answer.refused(refusal);
    } catch (StoreException e) {
      unreadable(offered, answer, e);
    }
  }

  /** The sender has on screen what was replaced: its devices are told, after it has its answer. */
  private final class Correction implements Answer {
    private final OutgoingMessage message;
    private final Answer answer;

    Correction(OutgoingMessage message, Answer answer) {
      this.message = message;
      this.answer = answer;
    }

    @Override
    public void sent(Receipt receipt) {
      answer.sent(receipt);
      if (!receipt.duplicate()) {
        events.replaced(message, receipt);
      }
    }

    @Override
    public void refused(ImException reason) {
      answer.refused(reason);
    }
  }

  private void unreadable(OutgoingMessage message, Answer answer, StoreException e) {
    log.warn("message refused: its conversation or the app's word list cannot be read", e);
    Failure failure = e.isBusy() ? Failure.OVERLOADED : Failure.NOT_STORED;
    metrics.failed(failure);
    answer.refused(refusal(message, failure));
  }

  private Receipt deliverOnline(OutgoingMessage message) {
    long msgSeq =
        switch (message.target()) {
          case Target.Pair _ ->
              message
                  .msgSeq()
                  .orElseGet(() -> ThreadLocalRandom.current().nextInt() & 0xFFFF_FFFFL);
          case Target.Group _ -> 0;
        };
    long time = message.time().orElseGet(() -> clock.instant().getEpochSecond());
    MsgKey key = new MsgKey(msgSeq, message.random(), time);
    delivery.deliver(heeding(message), 0, key, onlineFlags(message));
    hooks.sentOnline(message, key);
    return new Receipt(0, key, message.sender().id(), false);
  }

  /** What is not stored passes no lock: the option counts as it was read last. */
  private OutgoingMessage heeding(OutgoingMessage message) {
    boolean discarded =
        message.target() instanceof Target.Pair(Account recipient)
            && message.heedsOption()
            && conversations
                .find(message.app(), message.sender(), recipient)
                .filter(pair -> pair.option(recipient.id()) == ReceiveOption.DISCARD)
                .isPresent();
    return discarded ? message.forSenderOnly() : message;
  }

  private static int onlineFlags(OutgoingMessage message) {
    boolean targeted = message.target() instanceof Target.Group group && group.isTargeted();
    return (message.body().isMarked() ? MessageFlags.MARKED : 0)
        | (targeted ? MessageFlags.TARGETED : 0);
  }

  private static ImException refusal(OutgoingMessage message, Failure failure) {
    if (message.target() instanceof Target.Group) {
      return new ImException(
          failure == Failure.OVERLOADED ? ErrorCode.OVERLOADED : ErrorCode.GROUP_INTERNAL);
    }
    return switch (failure) {
      case OUTCOME_UNKNOWN ->
          message.fromBackEnd()
              ? new ImException(ErrorCode.MESSAGE_RETRY)
              : new ImException(ErrorCode.MESSAGE_NETWORK);
      case NOT_STORED ->
          failure(message, ErrorCode.MESSAGE_INTERNAL, ErrorCode.MESSAGE_INTERNAL.meaning());
      case OVERLOADED -> new ImException(ErrorCode.OVERLOADED);
    };
  }

  /** REST callers know these faults by another number than clients do. */
  private static ImException failure(OutgoingMessage message, ErrorCode code, String info) {
    if (message.target() instanceof Target.Group) {
      return new ImException(ErrorCode.GROUP_INTERNAL, info);
    }
    boolean internalOverRest = message.fromBackEnd() && code == ErrorCode.MESSAGE_INTERNAL;
    return new ImException(internalOverRest ? ErrorCode.MESSAGE_FAILED : code, info);
  }

  /** Items that wait for a lane. */
  int queued() {
    return writers.values().stream().flatMap(List::stream).mapToInt(MessageWriter::queued).sum();
  }

  private MessageWriter writer(App app, Conversation conversation) {
    Region region = regions.of(app);
    List<MessageWriter> lanes = writers.computeIfAbsent(region.name(), name -> start(region));
    return lanes.get((int) (conversation.id() % lanes.size()));
  }

  private List<MessageWriter> start(Region region) {
    List<MessageWriter> lanes = new ArrayList<>();
    for (int number = 0; number < writersPerRegion; number++) {
      MessageWriter writer = new MessageWriter(number, region, clock, store, metrics);
      writer.start();
      lanes.add(writer);
    }
    return List.copyOf(lanes);
  }

  /** Writes what has been accepted and ends; what comes later is refused as overload. */
  @Override
  public void close() {
    for (List<MessageWriter> lanes : writers.values()) {
      for (MessageWriter writer : lanes) {
        writer.close();
      }
    }
  }
}
