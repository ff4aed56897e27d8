package im.palisade.bench;

import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Pairs of users that write to each other, and what was seen of it. */
final class Pairs implements AutoCloseable {
  /** How messages are started. */
  sealed interface Load {
    /** Every user has that many messages neither acknowledged nor delivered: as fast as it goes. */
    record Closed(int window) implements Load {}

    /** That many messages a second over all users, whatever becomes of them. */
    record Open(int perSecond) implements Load {}
  }

  /**
   * What was counted since {@link #mark}.
   *
   * @param total acknowledged since the beginning
   */
  record Tally(
      long acked, long delivered, long total, double seconds, Latencies ack, Latencies delivery) {
    /** Messages that were acknowledged and delivered, each second. */
    double perSecond() {
      return Math.min(acked, delivered) / seconds;
    }
  }

  private static final int LOGINS_AT_ONCE = 32;

  private final Generator generator;
  private final List<PairUser> users = new ArrayList<>();
  private final Faults faults = new Faults();
  private final Latencies ack = new Latencies();
  private final Latencies delivery = new Latencies();
  private long acked;
  private long delivered;
  private long total;
  private long markedAt;
  private boolean sending;
  private boolean closing;
  private int window;
  private long intervalNanos;
  private long nextDue;
  private int nextUser;

  private Pairs(Generator generator) {
    this.generator = generator;
  }

  /**
   * Logs everybody in.
   *
   * @param names two for each pair, one after the other
   */
  static Pairs connect(Generator generator, Subject subject, List<String> names, int textBytes) {
    Pairs pairs = new Pairs(generator);
    URI url = subject.imUrl();
    List<Logins.Candidate> candidates = new ArrayList<>();
    for (int i = 0; i + 1 < names.size(); i += 2) {
      PairUser one = new PairUser(pairs, names.get(i), names.get(i + 1), textBytes);
      PairUser other = new PairUser(pairs, names.get(i + 1), names.get(i), textBytes);
      one.pairWith(other);
      other.pairWith(one);
      for (PairUser user : List.of(one, other)) {
        pairs.users.add(user);
        candidates.add(new Logins.Candidate(subject.login(user.name()), user));
      }
    }
    var outcome = Logins.run(generator, url, candidates, LOGINS_AT_ONCE, true).join();
    if (outcome.failed() > 0) {
      throw new BenchException(outcome.failed() + " logins failed: " + outcome.failures());
    }
    return pairs;
  }

  /** Starts sending. */
  void start(Load load) {
    generator.call(
        () -> {
          sending = true;
          switch (load) {
            case Load.Closed(int inFlight) -> {
              window = inFlight;
              users.forEach(this::fill);
              users.forEach(PairUser::flush);
            }
            case Load.Open(int perSecond) -> {
              window = 0;
              intervalNanos = 1_000_000_000L / perSecond;
              nextDue = System.nanoTime();
              tick();
            }
          }
          return true;
        });
  }

  /** Forgets what was counted so far, but no fault: the end of the warm-up. */
  void mark() {
    generator.call(
        () -> {
          acked = 0;
          delivered = 0;
          ack.reset();
          delivery.reset();
          markedAt = System.nanoTime();
          return true;
        });
  }

  /** What was counted since the mark. */
  Tally tally() {
    return generator.call(
        () ->
            new Tally(
                acked,
                delivered,
                total,
                (System.nanoTime() - markedAt) / 1e9,
                ack.copy(),
                delivery.copy()));
  }

  /** Stops sending and waits until everything under way has arrived, or counts it as missing. */
  void stop(Duration patience) throws InterruptedException {
    generator.call(() -> sending = false);
    long deadline = System.nanoTime() + patience.toNanos();
    while (inFlight() > 0 && System.nanoTime() < deadline) {
      Thread.sleep(10);
    }
    generator.call(
        () -> {
          for (PairUser user : users) {
            if (user.inFlight() > 0) {
              faults.add(
                  "%s: %d acknowledged, %d delivered, %d still under way"
                      .formatted(user.name(), user.acked(), user.delivered(), user.inFlight()));
            }
          }
          return true;
        });
  }

  /** Everything that went wrong. */
  Faults faults() {
    return faults;
  }

  @Override
  public void close() {
    generator.call(
        () -> {
          closing = true;
          users.forEach(PairUser::close);
          return true;
        });
  }

  private long inFlight() {
    return generator.call(() -> users.stream().mapToLong(PairUser::inFlight).sum());
  }

  long now() {
    return System.nanoTime();
  }

  void onAcked(long nanos) {
    acked++;
    total++;
    ack.record(nanos);
  }

  void onDelivered(long nanos) {
    delivered++;
    delivery.record(nanos);
  }

  void onClosed(PairUser user, int code) {
    if (!closing) {
      faults.add(user.name() + ": connection closed with " + code);
    }
  }

  /** A message of that user was answered or delivered: in a closed loop the next one follows. */
  void settled(PairUser user) {
    if (sending && window > 0) {
      fill(user);
      user.flush();
    }
  }

  private void fill(PairUser user) {
    while (user.isConnected() && user.inFlight() < window) {
      user.send(now());
    }
  }

  /** Starts what is due, and counts from when it was due, also when this thread comes late. */
  private void tick() {
    if (!sending) {
      return;
    }
    while (nextDue <= System.nanoTime()) {
      PairUser user = users.get(nextUser++ % users.size());
      if (!user.isConnected() || user.inFlight() >= PairUser.MOST_IN_FLIGHT) {
        faults.add(user.name() + ": could not send what was due");
      } else {
        user.send(nextDue);
        user.flush();
      }
      nextDue += intervalNanos;
    }
    var _ =
        generator.loop().schedule(this::tick, nextDue - System.nanoTime(), TimeUnit.NANOSECONDS);
  }
}
