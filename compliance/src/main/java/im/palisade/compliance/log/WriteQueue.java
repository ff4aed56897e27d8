package im.palisade.compliance.log;

import im.palisade.compliance.event.DraftEntry;
import im.palisade.compliance.log.AuditLog.Receipt;
import im.palisade.compliance.log.AuditLogException.Reason;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * What waits for the log's writer: events, which it takes in groups, and work between two groups.
 * Everything that is taken is answered, also when the writer has ended.
 */
final class WriteQueue {
  private static final int GROUP = 4096;
  private static final int GROUP_BYTES = 8 << 20;

  /** An event and who waits for it. */
  record Offer(DraftEntry entry, CompletableFuture<Receipt> answer) implements Work {}

  /** What the writer does next: a group, which may be empty, and then perhaps something else. */
  record Turn(List<Offer> group, Optional<Runnable> task) {}

  sealed interface Work {}

  private record Offers(List<Offer> offers) implements Work {}

  private record Task(Runnable work, CompletableFuture<?> answer) implements Work {}

  private final BlockingQueue<Work> queue = new ArrayBlockingQueue<>(4 * GROUP);
  private volatile Optional<AuditLogException> ended = Optional.empty();
  private volatile boolean closing;
  private volatile boolean done;

  CompletableFuture<Receipt> submit(DraftEntry entry) {
    CompletableFuture<Receipt> answer = new CompletableFuture<>();
    enqueue(new Offer(entry, answer), answer);
    return answer;
  }

  /** Offers events that are to be made durable together, as far as a group has room. */
  List<CompletableFuture<Receipt>> submit(List<DraftEntry> entries) {
    List<Offer> offers =
        entries.stream().map(entry -> new Offer(entry, new CompletableFuture<>())).toList();
    List<CompletableFuture<Receipt>> answers = new ArrayList<>();
    offers.forEach(offer -> answers.add(offer.answer()));
    if (!offers.isEmpty()) {
      CompletableFuture<Void> refused = new CompletableFuture<>();
      enqueue(new Offers(offers), refused);
      if (refused.isCompletedExceptionally()) {
        offers.forEach(offer -> offer.answer().completeExceptionally(refusal()));
      }
    }
    return answers;
  }

  <T> CompletableFuture<T> task(Callable<T> work) {
    CompletableFuture<T> answer = new CompletableFuture<>();
    Runnable run =
        () -> {
          try {
            answer.complete(work.call());
          } catch (Exception e) {
            answer.completeExceptionally(e);
          }
        };
    enqueue(new Task(run, answer), answer);
    return answer;
  }

  /** What has queued up; waits for the first of it. */
  Turn next(long nanos) throws InterruptedException {
    Work work = queue.poll(nanos, TimeUnit.NANOSECONDS);
    List<Offer> group = new ArrayList<>();
    int bytes = 0;
    while (work instanceof Offer || work instanceof Offers) {
      List<Offer> offered = work instanceof Offers many ? many.offers() : List.of((Offer) work);
      for (Offer offer : offered) {
        group.add(offer);
        bytes += offer.entry().head().length + offer.entry().tail().length;
      }
      if (group.size() >= GROUP || bytes > GROUP_BYTES) {
        return new Turn(group, Optional.empty());
      }
      work = queue.poll();
    }
    return new Turn(group, work instanceof Task task ? Optional.of(task.work()) : Optional.empty());
  }

  /** Whether it takes anything. */
  boolean isOpen() {
    return ended.isEmpty() && !done && !closing;
  }

  /** Whether the writer may end: it failed, or was told to and has done everything. */
  boolean isOver() {
    return ended.isPresent() || (closing && queue.isEmpty());
  }

  boolean hasFailed() {
    return ended.isPresent();
  }

  /** Nothing can be written any more, and why. */
  void fail(AuditLogException fault) {
    ended = Optional.of(fault);
  }

  /** Takes no more. */
  void close() {
    closing = true;
    queue.offer(new Task(() -> {}, new CompletableFuture<>())); // wakes the writer
  }

  /** The writer has ended: what still waits is refused. */
  void end() {
    done = true;
    refuseQueued();
  }

  private void enqueue(Work work, CompletableFuture<?> answer) {
    try {
      while (!closing && !done) {
        if (queue.offer(work, 100, TimeUnit.MILLISECONDS)) {
          if (done) {
            refuseQueued();
          }
          return;
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    answer.completeExceptionally(refusal());
  }

  private AuditLogException refusal() {
    return ended.orElseGet(
        () -> new AuditLogException(Reason.UNAVAILABLE, "the audit log is closed"));
  }

  private void refuseQueued() {
    for (Work work = queue.poll(); work != null; work = queue.poll()) {
      switch (work) {
        case Offer offer -> offer.answer().completeExceptionally(refusal());
        case Offers many ->
            many.offers().forEach(offer -> offer.answer().completeExceptionally(refusal()));
        case Task task -> task.answer().completeExceptionally(refusal());
      }
    }
  }
}
