package im.palisade.server.message;

import im.palisade.server.conversation.ConversationHead;
import im.palisade.server.conversation.ConversationHeads;
import im.palisade.server.jobs.Threads;
import im.palisade.server.message.DuplicateRule.Earlier;
import im.palisade.server.message.MessageStore.RandomKey;
import im.palisade.server.message.Submission.Failure;
import im.palisade.server.message.Submission.Outcome;
import im.palisade.server.moderation.ReviewStore;
import im.palisade.server.store.AuditUnavailableException;
import im.palisade.server.store.Recording;
import im.palisade.server.store.Region;
import im.palisade.server.store.Sql;
import im.palisade.server.store.StoreException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One lane of the group-commit pipeline. Its thread takes what has queued up, locks the
 * conversations in id order, gives out sequences, inserts, commits once and completes every waiter.
 * While a commit is under way the next batch gathers, so batches grow by themselves under load and
 * an idle message is written at once. Messages of one conversation always take the same lane and
 * keep the order in which they were offered; so does ordered work, which the lane does between its
 * batches in a transaction of its own.
 */
final class MessageWriter implements Runnable {
  /** Most changes of one conversation that share a commit. */
  private static final int MOST_TOGETHER = 32;

  private static final Logger log = LoggerFactory.getLogger(MessageWriter.class);
  private static final int QUEUE = 8192;
  private static final int RETRIES = 3;

  /** After a restart of the database every connection of the pool may be a dead one. */
  private static final Duration LOST_CONNECTIONS = Duration.ofSeconds(3);

  private static final long IDLE_MILLIS = 100;
  private static final long U32 = 0xFFFF_FFFFL;

  private final int number;
  private final Region region;
  private final Clock clock;
  private final MessageStore store;
  private final MessageMetrics metrics;
  private final ReviewStore reviews = new ReviewStore();
  private final BlockingQueue<LaneItem> queue = new ArrayBlockingQueue<>(QUEUE);
  private final Thread thread;
  private volatile boolean closing;
  private volatile boolean finished;
  private Connection connection;
  private Recording recording = Recording.NONE;
  private long batchNumber;

  MessageWriter(
      int number, Region region, Clock clock, MessageStore store, MessageMetrics metrics) {
    this.number = number;
    this.region = region;
    this.clock = clock;
    this.store = store;
    this.metrics = metrics;
    this.thread =
        Thread.ofPlatform().name("message-writer-" + region.name() + "-" + number).unstarted(this);
  }

  void start() {
    thread.start();
  }

  /** Takes an item into the queue, or tells it at once that there is no room. */
  void offer(LaneItem item) {
    boolean queued = !closing && queue.offer(item);
    if (!queued || (finished && queue.remove(item))) {
      overload(item);
    }
  }

  /** Whether the caller is this lane, so that waiting for the lane would never end. */
  boolean isOwnThread() {
    return Thread.currentThread() == thread;
  }

  /** Refuses what comes now, writes what has come, ends. */
  void close() {
    closing = true;
    Threads.join(thread);
  }

  /** Messages waiting for a batch. */
  int queued() {
    return queue.size();
  }

  @Override
  public void run() {
    List<LaneItem> items = new ArrayList<>(Sql.MAX_ROWS);
    List<Submission> batch = new ArrayList<>(Sql.MAX_ROWS);
    List<OrderedTask<?>> together = new ArrayList<>(MOST_TOGETHER);
    while (take(items)) {
      for (LaneItem item : items) {
        switch (item) {
          case Submission message -> {
            runTogether(together);
            batch.add(message);
          }
          case OrderedTask<?> task -> {
            flush(batch);
            boolean apart =
                !together.isEmpty()
                    && (together.size() == MOST_TOGETHER || !task.goesWith(together.getFirst()));
            if (apart) {
              runTogether(together);
            }
            together.add(task);
          }
        }
      }
      runTogether(together);
      flush(batch);
      items.clear();
    }
    finished = true;
    queue.drainTo(items);
    items.forEach(MessageWriter::overload);
    disconnect();
  }

  private void runTogether(List<OrderedTask<?>> tasks) {
    if (!tasks.isEmpty()) {
      OrderedTask.runTogether(List.copyOf(tasks), number, () -> ++batchNumber, store);
      tasks.clear();
    }
  }

  private void flush(List<Submission> batch) {
    if (!batch.isEmpty()) {
      write(batch);
      batch.clear();
    }
  }

  /** Waits for an item and drains what has queued up behind it; false when closed and empty. */
  private boolean take(List<LaneItem> items) {
    while (true) {
      LaneItem first;
      try {
        first = closing ? queue.poll() : queue.poll(IDLE_MILLIS, TimeUnit.MILLISECONDS);
      } catch (InterruptedException e) {
        // Nobody interrupts this thread; ending it is the only sensible answer.
        closing = true;
        continue;
      }
      if (first != null) {
        items.add(first);
        queue.drainTo(items, Sql.MAX_ROWS - 1);
        return true;
      }
      if (closing) {
        return false;
      }
    }
  }

  private void write(List<Submission> batch) {
    try {
      commit(batch);
    } catch (AuditUnavailableException e) {
      // Of an import; what came with it needs no record.
      oneByOne(batch);
      return;
    } catch (StoreException e) {
      log.warn("{} messages not acknowledged: {}", batch.size(), e.getMessage(), e);
      Failure failure =
          e.isBusy()
              ? Failure.OVERLOADED
              : e.outcomeUnknown() ? Failure.OUTCOME_UNKNOWN : Failure.NOT_STORED;
      batch.forEach(each -> fail(each, failure));
      return;
    } catch (SQLException e) {
      // Without the stack: on a full disk there is one for every message.
      log.warn("{} messages not stored: {}", batch.size(), e.toString());
      oneByOne(batch);
      return;
    } catch (RuntimeException | Error e) {
      log.error("{} messages not stored", batch.size(), e);
      oneByOne(batch);
      return;
    }
    metrics.batch(batch.size());
    boolean recorded = isRecorded();
    for (Submission each : batch) {
      if (recorded || !each.message().isImport()) {
        complete(each);
      } else {
        fail(each, Failure.OUTCOME_UNKNOWN);
      }
    }
  }

  /** Whether the imports of the batch are on record; sends have no record but their row. */
  private boolean isRecorded() {
    try {
      recording.await();
      return true;
    } catch (AuditUnavailableException e) {
      return false;
    }
  }

  /** Tries again without the company of the one that may be at fault. */
  private void oneByOne(List<Submission> batch) {
    if (batch.size() == 1) {
      fail(batch.getFirst(), Failure.NOT_STORED);
    } else {
      batch.forEach(each -> write(List.of(each)));
    }
  }

  /**
   * Commits a batch. What fails before the commit is repeated: a deadlock at once, a lost
   * connection on a new one, so that a restart of the database costs senders time and not messages.
   *
   * @throws StoreException when the database is away, which harms all messages alike, or the
   *     commit's outcome is unknown
   * @throws SQLException when the database refused something; one message may be the reason
   */
  private void commit(List<Submission> batch) throws SQLException {
    long begin = System.nanoTime();
    for (int attempt = 1; ; attempt++) {
      boolean written = false;
      try {
        if (connection == null) {
          connection = region.openTransaction();
        }
        transact(connection, batch);
        written = true;
      } catch (SQLException e) {
        boolean lost = Region.isConnectionLost(e);
        if (lost) {
          disconnect();
        }
        if (lost && System.nanoTime() - begin > LOST_CONNECTIONS.toNanos()) {
          throw new StoreException("message batch", e, false);
        }
        if (!lost && (attempt > RETRIES || !Region.isTransient(e))) {
          throw e;
        }
      } finally {
        if (!written) {
          recording.released();
        }
        if (!written && connection != null) {
          Region.rollbackQuietly(connection);
        }
      }
      if (written) {
        finishTransaction();
        return;
      }
    }
  }

  private void finishTransaction() {
    boolean committed = false;
    try {
      connection.commit();
      committed = true;
      recording.committed();
    } catch (SQLException e) {
      throw new StoreException("commit of a message batch", e, true);
    } catch (RuntimeException | Error e) {
      throw new StoreException("commit of a message batch", new SQLException(e), true);
    } finally {
      if (!committed) {
        recording.released();
        disconnect();
      }
    }
  }

  private void disconnect() {
    if (connection != null) {
      Region.rollbackQuietly(connection);
      try {
        connection.close();
      } catch (SQLException e) {
        log.debug("closing a writer's connection", e);
      }
      connection = null;
    }
  }

  private void transact(Connection transaction, List<Submission> batch) throws SQLException {
    recording = Recording.NONE;
    long nowMillis = clock.millis();
    Map<Long, ConversationHead> heads = ConversationHeads.lock(transaction, ids(batch));
    Map<RandomKey, List<Earlier>> earlier = store.findEarlier(transaction, batch);
    List<Submission> fresh = new ArrayList<>(batch.size());
    Map<Long, ConversationHead> touched = HashMap.newHashMap(batch.size());
    Map<Long, CommitFeed.Range> ranges = HashMap.newHashMap(batch.size());
    for (Submission each : batch) {
      each.reset();
      ConversationHead head = heads.get(each.conversation().id());
      if (!each.isPermitted(transaction, Optional.ofNullable(head))) {
        continue;
      }
      decide(each, head, earlier, nowMillis / 1000);
      if (each.outcome() == Outcome.STORED) {
        fresh.add(each);
        touched.put(head.id(), head);
        ranges.merge(
            head.id(),
            new CommitFeed.Range(head.id(), each.seq(), each.seq()),
            (a, b) -> new CommitFeed.Range(a.conversationId(), a.fromSeq(), b.toSeq()));
      }
    }
    if (!fresh.isEmpty()) {
      store.insert(transaction, fresh);
      GroupSendStore.record(transaction, fresh);
      ConversationHeads.save(transaction, touched.values());
      CommitFeed.append(
          transaction,
          number,
          ++batchNumber,
          nowMillis,
          ranges,
          fresh.stream().flatMap(each -> each.told().stream()).toList(),
          SentCounts.of(fresh));
      recording = ImportStore.record(region, transaction, fresh);
      reviews.insert(transaction, marked(fresh), clock.instant());
    }
  }

  /** Those that somebody should look at. */
  private static List<ReviewStore.Marked> marked(List<Submission> fresh) {
    return fresh.stream()
        .filter(each -> each.message().body().isMarked())
        .map(
            each ->
                new ReviewStore.Marked(
                    each.message().app().appId(),
                    each.conversation().id(),
                    each.seq(),
                    each.message().sender().id()))
        .toList();
  }

  /** Makes it a duplicate, or gives it its numbers. */
  private static void decide(
      Submission each,
      ConversationHead head,
      Map<RandomKey, List<Earlier>> earlier,
      long nowSeconds) {
    OutgoingMessage message = each.message();
    long time = message.time().orElse(nowSeconds);
    List<Earlier> sameRandom =
        earlier.computeIfAbsent(
            new RandomKey(head.id(), message.random()), key -> new ArrayList<>(1));
    for (Earlier candidate : sameRandom) {
      if (DuplicateRule.repeats(message, candidate, time)) {
        each.duplicate(candidate.seq(), candidate.key());
        return;
      }
    }
    // An import of the past does not push newer messages off the conversation lists.
    boolean past = message.isImport() && time < head.lastTime();
    long seq = head.advance(time);
    long msgSeq = msgSeq(message, seq, time, sameRandom);
    int recipientSide =
        switch (message.target()) {
          case Target.Pair pair -> each.conversation().sideOf(pair.recipient().id());
          case Target.Group _ -> 1;
        };
    if (message.target() instanceof Target.Pair && message.heedsOption()) {
      each.heed(head.option(recipientSide));
    }
    long counted = each.counts() ? head.count(recipientSide) : head.counted(recipientSide);
    if (!message.noLastMessage()) {
      if (message.recipientCopy() && !each.isDiscarded()) {
        show(head, recipientSide, past);
      }
      if (message.senderCopy()) {
        show(head, each.conversation().sideOf(message.sender().id()), past);
      }
    }
    each.stored(seq, time, msgSeq, counted);
    sameRandom.add(
        new Earlier(
            seq, message.sender().id(), new MsgKey(msgSeq, message.random(), time), each.flags()));
  }

  private static void show(ConversationHead head, int side, boolean past) {
    if (!past || head.shown(side) == 0) {
      head.show(side);
    }
  }

  /**
   * A drawn MsgSeq must not repeat an existing key of the same direction, an import's not one of
   * either: draw another.
   */
  private static long msgSeq(
      OutgoingMessage message, long seq, long time, List<Earlier> sameRandom) {
    if (message.msgSeq().isPresent()) {
      return message.msgSeq().getAsLong();
    }
    if (message.door() instanceof OutgoingMessage.Door.Client
        || message.target() instanceof Target.Group) {
      return seq;
    }
    while (true) {
      // Only has to differ; nothing rests on its being hard to guess.
      long drawn = ThreadLocalRandom.current().nextInt() & U32;
      MsgKey key = new MsgKey(drawn, message.random(), time);
      if (sameRandom.stream()
          .noneMatch(
              e ->
                  (message.isImport() || e.senderId() == message.sender().id())
                      && e.key().equals(key))) {
        return drawn;
      }
    }
  }

  private static long[] ids(List<Submission> batch) {
    return batch.stream().mapToLong(each -> each.conversation().id()).sorted().distinct().toArray();
  }

  private static void complete(Submission each) {
    try {
      each.completion().done(each);
    } catch (RuntimeException | Error e) {
      log.error("completing a stored message, conversation {}", each.conversation().id(), e);
    }
  }

  private static void overload(LaneItem item) {
    try {
      item.overloaded();
    } catch (RuntimeException | Error e) {
      log.error("refusing what finds no room", e);
    }
  }

  private static void fail(Submission each, Failure failure) {
    try {
      each.completion().failed(failure);
    } catch (RuntimeException | Error e) {
      log.error("failing a message, conversation {}", each.conversation().id(), e);
    }
  }
}
