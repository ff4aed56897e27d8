package im.palisade.server.auditlog.forward;

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
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Copies one region's log to one receiver, in order and at least once. How far it has come is
 * durable only after the receiver has confirmed it, so that a fault of either side repeats events
 * and never skips one. It reads the log as fast as the receiver takes events, and no faster; a dead
 * receiver is tried again, ever less often, and holds up nobody else.
 */
final class Forwarder implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Forwarder.class);
  private static final int BATCH = 500;

  /** Most events that are under way: a fault repeats no more. */
  private static final int MOST_UNSETTLED = 20_000;

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
  private volatile boolean closing;
  private volatile String problem = "";
  private volatile EntryPosition settled;
  private volatile Optional<Instant> oldest = Optional.empty();

  /**
   * How patient a forwarder is.
   *
   * @param settle events are confirmed at least that often
   * @param idle and when none has come for so long
   * @param firstPause before a receiver that failed is tried again
   * @param longestPause after many failures
   */
  record Pace(Duration settle, Duration idle, Duration firstPause, Duration longestPause) {
    static final Pace USUAL =
        new Pace(
            Duration.ofSeconds(10),
            Duration.ofSeconds(1),
            Duration.ofSeconds(1),
            Duration.ofMinutes(1));
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
    this.settled = load(start);
    this.thread = Thread.ofPlatform().name("audit-forward-" + receiver.name()).unstarted(this::run);
  }

  void start() {
    thread.start();
  }

  State state() {
    Optional<EntryPosition> end = entries.end();
    EntryPosition next = settled;
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

  @Override
  public void close() {
    closing = true;
    thread.interrupt();
    receiver.abort();
    Threads.join(thread);
  }

  private void run() {
    Duration pause = pace.firstPause();
    while (!closing) {
      try {
        forward();
      } catch (InterruptedException e) {
        closing = true;
      } catch (IOException | RuntimeException e) {
        if (!closing) {
          boolean cameForward = problem.isEmpty();
          fail(e);
          pause = cameForward ? pace.firstPause() : longer(pause);
          rest(pause);
        }
      }
    }
    receiver.reset();
  }

  private void fail(Exception fault) {
    failures.incrementAndGet();
    receiver.reset();
    String text = fault.getMessage() == null ? fault.toString() : fault.getMessage();
    if (problem.isEmpty()) {
      LOG.warn(
          "audit events of region {} cannot be forwarded to {} ({}); it is tried again",
          region,
          receiver.place(),
          text);
    }
    problem = text;
  }

  /** Sends from where it stands until something fails. */
  private void forward() throws IOException, InterruptedException {
    EntryPosition next = settled;
    int unsettled = 0;
    long firstAt = 0;
    long lastAt = 0;
    while (!closing) {
      boolean mayRead = entries.end().isPresent() && unsettled < MOST_UNSETTLED;
      int count = 0;
      if (mayRead) {
        LogEntries.Batch batch = entries.next(next, BATCH);
        count = batch.entries().size();
        if (count > 0) {
          if (next.equals(settled)) {
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
          receiver.confirmsEachCall()
              || unsettled >= MOST_UNSETTLED
              || now - firstAt > pace.settle().toNanos()
              || (count == 0 && now - lastAt > pace.idle().toNanos());
      if (unsettled > 0 && isDue) {
        receiver.settle();
        keep(next);
        sent.addAndGet(unsettled);
        unsettled = 0;
        if (!problem.isEmpty()) {
          LOG.info("audit events of region {} reach {} again", region, receiver.place());
          problem = "";
        }
      }
      if (count == 0 && entries.await(next, WAIT)) {
        Thread.sleep(LINGER);
      }
    }
  }

  private static List<PlacedEntry> placed(LogEntries.Batch batch) {
    return IntStream.range(0, batch.entries().size()).mapToObj(batch::placed).toList();
  }

  private void keep(EntryPosition next) throws IOException {
    DurableFiles.write(
        file,
        Json.mapper().createObjectNode().put("epoch", next.epoch()).put("index", next.index())
            + "\n",
        "rw-------");
    settled = next;
  }

  private EntryPosition load(EntryPosition start) throws IOException {
    if (!Files.exists(file)) {
      return start;
    }
    EntryPosition kept = read(file);
    Optional<EntryPosition> end = entries.end();
    if (end.isPresent() && kept.epoch() == end.get().epoch() && kept.compareTo(end.get()) > 0) {
      LOG.warn(
          "the audit log of region {} ends before what was forwarded to {}: it was restored",
          region,
          receiver.place());
      return end.get();
    }
    return kept;
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

  private void rest(Duration duration) {
    try {
      // Not all nodes at once when a collector comes back.
      Thread.sleep(
          duration.plusMillis(ThreadLocalRandom.current().nextLong(1 + duration.toMillis() / 4)));
    } catch (InterruptedException e) {
      closing = true;
    }
  }
}
