package im.palisade.bench;

import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/**
 * One user of a pair: sends numbered texts to its partner and checks that the partner's arrive
 * exactly once and in order. Used on the generator's loop only.
 */
final class PairUser implements LoadConnection.User {
  /** Messages of one user that may be under way; a power of two. */
  static final int MOST_IN_FLIGHT = 4096;

  private static final byte[] ID = Bytes.ascii("{\"id\":");
  private static final byte[] CODE = Bytes.ascii("\"code\":");
  private static final byte[] SEQ = Bytes.ascii("\"seq\":");
  private static final byte[] MARK = Bytes.ascii("@pb:");
  private static final String HOLE = "##########";

  private final Pairs pairs;
  private final String name;
  private final ClientFrame message;
  private final long[] startedAt = new long[MOST_IN_FLIGHT];
  private final Set<Long> refusedNumbers = new HashSet<>();
  private Optional<PairUser> partner = Optional.empty();
  private Optional<LoadConnection> connection = Optional.empty();

  private long sent;
  private long acked;
  private long refused;
  private long delivered;

  /** The number and seq after which the partner's next message must come. */
  private long expected;

  private long lastSeq;

  PairUser(Pairs pairs, String name, String partnerName, int textBytes) {
    this.pairs = pairs;
    this.name = name;
    String text = "@pb:" + HOLE + ":";
    text += "x".repeat(Math.max(0, textBytes - text.length()));
    this.message =
        ClientFrame.text(
            """
            {"id":%s,"cmd":"message.send","data":{"conversation":"C2C%s","random":%s,\
            "body":[{"MsgType":"TIMTextElem","MsgContent":{"Text":"%s"}}]}}\
            """
                .formatted(HOLE, partnerName, HOLE, text));
  }

  void pairWith(PairUser other) {
    partner = Optional.of(other);
  }

  String name() {
    return name;
  }

  /** Neither acknowledged (or refused) nor delivered. */
  long inFlight() {
    return sent - refused - Math.min(acked, delivered);
  }

  long acked() {
    return acked;
  }

  long delivered() {
    return delivered;
  }

  boolean isConnected() {
    return connection.isPresent();
  }

  /** Sends the next message; its latencies count from the given time. */
  void send(long startNanos) {
    startedAt[(int) (sent & (MOST_IN_FLIGHT - 1))] = startNanos;
    connection.orElseThrow().send(message, sent);
    sent++;
  }

  void flush() {
    connection.ifPresent(LoadConnection::flush);
  }

  void close() {
    connection.ifPresent(LoadConnection::close);
  }

  @Override
  public void onOpen(LoadConnection opened) {
    connection = Optional.of(opened);
  }

  @Override
  public void onFrame(LoadConnection from, byte[] payload, int length) {
    if (Bytes.indexOf(payload, 0, Math.min(length, ID.length), ID) == 0) {
      onReply(payload, length);
    } else {
      onEvent(payload, length);
    }
  }

  @Override
  public void onClosed(LoadConnection closed, int code) {
    if (connection.isPresent()) {
      connection = Optional.empty();
      pairs.onClosed(this, code);
    }
  }

  private void onReply(byte[] payload, int length) {
    long number = Bytes.number(payload, ID.length, length) - ClientFrame.FIRST_NUMBER;
    long code = Bytes.numberAfter(payload, ID.length, length, CODE);
    if (number < 0 || number >= sent) {
      pairs.faults().add(name + ": a reply to nothing, number " + number);
      return;
    }
    if (code == 0) {
      acked++;
      pairs.onAcked(pairs.now() - startedAt[(int) (number & (MOST_IN_FLIGHT - 1))]);
    } else {
      refused++;
      refusedNumbers.add(number);
      pairs.faults().add("%s: message %d refused with %d".formatted(name, number, code));
    }
    pairs.settled(this);
  }

  private void onEvent(byte[] payload, int length) {
    int from = 0;
    int mark = Bytes.indexOf(payload, 0, length, MARK);
    while (mark >= 0) {
      long seq = Bytes.numberAfter(payload, from, mark, SEQ);
      if (seq >= 0 && seq <= lastSeq) {
        pairs.faults().add("%s: seq %d after %d".formatted(name, seq, lastSeq));
      }
      lastSeq = Math.max(lastSeq, seq);
      from = mark + MARK.length;
      long number = Bytes.number(payload, from, length) - ClientFrame.FIRST_NUMBER;
      partner.orElseThrow().onDelivered(this, number);
      mark = Bytes.indexOf(payload, from, length, MARK);
    }
  }

  /** One of this user's messages reached the partner. */
  private void onDelivered(PairUser receiver, long number) {
    while (receiver.expected < number && refusedNumbers.contains(receiver.expected)) {
      receiver.expected++;
    }
    if (number < receiver.expected) {
      pairs.faults().add("%s: message %d again or late".formatted(receiver.name, number));
      return;
    }
    if (number > receiver.expected) {
      pairs
          .faults()
          .add(
              "%s: message %d where %d was due"
                  .formatted(receiver.name, number, receiver.expected));
    }
    receiver.expected = number + 1;
    delivered++;
    pairs.onDelivered(pairs.now() - startedAt[(int) (number & (MOST_IN_FLIGHT - 1))]);
    pairs.settled(this);
  }
}
