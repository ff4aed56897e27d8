package im.palisade.server.message;

import im.palisade.server.app.App;
import im.palisade.server.conversation.Conversation;
import im.palisade.server.conversation.ConversationService;
import im.palisade.server.message.Submission.Completion;
import im.palisade.server.message.Submission.Failure;
import im.palisade.server.message.Submission.Outcome;
import im.palisade.server.protocol.ErrorCode;
import im.palisade.server.protocol.ImException;
import im.palisade.server.store.Region;
import im.palisade.server.store.Regions;
import im.palisade.server.store.StoreException;
import io.prometheus.client.CollectorRegistry;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one path of a one-to-one message, whatever door it comes through: permissions, sequence and
 * store, answer, delivery. An answer means the message is committed and flushed; delivery starts
 * after that.
 */
public final class MessageService implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(MessageService.class);

  /** Attempts to write when what permissions rest on keeps changing. */
  private static final int STALE_RETRIES = 3;

  private final Regions regions;
  private final ConversationService conversations;
  private final MessageDelivery delivery;
  private final MessageModeration moderation;
  private final BooleanSupplier storageLow;
  private final Clock clock;
  private final int writersPerRegion;
  private final MessageMetrics metrics;
  private final MessageStore store = new MessageStore();
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
      MessageModeration moderation,
      BooleanSupplier storageLow,
      MessageSettings settings,
      CollectorRegistry registry,
      Clock clock) {
    this.regions = regions;
    this.conversations = conversations;
    this.delivery = delivery;
    this.moderation = moderation;
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
   * stored and delivered in that order.
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
    submit(message, answer, STALE_RETRIES);
  }

  private void submit(OutgoingMessage message, Answer answer, int retries) {
    Conversation conversation;
    OutgoingMessage passed;
    try {
      conversation = conversations.between(message.app(), message.sender(), message.recipient());
      // Judged once: what has replaced a word may itself be one.
      passed = retries == STALE_RETRIES ? moderation.pass(message) : message;
    } catch (ImException refusal) {
      answer.refused(refusal);
      return;
    } catch (StoreException e) {
      unreadable(message, answer, e);
      return;
    }
    byte[] content = MessageContent.encode(passed.body(), passed.offlinePush());
    writer(message.app(), conversation)
        .offer(
            new Submission(
                passed,
                conversation,
                content,
                new Completion() {
                  @Override
                  public void done(Submission submission) {
                    if (submission.outcome() == Outcome.STALE) {
                      again(submission, answer, retries);
                    } else {
                      finish(submission, answer);
                    }
                  }

                  @Override
                  public void failed(Failure failure) {
                    metrics.failed(failure);
                    answer.refused(refusal(message, failure));
                  }
                }));
  }

  /** Delivery is on its way before the sender knows, so whoever is told can rely on it. */
  private void finish(Submission submission, Answer answer) {
    Receipt receipt = submission.receipt();
    if (receipt.duplicate()) {
      metrics.duplicate();
    } else {
      metrics.stored();
      if (submission.message().isLive()) {
        delivery.deliver(submission.message(), receipt.seq(), receipt.key(), submission.flags());
      }
    }
    answer.sent(receipt);
  }

  /** Permissions are asked again off the writer's thread, since that reads the store. */
  private void again(Submission submission, Answer answer, int retries) {
    conversations.refresh(submission.conversation());
    OutgoingMessage message = submission.message();
    if (retries == 0) {
      metrics.failed(Failure.NOT_STORED);
      answer.refused(refusal(message, Failure.NOT_STORED));
    } else {
      Thread.startVirtualThread(() -> submit(message, answer, retries - 1));
    }
  }

  private void sendOnline(OutgoingMessage message, Answer answer) {
    OutgoingMessage passed;
    try {
      passed = moderation.pass(message);
    } catch (ImException refusal) {
      answer.refused(refusal);
      return;
    } catch (StoreException e) {
      unreadable(message, answer, e);
      return;
    }
    answer.sent(deliverOnline(passed));
  }

  private void unreadable(OutgoingMessage message, Answer answer, StoreException e) {
    log.warn("message refused: its conversation or the app's word list cannot be read", e);
    metrics.failed(Failure.NOT_STORED);
    answer.refused(refusal(message, Failure.NOT_STORED));
  }

  private Receipt deliverOnline(OutgoingMessage message) {
    long msgSeq =
        message.msgSeq().orElseGet(() -> ThreadLocalRandom.current().nextInt() & 0xFFFF_FFFFL);
    long time = message.time().orElseGet(() -> clock.instant().getEpochSecond());
    MsgKey key = new MsgKey(msgSeq, message.random(), time);
    delivery.deliver(message, 0, key, message.body().isMarked() ? MessageFlags.MARKED : 0);
    return new Receipt(0, key, message.sender().id(), false);
  }

  private static ImException refusal(OutgoingMessage message, Failure failure) {
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
    boolean internalOverRest = message.fromBackEnd() && code == ErrorCode.MESSAGE_INTERNAL;
    return new ImException(internalOverRest ? ErrorCode.MESSAGE_FAILED : code, info);
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
