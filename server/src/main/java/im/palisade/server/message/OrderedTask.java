package im.palisade.server.message;

import im.palisade.server.app.App;
import im.palisade.server.conversation.Conversation;
import im.palisade.server.conversation.ConversationHead;
import im.palisade.server.conversation.ConversationHeads;
import im.palisade.server.message.CommitFeed.Range;
import im.palisade.server.protocol.ErrorCode;
import im.palisade.server.protocol.ImException;
import im.palisade.server.store.Region;
import im.palisade.server.store.UnitOfWork;
import java.sql.SQLException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;

/** Ordered work in the hands of a lane, and whoever waits for it. */
final class OrderedTask<T> implements LaneItem {
  private static final int SYSTEM_FLAGS =
      MessageFlags.SENDER_COPY | MessageFlags.RECIPIENT_COPY | MessageFlags.SYSTEM;
  private static final long U32 = 0xFFFF_FFFFL;

  private final App app;
  private final Region region;
  private final Conversation conversation;
  private final OrderedWork<T> work;
  private final MessageDelivery delivery;
  private final Clock clock;
  private final CompletableFuture<T> result = new CompletableFuture<>();

  OrderedTask(
      App app,
      Region region,
      Conversation conversation,
      OrderedWork<T> work,
      MessageDelivery delivery,
      Clock clock) {
    this.app = app;
    this.region = region;
    this.conversation = conversation;
    this.work = work;
    this.delivery = delivery;
    this.clock = clock;
  }

  /**
   * A tip with the numbers it was given.
   *
   * @param seq 0 when it is not stored
   */
  record Said(GroupTip tip, MessageBody body, long seq, long random, long time) {
    MsgKey key() {
      return new MsgKey(seq, random, time);
    }
  }

  private record Done<T>(T result, List<Said> said) {}

  /** Does the work and tells the tips; on the lane's thread. */
  void run(int lane, long batch, MessageStore store) {
    try {
      Done<T> done = region.inUnitOfWork(unit -> transact(unit, lane, batch, store));
      done.said().forEach(said -> delivery.tell(app, conversation.id(), said, SYSTEM_FLAGS));
      result.complete(done.result());
    } catch (RuntimeException | Error e) {
      result.completeExceptionally(e);
    }
  }

  /**
   * Does the work of tasks of one conversation in one transaction, so that they share its commit: a
   * thousand who join a group at once would wait for a thousand of them. One that is refused takes
   * back what it did and harms no other; where the transaction as a whole fails each is done alone.
   */
  static void runTogether(
      List<OrderedTask<?>> tasks, int lane, LongSupplier batch, MessageStore store) {
    if (tasks.size() == 1) {
      tasks.getFirst().run(lane, batch.getAsLong(), store);
      return;
    }
    AtomicBoolean committed = new AtomicBoolean();
    List<Runnable> answers = new ArrayList<>();
    try {
      tasks
          .getFirst()
          .region
          .inUnitOfWork(
              unit -> {
                answers.clear();
                unit.onCommit(() -> committed.set(true));
                for (OrderedTask<?> task : tasks) {
                  answers.add(task.part(unit, lane, batch.getAsLong(), store));
                }
                return null;
              });
      answers.forEach(Runnable::run);
    } catch (RuntimeException | Error e) {
      if (committed.get()) {
        // Or nobody knows: it must not be done twice.
        tasks.forEach(task -> task.result.completeExceptionally(e));
      } else {
        tasks.forEach(task -> task.run(lane, batch.getAsLong(), store));
      }
    }
  }

  /** Does the work as a part of a transaction; returns how to answer once that is committed. */
  private Runnable part(UnitOfWork unit, int lane, long batch, MessageStore store)
      throws SQLException {
    UnitOfWork.Mark mark = unit.mark();
    try {
      Done<T> done = transact(unit, lane, batch, store);
      unit.onCommit(
          () ->
              done.said()
                  .forEach(said -> delivery.tell(app, conversation.id(), said, SYSTEM_FLAGS)));
      return () -> result.complete(done.result());
    } catch (ImException refusal) {
      unit.takeBack(mark);
      return () -> result.completeExceptionally(refusal);
    }
  }

  /** Whether the other task is about the same conversation. */
  boolean goesWith(OrderedTask<?> other) {
    return other.conversation.id() == conversation.id();
  }

  @Override
  public void overloaded() {
    result.completeExceptionally(new ImException(ErrorCode.OVERLOADED));
  }

  /** What the work returned, or threw. */
  T await() {
    try {
      return result.join();
    } catch (CompletionException e) {
      switch (e.getCause()) {
        case ImException refusal -> throw refusal;
        case RuntimeException failure -> throw failure;
        case Error failure -> throw failure;
        default -> throw e;
      }
    }
  }

  private Done<T> transact(UnitOfWork unit, int lane, long batch, MessageStore store)
      throws SQLException {
    ConversationHead head =
        ConversationHeads.lock(unit.connection(), new long[] {conversation.id()})
            .get(conversation.id());
    if (head == null) {
      throw new IllegalStateException("conversation vanished");
    }
    List<GroupTip> tips = new ArrayList<>();
    T value = work.in(unit, head, tips::add);
    long nowMillis = clock.millis();
    List<Said> said = new ArrayList<>(tips.size());
    for (GroupTip tip : tips) {
      // Only has to differ; nothing rests on its being hard to guess.
      long random = ThreadLocalRandom.current().nextInt() & U32;
      long seq = tip.stored() ? head.advance() : 0;
      said.add(new Said(tip, tip.body(), seq, random, nowMillis / 1000));
    }
    List<Said> stored = said.stream().filter(each -> each.seq() != 0).toList();
    if (!stored.isEmpty()) {
      head.show(1);
      store.insertTips(unit.connection(), head, stored, SYSTEM_FLAGS);
      ConversationHeads.save(unit.connection(), List.of(head));
      Range range = new Range(head.id(), stored.getFirst().seq(), stored.getLast().seq());
      CommitFeed.append(unit.connection(), lane, batch, nowMillis, Map.of(head.id(), range));
    }
    return new Done<>(value, said);
  }
}
