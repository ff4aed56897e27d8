package im.palisade.bench;

import java.nio.charset.StandardCharsets;

/** Finds things in a frame without parsing it: the generator must cost little. */
final class Bytes {
  private Bytes() {}

  static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  /** Position of the first occurrence within [from, to), or -1. */
  static int indexOf(byte[] in, int from, int to, byte[] what) {
    byte first = what[0];
    int last = to - what.length;
    outer:
    for (int i = from; i <= last; i++) {
      if (in[i] != first) {
        continue;
      }
      for (int k = 1; k < what.length; k++) {
        if (in[i + k] != what[k]) {
          continue outer;
        }
      }
      return i;
    }
    return -1;
  }

  /** The decimal number that starts at a position; 0 when there is none. */
  static long number(byte[] in, int from, int to) {
    long value = 0;
    for (int i = from; i < to && in[i] >= '0' && in[i] <= '9'; i++) {
      value = value * 10 + (in[i] - '0');
    }
    return value;
  }

  /** The number behind a name such as {@code "code":}, or -1 when the name does not occur. */
  static long numberAfter(byte[] in, int from, int to, byte[] name) {
    int at = indexOf(in, from, to, name);
    return at < 0 ? -1 : number(in, at + name.length, to);
  }

  /** Writes a number with exactly that many digits. */
  static void digits(long value, byte[] into, int at, int count) {
    long rest = value;
    for (int i = at + count - 1; i >= at; i--) {
      into[i] = (byte) ('0' + rest % 10);
      rest /= 10;
    }
  }
}
