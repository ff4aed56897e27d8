package im.palisade.server.moderation;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * How large an expression becomes when its counted repetitions are written out, which is what the
 * engine does: {@code ((a{1000}){1000}){1000}} took all of a server's memory. Never estimated too
 * low.
 */
final class ExpressionSize {
  /** More than any expression may have. */
  static final long TOO_LARGE = 1_000_000;

  private final String source;
  private final Deque<Long> outer = new ArrayDeque<>();
  private long total;
  private long atom;
  private int at;

  private ExpressionSize(String source) {
    this.source = source;
  }

  /**
   * Places in the text and groups, all written out; {@link #TOO_LARGE} where nothing is certain.
   */
  static long of(String expression) {
    return new ExpressionSize(expression).measure();
  }

  private long measure() {
    while (at < source.length() && total + atom < TOO_LARGE) {
      step(source.charAt(at++));
    }
    endAtom();
    outer.forEach(size -> total += size);
    return Math.min(total, TOO_LARGE);
  }

  private void step(char c) {
    switch (c) {
      case '(' -> {
        endAtom();
        outer.push(total);
        total = 1;
      }
      case ')' -> {
        endAtom();
        atom = total;
        total = outer.isEmpty() ? 0 : outer.pop();
      }
      case '{' -> repeat();
      case '*', '+', '?' -> atom++;
      case '[' -> {
        skipClass();
        newAtom();
      }
      case '\\' -> {
        // What is quoted would be read as syntax here.
        if (at < source.length() && source.charAt(at) == 'Q') {
          total = TOO_LARGE;
        }
        at++;
        newAtom();
      }
      default -> newAtom();
    }
  }

  private void repeat() {
    int end = source.indexOf('}', at);
    long largest = 0;
    if (end >= 0) {
      for (String number : source.substring(at, end).split(",", -1)) {
        largest = Math.max(largest, count(number));
      }
    }
    if (largest > 0) {
      atom = Math.min(TOO_LARGE, atom * largest + 1);
      at = end + 1;
    } else {
      newAtom();
    }
  }

  private static long count(String number) {
    boolean digits = !number.isEmpty() && number.chars().allMatch(c -> c >= '0' && c <= '9');
    return !digits ? 0 : number.length() > 4 ? TOO_LARGE : Math.max(1, Long.parseLong(number));
  }

  private void skipClass() {
    if (at < source.length() && source.charAt(at) == '^') {
      at++;
    }
    for (boolean first = true; at < source.length(); first = false) {
      char c = source.charAt(at++);
      if (c == ']' && !first) {
        return;
      }
      if (c == '\\') {
        at++;
      } else if (source.startsWith("[:", at - 1) && source.indexOf(":]", at + 1) >= 0) {
        at = source.indexOf(":]", at + 1) + 2;
      }
    }
  }

  private void newAtom() {
    endAtom();
    atom = 1;
  }

  private void endAtom() {
    total += atom;
    atom = 0;
  }
}
