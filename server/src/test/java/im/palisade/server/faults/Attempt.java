package im.palisade.server.faults;

import java.util.Optional;

/**
 * A message somebody tried to send, and what the server said of it. Written by the one thread that
 * sends it, read when that has ended.
 */
final class Attempt {
  private final String sender;
  private final long random;
  private final String text;
  private Optional<Ack> ack = Optional.empty();
  private boolean refused;

  /**
   * @param sender UserID
   * @param text no other message has it
   */
  Attempt(String sender, long random, String text) {
    this.sender = sender;
    this.random = random;
    this.text = text;
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

  long random() {
    return random;
  }

  String text() {
    return text;
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
    return sender + ", random " + random + ", " + ack;
  }
}
