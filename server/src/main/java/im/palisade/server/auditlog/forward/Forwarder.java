package im.palisade.server.auditlog.forward;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.JsonNode;
import im.palisade.compliance.event.EntryStamp;
import im.palisade.compliance.export.PlacedEntry;
import im.palisade.compliance.index.EntryPosition;
import im.palisade.server.auditlog.LogEntries;
import im.palisade.server.config.DurableFiles;
import im.palisade.server.jobs.Threads;
import im.palisade.server.protocol.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Copies one region's log to one receiver, in order and at least once. How far it has come is
 * durable only after the receiver has confirmed it, so that a fault of either side repeats events
 * and never skips one: at most as many as the receiver's {@link Receiver.Settling} says, and none
 * that was confirmed before an orderly stop. It reads the log as fast as the receiver takes events,
 * and no faster; a dead receiver is tried again, ever less often, and holds up nobody else.
 */
final class Forwarder {
  private static final Logger LOG = LoggerFactory.getLogger(Forwarder.class);

  /** Most events of one call. */
  static final int BATCH = 500;

  private static final Duration WAIT = Duration.ofMillis(200);

  /** New entries gather so long, so that each bundle is read once and not once an entry. */
  private static final Duration LINGER = Duration.ofMillis(100);

  private final String region;
  private final LogEntries entries;
  private final Receiver receiver;
  private final Path file;
  private final Pace pace;
  private final Clock clock;
  private final Thread thread;
  private final AtomicLong sent = new AtomicLong();
  private final AtomicLong failures = new AtomicLong();
  private final CountDownLatch stopping = new CountDownLatch(1);
  private volatile String problem = "";

  /** Behind what the receiver has confirmed. */
  private volatile EntryPosition confirmed;

  /** The same as the file has it; behind it only while the file cannot be written. */
  private EntryPosition kept;

  private volatile Optional<Instant> oldest = Optional.empty();

  /**
   * How patient a forwarder is.
   *
   * @param idle what is under way is confirmed when nothing has come for so long
   * @param firstPause before a receiver that failed is tried again
   * @param longestPause after many failures
   */
  record Pace(Duration idle, Duration firstPause, Duration longestPause) {
    static final Pace USUAL =
        new Pace(Duration.ofSeconds(1), Duration.ofSeconds(1), Duration.ofMinutes(1));
  }

  /** How a forwarder stands. */
  record State(
      String region,
      String name,
      String place,
      EntryPosition next,
      long behind,
      Duration lag,
      long sent,
      long failures,
      Optional<String> problem) {}

  /**
   * A forwarder that goes on where it stood.
   *
   * @param start where one begins that was never there before
   */
  Forwarder(
      String region,
      LogEntries entries,
      Receiver receiver,
      Path file,
      EntryPosition start,
      Pace pace,
      Clock clock)
      throws IOException {
    this.region = region;
    this.entries = entries;
    this.receiver = receiver;
    this.file = file;
    this.pace = pace;
    this.clock = clock;
    this.confirmed = load(start);
    this.kept = confirmed;
    this.thread = Thread.ofPlatform().name("audit-forward-" + receiver.name()).unstarted(this::run);
  }

  void start() {
    thread.start();
  }

  State state() {
    Optional<EntryPosition> end = entries.end();
    EntryPosition next = confirmed;
    long behind =
        end.map(
                last ->
                    last.epoch() == next.epoch()
                        ? Math.max(0, last.index() - next.index())
                        : last.index())
            .orElse(0L);
    Duration lag =
        behind == 0
            ? Duration.ZERO
            : oldest.map(since -> Duration.between(since, clock.instant())).orElse(Duration.ZERO);
    return new State(
        region,
        receiver.name(),
        receiver.place(),
        next,
        behind,
        lag,
        sent.get(),
        failures.get(),
        problem.isEmpty() ? Optional.empty() : Optional.of(problem));
  }

  /** Asks it to end: it sends no more and has what is under way confirmed. Does not wait. */
  void stop() {
    stopping.countDown();
  }

  /** Waits for its end; gives up what is under way when the time is over. */
  void join(Duration atMost) {
    stop();
    try {
      if (!thread.join(atMost)) {
        giveUp();
      }
    } catch (InterruptedException e) {
      giveUp();
      Thread.currentThread().interrupt();
    }
    Threads.join(thread);
  }

  private void giveUp() {
    receiver.abort();
    thread.interrupt();
  }

  private boolean isStopping() {
    return stopping.getCount() == 0;
  }

  private void run() {
    Duration pause = pace.firstPause();
    try {
      while (!isStopping()) {
        try {
          forward();
        } catch (IOException | RuntimeException e) {
          boolean cameForward = problem.isEmpty();
          fail(e);
          pause = cameForward ? pace.firstPause() : longer(pause);
          rest(pause);
        }
      }
    } catch (InterruptedException e) {
      // Given up: what was not confirmed comes again.
    }
    receiver.reset();
  }

  private void fail(Exception fault) {
    failures.incrementAndGet();
    receiver.reset();
    String text = fault.getMessage() == null ? fault.toString() : fault.getMessage();
    if (problem.isEmpty()) {
      LOG.warn(
          "audit events of region {} cannot be forwarded to {} ({}); {}",
          region,
          receiver.place(),
          text,
          isStopping() ? "they come after the next start" : "it is tried again");
    }
    problem = text;
  }

  /** Sends from where it stands until something fails or it is asked to end. */
  private void forward() throws IOException, InterruptedException {
    keep();
    Receiver.Settling settling = receiver.settling();
    EntryPosition next = confirmed;
    int unsettled = 0;
    long firstAt = 0;
    long lastAt = 0;
    while (!isStopping()) {
      int room = Math.min(BATCH, settling.events() - unsettled);
      int count = 0;
      if (entries.end().isPresent() && room > 0) {
        LogEntries.Batch batch = entries.next(next, room);
        count = batch.entries().size();
        if (count > 0) {
          if (unsettled == 0) {
            oldest = Optional.of(Instant.parse(EntryStamp.of(batch.entries().getFirst()).time()));
          }
          receiver.send(placed(batch));
          lastAt = System.nanoTime();
          firstAt = unsettled == 0 ? lastAt : firstAt;
        }
        next = batch.next();
        unsettled += count;
      }
      long now = System.nanoTime();
      boolean isDue =
          unsettled >= settling.events()
              || now - firstAt >= settling.every().toNanos()
              || (count == 0 && now - lastAt > pace.idle().toNanos());
      if (unsettled > 0 && isDue) {
        settle(next, unsettled);
        unsettled = 0;
      }
      if (count == 0 && entries.await(next, WAIT)) {
        stopping.await(LINGER.toMillis(), TimeUnit.MILLISECONDS);
      }
    }
    if (unsettled > 0) {
      settle(next, unsettled);
    }
  }

  private void settle(EntryPosition next, int events) throws IOException {
    receiver.settle();
    confirmed = next;
    sent.addAndGet(events);
    keep();
    if (!problem.isEmpty()) {
      LOG.info("audit events of region {} reach {} again", region, receiver.place());
      problem = "";
    }
  }

  private static List<PlacedEntry> placed(LogEntries.Batch batch) {
    return IntStream.range(0, batch.entries().size()).mapToObj(batch::placed).toList();
  }

  /**
   * Makes durable what is confirmed. While that fails nothing is sent, or a full disk would have
   * the same events sent again and again, and a kill would repeat all that was sent meanwhile.
   */
  private void keep() throws IOException {
    EntryPosition now = confirmed;
    if (!now.equals(kept)) {
      DurableFiles.write(
          file,
          Json.mapper().createObjectNode().put("epoch", now.epoch()).put("index", now.index())
              + "\n",
          "rw-------");
      kept = now;
    }
  }

  private EntryPosition load(EntryPosition start) throws IOException {
    if (!Files.exists(file)) {
      return start;
    }
    EntryPosition found;
    try {
      found = read(file);
    } catch (JacksonException | IllegalArgumentException e) {
      LOG.warn("{} is damaged: all audit events go to {} again", file, receiver.place());
      return EntryPosition.START;
    }
    Optional<EntryPosition> end = entries.end();
    if (end.isPresent() && found.compareTo(end.get()) > 0) {
      LOG.warn(
          "the audit log of region {} ends before what was forwarded to {}: its newest epoch goes"
              + " there again",
          region,
          receiver.place());
      return new EntryPosition(end.get().epoch(), 0);
    }
    return found;
  }

  /** The position in a forwarder's file. */
  static EntryPosition read(Path file) throws IOException {
    JsonNode text = Json.mapper().readTree(Files.readAllBytes(file));
    return new EntryPosition(text.path("epoch").asInt(), text.path("index").asLong());
  }

  private Duration longer(Duration pause) {
    Duration twice = pause.multipliedBy(2);
    return twice.compareTo(pace.longestPause()) > 0 ? pace.longestPause() : twice;
  }

  private void rest(Duration duration) throws InterruptedException {
    // Not all nodes at once when a collector comes back.
    long spread = ThreadLocalRandom.current().nextLong(1 + duration.toMillis() / 4);
    stopping.await(duration.toMillis() + spread, TimeUnit.MILLISECONDS);
  }
}
