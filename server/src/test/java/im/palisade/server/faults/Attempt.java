package im.palisade.server.faults;

import java.util.Optional;

/**
 * A message somebody tried to send, and what the server said of it. Written by the one thread that
 * sends it, read when that has ended.
 */
final class Attempt {
  private final String sender;
  private final long number;
  private final long random;
  private Optional<Ack> ack = Optional.empty();
  private boolean refused;

  /**
   * @param sender UserID, for REST with the worker's name behind it
   * @param number its place among those of the sender
   */
  Attempt(String sender, long number, long random) {
    this.sender = sender;
    this.number = number;
    this.random = random;
  }

  /**
   * What an acknowledgement promised.
   *
   * @param seq 0 when the door does not tell
   */
  record Ack(long seq, String msgKey) {}

  String sender() {
    return sender;
  }

  long number() {
    return number;
  }

  long random() {
    return random;
  }

  /** No other message has it. */
  String text() {
    return sender + " says " + number;
  }

  Optional<Ack> ack() {
    return ack;
  }

  void acknowledged(Ack given) {
    ack = Optional.of(given);
  }

  /** Whether it was once answered "retry": a later one of the same sender may be before it. */
  boolean wasRefused() {
    return refused;
  }

  void refused() {
    refused = true;
  }

  @Override
  public String toString() {
    return "'" + text() + "' " + ack;
  }
}
