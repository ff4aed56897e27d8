package im.palisade.server.moderation;

import java.util.Optional;

/**
 * What must stand in a text for an expression to be found there: its longest run of plain chars at
 * top level. A text is looked through for all of these in the one pass that finds the words, and
 * only expressions whose literal occurred are run (50 µs each for 1 KB). Where the syntax is not
 * understood for certain there is no literal, and the expression always runs.
 */
final class RequiredLiteral {
  /** Escapes that stand for one place in the text and consist of that letter alone. */
  private static final String PLAIN_ESCAPES = "dDsSwWbBnrtfvaAz";

  private final String source;
  private final StringBuilder run = new StringBuilder();
  private String longest = "";
  private boolean certain = true;
  private int at;

  private RequiredLiteral(String source) {
    this.source = source;
  }

  /** The literal, folded; of two letters or one that is not ASCII at least. */
  static Optional<String> of(String expression) {
    return new RequiredLiteral(expression).find();
  }

  private Optional<String> find() {
    while (certain && at < source.length()) {
      step(source.charAt(at++));
    }
    endRun();
    boolean selective = longest.length() > 1 || (longest.length() == 1 && longest.charAt(0) > 0x7F);
    return certain && selective ? Optional.of(Folding.fold(longest)) : Optional.empty();
  }

  private void step(char c) {
    switch (c) {
      case '|', ']', ')', '}' -> certain = false;
      case '(' -> skipGroup();
      case '[' -> skipClass();
      case '{' -> skipCount();
      case '*', '?' -> dropLast();
      case '.', '^', '$', '+' -> endRun();
      case '\\' -> escape();
      default -> run.append(c);
    }
  }

  /** The last char may be absent. */
  private void dropLast() {
    if (!run.isEmpty()) {
      int last = run.codePointBefore(run.length());
      run.setLength(run.length() - Character.charCount(last));
    }
    endRun();
  }

  private void escape() {
    if (at == source.length()) {
      certain = false;
      return;
    }
    char c = source.charAt(at++);
    if (PLAIN_ESCAPES.indexOf(c) >= 0) {
      endRun();
    } else if (c < 0x80 && !Character.isLetterOrDigit(c)) {
      run.append(c);
    } else {
      certain = false;
    }
  }

  private void skipCount() {
    dropLast();
    int end = source.indexOf('}', at);
    certain = end >= 0;
    at = end + 1;
  }

  private void skipGroup() {
    endRun();
    for (int depth = 1; certain && depth > 0; ) {
      if (at == source.length()) {
        certain = false;
        return;
      }
      char c = source.charAt(at++);
      switch (c) {
        case '\\' -> at = Math.min(at + 1, source.length());
        case '[' -> skipClass();
        case '(' -> depth++;
        case ')' -> depth--;
        default -> {}
      }
    }
  }

  private void skipClass() {
    endRun();
    if (at < source.length() && source.charAt(at) == '^') {
      at++;
    }
    // A bracket in first place stands for itself.
    for (boolean first = true; at < source.length(); first = false) {
      char c = source.charAt(at++);
      if (c == ']' && !first) {
        return;
      }
      if (c == '\\') {
        at++;
      } else if (c == '[') {
        skipNamedClass();
      }
    }
    certain = false;
  }

  /** {@code [:alpha:]} within a class; any other bracket there stands for itself. */
  private void skipNamedClass() {
    if (at < source.length() && source.charAt(at) == ':') {
      int end = source.indexOf(":]", at + 1);
      if (end >= 0) {
        at = end + 2;
      }
    }
  }

  private void endRun() {
    if (run.length() > longest.length()) {
      longest = run.toString();
    }
    run.setLength(0);
  }
}
