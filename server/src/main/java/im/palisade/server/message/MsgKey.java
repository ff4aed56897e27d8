package im.palisade.server.message;

import java.util.Optional;

/** Identifies a message within one direction of a conversation: {@code seq_random_time}. */
public record MsgKey(long msgSeq, long random, long time) {
  private static final long MAX_U32 = 0xFFFF_FFFFL;

  /** Reads a key; empty unless it is three unsigned 32-bit decimals joined by {@code _}. */
  public static Optional<MsgKey> parse(String text) {
    String[] parts = text.split("_", -1);
    if (parts.length != 3) {
      return Optional.empty();
    }
    long[] numbers = new long[3];
    for (int i = 0; i < 3; i++) {
      String part = parts[i];
      if (part.isEmpty()
          || part.length() > 10
          || !part.chars().allMatch(c -> c >= '0' && c <= '9')) {
        return Optional.empty();
      }
      numbers[i] = Long.parseLong(part);
      if (numbers[i] > MAX_U32) {
        return Optional.empty();
      }
    }
    return Optional.of(new MsgKey(numbers[0], numbers[1], numbers[2]));
  }

  @Override
  public String toString() {
    return msgSeq + "_" + random + "_" + time;
  }
}
