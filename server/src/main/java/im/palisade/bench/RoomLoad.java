package im.palisade.bench;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * One room full of sockets and one sender in it, at a fixed rate. Every message that the room took
 * must reach every other member exactly once and in order.
 */
final class RoomLoad implements AutoCloseable {
  private static final int LOGINS_AT_ONCE = 64;
  private static final int JOINS_AT_ONCE = 256;
  private static final int MOST_MESSAGES = 1 << 20;
  private static final Duration JOIN_PATIENCE = Duration.ofSeconds(60);

  private static final byte[] ID = Bytes.ascii("{\"id\":");
  private static final byte[] CODE = Bytes.ascii("\"code\":");
  private static final byte[] SEQ = Bytes.ascii("\"seq\":");
  private static final byte[] MARK = Bytes.ascii("@pb:");
  private static final String HOLE = "##########";

  /**
   * What was counted since {@link #mark}.
   *
   * @param last from sending a message to its arrival at the last member
   */
  record Tally(long taken, long dropped, long deliveries, double seconds, Latencies last) {}

  private final Generator generator;
  private final List<Member> members = new ArrayList<>();
  private final Faults faults = new Faults();
  private final ClientFrame join;
  private final ClientFrame message;

  private final long[] sentAt = new long[MOST_MESSAGES];
  private final int[] arrived = new int[MOST_MESSAGES];
  private final boolean[] refused = new boolean[MOST_MESSAGES];
  private final Latencies last = new Latencies();
  private int sent;
  private int answered;

  /** Messages that arrived everywhere or were not taken. */
  private int settled;

  private int window;
  private long dropped;
  private long deliveries;
  private long markedAt;
  private long takenBefore;
  private long droppedBefore;
  private long deliveriesBefore;
  private int joined;
  private int joining;
  private boolean sending;
  private boolean closing;
  private long interval;
  private long nextDue;

  private RoomLoad(Generator generator, String room, int textBytes) {
    this.generator = generator;
    this.join =
        ClientFrame.text(
            "{\"id\":2,\"cmd\":\"group.join\",\"data\":{\"groupId\":\"" + room + "\"}}");
    String text = "@pb:" + HOLE + ":";
    text += "x".repeat(Math.max(0, textBytes - text.length()));
    this.message =
        ClientFrame.text(
            """
            {"id":%s,"cmd":"message.send","data":{"conversation":"GROUP%s","random":%s,\
            "priority":"High","body":[{"MsgType":"TIMTextElem","MsgContent":{"Text":"%s"}}]}}\
            """
                .formatted(HOLE, room, HOLE, text));
  }

  /** Logs everybody in; nobody is in the room yet. */
  static RoomLoad connect(
      Generator generator, Subject subject, String room, List<String> names, int textBytes) {
    RoomLoad load = new RoomLoad(generator, room, textBytes);
    List<Logins.Candidate> candidates = new ArrayList<>();
    for (String name : names) {
      Member member = load.new Member();
      load.members.add(member);
      candidates.add(new Logins.Candidate(subject.login(name), member));
    }
    var outcome = Logins.run(generator, subject.imUrl(), candidates, LOGINS_AT_ONCE, true).join();
    if (outcome.failed() > 0) {
      throw new BenchException(outcome.failed() + " logins failed: " + outcome.failures());
    }
    return load;
  }

  /** Everybody enters, a few hundred at a time; returns how long that took. */
  Duration join() throws InterruptedException {
    long begin = System.nanoTime();
    generator.call(
        () -> {
          for (int i = 0; i < JOINS_AT_ONCE; i++) {
            joinNext();
          }
          return true;
        });
    while (generator.call(() -> joined) < members.size()) {
      if (System.nanoTime() - begin > JOIN_PATIENCE.toNanos()) {
        throw new BenchException("only " + joined + " members could join");
      }
      Thread.sleep(5);
    }
    return Duration.ofNanos(System.nanoTime() - begin);
  }

  private void joinNext() {
    if (joining < members.size()) {
      LoadConnection connection = members.get(joining++).connection;
      connection.send(join);
      connection.flush();
    }
  }

  /**
   * The first member begins to send so many messages a second.
   *
   * @param most messages that may be on their way; where the subject cannot keep up, fewer are sent
   */
  void start(int perSecond, int most) {
    generator.call(
        () -> {
          sending = true;
          window = most;
          interval = 1_000_000_000L / perSecond;
          nextDue = System.nanoTime();
          tick();
          return true;
        });
  }

  /** Forgets what was counted so far, but no fault. */
  void mark() {
    generator.call(
        () -> {
          takenBefore = answered - dropped;
          droppedBefore = dropped;
          deliveriesBefore = deliveries;
          last.reset();
          markedAt = System.nanoTime();
          return true;
        });
  }

  Tally tally() {
    return generator.call(
        () ->
            new Tally(
                answered - dropped - takenBefore,
                dropped - droppedBefore,
                deliveries - deliveriesBefore,
                (System.nanoTime() - markedAt) / 1e9,
                last.copy()));
  }

  /** Stops sending and waits until all has arrived, or counts what has not. */
  void stop(Duration patience) throws InterruptedException {
    generator.call(() -> sending = false);
    long deadline = System.nanoTime() + patience.toNanos();
    while (!generator.call(this::isComplete) && System.nanoTime() < deadline) {
      Thread.sleep(10);
    }
    generator.call(
        () -> {
          for (int n = 0; n < sent; n++) {
            int due = refused[n] ? 0 : members.size() - 1;
            if (arrived[n] != due) {
              faults.add("message %d reached %d of %d".formatted(n, arrived[n], due));
            }
          }
          return true;
        });
  }

  private boolean isComplete() {
    return answered == sent && deliveries == (answered - dropped) * (members.size() - 1L);
  }

  Faults faults() {
    return faults;
  }

  @Override
  public void close() {
    generator.call(
        () -> {
          closing = true;
          members.forEach(member -> member.connection.close());
          return true;
        });
  }

  private void tick() {
    if (!sending) {
      return;
    }
    LoadConnection sender = members.getFirst().connection;
    while (nextDue <= System.nanoTime() && sent < MOST_MESSAGES && sent - settled < window) {
      sentAt[sent] = nextDue;
      sender.send(message, sent++);
      nextDue += interval;
    }
    if (sent - settled >= window) {
      // What could not be sent is not made up for, and nobody's latency.
      nextDue = System.nanoTime() + interval / 8;
    }
    sender.flush();
    var _ =
        generator.loop().schedule(this::tick, nextDue - System.nanoTime(), TimeUnit.NANOSECONDS);
  }

  private void onReply(byte[] payload, int length) {
    long id = Bytes.number(payload, ID.length, length);
    long code = Bytes.numberAfter(payload, ID.length, length, CODE);
    if (id == 2) {
      if (code != 0) {
        faults.add("a join was refused with " + code);
      }
      joined++;
      joinNext();
      return;
    }
    int number = (int) (id - ClientFrame.FIRST_NUMBER);
    answered++;
    if (code != 0) {
      faults.add("message %d refused with %d".formatted(number, code));
    }
    if (code != 0 || Bytes.numberAfter(payload, 0, length, SEQ) == 0) {
      refused[number] = true;
      dropped++;
      settled++;
    }
  }

  private final class Member implements LoadConnection.User {
    private LoadConnection connection;
    private int latest = -1;

    @Override
    public void onOpen(LoadConnection opened) {
      connection = opened;
    }

    @Override
    public void onFrame(LoadConnection from, byte[] payload, int length) {
      if (Bytes.indexOf(payload, 0, Math.min(length, ID.length), ID) == 0) {
        onReply(payload, length);
        return;
      }
      int mark = Bytes.indexOf(payload, 0, length, MARK);
      while (mark >= 0) {
        int at = mark + MARK.length;
        int number = (int) (Bytes.number(payload, at, length) - ClientFrame.FIRST_NUMBER);
        if (number <= latest) {
          faults.add("message %d after %d".formatted(number, latest));
        }
        latest = number;
        deliveries++;
        if (++arrived[number] == members.size() - 1) {
          last.record(System.nanoTime() - sentAt[number]);
          settled++;
        }
        mark = Bytes.indexOf(payload, at, length, MARK);
      }
    }

    @Override
    public void onClosed(LoadConnection closed, int code) {
      if (!closing) {
        faults.add("a member's connection closed with " + code);
      }
    }
  }
}
